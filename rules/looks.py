"""A quick look before a regular expression is tried: what stands in every text that it matches, and with what such a text begins.

Both are read off the expression itself, so no rule has to say them: ``[Uu]ppdra(?:r|s)\\s[^.]*\\satt`` needs "uppdrar " or "uppdras ", and
" att". rules/shortlists.py holds many rules against a text by them. A look may let through what is not matched, never the other way round
(tested with texts of every rule).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser as sre_parser  # type: ignore[attr-defined]
from typing import Any

_MOST, _FEW = 48, 4
"""How many literals may stand for one another, and how many letters a class may have that is spelt out."""
_PLAIN = frozenset(map(chr, range(0x20, 0x7F))) | frozenset("åäöéèüáàæøÅÄÖÉÈÜÁÀÆØ§–—−”“’…•»«")
"""What literals are made of: letters whose other forms :func:`folded` knows. Any other letter stands for itself and is not looked for."""
_ODD = (("i\u0307", "i"), ("\u0131", "i"), ("\u017f", "s"))
"""What ``re`` takes for "i" and "s" when it ignores case and ``str.lower`` leaves as it is."""
_DIGIT, _SPACE = "0", " "
"""What stands for every digit and every white space among the first characters of a match."""
_DIGIT_CLASS = "\\d"
_CATEGORIES = {sre.CATEGORY_DIGIT: _DIGIT_CLASS, sre.CATEGORY_SPACE: _SPACE}
_WHITE = [c for c in map(chr, range(0x3001)) if c.isspace() and c not in (_SPACE, "\n")]
DEEP, _MANY = 2, 400
"""How many first characters tell rules apart, and how many beginnings of one expression are kept apart."""
_COMMON = " .,-"
_WAYS, _FINE_WAYS = 12, 120
"""Up to how many alternatives of an expression are told apart."""

Clause = frozenset[str]


@dataclass(frozen=True, slots=True)
class Way:
    """One of the ways an expression matches: of each of ``clauses`` a literal stands in the :func:`folded` text, and the match begins with
    one of ``starts``, one or two characters (digits as "0", white space as " "; "" where they may be any)."""

    clauses: tuple[Clause, ...]
    starts: frozenset[str]


@dataclass(frozen=True, slots=True)
class Look:
    """What can be told of an expression's matches: each is of one of ``ways``. ``anchored``: whether it begins where the text does."""

    ways: tuple[Way, ...]
    anchored: bool

    @property
    def literals(self) -> set[str]:
        """All that are asked for."""
        return {literal for way in self.ways for clause in way.clauses for literal in clause}


_LINE, _LINES = 400, 4_000
"""Characters of a text, and how many such texts, that are kept folded: each line is looked at by clean and by structure, and what stands at
the head of a page again and again."""
_folded: dict[str, str] = {}


def folded(text: str) -> str:
    """The text in lower case with a blank for each white space, so that a literal stands in it wherever an expression that ignores case
    would find it. As long as the text, but for one letter that is two in lower case."""
    kept = _folded.get(text)
    if kept is not None:
        return kept
    lower = text.lower()
    if not lower.isascii():
        for odd, plain in _ODD:
            if odd in lower:
                lower = lower.replace(odd, plain)
    if not lower.isprintable():
        lower = lower.replace("\n", _SPACE)
        if not lower.isprintable():
            for white in _WHITE:
                if white in lower:
                    lower = lower.replace(white, _SPACE)
    if len(text) <= _LINE:
        if len(_folded) >= _LINES:
            _folded.clear()
        _folded[text] = lower
    return lower


@lru_cache(maxsize=4_000)
def look(expression: re.Pattern[str], *, finely: bool = False) -> Look:
    """What can be told of an expression's matches without trying it. ``finely``: alternatives that are only words are ways of their own,
    with few literals each, for those who know what a text begins with.

    >>> look(re.compile(r"[Uu]ppdra(?:r|s)\\s[^.]+\\satt")).ways[0].clauses == (frozenset([" att"]), frozenset(["uppdrar ", "uppdras "]))
    True
    """
    parsed: Any = sre_parser.parse(expression.pattern, expression.flags & ~re.UNICODE)
    ignoring = bool(expression.flags & re.IGNORECASE)
    ways: dict[Way, None] = {}
    for items in _ways(list(parsed), _FINE_WAYS if finely else _WAYS, finely):
        whole, clauses = _sequence(items, _FEW if finely else _MOST)
        if whole is not None and (alone := _clause(whole)):
            clauses = [alone]
        closed, begun = _starts(items, ignoring)
        ways[Way(tuple(_telling(clauses)), closed | begun)] = None
    first = parsed[0] if len(parsed) else None
    anchored = first is not None and first[0] is sre.AT and first[1] in (sre.AT_BEGINNING, sre.AT_BEGINNING_STRING)
    return Look(tuple(ways), anchored and not expression.flags & re.MULTILINE)


def after_digits(expression: re.Pattern[str]) -> frozenset[str]:
    """With what up to two characters a match that begins with digits goes on behind them (as in :attr:`Way.starts`; "" where anything may
    follow, or nothing).

    >>> sorted(after_digits(re.compile(r"(?:19|20)[0-9]{2}-[01][0-9]|[0-9]{1,2} ?m(?:aj|ars)")))
    [' m', '-0', 'ma']
    """
    parsed: Any = sre_parser.parse(expression.pattern, expression.flags & ~re.UNICODE)
    closed, begun = _starts(list(parsed), bool(expression.flags & re.IGNORECASE), DEEP + 1, runs=True)
    return frozenset(start[1:] for start in closed | begun if start[:1] in ("", _DIGIT))


def begins_with(items: Iterable[Any], *, ignoring: bool) -> tuple[frozenset[str], bool, bool] | None:
    """The letters that a match of parsed items may begin with, whether it may with a digit, and with white space; None where it may begin
    with anything, or be empty."""
    closed, begun = _starts(items, ignoring, 1)
    starts = closed | begun
    if "" in starts or not starts:
        return None
    return starts - {_DIGIT, _SPACE}, _DIGIT in starts, _SPACE in starts


def has_digit(expression: re.Pattern[str]) -> bool:
    """Whether one of the digits 0 to 9 stands in every text that the expression matches."""
    return _always_digit(sre_parser.parse(expression.pattern, expression.flags & ~re.UNICODE))


def _always_digit(items: Iterable[Any]) -> bool:
    for kind, value in items:
        if kind is sre.BRANCH:
            found = all(map(_always_digit, value[1]))
        elif kind in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
            found = value[0] > 0 and _always_digit(value[2])
        elif kind is sre.SUBPATTERN:
            found = _always_digit(value[3])
        else:
            letters = _letters(value if kind is sre.IN else [(kind, value)]) if kind in (sre.IN, sre.LITERAL) else None
            found = bool(letters) and all(letter in "0123456789" for letter in letters or ())
        if found:
            return True
    return False


def endings(expression: re.Pattern[str]) -> tuple[str, ...]:
    """With what each text ends, :func:`folded`, that the expression matches to its end; "" alone where nothing is known, or where it
    matches elsewhere too.

    >>> endings(re.compile(r"\\w- ?(?:och|samt) $"))
    ('- och ', '- samt ', '-och ', '-samt ')
    """
    items: list[Any] = list(sre_parser.parse(expression.pattern, expression.flags & ~re.UNICODE))
    while len(items) == 1 and items[0][0] is sre.SUBPATTERN:
        items = list(items[0][1][3])
    if not items or items[-1][0] is not sre.AT or items[-1][1] not in (sre.AT_END, sre.AT_END_STRING) or expression.flags & re.MULTILINE:
        return ("",)
    run = frozenset([""])
    for kind, value in items[-2::-1]:
        texts, clauses = _item(kind, value, _MOST)
        if texts is None or clauses or len(run) * len(texts) > _MOST:
            break
        run = frozenset(a + b for a in texts for b in run)
    return tuple(sorted(_ends(run)))


def _ends(strings: frozenset[str]) -> list[str]:
    """The shortest of the strings that stand for all of them at the end of a text."""
    kept: list[str] = []
    for string in sorted(strings, key=lambda s: (len(s), s)):
        if not any(string.endswith(other) for other in kept):
            kept.append(string)
    return kept


def needed(expressions: Iterable[re.Pattern[str]]) -> tuple[str, ...]:
    """The fewest words, in lower case, of which one stands in every :func:`folded` text that one of the expressions matches; "" alone where
    nothing is known of one of them."""
    words: set[str] = set()
    for expression in expressions:
        for way in look(expression).ways:
            best = max(way.clauses, key=lambda clause: min(map(len, clause)), default=frozenset([""]))
            words |= {literal.strip() for literal in best}
    return tuple(sorted(_clause(words))) or ("",)


# ------------------------------------------------------------------------------------------------- what stands in a match


def _ways(items: list[Any], most: int, finely: bool) -> list[list[Any]]:
    """The alternatives of items one after another, up to ``most`` of them, as items without alternatives worth telling apart."""
    for at, (kind, value) in enumerate(items):
        if kind is sre.SUBPATTERN and not value[1] and not value[2]:
            return _ways([*items[:at], *value[3], *items[at + 1 :]], most, finely)
        if kind is sre.BRANCH and len(value[1]) <= most and (finely or _item(kind, value, _MOST)[0] is None):
            each = most // len(value[1])
            return [way for one in value[1] for way in _ways([*items[:at], *one, *items[at + 1 :]], each, finely)]
    return [items]


def _clause(strings: Iterable[str]) -> Clause:
    """The shortest of the strings that stand for all of them; none where one of them is empty."""
    kept: list[str] = []
    for string in sorted(set(strings), key=lambda s: (len(s), s)):
        if not any(other in string for other in kept):
            kept.append(string)
    return frozenset() if "" in kept else frozenset(kept)


def _telling(clauses: list[Clause]) -> list[Clause]:
    """The clauses worth asking for, the most telling first: not those that another one implies, nor a character alone that every
    text has."""
    kept: list[Clause] = []
    for clause in sorted(set(clauses), key=lambda c: (len(c), sorted(c))):
        if all(len(literal) == 1 and (literal.isalnum() or literal in _COMMON) for literal in clause):
            continue
        if not any(all(any(own in literal for own in clause) for literal in other) for other in clauses if other != clause):
            kept.append(clause)
    return kept


def _sequence(items: Iterable[Any], most: int) -> tuple[frozenset[str] | None, list[Clause]]:
    """All texts that items one after another match, in lower case, where they are few; else None and a clause each for what must stand
    in the text."""
    whole = True
    run = frozenset([""])
    clauses: list[Clause] = []

    def end_run() -> None:
        clause = _clause(run)
        if clause:
            clauses.append(clause)

    for kind, value in items:
        texts, inner = _item(kind, value, most)
        if texts is not None and len(run) * len(texts) <= most:
            run = frozenset(a + b for a in run for b in texts)
            continue
        whole = False
        end_run()
        clauses += inner
        run = texts if texts is not None else frozenset([""])
    if whole:
        return run, []
    end_run()
    return None, clauses


def _item(kind: Any, value: Any, most: int) -> tuple[frozenset[str] | None, list[Clause]]:
    """As :func:`_sequence`, of one item. What only looks (a border of a word, what stands before or after) counts as empty."""
    if kind in (sre.LITERAL, sre.IN):
        letters = _letters(value if kind is sre.IN else [(kind, value)])
        if letters is None or _DIGIT_CLASS in letters:
            return None, []
        few = frozenset(_SPACE if c.isspace() else c.lower() for c in letters)
        return (few, []) if len(few) <= _FEW and few <= _PLAIN else (None, [])
    if kind in (sre.AT, sre.ASSERT, sre.ASSERT_NOT):
        return frozenset([""]), []
    if kind is sre.SUBPATTERN:
        return _sequence(value[3], most)
    if kind is sre.ATOMIC_GROUP:
        return _sequence(value, most)
    if kind is sre.BRANCH:
        return _branch([_sequence(one, most) for one in value[1]], most)
    if kind in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
        least, highest, inside = value
        texts, clauses = _sequence(inside, most)
        if texts is not None and highest == 1:
            return (texts, []) if least == 1 else (texts | {""}, [])
        if least == 0:
            return None, []
        return None, clauses if texts is None else [c for c in [_clause(texts)] if c]
    return None, []  # any character, a class, a group again: nothing that can be looked for


def _branch(alternatives: list[tuple[frozenset[str] | None, list[Clause]]], most: int) -> tuple[frozenset[str] | None, list[Clause]]:
    """One of several: all their texts, or one clause that joins what each of them is best known by."""
    if all(texts is not None for texts, _ in alternatives):
        together = frozenset[str]().union(*(texts for texts, _ in alternatives if texts is not None))
        if len(together) <= most:
            return together, []
    joined: set[str] = set()
    for texts, clauses in alternatives:
        known = clauses if texts is None else [c for c in [_clause(texts)] if c]
        if not known:
            return None, []
        joined |= max(known, key=lambda c: (min(map(len, c)), -len(c)))
    clause = _clause(joined)
    return None, [clause] if len(clause) <= max(most, _MOST) else []


def _letters(members: list[Any]) -> list[str] | None:
    """The characters of a class, None where they are too many. "\\d" and " " stand for all digits and all white space."""
    out: list[str] = []
    for kind, value in members:
        if kind is sre.LITERAL:
            out.append(chr(value))
        elif kind is sre.RANGE and value[1] - value[0] < 64:
            out += map(chr, range(value[0], value[1] + 1))
        elif kind is sre.CATEGORY and value in _CATEGORIES:
            out.append(_CATEGORIES[value])
        else:
            return None
    return out


# ---------------------------------------------------------------------------------------------- with what a match begins

_Begun = tuple[frozenset[str], frozenset[str]]
"""Beginnings that are all an item matched, and beginnings after which anything may stand."""
_ANYTHING: _Begun = (frozenset(), frozenset([""]))


def _starts(items: Iterable[Any], ignoring: bool, deep: int = DEEP, *, runs: bool = False) -> _Begun:
    """How a match of items one after another may begin, as far as ``deep`` characters tell; ``runs``: digits one after another are one."""
    closed, opened = frozenset([""]), frozenset[str]()
    for kind, value in items:
        whole, begun = _item_starts(kind, value, ignoring, deep, runs)
        if len(closed) * (len(whole) + len(begun)) > _MANY:
            return frozenset(), opened | closed
        opened |= {_joined(a, b, deep, runs) for a in closed for b in begun}
        longer = {_joined(a, b, deep, runs) for a in closed for b in whole}
        closed = frozenset(c for c in longer if len(c) < deep)
        opened |= longer - closed
        if not closed:
            break
    return closed, opened


def _joined(a: str, b: str, deep: int, runs: bool) -> str:
    return (a + b[1:] if runs and a.endswith(_DIGIT) and b.startswith(_DIGIT) else a + b)[:deep]


def _item_starts(kind: Any, value: Any, ignoring: bool, deep: int, runs: bool) -> _Begun:
    if kind is sre.LITERAL:
        return _printed([chr(value)], ignoring)
    if kind is sre.IN:
        letters = _letters(value)
        return _printed(letters, ignoring) if letters is not None else _ANYTHING
    if kind in (sre.AT, sre.ASSERT, sre.ASSERT_NOT):
        return frozenset([""]), frozenset()
    if kind is sre.SUBPATTERN:
        _, added, taken, inside = value
        return _starts(inside, (ignoring or bool(added & re.IGNORECASE)) and not taken & re.IGNORECASE, deep, runs=runs)
    if kind is sre.ATOMIC_GROUP:
        return _starts(value, ignoring, deep, runs=runs)
    if kind is sre.BRANCH:
        each = [_starts(one, ignoring, deep, runs=runs) for one in value[1]]
        return frozenset[str]().union(*(whole for whole, _ in each)), frozenset[str]().union(*(begun for _, begun in each))
    if kind in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
        least, most, inside = value
        whole, begun = _starts(inside, ignoring, deep, runs=runs)
        if most != 1 and not (runs and whole == {_DIGIT} and not begun):
            whole, begun = frozenset(), whole | begun
        return (whole | {""} if least == 0 else whole), begun
    return _ANYTHING


def _printed(letters: Iterable[str], ignoring: bool) -> _Begun:
    """One letter of several, as a text may print it."""
    out: set[str] = set()
    for letter in letters:
        if ignoring and letter not in _PLAIN:
            return _ANYTHING
        out |= {letter} if not ignoring else {letter.lower(), letter.upper(), *_OTHER_FORMS.get(letter.lower(), ())}
    return frozenset(map(kind_of, out)), frozenset()


_OTHER_FORMS = {"i": "\u0130\u0131", "s": "\u017f", "k": "\u212a", "å": "\u212b"}
"""What else ``re`` takes for a letter when it ignores case."""


def kind_of(character: str) -> str:
    """A character as :attr:`Look.starts` has it: "0" for any digit, " " for any white space."""
    return _DIGIT if character == _DIGIT_CLASS or character.isdecimal() else _SPACE if character.isspace() else character
