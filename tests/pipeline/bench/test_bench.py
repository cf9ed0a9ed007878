"""The benchmark's figures are whole and agree with each other, on a run so small that they say nothing about speed."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from extractors.assemble import extract
from pipeline.bench import THEIRS, naive, scale
from pipeline.bench.material import SAMPLES, make, stamped
from pipeline.bench.stages import STAGES
from pipeline.reading import OcrMode, read_bytes
from rules.ruleset import load_rules

KEYS = {
    "pages", "documents", "workers", "engine", "only_samples", "compiled",
    "ratio_to_naive", "ratio_to_limit", "pages_per_s", "naive_pages_per_s",
    "limit_pages_per_s", "extraction_pages_per_s_per_core", "extraction_ratio_to_limit", "ours_seconds", "threads_seconds", "again_seconds",
    "cpu_ms_a_page", "peak_mib", "worker_mib", "server_mib", "bytes_a_page", "cache_bytes_a_page", "stages",
}  # fmt: skip


def test_the_figures_are_whole_and_agree(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pipeline.cli", "bench", "--json", "--pages", "60", "--engine", "direct"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert set(found) == KEYS
    assert found["pages"] >= 60
    assert found["pages_per_s"] == pytest.approx(found["pages"] / found["ours_seconds"], rel=0.01)
    assert found["ratio_to_naive"] == pytest.approx(found["pages_per_s"] / found["naive_pages_per_s"], rel=0.01)
    assert found["ratio_to_limit"] == pytest.approx(found["pages_per_s"] / found["limit_pages_per_s"], rel=0.01)
    assert set(found["stages"]) == {*STAGES, "other"}
    assert sum(found["stages"].values()) == pytest.approx(1.0, abs=0.01)
    assert all(share >= 0 for share in found["stages"].values())
    assert min(found["stages"][name] for name in STAGES) > 0, "a stage that takes no time is not measured"
    assert found["peak_mib"] > found["worker_mib"] > 20
    assert found["server_mib"] == 0, "no server is started for the direct engine"
    assert found["bytes_a_page"] > 1_000
    assert found["again_seconds"] < found["ours_seconds"]


def test_copies_differ_and_say_the_same(tmp_path: Path) -> None:
    material = make(tmp_path / "files", 90, sorted(SAMPLES.glob("0[1-6]*.pdf")))
    contents = [path.read_bytes() for path in material.files]
    assert len(set(contents)) == len(contents) > 6, "each document comes more than once"
    assert material.bytes == sum(map(len, contents))
    readings = [read_bytes(content, path.name, ocr=OcrMode.never) for path, content in zip(material.files, contents, strict=True)]
    assert material.pages == sum(len(reading.pages) for reading in readings)
    texts = ["\n".join(line.text for page in reading.pages for line in page.lines) for reading in readings]
    assert len(set(texts)) == len(texts)


def test_a_copy_gives_the_assignments_of_its_original() -> None:
    original = (SAMPLES / "05-protokollsutdrag-rsau-2024-05-21.pdf").read_bytes()
    copy, pages = stamped(original, 7)
    rules = load_rules()
    first, second = (read_bytes(data, "", ocr=OcrMode.never) for data in (original, copy))
    assert len(second.pages) == pages == len(first.pages)
    assert "Exemplar 7" in [line.text for line in second.pages[0].lines]
    told = [a.text for a in extract(first, rules).assignments]
    assert told
    assert [a.text for a in extract(second, rules).assignments] == told


# Run before a program: counts what it asks of the libraries, and writes that down when it ends.
_COUNTED = """
import atexit, collections, json, runpy, sys
import dateparser.search, pdfplumber.page, spacy.language, sqlite_utils.db
calls = collections.Counter()
def counted(owner, name):
    real = getattr(owner, name)
    def call(*args, **kwargs):
        calls[name] += 1
        return real(*args, **kwargs)
    setattr(owner, name, call)
for owner, name in ((pdfplumber.page.Page, "extract_text"), (spacy.language.Language, "__call__"),
                    (dateparser.search, "search_dates"), (sqlite_utils.db.Table, "insert_all")):
    counted(owner, name)
program, *sys.argv[1:], told = sys.argv[1:]
sys.argv[0] = program
atexit.register(lambda: open(told, "w").write(json.dumps(calls)))
runpy.run_path(program, run_name="__main__")
"""


@pytest.mark.corpus
def test_our_naive_pipeline_is_the_reference_program(corpus: Path, tmp_path: Path) -> None:
    """The same rows by as many calls of the same libraries; the time they take is `python -m tests.pipeline.bench.agreement`."""
    folder = tmp_path / "files"
    make(folder, 12, sorted((corpus / "seeds").glob("*.pdf")))
    rows, calls = {}, {}
    for name, program in (("theirs", THEIRS), ("ours", Path(str(naive.__file__)))):
        told = tmp_path / f"{name}.json"
        command = [sys.executable, "-c", _COUNTED, str(program), str(folder), str(tmp_path / f"{name}.db"), str(told)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        rows[name] = json.loads(done.stdout.splitlines()[-1])["rows"]
        calls[name] = json.loads(told.read_text())
    assert rows["ours"] == rows["theirs"]
    assert calls["ours"] == calls["theirs"]
    assert calls["ours"]["search_dates"] == rows["ours"]
    # Not the dates: dateparser takes "nu" for this very moment.
    columns = "SELECT page, text, amounts FROM sentence ORDER BY file, rowid"
    with sqlite3.connect(tmp_path / "theirs.db") as one, sqlite3.connect(tmp_path / "ours.db") as other:
        assert one.execute(columns).fetchall() == other.execute(columns).fetchall()


def test_the_page_of_scale_is_current() -> None:
    """Figures and chart are those of the runs kept, and the chart says in words what it shows."""
    page, drawn = scale.made()
    assert scale.PAGE.read_text(encoding="utf-8") == page, "stale: run `python -m pipeline.bench.scale`"
    assert scale.CHART.read_text(encoding="utf-8") == drawn, "stale: run `python -m pipeline.bench.scale`"
    runs = json.loads(scale.RUNS.read_text(encoding="utf-8"))
    assert [run["pages"] for run in runs] == sorted(run["pages"] for run in runs)
    for run in runs:
        assert f"{run['pages']:,} pages: {run['cpu_ms_a_page']:.2f} ms a page" in drawn
