"""What the pages of links show: doubtful links in their order, a pair with its evidence, and what to link by hand."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any

from extractors.wording import Wording
from rules.ruleset import load_rules

SHOWN = 50
"""Links on a page."""

ACTIONS = {"confirm": "bekräftad", "cut": "kapad", "make": "länkad för hand", "undo": "ångrad"}

_SIDE = (
    "SELECT r.address, r.kind, r.thread, coalesce(a.task, p.subject, p.text) AS task, coalesce(a.text, p.text) AS text,"
    " coalesce(a.status, p.status) AS status, a.assigner_names, a.assignee_names, a.deadline_last, a.deadline_raw, a.source_body,"
    " a.source_date, a.source_paragraph, coalesce(a.page, p.page) AS page,"
    " coalesce(a.paragraph_label, p.paragraph_label) AS paragraph_label,"
    " coalesce(a.diary_number, p.diary_number) AS diary_number, d.name AS document_name, d.sha256, d.body, d.meeting_from, d.organisation"
    " FROM thread_record AS r JOIN document AS d ON d.sha256 = r.document LEFT JOIN current_assignment AS a ON a.address = r.address"
    " LEFT JOIN report AS p ON p.address = r.address WHERE r.address = ?"
)


def count(connection: sqlite3.Connection) -> int:
    """How many doubtful links wait."""
    return int(connection.execute("SELECT count(*) FROM thread_link WHERE standing = 'doubtful'").fetchone()[0])


def waiting(connection: sqlite3.Connection, *, skip: int = 0) -> list[dict[str, Any]]:
    """A page of the doubtful links, the surest first, at most :data:`SHOWN` and one more; each with both its sides."""
    rows = _rows(
        connection,
        "SELECT record, other, rule, evidence, confidence FROM thread_link WHERE standing = 'doubtful'"
        " ORDER BY confidence DESC, record, other LIMIT ? OFFSET ?",
        (SHOWN + 1, skip),
    )
    return [found for row in rows if (found := _with_sides(connection, row)) is not None]


def pair(connection: sqlite3.Connection, record: str, other: str) -> dict[str, Any] | None:
    """The link of two records with both its sides and what people have decided of it; None where a record is not there."""
    rows = _rows(
        connection,
        "SELECT record, other, rule, evidence, confidence, standing FROM thread_link WHERE record IN (?1, ?2) AND other IN (?1, ?2)",
        (record, other),
    )
    link = rows[0] if rows else {"record": record, "other": other, "rule": "", "evidence": "", "confidence": None, "standing": ""}
    found = _with_sides(connection, link)
    if found is None:
        return None
    found["decisions"] = _rows(
        connection,
        "SELECT l.id, l.at, l.who, l.action, l.why, EXISTS (SELECT 1 FROM link_decision AS u WHERE u.undoes = l.id) AS undone"
        " FROM link_decision AS l WHERE l.record IN (?1, ?2) AND l.other IN (?1, ?2) ORDER BY l.id DESC",
        (record, other),
    )
    return found


def next_after(connection: sqlite3.Connection, record: str, other: str, *, back: bool = False) -> tuple[str, str] | None:
    """The doubtful link after (or before) another in the order of :func:`waiting`; from the end it begins again."""
    everything = connection.execute(
        "SELECT record, other FROM thread_link WHERE standing = 'doubtful' ORDER BY confidence DESC, record, other LIMIT 20000"
    ).fetchall()
    pairs = [(r, o) for r, o in everything]
    if not pairs:
        return None
    if (record, other) in pairs:
        at = pairs.index((record, other)) + (-1 if back else 1)
        found = pairs[at % len(pairs)]
        return None if found == (record, other) else found
    return pairs[0]


def decided(connection: sqlite3.Connection) -> list[dict[str, Any]]:
    """The latest decisions on links, the newest first."""
    rows = _rows(
        connection,
        "SELECT l.id, l.at, l.who, l.action, l.why, l.record, l.other, EXISTS (SELECT 1 FROM link_decision AS u WHERE u.undoes = l.id)"
        " AS undone FROM link_decision AS l WHERE l.action <> 'undo' ORDER BY l.id DESC LIMIT 20",
        (),
    )
    return [{**row, "task": (_side(connection, row["record"]) or {}).get("task", "posten finns inte längre")} for row in rows]


def candidates(connection: sqlite3.Connection, record: str, words: str = "") -> list[dict[str, Any]]:
    """Assignments of the same organisation, in other threads, that share words with a record (or hold the given ones): at most ten."""
    own = _side(connection, record)
    if own is None:
        return []
    wording = Wording.of(load_rules(prove=False))
    stems = sorted(wording.stems(words or own["task"]), key=lambda s: (-len(s), s))[:6]
    if not stems:
        return []
    asked = " OR ".join(f'"{stem}"*' for stem in stems)
    found = connection.execute(
        "SELECT a.address FROM assignment_fts AS f JOIN assignment AS a ON a.id = f.rowid WHERE assignment_fts MATCH ? AND a.act ="
        " 'assignment' AND a.duplicate_of IS NULL AND a.address <> ? ORDER BY rank LIMIT 60",
        (asked, record),
    ).fetchall()
    sides = [side for (address,) in found if (side := _side(connection, address)) is not None]
    same = [s for s in sides if s["organisation"] == own["organisation"] and (s["thread"] is None or s["thread"] != own["thread"])]
    return sorted(same, key=lambda s: -wording.likeness(words or own["task"], s["task"]).score)[:10]


def side(connection: sqlite3.Connection, record: str) -> dict[str, Any] | None:
    """One record as the pages show it, or None."""
    return _side(connection, record)


def _with_sides(connection: sqlite3.Connection, link: dict[str, Any]) -> dict[str, Any] | None:
    later, earlier = _side(connection, link["record"]), _side(connection, link["other"])
    return None if later is None or earlier is None else {**link, "later": later, "earlier": earlier}


def _side(connection: sqlite3.Connection, address: str) -> dict[str, Any] | None:
    rows = _rows(connection, _SIDE, (address,))
    return rows[0] if rows else None


def _rows(connection: sqlite3.Connection, sql: str, values: Sequence[Any]) -> list[dict[str, Any]]:
    cursor = connection.execute(sql, values)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, tuple(row), strict=True)) for row in cursor]
