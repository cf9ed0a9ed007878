"""A Dask cluster for the batches of a flow, through prefect-dask (the extra ``dask``): one that is there, or one of this machine's own."""

from __future__ import annotations

import importlib.util
import logging
import os
import pickle
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pipeline.crew import WorkerError
from pipeline.flows import packed
from pipeline.ingest import Batch, Work
from pipeline.work import Done

_WAIT = 60.0  # seconds for the first worker of a cluster to be there
_HERE = ("127.0.0.1", "localhost", "::1")


class ClusterError(Exception):
    """The cluster cannot be had, or was lost on the way; the message says what to do."""


class Cluster:
    """Where the tasks of a flow run. ``address`` is that of a Dask scheduler (``tcp://host:8786``); None makes a cluster of ``workers``
    processes on this machine, kept under ``folder``, that ends with the flow.

    Raises :class:`ClusterError` where the extra is not installed, or where a cluster elsewhere could not reach Prefect's server.
    """

    def __init__(self, address: str | None, workers: int, folder: Path) -> None:
        self.address = address
        self.workers = workers
        self.folder = folder
        if importlib.util.find_spec("prefect_dask") is None:
            raise ClusterError("--engine dask needs prefect-dask: install uppdrag with its extra dask (pip install 'uppdrag[dask]').")
        if address is not None and not os.environ.get("PREFECT_API_URL") and urlsplit(_with_scheme(address)).hostname not in _HERE:
            raise ClusterError(
                f"The workers of {address} report to a Prefect server: start one that they reach (prefect server start --host …)"
                " and name it in PREFECT_API_URL."
            )

    def task_runner(self) -> Any:
        """Prefect's runner of tasks on this cluster."""
        from prefect_dask.task_runners import DaskTaskRunner

        if self.address is not None:
            return DaskTaskRunner(address=_with_scheme(self.address), client_kwargs={"timeout": _WAIT})
        self.folder.mkdir(parents=True, exist_ok=True)
        # One thread a process, since a batch is one worker of ours at work; its memory has a bound of its own, so Dask sets none.
        own = {
            "n_workers": self.workers,
            "threads_per_worker": 1,
            "processes": True,
            "host": "127.0.0.1",
            "dashboard_address": None,
            "memory_limit": 0,
            "local_directory": str(self.folder),
            "silence_logs": logging.CRITICAL,
        }
        return DaskTaskRunner(cluster_kwargs=own)

    def in_tasks(self, batches: Sequence[Batch], work: Work) -> Iterator[list[Done]]:
        """A mapper whose batches are tasks on the cluster. A batch whose worker is lost is given to another by Dask."""
        from prefect import task
        from prefect.cache_policies import NO_CACHE

        @task(name="batch", task_run_name="batch {number}: {documents} documents", cache_policy=NO_CACHE, persist_result=False)
        def batch(number: int, documents: int, jobs: bytes) -> list[Done]:
            return work(pickle.loads(jobs))  # noqa: S301 - from the run that sends it

        futures = [batch.submit(number, len(jobs), packed(jobs)) for number, jobs in enumerate(batches)]
        for future in futures:
            try:
                yield future.result()
            except WorkerError:
                raise
            except Exception as error:
                # Dask names a lost worker in several ways (KilledWorker, CancelledError, CommClosedError), none of them a class of its own.
                if type(error).__module__.partition(".")[0] not in ("distributed", "dask", "concurrent", "asyncio"):
                    raise
                raise ClusterError(f"The cluster was lost on the way ({type(error).__name__}): run again to go on.") from error

    def await_workers(self) -> None:
        """Connects, or starts a cluster, from inside the flow; returns when there is a worker. Raises :class:`ClusterError`."""
        from prefect.context import FlowRunContext

        context = FlowRunContext.get()
        assert context is not None
        runner: Any = context.task_runner
        try:
            runner.client.wait_for_workers(1, timeout=_WAIT)
        except (TimeoutError, OSError) as error:
            raise ClusterError(f"The cluster {self.address or 'of this machine'} has no workers: start some and run again.") from error


def _with_scheme(address: str) -> str:
    return address if "://" in address else f"tcp://{address}"
