"""From fragments to lines in the order a person reads them."""

from __future__ import annotations

from extractors.model import Cell, Line
from pipeline.reading.columns import bands_of, ordered
from pipeline.reading.fragments import Fragment, line_of, rows_of
from pipeline.reading.rulings import Rule
from pipeline.reading.tables import Table, may_be_table, tables_of


def lines_of(fragments: list[Fragment], rules: list[Rule] | None = None) -> tuple[Line, ...]:
    """The page's lines in reading order: top to bottom and straight across, columns one after the other, tables cell by cell.

    ``rules`` are the page's ruling lines. Lines of a table's cell stand together, cells row by row.
    """
    if rules and may_be_table(rules):
        tables, rest = tables_of(rules, fragments)
        if tables:
            return tuple(_with_tables(tables, rest))
    return tuple(_without_tables(fragments, 0))


def _without_tables(fragments: list[Fragment], tables: int) -> list[Line]:
    bands = bands_of(rows_of(fragments))
    if len(bands) == 1 and not bands[0].columns:
        return [line_of(row) for row in bands[0].rows]
    return [line_of(row, None if cell is None else Cell(cell[0] + tables, cell[1], cell[2])) for row, cell in ordered(bands)]


def _with_tables(tables: list[Table], rest: list[Fragment]) -> list[Line]:
    """Each table stands at its top among the other lines, one inside a cell of another among the lines of that cell."""
    lines: list[Line] = []
    count = 0
    nested = [t for t in tables if any(box.encloses(t) for other in tables if other is not t for box, _ in other.cells)]
    for table in tables:
        if table in nested:
            continue
        above = [f for f in rest if f.baseline - 0.3 * f.size < table.top]
        rest = [f for f in rest if f.baseline - 0.3 * f.size >= table.top]
        lines += _without_tables(above, count)
        count = _tables_in(lines)
        own = count
        for box, fragments in table.cells:
            for inner in (t for t in nested if box.encloses(t)):
                count += 1
                lines += [line_of(row, Cell(own, box.row, box.column)) for row in rows_of([f for f in fragments if f.baseline < inner.top])]
                lines += [line_of(row, Cell(count, b.row, b.column)) for b, held in inner.cells for row in rows_of(held)]
                fragments = [f for f in fragments if f.baseline >= inner.top]
            lines += [line_of(row, Cell(own, box.row, box.column)) for row in rows_of(fragments)]
        count += 1
    return lines + _without_tables(rest, count)


def _tables_in(lines: list[Line]) -> int:
    return 1 + max((line.cell.table for line in lines if line.cell), default=-1)
