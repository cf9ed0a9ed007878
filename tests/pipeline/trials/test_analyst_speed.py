"""The trial of the analysts' pages, small: its own database and server, every kind of page, figures that add up."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from pipeline.trials.analyst_speed import LIMIT, analyst_speed
from pipeline.trials.list_speed import list_speed


def test_a_small_run_asks_for_every_kind_of_page(tmp_path: Path) -> None:
    said: list[str] = []
    speed = analyst_speed(120, 12, asked=3, database=tmp_path / "kept.db", say=said.append)
    assert (speed.assignments, speed.documents) == (120, 12)
    assert speed.threads > 0
    names = {one.name for one in speed.measured}
    assert {"front page", "dashboards of a body", "facets", "search in everything", "list of a body", "thread"} <= names
    for one in speed.measured:
        assert 0 < one.median <= one.p95 <= one.worst
        assert one.processor > 0
        assert one.processor_p95 <= 2 * one.worst + 50, "of one server, which has few threads"
    slow = replace(speed, measured=(replace(speed.measured[0], p95=LIMIT + 1),))
    assert not slow.well
    assert "missed" in slow.summary()
    # The database that was kept serves the trial of the list as well.
    listed = list_speed(boards=1, forms=("xlsx",), database=tmp_path / "kept.db", say=said.append)
    assert (listed.assignments, listed.threads, listed.linking) == (120, speed.threads, None)
    assert len([sentence for sentence in said if sentence.startswith("Making")]) == 1
