"""docs/scale.md: what volume costs, from measured runs, as figures, a chart and a reckoning for a national archive.

``uppdrag bench --pages 500 --pages 5000 --docs`` measures and writes; ``python -m pipeline.bench.scale`` writes the page again from the
runs kept in docs/scale.json. Only what stands between the markers is written.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pipeline.bench import Result
from pipeline.bench.chart import chart

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = ROOT / "docs" / "scale.md"
RUNS = ROOT / "docs" / "scale.json"
CHART = ROOT / "docs" / "images" / "scale.svg"
BEGIN, END = "<!-- figures:scale, made by `uppdrag bench --docs` -->\n", "<!-- end of figures -->"

# A national archive: regions and municipalities, the boards of each, meetings a year of each board, pages of each meeting.
REGIONS, REGION_BOARDS, MUNICIPALITIES, MUNICIPAL_BOARDS = 21, 12, 290, 9
MEETINGS, PAGES_A_MEETING, YEARS = 9, 25, 30
OCR_SHARE = 0.10  # pages that are scans
OCR_SECONDS = 2.7  # a page and core, Tesseract at 200 dpi (docs/reading.md)
WORKERS = 32

_NAMES = {
    "read": "reading the PDF",
    "clean_structure": "cleaning, structure",
    "mentions": "amounts, dates, references, persons",
    "frames": "assignments and their status",
    "rows": "making rows",
    "cache": "both caches",
    "load": "loading rows",
    "index": "search indexes",
    "link": "linking into threads",
    "worker_start": "starting workers",
    "other": "the rest (plans, messages, flow)",
}


def summary(result: Result) -> str:
    """A run in a few lines, for a terminal."""
    shares = ", ".join(f"{name} {share:.0%}" for name, share in result.stages.items())
    where = " (sample documents alone)" if result.only_samples else ""
    return "\n".join(
        (
            f"{result.pages} pages in {result.documents} documents{where}, {result.workers} cores, engine {result.engine}",
            f"  ours   {result.pages_per_s:8.1f} pages/s from file to indexed row, and {result.threads_seconds:.2f} s for the threads",
            f"  naive  {result.naive_pages_per_s:8.1f} pages/s; ours is {result.ratio_to_naive:.1f} times that",
            f"  limit  {result.limit_pages_per_s:8.1f} pages/s of pdfium's plain text; ours is {result.ratio_to_limit:.3f} of that",
            f"  again  {result.again_seconds:8.2f} s with nothing changed, {result.ours_seconds / result.again_seconds:.0f} times faster",
            f"  extraction alone {result.extraction_pages_per_s_per_core:.0f} pages/s a core ({result.extraction_ratio_to_limit:.3f})",
            f"  processor time {result.cpu_ms_a_page:.2f} ms a page",
            f"  memory {result.peak_mib:.0f} MiB at most, Prefect's server {result.server_mib:.0f} of it; a worker {result.worker_mib:.0f}",
            f"  {result.bytes_a_page:.0f} bytes a page in the database, {result.cache_bytes_a_page:.0f} in the caches",
            f"  {shares}",
        )
    )


def record(results: Sequence[Result]) -> None:
    """Keeps the runs, each in place of an earlier one of about as many pages, and writes the page and its chart."""
    runs = json.loads(RUNS.read_text(encoding="utf-8")) if RUNS.is_file() else []
    for result in results:
        runs = [run for run in runs if not 0.8 < run["pages"] / result.pages < 1.25] + [result.to_json()]
    runs.sort(key=lambda run: run["pages"])
    RUNS.write_text(json.dumps(runs, indent=2) + "\n", encoding="utf-8")
    write()


def write() -> None:
    """Writes the chart and the figures of the page from the runs kept."""
    page, drawn = made()
    CHART.write_text(drawn, encoding="utf-8")
    PAGE.write_text(page, encoding="utf-8")


def made() -> tuple[str, str]:
    """The page and the chart as they should be."""
    runs = json.loads(RUNS.read_text(encoding="utf-8"))
    text = PAGE.read_text(encoding="utf-8")
    begin, _, rest = text.partition(BEGIN)
    _, found, end = rest.partition(END)
    if not found:
        raise ValueError(f"{PAGE} has no place for the figures: {BEGIN.strip()} … {END}")
    return f"{begin}{BEGIN}{_figures(runs)}{END}{end}", chart([(run["pages"], run["cpu_ms_a_page"]) for run in runs])


def _figures(runs: Sequence[dict[str, Any]]) -> str:
    last = runs[-1]
    return "\n".join([_table(runs), "", _stages(runs), "", _archive(last), ""])


def _table(runs: Sequence[dict[str, Any]]) -> str:
    columns: list[tuple[str, str, str]] = [
        ("pages", "pages", "{:,.0f}"),
        ("documents", "documents", "{:,.0f}"),
        ("pages/s, file to indexed row", "pages_per_s", "{:.0f}"),
        ("times the naive pipeline", "ratio_to_naive", "{:.1f}"),
        ("share of the limit", "ratio_to_limit", "{:.3f}"),
        ("processor time a page, ms", "cpu_ms_a_page", "{:.2f}"),
        ("extraction alone, pages/s a core", "extraction_pages_per_s_per_core", "{:.0f}"),
        ("… share of pdfium's plain text in the same process", "extraction_ratio_to_limit", "{:.3f}"),
        ("… seconds", "ours_seconds", "{:.1f}"),
        ("the threads after that, seconds", "threads_seconds", "{:.2f}"),
        ("second run, s", "again_seconds", "{:.2f}"),
        ("most memory, MiB", "peak_mib", "{:.0f}"),
        ("of it Prefect's server", "server_mib", "{:.0f}"),
        ("a worker, MiB", "worker_mib", "{:.0f}"),
        ("database, bytes a page", "bytes_a_page", "{:,.0f}"),
        ("caches, bytes a page", "cache_bytes_a_page", "{:,.0f}"),
    ]
    lines = _head("", len(runs))
    lines += [
        f"| {name} | " + " | ".join(form.format(run[key]) if key in run else "–" for run in runs) + " |" for name, key, form in columns
    ]
    return "\n".join(lines)


def _head(title: str, runs: int) -> list[str]:
    return [f"| {title} | " + " | ".join(f"run {n + 1}" for n in range(runs)) + " |", "| --- |" + " ---: |" * runs]


def _stages(runs: Sequence[dict[str, Any]]) -> str:
    lines = _head("share of processor time", len(runs))
    lines += [f"| {words} | " + " | ".join(f"{run['stages'][key]:.1%}" for run in runs) + " |" for key, words in _NAMES.items()]
    return "\n".join(lines)


def _archive(run: dict[str, Any]) -> str:
    """The reckoning for a national archive, each factor shown."""
    boards = REGIONS * REGION_BOARDS + MUNICIPALITIES * MUNICIPAL_BOARDS
    pages = boards * MEETINGS * YEARS * PAGES_A_MEETING
    scans = pages * OCR_SHARE
    text = pages - scans
    cores, rate, cost = run["workers"], run["pages_per_s"], run["cpu_ms_a_page"]
    loader = sum(run["stages"][name] for name in ("load", "index", "link")) * cost
    work = cost - loader
    spread, loaded = text * work / 1000 / WORKERS, pages * loader / 1000
    of_text, of_scans = f"{text / 1e6:.1f} million", f"{scans / 1e6:.2f} million"
    rows = [
        ("boards", f"{REGIONS} × {REGION_BOARDS} + {MUNICIPALITIES} × {MUNICIPAL_BOARDS}", f"{boards:,}"),
        ("meetings", f"{boards:,} × {MEETINGS} a year × {YEARS} years", f"{boards * MEETINGS * YEARS:,}"),
        ("pages", f"× {PAGES_A_MEETING}; {OCR_SHARE:.0%} of them scans", f"{pages / 1e6:.1f} million"),
        (f"one machine of {cores} cores", f"{of_text} ÷ {rate:.0f} pages/s", _time(text / rate)),
        ("… its scans, on top", f"{of_scans} × {OCR_SECONDS} s ÷ {cores}", _time(scans * OCR_SECONDS / cores)),
        (f"{WORKERS} workers: reading and extraction", f"{of_text} × {work:.2f} ms ÷ {WORKERS}", _time(spread)),
        ("… the one loader, at the same time", f"{pages / 1e6:.1f} million × {loader:.2f} ms", _time(loaded)),
        ("… so the whole", "the longer of the two", _time(max(spread, loaded))),
        ("… the scans, on top", f"{of_scans} × {OCR_SECONDS} s ÷ {WORKERS}", _time(scans * OCR_SECONDS / WORKERS)),
        ("database", f"pages × {run['bytes_a_page']:,.0f} bytes", f"{pages * run['bytes_a_page'] / 1e9:.0f} GB"),
        ("caches", f"pages × {run['cache_bytes_a_page']:,.0f} bytes", f"{pages * run['cache_bytes_a_page'] / 1e9:.0f} GB"),
    ]
    return "\n".join(["| of a national archive | reckoned | |", "| --- | --- | ---: |", *(f"| {a} | {b} | {c} |" for a, b, c in rows)])


def _time(seconds: float) -> str:
    hours = seconds / 3600
    return f"{hours:.1f} h" if hours < 72 else f"{hours / 24:.0f} days"


if __name__ == "__main__":
    write()
