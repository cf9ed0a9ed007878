"""Who may do what, in a browser: each role at each route, looking and posting, and what the pages offer."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page

from pipeline.review.web import ROUTES

from .conftest import Browsers, Site

PEOPLE = {"nobody": "nobody", "rut": "reader", "bo": "reviewer", "ada": "administrator"}
ROLES = ("nobody", "reader", "reviewer", "administrator")

# Route, then the status of looking at it and of posting to it, by role; 303 is the way to sign in, or onward.
LOOK: dict[str, tuple[int, int, int, int]] = {
    "/-/logga-in": (200, 200, 200, 200),
    "/-/logga-ut": (303, 200, 200, 200),
    "/-/granska": (303, 200, 200, 200),
    "/-/granska/post/{a}": (303, 200, 200, 200),
    "/-/granska/historik/{a}": (303, 200, 200, 200),
    "/-/granska/beslut": (303, 200, 200, 200),
    "/-/granska/angra/1": (403, 403, 200, 200),
    "/-/granska/dokument/{d}": (403, 403, 200, 200),
    "/-/granska/ny/{d}/1": (303, 403, 200, 200),
    "/-/granska/konton": (403, 403, 403, 200),
}
# What is posted is refused for another reason where the role may post: no such change, no field filled in, nobody of that name.
POST: dict[str, tuple[int, int, int, int]] = {
    "/-/granska/post/{a}": (403, 403, 400, 400),
    "/-/granska/angra/999999": (403, 403, 409, 409),
    "/-/granska/dokument/{d}": (403, 403, 409, 409),
    "/-/granska/ny/{d}/1": (403, 403, 400, 400),
    "/-/granska/konton": (403, 403, 403, 400),
}


def posted(page: Page, path: str, token: str) -> int:
    """The status of a form posted by the page itself, with a right token."""
    return int(
        page.evaluate(
            """async ([path, token]) => (await fetch(path, { method: "POST", redirect: "manual", body: new URLSearchParams({
            csrftoken: token, klart: "ja", namn: "ingen alls", beslut: "finns inte", sedd: "x" }) })).status""",
            [path, token],
        )
    )


@pytest.mark.parametrize("name", list(PEOPLE))
def test_each_role_on_each_route(browsers: Browsers, site: Site, name: Any) -> None:
    at = ROLES.index(PEOPLE[name])
    address, sha256 = site.row("SELECT a.address, d.sha256 FROM assignment AS a JOIN document AS d ON d.id = a.document ORDER BY a.id")
    before = site.row("SELECT count(*) FROM review_change_set")
    page = browsers[name].new_page()
    for path, wanted in LOOK.items():
        answer = page.goto(site.address + path.format(a=address, d=sha256))
        assert answer is not None
        first = answer.request
        while first.redirected_from is not None:
            first = first.redirected_from
        status = 303 if "/-/logga-in" in page.url and "logga-in" not in path else answer.status
        assert status == wanted[at], (name, path)
        if name == "rut" and answer.status == 200:
            forms = page.locator("form[method=post]").evaluate_all("(all) => all.map((f) => new URL(f.action).pathname)")
            assert set(forms) <= {"/-/logga-ut", "/-/logga-in"}, (path, "a reader is offered nothing that is refused")
    page.goto(f"{site.address}/-/logga-in")
    token = page.locator("input[name=csrftoken]").last.input_value()
    for path, wanted in POST.items():
        assert posted(page, path.format(a=address, d=sha256), token) == wanted[at], (name, path)
        assert posted(page, path.format(a=address, d=sha256), "påhittad") == 403, (
            "a form without a right token is refused, whoever sends it"
        )
    assert site.row("SELECT count(*) FROM review_change_set") == before
    page.close()


def test_every_route_is_tried() -> None:
    paths = [path.format(a="0" * 16, d="0" * 64) for path in (*LOOK, *POST)]
    for pattern, _ in ROUTES:
        assert any(re.match(pattern, path) for path in paths), pattern


def test_an_account_that_is_closed_is_out_at_once(browsers: Browsers, site: Site) -> None:
    page = browsers["rut"].new_page()
    page.goto(f"{site.address}/-/granska")
    assert page.locator(".work li").count() > 0
    admin = browsers["ada"].new_page()
    admin.goto(f"{site.address}/-/granska/konton")
    row = admin.locator("tr", has_text="rut")
    with admin.expect_navigation():
        row.get_by_role("button").click()
    page.reload()
    assert "/-/logga-in?till=" in page.url
    assert "stängt" in admin.locator("tr", has_text="rut").inner_text()
    admin.close()
    page.close()
