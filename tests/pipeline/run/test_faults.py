"""What may go wrong around a run and inside a document: each through the real command, with what the next run makes of it."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pikepdf
import pytest

from pipeline.bench.material import SAMPLES
from pipeline.trials.damage import bomb

if TYPE_CHECKING:
    from conftest import Place


def archive(place: Place, documents: int = 16, pages: int = 2) -> Path:
    folder = place.root / "arkiv"
    for number in range(documents):
        place.write(folder / f"{number:02}.pdf", f"Ärende {number}", pages=pages)
    return folder


def await_event(process: subprocess.Popen[str], event: str) -> dict[str, object]:
    """The first line of a run's JSON log about it."""
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith("{") and (said := json.loads(line))["event"] == event:
            return dict(said)
    raise AssertionError(f"the run ended without {event}")


def test_a_bomb_is_a_row_and_the_rest_is_ingested(place: Place, left_behind: Callable[[], list[str]]) -> None:
    """Two gigabytes of blanks from a few kilobytes, more than a document may hold; and one that fits, which is read."""
    folder = archive(place, 3)
    sample = (SAMPLES / "05-protokollsutdrag-rsau-2024-05-21.pdf").read_bytes()
    (folder / "liten-bomb.pdf").write_bytes(bomb(sample, 1 << 26))
    (folder / "stor-bomb.pdf").write_bytes(bomb(sample, 1 << 31))
    ran = place.run("ingest", folder, "--document-mib", "600", "--document-seconds", "60")
    found = place.statuses()
    assert found.pop("stor-bomb.pdf") in ("crashed", "timed_out", "broken", "needs_ocr"), ran.err
    assert found.pop("liten-bomb.pdf") == "read"
    assert set(found.values()) == {"read"}
    assert ran.code == 1
    assert "stor-bomb.pdf" in ran.err
    assert "Traceback" not in ran.err
    assert left_behind() == []


def large(path: Path, pages: int) -> Path:
    """A document of so many pages, each the same page of minutes under a number of its own in the page tree."""
    with pikepdf.open(path) as one, pikepdf.new() as many:
        many.pages.append(one.pages[0])
        tree = many.Root.Pages
        tree.Kids = pikepdf.Array([many.make_indirect(pikepdf.Dictionary(many.pages[0].obj)) for _ in range(pages)])
        tree.Count = pages
        many.save(path.with_name(f"{pages}.pdf"))
    path.unlink()
    return path.with_name(f"{pages}.pdf")


def test_twenty_thousand_pages_are_one_row_and_the_rest_is_ingested(place: Place, left_behind: Callable[[], list[str]]) -> None:
    """Past its time, since reading it all would take minutes; within it, on the machine of whoever raises the bound."""
    folder = archive(place, 4)
    path = large(place.write(folder / "a.pdf", "Hela arkivet"), 20_000)
    ran = place.run("ingest", folder, "--document-seconds", "4", "--workers", "2", "--batch", "1")
    found = place.statuses()
    assert found.pop(path.name) == "timed_out", ran.err
    assert set(found.values()) == {"read"}
    assert "--document-seconds" in ran.err
    assert left_behind() == []


def processes(place: Place, word: str) -> list[int]:
    """The processes of this place with the word in their command."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                ours = f"HOME={place.root / 'home'}".encode() in (entry / "environ").read_bytes()
                if ours and word.encode() in (entry / "cmdline").read_bytes():
                    found.append(int(entry.name))
            except OSError:
                continue
    return sorted(found)


@pytest.mark.parametrize("engine", ["direct", "prefect"])
def test_workers_lost_on_the_way_cost_time_and_nothing_else(place: Place, left_behind: Callable[[], list[str]], engine: str) -> None:
    """Killed from outside, as by a system short of memory or by a person: whichever process it is, the run goes on."""
    folder = archive(place, 24, pages=3)
    assert place.run("ingest", folder, "--batch", "2").code == 0
    undisturbed = place.content()
    shutil.rmtree(place.root / "data")
    process = place.start("ingest", folder, "--batch", "2", "--workers", "2", "--json-logs", "--engine", engine)
    await_event(process, "document")
    chance = random.Random(1)  # noqa: S311
    for _ in range(4):
        if workers := processes(place, "pipeline.worker"):
            os.kill(chance.choice(workers), signal.SIGKILL)
        time.sleep(0.2)
    _, said = process.communicate(timeout=120)
    assert "Traceback" not in said
    assert process.returncode in (0, 1), said  # 1: a document that was met by two kills is named, and read by the next run
    assert left_behind() == []
    assert place.run("ingest", folder, "--batch", "2").code == 0
    assert place.content() == undisturbed


_FULL = """
set -e
mount -t tmpfs -o size={size} uppdrag-test {data}
code=0; {command} || code=$?
echo "first $code" >&2
mount -o remount,size=1g {data}
code=0; {command} || code=$?
echo "second $code" >&2
cp {data}/processed/uppdrag.db* {root}/
"""


def _may_mount() -> bool:
    """Whether this user may have a small disk of its own, in a name space of its own."""
    unshare = shutil.which("unshare")
    return (
        unshare is not None and subprocess.run([unshare, "-rm", "mount", "-t", "tmpfs", "x", "/mnt"], capture_output=True).returncode == 0
    )


@pytest.mark.parametrize("size", ["700k", "1500k"])
def test_a_full_disk_is_told_and_the_next_run_ends_the_same(place: Place, size: str) -> None:
    """A disk with room for a part only: for nothing but the database, for some of the caches, for a part of the rows."""
    if not _may_mount():
        pytest.skip("This user may not mount a small disk (unshare -rm); this test fills one.")
    folder = archive(place, 24, pages=3)
    assert place.run("ingest", folder, "--batch", "2").code == 0
    undisturbed = place.content()
    shutil.rmtree(place.root / "data")
    (place.root / "data").mkdir()
    command = f"{Path(sys.executable).with_name('uppdrag')} ingest {folder} --batch 2 --data {place.root / 'data'}"
    script = _FULL.format(size=size, data=place.root / "data", root=place.root, command=command)
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", script],
        cwd=place.root,
        env=place.environment,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    told, _, resumed = done.stderr.partition("first ")
    assert resumed.startswith(("1\n", "2\n")), done.stderr
    assert ("disk" in told) or ("(unreadable)" in told), told
    assert "second 0" in resumed
    shutil.rmtree(place.root / "data")
    (place.root / "data/processed").mkdir(parents=True)
    for path in place.root.glob("uppdrag.db*"):
        path.rename(place.root / "data/processed" / path.name)
    assert place.content() == undisturbed
