"""The only writer of the review tables: every decision is a change set that is added, never changed.

Each function takes a connection Datasette opened for writing (or any other), runs in one transaction of its own, and answers when
the disk has it. What a person may do is decided before, in :mod:`pipeline.review.access`.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from pipeline.follow_up.relink import update_decided
from pipeline.review.record import FIELDS, Record, Standing, changes, dump, from_json, standing
from pipeline.turns import turn

VERDICTS = {
    "open": "ej granskad",
    "accepted": "godkänd",
    "corrected": "rättad",
    "added": "tillagd",
    "duplicate": "dubblett",
    "rejected": "underkänd",
    "withdrawn": "återtagen",
    "merged": "sammanslagen",
}


class DecisionError(Exception):
    """The decision cannot be made; the message is Swedish, for the reviewer."""


class CollisionError(Exception):
    """Somebody else has decided since the reviewer opened the record; ``now`` is how it stands."""

    def __init__(self, now: Standing) -> None:
        super().__init__("Posten har ändrats sedan du öppnade den.")
        self.now = now


@dataclass(frozen=True)
class Decided:
    """What a decision did: its change set, the record to show next to it, and what could not be done and why."""

    change_set: int
    record: str | None
    kept: tuple[str, ...] = ()


def accept(connection: sqlite3.Connection, who: str, address: str, seen: str, *, why: str | None = None) -> Decided:
    """The record is right as it stands."""
    with _writing(connection):
        now = _seen(connection, address, seen)
        verdict = now.verdict if now.verdict in ("corrected", "added", "duplicate") else "accepted"
        return _decide(connection, who, "accept", [(now, now.record, verdict, None)], why)


def correct(connection: sqlite3.Connection, who: str, address: str, seen: str, record: Record, *, why: str | None = None) -> Decided:
    """The record is as given. Without any difference this is :func:`accept`."""
    with _writing(connection):
        now = _seen(connection, address, seen)
        if record.duplicate_of is not None:
            _check_duplicate(connection, now, record.duplicate_of)
        same = not changes(now.record, record)
        verdict = now.verdict if now.verdict == "added" else "duplicate" if record.duplicate_of else "corrected"
        if same:
            verdict = now.verdict if now.verdict in ("corrected", "added", "duplicate") else "accepted"
        return _decide(connection, who, "accept" if same else "correct", [(now, record, verdict, None)], why)


def reject(connection: sqlite3.Connection, who: str, address: str, seen: str, *, why: str) -> Decided:
    """It is no assignment. The reason is asked for."""
    if not why.strip():
        raise DecisionError("Skriv varför det inte är ett uppdrag.")
    with _writing(connection):
        now = _seen(connection, address, seen)
        return _decide(connection, who, "reject", [(now, now.record, "rejected", None)], why)


def mark_duplicate(connection: sqlite3.Connection, who: str, address: str, seen: str, of: str, *, why: str | None = None) -> Decided:
    """The same point is another record too; this one is not counted."""
    with _writing(connection):
        now = _seen(connection, address, seen)
        _check_duplicate(connection, now, of)
        return _decide(connection, who, "duplicate", [(now, replace(now.record, duplicate_of=of), "duplicate", None)], why)


def reopen(connection: sqlite3.Connection, who: str, address: str, seen: str, *, why: str | None = None) -> Decided:
    """Back to undecided: the extraction's values count again."""
    with _writing(connection):
        now = _seen(connection, address, seen)
        if now.extraction is None:
            raise DecisionError("Tolkningen har inget förslag att gå tillbaka till. Underkänn posten i stället, eller ångra beslutet.")
        return _decide(connection, who, "reopen", [(now, now.extraction, "open", None)], why)


def split(connection: sqlite3.Connection, who: str, address: str, seen: str, tasks: Sequence[str], *, why: str | None = None) -> Decided:
    """One record becomes several, which share everything but the task. The first keeps its address."""
    wanted = [" ".join(task.split()) for task in tasks if task.strip()]
    if len(wanted) < 2:
        raise DecisionError("Skriv minst två uppgifter, en på varje rad.")
    with _writing(connection):
        now = _seen(connection, address, seen)
        first = replace(now.record, task=wanted[0])
        rows: list[_Step] = [(now, first, "added" if now.verdict == "added" else "corrected", None)]
        rows += [
            (_fresh(now.document, replace(now.record, task=task)), replace(now.record, task=task), "added", None) for task in wanted[1:]
        ]
        return _decide(connection, who, "split", rows, why)


def merge(connection: sqlite3.Connection, who: str, address: str, seen: str, others: Sequence[str], *, why: str | None = None) -> Decided:
    """Several records become one: the first, with the parties, deadlines and amounts of the others added to its own."""
    with _writing(connection):
        now = _seen(connection, address, seen)
        joined, rows = now.record, []
        for other in dict.fromkeys(others):
            part = standing(connection, other)
            if part is None or part.document != now.document or other == address or part.verdict in ("merged", "rejected", "withdrawn"):
                raise DecisionError("Posten att slå ihop med finns inte bland dokumentets poster.")
            joined = _joined(joined, part.record)
            rows.append((part, part.record, "merged", address))
        if not rows:
            raise DecisionError("Välj minst en post att slå ihop med.")
        verdict = "added" if now.verdict == "added" else "corrected"
        return _decide(connection, who, "merge", [(now, joined, verdict, None), *rows], why)


def add(connection: sqlite3.Connection, who: str, document: str, record: Record, *, why: str | None = None) -> Decided:
    """An assignment that the extraction missed."""
    with _writing(connection):
        if connection.execute("SELECT 1 FROM document WHERE sha256 = ?", (document,)).fetchone() is None:
            raise DecisionError("Dokumentet finns inte i databasen.")
        return _decide(connection, who, "add", [(_fresh(document, record), record, "added", None)], why)


def reattach(connection: sqlite3.Connection, who: str, address: str, seen: str, to: str, *, why: str | None = None) -> Decided:
    """A review whose point is gone is laid over another record, with all its values; that record's place on the page stays."""
    with _writing(connection):
        orphan = _seen(connection, address, seen)
        target = standing(connection, to)
        if orphan.standing != "orphan":
            raise DecisionError("Posten har kvar sin punkt i texten och behöver inte knytas om.")
        if target is None or target.extraction is None or to == address:
            raise DecisionError("Det finns ingen sådan post att knyta granskningen till.")
        place = target.record
        value = replace(orphan.record, text=place.text, page=place.page, boxes=place.boxes, paragraph=place.paragraph)
        if value.duplicate_of == to:
            value = replace(value, duplicate_of=None)
        verdict = "rejected" if orphan.verdict == "rejected" else "duplicate" if value.duplicate_of else "corrected"
        return _decide(connection, who, "reattach", [(target, value, verdict, None), (orphan, orphan.record, "merged", to)], why)


def document_done(connection: sqlite3.Connection, who: str, document: str, *, done: bool = True, why: str | None = None) -> Decided:
    """The whole document has been gone through (or is opened again). Refused while a record of it is undecided."""
    with _writing(connection):
        marked = connection.execute("SELECT done FROM review_document WHERE document = ? ORDER BY id DESC LIMIT 1", (document,)).fetchone()
        if (marked is not None and bool(marked[0])) is done:
            raise DecisionError("Dokumentet är redan markerat som genomgånget." if done else "Dokumentet är inte markerat som genomgånget.")
        waiting = connection.execute(
            "SELECT count(*) FROM current_assignment AS a JOIN document AS d ON d.id = a.document"
            " WHERE d.sha256 = ? AND a.granskad = 'nej' AND a.act = 'assignment' AND a.duplicate_of IS NULL",
            (document,),
        ).fetchone()[0]
        if done and waiting:
            raise DecisionError(f"{waiting} poster i dokumentet är inte granskade än.")
        number = _change_set(connection, who, "document_done" if done else "document_reopened", document, why)
        connection.execute("INSERT INTO review_document (change_set, document, done) VALUES (?, ?, ?)", (number, document, int(done)))
        return Decided(number, None)


def undo(connection: sqlite3.Connection, who: str, change_set: int, *, why: str | None = None) -> Decided:
    """Takes a whole change set back, with a new one. A field that somebody has changed again since keeps the later word; it is named
    in ``kept``. Raises DecisionError where nothing of it is left to take back."""
    with _writing(connection):
        row = connection.execute("SELECT document FROM review_change_set WHERE id = ?", (change_set,)).fetchone()
        if row is None:
            raise DecisionError("Det finns ingen sådan ändring.")
        if not _stands(connection, change_set):
            raise DecisionError("Ändringen är redan ångrad.")
        document = row[0]
        if (flag := connection.execute("SELECT done FROM review_document WHERE change_set = ?", (change_set,)).fetchone()) is not None:
            latest = connection.execute("SELECT max(change_set) FROM review_document WHERE document = ?", (document,)).fetchone()[0]
            if latest != change_set:
                raise DecisionError("Dokumentet har markerats på nytt sedan dess: ångra det senare först.")
            number = _change_set(connection, who, "undo", document, why, change_set)
            connection.execute("INSERT INTO review_document (change_set, document, done) VALUES (?, ?, ?)", (number, document, 1 - flag[0]))
            return Decided(number, None)
        steps, kept, first = [], [], None
        for record in _records(connection, change_set):
            first = first or record
            now = standing(connection, record)
            if now is None:
                continue
            step, left = _reverted(connection, change_set, now)
            kept += left
            if step is not None:
                steps.append(step)
        if not steps:
            raise DecisionError("Allt i ändringen har ändrats på nytt sedan dess: ångra det senare först.")
        decided = _decide(connection, who, "undo", steps, why, undoes=change_set)
        return replace(decided, record=first, kept=tuple(dict.fromkeys(kept)))


_Step = tuple[Standing, Record, str, str | None]
"""(the record before, its value after, its verdict after, what it was merged into)."""


def _reverted(connection: sqlite3.Connection, change_set: int, now: Standing) -> tuple[_Step | None, list[str]]:
    """The step that takes one record back, and the fields that keep a later word."""
    old = {
        field: (before, after)
        for field, before, after in connection.execute(
            "SELECT field, old, new FROM review_change WHERE change_set = ? AND record = ? ORDER BY ordinal", (change_set, now.address)
        )
    }
    later = [
        number
        for (number,) in connection.execute(
            "SELECT DISTINCT c.change_set FROM review_change AS c JOIN review_change_set AS s ON s.id = c.change_set"
            " WHERE c.record = ? AND c.change_set > ? AND s.action <> 'undo'",
            (now.address, change_set),
        )
        if _stands(connection, number)
    ]
    value, kept, moved = now.record, [], False
    added = "verdict" in old and old["verdict"][0] is None
    for field, (before, after) in old.items():
        if field not in FIELDS or added:  # what people added and take back keeps its words, for the history
            continue
        if dump(value.value(field)) == dump(None if after is None else json.loads(after)) or (after is None and not value.value(field)):
            value, moved = value.with_value(field, None if before is None else json.loads(before)), True
        else:
            kept.append(field)
    verdict, merged = now.verdict, now.merged_into
    if "verdict" in old:
        if later:
            kept.append("verdict")
        else:
            before, after = old["verdict"]
            verdict = json.loads(before) if before else "withdrawn"
            merged = json.loads(old["merged_into"][0]) if "merged_into" in old and old["merged_into"][0] else None
            moved = True
    return ((now, value, verdict, merged) if moved else None), kept


def _stands(connection: sqlite3.Connection, change_set: int) -> bool:
    """Whether no standing undo takes it back."""
    undone = connection.execute("SELECT id FROM review_change_set WHERE undoes = ?", (change_set,)).fetchall()
    return not any(_stands(connection, number) for (number,) in undone)


def _records(connection: sqlite3.Connection, change_set: int) -> list[str]:
    rows = connection.execute("SELECT record FROM review_change WHERE change_set = ? ORDER BY ordinal", (change_set,)).fetchall()
    return list(dict.fromkeys(row[0] for row in rows))


def token(now: Standing) -> str:
    """What a form carries to say which state of the record its reviewer saw: the review's, and the extraction's where it counts."""
    from hashlib import sha256

    return f"{now.version}-{sha256(now.record.as_json().encode()).hexdigest()[:12]}"


def _seen(connection: sqlite3.Connection, address: str, seen: str) -> Standing:
    now = standing(connection, address)
    if now is None:
        raise DecisionError("Posten finns inte längre: dokumentet har lästs om. Gå tillbaka till kön.")
    if token(now) != seen:
        raise CollisionError(now)
    return now


def _fresh(document: str, record: Record) -> Standing:
    """A record that was not there before, under an address of its own."""
    return Standing(secrets.token_hex(8), document, record)


def _check_duplicate(connection: sqlite3.Connection, now: Standing, of: str) -> None:
    other = standing(connection, of)
    if other is None or of == now.address:
        raise DecisionError("Posten att vara dubblett till finns inte.")
    if other.record.duplicate_of is not None or other.verdict in ("merged", "rejected", "withdrawn"):
        raise DecisionError("Den posten är själv en dubblett eller underkänd: välj den som räknas.")


def _joined(first: Record, other: Record) -> Record:
    """The union; of two deadlines or amounts with the same words, or two parties of the same name, the first."""
    kept: dict[str, Any] = {}
    for role in ("assigner", "assignee", "partner", "report_to"):
        own = getattr(first, role)
        names = {party.name.casefold() for party in own}
        kept[role] = own + tuple(party for party in getattr(other, role) if party.name.casefold() not in names)
    for name in ("deadlines", "amounts"):
        own = getattr(first, name)
        said = {item.raw for item in own}
        kept[name] = own + tuple(item for item in getattr(other, name) if item.raw not in said)
    task = first.task if other.task in first.task else f"{first.task.rstrip(' .')} samt {other.task}"
    text = first.text if other.text in first.text else f"{first.text} {other.text}"
    boxes = first.boxes + tuple(box for box in other.boxes if box not in first.boxes)
    return replace(first, task=task, text=text, boxes=boxes, **kept)


def _decide(
    connection: sqlite3.Connection, who: str, action: str, steps: Sequence[_Step], why: str | None, *, undoes: int | None = None
) -> Decided:
    document = steps[0][0].document
    number = _change_set(connection, who, action, document, why, undoes)
    ordinal = 0
    for now, value, verdict, merged in steps:
        fresh = now.version == 0 and now.extraction is None
        told = changes(None if fresh else now.record, value)
        verdict_before = None if fresh else now.verdict
        if merged != now.merged_into:
            told.append(("merged_into", now.merged_into, merged))
        # A decision that changes nothing (accepted, or rejected once more for another reason) is in the history all the same.
        if verdict != verdict_before or action == "accept" or not told:
            told.append(("verdict", verdict_before, verdict))
        rows = [
            (number, ordinal + n, now.address, field, None if old is None else dump(old), None if new is None else dump(new))
            for n, (field, old, new) in enumerate(told)
        ]
        ordinal += len(rows)
        connection.executemany("INSERT INTO review_change (change_set, ordinal, record, field, old, new) VALUES (?, ?, ?, ?, ?, ?)", rows)
        _state(connection, number, now, value, verdict, merged)
    update_decided(connection, document, [now.address for now, *_ in steps])
    return Decided(number, steps[0][0].address)


def _change_set(connection: sqlite3.Connection, who: str, action: str, document: str, why: str | None, undoes: int | None = None) -> int:
    at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    name = connection.execute(
        "SELECT coalesce((SELECT name FROM document WHERE sha256 = :sha256),"
        " (SELECT document_name FROM review_change_set WHERE document = :sha256 ORDER BY id DESC LIMIT 1), '')",
        {"sha256": document},
    ).fetchone()[0]
    cursor = connection.execute(
        "INSERT INTO review_change_set (at, who, action, why, document, document_name, undoes) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (at, who, action, " ".join((why or "").split()) or None, document, name, undoes),
    )
    return int(cursor.lastrowid or 0)


def _state(connection: sqlite3.Connection, number: int, now: Standing, value: Record, verdict: str, merged: str | None) -> None:
    # A review still rests on what the extraction says at this moment, since that is what the reviewer saw beside it.
    source, extraction = now.mark or (None, None)
    if now.mark is None and now.version:
        kept = connection.execute("SELECT base_source, base_extraction FROM review_state WHERE id = ?", (now.version,)).fetchone()
        source, extraction = kept
    due = value.leading()
    row: Mapping[str, Any] = {
        "change_set": number,
        "record": now.address,
        "document": now.document,
        "verdict": verdict,
        "merged_into": merged,
        "value": value.as_json(),
        "act": value.act,
        "status": value.status,
        "text": value.text,
        "task": value.task,
        "page": value.page,
        "boxes": dump(value.value("boxes")),
        "paragraph_label": value.paragraph,
        "assigner_names": value.names("assigner"),
        "assignee_names": value.names("assignee"),
        "partner_names": value.names("partner"),
        "report_to_names": value.names("report_to"),
        "deadline_first": due.first if due else None,
        "deadline_last": due.last if due else None,
        "deadline_raw": due.raw if due else None,
        "amount_ore": value.ore(),
        "source_body": value.source_body,
        "source_date": value.source_date,
        "source_paragraph": value.source_paragraph,
        "source_diary_number": value.source_diary_number,
        "done": None if value.done is None else int(value.done),
        "duplicate_of": value.duplicate_of,
        "base_source": source,
        "base_extraction": extraction,
    }
    marks = ", ".join(f":{name}" for name in row)
    connection.execute(f"INSERT INTO review_state ({', '.join(row)}) VALUES ({marks})", row)  # noqa: S608 - names of ours


@contextmanager
def _writing(connection: sqlite3.Connection) -> Iterator[None]:
    """One transaction. Datasette's write connection opens none of its own; FULL, so that what was answered survives a power cut."""
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = FULL")
    with turn(connection):
        yield


def history(connection: sqlite3.Connection, address: str) -> list[dict[str, Any]]:
    """Every change set of a record, the latest first: number, at, who, action, why, undoes, undone, and changes (field, old, new)."""
    found = []
    for number, at, who, action, why, undoes in connection.execute(
        "SELECT DISTINCT s.id, s.at, s.who, s.action, s.why, s.undoes FROM review_change AS c"
        " JOIN review_change_set AS s ON s.id = c.change_set WHERE c.record = ? ORDER BY s.id DESC",
        (address,),
    ).fetchall():
        told = [
            {"field": field, "old": None if old is None else json.loads(old), "new": None if new is None else json.loads(new)}
            for field, old, new in connection.execute(
                "SELECT field, old, new FROM review_change WHERE change_set = ? AND record = ? ORDER BY ordinal", (number, address)
            )
        ]
        standing_now = _stands(connection, number)
        found.append(
            {
                "id": number,
                "at": at,
                "who": who,
                "action": action,
                "why": why,
                "undoes": undoes,
                "undone": not standing_now,
                "changes": told,
            }
        )
    return found


__all__ = [
    "VERDICTS", "CollisionError", "Decided", "DecisionError", "accept", "add", "correct", "document_done", "from_json", "history",
    "mark_duplicate", "merge", "reattach", "reject", "reopen", "split", "token", "undo",
]  # fmt: skip
