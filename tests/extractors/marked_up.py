"""Marked-up test sentences: one string is input, spans and values.

``"senast den <date first='2023-09-13' last='2023-09-13'>13 september 2023</date>"`` parses to the bare text and one
:class:`Mark` with name, span and attributes. Tags do not nest; one that is not closed, closed wrongly or malformed raises, so that
a typing error can never turn a case into one that tests nothing. ``|`` marks the break between two blocks.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from datetime import date

from extractors.model import Block, BlockKind, Cell, Document, Line, Page, Segment

_TAG = re.compile(r"<(?P<close>/)?(?P<name>[a-z_]+)(?P<attributes>(?: [a-z_]+='[^']*')*)>")
_ATTRIBUTE = re.compile(r"([a-z_]+)='([^']*)'")


@dataclass(frozen=True)
class Mark:
    """One marked stretch: ``text[start:end]`` of the bare text, with the attributes of its tag."""

    name: str
    start: int
    end: int
    text: str
    values: dict[str, str]


def parse(marked: str) -> tuple[str, list[Mark]]:
    """Bare text and marks of a marked-up sentence, in order. Raises ValueError for any tag that is not well formed."""
    bare, marks = "", []
    open_tag: tuple[str, int, dict[str, str]] | None = None
    at = 0
    for tag in _TAG.finditer(marked):
        bare += marked[at : tag.start()]
        at = tag.end()
        if tag["close"]:
            if open_tag is None or open_tag[0] != tag["name"]:
                raise ValueError(f"</{tag['name']}> closes nothing in {marked!r}")
            name, start, values = open_tag
            if start == len(bare):
                raise ValueError(f"<{name}> marks nothing in {marked!r}")
            marks.append(Mark(name, start, len(bare), bare[start:], values))
            open_tag = None
        else:
            if open_tag is not None:
                raise ValueError(f"<{tag['name']}> inside <{open_tag[0]}> in {marked!r}")
            open_tag = (tag["name"], len(bare), dict(_ATTRIBUTE.findall(tag["attributes"])))
    bare += marked[at:]
    if open_tag is not None:
        raise ValueError(f"<{open_tag[0]}> is not closed in {marked!r}")
    if "<" in bare or ">" in bare:
        raise ValueError(f"a tag of {marked!r} is malformed: {bare!r}")
    return bare.replace("|", "\n"), [Mark(m.name, m.start, m.end, m.text.replace("|", "\n"), m.values) for m in marks]


def document_of(text: str, *, line_breaks: tuple[int, ...] = (), cells: dict[int, tuple[int, int]] | None = None) -> Document:
    """A document of plain text: one block a line feed, one printed line a block, broken further at the offsets ``line_breaks``.

    ``cells`` maps the number of a block to its row and column in the one table of the page.
    """
    blocks: list[Block] = []
    segments: list[Segment] = []
    lines: list[Line] = []
    at = 0
    for number, part in enumerate(text.split("\n")):
        end = at + len(part)
        cell = Cell(0, *cells[number]) if cells and number in cells else None
        kind = BlockKind.CELL if cell else BlockKind.TEXT
        blocks.append(Block(at, end, kind, 1, at, cell=cell))
        cuts = [at, *(b for b in line_breaks if at < b < end), end]
        for start, stop in itertools.pairwise(cuts):
            printed = text[start:stop].strip() or " "
            top = 14.0 * len(lines)
            lines.append(Line(printed, 70, top, 500, top + 12, 11, False, top + 10, tuple(70.0 for _ in printed.split()), cell))
            segments.append(Segment(start, stop, 1, len(lines) - 1, 0))
        at = end + 1
    return Document(text, tuple(segments), tuple(blocks), (), (), (Page(1, 595, 842, tuple(lines)),))


def day(printed: str) -> date | None:
    """The date of an attribute; "" and "-" are None."""
    return date.fromisoformat(printed) if printed not in ("", "-") else None
