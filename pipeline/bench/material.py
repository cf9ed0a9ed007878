"""The documents a benchmark runs on: real ones, repeated until there are as many pages as wanted, no two alike.

The first page of a copy carries a line of its own at its foot ("Exemplar 17"), so that neither bytes nor text are those of another, and
nothing kept by content helps. The rest is the document as it was. (A line on every page would be a font more on every page to load, and
pdfium's plain text, which is the limit we measure against, would take half as long again.)
"""

from __future__ import annotations

import ctypes
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pypdfium2.raw as pdfium

from pipeline.reading import OcrMode, pdfium_calls, read_bytes
from pipeline.work import GOOD

ROOT = Path(__file__).resolve().parent.parent.parent
SHARED = ROOT.parent / "shared"
SAMPLES = ROOT / "data" / "raw"
_FOLDERS = (SHARED / "corpus" / "bulk", SHARED / "corpus" / "seeds")


@dataclass(frozen=True)
class Material:
    """The files made, and how many pages they have together. ``only_samples``: the real documents beside the project were not there."""

    files: tuple[Path, ...]
    pages: int
    bytes: int
    only_samples: bool


def make(folder: Path, pages: int, sources: Sequence[Path] | None = None, *, first_copy: int = 1) -> Material:
    """Writes copies into ``folder`` until they have at least ``pages`` pages; they are numbered from ``first_copy``.

    ``sources`` are the PDFs to repeat: by default those of the corpus and the sample documents. Those that need OCR are left out, since
    one such page costs as much as a thousand others and would be all that is measured. Raises ValueError where none is left.
    """
    only_samples = sources is None and not all(part.is_dir() for part in _FOLDERS)
    if sources is None:
        sources = [path for part in (SAMPLES, *_FOLDERS) if part.is_dir() for path in part.glob("*.pdf")]
    # In an order that mixes long and short ones and is the same everywhere.
    ordered = sorted(sources, key=lambda path: hashlib.sha256(path.name.encode()).digest())
    everything = [(path.stem, path.read_bytes()) for path in ordered]
    originals = [(stem, data) for stem, data in everything if read_bytes(data, stem, ocr=OcrMode.never).status in GOOD]
    if not originals:
        raise ValueError("There is no document with a text layer to measure on.")
    files: list[Path] = []
    total = size = 0
    for copy in count(first_copy):
        part = folder / f"{copy:04d}"
        part.mkdir(parents=True)
        for stem, data in originals:
            content, length = stamped(data, copy)
            path = part / f"{stem}.pdf"
            path.write_bytes(content)
            files.append(path)
            total += length
            size += len(content)
            if total >= pages:
                return Material(tuple(files), total, size, only_samples)
    raise AssertionError


def stamped(data: bytes, copy: int) -> tuple[bytes, int]:
    """The document with a line of its own at the foot of its first page, and its number of pages."""
    with pdfium_calls.LOCK:
        document = pdfium.FPDF_LoadMemDocument64(data, len(data), None)
        try:
            pages = pdfium.FPDF_GetPageCount(document)
            _stamp(document, f"Exemplar {copy}")
            return _saved(document), pages
        finally:
            pdfium.FPDF_CloseDocument(document)


def _stamp(document: ctypes.c_void_p, text: str) -> None:
    page = pdfium.FPDF_LoadPage(document, 0)
    line = pdfium.FPDFPageObj_NewTextObj(document, b"Helvetica", 6.0)
    letters = ctypes.create_string_buffer((text + "\0").encode("utf-16-le"))
    pdfium.FPDFText_SetText(line, ctypes.cast(letters, pdfium.FPDF_WIDESTRING))
    pdfium.FPDFPageObj_Transform(line, 1, 0, 0, 1, 20.0, 8.0)
    pdfium.FPDFPage_InsertObject(page, line)
    pdfium.FPDFPage_GenerateContent(page)
    pdfium.FPDF_ClosePage(page)


def _saved(document: ctypes.c_void_p) -> bytes:
    """The bytes pdfium writes: all objects anew, their streams as they were (its increments to some files are not valid PDF)."""
    parts: list[bytes] = []

    def write(_: object, chunk: int, size: int) -> int:
        parts.append(ctypes.string_at(chunk, size))
        return 1

    target = pdfium.FPDF_FILEWRITE(version=1, WriteBlock=type(pdfium.FPDF_FILEWRITE().WriteBlock)(write))
    if not pdfium.FPDF_SaveAsCopy(document, target, pdfium.FPDF_NO_INCREMENTAL):
        raise ValueError("pdfium could not write a copy of a document.")
    return b"".join(parts)
