"""The headings over a block: the nearest, then each above it that is printed larger."""

from __future__ import annotations

from collections.abc import Iterator

from extractors.model import Block, BlockKind, Document

_BLOCKS_BACK = 60
"""How far up a heading is looked for: a page of points."""


def weight(document: Document, heading: Block) -> tuple[float, bool]:
    """How large a heading is printed: the size of its letters, then whether they are bold."""
    return round(document.size_at(heading.start), 1), heading.bold


def headings_over(document: Document, index: int) -> Iterator[int]:
    """The headings a block stands under, nearest first: "Kompetensförsörjning", then "Uppdrag från regionfullmäktige" over it."""
    largest: tuple[float, bool] | None = None
    for at in range(index - 1, max(index - _BLOCKS_BACK, -1), -1):
        block = document.blocks[at]
        if block.kind is not BlockKind.HEADING:
            continue
        size = weight(document, block)
        if largest is None or size > largest:
            largest = size
            yield at
