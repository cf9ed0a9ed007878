"""How the assignments of a body stand on a day: what `uppdrag list` and the pages show, from the threads in the database."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Any

from extractors.timeline import Event, Standing, standing

SWEDISH = {
    "open": "öppet",
    "interim": "delrapporterat",
    "reported": "återrapporterat",
    "closed": "avslutat",
    "withdrawn": "avfört",
    "overdue": "försenat",
    "unknown": "okänt",
}
"""The states in the words of the pages."""


@dataclass(frozen=True)
class Source:
    """One event as evidence: what happened, when, said where. ``link`` is the address of the page with the place marked."""

    kind: str
    status: str
    day: str | None
    day_basis: str
    body: str | None
    text: str
    document: str
    name: str | None
    page: int
    paragraph: str | None
    record: str
    deadline_last: str | None
    deadline_raw: str | None
    confidence: float
    link: str


@dataclass(frozen=True)
class Followed:
    """An assignment as it stands on a day, with its evidence: the events up to that day, in order."""

    thread: str
    organisation: str | None
    body: str | None
    task: str
    assigners: str | None
    assignees: str | None
    report_to: str | None
    given_paragraph: str | None
    given_point: str | None
    diary_number: str | None
    standing: Standing
    sources: tuple[Source, ...]

    @property
    def state(self) -> str:
        """The state in Swedish."""
        return SWEDISH[self.standing.state]


_THREAD = (
    "t.id, t.organisation, t.body, t.task, t.assigner_names, t.assignee_names, t.report_to_names, t.given_paragraph, t.given_point,"
    " t.diary_number"
)
_EVENT = (
    "e.kind, e.status, e.date, e.date_basis, e.document, e.body, e.deadline_first, e.deadline_last, e.deadline_raw, e.text, d.name, e.page,"
    " e.paragraph_label, e.record, e.confidence, e.by_assigner"
)


def state_as_of(
    connection: sqlite3.Connection,
    day: date,
    body: str | None = None,
    *,
    organisation: str | None = None,
    threads: Sequence[str] | None = None,
) -> Iterator[Followed]:
    """Every assignment given by ``body`` (all bodies where None) that was known on ``day``, by deadline and then by day given.

    An assignment none of whose events had happened is left out. ``threads`` asks for these alone. The events of the body are read in
    one pass; they are not kept longer than its list.

    >>> from pipeline.store import Store  # doctest: +SKIP
    >>> [(f.state, f.task) for f in state_as_of(connection, date(2023, 10, 31), "Regionstyrelsen")]  # doctest: +SKIP
    """
    conditions, values = ["1"], list[str]()
    for given, part in ((body, "t.body = ?"), (organisation, "t.organisation = ?")):
        if given is not None:
            conditions.append(part)
            values.append(given)
    if threads is not None:
        conditions.append(f"t.id IN ({', '.join('?' * len(threads))})")
        values += threads
    where = " AND ".join(conditions)
    cursor = connection.cursor()
    cursor.row_factory = None
    cursor.execute(
        f"SELECT {_THREAD}, {_EVENT} FROM thread AS t JOIN thread_event AS e ON e.thread = t.id"  # noqa: S608 - our own names
        f" LEFT JOIN document AS d ON d.sha256 = e.document WHERE {where} ORDER BY t.id, e.ordinal",
        values,
    )
    found = []
    for _, rows in groupby(cursor, key=itemgetter(0)):
        one = _followed(list(rows), day)
        if one is not None:
            found.append(one)
    found.sort(key=lambda f: (f.standing.deadline_last or date.max, f.standing.given or date.max, f.thread))
    yield from found


def _followed(rows: list[tuple[Any, ...]], day: date) -> Followed | None:
    events = [Event(r[10], r[11], _day(r[12]), r[13], r[14], r[15], _day(r[16]), _day(r[17]), r[18], bool(r[25])) for r in rows]
    now = standing(events, day)
    if now.state == "unknown" and not any(e.day is not None and e.day <= day for e in events) and any(e.day for e in events):
        return None
    if all(e.day is not None and e.day > day for e in events):
        return None
    sources = tuple(_source(r) for r in rows if r[12] is None or str(r[12]) <= day.isoformat())
    t = rows[0]
    return Followed(t[0], t[1], t[2], t[3], t[4], t[5], t[6], t[7], t[8], t[9], now, sources)


def _source(r: tuple[Any, ...]) -> Source:
    kind, status, day, basis, document, body, _, last, raw, text, name, page, paragraph, record, confidence = r[10:25]
    link = f"/-/sida/{document}/{page}?uppdrag={record}"
    return Source(kind, status, day, basis, body, text, document, name, page, paragraph, record, last, raw, confidence, link)


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
