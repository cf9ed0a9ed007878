"""The fast reader against pdfplumber on real documents. All of them: ``python -m pipeline.reading.compare ../shared/corpus``."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.reading import OcrMode, read
from pipeline.reading.compare import Agreement, compare_file, longest_common

_SAMPLES = Path(__file__).resolve().parents[3] / "data" / "raw"


@pytest.mark.corpus
def test_words_and_lines_are_those_of_pdfplumber(corpus: Path) -> None:
    """Every tenth page of the bulk and all of the rest but the report with columns and tables: 99.9 % of words, lines in order."""
    total = Agreement()
    for path in [*sorted((corpus / "seeds").glob("*.pdf")), *sorted((corpus / "goteborg").rglob("*.pdf"))]:
        total.add(compare_file(path))
    for path in sorted((corpus / "bulk").glob("*.pdf")):
        total.add(compare_file(path, slice(5, None, 12)))
    assert total.pages > 60
    assert total.words > 12_000
    assert total.word_share >= 0.999, dict(total.differences)
    assert total.equal_fast_words >= 0.999 * total.fast_words
    assert total.line_share >= 0.999, dict(total.differences)


def test_words_of_the_sample_documents_are_those_of_pdfplumber() -> None:
    """Of several makers, with tables: the words agree wherever the lines are cut."""
    total = Agreement()
    for path in sorted(_SAMPLES.glob("*.pdf"))[:8]:
        if read(path, ocr=OcrMode.never).message is None:
            total.add(compare_file(path, slice(0, 2)))
    assert total.words > 1_000
    assert total.word_share >= 0.999, dict(total.differences)


@pytest.mark.corpus
def test_columns_of_a_published_report_are_not_read_across(corpus: Path) -> None:
    page = read(corpus / "real_pdf" / "arsredogorelse_2022.pdf", ocr=OcrMode.never).pages[4]
    texts = [line.text for line in page.lines]
    left = texts.index("Stadsrevisionen har granskat grundskolenämn-")
    assert texts[left + 1] == "dens arbete för ökad måluppfyllelse för elever"
    assert texts.index("heller upp i tillräcklig utsträckning.") < texts.index("Bedömning")


def test_the_measure_of_order() -> None:
    assert longest_common(["a", "b", "c", "d"], ["a", "c", "b", "d"]) == 3
    assert longest_common([], ["a"]) == 0
