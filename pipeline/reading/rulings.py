"""The ruling lines of a page: what is drawn straight across or straight down, however it is drawn."""

from __future__ import annotations

import ctypes
import itertools
from typing import NamedTuple

from pipeline.reading import many
from pipeline.reading import pdfium_calls as pdfium
from pipeline.reading.geometry import Affine

# A page with more drawn objects is a picture (a map, a text turned into outlines), and finding tables in it would cost seconds.
OBJECTS_AT_MOST = 3000
RULES_AT_MOST = 1200
_STRAIGHT = 1.0  # points a rule may deviate
_THIN = 3.0  # a filled rectangle thinner than this is a rule
_SHORTEST = 6.0


_DRAWN = (pdfium.PAGE_OBJECT_PATH, pdfium.PAGE_OBJECT_FORM)


class Rule(NamedTuple):
    """A straight line as shown, in points from the top left; across where top == bottom, down where x0 == x1."""

    x0: float
    top: float
    x1: float
    bottom: float

    @property
    def across(self) -> bool:
        """Whether the rule is horizontal."""
        return self.top == self.bottom


class Rulings(NamedTuple):
    """The rules of a page, or the reason why they were not looked for."""

    rules: list[Rule]
    skipped: str | None = None


class RulingFinder:
    """Reads the path objects of pages, in forms too. Keeps its buffers from page to page."""

    def __init__(self) -> None:
        self._x, self._y = ctypes.c_float(), ctypes.c_float()
        self._matrix = (ctypes.c_float * 6)()
        self._fill, self._stroke = ctypes.c_int(), ctypes.c_int()
        self._budget = 0

    def rulings_of(self, page: int, shown: Affine, area: float) -> Rulings:
        """The page's rules; ``area`` is that of the page in square points. An ordinary page of text costs a call or two an object."""
        count = pdfium.count_objects(page)
        if count > 3 * OBJECTS_AT_MOST:
            return Rulings([], f"{count} ritobjekt på sidan: tabeller har inte sökts")
        things = [thing for thing in many.parts(pdfium.GET_OBJECT, page, list(range(count))) if thing is not None]
        kinds = many.kinds(pdfium.OBJECT_TYPE, things)
        if kinds.count(pdfium.PAGE_OBJECT_TEXT) == count:
            return Rulings([])
        drawn = [(thing, kind) for thing, kind in zip(things, kinds, strict=True) if kind in _DRAWN]
        if not drawn:
            return Rulings([])
        self._budget = OBJECTS_AT_MOST
        rules: list[Rule] = []
        for thing, kind in drawn:
            self._collect(thing, kind, shown, area, rules, 3)
            if self._budget < 0 or len(rules) > RULES_AT_MOST:
                return Rulings([], f"fler än {OBJECTS_AT_MOST if self._budget < 0 else RULES_AT_MOST} linjer: tabeller har inte sökts")
        return Rulings(rules)

    def _collect(self, thing: int, kind: int, to_page: Affine, area: float, rules: list[Rule], depth: int) -> None:
        self._budget -= 1
        if self._budget < 0 or depth == 0:
            return
        if not pdfium.object_matrix(thing, ctypes.addressof(self._matrix)):
            return
        affine = _product(tuple(self._matrix), to_page)
        if kind == pdfium.PAGE_OBJECT_FORM:
            for index in range(max(pdfium.form_count_objects(thing), 0)):
                inner = pdfium.form_get_object(thing, index)
                inner_kind = pdfium.object_type(inner) if inner else 0
                if inner_kind in (pdfium.PAGE_OBJECT_PATH, pdfium.PAGE_OBJECT_FORM):
                    self._collect(inner, inner_kind, affine, area, rules, depth - 1)
            return
        pdfium.path_draw_mode(thing, ctypes.addressof(self._fill), ctypes.addressof(self._stroke))
        if not self._fill.value and not self._stroke.value:
            return  # only clips
        self._path(thing, affine, area, rules)

    def _path(self, path: int, affine: Affine, area: float, rules: list[Rule]) -> None:
        """Adds the rules of one path: a rectangle's sides, a thin rectangle's middle, straight strokes."""
        count = pdfium.path_count_segments(path)
        if count > 400:
            return
        a, b, c, d, e, f = affine
        at_x, at_y = ctypes.addressof(self._x), ctypes.addressof(self._y)
        subpaths: list[list[tuple[float, float]]] = []
        for index in range(count):
            segment = pdfium.path_segment(path, index)
            kind = pdfium.segment_type(segment)
            if kind == pdfium.SEGMENT_CURVE:
                return  # a drawing, rounded corners at best
            pdfium.segment_point(segment, at_x, at_y)
            x, y = self._x.value, self._y.value
            point = (a * x + b * y + c, d * x + e * y + f)
            if kind == pdfium.SEGMENT_MOVE or not subpaths:
                subpaths.append([point])
            else:
                subpaths[-1].append(point)
            if pdfium.segment_close(segment):
                subpaths[-1].append(subpaths[-1][0])
        filled_only = not self._stroke.value
        for points in subpaths:
            _add(points, filled_only, area, rules)


def _product(inner: tuple[float, ...], outer: Affine) -> Affine:
    """The map that applies a pdfium matrix (a, b, c, d, e, f: x' = ax + cy + e) and then ``outer`` (x' = ax + by + c, y' = dx + ey + f)."""
    ia, ib, ic, id_, ie, if_ = inner
    a, b, c, d, e, f = outer
    return (a * ia + b * ib, a * ic + b * id_, a * ie + b * if_ + c, d * ia + e * ib, d * ic + e * id_, d * ie + e * if_ + f)


def _add(points: list[tuple[float, float]], filled_only: bool, area: float, rules: list[Rule]) -> None:
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    x0, x1, top, bottom = min(xs), max(xs), min(ys), max(ys)
    width, height = x1 - x0, bottom - top
    if len(points) > 2 and width * height > 0.8 * area:
        return  # the background
    if height <= _THIN and width >= _SHORTEST:
        middle = (top + bottom) / 2
        rules.append(Rule(x0, middle, x1, middle))
        return
    if width <= _THIN and height >= _SHORTEST:
        middle = (x0 + x1) / 2
        rules.append(Rule(middle, top, middle, bottom))
        return
    if filled_only and len(points) not in (4, 5):
        return
    for (ax, ay), (bx, by) in itertools.pairwise(points):
        if abs(ay - by) <= _STRAIGHT and abs(ax - bx) >= _SHORTEST:
            rules.append(Rule(min(ax, bx), (ay + by) / 2, max(ax, bx), (ay + by) / 2))
        elif abs(ax - bx) <= _STRAIGHT and abs(ay - by) >= _SHORTEST:
            rules.append(Rule((ax + bx) / 2, min(ay, by), (ax + bx) / 2, max(ay, by)))
