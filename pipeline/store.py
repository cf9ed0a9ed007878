"""The only writer of the extraction tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from pipeline.rows import DocumentRows


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
    """What the database holds. Each mapping's values add up to the total named beside it."""

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
    needs_review: int
    issues: int
    issues_by_code: Mapping[str, int]
    failed_files: tuple[FileRow, ...]


class Store:
    """The database of an archive. Use as a context manager, or call :meth:`close`."""

    @classmethod
    def open(cls, path: Path, *, create: bool = True, read_only: bool = False) -> Store:
        """The database at ``path``, made or brought up to date if need be. Raises StoreError, with nothing written."""
        raise NotImplementedError

    def load(self, batch: Sequence[DocumentRows]) -> LoadReport:
        """Puts documents in, each replacing its earlier self, in one transaction with their search index."""
        raise NotImplementedError

    def note_files(self, files: Sequence[FileRow]) -> None:
        """Records what became of each path."""
        raise NotImplementedError

    def forget_paths(self, paths: Sequence[str]) -> int:
        """Drops paths, and documents no path leads to any more; returns how many documents went."""
        raise NotImplementedError

    def known(self) -> dict[str, str]:
        """sha256 of each loaded document → the fingerprint it is loaded under."""
        raise NotImplementedError

    def files(self) -> dict[str, FileRow]:
        """Every path noted, by path."""
        raise NotImplementedError

    def status(self) -> StatusReport:
        """Counts of everything, in totals that add up."""
        raise NotImplementedError

    def close(self) -> None:
        """Ends the connection; the write-ahead log is folded in."""
        raise NotImplementedError

    def __enter__(self) -> Store:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()
