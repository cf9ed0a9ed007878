"""What a worker does before its first document, seen from a fresh interpreter."""

from __future__ import annotations

import subprocess
import sys


def _python(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()


def test_spacy_is_imported_without_its_command_line_which_stays_to_be_had() -> None:
    code = """
import sys
from pipeline.spacy_start import import_spacy
import_spacy()
import spacy
doc = spacy.blank("sv")("Regiondirektören får i uppdrag")
print(len(doc), any(name.startswith(("spacy.cli", "weasel")) for name in sys.modules))
from spacy.cli.info import info
print(info.__module__, "spacy.cli" in sys.modules)
import_spacy()
"""
    assert _python(code).splitlines() == ["4 False", "spacy.cli.info True"]


def test_a_warm_workbench_has_all_that_extraction_needs() -> None:
    """What is imported after the fork is imported again by each child. (pdfplumber is: only pages with ruled tables want it.)"""
    code = """
import sys
from pathlib import Path
from pipeline.work import Job, Orders, Workbench
import hashlib
bench = Workbench(Orders(None, None, "x", False, 60.0, 0.0, 2048))
bench.warm_up()
before = set(sys.modules)
path = Path("data/raw/05-protokollsutdrag-rsau-2024-05-21.pdf")
rows = bench.rows(Job(str(path), hashlib.sha256(path.read_bytes()).hexdigest()))
late = ("spacy", "thinc", "numpy", "extractors", "rules", "pydantic")
print(len(rows.tables["assignment"]) > 0, [name for name in sorted(set(sys.modules) - before) if name.startswith(late)])
"""
    assert _python(code) == "True []"
