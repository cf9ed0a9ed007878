"""Counts and facets that never hold a page up.

A table page shows how many rows there are and how they part by some columns. Of a million rows that may take seconds, while the rows
themselves come at once from an index (:mod:`ordering`). So the counts of a page are given a moment together; one that needs longer goes on
by itself (:mod:`kept`), the page says so, and the next reader finds it there. What is shown is always exact, or not shown.
"""

# ruff: noqa: S608 - statements are put together from the names of our own views

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Mapping
from typing import Any

from datasette.database import Database, QueryInterrupted, Results
from datasette.utils import CustomRow, escape_sqlite

from pipeline.datasette.kept import Answer, Kept
from pipeline.datasette.ordering import ordered
from pipeline.datasette.visits import BUDGET, VISIT, Visit

_LEAST = 5.0  # milliseconds within which it is worth while to begin
_COUNT = re.compile(r"\s*select count\(\*\) from ")
_FACET = re.compile(r"\s*select \S+ as value, count\(\*\) as count from \(")


class CountedDatabase(Database):  # type: ignore[misc]  # Datasette carries no types
    """Datasette's database, with its counts and facets from :class:`Kept` where they are there."""

    def __init__(self, ds: Any, kept: Kept, **options: Any) -> None:
        super().__init__(ds, **options)
        self.kept = kept

    async def execute(self, sql: str, params: Any = None, *args: Any, **options: Any) -> Any:
        """As Datasette's own. Raises QueryInterrupted for a count that needs longer than what is left of its page's moment."""
        visit = VISIT.get()
        if params and not isinstance(params, Mapping):
            return await super().execute(sql, params, *args, **options)
        if not (_COUNT.match(sql) or _FACET.match(sql)):
            if visit is not None and visit.view:
                sql = await self.execute_fn(lambda connection: ordered(connection, sql, params or {}, visit))
            return await super().execute(sql, params, *args, **options)
        # A search with many hits is written for the rows, which are read in their order; counted it is faster from the hits.
        sql = sql.replace("+rad in (", "rad in (")
        asked = " ".join(sql.split())
        known, current = await self.kept.known(asked, params or None)
        if known is not None and current:
            return _results(known)
        visit = visit or Visit()
        began = time.perf_counter()
        try:
            if visit.left < _LEAST:
                raise QueryInterrupted(sqlite3.OperationalError("interrupted"), sql, params)
            options["custom_time_limit"] = min(options.get("custom_time_limit") or BUDGET, visit.left)
            return await super().execute(sql, params, *args, **options)
        except QueryInterrupted:
            self.kept.warm(asked, params or None)
            if known is not None:
                return _results(known)
            raise
        finally:
            visit.left -= 1000 * (time.perf_counter() - began)

    async def table_counts(self, limit: int = 10) -> dict[str, int | None]:
        """Every table, uncounted: the front page and the list of views show no such counts, and Datasette would try each for ``limit``
        milliseconds, which of forty large tables made the front page wait 300 ms."""
        return dict.fromkeys(await self.table_names())


def warm(kept: Kept, tables: Mapping[str, Mapping[str, Any]], columns: Mapping[str, tuple[str, ...]], size: int) -> None:
    """Has the counts and facets of the described views made before anybody asks, in the words Datasette asks them. ``size`` is the
    number of values a facet shows."""
    for name, about in tables.items():
        if about.get("hidden"):
            continue
        kept.warm(f"select count(*) from {escape_sqlite(name)}")
        inner = f"select {', '.join(escape_sqlite(column) for column in columns[name])} from {escape_sqlite(name)}"
        for facet in about.get("facets", ()):
            value = escape_sqlite(facet)
            kept.warm(
                f"select {value} as value, count(*) as count from ( {inner} ) where {value} is not null"
                f" group by {value} order by count desc, value limit {size + 1}"
            )


def _results(answer: Answer) -> Any:
    rows = [CustomRow(answer.columns, values) for values in answer.rows]
    return Results(rows, False, tuple((name, *(None,) * 6) for name in answer.columns))
