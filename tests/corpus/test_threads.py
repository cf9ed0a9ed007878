"""Real documents followed: the region's letters and minutes, and what Göteborg's board closed in 2024."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pypdfium2
import pytest

from extractors.assemble import extract
from pipeline.follow_up import Followed, state_as_of
from pipeline.reading import read
from pipeline.rows import to_rows
from pipeline.store import Store
from rules.ruleset import load_rules

pytestmark = pytest.mark.corpus

RS, HSN, KTN = "Regionstyrelsen", "Hälso- och sjukvårdsnämnden", "Kollektivtrafiknämnden"

# "1. Redovisning av kommunfullmäktiges uppdrag 2022-06-09 § 32, punkt 2, till … förklaras fullgjort."
CLOSING = re.compile(
    r"Redovisning av kommun(?:fullmäktiges|styrelsens) uppdrag,?\s(?P<day>\d{4}-\d\d-\d\d)\s§\s?(?P<paragraph>\d+)"
    r"(?:,?\s(?:punkt|p\.)\s(?P<point>\d+))?"
    r"(?:(?!\n\d+\.\s|\nTidigare|\nHandling|fullgjort\.)[\s\S])*?förklaras\s+fullgjor\w+"
)


def _database(folder: Path, pdfs: list[Path]) -> sqlite3.Connection:
    rules = load_rules()
    with Store.open(folder / "t.db") as store:
        store.load([to_rows(reading, extract(reading, rules)) for reading in map(read, pdfs)])
        store.relink()
    return sqlite3.connect(folder / "t.db")


@pytest.fixture(scope="module")
def seeds(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    connection = _database(tmp_path_factory.mktemp("seeds"), sorted((corpus / "seeds").glob("*.pdf")))
    yield connection
    connection.close()


def _of(connection: sqlite3.Connection, day: date, body: str, words: str) -> Followed:
    (found,) = [f for f in state_as_of(connection, day, body) if words in f.task]
    return found


# (body, words, given, §, point, last day, state 2023-06-01, state 2023-10-31)
LETTER = [
    (RS, "kostnadsberäkning för redan vidtagna", "2023-05-02", "§ 62", "2", "2023-05-31", "återrapporterat", "återrapporterat"),
    # the letter says of it that "några förslag kan ännu inte lämnas"
    (RS, "förslag på ytterligare eventuella åtgärder", "2023-05-02", "§ 62", "3", "2023-05-31", "försenat", "försenat"),
    (HSN, "identifiera möjliga kostnadsminskningar", None, None, None, None, "återrapporterat", "återrapporterat"),
    (HSN, "uppföljning av resultatförbättrande åtgärder", "2023-05-23", "§ 58", None, "2023-09-30", "öppet", "försenat"),
    (HSN, "i juni redovisa uppdatering om det pågående", "2023-05-23", "§ 58", None, "2023-06-30", "öppet", "försenat"),
    (HSN, "uppdatering om befintliga personalresurser", "2023-05-23", "§ 58", None, "2023-09-30", "öppet", "försenat"),
    # its last day is the 31st itself
    (HSN, "fördjupning av Långsiktigt arbete", "2023-05-23", "§ 58", None, "2023-10-31", "öppet", "öppet"),
    (HSN, "ytterligare resultatförbättrande åtgärder inkl.", "2023-05-23", "§ 57", None, "2023-06-30", "öppet", "försenat"),
    (KTN, "vilka åtgärder som vidtagits", None, None, None, None, "återrapporterat", "återrapporterat"),
    (KTN, "behovet av eventuella nya åtgärder", "2023-05-17", "§ 39", None, "2023-09-30", "öppet", "försenat"),
    (KTN, "fördjupad information om gjorda och kommande", "2023-05-17", "§ 39", None, "2023-09-30", "öppet", "försenat"),
]


@pytest.mark.parametrize(("body", "words", "given", "paragraph", "point", "last", "in_june", "in_october"), LETTER)
def test_the_letter_of_2023(
    seeds: sqlite3.Connection,
    body: str,
    words: str,
    given: str | None,
    paragraph: str | None,
    point: str | None,
    last: str | None,
    in_june: str,
    in_october: str,
) -> None:
    june, october = (_of(seeds, day, body, words) for day in (date(2023, 6, 1), date(2023, 10, 31)))
    assert (june.state, october.state) == (in_june, in_october)
    assert str(june.standing.given) == str(given)
    assert (june.given_paragraph, june.given_point) == (paragraph, point)
    assert str(june.standing.deadline_last) == str(last)
    if in_october in ("öppet", "försenat") and june.standing.interim is None:
        assert f"ingen återrapport hittad till och med {date(2023, 10, 31)}" in october.standing.gaps


def test_what_was_reported_in_may_2023_is_apart_from_what_was_accepted(seeds: sqlite3.Connection) -> None:
    for body, words, day in ((HSN, "identifiera möjliga", date(2023, 5, 23)), (KTN, "vilka åtgärder som vidtagits", date(2023, 5, 17))):
        now = _of(seeds, date(2023, 6, 1), body, words).standing
        assert (now.reported, now.accepted, now.accepted_day, now.accepted_status) == (day, "approved", day, "cited")
    now = _of(seeds, date(2023, 6, 1), RS, "kostnadsberäkning för redan vidtagna").standing
    assert (now.accepted, now.accepted_status) == ("approved", "proposed")
    assert any("bara föreslaget" in gap for gap in now.gaps)
    part = _of(seeds, date(2023, 6, 1), RS, "förslag på ytterligare eventuella").standing
    assert (part.reported, part.interim) == (None, date(2023, 5, 23))


def test_the_board_s_assignment_of_april_2026_is_reported_in_the_letter_of_may(seeds: sqlite3.Connection) -> None:
    before = _of(seeds, date(2026, 5, 20), RS, "upprätta en handlingsplan")
    assert (before.state, before.standing.given, before.given_paragraph) == ("öppet", date(2026, 4, 22), "§ 58")
    after = _of(seeds, date(2026, 5, 31), RS, "upprätta en handlingsplan")
    assert (after.state, str(after.standing.reported)[:7]) == ("återrapporterat", "2026-05")
    (report,) = [source for source in after.sources if source.kind == "reported"]
    assert report.name == "003_tjansteskrivelse_handlingsplan_2026.pdf"
    assert report.day_basis == "earliest"  # the letter prints no day; it tells of 21 May


def test_a_board_that_gave_none_has_none(seeds: sqlite3.Connection) -> None:
    """ "… har utifrån sin positiva avvikelse inte gett något formellt uppdrag till regiondirektören"."""
    assert list(state_as_of(seeds, date(2026, 12, 31), "Regionala utvecklingsnämnden")) == []


def test_every_closing_in_the_bulk_is_a_closed_thread_with_its_origin(corpus: Path, tmp_path: Path) -> None:
    """Counted in pdfium's plain text, not by our reader."""
    pdfs = sorted((corpus / "bulk").glob("*.pdf"))
    connection = _database(tmp_path, pdfs)
    printed = 0
    lost: list[str] = []
    for pdf in pdfs:
        with pypdfium2.PdfDocument(pdf) as document:
            text = "\n".join(page.get_textpage().get_text_bounded() for page in document).replace("\r", "")
        for closing in CLOSING.finditer(text):
            printed += 1
            found = connection.execute(
                "SELECT t.lagekod, t.givet_punkt FROM trad AS t JOIN tradhandelse AS e ON e.trad_id = t.trad_id WHERE e.dokument = ? AND"
                " e.handelsekod = 'closed' AND t.givet_datum = ? AND t.givet_paragraf = ?",
                (pdf.name, closing["day"], f"§ {closing['paragraph']}"),
            ).fetchall()
            if ("closed", closing["point"]) not in found:
                lost.append(f"{pdf.name}: {' '.join(closing.group().split())[:160]}: {found}")
    connection.close()
    assert printed >= 40
    assert lost == []
