"""Ruled tables: cells row by row, and what only looks like a table."""

from __future__ import annotations

import io

import pytest
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, SimpleDocTemplate, Table, TableStyle

from extractors.model import Page
from pipeline.reading import plumber, read_bytes

from .conftest import BODY, body, pdf_of, put

PAGE = A4[1]
ROWS = [
    ("Uppdrag", "Kommentar"),
    ("Regiondirektören får i uppdrag att ta fram en handlingsplan för en ekonomi i balans.", "Pågår. Delrapport lämnad i maj."),
    (
        "Hälso- och sjukvårdsnämnden ska minska kostnaderna för inhyrd personal.",
        "Målet nås inte. Nämnden har begärt att tiden flyttas till 2025-03-31.",
    ),
]


def table_pdf(style: list[tuple[object, ...]]) -> bytes:
    normal = getSampleStyleSheet()["Normal"]
    table = Table([[Paragraph(text, normal) for text in row] for row in ROWS], colWidths=[230, 200], style=TableStyle(style))
    buffer = io.BytesIO()
    SimpleDocTemplate(buffer, pagesize=A4).build(
        [Paragraph("Uppföljning av uppdrag", normal), table, Paragraph("Regionstyrelsen tackar för informationen.", normal)]
    )
    return buffer.getvalue()


def cells_of(page: Page) -> dict[tuple[int, int], str]:
    cells: dict[tuple[int, int], list[str]] = {}
    for line in page.lines:
        if line.cell is not None:
            assert line.cell.table == 0
            cells.setdefault((line.cell.row, line.cell.column), []).append(line.text)
    return {at: " ".join(parts) for at, parts in cells.items()}


WANTED = {(r, c): text for r, row in enumerate(ROWS) for c, text in enumerate(row)}


@pytest.mark.parametrize(
    "style",
    [
        [("GRID", (0, 0), (-1, -1), 0.5, colors.black)],
        [("GRID", (0, 0), (-1, -1), 0.5, colors.black), ("BACKGROUND", (0, 0), (-1, 0), colors.lightgrey)],
        [("BOX", (0, 0), (-1, -1), 1, colors.black), ("INNERGRID", (0, 0), (-1, -1), 0.25, colors.grey)],
    ],
)
def test_ruled_table_is_read_cell_by_cell(style: list[tuple[object, ...]]) -> None:
    page = read_bytes(table_pdf(style), "uppföljning.pdf").pages[0]
    assert cells_of(page) == WANTED
    places = [(line.cell.row, line.cell.column) for line in page.lines if line.cell]
    assert places == sorted(places)
    assert [line.text for line in page.lines if line.cell is None] == [
        "Uppföljning av uppdrag",
        "Regionstyrelsen tackar för informationen.",
    ]
    assert page.lines[0].text == "Uppföljning av uppdrag"
    assert page.lines[-1].text == "Regionstyrelsen tackar för informationen."
    assert page.reader == "pdfium"


def test_pdfplumber_reads_the_same_cells() -> None:
    """The slow reader, used where the fast one fails, gives the same table."""
    data = table_pdf([("GRID", (0, 0), (-1, -1), 0.5, colors.black)])
    page = plumber.read_pages(data, {0: "prov"})[0]
    fast = read_bytes(data, "uppföljning.pdf").pages[0]
    assert cells_of(page) == WANTED
    assert [line.text for line in page.lines] == [line.text for line in fast.lines]
    assert (page.reader, page.reason) == ("pdfplumber", "prov")
    for slow, quick in zip(page.lines, fast.lines, strict=True):
        assert slow.words == pytest.approx(quick.words, abs=0.5)
        assert slow.baseline == pytest.approx(quick.baseline, abs=1.5)


def test_cells_drawn_as_thin_filled_rectangles() -> None:
    """How Word writes table borders."""

    def draw(canvas: Canvas) -> None:
        for x in (68, 270, 470):
            canvas.rect(x, 700, 0.5, 60, stroke=0, fill=1)
        for y in (700, 730, 760):
            canvas.rect(68, y, 402, 0.5, stroke=0, fill=1)
        for row, (left, right) in enumerate([("Uppdrag", "Ansvarig"), ("Utred nattbussar", "Kollektivtrafiknämnden")]):
            put(canvas, 74, 842 - 745 + 30 * row, left)
            put(canvas, 276, 842 - 745 + 30 * row, right)

    page = read_bytes(pdf_of(draw), "lista.pdf").pages[0]
    assert cells_of(page) == {(0, 0): "Uppdrag", (0, 1): "Ansvarig", (1, 0): "Utred nattbussar", (1, 1): "Kollektivtrafiknämnden"}


def test_words_that_nearly_touch_the_rule_between_cells_stay_apart() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.grid([70, 150, 300], [700, 720, 740])
        for row in range(2):
            put(canvas, 72, 842 - 725 + 20 * row, "Regiondirektören"[:14])
            put(canvas, 152, 842 - 725 + 20 * row, "senast i maj")

    page = read_bytes(pdf_of(draw), "lista.pdf").pages[0]
    assert [line.text for line in page.lines] == ["Regiondirektör", "senast i maj"] * 2


def test_a_decorative_line_a_frame_and_a_box_are_no_tables() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.rect(40, 40, 515, 760)
        canvas.line(70, 780, 520, 780)
        canvas.rect(60, 690, 480, 70, stroke=1, fill=0)
        body(canvas)
        canvas.line(70, 60, 520, 60)
        put(canvas, 70, 800, "Sida 1 av 1")

    page = read_bytes(pdf_of(draw), "bild.pdf").pages[0]
    assert [line.text for line in page.lines] == [*BODY, "Sida 1 av 1"]
    assert all(line.cell is None for line in page.lines)


def test_signature_strip_does_not_move_the_text() -> None:
    """A ruled strip at the foot of each page of the minutes: the text above is in no cell, and no other reader is called."""

    def draw(canvas: Canvas) -> None:
        body(canvas)
        canvas.grid([60, 180, 300, 540], [40, 60, 90])
        for x, text in ((62, "Justerandes sign"), (182, "Sekr. sign"), (302, "Utdragsbestyrkande")):
            put(canvas, x, 842 - 76, text, 8)

    page = read_bytes(pdf_of(draw), "protokoll.pdf").pages[0]
    assert [line.text for line in page.lines] == [*BODY, "Justerandes sign", "Sekr. sign", "Utdragsbestyrkande"]
    assert [line.cell is None for line in page.lines] == [True] * 3 + [False] * 3
    assert page.reader == "pdfium"


def test_a_drawing_of_thousands_of_lines_is_not_searched_for_tables() -> None:
    def draw(canvas: Canvas) -> None:
        body(canvas)
        for number in range(4000):
            canvas.line(50 + number % 60 * 8, 200 + number // 60 * 5, 56 + number % 60 * 8, 200 + number // 60 * 5)

    page = read_bytes(pdf_of(draw), "karta.pdf").pages[0]
    assert [line.text for line in page.lines] == BODY
    assert page.reason is not None
    assert "tabeller har inte sökts" in page.reason


def test_a_row_that_goes_on_overleaf_is_a_row() -> None:
    """A browser leaves the cells of a row open where the page ends."""

    def draw(canvas: Canvas) -> None:
        top, bottom = PAGE - 600, PAGE - 760
        canvas.line(70, top, 520, top)
        for x in (70, 170, 520):
            canvas.line(x, bottom, x, top)
        put(canvas, 75, 615, "Beslut")
        for number, line in enumerate(BODY):
            put(canvas, 175, 615 + 14 * number, line, 9)

    assert cells_of(read_bytes(pdf_of(draw), "blankett.pdf").pages[0]) == {(0, 0): "Beslut", (0, 1): " ".join(BODY)}


def test_a_table_in_a_cell_stands_among_the_lines_of_the_cell() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.grid([70, 170, 520], [PAGE - 100, PAGE - 140, PAGE - 300])
        put(canvas, 75, 115, "Bakgrund")
        put(canvas, 175, 115, "Nämnden har fått uppdrag.")
        put(canvas, 75, 155, "Läget")
        put(canvas, 175, 155, "Så går det:")
        canvas.grid([180, 300, 500], [PAGE - 170, PAGE - 190, PAGE - 210])
        for row, words in enumerate((("Uppdrag", "Status"), ("Utred lokalerna", "Pågår"))):
            put(canvas, 185, 184 + 20 * row, words[0])
            put(canvas, 305, 184 + 20 * row, words[1])
        put(canvas, 175, 230, "Mer i bilagan.")

    lines = read_bytes(pdf_of(draw), "blankett.pdf").pages[0].lines
    assert [(line.text, (line.cell.table, line.cell.row, line.cell.column)) for line in lines if line.cell] == [
        ("Bakgrund", (0, 0, 0)),
        ("Nämnden har fått uppdrag.", (0, 0, 1)),
        ("Läget", (0, 1, 0)),
        ("Så går det:", (0, 1, 1)),
        ("Uppdrag", (1, 0, 0)),
        ("Status", (1, 0, 1)),
        ("Utred lokalerna", (1, 1, 0)),
        ("Pågår", (1, 1, 1)),
        ("Mer i bilagan.", (0, 1, 1)),
    ]
