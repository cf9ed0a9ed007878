"""A thread as a time line: one assignment through every document that tells of it, as it stands on a chosen day."""

from __future__ import annotations

import re
import sqlite3
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from datasette.utils.asgi import NotFound, Response

from pipeline.datasette.metadata import DATABASE
from pipeline.follow_up.state import Followed, Source, state_as_of

_ISO = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True)
class Step:
    """One event: what it is called, where it is said, and how many days after the step before it that has a day."""

    source: Source
    word: str
    status: str
    basis: str
    after: int | None


@dataclass(frozen=True)
class Timeline:
    """Everything the template shows. ``now`` is None where nothing had happened on the chosen day; ``later`` counts what came after it."""

    thread: str
    task: str
    day: date
    now: Followed | None
    steps: tuple[Step, ...]
    later: int
    links: tuple[dict[str, Any], ...]
    words: dict[tuple[str, str], str]


async def timeline(datasette: Any, request: Any) -> Response:
    """``/-/trad/ID?per=DAY``: the time line of a thread, asked for by the number of any of its records; today where no day is given."""
    await datasette.ensure_permissions(request.actor, [("view-database", DATABASE), "view-instance"])
    asked = (request.args.get("per") or "").strip()
    day, misread = _day(asked)
    found = await datasette.get_database(DATABASE).execute_fn(lambda connection: read(connection, request.url_vars["thread"], day))
    if found is None:
        raise NotFound("Det finns ingen tråd med det numret")
    context = {"line": found, "today": datetime.now().astimezone().date(), "misread": asked[:40] if misread else ""}
    return Response.html(await datasette.render_template("trad.html", context, request=request))


def read(connection: sqlite3.Connection, record: str, day: date) -> Timeline | None:
    """The time line of the thread that a record is in, as known on a day; None where the record is in none."""
    cursor = connection.cursor()
    cursor.row_factory = sqlite3.Row
    found = cursor.execute(
        "SELECT t.id, t.task, (SELECT count(*) FROM thread_event AS e WHERE e.thread = t.id AND e.date > ?) AS later FROM thread AS t"
        " WHERE t.id = coalesce((SELECT r.thread FROM thread_record AS r WHERE r.address = ?), ?)",
        (day.isoformat(), record, record),
    ).fetchone()
    if found is None:
        return None
    words = {(row["field"], row["code"]): row["swedish"] for row in cursor.execute("SELECT field, code, swedish FROM label")}
    now = next(state_as_of(connection, day, threads=[found["id"]]), None)
    links = cursor.execute(
        "SELECT l.standing, l.evidence, l.confidence, l.record, l.other, l.page, l.document, d.name AS document_name FROM thread_link AS l"
        " LEFT JOIN document AS d ON d.sha256 = l.document WHERE l.thread = ? ORDER BY l.confidence, l.record",
        (found["id"],),
    ).fetchall()
    steps = tuple(_steps(now, words)) if now is not None else ()
    return Timeline(found["id"], found["task"], day, now, steps, found["later"], tuple(dict(row) for row in links), words)


def _steps(now: Followed, words: dict[tuple[str, str], str]) -> list[Step]:
    steps: list[Step] = []
    before: date | None = None
    for source in now.sources:
        day = date.fromisoformat(source.day) if source.day else None
        after = (day - before).days if day is not None and before is not None else None
        steps.append(
            Step(
                source,
                words.get(("event", source.kind), source.kind),
                words.get(("status", source.status), source.status),
                words.get(("date_basis", source.day_basis), source.day_basis),
                after,
            )
        )
        before = day or before
    return steps


def _day(text: str) -> tuple[date, bool]:
    """The day asked for, ISO alone (ÅÅÅÅ-MM-DD); today where none is asked for, and where it is none, which the second value says."""
    if _ISO.fullmatch(text):
        with suppress(ValueError):
            return max(date.fromisoformat(text), date(1900, 1, 1)), False
    return datetime.now().astimezone().date(), bool(text)
