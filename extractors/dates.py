"""Days and periods, each with how precise it is printed and how its year was found.

The printed forms are data (rules/sv/dates.toml), what they give is date_algebra.py. One pass over the words and digits
of the text tries a rule only where one of its first words stands. A misprinted long month ("13 septemger") is read when exactly one
letter is wrong; digits are never mended.

dateparser is not asked: with Swedish it reads "31 maj" as 2031 and "§ 57" as 2057, and gives nothing for the forms that these
rules leave over ("nästkommande år", "på sikt"), which are no dates.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from operator import itemgetter

from rapidfuzz.distance import OSA

from extractors.date_algebra import FORMS, Partial, Printed, Vocabulary, plain_day
from extractors.mentions import DigitRuns, combined, digit_runs, digits_of, is_year, longest_first, rule_index, sentence_around
from extractors.model import DateMention, Document, Span, record
from rules.expressions import expression
from rules.looks import DEEP, after_digits, kind_of
from rules.ruleset import Rules
from rules.schema import DateLookalike, DateRule, DatesFile, expand

_WORD = expression(r"(?<![^\W\d_])[^\W\d_]{1,24}(?:[1-4](?![\w]))?")
_AFTER_DAY = expression(r" (?P<word>[A-Za-zåäö]{5,10})(?![\w])")
_JOINED, _DASHES, _GOES_ON = frozenset("_/:.,"), frozenset("-–−"), frozenset("_/-")
_WORD_BEFORE = expression(r"(?<![\w])(?P<word>[A-Za-zåäö]{5,10}) \Z")
_YEARS = expression(r"(?<![\w/:.–-])(?:19|20)[0-9]{2}(?![\w])")

_DATE_GROUP = "(?P<date>"
_INTRODUCTION = 40
_DAYS_KEPT = 20_000
_NEAR_MEETING = 60
"""Days: a date this near the meeting is of its year, whatever words stand before it; a deadline may just have passed."""


@dataclass(frozen=True, slots=True)
class _Candidates:
    """What may begin with one word: rules that stand alone, tried at once, and rules that need words before them."""

    alone: re.Pattern[str] | None
    indexes: tuple[int, ...]
    cores: re.Pattern[str] | None
    introduced: tuple[int, ...]


class _Grammar:
    """The compiled rules of dates."""

    def __init__(self, rules: Rules) -> None:
        file: DatesFile = rules.language.dates
        macros = rules.language.macros
        self.words = Vocabulary(
            _counted(file.months), _counted(file.seasons), _counted(file.ordinals), file.parts_of_month, file.parts_of_year
        )
        self.list_gap, self.year_word = rules.grammar("date_list_gap"), rules.grammar("date_year_word")
        self.happened = rules.grammar("then_happened")
        self.fuzzy = tuple(file.fuzzy.words)
        self.rules: list[DateLookalike] = [*file.lookalike, *file.rule]
        self.regexes = [expression(expand(r.pattern, macros), re.IGNORECASE if r.ignore_case else 0) for r in self.rules]
        tables = {"@months": self.words.months, "@seasons": self.words.seasons, "@ordinals": self.words.ordinals}
        plain: dict[str, list[int]] = {}
        introduced: dict[str, list[int]] = {}
        for index, rule in enumerate(self.rules):
            into = introduced if _DATE_GROUP in rule.pattern else plain
            for start in rule.starts:
                for word in tables.get(start, {start: 0}):
                    into.setdefault(word, []).append(index)
        self.introductions = {i: self._introduced(self.rules[i], macros) for indexes in introduced.values() for i in indexes}
        shared: dict[tuple[int, ...], re.Pattern[str]] = {}
        self.starts: dict[str, _Candidates] = {}
        for word in {*plain, *introduced}:
            key = tuple(plain.get(word, ()))
            if key and key not in shared:
                shared[key] = combined([self.rules[i] for i in key], macros, "r")
            cores = tuple(introduced.get(word, ()))
            core = (
                expression("|".join(_anonymous(self.introductions[i][0].pattern, self.rules[i].ignore_case) for i in cores))
                if cores
                else None
            )
            for printed in (word, word.capitalize(), word.upper()) if len(word) > 1 else (word,):
                self.starts[printed] = _Candidates(shared.get(key), key, core, cores)
        self.digit = self.starts["#"]
        self._macros = macros
        self._go_on = [(i, after_digits(self.regexes[i])) for i in self.digit.indexes]
        self._by_what_follows: dict[str, _Candidates] = {}
        self._shared: dict[tuple[int, ...], _Candidates] = {}
        self.landmarks = rules.landmarks
        lowered = {printed.lower() for printed in self.starts}
        self.first_words = {number: word for word in lowered if (number := rules.landmarks.numbers.get(word)) is not None}
        self.first_letters = [printed for printed in self.starts if len(printed) == 1 and printed.isalpha()]
        self.future = combined(file.future, macros, "f")
        self.past = combined(file.past, macros, "p")
        self._mended: dict[str, str | None] = {}
        self.days: dict[str, Partial] = {}
        """Plain days as read before. NOTE: minutes print the same few days again and again."""

    def of_digits(self, text: str, start: int) -> _Candidates:
        """What may begin with the digits at ``start``: of the rules that stand alone those that go on with what follows them.

        NOTE: all of them at once, at every number of a text, took a thirtieth of the whole extraction.
        """
        end = start + 1
        while text[end : end + 1].isdecimal():
            end += 1
        follows = text[end : end + DEEP]
        found = self._by_what_follows.get(follows)
        if found is None:
            kinds = "".join(map(kind_of, follows))
            some = tuple([i for i, known in self._go_on if any(kinds.startswith(one) for one in known)])
            found = self._shared.get(some)
            if found is None:
                alone = combined([self.rules[i] for i in some], self._macros, "r") if some else None
                found = self._shared[some] = replace(self.digit, alone=alone, indexes=some)
            if len(self._by_what_follows) < _DAYS_KEPT:
                self._by_what_follows[follows] = found
        return found

    def remember(self, printed: str, single: Partial) -> None:
        """Keeps what a printed day gives, for as many as a worker can hold without growing."""
        if len(self.days) < _DAYS_KEPT:
            self.days[printed] = single

    @staticmethod
    def _introduced(rule: DateLookalike, macros: dict[str, str]) -> tuple[re.Pattern[str], re.Pattern[str]]:
        """The two halves of a rule with a group ``date``: what it reads from there on, and what must end there."""
        flags = re.IGNORECASE if rule.ignore_case else 0
        before, core = rule.pattern.split(_DATE_GROUP, 1)
        return expression(expand(_DATE_GROUP + core, macros), flags), expression(rf"(?<![\w])(?:{expand(before, macros)})\Z", flags)

    def mended(self, word: str) -> str | None:
        """The long month that ``word`` is a misprint of, by one letter, or None."""
        if word not in self._mended:
            lowered = word.lower()
            near = None
            if lowered not in self.words.months:
                near = next((m for m in self.fuzzy if OSA.distance(lowered, m, score_cutoff=1) <= 1), None)
            self._mended[word] = near
        return self._mended[word]


def _counted(table: dict[str, list[str]]) -> dict[str, int]:
    """A table of a rule file the other way round: each printed form and its number."""
    return {form: int(number) for number, forms in table.items() for form in forms}


def _anonymous(pattern: str, ignore_case: bool) -> str:
    return ("(?i:" if ignore_case else "(?:") + re.sub(r"\(\?P<\w+>", "(?:", pattern) + ")"


@lru_cache(maxsize=8)
def _grammar(rules: Rules) -> _Grammar:
    return _Grammar(rules)


def find_dates(
    document: Document, rules: Rules, *, meeting: date | None, document_year: int | None, published: date | None = None
) -> tuple[DateMention, ...]:
    """Every day and period of the text, in text order: "den 12 mars 2025", "30–31 maj", "Sept-okt", "årets första kvartal".

    ``meeting`` is the day of the meeting the text is about, ``document_year`` the year of the document, ``published`` the day of a page
    that names no meeting; each may be None. A year
    that is not printed comes from a list it stands in ("den 10 april, den 24 april 2024") or an earlier date of its sentence
    (basis "sentence"), then from the meeting, then from the document; else the mention has no value and basis "unknown".
    ``precision`` "impossible" marks a day that no calendar has ("2021-09-31"). The span leaves out "den", weekdays and words that
    only introduce ("senast", "under", "i"), and holds those that make the value ("per april", "slutet av 2026").
    """
    grammar = _grammar(rules)
    text = document.text
    numbers = digits_of(text)
    found = longest_first([*_partials(text, numbers, grammar), *_misprinted(text, numbers, grammar)])
    reference = meeting.year if meeting else document_year
    found = [_century(p, text, reference) for p in found]
    mentions: list[DateMention] = []
    for index, one in enumerate(found):
        if not one.possible:
            mentions.append(DateMention(one.span, _raw(text, one), None, None, "impossible", "printed", one.rule))
            continue
        year, basis = _year_of(text, found, index, grammar, meeting or published, document_year)
        if basis == "meeting" and meeting is None:
            basis = "document"
        first, last = one.at(year) if year is not None else (None, None)
        precision = one.precision
        if year is not None and first is None and last is None:
            precision = "impossible"  # 29 February of a common year
        if precision == "rest_of_year" and last is not None:
            first = _reached(mentions, last.year) or (meeting if meeting and meeting.year == last.year else None)
        mentions.append(record(DateMention, (one.span, _raw(text, one), first, last, precision, basis, one.rule)))
    return tuple(mentions)


def _raw(text: str, one: Partial) -> str:
    return text[one.span.start : one.span.end]


def _reached(mentions: list[DateMention], year: int) -> date | None:
    """The last day of ``year`` named before: where "återstoden av 2023" begins."""
    for mention in reversed(mentions):
        if mention.precision == "day" and mention.last and mention.last.year == year:
            return mention.last
    return None


# ------------------------------------------------------------------------------------------------------ finding forms


def _stands_alone(text: str, at: int) -> bool:
    """Whether a number that begins there belongs to nothing before it: "25" in "den 25", not in "RS/25", "1:25", "mnkr25" or "A-25"."""
    before, further = text[at - 1 : at], text[at - 2 : at - 1]
    if before in _DASHES:
        return not (further.isalnum() or further == "_")
    return not (before in _JOINED or before.isalnum())


def _partials(text: str, numbers: DigitRuns, grammar: _Grammar) -> Iterator[Partial]:
    places: list[tuple[int, _Candidates | None]] = [(start, None) for start in numbers.starts if _stands_alone(text, start)]
    places += _leading_words(text, grammar)
    places.sort(key=itemgetter(0))
    at = 0
    for start, word in places:
        if start < at:
            continue
        candidates = word or grammar.of_digits(text, start)
        match = candidates.alone.match(text, start) if candidates.alone else None
        if match is not None:
            index = candidates.indexes[rule_index(match, "r")]
            rule = grammar.rules[index]
            if isinstance(rule, DateRule):
                known = grammar.days.get(match.group())
                if known is not None and known.rule == rule.id:
                    yield record(Partial, (record(Span, match.span()), *known[1:]))
                    at = match.end()
                    continue
                exact = grammar.regexes[index].match(text, start)
                if exact is not None:
                    single = plain_day(exact, rule.id, grammar.words) if rule.form == "day" else None
                    if single is not None:
                        grammar.remember(match.group(), single)
                        yield single
                    else:
                        yield from FORMS[rule.form](Printed(exact, rule.id, grammar.words))
            at = match.end()
            continue
        if candidates.cores is None or candidates.cores.match(text, start) is None:
            continue
        for index in candidates.introduced:
            core, before = grammar.introductions[index]
            exact = core.match(text, start)
            if exact is not None and before.search(text, max(0, start - _INTRODUCTION), start):
                rule = grammar.rules[index]
                if isinstance(rule, DateRule):
                    yield from FORMS[rule.form](Printed(exact, rule.id, grammar.words))
                at = exact.end()
                break


def _leading_words(text: str, grammar: _Grammar) -> Iterator[tuple[int, _Candidates]]:
    """Every word that begins a form, as printed, with the rules it may begin.

    NOTE: from the one pass over the text that found all landmarks: a third of the time of cutting it into words.
    """
    sighted = grammar.landmarks.of(text)
    printed: dict[str, list[int]] = {}
    for number in grammar.first_words.keys() & sighted.places.keys():
        size = sighted.sizes[number]
        for at in sighted.places[number]:
            end = at + size
            if not (at and text[at - 1].isalpha()) and not text[end : end + 1].isalpha():
                printed.setdefault(text[at:end], []).append(at)
    for letter in grammar.first_letters:
        at = text.find(letter)
        while at >= 0:
            if not (at and text[at - 1].isalpha()) and not text[at + 1 : at + 2].isalpha():
                printed.setdefault(letter, []).append(at)
            at = text.find(letter, at + 1)
    for word, places in printed.items():
        candidates = grammar.starts.get(word)
        if candidates is not None and any((m := _WORD.match(text, at)) is not None and m.end() - at == len(word) for at in places):
            yield from ((at, candidates) for at in places)


def _misprinted(text: str, numbers: DigitRuns, grammar: _Grammar) -> Iterator[Partial]:
    """Forms around a long month with one wrong letter, read as if it were printed right."""
    words: set[tuple[int, int]] = set()
    for start, end in zip(numbers.starts, numbers.ends, strict=True):
        day = _AFTER_DAY.match(text, end)
        if day is not None:
            words.add(day.span("word"))
        if (
            is_year(text[start:end])
            and text[start - 1 : start] == " "
            and not (text[end : end + 1] in _GOES_ON or text[end : end + 1].isalnum())
        ):
            before = _WORD_BEFORE.search(text, max(0, start - 12), start)
            if before is not None:
                words.add(before.span("word"))
    for start, end in sorted(words):
        month = grammar.mended(text[start:end])
        if month is None:
            continue
        low = max(text.rfind("\n", 0, start) + 1, start - 24)
        window = text[low:start] + month + text[end : end + 12].split("\n")[0]
        shift = len(month) - (end - start)
        inside = start - low
        for one in _partials(window, digit_runs(window), grammar):
            if one.span.start <= inside < one.span.end:
                yield Partial(
                    Span(one.span.start + low, one.span.end + low - shift),
                    one.precision,
                    one.rule,
                    one.at,
                    one.year,
                    one.month,
                    one.possible,
                )


# ------------------------------------------------------------------------------------------------------------- the year


def _century(one: Partial, text: str, reference: int | None) -> Partial:
    """A two-digit year, with the century that brings it nearest to the document; without any year to go by it stays unknown."""
    if one.year is None or one.year > 99:
        return one
    if reference is None:
        years = Counter(m.group() for m in _YEARS.finditer(text))
        reference = int(years.most_common(1)[0][0]) if years else None
    if reference is None:
        return Partial(one.span, one.precision, one.rule, lambda y: (None, None), 0, one.month, one.possible)
    year = min((century + one.year for century in (1900, 2000, 2100)), key=lambda y: abs(y - reference))
    return Partial(one.span, one.precision, one.rule, one.at, year, one.month, one.possible)


def _holds(season: Partial, one: Partial) -> bool:
    """Whether a day or month without a year can lie within a season that has one."""
    first, last = season.at(season.year or 0)
    return bool(first and last and (first.month <= one.month <= last.month or first.month > last.month))


def _year_of(
    text: str, found: list[Partial], index: int, grammar: _Grammar, meeting: date | None, document_year: int | None
) -> tuple[int | None, str]:
    one = found[index]
    if one.year is not None:
        return (one.year, "printed") if one.year else (None, "unknown")
    listed = _listed_year(text, found, index, grammar)
    if listed is not None:
        return listed, "sentence"
    low, _ = sentence_around(text, one.span.start, one.span.end)
    for earlier in reversed(found[:index]):
        if earlier.span.start < low:
            break
        if earlier.year and earlier.precision not in ("year", "year_range", "year_end", "rest_of_year", "part_of_year"):
            if earlier.precision == "season" and one.precision in ("day", "month") and not _holds(earlier, one):
                continue  # "en plan för sommaren 2023 … i november": what is planned, not when
            year = earlier.year
            ahead = grammar.future.search(text, earlier.span.end, one.span.start)
            if ahead and one.month < earlier.month:
                year += 1
            return year, "sentence"
    if meeting is not None:
        said = grammar.year_word.match(text, one.span.end)
        if said is not None:  # "i mars nästa år", "i oktober i år"
            return meeting.year + (1 if said.group("next") else -1 if said.group("last") else 0), "meeting"
        return _beside(text, low, one, grammar, meeting), "meeting"
    if document_year is not None:
        return document_year, "document"
    return None, "unknown"


def _listed_year(text: str, found: list[Partial], index: int, grammar: _Grammar) -> int | None:
    """The year printed at the end of the list this mention stands in: "den 10 april, den 24 april 2024"."""
    month = found[index].month
    year_back = 0
    for here, after in zip(found[index:], found[index + 1 :], strict=False):
        if after.span.start - here.span.end > 40 or not grammar.list_gap.match(text[here.span.end : after.span.start]):
            return None
        if after.month < month:
            year_back += 1
        month = after.month
        if after.year:
            return after.year - year_back
    return None


def _beside(text: str, low: int, one: Partial, grammar: _Grammar, meeting: date) -> int:
    """The meeting's year, or the next or last one where the words before the date say on which side of the meeting it lies."""
    year = meeting.year
    period = one.at(year)
    first, last = period[0] or period[1], period[1] or period[0]
    if first is None or last is None:
        return year
    ahead = [m.end() for m in grammar.future.finditer(text, low, one.span.start)]
    behind = [m.end() for m in grammar.past.finditer(text, low, one.span.start)]
    if grammar.happened.match(text[one.span.end : one.span.end + 40]):
        behind.append(one.span.end)  # "förvaltningen i oktober fick uppdraget"
    cue = (max(ahead, default=-1), max(behind, default=-1))
    near = 0 if one.precision == "season" else _NEAR_MEETING
    if last < meeting and cue[0] > cue[1] and (meeting - last).days > near:
        return year + 1
    if first > meeting and cue[1] > cue[0] and (first - meeting).days > near:
        return year - 1
    return year
