"""Who gives the assignment: printed in its sentence, named by the lead-in it hangs on, by the meeting or heading it stands under, or
the body that meets. What was not printed says from what it was inferred.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import NamedTuple

from extractors.bodies import Bodies, Named
from extractors.forms import labelled_giver
from extractors.frames import Frame, Slot, quotation
from extractors.headings import headings_over, weight
from extractors.mentions import sentence_around
from extractors.model import Assignment, BlockKind, Cue, Document, Meta, Party, Span
from extractors.resolve import Resolver
from extractors.status import Verdict, told_from_above
from extractors.tables import TaskRow
from rules.looks import folded
from rules.ruleset import Rules

_QUOTES = '"”»'
_OPENING = 30
"""Blocks in which a follow-up says whose assignments it is about."""


class Found(NamedTuple):
    """A frame that holds, on its way to an assignment: its verdict, the block it stands in, the span of its text, the spans that may say
    when and to whom (``scope``), and the rules by which later sentences joined it (``follow``)."""

    frame: Frame
    verdict: Verdict
    block: int
    span: Span
    scope: tuple[Span, ...]
    follow: tuple[str, ...] = ()
    whole: Span | None = None  # the task of the whole sentence, where it was cut in several
    said_once: Span | None = None  # the sentence above the table or list that says how all its tasks are reported


class Givers:
    """Resolves assigners within one document. ``rows`` maps the block of a table row to the row; ``plan``: the document is itself the
    decision that gives what it lists."""

    def __init__(
        self, document: Document, meta: Meta, rules: Rules, bodies: Bodies, resolver: Resolver, rows: dict[int, TaskRow], *, plan: bool
    ) -> None:
        self.document, self.meta, self.rules, self.bodies, self.resolver, self.rows = document, meta, rules, bodies, resolver, rows
        self.plan = plan
        self._titled: list[tuple[str, int]] | None = None
        self.task_heading = next(rules.regex(t) for t in rules.language.frames.trigger if "heading" in t.marks)

    def givers(self, entry: Found, before: list[Assignment], cues: list[Cue]) -> tuple[Party, ...]:
        """Printed in the sentence, else the body the lead-in names, the meeting the sentence names, the heading, the one that meets."""
        frame, verdict, document = entry.frame, entry.verdict, self.document
        block = document.blocks[entry.block]
        told_here = frame.assignee.span if frame.assignee is not None else None
        if told_here is not None and frame.assigner is not None and told_here.overlaps(frame.assigner.span):
            frame = frame._replace(assigner=None)  # the same printed words cannot give and be told
        if told_here is not None and verdict.body_span is not None and told_here.overlaps(verdict.body_span):
            verdict = verdict._replace(body=None, body_span=None)
        if frame.assigner is not None:
            parties = tuple(
                p for p in self.resolver.parties(frame.assigner, entry.block) if self.bodies.type_of(p.name) or p.name[:1].isupper()
            )
            if parties:
                return parties
        labelled = labelled_giver(document, self.rules, entry.block) if frame.voice != "table" else None
        if labelled is not None:
            cues.append(Cue("assigner", "grammar.giver_label", labelled.raw, labelled.span))
            return self.resolver.parties(labelled, entry.block)
        sentence = document.text[frame.sentence.start : frame.sentence.end]
        left = sentence[: max(frame.anchor.start - frame.sentence.start, 0)]
        by_decision = self.rules.grammar("by_decision_in").search(sentence) or self.rules.grammar("by_decision_of").search(left)
        if by_decision:
            start = frame.sentence.start + by_decision.start("bodies")
            decided_by = self.resolver.parties(
                Slot(by_decision.group("bodies"), Span(start, start + len(by_decision.group("bodies")))), entry.block
            )
            if decided_by:
                return decided_by
        if frame.voice == "table" and verdict.status == "cited":
            return self._of_table(entry, cues)
        if verdict.body:
            name, basis = (
                (verdict.body, "meeting")
                if verdict.body == self.meta.body
                else self.resolver.name(_last_body(self.bodies, verdict.body), entry.block)
            )
            cues.append(Cue("assigner", "assigner.lead_in", verdict.body, verdict.body_span))
            here = verdict.body_span is not None and frame.sentence.covers(verdict.body_span)
            return (
                Party(name, verdict.body if here else None, verdict.body_span, "lead_in" if basis == "printed" and not here else basis),
            )
        if verdict.status == "cited" and not (
            self.meta.kind == "presentation" and block.section >= 0 and document.sections[block.section].kind == "decision"
        ):
            found = self._of_cited(entry, before, cues)
            if found is not None:
                return found
        before_it = document.text[block.content : frame.sentence.start] if verdict.status == "proposed" else ""
        asked = self.rules.grammar("proposes_to_body").search(before_it) if before_it else None
        if asked is not None:
            name, basis = self.resolver.name(asked.group("body"), entry.block)
            cues.append(Cue("assigner", "assigner.sentence_before", asked.group()))
            return (Party(name, None, None, "sentence" if basis == "printed" else basis),)
        told = [p.name for p in self.resolver.parties(frame.assignee, entry.block)]
        if told_from_above(self.meta, self.bodies, self.plan, frame) or (
            verdict.status == "cited" and self.meta.body is not None and self._is_told(self.meta.body, told)
        ):
            return self._assembly(entry, cues)  # no body tells itself what it was once told
        section = document.sections[block.section] if block.section >= 0 else None
        if section is not None and section.kind == "decision":
            plural = self.rules.grammar("plural_group")
            heading = [
                n
                for n in self.bodies.find(section.heading)
                if n.type in ("board", "assembly", "committee") and not plural.search(n.raw.lower())
            ]
            if heading:
                name, _ = self.resolver.name(heading[0].raw, entry.block)
                cues.append(Cue("assigner", "assigner.section_heading", section.heading))
                return (Party(name, None, None, "heading"),)
        if section is not None and section.kind == "proposal":
            addressed = self.rules.grammar("addressed_heading").search(section.heading)
            named = (
                [n for n in self.bodies.find(addressed.group("body")) if n.type in ("board", "assembly", "committee")] if addressed else []
            )
            if named:
                name, _ = self.resolver.name(named[-1].raw, entry.block)
                cues.append(Cue("assigner", "assigner.section_heading", section.heading))
                return (Party(name, None, None, "heading"),)
        subject = self._deciding_subject(entry)
        if subject is not None:
            cues.append(Cue("assigner", "assigner.list_subject", subject.name, subject.span))
            return (subject,)
        board = self.resolver.heading(entry.block) if not document.paragraphs else None
        if board is not None and frame.assignee is not None and self._serves(frame.assignee.raw):
            cues.append(Cue("assigner", "assigner.heading", board))  # a page of what several boards decided, each under its name
            return (Party(board, None, None, "heading"),)
        if self.meta.body is not None:
            cues.append(Cue("assigner", "assigner.meeting", self.meta.body))
            return (Party(self.meta.body, None, None, "meeting"),)
        if self.meta.kind == "okänd" and before and before[-1].assigner:
            cues.append(Cue("assigner", "assigner.same_list", before[-1].assigner[0].name))  # a page on what one body decided
            return tuple(replace(p, raw=None, span=None, basis="list") for p in before[-1].assigner)
        return ()

    def _is_told(self, body: str, told: list[str]) -> bool:
        """Whether a body is among those told: by its name, or as one of all boards ("samtliga nämnder och styrelser")."""
        every = [name for name in told if self.bodies.quantifier.match(name) and self.bodies.type_of(name) == "board"]
        return len(every) > 1 or body.lower() in {name.lower() for name in told}

    def _serves(self, printed: str) -> bool:
        """Whether all who are told work for a board, so that the board of the heading can have told them."""
        return all(self.bodies.type_of(name) in ("officer", "administration") for name in self.bodies.split(printed))

    def _of_table(self, entry: Found, cues: list[Cue]) -> tuple[Party, ...]:
        """Who gave the tasks of a table: the heading above it, the body its reference names, the sentence above."""
        row = self.rows[entry.block]
        for index in range(row.heading, max(row.heading - 3, -1), -1):
            block = self.document.blocks[index]
            if block.kind is BlockKind.CELL:
                break
            text = self.document.text[block.start : block.end]
            told = self.rules.grammar("told_before")
            giver = next(
                (
                    n
                    for n in self.bodies.find(text)
                    if n.type in ("board", "assembly", "committee") and not told.search(text[: n.span.start])
                ),
                None,
            )
            alone = giver is not None and block.kind is BlockKind.HEADING and self.resolver.heading(index) is not None
            if alone and "assignee" not in row.cells:
                giver = None  # "6.1 Regionstyrelsen": who is told, where no column says so
            if giver is not None and (block.kind is BlockKind.HEADING or self.rules.grammar("assignment_word").search(text)):
                name, _ = self.resolver.name(giver.raw, entry.block)
                where = Span(block.start + giver.span.start, block.start + giver.span.end)
                cues.append(Cue("assigner", "assigner.table_heading", text[:120], where))
                return (Party(name, giver.raw, where, "heading"),)
            if block.kind is BlockKind.HEADING:
                break
        told_by = self._heading_giver(row.heading + 1)
        if told_by is not None:
            cues.append(Cue("assigner", "assigner.task_heading", told_by))
            return (Party(told_by, None, None, "heading"),)
        text = self.document.text[entry.span.start : entry.span.end]
        named = [n for n in self._bodies_in(row.cells.get("given", ())) if n.type in ("board", "assembly")] or [
            n
            for n in self.bodies.find(text)
            if n.type in ("board", "assembly") and re.match(r"\s\d{4}-", text[n.span.end : n.span.end + 6])
        ]
        if named:
            name, _ = self.resolver.name(named[-1].raw, entry.block)
            return (Party(name, named[-1].raw, None, "printed"),)
        for at in row.cells.get("given", ()):
            short = self.document.text[self.document.blocks[at].start : self.document.blocks[at].end].split(" ", 1)[0]
            name, basis = self.resolver.name(short, entry.block) if short.isupper() and short.isalpha() else ("", "printed")
            if basis != "printed":  # "BUN 2024-05-21 § 58", of a board that the document names
                return (Party(name, short, None, basis),)
        return (Party(self.meta.body, None, None, "meeting"),) if self.meta.body else ()

    def _bodies_in(self, cells: tuple[int, ...]) -> list[Named]:
        """The bodies that the cells of a row name."""
        blocks = [self.document.blocks[at] for at in cells]
        return [n for block in blocks for n in self.bodies.find(self.document.text, block.start, block.end)]

    def _of_cited(self, entry: Found, before: list[Assignment], cues: list[Cue]) -> tuple[Party, ...] | None:
        frame, document = entry.frame, self.document
        sentence = document.text[frame.sentence.start : frame.sentence.end]
        if frame.voice == "list_head":
            if "only_worded" in frame.trigger.marks:
                return ()
            block = document.blocks[entry.block]
            head = document.text[max(0, frame.sentence.start - 400) : frame.sentence.end]
            for match in reversed(list(self.rules.grammar("body_decided").finditer(head))):
                named = [n for n in self.bodies.find(match.group("body")) if n.type in ("board", "assembly", "committee")]
                if named:
                    name, _ = self.resolver.name(named[-1].raw, entry.block)
                    cues.append(Cue("assigner", "assigner.sentence_before", match.group()))
                    return (Party(name, named[-1].raw, None, "sentence"),)
            del block
        before_it = sentence[: max(frame.anchor.start - frame.sentence.start, 0) or len(sentence)]
        lower = folded(before_it)
        for turn in ("meeting_of", "decided_in_quotes"):
            if not any(word in lower for word in self.rules.needed(turn)):
                continue
            for match in self.rules.grammar(turn).finditer(before_it):
                named = [n for n in self.bodies.find(match.group("body")) if n.type in ("board", "assembly", "committee")]
                if not named and not self.bodies.is_short(match.group("body").rstrip("s")):
                    continue
                raw = named[-1].raw if named else match.group("body")
                name, basis = self.resolver.name(raw, entry.block)
                start = frame.sentence.start + match.start("body")
                cues.append(Cue("assigner", "assigner.meeting_named", match.group(), Span(start, start + len(raw))))
                return (Party(name, raw, Span(start, start + len(raw)), basis if basis != "printed" else "sentence"),)
        told = {p.name for p in self.resolver.parties(frame.assignee, entry.block)}
        for match in self.rules.grammar("given_in_brackets").finditer(sentence) if "(" in sentence else ():
            name, basis = self.resolver.name(match.group("body"), entry.block)
            if self.bodies.type_of(match.group("body")) in ("board", "assembly", "committee") and name not in told:
                start = frame.sentence.start + match.start("body")
                cues.append(Cue("assigner", "assigner.reference", match.group()))
                return (Party(name, match.group("body"), Span(start, start + len(match.group("body"))), basis),)
        block = document.blocks[entry.block]
        preceding = document.text[block.content : frame.sentence.start]
        matches = list(self.rules.grammar("sentence_before_decided").finditer(preceding))
        if matches:
            raw = matches[-1].group("body")
            name, basis = self.resolver.name(raw, entry.block)
            if self.bodies.type_of(name):
                cues.append(Cue("assigner", "assigner.sentence_before", raw))
                return (Party(name, raw, None, basis),)
        said_before = frame.task.start if frame.voice == "noun" else frame.anchor.start
        plan = self.rules.grammar("given_in_plan")
        beside = self._beside_quotation(entry, cues)
        if beside is not None:
            return beside
        if plan.search(sentence[: max(said_before - frame.sentence.start, 0)]) or plan.search(self._around_quotation(entry)):
            above, basis = self.resolver.name(self.rules.language.bodies.assembly_in_short, entry.block)
            if not self.bodies.is_short(above):
                cues.append(Cue("assigner", "assigner.plan", above))
                return (Party(above, None, None, basis),)
        told_by = self._heading_giver(entry.block)
        if told_by is not None:
            cues.append(Cue("assigner", "assigner.task_heading", told_by))
            return (Party(told_by, None, None, "heading"),)
        heading = self.resolver.heading(entry.block)
        if told_from_above(self.meta, self.bodies, self.plan, frame):
            return self._assembly(entry, cues)
        titled = self._title_giver()
        nearer = titled is not None and heading is not None and heading != self.resolver.heading(titled[1])
        if titled is not None and titled[1] < entry.block and not nearer and titled[0] not in told:
            cues.append(Cue("assigner", "assigner.title", titled[0]))
            return (Party(titled[0], None, None, "document"),)
        if self.plan and self.meta.body is not None:
            cues.append(Cue("assigner", "assigner.plan", self.meta.body))
            return (Party(self.meta.body, None, None, "document"),)
        if heading is not None and heading.lower() in {p.name.lower() for p in self.resolver.parties(frame.assignee, entry.block)}:
            # the tasks of a plan stand under the heading of who is told: they are of the body above
            above, basis = self.resolver.name(self.rules.language.bodies.assembly_in_short, entry.block)
            if not self.bodies.is_short(above):
                cues.append(Cue("assigner", "assigner.above", above))
                return (Party(above, None, None, basis),)
            heading = None
        if heading is not None:
            cues.append(Cue("assigner", "assigner.heading", heading))
            return (Party(heading, None, None, "heading"),)
        if self.meta.kind in ("presentation", "rapport", "okänd") and before and before[-1].assigner and before[-1].status == "cited":
            cues.append(Cue("assigner", "assigner.same_list", before[-1].assigner[0].name))
            return tuple(replace(p, raw=None, span=None, basis="list") for p in before[-1].assigner)
        return None

    def _beside_quotation(self, entry: Found, cues: list[Cue]) -> tuple[Party, ...] | None:
        """Whose an assignment is that a sentence quotes, said before the quotation ("Kommunfullmäktiges uppdrag ”…” förklaras fullgjort")
        or behind it ("”…”, givet av nämnden 2020-05-12 § 33")."""
        text, frame = self.document.text, entry.frame
        quoted = quotation(text, frame.task.start if frame.voice == "noun" else frame.anchor.start)
        if quoted is None:
            return None
        block = self.document.blocks[entry.block]
        before = self.rules.grammar("quoted_of").search(text, block.content, quoted.start)
        behind = self.rules.grammar("quoted_from").match(text, quoted.end, block.end)
        for match in (before, behind):
            named = [] if match is None else self.bodies.find(text, *match.span("by"))
            if named and named[0].type in ("board", "assembly", "committee"):
                name, basis = self.resolver.name(named[0].raw, entry.block)
                cues.append(Cue("assigner", "assigner.quoted", named[0].raw, named[0].span))
                return (Party(name, named[0].raw, named[0].span, basis),)
        return None

    def _around_quotation(self, entry: Found) -> str:
        """What introduces an assignment in quotation marks ("I kommunens budget för 2020 finns följande text:"), or says behind them where
        they are from ("från kommunens budget 2020"), or ""."""
        document, sentence = self.document, entry.frame.sentence
        quoted = quotation(document.text, entry.frame.anchor.start)
        if quoted is not None:
            behind = document.text[quoted.end + 1 : sentence_around(document.text, quoted.end, quoted.end + 1)[1]].strip()
            if behind:
                return behind
        if document.text[sentence.start] not in _QUOTES:
            return ""
        block = document.blocks[entry.block]
        above = document.blocks[entry.block - 1] if entry.block > 0 and sentence.start == block.content else None
        before = document.text[(above or block).content : sentence.start].rstrip()
        return before[max(before.rfind(". "), 0) :] if before.endswith(":") else ""

    def _heading_giver(self, block: int) -> str | None:
        """The body that a heading above says the assignments are from ("Uppdrag från regionfullmäktige")."""
        for index in headings_over(self.document, block):
            above = self.document.blocks[index]
            match = self.task_heading.match(self.document.text[above.content : above.end])
            if match is not None:
                named = match.group("source") or match.group("by") or match.group("of")
                if not named:
                    continue  # "Uppdrag till skolnämnden", below "Kommunfullmäktiges uppdrag"
                if named and self.rules.grammar("plural_group").search(named.lower()):
                    return None  # "Nämndernas uppdrag": theirs to do
                return self.resolver.name(named, block)[0] if named and self.bodies.type_of(named) else None
        return None

    def _assembly(self, entry: Found, cues: list[Cue]) -> tuple[Party, ...]:
        """The assembly above the boards of this document, where it is known."""
        above, basis = self.resolver.name(self.rules.language.bodies.assembly_in_short, entry.block)
        if self.bodies.is_short(above):
            return ()
        cues.append(Cue("assigner", "assigner.above", above))
        return (Party(above, None, None, basis),)

    def _part_begins(self, index: int) -> int:
        """Where the heading right above a block stands, in a section that neither decides nor proposes: what was said over it is of
        another part."""
        document = self.document
        section = document.sections[document.blocks[index].section] if document.blocks[index].section >= 0 else None
        if section is None or section.kind in ("decision", "proposal"):
            return 0
        return next((document.blocks[at].start for at in headings_over(document, index)), 0)

    def _title_giver(self) -> tuple[str, int] | None:
        """Whose assignments a whole document follows up, by its title or by the sentence that opens it, and the block that says so."""
        if self._titled is None:
            self._titled = list(islice(self._titles(), 1))
        return self._titled[0] if self._titled else None

    def _titles(self) -> Iterator[tuple[str, int]]:
        blocks, text = self.document.blocks, self.document.text
        plural = self.rules.grammar("plural_group")
        headings = [(index, b) for index, b in enumerate(blocks[:_OPENING]) if b.kind is BlockKind.HEADING]
        if headings:  # the title: the first of those printed largest
            index, block = max(headings, key=lambda h: (weight(self.document, h[1]), -h[0]))
            match = self.task_heading.match(text[block.content : block.end])
            named = (match.group("of") or match.group("by") or match.group("source") or "") if match is not None else ""
            if named and self.bodies.type_of(named) in ("board", "assembly") and not plural.search(named.lower()):
                yield self.resolver.name(named, index)[0], index
                return
        said = {
            (self.resolver.name(match.group("body"), index)[0], index)
            for index, block in enumerate(blocks[:_OPENING])
            for match in self.rules.grammar("tasks_given_by").finditer(text, block.content, block.end)
        }
        if len(said) == 1:
            yield said.pop()

    def _deciding_subject(self, entry: Found) -> Party | None:
        """The body whose decision the list is: subject of "beslutar" or of the first point ("Regionstyrelsen godkänner rapporten.")."""
        document = self.document
        block = document.blocks[entry.block]
        begins = self._part_begins(entry.block)
        for other in document.blocks[max(0, entry.block - 30) : entry.block + 1]:
            if other.section != block.section or other.paragraph != block.paragraph or block.section < 0 or other.start < begins:
                continue
            if other.kind is BlockKind.HEADING:
                continue
            text = document.text[other.content : min(other.end, other.content + 200)]
            match = self.rules.grammar("deciding_subject").match(text)
            if match is None:
                continue
            named = [n for n in self.bodies.find(match.group("body")) if n.type in ("board", "assembly", "committee")]
            if len(named) == 1 and len(match.group("body")) - len(named[0].raw) < 4:
                name, basis = self.resolver.name(named[0].raw, entry.block)
                if self.bodies.is_short(name):
                    continue  # "Nämnden" that no heading or meeting names
                start = other.content + match.start("body")
                return Party(name, None, Span(start, start + len(named[0].raw)), "list" if basis == "printed" else basis)
        return None


def _last_body(bodies: Bodies, raw: str) -> str:
    named = [n for n in bodies.find(raw) if n.type in ("board", "assembly", "committee")]
    return named[-1].raw if named else raw
