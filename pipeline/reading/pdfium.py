"""The fast reader: lines with box, size, boldness and word edges through pdfium.

One call takes the whole text of a page; places are asked for only where a word begins and where a line ends. See docs/reading.md
for what pdfium does to the text on the way (it joins lines at a hyphen, it orders by content) and how that is undone here.
"""

from __future__ import annotations

import ctypes
import re
from codecs import utf_16_le_decode
from dataclasses import dataclass
from struct import Struct

from PIL import Image

from extractors.model import Line
from pipeline.reading import many
from pipeline.reading import pdfium_calls as pdfium
from pipeline.reading.fragments import Fragment
from pipeline.reading.geometry import LETTER, WIDE, Affine, direction, shown_box, sized
from pipeline.reading.layout import lines_of
from pipeline.reading.letter_spacing import closed_up, may_be_spaced
from pipeline.reading.render import has_ink, render
from pipeline.reading.rulings import Rule, RulingFinder

# pdfium takes a hyphen at a line's end together with the line break out of the text and leaves one of these in their place.
_HYPHEN_MARKS = "\x02\ufffe"
_WORD = re.compile(rf"[^\s{_HYPHEN_MARKS}]+[{_HYPHEN_MARKS}]?|[{_HYPHEN_MARKS}]")
# Not printed, or not text: zero-width characters, soft hyphens (printed as hyphens), control characters of a broken font map.
_ODD = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u200b-\u200d\u2060\ufeff\ufffe\uffff\ud800-\udfff]")
# What a line must not have to be walked quickly: the above, and white space other than single spaces.
_UNUSUAL = re.compile(
    r"[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\xa0\xad\u1680\u2000-\u200d\u2028\u2029\u202f\u205f\u2060\u3000\ufeff\ufffe\uffff\ud800-\udfff]"
)
_PRINTED: dict[int, str | None] = {
    **dict.fromkeys((*range(0x09), *range(0x0E, 0x1C), *range(0x7F, 0x85), *range(0x86, 0xA0))),
    **dict.fromkeys((0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0xFFFF)),
    **dict.fromkeys(range(0xD800, 0xE000), "\ufffd"),
    **dict.fromkeys((0x02, 0xAD, 0xFFFE), "-"),
}
_BOLD_NAME = re.compile(r"bold|black|heavy|semibold|demi|,b\b|-b\b|-bd\b", re.IGNORECASE)
_FORCE_BOLD = 1 << 18
# Taking an array of ctypes apart number by number costs four times as much.
_FOUR, _SIX = Struct("=4f"), Struct("=6f")
# A scan may carry a stamp or a page number as text; a page with more than this is not looked at for a picture.
_FEW_CHARACTERS = 150


class PasswordError(Exception):
    """The document asks for a password."""


class BrokenError(Exception):
    """The bytes cannot be opened as a PDF document."""


@dataclass(frozen=True, slots=True)
class FastPage:
    """What pdfium gives for a page, before anything is decided about it.

    ``text`` is pdfium's own text; ``characters`` counts what is printed, ``unmapped`` how many of those have no Unicode value, ``lost``
    the words pdfium has no place for. ``turned``: most of the text does not run from left to right. ``scanned``: little text and a
    picture over most of the page. ``blank``: nothing is printed. ``tables_skipped`` is the reason why tables were not looked for.
    """

    width: float
    height: float
    lines: tuple[Line, ...]
    text: str
    characters: int
    unmapped: int
    lost: int = 0
    turned: bool = False
    scanned: bool = False
    blank: bool = False
    tables_skipped: str | None = None


class FastDocument:
    """An open document. Use as a context manager; it holds pdfium's lock from opening to closing, and keeps the bytes alive.

    Raises PasswordError or BrokenError where the bytes cannot be opened.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        pdfium.LOCK.acquire()
        try:
            self._handle = pdfium.load_document(data, len(data), None)
            if not self._handle:
                if pdfium.last_error() == pdfium.ERROR_PASSWORD:
                    raise PasswordError
                raise BrokenError
            self.page_count: int = pdfium.page_count(self._handle)
        except BaseException:
            pdfium.LOCK.release()
            raise
        self._x, self._y = ctypes.c_double(), ctypes.c_double()
        self._rectangle = (ctypes.c_float * 4)()
        self._matrix = (ctypes.c_float * 6)()
        self._buffer = ctypes.create_string_buffer(2 * 65536)
        self._rulings = RulingFinder()

    def __enter__(self) -> FastDocument:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the document and lets go of pdfium."""
        if self._handle:
            pdfium.close_document(self._handle)
            self._handle = None
            pdfium.LOCK.release()

    def meta(self, key: str) -> str | None:
        """An entry of the document's information dictionary ("Title", "Producer", "CreationDate"), None where it is not there."""
        name = key.encode("ascii")
        length = pdfium.meta_text(self._handle, name, None, 0)
        if length <= 2:
            return None
        buffer = ctypes.create_string_buffer(length)
        pdfium.meta_text(self._handle, name, buffer, length)
        return buffer.raw[: length - 2].decode("utf-16-le", "replace").strip("\x00 ") or None

    def read_page(self, index: int) -> FastPage | None:
        """The page counted from 0; None where pdfium cannot load it."""
        page = pdfium.load_page(self._handle, index)
        if not page:
            return None
        try:
            text_page = pdfium.load_text(page)
            if not text_page:
                return None
            try:
                return self._read(page, text_page)
            finally:
                pdfium.close_text(text_page)
        finally:
            pdfium.close_page(page)

    def plain_text(self, index: int) -> str | None:
        """pdfium's own text of the page counted from 0, without places; None where pdfium cannot load it."""
        page = pdfium.load_page(self._handle, index)
        if not page:
            return None
        text_page = pdfium.load_text(page)
        try:
            return self._text(text_page, pdfium.count_chars(text_page)) if text_page else None
        finally:
            pdfium.close_text(text_page)
            pdfium.close_page(page)

    def _text(self, text_page: int, count: int) -> str:
        if 2 * (count + 1) > len(self._buffer):
            self._buffer = ctypes.create_string_buffer(4 * (count + 1))
        address = ctypes.addressof(self._buffer)
        length = pdfium.get_text(text_page, 0, count, address)
        return utf_16_le_decode(memoryview(self._buffer)[: 2 * (length - 1)], "surrogatepass", True)[0] if length > 1 else ""

    def _shown(self, page: int) -> tuple[float, float, Affine]:
        """Width and height as shown, and what takes a point of the file's space there: x' = ax + by + c, y' = dx + ey + f."""
        width, height = pdfium.page_width(page), pdfium.page_height(page)
        rotation = pdfium.page_rotation(page)
        rectangle = self._rectangle
        if pdfium.page_box(page, ctypes.addressof(rectangle)):
            left, top, right, bottom = _FOUR.unpack_from(rectangle)
        else:
            left, bottom = 0.0, 0.0
            right, top = (width, height) if rotation % 2 == 0 else (height, width)
        if rotation == 1:
            return width, height, (0.0, 1.0, -bottom, 1.0, 0.0, -left)
        if rotation == 2:
            return width, height, (-1.0, 0.0, right, 0.0, 1.0, -bottom)
        if rotation == 3:
            return width, height, (0.0, -1.0, top, -1.0, 0.0, right)
        return width, height, (1.0, 0.0, -left, 0.0, -1.0, top)

    def _read(self, page: int, text_page: int) -> FastPage:
        width, height, shown = self._shown(page)
        count = pdfium.count_chars(text_page)
        text = self._text(text_page, count) if count > 0 else ""
        characters = len(text) - text.count("\r\n") * 2 - text.count(" ")
        if characters <= 0:
            return FastPage(width, height, (), text, 0, max(count - len(text), 0), blank=not has_ink(page, width, height))
        rules, skipped = self._rulings.rulings_of(page, shown, width * height)
        walk = _Walk(text_page, text, count, shown, width, height, (self._x, self._y), (self._rectangle, self._matrix), rules)
        walk.walk()
        turned = walk.slanted_words > 10 and walk.slanted_words > 0.6 * walk.words
        if turned:
            lines = self._turned_lines(walk)
        else:
            lines = lines_of(walk.fragments, rules)
            if walk.slanted:
                lines += tuple(walk.slanted_lines())
        scanned = characters < _FEW_CHARACTERS and self._has_picture(page, 0.8 * width * height)
        return FastPage(
            width, height, lines, text, characters, max(count - len(text), 0), walk.lost, turned, scanned, tables_skipped=skipped
        )

    def _turned_lines(self, walk: _Walk) -> tuple[Line, ...]:
        """The lines of a page that is set sideways: read in its own direction, placed where they are shown."""
        width, height = walk.width, walk.height
        a, b, c, d, e, f = walk.shown
        dx, dy = walk.direction
        if abs(dx) > abs(dy):
            own: Affine = (-a, -b, width - c, -d, -e, height - f)
            back: Affine = (-1.0, 0.0, width, 0.0, -1.0, height)
        elif dy > 0:
            own = (d, e, f, -a, -b, width - c)
            back = (0.0, -1.0, width, 1.0, 0.0, 0.0)
        else:
            own = (-d, -e, height - f, a, b, c)
            back = (0.0, 1.0, 0.0, -1.0, 0.0, height)
        sideways = abs(dx) <= abs(dy)
        upright = _Walk(
            walk.text_page,
            walk.text,
            walk.count,
            own,
            height if sideways else width,
            width if sideways else height,
            (self._x, self._y),
            (self._rectangle, self._matrix),
            [],
        )
        upright.walk()
        return tuple(_moved(line, back) for line in (*lines_of(upright.fragments), *upright.slanted_lines()))

    def _has_picture(self, page: int, area: float) -> bool:
        """Whether one image covers at least ``area`` square points."""
        edges = [ctypes.c_float() for _ in range(4)]
        for index in range(min(pdfium.count_objects(page), 200)):
            thing = pdfium.get_object(page, index)
            if pdfium.object_type(thing) == pdfium.PAGE_OBJECT_IMAGE and pdfium.object_bounds(thing, *map(ctypes.addressof, edges)):
                left, bottom, right, top = (edge.value for edge in edges)
                if (right - left) * (top - bottom) >= area:
                    return True
        return False

    def picture_of(self, index: int, dpi: float) -> tuple[Image.Image, float] | None:
        """A grey picture of the page counted from 0 and its pixels a point; None where pdfium cannot load the page."""
        page = pdfium.load_page(self._handle, index)
        if not page:
            return None
        try:
            return render(page, pdfium.page_width(page), pdfium.page_height(page), dpi)
        finally:
            pdfium.close_page(page)


def _moved(line: Line, affine: Affine) -> Line:
    """The line with its places taken through the map; its words begin where their baselines do."""
    a, b, c, d, e, f = affine
    xs = [a * x + b * y + c for x in (line.x0, line.x1) for y in (line.top, line.bottom)]
    ys = [d * x + e * y + f for x in (line.x0, line.x1) for y in (line.top, line.bottom)]
    baseline = d * line.x0 + e * line.baseline + f
    words = tuple(a * x + b * line.baseline + c for x in line.words)
    return line._replace(x0=min(xs), x1=max(xs), top=min(ys), bottom=max(ys), baseline=baseline, words=words)


class _Walk:
    """Walks the words of one page's text and asks pdfium for their places."""

    def __init__(
        self,
        text_page: int,
        text: str,
        count: int,
        shown: Affine,
        width: float,
        height: float,
        point: tuple[ctypes.c_double, ctypes.c_double],
        buffers: tuple[ctypes.Array[ctypes.c_float], ctypes.Array[ctypes.c_float]],
        rules: list[Rule],
    ) -> None:
        self.text_page = text_page
        self.text = text
        self.count = count
        self.shown = shown
        self.width = width
        self.height = height
        self.x, self.y = point
        self.at_x, self.at_y = ctypes.addressof(self.x), ctypes.addressof(self.y)
        self.rectangle, self.matrix = buffers
        self.at_rectangle, self.at_matrix = ctypes.addressof(self.rectangle), ctypes.addressof(self.matrix)
        self.down = sorted({rule for rule in rules if not rule.across})
        self.same_index = len(text) == count
        self.fonts: dict[int, bool] = {}
        self.fragments: list[Fragment] = []
        self.slanted: list[list[tuple[str, int, int, float, float, float]]] = []  # a line: (word, first, last character, x, baseline, size)
        self.direction = (1.0, 0.0)
        self.words = self.slanted_words = self.lost = 0

    def char_index(self, text_index: int) -> int:
        return text_index if self.same_index else max(int(pdfium.char_of_text_index(self.text_page, text_index)), 0)

    def walk(self) -> None:
        """Collects the page's fragments in content order, and apart from them the words that do not run from left to right."""
        # pdfium's own lines are never longer than printed ones, except at a hyphen: each is walked by itself.
        lines = self.text.split("\r\n")
        quick = self.quick_lines(lines) if self.same_index else {}
        at = 0
        for line in lines:
            if at in quick:
                self.fragments += quick[at]
            elif line and not line.isspace():
                self.any_line(at, at + len(line))
            at += len(line) + 2

    def quick_lines(self, lines: list[str]) -> dict[int, list[Fragment]]:
        """The fragments of the lines of one text object with single spaces between their words (most lines), by where the line begins."""
        found = _of_single_spaces(lines)
        placed = many.lines(pdfium.OF_LINES, self.text_page, found, self.shown, self.width + 2.0, self.height + 2.0)
        down = self.down
        rounded: dict[float, float] = {}
        quick: dict[int, list[Fragment]] = {}
        for (first, _, words), line in zip(found, placed, strict=True):
            if line is None:
                continue
            edges, baseline, size, font, pieces = line
            if down and any(rule.top <= baseline - 0.3 * size <= rule.bottom for rule in down):
                continue  # beside a rule of a table: words may have to be parted where it stands
            if size not in rounded:
                rounded[size] = round(size, 2)
            points, bold = rounded[size], self.is_bold(font)
            self.words += len(words)
            if len(pieces) == 1:
                _, top, right, bottom = pieces[0]
                quick[first] = [_fragment(words, edges, baseline, top, right, bottom, size, points, bold)]
                continue
            begin = 0
            quick[first] = []
            for end, top, right, bottom in pieces:
                quick[first].append(_fragment(words[begin:end], edges[begin:end], baseline, top, right, bottom, size, points, bold))
                begin = end
        return quick

    def any_line(self, begin: int, stop: int) -> None:
        """Walks the characters from ``begin`` to ``stop`` word by word, whatever they are."""
        text, text_page, same_index = self.text, self.text_page, self.same_index
        x, y = self.x, self.y
        at_x, at_y = self.at_x, self.at_y
        a, b, c, d, e, f = self.shown
        origin, object_of = pdfium.char_origin, pdfium.char_object
        odd = _ODD.search(text, begin, stop) is not None
        far_right, far_down = self.width + 2.0, self.height + 2.0
        apart = True
        down = self.down
        words: list[str] = []
        edges: list[float] = []
        baseline = size = 0.0
        bold = False
        runs: list[tuple[float, bool, int]] = []
        known: int | None = None
        level = True
        last = -1  # text index of the last character taken
        newline = False
        glued = False
        end = begin
        for match in _WORD.finditer(text, begin, stop):
            start = match.start()
            gap = text[end:start]
            newline = newline or "\n" in gap or "\r" in gap
            touching = start == end and end > begin
            end = match.end()
            word = match.group()
            char = start if same_index else self.char_index(start)
            self.words += 1
            if not origin(text_page, char, at_x, at_y):
                self.lost += 1
                continue
            px, py = x.value, y.value
            left, base = a * px + b * py + c, d * px + e * py + f
            if not (-2.0 <= left <= far_right and -2.0 <= base <= far_down) and (newline or not words):
                newline = True
                continue  # outside the page as shown; a line that runs off it is kept whole
            thing = object_of(text_page, char)
            if thing != known:
                known = thing
                new_size, new_bold, level = self.style(char, thing)
            else:
                new_size, new_bold = size, bold
            if odd:
                word = word.translate(_PRINTED)
                if not word:
                    continue
            if not level:
                self.slanted_words += 1
                if newline or apart or not self.slanted:
                    self.slanted.append([])
                self.slanted[-1].append((word, start, end - 1, left, base, new_size))
                newline = apart = False
                continue
            if not apart:
                apart = newline = True
            if words:
                larger = size if size > new_size else new_size
                step = left - edges[-1]
                if (
                    newline
                    or step < 0.0
                    or base - baseline > 0.6 * larger
                    or baseline - base > 0.6 * larger
                    or (glued and base - baseline > 0.3 * larger)
                    or (step > (LETTER * len(words[-1]) + 1.0) * larger and left - self.right_of(last) > WIDE * larger)
                    or (down and any(edges[-1] < rule.x0 <= left + 1.0 and rule.top <= base - 0.3 * size <= rule.bottom for rule in down))
                ):
                    self.close(words, edges, baseline, last, runs)
                    words, edges, runs = [], [], []
            if not words:
                baseline = base
                words.append(word)
                edges.append(left)
            elif touching and glued:
                words[-1] += word  # a hyphen inside the line after all
            else:
                words.append(word)
                edges.append(left)
            size, bold = new_size, new_bold
            runs.append((size, bold, len(word)))
            last = end - 1
            newline = False
            glued = match.group()[-1] in _HYPHEN_MARKS
        if words:
            self.close(words, edges, baseline, last, runs)

    def slanted_lines(self) -> list[Line]:
        """Lines of the words that run down, up or askew: boxes as shown, each word's edge the left of its box."""
        lines = []
        for words in self.slanted:
            boxes = [(*self.box_of(first), *self.box_of(last)) for _, first, last, _, _, _ in words]
            lines.append(
                Line(
                    " ".join(word[0] for word in words),
                    min(min(b[0], b[4]) for b in boxes),
                    min(min(b[1], b[5]) for b in boxes),
                    max(max(b[2], b[6]) for b in boxes),
                    max(max(b[3], b[7]) for b in boxes),
                    round(words[0][5], 2),
                    False,
                    words[0][4],
                    tuple(min(b[0], b[4]) for b in boxes),
                )
            )
        return lines

    def style(self, char: int, thing: int | None) -> tuple[float, bool, bool]:
        """Size in points as shown, whether bold, and whether the text runs from left to right as shown."""
        size: float = pdfium.char_size(self.text_page, char)
        has_matrix = pdfium.char_matrix(self.text_page, char, self.at_matrix)
        matrix = _SIX.unpack_from(self.matrix)[:4] if has_matrix else None
        size, level = sized(size, matrix, self.shown)
        if matrix is not None and not level:
            self.direction = direction(matrix, self.shown)
        return size, self.is_bold(pdfium.object_font(thing) if thing else None), level

    def is_bold(self, font: int | None) -> bool:
        """Whether the font is a bold one."""
        if not font:
            return False
        bold = self.fonts.get(font)
        if bold is None:
            bold = self.fonts[font] = _is_bold(font)
        return bold

    def right_of(self, text_index: int) -> float:
        """The right edge of the character, as shown."""
        return self.box_of(text_index)[2]

    def box_of(self, text_index: int) -> tuple[float, float, float, float]:
        """x0, top, x1, bottom of the character as shown, with the font's ascent and descent."""
        if not pdfium.loose_char_box(self.text_page, text_index if self.same_index else self.char_index(text_index), self.at_rectangle):
            return 0.0, 0.0, 0.0, 0.0
        return shown_box(_FOUR.unpack_from(self.rectangle), self.shown)

    def close(self, words: list[str], edges: list[float], baseline: float, last: int, runs: list[tuple[float, bool, int]]) -> None:
        """Ends the fragment at the character ``last`` of the text."""
        size, bold = runs[0][0], runs[0][1]
        if len(runs) > 1:
            sizes: dict[float, int] = {}
            letters = bold_letters = 0
            for run_size, run_bold, length in runs:
                sizes[run_size] = sizes.get(run_size, 0) + length
                letters += length
                if run_bold:
                    bold_letters += length
            if len(sizes) > 1:
                size = max(sizes, key=sizes.__getitem__)
            bold = 2 * bold_letters > letters
        if len(words) > 3 and may_be_spaced(words):
            words, edges = self.closed_up(words, edges, last, size)
        _, top, right, bottom = self.box_of(last)
        self.fragments.append(_fragment(words, edges, baseline, top, right, bottom, size, round(size, 2), bold))

    def closed_up(self, words: list[str], edges: list[float], last: int, size: float) -> tuple[list[str], list[float]]:
        """The words that end at the character ``last``, letter-spaced ones put together again."""
        rights: list[float] = []
        end = last + 1
        for word in reversed(words):
            if not self.text.endswith(word, 0, end):
                return words, edges  # a character that is printed otherwise
            rights.insert(0, self.right_of(end - 1))
            end = len(self.text[: end - len(word)].rstrip())
        return closed_up(words, edges, rights, size)


def _of_single_spaces(lines: list[str]) -> list[tuple[int, int, list[str]]]:
    """First character, last character and words of those lines of a text that have nothing but single spaces between their words, and
    are not letter-spaced."""
    found = []
    at = 0
    for line in lines:
        if line and (line.isprintable() or not _UNUSUAL.search(line)):
            printed = line.rstrip()
            words = printed.split(" ")
            if "" not in words and (len(words[0]) > 3 or not may_be_spaced(words)):
                found.append((at, at + len(printed) - 1, words))
        at += len(line) + 2
    return found


def _fragment(
    words: list[str],
    edges: list[float],
    baseline: float,
    top: float,
    right: float,
    bottom: float,
    size: float,
    rounded: float,
    bold: bool,
) -> Fragment:
    """The words as a fragment; ``top``, ``right`` and ``bottom`` are those of its last character, ``rounded`` the size to two decimals."""
    # Some fonts state an ascent of zero or of two ems: the box must still cover the letters and not the next line.
    rise, fall = baseline - top, bottom - baseline
    if rise < 0.7 * size:
        rise = 0.7 * size
    if rise > 1.1 * size:
        rise = 1.1 * size
    if fall < 0.18 * size:
        fall = 0.18 * size
    if fall > 0.4 * size:
        fall = 0.4 * size
    edge = edges[-1]
    return Fragment(words, edges, right if right >= edge else edge, baseline, baseline - rise, baseline + fall, rounded, bold)


def _is_bold(font: int) -> bool:
    buffer = (ctypes.c_char * 256)()
    length = pdfium.font_name(font, buffer, len(buffer))
    if length > len(buffer):
        buffer = (ctypes.c_char * length)()
        pdfium.font_name(font, buffer, length)
    name = buffer.value.decode("latin-1")
    return bool(_BOLD_NAME.search(name)) or bool(pdfium.font_flags(font) & _FORCE_BOLD)
