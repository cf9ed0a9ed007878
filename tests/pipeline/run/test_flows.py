"""A real Prefect flow on its own temporary server."""

from __future__ import annotations

import json
import signal
import sqlite3
from collections.abc import Callable
from typing import TYPE_CHECKING

from pipeline.trials.runs import content

if TYPE_CHECKING:
    from conftest import Place


def test_the_same_rows_with_prefect_and_without_and_nothing_left_behind(place: Place, left_behind: Callable[[], list[str]]) -> None:
    folder = place.root / "arkiv"
    for number in range(12):
        place.write(folder / f"{number:02}.pdf", f"Ärende {number}", pages=2)
    (folder / "tom.pdf").write_bytes(b"")
    direct = place.run("ingest", folder, "--engine", "direct", "--db", "direct.db")
    flow = place.run("ingest", folder, "--engine", "prefect", "--data", "andra", "--db", "flow.db")
    assert direct.code == flow.code == 1, flow.err
    assert "Traceback" not in flow.err

    assert content(place.root / "direct.db") == content(place.root / "flow.db")
    assert left_behind() == []
    # The flow ran as one: Prefect's own record of it, kept under data/ and nowhere in the home.
    runs = sqlite3.connect(place.root / "andra/processed/prefect/prefect.db")
    assert runs.execute("SELECT state_type, count(*) FROM flow_run GROUP BY state_type").fetchall() == [("COMPLETED", 1)]
    (tasks,) = runs.execute("SELECT count(*) FROM task_run WHERE state_type = 'COMPLETED'").fetchone()
    runs.close()
    assert tasks >= 2
    assert not (place.root / "home" / ".prefect").exists()


def test_no_server_is_left_behind_by_an_interrupt_or_a_kill(place: Place, left_behind: Callable[[], list[str]]) -> None:
    import time

    folder = place.root / "arkiv"
    place.write(folder / "a.pdf")
    place.write(folder / "b-sleeps.pdf", "Sover")
    for number in (signal.SIGINT, signal.SIGKILL):
        (place.root / "data/processed/uppdrag.db").unlink(missing_ok=True)
        process = place.start("ingest", folder, "--engine", "prefect", "--batch", "1", "--workers", "2", "--json-logs", **place.hostile())
        assert process.stderr is not None
        for line in process.stderr:
            if line.startswith("{") and json.loads(line)["event"] == "document":
                break
        else:
            raise AssertionError("the flow never came to a document")
        assert any("uvicorn" in command for command in left_behind())
        _, said = place.end(process, number)
        if number == signal.SIGINT:
            assert process.returncode == 130
            assert "run again to go on" in said
        until = time.monotonic() + 15
        while left_behind() and time.monotonic() < until:
            time.sleep(0.2)
        assert left_behind() == []


def test_the_engine_is_chosen_by_size(place: Place) -> None:
    for number in range(4):
        place.write(place.root / "arkiv" / f"{number}.pdf", f"Ärende {number}")

    def engine(**environment: str) -> str:
        process = place.start("ingest", "arkiv", "--json-logs", "--db", f"{len(environment)}.db", **environment)
        assert process.stderr is not None
        said = json.loads(process.stderr.readline())
        place.end(process, signal.SIGTERM)
        return str(said["engine"])

    assert engine() == "direct"
    assert engine(UPPDRAG_DIRECT_FILES="3") == "prefect"
