"""How fast analysts' pages answer when there is much: ``uppdrag trial analyst-speed``.

A generated database of the size asked for, its threads linked as after an ingest; then a server and one analyst, who opens the front page,
the dashboards, every view (filtered, sorted, with facets), searches for common and rare words and parts of words, and reads lists and time
lines. Times are from asking to the last byte, over loopback. The first answers, while the server counts what it will keep, are told apart.
"""

# ruff: noqa: S608 - statements are put together from the names of our own views

from __future__ import annotations

import random
import re
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from urllib.parse import quote, urlencode

from pipeline.datasette.charts import chart_specs
from pipeline.datasette.metadata import description, queries
from pipeline.trials.desk import Desk, DeskError, Server
from pipeline.trials.list_speed import linked, made

ASSIGNMENTS, DOCUMENTS = 1_000_000, 100_000
ASKED = 100

LIMIT = 300.0
"""Milliseconds that 95 of 100 answers of each kind keep within."""

COUNTING = "räknas fram"
"""What a page says of a count that is not there yet."""

_WARM_SECONDS = 1800.0


@dataclass(frozen=True)
class Answers:
    """Milliseconds of one kind of page. ``processor`` and ``processor_p95`` are of the server's own processor time, which is the page's
    own also where others use the machine (what the server counts beside the page is in it). ``counting`` of them showed their rows and
    said that a count was still being made."""

    name: str
    count: int
    median: float
    p95: float
    worst: float
    slowest: str
    processor: float
    processor_p95: float
    counting: int

    @property
    def holds(self) -> bool:
        """Whether 95 of 100 kept within the limit."""
        return self.p95 <= LIMIT


@dataclass(frozen=True)
class AnalystSpeed:
    """A run: what the database held, how long the server took to count it all after its start, and each kind of page."""

    assignments: int
    documents: int
    threads: int
    mib: int
    counted: float
    measured: tuple[Answers, ...]

    @property
    def well(self) -> bool:
        """Whether every kind kept within the limit."""
        return all(one.holds for one in self.measured)

    def summary(self) -> str:
        """A table in Markdown."""
        held = f"{self.assignments:,} assignments in {self.documents:,} documents, {self.threads:,} threads, {self.mib:,} MiB."
        lines = [
            f"{held} Everything was counted {self.counted:.0f} s after the start. Limit of p95: {LIMIT:.0f} ms.",
            "",
            "| page | asked | median, ms | p95, ms | worst, ms | of the processor, ms | its p95, ms | still counting | the slowest |",
            "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |",
        ]
        for one in self.measured:
            said = f"| {one.name} | {one.count} | {one.median:.0f} | {one.p95:.0f} | {one.worst:.0f} | {one.processor:.0f}"
            lines.append(f"{said} | {one.processor_p95:.0f} | {one.counting} | `{one.slowest}` |" + ("" if one.holds else " **missed**"))
        return "\n".join(lines)


def analyst_speed(
    assignments: int = ASSIGNMENTS,
    documents: int = DOCUMENTS,
    *,
    asked: int = ASKED,
    database: Path | None = None,
    seed: int = 1,
    say: Callable[[str], None] = print,
) -> AnalystSpeed:
    """Measures about ``asked`` answers of each kind over a generated database, made in a temporary folder, or at ``database`` where it
    stays and is used again. Raises DeskError where a page is not right."""
    with tempfile.TemporaryDirectory(prefix="uppdrag-analyst-") as name:
        folder = Path(name)
        at = database or folder / "uppdrag.db"
        if at.exists():
            linked(at, say)  # the rest of it, where making it was stopped
        else:
            made(at, assignments, documents, say)
        with closing(sqlite3.connect(at)) as connection:
            held = [connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("current_row", "document", "thread")]
            asks = _questions(connection, asked, random.Random(seed))  # noqa: S311 - a draw, no secret
        with Server(at, folder) as server, closing(Desk(server)) as desk:
            desk.use_link()
            say("Waiting for the server to have counted everything ...")
            counted = _warmed(desk)
            measured = tuple(_measured(server, desk, name, paths) for name, paths in asks.items())
        return AnalystSpeed(held[0], held[1], held[2], at.stat().st_size >> 20, counted, measured)


def _questions(connection: sqlite3.Connection, asked: int, chance: random.Random) -> dict[str, list[str]]:
    """The addresses asked for, by kind of page."""

    def some(sql: str, count: int = asked) -> list[str]:
        found = [str(row[0]) for row in connection.execute(sql).fetchall()]
        return chance.sample(found, min(count, len(found)))

    bodies = some("SELECT DISTINCT body FROM current_row WHERE body IS NOT NULL", 40)
    # Who gave a thread is named as printed: "Regionstyrelsen", of all organisations. The largest are the slowest.
    givers = [str(row[0]) for row in connection.execute("SELECT body FROM thread GROUP BY body ORDER BY count(*) DESC LIMIT 20")]
    roles = some("SELECT assignee_names FROM current_row WHERE assignee_names IS NOT NULL ORDER BY id LIMIT 500", 20)
    texts = connection.execute("SELECT text FROM page WHERE id % 997 = 3 LIMIT 200").fetchall()
    words = sorted({word for (text,) in texts for word in re.findall(r"[a-zåäö]{4,}", text.lower())})
    views = [name for name, about in description()["tables"].items() if not about.get("hidden")]
    threads = some("SELECT id FROM thread ORDER BY id LIMIT 20000")
    records = some("SELECT record FROM current_row ORDER BY record LIMIT 20000")
    kinds: dict[str, Sequence[str]] = {
        "front page": ["/"],
        "dashboards": ["/-/diagram", *(f"/-/diagram/{name}" for name in chart_specs())],
        "dashboards of a body": [f"/-/diagram?{_q(organ=body)}" for body in (*givers, *bodies)],
        "every view": [f"/uppdrag/{view}" for view in views],
        "view filtered": [
            *(f"/uppdrag/uppdrag?{_q(organ=body, status=chance.choice(['beslutat', 'återgivet']))}" for body in bodies),
            *(f"/uppdrag/uppdrag?{_q(mottagare=role)}" for role in roles),
            *(
                f"/uppdrag/uppdrag?{_q(sammantradesdatum__gte=f'{year}-01-01', sammantradesdatum__lt=f'{year}-07-01')}"
                for year in range(2000, 2020)
            ),
            *(f"/uppdrag/belopp?{_q(organ=body)}" for body in bodies[:10]),
            *(f"/uppdrag/dokument?{_q(organ=body)}" for body in bodies[:10]),
        ],
        "view sorted, further pages": [
            f"/uppdrag/{view}?{_q(**{order: column, '_next': chance.randrange(0, 2000, 50)})}"
            for view, column in (
                ("uppdrag", "tidsfrist_till"),
                ("uppdrag", "sammantradesdatum"),
                ("trad", "givet_datum"),
                ("dokument", "sammantradesdatum"),
            )
            for order in ("_sort", "_sort_desc")
            for _ in range(4)
        ],
        "facets": [
            *(f"/uppdrag/uppdrag?{_q(status=status)}&_facet=organisation" for status in ("beslutat", "föreslaget", "återgivet")),
            *(f"/uppdrag/uppdrag?{_q(organ=body)}&_facet=mottagare" for body in bodies),
            *(f"/uppdrag/trad?{_q(organ=body)}&_facet=givet_grund" for body in (*givers, *bodies[:20])),
            *(f"/uppdrag/uppdrag?_facet={column}" for column in ("organisation", "granskad", "mottagare")),
        ],
        "search in everything": [
            *(f"/-/sok?{_q(q=word)}" for word in chance.sample(words, min(asked // 2, len(words)))),
            *(f"/-/sok?{_q(q=word, organ=body)}" for word in ("uppdrag", "och", "ekonomi") for body in bodies[:5]),
            *(f"/-/sok?{_q(q=word)}" for word in ("uppdrag", "och", "att", "ekonomi i balans", "handlingsplan")),
        ],
        "search for parts of words": [
            *(f"/-/sok?{_q(q=word[: chance.randrange(4, 9)], hur='del')}" for word in chance.sample(words, min(asked // 2, len(words)))),
            *(f"/-/sok?{_q(q=part, hur='del')}" for part in ("styrelsen", "nämnd", "upp", "handlingsplan", "xqz")),
        ],
        "search in a view": [
            *(f"/uppdrag/uppdrag?{_q(_search=word)}" for word in chance.sample(words, min(asked // 2, len(words)))),
            *(f"/uppdrag/{view}?{_q(_search=word)}" for view in ("uppdrag", "sidor") for word in ("uppdrag", "och", "handlingsplan")),
        ],
        "list of a body": [
            *(f"/uppdrag/trad?{_q(organ=body)}" for body in (*givers, *bodies[:20])),
            *(
                f"/uppdrag/trad?{_q(organ=body, lagekod__in='open,interim,overdue')}&_sort=tidsfrist_till"
                for body in (*givers, *bodies[:20])
            ),
            *(f"/uppdrag/kommande?{_q(organ=body, dagar=365)}" for body in givers),
        ],
        "thread": [f"/-/trad/{thread}" for thread in threads],
        "assignment on its page": [f"/-/uppdrag/{record}" for record in records],
    }
    assert "kommande" in queries()
    return {kind: _as_many(paths, asked) for kind, paths in kinds.items() if paths}


def _as_many(paths: Sequence[str], asked: int) -> list[str]:
    """All of them at least once, and again until there are as many as asked for."""
    return [paths[n % len(paths)] for n in range(max(asked, len(paths)))]


def _q(**values: object) -> str:
    return urlencode(values, quote_via=quote)


def _warmed(desk: Desk) -> float:
    """Seconds until no page of everything says that it is still counting."""
    began = time.perf_counter()
    pages = ["/", "/-/diagram", *(f"/uppdrag/{name}" for name, about in description()["tables"].items() if not about.get("hidden"))]
    while pages and time.perf_counter() - began < _WARM_SECONDS:
        pages = [path for path in pages if COUNTING in _right(desk, path)[1]]
        if pages:
            time.sleep(2.0)
    if pages:
        raise DeskError(f"After {_WARM_SECONDS:.0f} s the server still counts for {', '.join(pages)}.")
    return time.perf_counter() - began


def _measured(server: Server, desk: Desk, name: str, paths: Iterable[str]) -> Answers:
    found = sorted(_timed(server, desk, paths))
    at = int(0.95 * (len(found) - 1))
    own = sorted(processor for _, _, processor, _ in found)
    times = [ms for ms, _, _, _ in found]
    counting = sum(still for _, _, _, still in found)
    return Answers(name, len(times), median(times), times[at], times[-1], found[-1][1], sum(own) / len(own), own[at], counting)


def _timed(server: Server, desk: Desk, paths: Iterable[str]) -> Iterator[tuple[float, str, float, bool]]:
    for path in paths:
        before = server.cpu_milliseconds()
        seconds, text = _right(desk, path)
        yield 1000 * seconds, path, server.cpu_milliseconds() - before, COUNTING in text


def _right(desk: Desk, path: str) -> tuple[float, str]:
    answer = desk.get(path)
    if answer.status != 200:
        raise DeskError(f"{path} answered {answer.status}")
    return answer.seconds, answer.text
