"""How fast a board's list is written when there is much: ``uppdrag trial list-speed``.

A generated database of the size asked for, its assignments followed as those of any archive; then the lists of the boards with most
assignments, each by the command itself, from the start of the process to the last byte of the file, as a clerk waits for it.
"""

# ruff: noqa: S608 - statements are put together from the names of our own tables

from __future__ import annotations

import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from pipeline.bench.generated import fill
from pipeline.store import Store
from pipeline.trials.runs import TrialError

ASSIGNMENTS, DOCUMENTS = 1_000_000, 100_000
LIMIT = 2.0
"""Seconds of the processor within which the list of a board is there as a workbook: what one waits where nothing else runs."""

DAY = "2024-12-31"
LINKED = "xlsx with links"
"""The workbook whose sources are linked (``--address``)."""


@dataclass(frozen=True)
class Listed:
    """One list: seconds from asking to the file, and of the processor (of the process and what it started)."""

    body: str
    organisation: str | None
    form: str
    assignments: int
    seconds: float
    processor: float

    @property
    def holds(self) -> bool:
        """Whether it was there in time; other formats than the workbook have no limit."""
        return not self.form.startswith("xlsx") or self.processor <= LIMIT


@dataclass(frozen=True)
class ListSpeed:
    """A run: what the database held, the seconds it took to follow its assignments (None where it was there before), and each list."""

    assignments: int
    documents: int
    threads: int
    linking: float | None
    lists: tuple[Listed, ...]

    @property
    def well(self) -> bool:
        """Whether every workbook was there in time."""
        return all(one.holds for one in self.lists)

    def summary(self) -> str:
        """A table in Markdown."""
        took = "" if self.linking is None else f", made in {self.linking:.0f} s"
        lines = [
            f"{self.assignments:,} assignments in {self.documents:,} documents; {self.threads:,} threads{took}.",
            "",
            "| list | format | assignments | seconds | of the processor |",
            "| --- | --- | ---: | ---: | ---: |",
        ]
        for one in self.lists:
            missed = "" if one.holds else f" **missed {LIMIT:.0f} s**"
            whose = f"{one.body}, {one.organisation}"
            lines.append(f"| {whose} | {one.form} | {one.assignments:,} | {one.seconds:.2f} | {one.processor:.2f} |{missed}")
        return "\n".join(lines)


def list_speed(
    assignments: int = ASSIGNMENTS,
    documents: int = DOCUMENTS,
    *,
    boards: int = 3,
    forms: Sequence[str] = ("xlsx", LINKED, "csv", "json", "ics", "html"),
    database: Path | None = None,
    say: Callable[[str], None] = print,
) -> ListSpeed:
    """Writes the lists of the largest boards of a generated database, made in a temporary folder, or at ``database`` where it stays and is
    used again. Raises TrialError where a list is not made."""
    with tempfile.TemporaryDirectory(prefix="uppdrag-list-") as name:
        at = database or Path(name) / "uppdrag.db"
        linking = None if at.exists() else made(at, assignments, documents, say)
        with closing(sqlite3.connect(at)) as connection:
            held = [int(connection.execute(f"SELECT count(*) FROM {t}").fetchone()[0]) for t in ("current_row", "document", "thread")]
            largest = connection.execute(
                "SELECT body, organisation FROM thread WHERE body IS NOT NULL AND organisation IS NOT NULL"
                " GROUP BY body, organisation ORDER BY count(*) DESC, body, organisation LIMIT ?",
                (boards,),
            ).fetchall()
        lists = [_list(at, board, "xlsx", Path(name)) for board in largest]
        lists += [_list(at, largest[0], form, Path(name)) for form in forms if form != "xlsx"]
        return ListSpeed(held[0], held[1], held[2], linking, tuple(lists))


def made(at: Path, assignments: int, documents: int, say: Callable[[str], None]) -> float:
    """Makes a generated database whose assignments are followed as after an ingest; returns the seconds following them took."""
    say(f"Making {assignments:,} assignments in {documents:,} documents ...")
    with Store.open(at) as store:
        fill(store, assignments, documents)
    return linked(at, say)


def linked(at: Path, say: Callable[[str], None]) -> float:
    """Follows what is not followed yet in such a database; returns the seconds it took."""
    with Store.open(at) as store:
        say("Linking them into threads ...")
        began = time.perf_counter()
        store.relink()
        return time.perf_counter() - began


def _list(database: Path, board: tuple[str, str], form: str, folder: Path) -> Listed:
    body, organisation = board
    kind = form.split()[0]
    to = folder / f"lista.{kind}"
    command = [sys.executable, "-m", "pipeline.cli", "list", "--organ", body, "--organisation", organisation, "--per", DAY]
    command += ["--format", kind, "--to", str(to), "--db", str(database)]
    command += ["--address", "https://uppdrag.example"] if form == LINKED else []
    began, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    seconds, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        raise TrialError(f"The list of {body} was not made: {done.stderr[-500:]}")
    count = int(done.stdout.rsplit(": ", 1)[1].split()[0])
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Listed(body, organisation, form, count, seconds, processor)
