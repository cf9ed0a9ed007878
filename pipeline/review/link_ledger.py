"""The only writer of what people decide about links: that two records are one assignment, or are not. Rows are added, never changed.

Each function is one transaction, and the threads are right when it ends. As in :mod:`pipeline.review.ledger`, what a person may do is
decided before.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime

from pipeline.follow_up.relink import update_decided
from pipeline.review.ledger import DecisionError
from pipeline.turns import turn


@dataclass(frozen=True)
class LinkDecided:
    """A decision on a link, by its number."""

    id: int
    action: str
    record: str
    other: str


def confirm(connection: sqlite3.Connection, who: str, record: str, other: str, *, why: str | None = None) -> LinkDecided:
    """The two are one assignment."""
    return _decide(connection, who, "confirm", record, other, why)


def cut(connection: sqlite3.Connection, who: str, record: str, other: str, *, why: str | None = None) -> LinkDecided:
    """The two are not one assignment, whatever else ties them."""
    return _decide(connection, who, "cut", record, other, why)


def make(connection: sqlite3.Connection, who: str, record: str, other: str, *, why: str | None = None) -> LinkDecided:
    """The two are one assignment, though no link was found. Refused between organisations."""
    return _decide(connection, who, "make", record, other, why)


def undo(connection: sqlite3.Connection, who: str, decision: int) -> LinkDecided:
    """Takes a decision back: what was found counts again. Raises DecisionError where it has been taken back already."""
    row = connection.execute("SELECT action, record, other FROM link_decision WHERE id = ?", (decision,)).fetchone()
    if row is None or row[0] == "undo":
        raise DecisionError("Det finns inget sådant beslut att ångra.")
    if connection.execute("SELECT 1 FROM link_decision WHERE undoes = ?", (decision,)).fetchone():
        raise DecisionError("Beslutet är redan ångrat.")
    return _written(connection, who, "undo", row[1], row[2], None, decision)


def _decide(connection: sqlite3.Connection, who: str, action: str, record: str, other: str, why: str | None) -> LinkDecided:
    organisations = []
    for address in (record, other):
        row = connection.execute(
            "SELECT d.organisation FROM thread_record AS r JOIN document AS d ON d.sha256 = r.document WHERE r.address = ?", (address,)
        ).fetchone()
        if row is None:
            raise DecisionError("Posten finns inte längre: dokumentet har lästs om. Gå tillbaka till länkarna.")
        organisations.append(row[0])
    if record == other:
        raise DecisionError("En post kan inte länkas till sig själv.")
    if action != "cut" and None not in organisations and organisations[0] != organisations[1]:
        raise DecisionError(
            f"Uppdrag i {organisations[0]} och {organisations[1]} kan inte vara samma: en länk går aldrig mellan organisationer."
        )
    return _written(connection, who, action, record, other, why, None)


def _written(
    connection: sqlite3.Connection, who: str, action: str, record: str, other: str, why: str | None, undoes: int | None
) -> LinkDecided:
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = FULL")
    with turn(connection):
        cursor = connection.execute(
            "INSERT INTO link_decision (at, who, action, record, other, why, undoes) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (datetime.now(UTC).isoformat(timespec="seconds"), who, action, record, other, (why or "").strip() or None, undoes),
        )
        update_decided(connection)
    return LinkDecided(int(cursor.lastrowid or 0), action, record, other)
