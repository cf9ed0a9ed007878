"""Every bad file is a Reading with a status and a sentence that says what to do."""

from __future__ import annotations

import io
import random
from pathlib import Path

import pikepdf
import pytest

from extractors.model import FileStatus, Reading
from pipeline.reading import OcrMode, read, read_bytes

from .conftest import BODY, body, pdf_of


def check_sentence(reading: Reading) -> None:
    message = reading.message
    assert message is not None
    assert message[0].isupper()
    assert message.endswith(".")
    assert any(verb in message for verb in ("hämta", "spara", "kontrollera", "installera", "läs in")), message


def test_missing_file(tmp_path: Path) -> None:
    reading = read(tmp_path / "finns inte.pdf")
    assert (reading.status, reading.name, reading.pages) == (FileStatus.BROKEN, "finns inte.pdf", ())
    assert reading.message is not None
    assert reading.message.startswith("Filen finns inte")
    check_sentence(reading)


def test_directory_named_pdf(tmp_path: Path) -> None:
    (tmp_path / "mapp.pdf").mkdir()
    reading = read(tmp_path / "mapp.pdf")
    assert reading.status is FileStatus.BROKEN
    check_sentence(reading)


@pytest.mark.parametrize("data", [b"", b"\n\r\n", b"\x00" * 4096])
def test_empty_file(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "tom.pdf"
    path.write_bytes(data)
    reading = read(path)
    assert reading.status is FileStatus.EMPTY
    check_sentence(reading)


def test_text_file_named_pdf(tmp_path: Path) -> None:
    path = tmp_path / "text.pdf"
    path.write_text("Regionstyrelsen beslutar att ge regiondirektören i uppdrag …")
    reading = read(path)
    assert reading.status is FileStatus.NOT_PDF
    check_sentence(reading)


def test_encrypted() -> None:
    reading = read_bytes(pdf_of(body, encrypt="hemligt"), "låst.pdf")
    assert (reading.status, reading.pages) == (FileStatus.ENCRYPTED, ())
    check_sentence(reading)


def test_locked_against_editing_only_is_read(text_pdf: bytes) -> None:
    """An owner's password forbids changes, not reading: a third of published minutes have one."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(text_pdf)) as pdf:
        pdf.save(out, encryption=pikepdf.Encryption(owner="ägare", user=""))
    reading = read_bytes(out.getvalue(), "skyddad.pdf")
    assert reading.status is FileStatus.READ
    assert [line.text for line in reading.pages[0].lines] == BODY


@pytest.mark.parametrize("share", [0.1, 0.3, 0.5, 0.7, 0.9, 0.99])
def test_truncated(share: float) -> None:
    """Whatever is left of it: never READ."""
    data = pdf_of(*[body] * 5)
    reading = read_bytes(data[: int(len(data) * share)], "avhuggen.pdf")
    assert reading.status is FileStatus.BROKEN
    check_sentence(reading)


def test_nothing_behind_the_header() -> None:
    reading = read_bytes(b"%PDF-1.7\n" + b"garbage " * 500, "skräp.pdf")
    assert reading.status is FileStatus.BROKEN
    check_sentence(reading)


def test_page_that_is_no_page() -> None:
    """The other pages are read, and the file is called broken."""
    with pikepdf.open(io.BytesIO(pdf_of(body, body, body))) as pdf:
        pdf.pages[1].obj.Type = pikepdf.Name.Font
        pdf.pages[1].obj.Contents = pikepdf.Dictionary()
        pdf.Root.Pages.Kids[1] = pdf.make_indirect(pikepdf.Dictionary())
        out = io.BytesIO()
        pdf.save(out)
    reading = read_bytes(out.getvalue(), "trasig sida.pdf")
    assert [page.number for page in reading.pages] == list(range(1, len(reading.pages) + 1))
    assert [line.text for line in reading.pages[0].lines] == BODY
    assert [line.text for line in reading.pages[-1].lines] == BODY


def test_the_hash_is_that_of_the_bytes(tmp_path: Path, text_pdf: bytes) -> None:
    path = tmp_path / "protokoll.pdf"
    path.write_bytes(text_pdf)
    assert read(path).sha256 == read_bytes(text_pdf, "annat namn.pdf").sha256 == __import__("hashlib").sha256(text_pdf).hexdigest()


def test_blank_pages_are_pages_and_ask_for_no_ocr() -> None:
    """The blank back of a sheet: number and index stay in step, and nobody is sent for Tesseract."""
    reading = read_bytes(pdf_of(body, lambda canvas: None, body), "protokoll.pdf", ocr=OcrMode.never)
    assert (reading.status, reading.message) == (FileStatus.READ, None)
    assert [(page.number, len(page.lines), page.reader, page.reason) for page in reading.pages] == [
        (1, 3, "pdfium", None),
        (2, 0, "none", "tom sida"),
        (3, 3, "pdfium", None),
    ]


def test_information_of_the_document(text_pdf: bytes) -> None:
    with pikepdf.open(io.BytesIO(text_pdf)) as pdf:
        pdf.docinfo["/Title"] = "Protokoll 2024-03-12 §§ 28–48"
        pdf.docinfo["/CreationDate"] = "D:20240312101500+01'00'"
        out = io.BytesIO()
        pdf.save(out)
    reading = read_bytes(out.getvalue(), "protokoll.pdf")
    assert (reading.title, reading.created) == ("Protokoll 2024-03-12 §§ 28–48", "2024-03-12T10:15:00")
    assert reading.producer is not None


@pytest.mark.parametrize("seed", range(40))
def test_damaged_bytes_never_raise(seed: int) -> None:
    """Bytes overwritten here and there, as a bad disk or a broken transfer leaves them."""
    damage = random.Random(seed)  # noqa: S311 - repeatable damage, not secrets
    data = bytearray(pdf_of(body, body))
    for _ in range(damage.choice((1, 5, 40))):
        data[damage.randrange(len(data))] = damage.randrange(256)
    reading = read_bytes(bytes(data), "skadad.pdf", ocr=OcrMode.never)
    assert [page.number for page in reading.pages] == list(range(1, len(reading.pages) + 1))
    if reading.status is not FileStatus.READ:
        check_sentence(reading)
    for page in reading.pages:
        for line in page.lines:
            assert len(line.words) == len(line.text.split()) == len(line.text.split(" "))
