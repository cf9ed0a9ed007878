"""The list in each format, opened by the programs it is meant for."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import sqlite3
import subprocess
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pikepdf
import pypdfium2
import pytest
from ical.calendar_stream import IcsCalendarStream
from icalendar import Calendar
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.export.annex import FORMATS, Annex, AnnexError, annex, written
from pipeline.export.annex.table import COLUMNS, harmless

DAY = date(2024, 12, 31)
ADDRESS = "https://uppdrag.example"


@pytest.fixture
def listed(followed: Path) -> Annex:
    connection = sqlite3.connect(followed)
    made = annex(connection, "regionstyrelsen", DAY, organisation="Region Norr", address=f"{ADDRESS}/")
    connection.close()
    return made


def test_one_assignment_of_each_state_the_late_first(listed: Annex) -> None:
    assert [(e.number, e.code, e.followed.thread[0]) for e in listed.entries] == [
        (1, "overdue", "0"),
        (2, "open", "1"),
        (3, "open", "2"),
        (4, "interim", "3"),
        (5, "reported", "4"),
        (6, "closed", "5"),
        (7, "withdrawn", "6"),
        (8, "unknown", "7"),
    ]
    assert listed.body == "Regionstyrelsen"
    assert listed.counts()[0] == ("Försenade", 1)


def test_an_earlier_day_knows_less(followed: Path) -> None:
    connection = sqlite3.connect(followed)
    early = annex(connection, "Regionstyrelsen", date(2024, 3, 31), organisation="Region Norr")
    assert {e.followed.thread[0]: e.code for e in early.entries} == {
        "0": "open", "1": "open", "3": "open", "4": "open", "5": "closed", "6": "open",
    }  # fmt: skip
    only = annex(
        connection, "Regionstyrelsen", DAY, organisation="Region Norr", states=["closed", "withdrawn"], closed_since=date(2024, 6, 1)
    )
    assert [e.followed.thread[0] for e in only.entries] == ["6"]
    connection.close()


@pytest.mark.parametrize(
    ("body", "organisation", "said"),
    [
        ("Regionstyrelsen", None, "Several organisations have a body 'Regionstyrelsen'.*'Region Norr', 'Region Söder'"),
        ("Regionstyrelse", "Region Norr", "Near it: Regionstyrelsen"),
        ("Regionstyrelsen", "Region Öster", "there are: Region Norr, Region Söder"),
    ],
)
def test_a_body_that_is_not_there_or_is_several_is_said(followed: Path, body: str, organisation: str | None, said: str) -> None:
    connection = sqlite3.connect(followed)
    with pytest.raises(AnnexError, match=said):
        annex(connection, body, DAY, organisation=organisation)
    connection.close()


@pytest.mark.parametrize("form", FORMATS)
def test_the_same_database_and_day_give_the_same_bytes(listed: Annex, form: str) -> None:
    assert written(listed, form) == written(listed, form)


def test_a_body_another_organisation_only_retells_is_its_own_organisation_s(followed: Path) -> None:
    connection = sqlite3.connect(followed)
    connection.execute("UPDATE document SET organisation = 'Region Norr'")
    found = annex(connection, "Regionstyrelsen", DAY)
    assert (found.organisation, len(found.entries)) == ("Region Norr", 8)
    connection.close()


# ------------------------------------------------------------------------------------------------------------- spreadsheets


def test_the_workbook_through_openpyxl(listed: Annex) -> None:
    book = openpyxl.load_workbook(io.BytesIO(written(listed, "xlsx")))
    assert book.sheetnames == ["Uppdrag", "Källor", "Om listan"]
    sheet = book["Uppdrag"]
    rows = list(sheet.iter_rows(values_only=True))
    assert tuple(str(title).lower() for title in rows[0]) == COLUMNS
    assert len(rows) == 9
    first = dict(zip(COLUMNS, rows[1], strict=True))
    assert first["läge"] == "försenat"
    assert first["uppdrag"] == listed.entries[0].followed.task
    assert first["givet"] == datetime(2024, 3, 12)  # noqa: DTZ001
    assert first["tidsfrist till"] == datetime(2024, 5, 31)  # noqa: DTZ001
    assert isinstance(first["nr"], int)
    assert "ingen återrapport hittad till och med 2024-12-31" in str(first["saknas"])
    assert sheet.freeze_panes == "D2"
    assert sheet.auto_filter.ref == "A1:T9"
    assert sheet.print_title_rows == "$1:$1"
    assert sheet.page_setup.orientation == "landscape"
    assert all(sheet.column_dimensions[letter].width for letter in "ABCDEF")
    assert {cell.data_type for row in sheet.iter_rows(min_row=2) for cell in row} <= {"s", "inlineStr", "n", "d"}, "no formula anywhere"
    at, sources = max(enumerate((str(row[18]) for row in rows[1:]), 2), key=lambda numbered: len(numbered[1]))
    assert sheet.row_dimensions[at].height < 15 * len(sources) / 50, "no row is as tall as its sources, which have a sheet of their own"
    links = [cell.hyperlink.target for row in book["Källor"].iter_rows(min_row=2) for cell in row if cell.hyperlink]
    assert links[0] == f"{ADDRESS}/-/sida/{'a' * 64}/1?uppdrag={'0' * 16}"
    assert len(links) == 12


def test_sources_without_addresses_are_the_same_but_for_the_links(followed: Path, listed: Annex) -> None:
    """Without addresses there is no column for them; everything else is the same."""
    from dataclasses import replace

    def cells(one: Annex) -> list[list[object]]:
        sheet = openpyxl.load_workbook(io.BytesIO(written(one, "xlsx")))["Källor"]
        return [[cell.value for cell in row] for row in sheet.iter_rows()]

    linked = cells(listed)
    assert {row.pop() for row in linked} == {"Länk", "öppna sidan"}
    assert cells(replace(listed, address=None)) == linked
    assert len(cells(listed)) == 13
    hostile = replace(listed.entries[0].followed, task="a\x07b <&> ]]> \ud800".encode("utf-8", "replace").decode())
    odd = replace(listed, entries=(replace(listed.entries[0], followed=hostile),))
    sheet = openpyxl.load_workbook(io.BytesIO(written(odd, "xlsx")))["Uppdrag"]
    assert sheet["C2"].value == "ab <&> ]]> ?"


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed; this test opens the workbook in it.")
def test_the_workbook_through_libreoffice(listed: Annex, tmp_path: Path) -> None:
    """What LibreOffice shows of each cell, as it writes it to CSV (separator, quotes, UTF-8, formulas as shown)."""
    (tmp_path / "lista.xlsx").write_bytes(written(listed, "xlsx"))
    command = ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to"]
    command += ["csv:Text - txt - csv (StarCalc):59,34,76,1,,0,false,true,false,false,false,1", "--outdir", str(tmp_path), "lista.xlsx"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, timeout=120)
    (made,) = tmp_path.glob("*.csv")
    rows = list(csv.reader(io.StringIO(made.read_text(encoding="utf-8")), delimiter=";"))
    assert len(rows) == 9
    first = dict(zip(COLUMNS, rows[1], strict=True))
    assert first["uppdrag"] == listed.entries[0].followed.task
    assert first["tidsfrist till"] == "2024-05-31"
    assert [row[1] for row in rows[1:]] == [e.state for e in listed.entries]


def test_the_table_opens_as_swedish_spreadsheets_expect(listed: Annex) -> None:
    content = written(listed, "csv")
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))
    assert tuple(rows[0]) == COLUMNS
    assert [row[1] for row in rows[1:]] == [e.state for e in listed.entries]
    assert rows[1][2].startswith("'=cmd")
    assert rows[4][2] == "'-63 mnkr ska sparas"
    assert not any(cell[:1] in "=+-@\t\r" for row in rows for cell in row if cell)


@pytest.mark.parametrize("text", ["=1+1", "+46", "-2", "@SUM(A1)", "\tx", "\rx"])
def test_what_begins_like_a_formula_is_none(text: str) -> None:
    assert harmless(text) == f"'{text}"
    assert harmless(f"a{text}") == f"a{text}"


def test_the_objects_have_every_value(listed: Annex) -> None:
    whole = json.loads(written(listed, "json"))
    assert set(whole) == {"body", "organisation", "day", "assignments"}
    assert len(whole["assignments"]) == 8
    first = whole["assignments"][0]
    assert first["state"] == "overdue"
    assert first["deadline"] == {"first": None, "last": "2024-05-31", "raw": "senast den 31 maj 2024", "moved": False}
    assert first["given"] == {"day": "2024-03-12", "paragraph": "§ 41", "point": "1", "diary_number": "RS/2024:117"}
    assert first["sources"][0]["page"] == 1
    docs = (Path(__file__).parents[3] / "docs" / "list.md").read_text(encoding="utf-8")
    for key in {*whole, *first, *first["sources"][0], *first["deadline"], *first["given"], *first["accepted"]}:
        assert f"`{key}`" in docs, f"docs/list.md does not describe {key}"
    assert all(f"`{column}`" in docs or f"*{column}*" in docs for column in COLUMNS)


# ---------------------------------------------------------------------------------------------------------- page and paper


def test_the_page_stands_alone_and_escapes_what_it_shows(listed: Annex) -> None:
    text = written(listed, "html").decode()
    assert '<html lang="sv">' in text
    assert "<script" not in text.lower().replace("&lt;script", "")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert not re.findall(r'(?:src|href)="(?!https://uppdrag\.example|#)', text), "asks for nothing outside"
    assert text.count("<h1>") == 1
    tables = re.findall(r"<table.*?</table>", text, re.DOTALL)
    assert len(tables) == 7
    for table in tables:
        assert table.count('scope="col"') == 7
        assert table.count('scope="row"') == table.count('<tr id="uppdrag-')
        assert "<thead>" in table
        assert 'aria-labelledby="' in table
    assert f'<a href="{ADDRESS}/-/sida/' in text


def test_the_page_without_an_address_names_its_sources(followed: Path) -> None:
    connection = sqlite3.connect(followed)
    text = written(annex(connection, "Trafiknämnden", DAY), "html").decode()
    assert "<a " not in text
    assert "Trafiknämnden § 41, protokoll å.pdf s. 1" in text
    empty = written(annex(connection, "Trafiknämnden", date(1990, 1, 1)), "html").decode()
    assert "Inga uppdrag hittade till och med 1990-01-01." in empty
    connection.close()


def test_the_paper_is_tagged_titled_and_holds_the_list(listed: Annex) -> None:
    content = written(listed, "pdf")
    document = pypdfium2.PdfDocument(content)
    text = "\n".join(page.get_textpage().get_text_range() for page in document)
    for wanted in ("Uppdrag från regionstyrelsen", "läget per 2024-12-31", "Försenade (1)", "utreda bussar", "Sida 1 av"):
        assert wanted in text, wanted
    assert document[0].get_width() > document[0].get_height()
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert pdf.Root.Lang == "sv"
        assert pdf.Root.MarkInfo.Marked
        kinds: set[str] = set()

        def walk(node: object) -> None:
            if isinstance(node, pikepdf.Dictionary):
                kinds.add(str(node.get("/S", "")))
                kids = node.get("/K", pikepdf.Array())
                for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
                    walk(kid)

        walk(pdf.Root.StructTreeRoot)
        assert {"/H1", "/H2", "/Table", "/TR", "/TH", "/TD", "/THead"} <= kinds
        assert "Uppdrag från regionstyrelsen" in str(pdf.docinfo["/Title"])
        with pdf.open_outline() as outline:
            assert outline.root


# ------------------------------------------------------------------------------------------------------------------ calendar


def test_the_calendar_through_a_calendar_library(listed: Annex) -> None:
    content = written(listed, "ics")
    calendar = Calendar.from_ical(content)
    events = {str(event["uid"]): event for event in calendar.walk("VEVENT")}
    assert set(events) == {f"{digit * 16}@uppdrag" for digit in "0123"}, "unfinished, with a day"
    first = events[f"{'0' * 16}@uppdrag"]
    assert (first.decoded("dtstart"), first.decoded("dtend")) == (date(2024, 5, 31), date(2024, 6, 1))
    assert first["dtstart"].params["VALUE"] == "DATE"
    assert "=cmd|' /C calc'!A1" in str(first["summary"])
    assert '"snart"' in str(first["description"])
    assert str(first["url"]).startswith(ADDRESS)
    days = events[f"{'1' * 16}@uppdrag"]
    assert (days.decoded("dtstart"), days.decoded("dtend")) == (date(2025, 5, 5), date(2025, 5, 7)), "a short period is the period"
    season = events[f"{'2' * 16}@uppdrag"]
    assert (season.decoded("dtstart"), season.decoded("dtend")) == (date(2025, 11, 30), date(2025, 12, 1)), "a long one its last day"
    assert "hösten 2025" in str(season["description"])


def test_the_calendar_keeps_to_the_letter_of_the_standard(listed: Annex) -> None:
    """RFC 5545: lines end in CRLF and are folded at 75 octets, text is escaped, what every event must have is there once."""
    content = written(listed, "ics")
    lines = content.split(b"\r\n")
    assert lines[-1] == b""
    assert all(b"\n" not in line and b"\r" not in line and len(line) <= 75 for line in lines)
    whole = re.sub(rb"\r\n[ \t]", b"", content).decode()
    assert whole.startswith("BEGIN:VCALENDAR\r\n")
    assert "VERSION:2.0" in whole
    assert "PRODID:" in whole
    assert r"ta fram\; en plan\, " in whole
    for event in re.findall(r"BEGIN:VEVENT\r\n(.*?)END:VEVENT", whole, re.DOTALL):
        names = [re.split("[:;]", line)[0] for line in event.strip().split("\r\n")]
        for name in ("UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY"):
            assert names.count(name) == 1, name
        assert re.search(r"^DTSTAMP:\d{8}T\d{6}Z\r?$", event, re.MULTILINE)


def test_the_calendar_through_a_second_library_that_checks_it(listed: Annex) -> None:
    """`ical` refuses what does not keep to RFC 5545, where icalendar is lenient with what it reads."""
    calendar = IcsCalendarStream.calendar_from_ics(written(listed, "ics").decode())
    assert sorted(event.uid for event in calendar.events) == [f"{digit * 16}@uppdrag" for digit in "0123"]
    assert {event.dtstart for event in calendar.events} >= {date(2024, 5, 31), date(2025, 5, 5)}


# --------------------------------------------------------------------------------------------------------------- the command


@pytest.mark.parametrize("form", FORMATS)
def test_the_command_writes_what_the_function_does(followed: Path, listed: Annex, tmp_path: Path, form: str) -> None:
    to = tmp_path / f"lista.{form}"
    asked = ["--organ", "Regionstyrelsen", "--per", "2024-12-31", "--organisation", "Region Norr", "--address", ADDRESS]
    answer = CliRunner().invoke(app, ["list", *asked, "--format", form, "--to", str(to), "--db", str(followed)])
    assert answer.exit_code == 0, answer.output
    assert answer.output == f"{to}: 8 assignments.\n"
    assert to.read_bytes() == written(listed, form)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (["--organ", "Nämnden", "--format", "csv"], "There is no body 'Nämnden'"),
        (["--organ", "Trafiknämnden", "--per", "31/12", "--format", "csv"], "'31/12' is no day"),
        (["--organ", "Trafiknämnden", "--format", "csv", "--to", "/nowhere/x.csv"], "/nowhere/x.csv cannot be written"),
    ],
)
def test_wrong_use_is_said_in_a_sentence(followed: Path, asked: list[str], said: str) -> None:
    answer = CliRunner().invoke(app, ["list", *asked, "--db", str(followed)])
    assert answer.exit_code == 2
    assert said in answer.output


def test_the_list_of_the_sample_documents_follows_an_assignment_to_its_end(tmp_path: Path) -> None:
    """Through the commands: read, followed, listed. The plan for an economy in balance (03 § 41), reported in part, moved, then closed."""
    where = ["--db", str(tmp_path / "uppdrag.db"), "--data", str(tmp_path)]
    raw = Path(__file__).parents[3] / "data" / "raw"
    assert CliRunner().invoke(app, ["ingest", str(raw), "--no-ocr", *where]).exit_code in (0, 1)
    states = {}
    for day in ("2024-04-01", "2024-12-31", "2026-03-31"):
        asked = ["--organ", "Regionstyrelsen", "--organisation", "Region Ljusmark", "--per", day, "--format", "json"]
        answer = CliRunner().invoke(app, ["list", *asked, *where])
        assert answer.exit_code == 0, answer.output
        (plan,) = [a for a in json.loads(answer.stdout)["assignments"] if a["task"].startswith("ta fram en samlad handlingsplan")]
        states[day] = plan["state"]
        assert plan["given"]["paragraph"] == "§ 41"
        assert {source["name"][:2] for source in plan["sources"]} >= {"02", "03"}
    assert states == {"2024-04-01": "open", "2024-12-31": "overdue", "2026-03-31": "closed"}
