"""The examples in docstrings are true."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
WITH_EXAMPLES = sorted(
    path.relative_to(ROOT).as_posix()
    for package in ("rules", "extractors", "pipeline")
    for path in (ROOT / package).rglob("*.py")
    if ">>> " in path.read_text(encoding="utf-8")
)


@pytest.mark.parametrize("source", WITH_EXAMPLES)
def test_examples_give_what_they_show(source: str) -> None:
    # The sources themselves, in a process of their own: machine code has no lines to read examples from.
    environment = os.environ | {"PYTHONPATH": str(ROOT), "UPPDRAG_COMPILED": "0"}
    done = subprocess.run([sys.executable, "-m", "doctest", source], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
