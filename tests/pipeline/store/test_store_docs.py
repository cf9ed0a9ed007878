"""docs/store.md names every table and view there is, and no other."""

from __future__ import annotations

import re
from pathlib import Path

from pipeline.datasette.metadata import schema
from pipeline.migrations import APPLICATION_ID

DOCS = Path(__file__).parents[3] / "docs" / "store.md"


def test_every_table_and_view_is_in_the_docs_and_no_other() -> None:
    rows = [line.split("|")[1] for line in DOCS.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    named = [name for row in rows for name in re.findall(r"`(\w+)`", row)]
    indexes = {"assignment_fts", "assignment_trigram", "page_fts", "page_trigram"}
    assert sorted(named) == sorted(set(schema()) - indexes)
    text = DOCS.read_text(encoding="utf-8")
    assert all(f"`{name}`" in text for name in indexes)
    assert f"0x{APPLICATION_ID:X}" in text
