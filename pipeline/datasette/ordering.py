"""The order of a view's rows on a page: any column for a small selection, the columns that have an index for a large one.

Datasette lets one sort by each column. Of a million rows an index gives the first fifty in a moment; without one every row, with all that
is looked up for it, is put in order first, which takes seconds and ends at the time limit. So rows that have a number are put in order by
their numbers alone, and only those shown are looked up; and a page of more than :data:`MOST` rows whose order no index has shows them as
they come, and says so. In the data (CSV, JSON, xlsx) the order is always the one that was asked for.
"""

# ruff: noqa: S608 - statements are put together from those Datasette made

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping
from typing import Any

from datasette.utils import sqlite_timelimit

from pipeline.datasette.visits import Visit

MOST = 5_000
"""Rows of a page that are put in an order no index has."""

MOST_NUMBERED = 20_000
"""The same of a view in :data:`NUMBERED`."""

NUMBERED = frozenset({"uppdrag", "sidor"})
"""The views whose rows have a number, ``rad``, by which they are found at once."""

_MOMENT = 120  # milliseconds to find out whether there are more
_ROWS = re.compile(
    r"(?P<rows>select .+? from (?P<view>\S+)) (?:where (?P<where>.+) )?"
    r"order by (?P<column>\S+)(?P<down> desc)? (?P<limit>limit \d+(?: offset \d+)?)",
    re.DOTALL,
)


def ordered(connection: sqlite3.Connection, sql: str, values: Mapping[str, Any], visit: Visit) -> str:
    """The statement to ask instead of ``sql``, Datasette's for the rows of a page. Where their order is given up, ``visit`` says so.

    Any other statement comes back as it is.
    """
    asked = _ROWS.fullmatch(sql)
    if asked is None or asked["view"] != visit.view or not _sorts(connection, sql, values):
        return sql
    where = f"where {asked['where']} " if asked["where"] else ""
    order = f"order by {asked['column']}{asked['down'] or ''}"
    numbered = asked["view"] in NUMBERED
    if numbered:
        sql = f"{asked['rows']} where rad in (select rad from {asked['view']} {where}{order} {asked['limit']}) {order}"
    if not visit.page or not _many(connection, asked["view"], where, MOST_NUMBERED if numbered else MOST, values):
        return sql
    if where:
        # Among so many rows the first fifty in the order of an index are found soon: not by the index of the filter, then.
        walked = f"{asked['rows']} where ({asked['where']}) is true {order} {asked['limit']}"
        if not _sorts(connection, walked, values):
            return walked
    visit.unsorted = asked["column"]
    return f"{asked['rows']} {where}{asked['limit']}"


def _sorts(connection: sqlite3.Connection, sql: str, values: Mapping[str, Any]) -> bool:
    """Whether SQLite would put the rows in order itself."""
    return any("USE TEMP B-TREE FOR ORDER BY" in row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}", values))


def _many(connection: sqlite3.Connection, view: str, where: str, most: int, values: Mapping[str, Any]) -> bool:
    """Whether there are more than ``most`` rows, or so few among so many that they are not found in a moment."""
    counted = f"select count(*) from (select 1 from {view} {where.replace('+rad in (', 'rad in (')}limit {most + 1})"
    try:
        with sqlite_timelimit(connection, _MOMENT):
            found = connection.execute(counted, values).fetchone()
    except sqlite3.OperationalError as error:
        if str(error) != "interrupted":
            raise
        return True
    return int(found[0]) > most
