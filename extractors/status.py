"""Given, proposed or retold: read from the level of the body, the section, the lead-in and the tense, with the cues kept.

The heading decides less than the body's level: a committee that "föreslår att regionstyrelsen beslutar" under "Beslut" has proposed.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from extractors.bodies import Bodies
from extractors.carried import carried
from extractors.forms import labelled_giver
from extractors.frames import Frame, quotation
from extractors.headings import headings_over
from extractors.mentions import sentence_around
from extractors.meta import is_news, is_plan, parse_day
from extractors.model import Block, BlockKind, Cue, Document, Meta, Span
from extractors.sentences import sentences
from rules.ruleset import Rules
from rules.schema import StatusCue
from rules.shortlists import Shortlist, SpanShortlist

_QUOTED_WHOLE = 900
"""Characters around a quotation that its sentence may go on for."""


class Verdict(NamedTuple):
    """Status ("decided", "proposed", "cited") or None with the reason why it is no assignment; the body that decides, where the
    status cue names it; whether it is done; the cues."""

    status: str | None
    reason: str | None
    body: str | None
    body_span: Span | None
    done: bool | None
    cues: tuple[Cue, ...]


@dataclass(frozen=True, slots=True)
class _LeadIn:
    """What the clause above a point says: a status or "", the body that decides as printed and where, and the cue."""

    status: str
    body: str | None
    where: Span | None
    cue: Cue | None


_NOTHING_SAID = _LeadIn("", None, None, None)


class StatusReader:
    """Reads status within one document."""

    def __init__(self, document: Document, meta: Meta, rules: Rules, bodies: Bodies) -> None:
        self.document, self.meta, self.rules, self.bodies = document, meta, rules, bodies
        self.cues = [(c, rules.regex(c)) for c in rules.language.status.cue]
        self.lead_in_cues = _in_spans(rules, "lead_in")
        self.sentence_cues = _in_spans(rules, "sentence")
        self.quotes = [rules.regex(cue) for cue in rules.language.status.cue if "quotes" in cue.marks]
        self.for_the_year, self.own_report = rules.grammar("for_the_year"), rules.grammar("own_part_report")
        self.before_now, self.before_then = rules.grammar("before_now"), rules.grammar("before_then")
        self.news, self.plan = is_news(document, meta, rules), is_plan(document, meta, rules)
        self._clauses: dict[int, _LeadIn | None] = {}
        self.sections = rules.language.status.sections
        self.told_again = rules.marked("told_again")
        self.remits = rules.marked("remit") | {verb.id for verb in rules.language.frames.verb if verb.standing}
        self.tells_then = all(self.sections.get(s.kind) == "none" for s in document.sections)  # minutes told in the past, without headings
        self.adopted = self._decided_as("as_proposed")
        self.refused = self._decided_as("refused")
        self.settled = self._settled()
        self.carried = carried(document, rules)

    def _decided_as(self, status: str) -> dict[int, Span]:
        """The §§ whose decision is only "Enligt förslag" (or only refuses it): their proposals, printed above, are what was decided.
        Further points may stand below "Enligt förslag" ("Enligt tilläggsyrkande från C: 3. …")."""
        found: dict[int, Span] = {}
        cues = _of_sections(self.rules, status)
        for section in self.document.sections:
            if section.kind != "decision":
                continue
            blocks = [b for b in self._blocks_in(section.start, section.end) if b.kind is not BlockKind.HEADING]
            said = [self.document.text[b.content : b.end] for b in blocks[:2]]
            whole = " ".join(said).strip() if len(blocks) <= 2 and section.end - section.start <= 400 else ""
            first = said[0].strip() if said and status == "as_proposed" else ""
            if any(regex.search(text) for text in (whole, first) if text for _, regex in cues.of(text)):
                found[section.paragraph] = Span(section.start, section.end)
        return found

    def _settled(self) -> set[int]:
        """The §§ with a decision of their own that neither adopts nor defers what was proposed: what it leaves out was lost."""
        deferred = _deferred(self.rules)
        out: set[int] = set()
        for section in self.document.sections:
            if section.kind == "decision" and section.paragraph >= 0 and section.paragraph not in self.adopted:
                start = section.start + len(section.heading)
                content = self.document.text[start : section.end]
                cues = deferred.of(self.document.text, start, section.end)
                if len(content.strip()) > 15 and not any(regex.search(content) for _, regex in cues):
                    out.add(section.paragraph)
        return out

    def _blocks_in(self, start: int, end: int) -> list[Block]:
        low = bisect_left(self.document.blocks, start, key=lambda b: b.start)
        high = bisect_left(self.document.blocks, end, key=lambda b: b.start)
        return list(self.document.blocks[low:high])

    def lead_ins(self, block_index: int) -> list[int]:
        """The blocks whose clause a block completes, nearest first."""
        out: list[int] = []
        at = self.document.blocks[block_index].lead_in
        while at >= 0 and at not in out:
            out.append(at)
            at = self.document.blocks[at].lead_in
        return out

    def _said_of(self, sentence: Span, quoted: Span | None) -> Span:
        """What a sentence is told by: the sentence, or, where it is of the wording of an assignment that another one quotes ("Uppdraget ”…
        Nämnden ska V.” från budget 2020 förklaras fullgjort."), that one with all it quotes."""
        if quoted is None or sentence.start <= quoted.start <= quoted.end <= sentence.end:
            return sentence
        whole = Span(*sentence_around(self.document.text, quoted.start, quoted.end + 1, _QUOTED_WHOLE))
        return whole if any(regex.search(self.document.text[slice(*whole)]) for regex in self.quotes) else sentence

    def read(self, frame: Frame, block_index: int) -> Verdict:
        """The verdict on one frame."""
        document = self.document
        block: Block = document.blocks[block_index]
        section = document.sections[block.section] if block.section >= 0 else None
        kind = section.kind if section else ""
        if self.news and kind == "information":
            kind = ""  # "Information från kommunstyrelsen": what all of the page is
        if kind == "statement" and self.meta.kind == "protokoll":
            kind = "note"  # a member's; in a letter it is what the letter says
        quoted = quotation(document.text, frame.anchor.start)
        said = self._said_of(frame.sentence, quoted)
        sentence = document.text[said.start : said.end]
        cues: list[Cue] = []
        done: bool | None = None
        sentence_status = ""
        body: str | None = None
        body_span: Span | None = None
        withdrawn = False
        for cue, regex in self.sentence_cues.of(document.text, *said):
            match = regex.search(sentence)
            if match is None:
                continue
            if "when_decided" in cue.marks and self.meta.meeting_from is not None:
                day = parse_day(match.group(), self.rules)
                if day == self.meta.meeting_from:
                    continue  # "Regionfullmäktige beslutade den 18 november 2025 att …", on the page of that meeting
            span = Span(said.start + match.start(), said.start + match.end())
            if cue.status == "done":
                if frame.voice in ("noun", "list_head") or (quoted is not None and span.start > quoted.end):
                    done = True
                    cues.append(Cue("done", cue.id, "uppdraget förklaras fullgjort", span))
                continue
            if cue.status == "withdrawn":
                withdrawn = True
                cues.append(Cue("withdrawn", cue.id, "uppdraget avförs", span))
                continue
            if cue.status == "cited" and frame.tense == "infinitive" and "told_again" not in cue.marks:
                continue
            if cue.status == "proposed" and match.end() + said.start > max(frame.task.start, frame.anchor.end) and frame.voice != "charged":
                continue
            sentence_status = sentence_status or cue.status
            if match.groupdict().get("proposer"):
                body, body_span = self._proposed_to(match.group("proposer"), sentence), None
            elif match.groupdict().get("body"):
                body, body_span = (
                    match.group("body"),
                    Span(said.start + match.start("body"), said.start + match.end("body")),
                )
            cues.append(Cue(f"status={cue.status}", cue.id, match.group(), span))
        del withdrawn

        lead = self._lead_in(block_index)
        if self._carries(frame, block_index, lead, kind):
            where = self.carried[block.paragraph].where
            cues.append(Cue("status=decided", "status.carried", "beslutet bifaller det som yrkats ovan", where))
            return Verdict("decided", None, self.meta.body, None, done, tuple(cues))
        if lead.status == "asked" and (block.kind is BlockKind.ITEM or frame.tense not in ("past", "perfect")):
            return Verdict(None, "önskemål", None, None, None, (lead.cue,) if lead.cue is not None else ())
        decided_here = self.sections.get(kind) in ("decided", "proposed") or lead.status in ("decided", "proposed")
        if frame.rejected is not None:
            reason, strength = frame.rejected[0].split("|")
            if frame.rejected[1] in self.remits and self._follows_up(frame, block_index):
                strength = ""
            if (
                strength == "strong"
                or (strength == "weak" and not decided_here)
                or (strength == "retold" and (self.sections.get(kind) == "cited" or (not kind and frame.tense == "perfect")))
            ):
                return Verdict(None, reason, None, None, None, (Cue("rejected", frame.rejected[1], reason, frame.sentence),))
        if kind and self.sections.get(kind) == "none":
            return Verdict(
                None,
                _REASONS.get(kind, kind),
                None,
                None,
                None,
                (Cue("rejected", f"section.{kind}", section.heading if section else kind),),
            )
        if frame.voice == "noun":
            if body is None and self.own_report.search(sentence):
                body = self.rules.language.bodies.assembly_in_short  # a board reports on its own part what the assembly gave it
            elif body is None:
                body, body_span = lead.body, lead.where
            if not done and self._closed_above(block_index, cues):
                done = True
            return Verdict(
                "cited",
                None,
                body,
                body_span,
                done,
                (*cues, Cue("status=cited", frame.trigger.id, "återges som tidigare givet uppdrag", frame.anchor)),
            )
        if block.kind is BlockKind.HEADING:
            return Verdict(None, "rubrik", None, None, None, (Cue("rejected", "block.heading", "står i en rubrik"),))
        labelled = labelled_giver(document, self.rules, block_index)
        if labelled is not None:
            cues.append(Cue("status=cited", "grammar.giver_label", labelled.raw, labelled.span))
            return Verdict("cited", None, None, None, done, tuple(cues))

        if self._closed_above(block_index, cues):
            return Verdict("cited", None, lead.body, None, True, tuple(cues))
        clause = document.text[max(frame.sentence.start, frame.anchor.start - 160) : frame.anchor.start]
        own = self.rules.grammar("own_part").search(clause)
        if own is not None and decided_here:
            if self.sections.get(kind) == "proposed":  # what the board is to decide for its own part, as proposed to it
                named = [n for n in self.bodies.find(clause) if n.type in ("board", "assembly", "committee")]
                cues.append(Cue("status=proposed", "status.own_part", "för egen del"))
                return Verdict("proposed", None, named[0].raw if named else None, None, done, tuple(cues))
            cues.append(Cue("status=decided", "status.own_part", "för egen del"))
            return Verdict("decided", None, self.meta.body, None, done, tuple(cues))
        if block.paragraph in self.refused and self.sections.get(kind) == "proposed":
            where = self.refused[block.paragraph]
            return Verdict(None, "avslaget", None, None, None, (Cue("rejected", "status.refused", "förslaget avslogs", where),))
        lead_status, lead_body, lead_span = lead.status, lead.body, lead.where
        if lead.cue is not None:
            cues.append(lead.cue)
        if any(c.rule in self.told_again for c in cues):
            cues.append(Cue("status=cited", frame.trigger.id, "återges som tidigare givet uppdrag", frame.anchor))
            return Verdict("cited", None, body, body_span, done, tuple(cues))
        if sentence_status == "proposed":
            return Verdict("proposed", None, body, body_span, done, tuple(cues))
        if lead_status == "proposed" and self._adopts(block, kind) and lead_body and self._meets(lead_body):
            cues.append(Cue("status=decided", "status.as_proposed", "beslut enligt förslaget ovan", self.adopted[block.paragraph]))
            return Verdict("decided", None, lead_body, lead_span, done, tuple(cues))
        if lead_status == "proposed":
            return Verdict("proposed", None, lead_body, lead_span, done, tuple(cues))
        if lead_status == "cited":
            return Verdict("cited", None, lead_body, lead_span, done, tuple(cues))
        if frame.voice == "list_head":
            return Verdict(
                "cited", None, None, None, done, (*cues, Cue("status=cited", frame.trigger.id, "lista med återgivna uppdrag", frame.anchor))
            )
        by_section = self.sections.get(kind, "")
        past = frame.tense in ("past", "perfect")
        if kind == "proposal" and block.paragraph in self.adopted and lead_status != "proposed":
            cues.append(Cue("status=decided", "status.as_proposed", "beslut enligt förslaget ovan", self.adopted[block.paragraph]))
            return Verdict("decided", None, lead_body, lead_span, done, tuple(cues))
        if by_section == "decided" and section is not None and self._elsewhere(section.heading):
            cues.append(Cue("status=cited", "section.other_body", section.heading))
            return Verdict("cited", None, lead_body, lead_span, done, tuple(cues))
        if by_section == "decided" and self.meta.kind == "presentation":
            cues.append(Cue("status=cited", "kind.presentation", "beslut som återges på en bild"))
            return Verdict("cited", None, lead_body, lead_span, done, tuple(cues))
        if by_section == "decided":
            told_now = self.news and sentence_status != "cited" and not self.before_now.search(sentence)
            if (
                (past and sentence_status == "cited")
                or (frame.tense == "perfect" and not told_now)
                or (past and frame.assigner is not None and self._of_another(frame.assigner.raw))
                or any(c.rule in self.told_again for c in cues)
            ):
                return Verdict("cited", None, body, body_span, done, tuple(cues))
            cues.append(Cue("status=decided", f"section.{kind}", section.heading if section else kind))
            return Verdict("decided", None, lead_body, lead_span, done, tuple(cues))
        if by_section == "proposed" and section is not None and lead_status == "decided" and self._proposes_here(lead, section.heading):
            return Verdict("decided", None, lead_body, lead_span, done, tuple(cues))
        if by_section == "proposed":
            if past and sentence_status == "cited":
                return Verdict("cited", None, body, body_span, done, tuple(cues))
            cues.append(Cue("status=proposed", f"section.{kind}", section.heading if section else kind))
            return Verdict("proposed", None, lead_body, lead_span, done, tuple(cues))
        if past or sentence_status == "cited":
            status = "cited"
            if (
                not kind
                and self.meta.kind in ("okänd", "protokoll")
                and not self.plan
                and sentence_status != "cited"
                and (frame.tense == "past" or (self.news and not self.before_now.search(sentence)))
                and not (self.news and self.before_then.search(sentence))
                and (self.news or self.given_before(block_index) is None)
                and (
                    (
                        not document.sections
                        and self.meta.kind != "protokoll"
                        and not (frame.assigner is not None and self._of_another(frame.assigner.raw))
                    )
                    or (self.tells_then and self._of_this_meeting(frame) and not self._decided_below(block_index))
                    or self.news
                    or (not document.paragraphs and frame.assigner is not None and self._meets(frame.assigner.raw))
                )
            ):
                status = "decided"  # a web page that tells in the past tense what the meeting it is about decided
            cues.append(Cue(f"status={status}", "tense.past", "förfluten tid", frame.verb))
            return Verdict(status, None, body, body_span, done, tuple(cues))
        listing = self.plan or (self.meta.kind == "okänd" and not self.news)
        if listing and lead_status != "decided" and (given := self.given_before(block_index)) is not None:
            return Verdict("cited", None, lead_body, lead_span, done, (*cues, given))
        if frame.assigner is None and not lead_status and told_from_above(self.meta, self.bodies, self.plan, frame):
            cues.append(Cue("status=cited", "kind.plan_of_board", "planens nämnd kan inte själv ha gett uppdraget"))
            return Verdict("cited", None, lead_body, lead_span, done, tuple(cues))
        if by_section == "cited" and self.plan and frame.tense in ("present", "infinitive"):
            cues.append(Cue("status=decided", "kind.plan", "planen är beslutet"))
            return Verdict("decided", None, lead_body, lead_span, done, tuple(cues))
        if by_section == "cited":
            cues.append(Cue("status=cited", f"section.{kind}", section.heading if section else kind))
            return Verdict("cited", None, lead_body, lead_span, done, tuple(cues))
        status = {"presentation": "cited", "tjänsteskrivelse": "proposed", "rapport": "cited", "kallelse": "proposed"}.get(
            self.meta.kind, "decided"
        )
        if lead_status:
            status = lead_status
        cues.append(Cue(f"status={status}", f"kind.{self.meta.kind}", f"dokumentet är {self.meta.kind}"))
        return Verdict(status, None, lead_body, lead_span, done, tuple(cues))

    def given_before(self, block_index: int) -> Cue | None:
        """The heading over a block that says that what it lists was given before the document was made ("Uppdrag som avslutas")."""
        earlier, tasks = self.rules.grammar("earlier_tasks"), self.rules.grammar("assignment_word")
        follows_up = self.rules.grammar("follows_up_tasks")
        for at in headings_over(self.document, block_index):
            heading = self.document.blocks[at]
            text = self.document.text[heading.start : heading.end]
            if follows_up.match(text) is not None or (earlier.search(text) is not None and tasks.search(text) is not None):
                return Cue("status=cited", "grammar.earlier_tasks", text[:120], Span(heading.start, heading.end))
        return None

    def _follows_up(self, frame: Frame, block_index: int) -> bool:
        """Whether what somebody "har i uppdrag att" do is an assignment: below a heading that follows up what was assigned, unless it is
        what they are there for."""
        remit = self.rules.grammar("remit_first").match(self.document.text, frame.task.start, frame.task.end)
        told = [self.bodies.type_of(name) for name in self.bodies.split(frame.assignee.raw)] if frame.assignee is not None else [""]
        ours = all(kind in ("officer", "administration", "board", "committee", "company") for kind in told)  # "Polisen har i uppdrag"
        return remit is None and ours and self.given_before(block_index) is not None

    def _of_this_meeting(self, frame: Frame) -> bool:
        """Whether minutes that tell in the past tense tell of themselves: the board that meets gave it, or no word says that it was given
        before."""
        if frame.assigner is not None:
            return self._meets(frame.assigner.raw)
        return frame.assignee is not None and not self.before_now.search(self.document.text[frame.sentence.start : frame.anchor.start])

    def _of_another(self, raw: str) -> bool:
        """Whether a giver is a body that does not meet here: "Fullmäktige gav styrelsen i uppdrag", in the board's own decision."""
        return self.bodies.type_of(raw) in ("board", "assembly") and self.meta.body is not None and not self._meets(raw)

    def _decided_below(self, block_index: int) -> bool:
        """Whether a line further down in the § opens its decision: what is told above it was before ("Gruppen fick i uppdrag att bereda
        ärendet." / "Direktionen beslutar")."""
        number = self.document.blocks[block_index].paragraph
        for block in self.document.blocks[block_index + 1 :]:
            if block.paragraph != number:
                return False
            line = self.document.text[block.start : block.end].split("\n", 1)[0]
            if any(self.rules.grammar(name).match(line) for name in ("decides_line", "decides_unheaded")):
                return True
        return False

    def _carries(self, frame: Frame, block_index: int, lead: _LeadIn, kind: str) -> bool:
        """Whether the decision of the § carries what is asked for here: a point of the motion, or what its mover moved."""
        block = self.document.blocks[block_index]
        said = self.carried.get(block.paragraph)
        if said is None or self.sections.get(kind) in ("decided", "proposed") or frame.voice in ("noun", "list_head"):
            return False
        above = block.lead_in
        if lead.cue is not None and lead.cue.rule in self.rules.marked("in_motion") and above >= 0:
            return said.holds(sum(1 for b in self.document.blocks[above + 1 : block_index + 1] if b.lead_in == above))
        moved = kind == "motion" or (frame.rejected is not None and frame.rejected[1] in self.rules.marked("moved"))
        clause = self.document.text[frame.sentence.start : frame.anchor.start]
        over = self.document.blocks[above] if above >= 0 else None
        return moved and (said.moved(clause) or (over is not None and said.moved(self.document.text[over.start : over.end])))

    def _proposed_to(self, proposer: str, text: str) -> str | None:
        """Whom a body proposes to that does not say so: the assembly the clause names or the one above it, a committee's board."""
        named = [n for n in self.bodies.find(proposer) if n.type in ("board", "assembly", "committee")]
        if not named or named[-1].type == "assembly":
            return None
        if named[-1].type == "committee":
            owner = self.rules.grammar("committee_of").match(self.meta.body or "")
            return owner.group("owner") if owner is not None else None
        above = [n for n in self.bodies.find(text) if n.type == "assembly"]
        return above[-1].raw if above else self.rules.language.bodies.assembly_in_short

    def _elsewhere(self, heading: str) -> bool:
        """Whether a heading tells of a decision of another body than the one whose document this is ("Beslut i regionstyrelsen …")."""
        if self.meta.body is None or not self.rules.grammar("of_body").search(heading):
            return False
        named = [
            self.bodies.base_form(n.raw).lower()
            for n in self.bodies.find(heading)
            if n.type in ("board", "assembly", "committee") and not self.rules.grammar("plural_group").search(n.raw.lower())
        ]
        return bool(named) and self.meta.body.lower() not in named

    def _adopts(self, block: Block, kind: str) -> bool:
        """Whether the § decides as proposed where a block stands: under a heading of proposals, or in the only telling of the matter."""
        if block.paragraph not in self.adopted:
            return False
        told = kind == "background" and not any(s.kind == "proposal" and s.paragraph == block.paragraph for s in self.document.sections)
        return kind == "proposal" or told

    def _proposes_here(self, lead: _LeadIn, heading: str) -> bool:
        """Whether the points of a lead-in "för egen del" are decided though their heading is that of a proposal: the board that meets
        proposes to another ("Regionstyrelsens förslag till regionfullmäktige"), and what it keeps for itself it decides."""
        if lead.cue is None or lead.cue.rule != "status.own_part":
            return False
        named = [n for n in self.bodies.find(heading) if n.type in ("board", "assembly", "committee")]
        mine = (self.meta.body or "").lower()
        return len(named) > 1 and self.meta.kind == "protokoll" and self.bodies.base_form(named[0].raw).lower() == mine

    def _meets(self, name: str) -> bool:
        """Whether ``name`` is the body these minutes are of, in full or in short."""
        if self.meta.kind != "protokoll" and not self.news:
            return False
        mine = (self.meta.body or "").lower()
        return self.bodies.base_form(name).lower() == mine or bool(self.bodies.is_short(name))

    def _closed_above(self, block_index: int, cues: list[Cue]) -> bool:
        """Whether the point an item hangs on declares what it lists done ("Nedanstående uppdrag (a-c) förklaras fullgjorda.")."""
        for at in self.lead_ins(block_index):
            last = sentences(self.document, self.document.blocks[at], self.rules)[-1:]  # what the points complete
            for cue, regex in self.cues:
                match = regex.search(self.document.text, last[0].start, last[0].end) if last and cue.status == "done" else None
                if match:
                    cues.append(Cue("done", cue.id, "uppdragen ovan förklaras fullgjorda", Span(*match.span())))
                    return True
        return False

    def lead_in_status(self, block_index: int) -> str:
        """What the clauses above a block say its points are: decided, proposed, cited, asked or ""."""
        return self._lead_in(block_index).status

    def lead_in_rule(self, block_index: int) -> str:
        """The rule by which the clauses above a block say what its points are, or ""."""
        cue = self._lead_in(block_index).cue
        return cue.rule if cue is not None else ""

    def level(self, block_index: int) -> tuple[str, str | None]:
        """Status ("" where they say none) and body of what the clauses above a block make of it ("… föreslår att nämnden beslutar")."""
        said = self._lead_in(block_index)
        return said.status, said.body

    def _lead_in(self, block_index: int) -> _LeadIn:
        """What the clauses above say: a proposal to a body, a decision of one, a decision retold."""
        section = self.document.blocks[block_index].section
        for at in self.lead_ins(block_index):
            if self.document.blocks[at].section != section:
                continue
            if at not in self._clauses:
                self._clauses[at] = self._clause(at)
            said = self._clauses[at]
            if said is not None:
                return said
        return _NOTHING_SAID

    def _clause(self, at: int) -> _LeadIn | None:
        """What the clause of one block says of the points that complete it, or None. The points of a list ask the same one."""
        block = self.document.blocks[at]
        text = self.document.text[block.content : block.end]
        for cue, regex in self.lead_in_cues.of(self.document.text, block.content, block.end):
            match = regex.search(text)
            if match is None:
                continue
            groups = match.groupdict()
            key = next((k for k in ("body", "body2", "body3", "body4") if groups.get(k)), "body")
            name = groups.get(key)
            span = Span(block.content + match.start(), block.content + match.end())
            if cue.status == "own_part":
                mine = [n for n in self.bodies.find(text[: match.start()]) if n.type in ("board", "assembly", "committee")]
                other = mine[-1] if mine and (mine[-1].type == "committee" or not self.bodies.is_short(mine[-1].raw)) else None
                body = other.raw if other is not None else self.meta.body or (mine[-1].raw if mine else None)
                return _LeadIn("decided", body, None, Cue("status=decided", cue.id, match.group(), span))
            body, where = None, None
            if name:
                named = [n for n in self.bodies.find(name) if n.type in ("board", "assembly", "committee")]
                if not named and cue.status == "decided" and (not self.meta.body or key == "body2"):
                    named = [n for n in self.bodies.find(name) if n.type == "officer"]  # "Regiondirektören beslutar"
                if not named:
                    continue
                body = named[-1].raw
                where = Span(block.content + match.start(key), block.content + match.end(key))
            status = cue.status
            here = self.document.sections[block.section].kind if block.section >= 0 else ""
            if status == "proposed_before":
                status = "asked" if self.sections.get(here) == "cited" else "proposed"
            if groups.get("proposer"):
                body = self._proposed_to(groups["proposer"], text)
            if status == "cited" and (
                self.sections.get(here) == "decided"
                or (not here and body is not None and self._meets(body) and not any(c.isdigit() for c in text))
                or ((self.news or self.plan) and not self.before_now.search(self.for_the_year.sub("", text)))
            ):
                status = "decided"  # minutes that tell what the meeting they are of decided
            return _LeadIn(status, body, where, Cue(f"status={cue.status}", cue.id, match.group(), span))
        return None


def told_from_above(meta: Meta, bodies: Bodies, plan: bool, frame: Frame) -> bool:
    """Whether the plan of a board retells what the assembly told: the board itself is told, or another board, or all of them."""
    if not plan or meta.body is None or frame.assignee is None or bodies.type_of(meta.body) != "board":
        return False
    told = [name for name in bodies.split(frame.assignee.raw) if bodies.type_of(name) == "board"]
    if bodies.rules.grammar("plain_board").search(meta.body):
        return bool(told)
    return any(bodies.base_form(name).lower() == meta.body.lower() for name in told)


@lru_cache(maxsize=16)
def _in_spans(rules: Rules, scope: str) -> SpanShortlist[StatusCue]:
    """The cues of one scope, made once."""
    return rules.in_spans([cue for cue in rules.language.status.cue if cue.scope == scope])


@lru_cache(maxsize=16)
def _of_sections(rules: Rules, status: str) -> Shortlist[StatusCue]:
    return rules.shortlist([cue for cue in rules.language.status.cue if cue.scope == "section" and cue.status == status])


@lru_cache(maxsize=16)
def _deferred(rules: Rules) -> SpanShortlist[StatusCue]:
    return rules.in_spans([cue for cue in rules.language.status.cue if cue.status == "deferred"])


_REASONS = {
    "motion": "yrkande",
    "motion_order": "propositionsordning",
    "vote": "omröstning",
    "reservation": "reservation",
    "note": "protokollsanteckning",
    "documents": "handlingar",
    "recipients": "sändlista",
    "attendance": "närvaro",
    "conflict": "jäv",
    "signatures": "underskrifter",
    "agenda": "dagordning",
    "contents": "innehåll",
}
