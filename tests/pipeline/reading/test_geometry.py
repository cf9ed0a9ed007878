"""From the file's space to the page as shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.reading.geometry import Affine, Quadruple, direction, shown_box, sized

_UPRIGHT: Affine = (1.0, 0.0, 0.0, 0.0, -1.0, 842.0)
_QUARTER: Affine = (0.0, 1.0, 0.0, 1.0, 0.0, 0.0)


@pytest.mark.parametrize(
    ("matrix", "shown", "size", "level"),
    [
        (None, _UPRIGHT, 11.0, True),
        ((1.0, 0.0, 0.0, 1.0), _UPRIGHT, 11.0, True),
        ((2.0, 0.0, 0.0, 2.0), _UPRIGHT, 22.0, True),
        ((0.5, 0.0, 0.0, 1.0), _UPRIGHT, 11.0, True),  # narrow letters are as tall
        ((0.0, 1.0, -1.0, 0.0), _UPRIGHT, 11.0, False),  # up the margin
        ((0.0, 1.0, -1.0, 0.0), _QUARTER, 11.0, True),  # and from left to right where the page is turned
        ((-1.0, 0.0, 0.0, -1.0), _UPRIGHT, 11.0, False),  # upside down
        ((1.0, 0.05, -0.05, 1.0), _UPRIGHT, 11.0137, True),  # a scan a little askew
        ((1.0, 0.2, -0.2, 1.0), _UPRIGHT, 11.2178, False),
        ((1.0, 0.0, 0.0, 0.0), _UPRIGHT, 11.0, True),  # a matrix without height says nothing of it
    ],
)
def test_size_and_direction_of_text(matrix: Quadruple | None, shown: Affine, size: float, level: bool) -> None:
    found, found_level = sized(11.0, matrix, shown)
    assert found == pytest.approx(size, abs=1e-3)
    assert found_level is level


def test_text_without_a_size_has_one() -> None:
    assert sized(0.0, None, _UPRIGHT) == (1.0, True)


def test_text_goes_along_and_down() -> None:
    assert direction((1.0, 0.0, 0.0, 1.0), _UPRIGHT) == (1.0, 0.0)
    assert direction((0.0, 1.0, -1.0, 0.0), _UPRIGHT) == (0.0, -1.0)


_numbers = st.floats(-500, 500)


@given(st.tuples(_numbers, _numbers, _numbers, _numbers), st.sampled_from([_UPRIGHT, _QUARTER, (0.9, 0.1, 3.0, -0.2, -1.1, 700.0)]))
def test_a_box_as_shown_holds_its_corners(box: Quadruple, shown: Affine) -> None:
    x0, top, x1, bottom = shown_box(box, shown)
    a, b, c, d, e, f = shown
    for x, y in ((box[0], box[1]), (box[2], box[3])):
        assert x0 <= a * x + b * y + c <= x1
        assert top <= d * x + e * y + f <= bottom
