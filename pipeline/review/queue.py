"""What waits for a reviewer, in the order it should be looked at, with counts and what is left of it."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Any
from urllib.parse import urlencode

SHOWN = 50
"""Records on a page of the queue."""

STATES = {"oppna": "Att granska", "granskade": "Granskade", "inaktuella": "Inaktuella", "foraldralosa": "Föräldralösa"}
_PAUSE_SECONDS = 300.0  # a longer gap between two decisions is a pause, not work
_USUAL_SECONDS = 12.0  # a decision, before anybody's pace is known
_FILTERS = ("lage", "organ", "dokument", "status", "tvekan", "vem", "akter")

_OPEN = "coalesce((SELECT s.verdict FROM review_state AS s WHERE s.record = a.address ORDER BY s.id DESC LIMIT 1), 'open') = 'open'"
_COUNTED = "a.act = 'assignment' AND a.duplicate_of IS NULL"
_COLUMNS = (
    "a.address, a.task, a.status, a.act, a.assignee_names, a.deadline_last, a.deadline_raw, a.body, a.meeting_date, a.page,"
    " a.paragraph_label, a.confidence, a.needs_review, d.name AS document_name, d.sha256"
)


@dataclass(frozen=True)
class Filter:
    """What of the queue is asked for; empty is everything that waits. ``doubt`` is a reason, or ``sakerhet`` for a low confidence."""

    state: str = "oppna"
    body: str = ""
    document: str = ""
    status: str = ""
    doubt: str = ""
    who: str = ""
    acts: str = ""

    @classmethod
    def of(cls, asked: Mapping[str, str]) -> Filter:
        """The filter of an address. What is not known is left out."""
        values = [(asked.get(name) or "").strip()[:300] for name in _FILTERS]
        state = values[0] if values[0] in STATES else "oppna"
        status = values[3] if values[3] in ("decided", "proposed", "cited") else ""
        return cls(state, values[1], values[2], status, values[4], values[5], "alla" if values[6] == "alla" else "")

    def query(self, **other: str) -> str:
        """The filter as the query of an address, without the question mark, with other words added."""
        values = (self.state if self.state != "oppna" else "", self.body, self.document, self.status, self.doubt, self.who, self.acts)
        return urlencode({k: v for k, v in {**dict(zip(_FILTERS, values, strict=True)), **other}.items() if v})


def _conditions(asked: Filter) -> tuple[str, dict[str, Any]]:
    parts, values = [], {"body": asked.body, "document": asked.document, "status": asked.status, "doubt": asked.doubt, "who": asked.who}
    if not asked.acts:
        # As in the partial index, so that the queue is read in its order.
        parts.append(_COUNTED)
    if asked.body:
        parts.append("a.body = :body")
    if asked.document:
        parts.append("d.sha256 = :document")
    if asked.status:
        parts.append("a.status = :status")
    if asked.doubt == "sakerhet":
        parts.append("a.needs_review IS NULL AND a.confidence < 0.8")
    elif asked.doubt:
        parts.append("instr(a.needs_review, :doubt)")
    return " AND ".join(parts) or "1", values


def _order(asked: Filter) -> str:
    return "a.page, a.start, a.id" if asked.document else "(a.needs_review IS NULL), a.confidence, a.id"


def waiting(connection: sqlite3.Connection, asked: Filter, *, skip: int = 0) -> list[dict[str, Any]]:
    """A page of the undecided records, at most :data:`SHOWN` and one more (to know whether there is another page)."""
    conditions, values = _conditions(asked)
    order = _order(asked)
    return _rows(
        connection,
        f"SELECT {_COLUMNS} FROM assignment AS a JOIN document AS d ON d.id = a.document WHERE {conditions} AND {_OPEN}"  # noqa: S608
        f" ORDER BY {order} LIMIT {SHOWN + 1} OFFSET :skip",
        {**values, "skip": skip},
    )


def next_after(connection: sqlite3.Connection, asked: Filter, address: str | None, *, back: bool = False) -> str | None:
    """The undecided record after (or before) another in the order of the queue; from the end it begins again. None when all is done.

    A record that is not of the extraction (added by a person, or an orphan) has no place in the order: then the first is next.
    """
    conditions, values = _conditions(asked)
    # NOTE: by class of doubt, so that each step is a range of the index assignment_queue: of 105,000 records the comparison of all
    # three at once read every one, 90 ms a step.
    order = ("a.page", "a.start", "a.id") if asked.document else ("a.confidence", "a.id")
    direction, compare = (" DESC", "<") if back else ("", ">")
    values["address"] = address or ""
    table = "assignment AS a JOIN document AS d ON d.id = a.document" if asked.document else "assignment AS a"

    def first(place: str, more: Mapping[str, Any]) -> str | None:
        found = connection.execute(
            f"SELECT a.address FROM {table} WHERE {conditions} AND {_OPEN} AND a.address <> :address {place}"  # noqa: S608
            f" ORDER BY {', '.join(part + direction for part in order)} LIMIT 1",
            {**values, **more},
        ).fetchone()
        return None if found is None else str(found[0])

    here = connection.execute(
        f"SELECT (a.needs_review IS NULL), {', '.join(order)} FROM assignment AS a WHERE a.address = ?",  # noqa: S608
        (address,),
    ).fetchone()
    marks = ", ".join(f":k{n}" for n in range(len(order)))
    known = {f"k{n}": here[n + 1] for n in range(len(order))} if here is not None else {}
    beyond = f"AND ({', '.join(order)}) {compare} ({marks})"
    if asked.document:
        return (first(beyond, known) if here is not None else None) or first("", {})
    classes = (1, 0) if back else (0, 1)
    in_class = "AND (a.needs_review IS NULL) = :class"
    if here is not None:
        for one in classes[classes.index(here[0]) :]:
            found = first(f"{in_class} {beyond if one == here[0] else ''}", {**known, "class": one})
            if found is not None:
                return found
    return first(in_class, {"class": classes[0]}) or first(in_class, {"class": classes[1]})


def reviewed(connection: sqlite3.Connection, asked: Filter, *, skip: int = 0) -> list[dict[str, Any]]:
    """A page of the decided records, the latest first: all, those that are stale, or those that are orphans."""
    parts = ["r.verdict NOT IN ('open', 'merged', 'withdrawn')"]
    if asked.state == "inaktuella":
        parts.append("r.standing = 'stale'")
    if asked.state == "foraldralosa":
        parts.append("r.standing = 'orphan'")
    for given, part in (
        (asked.body, "d.body = :body"),
        (asked.document, "r.document = :document"),
        (asked.status, "r.status = :status"),
        (asked.who, "r.who = :who"),
    ):
        if given:
            parts.append(part)
    return _rows(
        connection,
        "SELECT r.record AS address, r.task, r.status, r.act, r.assignee_names, r.deadline_last, r.deadline_raw, d.body,"  # noqa: S608
        " d.meeting_from AS meeting_date, r.page, r.paragraph_label, NULL AS confidence, NULL AS needs_review,"
        " r.document_name, r.document AS sha256, r.verdict, r.who, r.at, r.standing"
        " FROM current_review AS r LEFT JOIN document AS d ON d.sha256 = r.document"
        f" WHERE {' AND '.join(parts)} ORDER BY r.id DESC LIMIT {SHOWN + 1} OFFSET :skip",
        {"body": asked.body, "document": asked.document, "status": asked.status, "who": asked.who, "skip": skip},
    )


@dataclass(frozen=True)
class Counts:
    """How much of what waits. ``open`` is the sum of each mapping by body and by status; ``seconds`` an estimate for all of it."""

    open: int
    in_doubt: int
    unsure: int
    reviewed: int
    stale: int
    orphan: int
    bodies: tuple[tuple[str, int], ...]
    statuses: Mapping[str, int]
    doubts: tuple[tuple[str, int], ...]
    people: tuple[tuple[str, int], ...]
    seconds: float


def counts(connection: sqlite3.Connection) -> Counts:
    """Counts of the whole queue, whatever is filtered."""
    bodies: Counter[str] = Counter()
    statuses: Counter[str] = Counter()
    doubts: Counter[str] = Counter()
    total = in_doubt = unsure = 0
    grouped = connection.execute(
        "SELECT coalesce(a.body, ''), a.status, a.needs_review, a.confidence < 0.8, count(*)"  # noqa: S608
        f" FROM assignment AS a WHERE {_COUNTED} AND {_OPEN} GROUP BY 1, 2, 3, 4"
    )
    for body, status, reason, low, number in grouped:
        total += number
        bodies[body] += number
        statuses[status] += number
        if reason is not None:
            in_doubt += number
            for part in dict.fromkeys(reason.split("; ")):
                doubts[part] += number
        elif low:
            unsure += number
    standings = dict(
        connection.execute(
            "SELECT standing, count(*) FROM current_review WHERE verdict NOT IN ('open', 'merged', 'withdrawn') GROUP BY standing"
        ).fetchall()
    )
    people = connection.execute(
        "SELECT who, count(*) FROM current_review WHERE verdict NOT IN ('open', 'merged', 'withdrawn') GROUP BY who ORDER BY 2 DESC, 1"
    ).fetchall()
    return Counts(
        total,
        in_doubt,
        unsure,
        sum(standings.values()),
        standings.get("stale", 0),
        standings.get("orphan", 0),
        tuple((b, n) for b, n in bodies.most_common(200) if b),
        dict(statuses),
        tuple(doubts.most_common(30)),
        tuple((str(w), int(n)) for w, n in people),
        total * _pace(connection),
    )


def _pace(connection: sqlite3.Connection) -> float:
    """Seconds a decision takes: the median gap between two of the same person among the latest 300, pauses left out."""
    last: dict[str, datetime] = {}
    gaps = []
    latest = connection.execute("SELECT who, at FROM review_change_set ORDER BY id DESC LIMIT 300").fetchall()
    for who, at in reversed(latest):
        moment = datetime.fromisoformat(at)
        if who in last and (gap := (moment - last[who]).total_seconds()) < _PAUSE_SECONDS:
            gaps.append(gap)
        last[who] = moment
    return median(gaps) if len(gaps) >= 10 else _USUAL_SECONDS


def in_document(connection: sqlite3.Connection, sha256: str) -> list[dict[str, Any]]:
    """Every record of a document in page order, decided or not: address, task, page, verdict."""
    return _rows(
        connection,
        "SELECT a.address AS address, coalesce(r.task, a.task) AS task, coalesce(r.page, a.page) AS page, coalesce(r.verdict, 'open') AS"
        " verdict, a.act = 'assignment' AND a.duplicate_of IS NULL AS counted, a.start AS start FROM assignment AS a"
        " JOIN document AS d ON d.id = a.document LEFT JOIN current_review AS r ON r.record = a.address WHERE d.sha256 = :sha256"
        " UNION ALL SELECT r.record, r.task, r.page, r.verdict, 1, 0 FROM current_review AS r WHERE r.document = :sha256"
        " AND NOT EXISTS (SELECT 1 FROM assignment AS a WHERE a.address = r.record) AND r.verdict NOT IN ('merged', 'withdrawn')"
        " ORDER BY page, start",
        {"sha256": sha256},
    )


def _rows(connection: sqlite3.Connection, sql: str, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    cursor = connection.execute(sql, values)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, tuple(row), strict=True)) for row in cursor]
