"""An analyst's pages in a real browser: from the front page to a printed page, a dashboard, a thread, search, a query as a workbook."""

from __future__ import annotations

import csv
import io
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from openpyxl import load_workbook
from playwright.sync_api import Browser, Page, sync_playwright

from pipeline.datasette.charts import chart_specs

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = next((found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="There is no Chromium: apt-get install chromium, to have the pages tried in it.")


@dataclass
class Site:
    """A running server over the sample documents."""

    address: str
    db: Path

    def rows(self, sql: str, *values: Any) -> list[Any]:
        with closing(sqlite3.connect(self.db)) as connection:
            return connection.execute(sql, values).fetchall()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("analysts")
    command = [sys.executable, "-m", "pipeline.cli"]
    run = {"cwd": folder, "text": True}
    subprocess.run(
        [*command, "ingest", str(ROOT / "data" / "raw"), "--data", str(folder), "--no-ocr", "--engine", "direct"],
        check=False, capture_output=True, **run,
    )  # fmt: skip
    log = folder / "log"
    with log.open("w") as out:
        server = subprocess.Popen(
            [*command, "serve", "--data", str(folder), "--port", "0"], stdout=subprocess.PIPE, stderr=out, start_new_session=True, **run
        )
    try:
        assert server.stdout is not None
        address = next((found[0] for line in server.stdout if (found := re.search(r"http://\S+?(?=/ )", line))), None)
        assert address, log.read_text()
        yield Site(address, folder / "processed" / "uppdrag.db")
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(timeout=20)
    assert "Traceback" not in log.read_text(), log.read_text()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def page(browser: Browser, site: Site) -> Iterator[Page]:
    """A page that logs no error and asks nothing of anybody but the server."""
    opened = browser.new_page(viewport={"width": 1300, "height": 900}, base_url=site.address)
    opened.set_default_timeout(15_000)
    errors: list[str] = []
    outside: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    opened.on("request", lambda request: None if request.url.startswith((site.address, "data:")) else outside.append(request.url))
    yield opened
    opened.close()
    assert (errors, outside) == ([], [])


def test_from_the_front_page_to_the_printed_page_with_the_keyboard(page: Page, site: Site) -> None:
    page.goto("/")
    ((count,),) = site.rows("SELECT count(*) FROM uppdrag")
    assert page.locator(".figures li", has_text="uppdrag").filter(has_text="beslutade").locator("b").inner_text() == str(count)
    page.focus("#q")
    page.keyboard.type("handlingsplan")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/-/sok\?q=handlingsplan"))
    assert page.locator(".hits mark").first.inner_text().lower() == "handlingsplan"
    page.locator("#uppdrag ~ .hits a").first.click()
    page.wait_for_url(re.compile(r"/-/uppdrag/[0-9a-f]{16}"))
    assert page.locator("svg .mark.source").count() >= 1
    assert page.locator(".record .task").count() == 1


def test_search_finds_parts_of_compounds_marks_them_and_narrows(page: Page) -> None:
    page.goto("/-/sok")
    page.fill("#q", "styrelsen")
    page.check("input[value=del]")
    page.click(".search button")
    assert page.locator(".hits", has_text="Regionstyrelsen").locator("mark").first.inner_text().lower() == "styrelsen"
    chosen = page.locator("aside a").first
    name = chosen.inner_text()
    expected = re.search(r"(\d+) uppdrag", chosen.locator("xpath=..").inner_text())
    assert expected
    chosen.click()
    assert f"({expected[1]} träff" in page.locator("#uppdrag").inner_text()
    assert all(name in line for line in page.locator("#uppdrag ~ .hits li > span").all_inner_texts())
    page.get_by_label(f"Ta bort: bara {name}").click()
    assert page.locator("aside a").first.inner_text() == name


def test_a_dashboard_has_its_bars_its_numbers_and_its_table(page: Page, site: Site) -> None:
    page.goto("/-/diagram")
    assert page.locator("section.chart").count() == len(chart_specs())
    page.goto("/-/diagram/oppna_och_forsenade")
    rows = {row[0]: row[1:] for row in site.rows(
        "SELECT organ, sum(lagekod = 'overdue'), sum(lagekod <> 'overdue') FROM trad WHERE lagekod IN ('open', 'interim', 'overdue')"
        " GROUP BY 1"
    )}  # fmt: skip
    assert rows
    widths: dict[int, float] = {}
    for bar in page.locator(".bars li").all():
        name = bar.locator(".what").inner_text()
        late, others = rows[name if name != "(okänt)" else None]
        said = bar.locator(".much").inner_text()
        for number, word in ((late, "försenade"), (others, "öppna")):
            assert (f"{number} {word}" in said) == bool(number), said
        boxes = [part.bounding_box() for part in bar.locator("rect").all()]
        total = sum(box["width"] for box in boxes if box)
        # Bars are as long as their numbers, on one scale (a line's own width apart).
        widths[late + others] = total
    longest = max(widths)
    for number, width in widths.items():
        assert abs(width - widths[longest] * number / longest) < 4
    # Without colour: one series is solid, the other a pattern.
    fills = {part.get_attribute("class"): part.get_attribute("fill") for part in page.locator(".bars rect").all()}
    assert fills["s1"] == "url(#rand)"
    assert fills["s0"] is None
    table = page.locator("figure ~ details table")
    assert table.locator("tbody tr").count() == len(rows)
    page.select_option("#organ", "Regionstyrelsen")
    page.click("main form button")
    assert page.locator(".bars li").count() == 1
    assert "Regionstyrelsen" in page.locator("h1").inner_text()


def test_a_thread_is_a_time_line_whose_events_lead_to_their_pages(page: Page, site: Site) -> None:
    ((thread, task),) = site.rows("SELECT trad_id, uppgift FROM trad WHERE antal_dokument > 1 ORDER BY antal_handelser DESC LIMIT 1")
    page.goto("/uppdrag/trad?_sort_desc=antal_handelser&antal_dokument__gt=1")
    page.locator("td.col-uppgift a").first.click()
    page.wait_for_url(f"**/-/trad/{thread}")
    assert page.locator("h1").inner_text().lower() == task.lower()
    days = page.locator(".timeline time").all_inner_texts()
    assert len(days) > 1
    assert days == sorted(days)
    for link in [a.get_attribute("href") for a in page.locator(".timeline .what a").all()]:
        answer = page.request.get(f"{site.address}{link}")
        assert answer.ok, link
        assert 'class="mark ' in answer.text(), link
    events = page.locator(".timeline > li").count()
    page.fill("#per", days[0])
    page.click("main form button")
    assert page.locator(".timeline > li").count() < events
    assert "visas inte" in page.locator("main").inner_text()
    assert f"per {days[0]}" in page.locator(".standing").inner_text()


def test_a_saved_query_is_asked_and_taken_away_as_csv_json_and_a_workbook(page: Page, site: Site) -> None:
    page.goto("/")
    page.get_by_role("link", name="Vad en viss part ska göra").first.click()
    page.get_by_label("Mottagare").fill("direktör")
    page.click(".sql button")
    shown = page.locator("table.rows tbody tr").count()
    ((wanted,),) = site.rows("SELECT count(*) FROM parter WHERE roll = 'mottagare' AND instr(lower(part), 'direktör') > 0")
    assert shown == wanted > 0
    links = {a.inner_text(): str(a.get_attribute("href")) for a in page.locator(".tools a").all()}
    assert {"CSV", "JSON", "XLSX"} <= set(links)
    taken = {kind: page.request.get(href if href.startswith("http") else site.address + href) for kind, href in links.items()}
    assert len(list(csv.DictReader(io.StringIO(taken["CSV"].text())))) == wanted
    assert len(taken["JSON"].json()["rows"]) == wanted
    book = load_workbook(io.BytesIO(taken["XLSX"].body()))
    sheet = book.worksheets[0]
    assert [cell.value for cell in sheet[1]][:3] == ["part", "status", "uppgift"]
    assert sheet.max_row == wanted + 1
    assert "Om uttaget" in book.sheetnames


def test_a_view_is_searched_with_its_filters_kept(page: Page, site: Site) -> None:
    page.goto("/uppdrag/uppdrag?status=beslutat")
    page.fill("#_search", "handlingsplan")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("_search=handlingsplan"))
    tasks = page.locator("td.col-kalltext").all_inner_texts()
    assert tasks
    assert all("handlingsplan" in task.lower() for task in tasks)
    assert set(page.locator("td.col-status").all_inner_texts()) == {"beslutat"}


def test_a_facet_is_followed_and_given_up(page: Page, site: Site) -> None:
    page.goto("/uppdrag/uppdrag")
    facet = page.locator("#facet-status")
    facet.get_by_role("link", name="föreslaget").click()
    ((wanted,),) = site.rows("SELECT count(*) FROM uppdrag WHERE status = 'föreslaget'")
    assert page.locator(".tools strong").first.inner_text().startswith(f"{wanted} rad")
    assert set(page.locator("td.col-status").all_inner_texts()) == {"föreslaget"}
    page.get_by_label("Ta bort föreslaget").click()
    ((everything,),) = site.rows("SELECT count(*) FROM uppdrag")
    assert page.locator(".tools strong").first.inner_text().startswith(f"{everything} rad")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_nothing_overflows_at_400_per_cent(page: Page, site: Site, scheme: Any) -> None:
    ((thread,),) = site.rows("SELECT trad_id FROM trad ORDER BY antal_handelser DESC LIMIT 1")
    page.emulate_media(color_scheme=scheme)
    for path in (
        "/",
        "/-/diagram",
        "/-/diagram/belopp_per_ar_och_slag",
        "/-/sok?q=handlingsplan",
        "/-/sok?q=finnsinte",
        f"/-/trad/{thread}",
        "/uppdrag",
        "/uppdrag/uppdrag",
        "/uppdrag/trad",
        "/uppdrag/vad_en_part_ska_gora?mottagare=direkt%C3%B6r",
        "/uppdrag/kommande?organ=&dagar=90",
        "/-/ordlista",
    ):
        page.set_viewport_size({"width": 1300, "height": 900})
        answer = page.goto(path)
        assert answer is not None
        assert answer.ok, path
        found = Axe().run(page)
        assert found.violations_count == 0, (path, found.generate_report())
        page.set_viewport_size({"width": 320, "height": 640})  # 1280 pixels at 400 %
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, path


def test_every_part_is_told_apart_where_colours_are_the_system_s_own(browser: Browser, site: Site) -> None:
    """Forced colours (Windows' contrast themes): what a chart is made of is still drawn in another colour than the ground."""
    opened = browser.new_page(base_url=site.address, forced_colors="active")
    opened.goto("/-/diagram/oppna_och_forsenade")
    ground = opened.evaluate("getComputedStyle(document.body).backgroundColor")
    strokes = opened.evaluate("[...document.querySelectorAll('.bars rect')].map(r => getComputedStyle(r).stroke)")
    opened.close()
    assert strokes
    assert all(stroke not in (ground, "none") for stroke in strokes)
