"""The only writer of the extraction tables.

One connection, one transaction a batch: the rows, then their search index, then the commit. A process killed at any moment leaves
the last whole batch; running again ends where an undisturbed run does. Review tables are never touched from here.
"""

# ruff: noqa: S608 - statements are put together from names of our own tables and from question marks, never from values

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import count
from operator import itemgetter
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from pipeline.collector import collected_rarely
from pipeline.migrations import APPLICATION_ID, migrate, migrations
from pipeline.rows import COLUMNS, DocumentRows, Value
from pipeline.turns import SECONDS, turn

if TYPE_CHECKING:
    from pipeline.follow_up.relink import Linker, Relinked

_SEARCH = {
    "assignment": ("assignment_fts", "assignment_trigram", "task, text, assigner_names, assignee_names"),
    "page": ("page_fts", "page_trigram", "text"),
}

_REFUSED = (sqlite3.IntegrityError, sqlite3.ProgrammingError, sqlite3.InterfaceError, OverflowError, ValueError)
"""What SQLite or its module raises over the content of a row, as opposed to over the database."""

_WITH_TRIGGERS = ("assignment", "paragraph")
"""The tables whose rows set something going when they come: put in all at once."""

_CHUNK = 500  # numbers in one IN (…)
_MUCH = 50_000  # pages from which on statistics tell the planner something


class StoreError(Exception):
    """The database cannot be used; the message is one sentence for a person, naming the file and what to do."""


class NotOurDatabaseError(StoreError):
    """A file that is no database of this program."""


class ReadOnlyError(StoreError):
    """The database, or its folder, may not be written."""


class NewerVersionError(StoreError):
    """The database was made by a newer version of this program."""


class NoDatabaseError(StoreError):
    """There is no database at the path."""


class DamagedError(StoreError):
    """SQLite finds the file broken."""


class FullDiskError(StoreError):
    """No room for the batch; it was taken back."""


class BusyError(StoreError):
    """Another process kept the database for longer than we wait."""


@dataclass(frozen=True)
class FileRow:
    """One path. ``mtime`` is nanoseconds since 1970; ``status`` a value of FileStatus; ``message`` a sentence where it is not read."""

    path: str
    sha256: str | None
    size: int
    mtime: int
    status: str
    message: str | None = None


@dataclass(frozen=True)
class LoadReport:
    """What one batch did. ``failed`` names documents that could not be loaded, (sha256, reason); the others are in."""

    documents: int
    replaced: int
    rows: int
    seconds: float
    failed: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class StatusReport:
    """What the database holds. Each mapping's values add up to the total named beside it; ``failed_files`` are those not read.

    ``files_by_status`` counts every path once: the first of several with the same bytes by what became of it, the others as
    ``duplicate``. ``assignments`` are current ones (act assignment, the same point once); ``other_acts`` the weaker ones, by act;
    ``needs_review`` how many assignments have a reason to be looked at.
    """

    files: int
    files_by_status: Mapping[str, int]
    documents: int
    documents_by_status: Mapping[str, int]
    pages: int
    pages_by_reader: Mapping[str, int]
    paragraphs: int
    paragraphs_by_outcome: Mapping[str, int]
    assignments: int
    assignments_by_status: Mapping[str, int]
    other_acts: Mapping[str, int]
    duplicates: int
    not_assignments: int
    needs_review: int
    issues: int
    issues_by_code: Mapping[str, int]
    failed_files: tuple[FileRow, ...]


class Store:
    """The database of an archive. Use as a context manager, or call :meth:`close`."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self._connection = connection
        self._linker: Linker | None = None

    @classmethod
    def open(cls, path: Path, *, create: bool = True, read_only: bool = False) -> Store:
        """The database at ``path``, made or brought up to date if need be.

        ``read_only`` opens it to be asked only, and brings nothing up to date. Raises a StoreError, with nothing written, where the
        file is not ours, is write-protected, was made by a newer version, or is not there and may not be made.
        """
        fresh = not path.exists()
        if fresh and (read_only or not create):
            raise NoDatabaseError(f"There is no database at {path}: run `uppdrag ingest` first, or name another with --db.")
        if fresh:
            _check_folder(path)
        else:
            _check_header(path)
            if not read_only:
                _check_writable(path)
        with _explained(path):
            address = f"{path.resolve().as_uri()}?mode={'ro' if read_only else 'rwc'}{_frozen(path) if read_only else ''}"
            connection = sqlite3.connect(address, uri=True, isolation_level=None, timeout=SECONDS)
            try:
                _check_version(path, connection, empty_is_ours=not read_only)
                connection.execute("PRAGMA foreign_keys = ON")
                if read_only:
                    connection.execute("PRAGMA query_only = ON")
                else:
                    if fresh:
                        connection.execute("PRAGMA page_size = 16384")  # a twentieth less time to load than with SQLite's 4096
                    # The write-ahead log comes after the schema, so that the header on disk always says whose file it is.
                    migrate(connection)
                    connection.execute("PRAGMA journal_mode = WAL")
                    connection.execute("PRAGMA synchronous = NORMAL")
                    connection.execute("PRAGMA cache_size = -65536")
                    # Linking reads and changes rows all over a large database: a third of its time less than with SQLite's own settings.
                    connection.execute("PRAGMA mmap_size = 2147418112")
                    connection.execute("PRAGMA wal_autocheckpoint = 1024")
                    connection.execute("PRAGMA temp_store = MEMORY")
                    _forget_early_statistics(connection)
            except BaseException:
                connection.close()
                raise
        return cls(path, connection)

    def load(self, batch: Sequence[DocumentRows]) -> LoadReport:
        """Puts documents in, each replacing its earlier self, in one transaction with their search index.

        Of several with the same hash the last one counts. Where the batch as a whole cannot go in because of what one document
        holds, each is loaded by itself, and those that still cannot are named in the report. Raises StoreError where the database
        itself fails; then nothing of the batch is in.
        """
        began = time.perf_counter()
        documents = list({rows.sha256: rows for rows in batch}.values())
        failed: list[tuple[str, str]] = []
        try:
            replaced, count = self._load(documents)
        except _REFUSED:
            replaced = count = 0
            for rows in documents:
                try:
                    one_replaced, one_count = self._load([rows])
                except _REFUSED as error:
                    failed.append((rows.sha256, f"{type(error).__name__}: {error}"))
                else:
                    replaced, count = replaced + one_replaced, count + one_count
        return LoadReport(len(documents) - len(failed), replaced, count, time.perf_counter() - began, tuple(failed))

    def _load(self, documents: Sequence[DocumentRows]) -> tuple[int, int]:
        """(documents replaced, rows put in)."""
        with self._transaction():
            # A document that comes again keeps its number, so that what others noted of it still leads there.
            old = {rows.sha256: number for rows in documents if (number := self._number(rows.sha256)) is not None}
            self._remove(list(old.values()))
            spare = count(self._count("SELECT coalesce(max(id), 0) + 1 FROM document") + len(old))
            numbered = sorted(((old[rows.sha256] if rows.sha256 in old else next(spare), rows) for rows in documents), key=itemgetter(0))
            put = 0
            for table in COLUMNS:
                put += self._insert(table, ((number, *row) for number, rows in numbered for row in rows.tables.get(table, ())))
            self._index([number for number, _ in numbered])
        return len(old), put

    def _insert(self, table: str, rows: Iterable[Sequence[Value]]) -> int:
        columns = ("id" if table == "document" else "document", *COLUMNS[table])
        into = f"coming_{table}" if table in _WITH_TRIGGERS else table
        if into != table:
            self._connection.execute(f"CREATE TEMP TABLE IF NOT EXISTS {into} ({', '.join(columns)})")
        sql = f"INSERT INTO {into} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
        put = max(self._connection.executemany(sql, rows).rowcount, 0)
        if into != table:
            # NOTE: a statement that sets off triggers notes each page it changes as it was, so that it can be undone alone. With a
            # statement a row, the pages of thirteen indexes were copied for each assignment: four times what it takes to put it in.
            self._connection.execute(
                f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(columns)} FROM temp.{into} ORDER BY rowid"
            )
            self._connection.execute(f"DELETE FROM temp.{into}")
        return put

    def _number(self, sha256: str) -> int | None:
        row = self._connection.execute("SELECT id FROM document WHERE sha256 = ?", (sha256,)).fetchone()
        return None if row is None else int(row[0])

    def _index(self, numbers: Sequence[int]) -> None:
        """Puts the documents' text into the search indexes, in ascending order of row, which FTS5 takes in one go."""
        for table, (words, parts, columns) in _SEARCH.items():
            for index in (words, parts):
                for chunk in _chunks(sorted(numbers)):
                    self._connection.execute(
                        f"INSERT INTO {index} (rowid, {columns}) SELECT id, {columns} FROM {table}"
                        f" WHERE document IN ({', '.join('?' * len(chunk))}) ORDER BY id",
                        chunk,
                    )

    def _remove(self, numbers: Sequence[int]) -> None:
        """Takes documents out: first their text from the search indexes, which need it as it was put in, then all their rows."""
        for chunk in _chunks(numbers):
            marks = ", ".join("?" * len(chunk))
            for table, (words, parts, columns) in _SEARCH.items():
                for index in (words, parts):
                    self._connection.execute(
                        f"INSERT INTO {index} ({index}, rowid, {columns}) SELECT 'delete', id, {columns} FROM {table}"
                        f" WHERE document IN ({marks}) ORDER BY id",
                        chunk,
                    )
            self._connection.execute(f"DELETE FROM document WHERE id IN ({marks})", chunk)

    @contextmanager
    def together(self) -> Iterator[None]:
        """What is loaded and noted inside is one transaction: a run that is killed has all of it in or nothing, and the next one loads
        nothing again."""
        try:
            with self._transaction():
                yield
        except BaseException:
            self._linker = None  # it has read what was never written
            raise

    def note_files(self, files: Sequence[FileRow]) -> None:
        """Records what became of each path, over whatever was known of it. Two paths with the same bytes are one document."""
        with self._transaction():
            self._connection.executemany(
                "INSERT INTO file (path, sha256, size, mtime, status, message) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (path) DO UPDATE SET"
                " sha256 = excluded.sha256, size = excluded.size, mtime = excluded.mtime, status = excluded.status,"
                " message = excluded.message",
                [(f.path, f.sha256, f.size, f.mtime, str(f.status), f.message) for f in files],
            )

    def forget_paths(self, paths: Sequence[str]) -> int:
        """Drops paths, and documents no path leads to any more; returns how many documents went."""
        with self._transaction():
            hashes: set[str] = set()
            for path in paths:
                row = self._connection.execute("DELETE FROM file WHERE path = ? RETURNING sha256", (path,)).fetchone()
                if row is not None and row[0] is not None:
                    hashes.add(row[0])
            gone = [
                number
                for sha256 in sorted(hashes)
                if self._connection.execute("SELECT 1 FROM file WHERE sha256 = ?", (sha256,)).fetchone() is None
                and (number := self._number(sha256)) is not None
            ]
            self._remove(gone)
        return len(gone)

    def link(self, documents: Sequence[str]) -> None:
        """Links these documents, by sha256, with those that are in; their threads are as they were until :meth:`relink`."""
        from pipeline.follow_up.relink import Linker

        linker = self._linker or Linker(self._connection)
        self._linker = None  # until it is through
        with _explained(self.path):
            linker.link(documents)
        self._linker = linker

    def relink(self, *, everything: bool = False) -> Relinked:
        """Brings the threads up to date with what was loaded (:func:`pipeline.follow_up.relink.update`). Raises StoreError as loading
        does."""
        from pipeline.follow_up.relink import update

        linker, self._linker = self._linker, None
        with _explained(self.path), collected_rarely():
            return update(self._connection, everything=everything, after=linker)

    def known(self) -> dict[str, str]:
        """sha256 of each loaded document → the fingerprint it is loaded under."""
        with _explained(self.path):
            return dict(self._connection.execute("SELECT sha256, fingerprint FROM document"))

    def files(self) -> dict[str, FileRow]:
        """Every path noted, by path."""
        with _explained(self.path):
            rows = self._connection.execute("SELECT path, sha256, size, mtime, status, message FROM file ORDER BY path")
            return {row[0]: FileRow(*row) for row in rows}

    def status(self) -> StatusReport:
        """Counts of everything, in totals that add up, from one moment even while another process writes."""
        with _explained(self.path):
            self._connection.execute("BEGIN")
            try:
                return self._status()
            finally:
                self._connection.execute("COMMIT")

    def _status(self) -> StatusReport:
        files = self._counts(
            "SELECT CASE WHEN EXISTS (SELECT 1 FROM file AS e WHERE e.sha256 = f.sha256 AND e.path < f.path) THEN 'duplicate'"
            " ELSE f.status END AS kind, count(*) FROM file AS f GROUP BY kind ORDER BY kind"
        )
        documents = self._counts("SELECT status, count(*) FROM document GROUP BY status ORDER BY status")
        pages = self._counts("SELECT reader, count(*) FROM page GROUP BY reader ORDER BY reader")
        paragraphs = self._counts("SELECT outcome, count(*) FROM paragraph GROUP BY outcome ORDER BY outcome")
        current = "duplicate_of IS NULL AND act = 'assignment'"
        assignments = self._counts(f"SELECT status, count(*) FROM current_assignment WHERE {current} GROUP BY status ORDER BY status")
        others = "duplicate_of IS NULL AND act <> 'assignment'"
        codes = self._counts("SELECT code, count(*) FROM issue GROUP BY code ORDER BY code")
        failed = self._connection.execute(
            "SELECT path, sha256, size, mtime, status, message FROM file WHERE status NOT IN ('read', 'read_by_ocr') ORDER BY path"
        )
        return StatusReport(
            files=self._count("SELECT count(*) FROM file"),
            files_by_status=files,
            documents=self._count("SELECT count(*) FROM document"),
            documents_by_status=documents,
            pages=self._count("SELECT count(*) FROM page"),
            pages_by_reader=pages,
            paragraphs=self._count("SELECT count(*) FROM paragraph"),
            paragraphs_by_outcome=paragraphs,
            assignments=self._count(f"SELECT count(*) FROM current_assignment WHERE {current}"),
            assignments_by_status=assignments,
            other_acts=self._counts(f"SELECT act, count(*) FROM current_assignment WHERE {others} GROUP BY act ORDER BY act"),
            duplicates=self._count("SELECT count(*) FROM current_assignment WHERE duplicate_of IS NOT NULL"),
            not_assignments=self._count("SELECT count(*) FROM not_assignment"),
            needs_review=self._count(f"SELECT count(*) FROM current_assignment WHERE {current} AND needs_review IS NOT NULL"),
            issues=self._count("SELECT count(*) FROM issue"),
            issues_by_code=codes,
            failed_files=tuple(FileRow(*row) for row in failed),
        )

    def _counts(self, sql: str) -> dict[str, int]:
        return dict(self._connection.execute(sql).fetchall())

    def _count(self, sql: str) -> int:
        return int(self._connection.execute(sql).fetchone()[0])

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with _explained(self.path):
            if self._connection.in_transaction:  # within together(): what fails undoes itself alone
                self._connection.execute("SAVEPOINT part")
                try:
                    yield
                except BaseException:
                    if self._connection.in_transaction:
                        self._connection.execute("ROLLBACK TO part")
                        self._connection.execute("RELEASE part")
                    raise
                self._connection.execute("RELEASE part")
                return
            with turn(self._connection):
                yield

    def close(self) -> None:
        """Ends the connection; statistics for the planner are renewed where there is much, and the write-ahead log is folded in by
        SQLite."""
        # A convenience: a locked, full or read-only database is no reason to fail when all is done.
        with suppress(sqlite3.Error):
            if self._count("SELECT coalesce(max(id), 0) FROM page") >= _MUCH:
                self._connection.execute("PRAGMA optimize")
        self._connection.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


def _chunks(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    return (numbers[at : at + _CHUNK] for at in range(0, len(numbers), _CHUNK))


def _forget_early_statistics(connection: sqlite3.Connection) -> None:
    """Takes out what SQLite's planner noted when there was little: it reads a table it thinks small from end to end for each 400 of its
    rows, which makes linking after an archive has gone in ten times as slow. Without statistics it goes by the indexes."""
    if connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_stat1'").fetchone() is None:
        return
    most = connection.execute("SELECT max(CAST(stat AS INTEGER)) FROM sqlite_stat1").fetchone()[0]
    if most is not None and most < _MUCH:
        connection.execute("DELETE FROM sqlite_stat1")
        connection.execute("ANALYZE sqlite_schema")


def _check_folder(path: Path) -> None:
    folder = path.resolve().parent
    if not folder.is_dir():
        raise NoDatabaseError(f"The database {path} cannot be made: there is no folder {folder}. Make it, or name another with --db.")
    if not os.access(folder, os.W_OK):
        raise ReadOnlyError(f"The database {path} cannot be made: the folder {folder} is read-only. Name another with --db.")


def _check_header(path: Path) -> None:
    """Reads whose the file is from its first hundred bytes, so that a file that is not ours is not even opened by SQLite."""
    if path.is_dir():
        raise NotOurDatabaseError(f"{path} is a folder, not a database: name a file with --db.")
    try:
        with path.open("rb") as file:
            header = file.read(100)
    except PermissionError as error:
        raise ReadOnlyError(
            f"The database {path} may not be read by this user: change its permissions, or name another with --db."
        ) from error
    # Nothing in it yet, or the very first transaction was cut off and its journal will undo it: SQLite decides.
    if not header or path.with_name(f"{path.name}-journal").exists():
        return
    if not header.startswith(b"SQLite format 3\0") or int.from_bytes(header[68:72], "big") != APPLICATION_ID:
        raise _not_ours(path)
    if (version := int.from_bytes(header[60:64], "big")) > len(migrations()):
        raise _newer(path, version)


def _check_version(path: Path, connection: sqlite3.Connection, *, empty_is_ours: bool) -> None:
    """The same as SQLite sees it, the write-ahead log counted."""
    application = int(connection.execute("PRAGMA application_id").fetchone()[0])
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if application != APPLICATION_ID:
        empty = not (application or version or connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0])
        if not (empty and empty_is_ours):
            raise _not_ours(path)
    if version > len(migrations()):
        raise _newer(path, version)
    if version < len(migrations()) and not empty_is_ours:
        raise StoreError(f"The database {path} is of an older version ({version}): run `uppdrag ingest` once to bring it up to date.")


def _check_writable(path: Path) -> None:
    # Permissions bind the administrator too: who write-protected a file meant it.
    if not path.stat().st_mode & 0o222 or not os.access(path, os.W_OK):
        raise ReadOnlyError(f"The database {path} is write-protected: make it writable, or name another with --db.")
    if not os.access(path.resolve().parent, os.W_OK):
        raise ReadOnlyError(f"The folder of the database {path} is read-only, and SQLite needs to write beside it: name another with --db.")


def _frozen(path: Path) -> str:
    """Where SQLite may make no files beside the database, it can still be read, if nothing waits in a write-ahead log."""
    waiting = path.with_name(f"{path.name}-wal")
    return "" if os.access(path.resolve().parent, os.W_OK) or waiting.exists() else "&immutable=1"


def _not_ours(path: Path) -> NotOurDatabaseError:
    return NotOurDatabaseError(f"{path} is not a database of uppdrag: nothing was written to it. Name another file with --db.")


def _newer(path: Path, version: int) -> NewerVersionError:
    return NewerVersionError(
        f"The database {path} is of version {version}, and this program knows {len(migrations())}: nothing was written. Update uppdrag."
    )


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Turns what SQLite says of the database itself into sentences for a person."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
            raise ReadOnlyError(f"The database {path} or its folder cannot be written ({error}): name another with --db.") from error
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise BusyError(f"Another program kept the database {path} locked for {SECONDS:.0f} s: end it and try again.") from error
        if code == sqlite3.SQLITE_FULL:
            raise FullDiskError(f"The disk of {path} is full: the last batch was taken back. Make room and run again.") from error
        if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            raise DamagedError(
                f"The database {path} is damaged ({error}): restore a copy, or move it away and run `uppdrag ingest`."
            ) from error
        if isinstance(error, sqlite3.OperationalError):
            raise StoreError(f"The database {path} failed: {error}.") from error
        raise
