"""Amounts in tables: numbers whose unit stands in a column heading, in the first cell or on the line over the table."""

from __future__ import annotations

from extractors.amount_grammar import AmountGrammar, value_of
from extractors.mentions import is_year
from extractors.model import Amount, Block, BlockKind, Document, Span
from rules.expressions import expression

_CELL = expression(r"\(?[-–−+]?[ \u00a0\u2009]?[0-9]{1,3}(?:(?:[ \u00a0\u2007\u2009\u202f.][0-9]{3})+|[0-9]*)(?:,[0-9]+)?\)?\Z")
_CELL_YEAR = expression(r"(?:19|20)[0-9]{2}(?![0-9])")
_LONGEST_LINE_ABOVE = 120
_RULE = "amount.table"


def amounts_in_tables(document: Document, amounts: list[Amount], grammar: AmountGrammar) -> list[Amount]:
    """The amounts of all table cells that are a number alone, where the table says its unit ("Belopp i tkr", "Budget (mnkr)").

    ``amounts`` are those already found, which keep their places. ``concerns`` is the first cell of the row, ``kind`` and ``year`` are
    what the column's heading says. A year in a heading row and a column of counts or per cent are no money.
    """
    tables: dict[tuple[int, int], list[tuple[int, Block]]] = {}
    for index, block in enumerate(document.blocks):
        if block.kind is BlockKind.CELL and block.cell is not None:
            tables.setdefault((block.page, block.cell.table), []).append((index, block))
    taken = [a.span for a in amounts]
    return [amount for cells in tables.values() for amount in _Table(document, cells, grammar, taken).amounts(taken)]


class _Table:
    """One table: which cells are numbers, what its columns and rows are called, and its unit."""

    def __init__(self, document: Document, cells: list[tuple[int, Block]], grammar: AmountGrammar, taken: list[Span]) -> None:
        self.text = document.text
        self.grammar = grammar
        self.blocks = [b for _, b in cells]
        self.numbers: dict[int, str] = {}
        first_row: dict[int, int] = {}
        for block in self.blocks:
            printed = self.text[block.start : block.end].strip()
            if block.cell is not None and _CELL.match(printed):
                self.numbers[block.start] = printed
                if not is_year(printed):
                    first_row[block.cell.column] = min(first_row.get(block.cell.column, block.cell.row), block.cell.row)
        self.heads: dict[int, str] = {}
        self.labels: dict[int, str] = {}
        self.heading_rows = min(first_row.values(), default=0)
        for block in self.blocks:
            if block.cell is None:
                continue
            column, row = block.cell.column, block.cell.row
            printed = self.text[block.start : block.end].strip()
            if row < first_row.get(column, 0) and (block.start not in self.numbers or is_year(printed)):
                self.heads[column] = f"{self.heads.get(column, '')} {printed}".strip()
            elif column == 0 and block.start not in self.numbers:
                self.labels[row] = printed
        before = document.blocks[max(0, cells[0][0] - 2) : cells[0][0]]
        above = [
            b
            for b in before
            if b.kind is not BlockKind.CELL
            and b.end - b.start <= _LONGEST_LINE_ABOVE
            and not any(b.start <= amount.start < b.end for amount in taken)  # "+2 mnkr" in the line above is no unit of the table
        ]
        corner = [b for b in self.blocks if b.cell is not None and b.cell.row == 0 and b.cell.column == 0]
        powers = [grammar.unit_named_in(self.text[b.start : b.end]) for b in [*corner, *reversed(above)]]
        self.power = next((p for p in powers if p is not None), None)

    def amounts(self, taken: list[Span]) -> list[Amount]:
        """The cells that are amounts."""
        made: list[Amount] = []
        for block in self.blocks:
            printed = self.numbers.get(block.start)
            if printed is None or block.cell is None:
                continue
            head = self.heads.get(block.cell.column, "")
            label = self.labels.get(block.cell.row)
            own = self.grammar.unit_named_in(head)
            power = self.power if own is None else own
            if power is None or (own is None and self.grammar.other_column.search(head)):
                continue
            if is_year(printed) and (block.cell.row < self.heading_rows or block.cell.column == 0):
                continue
            if label and "(" in label and self.grammar.other_column.search(label):
                continue  # "Arbetad tid (årsarbetare)" in a table of tkr
            start = self.text.index(printed, block.start)
            span = Span(start, start + len(printed))
            if any(span.overlaps(other) for other in taken):
                continue
            sign = -1 if printed.lstrip("(")[:1] in "-–−" else 1
            value = value_of(printed.strip("()+-–− \u00a0\u2009"), power) * sign
            year = _CELL_YEAR.search(head)
            kind = next((k for w in head.split() if (k := self.grammar.word(w)[0]) is not None), None)
            source = "print" if sign < 0 or printed.startswith("+") else ""
            made.append(Amount(span, printed, value, _RULE, int(year.group()) if year else None, kind, label, source))
        return made
