"""The pictures in README and docs: ``python -m pipeline.screenshots`` takes them anew, from the sample documents, in a real browser.

Ingests data/raw into a database of its own, has two people decide on some of it, serves it, and takes each picture of :data:`SHOTS` and
:data:`REVIEW_SHOTS`. Needs the development extra and Chromium.
"""

from __future__ import annotations

import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
_LINK = re.compile(r"http://\S+nyckel=\S+")
_ADDRESS = re.compile(r"http://\S+?/(?=\s)")
_BROWSERS = ("chromium", "chromium-browser", "google-chrome")


class ScreenshotError(Exception):
    """A picture could not be taken; the message says why and what to do."""


@dataclass(frozen=True)
class Shot:
    """One picture: the file under docs/images, the page it shows (an address under the server's, or a file), and its size.

    ``task`` are words of the task of the record whose address takes the place of ``{}``; ``focus`` is the field that has focus.
    """

    name: str
    page: str
    width: int = 1400
    height: int = 900
    task: str = ""
    focus: str = ""
    scheme: Literal["light", "dark"] = "light"


_PLAN = "samlad handlingsplan"
SHOTS = (
    Shot("uppdrag.png", "uppdrag/uppdrag?_sort_desc=sammantradesdatum&_size=20", 1700, 1100),
    Shot("forsta-sidan.png", "", 1300, 1000),
    Shot("diagram.png", "-/diagram", 1300, 1100),
    Shot("diagram-dark.png", "-/diagram/givna_och_avslutade", 1300, 900, scheme="dark"),
    Shot("trad.png", "-/trad/{}?per=2026-03-31", 1300, 1250, _PLAN),
    Shot("sok.png", "-/sok?q=styrelsen&hur=del", 1300, 900),
)
"""What analysts see, signed in or not."""

REVIEW_SHOTS = (
    Shot("granska-ko.png", "-/granska"),
    Shot("granska-post.png", "-/granska/post/{}", 1500, 1000, _PLAN, "#dl-0"),
    Shot("granska-post-dark.png", "-/granska/post/{}", 1500, 1000, _PLAN, "#dl-0", "dark"),
    Shot("granska-historik.png", "-/granska/historik/{}", 1400, 760, _PLAN),
)
"""The review room, seen by whoever signs in with the server's link."""

EXPLAINED = Shot("explained.png", "03-protokoll-rs-2024-03-12.pdf")
"""The explaining page, of this sample document, with the first assignment's card shown."""


@contextmanager
def served(data: Path) -> Iterator[tuple[str, str]]:
    """The address of a server over the sample documents, ingested into ``data`` and partly reviewed, and the link that signs in once; it is
    stopped at the end."""
    command = [sys.executable, "-m", "pipeline.cli"]
    ingested = subprocess.run(
        [*command, "ingest", str(ROOT / "data" / "raw"), "--data", str(data)], capture_output=True, text=True, check=False
    )
    if ingested.returncode != 0:
        raise ScreenshotError(f"The sample documents were not ingested:\n{ingested.stdout}{ingested.stderr}")
    _review(data / "processed" / "uppdrag.db")
    server = subprocess.Popen([*command, "serve", "--data", str(data), "--port", "0"], stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        address = None
        for line in server.stdout:
            address = address or _ADDRESS.search(line)
            if address and (link := _LINK.search(line)):
                yield address[0], link[0]
                return
        raise ScreenshotError("The server ended without saying its address.")
    finally:
        server.terminate()
        server.wait(timeout=20)


def _review(database: Path) -> None:
    """Two people's work on the sample documents, with one change of mind."""
    from pipeline.review import ledger
    from pipeline.review.queue import Filter, waiting
    from pipeline.review.record import Record, standing

    with closing(sqlite3.connect(database)) as connection:

        def seen(address: str) -> tuple[str, Record]:
            now = standing(connection, address)
            assert now is not None
            return ledger.token(now), now.record

        plan = _record(connection, _PLAN)
        token, record = seen(plan)
        (due, *others) = record.deadlines
        wrong = replace(record, deadlines=(replace(due, first="2024-11-12", last="2024-11-12", basis="review"), *others))
        changed = ledger.correct(connection, "bo", plan, token, wrong, why="Sammanträdet är den 12 november")
        for row in waiting(connection, Filter())[-9:-2]:
            ledger.accept(connection, "anna", row["address"], seen(row["address"])[0])
        ledger.undo(connection, "anna", changed.change_set)
        token, record = seen(plan)
        ledger.correct(connection, "anna", plan, token, replace(record, assignee=record.assignee[:1]))
        row = waiting(connection, Filter())[-1]
        ledger.reject(connection, "bo", row["address"], seen(row["address"])[0], why="Bara ett yrkande")


def _record(connection: sqlite3.Connection, task: str) -> str:
    row = connection.execute("SELECT address FROM assignment WHERE instr(task, ?) ORDER BY id LIMIT 1", (task,)).fetchone()
    if row is None:
        raise ScreenshotError(f"No assignment of the sample documents has {task!r} in its task.")
    return str(row[0])


def take(folder: Path = IMAGES) -> list[Path]:
    """Take every picture into ``folder``; returns their paths. Raises ScreenshotError where a page does not answer as it should."""
    from playwright.sync_api import sync_playwright

    browser_path = next((found for name in _BROWSERS if (found := shutil.which(name))), None)
    if browser_path is None:
        raise ScreenshotError("There is no Chromium; install it with: apt-get install chromium")
    folder.mkdir(parents=True, exist_ok=True)
    taken = []
    with tempfile.TemporaryDirectory() as data, served(Path(data)) as (address, link), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox", "--lang=sv-SE"])
        try:
            strangers, reviewers = browser.new_context(device_scale_factor=1.25), browser.new_context(device_scale_factor=1.25)
            with closing(sqlite3.connect(Path(data) / "processed" / "uppdrag.db")) as connection:
                first = reviewers.new_page()
                first.goto(link)
                first.close()
                for shot in (*SHOTS, EXPLAINED, *REVIEW_SHOTS):
                    page = (reviewers if shot in REVIEW_SHOTS else strangers).new_page()
                    page.set_viewport_size({"width": shot.width, "height": shot.height})
                    page.emulate_media(color_scheme=shot.scheme)
                    if shot is EXPLAINED:
                        page.set_content(_explained(ROOT / "data" / "raw" / shot.page))
                        mark = page.locator("article .assignees").first
                        mark.scroll_into_view_if_needed()
                        mark.focus()
                    else:
                        where = shot.page.format(_record(connection, shot.task)) if shot.task else shot.page
                        answer = page.goto(address + where, wait_until="networkidle")
                        if answer is None or not answer.ok:
                            raise ScreenshotError(f"{where} answered {answer and answer.status}.")
                    if shot.focus:
                        page.focus(shot.focus)
                    path = folder / shot.name
                    page.screenshot(path=path)
                    page.close()
                    taken.append(path)
        finally:
            browser.close()
    return taken


def _explained(pdf: Path) -> str:
    from extractors.assemble import extract
    from pipeline.export.explained import as_html
    from pipeline.reading import read
    from rules.ruleset import load_rules

    reading = read(pdf)
    return as_html(reading, extract(reading, load_rules()), pdf.relative_to(ROOT))


if __name__ == "__main__":
    try:
        for picture in take():
            print(picture.relative_to(ROOT))
    except ScreenshotError as error:
        sys.exit(str(error))
