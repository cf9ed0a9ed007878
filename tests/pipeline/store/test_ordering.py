"""The order of a view's rows on a page, where there are more than are put in order without an index."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from pipeline.datasette import ordering
from pipeline.datasette.ordering import ordered
from pipeline.datasette.visits import Visit
from pipeline.serving import application

SAID = "Raderna är inte ordnade efter"


@pytest.fixture
def client(database: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A database in which two rows are many."""
    monkeypatch.setattr(ordering, "MOST", 1)
    monkeypatch.setattr(ordering, "MOST_NUMBERED", 1)
    return application(database).client


def shown(page: str, column: str) -> list[str]:
    return [cell.replace("&nbsp;", "") for cell in re.findall(rf'<td class="col-{column} [^>]*>(?:<a[^>]*>)?([^<]*)', page)]


async def test_a_column_with_an_index_orders_any_number_of_rows(client: Any) -> None:
    for column in ("sammantradesdatum", "tidsfrist_till", "organ", "mottagare", "belopp_mnkr"):
        for down in ("", "_desc"):
            page = (await client.get(f"/uppdrag/uppdrag?_sort{down}={column}")).text
            assert SAID not in page, column
            assert 'aria-sort="' in page
            there = [value for value in shown(page, column) if value]
            if column != "belopp_mnkr":
                assert there == sorted(there, reverse=bool(down)), column


async def test_rows_in_no_order_say_so_and_data_is_always_in_order(client: Any) -> None:
    page = (await client.get("/uppdrag/uppdrag?_sort_desc=kalltext")).text
    assert f"{SAID} <i>kalltext</i>" in page
    assert "aria-sort" not in page
    rows = (await client.get("/uppdrag/uppdrag.json?_sort_desc=kalltext&_shape=objects")).json()["rows"]
    assert [row["kalltext"] for row in rows] == sorted((row["kalltext"] for row in rows), reverse=True)
    assert len(shown(page, "status")) == len(rows) > 1


async def test_a_selection_that_is_small_is_ordered_by_anything(client: Any) -> None:
    page = (await client.get("/uppdrag/uppdrag?status=föreslaget&_sort=kalltext")).text
    assert SAID not in page
    assert shown(page, "status") == ["föreslaget"]


async def test_a_large_selection_is_read_in_the_order_of_an_index_not_sorted(client: Any, database: Path) -> None:
    page = (await client.get("/uppdrag/uppdrag?status=beslutat&_sort_desc=tidsfrist_till")).text
    assert SAID not in page
    assert set(shown(page, "status")) == {"beslutat"}
    connection = sqlite3.connect(database)
    days = connection.execute("SELECT tidsfrist_till FROM uppdrag WHERE status = 'beslutat' ORDER BY tidsfrist_till DESC").fetchall()
    assert [day or "" for (day,) in days] == shown(page, "tidsfrist_till")
    connection.close()


@pytest.mark.parametrize("column", ["kalltext", "uppgift", "sakerhet", "mottagare", "sammantradesdatum"])
@pytest.mark.parametrize("where", ["", "status=beslutat", "mottagare__contains=e&sida__gte=1", "_search=uppdrag"])
async def test_rows_found_by_their_numbers_are_those_in_the_order_asked_for(database: Path, column: str, where: str) -> None:
    """Page after page, of views whose rows are put in order by their numbers: as if the whole view were put in order."""
    client = application(database).client
    for down in ("", "_desc"):
        whole = (await client.get(f"/uppdrag/uppdrag.json?{where}&_sort{down}={column}&_shape=objects&_size=max")).json()["rows"]
        values = [row[column] for row in whole]
        assert values == sorted(values, key=lambda value: (value is not None, value), reverse=bool(down))
        paged: list[int] = []
        following = None
        while len(paged) < len(whole):
            more = "" if following is None else f"&_next={following}"
            one = (await client.get(f"/uppdrag/uppdrag.json?{where}&_sort{down}={column}&_shape=objects&_size=1{more}")).json()
            paged += [row["rad"] for row in one["rows"]]
            following = one["next"]
        assert sorted(paged) == sorted(row["rad"] for row in whole)
        assert len(whole) > 1


@pytest.mark.parametrize(
    "sql",
    [
        "select status, kalltext from uppdrag order by kalltext",
        "select count(*) from uppdrag",
        "select a.status from uppdrag as a join uppdrag as b order by a.kalltext limit 51",
        "select kalltext from trad order by uppgift limit 51",
        "WITH x AS (SELECT 1) SELECT * FROM x",
    ],
)
def test_what_is_no_page_of_that_view_is_left_alone(database: Path, sql: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ordering, "MOST", 0)
    monkeypatch.setattr(ordering, "MOST_NUMBERED", 0)
    connection = sqlite3.connect(database)
    visit = Visit("uppdrag", page=True)
    assert ordered(connection, sql, {}, visit) == sql
    assert visit.unsorted == ""
    connection.close()


async def test_what_takes_too_long_is_told_in_swedish(database: Path) -> None:
    endless = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c"
    instance = application(database)
    instance._settings["sql_time_limit_ms"] = instance.sql_time_limit_ms = 50
    answer = await instance.client.get("/uppdrag", params={"sql": endless})
    assert answer.status_code == 400
    assert "<h1>Det tog för lång tid och avbröts</h1>" in answer.text
    assert "Lägg till ett filter" in answer.text
    assert "sql_time_limit" not in answer.text
