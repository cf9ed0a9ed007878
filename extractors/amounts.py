"""Amounts of money and percentages, exact and signed.

The grammar of Swedish printed numbers is here; units, what joins numbers, sign words, kinds and look-alikes are data
(rules/sv/amounts.toml). Every digit of the text is looked at once: a number counts only where a unit follows it, and everything
else (sign, shared units, year, kind, whom it concerns) is read around the few that do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from extractors.mentions import (
    SPACES,
    combined,
    decimal_of,
    is_year,
    printed_sign,
    rule_index,
    sentence_around,
)
from extractors.model import Amount, Block, BlockKind, Document, Issue, Percentage, Span
from rules import Rules
from rules.schema import AmountKindRule, AmountsFile, expand

_GLUED = r"(?<![\w]{2})(?<![A-Za-zÅÄÖåäö_][0-9])(?<![0-9][.,:'’][0-9])"
"""Not in the middle of a number or a word; stands after the first digit, so that the search can jump from digit to digit."""
_NUMBER = (
    rf"[0-9]{_GLUED}(?:[0-9]{{0,2}}(?:[ \u00a0\u2007\u2009\u202f.'’][0-9]{{3}})+(?![0-9])|[0-9]*)(?:,[0-9]{{3}}(?=,[0-9]))*(?:[.,][0-9]+)?"
)
_AFTER_WORD = re.compile(r"[0-9](?<=[A-Za-z][ \u00a0][0-9])")
_COUNTED = re.compile(r"[0-9][ \u00a0]?\Z")
_MONEY_LIKE = re.compile(r"[ .\u00a0][0-9]{3}|,[0-9]{2}")
_WORD = re.compile(r"[^\W\d_]+")
_BACK = 60
_CELL = re.compile(r"\(?[-–−+]?[ \u00a0\u2009]?[0-9]{1,3}(?:(?:[ \u00a0\u2007\u2009\u202f.][0-9]{3})+|[0-9]*)(?:,[0-9]+)?\)?\Z")
_CELL_YEAR = re.compile(r"(?:19|20)[0-9]{2}(?![0-9])")


@dataclass(frozen=True, slots=True)
class _Found:
    """A number with its unit, before anything around it is read."""

    start: int
    number: int
    end: int
    value: Decimal
    sign: int
    power: int
    rule: str
    shared: bool = False


class _Grammar:
    """The compiled rules of amounts."""

    def __init__(self, rules: Rules) -> None:
        file: AmountsFile = rules.language.amounts
        macros = rules.language.macros
        self.file = file
        unit = "|".join(f"(?P<u{i}>{expand(u.pattern, macros)})" for i, u in enumerate(file.unit))
        space = "[ \u00a0\u2007\u2009\u202f]"
        self.after = re.compile(rf"(?P<number>{_NUMBER}){space}?(?:{unit})(?![\w])")
        before = "|".join(f"(?P<u{i}>{expand(u.pattern, macros)})" for i, u in enumerate(file.unit) if u.place == "either")
        plain_unit = "|".join(expand(u.pattern, macros) for u in file.unit)
        self.unit_before = re.compile(rf"(?<![\w])(?:{before}){space}\Z")
        self.after_unit = re.compile(rf"(?P<number>{_NUMBER})(?![\w,.]*[0-9])(?!{space}?(?:%|{plain_unit})(?![\w]))")
        self.unit_alone = re.compile(rf"(?:{unit})\Z")
        self.word_unit = re.compile(rf"{space}(?:{unit})(?![\w])")
        joints = "|".join(f"(?P<j{i}>{expand(j.pattern, macros)})" for i, j in enumerate(file.joint))
        number = r"[0-9]{1,3}(?:[ \u00a0\u2007\u2009\u202f.][0-9]{3})+|[0-9]+"
        self.joined = re.compile(rf"(?:\A|(?<=[\n (\u00a0]))(?P<number>(?:{number})(?:[.,][0-9]+)?)(?:{joints})[-–−+]?\Z")
        self.joined_slash = re.compile(rf"(?:\A|(?<=[\n (/\u00a0]))(?P<number>(?:{number})(?:[.,][0-9]+)?)/\Z")
        self.openers = frozenset(file.openers.words)
        self.labels = frozenset(file.labels.words)
        self.number_words = _spelled(file.number_words)
        self.fractions = {words: Decimal(value) for words, value in file.fractions.items()}
        self.longest_fraction = max(len(f.split(" ")) for f in self.fractions)
        self.percent = re.compile(rf"(?P<number>{_NUMBER}){space}?(?:{'|'.join(expand(p.pattern, macros) for p in file.percent)})")
        self.lookalike = combined(file.lookalike, macros, "x")
        self.sign_before = [(r, re.compile(expand(r.pattern, macros))) for r in file.sign if r.scope == "before"]
        self.sign_after = [(r, re.compile(expand(r.pattern, macros))) for r in file.sign if r.scope == "after"]
        self.kinds: list[AmountKindRule] = file.kind
        self.kind_words = [(r.kind, re.compile(expand(r.pattern, macros))) for r in file.kind if r.of == "word"]
        phrases = [r for r in file.kind if r.of == "phrase"]
        self.kind_phrases = [(r.kind, re.compile(expand(r.pattern, macros))) for r in phrases]
        self.head = combined(file.concerns_head, macros, "h")
        self._words: dict[str, tuple[str | None, bool]] = {}
        self.years = [(r, re.compile(expand(r.pattern, macros))) for r in file.year]
        self.concerns = combined(file.concerns, macros, "c")
        self.heading = [re.compile(expand(p.pattern, macros)) for p in file.heading]
        self.other_column = combined(file.not_money_column, macros, "o")
        self.unitless = [(p, re.compile(expand(p.pattern, macros))) for p in file.unitless]

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


@lru_cache(maxsize=8)
def _grammar(rules: Rules) -> _Grammar:
    return _Grammar(rules)


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


def find_amounts(document: Document, rules: Rules) -> tuple[Amount, ...]:
    """Every amount of money in the text, in text order: "närmare 1 miljard", "-143 mkr", "4,1 respektive 1,9 mnkr", "tio miljoner
    kronor", a number in a table whose heading holds the unit.

    Each end of a range and each number of a list is an amount of its own, with the unit they share. ``sek`` is exact. The sign is the
    printed one; where none is printed, words give it ("underskott på 452 miljoner", "8 mnkr sämre än budget"), never both.
    ``year``, ``kind`` and ``concerns`` are what the clause says, None where it does not.
    """
    grammar = _grammar(rules)
    text = document.text
    ends = frozenset(segment.end for segment in document.segments)
    found = sorted(_numbers(text, grammar, ends), key=lambda f: f.start)
    kept: list[_Found] = []
    for one in found:
        if kept and one.start < kept[-1].end:
            continue
        kept.append(one)
    amounts = _described(text, kept, grammar)
    amounts += _unitless(document, amounts, grammar)
    amounts += _tabled(document, amounts, grammar)
    return tuple(sorted(amounts, key=lambda a: a.span.start))


def find_percentages(document: Document, rules: Rules) -> tuple[Percentage, ...]:
    """Every share in per cent, signed as printed: "2.0 %", "5,5%", "minus"-less words: "1,2 procent", "3 procentenheter"."""
    grammar = _grammar(rules)
    text = document.text
    if "%" not in text and "rocent" not in text and "PROCENT" not in text and "pct" not in text:
        return ()
    ends = frozenset(segment.end for segment in document.segments)
    found: list[Percentage] = []
    for match in grammar.percent.finditer(text):
        sign, start = printed_sign(text, match.start(), ends, grammar.openers)
        value = decimal_of(match["number"], dot_groups=False) * (sign or 1)
        found.append(Percentage(Span(start, match.end()), text[start : match.end()], value, grammar.file.percent[0].id))
    return tuple(found)


def implausible_amounts(document: Document, amounts: tuple[Amount, ...]) -> tuple[Issue, ...]:
    """Amounts whose unit is hardly the one that was meant, as issues for a reviewer; nothing is repaired.

    "-60,3 kr" among amounts in millions: one decimal of a krona is no money, and a thousandth of its neighbours is a slip of unit.
    """
    issues: list[Issue] = []
    for index, one in enumerate(amounts):
        if not one.rule.startswith("amount.unit.krona") or "," not in one.raw:
            continue
        decimals = re.search(r",([0-9]+)", one.raw)
        near = [abs(a.sek) for a in amounts[max(0, index - 4) : index + 5] if a is not one]
        odd = decimals is not None and len(decimals.group(1)) == 1
        small = len(near) > 0 and abs(one.sek) * 1000 <= sorted(near)[len(near) // 2]
        if odd or small:
            issues.append(
                Issue(
                    "amount_implausible",
                    f"Beloppet ”{one.raw}” har troligen fel enhet: kontrollera mot beloppen intill.",
                    document.page_of(one.span.start),
                    one.span,
                )
            )
    return tuple(issues)


# ------------------------------------------------------------------------------------------------------------ numbers


def _numbers(text: str, grammar: _Grammar, ends: frozenset[int]) -> Iterator[_Found]:
    units = grammar.file.unit
    for match in grammar.after.finditer(text):
        unit = units[rule_index(match, "u")]
        start = match.start()
        if grammar.lookalike.match(text, start):
            continue
        number = _without_label(text, start, match["number"], grammar)
        start = match.end("number") - len(number)
        value = _value(number, unit.power)
        sign, begin = printed_sign(text, start, ends, grammar.openers)
        yield _Found(begin, start, match.end(), value, sign, unit.power, unit.id)
        yield from _sharing(text, begin, unit.power, unit.id, grammar, ends)
    for digit in _AFTER_WORD.finditer(text):
        at = digit.start()
        printed = grammar.unit_before.search(text, max(0, at - 12), at)
        counted = grammar.after_unit.match(text, at) if printed else None
        if printed is None or counted is None or is_year(counted["number"]):
            continue
        if _COUNTED.search(text, max(0, printed.start() - 3), printed.start()):
            continue
        if "SEK" not in printed.group().upper() and not _MONEY_LIKE.search(counted["number"]):
            continue
        unit = next(u for i, u in enumerate(units) if printed.groupdict().get(f"u{i}"))
        sign, _ = printed_sign(text, printed.start(), ends, grammar.openers)
        yield _Found(printed.start(), at, counted.end(), _value(counted["number"], unit.power), sign, unit.power, unit.id)
    yield from _in_words(text, grammar)


def _value(printed: str, power: int) -> Decimal:
    return decimal_of(printed, dot_groups=power <= 3) * Decimal(10) ** power


def _without_label(text: str, start: int, number: str, grammar: _Grammar) -> str:
    """``number`` without a first group that belongs to the word before it: "etapp 2 300 tkr" is 300, "1. 1 405" never got here."""
    _first, _, rest = number.partition(" ")
    if not rest:
        return number
    word = text[max(0, start - 20) : start].rstrip(SPACES).rsplit(" ", 1)[-1].rsplit("\n", 1)[-1]
    return rest if word.lower() in grammar.labels else number


def _sharing(text: str, begin: int, power: int, rule: str, grammar: _Grammar, ends: frozenset[int]) -> Iterator[_Found]:
    """The numbers before ``begin`` that share its unit, last first: "100/90/10 miljoner", "mellan 5 och 10 mnkr"."""
    at = begin
    while True:
        low = max(text.rfind("\n", 0, at) + 1, at - _BACK)
        before = text[low:at]
        if not before or not any(c.isdigit() for c in before[-16:]):
            return
        match = grammar.joined.search(before) or grammar.joined_slash.search(before)
        if match is None:
            signed = re.search(r"[-–−+](?=[0-9][0-9  .,]*(?:[-–−]| (?:respektive|resp\.?|och|samt|till|eller|/) |/|, )[-–−+]?\Z)", before)
            match = grammar.joined.search(before[signed.end() :]) if signed else None
            if match is None or signed is None:
                return
            low += signed.end()
        number = match["number"]
        start = low + match.start("number")
        joint = grammar.file.joint[rule_index(match, "j")] if match.re is grammar.joined else None
        gap = text[start + len(number) : at]
        if is_year(number) and not (gap in ("-", "–") and is_year(text[at : at + 4])):
            return
        sign, first = printed_sign(text, start, ends, grammar.openers)
        if joint is not None and joint.needs == "opener" and "," not in number:
            word = text[max(0, first - 16) : first].rstrip(SPACES).rsplit(" ", 1)[-1].rsplit("\n", 1)[-1].lstrip("(").lower()
            if word not in grammar.openers:
                return
        yield _Found(first, start, start + len(number), _value(number, power), sign, power, rule, shared=True)
        at = first


def _in_words(text: str, grammar: _Grammar) -> Iterator[_Found]:
    """Amounts spelled out: "tio miljoner kronor", "en halv miljard", "hundra tusen kronor"."""
    at = -1
    for word in ("miljon", "miljard", "kronor", "tusen kr", "mnkr", "mkr"):
        at = text.find(f" {word}")
        while at >= 0:
            low = max(text.rfind("\n", 0, at) + 1, at - 40)
            words = text[low:at].split(" ")
            for count in range(min(grammar.longest_fraction, len(words)), 0, -1):
                phrase = " ".join(words[-count:])
                lowered = phrase.lower()
                value = grammar.fractions.get(lowered)
                if value is None and count == 1 and lowered in grammar.number_words:
                    value = Decimal(grammar.number_words[lowered])
                unit = grammar.word_unit.match(text, at)
                if value is None or unit is None:
                    continue
                rule = grammar.file.unit[rule_index(unit, "u")]
                start = at - len(phrase)
                if rule.bare and grammar.lookalike.match("1" + text[at : at + 60]):
                    break
                yield _Found(start, start, unit.end(), value * Decimal(10) ** rule.power, 0, rule.power, rule.id)
                break
            at = text.find(f" {word}", at + 1)


# ------------------------------------------------------------------------------------------- what stands around them


def _described(text: str, found: list[_Found], grammar: _Grammar) -> list[Amount]:
    amounts: list[Amount] = []
    bounds = (-1, -1)
    cues: list[tuple[int, int, str]] = []
    bodies: list[tuple[int, int]] = []
    for index, one in enumerate(found):
        if not bounds[0] <= one.start < bounds[1]:
            bounds = sentence_around(text, one.start, one.end)
            cues, bodies = grammar.cues(text, *bounds)
        low, high = bounds
        previous = max(low, found[index - 1].end if index else low)
        following = min(high, found[index + 1].start if index + 1 < len(found) else high)
        sign, sign_from = (one.sign, "print") if one.sign else _sign_in_words(text, one, low, previous, high, grammar)
        amounts.append(
            Amount(
                Span(one.start, one.end),
                text[one.start : one.end],
                one.value * (sign or 1),
                one.rule,
                _year(text, one, low, previous, following, high, grammar),
                _nearest(cues, one, previous),
                _concerns(text, found, index, bodies, low, high),
                sign_from if sign else "",
            )
        )
    return amounts


def _sign_in_words(text: str, one: _Found, low: int, previous: int, high: int, grammar: _Grammar) -> tuple[int, str]:
    """Sign and source from the words around an amount without a printed sign. The second of two that share a cue ("underskott på 4
    respektive 2 mnkr") has the sign of the first."""
    begin = (
        low
        if previous > low and one.start - previous <= 14 and not text[previous : one.start].strip(SPACES).endswith((".", ";"))
        else previous
    )
    window = max(begin, one.start - 140)
    around = text[window : one.end + 45].lower()
    for rule, regex in grammar.sign_before:
        if rule.needs and not any(literal in around for literal in rule.needs):
            continue
        for match in regex.finditer(text, window, min(len(text), one.end + 45)):
            if match.end() >= one.number:
                if match.end() == one.number:
                    return rule.sign, "word"
                break
    for rule, regex in grammar.sign_after:
        if regex.match(text, one.end, high):
            return rule.sign, "word"
    return 0, ""


def _year(text: str, one: _Found, low: int, previous: int, following: int, high: int, grammar: _Grammar) -> int | None:
    for rule, regex in grammar.years:
        if rule.scope == "after":
            match = regex.match(text, one.end, following)
            if match:
                return int(match["year"])
        else:
            years = [m for m in regex.finditer(text, previous, min(len(text), one.end)) if m.end() == one.number or m.end() == one.start]
            if years:
                return int(years[-1]["year"])
    return _only_year(text, low, high)


_YEAR_OF_AMOUNT = re.compile(r"(?<![\w/:.–-])((?:19|20)[0-9]{2})(?![0-9/:–-])(?! nr\b)(?!,? §)")
_MONTH_BEFORE = re.compile(r"[0-9] [a-zåäö]{3,9} \Z")


def _only_year(text: str, low: int, high: int) -> int | None:
    """The one year a sentence names outside of full dates, or None."""
    years = {
        m.group(1) for m in _YEAR_OF_AMOUNT.finditer(text, low, high) if not _MONTH_BEFORE.search(text, max(low, m.start() - 14), m.start())
    }
    return int(years.pop()) if len(years) == 1 else None


def _nearest(cues: list[tuple[int, int, str]], one: _Found, previous: int) -> str | None:
    """The kind whose cue stands nearest; a cue after the amount counts as further off than one before it, and one on the far side
    of another amount as further still."""
    best: tuple[int, str] | None = None
    for start, end, kind in cues:
        if end <= one.start:
            distance = one.start - end + (60 if end <= previous else 0)
        elif start >= one.end:
            distance = 2 * (start - one.end) + 25
        else:
            continue
        if best is None or distance < best[0]:
            best = (distance, kind)
    return best[1] if best else None


def _concerns(text: str, found: list[_Found], index: int, bodies: list[tuple[int, int]], low: int, high: int) -> str | None:
    """The body named nearest before the amount, unless one follows it at once ("90 miljoner för nämnden"). As many bodies as
    amounts with "respektive" between them are taken in order."""
    one = found[index]
    following = min(high, found[index + 1].start if index + 1 < len(found) else high)
    after = [b for b in bodies if one.end <= b[0] < following]
    if after and re.fullmatch(r"[ \u00a0](?:för|till|hos|inom|från|avser|avseende|av|på)[ \u00a0]", text[one.end : after[0][0]]):
        return text[slice(*after[0])]
    group = [i for i, f in enumerate(found) if low <= f.start < high]
    before = [b for b in bodies if b[1] <= found[group[0]].start]
    if len(group) > 1 and len(group) == len(before) and "respektive" in text[found[group[0]].end : found[group[-1]].start]:
        return text[slice(*before[group.index(index)])]
    own = [b for b in bodies if b[1] <= one.start]
    if own:
        return text[slice(*own[-1])]
    return text[slice(*after[0])] if after else None


# -------------------------------------------------------------------------------------------- units from somewhere else


def _unitless(document: Document, amounts: list[Amount], grammar: _Grammar) -> list[Amount]:
    """Numbers whose unit the text gave before: "… 17 miljoner kronor. … avvek positivt med 4,1 respektive 1,9 mot budget"."""
    text = document.text
    made: list[Amount] = []
    if not amounts:
        return made
    for unitless, regex in grammar.unitless:
        rule = unitless.id
        for match in _near(regex, text, unitless.needs):
            low = text.rfind("\n", 0, match.start()) + 1
            earlier = [a for a in amounts if low <= a.span.start < match.start()] or [a for a in amounts if a.span.start < match.start()][
                -1:
            ]
            if not earlier or any(a.span.start < match.end() and match.start() < a.span.end for a in amounts):
                continue
            power = next(u.power for u in grammar.file.unit if u.id == earlier[-1].rule) if earlier[-1].rule != rule else 6
            bounds = sentence_around(text, match.start(), match.end())
            negative = re.search(r"negativ|underskott|minus", text[match.start() : match.start("first")], re.IGNORECASE) is not None
            spans = [match.span(g) for g in ("first", "second") if match[g]]
            found = [_Found(s, s, e, Decimal(0), 0, power, rule) for s, e in spans]
            _, bodies = grammar.cues(text, *bounds)
            for index, (start, end) in enumerate(spans):
                raw = text[start:end]
                value = _value(raw.lstrip("+-"), power) * (-1 if raw[0] == "-" or (negative and raw[0] != "+") else 1)
                source = "print" if raw[0] in "+-" else "word" if negative else ""
                concerns = _concerns(text, found, index, bodies, *bounds)
                made.append(Amount(Span(start, end), raw, value, rule, _only_year(text, *bounds), "deviation", concerns, source))
    return made


def _near(regex: re.Pattern[str], text: str, literals: list[str]) -> Iterator[re.Match[str]]:
    """The matches of ``regex`` that end where one of ``literals`` stands."""
    for literal in literals:
        at = text.find(literal)
        while at >= 0:
            low = max(text.rfind("\n", 0, at) + 1, at - 110)
            found = [m for m in regex.finditer(text, low, at + len(literal)) if m.end() >= at - 1]
            yield from found[-1:]
            at = text.find(literal, at + 1)


def _tabled(document: Document, amounts: list[Amount], grammar: _Grammar) -> list[Amount]:
    """Amounts in tables whose column heading, first cell or line above holds the unit."""
    cells = [b for b in document.blocks if b.kind is BlockKind.CELL and b.cell is not None]
    if not cells:
        return []
    text = document.text
    taken = [(a.span.start, a.span.end) for a in amounts]
    tables: dict[tuple[int, int], list[Block]] = {}
    for block in cells:
        if block.cell is not None:
            tables.setdefault((block.page, block.cell.table), []).append(block)
    made: list[Amount] = []
    for blocks in tables.values():
        made += _table_amounts(document, text, blocks, taken, grammar)
    return made


def _table_amounts(document: Document, text: str, blocks: list[Block], taken: list[tuple[int, int]], grammar: _Grammar) -> list[Amount]:
    numeric = {b: _CELL.fullmatch(text[b.start : b.end].strip()) is not None for b in blocks}
    first = min(blocks, key=lambda b: b.start)
    index = document.blocks.index(first)
    above = [b for b in document.blocks[max(0, index - 2) : index] if b.kind is not BlockKind.CELL and b.end - b.start <= 120]
    whole = next((p for b in reversed(above) if (p := _unit_in(text[b.start : b.end], grammar)) is not None), None)
    corner = [b for b in blocks if b.cell is not None and b.cell.row == 0 and b.cell.column == 0]
    if whole is None and corner:
        whole = _unit_in(text[corner[0].start : corner[0].end], grammar)
    heads: dict[int, str] = {}
    labels: dict[int, str] = {}
    for block in blocks:
        printed = text[block.start : block.end]
        if block.cell is None or (numeric[block] and not _CELL_YEAR.fullmatch(printed.strip())):
            continue
        body_rows = [
            b.cell.row
            for b in blocks
            if b.cell is not None and numeric[b] and b.cell.column == block.cell.column and not is_year(text[b.start : b.end].strip())
        ]
        if body_rows and block.cell.row < min(body_rows):
            heads[block.cell.column] = f"{heads.get(block.cell.column, '')} {printed}".strip()
        elif block.cell.column == 0:
            labels[block.cell.row] = printed.strip()
    made: list[Amount] = []
    for block in blocks:
        if block.cell is None or not numeric[block] or any(s < block.end and block.start < e for s, e in taken):
            continue
        head = heads.get(block.cell.column, "")
        unit = _unit_in(head, grammar)
        power = unit if unit is not None else whole
        raw = text[block.start : block.end].strip()
        if (
            power is None
            or (unit is None and grammar.other_column.search(head))
            or (is_year(raw) and unit is None and block.cell.column == 0)
        ):
            continue
        if grammar.other_column.search(labels.get(block.cell.row, "")) and "(" in labels.get(block.cell.row, ""):
            continue
        start = text.index(raw, block.start)
        digits = raw.strip("()+-–− \u00a0\u2009")
        sign = -1 if raw.lstrip("(")[:1] in "-–−" else 1
        year = _CELL_YEAR.search(head)
        kinds = [k for w in head.split() if (k := grammar.word(w)[0]) is not None]
        made.append(
            Amount(
                Span(start, start + len(raw)),
                raw,
                _value(digits, power) * sign,
                "amount.table",
                int(year.group()) if year else None,
                kinds[0] if kinds else None,
                labels.get(block.cell.row),
                "print" if sign < 0 or raw.startswith("+") else "",
            )
        )
    return made


def _unit_in(heading: str, grammar: _Grammar) -> int | None:
    """The power of ten of the unit a heading or a line over a table names ("Belopp i tkr", "(mnkr)")."""
    for regex in grammar.heading:
        for match in regex.finditer(heading):
            power = grammar.power_of(match["unit"].replace("tals", ""))
            if power is not None:
                return power
    return None
