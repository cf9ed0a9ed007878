"""A worker process, started by :mod:`pipeline.crew` with file descriptors as arguments: its socket and its lifeline, or several of each.

Two processes, so that a document can take one down and cost milliseconds. The *mother* imports everything once (for all workers of a run:
she parts into one mother for each), then forks a *child* that takes jobs off the socket. The child has the bounds: an alarm the kernel
enforces even while the interpreter is stuck in a library call, and a ceiling on its address space. When a child dies, the mother says of
what and forks the next. When the lifeline closes, as it does when whoever started us ends or is killed, the mother kills the child and
ends; when the mother is killed, the kernel kills the child.

Packets on the socket are pickles, one message each: ``(number, Job)`` in; ``Begun``, ``Finished`` and ``Died`` out.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import os
import pickle
import resource
import select
import signal
import socket
import sys
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from extractors.model import FileStatus
from pipeline.collector import collect_rarely
from pipeline.spacy_start import import_spacy
from pipeline.work import Done, Job, Orders, Workbench

PACKET = 1 << 20
_RECYCLE = 75  # exit code of a child that has grown and asks for a fresh one
_GROWTH = 512 << 20  # bytes a child may keep between documents
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, slots=True)
class Ready:
    """The mother, process ``pid``, has all she needs."""

    pid: int


@dataclass(frozen=True, slots=True)
class Begun:
    """The child works on job ``number`` and is killed ``seconds`` from now unless it says something else before."""

    number: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Finished:
    """Job ``number`` is done."""

    number: int
    done: Done


@dataclass(frozen=True, slots=True)
class Died:
    """The child ended by signal ``signal`` (0: by exit code ``code``) in the midst of whatever it was at."""

    signal: int
    code: int


def main() -> None:
    """The mother. Orders come as the first packet."""
    channels = [socket.socket(fileno=int(number)) for number in sys.argv[1].split(",")]
    lifelines = [int(number) for number in sys.argv[2].split(",")]
    for ignored in (signal.SIGINT, signal.SIGHUP):  # a terminal's Ctrl-C is the affair of whoever started us
        signal.signal(ignored, signal.SIG_IGN)
    orders: Orders = pickle.loads(channels[0].recv(PACKET))  # noqa: S301 - from the process that started us
    import_spacy()
    bench = Workbench(orders)
    bench.warm_up()  # what each child would otherwise import and build for itself
    collect_rarely()
    gc.enable()
    which = next((n for n in range(1, len(channels)) if os.fork() == 0), 0)
    channel, lifeline = channels[which], lifelines[which]
    for n in range(len(channels)):
        if n != which:
            channels[n].close()
            os.close(lifelines[n])
    mother = os.getpid()
    _send(channel, Ready(mother))
    while True:
        child = os.fork()
        if child == 0:
            os.close(lifeline)
            _child(channel, bench, mother)
        _watch(child, lifeline, channel)


def _watch(child: int, lifeline: int, channel: socket.socket) -> None:
    """Returns when the next child is due; ends the process when there is nobody left to work for."""
    watched = os.pidfd_open(child)
    try:
        ready, _, _ = select.select([watched, lifeline], [], [])
    finally:
        os.close(watched)
    if lifeline in ready:
        _kill_group(child)
        os.waitpid(child, 0)
        raise SystemExit(0)
    _, status = os.waitpid(child, 0)
    _kill_group(child)  # what the child had started, such as Tesseract
    code = os.waitstatus_to_exitcode(status)
    if code == 0:
        raise SystemExit(0)
    if code != _RECYCLE:
        try:
            _send(channel, Died(max(-code, 0), max(code, 0)))
        except OSError:
            raise SystemExit(0) from None


def _kill_group(child: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child, signal.SIGKILL)


def _child(channel: socket.socket, bench: Workbench, mother: int) -> NoReturn:
    """Takes jobs until the socket closes. Never returns."""
    os.setpgid(0, 0)
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != mother:
        os._exit(0)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    at_rest, resident = _memory()
    ceiling = at_rest + (bench.orders.document_mib << 20)
    resource.setrlimit(resource.RLIMIT_AS, (ceiling, ceiling))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    code = 1
    try:
        while True:
            packet = channel.recv(PACKET)
            if not packet:
                code = 0
                break
            number, job = pickle.loads(packet)  # noqa: S301 - from the process that started us
            _send(channel, Finished(number, _one(channel, bench, number, job)))
            if _memory()[1] > resident + _GROWTH:
                code = _RECYCLE
                break
    except (BrokenPipeError, ConnectionResetError):
        code = 0
    finally:
        os._exit(code)


def _one(channel: socket.socket, bench: Workbench, number: int, job: Job) -> Done:
    """One document within its bounds."""

    def allow(seconds: float) -> None:
        signal.setitimer(signal.ITIMER_REAL, seconds)
        _send(channel, Begun(number, seconds))

    bench.allow = allow
    allow(bench.orders.document_seconds)
    try:
        return bench.do(job)
    except MemoryError:
        gc.collect()
        return Done(job.path, job.sha256, FileStatus.CRASHED, memory_message(bench.orders), 0, 0.0, in_cache=False)
    except OSError as error:
        return _lost(job, error)
    except Exception as error:
        # The last line of defence of a batch: the document is named, with the trace for whoever mends the program, and the rest goes on.
        message = f"Ett fel i programmet ({type(error).__name__}) hindrade att dokumentet behandlades. Anmäl felet och bifoga filen."
        detail = traceback.format_exc(limit=-12)[-6000:]
        return Done(job.path, job.sha256, FileStatus.CRASHED, message, 0, 0.0, in_cache=False, detail=detail)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _lost(job: Job, error: OSError) -> Done:
    """The system would not let us: a file gone since it was found, a full disk. Nothing that is the document's own."""
    message = f"Filen kunde inte läsas eller resultatet inte sparas ({error.strerror or error}). Rätta felet och läs in igen."
    status = FileStatus.MISSING if isinstance(error, FileNotFoundError) and not os.path.exists(job.path) else FileStatus.UNREADABLE  # noqa: PTH110
    return Done(job.path, job.sha256, status, message, 0, 0.0, in_cache=False, lasting=False, detail=traceback.format_exc(limit=-4))


def memory_message(orders: Orders) -> str:
    """The sentence for a document that wants more memory than it may have."""
    return f"Dokumentet behöver mer minne än gränsen {orders.document_mib} MiB. Höj --document-mib och läs in igen med --retry."


def _memory() -> tuple[int, int]:
    """(address space, resident memory) of this process, in bytes."""
    with Path("/proc/self/statm").open("rb") as file:
        size, resident, *_ = file.read().split()
    page = resource.getpagesize()
    return int(size) * page, int(resident) * page


def _send(channel: socket.socket, message: object) -> None:
    channel.send(pickle.dumps(message))
