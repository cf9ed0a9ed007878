"""Whose turn it is to write, with real connections of more than one thread."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest

from pipeline.turns import turn


def _connected(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, timeout=7.0)
    connection.execute("PRAGMA journal_mode = WAL")
    return connection


def _writer(path: Path, ended: threading.Event, hold: float, done: list[int]) -> None:
    with closing(_connected(path)) as connection:
        while not ended.is_set():
            with turn(connection, 10.0):
                connection.execute("INSERT INTO t VALUES (1)")
                time.sleep(hold)
            done[0] += 1


def test_who_waits_beside_one_that_writes_without_a_pause_gets_its_turn(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with closing(_connected(path)) as first:
        first.execute("CREATE TABLE t (x)")
    code = (
        "import sqlite3, sys, time\nfrom pipeline.turns import turn\nc = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "for _ in range(10):\n    with turn(c, 10.0):\n        c.execute('INSERT INTO t VALUES (2)')\nprint('all')\n"
    )
    ended, done = threading.Event(), [0]
    thread = threading.Thread(target=_writer, args=(path, ended, 0.1, done))
    thread.start()
    try:
        other = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, timeout=60, check=False)
    finally:
        ended.set()
        thread.join()
    assert other.stdout == "all\n", other.stderr
    with closing(_connected(path)) as connection:
        assert connection.execute("SELECT count(*) FROM t WHERE x = 2").fetchone() == (10,)
        assert connection.execute("SELECT count(*) FROM t WHERE x = 1").fetchone() == (done[0],)


def test_who_keeps_the_database_is_not_waited_for_for_ever(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with closing(_connected(path)) as one, closing(_connected(path)) as other:
        with turn(one):
            with pytest.raises(sqlite3.OperationalError) as raised, turn(other, 0.05):
                pytest.fail("two write at a time")
            assert raised.value.sqlite_errorcode == sqlite3.SQLITE_BUSY
            assert not other.in_transaction
            assert other.execute("PRAGMA busy_timeout").fetchone() == (7000,)
        with turn(other, 0.05):
            pass


def _twice(connection: sqlite3.Connection) -> None:
    connection.execute("INSERT INTO t VALUES (1)")
    connection.execute("INSERT INTO u VALUES (1)")


def test_what_fails_is_taken_back_and_what_is_no_waiting_told_at_once(tmp_path: Path) -> None:
    with closing(_connected(tmp_path / "a.db")) as connection:
        connection.execute("CREATE TABLE t (x)")
        with pytest.raises(sqlite3.OperationalError, match="no such table"), turn(connection):
            _twice(connection)
        assert connection.execute("SELECT count(*) FROM t").fetchone() == (0,)
        with turn(connection), pytest.raises(sqlite3.OperationalError, match="within a transaction"), turn(connection):
            pytest.fail("a transaction inside another")
