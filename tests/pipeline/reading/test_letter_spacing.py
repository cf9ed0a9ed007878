"""Letter-spaced words, drawn by a report library with space between the letters."""

from __future__ import annotations

import pytest
from reportlab.pdfgen.canvas import Canvas

from pipeline.reading import read_bytes

from .conftest import body, pdf_of


@pytest.mark.parametrize("space", [2.5, 4.0])
@pytest.mark.parametrize("text", ["KOMMUNSTYRELSENS BESLUT FÖR EGEN DEL", "§ 152 ÖVERGRIPANDE PLAN", "Sammanfattning av ärendet"])
def test_letters_set_apart_are_words(text: str, space: float) -> None:
    def draw(canvas: Canvas) -> None:
        body(canvas)
        canvas.setFont("Helvetica-Bold", 12)
        canvas.drawString(70, 400, text, charSpace=space)

    assert read_bytes(pdf_of(draw), "prov.pdf").pages[0].lines[-1].text == text


@pytest.mark.parametrize("text", ["1 2 3 4 5 6", "7 ja 2 nej 0 avstår", "a b och c i d", "I A 4 B 2 C 7"])
def test_short_words_stay_apart(text: str) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 11)
        canvas.drawString(70, 400, text)

    assert read_bytes(pdf_of(draw, body), "prov.pdf").pages[0].lines[0].text == text
