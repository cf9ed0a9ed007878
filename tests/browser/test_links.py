"""Links decided in a real browser, with the keyboard alone, on pages anybody can use."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from typing import Any

import pytest
from playwright.sync_api import Page

from pipeline.follow_up.relink import update

from .conftest import ROOT, Browsers, Site
from .test_accessible import looked_at
from .test_review import decide


@pytest.fixture
def pair(site: Site) -> tuple[str, str]:
    """Two records of one organisation that a link with little to show for it ties."""
    with closing(sqlite3.connect(site.db, isolation_level=None)) as connection:
        update(connection)
        found = connection.execute("SELECT record, other FROM thread_link WHERE standing = 'doubtful' AND confidence = 0.61").fetchone()
        if found is None:
            alone = "SELECT id FROM thread WHERE records = 1 AND organisation = 'Region Ljusmark' ORDER BY id LIMIT 2"
            one, two = (row[0] for row in connection.execute(alone))
            connection.execute(
                "INSERT INTO thread_link (record, other, rule, evidence, confidence, standing, document, page)"
                " SELECT ?, ?, 'link.wording', 'samma mottagare; orden lika till 70 %', 0.61, 'doubtful', document, 1"
                " FROM thread_record WHERE address = ?",
                (one, two, one),
            )
            found = (one, two)
    return str(found[0]), str(found[1])


def threads(site: Site, pair: tuple[str, str]) -> int:
    return int(site.row("SELECT count(DISTINCT thread) FROM thread_record WHERE address IN (?, ?)", *pair)[0])


def test_a_link_is_confirmed_undone_and_cut_by_keys(page: Page, site: Site, pair: tuple[str, str]) -> None:
    page.goto(f"{site.address}/-/granska/lankar")
    assert "tveksamma länkar" in page.locator(".lead").inner_text()
    page.goto(f"{site.address}/-/granska/lank/{pair[0]}/{pair[1]}")
    page.keyboard.press("?")
    assert page.locator("#hjalp").is_visible()
    page.keyboard.press("Escape")
    decide(page, "g")
    assert threads(site, pair) == 1
    decide(page, "z")
    assert threads(site, pair) == 2
    assert page.url.endswith(f"/-/granska/lank/{pair[0]}/{pair[1]}")
    decide(page, "u")
    assert site.row("SELECT action FROM current_link_decision WHERE record IN (?, ?)", *pair) == ("cut",)
    decide(page, "z")
    assert site.row("SELECT count(*) FROM current_link_decision") == (0,)
    decide(page, "l")
    page.fill("#ord", pair[1])
    decide(page, "Enter")
    assert page.locator(".work li").count() == 1
    decide(page, "k")
    assert page.url.endswith("/-/granska/lankar")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_can_be_used_by_anybody(browsers: Browsers, site: Site, pair: tuple[str, str], scheme: Any) -> None:
    for who in ("owner", "rut"):
        for path in ("/-/granska/lankar", f"/-/granska/lank/{pair[0]}/{pair[1]}", f"/-/granska/lanka/{pair[0]}"):
            page = browsers[who].new_page()
            page.emulate_media(color_scheme=scheme)
            page.goto(site.address + path)
            looked_at(page, f"{path} {who}")
            page.close()


def test_every_key_of_these_pages_is_in_their_help() -> None:

    templates = ROOT / "pipeline" / "review" / "web" / "templates"
    names = ("granska_lankar.html", "granska_lank.html", "granska_lanka.html")
    pages = "".join((templates / name).read_text("utf-8") for name in names)
    help_text = (templates / "_granska_lank_hjalp.html").read_text("utf-8")
    shown = {key.lower() for key in re.findall(r"<kbd>(.*?)</kbd>", help_text)}
    assert set(re.findall(r'data-key="(.+?)"', pages)) <= shown
