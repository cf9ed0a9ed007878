"""Fragments (pieces of a printed line) and how they make rows and lines."""

from __future__ import annotations

from operator import attrgetter

from extractors.model import Cell, Line, record

# Fragments belong to one printed line when their baselines differ by at most this share of the smaller font size …
_SAME_BASELINE = 0.3
# … or when a smaller one (a footnote mark, an exponent) stands this share of the larger size above or below it, beside it.
_RAISED = 0.6
# Letters stand this close, in font sizes, within a word; a space is three times as wide at the least.
_TOUCHING = 0.08


class Fragment:
    """Words of one baseline that stand next to each other, with no gap wider than a few letters between them.

    Points from the top left of the page as shown. ``words`` and ``edges`` (their left edges) are of equal length;
    ``confidence`` is OCR's, 0..1.
    """

    __slots__ = ("baseline", "bold", "bottom", "confidence", "edges", "size", "top", "words", "x0", "x1")

    def __init__(
        self,
        words: list[str],
        edges: list[float],
        x1: float,
        baseline: float,
        top: float,
        bottom: float,
        size: float,
        bold: bool,
        confidence: float | None = None,
    ) -> None:
        self.words = words
        self.edges = edges
        self.x0 = edges[0]
        self.x1 = x1
        self.baseline = baseline
        self.top = top
        self.bottom = bottom
        self.size = size
        self.bold = bold
        self.confidence = confidence

    def __repr__(self) -> str:
        return f"Fragment({' '.join(self.words)!r}, x0={self.x0:.1f}, x1={self.x1:.1f}, baseline={self.baseline:.1f})"


Row = list[Fragment]


def rows_of(fragments: list[Fragment]) -> list[Row]:
    """Groups fragments that stand on one baseline, top row first, each row from left to right."""
    ordered = sorted(fragments, key=attrgetter("baseline"))
    rows: list[Row] = []
    baseline, size = float("-inf"), 0.0
    for fragment in ordered:
        if rows and fragment.baseline - baseline <= _SAME_BASELINE * min(size, fragment.size) and not _printed_over(rows[-1], fragment):
            rows[-1].append(fragment)
        else:
            rows.append([fragment])
            baseline, size = fragment.baseline, fragment.size
    for row in rows:
        if len(row) > 1:
            row.sort(key=attrgetter("x0"))
            _join_words(row)
    return _with_raised(rows)


def _printed_over(row: Row, fragment: Fragment) -> bool:
    """Whether the fragment lies on one of the row's: printed twice, or overlapping boxes of a form."""
    width = fragment.x1 - fragment.x0
    return any(min(other.x1, fragment.x1) - max(other.x0, fragment.x0) > 0.5 * max(min(width, other.x1 - other.x0), 1.0) for other in row)


def _join_words(row: Row) -> None:
    """Makes one fragment of two where a word goes on from one to the other."""
    for at in range(len(row) - 1, 0, -1):
        before, fragment = row[at - 1], row[at]
        if _one_word(before, fragment):
            words = [*before.words[:-1], before.words[-1] + fragment.words[0], *fragment.words[1:]]
            edges = [*before.edges, *fragment.edges[1:]]
            top, bottom = min(before.top, fragment.top), max(before.bottom, fragment.bottom)
            row[at - 1 : at + 1] = [
                Fragment(words, edges, fragment.x1, before.baseline, top, bottom, before.size, before.bold, before.confidence)
            ]


def _one_word(before: Fragment, fragment: Fragment) -> bool:
    """Whether a word goes on from one fragment to the next, which pdfium gave apart: "Sammanfattn" and "ing" in two text objects."""
    return (
        abs(fragment.x0 - before.x1) <= _TOUCHING * fragment.size
        and abs(fragment.baseline - before.baseline) < 0.1
        and abs(fragment.size - before.size) < 0.1
        and before.words[-1][-1].isalpha()
        and fragment.words[0][0].islower()
    )


def _with_raised(rows: list[Row]) -> list[Row]:
    """Puts a raised or lowered mark into the row it belongs to."""
    kept: list[Row] = []
    skip = False
    for index, row in enumerate(rows):
        if skip:
            skip = False
            continue
        if index + 1 < len(rows):
            below = rows[index + 1]
            if len(row) == 1 == len(below) and below[0].baseline - row[0].baseline > _RAISED * max(row[0].size, below[0].size):
                kept.append(row)  # as nearly always: two lines of text
                continue
            if _is_mark_of(row, below):
                kept.append(sorted(row + below, key=attrgetter("x0")))
                skip = True
                continue
            if _is_mark_of(below, row):
                kept.append(sorted(row + below, key=attrgetter("x0")))
                skip = True
                continue
        kept.append(row)
    return kept


def _is_mark_of(mark: Row, row: Row) -> bool:
    """Whether every fragment of ``mark`` is small, set off from the baseline of ``row`` by a little, and right behind a word of it."""
    if len(mark) > 3:
        return False
    for small in mark:
        beside = [big for big in row if -0.3 * big.size <= small.x0 - big.x1 <= 0.5 * big.size]
        if not beside or len(small.words) > 2:
            return False
        big = beside[0]
        if small.size > 0.8 * big.size or abs(small.baseline - big.baseline) > _RAISED * big.size:
            return False
    return True


def line_of(row: Row, cell: Cell | None = None) -> Line:
    """One line of a row of fragments, from left to right."""
    if len(row) == 1:
        only = row[0]
        x0, top, x1, bottom, size = only.x0, only.top, only.x1, only.bottom, only.size
        values = " ".join(only.words), x0, top, x1, bottom, size, only.bold, only.baseline, tuple(only.edges), cell, only.confidence
        return record(Line, values)
    words: list[str] = []
    edges: list[float] = []
    for fragment in row:
        words += fragment.words
        edges += fragment.edges
    main = max(row, key=lambda f: sum(map(len, f.words)))
    letters = sum(len(w) for f in row for w in f.words)
    bold = sum(len(w) for f in row if f.bold for w in f.words)
    return Line(
        " ".join(words),
        row[0].x0,
        min(f.top for f in row),
        max(f.x1 for f in row),
        max(f.bottom for f in row),
        main.size,
        2 * bold > letters,
        main.baseline,
        tuple(edges),
        cell,
        _confidence(row, letters),
    )


def _confidence(row: Row, letters: int) -> float | None:
    known = [(f.confidence, sum(map(len, f.words))) for f in row if f.confidence is not None]
    return round(sum(confidence * length for confidence, length in known) / letters, 3) if known else None
