"""From the bytes of a file to pages with lines: the fast reader, tables, odd pages and OCR. See docs/reading.md."""

from __future__ import annotations

import hashlib
from enum import StrEnum
from pathlib import Path

from extractors.model import FileStatus, Page, Reading
from pipeline.reading.pdfium import BrokenError, FastDocument, PasswordError

# Part of the name of every reading in the cache: change it whenever what comes out of a file can change.
READER_VERSION = "1"


class OcrMode(StrEnum):
    """Whether pages without usable text are read by optical character recognition."""

    auto = "auto"
    never = "never"


def read(path: Path, *, ocr: OcrMode = OcrMode.auto) -> Reading:
    """Reads one file; never raises for a bad document: each becomes a Reading with a status and a Swedish sentence."""
    try:
        data = path.read_bytes()
    except OSError as error:
        return Reading("", path.name, FileStatus.BROKEN, message=f"Filen kan inte läsas ({error.strerror}): kontrollera sökvägen.")
    return read_bytes(data, path.name, ocr=ocr)


def read_bytes(data: bytes, name: str, *, ocr: OcrMode = OcrMode.auto) -> Reading:
    """The same for bytes already at hand."""
    sha256 = hashlib.sha256(data).hexdigest()
    if not data:
        return Reading(sha256, name, FileStatus.EMPTY, message="Filen är tom: hämta den på nytt från källan.")
    if b"%PDF-" not in data[:1024]:
        return Reading(sha256, name, FileStatus.NOT_PDF, message="Filen är ingen PDF: spara den som PDF och läs in den igen.")
    try:
        with FastDocument(data) as document:
            pages = []
            for index in range(document.page_count):
                fast = document.read_page(index)
                if fast is None:
                    pages.append(Page(index + 1, 0.0, 0.0, (), "none", "sidan kan inte öppnas"))
                else:
                    pages.append(Page(index + 1, fast.width, fast.height, fast.lines))
            title, producer, created = (document.meta(key) for key in ("Title", "Producer", "CreationDate"))
    except PasswordError:
        return Reading(sha256, name, FileStatus.ENCRYPTED, message="Filen är skyddad med lösenord: spara en kopia utan lösenord.")
    except BrokenError:
        return Reading(sha256, name, FileStatus.BROKEN, message="Filen är skadad och kan inte öppnas: hämta den på nytt från källan.")
    return Reading(sha256, name, FileStatus.READ, tuple(pages), None, title, producer, created)
