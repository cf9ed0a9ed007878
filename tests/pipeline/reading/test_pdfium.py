"""The fast reader: places, order, hyphens, glyphs, rotation."""

from __future__ import annotations

import io
import threading

import pikepdf
import pytest
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from extractors.model import Line, Page
from pipeline.reading import read_bytes
from pipeline.reading.compare import compare_words, fast_words

from .conftest import BODY, body, pdf_of, put


def page_of(data: bytes, number: int = 1) -> Page:
    return read_bytes(data, "prov.pdf").pages[number - 1]


def texts(page: Page) -> list[str]:
    return [line.text for line in page.lines]


def check_words(line: Line) -> None:
    assert len(line.words) == len(line.text.split()) == len(line.text.split(" "))
    assert list(line.words) == sorted(line.words)
    assert line.words[0] == line.x0


def test_line_has_the_place_of_each_word() -> None:
    page = page_of(pdf_of(body))
    assert texts(page) == BODY
    assert (round(page.width), round(page.height)) == (595, 842)
    for number, line in enumerate(page.lines):
        check_words(line)
        words = BODY[number].split()
        expected = [70 + stringWidth(" ".join(words[:i]) + " ", "Helvetica", 11) if i else 70.0 for i in range(len(words))]
        assert line.words == pytest.approx(expected, abs=0.05)
        assert line.x1 == pytest.approx(70 + stringWidth(BODY[number], "Helvetica", 11), abs=0.5)
        assert line.baseline == pytest.approx(100 + 14 * number, abs=0.05)
        assert line.size == pytest.approx(11)
        assert line.top < line.baseline - 0.69 * 11
        assert line.baseline < line.bottom < line.baseline + 14 - 0.5 * 11
        assert not line.bold


def test_bold_and_size_are_those_of_most_characters() -> None:
    def draw(canvas: Canvas) -> None:
        put(canvas, 70, 80, "§ 196 Fullmäktigeuppdrag för regionstyrelsen", 14, "Helvetica-Bold")
        put(canvas, 70, 120, "Beslut:", 11, "Helvetica-Bold")
        put(canvas, 70 + stringWidth("Beslut: ", "Helvetica-Bold", 11), 120, "Arbetsutskottet föreslår att regionstyrelsen beslutar")

    heading, mixed = page_of(pdf_of(draw)).lines
    assert heading.bold
    assert heading.size == pytest.approx(14)
    assert mixed.text == "Beslut: Arbetsutskottet föreslår att regionstyrelsen beslutar"
    assert not mixed.bold


def test_lines_stand_in_the_order_of_the_page_not_of_the_file() -> None:
    """Strips and heads are often written last, or first, in the file."""

    def draw(canvas: Canvas) -> None:
        put(canvas, 70, 800, "Justerandes sign")
        for number in (2, 0, 1):
            put(canvas, 70, 100 + 14 * number, BODY[number])
        put(canvas, 70, 40, "Regionstyrelsen")

    assert texts(page_of(pdf_of(draw))) == ["Regionstyrelsen", *BODY, "Justerandes sign"]


def test_page_head_is_one_line_with_a_gap_to_be_seen() -> None:
    def draw(canvas: Canvas) -> None:
        put(canvas, 70, 40, "Tjänsteskrivelse")
        put(canvas, 500, 40, "1(4)")
        body(canvas)

    head = page_of(pdf_of(draw)).lines[0]
    assert head.text == "Tjänsteskrivelse 1(4)"
    assert head.words == pytest.approx((70, 500), abs=0.05)


def test_hyphen_at_the_end_of_a_line_ends_the_line() -> None:
    """pdfium joins the two lines and takes the hyphen away."""

    def draw(canvas: Canvas) -> None:
        put(canvas, 70, 100, "nämnden ska redovisa hyres-")
        put(canvas, 70, 114, "avtal och befint-")
        put(canvas, 70, 128, "liga lokaler i hälso- och sjukvården")

    page = page_of(pdf_of(draw))
    assert texts(page) == ["nämnden ska redovisa hyres-", "avtal och befint-", "liga lokaler i hälso- och sjukvården"]
    assert [round(line.baseline) for line in page.lines] == [100, 114, 128]
    for line in page.lines:
        check_words(line)
    assert page.lines[0].x1 == pytest.approx(70 + stringWidth("nämnden ska redovisa hyres-", "Helvetica", 11), abs=0.6)


def test_private_use_bullet_stays_and_has_its_place() -> None:
    """Word writes list bullets with the Symbol font, U+F0B7: what it means is for the cleaning that follows."""
    data = pdf_of(lambda canvas: put(canvas, 70, 100, "Q Uppdra till regiondirektören"))
    with pikepdf.open(io.BytesIO(data)) as pdf:
        cmap = (
            b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def /CMapType 2 def\n"
            b"1 begincodespacerange <00> <ff> endcodespacerange\n2 beginbfrange <00> <50> <0000> <52> <ff> <0052> endbfrange\n"
            b"1 beginbfchar <51> <F0B7> endbfchar\nendcmap end end"
        )
        for font in pdf.pages[0].Resources.Font.values():
            font.ToUnicode = pdf.make_stream(cmap)
        out = io.BytesIO()
        pdf.save(out)
    (line,) = page_of(out.getvalue()).lines
    assert line.text == "\uf0b7 Uppdra till regiondirektören"
    check_words(line)


def test_all_white_space_becomes_single_spaces() -> None:
    """A no-break space between words parts them: words are what ``str.split`` gives."""
    (line,) = page_of(pdf_of(lambda canvas: put(canvas, 70, 100, "högst 4\u00a0500\u00a0tkr   per år"))).lines
    assert line.text == "högst 4 500 tkr per år"
    check_words(line)
    assert line.words[1] == pytest.approx(70 + stringWidth("högst ", "Helvetica", 11), abs=0.05)


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_rotated_page_is_read_as_it_is_shown(degrees: int) -> None:
    """A landscape table printed on a portrait sheet with /Rotate: places are those on the screen."""
    size = (A4[1], A4[0]) if degrees in (90, 270) else A4
    data = pdf_of(body, size=size)
    with pikepdf.open(io.BytesIO(data)) as pdf:
        page = pdf.pages[0]
        width, height = (float(v) for v in page.MediaBox[2:])
        turn = {90: (0, 1, -1, 0, height, 0), 180: (-1, 0, 0, -1, width, height), 270: (0, -1, 1, 0, 0, width)}[degrees]
        page.contents_add(("{:g} {:g} {:g} {:g} {:g} {:g} cm".format(*turn)).encode(), prepend=True)
        if degrees != 180:
            page.MediaBox = [0, 0, height, width]
        page.Rotate = degrees
        out = io.BytesIO()
        pdf.save(out)
    plain, rotated = page_of(data), page_of(out.getvalue())
    assert (rotated.width, rotated.height) == pytest.approx((plain.width, plain.height), abs=0.1)
    assert texts(rotated) == BODY
    for a, b in zip(plain.lines, rotated.lines, strict=True):
        assert b.words == pytest.approx(a.words, abs=0.2)
        assert (b.x0, b.top, b.x1, b.bottom, b.baseline) == pytest.approx((a.x0, a.top, a.x1, a.bottom, a.baseline), abs=0.2)


def test_page_set_sideways_without_rotate_is_read_in_its_own_direction() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.rotate(90)
        for number, line in enumerate(BODY):
            canvas.setFont("Helvetica", 11)
            canvas.drawString(100, -(100 + 14 * number), line)

    page = page_of(pdf_of(draw))
    assert texts(page) == BODY
    assert page.reason == "texten står på tvären"
    first = page.lines[0]
    assert first.x1 - first.x0 < 15
    assert first.bottom - first.top > 300
    assert first.bottom == pytest.approx(842 - 100, abs=1)


def test_text_in_the_margin_does_not_run_into_the_lines_beside_it() -> None:
    def draw(canvas: Canvas) -> None:
        body(canvas)
        canvas.saveState()
        canvas.translate(560, 842 - 114)
        canvas.rotate(90)
        canvas.drawString(0, 0, "Foto: Lo Birgersson")
        canvas.restoreState()

    page = page_of(pdf_of(draw))
    assert texts(page) == [*BODY, "Foto: Lo Birgersson"]


def test_crop_box_moves_the_places_and_hides_what_is_outside() -> None:
    def draw(canvas: Canvas) -> None:
        body(canvas)
        put(canvas, 70, 20, "Skärmärke")

    with pikepdf.open(io.BytesIO(pdf_of(draw))) as pdf:
        pdf.pages[0].CropBox = [50, 100, 595, 800]
        out = io.BytesIO()
        pdf.save(out)
    page = page_of(out.getvalue())
    assert (page.width, page.height) == pytest.approx((545, 700), abs=0.1)
    assert texts(page) == BODY
    assert page.lines[0].x0 == pytest.approx(20, abs=0.05)
    assert page.lines[0].baseline == pytest.approx(100 - (A4[1] - 800), abs=0.05)


def test_a_line_that_runs_off_the_page_is_kept_whole() -> None:
    long = "Styrgruppen har till uppgift att " + "komplettera befintligt arbete " * 6
    (line,) = page_of(pdf_of(lambda canvas: put(canvas, 70, 100, long))).lines
    assert line.text == long.strip()


def test_raised_mark_belongs_to_its_line() -> None:
    def draw(canvas: Canvas) -> None:
        body(canvas)
        end = 70 + stringWidth(BODY[1], "Helvetica", 11)
        put(canvas, end + 1, 110, "2", 6)

    page = page_of(pdf_of(draw))
    assert len(page.lines) == 3
    assert page.lines[1].text.replace(" ", "") == (BODY[1] + "2").replace(" ", "")


def two_columns(canvas: Canvas) -> list[str]:
    prose = " ".join(BODY) + " " + " ".join(reversed(BODY))
    lines = simpleSplit(prose, "Helvetica", 11, 210)
    put(canvas, 70, 60, "Kritik riktas till grundskolenämnden för brister i uppföljningen av elever", 14, "Helvetica-Bold")
    half = (len(lines) + 1) // 2
    for number, line in enumerate(lines):
        right = number >= half
        put(canvas, 310 if right else 70, 100 + 14 * (number - half if right else number), line)
    return ["Kritik riktas till grundskolenämnden för brister i uppföljningen av elever", *lines]


def test_two_columns_of_prose_are_read_one_after_the_other() -> None:
    expected: list[str] = []
    data = pdf_of(lambda canvas: expected.extend(two_columns(canvas)))
    assert texts(page_of(data)) == expected


def test_columns_with_headings_and_points_are_columns() -> None:
    """A brochure: short headings in both columns, not on common baselines."""
    left = [
        "Beslut",
        "1. Nämnden godkänner rapporten om",
        "nattpatrullerna i hela kommunen.",
        "2. Förvaltningen får i uppdrag att",
        "införa nattillsyn i alla områden.",
    ]
    right = [
        "Bakgrund",
        "Nämnden gav förvaltningen i upp-",
        "drag att pröva nya arbetssätt för",
        "nattpatrullerna i äldreomsorgen.",
        "Handlingar",
        "Tjänsteutlåtande från januari 2025",
    ]

    def draw(canvas: Canvas) -> None:
        for x, shift, lines in ((70, 0, left), (310, 7, right)):
            for number, line in enumerate(lines):
                put(canvas, x, 100 + shift + 15 * number, line)

    assert texts(page_of(pdf_of(draw))) == [*left, *right]


def test_letterhead_in_two_blocks_is_not_shuffled() -> None:
    """Sender to the left, date and diary number to the right, on baselines of their own."""
    left = ["Regionstaben", "Ekonomiavdelningen", "Anna Berg, ekonomidirektör", "063-14 75 00"]
    right = ["Datum", "2024-02-20", "Diarienummer", "RS/121/2024"]

    def draw(canvas: Canvas) -> None:
        for number, text in enumerate(left):
            put(canvas, 70, 60 + 13 * number, text, 10)
        for number, text in enumerate(right):
            put(canvas, 400, 65.5 + 13 * number, text, 10)
        for number, text in enumerate(BODY):
            put(canvas, 70, 200 + 14 * number, text)

    assert texts(page_of(pdf_of(draw))) == [*left, *right, *BODY]


def test_labels_with_values_are_read_straight_across() -> None:
    """The front page of minutes: a label, and what it labels, on one baseline."""
    rows = [
        ("Plats och tid", "Regionens hus, kl. 09.00–12.15"),
        ("Beslutande", "Eva Ek (S), ordförande"),
        ("", "Bo Al (C)"),
        ("Justerare", "Bo Al"),
    ]

    def draw(canvas: Canvas) -> None:
        for number, (label, value) in enumerate(rows):
            put(canvas, 70, 100 + 16 * number, label)
            put(canvas, 220, 100 + 16 * number, value)

    assert texts(page_of(pdf_of(draw))) == [f"{label} {value}".strip() for label, value in rows]


def test_side_headings_stand_before_the_text_beside_them() -> None:
    """Minutes with labels in a narrow left column: one of them takes two lines, one begins a little higher than its text."""
    texts_of = {
        "Beslut": BODY,
        "Sammanfattning av/ärendet": [
            "Ambulansflygets bemanning har setts över av en grupp från alla sjukhusen i regionen,",
            "som är klar.",
        ],
        "Yrkanden": ["Eva Ek (S) yrkar bifall."],
    }

    def draw(canvas: Canvas) -> None:
        put(canvas, 70, 80, "§ 12 Ambulansflyget", 13, "Helvetica-Bold")
        top = 110.0
        for label, lines in texts_of.items():
            for number, part in enumerate(label.split("/")):
                put(canvas, 70, top - 1.5 + 12 * number, part, 10)
            for number, line in enumerate(lines):
                put(canvas, 175, top + 13 * number, line, 10)
            top += 13 * len(lines) + 8

    lines = page_of(pdf_of(draw)).lines
    assert [line.text for line in lines] == [
        "§ 12 Ambulansflyget",
        *(part for label, lines in texts_of.items() for part in (*label.split("/"), *lines)),
    ]
    assert [(line.cell.row, line.cell.column) for line in lines if line.cell] == [
        (row, column)
        for row, (label, lines) in enumerate(texts_of.items())
        for column, parts in enumerate((label.split("/"), lines))
        for _ in parts
    ]


def test_a_word_in_two_pieces_is_one_word() -> None:
    """A browser draws a word with kerning in two pieces, and a neighbour column between them."""

    def draw(canvas: Canvas) -> None:
        put(canvas, 70, 100, "Sammanfattn", 10)
        put(canvas, 200, 101.2, "Simhallen har besökts av fler.", 11)
        put(canvas, 70 + stringWidth("Sammanfattn", "Helvetica", 10), 100, "ing av", 10)

    assert texts(page_of(pdf_of(draw))) == ["Sammanfattning av Simhallen har besökts av fler."]


def test_texts_side_by_side_without_rules_are_rows_with_cells() -> None:
    """An unruled table: each row begins level and stands apart from the next."""
    tasks = [
        "Minska kostnaderna för inhyrd personal jämfört med året före",
        "Utred förutsättningarna för nattbussar på linjen till Hedevik",
        "Ta fram en långsiktig plan för regionens alla vårdlokaler nu",
    ]
    comments = [
        "Pågår enligt plan och redovisas i nämnden under hösten 2024",
        "Resandeunderlaget är svagt enligt den senaste mätningen i mars",
        "Planen är klar och har lämnats till styrelsen för beslut i maj",
    ]

    def draw(canvas: Canvas) -> None:
        top = 100.0
        for task, comment in zip(tasks, comments, strict=True):
            for x, text in ((70, task), (310, comment)):
                for number, line in enumerate(simpleSplit(text, "Helvetica", 11, 200)):
                    put(canvas, x, top + 13 * number, line)
            top += 13 * 2 + 14

    page = page_of(pdf_of(draw))
    cells: dict[tuple[int, int], list[str]] = {}
    for line in page.lines:
        assert line.cell is not None
        cells.setdefault((line.cell.row, line.cell.column), []).append(line.text)
    assert {at: " ".join(parts) for at, parts in cells.items()} == {
        (row, column): text for column, side in enumerate((tasks, comments)) for row, text in enumerate(side)
    }


def test_readers_in_threads_do_not_meet_in_pdfium(text_pdf: bytes) -> None:
    """pdfium is not thread-safe; the reader holds a lock."""
    data = pdf_of(*[body] * 20)
    found: list[bool] = []

    def work() -> None:
        found.extend(texts(page) == BODY for page in read_bytes(data, "prov.pdf").pages)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [True] * 80


def test_the_comparison_sees_a_wrong_place_and_a_wrong_word(text_pdf: bytes) -> None:
    """The measure of the reader must be able to fail."""
    words = fast_words(page_of(text_pdf).lines)
    assert compare_words(words, words) == ([], [])
    moved = [words[0]._replace(x0=words[0].x0 + 3), *words[1:]]
    assert compare_words(moved, words)[1] == [words[0]]
    changed = [*words[:-1], words[-1]._replace(text="kronar.")]
    assert compare_words(changed, words)[1] == [words[-1]]
