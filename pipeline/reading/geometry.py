"""From the file's space to the page as it is shown, in points from its top left."""

from __future__ import annotations

from math import sqrt

Affine = tuple[float, float, float, float, float, float]
"""What takes a point there: x' = ax + by + c, y' = dx + ey + f."""

Quadruple = tuple[float, float, float, float]

LEVEL = 0.09
"""Of what a line goes along: by so much it may rise or fall."""
LETTER, WIDE = 0.4, 1.1
"""Font sizes: no letter is narrower than the one, and what is wider than the other parts two words of a line."""


def sized(size: float, matrix: Quadruple | None, shown: Affine) -> tuple[float, bool]:
    """Size in points as shown of text of that size in that matrix (none: as it is), and whether it runs from left to right as shown."""
    level = True
    if matrix is not None:
        size *= sqrt(matrix[2] * matrix[2] + matrix[3] * matrix[3]) or 1.0
        along, down = direction(matrix, shown)
        level = along > 0 and abs(down) <= LEVEL * along
    return size or 1.0, level


def direction(matrix: Quadruple, shown: Affine) -> tuple[float, float]:
    """How far text in that matrix goes along and down the page as shown."""
    return shown[0] * matrix[0] + shown[1] * matrix[1], shown[3] * matrix[0] + shown[4] * matrix[1]


def shown_box(box: Quadruple, shown: Affine) -> Quadruple:
    """x0, top, x1, bottom as shown of left, top, right, bottom in the file's space."""
    left, top, right, bottom = box
    a, b, c, d, e, f = shown
    x0, y0, x1, y1 = a * left + b * top + c, d * left + e * top + f, a * right + b * bottom + c, d * right + e * bottom + f
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)
