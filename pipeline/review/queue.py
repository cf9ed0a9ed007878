"""What waits for a reviewer, in the order it should be looked at, with counts and what is left of it."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Mapping, Sequence
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

_NOT_SHOWN = "'open', 'merged', 'withdrawn'"  # verdicts that are no decision of their own
_OTHERWISE = "EXISTS (SELECT 1 FROM extraction_mark AS m WHERE m.address = n.record AND m.extraction <> s.base_extraction)"
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
    parts, values = [], {"body": asked.body, "document": asked.document, "status": asked.status, "doubt": asked.doubt}
    if not asked.acts:
        parts.append("q.counted")
    if asked.body:
        parts.append("q.body = :body")
    if asked.document:
        parts.append("a.document = (SELECT d.id FROM document AS d WHERE d.sha256 = :document)")
    if asked.status:
        parts.append("q.status = :status")
    if asked.doubt == "sakerhet":
        parts.append("q.sure AND q.confidence < 0.8")
    elif asked.doubt:
        parts.append("NOT q.sure AND instr(q.needs_review, :doubt)")
    return " AND ".join(parts) or "1", values


def waiting(connection: sqlite3.Connection, asked: Filter, *, skip: int = 0) -> list[dict[str, Any]]:
    """A page of the undecided records, at most :data:`SHOWN` and one more (to know whether there is another page)."""
    conditions, values = _conditions(asked)
    if asked.document:
        chosen = f"SELECT a.id FROM assignment AS a JOIN review_queue AS q ON q.assignment = a.id WHERE {conditions}"  # noqa: S608
        order = "a.page, a.start, a.id"
    else:
        chosen = f"SELECT q.assignment FROM review_queue AS q WHERE {conditions}"  # noqa: S608 - names of ours
        order = "q.sure, q.confidence, q.assignment"
    # NOTE: numbers first and rows after, so that a page far down reads the rows of that page alone.
    return _rows(
        connection,
        f"SELECT {_COLUMNS} FROM assignment AS a JOIN review_queue AS q ON q.assignment = a.id JOIN document AS d ON d.id = a.document"  # noqa: S608
        f" WHERE a.id IN ({chosen} ORDER BY {order} LIMIT {SHOWN + 1} OFFSET :skip) ORDER BY {order}",
        {**values, "skip": skip},
    )


def next_after(
    connection: sqlite3.Connection, asked: Filter, address: str | None, *, back: bool = False, busy: Sequence[str] = ()
) -> str | None:
    """The undecided record after (or before) another in the order of the queue; from the end it begins again. None when all is done.

    A record that is not of the extraction (added by a person, or an orphan) has no place in the order: then the first is next. Those that
    are ``busy``, since somebody else has them open, are passed over, unless there are no others.
    """
    conditions, values = _conditions(asked)
    here = connection.execute(
        "SELECT a.id, a.page, a.start, a.needs_review IS NULL, a.confidence FROM assignment AS a WHERE a.address = ?", (address,)
    ).fetchone()
    direction, compare = (" DESC", "<") if back else ("", ">")
    if asked.document:
        table, order = "assignment AS a JOIN review_queue AS q ON q.assignment = a.id", ("a.page", "a.start", "a.id")
        at = (here[1], here[2], here[0]) if here is not None else None
    else:
        table, order = "review_queue AS q", ("q.sure", "q.confidence", "q.assignment")
        at = (here[3], here[4], here[0]) if here is not None else None
    number = order[-1]
    values["here"] = here[0] if here is not None else -1
    if busy:
        values |= {f"b{n}": other for n, other in enumerate(busy)}
        others = ", ".join(f":b{n}" for n in range(len(busy)))
        conditions += f" AND {number} NOT IN (SELECT y.id FROM assignment AS y WHERE y.address IN ({others}))"  # noqa: S608 - question marks

    def first(place: str, more: Mapping[str, Any]) -> str | None:
        found = connection.execute(
            f"SELECT (SELECT x.address FROM assignment AS x WHERE x.id = {number}) FROM {table}"  # noqa: S608 - names of ours
            f" WHERE {conditions} AND {number} <> :here {place} ORDER BY {', '.join(part + direction for part in order)} LIMIT 1",
            {**values, **more},
        ).fetchone()
        return None if found is None else str(found[0])

    if at is not None:
        beyond = f"AND ({', '.join(order)}) {compare} (:k0, :k1, :k2)"
        found = first(beyond, {f"k{n}": value for n, value in enumerate(at)})
        if found is not None:
            return found
    found = first("", {})
    return next_after(connection, asked, address, back=back) if found is None and busy else found


def reviewed(connection: sqlite3.Connection, asked: Filter, *, skip: int = 0) -> list[dict[str, Any]]:
    """A page of the decided records, the latest first: all, those that are stale, or those that are orphans."""
    parts = [f"n.verdict NOT IN ({_NOT_SHOWN})"]
    if asked.state == "inaktuella":
        parts.append(f"n.moved AND n.present AND {_OTHERWISE}")
    if asked.state == "foraldralosa":
        parts.append("n.based AND NOT n.present")
    for given, part in (
        (asked.body, "d.body = :body"),
        (asked.document, "n.document = :document"),
        (asked.status, "s.status = :status"),
        (asked.who, "n.who = :who"),
    ):
        if given:
            parts.append(part)
    return _rows(
        connection,
        "SELECT n.record AS address, s.task, s.status, s.act, s.assignee_names, s.deadline_last, s.deadline_raw, d.body,"  # noqa: S608
        " d.meeting_from AS meeting_date, s.page, s.paragraph_label, NULL AS confidence, NULL AS needs_review,"
        " c.document_name, n.document AS sha256, n.verdict, n.who, c.at,"
        " (SELECT v.standing FROM current_review AS v WHERE v.record = n.record) AS standing"
        # NOTE: in this order, whatever the planner thinks: read from review_state first, a page took 50 ms with 20,000 decisions.
        " FROM review_current AS n CROSS JOIN review_state AS s ON s.id = n.state JOIN review_change_set AS c ON c.id = s.change_set"
        " LEFT JOIN document AS d ON d.sha256 = n.document"
        f" WHERE {' AND '.join(parts)} ORDER BY n.state DESC LIMIT {SHOWN + 1} OFFSET :skip",
        {"body": asked.body, "document": asked.document, "status": asked.status, "who": asked.who, "skip": skip},
    )


@dataclass(frozen=True)
class Counts:
    """How much of what waits. ``open`` is the sum of each mapping by body and by status; ``seconds`` an estimate for all of it, by
    the pace that was held where there is one (``paced``)."""

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
    paced: bool


def counts(connection: sqlite3.Connection) -> Counts:
    """Counts of the whole queue, whatever is filtered."""
    bodies: Counter[str] = Counter()
    statuses: Counter[str] = Counter()
    doubts: Counter[str] = Counter()
    total = in_doubt = unsure = 0
    grouped = connection.execute("SELECT body, status, needs_review, unsure, records FROM review_waiting WHERE records > 0")
    for body, status, reason, low, number in grouped:
        total += number
        bodies[body] += number
        statuses[status] += number
        if reason:
            in_doubt += number
            for part in dict.fromkeys(reason.split("; ")):
                doubts[part] += number
        elif low:
            unsure += number
    people = connection.execute(
        f"SELECT n.who, count(*) FROM review_current AS n WHERE n.verdict NOT IN ({_NOT_SHOWN})"  # noqa: S608 - names of ours
        " GROUP BY n.who ORDER BY 2 DESC, 1"
    ).fetchall()
    (orphan,) = connection.execute(
        f"SELECT count(*) FROM review_current AS n WHERE n.based AND NOT n.present AND n.verdict NOT IN ({_NOT_SHOWN})"  # noqa: S608
    ).fetchone()
    (stale,) = connection.execute(
        "SELECT count(*) FROM review_current AS n CROSS JOIN review_state AS s ON s.id = n.state"  # noqa: S608 - names of ours
        f" WHERE n.moved AND n.present AND n.verdict NOT IN ({_NOT_SHOWN}) AND {_OTHERWISE}"
    ).fetchone()
    pace = _pace(connection)
    return Counts(
        total,
        in_doubt,
        unsure,
        sum(int(n) for _, n in people),
        int(stale),
        int(orphan),
        tuple((b, n) for b, n in bodies.most_common(200) if b),
        dict(statuses),
        tuple(doubts.most_common(30)),
        tuple((str(w), int(n)) for w, n in people),
        total * (pace or _USUAL_SECONDS),
        pace is not None,
    )


def _pace(connection: sqlite3.Connection) -> float | None:
    """Seconds a decision takes: the median gap between two of the same person among the latest 300, pauses left out. None before ten."""
    last: dict[str, datetime] = {}
    gaps = []
    latest = connection.execute("SELECT who, at FROM review_change_set ORDER BY id DESC LIMIT 300").fetchall()
    for who, at in reversed(latest):
        moment = datetime.fromisoformat(at)
        if who in last and (gap := (moment - last[who]).total_seconds()) < _PAUSE_SECONDS:
            gaps.append(gap)
        last[who] = moment
    return median(gaps) if len(gaps) >= 10 else None


def in_document(connection: sqlite3.Connection, sha256: str) -> list[dict[str, Any]]:
    """Every record of a document in page order, decided or not: address, task, page, verdict; ``present`` where the extraction has it."""
    return _rows(
        connection,
        "SELECT a.address AS address, coalesce(s.task, a.task) AS task, coalesce(s.page, a.page) AS page, coalesce(r.verdict, 'open') AS"  # noqa: S608
        " verdict, a.act = 'assignment' AND a.duplicate_of IS NULL AS counted, a.start AS start,"
        " 1 AS present FROM document AS d"
        " JOIN assignment AS a ON a.document = d.id LEFT JOIN review_current AS r ON r.record = a.address"
        " LEFT JOIN review_state AS s ON s.id = r.state WHERE d.sha256 = :sha256"
        " UNION ALL SELECT r.record, s.task, s.page, r.verdict, 1, 0, 0 FROM review_current AS r JOIN review_state AS s ON s.id = r.state"
        f" WHERE r.document = :sha256 AND r.verdict NOT IN ({_NOT_SHOWN})"
        " AND NOT EXISTS (SELECT 1 FROM assignment AS a WHERE a.address = r.record) ORDER BY page, start",
        {"sha256": sha256},
    )


def _rows(connection: sqlite3.Connection, sql: str, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    cursor = connection.execute(sql, values)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, tuple(row), strict=True)) for row in cursor]
