"""From a reading to an extraction: the one entry the pipeline calls."""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_left, bisect_right
from calendar import monthrange
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import NamedTuple, TypeVar

from extractors.amounts import find_amounts, find_percentages, implausible_amounts
from extractors.bodies import Bodies
from extractors.clean import clean
from extractors.dates import find_dates
from extractors.deadlines import DeadlineFinder
from extractors.frames import Frame, FrameFinder, Slot
from extractors.givers import Found, Givers
from extractors.headed import headed_tasks, tasks_under_names
from extractors.headings import headings_over
from extractors.meetings import Meetings
from extractors.mentions import within
from extractors.meta import first_lines, is_directive, is_standing, published_on, read_meta
from extractors.model import (
    Amount,
    Assignment,
    Block,
    BlockKind,
    Cue,
    DateMention,
    Deadline,
    Document,
    Extraction,
    Issue,
    Meta,
    NotAssignment,
    Origin,
    Party,
    Percentage,
    Person,
    Reading,
    Reference,
    Span,
)
from extractors.nlp import known_names
from extractors.origins import complete_origins
from extractors.persons import find_persons
from extractors.reference_bodies import with_bodies
from extractors.references import find_references, parse_paragraph_reference
from extractors.reports import find_reports
from extractors.resolve import Resolver
from extractors.said_once import over, said_once
from extractors.sentences import sentences
from extractors.status import StatusReader, Verdict
from extractors.structure import structure
from extractors.tables import TaskRow, task_rows
from extractors.tasks import children, ordered, split, trailing_end
from rules.expressions import expression
from rules.ruleset import Rules
from rules.schema import Pattern
from rules.shortlists import SpanShortlist

_FULL_DATE = expression(
    r"\b((?:19|20)\d{2})-\d{2}-\d{2}\b|\b\d{1,2} (?:jan|feb|mar|apr|maj|jun|jul|aug|sep|okt|nov|dec)\w* ((?:19|20)\d{2})\b"
)
_GIVEN_BEFORE = "status.given_before"
"""The cue of a table or list that itself says that what it holds was given before."""
_TITLE = 90
"""Characters of the longest line that is a head or a title."""
_LEAD = 160
"""Characters of a sentence right above a table that says what it holds."""
_THEN_SAID = 40
"""Characters that may follow the sentence which says how many assignments were given, before their list."""
_BESIDE = 6
"""Characters between the month of a meeting and its day: " den "."""
_LISTED = ("list_head", "table", "noun")
Made = TypeVar("Made")
_TELLING = ("shall_stem", "comes_back_stem", "lets_stem")
_YEAR = expression(r"\b((?:19|20)\d{2})\b()")


class Mentions(NamedTuple):
    """What a document says of itself and what it mentions, before anything is made of it."""

    meta: Meta
    bodies: Bodies
    published: date | None
    references: tuple[Reference, ...]
    dates: tuple[DateMention, ...]
    amounts: tuple[Amount, ...]
    percentages: tuple[Percentage, ...]
    persons: tuple[Person, ...]


def extract(reading: Reading, rules: Rules) -> Extraction:
    """Everything found in one read file. Pure: the same reading and rules give the same extraction.

    ``status`` is "partial" where anything needs a person (``issues`` says what), else "ok".
    """
    document = lay_out(reading, rules)
    return conclude(document, reading, mentions_of(document, reading, rules), rules)


def lay_out(reading: Reading, rules: Rules) -> Document:
    """The first part of :func:`extract`: one text with its blocks, sections and §§."""
    return structure(clean(reading.pages, rules), reading.pages, rules)


def mentions_of(document: Document, reading: Reading, rules: Rules) -> Mentions:
    """The second part of :func:`extract`: what the document is, and the dates, amounts, references and persons in it."""
    organisation = rules.recognise(document.text)
    bodies = _bodies(rules, organisation.id if organisation else "")
    meta = read_meta(document, reading, rules, bodies)
    published = published_on(document, rules) if meta.meeting_from is None else None
    year = document_year(document, meta, rules)
    return Mentions(
        meta,
        bodies,
        published,
        find_references(document, rules),
        find_dates(document, rules, meeting=meta.meeting_from, document_year=year, published=published),
        find_amounts(document, rules),
        find_percentages(document, rules),
        find_persons(document, rules),
    )


def conclude(document: Document, reading: Reading, mentions: Mentions, rules: Rules) -> Extraction:
    """The last part of :func:`extract`: the assignments, and what became of earlier ones."""
    meta, bodies, published, references, dates, amounts, percentages, persons = mentions
    assembler = _Assembler(document, meta, rules, bodies, dates, references, amounts)
    assignments, rejected = assembler.assignments()
    assignments, dates = look_ahead(assignments, dates, meta.meeting_from or published)
    assignments = complete_origins(document, assignments, references, dates, bodies, rules)
    reports = find_reports(document, meta, rules, bodies, assembler.status, assignments, references, dates)
    references = with_bodies(document, references, dates, assignments, assembler.resolver, rules)
    issues = [*_issues(document, reading, dates), *implausible_amounts(document, amounts)]
    if meta.body is None and meta.kind == "protokoll":
        issues.append(Issue("no_body", "Organet som sammanträder kunde inte läsas ut.", 1))
    outcomes = _outcomes(document, assignments)
    return Extraction(
        meta,
        document,
        "partial" if issues else "ok",
        assignments,
        rejected,
        amounts,
        percentages,
        dates,
        references,
        persons,
        tuple(issues),
        rules.fingerprint,
        outcomes,
        reports,
    )


def look_ahead(
    assignments: tuple[Assignment, ...], dates: tuple[DateMention, ...], day: date | None
) -> tuple[tuple[Assignment, ...], tuple[DateMention, ...]]:
    """Deadlines of what is decided or proposed now lie ahead: a month without a year that the meeting (or the page) of ``day`` has passed
    is next year's.

    Only years that were inferred move; the mention moves with the deadline, and both say so in their basis.
    """
    if day is None:
        return assignments, dates
    moved: dict[Span, DateMention] = {}
    out: list[Assignment] = []
    for assignment in assignments:
        deadlines: list[Deadline] = []
        for deadline in assignment.deadlines:
            ahead = deadline
            if (
                assignment.status in ("decided", "proposed")
                and deadline.basis in ("meeting", "document")
                and deadline.last is not None
                and deadline.last < day
                and deadline.precision not in ("year", "year_range")
            ):
                ahead = replace(deadline, first=_next_year(deadline.first), last=_next_year(deadline.last), basis="next_after_meeting")
                for mention in dates:
                    if deadline.span.overlaps(mention.span) and mention.last == deadline.last:
                        moved[mention.span] = mention._replace(
                            first=_next_year(mention.first), last=_next_year(mention.last), basis="next_after_meeting"
                        )
            if (
                assignment.status in ("decided", "proposed")
                and ahead.basis == "printed"
                and ahead.kind in ("report", "interim_report", "final_report", "window")
                and ahead.last is not None
                and ahead.last < day
            ):
                continue  # a day that lay behind the meeting says when something happened
            deadlines.append(ahead)
        out.append(assignment if deadlines == list(assignment.deadlines) else replace(assignment, deadlines=tuple(deadlines)))
    return tuple(out), tuple(moved.get(d.span, d) for d in dates)


def _next_year(day: date | None) -> date | None:
    if day is None:
        return None
    last_of_february = day.month == 2 and day.day >= 28
    return date(day.year + 1, day.month, monthrange(day.year + 1, 2)[1] if last_of_february else day.day)


def _bodies(rules: Rules, organisation: str) -> Bodies:
    key = f"bodies.{organisation}"
    if key not in rules.memo:
        found = next((o for o in rules.organisations if o.id == organisation), None)
        rules.memo[key] = Bodies(rules, found)
    bodies: Bodies = rules.memo[key]
    return bodies


def document_year(document: Document, meta: Meta, rules: Rules) -> int | None:
    """The year of a document without a meeting: the one a plan or budget says in its first lines that it is for, else that of the day in
    the title of a follow-up, else the one most of its full dates name, the latest of those on a tie."""
    if meta.meeting_from is not None:
        return meta.meeting_from.year
    lines = first_lines(document) if meta.kind in ("okänd", "rapport") else []
    planned = rules.grammar("plan_year").search("\n".join(lines))
    if planned is not None:
        return int(planned.group("year"))
    as_of = next((m for line in lines if len(line) <= _TITLE and (m := rules.grammar("status_day").search(line.rstrip()))), None)
    if as_of is not None:
        return int(as_of.group("year"))
    for pattern in (_FULL_DATE, _YEAR):
        years = Counter(a or b for a, b in pattern.findall(document.text))
        if years:
            most = max(years.values())
            return max(int(y) for y, n in years.items() if n == most)
    return None


def _outcomes(document: Document, assignments: tuple[Assignment, ...]) -> tuple[str, ...]:
    """What each § came to, in order."""
    assigned = {a.paragraph for a in assignments}
    decided = {s.paragraph for s in document.sections if s.kind == "decision"}
    return tuple(
        "assignments" if index in assigned else "decision" if index in decided else "no_decision"
        for index in range(len(document.paragraphs))
    )


def _issues(document: Document, reading: Reading, dates: tuple[DateMention, ...]) -> list[Issue]:
    issues = [
        Issue("impossible_date", f"Datumet ”{d.raw}” finns inte i kalendern.", document.page_of(d.span.start), d.span)
        for d in dates
        if d.precision == "impossible"
    ]
    issues += [
        Issue("page_unread", f"Sidan {page.number} kunde inte läsas: {page.reason or 'ingen text'}.", page.number)
        for page in reading.pages
        if page.reader == "none"
    ]
    return issues


class _Assembler:
    """Finds the assignments of one document."""

    def __init__(
        self,
        document: Document,
        meta: Meta,
        rules: Rules,
        bodies: Bodies,
        dates: tuple[DateMention, ...],
        references: tuple[Reference, ...],
        amounts: tuple[Amount, ...],
    ) -> None:
        self.document, self.meta, self.rules, self.bodies = document, meta, rules, bodies
        self.dates, self.references, self.amounts = dates, references, amounts
        self.given_reference = rules.grammar("given_reference")
        self.should_stem, self.att_reports = rules.grammar("should_stem"), rules.grammar("reports_stem")
        self.att_first = rules.grammar("att_first")
        self.stems, self.telling_stems, self.duty_stem, self.should = _memo(
            rules,
            "stems",
            lambda: (
                [rules.grammar_in_spans("trigger_stem"), rules.grammar_in_spans("calls_stem")],
                [rules.grammar_in_spans(stem) for stem in _TELLING],
                rules.grammar_in_spans("duty_stem"),
                rules.grammar_in_spans("should_stem"),
            ),
        )
        self.resolver = Resolver(document, bodies, meta)
        self.rows: dict[int, TaskRow] = {}
        self.status = StatusReader(document, meta, rules, bodies)
        self.plan, self.news = self.status.plan, self.status.news
        self.directive = is_directive(document, meta, rules)
        self.givers = Givers(document, meta, rules, bodies, self.resolver, self.rows, plan=self.plan)
        self.deadlines = _memo(rules, f"deadlines.{id(bodies)}", lambda: DeadlineFinder(rules, bodies))
        self.finder = _memo(rules, f"frames.{id(bodies)}", lambda: FrameFinder(rules, bodies))
        self.names = _memo(rules, f"names.{id(bodies)}", lambda: known_names(bodies))
        self.rejected: list[NotAssignment] = []
        self._starts = [block.start for block in document.blocks]
        self._with_should: set[int] | None = None
        self._meetings: Meetings | None = None

    # ------------------------------------------------------------------------------------------------------ collecting

    def assignments(self) -> tuple[tuple[Assignment, ...], tuple[NotAssignment, ...]]:
        """The assignments in document order, and the places that looked like one."""
        found: list[Found] = []
        rows, table_blocks = task_rows(self.document, self.rules, plan=self.plan)
        used_blocks: set[int] = set(table_blocks)
        headed = self._headed()
        used_blocks.update(entry.block for entry in headed)
        pending = sorted([*(self._table_row(row) for row in rows), *headed], key=lambda entry: entry.block)
        last_in_paragraph: dict[int, list[int]] = {}
        for index in self._candidate_blocks():
            while pending and pending[0].block <= index:
                found.append(pending.pop(0))
            taken = [entry.frame.sentence for entry in headed if entry.block == index]
            block = self.document.blocks[index]
            if index in table_blocks or (taken and block.kind is not BlockKind.TEXT):
                continue
            spans = [s for s in sentences(self.document, block, self.rules) if not any(s.overlaps(t) for t in taken)]
            latest: list[int] = []
            for number, sentence in enumerate(spans):
                text = self.document.text[sentence.start : sentence.end]
                telling = self._may_tell(index, text)
                frames = (
                    self._frames(sentence)
                    if telling or self.finder.may_hold(self.document.text, sentence) or self._may_be_duty(sentence)
                    else []
                )
                duties = [f for f in frames if f.voice == "duty"]
                told = [self._retold_by_reference(f, index) for f in frames if f.voice == "shall"] if telling else []
                then = bool(told) and block.lead_in >= 0 and self._then_told(index)
                told = [f._replace(tense="past") for f in told] if then else told
                told = [f for f in told if "past" in (f.tense, f.trigger.tense) or self._tells(index)]
                told = [f for f in told if "in_points" not in f.trigger.marks or then]
                told = [f for f in told if "same_as_before" not in f.trigger.marks or self._goes_on(found, index)]
                if told and "same_as_before" in told[0].trigger.marks and self._only_reports(told[0]):
                    found[-1] = found[-1]._replace(scope=(*found[-1].scope, sentence))  # "att denne ska återkomma i juni"
                    continue
                frames = [f for f in frames if f.voice not in ("duty", "shall")]
                if not frames and index in used_blocks:
                    continue  # a point that is a task of the list above it has its deadlines already
                if not frames:
                    near = number == 0 or (block.kind is BlockKind.TEXT and number <= 2)
                    said = block.section if block.section in last_in_paragraph else self._adopted_section(index)
                    targets = latest or (last_in_paragraph.get(said, []) if near else [])
                    follow = self.deadlines.follows_on(self.document.text, sentence) if targets else None
                    if follow == "follow.assignee_reports":
                        targets = latest
                    if follow is not None and targets and self._may_follow(found, targets, index):
                        for at in self._spoken_of(text, found, targets):
                            found[at] = found[at]._replace(scope=(*found[at].scope, sentence), follow=(*found[at].follow, follow))
                        continue
                    if (told or duties) and block.kind is not BlockKind.HEADING:
                        frames = told[:1] or duties[:1]
                new: list[int] = []
                for frame in frames:
                    if frame.voice == "noun" and block.kind is BlockKind.HEADING:
                        continue  # the title of a §
                    verdict = self.status.read(frame, index)
                    if verdict.status is None:
                        self.rejected.append(
                            NotAssignment(sentence, text, verdict.reason or "", verdict.cues[-1].rule if verdict.cues else frame.trigger.id)
                        )
                        continue
                    if index in used_blocks and frame.voice == "duty":
                        continue
                    for entry in self._expand(frame, verdict, index, used_blocks):
                        new.append(len(found))
                        found.append(entry)
                if new and found[new[-1]].frame.trigger.act in ("assignment",):
                    latest = [*latest, *new]
            if latest:
                last_in_paragraph[block.section] = [*last_in_paragraph.get(block.section, []), *latest]
        found += pending
        return self._finish(self._with_ingress(self._reported_alike(found))), tuple(self.rejected)

    def _reported_alike(self, found: list[Found]) -> list[Found]:
        """Tasks of tables and lists, with what is said once above them of how they are reported."""
        listed = {entry.block for entry in found if entry.frame.voice in ("table", "list_head")}
        said = said_once(self.document, self.rules, listed)
        if not said:
            return found
        out: list[Found] = []
        for entry in found:
            if entry.block in listed:
                row = self.rows.get(entry.block)
                top = row.heading + 1 if row is not None else entry.block
                entry = entry._replace(said_once=over(self.document, said, entry.block, top))
            out.append(entry)
        return out

    def _with_ingress(self, found: list[Found]) -> list[Found]:
        """A page of news may say when it is reported before it says what: the duty that opens it belongs to the assignment below."""
        if self.document.paragraphs or len(found) < 2 or found[0].frame.voice != "duty":
            return found
        duty, first = found[0], found[1]
        follow = self.deadlines.follows_on(self.document.text, duty.frame.sentence)
        if follow is None or first.frame.trigger.act != "assignment" or first.block - duty.block > 4:
            return found
        return [first._replace(scope=(*first.scope, duty.frame.sentence), follow=(*first.follow, follow)), *found[2:]]

    def _headed(self) -> list[Found]:
        """The points that are tasks by the heading above them: in documents that list assignments and print no §, and in what is decided
        or proposed, below the names of those who are told."""
        out = self._under_names()
        if self.meta.kind not in ("okänd", "rapport", "presentation", "protokoll", "tjänsteskrivelse"):
            return out
        if is_standing(self.document, self.rules):
            return out  # what a reglemente lists as a board's "uppdrag" is its remit
        taken = {entry.block for entry in out}
        minutes = self.meta.kind == "protokoll" and bool(self.document.paragraphs)
        for index, frame in headed_tasks(self.document, self.rules, self.bodies, minutes=minutes).items():
            if index in taken or self._has_own_frame(index) or self.status.lead_in_status(index) == "asked":
                continue  # "Vi rekommenderar nämnden att:"
            if self.finder.is_standing(self.document.text, frame.sentence):
                continue  # "Styrelsen ska enligt fullmäktiges arbetsordning två gånger om året redovisa …"
            above = self.document.blocks[index].lead_in
            if above >= 0 and self._has_own_frame(above):
                continue  # "Kommunstyrelsen uppdrar åt samtliga nämnder att:", whatever the heading over it says
            if self.plan and frame.assignee is None and frame.assigner is not None and self.bodies.type_of(frame.assigner.raw) == "board":
                continue  # "Kulturnämndens uppdrag", in its own plan: its remit
            if self.meta.kind == "tjänsteskrivelse" and (frame.assigner is None or self._proposed_here(index)):
                continue  # what a letter lists is retold where a heading says who gave it
            if minutes:
                if not self._follows_up(index, frame):
                    continue
                span = next(iter(sentences(self.document, self.document.blocks[index], self.rules)), frame.sentence)
                frame = frame._replace(sentence=span, task=span)
            cue = Cue("status=cited", frame.trigger.id, "punkt under en rubrik om uppdrag", frame.anchor)
            if "grammar.earlier_tasks" in frame.rules:
                cue = Cue("status=cited", _GIVEN_BEFORE, "punkt under en rubrik om tidigare uppdrag", frame.anchor)
            out.append(Found(frame, Verdict("cited", None, None, None, None, (cue,)), index, frame.sentence, (frame.sentence,)))
        return out

    def _follows_up(self, index: int, frame: Frame) -> bool:
        """Whether a point in minutes stands where a § on assignments tells what they were ("Uppföljning av uppdrag från fullmäktige")."""
        heading = self.givers.task_heading.match(self.document.text[frame.anchor.start : frame.anchor.end])
        section = self.document.blocks[index].section
        kind = self.document.sections[section].kind if section >= 0 else ""
        told = heading is not None and (heading.group("of") or heading.group("source"))
        return bool(told) and self.status.sections.get(kind) == "cited"

    def _proposed_here(self, index: int) -> bool:
        """Whether a block stands under the heading of what is proposed or decided."""
        section = self.document.blocks[index].section
        return section >= 0 and self.status.sections.get(self.document.sections[section].kind) in ("proposed", "decided")

    def _under_names(self) -> list[Found]:
        """The points below names of bodies, under a point of a decision or a proposal that opens them."""
        out: list[Found] = []
        for index, (frame, opener) in tasks_under_names(self.document, self.rules, self.bodies).items():
            section = self.document.blocks[opener].section
            kind = self.document.sections[section].kind if section >= 0 else ""
            status, body = self.status.level(opener)
            here = self.status.sections.get(kind, "")
            status = status or ("decided" if self.plan and here in ("", "cited") else here)
            if status not in ("decided", "proposed") or self._has_own_frame(index):
                continue
            cue = Cue(f"status={status}", frame.trigger.id, "punkt under den som får uppdraget", frame.anchor)
            over = self.document.text[frame.anchor.start : frame.anchor.end]
            if self.rules.grammar("earlier_tasks").search(over):  # "Följande uppdrag bedöms vara genomförda och avslutas:"
                status, cue = "cited", Cue("status=cited", _GIVEN_BEFORE, over[:120], frame.anchor)
            out.append(Found(frame, Verdict(status, None, body, None, None, (cue,)), index, frame.sentence, (frame.sentence,)))
        return out

    def _table_row(self, row: TaskRow) -> Found:
        """A row of a table of tasks, its cells as slots."""
        first = row.cells["task"][0]
        span = Span(self.document.blocks[first].start, self.document.blocks[row.cells["task"][-1]].end)
        self.rows[first] = row
        frame = Frame(
            row.trigger,
            span,
            span,
            "table",
            "past",
            span,
            self._cell_slot(row, "assigner"),
            self._cell_slot(row, "assignee"),
            rules=(row.trigger.id,),
        )
        first_sentence = next(iter(sentences(self.document, self.document.blocks[first], self.rules)), None)
        own = (
            next((f for f in self._frames(first_sentence) if f.assignee is not None and f.voice != "duty"), None)
            if first_sentence
            else None
        )
        if own is not None:
            frame = frame._replace(
                assigner=own.assigner or frame.assigner,
                assignee=own.assignee,
                partners=own.partners,
                task=own.task,
                rules=(row.trigger.id, *own.rules),
            )
        section = self.document.blocks[first].section
        here = self.status.sections.get(self.document.sections[section].kind, "") if section >= 0 else ""
        above = self.document.blocks[row.heading] if row.heading >= 0 else None
        over = self.document.text[above.start : above.end].rstrip() if above is not None and above.section == section else ""
        opened = over.endswith(":") or self.rules.grammar("tasks_given").search(over) is not None
        status = here if opened and here in ("decided", "proposed") else "cited"  # "Bolagen får därutöver följande uppdrag:"
        cue = Cue(f"status={status}", row.trigger.id, "rad i en tabell över uppdrag", span)
        earlier = self._given_before(row)
        done = True if earlier is not None and earlier.effect == "done" else None
        verdict = Verdict(status if earlier is None else "cited", None, None, None, done, (cue,) if earlier is None else (earlier, cue))
        if "given" in row.cells:
            frame = frame._replace(source=self._cells(row, "given"))
        scope = tuple(Span(self.document.blocks[i].start, self.document.blocks[i].end) for i in row.cells.get("deadline", ()))
        return Found(frame, verdict, first, span, scope or (span,))

    def _given_before(self, row: TaskRow) -> Cue | None:
        """What says that a row was given before the document was made: the column with its day, or the heading or sentence above."""
        given = self._cells(row, "given")
        if given is not None and any(c.isdigit() for c in self.document.text[given.start : given.end]):
            return Cue("earlier", _GIVEN_BEFORE, "tabellen säger när uppdraget gavs", given)
        for index in range(row.heading, max(row.heading - 2, -1), -1):
            block = self.document.blocks[index]
            text = self.document.text[block.start : block.end]
            if block.kind is BlockKind.CELL or (block.kind is not BlockKind.HEADING and len(text) > _LEAD):
                break
            match = self.rules.grammar("earlier_tasks").search(text)
            if match is not None and self.rules.grammar("assignment_word").search(text):
                return Cue("done" if match.group("done") else "earlier", _GIVEN_BEFORE, text[:120], Span(block.start, block.end))
        return None

    def _cells(self, row: TaskRow, role: str) -> Span | None:
        """What the cells of a role hold."""
        cells = row.cells.get(role, ())
        return Span(self.document.blocks[cells[0]].start, self.document.blocks[cells[-1]].end) if cells else None

    def _cell_slot(self, row: TaskRow, role: str) -> Slot | None:
        span = self._cells(row, role)
        if span is None:
            return None
        below, above = self.rules.grammar("name_ends_below"), self.rules.grammar("name_begins_above")
        lines = self.document.text[span.start : span.end].split("\n")
        text = lines[0]
        for before, line in pairwise(lines):
            text += f" {line}" if below.match(line) or above.match(before) else f", {line}"
        reference = self.rules.grammar("cell_reference").search(text) if role == "assigner" else None
        if reference is not None:
            text = text[: reference.start()]  # "BUN 2024-05-21 § 58": the body, without when
        clean, _ = self.bodies.partners(" " + text)
        text = clean.strip()
        return Slot(text, Span(span.start, min(span.start + len(text), span.end))) if len(text) > 1 else None

    def _frames(self, sentence: Span) -> list[Frame]:
        return self.finder.find(self.document.text, sentence)

    def _candidate_blocks(self) -> list[int]:
        """Blocks with a trigger, and those right after one that may say when it is reported."""
        text = self.document.text
        carrying, telling = self._blocks_with(self.stems), self._blocks_with(self.telling_stems)
        carrying |= self._retelling
        out: list[int] = []
        near = 0
        for index, block in enumerate(self.document.blocks):
            if block.kind is BlockKind.FURNITURE:
                break
            if (
                index in carrying
                or (index in telling and (self._tells(index) or self._refers(block.start, block.end)))
                or (block.lead_in >= 0 and self._then_told(index))
                or (self._att_point(block) and self.att_reports.search(text, block.start, block.end) is not None)
            ):
                near = 3
                out.append(index)
            elif near > 0 and block.kind in (BlockKind.ITEM, BlockKind.TEXT, BlockKind.CELL):
                near -= 1
                out.append(index)
        return out

    def _only_reports(self, frame: Frame) -> bool:
        """Whether a task is no more than the report on another."""
        return self.deadlines.only_reports.match(self.document.text[frame.task.start : frame.task.end]) is not None

    @property
    def _retelling(self) -> set[int]:
        """The blocks in which "X skulle V" stands."""
        if self._with_should is None:
            self._with_should = self._blocks_with_should()
        return self._with_should

    def _blocks_with_should(self) -> set[int]:
        text, blocks = self.document.text, self.document.blocks
        likely = set()
        for word in self.rules.needed("should_stem"):
            end = -1
            for at in self.rules.landmarks.places(text, word):
                if at >= end:
                    index = bisect_right(self._starts, at) - 1
                    likely.add(index)
                    end = blocks[index].end
        return {
            index
            for index in likely
            if self.should.of(text, blocks[index].start, blocks[index].end)
            and self.should_stem.search(text, blocks[index].start, blocks[index].end + 1)
        }

    def _goes_on(self, found: list[Found], index: int) -> bool:
        """Whether a block is a point of the list in which the last assignment found is one."""
        before, block = (found[-1].block if found else -1), self.document.blocks[index]
        return before >= 0 and block.kind is BlockKind.ITEM and before == index - 1

    def _then_told(self, index: int) -> bool:
        """Whether a point says what somebody should do, under a clause that tells what was decided then ("kontoret skulle prova …")."""
        block, text = self.document.blocks[index], self.document.text
        return (
            self.status.lead_in_rule(index) in self.rules.marked("decided_then")
            and self.status.lead_in_status(index) == "cited"
            and self.rules.grammar("should_word").search(text, block.start, block.end) is not None
        )

    def _att_point(self, block: Block) -> bool:
        """Whether a block is a point that begins with "att", whatever marks it as one ("att X …", "- att X …")."""
        return block.marker == "att" or (
            block.kind in (BlockKind.ITEM, BlockKind.TEXT) and self.att_first.match(self.document.text, block.content) is not None
        )

    def _blocks_with(self, stems: list[SpanShortlist[Pattern]]) -> set[int]:
        """The blocks in which one of the stems stands, by the landmarks that each needs."""
        blocks, text = self.document.blocks, self.document.text
        found: set[int] = set()
        for stem in stems:
            _, regex = stem.rules[0]
            for index in {bisect_left(self._starts, end) - 1 for end in stem.ends(text)} - found:
                match = regex.search(text, blocks[index].start, blocks[index].end + 1)  # the line feed may be the space after "ska"
                if match is not None and match.start() < blocks[index].end:
                    found.add(index)
        return found

    @property
    def meetings(self) -> Meetings:
        """The meetings the document names without a date."""
        if self._meetings is None:
            self._meetings = Meetings(self.document, self.rules, self.dates, self.meta.meeting_from)
        return self._meetings

    def _may_be_duty(self, sentence: Span) -> bool:
        """Whether "… ska redovisas" is looked for in a sentence."""
        text, (start, end) = self.document.text, sentence
        return any(regex.search(text[start:end]) for _, regex in self.duty_stem.of(text, start, end))

    def _refers(self, start: int, end: int) -> bool:
        """Whether what somebody shall do is followed by the decision that said so ("… ska återkomma i maj (KS 2025-02-12 § 33).")."""
        text = self.document.text
        return text.find("§", start, end) >= 0 and self.given_reference.search(text, start, end) is not None

    def _retold_by_reference(self, frame: Frame, index: int) -> Frame:
        """A frame of "X ska V", with the decision that its sentence refers to at its end as its source."""
        match = self.given_reference.search(self.document.text, frame.sentence.start, frame.sentence.end)
        return frame if match is None or self._tells(index) else frame._replace(source=Span(*match.span()), tense="past")

    def _tells(self, index: int) -> bool:
        """Whether a block stands in a decision or a proposal, where "X ska V" tells X to do something."""
        section = self.document.blocks[index].section
        if (self.plan or self.directive) and self._under_tasks(index):
            return True
        if section >= 0 and self.document.sections[section].kind:
            return self.document.sections[section].kind in ("decision", "proposal") or self._decided_above(index)
        return self.news or self.plan or self._decided_above(index)

    def _under_tasks(self, index: int) -> bool:
        """Whether a block stands below a heading that says it holds assignments: "Uppdraget", "4. Särskilda uppdrag 2016–2018"."""
        blocks, rule = self.document.blocks, self.rules.grammar("section_of_tasks")
        over = next(headings_over(self.document, index), None)
        return over is not None and rule.match(self.document.text[blocks[over].content : blocks[over].end]) is not None

    def _decided_above(self, index: int) -> bool:
        """Whether the clause a point completes decides or proposes ("Regionstyrelsen beslutar att:")."""
        return self.document.blocks[index].lead_in >= 0 and self.status.lead_in_status(index) in ("decided", "proposed")

    def _may_tell(self, index: int, sentence: str) -> bool:
        """Whether "X ska V" is looked for in a sentence of a block."""
        if self._tells(index) or ("§" in sentence and self.given_reference.search(sentence) is not None):
            if any(stem.rules[0][1].search(sentence) for stem in self.telling_stems):
                return True
            if self._att_point(self.document.blocks[index]) and self.att_reports.search(sentence):
                return True
        if self.document.blocks[index].lead_in >= 0 and self._then_told(index):
            return True
        return index in self._retelling and self.should_stem.search(sentence) is not None

    def _spoken_of(self, sentence: str, found: list[Found], targets: list[int]) -> list[int]:
        """Of the assignments before a sentence those that it says how to report: the last, all, or those whose points it names
        ("Uppdragen b) och c) ska återrapporteras")."""
        named = self.rules.grammar("points_named").match(sentence)
        if named is not None:
            points = _points(self.rules.grammar("points_joint").sub(",", named.group("points")))
            meant = [at for at in targets if self.document.blocks[found[at].block].marker.strip(".)(") in points]
            if meant:
                return meant
        return targets if self.rules.grammar("plural_tasks").match(sentence) else targets[-1:]

    def _may_follow(self, found: list[Found], targets: list[int], index: int) -> bool:
        before = found[targets[-1]]
        if before.block == index:
            return True
        here, there = self.document.blocks[index], self.document.blocks[before.block]
        if there.section >= 0 and there.section == self._adopted_section(index):
            return True
        between = self.document.blocks[before.block + 1 : index]
        if any(block.kind is BlockKind.HEADING for block in between):
            return False  # "Handläggning": what comes below is another matter
        return here.section == there.section and here.paragraph == there.paragraph and index - before.block <= 6

    def _adopted_section(self, index: int) -> int:
        """The proposal that the decision a block stands in adopts ("enligt förslaget. Utredningen ska vara klar 07-06-30."), or -1."""
        block = self.document.blocks[index]
        if block.section < 0 or block.paragraph not in self.status.adopted:
            return -1
        sections = self.document.sections
        if sections[block.section].kind != "decision":
            return -1
        before = range(block.section - 1, -1, -1)
        return next((s for s in before if sections[s].paragraph == block.paragraph and sections[s].kind == "proposal"), -1)

    def _expand(self, frame: Frame, verdict: Verdict, index: int, used: set[int]) -> list[Found]:
        """One entry a task: list items below, parts of a sentence with their own deadlines, or the sentence itself."""
        document = self.document
        block = document.blocks[index]
        open_ended = (
            frame.voice == "list_head"
            or frame.task.end - frame.task.start < 3
            or document.text[frame.sentence.start : frame.sentence.end].rstrip().endswith(":")
        )
        counted = frame.voice in ("receives", "gives") and frame.task.end - frame.task.start < 3
        last = frame.sentence.end >= block.end - (_THEN_SAID if counted else 1)  # "… sex uppdrag. Läget är följande."
        items = children(document, index) if open_ended and last else []
        own = [i for i in items if self._has_own_frame(i, shall=self._tells(i))]
        if own and ("over_points" not in frame.trigger.marks or len(own) == len(items)):
            return []  # "… kompletteras med följande uppdrag:" over points that each say who is told
        items = self._like_the_first([i for i in items if i not in own and i not in used])
        stopped = counted and document.text[frame.sentence.start : frame.sentence.end].endswith(".")
        if stopped and items and not self._infinitives(items):
            return []  # "Nämnden fick två uppdrag." over points that tell of something else
        if items and "named_in_points" in frame.trigger.marks:
            used.update(items)
            return [entry for i in items if (entry := self._receiver_in_item(frame, verdict, i)) is not None]
        if not items and block.kind is not BlockKind.HEADING and self._only_time(frame):
            items = children(document, index) if frame.sentence.end >= block.end - 1 else []
            open_ended = bool(items)
        each = bool(items) and "only_worded" not in frame.trigger.marks and self._infinitives(items)
        # "… i uppdrag att vid årsstämman besluta om:"
        headed = (
            not self._only_time(frame)
            and frame.task.end - frame.task.start > 5
            and frame.voice != "list_head"
            and not self.rules.grammar("following_measures").match(document.text[frame.task.start : frame.task.end].strip())
        )
        if (
            items
            and not headed
            and (
                ordered(document, items)
                or each
                or (frame.voice == "list_head" and not ordered(document, items) and "unnumbered" in frame.trigger.marks)
            )
        ):
            used.update(items)
            tasks = [(i, self._point_task(i, retold=verdict.status == "cited")) for i in items]
            return [Found(frame._replace(task=task, sentence=frame.sentence), verdict, i, task, (task,)) for i, task in tasks]
        if items:
            used.update(items)
            end = trailing_end(document, items, index)
            task = Span(document.blocks[items[0]].start, end)
            span = Span(frame.sentence.start, end)
            return [Found(frame._replace(task=task), verdict, index, span, (task,))]
        if open_ended and frame.voice == "list_head":
            return []
        if open_ended and frame.task.end - frame.task.start < 3:
            return []
        parts = split(frame, document, self.deadlines, self.dates, self.references)
        if frame.voice == "noun" and not frame.has_task:
            return [Found(frame, verdict, index, frame.sentence, ())]
        if frame.voice == "noun" and frame.anchor.end > frame.task.end:  # "det uppdrag om att V som X fick, redovisas i mars"
            return [Found(frame, verdict, index, frame.sentence, (frame.task, Span(frame.anchor.end, frame.sentence.end)))]
        if frame.voice == "shall" and frame.trigger.tense == "past":  # the day before "att" is that of the decision
            return [Found(p, verdict, index, p.sentence, (Span(_after_subject(p), p.task.end),)) for p in parts]
        if "meeting_before" in frame.trigger.marks:  # the meeting stands before the task
            return [Found(p, verdict, index, p.sentence, (Span(_after_subject(p), p.task.end),)) for p in parts]
        if frame.voice == "shall":  # "Senast den 1 mars ska förvaltningen …": the time may stand before the subject
            return [Found(p, verdict, index, p.sentence, (p.sentence,), whole=frame.task if len(parts) > 1 else None) for p in parts]
        return [Found(p, verdict, index, p.sentence, (p.task,), whole=frame.task if len(parts) > 1 else None) for p in parts]

    def _point_task(self, index: int, *, retold: bool) -> Span:
        """What a point of a list tells to do: all of it, or, where it is retold, up to what it says of how it went."""
        block = self.document.blocks[index]
        whole = Span(block.content, trailing_end(self.document, [index], index))
        outcome = self.rules.grammar("outcome_told")
        told = sentences(self.document, block, self.rules) if retold else ()
        ended = next((s.start for s in told if s.start > whole.start and outcome.match(self.document.text, s.start, s.end)), None)
        return whole if ended is None else Span(whole.start, ended)

    def _like_the_first(self, items: list[int]) -> list[int]:
        """The items up to one that is none of the list: after points that go on a clause, one that is a sentence ("– Det här är …")."""
        text, blocks = self.document.text, self.document.blocks
        if not items or ordered(self.document, items) or not text[blocks[items[0]].content : blocks[items[0]].content + 1].islower():
            return items
        stop = next((n for n, i in enumerate(items) if text[blocks[i].content : blocks[i].content + 1].isupper()), len(items))
        return items[:stop]

    def _only_time(self, frame: Frame) -> bool:
        """Whether what follows "att" is no task but a time alone: "får i uppdrag att under året" over a list."""
        task = self.document.text[frame.task.start : frame.task.end].strip(" :,.\n")
        return bool(self.rules.grammar("only_time").match(task)) if 2 < len(task) < 60 else False

    def _infinitives(self, items: list[int]) -> bool:
        """Whether the items of a list are tasks of their own: each begins with an infinitive."""
        texts = [self.document.text[self.document.blocks[i].content : self.document.blocks[i].content + 80] for i in items]
        return len(items) > 1 and all(self.rules.grammar("infinitive_first").match(text) for text in texts)

    def _receiver_in_item(self, frame: Frame, verdict: Verdict, index: int) -> Found | None:
        """An item that names who is told and what: "miljöchefen att inventera cisterner"."""
        block = self.document.blocks[index]
        match = self.rules.grammar("receiver_then_task").match(self.document.text[block.content : block.end])
        if match is None:
            return None
        to = Slot(match.group("to"), Span(block.content, block.content + match.end("to")))
        task = Span(block.content + match.end(), trailing_end(self.document, [index], index))
        span = Span(block.content, task.end)
        return Found(frame._replace(assignee=to, task=task), verdict, index, span, (task,))

    def _has_own_frame(self, index: int, *, shall: bool = False) -> bool:
        """Whether a point says itself who is told; ``shall``: "X ska V" counts."""
        block = self.document.blocks[index]
        weaker = ("duty",) if shall else ("duty", "shall")
        return any(
            f.assignee is not None and f.voice not in weaker
            for s in sentences(self.document, block, self.rules)[:1]
            for f in self._frames(s)
        )

    # ------------------------------------------------------------------------------------------------------ finishing

    def _finish(self, found: list[Found]) -> tuple[Assignment, ...]:
        out: list[Assignment] = []
        seen: Counter[str] = Counter()
        first_with: dict[tuple[str, int, str], str] = {}
        for number, entry in enumerate(found):
            assignment = self._assignment(entry, out, found[:number])
            if self.plan and entry.frame.voice == "shall" and not self._once(assignment):
                continue
            folded = fold(assignment.text)
            seen[folded] += 1
            key = hashlib.sha256(f"{folded}#{seen[folded]}".encode()).hexdigest()[:16]
            task_key = (
                fold(assignment.task)[:120],
                entry.block and self.document.blocks[entry.block].paragraph,
                ",".join(sorted(p.name.lower() for p in assignment.assignees)),
            )
            duplicate = first_with.get(task_key) if assignment.act == "assignment" else None
            if duplicate is None and assignment.status == "decided" and assignment.assignees and len(task_key[0]) > 12:
                # the decision says more than the proposal ("…, att föreligga senast 2002-10-01"), or less
                duplicate = next(
                    (
                        key_before
                        for (task, *rest), key_before in first_with.items()
                        if tuple(rest) == task_key[1:]
                        and _one_begins_other(task, task_key[0])
                        and any(a.key == key_before and a.status == "proposed" for a in out)
                    ),
                    None,
                )
            if duplicate is None:
                first_with[task_key] = key
            elif assignment.status == "decided":
                # the decision is the row that stands; the proposal printed above it is the copy
                index = next(i for i, a in enumerate(out) if a.key == duplicate)
                if out[index].status == "proposed":
                    out[index] = replace(out[index], duplicate_of=key)
                    first_with[task_key] = key
                    duplicate = None
            out.append(replace(assignment, key=key, duplicate_of=duplicate))
        return tuple(a for a in out if not self._lost(a))

    def _once(self, assignment: Assignment) -> bool:
        """Whether what a plan says that somebody shall do is to be done once, by a day: without one it is a norm or a standing remit."""
        block = self.document.blocks[assignment.block]
        section = self.document.sections[block.section].kind if block.section >= 0 else ""
        if section in ("decision", "proposal") or self._decided_above(assignment.block) or self._under_tasks(assignment.block):
            return True
        if block.kind is BlockKind.ITEM and self._att_point(block):  # "– Att nämnden utreder …", below "Uppdrag 2026"
            over = (self.document.blocks[at] for at in headings_over(self.document, assignment.block))
            if any(self.givers.task_heading.match(self.document.text[h.content : h.end]) for h in over):
                return True
        return any(d.last is not None for d in assignment.deadlines) and all(d.kind != "recurring" for d in assignment.deadlines)

    def _lost(self, assignment: Assignment) -> bool:
        """A proposal in minutes, at the level of the body that meets, that its decision does not hold: kept as refused."""
        block = self.document.blocks[assignment.block]
        section = self.document.sections[block.section] if block.section >= 0 else None
        lost = (
            assignment.status == "proposed"
            and assignment.duplicate_of is None
            and self.meta.kind == "protokoll"
            and section is not None
            and section.kind == "proposal"
            and block.paragraph in self.status.settled
            and not any(c.rule.startswith("status.proposes") for c in assignment.cues)
            and bool(assignment.assigner)
            and assignment.assigner[0].name == self.meta.body
        )
        if lost:
            self.rejected.append(NotAssignment(assignment.span, assignment.text, "förslaget vann inte", "status.settled"))
        return lost

    def _assignment(self, entry: Found, before: list[Assignment], earlier: list[Found]) -> Assignment:
        frame, verdict, document = entry.frame, entry.verdict, self.document
        block: Block = document.blocks[entry.block]
        cues = list(verdict.cues)
        assigner = self.givers.givers(entry, before, cues)
        listed = _LISTED if self.plan else ("list_head",) if self.news or self.directive else ()
        before_it = any(c.rule == _GIVEN_BEFORE for c in cues)  # "Kvarvarande uppdrag från tidigare år"
        if self.plan and frame.voice == "noun" and not before_it:  # "Uppdraget till nämnden att …", below "Uppdrag som avslutas"
            before_it = bool(verdict.done) or self.status.given_before(entry.block) is not None
        if verdict.status == "cited" and assigner and self._is_body(assigner[0].name) and frame.voice in listed and not before_it:
            verdict = verdict._replace(status="decided")  # the plan is the decision
        assignees = self.resolver.parties(frame.assignee, entry.block)
        if "same_as_before" in frame.trigger.marks and before:
            assignees = tuple(replace(p, raw=None, span=None, basis="list") for p in before[-1].assignees)
        if frame.voice == "list_head":
            start = frame.task.start if "heading" in frame.trigger.marks else entry.span.start  # after "Uppdrag 1: "
            own = self.rules.grammar("list_task_subject").match(document.text[start : entry.span.end])
            told = (own.group("who") or own.group("plain")) if own else ""
            if (
                own
                and (self.bodies.type_of(told) or self.bodies.is_short(told))
                and not (assignees and self.bodies.is_short(told) == "company")  # "Bolaget", of its heading
            ):
                at = document.text.index(told, start)
                assignees = self.resolver.parties(Slot(told, Span(at, at + len(told))), entry.block)
        if not assignees and frame.voice == "table" and "assignee" not in self.rows[entry.block].cells:
            over = self.resolver.heading(entry.block)  # "6.1 Regionstyrelsen" over a table without a column of who is told
            if over is not None and all(p.name != over for p in assigner):
                assignees = (Party(over, None, None, "heading"),)
                cues.append(Cue("assignee", "assignee.heading", over))
        reported_by = (
            self.meta.body
            if "heading" in frame.trigger.marks and assigner and frame.assigner is not None and not self._is_body(assigner[0].name)
            else None
        )
        if not assignees and reported_by is not None:
            assignees = (Party(reported_by, None, None, "meeting"),)  # "Uppdrag från kommunfullmäktige", in a board's own plan
            cues.append(Cue("assignee", "resolve.reporting_body", "organet som redovisar uppdraget"))
        if not assignees and frame.voice in ("noun", "list_head") and self.meta.kind != "protokoll":
            names = {p.name for a in before if a.paragraph == block.paragraph for p in a.assignees}
            if len(names) == 1:
                assignees = (Party(names.pop(), None, None, "document"),)
                cues.append(Cue("assignee", "resolve.only_assignee", "den enda som fått uppdrag i dokumentet"))
        if (
            not assignees
            and (frame.voice in ("noun", "table") or "heading" in frame.trigger.marks)
            and self.meta.body
            and assigner
            and assigner[0].name.lower() != self.meta.body.lower()
        ):
            assignees = (Party(self.meta.body, None, None, "meeting"),)
            cues.append(Cue("assignee", "resolve.reporting_body", "organet som redovisar uppdraget"))
        if not assignees and frame.voice == "table":
            addressed = self._addressed(self.rows[entry.block])
            if addressed is not None:
                assignees = self.resolver.parties(addressed, entry.block)
                cues.append(Cue("assignee", "assignee.table_heading", addressed.raw))
        span = entry.span
        for scope in entry.scope[1:]:
            if document.page_of(scope.start) >= 0 and scope.start >= span.end and scope.start - span.end <= 2:
                span = Span(span.start, scope.end)
        partners = tuple(p for slot in frame.partners for p in self.resolver.parties(slot, entry.block))
        deadlines, report_to = self._when_and_to_whom(entry, assigner)
        text = document.printed(span).replace("\n", " ")
        task = document.printed(frame.task).strip(" .,;\n").replace("\n", " ")
        amounts = tuple(within(self.amounts, span))
        origin = self._origin(entry, assigner) if verdict.status == "cited" else None
        confidence, reason = self._confidence(entry, assigner, assignees, deadlines)
        return Assignment(
            "",
            frame.trigger.act,
            verdict.status or "decided",
            span,
            text,
            task,
            frame.task,
            entry.block,
            block.paragraph,
            assigner,
            assignees,
            partners,
            report_to,
            deadlines,
            amounts,
            origin,
            verdict.done,
            None,
            confidence,
            reason,
            tuple(dict.fromkeys([*frame.rules, frame.trigger.id, *(c.rule for c in cues), *entry.follow])),
            tuple(cues),
        )

    def _addressed(self, row: TaskRow) -> Slot | None:
        """Whom what stands above a table says its tasks are for ("Regionstyrelsens uppdrag till regiondirektören")."""
        for index in range(row.heading, max(row.heading - 3, -1), -1):
            block = self.document.blocks[index]
            if block.kind is BlockKind.CELL:
                return None
            text = self.document.text[block.start : block.end].rstrip(" .:")
            told = self.rules.grammar("addressed_at_end").search(text)
            if told is not None and not self.rules.grammar("reported_alike").match(text):
                start = block.start + told.start("to")
                return Slot(told.group("to"), Span(start, start + len(told.group("to"))))
            if block.kind is BlockKind.HEADING:
                return None
        return None

    def _is_body(self, name: str) -> bool:
        """Whether a name is that of the body whose document this is, in full or in short ("Direktionen" of Förbundsdirektionen)."""
        return self.meta.body is not None and self.meta.body.lower().endswith(name.lower())

    # ------------------------------------------------------------------------------------------------ when, to whom

    def _when_and_to_whom(self, entry: Found, assigner: tuple[Party, ...]) -> tuple[tuple[Deadline, ...], tuple[Party, ...]]:
        text = self.document.text
        deadlines: list[Deadline] = []
        parties: list[Party] = []
        in_cell = entry.frame.voice == "table" and "deadline" in self.rows[entry.block].cells
        for scope in self._scopes(entry):
            deadlines += self.deadlines.find(text, scope, self.dates, self.references)
            deadlines += self.meetings.find(scope, told_before=entry.verdict.status == "cited")
            deadlines = [d for d in deadlines if not any(_same_meeting(d, day) for day in deadlines)]
            if in_cell:
                deadlines += self.deadlines.in_cell(text, scope, self.dates, deadlines)
                continue
            named = self.deadlines.together(text, self.deadlines.receivers(text, scope))
            for body in named:
                for name in self.bodies.split(body.raw):
                    resolved, basis = self.resolver.name(name, entry.block)
                    if assigner and self._of_the_giver(name, basis, assigner[0]):
                        resolved, basis = assigner[0].name, "assigner"
                    party = Party(resolved, name, body.span, basis)
                    if all(p.name.lower() != resolved.lower() for p in parties):
                        parties.append(party)
            for short, name in self.resolver.learned.items():
                if (
                    text.find(short, scope.start, scope.end) >= 0
                    and self._reported_to(short, text[scope.start : scope.end])
                    and self.deadlines.reporting.search(text, scope.start, scope.end)
                ):
                    at = text.index(short, scope.start)
                    if all(p.name.lower() != name.lower() for p in parties):
                        parties.append(Party(name, short, Span(at, at + len(short)), "document"))
            if (
                not named
                and assigner
                and (meeting := self.rules.grammar("to_the_meeting").search(text, scope.start, scope.end)) is not None
                and (meeting.group("to") or self.deadlines.reporting.search(text, scope.start, scope.end))
                and all(p.name.lower() != assigner[0].name.lower() for p in parties)
                and self.bodies.type_of(assigner[0].name) != "officer"  # "Ordföranden ger chefen i uppdrag att ta med detta till mötet"
            ):
                parties.append(Party(assigner[0].name, None, None, "assigner"))
        if entry.frame.voice == "table":
            parties += self.resolver.parties(self._cell_slot(self.rows[entry.block], "report_to"), entry.block)
        if entry.said_once is not None:
            own = any(d.kind not in ("vague", "start", "effect", "period") for d in deadlines)
            deadlines += [] if own else self.deadlines.find(text, entry.said_once, self.dates, self.references)
            for body in self.deadlines.receivers(text, entry.said_once) if not parties else ():
                resolved, basis = self.resolver.name(body.raw, entry.block)
                parties.append(Party(resolved, body.raw, body.span, basis))
        if not parties and entry.whole is not None and self.deadlines.reporting.search(text, entry.frame.task.start, entry.frame.task.end):
            # one of several reports in a sentence: where the others all go to one body, so does this
            others = [b for b in self.deadlines.receivers(text, entry.whole) if b.type != "officer"]  # who is kept informed is one's own
            shared = {self.resolver.name(b.raw, entry.block)[0] for b in others}
            if len(shared) == 1:
                parties.append(Party(shared.pop(), None, entry.whole, "sentence"))
        if "follow.time_extended" in entry.follow:
            extended = [d for d in deadlines if d.last is not None and entry.scope[-1].covers(d.span)]
            deadlines = extended or deadlines
        kept: list[Deadline] = []
        for deadline in deadlines:
            if all((d.last, d.kind) != (deadline.last, deadline.kind) or d.last is None for d in kept):
                kept.append(deadline)
        return tuple(kept), tuple(parties)

    def _reported_to(self, short: str, text: str) -> bool:
        """Whether an abbreviation stands where one reported to does."""
        return any(self.rules.grammar("to_short").search(text[: m.start()]) for m in re.finditer(rf"\b{re.escape(short)}\b", text))

    def _of_the_giver(self, name: str, basis: str, giver: Party) -> bool:
        """Whether a short form ("nämnden", "styrelsen") is the body that gives the assignment: where nothing else names it, or where the
        giver is printed in the sentence and is of the same kind."""
        if self.bodies.is_short(name) not in ("board", "assembly", "committee"):
            return False
        if basis == "printed":
            return self.bodies.is_short(name) == "board"
        meant = self.bodies.stands_for(name)
        return giver.basis == "printed" and meant is not None and meant.names.search(giver.name.lower()) is not None

    def _scopes(self, entry: Found) -> list[Span]:
        return list(entry.scope)

    def _origin(self, entry: Found, assigner: tuple[Party, ...]) -> Origin:
        """Where and when it was given, as far as the sentence, its lead-in or the sentences before say."""
        frame = entry.frame
        spans = [frame.source] if frame.source is not None else []
        spans.append(Span(frame.sentence.start, max(frame.anchor.end, frame.sentence.start)))
        spans += [Span(self.document.blocks[i].start, self.document.blocks[i].end) for i in self.status.lead_ins(entry.block)]
        block = self.document.blocks[entry.block]
        spans.append(Span(block.content, frame.sentence.start))
        body = assigner[0].name if assigner else None
        for span in spans:
            if span is None:
                continue
            inside = within(self.references, Span(span.start, span.end + 30))
            cited = [r for r in inside if r.kind == "paragraph"]
            diary = next((r.normalized for r in inside if r.kind == "diary"), None)
            if cited:
                parsed = parse_paragraph_reference(cited[-1], self.dates)
                return Origin(body, parsed.meeting_date, parsed.paragraph, diary, parsed.point)
            day = next((d for d in within(self.dates, span) if d.precision == "day"), None)
            if day is not None:
                return Origin(body, day.first, None, diary, None)
        return Origin(body)

    def _confidence(
        self, entry: Found, assigner: tuple[Party, ...], assignees: tuple[Party, ...], deadlines: tuple[Deadline, ...]
    ) -> tuple[float, str | None]:
        """In [0, 1], from what agreed and what was inferred; and why a person should look, in Swedish."""
        score = 0.97
        reasons: list[str] = []
        if not assignees:
            score -= 0.45
            reasons.append("mottagare saknas")
        for party in assignees:
            if party.raw is not None and self.names.hold(party.raw):
                score += 0.02  # the organisation's folder knows the name
            if not self.bodies.type_of(party.name) and party.basis == "printed":
                score -= 0.12
                if len(party.name) > 70:
                    score -= 0.25
                    reasons.append("mottagaren är oklar")
            if party.basis in ("document", "sentence"):
                score -= 0.08
            if self.bodies.is_short(party.name) and party.basis == "printed" and party.name.lower() in self.bodies.unclear:
                score -= 0.2
                reasons.append("vilket organ som avses är oklart")
        if not assigner:
            score -= 0.2
            reasons.append("uppdragsgivare saknas")
        elif assigner[0].basis in ("document", "list"):
            score -= 0.06
        if any(d.basis in ("document", "unknown") and d.last is not None for d in deadlines):
            score -= 0.08
        if any(d.basis == "unknown" for d in deadlines):
            reasons.append("tidsfristens år är okänt")
        if entry.verdict.status == "cited" and entry.frame.voice not in ("noun",) and self.document.blocks[entry.block].section < 0:
            score -= 0.1
        if entry.frame.trigger.act != "assignment":
            score -= 0.15
        if entry.frame.voice == "shall" or entry.frame.trigger.voice == "headed":
            score -= 0.1  # no word of assigning is printed: where it stands says that it is one
        if len(entry.frame.rules) == 1 and entry.frame.verb is None and entry.frame.voice == "receives":
            score -= 0.2
            reasons.append("verbet saknas i meningen")
        score = max(0.05, min(1.0, round(score, 2)))
        if score < 0.6 and not reasons:
            reasons.append("låg säkerhet")
        return score, "; ".join(dict.fromkeys(reasons)) or None


def _after_subject(frame: Frame) -> int:
    """Where what is said of the one told begins: "nämnden senast den 30 juni ska redovisa"."""
    return min(frame.assignee.span.end, frame.task.start) if frame.assignee is not None else frame.task.start


def _same_meeting(month: Deadline, day: Deadline) -> bool:
    """Whether a day is printed right behind the month of a meeting: "till nämndens septembersammanträde den 23 september"."""
    return (
        month.first is not None
        and day.last is not None
        and month.first != month.last
        and day.first == day.last
        and 0 <= day.span.start - month.span.end <= _BESIDE
        and month.first.month == day.last.month
    )


def fold(text: str) -> str:
    """Letters and digits only, lower case: what two printings of the same words have in common."""
    return "".join(filter(str.isalnum, text.lower()))


def _one_begins_other(one: str, other: str) -> bool:
    return len(one) > 12 and (other.startswith(one) or one.startswith(other))


def _points(printed: str) -> set[str]:
    """The markers a list of points names, commas between them: "2 , 3", "b)–d)"."""
    out: set[str] = set()
    for first, last in re.findall(r"([a-z]|\d{1,2})\)?(?:\s?[-–]\s?([a-z]|\d{1,2})\b)?", printed):
        out.add(first)
        if first.isdigit() and last.isdigit():
            out.update(str(n) for n in range(int(first), int(last) + 1))
        elif last and first.isalpha() and last.isalpha():
            out.update(chr(n) for n in range(ord(first), ord(last) + 1))
    return out


def _memo(rules: Rules, key: str, make: Callable[[], Made]) -> Made:
    if key not in rules.memo:
        rules.memo[key] = make()
    made: Made = rules.memo[key]
    return made
