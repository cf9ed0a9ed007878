"""Pages without usable text, read from their picture by Tesseract with its Swedish model.

What comes out is what Tesseract read: "$ 62" for "§ 62" is for the cleaning that follows, which knows the language.
"""

from __future__ import annotations

import os
import shutil
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from statistics import median

import pytesseract
from PIL import Image

from extractors.model import Line
from pipeline.reading.fragments import Fragment
from pipeline.reading.layout import lines_of
from pipeline.reading.straighten import WayBack, skew_of, straightened, turned_upright

# On degraded renderings of three real pages 200 dpi read as well as 300 (0.998 of the characters both) in two thirds of the time; small
# print does need more, and shows it by a low confidence.
DPI = 200
DPI_FOR_SMALL_PRINT = 300
CLEAR = 0.80  # mean confidence from which a page need not be read again at the higher resolution
SECONDS_A_PAGE = 90
_LANGUAGE = "swe"
_POOR = 0.55  # mean confidence below which another orientation is tried
_DESCENDING = frozenset("gjpqyçQ,;()[]{}|/_§$")
_ASCENDING = frozenset("bdfhijklt0123456789()[]{}|/§$&?!%åäöé")


@dataclass(frozen=True, slots=True)
class OcrPage:
    """Lines in page points with their confidence, the mean confidence (0..1), and how many words it is the mean of."""

    lines: tuple[Line, ...]
    confidence: float
    words: int


class OcrError(Exception):
    """Tesseract failed or took too long on this page; the text says which, in Swedish."""


def why_not() -> str | None:
    """The reason, in Swedish and with what to do, why pages cannot be read by OCR here; None where they can."""
    return _why_not(os.environ.get("PATH", ""), os.environ.get("TESSDATA_PREFIX", ""))


@lru_cache(maxsize=8)
def _why_not(path: str, _prefix: str) -> str | None:
    if shutil.which("tesseract", path=path) is None:
        return "Tesseract finns inte på datorn: installera tesseract-ocr och tesseract-ocr-swe"
    try:
        languages = pytesseract.get_languages(config="")
    except (pytesseract.TesseractError, OSError):
        return "Tesseract går inte att starta: installera tesseract-ocr och tesseract-ocr-swe på nytt"
    if _LANGUAGE not in languages:
        return "Tesseract saknar svenska: installera tesseract-ocr-swe"
    return None


def read_picture(picture: Image.Image, scale: float) -> OcrPage:
    """Reads a grey picture of a page with ``scale`` pixels a point, askew or lying on its side as it may be.

    Raises OcrError.
    """
    page = _read(picture, scale, lambda x, y: (x, y))
    if page.words >= 5 and page.confidence >= _POOR:
        return page
    clockwise = _orientation(picture)
    if not clockwise:
        return page
    upright, back = turned_upright(picture, clockwise)
    other = _read(upright, scale, back)
    return other if other.confidence * other.words > page.confidence * page.words else page


def _orientation(picture: Image.Image) -> int:
    """By how many degrees clockwise the picture is to be turned; 0 where Tesseract cannot tell."""
    try:
        found = pytesseract.image_to_osd(picture, output_type=pytesseract.Output.DICT, timeout=SECONDS_A_PAGE)
    except (pytesseract.TesseractError, RuntimeError):
        return 0  # too few characters to tell
    return int(found["rotate"]) % 360


def _read(picture: Image.Image, scale: float, back: WayBack) -> OcrPage:
    level, unskewed = straightened(picture, skew_of(picture))
    fragments = _fragments(_recognised(level, scale), scale)
    words = sum(len(f.words) for f in fragments)
    confidence = sum((f.confidence or 0.0) * len(f.words) for f in fragments) / words if words else 0.0

    def to_page(x: float, y: float) -> tuple[float, float]:
        x, y = back(*unskewed(x * scale, y * scale))
        return x / scale, y / scale

    return OcrPage(tuple(_placed(line, to_page) for line in lines_of(fragments)), confidence, words)


def _recognised(picture: Image.Image, scale: float) -> dict[str, list[str]]:
    # Two readers on two cores: a Tesseract that takes four threads for each makes both slower.
    os.environ.setdefault("OMP_THREAD_LIMIT", "1")
    try:
        found: dict[str, list[str]] = pytesseract.image_to_data(
            picture,
            lang=_LANGUAGE,
            config=f"--psm 3 --dpi {round(72 * scale)}",
            output_type=pytesseract.Output.DICT,
            timeout=SECONDS_A_PAGE,
        )
    except pytesseract.TesseractError as error:
        raise OcrError(f"Tesseract misslyckades: {error.message}") from error
    except RuntimeError as error:  # what pytesseract raises when the time is out
        raise OcrError(f"OCR tog mer än {SECONDS_A_PAGE} sekunder") from error
    return found


def _fragments(found: dict[str, list[str]], scale: float) -> list[Fragment]:
    """Tesseract's lines, cut where the gap between two words is wide, in points of the level picture."""
    by_line: dict[tuple[int, int, int], list[int]] = defaultdict(list)
    for index, text in enumerate(found["text"]):
        if text.strip() and float(found["conf"][index]) >= 0:
            by_line[int(found["block_num"][index]), int(found["par_num"][index]), int(found["line_num"][index])].append(index)
    fragments: list[Fragment] = []
    for indices in by_line.values():
        words = [_BoxedWord.of(found, index, scale) for index in indices]
        size = round(median(word.size for word in words) * 2) / 2
        baseline = median(word.baseline for word in words)
        part: list[_BoxedWord] = []
        for word in words:
            if part and (word.x0 - part[-1].x1 > 1.3 * size or word.x0 < part[-1].x0):
                fragments.append(_fragment(part, size, baseline))
                part = []
            part.append(word)
        fragments.append(_fragment(part, size, baseline))
    return fragments


@dataclass(frozen=True, slots=True)
class _BoxedWord:
    """A recognised word. Its box is that of its ink: ``size`` and ``baseline`` follow from which letters it has."""

    text: str
    x0: float
    x1: float
    size: float
    baseline: float
    confidence: float

    @classmethod
    def of(cls, found: dict[str, list[str]], index: int, scale: float) -> _BoxedWord:
        text = " ".join(found["text"][index].split())
        left, top = float(found["left"][index]) / scale, float(found["top"][index]) / scale
        width, height = float(found["width"][index]) / scale, float(found["height"][index]) / scale
        below = 0.21 if not _DESCENDING.isdisjoint(text) else 0.0
        above = 0.72 if text != text.lower() or not _ASCENDING.isdisjoint(text) else 0.5
        size = max(height / (above + below), 1.0)
        return cls(text, left, left + width, size, top + height - below * size, float(found["conf"][index]) / 100)


def _fragment(part: list[_BoxedWord], size: float, baseline: float) -> Fragment:
    letters = sum(len(word.text) for word in part)
    confidence = sum(word.confidence * len(word.text) for word in part) / letters
    texts = [text for word in part for text in word.text.split()]
    edges = [word.x0 for word in part for _ in word.text.split()]
    return Fragment(texts, edges, part[-1].x1, baseline, baseline - 0.8 * size, baseline + 0.22 * size, size, False, round(confidence, 3))


def _placed(line: Line, to_page: WayBack) -> Line:
    """The line of the level, upright picture where it is on the page as shown."""
    corners = [to_page(x, y) for x in (line.x0, line.x1) for y in (line.top, line.bottom)]
    _, baseline = to_page(line.x0, line.baseline)
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    edges = tuple(round(to_page(edge, line.baseline)[0], 2) for edge in line.words)
    return line._replace(x0=min(xs), x1=max(xs), top=min(ys), bottom=max(ys), baseline=baseline, words=edges)
