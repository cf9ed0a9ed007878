"""What every test may ask for."""

from __future__ import annotations

from pathlib import Path

import pytest

_CORPUS = Path(__file__).resolve().parent.parent.parent / "shared" / "corpus"


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder of real documents beside the project; the test is skipped, and says so, where it is not there."""
    if not _CORPUS.is_dir():
        pytest.skip(f"The corpus of real documents is not at {_CORPUS}; this test reads them.")
    return _CORPUS
