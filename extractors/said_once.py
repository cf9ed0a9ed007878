"""How all the assignments of a table or list are reported, where it is said once above them: "Uppdragen återredovisas till
kommunstyrelsen i den månad som anges."
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from extractors.headings import headings_over
from extractors.model import BlockKind, Document, Span
from extractors.sentences import sentences
from rules.ruleset import Rules


@dataclass(frozen=True, slots=True)
class SaidOnce:
    """A sentence that says how the assignments below it are reported: its block, and the heading it stands under (-1: none)."""

    block: int
    heading: int
    sentence: Span


def said_once(document: Document, rules: Rules, tasks: Iterable[int]) -> tuple[SaidOnce, ...]:
    """The sentences that say how what stands below them is reported, in order. ``tasks``: the blocks of the listed assignments.

    One that follows assignments under the same heading speaks of those (rules/sv/deadlines.toml, ``follow_on``) and is left out.
    """
    listed = sorted(tasks)
    if not listed:
        return ()
    rule = rules.grammar("reported_alike")
    found: list[SaidOnce] = []
    heading = -1
    for index, block in enumerate(document.blocks[: listed[-1]]):
        if block.kind is BlockKind.HEADING:
            heading = index
        elif block.kind is BlockKind.TEXT:
            if any(heading < task < index for task in listed):
                continue
            alike = (s for s in sentences(document, block, rules) if rule.match(document.text, s.start, s.end))
            found.extend(SaidOnce(index, heading, sentence) for sentence in alike)
    return tuple(found)


def over(document: Document, said: tuple[SaidOnce, ...], task: int, top: int) -> Span | None:
    """The nearest sentence that speaks of an assignment in block ``task`` whose table or list begins at block ``top``: one under the
    same heading, or under one over it."""
    above = [s for s in said if s.block < task]
    if not above:
        return None
    headings = {-1, *headings_over(document, top)}
    return next((s.sentence for s in reversed(above) if s.heading in headings), None)
