"""The slow reader: pdfplumber, fifty times slower than pdfium, for pages whose reading by pdfium fails its own check.

It is also the oracle the fast reader is measured against (see compare.py). What it gives goes through the same layout.
"""

from __future__ import annotations

import io
import re

from extractors.model import Page
from pipeline.reading.fragments import Fragment
from pipeline.reading.layout import lines_of
from pipeline.reading.rulings import RULES_AT_MOST, Rule

# Parsing a page with more objects than this takes tens of seconds.
OBJECTS_AT_MOST = 60_000
_BOLD_NAME = re.compile(r"bold|black|heavy|demi|,b\b|-b\b|-bd\b", re.IGNORECASE)
_ASCENT = 0.75


class PlumberError(Exception):
    """pdfplumber cannot read the page either."""


def read_pages(data: bytes, reasons: dict[int, str]) -> dict[int, Page]:
    """Reads the pages counted from 0 in ``reasons``, which says why each came here. What cannot be read is not in the answer."""
    import pdfplumber  # 0.3 s, and most documents never come here
    from pdfminer.pdfexceptions import PDFException
    from pdfminer.psparser import PSException
    from pdfplumber.utils.exceptions import PdfminerException

    pages: dict[int, Page] = {}
    try:
        with pdfplumber.open(io.BytesIO(data)) as pdf:
            for index, reason in reasons.items():
                if index >= len(pdf.pages):
                    continue
                page = pdf.pages[index]
                try:
                    pages[index] = _page(page, index, reason)
                except (PDFException, PSException, PdfminerException, ValueError, TypeError, KeyError, IndexError, AttributeError):
                    # pdfminer raises whatever a damaged object leads it to; the page is then one that nobody can read.
                    continue
                finally:
                    page.close()
    except (PDFException, PSException, PdfminerException, ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError):
        return pages
    return pages


def _page(page: object, index: int, reason: str) -> Page:
    left, top, right, bottom = page.bbox  # type: ignore[attr-defined]
    width, height = float(right - left), float(bottom - top)
    if len(page.chars) > OBJECTS_AT_MOST:  # type: ignore[attr-defined]
        return Page(index + 1, width, height, (), "none", f"fler än {OBJECTS_AT_MOST} tecken på sidan")
    words = page.extract_words(extra_attrs=["fontname", "size"], use_text_flow=False, split_at_punctuation=False)  # type: ignore[attr-defined]
    edges = page.edges  # type: ignore[attr-defined]
    rules = [
        Rule(e["x0"] - left, e["top"] - top, e["x1"] - left, e["top"] - top)
        if e["orientation"] == "h"
        else Rule(e["x0"] - left, e["top"] - top, e["x0"] - left, e["bottom"] - top)
        for e in (edges if len(edges) <= RULES_AT_MOST else [])
    ]
    fragments = [_fragment(word, left, top) for word in words if word["text"].strip()]
    return Page(index + 1, width, height, lines_of(fragments, rules), "pdfplumber", reason)


def _fragment(word: dict[str, object], left: float, top: float) -> Fragment:
    """One word; the layout joins the words of a row. pdfplumber gives no baseline: the font's box tells it within a point."""
    x0, x1 = float(word["x0"]) - left, float(word["x1"]) - left  # type: ignore[arg-type]
    upper, lower = float(word["top"]) - top, float(word["bottom"]) - top  # type: ignore[arg-type]
    size = float(word["size"]) or 1.0  # type: ignore[arg-type]
    baseline = lower - 0.21 * (lower - upper)
    text = " ".join(str(word["text"]).split())
    bold = bool(_BOLD_NAME.search(str(word["fontname"])))
    return Fragment([text], [x0], x1, baseline, upper, lower, round(size, 2), bold)
