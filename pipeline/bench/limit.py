"""What the machine allows: pdfium's plain text of every page, on all cores, and nothing else.

``python -m pipeline.bench.limit FOLDER WORKERS`` prints one JSON line.
"""

from __future__ import annotations

import json
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from pipeline.reading.pdfium import FastDocument


def plain_pages(path: Path) -> int:
    """Reads the text of each page of a file; how many there were."""
    with FastDocument(path.read_bytes()) as document:
        return sum(document.plain_text(index) is not None for index in range(document.page_count))


def measure(files: list[Path], workers: int) -> dict[str, float]:
    """Pages and seconds, from when all processes are up."""
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        list(pool.map(plain_pages, files[:1] * 4 * workers))
        began = time.perf_counter()
        pages = sum(pool.map(plain_pages, files, chunksize=4))
        return {"pages": pages, "seconds": time.perf_counter() - began}


if __name__ == "__main__":
    print(json.dumps(measure(sorted(Path(sys.argv[1]).rglob("*.pdf")), int(sys.argv[2]))))
