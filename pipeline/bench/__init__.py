"""The benchmark: what the machine allows, what a naive pipeline makes and what ours makes, over the same documents in one run.

Ratios within one run are what counts: pages a second are those of the machine it ran on, at the time.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pipeline.bench import watch
from pipeline.bench.material import SHARED, Material, make
from pipeline.bench.stages import ALONE, PLAIN, STAGES
from rules import compiled

PAGES = 5_000
NAIVE_PAGES = 60
STAGE_PAGES = 500
ROUNDS, ROUNDS_PAGES = 3, 16_000
"""How often a run is made from nothing, at most, and how many pages that may be together: a machine that is shared is a third slower from
one ten seconds to the next, and the naive pipeline and the limit are measured before and after each."""
THEIRS = SHARED / "bench" / "naive_pipeline.py"
"""The reference program, where it is beside the project."""


class BenchError(Exception):
    """A part of the benchmark did not end well; the message says which."""


@dataclass(frozen=True)
class Result:
    """The mean of the runs made (:data:`ROUNDS`). Rates are pages a second on ``workers`` cores; ``stages`` are shares of our processor
    time and sum to 1. The extraction is timed alone too, in one process, over pages that have been read, beside pdfium's plain text of
    the same pages, which ``extraction_ratio_to_limit`` is the share of.

    ``ours_seconds`` is from the first look at the files to the last row loaded, indexed and linked, Prefect's start apart (our workers
    start meanwhile; what is left of that counts); ``threads_seconds`` comes after that: the threads of what was linked, which neither
    the limit nor the naive pipeline has a like of; ``again_seconds`` is both once more with nothing changed. ``cpu_ms_a_page`` is
    processor time of our process and its workers, Prefect's server apart. ``peak_mib`` is all processes together, that server
    (``server_mib``) included; ``worker_mib`` the largest worker. ``bytes_a_page`` is of the database. ``compiled``: it was machine code
    that ran (rules/compiled.py).
    """

    pages: int
    documents: int
    workers: int
    engine: str
    only_samples: bool
    compiled: bool
    ratio_to_naive: float
    ratio_to_limit: float
    pages_per_s: float
    naive_pages_per_s: float
    limit_pages_per_s: float
    extraction_pages_per_s_per_core: float
    extraction_ratio_to_limit: float
    ours_seconds: float
    threads_seconds: float
    again_seconds: float
    cpu_ms_a_page: float
    peak_mib: float
    worker_mib: float
    server_mib: float
    bytes_a_page: float
    cache_bytes_a_page: float
    stages: dict[str, float]

    def to_json(self) -> dict[str, Any]:
        """All of it, figures as measured to four digits."""
        return {key: _rounded(value) for key, value in asdict(self).items()}


def bench(pages: int = PAGES, *, engine: str = "auto", sources: Sequence[Path] | None = None, say: Callable[[str], None] = print) -> Result:
    """Measures over at least ``pages`` pages. ``sources`` are PDFs to repeat, by default the corpus and the samples.

    ``engine`` auto takes Prefect where ``uppdrag ingest`` would. Raises :class:`BenchError`, and ValueError where there is nothing to read.
    """
    workers = len(os.sched_getaffinity(0))
    with tempfile.TemporaryDirectory(prefix="uppdrag-bench-") as name:
        folder = Path(name)
        files = folder / "files"
        material = make(files, pages, sources)
        if material.only_samples:
            say("The real documents beside the project are not here: measured on the sample documents alone.")
        say(f"{material.pages} pages in {len(material.files)} documents, {workers} cores.")
        if engine == "auto":
            engine = _engine(material)
        sample, sampled = _sample(material, folder / "sample", min(NAIVE_PAGES, max(material.pages // 10, 10)))
        if not compiled.IN_USE:
            say("The modules run as plain Python: `make compile` makes machine code of them.")
        naive, limit = [_naive(sample, _made(folder / "naive-0"))], [_limit(files, workers)]
        say(f"limit: {limit[0]:.0f} pages/s of pdfium's plain text")
        ours: list[dict[str, float]] = []
        seen: list[watch.Watched] = []
        for number in range(1, max(1, min(ROUNDS, ROUNDS_PAGES // material.pages)) + 1):
            data = folder / f"ours-{number}"
            run, watched = _ours(files, data, engine, workers)
            ours.append(run)
            seen.append(watched)
            say(f"ours: {run['pages'] / run['seconds']:.0f} pages/s")
            limit.append(_limit(files, workers))
            naive.append(_naive(sample, _made(folder / f"naive-{number}")))
        again, _ = _ours(files, data, engine, workers)
        say(f"naive: {_mean_rate(naive):.1f} pages/s on {sampled} pages")
        parts = _part("stages", str(files), str(_made(folder / "stages")), str(min(STAGE_PAGES, material.pages)))
        rate = sum(run["pages"] for run in ours) / sum(run["seconds"] for run in ours)
        extraction = parts[ALONE]
        pages = int(ours[0]["pages"])
        worked = _mean([run["cpu_seconds"] + watched.cpu.get("workers", 0.0) for run, watched in zip(ours, seen, strict=True)])
        return Result(
            pages=pages,
            documents=int(ours[0]["documents"]),
            workers=workers,
            engine=engine,
            only_samples=material.only_samples,
            compiled=compiled.IN_USE,
            ratio_to_naive=rate / _mean_rate(naive),
            ratio_to_limit=rate / _mean_rate(limit),
            pages_per_s=rate,
            naive_pages_per_s=_mean_rate(naive),
            limit_pages_per_s=_mean_rate(limit),
            extraction_pages_per_s_per_core=1.0 / extraction,
            extraction_ratio_to_limit=parts[PLAIN] / extraction,
            ours_seconds=_mean([run["seconds"] for run in ours]),
            threads_seconds=_mean([run["threads_seconds"] for run in ours]),
            again_seconds=again["seconds"] + again["threads_seconds"],
            cpu_ms_a_page=1000 * worked / pages,
            peak_mib=max(watched.peak for watched in seen) / 2**20,
            worker_mib=max(watched.worker_peak for watched in seen) / 2**20,
            server_mib=max(watched.server_peak for watched in seen) / 2**20,
            bytes_a_page=sum(path.stat().st_size for path in (data / "processed").glob("uppdrag.db*")) / pages,
            cache_bytes_a_page=_size(data / "processed" / "cache") / pages,
            stages=_shares(parts, pages, worked),
        )


def _mean(numbers: Sequence[float]) -> float:
    return sum(numbers) / len(numbers)


def _mean_rate(rates: Sequence[float]) -> float:
    """Pages a second over as many pages at each rate."""
    return len(rates) / sum(1 / rate for rate in rates)


def _shares(parts: dict[str, float], pages: int, worked: float) -> dict[str, float]:
    """Shares of the processor time of a run of so many pages; ``other`` is what no stage accounts for (plans, messages, Prefect)."""
    seconds = {stage: parts[stage] * (1 if stage == "worker_start" else pages) for stage in STAGES}
    known = sum(seconds.values())
    seconds["other"] = max(worked - known, 0.0)
    return {stage: spent / sum(seconds.values()) for stage, spent in seconds.items()}


def _engine(material: Material) -> str:
    """The engine ``uppdrag ingest`` takes for so much."""
    from pipeline.settings import load_settings

    settings = load_settings()
    return "prefect" if len(material.files) > settings.direct_files or material.bytes > settings.direct_mib * 2**20 else "direct"


def _sample(material: Material, folder: Path, wanted: int) -> tuple[Path, int]:
    """Some of the documents, drawn with a fixed seed, with about as many pages as wanted."""
    from pipeline.reading.pdfium import FastDocument

    folder.mkdir()
    pages = 0
    for number, path in enumerate(random.Random(1).sample(material.files, len(material.files))):  # noqa: S311 - a draw, no secret
        with FastDocument(path.read_bytes()) as document:
            count = document.page_count
        if pages and pages + count > 1.5 * wanted:
            continue
        shutil.copy(path, folder / f"{number:04d}.pdf")
        pages += count
        if pages >= wanted:
            break
    return folder, pages


def _limit(files: Path, workers: int) -> float:
    found = _part("limit", str(files), str(workers))
    return found["pages"] / found["seconds"]


def _naive(sample: Path, folder: Path) -> float:
    """Pages a second of the reference program where it is at hand, else of our own equal."""
    if THEIRS.is_file():
        found = _output([sys.executable, str(THEIRS), str(sample), str(folder / "naive.db")], folder)
    else:
        found = _part("naive", str(sample), str(folder / "naive.db"), home=folder)
    return found["pages"] / found["seconds"]


def _ours(files: Path, data: Path, engine: str, workers: int) -> tuple[dict[str, float], watch.Watched]:
    command = [sys.executable, "-m", "pipeline.bench.ours", str(files), str(data), engine, str(workers)]
    watched = watch.run(command, _environment(data))
    if watched.returncode != 0:
        raise BenchError(f"{' '.join(command[1:3])} ended with {watched.returncode}:\n{watched.errors[-2000:]}")
    found = json.loads(watched.output.splitlines()[-1])
    if found["failures"]:
        raise BenchError(f"{found['failures']} of the documents could not be read.")
    return found, watched


def _part(name: str, *arguments: str, home: Path | None = None) -> dict[str, float]:
    return _output([sys.executable, "-m", f"pipeline.bench.{name}", *arguments], home)


def _output(command: Sequence[str], home: Path | None) -> dict[str, float]:
    """The JSON object a program prints last."""
    watched = watch.run(command, _environment(home))
    if watched.returncode != 0:
        raise BenchError(f"{' '.join(command[1:3])} ended with {watched.returncode}:\n{watched.errors[-2000:]}")
    found: dict[str, float] = json.loads(watched.output.splitlines()[-1])
    return found


def _environment(home: Path | None) -> dict[str, str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("UPPDRAG_", "PREFECT_"))}
    root = str(Path(__file__).resolve().parent.parent.parent)
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, [root, environment.get("PYTHONPATH")]))
    return environment | ({"PREFECT_HOME": str(home / "prefect")} if home is not None else {})


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True)
    return folder


def _size(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        with suppress(OSError):
            total += path.stat().st_size if path.is_file() else 0
    return total


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _rounded(part) for key, part in value.items()}
    return float(f"{value:.4g}") if isinstance(value, float) else value
