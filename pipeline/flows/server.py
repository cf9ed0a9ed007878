"""Prefect's temporary server: started beside a run, kept under DATA/processed, ended with the run, however the run ends."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_START = 150.0  # seconds the server may take to start, on a machine that is busy with other things

# Of its services only those a run of ours is seen by: nothing is scheduled, late, paused or triggered here. What becomes of tasks is
# written some at a time, and the rest when it ends, instead of in a transaction each: half of the server's time a task.
_SERVES = {
    "PREFECT_UI_ENABLED": "0",
    "PREFECT__SERVER_EPHEMERAL": "1",
    "PREFECT__SERVER_FINAL": "1",
    "PREFECT_SERVER_SERVICES_SCHEDULER_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_LATE_RUNS_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_PAUSE_EXPIRATIONS_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_TRIGGERS_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": "20",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_READ_BATCH_SIZE": "20",
}

_TIED = (
    "import ctypes, os, signal, sys; ctypes.CDLL(None).prctl(1, signal.SIGTERM); signal.signal(signal.SIGINT, signal.SIG_IGN);"
    " os.getppid() == int(sys.argv[1]) or sys.exit(1); os.execv(sys.argv[2], sys.argv[2:])"
)
"""Runs a command that the kernel ends when the thread that started it, our main one, is gone: also after a KILL, which no handler sees."""


class ServerError(Exception):
    """Prefect's temporary server does not start; the message has what it wrote last."""


def prepare(home: Path) -> None:
    """What Prefect and Dask read when they are imported. Nothing is sent anywhere, nothing is written to the user's home, and they keep
    quiet."""
    home.mkdir(parents=True, exist_ok=True)
    here = str(home.resolve())
    os.environ.update({"DO_NOT_TRACK": "1", "PREFECT_SERVER_ANALYTICS_ENABLED": "false", "PREFECT_HOME": here, "DASK_CONFIG": here})
    os.environ.setdefault("DASK_LOGGING__DISTRIBUTED", "critical")
    quiet = {
        "PREFECT_LOGGING_LEVEL": "CRITICAL",
        "PREFECT_LOGGING_ROOT_LEVEL": "CRITICAL",
        "PREFECT_SERVER_LOGGING_LEVEL": "CRITICAL",
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
            env={**os.environ, **_SERVES},
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
