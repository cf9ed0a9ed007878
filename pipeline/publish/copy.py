"""The rows of a database, masked, in a new database: nothing is blanked in place, so that nothing is left in free pages or old indexes."""

# ruff: noqa: S608 - statements are put together from names of our own tables and columns

from __future__ import annotations

import json
import re
import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from pipeline.migrations import migrate
from pipeline.publish.screen import Private, Screen

_HASH = re.compile(r"[0-9a-f]{12,64}|\d{4}-\d\d-\d\d")
_LETTERS = re.compile(r"[^\W\d_]{2}|\d{6}")
_FILE_NAMES = {("document", "name"), ("document", "pdf_title"), ("file", "path"), ("file", "message")}

LEFT_OUT = frozenset({"label", "review_change", "review_queue", "review_waiting", "thread_key", "thread_document", "thread_stale"})
"""Not copied: what a migration puts there itself, the words a reviewer changed from, what waits for reviewers, and what is only there
to link threads anew."""

WRITTEN_BY_PEOPLE = {"who": "granskare", "why": None}
"""Columns that hold who decided and in which words: a copy says that a person did, not which."""


class Copy:
    """A new database being filled. ``counted`` is how often each (kind, why) was masked."""

    def __init__(self, source: sqlite3.Connection, target: Path) -> None:
        self.source = source
        self.target = sqlite3.connect(target, isolation_level=None)
        self.counted: Counter[tuple[str, str]] = Counter()
        migrate(self.target)
        self.target.execute("PRAGMA foreign_keys = OFF")
        self.target.execute("PRAGMA synchronous = OFF")
        # Rows that triggers keep are copied like the others; the triggers come back at the end.
        self.triggers = self.target.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name").fetchall()
        for name, _ in self.triggers:
            self.target.execute(f"DROP TRIGGER {name}")
        self.tables = _tables(source)
        self.by_number = [t for t, columns in self.tables.items() if columns.get("document") == "INTEGER"]
        self.by_hash = [t for t, columns in self.tables.items() if columns.get("document") == "TEXT"]
        self.alone = [t for t in self.tables if t not in {*self.by_number, *self.by_hash, "document", "file"}]
        self.target.execute("BEGIN")
        for table in self.by_hash:
            source.execute(f"CREATE TEMP TABLE of_{table} AS SELECT * FROM {table}")
            source.execute(f"CREATE INDEX temp.of_{table}_document ON of_{table} (document)")

    def document(self, number: int, sha256: str, screen: Screen) -> None:
        """All rows of one document, in every table."""
        mask = Masker(screen, self.counted)
        self._put("document", mask, self.source.execute("SELECT * FROM document WHERE id = ?", (number,)))
        for table in self.by_number:
            self._put(table, mask, self.source.execute(f"SELECT * FROM {table} WHERE document = ?", (number,)))
        for table in self.by_hash:
            self._put(table, mask, self.source.execute(f"SELECT * FROM of_{table} WHERE document = ?", (sha256,)))
        for n, row in enumerate(self.source.execute("SELECT * FROM file WHERE sha256 = ? ORDER BY path", (sha256,)).fetchall()):
            name = f"{sha256[:12]}{f'-{n}' if n else ''}/{Path(row[0]).name}"
            self._put("file", mask, iter([(name, *row[1:])]))

    def rest(self, screen: Screen) -> None:
        """What hangs on no document: files that were never one, decisions of documents that have left, and small tables."""
        mask = Masker(screen, self.counted)
        missing = "sha256 IS NULL OR sha256 NOT IN (SELECT sha256 FROM document)"
        for n, row in enumerate(self.source.execute(f"SELECT * FROM file WHERE {missing} ORDER BY path").fetchall()):
            self._put("file", mask, iter([(f"ej-last-{n}/{Path(row[0]).name}", *row[1:])]))
        for table in self.alone:
            self._put(table, mask, self.source.execute(f"SELECT * FROM {table}"))

    def _put(self, table: str, mask: Masker, rows: Iterator[Sequence[Any]]) -> None:
        if table in LEFT_OUT:
            return
        columns = self.tables[table]
        names = list(columns)
        made = []
        for row in rows:
            values = []
            for name, value in zip(names, row, strict=True):
                if name in WRITTEN_BY_PEOPLE and "who" in columns:
                    values.append(WRITTEN_BY_PEOPLE[name])
                elif isinstance(value, str) and not name.endswith("boxes"):
                    values.append(mask.value(value, loose=name == "document_name" or (table, name) in _FILE_NAMES))
                else:
                    values.append(value)
            made.append(values)
        if made:
            self.target.executemany(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})", made)

    def finish(self, to: Path) -> None:
        """Indexes the masked text and writes the database, packed, to ``to``."""
        for index in ("assignment_fts", "assignment_trigram", "page_fts", "page_trigram"):
            self.target.execute(f"INSERT INTO {index} ({index}) VALUES ('rebuild')")
        for _, statement in self.triggers:
            self.target.execute(statement)
        self.target.execute("COMMIT")
        self.target.execute("ANALYZE")
        self.target.execute("VACUUM INTO ?", (str(to),))
        self.close()

    def close(self) -> None:
        """Ends the new database; what was made of it stays where :meth:`finish` put it."""
        self.target.close()


class Masker:
    """The values of one document, each text looked through once."""

    def __init__(self, screen: Screen, counted: Counter[tuple[str, str]]) -> None:
        self.screen = screen
        self.counted = counted
        self._known: dict[tuple[str, bool], str] = {}

    def value(self, text: str, *, loose: bool = False) -> str:
        """A text, or every text in a JSON value, masked."""
        if len(text) < 3 or _HASH.fullmatch(text) or not _LETTERS.search(text):
            return text
        known = self._known.get((text, loose))
        if known is None:
            known = self._json(text) if text[0] in "[{" else None
            if known is None:
                known = self.screen.masked(text, loose=loose, count=self._count)
            self._known[text, loose] = known
        return known

    def _json(self, text: str) -> str | None:
        try:
            value = json.loads(text)
        except ValueError:
            return None
        masked = self._inside(value)
        return text if masked == value else json.dumps(masked, ensure_ascii=False, separators=(",", ":"))

    def _inside(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.value(value)
        if isinstance(value, list):
            return [self._inside(part) for part in value]
        if isinstance(value, dict):
            return {key: self._inside(part) for key, part in value.items()}
        return value

    def _count(self, private: Private) -> None:
        self.counted[private.kind, private.why] += 1


def _tables(connection: sqlite3.Connection) -> dict[str, dict[str, str]]:
    """Every table that holds rows of its own (search indexes and their shadows left out), with its columns and their types."""
    found = connection.execute(
        "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
    )
    return {name: {row[1]: row[2] for row in connection.execute(f"PRAGMA table_info({name})")} for (name,) in found.fetchall()}
