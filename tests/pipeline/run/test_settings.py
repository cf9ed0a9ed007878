"""Flags, then the environment, then uppdrag.toml."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.settings import WrongSettingsError, load_settings


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_defaults() -> None:
    settings = load_settings()
    assert settings.database == Path("data/processed/uppdrag.db")
    assert settings.cache == Path("data/processed/cache")
    assert settings.worker_count >= 1


def test_each_source_beats_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("uppdrag.toml").write_text("workers = 3\nbatch = 7\ndata = 'arkiv'\n")
    assert load_settings().workers == 3
    monkeypatch.setenv("UPPDRAG_WORKERS", "4")
    assert load_settings().workers == 4
    settings = load_settings(workers=5, batch=None)
    assert (settings.workers, settings.batch) == (5, 7)
    assert settings.database == Path("arkiv/processed/uppdrag.db")
    monkeypatch.setenv("UPPDRAG_DB", "annan.db")
    assert load_settings().database == Path("annan.db")


@pytest.mark.parametrize(
    ("text", "named"),
    [("wrokers = 3", "wrokers"), ("workers = -1", "workers"), ("engine = 'spark'", "engine"), ("workers =", "uppdrag.toml")],
)
def test_a_slip_in_the_file_is_named(text: str, named: str) -> None:
    Path("uppdrag.toml").write_text(text)
    with pytest.raises(WrongSettingsError, match=named):
        load_settings()


def test_a_slip_in_the_environment_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UPPDRAG_DOCUMENT_SECONDS", "länge")
    with pytest.raises(WrongSettingsError, match="document_seconds"):
        load_settings()
