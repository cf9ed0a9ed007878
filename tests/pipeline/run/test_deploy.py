"""A deployment on a real Prefect server: its schedule, a run of it, and what the run leaves there."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pipeline.flows.server import prepare, temporary_server
from pipeline.run import NOT_READ, OUTCOMES
from pipeline.trials.runs import content

if TYPE_CHECKING:
    from conftest import Place


@pytest.fixture
def server(place: Place, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a server's API, for as long as the test."""
    for name in list(os.environ):
        if name.startswith("PREFECT_"):
            monkeypatch.delenv(name)
    with environment_kept():
        prepare(place.root / "server")
        with temporary_server() as address:
            yield address


@contextmanager
def environment_kept() -> Iterator[None]:
    before = dict(os.environ)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def ask(address: str, path: str, body: dict[str, Any] | None = None) -> Any:
    """What the server's API answers."""
    request = urllib.request.Request(  # noqa: S310 - our own server
        f"{address}{path}", None if body is None else json.dumps(body).encode(), {"content-type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
        return json.load(answer)


def await_run(address: str, seconds: float = 120) -> dict[str, Any]:
    """The run of the deployment, when it has ended."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        runs = ask(address, "/flow_runs/filter", {"flows": {"name": {"any_": ["uppdrag nightly"]}}, "sort": "START_TIME_DESC"})
        ended = [run for run in runs if run["state_type"] in ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")]
        if ended:
            return dict(ended[0])
        time.sleep(0.5)
    raise AssertionError("the deployment's run did not end")


def test_a_deployment_runs_and_leaves_its_outcomes(place: Place, server: str, left_behind: Callable[[], list[str]]) -> None:
    folder = place.root / "arkiv"
    for number in range(6):
        place.write(folder / f"{number}.pdf", f"Ärende {number}")
    (folder / "tom.pdf").write_bytes(b"")
    assert place.run("ingest", folder, "--db", "direct.db", "--engine", "direct").code == 1
    environment = {"PREFECT_API_URL": server, "PREFECT_RUNNER_POLL_FREQUENCY": "1"}
    options = ("--cron", "30 3 * * *", "--now", "--engine", "prefect", "--workers", "2", "--batch", "2")
    process = place.start("deploy", "arkiv", *options, **environment)
    try:
        assert process.stdout is not None
        assert "uppdrag nightly/nightly: 30 3 * * * (Europe/Stockholm)" in process.stdout.readline()
        (deployment,) = ask(server, "/deployments/filter", {})
        (schedule,) = deployment["schedules"]
        assert (schedule["active"], schedule["schedule"]["cron"], schedule["schedule"]["timezone"]) == (
            True,
            "30 3 * * *",
            "Europe/Stockholm",
        )
        assert deployment["parameters"]["paths"] == [str(folder)]
        run = await_run(server)
        assert (run["state_type"], run["state_name"]) == ("COMPLETED", "Not all read"), run["state"]
        assert "7 documents read" in run["state"]["message"]
    finally:
        _, said = place.end(process, signal.SIGINT)
    assert content(place.db) == content(place.root / "direct.db")
    artifacts = {artifact["key"]: artifact for artifact in ask(server, "/artifacts/latest/filter", {})}
    assert {row["status"]: row["files"] for row in json.loads(artifacts[OUTCOMES]["data"])} == {"read": 6, "empty": 1}
    (failed,) = json.loads(artifacts[NOT_READ]["data"])
    assert (Path(failed["path"]).name, failed["status"], failed["message"][-1]) == ("tom.pdf", "empty", ".")
    assert float(artifacts["uppdrag-progress"]["data"]) == 100.0
    assert "7 of 7 documents" in artifacts["uppdrag-progress"]["description"]
    # Nobody is there to run it any more: it is paused, until somebody is.
    assert process.returncode == 0, said
    assert ask(server, "/deployments/filter", {})[0]["paused"]
    process = place.start("deploy", "arkiv", *options[:2], **environment)
    assert process.stdout is not None
    assert "Deployed" in process.stdout.readline()
    assert not ask(server, "/deployments/filter", {})[0]["paused"]
    place.end(process, signal.SIGTERM)
    assert [command for command in left_behind() if "uvicorn" not in command] == []


def test_a_deployment_wants_a_server_that_answers(place: Place) -> None:
    ran = place.run("deploy")
    assert ran.code == 2
    assert "PREFECT_API_URL=" in ran.err
    ran = place.run("deploy", PREFECT_API_URL="http://127.0.0.1:9/api", PREFECT_CLIENT_MAX_RETRIES="0")
    assert ran.code == 2
    assert "http://127.0.0.1:9/api did not take the deployment" in ran.err
    assert "Traceback" not in ran.err


def test_a_flow_without_a_server_keeps_the_same_artifacts(place: Place) -> None:
    place.write(place.root / "arkiv" / "a.pdf")
    assert place.run("ingest", "arkiv", "--engine", "prefect").code == 0
    kept = sqlite3.connect(place.root / "data/processed/prefect/prefect.db")
    assert {key for (key,) in kept.execute("SELECT key FROM artifact")} >= {OUTCOMES, "uppdrag-progress"}
    kept.close()
