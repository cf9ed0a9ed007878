"""Reviewed documents in the corpus format: what people decided becomes what the extraction is measured against."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from pipeline.review.record import ROLES, Record, standing


def export(database: Path, folder: Path, *, unfinished: bool = False) -> list[tuple[str, int]]:
    """Writes one JSON a document that has been gone through (with ``unfinished``, every document with a decision); returns
    (file name, assignments) of each. A record nobody decided is ``borderline``: neither finding nor missing it counts as an error.

    Raises PermissionError where the folder may not be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    with closing(sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True)) as connection:
        documents = connection.execute(
            "SELECT d.id, d.sha256, d.name, d.kind, d.title, d.body, d.diary_number FROM document AS d WHERE"
            " (SELECT r.done FROM review_document AS r WHERE r.document = d.sha256 ORDER BY r.id DESC LIMIT 1) = 1"
            " OR (? AND EXISTS (SELECT 1 FROM current_review AS c WHERE c.document = d.sha256 AND c.verdict <> 'open'))"
            " ORDER BY d.name, d.id",
            (unfinished,),
        ).fetchall()
        names: set[str] = set()
        for number, sha256, name, kind, title, body, diary in documents:
            stem = Path(name).stem
            if stem in names:  # two documents of one name: the hash tells them apart
                stem = f"{stem}-{sha256[:8]}"
            names.add(stem)
            gold: dict[str, Any] = {
                "file": name,
                "kind": kind,
                "body": body,
                "title": title,
                "diary_number": diary,
                "assignments": _assignments(connection, number, sha256),
                "not_assignments": _rejected(connection, sha256),
                **_mentions(connection, number),
            }
            path = folder / f"{stem}.json"
            path.write_text(json.dumps(gold, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
            written.append((path.name, len(gold["assignments"])))
    return written


def _assignments(connection: sqlite3.Connection, document: int, sha256: str) -> list[dict[str, Any]]:
    rows = connection.execute(
        "SELECT address, granskad FROM current_assignment WHERE document = ? ORDER BY page, start, address", (document,)
    ).fetchall()
    found = []
    for address, decided in rows:
        now = standing(connection, address)
        assert now is not None, sha256
        found.append(_assignment(address, now.record, core=decided == "ja"))
    return found


def _assignment(address: str, record: Record, *, core: bool) -> dict[str, Any]:
    # The anchor is looked for in the text of the prediction, which includes the task; what a person worded anew is not printed there.
    folded = re.sub(r"\W", "", record.text.lower())
    printed = re.sub(r"\W", "", record.task.lower())[:32] in folded
    source = {
        "body": record.source_body,
        "meeting_date": record.source_date,
        "paragraph": record.source_paragraph,
        "diary_number": record.source_diary_number,
    }
    parties = {role: [{"raw": party.raw, "name": party.name} for party in getattr(record, role)] for role in ROLES}
    return {
        "id": address,
        "tier": "core" if core else "borderline",
        "act": record.act,
        "status": record.status,
        "anchor": record.task if printed else record.text,
        "anchors": [record.text],
        "assigner": parties["assigner"],
        "assignees": parties["assignee"],
        "partners": parties["partner"],
        "deadlines": [{"raw": due.raw, "kind": due.kind, "from": due.first, "to": due.last, "body": due.body} for due in record.deadlines],
        "report_to": [party["name"] for party in parties["report_to"]],
        "source": source if any(source.values()) else None,
        "done": record.done,
        "amounts": [{"raw": money.raw, "sek": _kronor(money.ore)} for money in record.amounts],
        "duplicate_of": record.duplicate_of,
        "note": None,
    }


def _rejected(connection: sqlite3.Connection, sha256: str) -> list[dict[str, Any]]:
    rows = connection.execute(
        "SELECT s.text, s.page, c.why FROM current_review AS s JOIN review_change_set AS c ON c.id = s.change_set"
        " WHERE s.document = ? AND s.verdict = 'rejected' ORDER BY s.page, s.record",
        (sha256,),
    )
    return [{"text": text, "page": page, "why": why} for text, page, why in rows]


def _mentions(connection: sqlite3.Connection, document: int) -> dict[str, Any]:
    """Amounts and dates as extracted: nobody reviews them one by one, and without them their figures would count as wrong."""
    amounts = connection.execute("SELECT raw, ore, year, kind, concerns FROM amount WHERE document = ? AND ore IS NOT NULL", (document,))
    dates = connection.execute("SELECT raw, first, last, precision FROM date_mention WHERE document = ?", (document,))
    return {
        "amounts": [{"raw": raw, "sek": _kronor(ore), "year": year, "kind": kind, "concerns": of} for raw, ore, year, kind, of in amounts],
        "dates": [{"raw": raw, "from": first, "to": last, "precision": precision} for raw, first, last, precision in dates],
    }


def _kronor(ore: int) -> int:
    """Whole kronor, half away from zero, as the extraction JSON has them."""
    whole = (abs(ore) + 50) // 100
    return -whole if ore < 0 else whole
