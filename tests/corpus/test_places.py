"""Every assignment leads to its page and boxes, and what stands under the boxes is its text: checked with another reader than ours."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pdfplumber
import pytest

from extractors.assemble import extract
from extractors.model import Assignment, Box, Document
from pipeline.evaluate.scoring import fold
from pipeline.reading import read
from rules.ruleset import load_rules

pytestmark = pytest.mark.corpus

FOLDERS = {"seeds": "seeds", "goteborg": "goteborg/pdf"}


def _under(page: Any, box: Box) -> str:
    """The characters whose centre lies in the box, left to right. Bold made by printing a character twice is one character."""
    inside = [
        c for c in page.chars if box.x0 <= (c["x0"] + c["x1"]) / 2 <= box.x1 and box.top <= (c["top"] + c["bottom"]) / 2 <= box.bottom
    ]
    seen, text = set(), []
    for char in sorted(inside, key=lambda c: c["x0"]):
        place = (char["text"], round(char["x0"]), round(char["top"]))
        if place not in seen:
            seen.add(place)
            text.append(char["text"])
    return "".join(text)


def _found(pdf: Path) -> tuple[Document, tuple[Assignment, ...]]:
    extraction = extract(read(pdf), load_rules())
    return extraction.document, extraction.assignments


def _compared(pdf: Path) -> Iterator[tuple[Assignment, str, str]]:
    document, assignments = _found(pdf)
    with pdfplumber.open(pdf) as printed:
        pages: dict[int, Any] = {}
        for a in assignments:
            boxes = document.boxes(a.span)
            assert boxes, f"{pdf.name}: no box for “{a.text[:60]}”"
            assert boxes[0].page == document.page_of(a.span.start)
            pieces = [_under(pages.setdefault(b.page, printed.pages[b.page - 1]), b) for b in boxes]
            yield a, fold(a.text), fold("".join(pieces))


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_text_under_the_boxes_is_the_text(corpus: Path, folder: str) -> None:
    compared = 0
    differing = []
    for pdf in sorted((corpus / FOLDERS[folder]).glob("*.pdf")):
        for a, wanted, printed in _compared(pdf):
            compared += 1
            if wanted != printed:
                differing.append(f"{pdf.name} p. {a.key}: “{a.text}”\n   text  {wanted}\n   boxes {printed}")
    assert compared >= 20
    assert not differing, "\n".join(differing)


def test_the_task_lies_in_the_text_of_its_assignment(corpus: Path) -> None:
    for folder in FOLDERS.values():
        for pdf in sorted((corpus / folder).glob("*.pdf")):
            _, assignments = _found(pdf)
            for a in assignments:
                assert fold(a.task) in fold(a.text), f"{pdf.name}: “{a.task}” is not in “{a.text}”"
