"""Frames: who tells whom to do what, found by Swedish word order.

A *trigger* ("i uppdrag", "uppdrar åt", "kommunfullmäktiges uppdrag … till") carries a frame; its slots are open and bounded by the
closed classes of Swedish, never by a list of bodies. Swedish is a verb-second language: with something fronted the subject stands
between the finite verb and "i uppdrag" ("Vid mötet fick därför regiondirektören i uppdrag att"), otherwise left of the verb
("Kommunstyrelsen får i uppdrag att"). Whether a frame is an assignment, and given, proposed or retold, is for status.py.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from typing import NamedTuple

from extractors.bodies import Bodies
from extractors.model import Span
from rules.expressions import expression
from rules.ruleset import Rules
from rules.schema import RejectionRule, TriggerRule

_DATE_FIRST = expression(r"^(?:[Dd]en\s)?\d|^§|^\d{4}")
_QUOTES = "\"”’'«» "
_MARK, _STOPS = expression('["”“«»]'), " .,;"
_BETWEEN_PARTNERS = 8
_TO_PARTNER = 30
"""Characters between two partners of a list, and from the words before a list to its first."""
_AGAIN = 60
"""Characters from one partner to the end of the words that name the next ("och i nära samverkan med")."""
_QUOTED = 60
"""Characters from the noun that names an assignment to the wording it quotes."""


class Slot(NamedTuple):
    """Text that fills a slot: as printed, and where."""

    raw: str
    span: Span
    genitive: bool = False


class Frame(NamedTuple):
    """One trigger with its slots. ``task`` may be empty where a list below holds it. ``source`` is the text between a noun and its
    task ("2024-06-19 § 261 punkt 2"), where a retold assignment says when it was given."""

    trigger: TriggerRule
    anchor: Span
    sentence: Span
    voice: str
    tense: str
    task: Span
    assigner: Slot | None = None
    assignee: Slot | None = None
    partners: tuple[Slot, ...] = ()
    verb: Span | None = None
    source: Span | None = None
    inverted: bool = False
    has_task: bool = True
    rejected: tuple[str, str] | None = None  # reason, rule
    rules: tuple[str, ...] = ()


def _shifted(frame: Frame, by: int) -> Frame:
    """The frame with its spans moved from the sentence's own coordinates to those of a text it begins at ``by`` in."""
    if by == 0:
        return frame
    return frame._replace(
        anchor=_moved(frame.anchor, by),
        sentence=_moved(frame.sentence, by),
        task=_moved(frame.task, by),
        assigner=_moved_slot(frame.assigner, by) if frame.assigner is not None else None,
        assignee=_moved_slot(frame.assignee, by) if frame.assignee is not None else None,
        partners=tuple([_moved_slot(partner, by) for partner in frame.partners]),
        verb=_moved(frame.verb, by) if frame.verb else None,
        source=_moved(frame.source, by) if frame.source else None,
    )


def _moved(span: Span, by: int) -> Span:
    return Span(span.start + by, span.end + by)


def _moved_slot(slot: Slot, by: int) -> Slot:
    return slot._replace(span=_moved(slot.span, by))


def quotation(text: str, at: int) -> Span | None:
    """The quotation that ``at`` stands in, its marks left out; None where it stands in none, or in one that its block does not end."""
    opened = -1
    for mark in _MARK.finditer(text, text.rfind("\n", 0, at) + 1, at):
        opened = mark.end() if opened < 0 else -1
    if opened < 0:
        return None
    end = text.find("\n", at)
    closing = _MARK.search(text, at, len(text) if end < 0 else end)
    return Span(opened, closing.start()) if closing is not None else None


def _quoted_in(text: str, sentence: Span, match: re.Match[str]) -> Span | None:
    """The part of a sentence that is the quotation a trigger stands in, counted from the sentence, without the stop at its end: no more is
    of the assignment ("Uppdraget ”X får i uppdrag att V.” förklaras fullgjort"). None where it stands in none."""
    quoted = quotation(text, sentence.start + match.start())
    if quoted is None:
        return None
    start, end = max(quoted.start, sentence.start), min(quoted.end, sentence.end)
    while end > start and text[end - 1] in _STOPS:
        end -= 1
    return Span(start - sentence.start, end - sentence.start) if sentence.start + match.end() <= end else None


class FrameFinder:
    """Finds frames under one set of rules."""

    def __init__(self, rules: Rules, bodies: Bodies) -> None:
        language = rules.language
        self.rules, self.bodies = rules, bodies
        self.clause_opener, self.clause_lead = rules.grammar("clause_opener"), rules.grammar("clause_lead")
        self.decides_that, self.date_lead, self.date_tail = (
            rules.grammar("decides_that"),
            rules.grammar("date_lead"),
            rules.grammar("date_tail"),
        )
        self.pronoun, self.relative = rules.grammar("pronoun_object"), rules.grammar("relative_subject")
        self.att, self.task_without_att = rules.grammar("task_att"), rules.grammar("task_without_att")
        self.task_after_source, self.task_after_source_within = map(rules.grammar, ("task_after_source", "task_after_source_within"))
        self.got_from = rules.grammar("got_from")
        self.insertion = rules.grammar("insertion")
        self.unit_word = rules.grammar("unit_word")
        self.triggers = rules.in_spans([t for t in language.frames.trigger if t.voice not in ("table", "headed")])
        self.landmarks = rules.landmarks
        self.needed = frozenset(
            self.landmarks.numbers[n] for t, _ in self.triggers.rules if t.voice not in ("duty", "shall") for n in t.needs
        )
        self.rejections = rules.in_spans(language.frames.rejection)
        order = language.word_order
        self.verbs: dict[str, tuple[str, str, str]] = {}
        for verb in language.frames.verb:
            for form in verb.forms:
                self.verbs.setdefault(form.lower(), (verb.voice, verb.tense, verb.id))
        self.standing = {form for verb in language.frames.verb if verb.standing for form in verb.forms}
        forms = sorted(self.verbs, key=len, reverse=True)
        self.verb = expression(rf"(?<![\wåäö-])(?:{'|'.join(forms)})(?![\wåäö])", re.IGNORECASE)
        self.finite = expression(rf"(?<![\wåäö-])(?:{'|'.join(sorted(order.finite_verbs.words, key=len, reverse=True))})(?![\wåäö])")
        self.auxiliary = expression(rf"(?<![\wåäö-])(?:{'|'.join(sorted(order.auxiliaries.words, key=len, reverse=True))})(?![\wåäö])")
        adverbs = "|".join(re.escape(a) for a in sorted(order.adverbs.words, key=len, reverse=True))
        self.adverb_ends = expression(rf"^(?:,?\s?(?:{adverbs})(?![\wåäö]),?\s?)+|(?:,?\s(?:{adverbs}))+$", re.IGNORECASE)
        prepositions = "|".join(re.escape(p) for p in sorted(order.prepositions.words, key=len, reverse=True))
        self.preposition_first = expression(rf"^(?:{prepositions})(?![\wåäö-])", re.IGNORECASE)
        self.preposition_last = expression(rf"(?<![\wåäö-])(?:{prepositions}) $", re.IGNORECASE)
        self.task_joint, self.given_also = rules.grammar("task_joint"), rules.grammar("given_also")
        self.adverbial_starts = rules.grammar("adverbial_starts")
        self.short_infinitives = "|".join(order.short_infinitives.words)
        self.not_infinitives = frozenset(order.not_infinitives.words)

    # -------------------------------------------------------------------------------------------------------- finding

    def may_hold(self, text: str, sentence: Span) -> bool:
        """Whether a sentence has what some trigger needs."""
        return not self.needed.isdisjoint(self.landmarks.of(text).within(*sentence))

    def find(self, text: str, sentence: Span) -> list[Frame]:
        """The frames of one sentence, in order; a trigger inside the task of the one before it is part of that task."""
        local = text[sentence.start : sentence.end]
        whole = Span(0, len(local))
        found: list[Frame] = []
        rejections: list[tuple[RejectionRule, re.Pattern[str]]] | None = None
        for trigger, regex in self.triggers.of(text, *sentence):
            for match in regex.finditer(local):
                if rejections is None:
                    rejections = self.rejections.of(text, *sentence)
                quoted = _quoted_in(text, sentence, match)
                frame = self._frame(local, quoted or whole, trigger, match)
                if frame is not None:
                    frame = frame._replace(sentence=whole) if quoted is not None else frame
                    found.append(frame if frame.rejected is not None else self._reject(local, frame, rejections))
        if any(f.voice not in ("duty", "shall") for f in found):
            found = [f for f in found if f.voice != "shall"]  # "direktören ska ge förvaltningen i uppdrag": the plainer word holds
        found.sort(key=lambda f: (f.anchor.start, -f.anchor.end))
        return [_shifted(frame, sentence.start) for frame in self._prune(local, found)]

    def is_standing(self, text: str, sentence: Span) -> bool:
        """Whether a sentence tells what a statute or rules of procedure say that somebody shall do."""
        return any(
            "by_statute" in rule.marks and regex.search(text, sentence.start, sentence.end) is not None
            for rule, regex in self.rejections.of(text, *sentence)
        )

    def _prune(self, text: str, found: list[Frame]) -> list[Frame]:
        kept: list[Frame] = []
        for frame in found:
            clash = next((k for k in kept if k.anchor.overlaps(frame.anchor)), None)
            if clash is not None:
                if clash.voice == "list_head" and frame.voice in ("receives", "gives") and frame.assignee is not None:
                    kept[kept.index(clash)] = frame  # "Kommunstyrelsen ger kommunchefen följande uppdrag:" says more
                continue
            quoting = next((k for k in kept if k.rejected is None and self._quotes(text, k, frame)), None)
            if quoting is not None:  # "Fullmäktiges uppdrag 2024-03-03 § 12 ”Nämnden får i uppdrag att V” anses verkställt"
                kept[kept.index(quoting)] = quoting._replace(
                    assignee=frame.assignee or quoting.assignee, partners=frame.partners, task=frame.task
                )
                continue
            outer = next((k for k in kept if k.task.start <= frame.anchor.start < k.task.end and k.rejected is None), None)
            if outer is not None:
                if outer.voice == "noun" and frame.voice in ("receives", "gives", "charges", "charged") and outer.assignee is None:
                    # "redovisningen av uppdraget att kommunstyrelsen får i uppdrag att": one retold assignment, slots from within
                    index = kept.index(outer)
                    kept[index] = outer._replace(assignee=frame.assignee, partners=frame.partners, task=frame.task)
                    continue
                own_clause = self.rules.grammar("opens_clause").search(text[outer.task.start : self._clause_start(frame, outer.task.start)])
                if frame.voice in ("duty", "noun") or not own_clause or frame.trigger.act != "assignment":
                    continue
                if frame.assigner is None and frame.voice == "gives":
                    frame = frame._replace(assigner=outer.assigner)  # "X ger A i uppdrag att … och ger B i uppdrag att …"
                index = kept.index(outer)
                kept[index] = outer._replace(
                    task=Span(outer.task.start, max(outer.task.start, self._clause_start(frame, outer.task.start)))
                )
            kept.append(frame)
        return kept

    def _quotes(self, text: str, outer: Frame, frame: Frame) -> bool:
        """Whether a frame is the wording of an assignment that another names by its noun and then quotes."""
        if outer.voice != "noun" or frame.voice not in ("receives", "gives", "charges", "charged"):
            return False
        between = text[outer.anchor.end : self._clause_start(frame, outer.anchor.end)]
        return len(between) < _QUOTED and self.rules.grammar("quote_opens").search(between) is not None

    def _clause_start(self, frame: Frame, after: int) -> int:
        """Where the clause of a frame begins, as far as its words after ``after`` tell."""
        slots = [s.span.start for s in (frame.assigner, frame.assignee) if s is not None and s.span.start >= after]
        return min([frame.anchor.start, *slots, *([frame.verb.start] if frame.verb else [])])

    def _frame(self, text: str, sentence: Span, trigger: TriggerRule, match: re.Match[str]) -> Frame | None:
        if trigger.voice == "by_verb":
            frame = self._by_verb(text, sentence, trigger, match)
        elif trigger.voice == "charges":
            frame = self._charges(text, sentence, trigger, match)
        elif trigger.voice == "shall":
            frame = self._shall(text, sentence, trigger, match)
        elif trigger.voice == "charged":
            frame = self._charged(text, sentence, trigger, match)
        elif trigger.voice == "noun":
            frame = self._noun(text, sentence, trigger, match)
        elif trigger.voice == "list_head":
            frame = self._list_head(text, sentence, trigger, match)
        else:
            frame = Frame(trigger, Span(*match.span()), sentence, "duty", "present", Span(sentence.start, sentence.end))
        return frame

    def _reject(self, text: str, frame: Frame, rejections: list[tuple[RejectionRule, re.Pattern[str]]]) -> Frame:
        """The frame with the look-alike that it is, if it is one of ``rejections``."""
        sentence = frame.sentence
        for rule, regex in rejections:
            if rule.scope == "clause":
                joint = _last(self.task_joint.finditer(text, sentence.start, frame.anchor.end))
                area = text[joint.end() if joint is not None else sentence.start : sentence.end]
            elif rule.scope == "between":
                low = frame.verb.end if frame.verb else frame.anchor.start
                area = text[low : frame.anchor.start]
            elif rule.scope == "around":
                area = text[max(sentence.start, frame.anchor.start - 40) : min(sentence.end, frame.anchor.end + 30)]
            else:
                area = text[sentence.start : sentence.end]
            match = regex.search(area)
            if match is None:
                continue
            if rule.scope == "sentence" and not rule.anywhere and match.start() + sentence.start > frame.anchor.end + 15:
                continue  # a look-alike further on, inside the task
            if rule.only_retold and rule.scope == "sentence" and match.start() + sentence.start > frame.anchor.start:
                continue  # "har gett chefen i uppdrag att lämna förslag på hur uppdrag ska följas upp"
            strength = "weak" if rule.unless_decided else "retold" if rule.only_retold else "strong"
            if frame.rejected is None or strength == "strong":
                frame = frame._replace(rejected=(f"{rule.reason}|{strength}", rule.id))
            if strength == "strong":
                break
        return frame

    # ------------------------------------------------------------------------------------------------------ by verb

    def _by_verb(self, text: str, sentence: Span, trigger: TriggerRule, match: re.Match[str]) -> Frame | None:
        anchor = Span(match.start("by") if match.groupdict().get("by") else match.start(), match.end())
        left = text[sentence.start : anchor.start]
        verb = _last(self.verb.finditer(left))
        task, partners, to = self._after(text, anchor.end, sentence.end)
        if task is None:
            return None
        if verb is None:
            if "without_verb" not in trigger.marks or not left.strip() or self.finite.search(left):
                return None
            subject = self._slot(text, sentence.start, anchor.start)
            if subject is None:
                return None
            if self.bodies.base_form(subject.raw).lower() != subject.raw.lower() and self.bodies.type_of(subject.raw):
                # "Föreningsnämndens i uppdrag att", a misprint of "Föreningsnämndens uppdrag att"
                owner = subject._replace(genitive=True)
                return Frame(trigger, anchor, sentence, "noun", "past", task, assignee=owner, partners=partners, rules=(trigger.id,))
            return Frame(trigger, anchor, sentence, "receives", "present", task, assignee=subject, partners=partners, rules=(trigger.id,))
        voice, tense, verb_id = self.verbs[verb.group().lower()]
        verb_span = Span(sentence.start + verb.start(), sentence.start + verb.end())
        if anchor.start - verb_span.end > 260:
            return None
        mid = Span(verb_span.end, anchor.start)
        rules = (trigger.id, verb_id)
        by_mid = self.rules.grammar("given_by").match(text[mid.start : mid.end])
        if voice == "receives" and by_mid is not None and self.bodies.find(by_mid.group("by")):
            # "fick av kommunfullmäktige den 12 december 2024 i uppdrag"
            to = Slot(by_mid.group("by"), Span(mid.start + by_mid.start("by"), mid.start + by_mid.end("by")))
            mid = Span(mid.end, mid.end)
        if match.groupdict().get("by"):
            to = Slot(match.group("by"), Span(*match.span("by")), genitive=True)  # "får nämndens uppdrag att"
        got_from = self.got_from.search(text, sentence.start, verb_span.end + 1) if tense == "perfect" and to is None else None
        if got_from is not None and self.bodies.find(got_from.group("by")):
            to = Slot(got_from.group("by"), Span(*got_from.span("by")), genitive=True)  # "har av nämnden fått i uppdrag"
        if voice == "receives":
            asked = self.rules.grammar("asks_to_get").match(text[sentence.start : verb_span.start])
            if asked is not None:
                inverted = False
                assignee, more, _ = self._with_partners(
                    text, self._slot(text, sentence.start + asked.start("to"), sentence.start + asked.end("to")), ()
                )
                granted = self.rules.grammar("granted").search(text, task.start, task.end)
                task = Span(task.start, granted.start()) if granted is not None else task
            else:
                assignee, more, inverted = self._subject(text, sentence, verb_span, mid, tense)
            giver = to if to is not None and (by_mid is not None or to.genitive or text[anchor.end : anchor.end + 4] == " av ") else None
            standing = verb.group().lower() in self.standing and giver is None and not self._decided_when(left)
            if standing and self.rules.grammar("when_given").search(text, verb_span.end, max(task.start, verb_span.end)) is not None:
                standing = False  # "har i uppdrag sedan den 19 februari 2025 att"
            return Frame(
                trigger,
                anchor,
                sentence,
                "receives",
                tense,
                task,
                giver,
                assignee,
                (*more, *partners),
                verb_span,
                inverted=inverted,
                rules=rules,
                rejected=("stående uppdrag|strong", verb_id) if standing else None,
            )
        return self._gives(text, sentence, trigger, anchor, verb_span, mid, tense, task, partners, to, rules)

    def _gives(
        self,
        text: str,
        sentence: Span,
        trigger: TriggerRule,
        anchor: Span,
        verb: Span,
        mid: Span,
        tense: str,
        task: Span,
        partners: tuple[Slot, ...],
        to: Slot | None,
        rules: tuple[str, ...],
    ) -> Frame | None:
        also = self.given_also.search(text, mid.start, mid.end)
        if also is not None:  # "ge VD mandat att teckna avtal samt i uppdrag att"
            mid = Span(mid.start, also.start())
        obj, more = self._object(text, mid)
        assigner: Slot | None = None
        inverted = False
        between = self._between_auxiliary(text, sentence.start, verb.start) if tense == "perfect" else None
        if between is not None:
            assigner, inverted = between, True  # "därför har kommunstyrelsen gett nämnden och bolaget i uppdrag"
        elif tense != "infinitive":
            left = self._left_subject(text, sentence.start, verb.start, perfect=tense == "perfect")
            named = left is not None and (left.raw[:1].isupper() or bool(self.bodies.find(left.raw)))
            if left is not None and named and not self.preposition_first.match(left.raw) and not _DATE_FIRST.match(left.raw):
                assigner = left
            elif obj is not None:
                inside = self.bodies.find(text, obj.span.start, obj.span.end)
                if len(inside) >= 2 and inside[0].span.start <= obj.span.start + 2:
                    # "gav kommunfullmäktige samtliga nämnder i uppgift": giver and assignee side by side after the verb
                    assigner = Slot(inside[0].raw, inside[0].span)
                    obj = self._slot(text, inside[0].span.end, obj.span.end)
                    inverted = True
                elif len(inside) == 1 and to is not None:
                    assigner, obj = Slot(inside[0].raw, inside[0].span), None
        else:
            assigner, tense = self._decider(text, sentence, verb, tense)
        assignee = to if obj is None or not self.bodies.is_party(obj.raw) else obj
        if assignee is None and obj is not None and self.pronoun.fullmatch(obj.raw):
            before = self.bodies.find(text, sentence.start, verb.start)  # "bemyndiga regionstyrelsen och ge den i uppdrag"
            assignee = Slot(before[-1].raw, before[-1].span) if before else None
        return Frame(
            trigger, anchor, sentence, "gives", tense, task, assigner, assignee, (*more, *partners), verb, inverted=inverted, rules=rules
        )

    def _decided_when(self, left: str) -> bool:
        """Whether the words before a verb name the decision: "har, enligt nämndens beslut 2024-12-11 § 101, haft i uppdrag"."""
        by = self.rules.grammar("by_decision_of").search(left) or self.rules.grammar("by_decision_in").search(left)
        return by is not None and self.rules.grammar("when_given").search(left, by.start()) is not None

    def _between_auxiliary(self, text: str, start: int, end: int) -> Slot | None:
        """The body between an auxiliary and the verb at ``end``, where the subject of a perfect stands when something is fronted."""
        auxiliary = _last(self.auxiliary.finditer(text, start, end))
        named = self.bodies.find(text, auxiliary.end(), end) if auxiliary is not None else []
        if auxiliary is None or not named or named[0].span.start > auxiliary.end() + 1:
            return None
        return Slot(named[0].raw, named[0].span)

    def _decider(self, text: str, sentence: Span, verb: Span, tense: str) -> tuple[Slot | None, str]:
        """The subject of "beslutar att" that governs an infinitive ("Nämnden beslutade den 3 maj, § 52, att ge …"), and its tense."""
        governed = _last(self.decides_that.finditer(text, sentence.start, verb.start))
        if governed is None:
            return None, tense
        between = text[governed.start() : verb.start]
        if self.rules.grammar("proposes_between").search(between):
            return None, tense
        if (
            governed.group("inner")
            and self.bodies.find(governed.group("inner").strip())
            and len(self.bodies.find(governed.group("inner").strip())[0].raw) >= len(governed.group("inner").strip()) - 1
        ):
            slot = self._slot(text, *governed.span("inner"))
        else:
            slot = self._left_subject(text, sentence.start, governed.start("verb"))
        if slot is not None and (self.preposition_first.match(slot.raw) or not self.bodies.find(slot.raw)):
            slot = None
        return slot, "past" if governed.group("verb") in ("beslutade", "beslöt", "beslutat") else tense

    def _object(self, text: str, mid: Span) -> tuple[Slot | None, tuple[Slot, ...]]:
        inserted = self.insertion.match(text[mid.start : mid.end])
        slot = self._slot(text, mid.start + inserted.end() if inserted else mid.start, mid.end)
        if slot is None:
            return None, ()
        dated = self.date_lead.match(slot.raw)
        if dated:
            slot = self._slot(text, slot.span.start + dated.end(), slot.span.end)
            if slot is None:
                return None, ()
        if _DATE_FIRST.match(slot.raw) or self.preposition_first.match(slot.raw):
            # "gav den 12 mars 2024, § 41, regiondirektören i uppdrag": the object begins after the adverbials
            named = self.bodies.find(text, slot.span.start, slot.span.end)
            if named:
                slot = self._slot(text, named[0].span.start, slot.span.end)
                if slot is None:
                    return None, ()
        return self._without_partners(text, slot)

    def _subject(self, text: str, sentence: Span, verb: Span, mid: Span, tense: str) -> tuple[Slot | None, tuple[Slot, ...], bool]:
        """The one who receives: between verb and trigger where something is fronted, else left of the verb."""
        inner = self._slot(text, mid.start, mid.end)
        partners: tuple[Slot, ...] = ()
        if inner is not None:
            inner, partners = self._without_partners(text, inner)
        if inner is not None:
            dated = self.date_lead.match(inner.raw + " ")
            if dated:
                inner = self._slot(text, min(inner.span.start + dated.end(), inner.span.end), inner.span.end)
        if (
            inner is not None
            and not self.preposition_first.match(inner.raw)
            and self.bodies.is_party(inner.raw)
            and (len(inner.raw) > 2 or self.bodies.type_of(inner.raw))  # "VD"
        ):
            return inner, partners, True
        if tense == "perfect":
            auxiliary = _last(self.auxiliary.finditer(text, sentence.start, verb.start))
            if auxiliary is not None:
                between = self._slot(text, auxiliary.end(), verb.start)
                if between is not None and not self.preposition_first.match(between.raw):
                    cut = self.adverbial_starts.search(between.raw)
                    raw = between.raw[: cut.start()] if cut else between.raw
                    if self.bodies.is_party(raw):
                        return Slot(raw, Span(between.span.start, between.span.start + len(raw))), partners, True
                slot = self._left_subject(text, sentence.start, auxiliary.start())
                return self._with_partners(text, slot, partners)
        slot = self._left_subject(text, sentence.start, verb.start)
        return self._with_partners(text, slot, partners)

    def _with_partners(self, text: str, slot: Slot | None, partners: tuple[Slot, ...]) -> tuple[Slot | None, tuple[Slot, ...], bool]:
        if slot is None:
            return None, partners, False
        clean, more = self._without_partners(text, slot)
        return clean, (*more, *partners), False

    def _without_partners(self, text: str, slot: Slot) -> tuple[Slot | None, tuple[Slot, ...]]:
        """The slot before its partner phrase, and the partners. A phrase that opens the slot leaves nothing but partners."""
        match = self.bodies.partner.search(" " + slot.raw)
        if match is None:
            return slot, ()
        at = max(match.start() - 1, 0)
        partner = self._slot(text, slot.span.start + match.end() - 1, slot.span.end)
        rest = self._slot(text, slot.span.start, slot.span.start + at) if at else None
        return rest, ((partner,) if partner else ())

    # ---------------------------------------------------------------------------------------------------- left subject

    def _left_subject(self, text: str, start: int, end: int, *, perfect: bool = False) -> Slot | None:
        """The noun phrase that is subject of a verb at ``end``, left of it."""
        if perfect:
            auxiliary = _last(self.auxiliary.finditer(text, start, end))
            if auxiliary is not None:
                end = auxiliary.start()
        relative = self.relative.search(text, start, end) if text.find(" som ", start, end) >= 0 else None
        named = self.bodies.find(text, start, relative.start()) if relative is not None else []
        if relative is not None and named and named[-1].span.end == relative.start():
            return Slot(named[-1].raw, named[-1].span)  # "Hur de används avgörs av direktören, som också har fått i uppdrag"
        clause = self.clause_opener.match(text, start, end)
        low = clause.end() if clause else start
        leading = self.clause_lead.match(text[low:end])
        if leading:
            low += leading.end()
        finite = self.finite.search(text, low, end)
        if finite is not None:
            before = self._slot(text, low, finite.start())
            rest = text[finite.end() : end]
            tail = self.rules.grammar("last_clause").search(rest)
            own = tail.group("own").strip() if tail else ""
            within = self.clause_lead.match(own)
            own = own[within.end() :] if within else own  # "…, § 77, där nämnden"
            if own and not self.preposition_first.match(own) and (self.bodies.type_of(_first_words(own)) or self.bodies.find(own)):
                at = text.rfind(own, finite.end(), end)
                list_start = self._list_start(text, finite.end(), at)
                return self._slot(text, list_start, end)
            if self.rules.grammar("ends_in_joint").search(rest) or not rest.strip():
                if before is None or self.preposition_first.match(before.raw):
                    inner = self.bodies.find(text, finite.end(), end)
                    return Slot(inner[0].raw, inner[0].span) if inner else None
                return before
            if before is not None and not self.preposition_first.match(before.raw) and not self.bodies.find(rest):
                return before
            inside = self.bodies.find(text, finite.end(), end)
            return Slot(inside[-1].raw, inside[-1].span) if inside else before
        slot = self._slot(text, low, end)
        tail = self.date_tail.search(slot.raw) if slot is not None else None
        if slot is not None and tail is not None and tail.start() > 3:
            slot = self._slot(text, slot.span.start, slot.span.start + tail.start())
        if slot is not None and self.rules.grammar("ends_in_joint").search(slot.raw):
            first = next(iter(self.bodies.find(text, slot.span.start, slot.span.end)), None)
            if first is not None and first.span.start == slot.span.start and len(slot.raw) - len(first.raw) > 12:
                return Slot(first.raw, first.span)  # "Arbetsutskottet beredde ärendet den 3 maj och gav då kontoret i uppdrag"
        return slot

    def _list_start(self, text: str, low: int, at: int) -> int:
        """Back over "A, B och " so that a list of subjects after a verb is whole."""
        while True:
            match = self.rules.grammar("name_before").search(text[low:at])
            if match is None:
                return at
            at = low + match.start()

    def _slot(self, text: str, start: int, end: int) -> Slot | None:
        """``text[start:end]`` without adverbs, commas and white space at its ends; None where nothing is left."""
        while start < end and (text[start].isspace() or text[start] in ",;:–" + _QUOTES):
            start += 1
        while end > start and (text[end - 1].isspace() or text[end - 1] in ",;:–-" + _QUOTES):
            end -= 1
        for _ in range(3):
            match = self.adverb_ends.search(text[start:end])
            if match is None or match.start() == match.end():
                break
            if match.start() == 0:
                start += match.end()
            else:
                end = start + match.start()
            while start < end and text[start] in ", ":
                start += 1
            while end > start and text[end - 1] in ", ":
                end -= 1
        return Slot(text[start:end], Span(start, end)) if end > start else None

    # ---------------------------------------------------------------------------------------------------- what follows

    def _after(self, text: str, start: int, end: int) -> tuple[Span | None, tuple[Slot, ...], Slot | None]:
        """The task after a trigger, partners that stand before it, and an assignee after "till"."""
        tail = text[start:end]
        partners: tuple[Slot, ...] = ()
        to: Slot | None = None
        by = self.rules.grammar("by_then_task").match(tail)
        if by:
            giver = Slot(by.group("by"), Span(start + by.start("by"), start + by.end("by")))
            return Span(start + by.end(), end), partners, giver
        given = self.rules.grammar("to_then_task").match(tail)
        if given:
            to = Slot(given.group("to"), Span(start + given.start("to"), start + given.end("to")))
            return Span(start + given.end(), end), partners, to
        att = self.rules.grammar("att_after").search(tail)
        if att is not None and att.start() <= 200:
            before = tail[: att.start()]
            if self.bodies.partner.search(" " + before):
                slot = self._slot(text, start, start + att.start())
                partners = self._without_partners(text, slot)[1] if slot else ()
            elif len(before.strip(" ,;:")) > 90:
                return None, (), None
            return Span(start + att.end(), end), (*partners, *self._task_partners(text, start + att.end(), end)), None
        if not tail.strip(" :;.,") or tail.rstrip().endswith(":") or self.rules.grammar("att_alone").match(tail):
            return Span(end, end), (), None
        first = tail.strip(" ,:").split(" ", 1)[0]
        if re.fullmatch(rf"[a-zåäö]{{2,}}a|{self.short_infinitives}", first) and first not in self.not_infinitives:
            return Span(start + tail.index(first), end), (), None
        if self.bodies.partner.match(" " + tail.strip(" ,")):
            comma = tail.find(",", 3)
            slot = self._slot(text, start, start + comma if comma > 0 else end)
            found = self._without_partners(text, slot)[1] if slot else ()
            return Span(start + (comma + 1 if comma > 0 else 0), end), found, None
        return None, (), None

    def _task_partners(self, text: str, start: int, end: int) -> tuple[Slot, ...]:
        """Partners named where the task begins ("att i samverkan med idrotts- och föreningsnämnden återuppta") or, as bodies, further on
        in its main clause ("att ta fram en plan i dialog med fritidsnämnden")."""
        match = re.match(r"\s?,?\s?", text[start:end])
        low = start + (match.end() if match else 0)
        opener = self.bodies.partner.match(" " + text[low:end])
        if opener is None:
            later = self.bodies.partner_later.search(text, low, end)
            if later is None or self.rules.grammar("clause_begins").search(text, low, later.start()):
                return ()
            return self._partner_list(text, later.end(), end)
        begin = low + opener.end() - 1
        named = list(self._partner_list(text, begin, end))
        if not named:
            words = re.match(
                r"(?:(?:berörda|andra|övriga)\s)?[^,.;:]{3,60}?(?=,|\s(?:[a-zåäö]{2,}(?<!rn)a|" + self.short_infinitives + r")\s)",
                text[begin:end],
            )
            if words:
                match = self.rules.grammar("partner_words").match(words.group())
                raw = match.group() if match else words.group()
                named.append(Slot(raw, Span(begin, begin + len(raw))))
        while named:  # "i samarbete med skolnämnden och i samverkan med civilsamhället"
            at = named[-1].span.end
            again = self.bodies.partner.search(text, at, min(end, at + _AGAIN))
            if again is None or self.rules.grammar("partner_joint").match(text[at : again.start()]) is None:
                break
            further = self._partner_list(text, again.end(), end)
            if not further:
                break
            named += further
        return tuple(named)

    def _partner_list(self, text: str, begin: int, end: int) -> tuple[Slot, ...]:
        """The bodies that a partner phrase lists from ``begin``, with "regionen" or "kommunen" joined to them."""
        named: list[Slot] = []
        at = begin
        for body in self.bodies.find(text, begin, min(end, begin + 400)):
            between = text[at : body.span.start]
            group = self.rules.grammar("partner_group").match(between) if between.strip() else None
            if group is not None:
                named.append(Slot(group.group("who"), Span(at + group.start("who"), at + group.end("who"))))
                at += group.end()
            if body.span.start - at > _BETWEEN_PARTNERS if named else body.span.start - begin > _TO_PARTNER:
                break
            named.append(Slot(body.raw, body.span))
            at = body.span.end
        last = self.rules.grammar("partner_group").match(text[at:end])
        if last is not None and (named or at == begin):
            named.append(Slot(last.group("who"), Span(at + last.start("who"), at + last.end("who"))))
        return tuple(named)

    # ------------------------------------------------------------------------------------------------- the other voices

    def _charges(self, text: str, sentence: Span, trigger: TriggerRule, match: re.Match[str]) -> Frame | None:
        groups = match.groupdict()
        each = "named_in_points" in trigger.marks  # who is told stands in each item below
        if not (groups.get("to") or "").strip() and not each:
            return None
        said = "verb" if groups["verb"] else "verb2"
        verb = Span(*match.span(said))
        word = match.group(said).lower()
        anchor = Span(match.start(), match.end("to"))
        to = self._slot(text, *match.span("to"))
        if to is None and not each:
            return None
        to_clean, partners = self._without_partners(text, to) if to is not None else (None, ())
        assigner: Slot | None = None
        by = self._slot(text, *match.span("by")) if groups.get("by") else None
        passive = word.endswith("s")
        if by is not None and self.bodies.find(by.raw) and not passive:
            assigner = by
        elif word.endswith(("r", "g", "de")):
            left = self._left_subject(text, sentence.start, verb.start)
            if left is not None and not self.preposition_first.match(left.raw):
                assigner = left
        if trigger.act == "exhortation" and passive:
            left = self._left_subject(text, sentence.start, verb.start)
            to_clean = left or to_clean
        tense = "infinitive" if word.endswith("a") else ("past" if word.startswith("uppdrog") or word.endswith("de") else "present")
        if word.endswith("it") or groups.get("perfect"):
            tense, assigner = "perfect", self._left_subject(text, sentence.start, verb.start, perfect=True)
        elif groups.get("past"):
            tense, assigner = "past", self._left_subject(text, sentence.start, verb.start)
        elif said == "verb2":
            tense = "infinitive"
        elif tense == "infinitive" and assigner is None:
            assigner, tense = self._decider(text, sentence, verb, tense)
        if trigger.subjects and not self._asks(to_clean, assigner, tense, trigger):
            return None
        if groups.get("task"):
            task = Span(*match.span("task"))
            if trigger.tense == "past":  # "det uppdrag om att V som X fick av Y"
                source = Span(match.end("verb"), sentence.end)
                return Frame(
                    trigger, Span(*match.span()), sentence, "noun", "past", task, by, to_clean, partners, verb, source, rules=(trigger.id,)
                )
            return Frame(trigger, anchor, sentence, "charges", tense, task, assigner, to_clean, partners, verb, rules=(trigger.id,))
        opens = text[match.start() : match.end()].rstrip().endswith(":") and not text[match.end() : sentence.end].strip()
        stop = sentence.end if opens else match.end()
        task = Span(min(stop, sentence.end), sentence.end)
        partners = (*partners, *self._task_partners(text, task.start, task.end))
        if trigger.tense == "past":  # "det uppdrag som fullmäktige lämnade 06-05-29, § 40, till utskottet att …": a noun, whatever its verb
            assigner = assigner or (self._slot(text, *match.span("by")) if groups.get("by") and not passive else None)
            end = self.rules.grammar("after_task").search(text[task.start : task.end])
            task = Span(task.start, task.start + end.start()) if end else task
            return Frame(trigger, anchor, sentence, "noun", "past", task, assigner, to_clean, partners, verb, anchor, rules=(trigger.id,))
        return Frame(trigger, anchor, sentence, "charges", tense, task, assigner, to_clean, partners, verb, rules=(trigger.id,))

    def _asks(self, to: Slot | None, assigner: Slot | None, tense: str, trigger: TriggerRule) -> bool:
        """Whether asking is telling: a body that decides asks somebody who works under it, in a decision ("att be förvaltningen …") or
        as its subject; what an association or a person asks for is a wish."""
        if to is None or not all(self._may_be_told(name, trigger) for name in self.bodies.split(to.raw)):
            return False
        if assigner is None:
            return tense == "infinitive"
        named = self.bodies.find(assigner.raw)
        return bool(named) and all(n.type in ("board", "assembly", "committee") for n in named) and not self._of_its_rank(to, assigner)

    def _of_its_rank(self, to: Slot, assigner: Slot) -> bool:
        """Whether a board that has no say over other boards asks one of them."""
        told = [self.bodies.type_of(name) for name in self.bodies.split(to.raw)]
        return self.rules.grammar("plain_board").search(assigner.raw) is not None and any(kind in ("board", "assembly") for kind in told)

    def _charged(self, text: str, sentence: Span, trigger: TriggerRule, match: re.Match[str]) -> Frame | None:
        verb = Span(*match.span("verb"))
        groups = match.groupdict()
        perfect = bool(groups.get("perfect"))  # "har uppdragits", "har ombetts"
        if groups.get("to"):
            assignee: Slot | None = self._slot(text, *match.span("to"))
            partners: tuple[Slot, ...] = ()
        else:
            assignee, partners, _ = self._with_partners(text, self._left_subject(text, sentence.start, verb.start, perfect=perfect), ())
            proposes = self.rules.grammar("proposes_first").match(assignee.raw) if assignee is not None else None
            if trigger.act == "follow_up" and assignee is not None and proposes is not None:
                assignee = self._slot(text, assignee.span.start + proposes.end(), assignee.span.end)
        task = Span(match.end(), sentence.end)
        tense = "past" if match.group("verb").endswith(("ogs", "ades")) else "perfect" if perfect else "present"
        got_from = self.got_from.search(text, sentence.start, verb.end + 1) if perfect else None
        by = self._slot(text, *match.span("by")) if groups.get("by") else None
        assigner = by if by is not None and self.bodies.find(by.raw) else None
        if got_from is not None and self.bodies.find(got_from.group("by")):
            assigner = Slot(got_from.group("by"), Span(*got_from.span("by")))  # "har av nämnden ombetts att"
        return Frame(
            trigger,
            Span(verb.start, match.end()),
            sentence,
            "charged",
            tense,
            task,
            assigner,
            assignee,
            partners,
            verb,
            rules=(trigger.id,),
        )

    def _shall(self, text: str, sentence: Span, trigger: TriggerRule, match: re.Match[str]) -> Frame | None:
        """ "X ska V" in a decision: X is told, if it is somebody who can be."""
        to = self._slot(text, *match.span("to"))
        if to is not None and "same_as_before" in trigger.marks:
            verb = Span(*match.span("verb"))
            task = Span(verb.end + 1, sentence.end)
            return Frame(trigger, Span(*match.span()), sentence, "shall", "present", task, None, to, (), verb, rules=(trigger.id,))
        if to is None or self.preposition_first.match(to.raw) or not self.bodies.is_party(to.raw):
            return None
        cut = self.adverbial_starts.search(to.raw)  # "förbundschefen till direktionens möte i maj ska"
        head = self._slot(text, to.span.start, to.span.start + cut.start()) if cut is not None else None
        if (
            cut is not None
            and head is not None  # "gatuenheten omgående, dock senast i maj, ska"
            and self.bodies.type_of(head.raw)
            and not self.bodies.partner.search(" " + to.raw)
            and not any(n.span.start <= cut.start() < n.span.end for n in self.bodies.find(to.raw))
        ):
            to = head
        to, partners = self._without_partners(text, to)
        names = self.bodies.split(to.raw) if to is not None else []
        if to is None or not names or not all(self._may_be_told(name, trigger) for name in names):
            return None
        verb = Span(*match.span("verb"))
        groups = match.groupdict()
        by = self._slot(text, *match.span("by")) if groups.get("by") else None
        assigner = by or (self._decider(text, sentence, verb, "past")[0] if trigger.tense == "past" else None)
        if (
            by is not None
            and "by_a_board" in trigger.marks
            and (not any(n.type in ("board", "assembly", "committee") for n in self.bodies.find(by.raw)) or self._of_its_rank(to, by))
        ):
            return None  # "Revisorerna har begärt att …"
        if assigner is None and "by_somebody" in trigger.marks:
            return None  # "Regionen har beslutat att låta …": no body of this organisation
        start = verb.start if "verb_in_task" in trigger.marks else verb.end + 1
        if to.span.start > verb.end:  # "låta chefen utreda", "det åligger chefen att utreda"
            joint = self.att.match(text, to.span.end)
            start = joint.end() if joint is not None else min(to.span.end + 1, sentence.end)
        task = Span(start, sentence.end)
        if "tasks_in_points" in trigger.marks:
            task = Span(sentence.end, sentence.end)  # each point below is a task
        return Frame(
            trigger, Span(*match.span()), sentence, "shall", trigger.tense, task, assigner, to, partners, verb, rules=(trigger.id,)
        )

    def _may_be_told(self, name: str, trigger: TriggerRule) -> bool:
        """Whether a name is of a kind that a trigger tells: by its head, or a unit called by what it does ("elevhälsan")."""
        kind = self.bodies.type_of(name) or self.bodies.is_short(name) or ("administration" if self.unit_word.match(name) else "")
        return kind in trigger.subjects and not name.endswith("s")

    def _noun(self, text: str, sentence: Span, trigger: TriggerRule, match: re.Match[str]) -> Frame | None:
        """ "A:s uppdrag DATE § N till X att V", "X:s uppdrag, givet av A DATE § N, att V", "uppdraget att V"."""
        after = text[match.end() : sentence.end]
        joint = self._task_joint(text, match, sentence.end)
        given_by = self.rules.grammar("noun_giver").search(after)
        if joint is None and given_by is None and not self.rules.grammar("closing_verb").search(after):
            return None
        if joint is not None and joint.start - match.end() > 330:
            return None
        joined = text[joint.start : joint.end].strip(" ,") if joint is not None else ""
        if not joined and self.rules.grammar("noun_among_others").match(after):
            return None  # "återrapportering av X:s uppdrag till Y, några rapporter samt en lägesbeskrivning antecknas": it tells no task
        source = Span(match.end(), joint.start if joint else match.end() + min(len(after), 120))
        between = text[match.start() : source.end]
        to_match = self.rules.grammar("noun_receiver").search(between)
        to = None
        if to_match is not None:
            to = self._slot(text, match.start() + to_match.start("to"), match.start() + to_match.end("to"))
        giver = self.rules.grammar("noun_giver").search(between)
        if giver is not None and not self.bodies.find(giver.group("by")):
            giver = None  # "givet i budget 2024" names no giver
        if to is not None:
            to = self._slot(
                text,
                to.span.start,
                to.span.start + len(self.rules.grammar("receiver_ends").split(to.raw)[0]),
            )
        dated_tail = self.date_tail.search(to.raw) if to is not None else None
        if to is not None and dated_tail is not None and dated_tail.start() > 3:
            to = self._slot(text, to.span.start, to.span.start + dated_tail.start())  # "uppdraget till nämnden från 2024-09-10, § 71"
        more: tuple[Slot, ...] = ()
        if to is not None:
            to, more = self._without_partners(text, to)
        owner = self._genitive_owner(text, sentence.start, match.start()) if "after_owner" in trigger.marks else None
        dated = self.rules.grammar("when_given").search(between)
        assigner: Slot | None = None
        assignee = to
        if giver is not None and self.bodies.find(giver.group("by")):
            assigner = self._slot(text, match.start() + giver.start("by"), match.start() + giver.end("by"))
            assignee = to or owner
        elif owner is not None and (
            to is not None or (dated is not None and giver is None) or self.bodies.type_of(owner.raw) == "assembly"
        ):
            assigner = owner
        elif owner is not None:
            if to is None and giver is None and not self.bodies.type_of(owner.raw) and not self.bodies.find(owner.raw):
                return None  # "Familjehemmens uppdrag att": what somebody is there for, who is no body of an organisation
            assignee = to or owner
        # what follows the task proper ("…, antecknas och förklaras fullgjort") is not the task
        start = joint.end if joint else match.end()
        end = self.rules.grammar("after_task").search(text[start : sentence.end])
        task = Span(start, start + end.start() if end else sentence.end) if joint else Span(sentence.start, sentence.end)
        quoted = quotation(text, start) if joint else None
        if quoted is not None and quoted.end < task.end:
            task = Span(start, start + len(text[start : quoted.end].rstrip(_STOPS)))  # "Uppdraget ”att V”, givet av A, förklaras fullgjort"
        return Frame(
            trigger,
            Span(*match.span()),
            sentence,
            "noun",
            "past",
            task,
            assigner,
            assignee,
            (*more, *self._task_partners(text, task.start, task.end)),
            source=source,
            has_task=joint is not None,
            rules=(trigger.id,),
        )

    def _task_joint(self, text: str, match: re.Match[str], end: int) -> Span | None:
        """What joins a noun to its task: "att", or nothing but white space where it is left out after the one told ("uppdrag till
        socialnämnden inkludera unga") or the decision that gave it ("uppdrag, givet 2022-05-19 § 22, upprätta en plan")."""
        att = self.att.search(text, match.end(), end)
        before = att.start() if att else end
        given = self.task_after_source.search(text, match.end(), before)
        if given is None and att is None:
            given = self.task_after_source_within.search(text, match.end(), before)
        if given is not None:
            return Span(*given.span("joint"))
        for body in self.bodies.find(text, match.start(), before) if before - match.end() > 24 else ():
            bare = self.task_without_att.match(text[body.span.end : before])
            if bare is not None and text[: body.span.start].endswith(("till ", "åt ")):
                return Span(body.span.end, body.span.end + bare.end())
        return Span(*att.span()) if att else None

    def _genitive_owner(self, text: str, start: int, end: int) -> Slot | None:
        """The genitive phrase right before "uppdrag": "kommunfullmäktiges", "socialnämnd Centrums", "samtliga nämnder och styrelsers"."""
        area = text[start:end].rstrip()
        area = self.rules.grammar("task_at_end").sub("", area)
        cut = 0
        for match in self.rules.grammar("reporting_noun").finditer(area):
            cut = match.end()
        for match in self.rules.grammar("att_verb").finditer(area, cut):
            cut = match.end()  # "att förlänga skolnämndens uppdrag"
        slot = self._slot(text, start + cut, start + len(area))
        leading = self.preposition_first.match(slot.raw) if slot is not None else None
        if slot is not None and leading:
            slot = self._slot(text, slot.span.start + leading.end(), slot.span.end)
        if slot is None or len(slot.raw) > 220 or not (slot.raw.endswith("s") or self.rules.grammar("task_given").match(text[end:])):
            return None
        named = self.bodies.find(text, slot.span.start, slot.span.end)
        last = named[-1] if named and named[-1].span.end >= slot.span.end - 1 else None
        if self.finite.search(slot.raw):
            return Slot(last.raw, last.span) if last is not None else None
        if last is not None and self.preposition_last.search(text, slot.span.start, last.span.start) is not None:
            return Slot(last.raw, last.span, genitive=True)  # "Planen bygger på kommunfullmäktiges uppdrag"
        return slot._replace(genitive=True)

    def _list_head(self, text: str, sentence: Span, trigger: TriggerRule, match: re.Match[str]) -> Frame | None:
        told = next((name for name in ("to", "told") if match.groupdict().get(name)), None)
        to = self._slot(text, *match.span(told)) if told is not None else None
        return Frame(
            trigger, Span(*match.span()), sentence, "list_head", "past", Span(sentence.end, sentence.end), None, to, rules=(trigger.id,)
        )


def _last(matches: Iterator[re.Match[str]]) -> re.Match[str] | None:
    found = deque(matches, maxlen=1)
    return found[0] if found else None


def _first_words(text: str) -> str:
    return text.split(",")[0]
