"""The trial of the list, small: its own database, the real command, figures that add up."""

from __future__ import annotations

from dataclasses import replace

from pipeline.trials.list_speed import LIMIT, LINKED, list_speed


def test_a_small_run_lists_what_it_made() -> None:
    said: list[str] = []
    speed = list_speed(200, 20, boards=1, forms=("xlsx", LINKED, "csv"), say=said.append)
    assert [one.form for one in speed.lists] == ["xlsx", LINKED, "csv"]
    assert 0 < speed.lists[0].assignments == speed.lists[1].assignments <= speed.threads
    assert all(one.processor > 0 for one in speed.lists)
    assert speed.summary().count("| xlsx |") == 1
    slow = replace(speed, lists=(replace(speed.lists[0], processor=LIMIT + 0.1),))
    assert not slow.well
    assert "missed" in slow.summary()
