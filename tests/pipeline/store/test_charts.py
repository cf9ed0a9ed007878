"""Where bars begin and end; counts that are made once and are never older than they say."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from datasette.database import Database
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import ValidationError

from pipeline.datasette import counting, dashboards, kept, visits
from pipeline.datasette.charts import ChartSpec, Series, chart_specs, drawn
from pipeline.datasette.kept import Kept
from pipeline.datasette.metadata import queries, schema
from pipeline.migrations import migrate
from pipeline.serving import SETTINGS, application


def spec(kind: str, *columns: str, **more: Any) -> ChartSpec:
    series = tuple(Series(column=c, label=c) for c in columns)
    return ChartSpec(**{"title": "t", "query": "q", "kind": kind, "rows": "rad", "series": series, "reading": "r", **more})


def test_every_chart_draws_columns_its_query_has() -> None:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    migrate(connection)
    for name, chart in chart_specs().items():
        cursor = connection.execute(queries()[chart.query]["sql"], {"organ": ""})
        columns = {column[0] for column in cursor.description}
        named = {chart.rows, *(s.column for s in chart.series), *({chart.groups, chart.across} - {None})}
        assert named <= columns, name
        assert "(:organ = '' OR organ = :organ)" in queries()[chart.query]["sql"], "or a body's chart reads everything"
        assert drawn(chart, cursor.fetchall()).empty, name
    with pytest.raises(ValidationError):
        spec("pie", "a")


def test_parts_lie_end_to_end_and_negative_ones_on_the_other_side() -> None:
    chart = drawn(spec("bars", "a", "b"), [{"rad": "x", "a": 30, "b": 10}, {"rad": "y", "a": -40, "b": None}])
    (first, second) = chart.groups[0].rows
    assert chart.zero == 50
    assert [(b.series, b.start, b.length) for b in first.bars] == [(0, 50, 37.5), (1, 87.5, 12.5)]
    assert [(b.start, b.length) for b in second.bars] == [(0, 50)]
    assert (first.total, second.total) == (40, -40)


@example([(0.0, 5e-324)])  # smaller than anything one can take a logarithm of
@given(st.lists(st.tuples(st.floats(-1e12, 1e12), st.floats(0, 1e12)), min_size=1, max_size=30))
def test_no_bar_leaves_its_place(values: list[tuple[float, float]]) -> None:
    rows = [{"rad": str(n), "a": a, "b": b} for n, (a, b) in enumerate(values)]
    for group in drawn(spec("bars", "a", "b", most=20), rows).groups:
        for row in group.rows:
            for bar in row.bars:
                assert bar.start >= -0.01
                assert bar.length >= 0
                assert bar.start + bar.length <= 100.02


def test_a_month_without_anything_has_its_place_and_old_ones_are_left_to_the_table() -> None:
    rows = [{"rad": "2021-06", "a": 9, "b": 1}, {"rad": "2023-11", "a": 4, "b": 1}, {"rad": "2024-02", "a": 2, "b": 3}]
    chart = drawn(spec("months", "a", "b", most=4), rows)
    assert [row.label for row in chart.groups[0].rows] == ["2023-11", "2023-12", "2024-01", "2024-02"]
    assert [[row.total for row in panel.rows] for panel in chart.groups] == [[4, 0, 0, 2], [1, 0, 0, 3]]
    assert chart.groups[0].rows[0].bars[0].length == 100
    assert chart.groups[1].rows[3].bars[0].length == 75
    assert chart.left_out == 1


def test_a_spread_has_its_point_between_its_ends() -> None:
    rows = [{"rad": "RS", "m": 50, "l": 10, "h": 200}, {"rad": "tom", "m": None, "l": None, "h": None}]
    (row,) = drawn(spec("spread", "m", "l", "h"), rows).groups[0].rows
    assert [bar.start for bar in row.bars] == [25, 5, 100]


def test_a_matrix_leaves_out_what_has_nothing() -> None:
    rows = [{"rad": "RS", "ar": "2023", "a": None}, {"rad": "RS", "ar": "2024", "a": 90.0}, {"rad": "KF", "ar": "2023", "a": None}]
    chart = drawn(spec("matrix", "a", across="ar"), rows)
    assert chart.across == ("2024",)
    assert [(label, [cell.value for cell in cells]) for label, cells in chart.cells] == [("RS", [90.0])]


async def test_an_answer_is_kept_until_somebody_writes(database: Path) -> None:
    answers = Kept(database)
    try:
        sql = "SELECT count(*) AS n FROM document WHERE name <> :name"
        first = await answers.ask(sql, {"name": ""})
        assert first is not None
        assert (first.rows, first.current) == (({"n": 3},), True)
        assert await answers.ask(sql, {"name": ""}) is first
        connection = sqlite3.connect(database)
        connection.execute("DELETE FROM document WHERE name = 'trasig.pdf'")
        connection.commit()
        known, current = await answers.known(sql, {"name": ""})
        assert (known, current) == (first, False)
        second = await answers.ask(sql, {"name": ""})
        assert second is not None
        assert second.rows == ({"n": 2},)
        assert second.current
    finally:
        answers.close()


async def test_who_asks_for_what_takes_long_gets_the_latest_and_no_more_than_a_moment_passes(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 30000000) SELECT count(*) AS n FROM c"
    monkeypatch.setattr(kept, "FIRST_PATIENCE", 0.05)
    answers = Kept(database)
    try:
        began = time.perf_counter()
        assert await asyncio.gather(answers.ask(slow), answers.ask(slow)) == [None, None]
        assert time.perf_counter() - began < 1
        assert len(answers._asked) == 1
    finally:
        began = time.perf_counter()
        answers.close()
        assert time.perf_counter() - began < 5


async def test_counts_and_facets_made_before_are_those_the_table_page_asks_for(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The words of the questions are Datasette's: were they to change, each page would count again."""
    instance = application(database)
    await instance.invoke_startup()
    tables = instance.metadata("tables", database="uppdrag", fallback=False)
    counting.warm(instance.uppdrag_kept, tables, schema(), SETTINGS["default_facet_size"])
    for coming in list(instance.uppdrag_kept._asked.values()):
        await asyncio.wrap_future(coming)
    # From here on no count may reach the database.
    monkeypatch.setattr(counting, "_LEAST", 1e9)
    made = set(instance.uppdrag_kept._answers)
    for name, about in tables.items():
        if not about.get("hidden"):
            answer = (await instance.client.get(f"/uppdrag/{name}.json?_size=1")).json()
            assert isinstance(answer["filtered_table_rows_count"], int), name
            assert set(answer["facet_results"]) == set(about.get("facets", ())), name
    assert set(instance.uppdrag_kept._answers) == made


async def test_what_somebody_waits_for_goes_before_what_is_counted_ahead(database: Path) -> None:
    slow = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 30000000) SELECT count(*) AS n FROM c"
    quick = "SELECT count(*) AS n FROM document"
    answers = Kept(database)
    try:
        answers.warm(slow)
        ahead = answers.warm(quick)
        found = await answers.ask(quick)
        assert found is not None
        assert found.rows == ({"n": 3},)
        assert ahead is not None
        assert ahead.cancelled()
        assert len(answers._asked) == 1
    finally:
        answers.close()


async def test_a_body_s_charts_taken_from_those_of_all_are_its_own(database: Path) -> None:
    answers = Kept(database)
    connection = sqlite3.connect(database)
    try:
        dashboards.warm(answers)
        for coming in list(answers._asked.values()):
            await asyncio.wrap_future(coming)
        compared = 0
        for body in [row[0] for row in connection.execute("SELECT DISTINCT body FROM document WHERE body IS NOT NULL")]:
            for one in chart_specs().values():
                found = await dashboards._answer(answers, one, body)
                assert found is not None
                cursor = connection.execute(queries()[one.query]["sql"], {"organ": body})
                names = [name for name, *_ in cursor.description]
                assert list(found.rows) == [dict(zip(names, row, strict=True)) for row in cursor], (body, one.query)
                compared += len(found.rows)
        assert compared
    finally:
        answers.close()
        connection.close()


async def test_the_counts_of_a_page_share_one_moment(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    instance = application(database)
    seen: list[float] = []

    async def execute(self: Any, sql: str, params: Any = None, *args: Any, **options: Any) -> Any:
        if "count(*)" in sql:
            seen.append(options["custom_time_limit"])
            await asyncio.sleep(0.02)
        return await original(self, sql, params, *args, **options)

    original = Database.execute
    monkeypatch.setattr(Database, "execute", execute)
    await instance.client.get("/uppdrag/uppdrag?status=beslutat&_facet=mottagare&_facet=organ")
    assert len(seen) >= 3
    assert seen[0] <= visits.BUDGET
    assert all(later <= earlier - 20 for earlier, later in pairwise(seen)), seen


async def test_a_count_that_takes_too_long_is_not_guessed(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    instance = application(database)
    monkeypatch.setattr(counting, "_LEAST", 1e9)
    path = "/uppdrag/uppdrag.json?status=beslutat&_shape=objects"
    first = (await instance.client.get(path)).json()
    assert len(first["rows"]) == 2
    assert first["filtered_table_rows_count"] is None
    assert "status" not in first["facet_results"]
    assert "räknas fram" in (await instance.client.get("/uppdrag/uppdrag?status=återgivet")).text
    for coming in list(instance.uppdrag_kept._asked.values()):
        await asyncio.wrap_future(coming)
    again = (await instance.client.get(path)).json()
    assert again["filtered_table_rows_count"] == 2
    assert again["facet_results"]["status"]["results"][0]["count"] == 2
