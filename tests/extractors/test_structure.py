"""From lines to one text with blocks, sections and paragraphs (§)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from extractors.clean import clean
from extractors.model import BlockKind, Document, Page, Span
from extractors.structure import structure
from rules.ruleset import load_rules
from tests.extractors.laid_out import HEIGHT, WIDTH, _line, lay_out


def _document(text: str, **running: tuple[str, ...]) -> Document:
    pages = lay_out(text, **running)
    return structure(clean(pages, load_rules()), pages, load_rules())


def _blocks(document: Document, kind: BlockKind) -> list[str]:
    return [document.text[b.start : b.end] for b in document.blocks if b.kind is kind]


@pytest.mark.parametrize(
    ("printed", "number", "diary", "heading"),
    [
        ("§ 41 Dnr KS-2024-00117\n# Översyn av lokaler\n# Beslut\nRapporten antecknas.", "§ 41", "KS-2024-00117", "Översyn av lokaler"),
        (
            "§ 198 Ärendenummer SLK-2025-00144\n# Bokslut\n# för bolagen\n# Beslut\nAntecknas.",
            "§ 198",
            "SLK-2025-00144",
            "Bokslut för bolagen",
        ),
        ("§ 26 1371/21\n# Redovisning av torget\n# Beslut\nAntecknas.", "§ 26", "1371/21", "Redovisning av torget"),
        ("§ 5 Val\n# Beslut\nEva Ek väljs.", "§ 5", None, "Val"),
        ("§ 6 Jäv\n# Beslut\nJäv finns inte.", "§ 6", None, "Jäv"),
        ("# Isbana i Fors\n§ 71, 202/24\n# Beslut\nAntecknas.", "§ 71", "202/24", "Isbana i Fors"),
        ("KS § 3 a\n# Väghållning\n# Beslut\nAntecknas.", "§ 3 a", None, "Väghållning"),
        ("BUN § 16\n# Skolskjuts\n# Beslut\nAntecknas.", "§ 16", None, "Skolskjuts"),
        ("§ 63/20 Hemtjänst\n# Beslut\nAntecknas.", "§ 63/20", None, "Hemtjänst"),
        ("§1 Upprop\n# Beslut\nAntecknas.", "§ 1", None, "Upprop"),
        ("# § 150Skrivelse om tystnad\n# Beslut\nAntecknas.", "§ 150", None, "Skrivelse om tystnad"),
        ("# Ärende 1 Städavtal\n# Beslut\nAntecknas.", "Ärende 1", None, "Städavtal"),
        ("26 Dnr KS 2018/14\n# Förskola i Ås\n# Beslut\nAntecknas.", "§ 26", "KS 2018/14", "Förskola i Ås"),
    ],
)
def test_paragraph_headings(printed: str, number: str, diary: str | None, heading: str) -> None:
    document = _document(f"Kommunstyrelsen\nProtokoll 2024-03-12\n\n{printed}")
    assert [(p.number, p.diary_number, p.heading) for p in document.paragraphs] == [(number, diary, heading)]


def test_a_paragraph_repeated_after_a_page_break_goes_on() -> None:
    head = ("Kommunfullmäktige", "Protokoll nr 4", "Sammanträdesdatum: 2022-04-21")
    document = _document(
        "§ 29 0128/22\n# Cykelplan\n# Beslut\nPlanen antas.\n===\n§ 29 0128/22\n# Yrkanden\nOla Berg (M) yrkar bifall.\n===\n"
        "§ 30 0130/22\n# Vatten",
        head=head,
    )
    assert [p.number for p in document.paragraphs] == ["§ 29", "§ 30"]
    assert [(s.kind, s.paragraph) for s in document.sections] == [("decision", 0), ("motion", 0)]


@pytest.mark.parametrize("cited", ["Enligt 5 kap 50 §", "med stöd av", "i enlighet med"])
def test_a_paragraph_of_a_law_that_begins_a_line_opens_nothing(cited: str) -> None:
    document = _document(f"§ 4 Jäv\n# Beslut\nNämnden beslutar {cited}\n§ 27 i arbetsordningen att godkänna rapporten.")
    assert [p.number for p in document.paragraphs] == ["§ 4"]


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("Beslut", "decision"),
        ("Kommunstyrelsens beslut", "decision"),
        ("Förslag till beslut", "proposal"),
        ("Beslut – Förslag till kommunfullmäktige", "proposal"),
        ("Regiondirektörens förslag", "proposal"),
        ("Sammanfattning av ärendet", "background"),
        ("Ärendebeskrivning", "background"),
        ("Beslutsmotivering", "reasons"),
        ("Tidigare behandling", "earlier"),
        ("Yrkanden", "motion"),
        ("Propositionsordning", "motion_order"),
        ("Omröstning", "vote"),
        ("Reservationer", "reservation"),
        ("Protokollsanteckning", "note"),
        ("Handlingar", "documents"),
        ("Beslutet skickas till", "recipients"),
        ("Jäv", "conflict"),
    ],
)
def test_section_words(word: str, kind: str) -> None:
    document = _document(f"§ 4 Ett ärende\n# {word}\nHär står något om saken.")
    assert [(s.heading, s.kind) for s in document.sections] == [(word, kind)]
    section = document.sections[0]
    assert "något om saken" in document.text[section.start : section.end]


def test_a_section_word_inside_a_sentence_is_no_heading() -> None:
    document = _document(
        "§ 4 Ett ärende\n# Beslut\nNämnden noterar att det i fråga om\nBeslut\nsom fattats tidigare inte finns något att tillägga."
    )
    assert len(document.sections) == 1


def test_the_words_after_beslut_on_the_line_are_its_content() -> None:
    document = _document("§ 4 Ett ärende\nBeslut: Enligt förslag")
    assert _blocks(document, BlockKind.HEADING)[-1].startswith("Beslut")
    assert _blocks(document, BlockKind.TEXT)[-1] == "Enligt förslag"


def test_lists_have_levels_markers_and_lead_ins() -> None:
    document = _document(
        "# Beslut\nNämnden beslutar:\n1. Rapporten godkänns.\n"
        "2. Chefen får i uppdrag att beakta\n    a) barnen,\n    b) miljön.\n3. Planen antas."
    )
    items = [b for b in document.blocks if b.kind is BlockKind.ITEM]
    assert [(b.marker, b.level) for b in items] == [("1.", 0), ("2.", 0), ("a)", 1), ("b)", 1), ("3.", 0)]
    assert [document.text[b.content : b.end] for b in items][2] == "barnen,"
    assert document.text[document.blocks[items[0].lead_in].start :].startswith("Nämnden beslutar:")
    assert document.blocks[items[2].lead_in] == items[1]


@pytest.mark.parametrize("marker", ["•", "–", "-", "−", "o", "\uf0b7"])
def test_bullets(marker: str) -> None:
    document = _document(f"Nämnden beslutar\n{marker} godkänna rapporten\n{marker} anta planen")
    assert len([b for b in document.blocks if b.kind is BlockKind.ITEM]) == 2


def test_line_end_hyphens_go_and_hyphens_of_words_stay() -> None:
    document = _document("Vi säger upp hyres-\navtalet för hälso-\noch sjukvården i Västra-\nGötaland den 30–\n31 maj, minus –\n63 mkr.")
    assert document.text.startswith("Vi säger upp hyresavtalet för hälso- och sjukvården i Västra-Götaland den 30–31 maj, minus –63 mkr.")


def test_a_sentence_over_a_page_break_is_one_block() -> None:
    head = ("Kommunstyrelsen", "Protokoll nr 4", "Sammanträdesdatum: 2022-04-21")
    document = _document(
        "# Beslut\n1. Nämnden får i uppdrag att ta fram en plan för kommunens alla\n===\nytterområden.\n2. Klart.", head=head
    )
    assert _blocks(document, BlockKind.ITEM) == [
        "1. Nämnden får i uppdrag att ta fram en plan för kommunens alla ytterområden.",
        "2. Klart.",
    ]


def test_cells_stay_apart() -> None:
    document = _document("| Uppdrag | Läge |\n| Utred en bro. | Pågår |")
    assert _blocks(document, BlockKind.CELL) == ["Uppdrag", "Läge", "Utred en bro.", "Pågår"]
    cells = [b.cell for b in document.blocks if b.cell]
    assert [(c.row, c.column) for c in cells] == [(0, 0), (0, 1), (1, 0), (1, 1)]


def test_boxes_lead_back_to_the_printed_words() -> None:
    document = _document("# Beslut\nNämnden får i uppdrag att säga upp hyres-\navtalet för lokalen.")
    start = document.text.index("hyresavtalet")
    first, second = document.boxes(Span(start, start + len("hyresavtalet")))
    line = document.pages[0].lines[1]
    assert first.x0 == line.words[-1]
    assert (second.top, second.x0) == (document.pages[0].lines[2].top, document.pages[0].lines[2].x0)


@pytest.mark.parametrize(
    ("printed", "read"),
    [
        # letters misread one for one, two for one, and a mended word at the end of its line
        ("Nämnden ges i uppdrag arr ordna resan.", "Nämnden ges i uppdrag att ordna resan."),
        ("Direktören får i uppdraq att redovisa det.", "Direktören får i uppdrag att redovisa det."),
        ("Nämnden ger förvaltningcn i uppdrag", "Nämnden ger förvaltningen i uppdrag"),
        ("Kommunstyrelsen får i uppdrag att spara.", "Kommunstyrelsen får i uppdrag att spara."),
    ],
)
def test_what_is_mended_is_still_known_as_printed(printed: str, read: str) -> None:
    document = _document(printed)
    assert document.text.startswith(read)
    assert document.printed(Span(0, len(read))) == printed
    for start in range(len(read)):
        whole = document.printed(Span(start, len(read)))
        assert printed.endswith(whole) or whole.endswith(printed[start:])


def test_a_form_is_read_as_text() -> None:
    """A table of labels and texts: its § is a §, its labels open sections, its points are points."""
    document = _document(
        "| § 40 Dnr KS 2022/118 Mottagande |\n"
        "| Kommunstyrelsens beslut | 1. Kommundirektören får i uppdrag att leda arbetet. |\n"
        "| Bakgrund | Migrationsverket har ordnat boende i kommunen sedan i våras, och behovet av platser växer. |"
    )
    assert [(s.kind, s.paragraph) for s in document.sections] == [("decision", 0), ("background", 0)]
    assert _blocks(document, BlockKind.ITEM) == ["1. Kommundirektören får i uppdrag att leda arbetet."]
    assert not _blocks(document, BlockKind.CELL)


def test_a_table_of_tasks_is_no_form() -> None:
    document = _document(
        "| Beslut | Läget |\n| Ta fram en plan för skolans lokaler i Sunne till i höst | Pågår |\n| Utred frågan | Klart |"
    )
    assert len(_blocks(document, BlockKind.CELL)) == 5


def test_a_word_is_parted_by_a_hyphen_of_its_own() -> None:
    document = _document("Nämnden ger regiondi\u2010\nrektören i uppdrag att utreda hälso\u2010\noch sjukvården.")
    (block,) = document.blocks
    assert document.text[block.start : block.end] == "Nämnden ger regiondirektören i uppdrag att utreda hälso- och sjukvården."


def test_a_section_is_known_by_a_heading_in_two_lines() -> None:
    document = _document(
        "# Kommunstyrelsens förslag till\n# kommunfullmäktige\n1. Planen antas.\n# KOMMUNSTYRELSENS\n# BESLUT\nPlanen antas."
    )
    assert [s.kind for s in document.sections] == ["proposal", "decision"]


def test_a_label_of_a_form_that_decides_opens_a_decision() -> None:
    document = _document(
        "| Kommunstyrelsen beslutar | att godkänna rapporten om skolans lokaler, samt att uppdra åt chefen att utreda dem vidare. |"
    )
    assert [(s.kind, s.heading) for s in document.sections] == [("decision", "Kommunstyrelsen beslutar")]


def test_labels_in_bold_make_a_form() -> None:
    """Labels that no rule knows: bold at the left, the text beside them not."""
    pages = lay_out(
        "| Färre hyrläkare | • Nämnden ger chefen i uppdrag att minska kostnaderna för hyrpersonal. |\n| Ekonomi | Resultatet är gott. |"
    )
    lines = tuple(line._replace(bold=line.cell is not None and line.cell.column == 0) for line in pages[0].lines)
    pages = (replace(pages[0], lines=lines),)
    document = structure(clean(pages, load_rules()), pages, load_rules())
    assert _blocks(document, BlockKind.HEADING) == ["Färre hyrläkare", "Ekonomi"]
    assert _blocks(document, BlockKind.ITEM) == ["• Nämnden ger chefen i uppdrag att minska kostnaderna för hyrpersonal."]


def test_a_sentence_goes_on_in_the_next_column() -> None:
    """The right margin of a line is that of its column."""
    left = [
        "Vid sammanträdet den 3 maj anfördes",
        "att nämnden i sitt yttrande har gett",
        "direktören i uppdrag att senast i november",
        "2024 redovisa hur leksakerna har setts",
        "över i alla förskolor på uppdrag av",
    ]
    right = [
        "Regionstyrelsen och tekniska",
        "nämnden, som har kallat till möte om hur",
        "frågan ska tas om hand av alla förvaltningar",
        "och bolag under det kommande året nu.",
    ]
    lines = [_line(text, x, 100.0 + 14 * number) for x, column in ((70.0, left), (320.0, right)) for number, text in enumerate(column)]
    pages = (Page(1, WIDTH, HEIGHT, tuple(lines)),)
    document = structure(clean(pages, load_rules()), pages, load_rules())
    assert _blocks(document, BlockKind.TEXT) == [" ".join([*left, *right])]


def test_a_sentence_goes_on_with_the_number_of_a_decision() -> None:
    """The day of a decision ends a line, its § begins the next, which the writing program has made bold as it does headings."""
    document = _document(
        "a) Bolagets uppdrag, givet av kommunfullmäktige 2022-02-24\n# § 8, att vidta de åtgärder som behövs\nför kajen.\n"
        "b) Nämndens uppdrag, givet av kommunfullmäktige 2022-03-24\n# § 19 att se över taxorna."
    )
    assert _blocks(document, BlockKind.ITEM) == [
        "a) Bolagets uppdrag, givet av kommunfullmäktige 2022-02-24 § 8, att vidta de åtgärder som behövs för kajen.",
        "b) Nämndens uppdrag, givet av kommunfullmäktige 2022-03-24 § 19 att se över taxorna.",
    ]
