"""Charts as numbers: where each bar begins and how long it is, as shares of the width. The template draws them.

Drawn on the server, in lengths that are shares of the page: no script runs, a page at 400 % zoom wraps instead of shrinking its words,
and every mark has its number beside it and a pattern of its own, so that no colour is needed. What is drawn, in what words, is data in
charts.toml; its numbers are those of a saved query, which is also the chart's table.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

_FOLDER = Path(__file__).parent


class Series(BaseModel):
    """One of several numbers of a row: the query's column, and what it is called."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    column: str
    label: str


class ChartSpec(BaseModel):
    """How a saved query is drawn. ``rows`` names the column that says what a row is; ``groups`` one that parts the rows under headings.

    ``bars`` lays the series of a row end to end; ``months`` draws a panel of columns for each series over the latest ``most`` months;
    ``spread`` draws the first series as a point between the second and the third; ``matrix`` puts the one series in a table of rows
    against ``across``. Rows past ``most`` are left to the table.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str
    query: str
    kind: Literal["bars", "months", "spread", "matrix"]
    rows: str
    series: tuple[Series, ...] = Field(min_length=1)
    groups: str | None = None
    across: str | None = None
    unit: str = ""
    decimals: int = Field(0, ge=0, le=3)
    most: int = Field(20, ge=1, le=400)
    reading: str
    """How to read it, and what it does not say."""


@dataclass(frozen=True)
class Bar:
    """One part of a row: its series (an index), its value, and where it lies, in per cent of the width."""

    series: int
    value: float
    start: float
    length: float


@dataclass(frozen=True)
class Row:
    """One row with its parts. ``total`` is their sum."""

    label: str
    bars: tuple[Bar, ...]
    total: float


@dataclass(frozen=True)
class Group:
    """Rows under one heading; the heading is empty where the chart has no groups."""

    label: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Cell:
    """One field of a matrix; None where there is nothing to count."""

    value: float | None


@dataclass(frozen=True)
class Chart:
    """Everything the template draws. ``zero`` is where nought lies and ``ticks`` are (value, place), in per cent of the width.

    For ``months`` a group is a panel, a row a month, and a bar is measured in per cent of the height. ``across`` and ``cells`` are the
    head and body of a matrix, each body row (label, cells). ``left_out`` counts rows that only the table has.
    """

    spec: ChartSpec
    groups: tuple[Group, ...] = ()
    zero: float = 0.0
    ticks: tuple[tuple[float, float], ...] = ()
    across: tuple[str, ...] = ()
    cells: tuple[tuple[str, tuple[Cell, ...]], ...] = ()
    left_out: int = 0

    @property
    def empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not self.cells and not any(group.rows for group in self.groups)


@cache
def chart_specs() -> dict[str, ChartSpec]:
    """The charts of charts.toml by name, in its order. Raises pydantic.ValidationError where one is not as it should be."""
    return {n: ChartSpec(**spec) for n, spec in tomllib.loads((_FOLDER / "charts.toml").read_text(encoding="utf-8")).items()}


def drawn(spec: ChartSpec, rows: Sequence[Mapping[str, Any]]) -> Chart:
    """The chart of a query's rows. Values that are None count as nothing and are not drawn.

    >>> spec = ChartSpec(title="", query="", kind="bars", rows="organ", series=(Series(column="antal", label="antal"),), reading="")
    >>> drawn(spec, [{"organ": "RS", "antal": 4}]).groups[0].rows[0].bars
    (Bar(series=0, value=4.0, start=0.0, length=100.0),)
    """
    return {"bars": _bars, "months": _months, "spread": _spread, "matrix": _matrix}[spec.kind](spec, rows)


def _values(spec: ChartSpec, row: Mapping[str, Any]) -> list[float | None]:
    return [None if row[s.column] is None else float(row[s.column]) for s in spec.series]


def _bars(spec: ChartSpec, rows: Sequence[Mapping[str, Any]]) -> Chart:
    shown = rows[: spec.most]
    ends = [0.0]
    for row in shown:
        values = [v for v in _values(spec, row) if v is not None]
        ends += [sum(v for v in values if v > 0), sum(v for v in values if v < 0)]
    low, high, ticks = _scale(min(ends), max(ends))

    def place(value: float) -> float:
        return 100.0 * (value - low) / (high - low)

    groups: dict[str, list[Row]] = {}
    for row in shown:
        up = down = 0.0
        bars: list[Bar] = []
        for number, value in enumerate(_values(spec, row)):
            if not value:
                continue
            begin = up if value > 0 else down + value
            bars.append(Bar(number, value, round(place(begin), 2), round(place(begin + abs(value)) - place(begin), 2)))
            up, down = (up + value, down) if value > 0 else (up, down + value)
        heading = str(row[spec.groups]) if spec.groups else ""
        groups.setdefault(heading, []).append(Row(str(row[spec.rows]), tuple(bars), up + down))
    parted = tuple(Group(label, tuple(inner)) for label, inner in groups.items())
    return Chart(spec, parted, round(place(0.0), 2), tuple((t, round(place(t), 2)) for t in ticks), left_out=len(rows) - len(shown))


def _months(spec: ChartSpec, rows: Sequence[Mapping[str, Any]]) -> Chart:
    """Every month from the first shown to the last has its place, also those that nothing happened in."""
    known = {str(row[spec.rows]): _values(spec, row) for row in rows}
    if not known:
        return Chart(spec)
    last = max(known)
    months = [last]
    while months[0] > min(known) and len(months) < spec.most:
        year, number_in_year = (int(part) for part in months[0].split("-"))
        months.insert(0, f"{year - (number_in_year == 1):04d}-{(number_in_year - 2) % 12 + 1:02d}")
    # Both panels on one scale, so that their heights can be compared.
    _, high, ticks = _scale(0.0, max((v or 0.0 for m in months for v in known.get(m, [])), default=0.0))
    panels = []
    nothing: list[float | None] = [0.0] * len(spec.series)
    for number, series in enumerate(spec.series):
        columns = []
        for month in months:
            value = known.get(month, nothing)[number] or 0.0
            columns.append(Row(month, (Bar(number, value, 0.0, round(100.0 * value / high, 2)),), value))
        panels.append(Group(series.label, tuple(columns)))
    return Chart(spec, tuple(panels), 0.0, tuple((t, round(100.0 * t / high, 2)) for t in ticks), left_out=len(known.keys() - set(months)))


def _spread(spec: ChartSpec, rows: Sequence[Mapping[str, Any]]) -> Chart:
    shown = [row for row in rows if None not in _values(spec, row)][: spec.most]
    values = [[v for v in _values(spec, row) if v is not None] for row in shown]
    low, high, ticks = _scale(min([0.0, *(v for part in values for v in part)]), max([0.0, *(v for part in values for v in part)]))

    def place(value: float) -> float:
        return round(100.0 * (value - low) / (high - low), 2)

    lines = []
    for row, (middle, first, last) in zip(shown, values, strict=True):
        bars = (Bar(0, middle, place(middle), 0.0), Bar(1, first, place(first), 0.0), Bar(2, last, place(last), 0.0))
        lines.append(Row(str(row[spec.rows]), bars, middle))
    return Chart(spec, (Group("", tuple(lines)),), place(0.0), tuple((t, place(t)) for t in ticks), left_out=len(rows) - len(shown))


def _matrix(spec: ChartSpec, rows: Sequence[Mapping[str, Any]]) -> Chart:
    if spec.across is None:
        raise ValueError(f"the chart {spec.title!r} is a matrix and does not say what is across")
    known = {(str(row[spec.rows]), str(row[spec.across])): v for row in rows if (v := _values(spec, row)[0]) is not None}
    across = tuple(sorted({column for _, column in known})[-10:])
    labels = list(dict.fromkeys(label for label, column in known if column in across))[: spec.most]
    cells = tuple((label, tuple(Cell(known.get((label, column))) for column in across)) for label in labels)
    return Chart(spec, across=across, cells=cells, left_out=len(known) - sum(c.value is not None for _, row in cells for c in row))


def _scale(low: float, high: float) -> tuple[float, float, tuple[float, ...]]:
    """An axis over the values that begins and ends at round numbers, with at most six of them to write out."""
    if high - low < 1e-9:  # nothing, or less than any number here tells
        return 0.0, 1.0, (0.0,)
    rough = (high - low) / 4
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * part for part in (1, 2, 2.5, 5, 10) if power * part >= rough * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return first * step, last * step, tuple(n * step for n in range(first, last + 1))
