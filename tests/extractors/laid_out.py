"""Lays a text out as the pages of a PDF, so that cleaning, structure and everything after run exactly as on a printed document.

The layout language, a line of source at a time:

* ``# Beslut``  a bold line; ``## § 71`` a bold line in larger print
* ``| a | b |``  a row of a ruled table; a cell is wrapped in its column, and its lines carry their :class:`Cell`
* ``===``  a page break; an empty line is a gap of half a line
* ``    1. …``  leading spaces indent; a list item goes on under its text, not under its marker
* anything else is a printed line. A line too long for the page is wrapped as a word processor would; a line end that is written is kept.

Geometry of an ordinary A4 page: 11 points on a pitch of 14, margins of 70, running heads and feet in the outer 60 points. Widths are
those of a narrow sans serif, near enough for a line to be called full or short.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from extractors.model import Cell, Line, Page

WIDTH, HEIGHT = 595.0, 842.0
LEFT, RIGHT, TOP, BOTTOM = 70.0, 525.0, 80.0, 770.0
SIZE, PITCH = 11.0, 14.0
INDENT = 6.0  # points a leading space
_NARROW = {"i": 0.24, "l": 0.24, "j": 0.24, "t": 0.3, "f": 0.3, "r": 0.34, " ": 0.28, ".": 0.28, ",": 0.28, "m": 0.83, "w": 0.72, "-": 0.33}
_MARKER = re.compile(r"(?:\d+\.|[a-z]\)|[a-z]\.|[-–−•o\uf0b7])\s+(?:\d+\.\s+)?")


def width_of(text: str, size: float = SIZE) -> float:
    """The printed width of ``text`` in points."""
    return sum((_NARROW.get(c) or (0.67 if c.isupper() else 0.53)) for c in text) * size


def _line(text: str, x0: float, baseline: float, *, size: float = SIZE, bold: bool = False, cell: Cell | None = None) -> Line:
    edges: list[float] = []
    x = x0
    for word in text.split(" "):
        edges.append(x)
        x += width_of(word, size) + width_of(" ", size)
    return Line(
        text, x0, baseline - 0.75 * size, x0 + width_of(text, size), baseline + 0.2 * size, size, bold, baseline, tuple(edges), cell
    )


def _wrap(text: str, room: float, hanging: float, size: float) -> list[str]:
    """``text`` cut into lines of at most ``room`` points, the second and later ones ``hanging`` points narrower."""
    lines: list[str] = []
    current = ""
    for word in text.split():
        tried = f"{current} {word}".strip()
        if current and width_of(tried, size) > room - (hanging if lines else 0):
            lines.append(current)
            current = word
        else:
            current = tried
    return [*lines, current] if current else lines


@dataclass
class _Printer:
    head: tuple[str, ...]
    foot: tuple[str, ...]
    pages: list[list[Line]] = field(default_factory=list)
    baseline: float = TOP

    def page(self) -> None:
        self.pages.append([])
        number = str(len(self.pages))
        for count, text in enumerate(self.head):
            self.pages[-1].append(_line(text.replace("%p", number), LEFT, 34.0 + count * 12, size=9.0))
        self.baseline = TOP

    def close(self) -> None:
        number = str(len(self.pages))
        for count, text in enumerate(self.foot):
            self.pages[-1].append(_line(text.replace("%p", number), LEFT, 800.0 + count * 12, size=9.0))

    def room_for(self, lines: int = 1) -> None:
        if self.baseline + lines * PITCH > BOTTOM:
            self.close()
            self.page()

    def put(self, text: str, x0: float, *, size: float = SIZE, bold: bool = False) -> None:
        self.room_for()
        self.baseline += PITCH if size <= SIZE else PITCH + 4
        self.pages[-1].append(_line(text, x0, self.baseline, size=size, bold=bold))

    def row(self, cells: list[str], table: int, row: int) -> None:
        column = (RIGHT - LEFT) / len(cells)
        wrapped = [_wrap(cell, column - 8, 0, SIZE) for cell in cells]
        deepest = max((len(w) for w in wrapped), default=1)
        self.room_for(min(deepest, 40))
        for number, lines in enumerate(wrapped):
            for count, text in enumerate(lines):
                at = self.baseline + (count + 1) * PITCH
                self.pages[-1].append(_line(text, LEFT + number * column + 3, at, cell=Cell(table, row, number)))
        self.baseline += deepest * PITCH + 4


def lay_out(text: str, *, head: tuple[str, ...] = (), foot: tuple[str, ...] = ()) -> tuple[Page, ...]:
    """The pages ``text`` prints as. ``head`` and ``foot`` run on every page; ``%p`` in them is the page's number."""
    printer = _Printer(head, foot)
    printer.page()
    table, row, in_table = -1, 0, False
    for source in text.strip("\n").split("\n"):
        stripped = source.strip()
        if stripped.startswith("|") and stripped.endswith("|") and len(stripped) > 2:
            table, row = (table, row + 1) if in_table else (table + 1, 0)
            in_table = True
            printer.row([c.strip() for c in stripped[1:-1].split("|")], table, row)
            continue
        in_table = False
        if not stripped:
            printer.baseline += PITCH / 2 + 1
        elif stripped == "===":
            printer.close()
            printer.page()
        else:
            size = 13.0 if stripped.startswith("## ") else SIZE
            bold = stripped.startswith(("# ", "## "))
            words = stripped.split(" ", 1)[1] if bold else stripped
            x0 = LEFT + INDENT * (len(source) - len(source.lstrip(" ")))
            marker = None if bold else _MARKER.match(words)
            hanging = width_of(marker.group()) if marker else 0.0
            for count, part in enumerate(_wrap(words, RIGHT - x0, hanging, size)):
                printer.put(part, x0 + (hanging if count else 0.0), size=size, bold=bold)
    printer.close()
    return tuple(Page(number, WIDTH, HEIGHT, tuple(lines)) for number, lines in enumerate(printer.pages, 1))
