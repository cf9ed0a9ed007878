"""A document of the database with its structure, for exports that need more than the rows keep: it is read again, from the cache or from
its file, and what is said of it comes from the database."""

from __future__ import annotations

import hashlib
import sqlite3
from pathlib import Path

from extractors.model import Extraction, Reading
from pipeline.export.akoma_ntoso import AkomaNtosoError, Record, akoma_ntoso, records
from pipeline.ingest import orders
from pipeline.settings import Settings
from pipeline.work import Job, Workbench, fingerprint


def document_as_akoma_ntoso(settings: Settings, asked: str, paragraph: str | None = None) -> bytes:
    """A document of the database, or one § of it, as Akoma Ntoso. ``asked`` is its file name or the beginning of its SHA-256.

    Raises AkomaNtosoError where it is not there, is several, was read with other rules, or its file has gone; StoreError where the
    database cannot be used.
    """
    from extractors.assemble import extract
    from pipeline.publish.screen import Grammar

    connection = sqlite3.connect(f"{settings.database.resolve().as_uri()}?mode=ro", uri=True)
    try:
        number, sha256, mark = _found(connection, asked)
        if mark != fingerprint(settings.organisation):
            raise AkomaNtosoError(f"{asked} was read with other rules than today's: run `uppdrag ingest` first.")
        path = _path(connection, sha256)
        if path is None:
            raise AkomaNtosoError(f"The file of {asked} is not where it was read, or has changed: its structure cannot be read again.")
        found: list[Record] = records(connection, number)
    finally:
        connection.close()
    bench = Workbench(orders(settings, "akoma_ntoso"))
    reading: Reading = bench.reading(Job(path, sha256))
    extraction: Extraction = extract(reading, bench.rules)
    return akoma_ntoso(extraction, sha256, found, paragraph=paragraph, is_role=Grammar(bench.rules).is_role)


def _found(connection: sqlite3.Connection, asked: str) -> tuple[int, str, str]:
    rows = connection.execute(
        "SELECT id, sha256, fingerprint, name FROM document WHERE name = ? OR (length(?) >= 6 AND sha256 GLOB ? || '*') ORDER BY sha256",
        (asked, asked, "".join(c for c in asked.lower() if c in "0123456789abcdef") or "-"),
    ).fetchall()
    if not rows:
        raise AkomaNtosoError(f"There is no document {asked!r}: name its file, or the beginning of its SHA-256.")
    if len(rows) > 1:
        raise AkomaNtosoError(f"{asked!r} is {len(rows)} documents: {', '.join(row[1][:12] for row in rows[:5])}. Name one by its SHA-256.")
    return int(rows[0][0]), str(rows[0][1]), str(rows[0][2])


def _path(connection: sqlite3.Connection, sha256: str) -> str | None:
    for (path,) in connection.execute("SELECT path FROM file WHERE sha256 = ? ORDER BY path", (sha256,)).fetchall():
        try:
            with Path(path).open("rb") as file:
                if hashlib.file_digest(file, "sha256").hexdigest() == sha256:
                    return str(path)
        except OSError:
            continue
    return None
