"""The compiled grammar of amounts: printed Swedish numbers, the units that may follow them, and the cues around them.

Numbers are grammar and stand here; units, joints, cues and look-alikes are data (rules/sv/amounts.toml).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import lru_cache

from extractors.mentions import SPACES, combined, decimal_of, digits_of, rule_index
from rules.expressions import expression
from rules.looks import look
from rules.ruleset import Rules
from rules.schema import AmountsFile, expand

_GLUED = r"(?<![\w]{2})(?<![A-Za-zÅÄÖåäö_][0-9])(?<![0-9][.,:'’][0-9])"
"""Not in the middle of a number or a word; stands after the first digit, so that the search can jump from digit to digit."""
_NUMBER = (
    rf"[0-9]{_GLUED}(?:[0-9]{{0,2}}(?:[ \u00a0\u2007\u2009\u202f.'’][0-9]{{3}})+(?![0-9])|[0-9]*)(?:,[0-9]{{3}}(?=,[0-9]))*(?:[.,][0-9]+)?"
)
_WORD = expression(r"[^\W\d_]+")


_SPACE = frozenset(SPACES)
_IN_NUMBERS = frozenset("0123456789.,'’" + SPACES)
"""What :data:`_NUMBER` is made of."""


class NumberBefore:
    """Numbers with what must follow them at once, such as a unit: tried only where a digit stands before what that may begin with.

    NOTE: most digits of minutes are in dates and numbers of matters; trying each as an amount took six times as long.
    """

    def __init__(self, number: str, space: str, followed_by: Sequence[str], end: str = "") -> None:
        self._whole = expression(rf"(?P<number>{number}){space}?(?:{'|'.join(followed_by)}){end}")
        ways = [way for pattern in followed_by for way in look(expression(pattern), finely=True).ways]
        self._first = frozenset(start[:1] for way in ways for start in way.starts)
        if "" in self._first or any(c.isdigit() or c.isspace() for c in self._first):
            raise ValueError("what follows a number begins with a letter or a sign")

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """Every number of the text with what follows it, as ``re.finditer`` gives them."""
        done = 0
        for end in digits_of(text).ends:
            after = text[end : end + 1]
            if after in _SPACE:
                after = text[end + 1 : end + 2]
            last = end - 1
            if last < done or after not in self._first:
                continue
            first = last
            while first > done and text[first - 1] in _IN_NUMBERS:
                first -= 1
            for at in range(first, last + 1):
                match = self._whole.match(text, at) if text[at].isdigit() else None
                if match is not None and match.end() > last:
                    yield match
                    done = match.end()
                    break


class AmountGrammar:
    """The compiled rules of amounts."""

    def __init__(self, rules: Rules) -> None:
        file: AmountsFile = rules.language.amounts
        macros = rules.language.macros
        self.file = file
        units = [f"(?P<u{i}>{expand(u.pattern, macros)})" for i, u in enumerate(file.unit)]
        unit = "|".join(units)
        space = "[ \u00a0\u2007\u2009\u202f]"
        self.after = NumberBefore(_NUMBER, space, units, r"(?![\w])")
        before = "|".join(f"(?P<u{i}>{expand(u.pattern, macros)})" for i, u in enumerate(file.unit) if u.place == "either")
        plain_unit = "|".join(expand(u.pattern, macros) for u in file.unit)
        self.unit_before = expression(rf"(?<![\w])(?:{before}){space}\Z")
        self.after_unit = expression(rf"(?P<number>{_NUMBER})(?![\w,.]*[0-9])(?!{space}?(?:%|{plain_unit})(?![\w]))")
        self.unit_alone = expression(rf"(?:{unit})\Z")
        self.word_unit = expression(rf"{space}(?:{unit})(?![\w])")
        joints = "|".join(f"(?P<j{i}>{expand(j.pattern, macros)})" for i, j in enumerate(file.joint))
        number = r"[0-9]{1,3}(?:[ \u00a0\u2007\u2009\u202f.][0-9]{3})+|[0-9]+"
        self.joined = expression(rf"(?:\A|(?<=[\n (\u00a0]))(?P<number>(?:{number})(?:[.,][0-9]+)?)(?:{joints})[-–−+]?\Z")
        self.joined_slash = expression(rf"(?:\A|(?<=[\n (/\u00a0]))(?P<number>(?:{number})(?:[.,][0-9]+)?)/\Z")
        self.openers = frozenset(file.openers.words)
        self.labels = frozenset(file.labels.words)
        self.number_words = _spelled(file.number_words)
        self.fractions = {words: Decimal(value) for words, value in file.fractions.items()}
        self.longest_fraction = max(len(f.split(" ")) for f in self.fractions)
        self.percent = NumberBefore(_NUMBER, space, [expand(p.pattern, macros) for p in file.percent])
        self.lookalike = combined(file.lookalike, macros, "x")
        self.sign_before = [(r, expression(expand(r.pattern, macros))) for r in file.sign if r.scope == "before"]
        self.sign_after = [(r, expression(expand(r.pattern, macros))) for r in file.sign if r.scope == "after"]
        self.kind_words = [(r.kind, expression(expand(r.pattern, macros))) for r in file.kind if r.of == "word"]
        phrases = [r for r in file.kind if r.of == "phrase"]
        self.kind_phrases = [(r.kind, expression(expand(r.pattern, macros))) for r in phrases]
        self.head = combined(file.concerns_head, macros, "h")
        self._words: dict[str, tuple[str | None, bool]] = {}
        self.years = [(r, expression(expand(r.pattern, macros))) for r in file.year]
        self.landmarks = rules.landmarks
        self.spelled = sorted({word for unit in file.unit for word in unit.spelled})
        self.below_zero = file.below_zero.compiled(macros)
        self.concerns_link, self.in_turn = file.concerns_link.compiled(macros), file.in_turn.compiled(macros)
        self.concerns = combined(file.concerns, macros, "c")
        self.heading = [expression(expand(p.pattern, macros)) for p in file.heading]
        self.other_column = combined(file.not_money_column, macros, "o")
        self.unitless = [(p, expression(expand(p.pattern, macros))) for p in file.unitless]

    def word(self, printed: str) -> tuple[str | None, bool]:
        """The kind a word is a cue of, or None, and whether it can head the name of a body; each word is looked at once."""
        known = self._words.get(printed)
        if known is None:
            kind = next((k for k, regex in self.kind_words if regex.search(printed)), None)
            known = kind, self.head.search(printed) is not None
            if len(self._words) < 50_000:
                self._words[printed] = known
        return known

    def cues(self, text: str, low: int, high: int) -> tuple[list[tuple[int, int, str]], list[tuple[int, int]]]:
        """The cues of kinds in ``text[low:high]`` and the names of bodies there, both as offsets."""
        found = [(m.start(), m.end(), kind) for kind, regex in self.kind_phrases for m in regex.finditer(text, low, high)]
        bodies: list[tuple[int, int]] = []
        for match in _WORD.finditer(text, low, high):
            kind, heads = self.word(match[0])
            if kind is not None:
                found.append((match.start(), match.end(), kind))
            if heads and (not bodies or bodies[-1][1] < match.end()):
                begin = max(low, match.start() - 60, bodies[-1][1] if bodies else low)
                named = next((m for m in self.concerns.finditer(text, begin, min(high, match.end() + 40)) if m.end() >= match.end()), None)
                if named is not None:
                    bodies.append(named.span())
        return found, bodies

    def power_of(self, printed: str) -> int | None:
        """The power of ten of a printed unit, or None where it is none."""
        match = self.unit_alone.match(printed)
        return self.file.unit[rule_index(match, "u")].power if match else None

    def unit_named_in(self, heading: str) -> int | None:
        """The power of ten of the unit a heading or a line over a table names ("Belopp i tkr", "(mnkr)"), or None."""
        for regex in self.heading:
            for match in regex.finditer(heading):
                power = self.power_of(match["unit"].replace("tals", ""))
                if power is not None:
                    return power
        return None


@lru_cache(maxsize=8)
def amount_grammar(rules: Rules) -> AmountGrammar:
    return AmountGrammar(rules)


def _spelled(table: dict[str, int]) -> dict[str, int]:
    """Swedish number words up to 999, from the simple ones: "tjugofem", "hundra", "etthundratjugo", "femhundra"."""
    ones = {w: n for w, n in table.items() if n < 20}
    tens = {w: n for w, n in table.items() if 20 <= n < 100}
    below = dict(ones) | tens | {t + o: n + k for t, n in tens.items() for o, k in ones.items() if 0 < k < 10}
    hundred = next((w for w, n in table.items() if n == 100), "")
    thousand = next((w for w, n in table.items() if n == 1000), "")
    spelled = dict(below)
    if hundred:
        for word, count in {"": 1, **{w: n for w, n in ones.items() if n < 10}}.items():
            spelled[word + hundred] = 100 * count
            spelled |= {word + hundred + w: 100 * count + n for w, n in below.items()}
    if thousand:
        spelled |= {w + thousand: 1000 * n for w, n in spelled.items() if n < 1000}
        spelled[thousand] = 1000
    return spelled


def value_of(printed: str, power: int) -> Decimal:
    """The exact value in kronor of a printed number of ``power``-of-ten kronor: ("1 405", 3) is 1405000."""
    return decimal_of(printed, dot_groups=power <= 3) * Decimal(10) ** power
