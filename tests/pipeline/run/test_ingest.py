"""Runs of an archive: what is left alone, what is done again, and what faults do not break."""

from __future__ import annotations

import json
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipeline.ingest import Plan, ocr_at_hand
from pipeline.work import Job

if TYPE_CHECKING:
    from conftest import Place


def test_one_small_pdf_is_in_the_database_soon(place: Place) -> None:
    """Three seconds after Enter on a machine with nothing else to do. On one that has, what the run itself is at work counts, processor
    time of all its processes, none of which waits for anything but another; and how fast the machine is just then, by what importing the
    libraries of a naive pipeline takes: three quarters of a second where the three seconds are promised."""

    def spent(run: Callable[[], object]) -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        run()
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    pdfs = [place.write(place.root / f"{number}.pdf", f"Ärende {number}") for number in range(2)]
    imports = [sys.executable, "-c", "import pdfplumber, spacy, dateparser.search, sqlite_utils"]
    first = spent(partial(subprocess.run, imports, check=True))
    ours = min(spent(partial(place.run, "ingest", pdf)) for pdf in pdfs)
    measure = (first + spent(partial(subprocess.run, imports, check=True))) / 2
    assert place.rows("SELECT reading_status, pages FROM document") == 2 * [("read", 1)]
    assert 0.3 < ours < 4.0 * measure


def test_a_second_run_changes_nothing_and_says_so(place: Place) -> None:
    for number in range(3):
        place.write(place.root / "arkiv" / f"{number}.pdf", f"Ärende {number}")
    assert place.run("ingest", "arkiv").code == 0
    before = place.db.read_bytes()
    ran = place.run("ingest", "arkiv", **place.hostile())
    assert ran.code == 0
    assert "Nothing changed: 3 files" in ran.out
    assert place.db.read_bytes() == before
    assert place.reads.read_text() == ""


def test_the_same_bytes_twice_are_one_document_with_two_paths(place: Place) -> None:
    first = place.write(place.root / "arkiv" / "a.pdf")
    (place.root / "arkiv" / "kopior").mkdir()
    shutil.copy(first, place.root / "arkiv" / "kopior" / "b.PDF")
    assert place.run("ingest", "arkiv").code == 0
    assert place.rows("SELECT count(*) FROM document") == [(1,)]
    assert place.rows("SELECT count(*), count(DISTINCT sha256) FROM file") == [(2, 1)]
    # A third copy, later, is a path more and nothing read.
    shutil.copy(first, place.root / "arkiv" / "c.pdf")
    ran = place.run("ingest", "arkiv", **place.hostile())
    assert ran.code == 0
    assert "Nothing changed" not in ran.out
    assert place.reads.read_text() == ""
    assert place.rows("SELECT count(*) FROM file") == [(3,)]


def test_other_bytes_under_an_old_name_replace_what_was_there(place: Place) -> None:
    path = place.write(place.root / "a.pdf", "Första")
    assert place.run("ingest", path).code == 0
    place.write(path, "Andra lydelsen")
    assert place.run("ingest", path).code == 0
    assert place.rows("SELECT count(*) FROM document") == [(1,)]
    assert place.rows("SELECT count(*) FROM page WHERE text LIKE '%Andra lydelsen%'") == [(1,)]


def test_a_changed_rule_opens_no_pdf_again(place: Place) -> None:
    """Another organisation is another set of rules: other fingerprint, same readings, from files that cannot be read any more."""
    paths = [place.write(place.root / "arkiv" / f"{number}.pdf", f"Ärende {number}") for number in range(3)]
    assert place.run("ingest", "arkiv").code == 0
    first = place.rows("SELECT sha256, fingerprint FROM document ORDER BY sha256")
    ran = place.run("ingest", "arkiv", "--organisation", "none", **place.hostile())
    assert ran.code == 0, ran.err
    assert "Read 3 documents" in ran.out
    second = place.rows("SELECT sha256, fingerprint FROM document ORDER BY sha256")
    assert [row[0] for row in first] == [row[0] for row in second]
    assert not {row[1] for row in first} & {row[1] for row in second}
    assert place.reads.read_text() == ""
    assert all(path.exists() for path in paths)


def test_damaged_and_lost_cache_files_cost_time_and_nothing_else(place: Place) -> None:
    for number in range(3):
        place.write(place.root / "arkiv" / f"{number}.pdf", f"Ärende {number}")
    assert place.run("ingest", "arkiv").code == 0
    before = place.content()
    kept = sorted((place.root / "data/processed/cache").rglob("*.*"))
    files = [path for path in kept if path.is_file()]
    assert len(files) == 6
    for number, path in enumerate(files):
        content = path.read_bytes()
        path.write_bytes([b"", content[: len(content) // 2], content[:-1] + bytes([content[-1] ^ 1])][number % 3])
    place.db.unlink()
    assert place.run("ingest", "arkiv").code == 0
    assert place.content() == before


def test_documents_that_take_their_process_down_are_named_and_the_rest_goes_on(place: Place, left_behind: Callable[[], list[str]]) -> None:
    folder = place.root / "arkiv"
    kinds = ["segfault", "sleeps", "stuck", "greedy", "raises", "killed-always", "killed-once"]
    for number, kind in enumerate(kinds):
        place.write(folder / f"{number}-{kind}.pdf", kind)
        place.write(folder / f"{number}-well.pdf", f"{kind} mår bra")
    bounds = ("--document-seconds", "3", "--document-mib", "512", "--workers", "2", "--batch", "5")
    ran = place.run("ingest", folder, *bounds, **place.hostile())
    assert ran.code == 1, ran.err
    found = place.statuses()
    assert {name for name, status in found.items() if status == "read"} == {f"{n}-well.pdf" for n in range(7)} | {"6-killed-once.pdf"}
    assert found["0-segfault.pdf"] == found["3-greedy.pdf"] == found["4-raises.pdf"] == found["5-killed-always.pdf"] == "crashed"
    assert found["1-sleeps.pdf"] == found["2-stuck.pdf"] == "timed_out"
    sentences = dict(place.rows("SELECT path, message FROM file WHERE message IS NOT NULL"))
    assert "SIGSEGV" in str(sentences[str(folder / "0-segfault.pdf")])
    assert "512 MiB" in str(sentences[str(folder / "3-greedy.pdf")])
    assert "KeyError" in str(sentences[str(folder / "4-raises.pdf")])
    assert left_behind() == []
    # What is the document's own fault stays as it is; what the system did is tried again; --retry tries all.
    place.reads.write_text("")
    ran = place.run("ingest", folder, *bounds, **place.hostile())
    assert ran.code == 1
    assert set(place.reads.read_text().split()) == {"5-killed-always.pdf"}
    ran = place.run("ingest", folder, "--retry")
    assert ran.code == 0, ran.err
    assert set(place.statuses().values()) == {"read"}


@pytest.mark.parametrize("seed", [1, 2])
def test_killed_at_any_moment_the_next_run_ends_the_same(place: Place, left_behind: Callable[[], list[str]], seed: int) -> None:
    folder = place.root / "arkiv"
    for number in range(24):
        place.write(folder / f"{number:02}.pdf", f"Ärende {number}", pages=3)
    assert place.run("ingest", folder, "--batch", "2").code == 0
    undisturbed = place.content()
    shutil.rmtree(place.root / "data")
    chance = random.Random(seed)  # noqa: S311
    for _ in range(3):
        process = place.start("ingest", folder, "--batch", "2")
        time.sleep(chance.uniform(0.2, 3.0))
        place.end(process, signal.SIGKILL)
        until = time.monotonic() + 10
        while left_behind() and time.monotonic() < until:
            time.sleep(0.1)
        assert left_behind() == []
    assert place.run("ingest", folder, "--batch", "2").code == 0
    assert place.content() == undisturbed


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_ends_cleanly(place: Place, left_behind: Callable[[], list[str]], number: signal.Signals) -> None:
    folder = place.root / "arkiv"
    place.write(folder / "a.pdf")
    place.write(folder / "b-sleeps.pdf", "Sover")
    process = place.start("ingest", folder, "--batch", "1", "--workers", "2", "--json-logs", **place.hostile())
    assert process.stderr is not None
    for line in process.stderr:
        if json.loads(line)["event"] == "document":
            break
    _, said = place.end(process, number)
    assert process.returncode == 130
    assert "run again to go on" in said
    assert "Traceback" not in said
    assert left_behind() == []


def test_json_logs_are_one_object_a_line(place: Place) -> None:
    folder = place.root / "arkiv"
    place.write(folder / "a.pdf")
    (folder / "b.pdf").write_bytes(b"")
    ran = place.run("ingest", folder, "--json-logs")
    events = [json.loads(line) for line in ran.err.splitlines() if line.startswith("{")]
    assert [event["event"] for event in events] == ["plan", "begin", "document", "document", "end"]
    outcomes = {Path(event["path"]).name: event for event in events if event["event"] == "document"}
    assert outcomes["a.pdf"]["status"] == "read"
    assert outcomes["a.pdf"]["pages"] == 1
    assert outcomes["b.pdf"]["status"] == "empty"
    assert outcomes["b.pdf"]["message"].endswith(".")


def test_a_scan_waits_for_ocr_and_is_then_read_alone(place: Place) -> None:
    if not ocr_at_hand():
        pytest.skip("Tesseract with Swedish is not installed; this test has it read a scan.")
    from PIL import Image, ImageDraw

    folder = place.root / "arkiv"
    place.write(folder / "a.pdf")
    image = Image.new("L", (1240, 1754), 255)
    ImageDraw.Draw(image).text((120, 160), "Regionstyrelsen beslutar", fill=0, font_size=40)
    image.save(folder / "scan.pdf", resolution=150)
    ran = place.run("ingest", folder, "--no-ocr")
    assert ran.code == 1
    assert place.statuses()["scan.pdf"] == "needs_ocr"
    ran = place.run("ingest", folder, **place.hostile())
    assert ran.code == 0, ran.err
    assert place.statuses()["scan.pdf"] == "read_by_ocr"
    assert set(place.reads.read_text().split()) == {"scan.pdf"}
    assert place.rows("SELECT count(*) FROM page WHERE text LIKE '%egionstyrelsen%' AND reader = 'tesseract'") == [(1,)]


def test_batches_are_small_enough_for_all_workers_and_light_enough_for_one() -> None:
    plan = Plan("f", [Job(f"{n}.pdf", str(n)) for n in range(100)], {str(n): 1000 for n in range(100)})
    # A third of what is left, for two workers: none is left alone with a large one at the end.
    assert [len(batch) for batch in plan.batches(32, 2)] == [32, 23, 15, 10, 7, 4, 3, 3, 3]
    assert [len(batch) for batch in plan.batches(16, 2)] == [16, 16, 16, 16, 12, 8, 5, 4, 3, 3, 1]
    assert [len(batch) for batch in plan.batches(32, 1)] == [32, 32, 24, 8, 3, 1]
    assert [len(batch) for batch in plan.batches(1, 2)] == [1] * 100
    heavy = Plan("f", plan.jobs, {str(n): 30 << 20 for n in range(100)})
    assert [len(batch) for batch in heavy.batches(32, 2)] == [2] * 50
    assert [job for batch in heavy.batches(32, 2) for job in batch] == plan.jobs
    # By what there is to read in them: ten long ones among short ones.
    mixed = Plan("f", plan.jobs, {str(n): 50_000 if n % 10 == 0 else 1_000 for n in range(100)})
    weights = [sum(mixed.job_bytes[job.sha256] for job in batch) for batch in mixed.batches(32, 2)]
    assert weights == [177_000, 118_000, 109_000, 62_000, 56_000, 9_000, 50_000, 9_000]
    empty = Plan("f", plan.jobs, {str(n): 0 for n in range(100)})
    assert [len(batch) for batch in empty.batches(32, 2)] == [32, 32, 32, 4]
    assert Plan("f").batches(32, 2) == []
