"""Deadlines and receivers of reports: in the task itself, in the sentences after it, or in a point of their own.

A date is a deadline because of what stands before it ("senast", "vid nämndens sammanträde i"), or because a reporting verb rules its
clause. Start dates, lease terms, version dates and the months of figures are none. An event ("i samband med delårsbokslutet per
augusti") stays an event.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

from extractors.bodies import Bodies, Named
from extractors.mentions import overlapping, within
from extractors.model import DateMention, Deadline, Reference, Span
from rules.expressions import expression
from rules.ruleset import Rules
from rules.schema import DeadlineRule
from rules.shortlists import Shortlist, SpanShortlist

_BESIDE = 16
"""Characters from "i god tid" to what it is before: "i god tid före sommaren"."""
_MEETING_BY_MONTH = "date.month_of_meeting"
_BARE = ("quarter", "season", "half")
"""Precisions of what may stand without a preposition: "redovisas hösten 2026"."""
_CLAUSE = expression(r"[.;:]\s|\n")


class DeadlineFinder:
    """Reads deadlines and receivers within spans of one text."""

    def __init__(self, rules: Rules, bodies: Bodies) -> None:
        file = rules.language.deadlines
        self.bodies, self.grammar = bodies, rules.grammar
        self.before_it, self.own_clause = rules.grammar("before_it"), rules.grammar("own_clause")
        self.fronted_time, self.only_reports = rules.grammar("fronted_time"), rules.grammar("only_reports")
        self.task_with_time, self.and_to = rules.grammar("task_with_time"), rules.grammar("and_to")
        self.process_name, self.during_process = rules.grammar("process_name"), rules.grammar("during_process")
        self.tasks_parted, self.next_task = rules.grammar("tasks_parted"), rules.grammar("next_task")
        self.task_on_line = rules.grammar("task_on_line")
        self.then_a_day = rules.grammar("then_a_day")
        self.weekday, self.sends = rules.grammar("weekday_before"), rules.grammar("sends")
        self.joins_receiver = rules.grammar("joins_receiver")
        self.only_time, self.to_hand = rules.grammar("only_time"), rules.grammar("to_hand")
        self.gives_somebody, self.something_given = rules.grammar("gives_somebody"), rules.grammar("something_given")
        self.joint_at_end = rules.grammar("joint_at_end")
        self.moved, self.latest_lead, self.extra_meeting = (
            rules.grammar("moved_from"),
            rules.grammar("latest_lead"),
            rules.grammar("extra_meeting"),
        )
        before = [(r, expression(r.compiled(rules.language.macros).pattern, re.IGNORECASE)) for r in file.rule if r.how == "before"]
        self.before = Shortlist(before)
        self.plain = next(r for r, _ in before if r.id == "deadline.plain")
        self.whole = rules.in_spans([r for r in file.rule if r.how == "whole"])
        self.to_body = [rules.regex(r) for r in file.report_to]
        self.meeting_word = [rules.regex(r) for r in file.meeting_word]
        self.follow_on = rules.in_spans(file.follow_on)
        self.completion = rules.regex(file.completion)
        self.direct = rules.regex(file.direct_verb)
        self.weak, self.report_object = rules.regex(file.weak_verb), rules.regex(file.report_object)
        self.interim, self.final = rules.regex(file.interim), rules.regex(file.final)
        verbs = sorted(rules.language.word_order.reporting_verbs.words, key=len, reverse=True)
        self.reporting = expression(rf"(?<![\wåäö])(?:{'|'.join(verbs)})(?![\wåäö])", re.IGNORECASE)
        self.may_report = SpanShortlist([("reporting", self.reporting)], rules.landmarks)

    def follows_on(self, text: str, span: Span) -> str | None:
        """The rule by which a sentence says when and where the assignment before it is reported; None where it says something else."""
        rules = self.follow_on.of(text, *span)
        if not rules:
            return None
        sentence = text[span.start : span.end]
        if sentence.startswith(("att ", "Att ")):
            sentence = sentence[4:]  # a point of its own: "att undersökningen ska återredovisas …"
        sentence = sentence[:1].upper() + sentence[1:]
        return next((rule.id for rule, regex in rules if regex.search(sentence)), None)

    def find(self, text: str, span: Span, dates: tuple[DateMention, ...], references: tuple[Reference, ...]) -> list[Deadline]:
        """The deadlines in ``text[span]``, in order of place."""
        found: list[Deadline] = []
        for rule, regex in self.whole.of(text, *span):
            for match in regex.finditer(text, span.start, span.end):
                place = Span(*match.span())
                if any(d.span.overlaps(place) for d in found):
                    continue
                inner = next((d for d in within(dates, place)), None)
                kind: str = rule.kind
                first, last, precision, basis = None, None, kind, "printed"
                if rule.kind == "recurring" and inner is not None:
                    first, last, basis = inner.first, inner.last, inner.basis
                if (
                    rule.kind == "event"
                    and inner is not None
                    and inner.precision in ("month_end", "day", "month")
                    and inner.last is not None
                ):
                    first, basis, precision = inner.last, inner.basis, inner.precision
                    if self._reports(text, span, place):
                        kind = self._report_kind(text, span, place)
                found.append(Deadline(place, match.group(), kind, first, last, precision, basis, rule.id))
        for mention in within(dates, span):
            if any(d.span.overlaps(mention.span) for d in found):
                continue
            deadline = self._dated(text, span, mention, references)
            joined = found[-1] if found and self.grammar("and_also").match(text[found[-1].span.end : mention.span.start]) else None
            if joined is not None and joined.last is not None and (deadline is None or deadline.kind == "window"):
                first = mention.first if joined.first is not None else None
                deadline = replace(
                    joined,
                    span=mention.span,
                    raw=mention.raw,
                    first=first,
                    last=mention.last,
                    precision=mention.precision,
                    basis=mention.basis,
                )
            if deadline is not None:
                found.append(deadline)
        current = [d for d in found if not self.moved.search(text[span.start : d.span.start])]
        if current and len(current) < len(found) and any(d.last is not None for d in current):
            found = current  # "… skulle besvaras senast i maj, ska besvaras senast i december": the later word holds
        if any(d.kind == "due" for d in found):  # "senast den 15 maj, i god tid före badsäsongen": the day says it
            idle = [d.span for d in found if d.kind == "vague" and self.grammar("in_good_time").match(d.raw)]
            found = [d for d in found if not any(i.start <= d.span.start < i.end + _BESIDE for i in idle)] if len(found) > 2 else found
            found = [d for d in found if d.span not in idle]
        if any(d.kind == "recurring" for d in found):  # "att veckovis under juni–augusti rapportera": while it lasts, no last day
            found = [d for d in found if d.kind != "report" or d.first == d.last or d.precision == "month"]
        return sorted(found, key=lambda d: d.span)

    def in_cell(self, text: str, span: Span, dates: tuple[DateMention, ...], found: list[Deadline]) -> list[Deadline]:
        """The dates of a cell whose column is headed "Tidsfrist": each is a deadline, whatever stands before it."""
        return [
            Deadline(d.span, d.raw, "due", None, d.last, d.precision, d.basis, "deadline.column")
            for d in within(dates, span)
            if d.last is not None and not any(f.span.overlaps(d.span) for f in found)
        ] or (
            []
            if found
            or not re.search(r"[\wåäö]{3}", text[span.start : span.end])
            or self.grammar("no_day_set").match(text[span.start : span.end])
            else [Deadline(span, text[span.start : span.end], "event", None, None, "event", "printed", "deadline.column")]
        )

    def _dated(self, text: str, span: Span, mention: DateMention, references: tuple[Reference, ...]) -> Deadline | None:
        low = max(span.start, mention.span.start - 110)
        before = text[low : mention.span.start]
        inside = self.grammar("own_preposition").match(mention.raw)
        if inside:  # the mention took its preposition with it
            before += inside.group()
        weekday = self.weekday.search(before)
        before = before[: weekday.start()] + "den " if weekday else before
        if mention.precision == "month_end" or mention.precision == "impossible":
            return None
        after = text[mention.span.end : mention.span.end + 12]
        if re.match(r",?\s(?:§|\d{1,3},)", after) or any(
            r.kind in ("paragraph", "diary", "law", "printed_matter") and r.span.overlaps(mention.span)
            for r in overlapping(references, mention.span)
        ):
            return None
        rule = next((r for r, regex in self.before.of(before) if regex.search(before)), None)
        bare = rule is None and mention.precision in _BARE
        if bare:
            rule = self.plain  # "ska vara klar tredje kvartalet 2026", "lämnas våren 2026": periods that need no preposition
        if rule is None or rule.kind == "none":
            return None
        if rule.kind == "effect" and not re.search(r"[\wåäö]", before):
            return None
        kind: str = rule.kind
        if rule.id == "deadline.plain":
            clause = self._clause(text, span, mention.span)
            if mention.rule == _MEETING_BY_MONTH:
                kind = "report"  # "till oktobernämnden ta fram en plan"
            elif self.completion.search(text, clause.start, clause.end):
                kind = "due"
            elif not self._reports(text, span, mention.span):
                if bare:
                    return None
                if mention.precision in ("season", "quarter", "month", "half", "month_range"):
                    kind = "window"
                elif mention.precision == "year":
                    kind = "period"
                elif self.grammar("until_day").search(before):
                    kind = "due"
                else:
                    return None
            elif mention.precision in ("year_range",):
                kind = "period"
            elif not self._near_report(text, span, mention.span):
                if bare:
                    return None
                kind = "window"
        if kind in ("due", "report") and self._reports(text, span, mention.span) and kind == "report":
            kind = self._report_kind(text, span, mention.span)
        first, last = mention.first, mention.last
        if kind == "start":
            last = None
        if kind == "due":
            if mention.precision in ("turn_of_year", "turn_of_half") and self.before_it.search(before):
                last = first  # "före årsskiftet": the last day of the old year
            if mention.precision == "season" and first is not None and self.grammar("before_season").search(before):
                last = first - timedelta(days=1)  # "före sommaren"
            first = None
        start = mention.span.start
        lead = self.latest_lead.search(text[low:start])
        if lead:
            start = low + lead.start()
        return Deadline(
            Span(start, mention.span.end), text[start : mention.span.end], kind, first, last, mention.precision, mention.basis, _id(rule)
        )

    def _clause(self, text: str, span: Span, place: Span) -> Span:
        low = span.start
        for match in _CLAUSE.finditer(text, span.start, place.start):
            low = match.end()
        end = _CLAUSE.search(text, place.end, span.end)
        return Span(low, end.start() if end else span.end)

    def _reports(self, text: str, span: Span, place: Span) -> bool:
        clause = self._clause(text, span, place)
        return bool(self.may_report.of(text, *clause)) and self.reporting.search(text, clause.start, clause.end) is not None

    def _near_report(self, text: str, span: Span, place: Span) -> bool:
        """A reporting verb with at most a short stretch between it and the date, either way."""
        clause = self._clause(text, span, place)
        return any(
            (m.end() <= place.start and place.start - m.end() < 130)
            or (m.start() >= place.end and m.start() - place.end < 90 and not self.joint_at_end.search(text[place.end : m.start()]))
            for m in self.reporting.finditer(text, clause.start, clause.end)
        )

    def _report_kind(self, text: str, span: Span, place: Span) -> str:
        clause = self._clause(text, span, place)
        sentence = text[clause.start : clause.end]
        if self.interim.search(sentence):
            return "interim_report"
        return "final_report" if self.final.search(sentence) else "report"

    # ------------------------------------------------------------------------------------------------------- report_to

    def receivers(self, text: str, span: Span, named: list[Named] | None = None) -> list[Named]:
        """The bodies something is reported to in ``text[span]``: after a reporting verb with "till", "i" or "för", or as the meeting
        a fronted phrase names ("vid nämndens sammanträde i juni redovisa")."""
        found: list[Named] = []
        bodies = named if named is not None else self.bodies.find(text, span.start, span.end)
        verbs = [
            m.span()
            for m in (self.reporting.finditer(text, span.start, span.end) if self.may_report.of(text, *span) else ())
            if not self.weak.match(m.group())
            or self.report_object.search(text, max(span.start, m.start() - 60), min(span.end, m.end() + 60))
        ]
        for body in bodies:
            outside = body.type in ("company", "authority")  # "översända yttrandet till Kommunförbundet" reports nothing
            before = text[max(span.start, body.span.start - 30) : body.span.start]
            after = text[body.span.end : body.span.end + 40]
            if self.process_name.match(body.raw) and self.during_process.search(before):
                continue  # "återrapportera inför budgetberedningen": what goes on, not who meets
            if (
                body.type in ("officer", "administration", "company", "authority", "group", "")
                and not self.grammar("reported_to").search(text[max(span.start, body.span.start - 14) : body.span.start])
                and not self.to_hand.match(after)
            ):
                continue
            if self.direct.search(text[max(span.start, body.span.start - 40) : body.span.start]) or self.to_hand.match(after):
                found.append(body)
                continue
            if self.gives_somebody.search(before) and self.something_given.match(after):
                found.append(body)  # "lämna nämnden en sammanställning"
                continue
            if not any(regex.search(before) for regex in self.to_body):
                joined = found and self.joins_receiver.fullmatch(text[found[-1].span.end : body.span.start])
                if not joined:
                    continue
                if joined.group().strip() == joined.group("both"):
                    found.append(body)  # "för såväl revisorerna som kommunstyrelsen"
                    continue
            meeting = any(regex.match(after) for regex in self.meeting_word) or bool(self.extra_meeting.search(before + " "))
            if not meeting and body.raw.endswith("s") and self.bodies.base_form(body.raw).lower() != body.raw.lower():
                continue  # "i bilaga till stadsledningskontorets tjänsteutlåtande": an owner, not a receiver
            meeting = meeting or self.then_a_day.match(after) is not None
            if meeting and self.grammar("to_next").search(before):
                found.append(body)  # "ta fram förslag … till nämndens sammanträde i mars"
                continue
            clause = self._clause(text, span, body.span)
            preceding = [v for v in verbs if clause.start <= v[0] and v[1] <= body.span.start]
            preceding = [v for v in preceding if not self.sends.match(text[slice(*v)])] if outside else preceding
            if (
                preceding
                and not self.grammar("to_word").search(before)
                and not meeting
                and self.grammar("subclause").search(text, preceding[-1][1], body.span.start)
            ):
                preceding = []  # "redovisa hur underskottet i socialnämnden ska …": the body belongs to the clause
            following = [v for v in verbs if v[0] >= body.span.end and v[1] <= clause.end]
            if preceding and body.span.start - preceding[-1][1] <= 160 and not self._other_verb(text, preceding[-1][1], body.span.start):
                found.append(body)
            elif (
                following
                and following[0][0] - body.span.end <= 90
                and not self.own_clause.search(text, body.span.end, following[0][0])  # "… för nämnderna, med återrapport i maj"
            ):
                ahead = self.grammar("meeting_ahead") if meeting else self.grammar("body_ahead")
                if ahead.search(before):
                    found.append(body)
        return found

    def together(self, text: str, named: list[Named]) -> list[Named]:
        """Receivers that one quantifier joins ("respektive nämnd och styrelse") as one phrase."""
        out: list[Named] = []
        for body in named:
            if (
                out
                and self.grammar("plain_joint").fullmatch(text[out[-1].span.end : body.span.start])
                and self.bodies.quantifier.match(out[-1].raw)
                and body.raw[:1].islower()
            ):
                span = Span(out[-1].span.start, body.span.end)
                out[-1] = Named(span, text[span.start : span.end], out[-1].type)
            else:
                out.append(body)
        return out

    def _other_verb(self, text: str, start: int, end: int) -> bool:
        """A new infinitive between the reporting verb and the body, or one of moving something there: the body belongs to that one."""
        between = text[start:end]
        if self.reporting.search(between):
            return False
        return bool(self.grammar("and_infinitive").search(between) or self.grammar("moves_to").search(between))


def _id(rule: DeadlineRule) -> str:
    return rule.id
