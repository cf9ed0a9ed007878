"""Datasette's metadata, put together from description.toml and queries.toml and checked against the schema."""

from __future__ import annotations

import sqlite3
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from pipeline.migrations import migrate

DATABASE = "uppdrag"
"""What the database is called in addresses, whatever its file is called: saved addresses keep working."""

XLSX_ROWS = 20_000
"""Rows in a workbook; its last sheet says so where there were more."""

_FOLDER = Path(__file__).parent


class DescriptionError(ValueError):
    """A column without a description, or a description without a column."""


@cache
def schema() -> dict[str, tuple[str, ...]]:
    """Columns of each table and view as the migrations make them, without the inner tables of the search indexes."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    migrate(connection)
    names = connection.execute("SELECT name FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'view') ORDER BY name")
    found = {
        name: tuple(row[0] for row in connection.execute("SELECT name FROM pragma_table_info(?)", (name,)))
        for (name,) in names.fetchall()
        if not name.startswith("sqlite_")
    }
    connection.close()
    return found


def columns(described: dict[str, Any], table: str) -> dict[str, str]:
    """The description of every column of a table, in its order. Raises DescriptionError where one is missing or too many."""
    own = described["tables"][table]
    words = dict(own.get("columns", {}))
    if "same_as" in own:
        words = {name: text for name, text in columns(described, own["same_as"]).items() if name in schema()[table]} | words
    if extra := set(words) - set(schema()[table]):
        raise DescriptionError(f"{table}: described, but no column: {', '.join(sorted(extra))}")
    found = {name: words.get(name) or described["common"].get(name) for name in schema()[table]}
    if missing := [name for name, text in found.items() if not text]:
        raise DescriptionError(f"{table}: no description of {', '.join(missing)}")
    return {name: str(text) for name, text in found.items()}


def description() -> dict[str, Any]:
    """description.toml as it stands."""
    return tomllib.loads((_FOLDER / "description.toml").read_text(encoding="utf-8"))


def queries() -> dict[str, dict[str, str]]:
    """The saved queries by name: title, description, sql."""
    return tomllib.loads((_FOLDER / "queries.toml").read_text(encoding="utf-8"))


def metadata() -> dict[str, Any]:
    """What Datasette is started with."""
    described = description()
    if unknown := set(described["tables"]) ^ set(schema()):
        raise DescriptionError(f"tables described and tables there are not the same: {', '.join(sorted(unknown))}")
    tables = {}
    for name, own in described["tables"].items():
        kept = {key: value for key, value in own.items() if key not in ("same_as", "columns", "units")}
        units = own.get("units", {})
        words = {column: f"{text} ({units[column]})" if column in units else text for column, text in columns(described, name).items()}
        tables[name] = {**kept, "columns": words, "sortable_columns": list(words), "size": 50}
    return {
        "title": described["title"],
        "description": described["description"],
        # A workbook takes a second for some 4,000 rows, and one is written at a time: what is larger is fetched as CSV.
        "plugins": {"datasette-xlsx": {"max_rows": XLSX_ROWS, "time_limit_ms": 10_000}},
        "databases": {DATABASE: {"title": described["title"], "tables": tables, "queries": queries()}},
    }
