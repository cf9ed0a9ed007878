"""What the mention extractors (amounts, dates, references, persons) share: numbers, sentences and who wins a span.

Everything here works on offsets of one text and never crosses a line feed, since blocks are separated by one.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Generic, NamedTuple, Protocol, TypeVar

from extractors.model import Block, Document, Span
from rules.expressions import expression
from rules.looks import Look, has_digit, look
from rules.schema import Pattern, expand
from rules.shortlists import Landmarks

SPACES = " \u00a0\u2007\u2009\u202f"
"""The white space of print: space, no-break space, figure space, thin space, narrow no-break space."""

SIGNS = "+-\u2010\u2011\u2012\u2013\u2014\u2212"
"""Plus, and every dash that print uses for a minus."""

_DIGITS = expression(r"[0-9][0-9]*")  # "[0-9]+" is tried at each character anew
_SENTENCE_END = expression(r"[.!?;][ \u00a0]+(?=[\"”»(]?[A-ZÅÄÖ0-9§])|\n")
_ABBREVIATION = expression(
    r"(?:\b(?:ca|c:a|kl|nr|dnr|resp|tf|inkl|exkl|bl|fr|t|o|m|d|v|dvs|mm|jfr|kap|st|max|min|milj|forts|tel|ev|alt|jan|feb|apr|aug|sept|sep|okt|nov|dec)|\b[A-ZÅÄÖ])\Z",
    re.IGNORECASE,
)


class DigitRuns(NamedTuple):
    """Where digits stand one after another: the offsets at which each run begins, and those at which it ends."""

    starts: list[int]
    ends: list[int]


def digit_runs(text: str) -> DigitRuns:
    """Where digits stand one after another."""
    found = [match.span() for match in _DIGITS.finditer(text)]
    return DigitRuns([start for start, _ in found], [end for _, end in found])


@lru_cache(maxsize=1)
def digits_of(text: str) -> DigitRuns:
    """As :func:`digit_runs`, of a whole document: dates and amounts are looked for where they stand, and one search takes as long as
    finding the dates of a page. Not to be changed."""
    return digit_runs(text)


class _Spanned(Protocol):
    @property
    def span(self) -> Span: ...


class _Anchoring(Protocol):
    @property
    def needs(self) -> list[str]: ...

    @property
    def reach(self) -> int: ...

    @property
    def ahead(self) -> int: ...

    @property
    def digit_before(self) -> bool: ...

    def compiled(self, macros: dict[str, str]) -> re.Pattern[str]: ...


T = TypeVar("T", bound=_Spanned)
R = TypeVar("R", bound=_Anchoring)


def combined(patterns: Sequence[Pattern], macros: dict[str, str], prefix: str) -> re.Pattern[str]:
    """One regular expression that tries the patterns in order; ``m.lastgroup`` is ``prefix`` + index of the one that matched.

    The patterns' own named groups are made anonymous, so that two rules may name a group alike; a rule that needs its groups is
    matched again, alone.
    """
    parts: list[str] = []
    for index, pattern in enumerate(patterns):
        body = re.sub(r"\(\?P<\w+>", "(?:", expand(pattern.pattern, macros))
        parts.append(f"(?P<{prefix}{index}>{'(?i:' if pattern.ignore_case else '(?:'}{body}))")
    return expression("|".join(parts))


def rule_index(match: re.Match[str], prefix: str) -> int:
    """The index of the pattern of a :func:`combined` expression that matched."""
    return int((match.lastgroup or "")[len(prefix) :])


def decimal_of(printed: str, *, dot_groups: bool) -> Decimal:
    """The exact value of a printed number: ``1 405``, ``1.405.000``, ``3,041``, ``2.0``.

    A comma is the decimal sign, unless it stands more than once. A point is one too, unless it groups thousands: more than one
    point, or exactly three digits behind it where ``dot_groups`` says that the unit is counted in whole numbers.
    """
    plain = printed
    for space in SPACES:
        plain = plain.replace(space, "")
    if plain.count(",") > 1:
        plain = plain.replace(",", "")
    plain = plain.replace("'", "").replace("’", "")
    points = plain.count(".")
    if points > 1 or (points == 1 and "," in plain) or (points == 1 and dot_groups and len(plain.rsplit(".", 1)[1]) == 3):
        plain = plain.replace(".", "")
    return Decimal(plain.replace(",", "."))


def sentence_around(text: str, start: int, end: int, reach: int = 600) -> tuple[int, int]:
    """The bounds of the sentence that holds ``text[start:end]``, within its block, at most ``reach`` characters either way.

    A full stop ends a sentence only before a capital or a digit, and not after an abbreviation ("ca. 5", "kl. 13").
    """
    low = max(text.rfind("\n", 0, start) + 1, start - reach)
    high = text.find("\n", end)
    high = min(len(text) if high < 0 else high, end + reach)
    begin, stop = low, high
    for found in _SENTENCE_END.finditer(text, low, start):
        if text[found.start()] != "." or not _abbreviated(text, low, found.start()):
            begin = found.end()
    for found in _SENTENCE_END.finditer(text, end, high):
        if text[found.start()] != "." or not _abbreviated(text, low, found.start()):
            stop = found.start() + 1
            break
    return begin, stop


def _abbreviated(text: str, low: int, dot: int) -> bool:
    if text[max(low, dot - 1) : dot].isdigit():
        # "1. 1 405 tkr" is a marker at the start of its block; elsewhere "… under 2023. Nämnden" ends a sentence.
        return text[low:dot].isdigit()
    return _ABBREVIATION.search(text, max(low, dot - 6), dot) is not None


def block_at(document: Document, offset: int) -> Block | None:
    """The block the character at ``offset`` stands in, or None for text outside all blocks."""
    index = bisect_right(document.blocks, offset, key=lambda b: b.start) - 1
    if index < 0 or document.blocks[index].end < offset:
        return None
    return document.blocks[index]


_NEAR = 8
"""How many words, one of which stands in each match beside the literal it is tried at, are asked for before it is tried."""


class _Tried(NamedTuple, Generic[R]):
    """A rule as it is tried at one of its literals; ``digits``: whether a digit stands in every match; ``near``: words in lower case of
    which one does, where they are few."""

    rule: R
    regex: re.Pattern[str]
    reach: int
    ahead: int
    digit_before: bool
    digits: bool
    near: tuple[str, ...]


class Anchored(Generic[R]):
    """Rules that are tried only around literals they need, the first that matches at a literal winning it; a rule that needs none is
    tried all over the text.

    NOTE: around the literals only: for the references 1.3 ms a page less than all over the text, with the same result.
    """

    def __init__(self, rules: Sequence[R], macros: dict[str, str], landmarks: Landmarks) -> None:
        self.landmarks = landmarks
        self.free: list[tuple[R, re.Pattern[str]]] = []
        self.anchors: dict[str, list[_Tried[R]]] = {}
        for rule in rules:
            regex = rule.compiled(macros)
            if not rule.needs:
                self.free.append((rule, regex))
            for literal in rule.needs:
                digits = rule.digit_before or (has_digit(regex) and not any(c.isdecimal() for c in literal))
                near = _near(look(regex), literal.lower())
                tried = _Tried(rule, regex, rule.reach, rule.ahead, rule.digit_before, digits, near)
                self.anchors.setdefault(literal, []).append(tried)
        # NOTE: what stands in many places ("20") is looked for once, not once with each sign before it ("-20", "/20", " (20").
        searched = sorted((literal for literal in self.anchors if literal.lower() not in landmarks.numbers), key=len)
        self.cores = {literal: next(core for core in searched if literal.endswith(core)) for literal in searched}

    def _places(self, text: str) -> Iterator[tuple[str, list[int]]]:
        """Each literal and where it stands."""
        searched = {core: self.landmarks.places(text, core) for core in {*self.cores.values()}}
        for literal in self.anchors:
            core = self.cores.get(literal)
            if core is None:
                yield literal, self.landmarks.places(text, literal)
            elif core == literal:
                yield literal, searched[core]
            else:
                before = len(literal) - len(core)
                yield literal, [at - before for at in searched[core] if at >= before and text.startswith(literal, at - before)]

    def matches(self, text: str) -> Iterator[tuple[R, re.Match[str]]]:
        """Rule and match of every place; places of different literals may overlap."""
        for rule, regex in self.free:
            for match in regex.finditer(text):
                yield rule, match
        size = len(text)
        lower, (number_starts, number_ends) = self.landmarks.of(text).lower, digits_of(text)
        for literal, places in self._places(text):
            all_tried = self.anchors[literal]
            done, length = 0, len(literal)
            line, line_end = 0, -1
            for at in places:
                if at < done:
                    continue
                if at > line_end:
                    line = text.rfind("\n", 0, at) + 1
                    line_end = text.find("\n", at)
                    if line_end < 0:
                        line_end = size
                floor = line if line > done else done
                for tried in all_tried:
                    low, high = at - tried.reach, at + tried.ahead
                    if low < floor:
                        low = floor
                    if tried.digits:
                        following = bisect_right(number_ends, low)
                        if following == len(number_ends) or number_starts[following] >= (at if tried.digit_before else high):
                            continue
                    if tried.near and not _one_of(tried.near, lower, low, high):
                        continue
                    near = tried.regex.search(text, low, high)
                    if near is not None and near.start() <= at + length and near.end() > at:
                        yield tried.rule, near
                        done = near.end()
                        break


def _near(known: Look, literal: str) -> tuple[str, ...]:
    """The words of which one stands in each match beside the literal, in lower case; none where they are many or nothing is known. Of
    several such lists the one of the longest words, which tells most."""
    words: set[str] = set()
    for way in known.ways:
        told = [clause for clause in way.clauses if len(clause) <= _NEAR and not any(word in literal for word in clause)]
        words |= max(told, key=lambda clause: (min(map(len, clause)), -len(clause)), default=frozenset([""]))
    return tuple(sorted(words)) if "" not in words and len(words) <= _NEAR else ()


def _one_of(words: tuple[str, ...], text: str, start: int, end: int) -> bool:
    return any(text.find(word, start, end) >= 0 for word in words)


def longest_first(found: Iterable[T]) -> list[T]:
    """Those of ``found`` that win their span: the longer one, then the earlier one; in text order."""
    taken: list[T] = []
    starts: list[int] = []
    for one in sorted(found, key=lambda f: (f.span.start - f.span.end, f.span.start)):
        at = bisect_right(starts, one.span.start)
        if at and taken[at - 1].span.end > one.span.start:
            continue
        if at < len(taken) and taken[at].span.start < one.span.end:
            continue
        taken.insert(at, one)
        starts.insert(at, one.span.start)
    return taken


def printed_sign(text: str, start: int, line_ends: frozenset[int], openers: frozenset[str]) -> tuple[int, int]:
    """Sign and first offset of the number that begins at ``start``: ``(-1, start of the sign)``, ``(1, …)`` or ``(0, start)``.

    A minus stands at once before the digit, after white space, a bracket or nothing ("uppgår till –973", "(-63"). Between two
    words or numbers with space on both sides it is a separator ("2023 – 300 mnkr"), unless the line broke after it ("till -" /
    "143") or the word before it asks for a number ("med - 5"). After a digit or a letter it is a range or a compound.
    """
    if start == 0:
        return 0, start
    sign_at = start - 1
    if text[sign_at] in SIGNS:
        before = text[sign_at - 1] if sign_at else "\n"
        if before.isalnum() or before in "%)/":
            return 0, start
        if before in SPACES and _ends_in_count(text, sign_at):
            return 0, start
        return (1 if text[sign_at] == "+" else -1), sign_at
    if text[sign_at] in SPACES and sign_at and text[sign_at - 1] in SIGNS:
        sign_at -= 1
        before = text[sign_at - 1] if sign_at else "\n"
        if before.isalnum() or before == "\n":
            return (1, sign_at) if text[sign_at] == "+" and before == "\n" else (0, start)
        if text[sign_at] == "+":
            return 1, sign_at
        if before == "(":
            return -1, sign_at
        word = text[max(0, sign_at - 24) : sign_at].rstrip(SPACES).rsplit(" ", 1)[-1].rsplit("\n", 1)[-1]
        if sign_at + 1 in line_ends and not word[-1:].isdigit():
            return -1, sign_at
        if word.lower() in openers:
            return -1, sign_at
    return 0, start


_COUNT_BEFORE = expression(r"(?:\A|[^\w,.])(?P<number>[0-9]+(?:,[0-9]+)?)[ \u00a0\u2007\u2009\u202f]\Z")


def _ends_in_count(text: str, at: int) -> bool:
    """Whether a number that is no year stands before ``at`` ("6 -7 mnkr" is a range; "2023 -300 mnkr" is not)."""
    found = _COUNT_BEFORE.search(text, max(0, at - 12), at)
    return found is not None and not is_year(found["number"])


def is_year(printed: str) -> bool:
    """Whether a number is printed as a year is: four digits, 1900 to 2099."""
    return len(printed) == 4 and printed.isdigit() and printed[:2] in ("19", "20")


def within(mentions: Sequence[T], span: Span) -> list[T]:
    """The mentions that lie wholly inside ``span``, of a sequence in text order."""
    found: list[T] = []
    for mention in mentions[bisect_left(mentions, span.start, key=_start) :]:
        if mention.span.start >= span.end:
            break
        if mention.span.end <= span.end:
            found.append(mention)
    return found


def overlapping(mentions: Sequence[T], span: Span) -> Sequence[T]:
    """A stretch of a sequence in text order that holds every mention that overlaps ``span`` (and at most one before and after it)."""
    low = bisect_left(mentions, span.start, key=_start)
    high = bisect_left(mentions, span.end, key=_start)
    return mentions[max(low - 1, 0) : high]


def _start(mention: _Spanned) -> int:
    return mention.span.start
