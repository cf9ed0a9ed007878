"""What is done with one document: read it, extract, make rows, each step only where the cache has no answer. Runs in a worker."""

from __future__ import annotations

import hashlib
import os
import re
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from extractors.model import FileStatus, Line, Page, Reading
from pipeline.cache import ContentCache, pack_reading, pack_rows, unpack_reading, unpack_rows
from pipeline.discover import printable
from pipeline.rows import COLUMNS, DocumentRows, to_rows

_DOCUMENT = {name: n for n, name in enumerate(COLUMNS["document"])}

# Something of each kind that is looked for.
_WARM = (
    "Regionstyrelsen Protokoll 2024-03-12",
    "§ 41 Uppföljning av ekonomin RS/123/2024",
    "Regionstyrelsens beslut",
    "Regiondirektören får i uppdrag att senast den 30 september 2024 redovisa åtgärder om 25,5 mnkr (3,2 procent).",
)

GOOD = frozenset({FileStatus.READ, FileStatus.READ_BY_OCR})
"""The statuses of a file that was read whole; every other one is listed at the end of a run."""


@dataclass(frozen=True, slots=True)
class Orders:
    """What a worker has to know once. ``cache`` is a folder (None: keep nothing), ``fingerprint`` names rules and code of an extraction."""

    cache: str | None
    organisation: str | None
    fingerprint: str
    ocr: bool
    document_seconds: float
    ocr_page_seconds: float
    document_mib: int


@dataclass(frozen=True, slots=True)
class Job:
    """One document: where its bytes are, and their sha256."""

    path: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a job. Its rows are in the extraction cache under ``sha256``, if ``status`` has rows at all (``in_cache``).

    ``message`` is Swedish, for the row; ``detail`` is for whoever maintains the program (a traceback). ``lasting`` is False where another
    run may end otherwise though nothing changed, as after the system killed a worker.
    """

    path: str
    sha256: str
    status: FileStatus
    message: str | None
    pages: int
    seconds: float
    in_cache: bool = True
    lasting: bool = True
    detail: str | None = None


class ChangedError(Exception):
    """The bytes read are not those that were hashed."""


def named(rows: DocumentRows, path: str) -> DocumentRows:
    """The rows with the name the file has now, since bytes may have been kept under another."""
    (row,) = rows.tables["document"]
    name, at = os.path.basename(printable(path)), _DOCUMENT["name"]  # noqa: PTH119 - a string is all there is
    renamed = (*row[:at], name, *row[at + 1 :])
    return rows if row[at] == name else DocumentRows(rows.sha256, rows.fingerprint, {**rows.tables, "document": [renamed]})


def extraction_version() -> str:
    """Twelve hexadecimal digits of the source that turns a reading into rows, so that changed code is as good as a changed rule."""
    here = Path(__file__).resolve().parent
    total = hashlib.sha256()
    for source in [*sorted((here.parent / "extractors").glob("*.py")), here / "rows.py"]:
        total.update(source.name.encode() + source.read_bytes())
    return total.hexdigest()[:12]


def reading_version() -> str:
    """The version of the reading cache: that of the reader, and of the Python whose marshal format it is in."""
    from pipeline.reading import READER_VERSION

    return f"r{READER_VERSION}-py{sys.version_info.major}{sys.version_info.minor}"


def fingerprint(organisation: str | None) -> str:
    """What the rows of a document are made with: rules, organisation, reader and code. Raises rules.RuleError where the rule files cannot
    be read; whether each rule holds, those find out that work by them."""
    from rules.ruleset import load_rules

    return f"{load_rules(organisation, prove=False).fingerprint}-{reading_version()}-{extraction_version()}"


class Workbench:
    """The caches, the rules and the order of steps. One a process."""

    def __init__(self, orders: Orders, allow: Callable[[float], None] = lambda seconds: None) -> None:
        """``allow`` is called with the seconds the current document may take from now on; whoever watches goes by it."""
        from rules.ruleset import load_rules

        self.orders = orders
        self.allow = allow
        self.rules = load_rules(orders.organisation)
        root = Path(orders.cache) if orders.cache is not None else None
        self.readings = ContentCache(root / "readings", reading_version()) if root else None
        self.extractions = ContentCache(root / "extractions", orders.fingerprint) if root else None

    def warm_up(self) -> None:
        """Imports and builds what the first document would otherwise wait for: half a second."""
        import pipeline.reading

        _ = pipeline.reading
        lines = []
        for n, text in enumerate(_WARM):
            words = tuple(70.0 + 5 * match.start() for match in re.finditer(r"\S+", text))
            lines.append(Line(text, 70.0, 100.0 + 14 * n, 70.0 + 5 * len(text), 112.0 + 14 * n, 10.0, False, 110.0 + 14 * n, words))
        self.extract(Reading("", "", FileStatus.READ, (Page(1, 595.0, 842.0, tuple(lines), "pdfium"),)))

    def do(self, job: Job) -> Done:
        """One document, from its path to rows in the cache."""
        began = time.perf_counter()
        try:
            rows = self.rows(job)
        except ChangedError:
            message = "Filen ändrades medan den lästes. Läs in igen."
            return Done(job.path, job.sha256, FileStatus.UNREADABLE, message, 0, time.perf_counter() - began, in_cache=False, lasting=False)
        row = rows.tables["document"][0]
        said = row[_DOCUMENT["message"]]
        return Done(
            job.path,
            job.sha256,
            FileStatus(str(row[_DOCUMENT["reading_status"]])),
            None if said is None else str(said),
            int(row[_DOCUMENT["pages"]] or 0),
            time.perf_counter() - began,
        )

    def rows(self, job: Job) -> DocumentRows:
        """The rows of a document, from the cache where it has them."""
        kept = self.extractions.get(job.sha256) if self.extractions else None
        if kept is not None:
            rows = unpack_rows(kept)
            if not self.worth_ocr(rows):
                return named(rows, job.path)
        reading = self.reading(job)
        if reading.sha256 != job.sha256:
            raise ChangedError(job.path)
        rows = self.extract(reading)
        if self.extractions:
            self.extractions.put(job.sha256, pack_rows(rows))
        return rows

    def extract(self, reading: Reading) -> DocumentRows:
        """The rows of a reading. A file that was not read has one row that says so."""
        if reading.status not in GOOD:
            return to_rows(reading, None, self.orders.fingerprint)
        from extractors.assemble import extract

        return to_rows(reading, extract(reading, self.rules), self.orders.fingerprint)

    def worth_ocr(self, rows: DocumentRows) -> bool:
        """Whether a document that was kept for want of OCR can be read now."""
        return rows.tables["document"][0][_DOCUMENT["reading_status"]] == FileStatus.NEEDS_OCR and self.orders.ocr

    def reading(self, job: Job) -> Reading:
        """The document as read, from the cache where it has it; pages without text go through OCR where that is to be had."""
        from pipeline.reading import OcrMode, read

        name = os.path.basename(printable(job.path))  # noqa: PTH119 - a string is all there is
        kept = self.readings.get(job.sha256) if self.readings else None
        reading = unpack_reading(kept) if kept is not None else None
        if reading is not None and not (reading.status is FileStatus.NEEDS_OCR and self.orders.ocr):
            return replace(reading, name=name)
        reading = read(Path(job.path), ocr=OcrMode.never)
        bare = sum(1 for page in reading.pages if not page.lines)
        if self.orders.ocr and (bare or reading.status is FileStatus.NEEDS_OCR):
            self.allow(self.orders.document_seconds + self.orders.ocr_page_seconds * max(bare, len(reading.pages), 1))
            reading = read(Path(job.path), ocr=OcrMode.auto)
        reading = replace(reading, name=name)
        if self.readings and reading.sha256 == job.sha256:
            self.readings.put(job.sha256, pack_reading(reading))
        return reading
