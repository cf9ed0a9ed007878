"""PDFs made for the reader's tests: real ones, written by a report library."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

Draw = Callable[[Canvas], None]
PAGE_HEIGHT = A4[1]

BODY = [
    "Regionstyrelsen beslutar att ge regiondirektören i uppdrag att ta fram en samlad",
    "handlingsplan för en ekonomi i balans. Uppdraget ska återredovisas till styrelsen",
    "senast den 30 september 2024. Kostnaden får uppgå till högst 4,5 miljoner kronor.",
]


def pdf_of(*draws: Draw, size: tuple[float, float] = A4, encrypt: str | None = None) -> bytes:
    """A PDF with one page a function."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=size, encrypt=encrypt, pageCompression=0)
    for draw in draws:
        draw(canvas)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def put(canvas: Canvas, x: float, top: float, text: str, size: float = 11, font: str = "Helvetica") -> None:
    """Prints text with its baseline ``top`` points below the top of the page."""
    canvas.setFont(font, size)
    canvas.drawString(x, canvas._pagesize[1] - top, text)


def body(canvas: Canvas) -> None:
    """A page of running text."""
    for number, line in enumerate(BODY):
        put(canvas, 70, 100 + 14 * number, line)


@pytest.fixture(scope="session")
def text_pdf() -> bytes:
    """One page with three lines of text."""
    return pdf_of(body)
