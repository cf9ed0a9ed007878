"""Links over HTTP: doubtful ones confirmed and cut, others made by hand, all of it undone, and reviews that reach the threads."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.review import link_ledger
from pipeline.review.accounts import Accounts
from pipeline.review.ledger import DecisionError
from pipeline.review.link_pages import ROUTES
from pipeline.review.links import candidates, count, next_after, waiting
from pipeline.serving import application
from pipeline.store import Store
from tests.pipeline.review.test_web import PASSWORD, Browser, changed, signed_in

Threads = Callable[[str, str], int]
EVIDENCE = "samma mottagare; orden lika till 70 %"


@pytest.fixture
def db(db: Path) -> Path:
    """Linked, and with a link that waits: two assignments of one organisation that only words tie."""
    with Store.open(db) as store:
        store.relink()
    connection = sqlite3.connect(db)
    alone = "SELECT min(id) FROM thread WHERE records = 1 AND organisation = 'Region Ljusmark' GROUP BY document ORDER BY 1 LIMIT 2"
    one, two = (row[0] for row in connection.execute(alone))
    connection.execute(
        "INSERT INTO thread_link (record, other, rule, evidence, confidence, standing, document, page)"
        " SELECT ?, ?, 'link.wording', ?, 0.6, 'doubtful', document, 1 FROM thread_record WHERE address = ?",
        (one, two, EVIDENCE, one),
    )
    connection.commit()
    connection.close()
    return db


@pytest.fixture
def pair(db: Path) -> tuple[str, str]:
    connection = sqlite3.connect(db)
    found = connection.execute("SELECT record, other FROM thread_link WHERE evidence = ?", (EVIDENCE,)).fetchone()
    connection.close()
    return found[0], found[1]


@pytest.fixture
def threads(db: Path) -> Threads:
    def number(one: str, two: str) -> int:
        connection = sqlite3.connect(db)
        found = connection.execute("SELECT count(DISTINCT thread) FROM thread_record WHERE address IN (?, ?)", (one, two)).fetchone()[0]
        connection.close()
        return int(found)

    return number


@pytest.fixture
def people(db: Path) -> None:
    accounts = Accounts(db)
    for role in ("reader", "reviewer"):
        accounts.add(role, role, PASSWORD)


async def _post(browser: Browser, path: str, **fields: str) -> Any:
    return await browser.post(path, [("csrftoken", await browser.token()), *fields.items()])


async def test_a_doubtful_link_is_confirmed_and_that_is_undone(db: Path, people: None, pair: tuple[str, str], threads: Threads) -> None:
    one, two = pair
    anna = await signed_in(application(db), "reviewer")
    queue = (await anna.get("/-/granska/lankar")).text
    assert f"/-/granska/lank/{one}/{two}" in queue
    assert "orden lika till 70 %" in queue
    page = (await anna.get(f"/-/granska/lank/{one}/{two}")).text
    assert 'data-key="g"' in page
    assert threads(one, two) == 2
    answer = await _post(anna, f"/-/granska/lank/{one}/{two}", beslut="bekrafta", skal="samma ord")
    assert answer.status_code == 303
    assert threads(one, two) == 1
    number = re.search(r"gjort=(\d+)", answer.headers["location"])
    assert number
    assert "samma ord" in (await anna.get(f"/-/granska/lank/{one}/{two}")).text
    assert (await _post(anna, f"/-/granska/lankar/angra/{number[1]}")).status_code == 303
    assert threads(one, two) == 2
    assert (await _post(anna, f"/-/granska/lankar/angra/{number[1]}")).status_code == 409


async def test_two_are_linked_by_hand_and_cut(db: Path, people: None, pair: tuple[str, str], threads: Threads) -> None:
    one, two = pair
    anna = await signed_in(application(db), "reviewer")
    by_number = (await anna.get(f"/-/granska/lanka/{one}?ord={two}")).text
    assert f"/-/granska/lank/{one}/{two}" in by_number
    assert (await anna.get(f"/-/granska/lanka/{one}")).status_code == 200
    await _post(anna, f"/-/granska/lank/{one}/{two}", beslut="lanka")
    assert threads(one, two) == 1
    await _post(anna, f"/-/granska/lank/{one}/{two}", beslut="kapa")
    assert threads(one, two) == 2
    connection = sqlite3.connect(db)
    assert [row[0] for row in connection.execute("SELECT action FROM link_decision ORDER BY id")] == ["make", "cut"]
    connection.close()


async def test_who_may_and_what_is_refused(db: Path, people: None, pair: tuple[str, str]) -> None:
    one, two = pair
    app = application(db)
    nobody, reading, anna = Browser(app), await signed_in(app, "reader"), await signed_in(app, "reviewer")
    paths = ["/-/granska/lankar", f"/-/granska/lank/{one}/{two}", f"/-/granska/lanka/{one}"]
    known = [*paths, "/-/granska/lankar/angra/1"]
    assert all(any(re.match(pattern, path) for path in known) for pattern, _ in ROUTES)
    for path in paths:
        assert (await nobody.get(path)).status_code == 303
        assert (await reading.get(path)).status_code == 200
    for browser in (nobody, reading):
        for path in (f"/-/granska/lank/{one}/{two}", "/-/granska/lankar/angra/1"):
            assert (await _post(browser, path, beslut="kapa")).status_code == 403
    assert (await anna.post(f"/-/granska/lank/{one}/{two}", [("beslut", "kapa")])).status_code == 403  # without its token
    assert (await _post(anna, f"/-/granska/lank/{one}/{two}", beslut="annat")).status_code == 400
    assert (await anna.get(f"/-/granska/lank/{one}/{'0' * 16}")).status_code == 404
    assert (await anna.get(f"/-/granska/lanka/{'0' * 16}")).status_code == 404
    assert (await _post(anna, f"/-/granska/lank/{one}/{'0' * 16}", beslut="lanka")).status_code == 400
    connection = sqlite3.connect(db)
    assert connection.execute("SELECT count(*) FROM link_decision").fetchone() == (0,)
    connection.close()


def test_no_link_is_made_between_organisations(db: Path, pair: tuple[str, str]) -> None:
    one, two = pair
    connection = sqlite3.connect(db)
    connection.execute(
        "UPDATE document SET organisation = 'Almsjö kommun' WHERE sha256 = (SELECT document FROM thread_record WHERE address = ?)", (two,)
    )
    connection.commit()
    with pytest.raises(DecisionError, match="aldrig mellan organisationer"):
        link_ledger.make(connection, "Eva", one, two)
    with pytest.raises(DecisionError, match="sig själv"):
        link_ledger.cut(connection, "Eva", one, one)
    connection.close()


def test_the_queue_goes_round(db: Path, pair: tuple[str, str]) -> None:
    connection = sqlite3.connect(db)
    everything = [(row["record"], row["other"]) for row in waiting(connection)]
    assert pair in everything
    assert count(connection) == len(everything)
    if len(everything) == 1:
        assert next_after(connection, *pair) is None
    else:
        assert next_after(connection, *everything[-1]) == everything[0]
        assert next_after(connection, *everything[0], back=True) == everything[-1]
    assert all(side["organisation"] == "Region Ljusmark" for side in candidates(connection, pair[0]))
    connection.close()


async def test_a_review_reaches_the_thread_at_once(db: Path, people: None) -> None:
    """What a person corrects is what the thread shows; what a person rejects is in no thread."""
    connection = sqlite3.connect(db)
    query = "SELECT address FROM assignment WHERE task LIKE '%samlad handlingsplan%' AND status = 'decided'"
    (address,) = connection.execute(query).fetchone()
    anna = await signed_in(application(db), "reviewer")
    fields = await anna.form(f"/-/granska/post/{address}")
    fields = [("deadline_last", "2024-11-30") if f == ("deadline_last", "2024-10-15") else f for f in fields]
    await anna.post(f"/-/granska/post/{address}", changed(fields))
    assert connection.execute("SELECT tidsfrist_till FROM trad WHERE trad_id = ?", (address,)).fetchone() == ("2024-11-30",)
    with Store.open(db) as store:
        assert store.relink().documents == 0  # nothing was left to do
    rejected = [(n, v) for n, v in await anna.form(f"/-/granska/post/{address}") if n != "skal"]
    await anna.post(f"/-/granska/post/{address}", [*rejected, ("beslut", "underkann"), ("skal", "inget uppdrag")])
    assert connection.execute("SELECT count(*) FROM thread_record WHERE address = ?", (address,)).fetchone() == (0,)
    connection.close()
