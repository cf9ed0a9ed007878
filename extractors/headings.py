"""The headings over a block: the nearest, then each above it that is printed larger."""

from __future__ import annotations

from collections.abc import Iterator

from extractors.model import Block, BlockKind, Document
from rules.expressions import expression

_BLOCKS_BACK = 60
"""How far up a heading is looked for: a page of points."""


_NUMBER = expression(r"\d{1,2}(?:\.\d{1,2})*")


def weight(document: Document, heading: Block) -> tuple[float, bool]:
    """How large a heading is printed: the size of its letters, then whether they are bold."""
    return round(document.size_at(heading.start), 1), heading.bold


def number_of(document: Document, heading: Block) -> str:
    """The number of a heading without its last full stop ("5.2", "5"), or ""."""
    found = _NUMBER.match(document.text, heading.start, heading.end)
    return found.group() if found is not None else ""


def headings_over(document: Document, index: int) -> Iterator[int]:
    """The headings a block stands under, nearest first: "Kompetensförsörjning", then "Uppdrag från regionfullmäktige" over it. Of
    headings printed alike, those over it whose number the nearer one goes on: "5" over "5.2"."""
    largest: tuple[float, bool] | None = None
    number = ""
    for at in range(index - 1, max(index - _BLOCKS_BACK, -1), -1):
        block = document.blocks[at]
        if block.kind is not BlockKind.HEADING:
            continue
        size, own = weight(document, block), number_of(document, block)
        if largest is None or size > largest or (size == largest and own and number.startswith(own + ".")):
            largest, number = size, own
            yield at
