"""Whose turn it is to write: one connection at a time, and none that waits in vain.

SQLite's own waiting looks again ten times a second. Beside reviewers whose decisions follow one another closely that hits the gap between
two of them so seldom that an ingest gave up after half a minute.
"""

from __future__ import annotations

import random
import sqlite3
import time

SECONDS = 30.0
"""How long a writer waits for another (a reviewer's decision, an ingest that ends its batch) before it gives up."""
_LOOKS_AGAIN = 0.004


def begin(connection: sqlite3.Connection, seconds: float = SECONDS) -> None:
    """Begins a transaction that writes, a few milliseconds after the one before it has ended. Raises sqlite3.OperationalError with
    SQLITE_BUSY where others kept the database for ``seconds`` without a gap."""
    own = connection.execute("PRAGMA busy_timeout").fetchone()[0]
    connection.execute("PRAGMA busy_timeout = 0")
    until = time.monotonic() + seconds
    try:
        while True:
            try:
                connection.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() >= until:
                    raise
                time.sleep(_LOOKS_AGAIN * random.uniform(0.5, 1.5))  # noqa: S311 - so that two that wait do not look at the same time
            else:
                return
    finally:
        connection.execute(f"PRAGMA busy_timeout = {own}")
