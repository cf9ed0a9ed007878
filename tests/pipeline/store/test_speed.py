"""Loading stays fast: a bound far below what is measured (docs/store.md), that only a real slip would break."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from pipeline.rows import to_rows
from pipeline.store import Store


def test_rows_are_loaded_and_indexed_at_a_rate(tmp_path: Path, written: list[Any]) -> None:
    one = written[0]
    batches = [[to_rows(replace(one.reading, sha256=f"{50 * b + n:064x}"), one.extraction) for n in range(50)] for b in range(6)]
    with Store.open(tmp_path / "fort.db") as store:
        reports = [store.load(batch) for batch in batches]
        again = store.load(batches[0])
    rows = sum(report.rows for report in reports)
    assert rows > 8_000
    assert rows / sum(report.seconds for report in reports) > 10_000
    assert again.replaced == 50
