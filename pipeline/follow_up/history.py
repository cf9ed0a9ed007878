"""From the records of a thread to its row and its events: what each document says, in order, and what that comes to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from extractors.threads import Thread, fold
from extractors.timeline import KINDS, Event, standing

THREAD = (
    "id", "organisation", "body", "assigner_names", "assignee_names", "report_to_names", "task", "state", "given_date", "given_basis",
    "given_paragraph", "given_point", "diary_number", "deadline_first", "deadline_last", "deadline_raw", "deadline_moved", "interim_date",
    "reported_date", "accepted_kind", "accepted_date", "accepted_status", "closed_date", "closed_status", "withdrawn_date", "last_date",
    "records", "events", "documents", "doubtful", "confidence", "document", "page",
)  # fmt: skip
EVENT = (
    "thread", "ordinal", "kind", "date", "date_basis", "status", "body", "deadline_first", "deadline_last", "deadline_raw", "text",
    "record", "rule", "confidence", "paragraph_label", "document", "page", "start", "stop", "boxes", "by_assigner",
)  # fmt: skip

Row = Mapping[str, Any]


@dataclass(frozen=True)
class _Told:
    """An event with the row that proves it."""

    event: Event
    row: Row
    rule: str


def rows_of(
    thread: Thread, mentions: Mapping[str, Row], reports: Mapping[str, Sequence[Row]], doubtful: int
) -> tuple[tuple[Any, ...], list[tuple[Any, ...]]]:
    """The row of a thread and those of its events, with the columns of :data:`THREAD` and :data:`EVENT`.

    ``mentions`` has the current values of each record by address, ``reports`` those that belong to an assignment, by its address.
    """
    own = [mentions[r.address] for r in thread.records if r.kind == "assignment"]
    lead = mentions[thread.id]
    decided = [m for m in own if m["status"] == "decided"]
    printed = next((m for m in own if m["status"] == "cited" and m["source_date"]), None)
    assigners = _first(lead, own, "assigner_names")
    names = {fold(n) for m in own for n in (m["assigner_names"] or "").split("; ") if n}
    told = sorted(
        _told(own, decided, printed, [mentions[r.address] for r in thread.records if r.kind == "report"], reports, names), key=_in_order
    )
    events = [t.event for t in told]
    now = standing(events, date.max)
    given = decided[0] if decided else printed
    body = (assigners or "").split("; ")[0] or lead["source_body"] or lead["body"]
    row = (
        thread.id, next((r.organisation for r in thread.records if r.organisation), None), body, assigners,
        _first(lead, own, "assignee_names"), _first(lead, own, "report_to_names"), lead["task"], now.reached,
        None if given is None else given["day"] if decided else given["source_date"],
        "decision" if decided else "printed" if printed is not None else "unknown",
        (given["paragraph_label"] if decided and given is not None else None) or _printed(own, "source_paragraph"),
        (given["point"] if decided and given is not None else None) or _printed(own, "source_point"),
        _first(lead, own, "diary_number" if decided else "source_diary_number") or _first(lead, own, "diary_number"),
        _iso(now.deadline_first), _iso(now.deadline_last), now.deadline_raw, int(now.moved), _iso(now.interim), _iso(now.reported),
        now.accepted, _iso(now.accepted_day), now.accepted_status, _iso(now.closed), now.closed_status, _iso(now.withdrawn),
        _iso(max((e.day for e in events if e.day is not None), default=None)), len(thread.records), len(events),
        len({r.document for r in thread.records}), doubtful, min(thread.confidence.values(), default=1.0), lead["sha256"], lead["page"],
    )  # fmt: skip
    return row, [_event_row(thread, number, one) for number, one in enumerate(told)]


def _told(
    own: Sequence[Row],
    decided: Sequence[Row],
    printed: Row | None,
    alone: Sequence[Row],
    reports: Mapping[str, Sequence[Row]],
    assigners: set[str],
) -> Iterator[_Told]:
    if not decided and printed is not None:
        # The retelling says when it was given: that is an event of its own, on that day.
        event = Event(
            "given", "cited", _day(printed["source_date"]), "printed", printed["sha256"], printed["source_body"], *_deadline(printed)
        )
        yield _Told(event, printed, "thread.given_as_printed")
    for mention in own:
        kind = {"decided": "given", "proposed": "proposed", "cited": "cited"}[mention["status"]]
        basis = mention["day_basis"] if mention["day"] else "unknown"
        event = Event(kind, mention["status"], _day(mention["day"]), basis, mention["sha256"], mention["body"], *_deadline(mention))
        yield _Told(event, mention, f"thread.{kind}")
        attached = reports.get(mention["address"], ())
        refused = mention["done"] == 0 and mention["granskad"] == "ja"
        for report in attached:
            if not (refused and report["kind"] == "closed"):
                yield _report(report, mention, assigners)
        if mention["done"] == 1 and mention["granskad"] == "ja" and not any(r["kind"] == "closed" for r in attached):
            event = Event("closed", "cited", _day(mention["day"]), basis, mention["sha256"], mention["body"])
            yield _Told(event, mention, "review.done")
    for report in alone:
        yield _report(report, report, assigners)


def _report(report: Row, mention: Row, assigners: set[str]) -> _Told:
    """The event of a report; one whose day nothing tells has that of its document."""
    day, basis = (report["date"], report["date_basis"]) if report["date"] else (mention["day"], mention["day_basis"])
    body = report["body"]
    event = Event(
        report["kind"],
        report["status"],
        _day(day),
        basis if day else "unknown",
        mention["sha256"],
        body,
        *_deadline(report),
        by_assigner=not assigners or body is None or fold(body) in assigners,
    )
    return _Told(event, {**mention, **report, "record": mention["address"]}, report["rule"])


def _event_row(thread: Thread, ordinal: int, told: _Told) -> tuple[Any, ...]:
    e, row = told.event, told.row
    record = row.get("record", row["address"])
    return (
        thread.id, ordinal, e.kind, _iso(e.day), e.basis, e.status, e.body, _iso(e.deadline_first), _iso(e.deadline_last), e.deadline_raw,
        row["text"], record, told.rule, thread.confidence.get(record, 1.0), row["paragraph_label"], row["sha256"], row["page"],
        row["start"], row["stop"], row["boxes"], int(e.by_assigner),
    )  # fmt: skip


def _in_order(told: _Told) -> tuple[Any, ...]:
    event = told.event
    return (event.day or date.max, KINDS.index(event.kind), told.row["sha256"], told.row["start"] or 0, told.rule, told.row["address"])


def _deadline(row: Row) -> tuple[date | None, date | None, str | None]:
    return _day(row["deadline_first"]), _day(row["deadline_last"]), row["deadline_raw"]


def _first(lead: Row, rows: Sequence[Row], column: str) -> Any:
    return lead[column] or next((m[column] for m in rows if m[column]), None)


def _printed(rows: Sequence[Row], column: str) -> Any:
    """What retellings print of where it was given; minutes do not always print the number of their own §."""
    return next((m[column] for m in rows if m["status"] == "cited" and m[column]), None)


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
