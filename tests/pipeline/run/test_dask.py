"""The same run on Dask clusters: one of the machine's own, and one that is there already and loses a worker."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipeline.crew import WorkerError
from pipeline.distant import Bench, Distant, DistantWork
from pipeline.trials.runs import content
from pipeline.work import Job, Orders, fingerprint

if TYPE_CHECKING:
    from conftest import Place


def archive(place: Place, documents: int) -> Path:
    folder = place.root / "arkiv"
    for number in range(documents):
        place.write(folder / f"{number:02}.pdf", f"Ärende {number}", pages=2)
    (folder / "tom.pdf").write_bytes(b"")
    return folder


def test_the_same_rows_on_a_cluster_of_its_own(place: Place, left_behind: Callable[[], list[str]]) -> None:
    """With more workers than cores (`uppdrag trial engines` has two as well). A crash in a document takes nothing else with it."""
    folder = archive(place, 10)
    place.write(folder / "segfault.pdf", "Kraschar")
    assert place.run("ingest", folder, "--engine", "direct", "--db", "direct.db", **place.hostile()).code == 1
    flags = ("--engine", "dask", "--workers", "4", "--data", "andra")
    ran = place.run("ingest", folder, *flags, **place.hostile())
    assert ran.code == 1, ran.err
    assert "Traceback" not in ran.err
    assert "(crashed)" in ran.err
    assert content(place.root / "andra/processed/uppdrag.db") == content(place.root / "direct.db")
    assert left_behind() == []
    assert not list((place.root / "andra/processed/cache").glob(".shared-*"))
    assert not (place.root / "home" / ".config").exists()


@pytest.fixture
def cluster(place: Place) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """The address of a scheduler with two workers, and their processes, as whoever runs a cluster starts them."""
    told = place.root / "scheduler.json"
    common = {"cwd": place.root, "env": {**place.environment, "DASK_CONFIG": str(place.root)}, "stderr": subprocess.DEVNULL}
    scheduler_command = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0"]
    worker_command = [sys.executable, "-m", "distributed.cli.dask_worker", "--scheduler-file", str(told), "--nthreads", "1", "--no-nanny"]
    scheduler = subprocess.Popen([*scheduler_command, "--scheduler-file", str(told), "--no-dashboard"], **common)
    workers = []
    try:
        until = time.monotonic() + 60
        while not told.exists() and time.monotonic() < until:
            time.sleep(0.1)
        workers = [subprocess.Popen([*worker_command, "--no-dashboard", "--host", "127.0.0.1"], **common) for _ in range(2)]
        yield json.loads(told.read_text())["address"], workers
    finally:
        for process in (*workers, scheduler):
            process.kill()
            process.wait()


def test_a_cluster_that_is_there_and_loses_a_worker(
    place: Place, cluster: tuple[str, list[subprocess.Popen[bytes]]], left_behind: Callable[[], list[str]]
) -> None:
    address, workers = cluster
    folder = archive(place, 24)
    assert place.run("ingest", folder, "--engine", "direct", "--db", "direct.db").code == 1
    process = place.start("ingest", folder, "--engine", "dask", "--cluster", address, "--batch", "2", "--data", "andra", "--json-logs")
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith("{") and json.loads(line)["event"] == "document":
            break
    else:
        raise AssertionError("the run never came to a document")
    random.Random(1).choice(workers).send_signal(signal.SIGKILL)  # noqa: S311
    _, said = process.communicate(timeout=240)
    assert process.returncode == 1, said
    assert "Traceback" not in said
    assert content(place.root / "andra/processed/uppdrag.db") == content(place.root / "direct.db")
    for worker in workers:
        worker.kill()
    until = time.monotonic() + 15
    while any("pipeline.worker" in command for command in left_behind()) and time.monotonic() < until:
        time.sleep(0.2)
    assert not [command for command in left_behind() if "pipeline.worker" in command]


def test_a_cluster_elsewhere_wants_a_server_it_reaches(place: Place) -> None:
    place.write(place.root / "a.pdf")
    ran = place.run("ingest", "a.pdf", "--engine", "dask", "--cluster", "tcp://192.0.2.7:8786")
    assert ran.code == 2
    assert "PREFECT_API_URL" in ran.err


@pytest.fixture
def orders(place: Place) -> Orders:
    return Orders(str(place.root / "cache"), None, fingerprint(None), False, 60.0, 0.0, 2048)


def test_a_machine_with_other_storage_or_another_version_says_so(orders: Orders) -> None:
    with Distant(orders, 2) as crew:
        work = crew.work(lambda done: None)
        assert isinstance(work, DistantWork)
        assert work(()) == []
        os.unlink(crew.token)  # noqa: PTH108 - as where the folder is another one
        with pytest.raises(WorkerError, match="storage that all machines share"):
            DistantWork(orders, f"{crew.token}-elsewhere")(())
    changed = Orders(orders.cache, None, "another version", False, 60.0, 0.0, 2048)
    with Distant(changed, 2) as crew, pytest.raises(WorkerError, match="another version of uppdrag"):
        DistantWork(changed, str(crew.token))(())


def test_workers_are_kept_between_batches_and_let_go_when_idle(orders: Orders, place: Place) -> None:
    bench = Bench()
    with Distant(orders, 1) as crew:
        first = bench.borrow(orders, str(crew.token))
        done = first.do(Job(str(place.write(place.root / "a.pdf")), "0" * 64))
        assert "ändrades" in str(done.message), "the bytes are not those of the hash given"
        bench.give_back(first)
        assert bench.borrow(orders, str(crew.token)) is first
        bench.give_back(first)
        bench.let_go(0.0)
        assert first.closed
        assert first.process.poll() is not None
        assert bench.idle == []


def test_without_the_extra_it_is_named(place: Place) -> None:
    folder = place.root / "without"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(
        "import importlib.util as u\nfind = u.find_spec\nu.find_spec = lambda n, *a: None if n == 'prefect_dask' else find(n, *a)\n"
    )
    path = os.pathsep.join(filter(None, [str(folder), os.environ.get("PYTHONPATH")]))
    ran = place.run("ingest", place.write(place.root / "a.pdf"), "--engine", "dask", PYTHONPATH=path)
    assert ran.code == 2
    assert "uppdrag[dask]" in ran.err
    shutil.rmtree(folder)
