"""Whose turn it is to write, with real connections of more than one thread."""

from __future__ import annotations

import sqlite3
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest

from pipeline.turns import begin


def _connected(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, timeout=7.0)
    connection.execute("PRAGMA journal_mode = WAL")
    return connection


def test_writers_that_follow_one_another_closely_leave_a_turn(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with closing(_connected(path)) as first:
        first.execute("CREATE TABLE t (x)")
    ended = threading.Event()

    def busy() -> None:
        """As a server whose reviewers decide without a pause: nine tenths of the time it writes."""
        with closing(_connected(path)) as connection:
            while not ended.is_set():
                begin(connection)
                connection.execute("INSERT INTO t VALUES (1)")
                time.sleep(0.09)
                connection.execute("COMMIT")
                time.sleep(0.01)

    thread = threading.Thread(target=busy)
    thread.start()
    try:
        with closing(_connected(path)) as connection:
            for _ in range(20):
                begin(connection, 10.0)
                connection.execute("INSERT INTO t VALUES (2)")
                connection.execute("COMMIT")
            assert connection.execute("SELECT count(*) FROM t WHERE x = 2").fetchone() == (20,)
    finally:
        ended.set()
        thread.join()


def test_who_keeps_the_database_is_not_waited_for_for_ever(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with closing(_connected(path)) as one, closing(_connected(path)) as other:
        begin(one)
        with pytest.raises(sqlite3.OperationalError) as raised:
            begin(other, 0.05)
        assert raised.value.sqlite_errorcode == sqlite3.SQLITE_BUSY
        assert not other.in_transaction
        assert other.execute("PRAGMA busy_timeout").fetchone() == (7000,)
        one.execute("COMMIT")
        begin(other, 0.05)
        other.execute("COMMIT")


def test_what_is_no_waiting_is_told_at_once(tmp_path: Path) -> None:
    with closing(_connected(tmp_path / "a.db")) as connection:
        begin(connection)
        with pytest.raises(sqlite3.OperationalError, match="within a transaction"):
            begin(connection)
