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

from pipeline.reading.geometry import LETTER, WIDE, Affine, shown_box, sized

Piece = tuple[int, float, float, float]
"""Of words that stand close to one another: the number of the word behind them, and top, right and bottom of their last character."""

Placed = tuple[list[float], float, float, int | None, list[Piece]]
"""Of one line: the left edges of its words, its baseline, its size, its font, and its pieces. Points as shown."""


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
    has a word without a place or left of the one before, or that begins outside the page as shown (two points left or above, or beyond
    ``far_right`` or ``far_down``).

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
        found.append(None if placed is None else (*placed[:3], font_of(text_object), placed[3]))
    return found


def _placed(
    functions: Sequence[int], thing: int, first: int, last: int, words: list[str], shown: Affine, far_right: float, far_down: float
) -> tuple[list[float], float, float, list[Piece]] | None:
    """A line as in :data:`Placed`, without its font."""
    origin = _function(functions[1], c_int, c_void_p, c_int, c_void_p, c_void_p)
    size_of = _function(functions[2], c_double, c_void_p, c_int)
    matrix_of, box_of = (_function(functions[at], c_int, c_void_p, c_int, c_void_p) for at in (3, 4))
    a, b, c, d, e, f = shown
    numbers = (ctypes.c_float * 8)()
    has_matrix = matrix_of(thing, first, ctypes.addressof(numbers))
    size, level = sized(size_of(thing, first), (numbers[0], numbers[1], numbers[2], numbers[3]) if has_matrix else None, shown)
    if not level:
        return None

    def box(index: int) -> tuple[float, float, float]:
        if not box_of(thing, index, ctypes.addressof(numbers)):
            return 0.0, 0.0, 0.0
        return shown_box((numbers[0], numbers[1], numbers[2], numbers[3]), shown)[1:]

    x, y = c_double(), c_double()
    edges: list[float] = []
    pieces: list[Piece] = []
    baseline, base, start = 0.0, 0.0, first
    for number, word in enumerate(words):
        if not origin(thing, start, ctypes.addressof(x), ctypes.addressof(y)):
            return None
        edge, base = a * x.value + b * y.value + c, d * x.value + e * y.value + f
        if number == 0:
            if not (-2.0 <= base <= far_down and -2.0 <= edge <= far_right):
                return None
            baseline = base
        elif edge > edges[-1] + LETTER * size * len(words[number - 1]) + size:
            top, right, bottom = box(start - 2)
            if edge - right > WIDE * size:
                pieces.append((number, top, right, bottom))
        elif not edge >= edges[-1]:
            return None
        edges.append(edge)
        start += len(word) + 1
    if not edges or not abs(base - baseline) <= 0.01 * size:
        return None
    return edges, baseline, size, [*pieces, (len(words), *box(last))]


def parts(function: int, thing: int, indexes: list[int]) -> list[int | None]:
    """The addresses that ``void *function(thing, index)`` returns for each index."""
    call = _function(function, c_void_p, c_void_p, c_int)
    return [call(thing, index) for index in indexes]


def kinds(function: int, things: list[int]) -> list[int]:
    """The number that ``int function(thing)`` returns for each thing."""
    call = _function(function, c_int, c_void_p)
    return [call(thing) for thing in things]
