"""The run of an archive as a Prefect flow. The only package that imports prefect, and only when a flow is run.

The flow's tasks are batches. On one machine they run on threads, each of which waits for a worker process of ours: Prefect's own process
runner costs thirty times as much a task, and would not survive a crash in a document. On a Dask cluster (:mod:`.cluster`) each worker of
Dask waits for a worker process of ours in the same way. Where ``PREFECT_API_URL`` names a server, the run shows there, with a table of
outcomes and its progress; else a temporary one (:mod:`.server`) is started and ended with the run.
"""

from __future__ import annotations

import os
import pickle
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from pipeline.flows.server import ServerError, prepare, temporary_server
from pipeline.ingest import Batch, Mapper, Work
from pipeline.work import Done

if TYPE_CHECKING:
    from pipeline.flows.cluster import Cluster

__all__ = ["PROGRESS", "ServerError", "Tables", "run_as_flow"]

T = TypeVar("T")

Tables = Mapping[str, Sequence[Mapping[str, Any]]]
"""Rows of tables by the key of the artifact they become."""

PROGRESS = "uppdrag-progress"
"""The key of the artifact that shows how far a run has come."""

_EVERY = 5.0  # seconds between two writings of the progress: each costs as much as ten pages


def run_as_flow(
    body: Callable[[Mapper], T],
    *,
    name: str,
    workers: int,
    home: Path,
    parameters: dict[str, Any],
    tables: Callable[[T], Tables] | None = None,
    cluster: Cluster | None = None,
) -> T:
    """What ``body`` returns, run inside a flow whose tasks are the batches ``body`` maps. Call it from the main thread.

    ``parameters`` are plain values shown with the run, ``tables`` makes the artifacts of its end from what ``body`` returned. With a
    ``cluster`` the tasks run there, and ``body`` has to map what can be sent. Raises what ``body`` raises, :class:`ServerError` where there
    is no server, and ``ClusterError`` where there is no cluster.
    """
    prepare(home)
    with ExitStack() as lasting:
        if not os.environ.get("PREFECT_API_URL"):
            os.environ["PREFECT_API_URL"] = lasting.enter_context(temporary_server())
            lasting.callback(os.environ.pop, "PREFECT_API_URL", None)
        return _run(body, name, workers, parameters, tables, cluster, os.environ["PREFECT_API_URL"])


def _run(
    body: Callable[[Mapper], T],
    name: str,
    workers: int,
    parameters: dict[str, Any],
    tables: Callable[[T], Tables] | None,
    cluster: Cluster | None,
    address: str,
) -> T:
    from prefect import Flow
    from prefect.settings import PREFECT_API_URL, temporary_settings
    from prefect.task_runners import ThreadPoolTaskRunner

    result: list[T] = []
    runner: Any = ThreadPoolTaskRunner(max_workers=workers) if cluster is None else cluster.task_runner()
    mapper = _in_tasks if cluster is None else cluster.in_tasks

    def inside() -> None:
        if cluster is not None:
            cluster.await_workers()
        result.append(body(_followed(mapper)))
        if tables is not None:
            _show(tables(result[0]))

    ingest = Flow(_ingest, name=name, task_runner=runner, persist_result=False, validate_parameters=False)
    _UNDER_WAY.append(inside)
    with temporary_settings({PREFECT_API_URL: address}):  # prefect may have been imported before, for an earlier run of this process
        try:
            ingest(parameters)
        finally:
            _UNDER_WAY.remove(inside)
    return result[0]


# NOTE: Prefect sends the flow along with each task that leaves this process. Its function therefore stands here by name, and what it is to
# do (with an open database in it, which cannot be sent) apart.
_UNDER_WAY: list[Callable[[], None]] = []


def _ingest(shown: dict[str, Any]) -> None:
    """The flow's function: what was begun last. ``shown`` is there to be looked at."""
    _UNDER_WAY[-1]()


def _in_tasks(batches: Sequence[Batch], work: Work) -> Iterator[list[Done]]:
    """A mapper whose batches are tasks on threads of this process."""
    from prefect import task
    from prefect.cache_policies import NO_CACHE

    @task(name="batch", task_run_name="batch {number}: {documents} documents", cache_policy=NO_CACHE, persist_result=False)
    def batch(number: int, documents: int) -> list[Done]:
        return work(batches[number])

    # All at once: what comes back are outcomes, not rows, so a backlog weighs nothing.
    futures = [batch.submit(number, len(jobs)) for number, jobs in enumerate(batches)]
    return (future.result() for future in futures)


def _followed(mapper: Mapper) -> Mapper:
    """The mapper, with an artifact of the run that follows how many documents have been through it."""

    def run(batches: Sequence[Batch], work: Work) -> Iterator[list[Done]]:
        from prefect.artifacts import create_progress_artifact, update_progress_artifact

        documents = sum(map(len, batches))
        done = pages = 0
        began = last = time.monotonic()
        under_way = mapper(batches, work)
        artifact: Any = create_progress_artifact(0.0, key=PROGRESS, description=f"0 of {documents} documents")
        for outcomes in under_way:
            yield outcomes  # and come back when they are loaded
            done, pages = done + len(outcomes), pages + sum(outcome.pages for outcome in outcomes)
            now = time.monotonic()
            if now - last >= _EVERY or done == documents:
                last = now
                rate = pages / max(now - began, 1e-3)
                said = f"{done} of {documents} documents, {pages} pages, {rate:.0f} pages/s"
                update_progress_artifact(artifact, progress=100.0 * done / documents, description=said)

    return run


def _show(tables: Tables) -> None:
    from prefect.artifacts import create_table_artifact

    for key, rows in tables.items():
        create_table_artifact([dict(row) for row in rows], key=key)


def packed(batch: Batch) -> bytes:
    """A batch as Prefect passes it on without looking into it, which for a task a batch costs more than the batch."""
    return pickle.dumps(batch)
