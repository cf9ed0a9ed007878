"""A running server over a database of its own, and browsers that are signed in to it."""

from __future__ import annotations

import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, sync_playwright

from extractors.assemble import extract
from pipeline.reading import read
from pipeline.review.accounts import Accounts
from pipeline.rows import to_rows
from pipeline.store import FileRow, Store
from rules.ruleset import Rules, load_rules

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "ett långt lösenord"  # noqa: S105 - of accounts that live as long as the test
CHROMIUM = next((found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None)
SAMPLES = ("03-protokoll-rs-2024-03-12.pdf", "06-protokollsutdrag-hsn-2024-09-26.pdf", "09-protokoll-almsjo-ks-2024-10-16.pdf")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Without Chromium the tests of this folder are left out, and say why."""
    missing = pytest.mark.skip(reason="There is no Chromium: apt-get install chromium, to have the pages tried in it.")
    for item in items if CHROMIUM is None else ():
        if Path(__file__).parent in item.path.parents:
            item.add_marker(missing)


@dataclass
class Site:
    """A running server over a database of its own."""

    address: str
    link: str
    db: Path

    def ingest_again(self, change: Callable[[Path], None]) -> None:
        """Reads the documents anew under rules changed by the function, which gets a copy of the rules folder, as an ingest beside the
        running server does."""
        folder = self.db.parent / f"rules-{len(list(self.db.parent.iterdir()))}"
        shutil.copytree(ROOT / "rules", folder)
        change(folder)
        load(self.db, load_rules(root=folder))

    def row(self, sql: str, *values: Any) -> Any:
        connection = sqlite3.connect(self.db)
        try:
            return connection.execute(sql, values).fetchone()
        finally:
            connection.close()


def load(db: Path, rules: Rules) -> None:
    """What an ingest of the samples does."""
    with Store.open(db) as store:
        for name in SAMPLES:
            path = ROOT / "data" / "raw" / name
            reading = read(path)
            found = path.stat()
            store.note_files([FileRow(str(path), reading.sha256, found.st_size, found.st_mtime_ns, str(reading.status))])
            store.load([to_rows(reading, extract(reading, rules))])


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    db = folder / "uppdrag.db"
    load(db, load_rules())
    for name, role in (("bo", "reviewer"), ("rut", "reader"), ("ada", "administrator")):
        Accounts(db).add(name, role, PASSWORD)
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


def sign_in(context: BrowserContext, site: Site, name: str, page: Page | None = None) -> None:
    """Signs in by the form, in a page of the context."""
    page = page or context.new_page()
    page.goto(f"{site.address}/-/granska")
    page.fill("#namn", name)
    page.fill("#losen", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{site.address}/-/granska")
    page.close()


@dataclass
class Browsers:
    """A browser for each person: signed in by the form, by the server's link (``owner``), or not at all (``nobody``)."""

    site: Site
    start: Callable[[], BrowserContext]
    opened: dict[str, BrowserContext] = field(default_factory=dict)

    def __getitem__(self, name: str) -> BrowserContext:
        if name not in self.opened:
            context = self.opened[name] = self.start()
            if name == "owner":
                page = context.new_page()
                page.goto(self.site.link)
                page.close()
            elif name != "nobody":
                sign_in(context, self.site, name)
        return self.opened[name]


@pytest.fixture(scope="module")
def browsers(site: Site) -> Iterator[Browsers]:
    """Browsers by name, as they are asked for."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])

        def start() -> BrowserContext:
            context = browser.new_context(viewport={"width": 1400, "height": 900})
            context.set_default_timeout(30_000)
            return context

        yield Browsers(site, start)
        browser.close()


@pytest.fixture
def page(browsers: Browsers) -> Iterator[Page]:
    """A page of the owner's; it must not have logged an error."""
    opened = browsers["owner"].new_page()
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.on("console", lambda message: errors.append(message.text) if message.type == "error" and "409" not in message.text else None)
    yield opened
    opened.close()
    assert errors == []
