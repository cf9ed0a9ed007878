"""The pictures in README and docs: ``python -m pipeline.screenshots`` takes them anew, from the sample documents, in a real browser.

Ingests data/raw into a database of its own, serves it, and takes each picture of :data:`SHOTS`. Needs the development extra and Chromium.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
_ADDRESS = re.compile(r"http://\S+?/(?=\s)")
_BROWSERS = ("chromium", "chromium-browser", "google-chrome")


class ScreenshotError(Exception):
    """A picture could not be taken; the message says why and what to do."""


@dataclass(frozen=True)
class Shot:
    """One picture: the file under docs/images, the page it shows (an address under the server's, or a file), and its size."""

    name: str
    page: str
    width: int = 1400
    height: int = 900


SHOTS = (Shot("uppdrag.png", "uppdrag/uppdrag?_sort_desc=sammantradesdatum&_size=20", 1700, 1100),)
EXPLAINED = Shot("explained.png", "03-protokoll-rs-2024-03-12.pdf")
"""The explaining page, of this sample document, with the first assignment's card shown."""


@contextmanager
def served(data: Path) -> Iterator[str]:
    """The address of a server over the sample documents, ingested into ``data``; it is stopped at the end."""
    command = [sys.executable, "-m", "pipeline.cli"]
    ingested = subprocess.run(
        [*command, "ingest", str(ROOT / "data" / "raw"), "--data", str(data)], capture_output=True, text=True, check=False
    )
    if ingested.returncode != 0:
        raise ScreenshotError(f"The sample documents were not ingested:\n{ingested.stdout}{ingested.stderr}")
    server = subprocess.Popen([*command, "serve", "--data", str(data), "--port", "0"], stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        for line in server.stdout:
            address = _ADDRESS.search(line)
            if address:
                yield address[0]
                return
        raise ScreenshotError("The server ended without saying its address.")
    finally:
        server.terminate()
        server.wait(timeout=20)


def take(folder: Path = IMAGES) -> list[Path]:
    """Take every picture into ``folder``; returns their paths. Raises ScreenshotError where a page does not answer as it should."""
    from playwright.sync_api import sync_playwright

    browser_path = next((found for name in _BROWSERS if (found := shutil.which(name))), None)
    if browser_path is None:
        raise ScreenshotError("There is no Chromium; install it with: apt-get install chromium")
    folder.mkdir(parents=True, exist_ok=True)
    taken = []
    with tempfile.TemporaryDirectory() as data, served(Path(data)) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
        try:
            for shot in (*SHOTS, EXPLAINED):
                page = browser.new_page(viewport={"width": shot.width, "height": shot.height}, device_scale_factor=1.25)
                if shot is EXPLAINED:
                    page.set_content(_explained(ROOT / "data" / "raw" / shot.page))
                    mark = page.locator("article .assignees").first
                    mark.scroll_into_view_if_needed()
                    mark.focus()
                else:
                    answer = page.goto(address + shot.page)
                    if answer is None or not answer.ok:
                        raise ScreenshotError(f"{shot.page} answered {answer and answer.status}.")
                path = folder / shot.name
                page.screenshot(path=path)
                page.close()
                taken.append(path)
        finally:
            browser.close()
    return taken


def _explained(pdf: Path) -> str:
    from extractors.assemble import extract
    from pipeline.export import as_html
    from pipeline.reading import read
    from rules import load_rules

    reading = read(pdf)
    return as_html(reading, extract(reading, load_rules()), pdf.relative_to(ROOT))


if __name__ == "__main__":
    try:
        for picture in take():
            print(picture.relative_to(ROOT))
    except ScreenshotError as error:
        sys.exit(str(error))
