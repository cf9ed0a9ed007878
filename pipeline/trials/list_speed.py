"""How fast a board's list is written when there is much: ``uppdrag trial list-speed``.

A generated database of the size asked for, its assignments followed as those of any archive; then the lists of the boards with most
assignments, each by the command itself, from the start of the process to the last byte of the file, as a clerk waits for it.
"""

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
from pipeline.follow_up.relink import update
from pipeline.store import Store
from pipeline.trials.runs import TrialError

ASSIGNMENTS, DOCUMENTS = 1_000_000, 100_000
LIMIT = 2.0
"""Seconds of the processor within which the list of a board is there as a workbook: what one waits where nothing else runs."""

DAY = "2024-12-31"


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
        return self.form != "xlsx" or self.processor <= LIMIT


@dataclass(frozen=True)
class ListSpeed:
    """A run: what the database held, and each list."""

    assignments: int
    documents: int
    threads: int
    linking: float
    lists: tuple[Listed, ...]

    @property
    def well(self) -> bool:
        """Whether every workbook was there in time."""
        return all(one.holds for one in self.lists)

    def summary(self) -> str:
        """A table in Markdown."""
        lines = [
            f"{self.assignments:,} assignments in {self.documents:,} documents; {self.threads:,} threads, made in {self.linking:.0f} s.",
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
    forms: Sequence[str] = ("xlsx", "csv", "json", "ics", "html"),
    say: Callable[[str], None] = print,
) -> ListSpeed:
    """Makes the database in a temporary folder and writes the lists of its largest boards. Raises TrialError where a list is not made."""
    with tempfile.TemporaryDirectory(prefix="uppdrag-list-") as name:
        database = Path(name) / "uppdrag.db"
        say(f"Making {assignments:,} assignments in {documents:,} documents ...")
        with Store.open(database) as store:
            fill(store, assignments, documents)
        say("Following them ...")
        began = time.perf_counter()
        with closing(sqlite3.connect(database, isolation_level=None)) as connection:
            update(connection)
            linking = time.perf_counter() - began
            threads = int(connection.execute("SELECT count(*) FROM thread").fetchone()[0])
            largest = connection.execute(
                "SELECT body, organisation FROM thread WHERE body IS NOT NULL AND organisation IS NOT NULL"
                " GROUP BY body, organisation ORDER BY count(*) DESC, body, organisation LIMIT ?",
                (boards,),
            ).fetchall()
        made = [_list(database, board, "xlsx", Path(name)) for board in largest]
        made += [_list(database, largest[0], form, Path(name)) for form in forms if form != "xlsx"]
        return ListSpeed(assignments, documents, threads, linking, tuple(made))


def _list(database: Path, board: tuple[str, str], form: str, folder: Path) -> Listed:
    body, organisation = board
    to = folder / f"lista.{form}"
    command = [sys.executable, "-m", "pipeline.cli", "list", "--organ", body, "--organisation", organisation, "--per", DAY]
    command += ["--format", form, "--to", str(to), "--db", str(database)]
    began, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    seconds, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        raise TrialError(f"The list of {body} was not made: {done.stderr[-500:]}")
    count = int(done.stdout.rsplit(": ", 1)[1].split()[0])
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Listed(body, organisation, form, count, seconds, processor)
