"""A large database made from a few documents, to measure what is slow only when there is much: queues, lists, searches.

The sample documents are read and extracted as they are; their rows, varied, are loaded by the store as those of any archive, so tables,
indexes and search are what `uppdrag ingest` would have made of so many documents. What is varied is what a query can tell apart: hash,
name, body, days (moved by whole weeks, over thirty years), certainty, and some words of each task, drawn from the documents' own text so
that common words stay common. No PDF stands behind these documents: their pages have text and places, and no picture.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from extractors.assemble import extract
from pipeline.bench.material import SAMPLES
from pipeline.evaluate.noise import add_noise
from pipeline.reading import OcrMode, read_bytes
from pipeline.rows import COLUMNS, DocumentRows, Row, Value, assignment_address, to_rows
from pipeline.store import FileRow, Store
from pipeline.work import GOOD
from rules.ruleset import load_rules

PAGES = 4
"""Pages a document keeps, so that a hundred thousand documents fit on a disk."""

ORGANISATIONS = 40
"""How many organisations the documents are spread over; each has every body of the sample documents."""

MATTER = 4
"""How many documents of a kind an organisation writes under one diary number."""

_DAMAGE = (0.0, 0.0, 0.03)
"""Shares of characters misread: a third of the documents are badly scanned, so that some assignments are in doubt."""

_BATCH = 200
_WEEKS = 52 * 15
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_AT = {table: {name: n for n, name in enumerate(columns)} for table, columns in COLUMNS.items()}
_OF_ASSIGNMENT = ("party", "deadline", "cue", "assignment_amount", "decision_point")
_NUMBERS = ("diary_number", "source_diary_number")
_DAYS = {
    "document": ("meeting_from", "meeting_to"),
    "assignment": ("deadline_first", "deadline_last", "meeting_date", "source_date"),
    "deadline": ("first", "last"),
    "date_mention": ("first", "last"),
    "report": ("date", "source_date", "deadline_first", "deadline_last"),
}


@dataclass(frozen=True)
class Generated:
    """What was made: current assignments (act assignment, the same point once), documents, and rows of all tables."""

    assignments: int
    documents: int
    rows: int


def fill(
    store: Store, assignments: int, documents: int, *, pages: int = PAGES, seed: int = 1, sources: Sequence[Path] | None = None
) -> Generated:
    """Loads ``documents`` documents that hold ``assignments`` current assignments together, spread evenly, into a database.

    Duplicates and weaker acts come on top, as many to an assignment as in the ``sources`` (PDFs with a text layer; by default the sample
    documents). The same arguments make the same rows. Raises ValueError where no source has an assignment.

    >>> with Store.open(Path("/tmp/large.db")) as store:  # doctest: +SKIP
    ...     fill(store, 100_000, 5_000)
    Generated(assignments=100000, documents=5000, rows=966075)
    """
    templates = _templates(sources if sources is not None else sorted(SAMPLES.glob("*.pdf")), pages)
    rows = 0
    batch: list[DocumentRows] = []
    for made in _documents(templates, assignments, documents, seed):
        batch.append(made)
        if len(batch) == _BATCH:
            rows += _loaded(store, batch)
            batch = []
    rows += _loaded(store, batch)
    return Generated(assignments, documents, rows)


def _loaded(store: Store, batch: list[DocumentRows]) -> int:
    name = _AT["document"]["name"]
    store.note_files([FileRow(f"/{rows.sha256[:2]}/{rows.tables['document'][0][name]}", rows.sha256, 0, 0, "read") for rows in batch])
    report = store.load(batch)
    if report.failed:
        raise ValueError(f"{report.failed[0]}: made-up rows do not load")
    return report.rows


@dataclass(frozen=True)
class _Template:
    """The rows of one document, its assignments with what hangs on each, and its words."""

    rows: DocumentRows
    assignments: tuple[tuple[Row, dict[str, list[Row]]], ...]
    words: tuple[str, ...]


def _templates(sources: Sequence[Path], pages: int) -> list[_Template]:
    rules = load_rules(None)
    found = []
    for path in sources:
        reading = read_bytes(path.read_bytes(), path.name, ocr=OcrMode.never)
        for share in _DAMAGE if reading.status in GOOD else ():
            rows = _cut(to_rows(reading, extract(add_noise(reading, share), rules)), pages)
            own = [(row, _hanging(rows, row)) for row in rows.tables["assignment"]]
            if any(_current(row) for row, _ in own):
                found.append(_Template(rows, tuple(own), tuple(word for page in rows.tables["page"] for word in str(page[-1]).split())))
    if not found:
        raise ValueError("None of the documents has a text layer and an assignment in it.")
    return found


def _cut(rows: DocumentRows, pages: int) -> DocumentRows:
    """The document without the pages after so many, and without what stands on them."""

    def kept(table: str, row: Row) -> bool:
        at = _AT[table].get("number" if table == "page" else "page")
        return table not in ("page", "assignment", "not_assignment", "issue", "report") or at is None or int(row[at] or 1) <= pages

    return DocumentRows(rows.sha256, rows.fingerprint, {t: [row for row in own if kept(t, row)] for t, own in rows.tables.items()})


def _hanging(rows: DocumentRows, assignment: Row) -> dict[str, list[Row]]:
    number = assignment[_AT["assignment"]["number"]]
    return {table: [row for row in rows.tables.get(table, ()) if row[0] == number] for table in _OF_ASSIGNMENT}


def _current(row: Row) -> bool:
    return row[_AT["assignment"]["act"]] == "assignment" and row[_AT["assignment"]["duplicate_of"]] is None


def _documents(templates: list[_Template], assignments: int, documents: int, seed: int) -> Iterator[DocumentRows]:
    for n in range(documents):
        wanted = (n + 1) * assignments // documents - n * assignments // documents
        chance = random.Random(f"{seed}-{n}")  # noqa: S311 - a draw, no secret
        here = _Here(chance.randrange(ORGANISATIONS) + 1, chance.randrange(1 + documents // (ORGANISATIONS * len(templates) * MATTER)))
        yield _document(templates[n % len(templates)], n, wanted, here, chance)


@dataclass(frozen=True)
class _Here:
    """Whose document it is, and which of its matters it is about."""

    organisation: int
    matter: int


def _document(template: _Template, n: int, wanted: int, here: _Here, chance: random.Random) -> DocumentRows:
    digest = sha256(f"{template.rows.sha256} {n}".encode()).hexdigest()
    moved = timedelta(weeks=chance.randrange(-_WEEKS * 17 // 10, _WEEKS // 7))
    made: dict[str, list[Row]] = {table: list(rows) for table, rows in template.rows.tables.items() if table not in _OF_ASSIGNMENT}
    made["report"] = []
    made["assignment"], count = _assignments(template, digest, wanted, here, chance, made)
    title = Path(str(template.rows.tables["document"][0][_AT["document"]["name"]])).stem
    look = sum(_current(row) and row[_AT["assignment"]["needs_review"]] is not None for row in made["assignment"])
    changed: dict[str, Any] = {
        "sha256": digest,
        "name": f"{title}-{n + 1:06d}.pdf",
        "organisation": f"organisation-{here.organisation:02d}",
        "pages": len(made["page"]),
        "assignments": count,
        "needs_review": look,
        "issues": len(made["issue"]),
    }
    (row,) = made["document"]
    made["document"] = [_with("document", _numbered("document", row, here), changed)]
    for table in _DAYS:
        made[table] = [_dated(table, row, moved) for row in made.get(table, ())]
    return DocumentRows(digest, template.rows.fingerprint, made)


def _assignments(
    template: _Template, digest: str, wanted: int, here: _Here, chance: random.Random, made: dict[str, list[Row]]
) -> tuple[list[Row], int]:
    """So many current assignments, from the document's own again and again; what hangs on them goes into ``made``."""
    at = _AT["assignment"]
    rows: list[Row] = []
    count = turn = 0
    for table in _OF_ASSIGNMENT:
        made[table] = []
    while count < wanted:
        for row, hanging in template.assignments:
            if count == wanted:
                break
            count += _current(row)
            start = chance.randrange(len(template.words))
            more = " ".join(template.words[start : start + chance.randrange(3, 12)])
            first = row[at["duplicate_of"]]
            key = f"{row[at['key']]}-{turn}"
            changed: dict[str, Any] = {
                "number": len(rows),
                "address": assignment_address(digest, key),
                "key": key,
                "task": f"{row[at['task']]} {more}",
                "text": f"{row[at['text']]} {more}",
                "duplicate_of": None if first is None else _first_of(template, digest, str(first), turn),
                "confidence": min(1.0, max(0.3, round(float(row[at["confidence"]] or 0) - chance.random() * 0.25, 2))),
            }
            rows.append(_with("assignment", _numbered("assignment", row, here, turn), changed))
            for table, own in hanging.items():
                made[table] += [(len(rows) - 1, *part[1:]) for part in own]
            made["report"] += _reports(template, digest, row[at["number"]], len(rows) - 1, len(made["report"]), here)
        turn += 1
    made["report"] += _reports(template, digest, None, None, len(made["report"]), here)
    return rows, count


def _reports(template: _Template, digest: str, of: Value, assignment: int | None, number: int, here: _Here) -> list[Row]:
    """What the template says became of one of its assignments (None: of one it does not name), told of the one made from it."""
    at = _AT["report"]
    own = [row for row in template.rows.tables["report"] if row[at["assignment"]] == of]
    return [
        _with(
            "report",
            _numbered("report", row, here),
            {"number": number + n, "address": assignment_address(digest, f"report-{number + n}"), "assignment": assignment},
        )
        for n, row in enumerate(own)
    ]


def _first_of(template: _Template, digest: str, address: str, turn: int) -> str:
    """The address here of the assignment a duplicate names; where that stands on a page that was cut, one nobody has."""
    at = _AT["assignment"]
    key = next((row[at["key"]] for row, _ in template.assignments if row[at["address"]] == address), address)
    return assignment_address(digest, f"{key}-{turn}")


def _numbered(table: str, row: Row, here: _Here, turn: int = 0) -> Row:
    """The row with its body and its diary numbers told from those of other organisations and matters; what a document says again in
    another ``turn`` is another matter of its own."""
    values = {"body": f"{row[_AT[table]['body']]} {here.organisation}"}
    matter = f"{here.matter}-{turn}" if turn else str(here.matter)
    values |= {name: f"{row[_AT[table][name]]}-{matter}" for name in _NUMBERS if name in _AT[table]}
    return _with(table, row, {name: value for name, value in values.items() if row[_AT[table][name]] is not None})


def _dated(table: str, row: Row, moved: timedelta) -> Row:
    values: dict[str, Value] = {}
    for column in _DAYS[table]:
        value = row[_AT[table][column]]
        if isinstance(value, str) and _DAY.fullmatch(value):
            values[column] = (date.fromisoformat(value) + moved).isoformat()
    return _with(table, row, values) if values else row


def _with(table: str, row: Row, values: dict[str, Any]) -> Row:
    at = _AT[table]
    changed = list(row)
    for column, value in values.items():
        changed[at[column]] = value
    return tuple(changed)
