"""Where the time goes: processor time a page of each stage, in one process. ``python -m pipeline.bench.stages FOLDER WORK_FOLDER PAGES``

The steps are those a worker and the loader take, in their order, with the clock read between them.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from extractors import assemble
from pipeline.bench.limit import plain_pages
from pipeline.cache import ContentCache, pack_reading, pack_rows, unpack_rows
from pipeline.collector import collect_rarely
from pipeline.crew import Crew
from pipeline.reading import OcrMode, read
from pipeline.rows import to_rows
from pipeline.store import Store
from pipeline.work import Orders
from rules.ruleset import Rules, load_rules

STAGES = ("read", "clean_structure", "mentions", "frames", "rows", "cache", "load", "index", "link", "worker_start")
"""In the order they happen; ``worker_start`` is once a run, the others are a page."""

PLAIN = "plain"
"""No stage of ours: pdfium's plain text of the same pages, at the speed the machine has in those seconds."""

ALONE = "extraction_alone"
"""The whole extraction of pages that have been read, nothing else in between: a dozen documents at a time, beside ``PLAIN``."""

_BATCH = 32
_AT_ONCE = 12


class Clock:
    """Adds up processor time by stage; a stage inside another is taken out of the outer one."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self._inner = [0.0]

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """What happens inside counts for ``name``."""
        self._inner.append(0.0)
        began = time.process_time()
        try:
            yield
        finally:
            spent = time.process_time() - began
            self.seconds[name] += spent - self._inner.pop()
            self._inner[-1] += spent

    def timed(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, its time counted for ``name``."""

        def call(*args: Any, **kwargs: Any) -> Any:
            with self.stage(name):
                return function(*args, **kwargs)

        return call


def measure(files: list[Path], folder: Path, pages: int) -> dict[str, float]:
    """Seconds of processor time a page by stage, of ``PLAIN`` and of ``ALONE`` over at least ``pages`` pages (``worker_start``: seconds in
    all), and ``pages``."""
    clock = Clock()
    rules = load_rules(None)
    files = _learnt(files, pages, rules)
    collect_rarely()
    alone = _alone(files, pages, rules)
    readings, extractions = ContentCache(folder / "readings", "bench"), ContentCache(folder / "extractions", "bench")
    done = 0
    batch: list[Any] = []
    with Store.open(folder / "stages.db") as store:
        # The index is filled inside load(), between the rows and the commit.
        store._index = clock.timed("index", store._index)  # type: ignore[method-assign]
        for path in files:
            with clock.stage("read"):
                reading = read(path, ocr=OcrMode.never)
            with clock.stage("cache"):
                readings.put(reading.sha256, pack_reading(reading))
            with clock.stage("clean_structure"):
                document = assemble.lay_out(reading, rules)
            with clock.stage("mentions"):
                mentions = assemble.mentions_of(document, reading, rules)
            with clock.stage("frames"):
                extraction = assemble.conclude(document, reading, mentions, rules)
            with clock.stage("rows"):
                rows = to_rows(reading, extraction, "bench")
            with clock.stage("cache"):
                extractions.put(reading.sha256, pack_rows(rows))
                kept = extractions.get(reading.sha256)
                batch.append(unpack_rows(kept) if kept is not None else rows)
            done += len(reading.pages)
            if len(batch) >= _BATCH or done >= pages or path == files[-1]:
                with clock.stage("load"):
                    store.load(batch)
                with clock.stage("link"):
                    store.link([rows.sha256 for rows in batch])
                batch = []
            if done >= pages:
                break
        with clock.stage("link"):
            store.relink()
    a_page = {stage: clock.seconds[stage] / done for stage in STAGES if stage != "worker_start"}
    return a_page | alone | {"worker_start": _start(folder), "pages": done}


def _alone(files: list[Path], pages: int, rules: Rules) -> dict[str, float]:
    """Seconds of processor time a page of ``ALONE`` and ``PLAIN``."""
    clock = Clock()
    done, left = 0, list(files)
    while left and done < pages:
        some, left = left[:_AT_ONCE], left[_AT_ONCE:]
        with clock.stage(PLAIN):
            for path in some:
                plain_pages(path)
        readings = [read(path, ocr=OcrMode.never) for path in some]
        with clock.stage(ALONE):
            for reading in readings:
                assemble.extract(reading, rules)
        done += sum(len(reading.pages) for reading in readings)
    return {name: clock.seconds[name] / done for name in (ALONE, PLAIN)}


def _learnt(files: list[Path], pages: int, rules: Rules) -> list[Path]:
    """The files behind so many pages that have been extracted, unmeasured, where there are as many behind them: a worker compiles rules and
    learns words for some hundred pages, and then works on for days. At least the first document has been extracted."""
    done = 0
    for at, path in enumerate(files):
        reading = read(path, ocr=OcrMode.never)
        assemble.extract(reading, rules)
        done += len(reading.pages)
        if done >= pages or 2 * (at + 1) >= len(files):
            break
    return files[at + 1 :] if done >= pages else files


def _start(folder: Path) -> float:
    """Processor time of the workers of a run from nothing to ready."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with Crew(Orders(str(folder), None, "bench", False, 60.0, 0.0, 2048), len(os.sched_getaffinity(0))) as crew:
        for worker in crew.workers:
            worker.await_ready()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    print(json.dumps(measure(sorted(Path(sys.argv[1]).rglob("*.pdf")), Path(sys.argv[2]), int(sys.argv[3]))))
