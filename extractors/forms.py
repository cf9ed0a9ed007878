"""Forms on one assignment each, of lines that begin with their label: "Uppdragsgivare: Regionstyrelsen" / "Uppdrag: Ta fram en plan"."""

from __future__ import annotations

from extractors.frames import Slot
from extractors.model import BlockKind, Document, Span
from rules.ruleset import Rules

_LINES = 6
"""Lines of a form from the one that says who gave the assignment to the one that says what it is."""


def labelled_giver(document: Document, rules: Rules, index: int) -> Slot | None:
    """Who the form a block stands in says gave its assignment, or None. The block holds the assignment behind its label.

    Under "Uppdragsgivare: Regionstyrelsen" and "Beslut: 2024-03-11 § 42", "Uppdrag: Ta fram en plan" is of Regionstyrelsen.
    """
    text, blocks = document.text, document.blocks
    if ":" not in text[blocks[index].content : blocks[index].content + 40]:
        return None
    label, giver = rules.grammar("task_label"), rules.grammar("giver_label")
    if label.match(text[blocks[index].content : blocks[index].end]) is None:
        return None
    for at in range(index - 1, max(index - 1 - _LINES, -1), -1):
        block = blocks[at]
        if block.kind not in (BlockKind.TEXT, BlockKind.ITEM):
            return None
        line = text[block.content : block.end]
        if label.match(line) is not None:
            return None  # the assignment before this one
        match = giver.match(line)
        if match is not None:
            return Slot(match.group("by"), Span(block.content + match.start("by"), block.content + match.end("by")))
    return None
