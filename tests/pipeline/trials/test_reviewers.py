"""The trial of the reviewers finds what it looks for, and a short one holds; the speed trial measures every kind of answer."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from pipeline.bench.generated import fill
from pipeline.bench.material import SAMPLES
from pipeline.review import ledger
from pipeline.review.ledger import token
from pipeline.review.queue import Filter, waiting
from pipeline.review.record import standing
from pipeline.store import Store
from pipeline.trials.desk import forms
from pipeline.trials.review_speed import LIMITS, review_speed
from pipeline.trials.reviewers import _Log, _lost, discrepancies, reviewers


def test_a_short_trial_with_a_killed_server_holds() -> None:
    trial = reviewers(0.25, 2, say=lambda sentence: None)
    assert trial.wrong == []
    assert trial.decisions > 20
    assert sum(trial.actions.values()) >= trial.decisions
    assert trial.ingests >= 2
    assert "no decision lost" in trial.summary()


@pytest.fixture
def decided(tmp_path: Path) -> Path:
    path = tmp_path / "uppdrag.db"
    with Store.open(path) as store:
        fill(store, 20, 3, sources=sorted(SAMPLES.glob("05*.pdf")))
    with closing(sqlite3.connect(path)) as connection:
        for row in waiting(connection, Filter())[:3]:
            now = standing(connection, row["address"])
            assert now is not None
            ledger.accept(connection, "anna", row["address"], token(now))
    return path


# What the log of a reviewer says against what was kept: decisions 1 to 3 are anna's acceptances.
@pytest.mark.parametrize(
    ("answered", "unanswered", "said"),
    [
        ([1, 2, 3], [], []),
        ([1, 2], ["spara"], []),
        ([1, 2], [], ["1 decisions of anna are kept that were never answered"]),
        ([1, 2, 3, 4], [], ["decision 4 of anna (spara) is kept as None None"]),
        ([1, 2, 3, 3], [], ["decision 3 was answered twice"]),
    ],
)
def test_a_lost_decision_is_seen(decided: Path, answered: list[int], unanswered: list[str], said: list[str]) -> None:
    log = _Log("anna", [(number, None, "spara") for number in answered], unanswered)
    with closing(sqlite3.connect(decided)) as connection:
        found = list(_lost(connection, [log]))
    assert len(found) == len(said)
    assert all(line.startswith(wanted) for line, wanted in zip(found, said, strict=True))


def test_a_queue_that_lost_a_record_is_seen(decided: Path) -> None:
    with closing(sqlite3.connect(decided)) as connection:
        assert discrepancies(connection) == []
        connection.execute("DELETE FROM review_queue WHERE assignment = (SELECT max(assignment) FROM review_queue)")
        assert [line.split()[0] for line in discrepancies(connection)] == ["review_queue", "review_waiting"]


def test_the_speed_of_every_kind_of_answer_is_measured() -> None:
    speed = review_speed(200, 10, asked=10, say=lambda sentence: None)
    assert [one.name for one in speed.measured] == list(LIMITS)
    assert all(0 < one.median <= one.p95 <= one.worst for one in speed.measured)
    assert speed.decided == 4
    assert all(f"| {name} |" in speed.summary() for name in LIMITS)


def test_a_form_is_posted_as_a_browser_would() -> None:
    page = """<form action="/a?x=1" id="f"><input name="t" value="1"><input type="checkbox" name="off" value="2"><input type="checkbox"
    name="on" value="3" checked><select name="s"><option value="a">A<option value="b" selected>B</select><select name="first"><option
    value="c">C</select><textarea name="area">r &amp; s</textarea><input name="gone" disabled><button name="go" value="now">"""
    (form,) = forms(page)
    assert (form.action, form.name, form.buttons) == ("/a", "f", [("go", "now")])
    assert form.fields == [("t", "1"), ("on", "3"), ("s", "b"), ("first", "c"), ("area", "r & s")]
