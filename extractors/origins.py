"""Where and when retold assignments were given, where the sentence itself does not say it and those before it under the heading do.

"På nämndens möte den 23 maj, § 58, återredovisades … Men regiondirektören fick också ytterligare uppdrag; att …" gave the second one on
23 May, § 58. The first was given before: that day is the day of its report.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache, partial

from extractors.bodies import Bodies
from extractors.mentions import within
from extractors.model import Assignment, BlockKind, DateMention, Document, Origin, Reference, Span
from extractors.references import parse_paragraph_reference
from rules.expressions import expression
from rules.ruleset import Rules
from rules.schema import ReportRule
from rules.shortlists import SpanShortlist

_ABBREVIATION = expression(r"(?<![\w-])([A-ZÅÄÖ]{2,6})[ \u00a0]\Z")


def complete_origins(
    document: Document,
    assignments: Sequence[Assignment],
    references: tuple[Reference, ...],
    dates: tuple[DateMention, ...],
    bodies: Bodies,
    rules: Rules,
) -> tuple[Assignment, ...]:
    """The assignments with the origins of the cited ones completed, and cleared of days that are those of a report."""
    told = _told(rules)
    task_word = _task_word(rules)
    paper = rules.regex(rules.language.reports.paper[0])
    out: list[Assignment] = []
    for assignment in assignments:
        if assignment.status == "cited" and assignment.act == "assignment":
            origin = assignment.origin or Origin(assignment.assigner[0].name if assignment.assigner else None)
            sentence = document.text[assignment.span.start : assignment.span.end]
            if any(
                (match := regex.search(sentence)) is not None and _day_before(references, assignment, match.start())
                for _, regex in told.of(document.text, *assignment.span)
            ):
                diary = next((r.normalized for r in within(references, assignment.span) if r.kind == "diary"), origin.diary_number)
                origin = Origin(origin.body, None, None, diary, None)
            else:
                origin = _cited_within(assignment, origin, references, dates, partial(_right_after, document, assignment, task_word))
                if (
                    origin.meeting_date is not None
                    and origin.paragraph is None
                    and (
                        _of_another(assignment, origin, references, dates, bodies)
                        or _of_a_paper(document, assignment, origin, dates, paper)
                    )
                ):
                    origin = replace(origin, meeting_date=None)
                if origin.meeting_date is None and origin.paragraph is None:
                    # behind the task: "… att pröva ett larmnummer (RS 2024-06-11 § 79)"
                    origin = _cited_within(assignment, origin, references, dates, partial(_same_body, document, assignment, bodies))
                if origin.meeting_date is None and origin.paragraph is None:
                    origin = _from_before(document, assignment, origin, references, dates, bodies)
            printed = any(r.kind == "paragraph" for r in within(references, assignment.span))
            if origin.point is None and origin.paragraph is not None and not printed:
                origin = replace(origin, point=_point(document, assignment))
            assignment = replace(assignment, origin=origin)
        out.append(assignment)
    return tuple(out)


@lru_cache(maxsize=8)
def _task_word(rules: Rules) -> re.Pattern[str]:
    return expression(rf"(?:{rules.language.reports.task_word[0].pattern})\w*[\s,(]*\Z", re.IGNORECASE)


@lru_cache(maxsize=8)
def _told(rules: Rules) -> SpanShortlist[ReportRule]:
    """The rules that tell that something was reported."""
    return rules.in_spans([r for r in rules.language.reports.rule if r.tense == "past" and r.kind in ("reported", "reported_in_part")])


def _day_before(references: tuple[Reference, ...], assignment: Assignment, at: int) -> bool:
    """Whether a § or a meeting stands in the sentence before what says that it was reported."""
    before = Span(assignment.span.start, assignment.span.start + at)
    return any(r.kind in ("paragraph", "meeting") for r in within(references, before))


def _of_another(
    assignment: Assignment, origin: Origin, references: tuple[Reference, ...], dates: tuple[DateMention, ...], bodies: Bodies
) -> bool:
    """Whether the day is printed as a meeting of a body that is not the assigner ("RUN 2023-05-17" over what another board decided)."""
    assigners = {p.name.lower() for p in assignment.assigner}
    for reference in references:
        if reference.kind != "meeting" or reference.span.start > assignment.span.end or not assigners:
            continue
        if any(d.last == origin.meeting_date and d.span.overlaps(reference.span) for d in dates):
            named = reference.raw.split()[0]
            if bodies.type_of(named) and not bodies.is_short(named) and bodies.base_form(named).lower() not in assigners:
                return True
    return False


def _of_a_paper(document: Document, assignment: Assignment, origin: Origin, dates: tuple[DateMention, ...], paper: re.Pattern[str]) -> bool:
    """Whether the day is that of a letter or a motion ("i tjänsteutlåtande den 7 mars 2024") wherever it stands before the assignment."""
    start = document.paragraphs[assignment.paragraph].start if 0 <= assignment.paragraph < len(document.paragraphs) else 0
    near = [d for d in dates if d.last == origin.meeting_date and start <= d.span.start < assignment.span.end]
    return bool(near) and all(paper.search(document.text, max(0, d.span.start - 80), d.span.start) for d in near)


def _cited_within(
    assignment: Assignment,
    origin: Origin,
    references: tuple[Reference, ...],
    dates: tuple[DateMention, ...],
    meant: Callable[[Reference], bool],
) -> Origin:
    """The first § with its day within the assignment that is ``meant``, else ``origin`` as it was."""
    for reference in within(references, assignment.span):
        if reference.kind == "paragraph":
            parsed = parse_paragraph_reference(reference, dates)
            if parsed.meeting_date is not None and meant(reference):
                return Origin(origin.body, parsed.meeting_date, parsed.paragraph, origin.diary_number, parsed.point)
    return origin


def _right_after(document: Document, assignment: Assignment, task_word: re.Pattern[str], reference: Reference) -> bool:
    """Whether a § follows the word itself, whatever else is cited: "uppdrag 2022-05-19 § 17 p. 4 …, vilket omformulerades 2023-02-23"."""
    return task_word.search(document.text, assignment.span.start, reference.span.start) is not None


def _from_before(
    document: Document,
    assignment: Assignment,
    origin: Origin,
    references: tuple[Reference, ...],
    dates: tuple[DateMention, ...],
    bodies: Bodies,
) -> Origin:
    """The nearest § with its day before the assignment under its heading, where it is of no other body than the assigner."""
    index = assignment.block
    while index > 0 and document.blocks[index].kind is not BlockKind.HEADING:
        index -= 1
    start = document.blocks[index].end
    before = document.blocks[index : bisect_left(document.blocks, assignment.span.start, key=lambda b: b.start)]
    others = [Span(b.start, b.end) for n, b in enumerate(before, index) if b.kind is BlockKind.ITEM and n != assignment.block]
    named = [
        r
        for r in within(references, Span(start, assignment.span.start))
        if r.kind in ("paragraph", "diary") and not any(other.covers(r.span) for other in others)  # another point's § is not this one's
    ]
    for number in range(len(named) - 1, -1, -1):
        reference = named[number]
        if reference.kind != "paragraph":
            continue
        parsed = parse_paragraph_reference(reference, dates)
        if parsed.meeting_date is None:
            continue
        if not _same_body(document, assignment, bodies, reference):
            return origin
        diary = next((r.normalized for r in named[number + 1 :] if r.kind == "diary"), origin.diary_number)
        return Origin(origin.body, parsed.meeting_date, parsed.paragraph, diary, parsed.point)
    return origin


def _same_body(document: Document, assignment: Assignment, bodies: Bodies, reference: Reference) -> bool:
    """Whether the body printed before a § is the assigner, or none but a short form is."""
    low = max(document.text.rfind("\n", 0, reference.span.start) + 1, reference.span.start - 80)
    before = document.text[low : reference.span.start]
    short = _ABBREVIATION.search(before)
    if short is not None:
        known = bodies.type_of(short.group(1))
        return not known or bodies.base_form(short.group(1)).lower() in {p.name.lower() for p in assignment.assigner}
    named = [n for n in bodies.find(before) if n.type in ("board", "assembly", "committee") and not bodies.is_short(n.raw)]
    if not named:
        return bool(assignment.assigner)
    assigners = {p.name.lower() for p in assignment.assigner}
    return bodies.base_form(named[-1].raw).lower() in assigners


def _point(document: Document, assignment: Assignment) -> str | None:
    """The number of the point where the assignment is one of a numbered list that retells a §."""
    block = document.blocks[assignment.block]
    marker = block.marker.rstrip(".)")
    return marker if block.kind is BlockKind.ITEM and marker.isdigit() and block.lead_in >= 0 else None
