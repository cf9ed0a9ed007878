"""What every test may ask for."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from rules import compiled

_CORPUS = Path(__file__).resolve().parent.parent.parent / "shared" / "corpus"


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder of real documents beside the project; the test is skipped, and says so, where it is not there."""
    if not _CORPUS.is_dir():
        pytest.skip(f"The corpus of real documents is not at {_CORPUS}; this test reads them.")
    return _CORPUS


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """A test that changes a module of ours from outside runs in a process that has the sources: machine code does not look there."""
    if not compiled.IN_USE or pyfuncitem.get_closest_marker("as_python") is None:
        return None
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", pyfuncitem.nodeid]
    environment = {**os.environ, "UPPDRAG_COMPILED": "0"}
    run = subprocess.run(command, cwd=pyfuncitem.config.rootpath, env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    return True
