"""Which parts of a page are set in columns, so that they are read column by column and not straight across.

Straight across is the rule: a page head "Tjänsteskrivelse      1(4)", a label with its value, a row of signatures. Columns are

* prose: both sides are filled with running text over several lines;
* blocks: a letterhead whose sides do not stand on common baselines, so that reading across would shuffle them;
* rows: texts set side by side without rules, each row beginning on one baseline and apart from the next. These are read row by row,
  cell by cell, and say so (``Band.table``);
* labels: a narrow left column of side headings ("Beslut", "Sammanfattning av ärendet"), each beside the first line of its text. These are
  rows of cells too, a label with its text.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from pipeline.reading.fragments import Fragment, Row, rows_of

_GUTTER = 0.9  # white space between columns, in font sizes, at the least
_PROSE_LINES = 4
_PROSE_CHARACTERS = 20
_FULL_SHARE = 0.4
_BLOCK_LINES = 2
_LONGEST_LABEL = 60  # characters
_LONGEST_MARKER = 4
_BESIDE = 0.7  # how far, in font sizes, the baseline of a label may stand from that of the text it stands beside


@dataclass(frozen=True, slots=True)
class Band:
    """A stretch of the page from top to bottom. Without ``columns`` its ``rows`` are read straight across; otherwise ``columns`` holds
    the fragments of each column, left to right. ``table`` is the row number where the band is a row of an unruled table."""

    rows: list[Row]
    columns: tuple[list[Fragment], ...] = ()
    table: int | None = None


def bands_of(rows: list[Row]) -> list[Band]:
    """Cuts the rows of a page (top to bottom) into bands."""
    if not _may_have_columns(rows):
        return [Band(rows)]
    return _cut(rows, 4)


def _may_have_columns(rows: list[Row]) -> bool:
    """A cheap no for the ordinary page: hardly any row has a wide gap, and no two rows overlap."""
    several = 0
    baseline = float("-inf")
    for row in rows:
        first = row[0]
        if len(row) > 1:
            several += 1
        if first.baseline - baseline < 0.8 * first.size:
            several += 1
        baseline = first.baseline
    return several >= _BLOCK_LINES


def _cut(rows: list[Row], depth: int) -> list[Band]:
    if depth == 0 or not _may_have_columns(rows):
        return [Band(rows)] if rows else []
    best: tuple[int, int, int, float, str] | None = None
    for gutter in _candidates(rows):
        labelled = _labelled(rows, gutter)
        if labelled:
            return _with_labels(rows, labelled, gutter, depth)
        for begin, end in (trimmed for run in _runs(rows, gutter) for trimmed in _trimmed(rows, *run, gutter)):
            kind = _kind(rows[begin:end], gutter)
            lines = sum(map(len, rows[begin:end]))
            # Of edges that part the same lines the leftmost is the column's: its bullets stand before its text.
            if kind and (best is None or lines > best[0] or ((lines, kind) == (best[0], best[4]) and gutter < best[3])):
                best = (lines, begin, end, gutter, kind)
    if best is None:
        return [Band(rows)]
    _, begin, end, gutter, kind = best
    run = rows[begin:end]
    bands = _cut(rows[:begin], depth - 1)
    if kind == "rows":
        bands += [Band(part, _sides(part, gutter), number) for number, part in enumerate(_parts(run, 1.35))]
    else:
        bands.append(Band(run, _sides(run, gutter)))
    return bands + _cut(rows[end:], depth - 1)


def _candidates(rows: list[Row]) -> list[float]:
    """Left edges that may be the left edge of a right column, the most common first."""
    counted: Counter[int] = Counter()
    edge: dict[int, float] = {}
    page_left = min(row[0].x0 for row in rows)
    for row in rows:
        for fragment in row:
            if fragment.x0 > page_left + 5 * fragment.size:
                key = round(fragment.x0 / 3)
                counted[key] += 1
                edge[key] = min(fragment.x0, edge.get(key, fragment.x0))
    return [edge[key] for key, count in counted.most_common(8) if count >= _BLOCK_LINES]


def _runs(rows: list[Row], gutter: float) -> list[tuple[int, int]]:
    """The longest stretches of rows in which nothing crosses or crowds the white space before ``gutter``."""
    runs: list[tuple[int, int]] = []
    begin = 0
    for index, row in enumerate([*rows, None]):
        if row is None or any(f.x0 < gutter - 1.0 and f.x1 > gutter - _GUTTER * f.size for f in row):
            if index - begin >= _BLOCK_LINES:
                runs.append((begin, index))
            begin = index + 1
    return runs


def _trimmed(rows: list[Row], begin: int, end: int, gutter: float) -> list[tuple[int, int]]:
    """Takes off what stands apart above and below: a page head, a foot, a heading; both sides must begin and end the run."""
    pitch = _pitch(rows[begin:end])
    while begin < end:
        part_end = next(
            (i for i in range(begin + 1, end) if rows[i][0].baseline - rows[i - 1][0].baseline > 1.9 * pitch),
            end,
        )
        left, right = _sides(rows[begin:part_end], gutter)
        if part_end < end and (len(left) < _BLOCK_LINES or len(right) < _BLOCK_LINES):
            begin = part_end
            continue
        break
    while begin < end:
        part_begin = next(
            (i for i in range(end - 1, begin, -1) if rows[i][0].baseline - rows[i - 1][0].baseline > 1.9 * pitch),
            begin,
        )
        left, right = _sides(rows[part_begin:end], gutter)
        if part_begin > begin and (not left or not right) and len(left) + len(right) < 3:
            end = part_begin
            continue
        break
    return [(begin, end)] if end - begin >= _BLOCK_LINES else []


def _pitch(rows: Sequence[Row]) -> float:
    steps = [b[0].baseline - a[0].baseline for a, b in itertools.pairwise(rows)]
    return max(median(steps), 1.0) if steps else 12.0


def _sides(rows: Sequence[Row], gutter: float) -> tuple[list[Fragment], list[Fragment]]:
    left = [f for row in rows for f in row if f.x0 < gutter - 1.0]
    right = [f for row in rows for f in row if f.x0 >= gutter - 1.0]
    return left, right


def _parts(rows: Sequence[Row], gap: float) -> list[list[Row]]:
    """Cuts where the step to the next row is ``gap`` times the usual one."""
    pitch = _pitch(rows)
    parts = [[rows[0]]]
    for before, row in itertools.pairwise(rows):
        if row[0].baseline - before[0].baseline > gap * pitch:
            parts.append([])
        parts[-1].append(row)
    return parts


def _kind(run: Sequence[Row], gutter: float) -> str:
    """ "prose", "rows" or "blocks" where the run is to be read in columns, else ""."""
    left, right = _sides(run, gutter)
    if len(left) < _BLOCK_LINES or len(right) < _BLOCK_LINES:
        return ""
    if _is_prose(left) and _is_prose(right):
        parts = _parts(run, 1.35)
        if len(parts) >= 3 and all(_begins_level(part, gutter) for part in parts) and len(run) < 8 * len(parts):
            return "rows"
        return "prose"
    return "blocks" if _interleaved(run, left, right, gutter) else ""


@dataclass(slots=True)
class _Label:
    """A side heading (none above the first of a page) with the rows of text that stand beside and below it."""

    rows: list[Row]
    text: list[Row]


def _labelled(rows: list[Row], gutter: float) -> list[tuple[int, int, list[_Label]]]:
    """The stretches of rows that are side headings with their texts (where each begins and ends, and what it holds); none where the
    page has no such column.

    The headings begin at one edge, are short and stand beside the first line of their text; the texts, in a column much wider than
    theirs, go on below it where nothing stands at the left.
    """
    edge = min(row[0].x0 for row in rows)
    width = max(f.x1 for row in rows for f in row) - gutter
    if width < 1.4 * (gutter - edge):
        return []
    found: list[tuple[int, int, list[_Label]]] = []
    beside = full = 0
    for begin, end in _runs(rows, gutter):
        left, right = _sides(rows[begin:end], gutter)
        if not left or not right or any(f.x0 > edge + 2.0 for f in left) or any(_is_crowded(row) for row in rows[begin:end]):
            continue
        labels = _labels(rows_of(left), rows_of(right), gutter - edge)
        with_text = [label for label in labels if label.rows and label.text]
        if not with_text or not all(_is_label(label) for label in with_text):
            continue
        after = labels[labels.index(with_text[0]) :]
        if 2 * len(with_text) < len(after):
            continue
        found.append((begin, end, labels))
        beside += len(with_text)
        below = [row[-1] for label in with_text for row in label.text[1:] if row[0].x0 < gutter + 3 * row[0].size]
        full += sum(1 for f in below if sum(map(len, f.words)) >= _PROSE_CHARACTERS and f.x1 - f.x0 >= 0.5 * width)
    return found if full >= (2 if beside > 1 else 3) else []


def _with_labels(rows: list[Row], labelled: list[tuple[int, int, list[_Label]]], gutter: float, depth: int) -> list[Band]:
    """The bands of a page with side headings; those of the page are the rows of one table, unless another stands between."""
    bands: list[Band] = []
    at = number = 0
    for begin, end, labels in labelled:
        between = _cut(rows[at:begin], depth - 1)
        if any(band.table is not None for band in between):
            number = 0
        bands += between
        for label in labels:
            inside = [*label.rows, *label.text]
            if label.rows and label.text:
                bands.append(Band(inside, _sides(inside, gutter), number))
                number += 1
            elif inside:
                bands.append(Band(inside))
        at = end
    return bands + _cut(rows[at:], depth - 1)


def _labels(left: list[Row], right: list[Row], room: float) -> list[_Label]:
    """Each side heading with the rows from its own first line to that of the next. A heading goes on in the next line of its column
    where it would not have had room in ``room`` points, or goes on in lower case."""
    labels: list[_Label] = [_Label([], [])]
    for row in left:
        last = labels[-1].rows[-1][-1] if labels[-1].rows else None
        first = row[0]
        if last is not None and first.baseline - last.baseline < 1.7 * first.size:
            word = first.x1 - first.x0 if len(first.edges) == 1 else first.edges[1] - first.x0
            if first.words[0][:1].islower() or last.x1 - last.x0 + word > room - 0.5 * first.size:
                labels[-1].rows.append(row)
                continue
        labels.append(_Label([row], []))
    at = 0
    for row in right:
        while at + 1 < len(labels) and row[0].baseline >= labels[at + 1].rows[0][0].baseline - _BESIDE * row[0].size:
            at += 1
        if labels[at].rows and not labels[at].text and not _beside(labels[at].rows[0][0], row[0]):
            labels.insert(at + 1, _Label([], []))  # a heading above its text, and what stands below a page head
            at += 1
        labels[at].text.append(row)
    return labels


def _beside(heading: Fragment, text: Fragment) -> bool:
    return abs(heading.baseline - text.baseline) <= _BESIDE * max(heading.size, text.size)


def _is_crowded(row: Row) -> bool:
    """Whether more than a heading and a line of text (and the number or bullet of a point before it) stand on the row."""
    return len(row) > 3 or (len(row) == 3 and sum(map(len, row[1].words)) > _LONGEST_MARKER)


def _is_label(label: _Label) -> bool:
    """Whether the words at the left are a heading: few, not in the middle of a sentence, and no number or date."""
    text = " ".join(word for row in label.rows for f in row for word in f.words)
    return len(text) <= _LONGEST_LABEL and not text[0].islower() and sum(map(str.isalpha, text)) >= 3 and text[-1] not in ".,;"


def _is_prose(side: list[Fragment]) -> bool:
    """Whether these fragments are running text: enough lines, many of them long and as wide as the column; headings and points may stand
    among them."""
    if len(side) < _PROSE_LINES:
        return False
    rows = rows_of(side)
    width = max(f.x1 for f in side) - min(f.x0 for f in side)
    full = [row for row in rows if sum(len(w) for f in row for w in f.words) >= _PROSE_CHARACTERS and row[-1].x1 - row[0].x0 >= 0.6 * width]
    if len(full) >= max(_PROSE_LINES, _FULL_SHARE * len(rows)):
        return True
    return median(sum(map(len, f.words)) for f in side) >= _PROSE_CHARACTERS and median(f.x1 - f.x0 for f in side) >= 0.6 * width


def _begins_level(part: Sequence[Row], gutter: float) -> bool:
    row = part[0]
    return any(f.x0 < gutter - 1.0 for f in row) and any(f.x0 >= gutter - 1.0 for f in row)


def _interleaved(run: Sequence[Row], left: list[Fragment], right: list[Fragment], gutter: float) -> bool:
    """Whether the sides stand beside each other but mostly not on common baselines, closer than lines of one text can be."""
    top, bottom = max(left[0].baseline, right[0].baseline), min(left[-1].baseline, right[-1].baseline)
    beside = [row for row in run if top - 1 <= row[0].baseline <= bottom + 1]
    shared = sum(1 for row in beside if len(_sides([row], gutter)[0]) and len(_sides([row], gutter)[1]))
    overlapping = sum(1 for above, row in itertools.pairwise(beside) if row[0].baseline - above[0].baseline < 0.8 * row[0].size)
    return overlapping >= 2 and overlapping > shared


def ordered(bands: list[Band]) -> list[tuple[Row, tuple[int, int, int] | None]]:
    """The rows in reading order, each with (table, row, column) where it stands in an unruled table."""
    found: list[tuple[Row, tuple[int, int, int] | None]] = []
    table = -1
    for band in bands:
        if band.table == 0:
            table += 1
        if not band.columns:
            found += [(row, None) for row in band.rows]
            continue
        for number, column in enumerate(band.columns):
            cell = None if band.table is None else (table, band.table, number)
            inner = rows_of(column)
            if cell is None:
                found += ordered(bands_of(inner))
            else:
                found += [(row, cell) for row in inner]
    return found
