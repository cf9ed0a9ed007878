"""Amounts of money and percentages, exact and signed.

Every digit of the text is looked at once: a number counts only where a unit follows it, and everything else (sign, shared units,
year, kind, whom it concerns) is read around the few that do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from extractors.amount_grammar import AmountGrammar, amount_grammar, value_of
from extractors.amounts_in_tables import amounts_in_tables
from extractors.mentions import SPACES, decimal_of, digits_of, is_year, printed_sign, rule_index, sentence_around
from extractors.model import Amount, Document, Issue, Percentage, Span
from rules.expressions import expression
from rules.ruleset import Rules

_ENDS_UNIT, _AFTER_UNIT = frozenset("krKR"), frozenset(" \u00a0")
"""A number that may follow its unit: all units of money that do end in k or r ("SEK 500 000", "kr 12,50")."""
_COUNTED = expression(r"[0-9][ \u00a0]?\Z")
_MONEY_LIKE = expression(r"[ .\u00a0][0-9]{3}|,[0-9]{2}")
_BACK = 60
_NEXT_AMOUNT = 12


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


def find_amounts(document: Document, rules: Rules) -> tuple[Amount, ...]:
    """Every amount of money in the text, in text order: "närmare 1 miljard", "-143 mkr", "4,1 respektive 1,9 mnkr", "tio miljoner
    kronor", a number in a table whose heading holds the unit.

    Each end of a range and each number of a list is an amount of its own, with the unit they share. ``sek`` is exact. The sign is the
    printed one; where none is printed, words give it ("underskott på 452 miljoner", "8 mnkr sämre än budget"), never both.
    ``year``, ``kind`` and ``concerns`` are what the clause says, None where it does not.
    """
    grammar = amount_grammar(rules)
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
    amounts += amounts_in_tables(document, amounts, grammar)
    return tuple(sorted(amounts, key=lambda a: a.span.start))


def find_percentages(document: Document, rules: Rules) -> tuple[Percentage, ...]:
    """Every share in per cent, signed as printed: "2.0 %", "5,5%", "minus"-less words: "1,2 procent", "3 procentenheter"."""
    grammar = amount_grammar(rules)
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


def _numbers(text: str, grammar: AmountGrammar, ends: frozenset[int]) -> Iterator[_Found]:
    units = grammar.file.unit
    for match in grammar.after.finditer(text):
        unit = units[rule_index(match, "u")]
        start = match.start()
        if grammar.lookalike.match(text, start):
            continue
        number = _without_label(text, start, match["number"], grammar)
        start = match.end("number") - len(number)
        value = value_of(number, unit.power)
        sign, begin = printed_sign(text, start, ends, grammar.openers)
        yield _Found(begin, start, match.end(), value, sign, unit.power, unit.id)
        yield from _sharing(text, begin, unit.power, unit.id, grammar, ends)
    for at in digits_of(text).starts:
        if at < 2 or text[at - 1] not in _AFTER_UNIT or text[at - 2] not in _ENDS_UNIT:
            continue
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
        yield _Found(printed.start(), at, counted.end(), value_of(counted["number"], unit.power), sign, unit.power, unit.id)
    yield from _in_words(text, grammar)


def _without_label(text: str, start: int, number: str, grammar: AmountGrammar) -> str:
    """``number`` without a first group that belongs to the word before it: "etapp 2 300 tkr" is 300, "1. 1 405" never got here."""
    _first, _, rest = number.partition(" ")
    if not rest:
        return number
    word = text[max(0, start - 20) : start].rstrip(SPACES).rsplit(" ", 1)[-1].rsplit("\n", 1)[-1]
    return rest if word.lower() in grammar.labels else number


def _sharing(text: str, begin: int, power: int, rule: str, grammar: AmountGrammar, ends: frozenset[int]) -> Iterator[_Found]:
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
        yield _Found(first, start, start + len(number), value_of(number, power), sign, power, rule, shared=True)
        at = first


def _in_words(text: str, grammar: AmountGrammar) -> Iterator[_Found]:
    """Amounts spelled out: "tio miljoner kronor", "en halv miljard", "hundra tusen kronor"."""
    for word in grammar.spelled:
        for place in grammar.landmarks.places(text, word):
            at = place - 1
            if at < 0 or text[at] != " ":
                continue
            low = max(text.rfind("\n", 0, at) + 1, at - 40)
            words = text[low:at].split(" ")
            for count in range(min(grammar.longest_fraction, len(words)), 0, -1):
                phrase = " ".join(words[-count:])
                phrase = phrase.lstrip('(”"')
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


# ------------------------------------------------------------------------------------------- what stands around them


def _described(text: str, found: list[_Found], grammar: AmountGrammar) -> list[Amount]:
    amounts: list[Amount] = []
    bounds = (-1, -1)
    cues: list[tuple[int, int, str]] = []
    bodies: list[tuple[int, int]] = []
    signs = _signs(text, found, grammar)
    for index, one in enumerate(found):
        if not bounds[0] <= one.start < bounds[1]:
            bounds = sentence_around(text, one.start, one.end)
            cues, bodies = grammar.cues(text, *bounds)
        low, high = bounds
        previous = max(low, found[index - 1].end if index else low)
        following = min(high, found[index + 1].start if index + 1 < len(found) else high)
        sign, sign_from = signs[index]
        amounts.append(
            Amount(
                Span(one.start, one.end),
                text[one.start : one.end],
                one.value * (sign or 1),
                one.rule,
                _year(text, one, low, previous, following, high, grammar),
                _nearest(cues, one, previous, following),
                _concerns(text, found, index, bodies, low, high, grammar),
                sign_from if sign else "",
            )
        )
    return amounts


def _signs(text: str, found: list[_Found], grammar: AmountGrammar) -> list[tuple[int, str]]:
    """Sign and source of each amount. Numbers that share a unit share the words that sign them ("underskott på 4 respektive 2 mnkr",
    "8–10 mnkr sämre än budget")."""
    signs: list[tuple[int, str]] = []
    for index, one in enumerate(found):
        if one.sign:
            signs.append((one.sign, "print"))
            continue
        low, high = sentence_around(text, one.start, one.end)
        previous = found[index - 1].end if index else low
        signs.append(_sign_in_words(text, one, low, previous, high, grammar))
    for start, one in enumerate(found):
        if not one.shared or (start and found[start - 1].shared):
            continue
        end = start
        while end + 1 < len(found) and found[end].shared:
            end += 1
        printed = any(found[i].sign for i in range(start, end + 1))
        words = next((signs[i] for i in range(start, end + 1) if signs[i][1] == "word" and signs[i][0]), None)
        if words is not None and not printed:
            signs[start : end + 1] = [words] * (end + 1 - start)
    return signs


def _sign_in_words(text: str, one: _Found, low: int, previous: int, high: int, grammar: AmountGrammar) -> tuple[int, str]:
    """Sign and source from the words of an amount's own clause; (0, "") where they give none."""
    window = max(low, previous, one.start - 140)
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


def _year(text: str, one: _Found, low: int, previous: int, following: int, high: int, grammar: AmountGrammar) -> int | None:
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


_YEAR_OF_AMOUNT = expression(r"(?<![\w/:.–-])((?:19|20)[0-9]{2})(?![0-9/:–-])(?! nr\b)(?!,? §)")
_MONTH_BEFORE = expression(r"[0-9] [a-zåäö]{3,9} \Z")


def _only_year(text: str, low: int, high: int) -> int | None:
    """The one year a sentence names outside of full dates, or None."""
    years = {
        m.group(1) for m in _YEAR_OF_AMOUNT.finditer(text, low, high) if not _MONTH_BEFORE.search(text, max(low, m.start() - 14), m.start())
    }
    return int(years.pop()) if len(years) == 1 else None


def _nearest(cues: list[tuple[int, int, str]], one: _Found, previous: int, following: int) -> str | None:
    """The kind whose cue stands nearest; a cue after the amount counts as further off than one before it, and one on the far side
    of another amount as further still."""
    best: tuple[int, str] | None = None
    for start, end, kind in cues:
        if end <= one.start:
            distance = one.start - end + (60 if end <= previous else 0)
        elif start >= one.end:
            if 0 <= following - end <= _NEXT_AMOUNT:
                continue  # "100 kr per timme, dock högst 2 000 kr": the cue of the next amount
            distance = 2 * (start - one.end) + 25
        else:
            continue
        if best is None or distance < best[0]:
            best = (distance, kind)
    return best[1] if best else None


def _concerns(
    text: str, found: list[_Found], index: int, bodies: list[tuple[int, int]], low: int, high: int, grammar: AmountGrammar
) -> str | None:
    """The body named nearest before the amount, unless one follows it at once ("90 miljoner för nämnden"). As many bodies as
    amounts with "respektive" between them are taken in order."""
    one = found[index]
    following = min(high, found[index + 1].start if index + 1 < len(found) else high)
    after = [b for b in bodies if one.end <= b[0] < following]
    if after and grammar.concerns_link.fullmatch(text[one.end : after[0][0]]):
        return text[slice(*after[0])]
    group = [i for i, f in enumerate(found) if low <= f.start < high]
    before = [b for b in bodies if b[1] <= found[group[0]].start]
    if len(group) > 1 and len(group) == len(before) and grammar.in_turn.search(text, found[group[0]].end, found[group[-1]].start):
        return text[slice(*before[group.index(index)])]
    own = [b for b in bodies if b[1] <= one.start]
    if own:
        return text[slice(*own[-1])]
    return text[slice(*after[0])] if after else None


# -------------------------------------------------------------------------------------------- units from somewhere else


def _unitless(document: Document, amounts: list[Amount], grammar: AmountGrammar) -> list[Amount]:
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
            negative = grammar.below_zero.search(text, match.start(), match.start("first")) is not None
            spans = [match.span(g) for g in ("first", "second") if match[g]]
            found = [_Found(s, s, e, Decimal(0), 0, power, rule) for s, e in spans]
            _, bodies = grammar.cues(text, *bounds)
            for index, (start, end) in enumerate(spans):
                raw = text[start:end]
                value = value_of(raw.lstrip("+-"), power) * (-1 if raw[0] == "-" or (negative and raw[0] != "+") else 1)
                source = "print" if raw[0] in "+-" else "word" if negative else ""
                concerns = _concerns(text, found, index, bodies, *bounds, grammar)
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
