"""Pages a second of processor time: ``python -m pipeline.reading.speed PDF_OR_DIRECTORY... [--rounds N]``

Times the fast reader (lines, word edges, tables) and, as the yardstick of the machine, pdfium's plain text without any places.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence

from pipeline.reading import OcrMode, read_bytes
from pipeline.reading import pdfium_calls as pdfium
from pipeline.reading.compare import files_in
from pipeline.reading.pdfium import FastDocument


def _plain(data: bytes) -> int:
    with FastDocument(data) as document:
        return sum(document.plain_text(index) is not None for index in range(document.page_count))


def _lines(data: bytes) -> int:
    return len(read_bytes(data, "", ocr=OcrMode.never).pages)


def pages_a_second(what: Callable[[bytes], int], files: Sequence[bytes]) -> float:
    """Pages a second of processor time, once over the files."""
    begin = time.process_time()
    pages = sum(map(what, files))
    return pages / (time.process_time() - begin)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures and prints both figures."""
    parser = argparse.ArgumentParser(prog="python -m pipeline.reading.speed", description=__doc__)
    parser.add_argument("paths", nargs="+", metavar="PDF_OR_DIRECTORY")
    parser.add_argument("--rounds", type=int, default=3, help="the best of so many rounds counts (3)")
    options = parser.parse_args(arguments)
    files = [path.read_bytes() for path in files_in(options.paths)]
    # In turns, so that a machine that is busy for a while slows both.
    rounds = [(pages_a_second(_lines, files), pages_a_second(_plain, files)) for _ in range(options.rounds)]
    lines, plain = max(r[0] for r in rounds), max(r[1] for r in rounds)
    print(f"lines with word edges: {lines:.0f} pages/s; pdfium's plain text: {plain:.0f} pages/s; share {lines / plain:.2f}")
    return 0


if __name__ == "__main__":
    with pdfium.LOCK:
        sys.exit(main())
