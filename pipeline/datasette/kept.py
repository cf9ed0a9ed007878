"""Answers to the questions every visitor asks, kept until the database changes.

The front page and the dashboards count everything there is. Of a million assignments that takes seconds, and the answer is the same for
everyone until somebody writes. So it is counted once, on a connection and a thread of its own, and a page waits for it only a moment:
after that it shows what was counted last, and says when. What somebody waits for has a thread of its own, beside what is counted ahead.
"""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

SECONDS = 300.0
"""The longest one question may take."""

FIRST_PATIENCE = 5.0
"""How long a page waits for an answer that was never given before."""

PATIENCE = 0.1
"""How long it waits for a newer answer than the one it has."""

Version = tuple[date, int]
"""What an answer was given on: the day (what is overdue today may not be so tomorrow) and SQLite's number of the database."""

_REST = 4.0  # an answer that took a second is not counted anew for another four, however often an ingest commits
_WAITING = 100  # questions that nobody waits for
_KEPT = 500  # answers; a question with parameters is one for each of their values


@dataclass(frozen=True)
class Answer:
    """What was answered and when. ``current`` is false where the database has changed since; ``rows`` are of names to values."""

    columns: tuple[str, ...]
    rows: tuple[dict[str, Any], ...]
    at: datetime
    seconds: float
    version: Version
    current: bool = True


@dataclass
class _Line:
    """A thread that counts one question after the other, on a connection of its own."""

    thread: ThreadPoolExecutor
    connection: sqlite3.Connection | None = None


class Kept:
    """The answers over one database file. Nothing is opened before the first question; :meth:`close` ends its threads and connections."""

    def __init__(self, path: Path, prepare: Callable[[sqlite3.Connection], None] = lambda _: None) -> None:
        """``prepare`` is called with a new connection, to give it the functions the questions use."""
        self.path = path
        self._prepare = prepare
        self._lock = threading.Lock()
        self._lines: dict[bool, _Line] = {}  # by whether somebody waits
        self._watcher: sqlite3.Connection | None = None
        self._answers: dict[tuple[Any, ...], Answer] = {}
        self._asked: dict[tuple[Any, ...], Future[Answer]] = {}
        self._waited_for: set[tuple[Any, ...]] = set()

    async def ask(self, sql: str, values: Mapping[str, Any] | None = None, *, patience: float | None = None) -> Answer | None:
        """The answer: the current one if it is there or comes soon, else the latest (``current`` false), else None while it is counted.

        ``patience`` are the seconds an answer that was never given before is waited for; by default FIRST_PATIENCE.

        Raises sqlite3.Error where the question cannot be answered, sqlite3.OperationalError where it takes longer than SECONDS.
        """
        key = _key(sql, values)
        version = await asyncio.to_thread(self._version)
        known = self._answers.get(key)
        if known is not None and (known.version == version or _fresh_enough(known)):
            return _at(known, version)
        coming = self._ask(key, sql, dict(values or {}), waits=True)
        try:
            # Shielded: a reader who leaves does not take the answer from the others.
            patience = PATIENCE if known is not None else FIRST_PATIENCE if patience is None else patience
            return _at(await asyncio.wait_for(asyncio.shield(asyncio.wrap_future(coming)), patience), version)
        except TimeoutError:
            return None if known is None else _at(known, version)

    async def known(self, sql: str, values: Mapping[str, Any] | None = None) -> tuple[Answer | None, bool]:
        """What is known already, without asking, and whether it still holds."""
        answer = self._answers.get(_key(sql, values))
        return answer, answer is not None and answer.version == await asyncio.to_thread(self._version)

    def warm(self, sql: str, values: Mapping[str, Any] | None = None) -> Future[Answer] | None:
        """Asks without waiting, so that the next visitor finds the answer there; None where too much is being asked already."""
        key = _key(sql, values)
        return None if len(self._asked) >= _WAITING and key not in self._asked else self._ask(key, sql, dict(values or {}), waits=False)

    def _ask(self, key: tuple[Any, ...], sql: str, values: dict[str, Any], *, waits: bool) -> Future[Answer]:
        with self._lock:
            known = self._asked.get(key)
            # What nobody waited for and has not begun goes over to the line of those who wait.
            if known is not None and (not waits or key in self._waited_for or not known.cancel()):
                return known
            if waits:
                self._waited_for.add(key)
            if waits not in self._lines:
                self._lines[waits] = _Line(ThreadPoolExecutor(1, f"uppdrag-kept-{'asked' if waits else 'ahead'}"))
            line = self._lines[waits]
            coming = self._asked[key] = line.thread.submit(self._answer, line, key, sql, values)
            return coming

    def _answer(self, line: _Line, key: tuple[Any, ...], sql: str, values: dict[str, Any]) -> Answer:
        try:
            version = self._version()
            if line.connection is None:
                line.connection = _opened(self.path)
                self._prepare(line.connection)
            began = time.perf_counter()
            line.connection.set_progress_handler(lambda: time.perf_counter() - began > SECONDS, 100_000)
            cursor = line.connection.execute(sql, values)
            columns = tuple(name for name, *_ in cursor.description)
            rows = tuple(dict(zip(columns, row, strict=True)) for row in cursor)
            answer = Answer(columns, rows, datetime.now().astimezone(), time.perf_counter() - began, version)
            with self._lock:
                self._answers.pop(key, None)
                self._answers[key] = answer
                while len(self._answers) > _KEPT:
                    self._answers.pop(next(iter(self._answers)))
            return answer
        finally:
            with self._lock:
                self._asked.pop(key, None)
                self._waited_for.discard(key)

    def _version(self) -> Version:
        """Another one on another day and after every commit of anybody. SQLite's number is of one connection: hence a connection that only
        watches."""
        with self._lock:
            if self._watcher is None:
                self._watcher = _opened(self.path)
            return datetime.now().astimezone().date(), int(self._watcher.execute("PRAGMA data_version").fetchone()[0])

    def close(self) -> None:
        """Ends what is being counted."""
        lines, self._lines = list(self._lines.values()), {}
        for line in lines:
            if line.connection is not None:
                line.connection.interrupt()
            line.thread.shutdown(wait=True, cancel_futures=True)
        for connection in (*(line.connection for line in lines), self._watcher):
            if connection is not None:
                connection.close()
        self._watcher = None


def _key(sql: str, values: Mapping[str, Any] | None) -> tuple[Any, ...]:
    return (sql, *sorted((values or {}).items()))


def _opened(path: Path) -> sqlite3.Connection:
    frozen = path.exists() and not path.stat().st_mode & 0o222 and not path.with_name(f"{path.name}-wal").exists()
    connection = sqlite3.connect(
        f"{path.resolve().as_uri()}?mode=ro{'&immutable=1' if frozen else ''}", uri=True, check_same_thread=False, isolation_level=None
    )
    connection.execute("PRAGMA cache_size = -65536")
    connection.execute("PRAGMA temp_store = MEMORY")
    return connection


def _fresh_enough(answer: Answer) -> bool:
    return answer.seconds > 0.5 and (datetime.now().astimezone() - answer.at).total_seconds() < _REST * answer.seconds


def _at(answer: Answer, version: Version) -> Answer:
    if answer.version == version:
        return answer
    return Answer(answer.columns, answer.rows, answer.at, answer.seconds, answer.version, current=False)
