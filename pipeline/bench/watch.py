"""Memory and processor time of a process and all it starts, looked at while it runs."""

from __future__ import annotations

import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

_EVERY = 0.5  # seconds between looks
# Of one core, for looking at memory: the kernel goes through all pages of a process, five milliseconds each. At every look that was a
# twentieth of a core, taken from what is measured.
_SHARE = 0.01
_TICK = os.sysconf("SC_CLK_TCK")


@dataclass
class Watched:
    """``peak`` is the most memory all had together, in bytes, pages they share counted once; ``worker_peak`` the most one worker had,
    shared pages included; ``cpu`` the processor seconds of each kind: main, workers, server (Prefect's)."""

    output: str = ""
    errors: str = ""
    returncode: int = 0
    peak: int = 0
    worker_peak: int = 0
    server_peak: int = 0
    cpu: dict[str, float] = field(default_factory=dict)


def run(command: Sequence[str], environment: dict[str, str]) -> Watched:
    """Runs a command to its end and keeps what it writes."""
    watched = Watched()
    said = tempfile.TemporaryFile("w+", errors="replace")  # noqa: SIM115 - closed below
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=said, text=True, env=environment)
    over = threading.Event()
    spent: dict[int, tuple[str, float]] = {}
    watcher = threading.Thread(target=_watch, args=(process.pid, over, watched, spent), daemon=True)
    watcher.start()
    try:
        watched.output, _ = process.communicate()
    except BaseException:
        process.terminate()  # it ends its workers and server itself
        process.wait()
        raise
    finally:
        over.set()
        watcher.join()
    with said:
        said.seek(0)
        watched.errors = said.read()
    watched.returncode = process.returncode
    for kind, seconds in spent.values():
        watched.cpu[kind] = watched.cpu.get(kind, 0.0) + seconds
    return watched


def _watch(root: int, over: threading.Event, watched: Watched, spent: dict[int, tuple[str, float]]) -> None:
    due = time.monotonic()
    while not over.wait(_EVERY):
        total = server = 0
        weigh, began = time.monotonic() >= due, time.thread_time()
        for pid in _tree(root):
            try:
                kind = "main" if pid == root else _kind(pid)
                spent[pid] = (kind, _cpu(pid))
                if not weigh:
                    continue
                proportional, resident = _memory(pid)
            except (OSError, ValueError, IndexError):
                continue  # it has just ended
            total += proportional
            if kind == "server":
                server += proportional
            elif kind == "workers":
                watched.worker_peak = max(watched.worker_peak, resident)
        watched.peak, watched.server_peak = max(watched.peak, total), max(watched.server_peak, server)
        if weigh:
            due = time.monotonic() + (time.thread_time() - began) / _SHARE


def _tree(root: int) -> list[int]:
    """The process and its descendants."""
    found, at = [root], 0
    while at < len(found):
        for task in Path(f"/proc/{found[at]}/task").glob("*/children"):
            try:
                found += map(int, task.read_text().split())
            except OSError:
                continue
        at += 1
    return found


def _kind(pid: int) -> str:
    command = Path(f"/proc/{pid}/cmdline").read_bytes()
    return "server" if b"prefect" in command else "workers"


def _memory(pid: int) -> tuple[int, int]:
    """(share of memory, resident memory), in bytes."""
    lines = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:])
    return int(lines["Pss"].split()[0]) << 10, int(lines["Rss"].split()[0]) << 10


def _cpu(pid: int) -> float:
    """Processor seconds of the process itself."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICK
