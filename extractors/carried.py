"""What a decision carries without printing it again: a mover's addition, a motion or some of its points.

"Nämnden beslutar enligt förvaltningens förslag med Eva Eks tillägg." makes what Eva Ek moved, told above under a heading of motions, a
decision; "Motionen bifalls i första att-satsen." the first point of the list that says what the motion asks for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from extractors.model import BlockKind, Document, Span
from rules.ruleset import Rules
from rules.schema import Pattern
from rules.shortlists import SpanShortlist

_SHORT = 400
"""Characters: a decision that only points to what it carries is no longer, and prints no points of its own."""
_FEW = 3


@dataclass(frozen=True, slots=True)
class Carried:
    """What one § carries: where it says so, the movers by name, the points of a motion by number, or all of it (``whole``)."""

    where: Span
    movers: tuple[str, ...]
    points: frozenset[int]
    whole: bool

    def moved(self, text: str) -> bool:
        """Whether a text names one of the movers: "Eva Ek (S) föreslår som tillägg att …"."""
        return any(name in text or (name.endswith("s") and name[:-1] in text) for name in self.movers)

    def holds(self, number: int) -> bool:
        """Whether the point with this number, from 1, is carried."""
        return self.whole or number in self.points


def carried(document: Document, rules: Rules) -> dict[int, Carried]:
    """What each § carries, by its index; those that carry nothing are left out. A § whose decision prints what it decides has no need
    to be told it from elsewhere: its movers are not looked for."""
    movers, points, whole = _said_so(rules)
    counted = {form: int(number) for number, forms in rules.language.dates.ordinals.items() for form in forms}
    found: dict[int, Carried] = {}
    for section in document.sections:
        if section.kind != "decision" or section.paragraph < 0:
            continue
        said = Span(section.start + len(section.heading), section.end)
        named = _matches(movers, document.text, said) if said.end - said.start <= _SHORT else []
        names = tuple(m.group("name") for m in named) if named and len(_blocks(document, *said)) <= _FEW else ()
        numbers = frozenset(n for m in _matches(points, document.text, said) for n in _numbers(m, counted))
        all_of_it = bool(_matches(whole, document.text, said))
        if names or numbers or all_of_it:
            found[section.paragraph] = Carried(Span(section.start, section.end), names, numbers, all_of_it)
    return found


@lru_cache(maxsize=16)
def _said_so(rules: Rules) -> tuple[SpanShortlist[Pattern], SpanShortlist[Pattern], SpanShortlist[Pattern]]:
    """How a decision says that it carries a mover's words, points of a motion, all of it; made once."""
    return rules.grammar_in_spans("carries_mover"), rules.grammar_in_spans("carries_points"), rules.grammar_in_spans("carries_motion")


def _matches(rule: SpanShortlist[Pattern], text: str, span: Span) -> list[re.Match[str]]:
    return [match for _, regex in rule.of(text, *span) for match in regex.finditer(text, *span)]


def _blocks(document: Document, start: int, end: int) -> list[Span]:
    return [Span(b.start, b.end) for b in document.blocks if start <= b.start < end and b.kind is not BlockKind.HEADING]


def _numbers(match: re.Match[str], counted: dict[str, int]) -> list[int]:
    """The numbers a match names, in words or figures."""
    groups = match.groupdict()
    in_words = [counted[groups[key].lower()] for key in ("ordinal", "other") if groups.get(key)]
    return in_words + [int(n) for n in re.findall(r"\d+", groups.get("numbers") or "")]
