"""A generated database holds what was asked for, whole, and is as any other: counts agree, views and search answer."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from pipeline.bench.generated import Generated, fill
from pipeline.bench.material import SAMPLES
from pipeline.store import Store

SOURCES = sorted(SAMPLES.glob("0[1356]*.pdf"))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Generated]:
    path = tmp_path_factory.mktemp("generated") / "large.db"
    with Store.open(path) as store:
        return path, fill(store, 333, 40, sources=SOURCES)


def test_it_holds_what_was_asked_for(made: tuple[Path, Generated]) -> None:
    path, generated = made
    with Store.open(path, read_only=True) as store:
        status = store.status()
    assert (generated.assignments, generated.documents) == (333, 40)
    assert (status.assignments, status.documents, status.files) == (333, 40, 40)
    assert sum(status.assignments_by_status.values()) == 333
    with closing(sqlite3.connect(path)) as connection:
        counted = connection.execute("SELECT sum(assignments), sum(needs_review), sum(pages), sum(issues) FROM document").fetchone()
        assert counted[:2] == (333, status.needs_review)
        assert counted[2:] == (status.pages, status.issues)
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        for index in ("assignment_fts", "page_fts"):
            connection.execute(f"INSERT INTO {index} ({index}, rank) VALUES ('integrity-check', 1)")  # noqa: S608 - names of ours


def test_a_query_can_tell_the_rows_apart(made: tuple[Path, Generated]) -> None:
    with closing(sqlite3.connect(made[0])) as connection:

        def distinct(expression: str, table: str = "uppdrag") -> int:
            return int(connection.execute(f"SELECT count(DISTINCT {expression}) FROM {table}").fetchone()[0])  # noqa: S608 - names of ours

        assert distinct("uppdrag_id") == 333
        assert distinct("uppgift") > 300
        assert distinct("dokument") == 40
        assert distinct("organisation") > 15
        assert distinct("strftime('%Y', sammantradesdatum)") > 10
        found = connection.execute("SELECT count(*) FROM assignment_fts WHERE assignment_fts MATCH 'handlingsplan'").fetchone()[0]
        assert 0 < found < 333
        # What hangs on an assignment came along, and is the same as its own summary.
        odd = connection.execute(
            "SELECT count(*) FROM assignment AS a WHERE coalesce(a.assignee_names, '') <> coalesce((SELECT group_concat(p.name, '; ')"
            " FROM (SELECT name FROM party WHERE document = a.document AND assignment = a.number AND role = 'assignee'"
            " ORDER BY ordinal) AS p), '')"
        ).fetchone()[0]
        assert odd == 0
        assert connection.execute("SELECT count(*) FROM deadline").fetchone()[0] > 50
        assert connection.execute("SELECT count(*) FROM assignment WHERE deadline_last > meeting_date").fetchone()[0] > 50


def test_the_same_again_is_the_same(made: tuple[Path, Generated], tmp_path: Path) -> None:
    with Store.open(tmp_path / "again.db") as store:
        assert fill(store, 333, 40, sources=SOURCES) == made[1]
    rows = []
    for path in (made[0], tmp_path / "again.db"):
        with closing(sqlite3.connect(path)) as connection:
            rows.append(connection.execute("SELECT * FROM assignment ORDER BY id").fetchall())
    assert rows[0] == rows[1]


def test_without_assignments_there_is_nothing_to_repeat(tmp_path: Path) -> None:
    with Store.open(tmp_path / "none.db") as store, pytest.raises(ValueError, match="assignment"):
        fill(store, 10, 2, sources=[])
