"""The deadlines as a calendar that telephones and Outlook take: all-day events with names that last, so that an import updates."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from icalendar import Calendar, Event, vText

from pipeline.export.annex.contents import UNFINISHED, Annex, Entry

_LONG = timedelta(days=7)
"""A deadline that is a longer period ("under hösten") stands on its last day: an event of three months would hide everything else."""


def deadlines(listed: Annex) -> bytes:
    """Every unfinished assignment on the list that has a deadline with a day, as iCalendar (RFC 5545)."""
    calendar = Calendar()
    calendar.add("prodid", "-//uppdrag//tidsfrister//SV")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", f"Tidsfrister, {listed.body}")
    calendar.add("x-wr-caldesc", f"{listed.title}, {listed.subtitle}")
    for entry in listed.entries:
        if entry.code in UNFINISHED and entry.followed.standing.deadline_last is not None:
            calendar.add_component(_event(listed, entry))
    return bytes(calendar.to_ical())


def _event(listed: Annex, entry: Entry) -> Event:
    one, now = entry.followed, entry.followed.standing
    last = now.deadline_last
    assert last is not None
    first = now.deadline_first if now.deadline_first is not None and last - now.deadline_first < _LONG else last
    event = Event()
    event.add("uid", f"{one.thread}@uppdrag")
    event.add("dtstamp", datetime.combine(listed.day, time(), UTC))
    event.add("dtstart", first)
    event.add("dtend", last + timedelta(days=1))  # the day after: RFC 5545 does not count it
    event.add("summary", _short(f"{one.assignees or one.body or listed.body}: {one.task}"))
    event.add("description", _description(listed, entry))
    event.add("categories", [entry.state])
    event.add("status", "CONFIRMED")
    event.add("transp", "TRANSPARENT")  # a deadline makes nobody busy
    event.add("class", "PUBLIC")
    event.add("sequence", _sequence(listed.day))
    event["x-microsoft-cdo-busystatus"] = vText("FREE")
    source = one.sources[0] if one.sources else None
    link = listed.link(source) if source is not None else None
    if link is not None:
        event.add("url", link)
    return event


def _description(listed: Annex, entry: Entry) -> str:
    one, now = entry.followed, entry.followed.standing
    lines = [
        one.task,
        f"Mottagare: {one.assignees}" if one.assignees else "",
        f"Uppdragsgivare: {one.assigners or listed.body}, {entry.given}".rstrip(", "),
        f"Diarienummer: {one.diary_number}" if one.diary_number else "",
        f"Tidsfrist: {entry.deadline}" + (f" ({now.deadline_raw})" if now.deadline_raw and now.deadline_raw != entry.deadline else ""),
        f"Återrapporteras till: {one.report_to}" if one.report_to else "",
        f"Läge per {listed.day.isoformat()}: {entry.state}",
        *(f"Saknas: {gap}" for gap in now.gaps),
        *(f"Källa: {listed.where(source)}" for source in one.sources[:1]),
    ]
    return "\n".join(line for line in lines if line)


def _short(text: str) -> str:
    """At most 120 characters, cut between words."""
    text = " ".join(text.split())
    return text if len(text) <= 120 else text[:119].rpartition(" ")[0] + " …"


def _sequence(day: date) -> int:
    """Grows with the day of the list, so that a later list replaces an earlier one."""
    return (day - date(1990, 1, 1)).days
