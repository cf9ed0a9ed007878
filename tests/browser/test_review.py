"""A reviewer's work in a real browser, with the keyboard alone; and no page of ours that axe-core finds anything wrong with."""

from __future__ import annotations

import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, sync_playwright

from extractors.assemble import extract
from pipeline.reading import read
from pipeline.review.accounts import Accounts
from pipeline.rows import to_rows
from pipeline.store import FileRow, Store
from rules import load_rules

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "ett långt lösenord"  # noqa: S105 - of accounts that live as long as the test
CHROMIUM = next((found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="There is no Chromium: apt-get install chromium, to have the pages tried in it.")


@dataclass
class Site:
    """A running server over a database of its own."""

    address: str
    link: str
    db: Path

    def row(self, sql: str, *values: Any) -> Any:
        connection = sqlite3.connect(self.db)
        try:
            return connection.execute(sql, values).fetchone()
        finally:
            connection.close()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    db = folder / "uppdrag.db"
    with Store.open(db) as store:
        for name in ("03-protokoll-rs-2024-03-12.pdf", "06-protokollsutdrag-hsn-2024-09-26.pdf", "09-protokoll-almsjo-ks-2024-10-16.pdf"):
            path = ROOT / "data" / "raw" / name
            reading = read(path)
            found = path.stat()
            store.note_files([FileRow(str(path), reading.sha256, found.st_size, found.st_mtime_ns, str(reading.status))])
            store.load([to_rows(reading, extract(reading, load_rules()))])
    Accounts(db).add("bo", "reviewer", PASSWORD)
    log = folder / "log"
    with log.open("w") as out:
        server = subprocess.Popen(
            [sys.executable, "-m", "pipeline.cli", "serve", "--db", str(db), "--data", str(folder), "--port", "0"],
            stdout=subprocess.PIPE, stderr=out, text=True, cwd=folder, start_new_session=True,
        )  # fmt: skip
    try:
        assert server.stdout is not None
        link = next((found[0] for line in server.stdout if (found := re.search(r"http://\S+nyckel=\S+", line))), None)
        assert link, log.read_text()
        yield Site(link.partition("/-/")[0], link, db)
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(timeout=20)
    assert "Traceback" not in log.read_text(), log.read_text()


@pytest.fixture(scope="module")
def contexts(site: Site) -> Iterator[tuple[BrowserContext, BrowserContext]]:
    """Two browsers: the owner's, signed in by the link, and Bo's, signed in by the form."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        owner = browser.new_context(viewport={"width": 1400, "height": 900})
        owner.set_default_timeout(10_000)
        page = owner.new_page()
        page.goto(site.link)
        page.close()
        other = browser.new_context(viewport={"width": 1400, "height": 900})
        other.set_default_timeout(10_000)
        page = other.new_page()
        page.goto(f"{site.address}/-/granska")
        page.fill("#namn", "bo")
        page.fill("#losen", PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(f"{site.address}/-/granska")
        page.close()
        yield owner, other
        browser.close()


@pytest.fixture
def page(contexts: tuple[BrowserContext, BrowserContext]) -> Iterator[Page]:
    """A page of the owner's; it must not have logged an error."""
    opened = contexts[0].new_page()
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.on("console", lambda message: errors.append(message.text) if message.type == "error" and "409" not in message.text else None)
    yield opened
    opened.close()
    assert errors == []


def on_record(page: Page) -> str:
    page.wait_for_url(re.compile(r"/-/granska/post/"))
    found = re.search(r"/post/([0-9a-f]{16})", page.url)
    assert found
    return found[1]


def decide(page: Page, key: str) -> None:
    with page.expect_navigation():
        page.keyboard.press(key)


def test_twenty_records_with_the_keyboard_alone(page: Page, site: Site) -> None:
    page.goto(f"{site.address}/-/granska")
    page.keyboard.press("Enter")
    seen = [on_record(page)]
    for _ in range(20):
        decide(page, "g")
        seen.append(on_record(page))
    assert len(set(seen)) == 21
    assert site.row("SELECT count(*) FROM uppdrag WHERE granskad = 'ja'")[0] == 20
    decide(page, "z")
    assert on_record(page) == seen[-2]
    assert site.row("SELECT count(*) FROM uppdrag WHERE granskad = 'ja'")[0] == 19


def test_a_deadline_is_corrected_and_undone_by_keys_with_its_source_lit(page: Page, site: Site) -> None:
    (address,) = site.row("SELECT address FROM assignment WHERE instr(task, 'samlad handlingsplan')")
    page.goto(f"{site.address}/-/granska/post/{address}")
    page.keyboard.press("f")
    assert page.locator(".mark.deadline.lit").count() >= 1
    page.keyboard.press("Control+a")
    page.keyboard.type("2024-12-01")
    assert "Spara rättelsen" in page.locator("#spara").inner_text()
    decide(page, "Control+Enter")
    assert site.row("SELECT tidsfrist_till, granskad FROM uppdrag WHERE uppdrag_id = ?", address) == ("2024-12-01", "ja")
    decide(page, "z")
    assert site.row("SELECT tidsfrist_till FROM uppdrag WHERE uppdrag_id = ?", address) == ("2024-10-15",)


def test_neighbouring_pages_are_a_key_away_and_lose_nothing_typed(page: Page, site: Site) -> None:
    (address,) = site.row("SELECT address FROM assignment WHERE instr(task, 'avgifter och taxor')")
    page.goto(f"{site.address}/-/granska/post/{address}")
    page.keyboard.press("e")
    page.keyboard.press("End")
    page.keyboard.type(" NYTT")
    page.keyboard.press("Escape")
    before = page.locator("#sidnummer").inner_text()
    page.keyboard.press(".")
    assert page.locator("#sidnummer").inner_text() == str(int(before) + 1)
    assert "NYTT" in page.locator("#task").input_value()
    page.keyboard.press(",")
    assert page.locator(".mark.source:not(.elsewhere)").count() >= 1
    page.keyboard.press("?")
    assert page.locator("#hjalp").is_visible()


def test_reject_split_and_add_by_keys(page: Page, site: Site) -> None:
    (address,) = site.row("SELECT address FROM assignment WHERE instr(task, 'hyrsjuksköterskor')")
    page.goto(f"{site.address}/-/granska/post/{address}")
    page.keyboard.press("l")
    page.keyboard.press("Control+a")
    page.keyboard.type("första delen\nandra delen")
    decide(page, "Control+Enter")
    assert site.row("SELECT count(*) FROM uppdrag WHERE uppgift IN ('första delen', 'andra delen')") == (2,)
    page.goto(f"{site.address}/-/granska/post/{address}")
    page.keyboard.press("u")
    page.keyboard.type("bara ett exempel")
    decide(page, "Enter")
    assert site.row("SELECT verdict FROM current_review WHERE record = ?", address) == ("rejected",)
    page.goto(f"{site.address}/-/granska/post/{address}")
    decide(page, "a")
    page.locator("input[name=rad]").nth(3).focus()
    page.keyboard.press("Space")
    assert page.locator(".line.chosen").count() == 1
    decide(page, "Control+Enter")
    assert site.row("SELECT count(*) FROM current_review WHERE verdict = 'added' AND action = 'add'") == (1,)


def test_two_reviewers_collide_and_nothing_is_lost(page: Page, site: Site, contexts: tuple[BrowserContext, BrowserContext]) -> None:
    (address,) = site.row("SELECT address FROM assignment WHERE instr(task, 'anställningsprövning')")
    path = f"{site.address}/-/granska/post/{address}"
    page.goto(path)
    other = contexts[1].new_page()
    other.goto(path)
    other.fill("#task", "Bos ord")
    decide(other, "Control+Enter")
    other.close()
    page.fill("#task", "mina ord")
    decide(page, "Control+Enter")
    said = page.locator(".collision").inner_text()
    assert "bo hann före dig" in said
    assert "Bos ord" in said
    assert page.locator("#task").input_value() == "mina ord"
    decide(page, "Control+Enter")
    assert site.row("SELECT uppgift FROM uppdrag WHERE uppdrag_id = ?", address) == ("mina ord",)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_nothing_overflows_at_400_per_cent(page: Page, site: Site, scheme: Any) -> None:
    page.emulate_media(color_scheme=scheme)
    address, sha256 = site.row(
        "SELECT a.address, d.sha256 FROM assignment AS a JOIN document AS d ON d.id = a.document"
        " WHERE instr(a.task, 'samlad handlingsplan')"
    )
    paths = (
        "/-/granska", "/-/granska?lage=granskade", "/-/granska?lage=foraldralosa", f"/-/granska?dokument={sha256}",
        f"/-/granska/post/{address}", f"/-/granska/historik/{address}", "/-/granska/beslut", f"/-/granska/ny/{sha256}/2",
        "/-/granska/konton", "/-/logga-in",
    )  # fmt: skip
    for path in paths:
        page.set_viewport_size({"width": 1400, "height": 900})
        page.goto(site.address + path)
        found = Axe().run(page)
        assert found.violations_count == 0, (path, found.generate_report())
        page.set_viewport_size({"width": 320, "height": 640})  # 1280 pixels at 400 %
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, path
