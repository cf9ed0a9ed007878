"""Kills a run at random moments, resumes it, and compares the database with that of an undisturbed one.

What is killed takes turns: the run itself at any moment of its time; the run while its loader is inside a transaction; one of the
processes it has started (a worker, the process a document is in, Prefect's server, a worker of Dask); all of them at once, as a power cut
does.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path

from pipeline.bench.material import make
from pipeline.trials.runs import Runs, TrialError, content, database_of, differences

RUN, LOADER, WORKER, ALL = "the run", "the run while it loads", "a process of the run", "all processes"
_TURNS = (RUN, LOADER, RUN, LOADER, WORKER, RUN, LOADER, ALL)


@dataclass
class Kill:
    """One kill and the resume after it. ``after`` is in seconds from the start; ``loaded`` how many of the documents were in by then;
    ``wrong`` says what did not hold."""

    victim: str
    after: float
    loaded: int
    in_transaction: bool = False
    wrong: list[str] = field(default_factory=list)


@dataclass
class Kills:
    """All kills of a trial over so many pages, and how long the undisturbed run took."""

    documents: int
    pages: int
    engine: str
    seconds: float
    kills: list[Kill] = field(default_factory=list)

    @property
    def well(self) -> bool:
        """Whether everything held every time."""
        return not any(kill.wrong for kill in self.kills)

    def summary(self) -> str:
        """What was killed, when, and whether it mattered."""
        victims = Counter(kill.victim for kill in self.kills)
        inside = sum(kill.in_transaction for kill in self.kills)
        partly = sum(0 < kill.loaded < self.documents for kill in self.kills)
        equal = sum(not kill.wrong for kill in self.kills)
        head = (
            f"{len(self.kills)} kills of runs over {self.pages} pages in {self.documents} documents, engine {self.engine},"
            f" undisturbed {self.seconds:.1f} s."
        )
        lines = [
            head,
            "Killed: " + ", ".join(f"{victim} {count}" for victim, count in victims.items()) + ".",
            f"{inside} in the midst of a transaction of the loader; {partly} with a part of the documents in.",
            f"{equal} of {len(self.kills)} ended, resumed, with the content of the undisturbed run and no process left behind.",
        ]
        for number, kill in enumerate(self.kills, 1):
            lines += [f"  kill {number}, {kill.victim} after {kill.after:.2f} s: {reason}" for reason in kill.wrong]
        return "\n".join(lines)


def kills(
    count: int,
    *,
    seed: int = 1,
    pages: int = 300,
    engine: str = "direct",
    flags: Sequence[str] = (),
    sources: Sequence[Path] | None = None,
    say: Callable[[str], None] = print,
) -> Kills:
    """Holds the trial. ``sources`` are PDFs to repeat, by default those of the benchmark.

    Raises :class:`TrialError` where the undisturbed run fails.
    """
    chance = random.Random(seed)  # noqa: S311 - moments, no secrets
    with tempfile.TemporaryDirectory(prefix="uppdrag-kills-") as name:
        folder = Path(name)
        material = make(folder / "files", pages, sources)
        # Small batches: many transactions to be killed in.
        runs = Runs(folder / "files", ("--no-ocr", "--engine", engine, "--batch", "3", *flags))
        first = runs.ingest(folder / "undisturbed")
        if first.code != 0:
            raise TrialError(f"The undisturbed run ended with {first.code}:\n{first.err[-2000:]}")
        wanted = content(database_of(folder / "undisturbed"))
        trial = Kills(len(material.files), material.pages, engine, first.seconds)
        for number, victim in enumerate(islice(cycle(_TURNS), count), 1):
            data = folder / "killed"
            kill = _one(runs, data, victim, first.seconds, len(material.files), chance)
            ended = runs.ingest(data)
            if ended.code != 0:
                kill.wrong.append(f"the resume ended with {ended.code}: {ended.err[-500:]}")
            try:
                other = differences(wanted, content(database_of(data)))
            except TrialError as error:
                kill.wrong.append(str(error))
            else:
                if other:
                    kill.wrong.append(f"other content in {', '.join(other)}")
            if left := runs.left_behind():
                kill.wrong.append(f"left behind by the resume: {', '.join(left)}")
            trial.kills.append(kill)
            held = "; ".join(kill.wrong) or "the same content"
            say(f"{number}: {victim}, after {kill.after:.2f} s, {kill.loaded} documents in: {held}")
            shutil.rmtree(data)
        return trial


def _one(runs: Runs, data: Path, victim: str, seconds: float, documents: int, chance: random.Random) -> Kill:
    """Starts a run, kills it, and waits until what it started is gone."""
    began = time.monotonic()
    process = runs.start(data)
    kill = Kill(victim, 0.0, 0)
    try:
        if victim == LOADER:
            # Some way into the load, in whichever transaction is open then; how long one takes is not known, so it may be over.
            at = chance.uniform(0.0, 0.9) * documents
            _wait(process, lambda: _loading(process.pid, data) and _loaded(data) >= at)
            time.sleep(chance.uniform(0.0, 0.02))
        else:
            _wait(process, lambda: False, chance.uniform(0.0, seconds))
        kill.in_transaction = _loading(process.pid, data)
        if victim == WORKER:
            _wait(process, lambda: len(runs.processes()) > 1)
            others = sorted(set(runs.processes()) - {process.pid})
            _kill(*([chance.choice(others)] if others else []))
            with suppress(subprocess.TimeoutExpired):  # it goes on; what it makes of the loss is seen after the resume
                process.wait(2 * seconds + 30)
        elif victim == ALL:
            _kill(*runs.processes())
        kill.after = time.monotonic() - began
    finally:
        _kill(process.pid)
        process.communicate()
    if left := runs.left_behind():
        kill.wrong.append(f"left behind: {', '.join(left)}")
        _kill(*runs.processes())
    kill.loaded = _loaded(data)
    return kill


def _wait(process: subprocess.Popen[str], until: Callable[[], bool], seconds: float = float("inf")) -> None:
    """Returns when it is so, when the time is up, or when the run has ended."""
    end = time.monotonic() + seconds
    while process.poll() is None and time.monotonic() < end and not until():
        time.sleep(0.002)


def _kill(*processes: int) -> None:
    for number in processes:
        with suppress(ProcessLookupError):
            os.kill(number, signal.SIGKILL)


def _loading(pid: int, data: Path) -> bool:
    """Whether the run holds SQLite's lock of whoever writes: byte 120 of the file beside the write-ahead log, seen by the kernel."""
    try:
        inode = database_of(data).with_name("uppdrag.db-shm").stat().st_ino
        locks = Path("/proc/locks").read_text().splitlines()
    except OSError:
        return False
    for lock in locks:
        # 1: POSIX  ADVISORY  WRITE 4242 fe:00:131074 120 120
        _, kind, _, access, holder, place, first, last = lock.split()[-8:]
        if (kind, access, holder, first, last) == ("POSIX", "WRITE", str(pid), "120", "120") and place.endswith(f":{inode}"):
            return True
    return False


def _loaded(data: Path) -> int:
    """How many documents are in the database by now."""
    try:
        connection = sqlite3.connect(f"{database_of(data).as_uri()}?mode=ro", uri=True, timeout=0.05)
        try:
            return int(connection.execute("SELECT count(*) FROM document").fetchone()[0])
        finally:
            connection.close()
    except sqlite3.Error:
        return 0
