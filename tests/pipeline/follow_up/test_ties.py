"""The draw that is read by hand, and the commands of threads."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.follow_up.ties import draw
from pipeline.store import Store
from tests.pipeline.follow_up.test_relink import put, samples


@pytest.fixture
def db(tmp_path: Path) -> Path:
    path = tmp_path / "t.db"
    with Store.open(path) as store:
        put(store, list(samples()))
    return path


def test_the_commands_link_and_draw(db: Path) -> None:
    runner = CliRunner()
    linked = runner.invoke(app, ["threads", "link", "--db", str(db)])
    assert linked.exit_code == 0
    assert linked.output.startswith(f"{len(samples())} documents had changed")
    again = runner.invoke(app, ["threads", "link", "--db", str(db)])
    assert again.output.startswith("0 documents had changed")
    drawn = runner.invoke(app, ["threads", "draw", "--count", "12", "--seed", "3", "--db", str(db)])
    assert drawn.output == draw(db, 12, 3)
    assert drawn.output.count("\n   - ") == 24
    assert draw(db, 12, 4) != drawn.output
    missing = runner.invoke(app, ["threads", "draw", "--db", str(db.with_name("none.db"))])
    assert missing.exit_code == 2
