"""What analysts see: every page of ours through Datasette's own client, and a real server from start to stop."""

from __future__ import annotations

import asyncio
import csv
import io
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from openpyxl import load_workbook
from PIL import Image

from pipeline.datasette import metadata as described
from pipeline.datasette.images import NoPictureError, Pictures, _plain
from pipeline.datasette.pages import kronor, number
from pipeline.datasette.plugin import HEADERS
from pipeline.datasette.searching import marked
from pipeline.serving import AddressError, _listener, application, serve
from pipeline.store import NoDatabaseError, NotOurDatabaseError

PARAMETERS = {
    "organ": "Regionstyrelsen",
    "dag": "2024-12-31",
    "dagar": "90",
    "mottagare": "direktör",
    "diarienummer": "RS/2024:117",
    "ord": "får uppdrag",
    "bit": "styrelsen",
}


def follow(database: Path) -> None:
    """Threads as the follow-up makes them: one overdue, one reported and closed, one open with a day to come."""
    connection = sqlite3.connect(database)
    rows = connection.execute(
        "SELECT a.address, a.task, d.sha256, a.page FROM assignment AS a JOIN document AS d ON d.id = a.document"
        " WHERE a.act = 'assignment' AND a.duplicate_of IS NULL ORDER BY a.id LIMIT 3"
    ).fetchall()
    days = (("open", "2024-05-31", None, None), ("closed", "2024-06-30", "2024-06-11", "2024-09-10"), ("open", "date", None, None))
    for (record, task, document, page), (state, due, reported, closed) in zip(rows, days, strict=True):
        soon = connection.execute("SELECT date('now', '+10 days')").fetchone()[0]
        connection.execute(
            "INSERT INTO thread (id, body, assigner_names, assignee_names, task, state, given_date, given_basis, given_paragraph,"
            " deadline_last, deadline_moved, reported_date, closed_date, closed_status, records, events, documents, doubtful, confidence,"
            " document, page) VALUES (?, 'Regionstyrelsen', 'Regionstyrelsen', 'Regiondirektören', ?, ?, '2024-03-12', 'decision', '§ 41',"
            " ?, 0, ?, ?, iif(? IS NULL, NULL, 'decided'), 1, 1, 1, 0, 0.9, ?, ?)",
            (record, task, state, soon if due == "date" else due, reported, closed, closed, document, page),
        )
        happened = [("given", "2024-03-12"), ("reported", reported), ("closed", closed)]
        for ordinal, (kind, day) in enumerate((kind, day) for kind, day in happened if day):
            connection.execute(
                "INSERT INTO thread_event (thread, ordinal, kind, date, date_basis, status, body, deadline_last, text, record, rule,"
                " confidence, document, page, boxes)"
                " VALUES (?, ?, ?, ?, 'meeting', 'decided', 'Regionstyrelsen', ?, ?, ?, 'r', 0.9, ?, ?, '[]')",
                (record, ordinal, kind, day, soon if due == "date" else due, f"<b>{task}", record, document, page),
            )
        connection.execute(
            "INSERT INTO thread_record (address, kind, document, thread, mark) VALUES (?, 'assignment', ?, ?, '')",
            (record, document, record),
        )
    connection.commit()
    connection.close()


@pytest.fixture
def client(database: Path) -> Any:
    follow(database)
    return application(database).client


def address(database: Path, code: str = "decided") -> str:
    connection = sqlite3.connect(database)
    found = connection.execute("SELECT uppdrag_id FROM uppdrag WHERE statuskod = ? ORDER BY tidsfrist_till DESC", (code,)).fetchone()
    connection.close()
    return str(found[0])


def test_every_column_of_every_table_and_view_is_described_and_nothing_else(database: Path) -> None:
    tables = described.metadata()["databases"]["uppdrag"]["tables"]
    connection = sqlite3.connect(database)
    names = connection.execute("SELECT name FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'view')").fetchall()
    there = {name for (name,) in names if not name.startswith("sqlite_")}
    assert set(tables) == there
    for table, about in tables.items():
        columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
        assert list(about["columns"]) == columns, table
        assert about["title"]
        assert about["description"].endswith("."), table
        for column, text in about["columns"].items():
            assert len(text) > 4, (table, column)


def test_a_column_without_words_or_words_without_a_column_are_refused() -> None:
    full = described.description()
    full["tables"]["uppdrag"]["columns"]["hittepå"] = "Finns inte"
    with pytest.raises(described.DescriptionError, match="hittepå"):
        described.columns(full, "uppdrag")
    bare = described.description()
    del bare["common"]["uppgift"]
    with pytest.raises(described.DescriptionError, match="no description of uppgift"):
        described.columns(bare, "uppdrag")


def test_common_words_are_all_used() -> None:
    used = {column for columns in described.schema().values() for column in columns}
    assert set(described.description()["common"]) <= used


@pytest.mark.parametrize("name", sorted(described.queries()))
async def test_every_saved_query_runs_and_gives_rows(client: Any, name: str) -> None:
    query = described.queries()[name]
    assert set(query) == {"title", "description", "sql"}
    asked = re.findall(r"(?<!:):(\w+)", query["sql"])
    for parameter in asked:
        assert parameter.capitalize() in query["description"] or parameter in query["description"].lower(), parameter
    arguments = "&".join(f"{key}={quote(PARAMETERS[key])}" for key in dict.fromkeys(asked))
    answer = await client.get(f"/uppdrag/{name}.json?_shape=objects&{arguments}")
    assert answer.status_code == 200, answer.text
    assert answer.json()["rows"], name
    page = await client.get(f"/uppdrag/{name}?{arguments}")
    assert page.status_code == 200
    assert query["title"] in page.text


async def test_queries_answer_what_they_say(client: Any) -> None:
    async def rows(path: str) -> list[dict[str, Any]]:
        return list((await client.get(path)).json()["rows"])

    late = await rows("/uppdrag/forsenade.json?_shape=objects&dag=2024-06-10")
    assert [(row["mottagare"], row["dagar_sedan"]) for row in late] == [("Regiondirektören", 10)]
    assert await rows("/uppdrag/forsenade.json?_shape=objects&dag=2024-05-31") == []
    without = await rows("/uppdrag/utan_tidsfrist.json?_shape=objects&organ=")
    assert [row["uppgift"] for row in without] == ["se över inhyrningen"]
    money = await rows("/uppdrag/belopp_per_ar_och_slag.json?_shape=objects")
    assert {(row["ar"], row["slag"], row["summa_mnkr"]) for row in money} == {("2024", "tak", 2.5), ("2024", "prognos", -63.0)}
    cites = await rows("/uppdrag/vad_hanvisar_till.json?_shape=objects&diarienummer=RS/2024:117")
    assert [row["hur"] for row in cites] == ["nämns", "ärendet § 41", "nämns"]
    assert await rows('/uppdrag/ord_i_text.json?_shape=objects&ord="') == []


async def test_front_page_says_what_this_is_and_its_figures(client: Any) -> None:
    answer = await client.get("/")
    assert answer.status_code == 200
    text = re.sub(r"<[^>]+>|\s+", " ", answer.text)
    text = re.sub(r"\s+", " ", text)
    assert "2 öppna uppdrag 1 ska vara klara inom 90 dagar 1 försenade" in text
    assert "1 avslutade 0 av dem avförda" in text
    assert "4 uppdrag 2 beslutade · 1 föreslagna · 1 återgivna" in text
    assert "3 dokument" in text
    assert "1 filer ej lästa av 4 filer" in text
    assert 'lang="sv"' in answer.text
    for name in described.queries():
        assert f'href="/uppdrag/{name}"' in answer.text


@pytest.mark.parametrize("name", [name for name, t in described.description()["tables"].items()])
async def test_every_view_and_table_opens_in_swedish(client: Any, name: str) -> None:
    answer = await client.get(f"/uppdrag/{name}")
    assert answer.status_code == 200
    for english in (
        ">Apply<",
        "View and edit SQL",
        "This data as",
        "Suggested facets",
        "Advanced export",
        " rows<",
        "Next page",
        "Search:",
    ):
        assert english not in answer.text


async def test_search_filter_facet_sort_and_csv_work_on_the_view(client: Any) -> None:
    found = (await client.get("/uppdrag/uppdrag.json?_shape=objects&_search=nattbussar")).json()
    assert [row["mottagare"] for row in found["rows"]] == ["Trafiknämnden"]
    assert (await client.get("/uppdrag/uppdrag.json?_shape=objects&_search=natt")).json()["rows"] == []
    found = (await client.get("/uppdrag/sidor.json?_shape=objects&_search=omslutningen")).json()
    assert [row["sida"] for row in found["rows"]] == [1]
    table = (await client.get("/uppdrag/uppdrag.json?_facet=status&_sort=sakerhet")).json()
    facets = {row["value"]: row["count"] for row in table["facet_results"]["status"]["results"]}
    assert facets == {"beslutat": 2, "föreslaget": 1, "återgivet": 1}
    text = (await client.get("/uppdrag/uppdrag.csv?status=beslutat")).text
    rows = list(csv.DictReader(io.StringIO(text)))
    assert {row["belopp_mnkr"] for row in rows} == {"2.5", ""}


async def test_numbers_are_swedish_on_the_page_and_plain_in_the_data(client: Any) -> None:
    page = (await client.get("/uppdrag/belopp")).text
    assert "−63,0" in page
    assert "2\u00a0500\u00a0000" in page
    rows = (await client.get("/uppdrag/belopp.json?_shape=objects")).json()["rows"]
    assert {row["belopp_kr"] for row in rows} == {-63_000_000.0, 2_500_000.0}


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [(1234567, 0, "1\u00a0234\u00a0567"), (-2.5, 1, "−2,5"), (0, 0, "0"), (None, 0, ""), (999.995, 2, "1\u00a0000,00")],
)
def test_number(value: float | None, decimals: int, text: str) -> None:
    assert number(value, decimals) == text


def test_kronor() -> None:
    assert kronor(-6_300_000_050) == "−63\u00a0000\u00a0000,50\u00a0kr"
    assert kronor(250_000_000) == "2\u00a0500\u00a0000\u00a0kr"
    assert kronor(None) == "för stort för ett belopp"


async def test_every_row_leads_to_its_page_with_its_boxes(client: Any, database: Path) -> None:
    connection = sqlite3.connect(database)
    led = 0
    for (view,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'view'").fetchall():
        columns = [row[1] for row in connection.execute(f"PRAGMA table_info({view})")]
        if "lank" not in columns:
            continue
        for (link,) in connection.execute(f"SELECT lank FROM {view} WHERE lank IS NOT NULL").fetchall():  # noqa: S608
            answer = await client.get(link)
            if answer.status_code == 404:
                # The one file that could not be read has no page to lead to.
                assert view in ("dokument", "tackning")
                continue
            assert answer.status_code == 200, link
            boxless = ("odd_page", "Hela dokumentet", "Sidan är svårläst")
            if "?" in link and not any(word in answer.text for word in boxless):
                assert re.search(r'class="mark (value|source)"', answer.text), link
            led += 1
    assert led > 20


async def test_an_assignment_has_an_address_that_shows_every_value_and_its_proof(client: Any, database: Path) -> None:
    answer = await client.get(f"/-/uppdrag/{address(database)}")
    assert answer.status_code == 200
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))
    for part in (
        "Status beslutat Står under ”Beslut” i styrelsens protokoll · regel status.section_decision",
        "Mottagare Regiondirektören utskrivet · regel slot.subject",
        "Uppdragsgivare Regionstyrelsen sammanträdet · regel frame.far_i_uppdrag",
        "Återrapporteras till Regionstyrelsen regionstyrelsen utskrivet",
        "Tidsfrist (ska redovisas) 2024-05-31 senast den 31 maj 2024 utskrivet, dag · regel deadline.senast",
        "Belopp 2\u00a0500\u00a0000\u00a0kr 2,5 mnkr".replace("\u00a0", " "),
        "Säkerhet 97 %",
        "Granskat nej",
    ):
        assert part in text.replace("\u00a0", " "), part
    for kind in ("source", "task", "assignee", "report_to", "deadline", "amount", "cue"):
        assert f'class="mark {kind}"' in answer.text


async def test_boxes_lie_over_the_words_in_the_picture(client: Any, database: Path) -> None:
    """Under the box of the deadline there is ink, and beside the text there is none."""
    page = (await client.get(f"/-/uppdrag/{address(database)}")).text
    answer = await client.get(re.findall(r'<image href="([^"]+)"', page)[0])
    assert answer.headers["content-type"] == "image/png"
    picture = Image.open(io.BytesIO(answer.content)).convert("L")
    scale = picture.width / 595.0
    boxes = re.findall(r'class="mark deadline" x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"', page)
    assert len(boxes) == 2
    for box in boxes:
        x, y, w, h = (float(part) * scale for part in box)
        assert min(picture.crop((int(x), int(y), int(x + w), int(y + h))).tobytes()) < 100
        assert min(picture.crop((0, int(y), int(60 * scale), int(y + h))).tobytes()) > 200


async def test_nothing_of_a_document_is_markup(client: Any, database: Path) -> None:
    connection = sqlite3.connect(database)
    digest = connection.execute("SELECT sha256 FROM document WHERE kind = 'protokoll'").fetchone()[0]
    for path in (
        f"/-/sida/{digest}/2",
        f"/-/sida/{digest}/1",
        "/-/sok?q=script&hur=del",
        "/uppdrag/paragrafer",
        "/uppdrag/dokument",
        "/uppdrag/sidor",
    ):
        answer = await client.get(path)
        assert answer.status_code == 200
        assert "<script>" not in answer.text
        assert "<b>2024" not in answer.text
        assert "&lt;script" in answer.text or "&lt;b&gt;" in answer.text or "&lt;mark" in answer.text or "script</mark>" in answer.text, (
            path
        )
    hostile = "<script>alert(1)</script>"
    assert hostile not in (await client.get(f"/-/sok?q={quote(hostile)}")).text


async def test_search_marks_hits_whole_words_and_parts(client: Any) -> None:
    whole = (await client.get("/-/sok?q=får")).text
    assert "<mark>får</mark>" in whole
    assert "Inga sidor" in (await client.get("/-/sok?q=far")).text
    assert "Inga sidor" in (await client.get("/-/sok?q=styrelse")).text
    parts = (await client.get("/-/sok?q=styrelse&hur=del")).text
    assert "region<mark>styrelse</mark>n" in parts
    for odd in ('"', "'", "%", "a AND", "*", "(", "åå%_", "\x00"):
        assert (await client.get(f"/-/sok?q={quote(odd)}&hur=del")).status_code == 200
        assert (await client.get(f"/-/sok?q={quote(odd)}")).status_code == 200


def test_marked_escapes_and_shortens() -> None:
    text = "a" * 300 + " <b> träff & träffar " + "b" * 300
    assert str(marked(text, ["träff"], whole=True, around=12)) == "…aaaaaaa &lt;b&gt; <mark>träff</mark> &amp; träffar b…"


def test_a_picture_without_colour_has_one_channel_and_looks_the_same() -> None:
    grey = Image.new("RGB", (40, 20), (200, 200, 200))
    grey.putpixel((3, 3), (10, 10, 10))
    plain = _plain(grey)
    assert plain.mode == "L"
    assert plain.convert("RGB").tobytes() == grey.tobytes()
    grey.putpixel((5, 5), (11, 10, 10))
    assert _plain(grey) is grey


def test_an_answer_does_not_wait_for_the_browser_s_acknowledgement() -> None:
    """asyncio turns Nagle's algorithm off only where the protocol of the listening socket is said aloud."""
    listener = _listener("127.0.0.1", 0)
    try:
        assert listener.proto == socket.IPPROTO_TCP
    finally:
        listener.close()


async def test_answers_carry_safe_headers(client: Any, database: Path) -> None:
    for path in ("/", "/uppdrag/uppdrag", f"/-/uppdrag/{address(database)}", "/finns-inte", "/uppdrag-static/uppdrag.css", "/uppdrag.json"):
        headers = (await client.get(path)).headers
        for name, value in HEADERS.items():
            assert headers[name.decode()] == value.decode(), path
    policy = HEADERS[b"content-security-policy"].decode()
    assert "unsafe" not in policy
    assert "http" not in policy


async def test_an_error_is_a_swedish_page_json_for_programs_and_no_dump_on_the_console(client: Any, capfd: Any) -> None:
    answer = await client.get("/uppdrag/finns_inte")
    assert (answer.status_code, "Sidan finns inte" in answer.text) == (404, True)
    assert (await client.get("/uppdrag/finns_inte.json")).json()["ok"] is False
    bad = await client.get("/uppdrag?sql=select+finns_inte")
    assert bad.status_code == 400
    assert "no such column" in bad.text
    out, err = capfd.readouterr()
    assert "Traceback" not in out + err
    assert "locals" not in out + err


async def test_pages_ask_nothing_of_others_and_hold_no_script_or_style(client: Any, database: Path) -> None:
    for path in ("/", "/uppdrag", "/uppdrag/uppdrag", "/uppdrag/forsenade", "/-/sok", "/-/ordlista", f"/-/uppdrag/{address(database)}"):
        text = (await client.get(path)).text
        assert "<script" not in text, path
        assert " style=" not in text, path
        assert "<style" not in text, path
        outside = set(re.findall(r"""(?:src|href|action)="(https?://(?!localhost/)[^"]+)""", text))
        assert outside <= {"https://datasette.io/"}, path  # shown, never fetched


async def test_only_known_pages_and_files(client: Any, database: Path, written: list[Any]) -> None:
    digest = written[0].reading.sha256
    for path in (
        f"/-/sida/{digest}/3",
        f"/-/sida/{digest}/0",
        f"/-/sida/{'0' * 64}/1",
        f"/-/sidbild/{'0' * 64}/1.png",
        f"/-/sidbild/{digest}/99.png",
        f"/-/original/{'0' * 64}.pdf",
        "/-/sidbild/..%2F..%2Fetc%2Fpasswd/1.png",
        "/-/original/..%2Fetc%2Fpasswd.pdf",
        f"/-/uppdrag/{'0' * 16}",
        "/uppdrag.db",
        "/uppdrag/finns_inte",
    ):
        assert (await client.get(path, follow_redirects=True)).status_code in (403, 404), path
    assert "finns inte" in (await client.get("/uppdrag/finns_inte")).text
    assert (await client.get(f"/-/sida/{digest}/1?uppdrag='--&belopp=x&datum=9999999999999999999999")).status_code == 200


async def test_the_original_is_the_file_and_a_changed_file_is_not_shown(client: Any, written: list[Any]) -> None:
    digest = written[0].reading.sha256
    answer = await client.get(f"/-/original/{digest}.pdf")
    assert answer.content == written[0].path.read_bytes()
    assert answer.headers["content-disposition"].endswith("filename*=UTF-8''protokoll%20%C3%A5.pdf")
    for path in written[0].path.parent.glob("protokoll*"):
        path.write_bytes(path.read_bytes() + b"\n")
    answer = await client.get(f"/-/original/{digest}.pdf")
    assert answer.status_code == 404
    assert "har ändrats" in answer.text
    assert (await client.get(f"/-/sida/{digest}/1")).status_code == 200


async def test_writing_is_refused_and_long_queries_end(client: Any) -> None:
    answer = await client.get("/uppdrag.json", params={"sql": "DELETE FROM assignment"})
    assert answer.status_code == 400
    began = time.perf_counter()
    endless = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c"
    assert (await client.get("/uppdrag.json?sql=" + quote(endless))).status_code == 400
    assert time.perf_counter() - began < 10


async def test_a_pdf_that_hangs_or_crashes_the_drawing_does_not_take_the_server_along(
    written: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from pipeline.datasette import images

    pictures = Pictures()
    paths, digest = [str(written[0].path)], written[0].reading.sha256
    try:
        monkeypatch.setattr(images, "TIMEOUT", 1.0)
        # The drawing process can only be handed what it can import: a key function that kills it, and one that hangs.
        for bad, said in (("os.abort()", "kan inte ritas"), ("__import__('time').sleep(60)", "för lång tid")):
            monkeypatch.setattr(pictures, "_task", lambda *_, bad=bad: (exec, f"import os; {bad}"))
            with pytest.raises(NoPictureError, match=said):
                await pictures.page(paths, digest, 1, 300)
        monkeypatch.undo()
        assert (await pictures.page(paths, digest, 1, 300)).startswith(b"\x89PNG")
        with pytest.raises(NoPictureError):
            await pictures.page(paths, digest, 77, 300)
    finally:
        pictures.close()


async def test_pictures_are_remembered_up_to_a_number(written: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    from pipeline.datasette import images

    monkeypatch.setattr(images, "KEPT", 2)
    pictures = Pictures()
    try:
        paths, digest = [str(written[0].path)], written[0].reading.sha256
        first = await pictures.page(paths, digest, 1, 200)
        assert await pictures.page(paths, digest, 1, 200) is first
        await asyncio.gather(pictures.page(paths, digest, 2, 200), pictures.page(paths, digest, 1, 300))
        assert len(pictures._kept) == 2
    finally:
        pictures.close()


async def test_a_large_workbook_is_written_while_others_get_their_pages(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The workbook cannot be finished until the other page has been answered, however long its writing takes."""
    from pipeline.datasette import workbooks

    answered = threading.Event()
    finish = workbooks.Gathered.finish

    def held(gathered: workbooks.Gathered, info: Any) -> Any:
        assert answered.wait(20), "the other page waited for the workbook"
        made = finish(gathered, info)
        assert workbooks._process()._processes, "written elsewhere"
        return made

    monkeypatch.setattr(workbooks.Gathered, "finish", held)
    for path in ("/uppdrag/uppdrag.xlsx?status=beslutat", "/uppdrag/oppna_per_organ.xlsx"):
        answered.clear()
        book = asyncio.create_task(client.get(path))
        await asyncio.sleep(0.05)
        assert (await client.get("/-/ordlista")).status_code == 200
        answered.set()
        taken = await book
        assert taken.status_code == 200, path
        assert load_workbook(io.BytesIO(taken.content)).worksheets[0].max_row > 1
    assert (await client.get("/uppdrag/uppdrag.xlsx?status=finnsinte")).status_code == 200
    workbooks.close()


async def test_a_workbook_with_more_rows_than_it_may_have_says_so(database: Path) -> None:
    from pipeline.datasette import workbooks

    instance = application(database)
    instance._metadata_local["plugins"]["datasette-xlsx"]["max_rows"] = 2
    for path in ("/uppdrag/uppdrag.xlsx", "/uppdrag/vad_en_part_ska_gora.xlsx?mottagare=n"):
        book = load_workbook(io.BytesIO((await instance.client.get(path)).content))
        assert book.worksheets[0].max_row == 3, path
        told = [str(cell.value) for row in book["Om uttaget"].iter_rows() for cell in row]
        assert any("max_rows = 2" in cell for cell in told), told
    workbooks.close()


async def test_a_time_line_is_asked_for_by_iso_days_alone(client: Any, database: Path) -> None:
    thread = sqlite3.connect(database).execute("SELECT id FROM thread WHERE state = 'closed'").fetchone()[0]
    page = (await client.get(f"/-/trad/{thread}?per=2024-06-30")).text
    assert 'type="date"' not in page
    assert re.search(r'placeholder="ÅÅÅÅ-MM-DD"[^>]* value="2024-06-30"', page)
    assert "återrapporterat" in page
    for odd in ("30/6/2024", "20240630", "2024-02-30", "2024-W26-7", "<b>"):
        page = (await client.get(f"/-/trad/{thread}?per={quote(odd)}")).text
        assert "är ingen dag: skriv ÅÅÅÅ-MM-DD" in page, odd
        assert "<b>”" not in page
    assert "är ingen dag" not in (await client.get(f"/-/trad/{thread}?per=")).text


def test_a_database_that_is_not_ours_is_not_served(tmp_path: Path) -> None:
    with pytest.raises(NoDatabaseError):
        application(tmp_path / "ingen.db")
    other = tmp_path / "annan.db"
    other.write_bytes(b"inte en databas")
    with pytest.raises(NotOurDatabaseError):
        serve(other, host="127.0.0.1", port=0, open_browser=False)


def test_a_taken_port_is_one_sentence(database: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(AddressError, match="choose another with --port"):
            serve(database, host="127.0.0.1", port=taken.getsockname()[1], open_browser=False)


_SERVER = """
import sys
from pathlib import Path
from pipeline.serving import serve
if __name__ == "__main__":
    serve(Path(sys.argv[1]), host="127.0.0.1", port=0, open_browser=False)
"""


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_real_server_starts_draws_a_page_and_stops(database: Path, tmp_path: Path, written: list[Any], how: signal.Signals) -> None:
    """However it is stopped, and however suddenly, nothing that it started is left."""
    script = tmp_path / "server.py"
    script.write_text(_SERVER, encoding="utf-8")
    server = subprocess.Popen([sys.executable, str(script), str(database)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        assert server.stderr is not None
        line = server.stdout.readline()
        base = re.findall(r"http://127\.0\.0\.1:\d+/", line)[0]
        with urllib.request.urlopen(base) as answer:  # noqa: S310 - our own server
            assert b"Vem ska g" in answer.read()
        with urllib.request.urlopen(f"{base}-/sidbild/{written[0].reading.sha256}/1.png") as answer:  # noqa: S310
            assert answer.read().startswith(b"\x89PNG")
        drawing = subprocess.run(
            ["ps", "--ppid", str(server.pid), "-o", "pid="], capture_output=True, text=True, check=False
        ).stdout.split()
        assert any("spawn_main" in Path(f"/proc/{pid}/cmdline").read_text() for pid in drawing)
        server.send_signal(how)
        assert server.wait(20) in (0, -how, 128 + how)
        for pid in drawing:
            for _ in range(50):
                if not Path(f"/proc/{pid}").exists():
                    break
                time.sleep(0.1)
            assert not Path(f"/proc/{pid}").exists()
        assert "Traceback" not in server.stderr.read()
    finally:
        server.kill()
        server.wait()
        server.stdout.close()
        server.stderr.close()
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(base)  # noqa: S310
