"""Pictures of pages for a published copy: drawn once, with what is private covered. The originals do not go along.

Only what was read is shown: a photograph, a logotype or a scan is covered but for the lines that were read in it and looked through,
since nobody knows what else stands there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from extractors.model import Line, Page
from pipeline.publish.screen import Private, Screen

WIDTH = 1100
"""Pixels across a picture: text of ten points is easily read."""

LARGEST = 2400
"""Pixels of the longer edge, whatever the page calls itself."""

SURE = 0.6
"""Mean confidence of a line read by OCR below which it is covered: what was misread could not be looked through."""

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Sheet:
    """What to draw of one page: ``covered`` boxes and ``read`` ones (x0, top, x1, bottom in points), whether all of it is a scan, and the
    words that must not be seen even where the reader saw no text."""

    number: int
    width: float
    height: float
    covered: tuple[Box, ...]
    read: tuple[Box, ...]
    scanned: bool
    words: tuple[str, ...]


def page_text(page: Page) -> str:
    """All printed lines of a page, furniture too, a line a line."""
    return "\n".join(line.text for line in page.lines)


def sheet(page: Page, screen: Screen, counted: list[Private]) -> Sheet:
    """How a page is to be drawn. What is found on it is added to ``counted``."""
    found = screen.find(page_text(page))
    counted += found
    scanned = page.reader == "tesseract"
    covered: list[Box] = []
    read: list[Box] = []
    at, n = 0, 0
    for line in page.lines:
        end = at + len(line.text)
        if scanned and line.confidence is not None and line.confidence < SURE:
            covered.append((line.x0, line.top, line.x1, line.bottom))
        else:
            read.append((line.x0, line.top, line.x1, line.bottom))
        while n < len(found) and found[n].end <= at:
            n += 1
        for private in found[n:]:
            if private.start >= end:
                break
            covered.append(_box(line, max(private.start - at, 0), min(private.end - at, len(line.text))))
        at = end + 1
    words = tuple(sorted(token for token in screen.tokens if len(token) > 3))
    return Sheet(page.number, page.width, page.height, tuple(covered), tuple(read), scanned, words)


def _box(line: Line, start: int, end: int) -> Box:
    """The whole words of ``line.text[start:end]``, a little more all round."""
    first = line.text.count(" ", 0, start)
    last = line.text.count(" ", 0, end)
    left = line.words[first] if first < len(line.words) else line.x0
    right = line.words[last + 1] - 0.15 * line.size if last + 1 < len(line.words) else line.x1 + 1.5
    if len(line.words) != line.text.count(" ") + 1:
        left, right = line.x0, line.x1 + 1.5
    return (left - 1.5, line.top - 1, max(right, left + line.size), line.bottom + 1)


def draw(path: str, sheets: Sequence[Sheet], folder: str) -> list[int]:
    """Writes ``folder/N.png`` for each page and returns the numbers of those that could be drawn. Runs in a drawing process."""
    import pypdfium2

    done: list[int] = []
    document = pypdfium2.PdfDocument(path)
    try:
        for one in sheets:
            if one.number <= len(document):
                _draw(document[one.number - 1], one, Path(folder) / f"{one.number}.png")
                done.append(one.number)
    finally:
        document.close()
    return done


def _draw(page: object, one: Sheet, to: Path) -> None:
    import pypdfium2
    import pypdfium2.raw as pdfium
    from PIL import ImageDraw

    assert isinstance(page, pypdfium2.PdfPage)
    across, down = page.get_size()
    scale = min(WIDTH / across, LARGEST / max(across, down))
    # Annotations are comments and stamps: nobody has read them.
    picture = page.render(scale=scale, may_draw_forms=False, draw_annots=False).to_pil().convert("RGB")
    x_scale, y_scale = picture.width / (one.width or across), picture.height / (one.height or down)

    def pixels(box: Box) -> tuple[int, int, int, int]:
        return (int(box[0] * x_scale), int(box[1] * y_scale), int(box[2] * x_scale) + 1, int(box[3] * y_scale) + 1)

    unread = [(0.0, 0.0, one.width or across, one.height or down)] if one.scanned else _photographs(page, pdfium.FPDF_PAGEOBJ_IMAGE)
    if unread:
        shown = picture.copy()
        paint = ImageDraw.Draw(picture)
        for box in unread:
            paint.rectangle(pixels(box), fill=(255, 255, 255) if one.scanned else (226, 226, 226))
        for box in one.read:
            if any(_overlap(box, other) for other in unread):
                x0, top, x1, bottom = pixels(box)
                area = (max(x0, 0), max(top, 0), min(x1, picture.width), min(bottom, picture.height))
                if area[0] < area[2] and area[1] < area[3]:
                    picture.paste(shown.crop(area), area[:2])
    paint = ImageDraw.Draw(picture)
    for box in (*one.covered, *_unseen(page, one)):
        paint.rectangle(pixels(box), fill=(0, 0, 0))
    picture.quantize(48).save(to, "PNG", optimize=False)


def _photographs(page: object, kind: int) -> list[Box]:
    """Where pictures stand on the page."""
    made: list[Box] = []
    _, down = page.get_size()  # type: ignore[attr-defined]
    for thing in page.get_objects(filter=[kind], max_depth=15):  # type: ignore[attr-defined]
        left, low, right, high = thing.get_bounds()
        made.append((left, down - high, right, down - low))
    return made


def _unseen(page: object, one: Sheet) -> list[Box]:
    """Words that must not be seen, found by pdfium's own search outside the lines the reader gave (upright pages only)."""
    if not one.words or page.get_rotation():  # type: ignore[attr-defined]
        return []
    made: list[Box] = []
    _, down = page.get_size()  # type: ignore[attr-defined]
    text = page.get_textpage()  # type: ignore[attr-defined]
    all_text = text.get_text_range().casefold()
    for word in one.words:
        if word not in all_text:
            continue
        search = text.search(word, match_case=False, match_whole_word=False)
        while (hit := search.get_next()) is not None:
            for n in range(text.count_rects(*hit)):
                left, low, right, high = text.get_rect(n)
                box = (left - 1, down - high - 1, right + 1, down - low + 1)
                if not any(_overlap(box, line) for line in one.read):
                    made.append(box)
    return made


def _overlap(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
