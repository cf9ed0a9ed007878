"""Every page of ours, in both rooms and in each state it can be in: axe-core finds nothing, and nothing is wider than its window at 400 %.

A page or a template that is not in the table below fails: WCAG 2.2 AA is for all of them.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from pipeline.datasette import plugin
from pipeline.datasette.charts import chart_specs
from pipeline.datasette.metadata import queries
from pipeline.follow_up.relink import update
from pipeline.review.web import ROUTES

from .conftest import ROOT, Browsers, Site

FIRST = (
    "SELECT a.address, d.sha256 FROM assignment AS a JOIN document AS d ON d.id = a.document WHERE instr(a.task, 'samlad handlingsplan')"
)
Steps = Callable[[Page, Browsers], None]


def open_help(page: Page, browsers: Browsers) -> None:
    page.keyboard.press("?")
    page.locator("#hjalp").wait_for(state="visible")


def open_everything(page: Page, browsers: Browsers) -> None:
    page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")


def with_errors(page: Page, browsers: Browsers) -> None:
    page.fill("#dl-0", "i höst")
    page.fill("#task", "")
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    assert page.locator("[aria-invalid]").count() == 2


def collided(page: Page, browsers: Browsers) -> None:
    other = browsers["bo"].new_page()
    other.goto(page.url)
    other.fill("#skal", "bo hann före")
    with other.expect_navigation():
        other.keyboard.press("Control+Enter")
    other.close()
    with page.expect_navigation():
        page.keyboard.press("g")
    assert page.locator(".collision").count() == 1


def decided(page: Page, browsers: Browsers) -> None:
    with page.expect_navigation():
        page.keyboard.press("g")
    assert page.locator(".said").count() == 1


def wrong_password(page: Page, browsers: Browsers) -> None:
    page.fill("#namn", "ingen")
    page.fill("#losen", "fel lösenord")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.locator("[role=alert]").count() == 1


def no_lines(page: Page, browsers: Browsers) -> None:
    with page.expect_navigation():
        page.keyboard.press("g")
    assert page.locator("[role=alert]").count() == 1


# Address (with {a} for a record and {d} for its document), who looks, what is done there first.
REVIEW: list[tuple[str, str, Steps | None]] = [
    ("/-/logga-in", "nobody", None),
    ("/-/logga-in", "nobody", wrong_password),
    ("/-/granska", "owner", None),
    ("/-/granska", "owner", open_help),
    ("/-/granska", "rut", None),
    ("/-/granska?lage=granskade", "owner", None),
    ("/-/granska?lage=inaktuella", "owner", None),
    ("/-/granska?lage=foraldralosa", "owner", None),
    ("/-/granska?dokument={d}", "owner", None),
    ("/-/granska/post/{a}", "owner", open_everything),
    ("/-/granska/post/{a}", "owner", with_errors),
    ("/-/granska/post/{a}", "owner", collided),
    ("/-/granska/post/{a}", "owner", decided),
    ("/-/granska/post/{a}", "rut", open_everything),
    ("/-/granska/historik/{a}", "owner", None),
    ("/-/granska/beslut", "owner", None),
    ("/-/granska/ny/{d}/2", "owner", None),
    ("/-/granska/ny/{d}/2", "owner", no_lines),
    ("/-/granska/konton", "ada", None),
    ("/-/granska/konton", "rut", None),  # 403
    ("/-/granska/angra/1", "nobody", None),  # 403
    ("/-/granska/dokument/{d}", "nobody", None),  # 403
]
OTHERS = [
    "/", "/uppdrag", "/uppdrag/uppdrag", "/uppdrag/uppdrag?_facet=status", "/uppdrag/label/status,decided", "/-/sida/{d}/2?uppdrag={a}",
    "/-/uppdrag/{a}", "/-/sok?q=plan", "/-/sok?q=finnsinte", "/-/ordlista", "/finns-inte", f"/uppdrag/{min(queries())}",
    "/-/trad/{t}", "/-/trad/0123456789abcdef", "/-/diagram", "/-/diagram/{c}",
]  # fmt: skip


def looked_at(page: Page, path: str) -> None:
    """axe-core at the usual size, and the width at 320 pixels, which is 1280 at 400 %."""
    page.set_viewport_size({"width": 1400, "height": 900})
    found = Axe().run(page)
    assert found.violations_count == 0, (path, found.generate_report())
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320, path


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_of_the_review_in_every_state(browsers: Browsers, site: Site, scheme: Any) -> None:
    address, sha256 = site.row(FIRST)
    for path, who, steps in REVIEW:
        page = browsers[who].new_page()
        page.emulate_media(color_scheme=scheme)
        page.goto(site.address + path.format(a=address, d=sha256))
        if steps is not None:
            steps(page, browsers)
        looked_at(page, f"{path} {who} {steps and steps.__name__}")
        page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_other_page(browsers: Browsers, site: Site, scheme: Any) -> None:
    address, sha256 = site.row(FIRST)
    with closing(sqlite3.connect(site.db)) as connection:
        update(connection)
    (thread,) = site.row("SELECT id FROM thread ORDER BY events DESC, id")
    page = browsers["owner"].new_page()
    page.emulate_media(color_scheme=scheme)
    for path in OTHERS:
        page.goto(site.address + path.format(a=address, d=sha256, t=thread, c=next(iter(chart_specs()))))
        looked_at(page, path)
    page.close()


def test_no_page_is_left_out() -> None:
    """Every route of both plugins, and every template of the review, is of a page that is looked at."""
    paths = [path.format(a="0" * 16, d="0" * 64).partition("?")[0] for path, *_ in REVIEW]
    paths += [path.format(a="0" * 16, d="0" * 64, t="0" * 16, c="x").partition("?")[0] for path in OTHERS]
    no_pages = re.compile(r"/-/(logga-ut|sidbild|original)")
    for pattern, _ in [*ROUTES, *plugin.register_routes()]:
        assert no_pages.match(pattern[1:]) or any(re.match(pattern, path) for path in paths), pattern
    source = (ROOT / "pipeline" / "review" / "web" / "__init__.py").read_text(encoding="utf-8")
    assert set(re.findall(r"granska_\w+\.html", source)) == {
        "granska_logga_in.html", "granska_ko.html", "granska_post.html", "granska_historik.html", "granska_beslut.html",
        "granska_ny.html", "granska_konton.html", "granska_nekat.html",
    }  # fmt: skip
