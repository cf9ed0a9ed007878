"""Ruled tables: cells from ruling lines, and the fragments that stand in them.

The cells are found by pdfplumber's own algorithm (``pdfplumber.table``), given the rules of the page instead of its parsed objects, so
that a page whose only table is a signature strip does not cost a whole parse.
"""

from __future__ import annotations

from typing import NamedTuple

from pipeline.reading.fragments import Fragment
from pipeline.reading.rulings import Rule

_SNAP = 3.0
_LABEL = 60  # letters


class CellBox(NamedTuple):
    """A cell with its place in the table and its box, in points from the top left."""

    row: int
    column: int
    x0: float
    top: float
    x1: float
    bottom: float

    def holds(self, fragment: Fragment) -> bool:
        """Whether the fragment begins in the cell, judged by the middle of its letters."""
        middle = fragment.baseline - 0.3 * fragment.size
        return self.top <= middle < self.bottom and self.x0 - 1.0 <= fragment.x0 + 0.2 * fragment.size < self.x1

    def encloses(self, table: Table) -> bool:
        """Whether a table stands in the cell."""
        box = table.cells[0][0]
        return self.top <= table.top and table.bottom <= self.bottom + 1.0 and self.x0 <= box.x0 + 1.0 < self.x1


class Table(NamedTuple):
    """A ruled table of a page with what stands in each cell, row by row."""

    top: float
    bottom: float
    cells: list[tuple[CellBox, list[Fragment]]]


def may_be_table(rules: list[Rule]) -> bool:
    """A cheap no: a table of two columns has three rules down (or two, open at the sides, are none) and one across at the least."""
    down = {round(r.x0 / _SNAP) for r in rules if not r.across}
    return len(down) >= 3 and any(r.across for r in rules)


def _closed(rules: list[Rule]) -> list[Rule]:
    """The rules, with one across where three or more that go down end together: a row that goes on overleaf is often left open."""
    across = [r for r in rules if r.across]
    closed = list(rules)
    for end in ("top", "bottom"):
        ends: dict[int, list[Rule]] = {}
        for rule in rules:
            if not rule.across:
                ends.setdefault(round(getattr(rule, end) / _SNAP), []).append(rule)
        for together in ends.values():
            left, right, level = min(r.x0 for r in together), max(r.x0 for r in together), getattr(together[0], end)
            if len({round(r.x0 / _SNAP) for r in together}) < 3 or any(
                abs(r.top - level) <= 2 * _SNAP and r.x0 < right and r.x1 > left for r in across
            ):
                continue
            if any(r.x0 < right and r.x1 > left and any(d.top - _SNAP <= r.top <= d.bottom + _SNAP for d in together) for r in across):
                closed.append(Rule(left, level, right, level))
    return closed


def tables_of(rules: list[Rule], fragments: list[Fragment]) -> tuple[list[Table], list[Fragment]]:
    """The tables with their fragments, top first, and the fragments that stand in none.

    A table has at least two columns side by side and text in at least two cells. A frame around most of the page's text is no table,
    unless a label stands in a cell of its own at its left. A table inside a cell of another takes its text first.
    """
    letters = sum(len(w) for f in fragments for w in f.words)
    rest = fragments
    tables: list[Table] = []
    for boxes in sorted(cells_of(_closed(rules)), key=lambda boxes: boxes[-1].bottom - boxes[0].top):
        inside: list[tuple[CellBox, list[Fragment]]] = []
        outside = rest
        for box in boxes:
            held = [f for f in outside if box.holds(f)]
            if held:
                outside = [f for f in outside if not box.holds(f)]
            inside.append((box, held))
        filled = [(box, held) for box, held in inside if held]
        nested = [(box, held) for box, held in inside if not held and any(box.encloses(t) for t in tables)]
        whole = [(box, held) for box, held in inside if held or (box, held) in nested]
        if len(whole) < 2 or not any(a.row == b.row and a.column != b.column for a, _ in whole for b, _ in whole):
            continue
        fullest = max(sum(len(w) for f in held for w in f.words) for _, held in filled)
        if fullest > 0.6 * letters and fullest > 600 and len(filled) < 6 and not _has_label(filled):
            continue
        tables.append(Table(min(b.top for b in boxes), max(b.bottom for b in boxes), whole))
        rest = outside
    return sorted(tables, key=lambda t: t.top), rest


def _has_label(filled: list[tuple[CellBox, list[Fragment]]]) -> bool:
    """Whether the fullest cell has a narrow one with a few words at its left: "Beslut"."""
    fullest, _ = max(filled, key=lambda cell: sum(len(w) for f in cell[1] for w in f.words))
    return any(
        box.row == fullest.row
        and box.column < fullest.column
        and box.x1 - box.x0 < 0.6 * (fullest.x1 - fullest.x0)
        and sum(len(w) for f in held for w in f.words) <= _LABEL
        for box, held in filled
    )


def cells_of(rules: list[Rule]) -> list[list[CellBox]]:
    """The cells of each grid of rules that has two columns or more, row by row."""
    from pdfplumber import table as finder  # imports pdfminer: only where a page has rules

    edges = [
        {
            "x0": r.x0, "x1": r.x1, "top": r.top, "bottom": r.bottom, "width": r.x1 - r.x0, "height": r.bottom - r.top,
            "orientation": "h" if r.across else "v", "object_type": "line",
        }
        for r in rules
    ]  # fmt: skip
    edges = finder.merge_edges(edges, _SNAP, _SNAP, _SNAP, _SNAP)
    cells = finder.intersections_to_cells(finder.edges_to_intersections(edges, _SNAP, _SNAP))
    grids = []
    for group in finder.cells_to_tables(cells):
        tops = sorted({cell[1] for cell in group})
        lefts = sorted({cell[0] for cell in group})
        if len(lefts) >= 2:
            grids.append([CellBox(tops.index(c[1]), lefts.index(c[0]), *c) for c in sorted(group, key=lambda c: (c[1], c[0]))])
    return grids
