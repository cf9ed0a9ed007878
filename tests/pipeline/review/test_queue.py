"""The queue: in its order, whole, and kept by triggers as if it were looked for anew each time."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from pipeline.bench.generated import fill
from pipeline.review import ledger
from pipeline.review.ledger import DecisionError, token
from pipeline.review.queue import Filter, counts, in_document, next_after, reviewed, waiting
from pipeline.review.record import standing
from pipeline.store import Store
from pipeline.trials.reviewers import discrepancies

Again = Callable[[Callable[[Path], None]], None]


def decide(connection: sqlite3.Connection, chance: random.Random) -> None:
    """One decision of any kind, on any record; one that is refused is no decision."""
    records = [r for (r,) in connection.execute("SELECT address FROM assignment UNION SELECT record FROM review_current ORDER BY 1")]
    address, other = chance.choice(records), chance.choice(records)
    who, now = chance.choice(["anna", "bo"]), standing(connection, address)
    assert now is not None
    seen = token(now)
    acts: list[Callable[[], Any]] = [
        lambda: ledger.accept(connection, who, address, seen),
        lambda: ledger.correct(connection, who, address, seen, replace(now.record, task=f"{now.record.task} igen")),
        lambda: ledger.reject(connection, who, address, seen, why="nej"),
        lambda: ledger.mark_duplicate(connection, who, address, seen, other),
        lambda: ledger.split(connection, who, address, seen, ["ett", "två"]),
        lambda: ledger.merge(connection, who, address, seen, [other]),
        lambda: ledger.reopen(connection, who, address, seen),
        lambda: ledger.reattach(connection, who, address, seen, other),
        lambda: ledger.undo(connection, who, chance.randrange(1, 60)),
        lambda: ledger.undo(connection, who, chance.randrange(1, 60)),
    ]
    with suppress(DecisionError):
        chance.choice(acts)()


@pytest.mark.parametrize("seed", range(3))
def test_what_triggers_keep_is_what_there_is(connection: sqlite3.Connection, db: Path, ingest_again: Again, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - no secret

    def forgetful(folder: Path) -> None:
        path = folder / "sv" / "frames.toml"
        text = path.read_text(encoding="utf-8")
        blocks = text.split("\n[[")
        dropped = next(block for block in blocks if 'id = "frame.i_uppdrag"' in block)
        path.write_text("\n[[".join(block for block in blocks if block is not dropped), encoding="utf-8")

    assert discrepancies(connection) == []
    for turn in range(3):
        for _ in range(25):
            decide(connection, chance)
        assert discrepancies(connection) == []
        ingest_again(forgetful if turn == 0 else lambda folder: None)
        assert discrepancies(connection) == []
    with Store.open(db) as store:
        gone = sorted(store.files())[0]
        store.forget_paths([gone])
    assert discrepancies(connection) == []
    assert counts(connection).orphan > 0


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("many") / "uppdrag.db"
    with Store.open(path) as store:
        fill(store, 400, 30)
    return path


FILTERS = [
    Filter(), Filter(acts="alla"), Filter(status="decided"), Filter(doubt="*"), Filter(doubt="sakerhet"),
    Filter(body="*"), Filter(document="*"), Filter(body="*", status="decided", acts="alla"),
]  # fmt: skip


@pytest.mark.parametrize("asked", FILTERS, ids=lambda asked: asked.query() or "all")
def test_the_queue_is_walked_in_its_order_both_ways(many: Path, asked: Filter) -> None:
    with closing(sqlite3.connect(many)) as connection:
        body, document = connection.execute(
            "SELECT a.body, d.sha256 FROM assignment AS a JOIN document AS d ON d.id = a.document WHERE a.body IS NOT NULL"
            " AND a.status = 'decided' LIMIT 1"
        ).fetchone()
        doubt = counts(connection).doubts[0][0] if asked.doubt == "*" else asked.doubt
        asked = replace(asked, body=asked.body and body, document=asked.document and document, doubt=doubt)
        rows: list[dict[str, Any]] = []
        while len(page := waiting(connection, asked, skip=len(rows))) > 50:
            rows += page[:50]
        rows += page
        assert rows, "a filter that finds nothing shows nothing"
        addresses = [row["address"] for row in rows]
        assert len(set(addresses)) == len(addresses)
        key = [(row["page"], 0) if asked.document else (row["needs_review"] is None, row["confidence"]) for row in rows]
        assert key == sorted(key)
        for row in rows:
            assert not asked.body or row["body"] == asked.body
            assert not asked.status or row["status"] == asked.status
            assert asked.doubt in ("", "sakerhet") or asked.doubt in row["needs_review"]
            assert asked.doubt != "sakerhet" or (row["confidence"] < 0.8 and row["needs_review"] is None)
        if asked == Filter():
            found = counts(connection)
            assert found.open == len(rows) == sum(found.statuses.values())
            assert found.in_doubt == sum(row["needs_review"] is not None for row in rows) > 0
            assert found.unsure == sum(row["needs_review"] is None and row["confidence"] < 0.8 for row in rows) > 0
        around = [*addresses, addresses[0]]
        for here, following in pairwise(around):
            assert next_after(connection, asked, here) == (following if len(addresses) > 1 else None)
            assert next_after(connection, asked, following, back=True) == (here if len(addresses) > 1 else None)


def test_who_decided_is_a_filter_of_what_is_decided(many: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(many)) as source, closing(sqlite3.connect(tmp_path / "copy.db")) as connection:
        source.backup(connection)
        rows = waiting(connection, Filter())[:6]
        for n, row in enumerate(rows):
            now = standing(connection, row["address"])
            assert now is not None
            ledger.accept(connection, "anna" if n < 4 else "bo", row["address"], token(now))
        assert dict(counts(connection).people) == {"anna": 4, "bo": 2}
        done = Filter(state="granskade", who="anna")
        assert [row["address"] for row in reviewed(connection, done)] == [row["address"] for row in reversed(rows[:4])]
        assert {row["verdict"] for row in in_document(connection, rows[0]["sha256"])} == {"accepted", "open"}
        assert next_after(connection, Filter(), rows[5]["address"]) == waiting(connection, Filter())[0]["address"]


def test_a_record_somebody_has_open_is_passed_over_unless_there_is_no_other(many: Path) -> None:
    with closing(sqlite3.connect(many)) as connection:
        (body,) = connection.execute(
            "SELECT body FROM review_queue WHERE counted AND body IS NOT NULL GROUP BY body HAVING count(*) BETWEEN 3 AND 40 LIMIT 1"
        ).fetchone()
        asked = Filter(body=body)
        first, second, third = (row["address"] for row in waiting(connection, asked)[:3])
        assert next_after(connection, asked, first, busy=[second]) == third
        assert next_after(connection, asked, third, back=True, busy=[second]) == first
        everybody = [row["address"] for row in waiting(connection, asked)]
        assert next_after(connection, asked, first, busy=everybody) == second
