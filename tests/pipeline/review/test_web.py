"""The pages over HTTP: every role on every route, forged forms, hostile input, and decisions as a browser posts them."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from pipeline.review.accounts import Accounts
from pipeline.serving import application
from pipeline.store import Store

PASSWORD = "ett långt lösenord"  # noqa: S105 - of accounts that live as long as the test
Find = Callable[[str], str]
PLAN = "samlad handlingsplan"


class Browser:
    """A client that keeps cookies and fills in forms as they came."""

    def __init__(self, app: Any) -> None:
        self.client = app.client
        self.cookies: dict[str, str] = {}

    def _keep(self, answer: Any) -> Any:
        for name, value in answer.cookies.items():
            self.cookies[name] = value
        return answer

    async def get(self, path: str) -> Any:
        return self._keep(await self.client.get(path, cookies=self.cookies))

    async def post(self, path: str, fields: list[tuple[str, str]], **headers: str) -> Any:
        body = urlencode(fields)
        sent = {"content-type": "application/x-www-form-urlencoded", **{k.replace("_", "-"): v for k, v in headers.items()}}
        return self._keep(await self.client.post(path, content=body, headers=sent, cookies=self.cookies))

    async def token(self) -> str:
        page = (await self.get("/-/logga-in")).text
        found = re.search(r'name="csrftoken" value="([^"]+)"', page)
        assert found
        return found[1]

    async def form(self, path: str, which: str = 'id="posten"') -> list[tuple[str, str]]:
        """The fields of a form as they stand on the page, without its buttons."""
        page = (await self.get(path)).text
        form = next(f for f in re.findall(r"<form.*?</form>", page, re.DOTALL) if which in f)
        fields = []
        for tag, rest in re.findall(r"<(input|textarea|select)\b(.*?>(?:(?:(?!<input|<textarea|<select).)*))", form, re.DOTALL):
            name = re.search(r'name="([^"]*)"', rest)
            if name is None or "checkbox" in rest.partition(">")[0]:
                continue
            if tag == "input":
                value = re.search(r'value="([^"]*)"', rest)
                fields.append((name[1], unescape(value[1]) if value else ""))
            elif tag == "textarea":
                fields.append((name[1], unescape(rest.partition(">")[2].partition("</textarea>")[0])))
            else:
                chosen = re.search(r'value="([^"]*)" selected', rest) or re.search(r'value="([^"]*)"', rest)
                fields.append((name[1], unescape(chosen[1]) if chosen else ""))
        return fields


@pytest.fixture
def app(db: Path) -> Any:
    return application(db)


@pytest.fixture
def accounts(db: Path) -> Accounts:
    found = Accounts(db)
    for role in ("reader", "reviewer", "administrator"):
        found.add(role, role, PASSWORD)
    return found


async def signed_in(app: Any, name: str) -> Browser:
    browser = Browser(app)
    answer = await browser.post("/-/logga-in", [("csrftoken", await browser.token()), ("namn", name), ("losen", PASSWORD)])
    assert answer.status_code == 303, answer.text
    return browser


def changed(fields: list[tuple[str, str]], **values: str) -> list[tuple[str, str]]:
    return [(name, values.get(name, value)) for name, value in fields] + [("beslut", "spara")]


def paths(address: str, sha256: str) -> tuple[list[str], list[str]]:
    """(addresses that are read, addresses that are written to)."""
    read = ["/-/granska", f"/-/granska/post/{address}", f"/-/granska/historik/{address}", "/-/granska/beslut"]
    write = [f"/-/granska/post/{address}", "/-/granska/angra/1", f"/-/granska/dokument/{sha256}", f"/-/granska/ny/{sha256}/1"]
    return read, write


async def test_each_role_on_each_route(app: Any, accounts: Accounts, address: Find, connection: sqlite3.Connection) -> None:
    a = address(PLAN)
    (sha256,) = connection.execute("SELECT sha256 FROM document ORDER BY id").fetchone()
    read, write = paths(a, sha256)
    nobody = Browser(app)
    for path in read:
        answer = await nobody.get(path)
        assert (answer.status_code, answer.headers["location"].startswith("/-/logga-in?till=")) == (303, True), path
    for role, status in (("nobody", 403), ("reader", 403), ("reviewer", None), ("administrator", None)):
        browser = nobody if role == "nobody" else await signed_in(app, role)
        for path in read if role != "nobody" else []:
            assert (await browser.get(path)).status_code == 200, (role, path)
        for path in write:
            answer = await browser.post(path, [("csrftoken", await browser.token()), ("beslut", "godkann"), ("sedd", "x")])
            assert (answer.status_code == 403) is (status == 403), (role, path, answer.status_code)
        konton = await browser.get("/-/granska/konton")
        assert konton.status_code == (200 if role == "administrator" else 403), role
        closing = await browser.post("/-/granska/konton", [("csrftoken", await browser.token()), ("namn", "ingen")])
        assert closing.status_code == (400 if role == "administrator" else 403), role
    assert connection.execute("SELECT count(*) FROM review_change_set").fetchone() == (0,)


async def test_analysts_pages_lead_into_the_review_those_who_may_decide(
    app: Any, accounts: Accounts, address: Find, connection: sqlite3.Connection, db: Path
) -> None:
    with Store.open(db) as store:
        store.relink()
    a = address(PLAN)
    (thread,) = connection.execute("SELECT thread FROM thread_record WHERE address = ?", (a,)).fetchone()
    ways = (f"/-/granska/post/{a}", f"/-/granska/lanka/{thread}")
    for role in ("nobody", "reader", "reviewer", "administrator"):
        browser = Browser(app) if role == "nobody" else await signed_in(app, role)
        for path, way in zip((f"/-/uppdrag/{a}", f"/-/trad/{a}"), ways, strict=True):
            page = await browser.get(path)
            assert page.status_code == 200
            assert (f'href="{way}"' in page.text) is (role in ("reviewer", "administrator")), (role, path)
            if role == "reviewer":
                assert (await browser.get(way)).status_code == 200


async def test_every_route_is_in_the_table_of_roles() -> None:
    from pipeline.review.web import ROUTES

    read, write = paths("0" * 16, "0" * 64)
    known = {*read, *write, "/-/logga-in", "/-/logga-ut", "/-/granska/konton"}
    for pattern, _ in ROUTES:
        assert any(re.match(pattern, path) for path in known), pattern


async def test_a_day_s_work_over_http(app: Any, accounts: Accounts, address: Find, connection: sqlite3.Connection) -> None:
    a = address(PLAN)
    anna = await signed_in(app, "reviewer")
    fields = await anna.form(f"/-/granska/post/{a}")
    assert ("assignee", "Regiondirektören") in fields
    answer = await anna.post(f"/-/granska/post/{a}", changed(fields))
    assert answer.status_code == 303
    assert re.fullmatch(r"/-/granska/post/[0-9a-f]{16}\?klart=1", answer.headers["location"])
    assert connection.execute("SELECT verdict, who FROM current_review").fetchall() == [("accepted", "reviewer")]
    fields = await anna.form(f"/-/granska/post/{a}")
    fields = [("deadline_last", "2024-11-30") if f == ("deadline_last", "2024-10-15") else f for f in fields]
    await anna.post(f"/-/granska/post/{a}", changed(fields, skal="läst fel"))
    row = connection.execute("SELECT tidsfrist_till, granskad FROM uppdrag WHERE uppdrag_id = ?", (a,)).fetchone()
    assert row == ("2024-11-30", "ja")
    history = (await anna.get(f"/-/granska/historik/{a}")).text
    assert "läst fel" in history
    assert "<del>2024-10-15 ”senast den 15 oktober 2024”" in history
    answer = await anna.post("/-/granska/angra/2", [("csrftoken", await anna.token())])
    assert answer.status_code == 303
    assert connection.execute("SELECT tidsfrist_till FROM uppdrag WHERE uppdrag_id = ?", (a,)).fetchone() == ("2024-10-15",)
    again = await anna.post("/-/granska/angra/2", [("csrftoken", await anna.token())])
    assert (again.status_code, "redan ångrad" in again.text) == (409, True)


async def test_the_second_reviewer_keeps_what_was_typed(app: Any, accounts: Accounts, address: Find) -> None:
    a = address(PLAN)
    anna, bo = await signed_in(app, "reviewer"), await signed_in(app, "administrator")
    first, second = await anna.form(f"/-/granska/post/{a}"), await bo.form(f"/-/granska/post/{a}")
    await anna.post(f"/-/granska/post/{a}", changed(first, task="Annas ord"))
    answer = await bo.post(f"/-/granska/post/{a}", changed(second, task="Bos ord", skal="Bos skäl"))
    assert answer.status_code == 409
    for part in ("reviewer hann före dig", "Annas ord", ">Bos ord</textarea>", "Bos skäl"):
        assert part in answer.text
    seen = re.search(r'name="sedd" value="([^"]+)"', answer.text)
    assert seen
    retry = [(n, seen[1] if n == "sedd" else v) for n, v in changed(second, task="Bos ord")]
    assert (await bo.post(f"/-/granska/post/{a}", retry)).status_code == 303
    assert ">Bos ord</textarea>" in (await anna.get(f"/-/granska/post/{a}")).text


async def test_what_cannot_be_saved_comes_back_with_its_reasons(app: Any, accounts: Accounts, address: Find) -> None:
    a = address(PLAN)
    anna = await signed_in(app, "reviewer")
    fields = await anna.form(f"/-/granska/post/{a}")
    bad = [("amount_kr", "mycket") if n == "amount_kr" and v else (n, v) for n, v in changed(fields, task=" ", deadline_first="31/5")]
    answer = await anna.post(f"/-/granska/post/{a}", bad)
    assert answer.status_code == 400
    for part in ("Skriv vad som ska göras.", "”31/5” är ingen dag", "Skriv beloppet i kronor", 'aria-describedby="fel-task"'):
        assert part in answer.text, part
    assert (await anna.post(f"/-/granska/post/{a}", [*fields, ("beslut", "radera")])).status_code == 400


async def test_forged_forms_cookies_and_tokens_get_nowhere(
    app: Any, accounts: Accounts, address: Find, connection: sqlite3.Connection
) -> None:
    a = address(PLAN)
    anna = await signed_in(app, "reviewer")
    fields = changed(await anna.form(f"/-/granska/post/{a}"))
    path = f"/-/granska/post/{a}"
    without = [(n, v) for n, v in fields if n != "csrftoken"]
    assert (await anna.post(path, without)).status_code == 403
    assert (await anna.post(path, [("csrftoken", "hittepa"), *without])).status_code == 403
    assert (await anna.post(path, fields, origin="https://ond.example")).status_code == 403
    assert (await anna.post(path, fields, sec_fetch_site="cross-site")).status_code == 403
    # A bearer header makes Datasette skip its token; the session cookie alone would then be enough, were it not for the origin.
    assert (await anna.post(path, without, authorization="Bearer x", sec_fetch_site="cross-site")).status_code == 403
    assert (await anna.post(path, without, content_type="text/plain")).status_code == 403
    for cookies in ({"uppdrag_session": "hittepa"}, {"ds_actor": app.sign({"a": {"id": "root", "role": "administrator"}}, "actor")}):
        forged = Browser(app)
        forged.cookies = dict(cookies)
        answer = await forged.post(path, [("csrftoken", await forged.token()), *without])
        assert answer.status_code == 403
        assert (await forged.get("/-/granska")).status_code == 303
    assert connection.execute("SELECT count(*) FROM review_change_set").fetchone() == (0,)


async def test_oversize_bodies_are_refused_unread(app: Any, accounts: Accounts, address: Find) -> None:
    anna = await signed_in(app, "reviewer")
    assert (await anna.post(f"/-/granska/post/{address(PLAN)}", [("x", "a" * 600_000)])).status_code == 413


async def test_forms_that_the_check_of_tokens_would_fall_over_are_refused(app: Any, accounts: Accounts, address: Find) -> None:
    browser, path = await signed_in(app, "reviewer"), f"/-/granska/post/{address(PLAN)}"
    token = await browser.token()
    files = await browser.post(path, [("csrftoken", token)], content_type="multipart/form-data; boundary=x")
    assert files.status_code == 415
    assert (await browser.post(path, [("csrftoken", "påhittad")])).status_code == 403
    assert (await browser.post(path, [("csrftoken", token), *[("a", "b")] * 2500])).status_code == 400


async def test_hostile_words_are_words(app: Any, accounts: Accounts, address: Find, connection: sqlite3.Connection) -> None:
    a = address(PLAN)
    anna = await signed_in(app, "reviewer")
    hostile = "<script>alert(1)</script>'); DROP TABLE review_state; --"
    fields = await anna.form(f"/-/granska/post/{a}")
    hit = changed(fields, task=hostile, skal=hostile, paragraph=hostile, source_body=hostile, deadline_raw=hostile)
    assert (await anna.post(f"/-/granska/post/{a}", hit)).status_code == 303
    assert connection.execute("SELECT task FROM current_review").fetchone() == (hostile,)
    for path in ("/-/granska?lage=granskade", f"/-/granska/post/{a}", f"/-/granska/historik/{a}", "/-/granska/beslut", f"/-/uppdrag/{a}"):
        page = (await anna.get(path)).text
        assert "<script>alert" not in page, path
        assert "&lt;script&gt;alert" in page, path
    for query in ("organ='", "tvekan=%25'--", "dokument=../../etc", "status=x'", "vem='", "hoppa=-1", "hoppa=99999999999999999999"):
        assert (await anna.get(f"/-/granska?{query}")).status_code == 200, query
    tricked = await app.client.get("/-/granska/ny/..%2F..%2Fetc%2Fpasswd/1", cookies=anna.cookies, follow_redirects=True)
    assert tricked.status_code == 404


async def test_sign_in_is_limited_and_sessions_end(app: Any, accounts: Accounts, monkeypatch: pytest.MonkeyPatch) -> None:
    from pipeline.review import accounts as module

    anna = await signed_in(app, "reviewer")
    assert (await anna.get("/-/granska")).status_code == 200
    await anna.post("/-/logga-ut", [("csrftoken", await anna.token())])
    assert (await anna.get("/-/granska")).status_code == 303
    guesser = Browser(app)
    statuses = [
        (
            await guesser.post("/-/logga-in", [("csrftoken", await guesser.token()), ("namn", "reviewer"), ("losen", f"gissning {n}")])
        ).status_code
        for n in range(6)
    ]
    assert statuses == [401] * 5 + [429]
    admin = await signed_in(app, "administrator")
    assert accounts.close("administrator")
    assert (await admin.get("/-/granska")).status_code == 303
    token = accounts.begin("x", "reviewer")
    assert accounts.visitor(token) is not None
    monkeypatch.setattr(module, "IDLE_SECONDS", -1)
    assert accounts.visitor(token) is None


async def test_the_link_signs_in_once_and_leads_nowhere_else(app: Any) -> None:
    key = app.uppdrag_review.one_time_key()
    browser = Browser(app)
    answer = await browser.get(f"/-/logga-in?nyckel={key}&till=//ond.example")
    assert (answer.status_code, answer.headers["location"]) == (303, "/-/granska")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert (await browser.get("/-/granska")).status_code == 200
    assert (await Browser(app).get(f"/-/logga-in?nyckel={key}")).status_code == 403


async def test_a_private_server_shows_nothing_to_strangers(db: Path, accounts: Accounts) -> None:
    app = application(db, private=True)
    stranger, reader = Browser(app), await signed_in(app, "reader")
    for path in ("/", "/uppdrag/uppdrag", "/uppdrag/uppdrag.json", "/-/sok?q=plan", "/uppdrag.json?sql=select+1"):
        assert (await stranger.get(path)).status_code in (303, 403), path
        assert (await reader.get(path)).status_code == 200, path


def test_passwords_and_sessions_are_out_of_reach_of_queries(db: Path, accounts: Accounts) -> None:
    assert oct(accounts.path.stat().st_mode)[-3:] == "600"
    assert PASSWORD.encode() not in accounts.path.read_bytes()
    tables = {row[0] for row in sqlite3.connect(db).execute("SELECT name FROM sqlite_master")}
    assert not tables & {"account", "session", "attempt"}


async def test_a_missed_one_is_added_by_its_lines(app: Any, accounts: Accounts, connection: sqlite3.Connection) -> None:
    from pipeline.datasette.plugin import _pictures

    anna = await signed_in(app, "reviewer")
    (sha256,) = connection.execute("SELECT sha256 FROM document WHERE name LIKE '06%'").fetchone()
    path = f"/-/granska/ny/{sha256}/1"
    try:
        page = (await anna.get(path)).text
        lines = re.findall(r'name="rad" value="(\d+)"> <span>(.*?)</span>', page)
        assert len(lines) > 10
        none = await anna.post(path, [("csrftoken", await anna.token()), ("task", "")])
        assert (none.status_code, "Markera raderna" in none.text) == (400, True)
        fields = [("csrftoken", await anna.token()), ("rad", lines[3][0]), ("rad", lines[4][0]), ("task", ""), ("assignee", "Nämnden")]
        answer = await anna.post(path, fields)
        assert answer.status_code == 303, answer.text
    finally:
        _pictures().close()
    verdict, text, boxes, names = connection.execute("SELECT verdict, text, boxes, assignee_names FROM current_review").fetchone()
    assert (verdict, names) == ("added", "Nämnden")
    assert text == unescape(f"{lines[3][1]} {lines[4][1]}")
    assert boxes.count("[1,") == 2


async def test_gold_is_what_was_decided_and_can_be_scored(app: Any, db: Path, tmp_path: Path, connection: sqlite3.Connection) -> None:
    from dataclasses import replace

    from pipeline.evaluate.gold import load_gold
    from pipeline.review import ledger
    from pipeline.review.gold import export
    from pipeline.review.record import standing

    (sha256,) = connection.execute("SELECT sha256 FROM document WHERE name LIKE '13%'").fetchone()
    rows = connection.execute("SELECT a.address FROM assignment AS a JOIN document AS d ON d.id = a.document WHERE d.sha256 = ?", (sha256,))
    addresses = [row[0] for row in rows.fetchall()]
    assert export(db, tmp_path / "gold") == []
    for n, one in enumerate(addresses):
        now = standing(connection, one)
        assert now is not None
        if n == 0:
            ledger.reject(connection, "anna", one, ledger.token(now), why="nej")
        else:
            ledger.correct(connection, "anna", one, ledger.token(now), replace(now.record, status="cited"))
    ledger.document_done(connection, "anna", sha256)
    ((name, count),) = export(db, tmp_path / "gold")
    gold = load_gold(tmp_path / "gold" / name)
    assert count == len(gold.assignments) == len(addresses) - 1
    assert {a.status for a in gold.assignments} == {"cited"}
    assert {a.tier for a in gold.assignments} == {"core"}
