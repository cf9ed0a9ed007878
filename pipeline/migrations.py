"""The schema as numbered steps, each in a transaction of its own; the database says in its header how far it has come.

A step is a file ``pipeline/schema/NNNN_name.sql`` and is never edited once released: what changes later is a new step.
"""

from __future__ import annotations

import re
import sqlite3
from dataclasses import dataclass
from pathlib import Path

APPLICATION_ID = 0x55505044
""""UPPD": how a database of this program is told from any other SQLite file (``PRAGMA application_id``)."""

_FOLDER = Path(__file__).parent / "schema"
_NAME = re.compile(r"(\d{4})_(\w+)\.sql")


@dataclass(frozen=True)
class Migration:
    """One step: brings a database from ``number - 1`` to ``number``."""

    number: int
    name: str
    sql: str


def migrations() -> tuple[Migration, ...]:
    """All steps in order, numbered from 1 without a gap. Raises ValueError where the files are not."""
    found: list[Migration] = []
    for path in sorted(_FOLDER.glob("*.sql")):
        match = _NAME.fullmatch(path.name)
        if match is None or int(match[1]) != len(found) + 1:
            raise ValueError(f"{path}: migrations are named NNNN_name.sql and numbered without a gap")
        found.append(Migration(int(match[1]), match[2], path.read_text(encoding="utf-8")))
    return tuple(found)


def statements(sql: str) -> list[str]:
    """The statements of a script, one by one. ``executescript`` commits whatever transaction is open, so it cannot be used."""
    parts, current = [], ""
    for line in sql.splitlines(keepends=True):
        current += line
        if sqlite3.complete_statement(current):
            parts.append(current)
            current = ""
    if any(line.strip() and not line.lstrip().startswith("--") for line in current.splitlines()):
        raise ValueError(f"unfinished statement: {current.strip()[:60]}")
    return parts


def migrate(connection: sqlite3.Connection, steps: tuple[Migration, ...] | None = None) -> list[int]:
    """Runs the steps a database lacks and returns their numbers. The connection is in autocommit mode (``isolation_level=None``)."""
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    done = []
    for step in (migrations() if steps is None else steps)[version:]:
        connection.execute("BEGIN IMMEDIATE")
        try:
            # Another process may have run this step while we waited for the lock.
            if int(connection.execute("PRAGMA user_version").fetchone()[0]) < step.number:
                for statement in statements(step.sql):
                    connection.execute(statement)
                connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                connection.execute(f"PRAGMA user_version = {step.number}")
                done.append(step.number)
            connection.execute("COMMIT")
        except BaseException:
            connection.execute("ROLLBACK")
            raise
    return done
