"""Reads a sample document's source: its text with the gold marked up in it.

A source (``texts/NN-name.txt``) is a TOML head between two lines ``+++`` and then blocks, parted by blank lines:

* ``!p § 41 | RS 2024/113 | Title``  a paragraph (§) of the minutes; number, diary number or nothing, title
* ``# Title``, ``## Beslut``, ``### …``  headings; ``## Beslut`` is a section word
* ``1. …``, ``a) …``, ``- …``, ``• …``  list items (two spaces of indent a level); anything else is running text
* ``> name``  a list of names, one a line (recipients, attendance, votes)
* ``!table …`` / ``| a | b |``  a ruled table; ``!votes`` a list of votes; ``!sign Name | Title ;; Name | Title`` signatures
* ``!slide Title``, ``!newpage``, ``!gap``  as they say; ``% …`` is a comment

Inside a text, ``[[30 september 2024]]`` is a date (``[[i juni|2024-06-01..2024-06-30 month]]`` where it must be said),
``<<12,5 mnkr|12500000 2026 allocation Regionstyrelsen>>`` an amount, ``((RS 2024/113|diary|RS 2024/113))`` a reference,
``{{Name|role}}`` a person (role ``enskild`` for a private one), ``{3}`` the place where the task of assignment 3 begins,
``**…**`` bold. Lines that begin with ``@`` are annotations, read by :mod:`gold`.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

_OPEN = re.compile(r"\[\[|<<|\(\(|\{\{|\{(\d+[a-z]?)\}")
_CLOSE = {"[[": "]]", "<<": ">>", "((": "))", "{{": "}}"}
_ITEM = re.compile(r"^( *)(\d+\.|[a-z]\)|[a-z]\.|[-–−•o])( +)(?=\S)")


class SourceError(Exception):
    """Something in a source that must be mended; the message names the file and the text."""


@dataclass(frozen=True)
class Mark:
    """One marked stretch of a plain text: ``kind`` is date, amount, reference, person or task; ``value`` what stands after the bar."""

    kind: str
    start: int
    end: int
    raw: str
    value: str


@dataclass
class Block:
    """One block: its kind, its printed text (marks taken out, ``**`` kept) and the marks with offsets into :attr:`plain`."""

    kind: str
    text: str = ""
    marker: str = ""
    level: int = 0
    marks: list[Mark] = field(default_factory=list)
    rows: list[list[Block]] = field(default_factory=list)
    options: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    number: str = ""
    diary: str = ""

    @property
    def plain(self) -> str:
        """The text without the signs of bold."""
        return self.text.replace("**", "")


@dataclass
class Source:
    """One document: its head (TOML) and its blocks."""

    path: Path
    head: dict[str, object]
    blocks: list[Block]

    @property
    def stem(self) -> str:
        """The stem of the PDF and of its gold."""
        return self.path.stem


def unmark(text: str) -> tuple[str, list[Mark]]:
    """The printed text and its marks, nested ones included. Offsets count the printed text without ``**``."""
    out: list[str] = []
    marks: list[Mark] = []

    def length() -> int:
        return len("".join(out).replace("**", ""))

    at = 0
    while found := _OPEN.search(text, at):
        out.append(text[at : found.start()])
        if found[1]:
            marks.append(Mark("task", length(), length(), "", found[1]))
            at = found.end()
            continue
        end = _matching(text, found[0], found.end())
        inside = text[found.end() : end]
        depth_bar = _first_bar(inside)
        shown, value = (inside, "") if depth_bar < 0 else (inside[:depth_bar], inside[depth_bar + 1 :])
        start = length()
        plain, nested = unmark(shown)
        out.append(plain)
        kind = {"[[": "date", "<<": "amount", "((": "reference", "{{": "person"}[found[0]]
        marks.append(Mark(kind, start, length(), plain.replace("**", ""), value.strip()))
        marks.extend(Mark(m.kind, m.start + start, m.end + start, m.raw, m.value) for m in nested)
        at = end + 2
    out.append(text[at:])
    return "".join(out), marks


def _matching(text: str, opened: str, at: int) -> int:
    closed, depth = _CLOSE[opened], 1
    while at < len(text):
        if text.startswith(opened, at):
            depth, at = depth + 1, at + 2
        elif text.startswith(closed, at):
            depth -= 1
            if not depth:
                return at
            at += 2
        else:
            at += 1
    raise SourceError(f"{opened} is never closed in: {text[:90]}")


def _first_bar(text: str) -> int:
    depth = 0
    for at, char in enumerate(text):
        if text[at : at + 2] in _CLOSE:
            depth += 1
        elif text[at : at + 2] in _CLOSE.values():
            depth -= 1
        elif char == "|" and depth <= 0:
            return at
    return -1


def block(kind: str, text: str, **more: object) -> Block:
    """A block of marked-up text."""
    plain, marks = unmark(text)
    return Block(kind, plain, marks=marks, **more)  # type: ignore[arg-type]


def cells(line: str) -> list[str]:
    """The cells of one ``| a | b |`` row; bars inside marks do not part cells."""
    out, depth, cell = [], 0, ""
    body = line.strip().removeprefix("|").removesuffix("|")
    at = 0
    while at < len(body):
        two = body[at : at + 2]
        if two in _CLOSE:
            depth, cell, at = depth + 1, cell + two, at + 2
        elif two in _CLOSE.values():
            depth, cell, at = depth - 1, cell + two, at + 2
        elif body[at] == "|" and not depth:
            out.append(cell.strip())
            cell, at = "", at + 1
        else:
            cell, at = cell + body[at], at + 1
    return [*out, cell.strip()]


def read(path: Path) -> Source:
    """Reads one source. Raises :class:`SourceError` with the file's name where it cannot."""
    _, head, body = path.read_text("utf-8").split("+++\n", 2)
    source = Source(path, tomllib.loads(head), [])
    try:
        for chunk in re.split(r"\n(?:[ \t]*\n)+", body.strip("\n")):
            _chunk(source.blocks, [line for line in chunk.split("\n") if not line.startswith("%")])
    except (SourceError, ValueError) as error:
        raise SourceError(f"{path.name}: {error}") from error
    return source


def _chunk(blocks: list[Block], lines: list[str]) -> None:
    table: Block | None = None
    running: list[str] = []
    item: tuple[str, int] | None = None

    def flush() -> None:
        nonlocal item
        if running:
            text = " ".join(line.strip() for line in running)
            blocks.append(block("item", text, marker=item[0], level=item[1]) if item else block("text", text))
        running.clear()
        item = None

    for line in lines:
        if line.startswith("@"):
            flush()
            (table or blocks[-1]).notes.append(line[1:].strip())
        elif line.startswith("    @"):
            blocks[-1].notes[-1] += " " + line.strip(" @")
        elif line.startswith("!p "):
            flush()
            number, diary, title = (part.strip() for part in line[3:].split("|", 2))
            blocks.append(block("paragraph", title, number=number, diary=diary))
        elif line.startswith(("!table", "!votes")):
            flush()
            name, _, options = line[1:].partition(" ")
            table = Block(name, options=dict(pair.split("=", 1) for pair in options.split()))
            blocks.append(table)
        elif line.startswith("|"):
            if table is None:
                raise SourceError(f"a row outside a table: {line[:60]}")
            table.rows.append([block("cell", cell) for cell in cells(line)])
        elif line.startswith("!sign "):
            flush()
            rows = [[block("cell", part.strip()) for part in one.split(" / ")] for one in line[6:].split(";;")]
            blocks.append(Block("sign", rows=rows))
        elif line.startswith("!slide "):
            flush()
            blocks.append(block("slide", line[7:]))
        elif line.startswith("!"):
            flush()
            blocks.append(Block(line[1:].split()[0]))
        elif line.startswith("#"):
            flush()
            hashes, _, text = line.partition(" ")
            blocks.append(block("heading", text, level=len(hashes)))
        elif line.startswith("> "):
            flush()
            blocks.append(block("name", line[2:]))
        elif found := _ITEM.match(line):
            flush()
            item = (found[2], len(found[1]) // 2)
            running.append(line[found.end() :])
        else:
            running.append(line)
    flush()
