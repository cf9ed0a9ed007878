"""The long trials, small, and that they can fail."""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.bench.material import SAMPLES
from pipeline.ingest import carry_out, hire, in_threads, make_plan
from pipeline.progress import Silent
from pipeline.settings import load_settings
from pipeline.store import Store
from pipeline.trials.damage import KINDS, bomb, damaged
from pipeline.trials.runs import TrialError, content, differences

SAMPLE = SAMPLES / "05-protokollsutdrag-rsau-2024-05-21.pdf"


def command(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "pipeline.cli", "trial", *arguments], capture_output=True, text=True, check=False)


def test_kills_of_the_run_and_of_its_loader_change_nothing() -> None:
    done = command("kills", "--count", "2", "--pages", "60", "--seed", "7")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 of 2 ended, resumed, with the content of the undisturbed run and no process left behind." in done.stdout
    assert "the run while it loads 1" in done.stdout


def test_damaged_documents_are_accounted_for() -> None:
    done = command("damage", "--count", "12", "--seed", "5", "--document-seconds", "10")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "12 damaged PDFs" in done.stdout
    assert "every file has its row" in done.stdout


@pytest.mark.parametrize("kind", KINDS)
def test_damage_is_drawn_with_the_seed_and_is_damage(kind: str) -> None:
    data = SAMPLE.read_bytes()
    first, again, other = (damaged(data, kind, random.Random(seed)) for seed in (1, 1, 2))  # noqa: S311
    assert first == again
    assert len({data, first, other}) == 3


def test_a_bomb_is_small_until_it_is_opened() -> None:
    data = SAMPLE.read_bytes()
    assert len(bomb(data, 1 << 28)) < len(data) + 64_000


@pytest.fixture
def database(tmp_path: Path) -> Path:
    settings = load_settings(data=tmp_path, ocr=False, workers=1)
    settings.processed.mkdir(parents=True)
    with Store.open(settings.database) as store:
        plan = make_plan([SAMPLE], store, settings)
        with hire(plan, settings) as crew:
            carry_out(plan, store, settings, crew, in_threads(1), Silent())
    return settings.database


@pytest.mark.parametrize(
    ("change", "table"),
    [
        ("UPDATE assignment SET text = text || '.' WHERE id = (SELECT min(id) FROM assignment)", "assignment"),
        ("DELETE FROM cue WHERE ordinal = 0", "cue"),
        ("UPDATE file SET mtime = mtime + 1", "file"),
    ],
)
def test_content_sees_any_change_of_a_row(database: Path, change: str, table: str) -> None:
    before = content(database)
    assert {"file", "document", "page", "assignment", "review_change"} <= set(before)
    assert differences(before, content(database)) == []
    with sqlite3.connect(database) as connection:
        connection.execute(change)
    connection.close()
    if table == "assignment":  # its text stands in the search index too
        with pytest.raises(TrialError, match="search index assignment_"):
            content(database)
    else:
        assert differences(before, content(database)) == [table]
