"""What has been read and extracted before, on disk, named by content. Losing or damaging it costs time, never a result."""

from __future__ import annotations

import contextlib
import errno
import marshal
import os
import pickle
import secrets
from pathlib import Path
from typing import Any
from zlib import crc32

import zstandard

from extractors.model import Cell, FileStatus, Line, Page, Reading
from pipeline.rows import DocumentRows

_MAGIC = b"UPPD2"
_LEVEL = 1  # of compression
_MARSHAL = 2  # the format that does not look for what comes twice: zstandard does that
_CELL = Line._fields.index("cell")


class ContentCache:
    """Bytes by the sha256 of a document and a version of what made them: ``folder/ab/<sha256>.<version>``.

    A file is written aside and renamed, so a reader sees all of it or none. It holds a checksum: one that is cut short, damaged or
    empty counts as not there and is written again. An entry of another version of the same document is removed when a new one is put.
    """

    def __init__(self, folder: Path, version: str) -> None:
        self.folder = folder
        self.version = version
        # By folder of two digits, once one is written there: the entries of other versions it had, by document. NOTE: looked for once a
        # folder and process; once an entry, it would cost more the more documents there are.
        self._older: dict[str, dict[str, list[str]]] = {}

    def path(self, sha256: str) -> Path:
        """Where the entry of a document is or would be."""
        return self.folder / sha256[:2] / f"{sha256}.{self.version}"

    def get(self, sha256: str) -> bytes | None:
        """The bytes put under this document and version, or None."""
        try:
            content = self.path(sha256).read_bytes()
        except OSError:
            return None
        head = len(_MAGIC) + 4
        if len(content) < head or content[: len(_MAGIC)] != _MAGIC:
            return None
        if int.from_bytes(content[len(_MAGIC) : head], "big") != crc32(content[head:]):
            return None
        return content[head:]

    def put(self, sha256: str, content: bytes) -> None:
        """Keeps ``content``. Raises OSError where the disk is full or may not be written."""
        folder = f"{self.folder}/{sha256[:2]}"
        if folder not in self._older:
            os.makedirs(folder, exist_ok=True)  # noqa: PTH103 - names are strings here, twice a document
            self._older[folder] = self._others(folder)
        aside = f"{folder}/.{sha256}.{os.getpid()}.{secrets.token_hex(4)}"
        try:
            with open(aside, "wb", buffering=0) as file:  # noqa: PTH123
                whole = _MAGIC + crc32(content).to_bytes(4, "big") + content
                if file.write(whole) != len(whole):
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), aside)
            os.replace(aside, f"{folder}/{sha256}.{self.version}")  # noqa: PTH105
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(aside)  # noqa: PTH108
            raise
        for other in self._older[folder].pop(sha256, ()):
            with contextlib.suppress(OSError):
                os.unlink(f"{folder}/{other}")  # noqa: PTH108

    def _others(self, folder: str) -> dict[str, list[str]]:
        """The entries of other versions in a folder, by document."""
        found: dict[str, list[str]] = {}
        for name in os.listdir(folder):  # noqa: PTH208
            sha256, _, version = name.partition(".")
            if sha256 and version != self.version:
                found.setdefault(sha256, []).append(name)
        return found


# NOTE: marshal of plain tuples, packed by zstandard: on 185 pages 1.7 kB a page, 12 µs to pack and 5 to unpack, against 2.2 kB, 56 and 19
# for zlib at its quickest, and 6.6 kB as it is. The format is that of one Python version, which is therefore part of the
# version of the reading cache (pipeline.work.reading_version).


def pack_reading(reading: Reading) -> bytes:
    """A reading as few bytes; :func:`unpack_reading` gives back an equal one."""
    pages = [
        (
            page.number,
            page.width,
            page.height,
            page.reader,
            page.reason,
            # marshal takes tuples, not what is derived of them; the cells of tables stand apart, by the number of their line.
            list(map(tuple, page.lines))
            if not (cells := _cells(page))
            else [(*line[:_CELL], None, line.confidence) for line in page.lines],
            cells,
        )
        for page in reading.pages
    ]
    whole = (reading.sha256, reading.name, str(reading.status), reading.message, reading.title, reading.producer, reading.created, pages)
    return zstandard.compress(marshal.dumps(whole, _MARSHAL), _LEVEL)


def unpack_reading(content: bytes) -> Reading:
    """The reading :func:`pack_reading` was given."""
    sha256, name, status, message, title, producer, created, pages = marshal.loads(zstandard.decompress(content))  # noqa: S302 - our own file, checksummed
    return Reading(
        sha256,
        name,
        FileStatus(status),
        tuple(
            Page(
                number,
                width,
                height,
                _lines(lines, cells),
                reader,
                reason,
            )
            for number, width, height, reader, reason, lines, cells in pages
        ),
        message,
        title,
        producer,
        created,
    )


def _cells(page: Page) -> list[tuple[int, int, int, int]]:
    """The lines that stand in a table: (index of the line, table, row, column)."""
    return [(n, line.cell.table, line.cell.row, line.cell.column) for n, line in enumerate(page.lines) if line.cell is not None]


def _lines(packed: list[tuple[Any, ...]], cells: list[tuple[int, int, int, int]]) -> tuple[Line, ...]:
    lines = list(map(Line._make, packed))
    for n, table, row, column in cells:
        lines[n] = lines[n]._replace(cell=Cell(table, row, column))
    return tuple(lines)


def pack_rows(rows: DocumentRows) -> bytes:
    """The rows of a document as few bytes."""
    return zstandard.compress(pickle.dumps((rows.sha256, rows.fingerprint, rows.tables), protocol=5), _LEVEL)


def unpack_rows(content: bytes) -> DocumentRows:
    """The rows :func:`pack_rows` was given."""
    return DocumentRows(*pickle.loads(zstandard.decompress(content)))  # noqa: S301 - our own file, checksummed
