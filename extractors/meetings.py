"""Occasions that are named by their meeting alone: "till nämndens decembermöte", "till nästa möte".

The month of a meeting stands in its name; the day of the next one where the text tells it ("Nästa möte: 4 december 2025", "Kommande
möten" with days below).
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date

from extractors.mentions import overlapping
from extractors.model import DateMention, Deadline, Document, Span
from rules.ruleset import Rules

_BELOW = 60
"""Characters from the words "Kommande möten" to the first day that is told."""


class Meetings:
    """The meetings that one document names without a date, as deadlines."""

    def __init__(self, document: Document, rules: Rules, dates: tuple[DateMention, ...], meeting: date | None) -> None:
        self.text, self.meeting, self.dates = document.text, meeting, dates
        self.in_month, self.next_one = rules.grammar("month_meeting"), rules.grammar("next_meeting")
        self.months = {form: int(number) for number, forms in rules.language.dates.months.items() for form in forms}
        self.next_told = rules.grammar("next_meetings_told")
        self._looked = False
        self._day: date | None = None

    def _next_day(self) -> date | None:
        """The first day after the meeting that stands right below the words that announce the next ones. NOTE: they are looked for in the
        whole document, once, where a next meeting is spoken of."""
        if not self._looked:
            self._looked = True
            match = self.next_told.search(self.text)
            if match is not None and self.meeting is not None:
                low = match.end()
                days = [d.last for d in self.dates if low <= d.span.start <= low + _BELOW and d.precision == "day" and d.last is not None]
                self._day = next((day for day in days if day > self.meeting), None)
        return self._day

    def find(self, span: Span, *, told_before: bool) -> list[Deadline]:
        """The deadlines of ``text[span]`` that a meeting's name gives; none where the meeting of the document has no day.

        A month that the meeting has passed is next year's, save in what was told before (``told_before``), which is left as it is.
        """
        if self.meeting is None:
            return []
        found: list[Deadline] = []
        for match in self.in_month.finditer(self.text, *span):
            if any(d.span.overlaps(Span(*match.span())) for d in overlapping(self.dates, Span(*match.span()))):
                continue  # "oktobernämnden 2025" is a date of its own
            month = self.months[match.group("month").lower()]
            year = self.meeting.year + (1 if month < self.meeting.month and not told_before else 0)
            last = date(year, month, monthrange(year, month)[1])
            place = Span(match.start("month"), match.end())
            raw = self.text[place.start : place.end]
            found.append(Deadline(place, raw, "report", date(year, month, 1), last, "month", "meeting", "deadline.meeting"))
        named = [] if told_before else list(self.next_one.finditer(self.text, *span))
        if named and (day := self._next_day()) is not None:
            found += [Deadline(Span(*m.span()), m.group(), "report", None, day, "day", "document", "deadline.meeting") for m in named]
        return found
