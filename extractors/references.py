"""What a text points to: § of minutes, diary numbers, meetings, laws, printed matter.

The printed forms are data (rules/sv/references.toml). Two documents link through a § with its meeting date and through diary
numbers, so both are given in one form whatever the print ("RS 2018–06226" and "RS 2018-06226" are one number).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from extractors.mentions import Anchored, combined, longest_first
from extractors.model import DateMention, Document, Reference, Span, record
from rules.expressions import expression
from rules.ruleset import Rules
from rules.schema import ReferenceRule

_KEPT = 20_000
_RANK = {"paragraph": 0, "document": 1}
_DASHES = expression(r"[ \u00a0]?[\u2010\u2011\u2012\u2013\u2014\u2212][ \u00a0]?")
_BODY_HEAD = expression(
    r"(?:[\w]+-(?:,[ \u00a0][\w]+-)*[ \u00a0](?:och|samt)[ \u00a0])?(?:\b[A-ZÅÄÖ][a-zåäö]+(?:la|ka|na|ga)[ \u00a0])?[\w-]*\Z"
)
_AFTER_SECTION = expression(r"§ ?[0-9]+(?: ?[a-h])?\Z")
_POINT = expression(r"(?P<point>[0-9]{1,2}[ \u00a0]?[a-z]?)\b")
_POINT_NAMED = expression(r"§{1,2} .+? [^\W\d]{2,} (?P<point>[0-9]{1,2} ?[a-z]?)$")
_ISO = expression(r"(?P<year>(?:19|20)[0-9]{2})-(?P<month>[01][0-9])-[ \u00a0]?(?P<day>[0-3][0-9])(?![0-9])")
_SECTION = expression(
    r"§{1,2}[ \u00a0]?(?P<number>[0-9]{1,4}(?:[ \u00a0]?[a-h]\b)?(?:/[0-9]{2,4})?)(?:[ \u00a0]?[-–][ \u00a0]?(?P<last>[0-9]{1,4}))?"
)
_LOST = expression(r",[ \u00a0](?P<number>[0-9]{1,3})\Z")


@dataclass(frozen=True, slots=True)
class ParagraphReference:
    """A § as it is looked up: day of the meeting, "§ 62" and the number of the point, each None where it is not printed."""

    meeting_date: date | None
    paragraph: str | None
    point: str | None


class _Grammar:
    """The compiled rules of references."""

    def __init__(self, rules: Rules) -> None:
        macros = rules.language.macros
        file = rules.language.references
        self.rules: Anchored[ReferenceRule] = Anchored(file.rule, macros, rules.landmarks)
        self.lookalike = combined(file.lookalike, macros, "x")
        self.may_look_alike = rules.shortlist(file.lookalike, "in part")
        self.normalized: dict[tuple[str, str, str], str] = {}
        """NOTE: minutes print a number at each of its §§; as many as a worker can hold without growing."""
        months = rules.language.dates.months
        self.months = {form: int(number) for number, forms in months.items() for form in forms}
        words = "|".join(sorted(self.months, key=len, reverse=True))
        self.written = expression(
            rf"(?P<day>[0-9]{{1,2}})(?::e|:a)?[ \u00a0](?P<month>{words})[ \u00a0](?P<year>(?:19|20)[0-9]{{2}})", re.IGNORECASE
        )


@lru_cache(maxsize=8)
def _grammar(rules: Rules) -> _Grammar:
    return _Grammar(rules)


def find_references(document: Document, rules: Rules) -> tuple[Reference, ...]:
    """Every reference of the text, in text order: "2022-04-28 § 16 punkt 2", "RS/121/2023", "5 kap 50 § kommunallagen".

    ``kind`` paragraph, diary, meeting, law, document or printed_matter. ``normalized``: for a § the day where its year is printed,
    "§ N" and the point; for a diary number the number with plain hyphens and without its label; for a meeting the body as printed and
    the day; else the raw text, white space folded. Page numbers and school years are no references.
    """
    grammar = _grammar(rules)
    text = document.text
    found: list[Reference] = []
    for rule, match in grammar.rules.matches(text):
        span = record(Span, match.span("diary") if rule.kind == "diary" else match.span())
        if rule.id == "reference.meeting":
            head = _BODY_HEAD.search(text, max(text.rfind("\n", 0, span.start) + 1, span.start - 60), span.start)
            span = Span(head.start() if head else span.start, span.end)
        if rule.id == "reference.diary.after_paragraph" and not _AFTER_SECTION.search(text, max(0, match.start() - 12), match.start()):
            continue
        raw = text[span.start : span.end]
        key = (rule.id, raw, match.group())
        normalized = grammar.normalized.get(key)
        if normalized is None:
            normalized = _normalized(raw, rule, match, grammar)
            if len(grammar.normalized) < _KEPT:
                grammar.normalized[key] = normalized
        found.append(record(Reference, (span, raw, rule.kind, normalized, rule.id)))
    if not found:
        return ()
    ranked = sorted(found, key=lambda r: _RANK.get(r.kind, 2))
    kept = longest_first(ranked)
    return tuple(r for r in kept if not _lookalike(text, r, grammar))


def _lookalike(text: str, reference: Reference, grammar: _Grammar) -> bool:
    low = max(text.rfind("\n", 0, reference.span.start) + 1, reference.span.start - 20)
    if not grammar.may_look_alike.of(text[low : reference.span.end + 6]):
        return False
    for match in grammar.lookalike.finditer(text, low, reference.span.end + 6):
        if match.start() < reference.span.end and reference.span.start < match.end():
            return True
    return False


def _normalized(raw: str, rule: ReferenceRule, match: re.Match[str], grammar: _Grammar) -> str:
    groups = {k: v for k, v in match.groupdict().items() if v}
    if rule.normalized:
        return rule.normalized.format(**groups)
    if rule.kind == "diary":
        return re.sub(r"[ \u00a0]+", " ", _DASHES.sub("-", raw))
    if rule.kind == "paragraph":
        day = _printed_day(groups.get("date", ""), grammar)
        number = re.sub(r"[ \u00a0]+", " ", groups["paragraph"].lstrip("§").strip(" \u00a0"))
        number = _DASHES.sub("-", number)
        plural = "§§" if groups["paragraph"].startswith("§§") else "§"
        point = _POINT.search(groups.get("point", ""))
        parts = [day.isoformat() if day else "", f"{plural} {number}", f"punkt {point['point']}" if point else ""]
        return " ".join(p for p in parts if p)
    if rule.kind == "meeting":
        body = raw[: raw.index(groups["body"]) + len(groups["body"])]
        day = _printed_day(groups["date"], grammar)
        return f"{body} {day.isoformat() if day else groups['date']}"
    return re.sub(r"\s+", " ", raw)


def _printed_day(printed: str, grammar: _Grammar) -> date | None:
    """The day of a date with a printed year, or None."""
    iso = _ISO.search(printed)
    try:
        if iso:
            return date(int(iso["year"]), int(iso["month"]), int(iso["day"]))
        written = grammar.written.search(printed)
        if written:
            return date(int(written["year"]), grammar.months.get(written["month"].lower(), 0), int(written["day"]))
    except ValueError:
        return None  # a day that no calendar has; the date mention says so
    return None


def parse_paragraph_reference(reference: Reference, dates: tuple[DateMention, ...] = ()) -> ParagraphReference:
    """Day, § and point of a reference of kind paragraph: ("2022-04-28 § 16 punkt 2") gives 28 April 2022, "§ 16", "2".

    The day is that of the date mention inside the reference, so that a year that is not printed is the one found for it; without
    ``dates``, only a printed ISO day is read. A number whose § was lost in print ("den 23 maj, 58") counts as a §. Of a range
    ("§§ 82-87") the first.
    """
    day = next((d.last for d in dates if reference.span.overlaps(d.span) and d.precision in ("day", "day_range")), None)
    if day is None:
        iso = _ISO.search(reference.normalized)
        try:
            day = date(int(iso["year"]), int(iso["month"]), int(iso["day"])) if iso else None
        except ValueError:
            day = None
    section = _SECTION.search(reference.raw) or _LOST.search(reference.raw)
    number = re.sub(r"[ \u00a0]+", " ", section["number"]) if section else None
    point = _POINT_NAMED.search(reference.normalized)
    return ParagraphReference(day, f"§ {number}" if number else None, point["point"] if point else None)
