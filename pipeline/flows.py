"""The run of an archive as a Prefect flow. The only module that imports prefect, and only when a flow is run.

The flow's tasks are batches. Tasks run on threads, each of which waits for a worker process of ours: Prefect's own process runner
costs thirty times as much a task, and would not survive a crash in a document. Where ``PREFECT_API_URL`` names a server, the run shows
there; else a temporary one is started, kept under DATA/processed and ended with the run, however the run ends.
"""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, TypeVar

from pipeline.ingest import Batch, Mapper, Work
from pipeline.work import Done

T = TypeVar("T")

_START = 150.0  # seconds the server may take to start, on a machine that is busy with other things

_TIED = (
    "import ctypes, os, signal, sys; ctypes.CDLL(None).prctl(1, signal.SIGTERM); signal.signal(signal.SIGINT, signal.SIG_IGN);"
    " os.getppid() == int(sys.argv[1]) or sys.exit(1); os.execv(sys.argv[2], sys.argv[2:])"
)
"""Runs a command that the kernel ends when the thread that started it, our main one, is gone: also after a KILL, which no handler sees."""


class ServerError(Exception):
    """Prefect's temporary server does not start; the message has what it wrote last."""


def _prepare(home: Path) -> None:
    """What Prefect reads when it is imported. Nothing is sent anywhere, nothing is written to the user's home, and it keeps quiet."""
    home.mkdir(parents=True, exist_ok=True)
    os.environ.update({"DO_NOT_TRACK": "1", "PREFECT_SERVER_ANALYTICS_ENABLED": "false", "PREFECT_HOME": str(home.resolve())})
    quiet = {
        "PREFECT_LOGGING_LEVEL": "ERROR",
        "PREFECT_LOGGING_ROOT_LEVEL": "ERROR",
        "PREFECT_SERVER_LOGGING_LEVEL": "ERROR",
        "PREFECT_LOGGING_TO_API_ENABLED": "false",
    }
    for name, value in quiet.items():
        os.environ.setdefault(name, value)


@contextmanager
def temporary_server() -> Iterator[str]:
    """The address of a Prefect API that is there for as long as this lasts.

    The socket is ours and is handed over listening, so there is no port to guess and a request waits until the server answers.
    """
    with tempfile.TemporaryFile() as said, socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        command = [sys.executable, "-m", "uvicorn", "--factory", "prefect.server.api.server:create_app", "--fd", str(listener.fileno())]
        server = subprocess.Popen(
            [sys.executable, "-c", _TIED, str(os.getpid()), *command, "--log-level", "error", "--lifespan", "on"],
            pass_fds=(listener.fileno(),),
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            env={**os.environ, "PREFECT_UI_ENABLED": "0", "PREFECT__SERVER_EPHEMERAL": "1", "PREFECT__SERVER_FINAL": "1"},
        )
        listener.close()  # the server's alone now: when it dies, a request fails instead of waiting
        try:
            _await(port, server, said)
            yield f"http://127.0.0.1:{port}/api"
        finally:
            server.terminate()
            try:
                server.wait(timeout=5)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def _await(port: int, server: subprocess.Popen[bytes], said: Any) -> None:
    """Returns when the server is well. Raises :class:`ServerError` when it ends or takes too long."""
    until = time.monotonic() + _START
    while server.poll() is None and (left := until - time.monotonic()) > 0:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=left)
        try:
            connection.request("GET", "/api/health")
            if connection.getresponse().status == 200:
                return
        except (OSError, http.client.HTTPException):
            pass  # between our closing the socket and its opening, or on its way down
        finally:
            connection.close()
        time.sleep(0.1)
    said.seek(0)
    last = said.read().decode("utf-8", "replace").strip()[-1500:]
    raise ServerError(f"Prefect's temporary server did not start within {_START:.0f} s; --engine direct does without it. {last}".strip())


def run_as_flow(body: Callable[[Mapper], T], *, name: str, workers: int, home: Path, parameters: dict[str, Any]) -> T:
    """What ``body`` returns, run inside a flow whose tasks are the batches ``body`` maps. Call it from the main thread.

    ``parameters`` are plain values shown with the run. Raises what ``body`` raises, and :class:`ServerError` where there is no server.
    """
    _prepare(home)
    with ExitStack() as lasting:
        if not os.environ.get("PREFECT_API_URL"):
            os.environ["PREFECT_API_URL"] = lasting.enter_context(temporary_server())
            lasting.callback(os.environ.pop, "PREFECT_API_URL", None)
        return _run(body, name, workers, parameters, os.environ["PREFECT_API_URL"])


def _run(body: Callable[[Mapper], T], name: str, workers: int, parameters: dict[str, Any], address: str) -> T:
    from prefect import flow, task
    from prefect.cache_policies import NO_CACHE
    from prefect.settings import PREFECT_API_URL, temporary_settings
    from prefect.task_runners import ThreadPoolTaskRunner

    def mapper(batches: Sequence[Batch], work: Work) -> Iterator[list[Done]]:
        @task(name="batch", task_run_name="batch {number}: {documents} documents", cache_policy=NO_CACHE, persist_result=False)
        def batch(number: int, documents: int) -> list[Done]:
            return work(batches[number])

        # All at once: what comes back are outcomes, not rows, so a backlog weighs nothing.
        futures = [batch.submit(number, len(jobs)) for number, jobs in enumerate(batches)]
        for future in futures:
            yield future.result()

    result: list[T] = []

    runner: Any = ThreadPoolTaskRunner(max_workers=workers)

    @flow(name=name, task_runner=runner, persist_result=False, validate_parameters=False)
    def ingest(shown: dict[str, Any]) -> None:
        result.append(body(mapper))

    with temporary_settings({PREFECT_API_URL: address}):  # prefect may have been imported before, for an earlier run of this process
        ingest(parameters)
    return result[0]
