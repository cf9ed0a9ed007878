"""Which of many rules a text may be matched by, for a small part of what trying them all takes.

What each rule needs is read off its expression (rules/looks.py). A :class:`Shortlist` is for texts that stand alone, such as lines, and
goes by their first characters too; a :class:`SpanShortlist` is for the many spans of one document, whose :class:`Landmarks` are found once.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Generic, Literal, TypeVar

from ahocorasick_rs import AhoCorasick, Implementation

from rules.looks import DEEP, Clause, Look, Way, endings, folded, kind_of, look

R = TypeVar("R")

_KEPT = 4_000
"""Beginnings of texts whose rules are remembered: a worker does not grow with what it reads."""


class Shortlist(Generic[R]):
    """Rules with their expressions, of which a text is shown those that may match it.

    ``tried``: how the expressions are; "searched" for in the text, "matched" at its start, or searched for in some "part" of it.
    """

    def __init__(self, rules: Sequence[tuple[R, re.Pattern[str]]], tried: Literal["searched", "matched", "in part"] = "searched") -> None:
        self.rules = tuple(rules)
        self._ways: dict[str, list[tuple[int, Way]]] = {}  # by what they begin with
        for place, (_, expression) in enumerate(rules):
            known = look(expression, finely=True)
            at_start = tried == "matched" or (known.anchored and tried == "searched")
            for way in known.ways:
                for start in way.starts if at_start else ("",):
                    self._ways.setdefault(start, []).append((place, way))
        self._told_apart = bool(self._ways.keys() - {""})
        self._beginning: dict[str, _Shorter[R]] = {}
        self._shorter: dict[tuple[str, ...], _Shorter[R]] = {}

    def of(self, text: str, lower: str | None = None) -> list[tuple[R, re.Pattern[str]]]:
        """The rules that may match ``text``, in order, with their expressions. ``lower``: the text :func:`folded`, where it is at hand."""
        start = text[:DEEP] if self._told_apart else ""
        shorter = self._beginning.get(start)
        if shorter is None:
            shorter = self._that_begin(start)
            if len(self._beginning) < _KEPT:
                self._beginning[start] = shorter
        if not shorter.entries:
            return []
        return shorter.of(folded(text) if lower is None else lower)

    def _that_begin(self, start: str) -> _Shorter[R]:
        """The rules that may match a text with this beginning."""
        plain = "".join(map(kind_of, start))
        known = tuple(dict.fromkeys(begun for size in range(DEEP + 1) if (begun := plain[:size]) in self._ways))
        shorter = self._shorter.get(known)  # most beginnings are of no rule's own
        if shorter is None:
            ways: dict[int, list[Way]] = {}
            for begun in known:
                for place, way in self._ways[begun]:
                    ways.setdefault(place, []).append(way)
            shorter = self._shorter[known] = _Shorter([(self.rules[place], ways[place]) for place in sorted(ways)])
        return shorter


class _Shorter(Generic[R]):
    """Rules that are told apart by literals alone. Each literal is looked for once; a bit is kept for each clause it answers."""

    def __init__(self, rules: Sequence[tuple[tuple[R, re.Pattern[str]], list[Way]]]) -> None:
        answers: dict[str, int] = {}
        numbers: dict[Clause, int] = {}
        self.entries: list[tuple[tuple[int, ...], tuple[R, re.Pattern[str]]]] = []
        for entry, known in rules:
            ways: list[int] = []
            for way in known:
                asked = 0
                for clause in way.clauses:
                    bit = 1 << numbers.setdefault(clause, len(numbers))
                    asked |= bit
                    for literal in clause:
                        answers[literal] = answers.get(literal, 0) | bit
                ways.append(asked)
            self.entries.append((tuple(ways), entry))
        self.literals = list(answers.items())
        always = any(0 in ways for ways, _ in self.entries)
        self.roots = () if always else _roots(min(way.clauses, key=len) for _, known in rules for way in known)

    def of(self, lower: str) -> list[tuple[R, re.Pattern[str]]]:
        """The rules that may match a text, given :func:`folded`."""
        if self.roots:
            for root in self.roots:
                if root in lower:
                    break
            else:
                return []
        there = 0
        for literal, bits in self.literals:
            if literal in lower:
                there |= bits
        out: list[tuple[R, re.Pattern[str]]] = []
        for ways, entry in self.entries:
            for asked in ways:
                if asked & there == asked:
                    out.append(entry)
                    break
        return out


def _roots(clauses: Iterable[Clause]) -> tuple[str, ...]:
    """Words of which one stands wherever a literal of one of the clauses does, few and short: "följande" for " anför följande" and
    " anför i huvudsak följande"."""
    roots: list[str] = []
    for literal in sorted({literal for clause in clauses for literal in clause}, key=lambda s: (len(s), s)):
        if not any(root in literal for root in roots):
            roots.append(max(literal.split(), key=len, default=literal))
    return tuple(roots)


class AtEnd:
    """An expression that matches up to the end of a text alone, tried only where the text ends as its matches do.

    NOTE: ``re`` looks for such a match from the beginning on, at each place anew: a microsecond for a line that ends in another word.
    """

    def __init__(self, expression: re.Pattern[str]) -> None:
        self._expression = expression
        self._endings = endings(expression)
        self._longest = max(map(len, self._endings))

    def search(self, text: str, start: int = 0, end: int | None = None) -> re.Match[str] | None:
        """What the expression's own ``search`` gives for ``text[start:end]`` in its surroundings."""
        stop = len(text) if end is None else end
        tail = text[max(start, stop - self._longest) : stop]
        if not folded(tail).endswith(self._endings) and tail[-1:] != "\n":  # "$" stands before a last line feed, too
            return None
        return self._expression.search(text, start, stop)


_SHORTEST = 4
"""Letters of a landmark: shorter ones ("att", "till") stand in every other sentence and tell little."""


class Landmarks:
    """The literals that rules need, found in one pass over a text whatever their number."""

    def __init__(
        self, looks: Iterable[Look], stems: Iterable[Look] = (), also: Iterable[str] = (), common: frozenset[str] = frozenset()
    ) -> None:
        """``stems``: looks whose literals are landmarks however short; ``also``: literals in lower case that are; ``common``: words that
        stand everywhere and are none."""
        every = {literal for known in looks for literal in known.literals}
        literals = {literal for literal in every if len(literal.strip()) >= _SHORTEST and literal.strip() not in common}
        literals.update(also, *(known.literals for known in stems))
        self.numbers = {literal: number for number, literal in enumerate(sorted(literals))}
        self._automaton = AhoCorasick(list(self.numbers), implementation=Implementation.DFA)
        self._sizes = list(map(len, self.numbers))
        self._last: tuple[str, Sighted] | None = None

    def of(self, text: str) -> Sighted:
        """What stands in a text. NOTE: the last one is kept, since each part of the extraction asks for the same document."""
        last = self._last
        if last is not None and last[0] is text:
            return last[1]
        sighted = self._of(text)
        self._last = text, sighted
        return sighted

    def places(self, text: str, literal: str) -> list[int]:
        """Where a literal stands in a text as it is printed, its upper case letters too: from the one pass where it is a landmark, else by
        a search of its own."""
        number = self.numbers.get(literal.lower())
        if number is not None:
            return [at for at in self.of(text).places.get(number, ()) if text.startswith(literal, at)]
        found: list[int] = []
        at = text.find(literal)
        while at >= 0:
            found.append(at)
            at = text.find(literal, at + 1)
        return found

    def at_hand(self, text: str) -> Sighted | None:
        """What stands in a text, where it is the last one that was looked at, and each letter is one in lower case too."""
        last = self._last
        return last[1] if last is not None and last[0] is text and last[1].plain else None

    def _of(self, text: str) -> Sighted:
        lower = folded(text)
        if len(lower) != len(text):
            lower = "".join(folded(c)[0] for c in text)  # "i" with a dot over it is two letters, one when folded
        plain = "\u0130" not in text  # the one letter that is two in lower case
        matches = self._automaton.find_matches_as_indexes(lower, overlapping=True)
        numbers, starts, ends = map(list, zip(*matches, strict=True)) if matches else ([], [], [])
        places: dict[int, list[int]] = {}
        for number, start in zip(numbers, starts, strict=True):
            if number in places:
                places[number].append(start)
            else:
                places[number] = [start]
        return Sighted(lower, ends, numbers, places, self._sizes, plain)


@dataclass(slots=True)
class Sighted:
    """Where landmarks stand in one text: the ends of their places, in order, their numbers, and by number where they begin. ``lower``: the
    text folded, its offsets kept; ``plain``: whether ``str.lower`` keeps them too."""

    lower: str
    ends: list[int]
    numbers: list[int]
    places: dict[int, list[int]]
    sizes: list[int]
    plain: bool
    _recent: tuple[int, int, frozenset[int]] = field(default=(0, 0, frozenset()))

    def ends_of(self, numbers: Iterable[int]) -> list[int]:
        """Where these landmarks end."""
        return [start + self.sizes[number] for number in numbers if number in self.places for start in self.places[number]]

    def within(self, start: int, end: int) -> frozenset[int]:
        """The numbers of the landmarks that stand in ``text[start:end]``, and of those that end there. NOTE: those of the last span are
        kept, since one sentence is asked for again and again."""
        recent = self._recent
        if recent[0] != start or recent[1] != end:
            numbers = frozenset(self.numbers[bisect_right(self.ends, start) : bisect_right(self.ends, end)])
            self._recent = recent = start, end, numbers
        return recent[2]

    def inside(self, start: int, end: int, numbers: frozenset[int]) -> list[tuple[int, int]]:
        """The places of these landmarks in ``text[start:end]``, as offsets."""
        low, high = bisect_right(self.ends, start), bisect_right(self.ends, end)
        return [
            (self.ends[at] - self.sizes[self.numbers[at]], self.ends[at])
            for at in range(low, high)
            if self.numbers[at] in numbers and self.ends[at] - self.sizes[self.numbers[at]] >= start
        ]


class SpanShortlist(Generic[R]):
    """As :class:`Shortlist`, for spans of a text whose landmarks are known. What a match begins with is not looked at."""

    def __init__(self, rules: Sequence[tuple[R, re.Pattern[str]]], landmarks: Landmarks) -> None:
        self.rules = tuple(rules)
        self._landmarks = landmarks
        self._always: set[int] = set()
        self._by_landmark: dict[int, list[int]] = {}
        self._ways: list[tuple[int, tuple[frozenset[int], ...], tuple[tuple[str, ...], ...]]] = []
        for place, (_, expression) in enumerate(rules):
            for known in look(expression).ways:
                clauses = known.clauses
                far = sorted((c for c in clauses if landmarks.numbers.keys() >= c), key=len)
                numbers = [frozenset(landmarks.numbers[literal] for literal in clause) for clause in far]
                way = len(self._ways)
                self._ways.append((place, tuple(numbers[1:]), tuple(tuple(c) for c in clauses if c not in far)))
                if not numbers:
                    self._always.add(way)
                for number in numbers[0] if numbers else ():
                    self._by_landmark.setdefault(number, []).append(way)
        self._telling = frozenset(self._by_landmark)

    def ends(self, text: str) -> list[int]:
        """The ends of the landmarks of which one stands in every match of one of the rules. Raises ValueError for a rule that
        has none."""
        if self._always:
            raise ValueError("a rule here matches texts without any landmark")
        return self._landmarks.of(text).ends_of(self._by_landmark)

    def of(self, text: str, start: int = 0, end: int | None = None) -> list[tuple[R, re.Pattern[str]]]:
        """The rules that may match in ``text[start:end]``, in order, with their expressions."""
        sighted = self._landmarks.of(text)
        end = len(text) if end is None else end
        seen = sighted.within(start, end)
        possible = self._always
        telling = self._telling & seen
        if telling:
            possible = possible.union(*[self._by_landmark[number] for number in telling])
        elif not possible:
            return []
        lower = sighted.lower[start:end]
        ways = self._ways
        places: set[int] = set()
        for way in possible:
            place, far, near = ways[way]
            if place in places:
                continue
            for clause in far:
                if clause.isdisjoint(seen):
                    break
            else:
                if not near or _holds(lower, near):
                    places.add(place)
        return [self.rules[place] for place in sorted(places)]


def _holds(lower: str, clauses: tuple[tuple[str, ...], ...]) -> bool:
    """Whether of each clause a literal stands in the text."""
    for clause in clauses:
        for literal in clause:
            if literal in lower:
                break
        else:
            return False
    return True
