"""Days and periods, each with how precise it is printed and how its year was found.

The printed forms are data (rules/sv/dates.toml); the date algebra, one function a form, is here. One pass over the words and digits
of the text tries a rule only where one of its first words stands. A misprinted long month ("13 septemger") is read when exactly one
letter is wrong; digits are never mended.

dateparser is not asked: with Swedish it reads "31 maj" as 2031 and "§ 57" as 2057, and gives nothing for the forms that these
rules leave over ("nästkommande år", "på sikt"), which are no dates.
"""

from __future__ import annotations

import itertools
import re
from calendar import monthrange
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from operator import itemgetter

from rapidfuzz.distance import OSA

from extractors.mentions import combined, longest_first, rule_index, sentence_around
from extractors.model import DateMention, Document, Span
from rules import Rules
from rules.schema import DateLookalike, DateRule, DatesFile, expand

_DIGIT = re.compile(r"[0-9](?<![\w/:.,][0-9])(?<![\w][-–−][0-9])")
_WORD = re.compile(r"[^\W\d_]{1,16}(?:[1-4](?![\w]))?")
_AFTER_DAY = re.compile(r"[0-9] (?P<word>[A-Za-zåäö]{5,10})(?![\w])")
_YEAR_AFTER = re.compile(r"[12][0-9]{3}(?<= (?:19|20)[0-9]{2})(?![\w/-])")
_WORD_BEFORE = re.compile(r"(?<![\w])(?P<word>[A-Za-zåäö]{5,10}) \Z")
_LIST_GAP = re.compile(r"(?:,? ?§ ?[0-9]+)?(?:,|;)?(?: (?:och|samt|eller|respektive))?(?: den)?(?: extra)? ?\Z")
_YEARS = re.compile(r"(?<![\w/:.–-])(?:19|20)[0-9]{2}(?![\w])")

_DAY_FORMS = frozenset(("day", "slash", "dotted", "compact", "iso"))
_DATE_GROUP = "(?P<date>"
_INTRODUCTION = 40

Period = tuple[date | None, date | None]


@dataclass(frozen=True, slots=True)
class _Partial:
    """A mention before its year is known: ``at`` gives the period for a year, ``year`` is the printed one or None, ``month`` the
    month it begins in."""

    span: Span
    precision: str
    rule: str
    at: Callable[[int], Period]
    year: int | None
    month: int = 1
    possible: bool = True


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
        self.months = {form: int(number) for number, forms in file.months.items() for form in forms}
        self.seasons = {form: int(number) for number, forms in file.seasons.items() for form in forms}
        self.ordinals = {form: int(number) for number, forms in file.ordinals.items() for form in forms}
        self.fuzzy = tuple(file.fuzzy.words)
        self.rules: list[DateLookalike] = [*file.lookalike, *file.rule]
        self.regexes = [re.compile(expand(r.pattern, macros), re.IGNORECASE if r.ignore_case else 0) for r in self.rules]
        tables = {"@months": self.months, "@seasons": self.seasons, "@ordinals": self.ordinals}
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
                re.compile("|".join(_anonymous(self.introductions[i][0].pattern, self.rules[i].ignore_case) for i in cores))
                if cores
                else None
            )
            for printed in (word, word.capitalize(), word.upper()):
                self.starts[printed] = _Candidates(shared.get(key), key, core, cores)
        self.digit = self.starts["#"]
        self.future = combined(file.future, macros, "f")
        self.past = combined(file.past, macros, "p")
        self._mended: dict[str, str | None] = {}

    @staticmethod
    def _introduced(rule: DateLookalike, macros: dict[str, str]) -> tuple[re.Pattern[str], re.Pattern[str]]:
        """The two halves of a rule with a group ``date``: what it reads from there on, and what must end there."""
        flags = re.IGNORECASE if rule.ignore_case else 0
        before, core = rule.pattern.split(_DATE_GROUP, 1)
        return re.compile(expand(_DATE_GROUP + core, macros), flags), re.compile(rf"(?<![\w])(?:{expand(before, macros)})\Z", flags)

    def mended(self, word: str) -> str | None:
        """The long month that ``word`` is a misprint of, by one letter, or None."""
        if word not in self._mended:
            lowered = word.lower()
            near = None
            if lowered not in self.months:
                near = next((m for m in self.fuzzy if OSA.distance(lowered, m, score_cutoff=1) <= 1), None)
            self._mended[word] = near
        return self._mended[word]


def _anonymous(pattern: str, ignore_case: bool) -> str:
    return ("(?i:" if ignore_case else "(?:") + re.sub(r"\(\?P<\w+>", "(?:", pattern) + ")"


@lru_cache(maxsize=8)
def _grammar(rules: Rules) -> _Grammar:
    return _Grammar(rules)


def find_dates(document: Document, rules: Rules, *, meeting: date | None, document_year: int | None) -> tuple[DateMention, ...]:
    """Every day and period of the text, in text order: "den 12 mars 2025", "30–31 maj", "Sept-okt", "årets första kvartal".

    ``meeting`` is the day of the meeting the text is about, ``document_year`` the year of the document; both may be None. A year
    that is not printed comes from a list it stands in ("den 10 april, den 24 april 2024") or an earlier date of its sentence
    (basis "sentence"), then from the meeting, then from the document; else the mention has no value and basis "unknown".
    ``precision`` "impossible" marks a day that no calendar has ("2021-09-31"). The span leaves out "den", weekdays and words that
    only introduce ("senast", "under", "i"), and holds those that make the value ("per april", "slutet av 2026").
    """
    grammar = _grammar(rules)
    text = document.text
    found = longest_first([*_partials(text, grammar), *_misprinted(text, grammar)])
    reference = meeting.year if meeting else document_year
    found = [_century(p, text, reference) for p in found]
    mentions: list[DateMention] = []
    for index, one in enumerate(found):
        if not one.possible:
            mentions.append(DateMention(one.span, _raw(text, one), None, None, "impossible", "printed", one.rule))
            continue
        year, basis = _year_of(text, found, index, grammar, meeting, document_year)
        first, last = one.at(year) if year is not None else (None, None)
        precision = one.precision
        if year is not None and first is None and last is None:
            precision = "impossible"  # 29 February of a common year
        if precision == "rest_of_year" and last is not None:
            first = _reached(mentions, last.year) or (meeting if meeting and meeting.year == last.year else None)
        mentions.append(DateMention(one.span, _raw(text, one), first, last, precision, basis, one.rule))
    return tuple(mentions)


def _raw(text: str, one: _Partial) -> str:
    return text[one.span.start : one.span.end]


def _reached(mentions: list[DateMention], year: int) -> date | None:
    """The last day of ``year`` named before: where "återstoden av 2023" begins."""
    for mention in reversed(mentions):
        if mention.precision == "day" and mention.last and mention.last.year == year:
            return mention.last
    return None


# ------------------------------------------------------------------------------------------------------ finding forms


def _partials(text: str, grammar: _Grammar) -> Iterator[_Partial]:
    digit = grammar.digit
    places = [(m.start(), digit) for m in _DIGIT.finditer(text)]
    places += _leading_words(text, grammar)
    places.sort(key=itemgetter(0))
    at = 0
    for start, candidates in places:
        if start < at:
            continue
        match = candidates.alone.match(text, start) if candidates.alone else None
        if match is not None:
            index = candidates.indexes[rule_index(match, "r")]
            rule = grammar.rules[index]
            if isinstance(rule, DateRule):
                exact = grammar.regexes[index].match(text, start)
                if exact is not None:
                    yield from _read(exact, rule, grammar)
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
                    yield from _read(exact, rule, grammar)
                at = exact.end()
                break


def _leading_words(text: str, grammar: _Grammar) -> Iterator[tuple[int, _Candidates]]:
    """Every word that begins a form, as printed, with the rules it may begin.

    NOTE: first which of them stand in the text at all, then where: half the time of looking up each word with its place.
    """
    for word in grammar.starts.keys() & set(_WORD.findall(text)):
        candidates, size = grammar.starts[word], len(word)
        at = text.find(word)
        while at >= 0:
            end = at + size
            if not (at and text[at - 1].isalpha()) and not text[end : end + 1].isalpha():
                yield at, candidates
            at = text.find(word, end)


def _misprinted(text: str, grammar: _Grammar) -> Iterator[_Partial]:
    """Forms around a long month with one wrong letter, read as if it were printed right."""
    words = {m.span("word") for m in _AFTER_DAY.finditer(text)}
    words |= {m.span("word") for y in _YEAR_AFTER.finditer(text) if (m := _WORD_BEFORE.search(text, max(0, y.start() - 12), y.start()))}
    for start, end in sorted(words):
        month = grammar.mended(text[start:end])
        if month is None:
            continue
        low = max(text.rfind("\n", 0, start) + 1, start - 24)
        window = text[low:start] + month + text[end : end + 12].split("\n")[0]
        shift = len(month) - (end - start)
        inside = start - low
        for one in _partials(window, grammar):
            if one.span.start <= inside < one.span.end:
                yield _Partial(
                    Span(one.span.start + low, one.span.end + low - shift),
                    one.precision,
                    one.rule,
                    one.at,
                    one.year,
                    one.month,
                    one.possible,
                )


# ------------------------------------------------------------------------------------------------------- date algebra


def _day(year: int, month: int, day: int) -> date | None:
    """The day, or None where the calendar has none."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _month(year: int, month: int, months: int = 1) -> tuple[date, date]:
    last_month = month + months - 1
    last_year = year + (last_month - 1) // 12
    last_month = (last_month - 1) % 12 + 1
    return date(year, month, 1), date(last_year, last_month, monthrange(last_year, last_month)[1])


def _read(match: re.Match[str], rule: DateRule, grammar: _Grammar) -> Iterator[_Partial]:
    """The mentions of one match: one, or several for a list of days or months."""
    g = {k: v for k, v in match.groupdict().items() if v is not None}
    start, end = match.span("date") if "date" in g else match.span()
    while match.string[end - 1] in ". " and rule.form not in ("slash", "dotted"):
        end -= 1
    span = Span(start, end)
    if rule.form in _DAY_FORMS and "n" not in g:
        yield _single_day(g, rule, grammar, span)
        return

    def made(
        precision: str, at: Callable[[int], Period], year: int | None, month: int = 1, possible: bool = True, where: Span | None = None
    ) -> _Partial:
        return _Partial(where or span, precision, rule.id, at, year, month, possible)

    def month_of(name: str) -> int:
        printed = g[name].lower()
        return int(printed) if printed.isdigit() else grammar.months[printed]

    def day_of(name: str) -> int:
        return int(re.match(r"[0-9]+", g[name]).group())  # type: ignore[union-attr]

    def number(*names: str) -> int:
        printed = next(g[n] for n in names if n in g).lower()
        return int(printed) if printed.isdigit() else grammar.ordinals[printed]

    def year_of(*names: str) -> int | None:
        return next((int(g[n]) for n in names if n in g), None)

    match rule.form:
        case "day" | "slash" | "dotted" | "compact" | "iso":  # "den första januari", "sista juni"
            month = month_of("m")
            ordinal = {"sista": 0, "siste": 0}.get(g["n"].lower(), grammar.ordinals.get(g["n"].lower(), 0))
            yield made("day", lambda y: (d := _day(y, month, ordinal) if ordinal else _month(y, month)[1], d), year_of("y"), month)
        case "day_range" | "iso_range":
            m2, d1, d2 = month_of("m2"), day_of("d1"), day_of("d2")
            m1 = month_of("m1") if "m1" in g else m2
            y1, y2 = year_of("y1"), year_of("y2")
            back = 1 if (m1, d1) > (m2, d2) and y1 is None else 0
            possible = _day(y1 or 2024, m1, d1) is not None and _day(y2 or 2024, m2, d2) is not None
            yield made(
                "day_range", lambda y: (_day(y1 or y - back, m1, d1), _day(y, m2, d2)), y2 or (y1 if not back else None), m2, possible
            )
        case "day_list":
            month, year = month_of("m"), year_of("y")
            offset = match.start("list")
            for found in re.finditer(r"[0-9]+(?::[ea])?", g["list"]):
                day = int(re.match(r"[0-9]+", found.group()).group())  # type: ignore[union-attr]
                where = Span(offset + found.start(), offset + found.end())
                yield made(
                    "day",
                    lambda y, day=day: (_day(y, month, day), _day(y, month, day)),
                    year,
                    month,
                    _day(2024, month, day) is not None,
                    where,
                )  # type: ignore[misc]
            day = day_of("d")
            where = Span(match.start("d"), span.end)
            yield made(
                "day", lambda y: (_day(y, month, day), _day(y, month, day)), year, month, _day(year or 2024, month, day) is not None, where
            )
        case "month" | "placeholder" | "iso_month":
            month = month_of("m")
            yield made("month", lambda y: _month(y, month), year_of("y"), month)
        case "month_end":
            month = month_of("m")
            yield made("month_end", lambda y: (_month(y, month)[1], _month(y, month)[1]), year_of("y"), month)
        case "month_range":
            m1, m2 = month_of("m1"), month_of("m2")
            y1, y2 = year_of("y1"), year_of("y2")
            back = 1 if m1 > m2 and y1 is None else 0
            last = y2 or (y1 + (1 if m1 > m2 else 0) if y1 else None)
            yield made("month_range", lambda y: (_month(y1 or y - back, m1)[0], _month(y, m2)[1]), last, m2)
        case "month_list":
            year = year_of("y")
            names = [(m.start(), m.group()) for m in re.finditer(r"[A-Za-z]+", g["list"])]
            months = [month_of("m1"), *(grammar.months[n.lower()] for _, n in names), month_of("m2")]
            spans = [match.span("m1"), *((match.start("list") + s, match.start("list") + s + len(n)) for s, n in names), match.span("m2")]
            if all(b - a == 1 for a, b in itertools.pairwise(months)):
                yield made("month_range", lambda y: (_month(y, months[0])[0], _month(y, months[-1])[1]), year, months[0])
                return
            for month, (low, high) in zip(months, spans, strict=True):
                where = Span(low, span.end if (low, high) == spans[-1] else high)
                yield made("month", lambda y, month=month: _month(y, month), year, month, where=where)  # type: ignore[misc]
        case "part_of_month":
            year = year_of("y")
            if "m1" in g:
                m1, m2 = month_of("m1"), month_of("m2")
                yield made("part_of_month", lambda y: (_month(y, m1)[1], _month(y, m2)[0]), year, m1)
                return
            month = month_of("m")
            part = g["part"].lower()
            bounds = {
                "början": (1, 10),
                "mitten": (11, 20),
                "slutet": (21, 0),
                "utgången": (0, 0),
                "första halvan": (1, 15),
                "andra halvan": (16, 0),
            }
            low, high = bounds[part]
            yield made(
                "part_of_month",
                lambda y: (date(y, month, low or monthrange(y, month)[1]), date(y, month, high or monthrange(y, month)[1])),
                year,
                month,
            )
        case "quarter" | "quarter_range":
            n = number("n")
            n2 = max(int(g.get("n2", n)), n)
            yield made("quarter", lambda y: _month(y, 3 * n - 2, 3 * (n2 - n + 1)), year_of("y"), 3 * n - 2)
        case "tertial":
            n = min(number("n", "n1"), 3)
            yield made("tertial", lambda y: _month(y, 4 * n - 3, 4), year_of("y"), 4 * n - 3)
        case "half":
            n = min(number("n", "n1", "n2"), 2)
            yield made("half", lambda y: _month(y, 6 * n - 5, 6), year_of("y"), 6 * n - 5)
        case "season":
            yield _season(g, grammar, made, year_of("y"))
        case "term":
            autumn = next(g[n] for n in ("s", "s1") if n in g).lower().startswith("h")
            year = year_of("y", "y1")
            year = year + 2000 if year is not None and year < 100 else year
            yield made("term", lambda y: _month(y, 8, 5) if autumn else _month(y, 1, 6), year, 8 if autumn else 1)
        case "school_year":
            year = year_of("y1") or 0
            yield made("school_year", lambda y: (date(y, 8, 1), date(y + 1, 6, 30)), year, 8, _follows(year, g["y2"]))
        case "turn_of_year":
            year = year_of("y1") or 0
            yield made("turn_of_year", lambda y: (date(y, 12, 31), date(y + 1, 1, 1)), year, 12, _follows(year, g["y2"]))
        case "turn_of_half":
            yield made("turn_of_half", lambda y: (date(y, 6, 30), date(y, 7, 1)), year_of("y"), 6)
        case "week":
            n = int(g["n"])
            n2 = int(g.get("n2", n))
            yield made("week", lambda y: (_week(y, n)[0], _week(y, n2)[1]), year_of("y"), min(12, 1 + n // 5), 1 <= n <= n2 <= 53)
        case "year":
            yield made("year", lambda y: (date(y, 1, 1), date(y, 12, 31)), year_of("y"))
        case "year_by" | "year_until":
            yield made("year", lambda y: (None, date(y, 12, 31)), year_of("y"))
        case "year_from":
            yield made("year", lambda y: (date(y, 1, 1), None), year_of("y"))
        case "year_end":
            yield made("year_end", lambda y: (date(y, 12, 31), date(y, 12, 31)), year_of("y", "y1"), 12)
        case "rest_of_year":
            yield made("rest_of_year", lambda y: (None, date(y, 12, 31)), year_of("y"), 12)
        case "part_of_year":
            months_of_part = {"början": (1, 1), "inledningen": (1, 1), "mitten": (6, 2), "slutet": (12, 1)}[g["part"].lower()]
            yield made("part_of_year", lambda y: _month(y, *months_of_part), year_of("y"), months_of_part[0])
        case "year_range" | "year_list":
            y1, y2 = year_of("y1") or 0, year_of("y2") or 0
            yield made("year_range", lambda y: (date(y1, 1, 1), date(y, 12, 31)), y2, possible=y1 <= y2)


def _single_day(g: dict[str, str], rule: DateRule, grammar: _Grammar, span: Span) -> _Partial:
    """One day in figures: "12 mars 2025", "2025-03-12", "30/6 2023", "31.12.2023", "20170101", "06-12-13"."""
    suffix = "" if "m" in g else "1"
    name = g["m" + suffix]
    month = int(name) if name.isdigit() else grammar.months[name.lower()]
    day = int(g["d" + suffix].split(":")[0])
    printed_year = g.get("y" + suffix)
    year = int(printed_year) if printed_year else None
    possible = _day(2024 if year is None or year < 100 else year, month, day) is not None
    return _Partial(span, "day", rule.id, lambda y: (d := _day(y, month, day), d), year, month, possible)


def _season(g: dict[str, str], grammar: _Grammar, made: Callable[..., _Partial], year: int | None) -> _Partial:
    """Three months from the season's first; winter is named after the year it ends in, unless both are printed ("2023/2024")."""
    first = grammar.seasons[g["s"].lower()]
    last = grammar.seasons[g["s2"].lower()] if "s2" in g else first
    if "y2" in g and year is not None:
        end_year = (
            year if len(g["y2"]) == 4 and int(g["y2"]) == year else int(g["y2"]) if len(g["y2"]) == 4 else year // 100 * 100 + int(g["y2"])
        )
        last_day = date(end_year, 2, monthrange(end_year, 2)[1]) if last == 12 else _month(end_year, last, 3)[1]
        return made("season", lambda y: (date(y, first, 1), last_day), year, first, end_year >= year)
    if first == last == 12:
        return made("season", lambda y: (date(y - 1, 12, 1), date(y, 2, monthrange(y, 2)[1])), year, 1)
    return made("season", lambda y: (date(y, first, 1), _month(y + (1 if last < first else 0), last, 3)[1]), year, first)


def _follows(year: int, printed: str) -> bool:
    return int(printed) % 100 == (year + 1) % 100


def _week(year: int, week: int) -> tuple[date, date]:
    """Monday and Sunday of an ISO week; week 53 of a year without one is its last."""
    week = min(week, date(year, 12, 28).isocalendar().week)
    monday = date.fromisocalendar(year, week, 1)
    return monday, monday + timedelta(days=6)


# ------------------------------------------------------------------------------------------------------------- the year


def _century(one: _Partial, text: str, reference: int | None) -> _Partial:
    """A two-digit year, with the century that brings it nearest to the document; without any year to go by it stays unknown."""
    if one.year is None or one.year > 99:
        return one
    if reference is None:
        years = Counter(m.group() for m in _YEARS.finditer(text))
        reference = int(years.most_common(1)[0][0]) if years else None
    if reference is None:
        return _Partial(one.span, one.precision, one.rule, lambda y: (None, None), 0, one.month, one.possible)
    year = min((century + one.year for century in (1900, 2000, 2100)), key=lambda y: abs(y - reference))
    return _Partial(one.span, one.precision, one.rule, one.at, year, one.month, one.possible)


def _year_of(
    text: str, found: list[_Partial], index: int, grammar: _Grammar, meeting: date | None, document_year: int | None
) -> tuple[int | None, str]:
    one = found[index]
    if one.year is not None:
        return (one.year, "printed") if one.year else (None, "unknown")
    listed = _listed_year(text, found, index)
    if listed is not None:
        return listed, "sentence"
    low, _ = sentence_around(text, one.span.start, one.span.end)
    for earlier in reversed(found[:index]):
        if earlier.span.start < low:
            break
        if earlier.year and earlier.precision not in ("year", "year_range", "year_end", "rest_of_year", "part_of_year"):
            year = earlier.year
            ahead = grammar.future.search(text, earlier.span.end, one.span.start)
            if ahead and one.month < earlier.month:
                year += 1
            return year, "sentence"
    if meeting is not None:
        return _beside(text, low, one, grammar, meeting), "meeting"
    if document_year is not None:
        return document_year, "document"
    return None, "unknown"


def _listed_year(text: str, found: list[_Partial], index: int) -> int | None:
    """The year printed at the end of the list this mention stands in: "den 10 april, den 24 april 2024"."""
    month = found[index].month
    year_back = 0
    for here, after in zip(found[index:], found[index + 1 :], strict=False):
        if after.span.start - here.span.end > 40 or not _LIST_GAP.match(text[here.span.end : after.span.start]):
            return None
        if after.month < month:
            year_back += 1
        month = after.month
        if after.year:
            return after.year - year_back
    return None


def _beside(text: str, low: int, one: _Partial, grammar: _Grammar, meeting: date) -> int:
    """The meeting's year, or the next or last one where the words before the date say on which side of the meeting it lies."""
    year = meeting.year
    period = one.at(year)
    first, last = period[0] or period[1], period[1] or period[0]
    if first is None or last is None:
        return year
    ahead = [m.end() for m in grammar.future.finditer(text, low, one.span.start)]
    behind = [m.end() for m in grammar.past.finditer(text, low, one.span.start)]
    cue = (max(ahead, default=-1), max(behind, default=-1))
    if last < meeting and cue[0] > cue[1] and (meeting - last).days > 60:
        return year + 1
    if first > meeting and cue[1] > cue[0] and (first - meeting).days > 60:
        return year - 1
    return year
