"""Small PDFs, the real command, and what a database holds."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from pipeline.trials.runs import content

COMMAND = Path(sys.executable).with_name("uppdrag")

# Loaded by the workers alone: a reader that does to its process what a hostile document may. Which one is in the file's name.
HOSTILE = """
import sys
if any("pipeline.worker" in a for a in sys.orig_argv):
    import pipeline.reading as reading
    plain = reading.read
    def read(path, **how):
        import os, re, signal, time
        with open(os.environ["UPPDRAG_TEST_READS"], "a") as log:
            log.write(path.name + "\\n")
        if "segfault" in path.name:
            os.kill(os.getpid(), signal.SIGSEGV)
        if "killed-once" in path.name and open(os.environ["UPPDRAG_TEST_READS"]).read().count(path.name) == 1:
            os.kill(os.getpid(), signal.SIGKILL)
        if "killed-always" in path.name:
            os.kill(os.getpid(), signal.SIGKILL)
        if "sleeps" in path.name:
            time.sleep(600)
        if "stuck" in path.name:  # in a library call that never lets another thread of Python run
            re.match("(a|aa)+$", "a" * 200 + "b")
        if "greedy" in path.name:
            hold = [bytearray(64 << 20) for _ in range(10_000)]
        if "raises" in path.name:
            raise KeyError("a bug of ours")
        return plain(path, **how)
    reading.read = read
"""


@dataclass(frozen=True)
class Ran:
    """What a command gave."""

    code: int
    out: str
    err: str


@dataclass
class Place:
    """A folder to run commands in, with its own data/."""

    root: Path
    environment: dict[str, str]

    @staticmethod
    def write(path: Path, title: str = "Ekonomi i balans", pages: int = 1) -> Path:
        """A small extract of minutes; other titles give other bytes."""
        path.parent.mkdir(parents=True, exist_ok=True)
        canvas = Canvas(str(path), pagesize=A4, invariant=1)
        for page in range(1, pages + 1):
            lines = [
                "Protokoll",
                "Regionstyrelsen",
                "Sammanträdesdatum 2024-03-12",
                f"§ {page} {title}",
                f"Diarienummer RS/{100 + page}/2024",
                "Beslut",
                "Regionstyrelsen beslutar att ge regiondirektören i uppdrag att",
                f"ta fram en plan för {title.lower()} med 2,5 mnkr senast den 30 juni 2024.",
            ]
            for number, line in enumerate(lines):
                canvas.setFont("Helvetica-Bold" if line.startswith("§") else "Helvetica", 11)
                canvas.drawString(70, 760 - 18 * number, line)
            canvas.showPage()
        canvas.save()
        return path

    @staticmethod
    def end(process: subprocess.Popen[str], number: signal.Signals) -> tuple[str, str]:
        """Sends a signal and waits; what the process wrote since."""
        process.send_signal(number)
        return process.communicate(timeout=60)

    @property
    def db(self) -> Path:
        return self.root / "data" / "processed" / "uppdrag.db"

    def run(self, *arguments: str | Path, timeout: float = 240, **environment: str) -> Ran:
        """``uppdrag ARGUMENTS``, as a person would."""
        done = subprocess.run(
            [COMMAND, *map(str, arguments)],
            cwd=self.root,
            env={**self.environment, **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout,
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    def start(self, *arguments: str | Path, **environment: str) -> subprocess.Popen[str]:
        """The same, under way, in a process group of its own."""
        return subprocess.Popen(
            [COMMAND, *map(str, arguments)],
            cwd=self.root,
            env={**self.environment, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        connection = sqlite3.connect(f"{self.db.as_uri()}?mode=ro", uri=True)
        try:
            return connection.execute(sql).fetchall()
        finally:
            connection.close()

    def statuses(self) -> dict[str, str]:
        """File name → status of every path noted."""
        return {Path(str(path)).name: str(status) for path, status in self.rows("SELECT path, status FROM file")}

    def content(self) -> dict[str, str]:
        """A digest of each table's rows, SQLite's own checks passed. Not of how the search indexes were merged: another order of batches,
        as after a kill near the end, merges them otherwise."""
        return content(self.db)

    def hostile(self) -> dict[str, str]:
        """The environment in which files named so misbehave; reads are logged in ``reads``."""
        folder = self.root / "hostile"
        folder.mkdir(exist_ok=True)
        (folder / "sitecustomize.py").write_text(HOSTILE)
        self.reads.touch()
        path = os.pathsep.join(filter(None, [str(folder), os.environ.get("PYTHONPATH")]))
        return {"PYTHONPATH": path, "UPPDRAG_TEST_READS": str(self.reads)}

    @property
    def reads(self) -> Path:
        return self.root / "reads.log"


@pytest.fixture
def place(tmp_path: Path) -> Place:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("UPPDRAG_", "PREFECT_"))}
    return Place(tmp_path, {**environment, "HOME": str(tmp_path / "home")})


@pytest.fixture
def left_behind(tmp_path: Path) -> Callable[[], list[str]]:
    """The processes that were started, directly or not, by commands of this test's place and are still there."""

    def look() -> list[str]:
        found = []
        for process in Path("/proc").iterdir():
            if process.name.isdigit():
                try:
                    environment = (process / "environ").read_bytes()
                    state = (process / "stat").read_text().rpartition(")")[2].split()[0]
                    if f"HOME={tmp_path / 'home'}".encode() in environment and state != "Z":
                        found.append((process / "cmdline").read_bytes().replace(b"\0", b" ").decode())
                except OSError:
                    continue
        return found

    return look
