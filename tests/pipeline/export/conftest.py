"""A database with followed assignments in every state, some with what breaks spreadsheets, pages and calendars."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from pipeline.store import Store

HOSTILE = "=cmd|' /C calc'!A1 <script>alert(1)</script> ta fram; en plan, \"snart\"\nmed åäö & 2 % \\ slut"


def thread(connection: sqlite3.Connection, identity: str, task: str, events: list[dict[str, object]], **columns: object) -> None:
    """One thread with its events; what is not said is as the linking leaves it."""
    row: dict[str, object] = {
        "id": identity,
        "organisation": "Region Norr",
        "body": "Regionstyrelsen",
        "assigner_names": "Regionstyrelsen",
        "assignee_names": "Regiondirektören",
        "report_to_names": None,
        "task": task,
        "state": "open",
        "given_basis": "decision",
        "given_paragraph": "§ 41",
        "given_point": "1",
        "diary_number": "RS/2024:117",
        "deadline_moved": 0,
        "records": len(events),
        "events": len(events),
        "documents": 1,
        "doubtful": 0,
        "confidence": 0.9,
        "document": "a" * 64,
        "page": 1,
        **columns,
    }
    _insert(connection, "thread", row)
    for n, event in enumerate(events):
        _insert(
            connection,
            "thread_event",
            {
                "thread": identity,
                "ordinal": n,
                "status": "decided",
                "date_basis": "meeting",
                "body": row["body"],
                "text": f"{task}.",
                "record": identity,
                "rule": "thread.test",
                "confidence": 0.9,
                "paragraph_label": "§ 41",
                "document": "a" * 64,
                "page": n + 1,
                "boxes": "[]",
                **event,
            },
        )


def _insert(connection: sqlite3.Connection, table: str, row: dict[str, object]) -> None:
    connection.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})", list(row.values()))  # noqa: S608


def given(day: str, first: str | None = None, last: str | None = None, raw: str | None = None) -> dict[str, object]:
    return {"kind": "given", "date": day, "deadline_first": first, "deadline_last": last, "deadline_raw": raw}


@pytest.fixture
def followed(tmp_path: Path) -> Path:
    """Two bodies, two organisations; as of 2024-12-31 the board has one assignment in each state."""
    path = tmp_path / "uppdrag.db"
    Store.open(path).close()
    connection = sqlite3.connect(path)
    counts = (
        "pages", "pages_ocr", "pages_without_text", "lines", "lines_removed", "paragraphs", "paragraphs_assignments", "paragraphs_decision",
        "paragraphs_no_decision", "paragraphs_unread", "assignments", "needs_review", "issues",
    )  # fmt: skip
    about = {"id": 1, "sha256": "a" * 64, "fingerprint": "f", "name": "protokoll å.pdf", "reading_status": "read", "status": "ok"}
    _insert(connection, "document", {**about, "kind": "protokoll", "body": "Regionstyrelsen", **dict.fromkeys(counts, 1)})
    thread(connection, "0" * 16, HOSTILE, [given("2024-03-12", None, "2024-05-31", "senast den 31 maj 2024")])
    thread(connection, "1" * 16, "redovisa läget", [given("2024-03-12", "2025-05-05", "2025-05-06", "den 5–6 maj 2025")])
    thread(
        connection,
        "2" * 16,
        "utreda bussar",
        [given("2024-04-10", "2025-09-01", "2025-11-30", "hösten 2025")],
        assignee_names="Trafiknämnden",
    )
    thread(
        connection,
        "3" * 16,
        "-63 mnkr ska sparas",
        [given("2024-03-12", None, "2025-12-31"), {"kind": "reported_in_part", "date": "2024-09-10"}],
    )
    thread(connection, "4" * 16, "se över taxan", [given("2024-03-12"), {"kind": "reported", "date": "2024-10-01", "document": "b" * 64}])
    thread(
        connection,
        "5" * 16,
        "sälja huset",
        [given("2023-03-12", None, "2023-12-31"), {"kind": "closed", "date": "2024-02-01"}],
    )
    thread(connection, "6" * 16, "köpa en båt", [given("2023-03-12"), {"kind": "withdrawn", "date": "2024-11-05"}])
    thread(connection, "7" * 16, "bygga en bro", [{"kind": "proposed", "status": "proposed", "date": "2024-11-05"}], given_basis="unknown")
    thread(connection, "8" * 16, "i framtiden", [given("2026-01-01")])
    thread(connection, "9" * 16, "annan nämnd", [given("2024-03-12", None, "2024-06-01")], body="Trafiknämnden")
    thread(connection, "a" * 16, "annan region", [given("2024-03-12", None, "2024-06-01")], organisation="Region Söder")
    connection.commit()
    connection.close()
    return path
