"""What became of assignments: reported, noted, approved, closed, withdrawn, given more time. From sentences and headings.

The printed forms are data (rules/sv/reports.toml). A sentence that tells of an assignment itself ("Redovisning av kommunfullmäktiges
uppdrag 2022-10-06 § 10 … förklaras fullgjort") belongs to that one; one that only says "rapporten" belongs to what the same § or letter
reports on; one whose § says no more than its heading stands alone and is tied to its assignment by number and wording, elsewhere.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from extractors.bodies import Bodies
from extractors.mentions import within
from extractors.model import Assignment, Block, BlockKind, DateMention, Document, Meta, Reference, Report, Span
from extractors.references import parse_paragraph_reference
from extractors.sentences import sentences
from extractors.status import StatusReader
from extractors.wording import Wording
from rules.expressions import expression
from rules.ruleset import Rules
from rules.schema import Pattern, ReportRule, expand

SHARED_WORDS = 0.4
"""How much of an assignment's words a sentence shares that says it is not finished yet."""


class _Grammar:
    """The compiled rules of reports, made once."""

    def __init__(self, rules: Rules) -> None:
        file = rules.language.reports
        self.rules = rules.in_spans(file.rule)
        self.stem = expression("|".join(map(re.escape, file.stem)))
        self.stems = frozenset(rules.landmarks.numbers[stem] for stem in file.stem)
        macros = rules.language.macros

        def one(patterns: Sequence[Pattern]) -> re.Pattern[str]:
            return expression("|".join(f"(?:{expand(p.pattern, macros)})" for p in patterns), re.IGNORECASE)

        self.subject, self.not_subject, self.matter = one(file.subject), one(file.not_subject), one(file.matter)
        self.in_part, self.definite, self.task_word = one(file.in_part), one(file.definite), one(file.task_word)
        self.request = one(file.request)


@lru_cache(maxsize=8)
def _grammar(rules: Rules) -> _Grammar:
    return _Grammar(rules)


class _Place(NamedTuple):
    """A sentence where it stands: status of what it says there, body at whose level, heading of its § or letter."""

    block: int
    sentence: Span
    status: str
    body: str | None
    heading: str


class _Finder:
    def __init__(
        self,
        document: Document,
        meta: Meta,
        rules: Rules,
        bodies: Bodies,
        status: StatusReader,
        assignments: Sequence[Assignment],
        references: Sequence[Reference],
        dates: Sequence[DateMention],
    ) -> None:
        self.document, self.meta, self.rules, self.bodies, self.status = document, meta, rules, bodies, status
        self.references, self.dates = tuple(references), tuple(dates)
        self.grammar = _grammar(rules)
        self.wording = Wording.of(rules)
        self.assignments = [(n, a) for n, a in enumerate(assignments) if a.act == "assignment" and a.duplicate_of is None]
        self.told: dict[int, int] = {}  # stretch → the assignment it last told the report of
        self.found: list[Report] = []
        self.headings = [n for n, b in enumerate(document.blocks) if b.kind is BlockKind.HEADING]
        self.seen: set[tuple[str, int | None, int]] = set()

    def find(self) -> tuple[Report, ...]:
        document, text = self.document, self.document.text
        starts = [b.start for b in document.blocks]
        blocks = sorted({bisect_left(starts, end) - 1 for end in self.rules.landmarks.of(text).ends_of(self.grammar.stems)})
        for index in blocks:
            block = document.blocks[index] if index >= 0 else None
            if block is None or block.kind in (BlockKind.FURNITURE, BlockKind.NAME_LIST, BlockKind.HEADING):
                continue
            level = self._level(index, block)
            if level is None:
                continue
            for sentence in sentences(document, block, self.rules):
                if self.grammar.stem.search(text, sentence.start, sentence.end):
                    self._sentence(_Place(index, sentence, level[0], level[1], self._heading(block)))
        self._declared_done_above()
        unfinished = {r.assignment for r in self.found if r.rule == "report.interim.goes_on"}
        kept = [r for r in self.found if r.kind != "reported" or r.assignment not in unfinished or r.rule == "report.told"]
        return tuple(sorted(kept, key=lambda r: (r.span.start, r.kind, -1 if r.assignment is None else r.assignment)))

    def _declared_done_above(self) -> None:
        """Points of a list whose head declares them all done ("Nedanstående uppdrag förklaras fullgjorda:")."""
        closed = {r.assignment for r in self.found if r.kind in ("closed", "not_closed")}
        rule = next(r for r, _ in self.grammar.rules.rules if r.kind == "closed")
        for number, assignment in self.assignments:
            if assignment.done and number not in closed:
                block = self.document.blocks[assignment.block]
                status, body = self._level(assignment.block, block) or ("cited", None)
                place = _Place(assignment.block, assignment.span, status, body, self._heading(block))
                day, basis = self._own_day("cited" if status == "cited" else "meeting", place, None)
                self._put(rule, place, "closed", status, assignment.text, (number, assignment), day, basis)
                heads = [self.document.blocks[at] for at in self.status.lead_ins(assignment.block)]
                self.found = [r for r in self.found if r.assignment is not None or not any(b.start <= r.span.start < b.end for b in heads)]

    def _level(self, index: int, block: Block) -> tuple[str, str | None] | None:
        """Status and body of what a block says in the present tense; None where nothing said counts (motions, votes, lists)."""
        section = self.document.sections[block.section] if block.section >= 0 else None
        said = self.status.sections.get(section.kind, "") if section is not None else ""
        if said == "none":
            return None
        status, body = self.status.level(index)
        if status == "asked":
            return None  # what somebody else was asked for is not what became of it
        if status == "proposed":
            return "proposed", body or self.meta.body
        if said == "cited" or status == "cited":
            return "cited", body
        if said == "proposed":
            if block.paragraph in self.status.adopted:
                return "decided", self.meta.body
            if self.meta.kind == "protokoll" and block.paragraph in self.status.settled:
                return "proposed", body or self.meta.body
            return "proposed", body or self.meta.body
        if said == "decided" or status == "decided":
            return "decided", body or self.meta.body
        usual = {"presentation": "cited", "tjänsteskrivelse": "proposed", "rapport": "cited", "kallelse": "proposed"}
        return usual.get(self.meta.kind, "decided"), body or self.meta.body

    def _heading(self, block: Block) -> str:
        if 0 <= block.paragraph < len(self.document.paragraphs):
            return self.document.paragraphs[block.paragraph].heading
        return self.meta.title or ""

    def _sentence(self, place: _Place) -> None:
        text = self.document.text[place.sentence.start : place.sentence.end]
        if self.grammar.not_subject.search(text):
            return
        told_here = [
            (n, a)
            for n, a in self.assignments
            if a.span.overlaps(place.sentence) or (a.block == place.block and a.task_span.overlaps(place.sentence))
        ]
        given_here = [(n, a) for n, a in told_here if a.status != "cited"]
        own = [(n, a) for n, a in told_here if a.status == "cited"]
        subject = bool(own) or self.grammar.subject.search(text) is not None
        matter = self.grammar.matter.search(place.heading) is not None
        for rule, regex in self.grammar.rules.of(self.document.text, *place.sentence):
            if (
                rule.tense == "present"
                and rule.kind in ("noted", "approved")
                and place.status == "cited"
                and self.status.level(place.block)[0] != "cited"
            ):
                continue  # in a background the present tense tells of habits; a point under "beslutade styrelsen:" is retold in it
            if rule.about == "report" and not subject and not matter:
                continue
            match = regex.search(text)
            if match is None:
                continue
            at = place.sentence.start + match.start()
            if given_here and not own and any(a.span.start <= at < a.span.end for _, a in given_here):
                continue  # "… får i uppdrag att återkomma …": the task, not what became of it
            if rule.about == "wording":
                self._goes_on(rule, place, text)
                continue
            self._add(rule, place, text, match, own, matter)

    def _goes_on(self, rule: ReportRule, place: _Place, text: str) -> None:
        """A sentence that says of what an assignment asks for that it is not there yet."""
        cited = [(n, a) for n, a in self.assignments if a.status == "cited"]
        scored = sorted(((self.wording.likeness(a.task, text).of_first, -n, a) for n, a in cited), key=lambda s: s[:2], reverse=True)
        if scored and scored[0][0] >= SHARED_WORDS:
            number = -scored[0][1]
            self._put(rule, place, rule.kind, "cited", text, (number, scored[0][2]), *self._own_day("cited", place, None))

    def _add(
        self, rule: ReportRule, place: _Place, text: str, match: re.Match[str], own: list[tuple[int, Assignment]], matter: bool
    ) -> None:
        retold = rule.tense == "past" or place.status == "cited"
        status = "cited" if retold or rule.tense == "noun" else place.status
        if status == "decided" and self.grammar.request.search(text, 0, match.start()):
            status = "proposed"
        kind = rule.kind
        if rule.id == "report.presented" and self.grammar.in_part.search(text):
            kind = "reported_in_part"
        day, basis = self._own_day("cited" if retold else "meeting", place, place.sentence.start + match.end() if retold else None)
        stretch = self._stretch(place.block)
        if own:
            for one in own:
                self._put(rule, place, kind, status, text, one, day, basis)
                if kind in ("reported", "reported_in_part"):
                    self.told[stretch] = one[0]
            return
        in_part = self.grammar.in_part.search(text) or self.grammar.in_part.search(place.heading)
        spoken = self.grammar.definite.search(text) is not None and kind in ("noted", "approved", "closed")
        if spoken or kind == "deadline_moved":
            targets = self._spoken_of(place, retold, stretch, matter or self.meta.kind == "tjänsteskrivelse")
            for one in targets:
                self._put(rule, place, kind, status, text, one, day, basis)
                if not retold and spoken and (in_part or self.meta.kind == "tjänsteskrivelse"):
                    self._put(rule, place, "reported_in_part" if in_part else "reported", "cited", text, one, day, basis)
            if targets:
                return
        if not retold and (matter or self.grammar.task_word.search(text)):
            self._put(rule, place, kind, status, text, None, day, basis)
            if in_part and kind in ("noted", "approved"):
                self._put(rule, place, "reported_in_part", "cited", text, None, day, basis)

    def _spoken_of(self, place: _Place, retold: bool, stretch: int, matter: bool) -> list[tuple[int, Assignment]]:
        """The assignments that "rapporten" reports on: retold, the one last told of under the same heading; else those the § or the
        letter cites that the body at this level has given, or, where the § is a report, the one it cites or its heading names."""
        if retold:
            number = self.told.get(stretch)
            return [(n, a) for n, a in self.assignments if n == number]
        paragraph = self.document.blocks[place.block].paragraph
        cited = [(n, a) for n, a in self.assignments if a.status == "cited" and a.paragraph == paragraph]
        body = self.bodies.base_form(place.body or self.meta.body or "").lower()
        given = [(n, a) for n, a in cited if body and any(self.bodies.base_form(p.name).lower() == body for p in a.assigner)]
        if given or not matter:
            return given
        places = {(a.origin.meeting_date, a.origin.paragraph, a.origin.point) for _, a in cited if a.origin and a.origin.meeting_date}
        if cited and len(places) <= 1:
            return [next((one for one in cited if one[1].origin and one[1].origin.meeting_date), cited[0])]
        named = [one for one in cited if self.wording.likeness(one[1].task, place.heading).score >= SHARED_WORDS]
        return named[:1]

    def _stretch(self, index: int) -> int:
        """The last heading before a block: what stands under one heading speaks of one thing."""
        at = bisect_right(self.headings, index)
        return self.headings[at - 1] if at else 0

    def _own_day(self, basis: str, place: _Place, before: int | None) -> tuple[date | None, str]:
        """When it happened: of what is retold the day of the meeting that the sentence, or one before it under the heading, names."""
        if basis == "meeting":
            day = self.meta.meeting_from
            return day, "meeting" if day is not None else "unknown"
        start = self.document.blocks[self._stretch(place.block)].start
        named = [
            r
            for r in within(self.references, Span(start, before if before is not None else place.sentence.end))
            if r.kind in ("paragraph", "meeting")
        ]
        for reference in reversed(named):
            day = next((d.last for d in self.dates if d.span.overlaps(reference.span) and d.precision in ("day", "day_range")), None)
            if day is not None:
                return day, "printed"
        return None, "unknown"

    def _put(
        self,
        rule: ReportRule,
        place: _Place,
        kind: str,
        status: str,
        text: str,
        of: tuple[int, Assignment] | None,
        day: date | None,
        basis: str,
    ) -> None:
        number = of[0] if of is not None else None
        if (kind, number, place.sentence.start) in self.seen:
            return
        self.seen.add((kind, number, place.sentence.start))
        block = self.document.blocks[place.block]
        inside = within(self.references, place.sentence)
        cited = next((r for r in inside if r.kind == "paragraph"), None) if of is None else None
        parsed = parse_paragraph_reference(cited, self.dates) if cited is not None else None
        diary = next((r.normalized for r in inside if r.kind == "diary"), None)
        deadline = self._new_deadline(place) if kind == "deadline_moved" else None
        body = place.body if status != "cited" else (of[1].assigner[0].name if of is not None and of[1].assigner else place.body)
        self.found.append(
            Report(
                kind,
                status,
                place.sentence,
                " ".join(text.split()),
                place.heading if self.grammar.task_word.search(text) is None else " ".join(text.split()),
                rule.id,
                self.bodies.base_form(body) if body else None,
                day,
                basis,
                block.paragraph,
                number,
                diary,
                self._body_before(cited) if cited is not None else None,
                parsed.meeting_date if parsed else None,
                parsed.paragraph if parsed else None,
                parsed.point if parsed else None,
                deadline.first if deadline else None,
                deadline.last if deadline else None,
                deadline.raw if deadline else None,
            )
        )

    def _body_before(self, reference: Reference) -> str | None:
        """The board named before a § in its sentence: "Kommunfullmäktiges uppdrag 2022-10-06 § 10"."""
        low = max(self.document.text.rfind("\n", 0, reference.span.start) + 1, reference.span.start - 80)
        named = [
            n for n in self.bodies.find(self.document.text[low : reference.span.start]) if n.type in ("board", "assembly", "committee")
        ]
        return self.bodies.base_form(named[-1].raw) if named else None

    def _new_deadline(self, place: _Place) -> DateMention | None:
        """The last day the sentence names, or the rest of its block, that is no day of a meeting cited and lies ahead."""
        block = self.document.blocks[place.block]
        for span in (place.sentence, Span(place.sentence.end, block.end)):
            inside = [
                d
                for d in within(self.dates, span)
                if d.last is not None
                and (self.meta.meeting_from is None or d.last > self.meta.meeting_from)
                and not any(r.kind in ("paragraph", "diary") and r.span.overlaps(d.span) for r in self.references)
            ]
            if inside:
                return inside[-1]
        return None


def find_reports(
    document: Document,
    meta: Meta,
    rules: Rules,
    bodies: Bodies,
    status: StatusReader,
    assignments: Sequence[Assignment],
    references: Iterable[Reference],
    dates: Iterable[DateMention],
) -> tuple[Report, ...]:
    """Every sentence that tells what became of an assignment, in text order; one sentence may tell several things.

    "Redovisning av kommunfullmäktiges uppdrag 2022-10-06 § 10 …, antecknas och förklaras fullgjort." gives reported, noted and closed,
    all of that assignment, with the status of the place they stand in: a board that proposes this to the assembly has not decided it.
    """
    return _Finder(document, meta, rules, bodies, status, assignments, tuple(references), tuple(dates)).find()
