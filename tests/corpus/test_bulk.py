"""No document, page or § of the 23 meetings is lost, counted in pdfium's plain text and not by our reader."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

import pypdfium2
import pytest

from extractors.assemble import extract
from extractors.model import Extraction, FileStatus, Paragraph, Reading
from pipeline.evaluate.scoring import fold
from pipeline.reading import read
from rules.ruleset import load_rules

pytestmark = pytest.mark.corpus

# "§ 198 Ärendenummer SLK-2025-00144", alone on its line. A § that is cited has no label after it.
HEADING = re.compile(r"^(§ ?\d+) Ärendenummer (\S+)$")
FURNITURE = re.compile(r"^(|\d+|Göteborgs Stad Kommunstyrelsen, protokoll)$")


def _printed_headings(pdf: Path) -> list[tuple[str, str, str]]:
    """(number, diary number, first line of the title) of each § heading printed."""
    with pypdfium2.PdfDocument(pdf) as document:
        out = "\n".join(page.get_textpage().get_text_bounded() for page in document)
    lines = [line.strip() for line in out.splitlines()]
    lines = [line for line in lines if not FURNITURE.match(line)]
    found = []
    for line, after in zip(lines, [*lines[1:], ""], strict=True):
        heading = HEADING.match(line)
        if heading:
            found.append((heading[1], heading[2], after))
    return found


@lru_cache(maxsize=1)
def _everything(corpus: Path) -> dict[Path, tuple[Reading, Extraction]]:
    rules = load_rules()
    readings = {pdf: read(pdf) for pdf in sorted((corpus / "bulk").glob("*.pdf"))}
    return {pdf: (reading, extract(reading, rules)) for pdf, reading in readings.items()}


def test_every_document_and_page_is_read(corpus: Path) -> None:
    everything = _everything(corpus)
    assert len(everything) == 23
    assert {reading.status for reading, _ in everything.values()} == {FileStatus.READ}
    assert sum(len(reading.pages) for reading, _ in everything.values()) == 462
    assert all(extraction.meta.kind == "protokoll" for _, extraction in everything.values())


def _is(paragraph: Paragraph, number: str, diary_number: str, title: str) -> bool:
    named = fold(paragraph.number) == fold(number) and fold(paragraph.diary_number or "") == fold(diary_number)
    return named and fold(paragraph.heading).startswith(fold(title))


def test_paragraphs_printed_are_paragraphs_found(corpus: Path) -> None:
    """At least 99 in 100 with number, title and diary number; none invented that the plain text does not hold."""
    printed = found = 0
    lost: list[str] = []
    for pdf, (_, extraction) in _everything(corpus).items():
        left = list(extraction.document.paragraphs)
        headings = _printed_headings(pdf)
        printed += len(headings)
        for heading in headings:
            match = next((p for p in left if _is(p, *heading)), None)
            if match is None:
                lost.append(f"{pdf.name}: {heading}")
            else:
                left.remove(match)
                found += 1
        lost += [f"{pdf.name}: not printed as a heading: {p.number} {p.heading[:60]}" for p in left]
    assert printed > 900
    assert found >= 0.99 * printed, "\n".join(lost)
    assert len(lost) <= 0.01 * printed, "\n".join(lost)


def test_each_paragraph_is_accounted_for(corpus: Path) -> None:
    for pdf, (_, extraction) in _everything(corpus).items():
        assert len(extraction.outcomes) == len(extraction.document.paragraphs), pdf.name
        assert "unread" not in extraction.outcomes, pdf.name
