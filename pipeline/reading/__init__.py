"""From the bytes of a file to pages with lines.

pdfium reads every page (:mod:`.pdfium`); pages whose reading fails its own check are read by pdfplumber (:mod:`.plumber`), pages
without usable text by Tesseract (:mod:`.ocr`). docs/reading.md says what each does and how they were compared.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from extractors.model import FileStatus, Page, Reading
from pipeline.reading.pdfium import BrokenError, FastDocument, FastPage, PasswordError
from pipeline.reading.usable import why_unusable

if TYPE_CHECKING:
    from pipeline.reading.ocr import OcrPage

# Part of the name of every reading in the cache: change it whenever what comes out of a file can change.
READER_VERSION = "4"

_LOST_SHARE = 0.02  # of a page's words, without a place: then the other reader is asked
_PDF_DATE = re.compile(r"D:(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d)?)?")


class OcrMode(StrEnum):
    """Whether pages without usable text are read by optical character recognition."""

    auto = "auto"
    never = "never"


def read(path: Path, *, ocr: OcrMode = OcrMode.auto) -> Reading:
    """Reads one file; never raises for a bad document.

    A document that is missing, empty, no PDF, encrypted, broken or without text becomes a Reading with that status and a Swedish
    sentence that says what to do; what could be read of it is in ``pages``. ``pages[n - 1]`` is page n, empty pages included.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return Reading("", path.name, FileStatus.BROKEN, message="Filen finns inte: kontrollera sökvägen och läs in den igen.")
    except OSError as error:
        reason = error.strerror or "okänt fel"
        message = f"Filen kan inte läsas ({reason}): kontrollera sökvägen och rättigheterna och läs in den igen."
        return Reading("", path.name, FileStatus.BROKEN, message=message)
    return read_bytes(data, path.name, ocr=ocr)


def read_bytes(data: bytes, name: str, *, ocr: OcrMode = OcrMode.auto) -> Reading:
    """Reads a file whose bytes are at hand; as :func:`read`."""
    sha256 = hashlib.sha256(data).hexdigest()
    if not data.strip(b"\x00 \r\n\t"):
        return Reading(sha256, name, FileStatus.EMPTY, message="Filen är tom: hämta den på nytt från källan.")
    if b"%PDF-" not in data[:1024]:
        return Reading(sha256, name, FileStatus.NOT_PDF, message="Filen är ingen PDF: spara dokumentet som PDF och läs in det igen.")
    try:
        draft = _read_fast(data)
    except PasswordError:
        message = "Filen är skyddad med lösenord: spara en kopia utan lösenord och läs in den."
        return Reading(sha256, name, FileStatus.ENCRYPTED, message=message)
    except BrokenError:
        return Reading(sha256, name, FileStatus.BROKEN, message="Filen är skadad och kan inte öppnas: hämta den på nytt från källan.")
    _reread_by_plumber(data, draft)
    reading = Reading(sha256, name, FileStatus.READ, (), None, draft.title, draft.producer, draft.created)
    return _judged(_with_ocr(data, draft, reading, ocr), data)


@dataclass(slots=True)
class _Draft:
    """Pages as they come in. ``bare`` maps the index of a page without usable text to the reason, ``kept`` says which of those have text
    that stays unless OCR finds more (a stamped scan, a title slide on a photograph); ``odd`` maps those for pdfplumber."""

    pages: list[Page]
    bare: dict[int, str]
    kept: set[int]
    odd: dict[int, str]
    title: str | None
    producer: str | None
    created: str | None


def _read_fast(data: bytes) -> _Draft:
    pages: list[Page] = []
    bare: dict[int, str] = {}
    kept: set[int] = set()
    odd: dict[int, str] = {}
    with FastDocument(data) as document:
        for index in range(document.page_count):
            fast = document.read_page(index)
            if fast is None:
                pages.append(Page(index + 1, 0.0, 0.0, (), "none", "sidan kan inte öppnas"))
                odd[index] = "pdfium kan inte öppna sidan"
                continue
            if fast.lost and fast.lost > _LOST_SHARE * (sum(len(line.words) for line in fast.lines) + fast.lost):
                odd[index] = f"pdfium har ingen plats för {fast.lost} ord"
            reason = _bare_reason(fast)
            if reason is not None:
                bare[index] = reason
                if fast.scanned:
                    kept.add(index)
            pages.append(_page(index, fast))
        title, producer, created = (document.meta(key) for key in ("Title", "Producer", "CreationDate"))
    if not pages:
        raise BrokenError
    if title is not None and title.casefold() in ("untitled", "namnlös", "(anonymous)"):
        title = None
    return _Draft(pages, bare, kept, odd, title, producer, _iso(created))


def _page(index: int, fast: FastPage) -> Page:
    reason = "texten står på tvären" if fast.turned else fast.tables_skipped
    if not fast.lines:
        return Page(index + 1, fast.width, fast.height, (), "none", "tom sida" if fast.blank else None)
    return Page(index + 1, fast.width, fast.height, fast.lines, "pdfium", reason)


def _bare_reason(fast: FastPage) -> str | None:
    """Why the page has to be read from its picture, None where its text serves or nothing is printed on it."""
    if fast.blank:
        return None
    if not fast.characters or not fast.lines:
        return "sidan saknar text"
    unusable = why_unusable(fast.text, fast.characters, fast.unmapped)
    if unusable is None and fast.scanned:
        return "sidan är en bild med några få tecken text"
    return unusable


def _iso(created: str | None) -> str | None:
    """A PDF date ("D:20241004120000+01'00'") as ISO 8601 without the zone; what is no such date is left out."""
    match = _PDF_DATE.match(created or "")
    if match is None:
        return None
    year, month, day, hour, minute, second = match.groups()
    return f"{year}-{month}-{day}" + (f"T{hour}:{minute}:{second or '00'}" if hour else "")


def _reread_by_plumber(data: bytes, draft: _Draft) -> None:
    if not draft.odd:
        return
    from pipeline.reading.plumber import read_pages

    for index, page in read_pages(data, draft.odd).items():
        if page.lines:
            draft.pages[index] = page
            draft.bare.pop(index, None)


def _with_ocr(data: bytes, draft: _Draft, reading: Reading, mode: OcrMode) -> Reading:
    """Reads the bare pages from their pictures, or says that it was not done."""
    if not draft.bare:
        return replace(reading, pages=tuple(draft.pages))
    from pipeline.reading import ocr  # Tesseract's wrapper, only where a page asks for it

    why_not = "OCR är avstängt: läs in filen igen med OCR påslaget" if mode == OcrMode.never else ocr.why_not()
    if why_not is not None:
        for index, reason in draft.bare.items():
            if index not in draft.kept:
                page = draft.pages[index]
                draft.pages[index] = replace(page, lines=(), reader="none", reason=reason)
        message = f"{_named(list(draft.bare))} saknar läsbar text. {why_not} och läs in filen igen."
        if mode == OcrMode.never:
            message = f"{_named(list(draft.bare))} saknar läsbar text. {why_not}."
        return replace(reading, status=FileStatus.NEEDS_OCR, pages=tuple(draft.pages), message=message)
    return _read_pictures(data, draft, reading)


def _read_pictures(data: bytes, draft: _Draft, reading: Reading) -> Reading:
    from pipeline.reading import ocr

    done: list[int] = []
    failed: list[int] = []
    for index, reason in draft.bare.items():
        page = draft.pages[index]
        try:
            found = _read_picture(data, index, ocr.DPI)
            if found.words and found.confidence < ocr.CLEAR:
                again = _read_picture(data, index, ocr.DPI_FOR_SMALL_PRINT)
                found = max(found, again, key=lambda page: page.confidence * page.words)
        except ocr.OcrError as error:
            failed.append(index)
            draft.pages[index] = replace(page, reader="none", reason=f"{reason}; {error}", lines=page.lines if index in draft.kept else ())
            continue
        printed = sum(len(line.words) for line in page.lines)
        if index in draft.kept and found.words < 3 * printed + 10:
            draft.pages[index] = replace(page, reason="bilden på sidan innehåller inte mer text")
            continue
        done.append(index)
        draft.pages[index] = replace(page, lines=found.lines, reader="tesseract", reason=reason)
    pages = tuple(draft.pages)
    if failed:
        message = f"{_named(failed)} kunde inte läsas med OCR ({pages[failed[0]].reason}): skanna om dem och läs in filen igen."
        return replace(reading, status=FileStatus.NEEDS_OCR, pages=pages, message=message)
    if done:
        message = f"{_named(done)} lästes med OCR: jämför siffror, datum och paragraftecken med sidbilden."
        return replace(reading, status=FileStatus.READ_BY_OCR, pages=pages, message=message)
    return replace(reading, pages=pages)


def _read_picture(data: bytes, index: int, dpi: float) -> OcrPage:
    """Draws and reads one page. The document is opened anew each time, so that pdfium is free for others while Tesseract works."""
    from pipeline.reading import ocr

    with FastDocument(data) as document:
        picture = document.picture_of(index, dpi)
    if picture is None:
        raise ocr.OcrError("sidan kan inte ritas")
    return ocr.read_picture(*picture)


def _judged(reading: Reading, data: bytes) -> Reading:
    """Calls a document broken whose end is missing or one of whose pages nobody could open; what was read of it stays."""
    unopened = [page.number - 1 for page in reading.pages if page.reader == "none" and page.width == 0]
    if unopened:
        message = f"{_named(unopened)} kan inte öppnas: filen är skadad, hämta den på nytt från källan."
        return replace(reading, status=FileStatus.BROKEN, message=message)
    if b"%%EOF" not in data[-2048:] and b"startxref" not in data[-2048:]:
        message = f"Filen är avhuggen ({len(reading.pages)} sidor gick att läsa): hämta den på nytt från källan."
        return replace(reading, status=FileStatus.BROKEN, message=message)
    return reading


def _named(indices: list[int]) -> str:
    """ "Sidan 3", "Sidorna 1–4 och 7": page numbers for a sentence, of indices counted from 0."""
    runs: list[list[int]] = []
    for number in sorted(index + 1 for index in indices):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    parts = [str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs]
    text = parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " och " + parts[-1]
    return f"{'Sidan' if len(indices) == 1 else 'Sidorna'} {text}"
