"""How alike two wordings of one task are: by words that carry meaning, in any inflection, and by parts of compounds.

A retelling changes endings ("utreda" – "utredning"), order, and takes compounds apart ("kostnadsminskningar" – "minskningar av
kostnader"); so words are compared by stem, and a stem that is part of a longer word counts for most of itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz import fuzz

from rules.expressions import expression
from rules.ruleset import Rules
from rules.schema import expand

_WORD = expression(r"[^\W\d_]{3,}|\d+")
_SHORTEST = 4
_PART, _NEAR = 0.8, 0.8
_SIMILAR = 84.0
_PIECE, _END = 5, 4  # letters of the shortest piece of a compound, and by which pieces are looked up


@dataclass(frozen=True, slots=True)
class Likeness:
    """How much of each wording the other holds, 0..1, by the length of the words."""

    of_first: float
    of_second: float

    @property
    def score(self) -> float:
        """One figure: mostly how much of the shorter one is in the longer, which a retelling cuts or fills out."""
        low, high = sorted((self.of_first, self.of_second))
        return 0.65 * high + 0.35 * low


class Wording:
    """Compares wordings by the endings of rules/sv/grammar.toml. One an archive: it remembers what it has cut up."""

    def __init__(self, rules: Rules) -> None:
        self._ending = rules.grammar("ending")
        macros, reports = rules.language.macros, rules.language.reports
        task = "|".join(p.pattern for p in reports.task_word)
        self._generic = expression(rf"(?:{expand('${report_word}', macros)}|\w*(?:{task})\w*)\Z")
        self.stems = lru_cache(maxsize=100_000)(self._stems)
        self._cut = lru_cache(maxsize=100_000)(self._stem)
        self._alike = lru_cache(maxsize=100_000)(_likeness)  # an archive says the same of the same again and again

    @classmethod
    def of(cls, rules: Rules) -> Wording:
        """The one of these rules, made once."""
        if "wording" not in rules.memo:
            rules.memo["wording"] = cls(rules)
        made: Wording = rules.memo["wording"]
        return made

    def _stems(self, text: str) -> tuple[str, ...]:
        """The stems of the words that carry meaning, each once, in order; those of fewer than four letters are left out, numbers kept:
        "utreda förutsättningarna för en gemensam kundtjänst" gives utred, förutsätt, gemensam, kundtjäns."""
        out: dict[str, None] = {}
        for word in _WORD.findall(text.lower()):
            if self._generic.match(word):
                continue  # "redovisning av uppdraget": what every report says of every assignment
            stem = word if word.isdigit() else self._cut(word)
            if len(stem) >= _SHORTEST or word.isdigit():
                out[stem] = None
        return tuple(out)

    def _stem(self, word: str) -> str:
        found = self._ending.search(word)
        cut = word[: found.start()] if found else word
        return cut if len(cut) >= _SHORTEST else word

    def likeness(self, first: str, second: str) -> Likeness:
        """How alike two wordings are. No words at all is no likeness.

        >>> from rules.ruleset import load_rules
        >>> wording = Wording.of(load_rules())
        >>> wording.likeness("minska kostnaderna för inhyrd personal", "kostnadsminskningar för inhyrd personal").of_first > 0.8
        True
        """
        return self._alike(self.stems(first), self.stems(second))


def _likeness(one: tuple[str, ...], two: tuple[str, ...]) -> Likeness:
    if not one or not two:
        return Likeness(0.0, 0.0)
    return Likeness(1.0, 1.0) if one == two else Likeness(_held(one, two), _held(two, one))


def _held(these: tuple[str, ...], those: tuple[str, ...]) -> float:
    """The share of ``these`` that ``those`` hold, by length."""
    own, other = _cut_up(these), _cut_up(those)
    got = 0.0
    for stem, weight, first, last in own.stems:
        if stem in other.there:
            got += weight
        elif first:
            near = [*other.firsts.get(first, ()), *other.lasts.get(last, ())]
            if any(_part(stem, one) for one in near):
                got += _PART * weight
            elif len(stem) > _PIECE and any(abs(len(stem) - len(one)) <= 3 and fuzz.ratio(stem, one) >= _SIMILAR for one in near):
                got += _NEAR * weight
    return got / own.weight


class _CutUp(NamedTuple):
    """Stems with their length, first and last letters ("" for those too short to be part of another), and which are there by those: what
    is a part of another, or misprinted, shares one of them."""

    stems: tuple[tuple[str, int, str, str], ...]
    weight: int
    there: frozenset[str]
    firsts: dict[str, list[str]]
    lasts: dict[str, list[str]]


@lru_cache(maxsize=50_000)
def _cut_up(stems: tuple[str, ...]) -> _CutUp:
    firsts: dict[str, list[str]] = {}
    lasts: dict[str, list[str]] = {}
    cut = []
    for stem in stems:
        first, last = (stem[:_END], stem[-_END:]) if len(stem) >= _PIECE and not stem.isdigit() else ("", "")
        cut.append((stem, len(stem), first, last))
        if first:
            firsts.setdefault(first, []).append(stem)
            lasts.setdefault(last, []).append(stem)
    return _CutUp(tuple(cut), sum(map(len, stems)), frozenset(stems), firsts, lasts)


def _part(stem: str, other: str) -> bool:
    """Whether one is a part of the other that a compound can be cut at: its beginning or its end, not a few letters in the middle."""
    short, long = (stem, other) if len(stem) <= len(other) else (other, stem)
    return long.startswith(short) or long.endswith(short)
