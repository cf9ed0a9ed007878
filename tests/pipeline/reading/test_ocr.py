"""Pages without usable text: read by Tesseract, or said to need it."""

from __future__ import annotations

import io
from difflib import SequenceMatcher
from pathlib import Path

import pikepdf
import pytest
from PIL import Image
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from extractors.model import FileStatus, Reading
from pipeline.reading import OcrMode, ocr, read_bytes
from pipeline.reading.pdfium import FastDocument
from pipeline.reading.usable import why_unusable

from .conftest import BODY, Draw, body, pdf_of, put

needs_tesseract = pytest.mark.skipif(ocr.why_not() is not None, reason=f"reads pictures of pages: {ocr.why_not()}")


def minutes(canvas: Canvas) -> None:
    put(canvas, 70, 60, "Regionstyrelsen", 11)
    put(canvas, 450, 60, "Protokoll 1(2)", 11)
    put(canvas, 70, 90, "Beslut om handlingsplan", 14, "Helvetica-Bold")
    for number, line in enumerate([*BODY, *BODY, *BODY]):
        put(canvas, 70, 120 + 15 * number + 12 * (number // 3), line)


PRINTED = ["Regionstyrelsen Protokoll 1(2)", "Beslut om handlingsplan", *BODY, *BODY, *BODY]


def picture_of(draw: Draw, dpi: float = 200) -> Image.Image:
    with FastDocument(pdf_of(draw)) as document:
        picture = document.picture_of(0, dpi)
    assert picture is not None
    return picture[0]


def scan_of(picture: Image.Image, landscape: bool = False) -> Draw:
    def draw(canvas: Canvas) -> None:
        width, height = (A4[1], A4[0]) if landscape else A4
        canvas.setPageSize((width, height))
        canvas.drawImage(ImageReader(picture), 0, 0, width, height)

    return draw


def agreement(reading: Reading, number: int = 1) -> float:
    """Share of characters that agree with what was printed."""
    found = "\n".join(line.text for line in reading.pages[number - 1].lines)
    return SequenceMatcher(None, "\n".join(PRINTED), found, autojunk=False).ratio()


@pytest.fixture(scope="module")
def scan() -> bytes:
    return pdf_of(scan_of(picture_of(minutes)))


@needs_tesseract
def test_scan_is_read_with_places_and_confidence(scan: bytes) -> None:
    reading = read_bytes(scan, "skannad.pdf")
    assert reading.status is FileStatus.READ_BY_OCR
    assert reading.message == "Sidan 1 lästes med OCR: jämför siffror, datum och paragraftecken med sidbilden."
    page = reading.pages[0]
    assert (page.reader, page.reason) == ("tesseract", "sidan saknar text")
    assert agreement(reading) > 0.97
    printed = read_bytes(pdf_of(minutes), "text.pdf").pages[0].lines
    assert len(page.lines) == len(printed)
    for line, original in zip(page.lines, printed, strict=True):
        assert line.confidence is not None
        assert 0.5 < line.confidence <= 1
        assert len(line.words) == len(line.text.split())
        assert line.baseline == pytest.approx(original.baseline, abs=1.5)
        assert line.x0 == pytest.approx(original.x0, abs=1.5)
        assert line.x1 == pytest.approx(original.x1, abs=3)
        assert line.size == pytest.approx(original.size, rel=0.15)
        if line.text == original.text:
            assert line.words == pytest.approx(original.words, abs=2)


@needs_tesseract
def test_scan_laid_askew_is_straightened() -> None:
    """Two degrees: the right end of a line lies where the left end of the next should be."""
    askew = picture_of(minutes).rotate(-2.0, Image.Resampling.BICUBIC, fillcolor=255)
    reading = read_bytes(pdf_of(scan_of(askew)), "sned.pdf")
    assert agreement(reading) > 0.95
    head = reading.pages[0].lines[0]
    assert head.text.startswith("Regionstyrelsen")
    # Places are those on the crooked page: clockwise by two degrees, the right end lies lower.
    assert head.bottom - head.top > 14


@needs_tesseract
@pytest.mark.parametrize("turn", [90, 180])
def test_scan_laid_on_its_side_or_upside_down_is_turned(turn: int) -> None:
    picture = picture_of(minutes).rotate(turn, expand=True, fillcolor=255)
    reading = read_bytes(pdf_of(scan_of(picture, landscape=turn == 90)), "liggande.pdf")
    assert agreement(reading) > 0.95
    head = next(line for line in reading.pages[0].lines if line.text.startswith("Regionstyrelsen"))
    if turn == 90:  # counter-clockwise: what was at the top is at the left, and lines run upwards
        assert head.x1 - head.x0 < 20
        assert head.bottom - head.top > 300
        assert head.x0 == pytest.approx(50, abs=6)
    else:
        assert head.top == pytest.approx(842 - 63, abs=6)


@needs_tesseract
def test_only_the_pages_without_text_are_read_by_ocr(scan: bytes) -> None:
    """An appendix scanned into a document: text pages keep their exact text."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf_of(body, body))) as pdf, pikepdf.open(io.BytesIO(scan)) as other:
        pdf.pages.insert(1, other.pages[0])
        pdf.save(out)
    reading = read_bytes(out.getvalue(), "blandad.pdf")
    assert reading.status is FileStatus.READ_BY_OCR
    assert [page.reader for page in reading.pages] == ["pdfium", "tesseract", "pdfium"]
    assert [line.text for line in reading.pages[2].lines] == BODY
    assert agreement(reading, 2) > 0.97
    assert reading.message is not None
    assert reading.message.startswith("Sidan 2 ")


@needs_tesseract
def test_stamp_on_a_scan_does_not_hide_the_scan(scan: bytes) -> None:
    """Diary systems stamp a number as text on scanned pages."""

    def draw(canvas: Canvas) -> None:
        scan_of(picture_of(minutes))(canvas)
        put(canvas, 450, 30, "RS/121/2024", 9)

    reading = read_bytes(pdf_of(draw), "stämplad.pdf")
    assert reading.status is FileStatus.READ_BY_OCR
    assert agreement(reading) > 0.9


@needs_tesseract
def test_title_on_a_photograph_stays_as_it_is() -> None:
    """A slide with a picture behind its title: OCR finds no more, the exact text is kept, and the document is simply read."""
    picture = Image.linear_gradient("L").resize((1200, 1700))

    def draw(canvas: Canvas) -> None:
        scan_of(picture)(canvas)
        put(canvas, 100, 300, "God ekonomisk hushållning", 30)

    reading = read_bytes(pdf_of(draw), "bild.pdf")
    assert (reading.status, reading.message) == (FileStatus.READ, None)
    assert [line.text for line in reading.pages[0].lines] == ["God ekonomisk hushållning"]


def shifted(data: bytes, by: int) -> bytes:
    """The document with a font map that gives each letter another's code, as broken producers do."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        pairs = "".join(f"<{code:02x}> <{code + by:04x}>\n" for code in range(0x21, 0x7F))
        cmap = (
            "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def /CMapType 2 def\n"
            f"1 begincodespacerange <00> <ff> endcodespacerange\n94 beginbfchar\n{pairs}endbfchar\nendcmap end end"
        )
        for page in pdf.pages:
            for font in page.Resources.Font.values():
                font.ToUnicode = pdf.make_stream(cmap.encode())
        pdf.save(out)
    return out.getvalue()


@needs_tesseract
def test_broken_font_map_is_read_from_the_picture() -> None:
    """ "RUGI|UDQGH" for "ORDFÖRANDE": the text is there, and is not what is printed."""
    reading = read_bytes(shifted(pdf_of(minutes), 3), "chiffer.pdf")
    assert reading.status is FileStatus.READ_BY_OCR
    assert reading.pages[0].reason is not None
    assert "teckenkartan" in reading.pages[0].reason
    assert agreement(reading) > 0.97


def test_broken_font_map_gives_no_garbage_without_ocr() -> None:
    reading = read_bytes(shifted(pdf_of(minutes), 3), "chiffer.pdf", ocr=OcrMode.never)
    assert reading.status is FileStatus.NEEDS_OCR
    assert reading.pages[0].lines == ()
    assert reading.pages[0].reader == "none"


def test_without_tesseract_the_document_says_what_to_install(scan: bytes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf_of(body))) as pdf, pikepdf.open(io.BytesIO(scan)) as other:
        pdf.pages.extend(other.pages)
        pdf.save(out)
    reading = read_bytes(out.getvalue(), "blandad.pdf")
    assert reading.status is FileStatus.NEEDS_OCR
    assert reading.message == (
        "Sidan 2 saknar läsbar text. Tesseract finns inte på datorn: installera tesseract-ocr och tesseract-ocr-swe och läs in filen igen."
    )
    assert [line.text for line in reading.pages[0].lines] == BODY
    assert (reading.pages[1].lines, reading.pages[1].reader) == ((), "none")


@needs_tesseract
def test_without_swedish_the_document_says_what_to_install(scan: bytes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TESSDATA_PREFIX", str(tmp_path))
    reading = read_bytes(scan, "skannad.pdf")
    assert reading.status is FileStatus.NEEDS_OCR
    assert reading.message is not None
    assert "installera tesseract-ocr-swe" in reading.message


def test_ocr_turned_off_says_so(scan: bytes) -> None:
    reading = read_bytes(scan, "skannad.pdf", ocr=OcrMode.never)
    assert reading.status is FileStatus.NEEDS_OCR
    assert reading.message == "Sidan 1 saknar läsbar text. OCR är avstängt: läs in filen igen med OCR påslaget."


@needs_tesseract
def test_a_page_that_takes_too_long_is_named(scan: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "SECONDS_A_PAGE", 0.05)
    reading = read_bytes(scan, "skannad.pdf")
    assert reading.status is FileStatus.NEEDS_OCR
    assert reading.message is not None
    assert "OCR tog mer än" in reading.message
    assert reading.pages[0].lines == ()


@pytest.mark.parametrize(
    "text",
    [
        " ".join(BODY),
        "9 Ledamot\r\nJa\r\nS\r\n" * 30,
        "1 234 5 678 9 012 -3 456 7 890\r\n" * 30,
        "Mål och inriktning" + "." * 400 + "3",
        "The committee decided that the director shall report the results of the investigation before the end of the year.",
        "RS HSN KTN RUN SKR VGR " * 20,
        "☐ Ja ☐ Nej",
    ],
)
def test_text_that_serves(text: str) -> None:
    """Vote lists, figures, leaders, English and abbreviations are not Swedish prose, and are what is printed."""
    assert why_unusable(text, sum(not c.isspace() for c in text), 0) is None


@pytest.mark.parametrize("by", [-29, -3, -1, 1, 3, 29])
def test_shifted_alphabets_are_seen(by: int) -> None:
    text = " ".join("".join(chr(ord(c) + by) for c in word) for word in " ".join(BODY).split())
    assert why_unusable(text, sum(not c.isspace() for c in text), 0) is not None


def test_text_without_codes_is_seen() -> None:
    assert why_unusable("Protokoll", 9, 400) == "400 tecken saknar teckenkod"
