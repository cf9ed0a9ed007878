"""A document without a text layer is read by OCR and found among search results."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.corpus


@pytest.mark.skipif(shutil.which("tesseract") is None, reason="Tesseract is not installed")
def test_a_scan_is_read_and_found(corpus: Path, tmp_path: Path) -> None:
    database = tmp_path / "uppdrag.db"
    scan = corpus / "real_pdf" / "no_text_layer.pdf"
    command = [sys.executable, "-m", "pipeline.cli", "ingest", str(scan), "--db", str(database), "--data", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    with sqlite3.connect(database) as connection:
        assert {r for (r,) in connection.execute("SELECT reader FROM page")} == {"tesseract"}
        hits = connection.execute(
            "SELECT page.number FROM page_fts JOIN page ON page.id = page_fts.rowid WHERE page_fts MATCH ? ORDER BY page.number",
            ("hedersrelaterat",),
        ).fetchall()
    assert (1,) in hits
    assert (2,) in hits
