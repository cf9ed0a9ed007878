"""What the page of a record shows: every field with its place on the printed page, the document around it, the history."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pipeline.review.ledger import VERDICTS, history, token
from pipeline.review.queue import in_document
from pipeline.review.record import ACTS, DEADLINE_KINDS, STATUSES, Boxes, Record, Standing, standing

ROLE_NAMES = {"assigner": "Uppdragsgivare", "assignee": "Mottagare", "partner": "Samverkande", "report_to": "Återrapporteras till"}
FIELD_NAMES = {
    **ROLE_NAMES,
    "text": "Källtext",
    "task": "Uppgift",
    "page": "Sida",
    "act": "Slag",
    "status": "Status",
    "boxes": "Plats på sidan",
    "paragraph": "Paragraf",
    "deadlines": "Tidsfrister",
    "amounts": "Belopp",
    "source_body": "Gavs av",
    "source_date": "Gavs den",
    "source_paragraph": "Gavs i paragraf",
    "source_diary_number": "Gavs i ärende",
    "done": "Fullgjort",
    "duplicate_of": "Dubblett till",
    "verdict": "Bedömning",
    "merged_into": "Gick upp i",
}
ACTIONS = {
    "accept": "Godkände",
    "correct": "Rättade",
    "reject": "Underkände",
    "duplicate": "Märkte som dubblett",
    "split": "Delade",
    "merge": "Slog ihop",
    "add": "Lade till",
    "reattach": "Knöt om",
    "reopen": "Öppnade igen",
    "document_done": "Markerade dokumentet som genomgånget",
    "document_reopened": "Öppnade dokumentet igen",
    "undo": "Ångrade",
}
STANDINGS = {"stands": "gäller", "stale": "inaktuell", "orphan": "föräldralös"}


@dataclass(frozen=True)
class Mark:
    """A rectangle over the page, in per cent of its width and height; ``of`` names the field it is the source of."""

    page: int
    x: float
    y: float
    width: float
    height: float
    kind: str
    of: str
    title: str


@dataclass
class RecordPage:
    """Everything the template of a record shows. ``sizes`` is (width, height) of each page of the document, in points."""

    now: Standing
    record: Record
    seen: str
    document: dict[str, Any]
    sizes: list[tuple[float, float]]
    number: int
    marks: list[Mark] = field(default_factory=list)
    history: list[dict[str, Any]] = field(default_factory=list)
    siblings: list[dict[str, Any]] = field(default_factory=list)
    cues: list[dict[str, Any]] = field(default_factory=list)
    confidence: float | None = None
    doubt: str | None = None
    differs: list[dict[str, Any]] = field(default_factory=list)


def record_page(connection: sqlite3.Connection, address: str, number: int | None, typed: Record | None = None) -> RecordPage | None:
    """The page of a record with, where a form came back, what was typed in it. None where there is no such record."""
    now = standing(connection, address)
    if now is None:
        return None
    record = typed or now.record
    document, sizes = document_of(connection, now.document)
    at = number if number is not None and 1 <= number <= len(sizes) else min(max(record.page, 1), max(len(sizes), 1))
    page = RecordPage(now, record, token(now), document, sizes, at)
    page.marks = _marks(now.record, sizes)
    page.history = shown_history(connection, address)
    page.siblings = [row for row in in_document(connection, now.document) if row["verdict"] not in ("merged", "withdrawn")]
    found = connection.execute("SELECT document, number, confidence, needs_review FROM assignment WHERE address = ?", (address,)).fetchone()
    if found is not None:
        page.confidence, page.doubt = found[2], found[3]
        page.cues = [
            {"effect": effect, "why": why, "rule": rule}
            for effect, why, rule in connection.execute(
                "SELECT effect, why, rule FROM cue WHERE document = ? AND assignment = ? ORDER BY ordinal", (found[0], found[1])
            )
        ]
    if now.version and now.verdict != "open" and now.extraction is not None:
        words = _words(connection)
        page.differs = [
            {
                "name": FIELD_NAMES[name],
                "extracted": said(name, now.extraction.value(name), words),
                "now": said(name, now.record.value(name), words),
            }
            for name in FIELD_NAMES
            if name not in ("verdict", "merged_into", "boxes", "text", "page") and now.extraction.value(name) != now.record.value(name)
        ]
    return page


def document_of(connection: sqlite3.Connection, sha256: str) -> tuple[dict[str, Any], list[tuple[float, float]]]:
    """(what is said of a document, the size of each of its pages); of one that left the database, its name and no page."""
    row = connection.execute("SELECT id, name, title, body, meeting_from FROM document WHERE sha256 = ?", (sha256,)).fetchone()
    if row is None:
        kept = connection.execute(
            "SELECT document_name FROM review_change_set WHERE document = ? ORDER BY id DESC LIMIT 1", (sha256,)
        ).fetchone()
        return {"sha256": sha256, "name": kept[0] if kept else "", "title": None, "body": None, "meeting_from": None, "gone": True}, []
    sizes = connection.execute("SELECT width, height FROM page WHERE document = ? ORDER BY number", (row[0],)).fetchall()
    about = {"sha256": sha256, "name": row[1], "title": row[2], "body": row[3], "meeting_from": row[4], "gone": False}
    return about, [(float(w), float(h)) for w, h in sizes]


def place_of(connection: sqlite3.Connection, address: str | None) -> tuple[str, int] | None:
    """(document, page) of a record of the extraction, so that a browser can fetch the page before it is turned to."""
    found = connection.execute(
        "SELECT d.sha256, a.page FROM assignment AS a JOIN document AS d ON d.id = a.document WHERE a.address = ?", (address,)
    ).fetchone()
    return None if found is None else (str(found[0]), int(found[1]))


def _marks(record: Record, sizes: list[tuple[float, float]]) -> list[Mark]:
    found: list[Mark] = []

    def mark(boxes: Boxes, kind: str, of: str, title: str) -> None:
        for page, x0, top, x1, bottom in boxes:
            if not 1 <= page <= len(sizes):
                continue
            width, height = sizes[int(page) - 1]
            x, y = 100 * (x0 - 1.5) / width, 100 * (top - 1.5) / height
            found.append(
                Mark(
                    int(page), round(x, 2), round(y, 2), round(100 * (x1 - x0 + 3) / width, 2), round(100 * (bottom - top + 3) / height, 2),
                    kind, of, title,
                )
            )  # fmt: skip

    mark(record.boxes, "source", "task", "Hela stället")
    for role, label in ROLE_NAMES.items():
        for n, party in enumerate(getattr(record, role)):
            mark(party.boxes, role, f"{role}-{n}", f"{label}: {party.name}")
    for n, due in enumerate(record.deadlines):
        mark(due.boxes, "deadline", f"deadline-{n}", f"Tidsfrist: {due.raw}")
    for n, money in enumerate(record.amounts):
        mark(money.boxes, "amount", f"amount-{n}", f"Belopp: {money.raw}")
    return found


def local_time(at: str, *, seconds: bool = False) -> str:
    """A moment kept in UTC as the clocks of Sweden showed it; where the machine knows no time zones, UTC, and says so."""
    try:
        moment, said = datetime.fromisoformat(at).astimezone(ZoneInfo("Europe/Stockholm")), ""
    except ZoneInfoNotFoundError:
        moment, said = datetime.fromisoformat(at), " UTC"
    return f"{moment:%Y-%m-%d %H:%M:%S}{said}" if seconds else f"{moment:%Y-%m-%d %H:%M}{said}"


def labels(connection: sqlite3.Connection) -> dict[str, dict[str, str]]:
    """Swedish words of the codes in the form's choices."""
    words = _words(connection)
    return {
        "status": {code: words.get(("status", code), code) for code in STATUSES},
        "act": {code: words.get(("act", code), code) for code in ACTS},
        "deadline": {code: words.get(("deadline", code), code) for code in DEADLINE_KINDS},
    }


def _words(connection: sqlite3.Connection) -> dict[tuple[str, str], str]:
    return {(kind, code): swedish for kind, code, swedish in connection.execute("SELECT field, code, swedish FROM label")}


def shown_history(connection: sqlite3.Connection, address: str) -> list[dict[str, Any]]:
    """The history of a record in words: every change set with its changes as (field, old, new) texts."""
    words = _words(connection)
    found = history(connection, address)
    for entry in found:
        entry["did"] = ACTIONS[entry["action"]]
        entry["told"] = [
            {
                "name": FIELD_NAMES.get(change["field"], change["field"]),
                "old": said(change["field"], change["old"], words),
                "new": said(change["field"], change["new"], words),
            }
            for change in entry["changes"]
            if change["field"] != "boxes" and change["old"] != change["new"]
        ]
    return found


def latest(
    connection: sqlite3.Connection, *, who: str = "", skip: int = 0, shown: int = 50, only: int | None = None
) -> list[dict[str, Any]]:
    """The latest change sets of everybody (or of one person, or ``only`` one), with the first record each touched and whether they are
    undone; one more than ``shown``, to know whether there are more."""
    rows = connection.execute(
        "SELECT s.id, s.at, s.who, s.action, s.why, s.document_name, s.undoes,"
        " (SELECT c.record FROM review_change AS c WHERE c.change_set = s.id ORDER BY c.ordinal LIMIT 1),"
        " EXISTS (SELECT 1 FROM review_change_set AS u WHERE u.undoes = s.id AND NOT EXISTS"
        " (SELECT 1 FROM review_change_set AS v WHERE v.undoes = u.id)), s.document"
        " FROM review_change_set AS s WHERE s.id = coalesce(:only, s.id) AND :who IN ('', s.who)"
        " ORDER BY s.id DESC LIMIT :shown OFFSET :skip",
        {"who": who, "shown": shown + 1, "skip": skip, "only": only},
    ).fetchall()
    found = []
    for number, at, name, action, why, document, undoes, record, undone, sha256 in rows:
        task = connection.execute(
            "SELECT s.task FROM review_current AS n JOIN review_state AS s ON s.id = n.state WHERE n.record = ?", (record,)
        ).fetchone()
        found.append(
            {
                "id": number, "at": at, "who": name, "did": ACTIONS[action], "why": why, "document": document, "undoes": undoes,
                "record": record, "undone": bool(undone), "sha256": sha256, "task": task[0] if task else None,
            }
        )  # fmt: skip
    return found


def said(name: str, value: Any, words: Mapping[tuple[str, str], str]) -> str:
    """A field's value in words."""
    if value is None or value == [] or value == "":
        return "–"
    if name == "verdict":
        return VERDICTS.get(value, str(value))
    if name in ("status", "act"):
        return words.get((name, value), str(value))
    if name == "done":
        return "ja" if value else "nej"
    if name in ROLE_NAMES:
        return "; ".join(party["name"] for party in value)
    if name == "deadlines":
        return "; ".join(_due(due, words) for due in value)
    if name == "amounts":
        from pipeline.datasette.pages import kronor

        return "; ".join(kronor(money["ore"]) for money in value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _due(due: Mapping[str, Any], words: Mapping[tuple[str, str], str]) -> str:
    days = due["last"] if due["first"] in (None, due["last"]) else f"{due['first']} till {due['last'] or '…'}"
    kind = words.get(("deadline", due["kind"]), due["kind"])
    parts = [days or "", f"”{due['raw']}”" if due["raw"] else ""]
    return f"{' '.join(part for part in parts if part)} ({kind})"
