"""How alike two wordings of one task are: by words that carry meaning, in any inflection, and by parts of compounds.

A retelling changes endings ("utreda" – "utredning"), order, and takes compounds apart ("kostnadsminskningar" – "minskningar av
kostnader"); so words are compared by stem, and a stem that is part of a longer word counts for most of itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz

from rules import Rules
from rules.schema import expand

_WORD = re.compile(r"[^\W\d_]{3,}|\d+")
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
        self._generic = re.compile(rf"(?:{expand('${report_word}', macros)}|\w*(?:{task})\w*)\Z")
        self.stems = lru_cache(maxsize=100_000)(self._stems)
        self._cut = lru_cache(maxsize=100_000)(self._stem)

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

        >>> from rules import load_rules
        >>> wording = Wording.of(load_rules())
        >>> wording.likeness("minska kostnaderna för inhyrd personal", "kostnadsminskningar för inhyrd personal").of_first > 0.8
        True
        """
        one, two = self.stems(first), self.stems(second)
        if not one or not two:
            return Likeness(0.0, 0.0)
        return Likeness(_held(one, two), _held(two, one))


def _held(these: tuple[str, ...], those: tuple[str, ...]) -> float:
    """The share of ``these`` that ``those`` hold, by length."""
    there, ends = _ends(those)
    total = got = 0.0
    for stem in these:
        weight = float(len(stem))
        total += weight
        if stem in there:
            got += weight
        elif len(stem) >= _PIECE and not stem.isdigit():
            near = [*ends.get(stem[:_END], ()), *ends.get(f"-{stem[-_END:]}", ())]
            if any(_part(stem, other) for other in near):
                got += _PART * weight
            elif len(stem) > _PIECE and any(abs(len(stem) - len(other)) <= 3 and fuzz.ratio(stem, other) >= _SIMILAR for other in near):
                got += _NEAR * weight
    return got / total


@lru_cache(maxsize=50_000)
def _ends(stems: tuple[str, ...]) -> tuple[frozenset[str], dict[str, list[str]]]:
    """The stems as a set, and by their first letters and their last: what is a part of another, or misprinted, shares one of these."""
    ends: dict[str, list[str]] = {}
    for stem in stems:
        if len(stem) >= _PIECE and not stem.isdigit():
            ends.setdefault(stem[:_END], []).append(stem)
            ends.setdefault(f"-{stem[-_END:]}", []).append(stem)
    return frozenset(stems), ends


def _part(stem: str, other: str) -> bool:
    """Whether one is a part of the other that a compound can be cut at: its beginning or its end, not a few letters in the middle."""
    short, long = (stem, other) if len(stem) <= len(other) else (other, stem)
    return long.startswith(short) or long.endswith(short)
