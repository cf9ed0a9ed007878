"""Whose turn it is to write: one connection at a time, and none that waits in vain.

SQLite's own waiting looks again ten times a second, and whoever has just written may write again at once. So an ingest gave up after half a
minute beside reviewers whose decisions followed one another closely; and a decision waited for seconds beside an ingest.
"""

from __future__ import annotations

import random
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager

SECONDS = 30.0
"""How long a writer waits for another (a reviewer's decision, an ingest that ends its batch) before it gives up."""

_LOOKS_AGAIN = 0.004
_LEAVES = 0.012
"""A process that has written leaves the others so long, which is twice as long as they may look away."""

_ended = 0.0


@contextmanager
def turn(connection: sqlite3.Connection, seconds: float = SECONDS) -> Iterator[None]:
    """A transaction that writes: committed at the end, taken back where something is raised.

    It begins a few milliseconds after the one before it has ended. Raises sqlite3.OperationalError with SQLITE_BUSY where others kept the
    database for ``seconds`` without a gap.
    """
    global _ended
    time.sleep(max(0.0, _ended + _LEAVES - time.monotonic()))
    _begin(connection, seconds)
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        # A full disk may have ended the transaction already.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    finally:
        _ended = time.monotonic()


def _begin(connection: sqlite3.Connection, seconds: float) -> None:
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
