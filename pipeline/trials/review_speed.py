"""How fast the review answers when there is much: ``uppdrag trial review-speed``.

A generated database of the size asked for, a share of it decided on already, and the sample documents with their PDFs; then a server and
one reviewer, who reads the queue under every filter, opens records, accepts one after the other, and looks at pages. Times are from asking
to the last byte, over loopback, so they hold all a reviewer waits for but the network.
"""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from pipeline.bench.generated import fill
from pipeline.bench.material import SAMPLES
from pipeline.review import ledger
from pipeline.review.ledger import token
from pipeline.review.queue import counts
from pipeline.review.record import standing
from pipeline.store import Store
from pipeline.trials.desk import Desk, DeskError, Server, record_form

ASSIGNMENTS, DOCUMENTS = 100_000, 5_000
DECIDED = 0.02
ASKED = 200

LIMITS = {"queue": 200.0, "record": 200.0, "accept and next": 150.0, "page, first time": 150.0, "page, again": 20.0}
"""Milliseconds that 95 of 100 answers keep within."""


@dataclass(frozen=True)
class Measured:
    """Milliseconds of one kind of answer, and of the server's own processor time for one (None where another process does the work)."""

    name: str
    count: int
    median: float
    p95: float
    worst: float
    processor: float | None
    limit: float

    @property
    def holds(self) -> bool:
        """Whether 95 of 100 kept within the limit."""
        return self.p95 <= self.limit


@dataclass(frozen=True)
class Speed:
    """A run: what the database held, and each kind of answer."""

    assignments: int
    documents: int
    decided: int
    measured: tuple[Measured, ...]

    @property
    def well(self) -> bool:
        """Whether every kind kept within its limit."""
        return all(one.holds for one in self.measured)

    def summary(self) -> str:
        """A table in Markdown."""
        lines = [
            f"{self.assignments:,} assignments in {self.documents:,} documents, {self.decided:,} decided on.",
            "",
            "| answer | asked | median, ms | p95, ms | worst, ms | server's processor, ms | limit of p95, ms |",
            "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
        ]
        for one in self.measured:
            own = "–" if one.processor is None else f"{one.processor:.1f}"
            said = f"| {one.name} | {one.count} | {one.median:.1f} | {one.p95:.1f} | {one.worst:.1f} | {own} | {one.limit:.0f} |"
            lines.append(said + ("" if one.holds else " **missed**"))
        return "\n".join(lines)


def review_speed(
    assignments: int = ASSIGNMENTS, documents: int = DOCUMENTS, *, asked: int = ASKED, say: Callable[[str], None] = print
) -> Speed:
    """Makes the database in a temporary folder and measures ``asked`` answers of each kind. Raises DeskError where a page is not right."""
    with tempfile.TemporaryDirectory(prefix="uppdrag-review-") as name:
        folder = Path(name)
        database = folder / "uppdrag.db"
        _ingest(folder, database)
        with Store.open(database) as store:
            say(f"Making {assignments:,} assignments in {documents:,} documents ...")
            fill(store, assignments, documents)
            say("Linking them, as an ingest does ...")
            store.relink()
        decided = int(assignments * DECIDED)
        say(f"Deciding on {decided:,} of them ...")
        _decide(database, decided)
        with Server(database, folder) as server, closing(Desk(server)) as desk:
            desk.use_link()
            return Speed(assignments, documents, decided, tuple(_measure(server, desk, database, asked)))


def _ingest(folder: Path, database: Path) -> None:
    command = [sys.executable, "-m", "pipeline.cli", "ingest", str(SAMPLES), "--db", str(database), "--data", str(folder), "--no-ocr"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if not database.exists():
        raise DeskError(f"The sample documents were not read: {done.stderr[-1000:]}")


def _decide(database: Path, number: int) -> None:
    """Decides on so many records, half of them the first of the queue, as people do, and half anywhere."""
    with closing(sqlite3.connect(database)) as connection:
        queue = "SELECT a.address FROM review_queue AS q JOIN assignment AS a ON a.id = q.assignment WHERE q.counted"
        first = connection.execute(f"{queue} ORDER BY q.sure, q.confidence, q.assignment LIMIT ?", (number // 2,)).fetchall()
        others = connection.execute(f"{queue} ORDER BY a.address LIMIT ?", (number,)).fetchall()
        for n, address in enumerate(list(dict.fromkeys(row[0] for row in (*first, *others)))[:number]):
            now = standing(connection, address)
            assert now is not None
            who = ("anna", "bo", "cecilia", "david")[n % 4]
            if n % 10:
                ledger.accept(connection, who, address, token(now))
            else:
                ledger.reject(connection, who, address, token(now), why="-")


def _measure(server: Server, desk: Desk, database: Path, asked: int) -> Iterable[Measured]:
    chance = random.Random(1)  # noqa: S311 - a draw, no secret
    with closing(sqlite3.connect(database)) as connection:
        known = counts(connection)
        records = [row[0] for row in connection.execute("SELECT address FROM assignment ORDER BY random() LIMIT ?", (asked,))]
        documents = [row[0] for row in connection.execute("SELECT sha256 FROM document WHERE assignments > 0 ORDER BY random() LIMIT 20")]
        pages = connection.execute(
            "SELECT d.sha256, p.number FROM page AS p JOIN document AS d ON d.id = p.document JOIN file AS f ON f.sha256 = d.sha256"
            " WHERE f.size > 0 AND d.reading_status = 'read' ORDER BY random()"
        ).fetchall()
    filters = ["", "akter=alla", "status=cited", "tvekan=sakerhet", "lage=granskade", "lage=granskade&vem=bo", "lage=inaktuella"]
    filters += ["lage=foraldralosa", "hoppa=5000", *(f"tvekan={doubt}".replace(" ", "+") for doubt, _ in known.doubts)]
    filters += [f"organ={body}".replace(" ", "+") for body, _ in chance.sample(known.bodies, min(10, len(known.bodies)))]
    filters += [f"dokument={sha256}" for sha256 in documents]

    def timed(name: str, times: Iterable[float], *, elsewhere: bool = False) -> Measured:
        before = server.cpu_seconds()
        found = sorted(1000 * seconds for seconds in times)
        own = None if elsewhere else 1000 * (server.cpu_seconds() - before) / len(found)
        return Measured(name, len(found), median(found), found[int(0.95 * (len(found) - 1))], found[-1], own, LIMITS[name])

    def right(path: str) -> float:
        answer = desk.get(path)
        if answer.status != 200:
            raise DeskError(f"{path} answered {answer.status}")
        return answer.seconds

    right("/-/granska")  # the first page of a server imports and compiles
    right(f"/-/granska/post/{records[0]}")
    yield timed("queue", (right(f"/-/granska?{_ascii(filters[n % len(filters)])}") for n in range(asked)))
    yield timed("record", (right(f"/-/granska/post/{address}") for address in records))
    yield timed("accept and next", _accepted(desk, known.open, asked))
    size = [(sha256, number, width) for sha256, number in pages for width in (2, 3)][:asked]
    addresses = [f"/-/sidbild/{sha256}/{number}.png?storlek={width}" for sha256, number, width in size]
    yield timed("page, first time", [right(path) for path in addresses], elsewhere=True)
    # Those the server has kept: what one page and its neighbours are to a reviewer.
    yield timed("page, again", [right(path) for path in addresses[-40:] for _ in range(5)], elsewhere=True)


def _accepted(desk: Desk, waiting: int, asked: int) -> Iterable[float]:
    """Seconds of each decision and the page of the next record together, from the first of the queue on."""
    queue = desk.get("/-/granska").text
    path = queue.partition("/-/granska/post/")[2][:16]
    page = desk.get(f"/-/granska/post/{path}").text
    for _ in range(min(asked, waiting - 1)):
        answer = desk.post(record_form(page), ("beslut", "spara"))
        if answer.status != 303 or "/post/" not in answer.location:
            raise DeskError(f"a decision answered {answer.status} {answer.location}")
        following = desk.get(answer.location)
        page = following.text
        yield answer.seconds + following.seconds


def _ascii(query: str) -> str:
    from urllib.parse import quote

    return quote(query, safe="=&+")
