"""Batches on machines of a cluster: what runs there, and the crew of a run that has its workers there.

Nothing but orders, jobs and outcomes travels. Files, caches and so the rows of documents are on storage that all machines see under the
same path; the run itself stays the one that loads. A document has the same bounds there as here: the process that Dask started waits for
a worker of ours (:mod:`pipeline.crew`), which it keeps for the next batch.
"""

from __future__ import annotations

import os
import secrets
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path

from pipeline.crew import Worker, WorkerError
from pipeline.ingest import Batch, Work
from pipeline.work import Done, Orders, fingerprint

_IDLE_SECONDS = 60.0  # a worker without a batch for so long is let go: whoever had it work may be gone


class Distant:
    """The crew of a run whose batches are worked on elsewhere: see :class:`pipeline.crew.Crew`, whose place it takes."""

    distant = True

    def __init__(self, orders: Orders, size: int) -> None:
        """``size`` is how many workers the cluster is thought to have; batches are made for so many.

        Leaves a token in the cache's folder, by which a worker elsewhere sees that its storage is the same.
        """
        assert orders.cache is not None
        self.orders = orders
        self.size = size
        self.token = Path(orders.cache) / f".shared-{secrets.token_hex(8)}"
        self.token.parent.mkdir(parents=True, exist_ok=True)
        self.token.touch()

    def work(self, each: Callable[[Done], None]) -> Work:
        """What to have mapped: it can be sent elsewhere. ``each`` stays here; whoever gets the outcomes calls it."""
        return DistantWork(self.orders, str(self.token))

    def close(self) -> None:
        """Takes the token away. Workers elsewhere let go of theirs by themselves."""
        self.token.unlink(missing_ok=True)

    def __enter__(self) -> Distant:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class DistantWork:
    """Works on a batch wherever it is called."""

    def __init__(self, orders: Orders, token: str) -> None:
        self.orders = orders
        self.token = token

    def __call__(self, batch: Batch) -> list[Done]:
        """The outcomes of a batch, in order. Raises :class:`pipeline.crew.WorkerError` where this machine cannot do it."""
        worker = BENCH.borrow(self.orders, self.token)
        try:
            return [worker.do(job) for job in batch]
        finally:
            BENCH.give_back(worker)


class Bench:
    """The workers a process of the cluster keeps between batches; several threads may ask."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.idle: list[tuple[float, Worker]] = []
        self.known: set[tuple[str, Orders]] = set()
        self.watch: threading.Thread | None = None

    def borrow(self, orders: Orders, token: str) -> Worker:
        """A worker with these orders; those with others are of an earlier run and are let go."""
        if (token, orders) not in self.known:
            _check(orders, token)
            self.known.add((token, orders))
        with self.lock:
            others = [worker for _, worker in self.idle if worker.orders != orders]
            fitting = [kept for kept in self.idle if kept[1].orders == orders]
            found = fitting.pop()[1] if fitting else None
            self.idle = fitting
        for worker in others:
            worker.close()
        return found or Worker(orders)

    def give_back(self, worker: Worker) -> None:
        """Keeps it for the next batch, for a while."""
        with self.lock:
            self.idle.append((time.monotonic(), worker))
            if self.watch is None or not self.watch.is_alive():
                self.watch = threading.Thread(target=self.let_go, name="uppdrag-idle", daemon=True)
                self.watch.start()

    def let_go(self, idle_seconds: float = _IDLE_SECONDS) -> None:
        """Closes workers that have had no batch for so long; returns when there are none left."""
        while True:
            with self.lock:
                until = time.monotonic() - idle_seconds
                late = [worker for since, worker in self.idle if since <= until]
                self.idle = [kept for kept in self.idle if kept[0] > until]
                if not self.idle:
                    self.watch = None
            for worker in late:
                worker.close()
            if self.watch is None:
                return
            time.sleep(min(idle_seconds, 1.0))


BENCH = Bench()


def _check(orders: Orders, token: str) -> None:
    """Raises :class:`WorkerError` where this machine sees other storage than the run, or has other rules or code."""
    here = f"{socket.gethostname()}, process {os.getpid()}"
    if not os.path.exists(token):  # noqa: PTH110 - a string is all there is
        raise WorkerError(
            f"A worker of the cluster ({here}) does not see the folder {orders.cache}: put the archive and --data on storage"
            " that all machines share under the same path."
        )
    if fingerprint(orders.organisation) != orders.fingerprint:
        raise WorkerError(f"A worker of the cluster ({here}) has another version of uppdrag or of its rules: install the same everywhere.")
