"""A run of ``uppdrag ingest`` as a process, what its database holds, and what it leaves behind."""

from __future__ import annotations

import hashlib
import os
import secrets
import sqlite3
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

_MARK = "UPPDRAG_TRIAL_MARK"  # in the environment of all that a run starts, directly or not
_ROOT = Path(__file__).resolve().parent.parent.parent


class TrialError(Exception):
    """A trial cannot be held; the message says why."""


@dataclass(frozen=True)
class Ended:
    """What a run gave: exit code, what it wrote, and how long it took."""

    code: int
    out: str
    err: str
    seconds: float


@dataclass
class Runs:
    """Runs over the same files with the same flags, each with a data folder of its own.

    >>> runs = Runs(Path("arkiv"), ("--batch", "4"))  # doctest: +SKIP
    >>> runs.ingest(Path("/tmp/one")).code  # doctest: +SKIP
    0
    """

    files: Path
    flags: Sequence[str] = ()
    mark: str = field(default_factory=lambda: secrets.token_hex(8))

    def start(self, data: Path) -> subprocess.Popen[str]:
        """A run under way, the first of a process group."""
        hidden = ("UPPDRAG_", "PREFECT_")
        environment = {name: value for name, value in os.environ.items() if not name.startswith(hidden)}
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, [str(_ROOT), environment.get("PYTHONPATH")]))
        data.mkdir(parents=True, exist_ok=True)
        said = (data / "err.txt").open("w")
        with said:
            return subprocess.Popen(
                [sys.executable, "-m", "pipeline.cli", "ingest", str(self.files), "--data", str(data), *self.flags],
                cwd=data,
                env={**environment, _MARK: self.mark, "HOME": str(data)},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=said,
                text=True,
                start_new_session=True,
            )

    def ingest(self, data: Path) -> Ended:
        """A run from beginning to end."""
        began = time.monotonic()
        process = self.start(data)
        out, _ = process.communicate()
        err = (data / "err.txt").read_text(encoding="utf-8", errors="replace")
        return Ended(process.returncode, out, err, time.monotonic() - began)

    def processes(self) -> dict[int, str]:
        """What runs of ours have started and is still there: command by process number."""
        found = {}
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    state = (entry / "stat").read_text().rpartition(")")[2].split()[0]
                    if f"{_MARK}={self.mark}".encode() in (entry / "environ").read_bytes() and state != "Z":
                        found[int(entry.name)] = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
                except OSError:
                    continue  # it has just ended
        return found

    def left_behind(self, seconds: float = 15.0) -> list[str]:
        """The commands of processes that are still there after so many seconds."""
        until = time.monotonic() + seconds
        while (found := self.processes()) and time.monotonic() < until:
            time.sleep(0.1)
        return sorted(found.values())


def database_of(data: Path) -> Path:
    """The database of a run."""
    return data / "processed" / "uppdrag.db"


def content(database: Path) -> dict[str, str]:
    """A digest of the rows of each table, in their order, with SQLite's own checks passed.

    Search indexes are checked against the tables whose text they hold (a row missing or too many fails) and counted; how their trees
    were merged, and the planner's statistics, are no content. Raises :class:`TrialError` where a check fails.
    """
    connection = sqlite3.connect(database)
    try:
        for check, well in (("integrity_check", [("ok",)]), ("foreign_key_check", [])):
            if (said := connection.execute(f"PRAGMA {check}").fetchall()) != well:
                raise TrialError(f"{database}: {check} says {said[:3]}")
        found = {}
        for _, name, kind, *_ in connection.execute("PRAGMA main.table_list").fetchall():
            if kind == "virtual":
                try:
                    connection.execute(f"INSERT INTO {name} ({name}, rank) VALUES ('integrity-check', 1)")  # noqa: S608 - a table's name
                except sqlite3.DatabaseError as error:
                    raise TrialError(f"{database}: the search index {name} does not fit its table ({error})") from error
                finally:
                    connection.rollback()
            elif kind == "table" and not name.startswith("sqlite_"):
                digest = hashlib.sha256()
                for row in connection.execute(f"SELECT * FROM {name}"):  # noqa: S608 - a table's name
                    digest.update(repr(row).encode())
                found[name] = digest.hexdigest()
        return found
    finally:
        connection.close()


def differences(one: dict[str, str], other: dict[str, str]) -> list[str]:
    """The tables that do not hold the same."""
    return sorted(name for name in {*one, *other} if one.get(name) != other.get(name))
