"""Many questions to pdfium in one call: of all words of a page where they begin, of all its objects what they are.

Each function is given the address of the function of pdfium's that is to be called and calls it for each of a list. pipeline/reading/many.c
is the same in C, and runs in this module's place once `make compile` has made it (rules/compiled.py): a page has some 600 such questions,
and through ctypes each costs twenty times what pdfium takes to answer.

Addresses are integers, None where there is nothing; pdfium is not thread-safe, so hold its lock (pipeline.reading.pdfium_calls).
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from ctypes import c_double, c_int, c_void_p
from functools import lru_cache
from typing import Any

Quadruple = tuple[float, float, float, float]


@lru_cache(maxsize=32)
def _function(address: int, result: Any, *arguments: Any) -> Callable[..., Any]:
    return ctypes.PYFUNCTYPE(result, *arguments)(address)


def points(function: int, thing: int, indexes: list[int]) -> tuple[list[float], list[float], list[int]]:
    """x and y that ``int function(thing, index, double *x, double *y)`` writes for each index, and at which places of the list there was
    nothing to write (it returned 0; what stands there means nothing)."""
    call = _function(function, c_int, c_void_p, c_int, c_void_p, c_void_p)
    xs, ys, missing = [], [], []
    x, y = c_double(), c_double()
    for at, index in enumerate(indexes):
        if not call(thing, index, ctypes.addressof(x), ctypes.addressof(y)):
            missing.append(at)
        xs.append(x.value)
        ys.append(y.value)
    return xs, ys, missing


def quadruples(function: int, thing: int, indexes: list[int]) -> tuple[list[Quadruple], list[int]]:
    """The first four numbers of the rectangle or the matrix that ``int function(thing, index, float *numbers)`` writes for each index, and
    at which places of the list there was none (it returned 0; what stands there means nothing)."""
    call = _function(function, c_int, c_void_p, c_int, c_void_p)
    found, missing = [], []
    numbers = (ctypes.c_float * 8)()
    for at, index in enumerate(indexes):
        if not call(thing, index, ctypes.addressof(numbers)):
            missing.append(at)
        found.append((numbers[0], numbers[1], numbers[2], numbers[3]))
    return found, missing


def numbers(function: int, thing: int, indexes: list[int]) -> list[float]:
    """What ``double function(thing, index)`` returns for each index."""
    call = _function(function, c_double, c_void_p, c_int)
    return [call(thing, index) for index in indexes]


def parts(function: int, thing: int, indexes: list[int]) -> list[int | None]:
    """The addresses that ``void *function(thing, index)`` returns for each index."""
    call = _function(function, c_void_p, c_void_p, c_int)
    return [call(thing, index) for index in indexes]


def owners(function: int, things: list[int]) -> list[int | None]:
    """The address that ``void *function(thing)`` returns for each thing."""
    call = _function(function, c_void_p, c_void_p)
    return [call(thing) for thing in things]


def kinds(function: int, things: list[int]) -> list[int]:
    """The number that ``int function(thing)`` returns for each thing."""
    call = _function(function, c_int, c_void_p)
    return [call(thing) for thing in things]
