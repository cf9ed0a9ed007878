"""Many questions to pdfium in one call: of all lines of a page where their words begin, of all its objects what they are.

Each function is given the address of what is to be called in pdfium and calls it for each of a list. pipeline/reading/many.c is the same in
C, and runs in this module's place once `make compile` has made it (rules/compiled.py): a page has some 600 such questions, and through
ctypes each costs twenty times what pdfium takes to answer.

Addresses are integers, None where there is nothing; pdfium is not thread-safe, so hold its lock (pipeline.reading.pdfium_calls).
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Sequence
from ctypes import c_double, c_int, c_void_p
from functools import lru_cache
from typing import Any

from pipeline.reading.geometry import Affine, shown_box, sized

Placed = tuple[list[float], float, float, int | None, float, float, float, bool]
"""Of one line: the left edges of its words, its baseline, its size, its font; top, right and bottom of its last character; whether each
word stands close behind the one before. Points as shown."""


@lru_cache(maxsize=32)
def _function(address: int, result: Any, *arguments: Any) -> Callable[..., Any]:
    return ctypes.PYFUNCTYPE(result, *arguments)(address)


def lines(
    functions: tuple[int, int, int, int, int, int],
    thing: int,
    wanted: list[tuple[int, int, list[str]]],
    shown: Affine,
    far_right: float,
    far_down: float,
) -> list[Placed | None]:
    """Where the lines of a page stand: ``wanted`` has the first character, the last one and the words of each, with one character between.

    ``functions`` are pdfium's for a character's object, origin, size, matrix and loose box, and for the font of an object; ``thing`` is
    what the first five are asked of. None for a line of several text objects, that does not run from left to right on one baseline, that
    has a word without a place, or that begins outside the page as shown (two points left or above, or beyond ``far_right`` or
    ``far_down``).

    NOTE: one text object has one font, one size and one baseline, so only the words' left edges are asked for; but something may stand
    between its first and its last character, which is why the last word's baseline is compared.
    """
    object_of = _function(functions[0], c_void_p, c_void_p, c_int)
    font_of = _function(functions[5], c_void_p, c_void_p)
    found: list[Placed | None] = []
    for first, last, words in wanted:
        text_object = object_of(thing, first)
        if text_object is None or text_object != object_of(thing, last):
            found.append(None)
            continue
        placed = _placed(functions, thing, first, last, words, shown, far_right, far_down)
        found.append(None if placed is None else (*placed[:3], font_of(text_object), *placed[3:]))
    return found


def _placed(
    functions: Sequence[int], thing: int, first: int, last: int, words: list[str], shown: Affine, far_right: float, far_down: float
) -> tuple[list[float], float, float, float, float, float, bool] | None:
    """A line as in :data:`Placed`, without its font."""
    origin = _function(functions[1], c_int, c_void_p, c_int, c_void_p, c_void_p)
    size_of = _function(functions[2], c_double, c_void_p, c_int)
    matrix_of, box_of = (_function(functions[at], c_int, c_void_p, c_int, c_void_p) for at in (3, 4))
    a, b, c, d, e, f = shown
    matrix = (ctypes.c_float * 8)()
    has_matrix = matrix_of(thing, first, ctypes.addressof(matrix))
    size, level = sized(size_of(thing, first), (matrix[0], matrix[1], matrix[2], matrix[3]) if has_matrix else None, shown)
    if not level:
        return None
    x, y = c_double(), c_double()
    edges, baseline, base, start = [], 0.0, 0.0, first
    for word in words:
        if not origin(thing, start, ctypes.addressof(x), ctypes.addressof(y)):
            return None
        edges.append(a * x.value + b * y.value + c)
        base = d * x.value + e * y.value + f
        if start == first:
            baseline = base
        start += len(word) + 1
    on_page = edges and -2.0 <= baseline <= far_down and -2.0 <= edges[0] <= far_right
    if not on_page or not abs(base - baseline) <= 0.01 * size:
        return None
    close, least, most = True, edges[0], edges[0]
    for edge, word in zip(edges, words, strict=True):
        if not least <= edge <= most:
            close = False
            break
        least, most = edge, edge + 0.4 * size * len(word) + size
    rectangle = (ctypes.c_float * 4)()
    if not box_of(thing, last, ctypes.addressof(rectangle)):
        return edges, baseline, size, 0.0, 0.0, 0.0, close
    _, top, right, bottom = shown_box((rectangle[0], rectangle[1], rectangle[2], rectangle[3]), shown)
    return edges, baseline, size, top, right, bottom, close


def parts(function: int, thing: int, indexes: list[int]) -> list[int | None]:
    """The addresses that ``void *function(thing, index)`` returns for each index."""
    call = _function(function, c_void_p, c_void_p, c_int)
    return [call(thing, index) for index in indexes]


def kinds(function: int, things: list[int]) -> list[int]:
    """The number that ``int function(thing)`` returns for each thing."""
    call = _function(function, c_int, c_void_p)
    return [call(thing) for thing in things]
