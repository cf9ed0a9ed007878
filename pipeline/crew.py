"""The worker processes of a run, seen from the process that has them work."""

from __future__ import annotations

import contextlib
import os
import pickle
import queue
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from types import TracebackType
from typing import IO

from extractors.model import FileStatus
from pipeline import worker
from pipeline.work import Done, Job, Orders

_GRACE = 30.0  # seconds past a document's own bound before the whole worker is taken for lost
_START = 120.0  # seconds a worker may take to import and load its rules
_STARTS = 4  # times a worker that is killed meanwhile is started
_ONE_THREAD = {"OMP_NUM_THREADS": "1", "OMP_THREAD_LIMIT": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}

# Nothing that she builds is thrown away: a seventh of her start went to looking for what is.
_MOTHER = "import gc; gc.disable(); from pipeline.worker import main; main()"


class WorkerError(Exception):
    """Workers cannot be started at all; the message has what they wrote last."""


class CrewClosedError(Exception):
    """The run was ended while a document was under way."""


class Forked:
    """A process that is no child of ours, seen through the kernel's handle of it; as much of subprocess.Popen as a worker needs."""

    def __init__(self, pid: int) -> None:
        self.handle = -1
        with contextlib.suppress(ProcessLookupError):
            self.handle = os.pidfd_open(pid)

    def wait(self, timeout: float | None = None) -> int:
        """Returns 0 when it has ended, whatever of. Raises subprocess.TimeoutExpired."""
        if self.handle >= 0:
            if not select.select([self.handle], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired("a worker", timeout or 0.0)
            os.close(self.handle)
            self.handle = -1
        return 0

    def kill(self) -> None:
        """Ends it."""
        if self.handle >= 0:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self.handle, signal.SIGKILL)


class Worker:
    """One worker process and the process that does its work. To be used by one thread at a time."""

    process: subprocess.Popen[bytes] | Forked
    channel: socket.socket
    lifeline: int
    said: IO[bytes]

    def __init__(self, orders: Orders, *, started: bool = True) -> None:
        """Starts it, unless :func:`start_together` is to; it gets ready while we do something else."""
        self.orders = orders
        self.number = 0
        self.closed = False
        self.ready = False
        if started:
            self.start()

    def start(self) -> None:
        """A new process for this worker alone."""
        start_together([self])

    def stop(self) -> None:
        """Ends the process and all it started, whatever it is at. Harmless when it has ended already."""
        if self.lifeline >= 0:
            os.close(self.lifeline)
            self.lifeline = -1
        if not self.ready:
            self.process.kill()  # it has no child yet, and looks at the lifeline only when it has one
        try:
            self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.channel.close()
        self.said.close()

    def close(self) -> None:
        """Ends it for good; a thread that waits for a document gets :class:`CrewClosedError`."""
        self.closed = True
        with contextlib.suppress(OSError):
            self.channel.shutdown(socket.SHUT_RDWR)
        self.stop()

    def do(self, job: Job) -> Done:
        """One document. A process that dies of it is asked once more, so that a stray signal is not taken for the document's fault."""
        began = time.perf_counter()
        outcome = self.attempt(job)
        if not isinstance(outcome, Done) and outcome != signal.SIGALRM:
            outcome = self.attempt(job)
        return outcome if isinstance(outcome, Done) else self.verdict(job, outcome, time.perf_counter() - began)

    def attempt(self, job: Job) -> Done | int:
        """What became of the job, or the signal the process died of (0: it ended by itself)."""
        try:
            if not self.ready:
                self.await_ready()
            self.number += 1
            self.channel.settimeout(_GRACE)
            self.channel.send(pickle.dumps((self.number, job)))
            begun = False
            while True:
                message = self.receive()
                match message:
                    case worker.Begun(number, seconds) if number == self.number:
                        begun = True
                        self.channel.settimeout(seconds + _GRACE)
                    case worker.Finished(number, done) if number == self.number:
                        return done
                    case worker.Died(number, _) if begun:
                        return number
                    case _:
                        pass  # an answer to an earlier attempt, or the death of a process that was at rest
        except TimeoutError:
            code = signal.SIGALRM
        except (EOFError, OSError):
            code = signal.SIGKILL
        if self.closed:
            raise CrewClosedError
        self.process.kill()
        self.stop()
        self.start()
        if self.closed:  # while we were starting another
            self.stop()
            raise CrewClosedError
        return code

    def receive(self) -> object:
        """The next message. Raises TimeoutError, or EOFError when the process is gone."""
        packet = self.channel.recv(worker.PACKET)
        if not packet:
            raise EOFError
        return pickle.loads(packet)  # noqa: S301 - from a process we started

    def await_ready(self) -> None:
        """Waits until the process has all it needs. One that is killed on the way there, as by a system short of memory, is started again.

        Raises :class:`WorkerError` when it ends by itself, or is killed every time.
        """
        for left in reversed(range(_STARTS)):
            self.channel.settimeout(_START)
            try:
                while not isinstance(message := self.receive(), worker.Ready):
                    pass
            except (EOFError, OSError) as error:
                if self.closed:
                    raise CrewClosedError from error
                killed = self.ended() < 0
                if not (left and killed):
                    raise WorkerError(f"A worker process could not start:\n{self.last_words() or 'it gave no reason'}") from error
                self.stop()
                self.start()
            else:
                if isinstance(self.process, subprocess.Popen) and message.pid != self.process.pid:
                    self.process = Forked(message.pid)
                self.ready = True
                return

    def ended(self) -> int:
        """The exit code of a process that has closed its socket, or is late and is killed; of what it died by, less than zero."""
        try:
            return self.process.wait(timeout=2)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()

    def last_words(self) -> str:
        """The end of what the process wrote."""
        self.said.seek(0)
        return self.said.read().decode("utf-8", "replace").strip()[-2000:]

    def verdict(self, job: Job, death: int, seconds: float) -> Done:
        """The outcome of a document its process did not survive."""
        status, lasting = FileStatus.CRASHED, True
        if death == signal.SIGALRM:
            status = FileStatus.TIMED_OUT
            limit = f"{self.orders.document_seconds:g}"
            message = f"Dokumentet tog längre tid än gränsen {limit} sekunder. Höj --document-seconds och läs in igen med --retry."
        elif death == signal.SIGKILL:
            lasting = False  # by the system, for want of memory, or by a person
            message = "Processen som läste dokumentet avslutades utifrån, troligen för att datorns minne tog slut. Läs in igen."
        else:
            how = signal.Signals(death).name if death else "okänt skäl"
            message = f"Läsaren kraschade på dokumentet ({how}). Öppna filen i ett annat program, spara om den och läs in igen."
        return Done(job.path, job.sha256, status, message, 0, seconds, in_cache=False, lasting=lasting)


def start_together(workers: Sequence[Worker]) -> None:
    """One process for several workers with the same orders, which imports what all need and then parts into one for each.

    In a session of its own, so that the terminal's signals come to us alone.
    """
    ours: list[socket.socket] = []
    theirs: list[socket.socket] = []
    ends: list[int] = []
    with tempfile.TemporaryFile() as said:
        for one in workers:
            here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            end, lifeline = os.pipe()
            one.channel, one.lifeline, one.ready = here, lifeline, False
            one.said = os.fdopen(os.dup(said.fileno()), "rb")  # lives as long as the process
            ours.append(here)
            theirs.append(there)
            ends.append(end)
        channels = [there.fileno() for there in theirs]
        try:
            process = subprocess.Popen(
                [sys.executable, "-c", _MOTHER, *(",".join(map(str, fds)) for fds in (channels, ends))],
                pass_fds=(*channels, *ends),
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                start_new_session=True,
                env={**os.environ, **_ONE_THREAD},
            )
        finally:
            for there in theirs:
                there.close()
            for end in ends:
                os.close(end)
    for one in workers:
        one.process = process
    ours[0].send(pickle.dumps(workers[0].orders))


class Crew:
    """As many workers as asked for. Threads borrow one for a batch."""

    distant = False

    def __init__(self, orders: Orders, size: int) -> None:
        self.workers = [Worker(orders, started=False) for _ in range(size)]
        if self.workers:
            start_together(self.workers)
        self.idle: queue.SimpleQueue[Worker] = queue.SimpleQueue()
        for one in self.workers:
            self.idle.put(one)

    @property
    def size(self) -> int:
        """How many batches can be under way."""
        return len(self.workers)

    def work(self, each: Callable[[Done], None]) -> Callable[[Iterable[Job]], list[Done]]:
        """What gives the outcome of each job of a batch, in order; ``each`` hears of one as soon as it is known, in the batch's thread."""
        return lambda batch: self.run(batch, each)

    def run(self, batch: Iterable[Job], each: Callable[[Done], None]) -> list[Done]:
        """The outcome of each job, in order; ``each`` hears of one as soon as it is known, in this thread."""
        one = self.idle.get()
        try:
            outcomes = []
            for job in batch:
                done = one.do(job)
                each(done)
                outcomes.append(done)
            return outcomes
        finally:
            self.idle.put(one)

    def close(self) -> None:
        """Ends all workers."""
        for one in self.workers:
            one.close()

    def __enter__(self) -> Crew:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()
