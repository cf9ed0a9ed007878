"""Date algebra: from the printed parts of a day or period to its first and last day, one function a form.

A form whose year is not printed stays a function of the year (:class:`Partial`), so that nothing is made more precise than it is
printed until a year is found for it.
"""

from __future__ import annotations

import itertools
import re
from calendar import monthrange
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from extractors.model import Span
from rules.expressions import expression

Period = tuple[date | None, date | None]

_NUMBER = expression(r"[0-9]+")
_LEAP = 2024
"""A leap year: where none is printed, 29 February is possible."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Printed forms, folded, and what they count: month 1-12, first month of a season, ordinal 1-4 (0: the last); first and last day of a
    part of a month (0: its last), first month and number of months of a part of a year."""

    months: Mapping[str, int]
    seasons: Mapping[str, int]
    ordinals: Mapping[str, int]
    parts_of_month: Mapping[str, Sequence[int]]
    parts_of_year: Mapping[str, Sequence[int]]


class Partial(NamedTuple):
    """A mention before its year is known: ``at`` gives the period for a year, ``year`` is the printed one or None (0: printed, but no
    year can be told), ``month`` the month it begins in. ``possible`` is False for a day that no calendar has."""

    span: Span
    precision: str
    rule: str
    at: Callable[[int], Period]
    year: int | None
    month: int = 1
    possible: bool = True


def fold(printed: str) -> str:
    """Lower case as patterns that ignore case see it: "ſ" is s, "K" (Kelvin) is k, "İ" and "ı" are i."""
    return printed.casefold().replace("i\u0307", "i").replace("ı", "i")


def day(year: int, month: int, number: int) -> date | None:
    """The day, or None where the calendar has none."""
    try:
        return date(year, month, number)
    except ValueError:
        return None


def months(year: int, month: int, count: int = 1) -> tuple[date, date]:
    """First and last day of ``count`` months from ``month`` on, into the next year where they reach it."""
    index = month + count - 2
    last_year, last_month = year + index // 12, index % 12 + 1
    return date(year, month, 1), date(last_year, last_month, monthrange(last_year, last_month)[1])


def week(year: int, number: int) -> tuple[date, date]:
    """Monday and Sunday of an ISO week; week 53 of a year without one is its last."""
    number = min(number, date(year, 12, 28).isocalendar().week)
    monday = date.fromisocalendar(year, number, 1)
    return monday, monday + timedelta(days=6)


class Printed:
    """The groups of one match, read as numbers of the calendar."""

    def __init__(self, match: re.Match[str], rule: str, words: Vocabulary) -> None:
        self.match, self.rule, self.words = match, rule, words
        self.groups: dict[str, str] = {k: v for k, v in match.groupdict().items() if v is not None}
        start, end = match.span("date") if "date" in self.groups else match.span()
        while end > start and match.string[end - 1] in ". ":
            end -= 1
        self.span = Span(start, end)

    def __contains__(self, name: str) -> bool:
        return name in self.groups

    def word(self, *names: str) -> str:
        """The first of the groups that is there, folded."""
        return fold(next(self.groups[n] for n in names if n in self.groups))

    def month(self, name: str) -> int:
        """A month, printed as a word or a number."""
        printed = self.groups[name]
        return int(printed) if printed.isdecimal() else self.words.months[fold(printed)]

    def count(self, *names: str) -> int:
        """A number, printed in figures ("3", "3:e") or as an ordinal ("tredje")."""
        printed = self.word(*names)
        figures = _NUMBER.match(printed)
        return int(figures.group()) if figures else self.words.ordinals[printed]

    def year(self, *names: str) -> int | None:
        """The first of the groups that is there, as a year; None where none is."""
        return next((int(self.groups[n]) for n in names if n in self.groups), None)

    def made(
        self, precision: str, at: Callable[[int], Period], year: int | None, month: int = 1, possible: bool = True, span: Span | None = None
    ) -> Partial:
        """The mention these groups print."""
        return Partial(span or self.span, precision, self.rule, at, year, month, possible)


def plain_day(match: re.Match[str], rule: str, words: Vocabulary) -> Partial | None:
    """The commonest form, "12 mars 2025", without the detour over :class:`Printed`; None where the form is another.

    NOTE: nine of ten dates of a page are of this form; 0.1 ms a page less.
    """
    names = match.re.groupindex
    if len(names) != 3 or "m" not in names or "d" not in names:
        return None
    printed_day, name, printed_year = match.group("d", "m", "y")
    month = words.months.get(name)
    if month is None or not printed_day.isdecimal():
        return None
    number, end = int(printed_day), match.end()
    if printed_year is None and match.string[end - 1] in ". ":
        return None
    year = int(printed_year) if printed_year else None
    possible = number <= 28 or day(year or _LEAP, month, number) is not None
    return Partial(Span(match.start(), end), "day", rule, _same_day(month, number), year, month, possible)


def _one_day(p: Printed) -> Iterator[Partial]:
    suffix = "" if "m" in p else "1"
    month, number = p.month("m" + suffix), p.count("d" + suffix)
    year = p.year("y" + suffix)
    possible = day(_LEAP if year is None or year < 100 else year, month, number) is not None
    yield p.made("day", lambda y: (d := day(y, month, number), d), year, month, possible)


def _day_in_words(p: Printed) -> Iterator[Partial]:
    month, number = p.month("m"), p.count("n")
    if number == 0:
        yield p.made("day", lambda y: (d := months(y, month)[1], d), p.year("y"), month)
    else:
        yield p.made("day", lambda y: (d := day(y, month, number), d), p.year("y"), month)


def _days(p: Printed) -> Iterator[Partial]:
    last_month, first_day, last_day = p.month("m2"), p.count("d1"), p.count("d2")
    first_month = p.month("m1") if "m1" in p else last_month
    first_year, last_year = p.year("y1"), p.year("y2")
    back = 1 if (first_month, first_day) > (last_month, last_day) and first_year is None else 0
    if last_year is None and first_year is not None:
        last_year = first_year + (1 if (first_month, first_day) > (last_month, last_day) else 0)
    possible = day(first_year or _LEAP, first_month, first_day) is not None and day(last_year or _LEAP, last_month, last_day) is not None
    if first_year is not None and last_year is not None and possible:
        possible = date(first_year, first_month, first_day) <= date(last_year, last_month, last_day)

    def at(year: int) -> Period:
        first, last = day(first_year or year - back, first_month, first_day), day(year, last_month, last_day)
        return (first, last) if first and last else (None, None)

    yield p.made("day_range", at, last_year, last_month, possible)


def _listed_days(p: Printed) -> Iterator[Partial]:
    month, year, offset = p.month("m"), p.year("y"), p.match.start("list")
    spans = [Span(offset + f.start(), offset + f.end()) for f in re.finditer(r"[0-9]+(?::[ea])?", p.groups["list"])]
    spans.append(Span(p.match.start("d"), p.span.end))
    for span in spans:
        figures = _NUMBER.match(p.match.string, span.start)
        number = int(figures.group()) if figures else 0
        at = _same_day(month, number)
        yield p.made("day", at, year, month, day(year or _LEAP, month, number) is not None, span)


def _same_day(month: int, number: int) -> Callable[[int], Period]:
    return lambda y: (d := day(y, month, number), d)


def _whole_month(month: int) -> Callable[[int], Period]:
    return lambda y: months(y, month)


def _one_month(p: Printed) -> Iterator[Partial]:
    yield p.made("month", _whole_month(p.month("m")), p.year("y"), p.month("m"))


def _end_of_month(p: Printed) -> Iterator[Partial]:
    month = p.month("m")
    yield p.made("month_end", lambda y: (d := months(y, month)[1], d), p.year("y"), month)


def _month_range(p: Printed) -> Iterator[Partial]:
    first, last = p.month("m1"), p.month("m2")
    first_year, last_year = p.year("y1"), p.year("y2")
    turn = 1 if first > last else 0
    if last_year is None and first_year is not None:
        last_year = first_year + turn
    possible = first_year is None or last_year is None or (first_year, first) <= (last_year, last)
    back = turn if first_year is None else 0
    yield p.made("month_range", lambda y: (months(first_year or y - back, first)[0], months(y, last)[1]), last_year, last, possible)


def _listed_months(p: Printed) -> Iterator[Partial]:
    year, offset = p.year("y"), p.match.start("list")
    names = list(re.finditer(r"[^\W\d_]+", p.groups["list"]))
    numbers = [p.month("m1"), *(p.words.months[fold(n.group())] for n in names), p.month("m2")]
    if all(b - a == 1 for a, b in itertools.pairwise(numbers)):
        yield p.made("month_range", lambda y: (months(y, numbers[0])[0], months(y, numbers[-1])[1]), year, numbers[0])
        return
    spans = [Span(*p.match.span("m1")), *(Span(offset + n.start(), offset + n.end()) for n in names), Span(p.match.start("m2"), p.span.end)]
    for month, span in zip(numbers, spans, strict=True):
        yield p.made("month", _whole_month(month), year, month, span=span)


def _part_of_month(p: Printed) -> Iterator[Partial]:
    year = p.year("y")
    if "m1" in p:
        ends, begins = p.month("m1"), p.month("m2")
        yield p.made("part_of_month", lambda y: (months(y, ends)[1], months(y + (1 if begins < ends else 0), begins)[0]), year, ends)
        return
    month = p.month("m")
    low, high = p.words.parts_of_month[p.word("part")]

    def at(year: int) -> Period:
        last = monthrange(year, month)[1]
        return date(year, month, low or last), date(year, month, high or last)

    yield p.made("part_of_month", at, year, month)


def _periods(precision: str, length: int) -> Callable[[Printed], Iterator[Partial]]:
    """Quarters, tertials and half years: the n-th stretch of ``length`` months, or from the n-th to the n2-th."""

    def read(p: Printed) -> Iterator[Partial]:
        first = min(p.count("n", "n1", "n3") or 12, 12 // length)  # "sista" counts as 0
        last = min(max(p.count("n2"), first), 12 // length) if "n2" in p else first
        month = length * (first - 1) + 1
        yield p.made(precision, lambda y: months(y, month, length * (last - first + 1)), p.year("y"), month)

    return read


def _end_of_quarter(p: Printed) -> Iterator[Partial]:
    """ "utgången av kvartal 2 2025": its last day."""
    month = 3 * (p.count("n", "n1") or 4)  # "sista" counts as 0
    yield p.made("quarter_end", lambda y: (d := months(y, month)[1], d), p.year("y"), month)


def _season(p: Printed) -> Iterator[Partial]:
    """Three months from the season's first. Winter is named after the year it ends in, unless both are printed ("2023/2024")."""
    first = p.words.seasons[p.word("s")]
    last = p.words.seasons[p.word("s2")] if "s2" in p else first
    year = p.year("y")
    if "y2" in p and year is not None:
        end = _second_year(year, p.groups["y2"])
        last_day = date(end, 2, monthrange(end, 2)[1]) if last == 12 else months(end, last, 3)[1]
        yield p.made("season", lambda y: (date(y, first, 1), last_day), year, first, year <= end)
    elif first == last == 12:
        yield p.made("season", lambda y: (date(y - 1, 12, 1), date(y, 2, monthrange(y, 2)[1])), year)
    else:
        yield p.made("season", lambda y: (date(y, first, 1), months(y + (1 if last < first else 0), last, 3)[1]), year, first)


def _term(p: Printed) -> Iterator[Partial]:
    autumn = p.word("s", "s1").startswith("h")
    year = p.year("y", "y1")
    yield p.made("term", lambda y: months(y, 8, 5) if autumn else months(y, 1, 6), year, 8 if autumn else 1)


def _second_year(year: int, printed: str) -> int:
    """The second year of "2023/2024" or "2023/24"."""
    return int(printed) if len(printed) == 4 else year // 100 * 100 + int(printed) + (100 if int(printed) < year % 100 else 0)


def _school_year(p: Printed) -> Iterator[Partial]:
    year = p.year("y1") or 0
    yield p.made("school_year", lambda y: (date(y, 8, 1), date(y + 1, 6, 30)), year, 8, _second_year(year, p.groups["y2"]) == year + 1)


def _turn_of_year(p: Printed) -> Iterator[Partial]:
    if "y1" not in p:
        yield p.made("turn_of_year", lambda y: (date(y, 12, 31), date(y + 1, 1, 1)), None, 12)
        return
    year = p.year("y1") or 0
    yield p.made("turn_of_year", lambda y: (date(y, 12, 31), date(y + 1, 1, 1)), year, 12, _second_year(year, p.groups["y2"]) == year + 1)


def _turn_of_half(p: Printed) -> Iterator[Partial]:
    yield p.made("turn_of_half", lambda y: (date(y, 6, 30), date(y, 7, 1)), p.year("y"), 6)


def _weeks(p: Printed) -> Iterator[Partial]:
    first = p.count("n")
    last = p.count("n2") if "n2" in p else first
    possible = 1 <= first <= last <= 53
    month = min(12, 1 + first // 5)
    yield p.made("week", lambda y: (week(y, first)[0], week(y, last)[1]), p.year("y"), month, possible)


def _year(p: Printed) -> Iterator[Partial]:
    yield p.made("year", lambda y: (date(y, 1, 1), date(y, 12, 31)), p.year("y"))


def _year_by(p: Printed) -> Iterator[Partial]:
    yield p.made("year", lambda y: (None, date(y, 12, 31)), p.year("y"), 12)


def _year_from(p: Printed) -> Iterator[Partial]:
    yield p.made("year", lambda y: (date(y, 1, 1), None), p.year("y"))


def _year_end(p: Printed) -> Iterator[Partial]:
    yield p.made("year_end", lambda y: (date(y, 12, 31), date(y, 12, 31)), p.year("y", "y1"), 12)


def _rest_of_year(p: Printed) -> Iterator[Partial]:
    yield p.made("rest_of_year", lambda y: (None, date(y, 12, 31)), p.year("y"), 12)


def _part_of_year(p: Printed) -> Iterator[Partial]:
    month, count = p.words.parts_of_year[p.word("part")]
    yield p.made("part_of_year", lambda y: months(y, month, count), p.year("y"), month)


def _years(p: Printed) -> Iterator[Partial]:
    first, last = p.year("y1") or 0, p.year("y2") or 0
    yield p.made("year_range", lambda y: (date(first, 1, 1), date(y, 12, 31)), last, possible=first <= last)


FORMS: dict[str, Callable[[Printed], Iterator[Partial]]] = {
    "day": _one_day,
    "iso": _one_day,
    "slash": _one_day,
    "dotted": _one_day,
    "compact": _one_day,
    "day_in_words": _day_in_words,
    "day_range": _days,
    "iso_range": _days,
    "day_list": _listed_days,
    "month": _one_month,
    "iso_month": _one_month,
    "placeholder": _one_month,
    "month_end": _end_of_month,
    "month_range": _month_range,
    "month_list": _listed_months,
    "part_of_month": _part_of_month,
    "quarter": _periods("quarter", 3),
    "quarter_end": _end_of_quarter,
    "tertial": _periods("tertial", 4),
    "half": _periods("half", 6),
    "season": _season,
    "term": _term,
    "school_year": _school_year,
    "turn_of_year": _turn_of_year,
    "turn_of_half": _turn_of_half,
    "week": _weeks,
    "year": _year,
    "year_by": _year_by,
    "year_until": _year_by,
    "year_from": _year_from,
    "year_end": _year_end,
    "rest_of_year": _rest_of_year,
    "part_of_year": _part_of_year,
    "year_range": _years,
}
"""What each ``form`` of rules/sv/dates.toml gives."""
