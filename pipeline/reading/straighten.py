"""Scans laid askew: by how much, the straight picture, and the way back from it to the page."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from math import cos, radians, sin

from PIL import Image

Point = tuple[float, float]
WayBack = Callable[[float, float], Point]

_STEEPEST = 6.0  # degrees; a page laid more askew than this does not happen in a feeder
_LEAST = 0.2  # degrees that matter to Tesseract
_SIDE = 700  # pixels of the picture the angle is looked for in


def skew_of(picture: Image.Image) -> float:
    """The angle in degrees, counter-clockwise positive, that makes the lines of text level; 0 where none stands out.

    Printed lines, when level, make the sums of the pixel rows differ most from row to row.
    """
    small = picture.copy()
    small.thumbnail((_SIDE, _SIDE), Image.Resampling.BOX)
    small = small.point(lambda grey: 255 if grey < 160 else 0)
    if small.getbbox() is None:
        return 0.0
    level = best = _sharpness(small, 0.0)
    angle = 0.0
    for step, reach in ((1.0, _STEEPEST), (0.25, 0.75), (0.1, 0.2)):
        centre = angle
        count = round(reach / step)
        for turn in (centre + step * number for number in range(-count, count + 1)):
            sharpness = _sharpness(small, turn)
            if sharpness > best:
                best, angle = sharpness, turn
    # A page without lines of text has no clear best angle: leave it.
    return angle if abs(angle) >= _LEAST and best > 1.08 * level else 0.0


def _sharpness(picture: Image.Image, angle: float) -> float:
    turned = picture.rotate(angle, Image.Resampling.BILINEAR) if angle else picture
    rows = turned.resize((1, turned.height), Image.Resampling.BOX).tobytes()
    return float(sum((a - b) ** 2 for a, b in itertools.pairwise(rows)))


def straightened(picture: Image.Image, angle: float) -> tuple[Image.Image, WayBack]:
    """The picture turned by ``angle`` degrees about its middle, and the map from its pixels to those of ``picture``."""
    if not angle:
        return picture, lambda x, y: (x, y)
    along, across = cos(radians(angle)), sin(radians(angle))
    cx, cy = picture.width / 2, picture.height / 2
    turned = picture.rotate(angle, Image.Resampling.BICUBIC, fillcolor=255)
    return turned, lambda x, y: (along * (x - cx) - across * (y - cy) + cx, across * (x - cx) + along * (y - cy) + cy)


def turned_upright(picture: Image.Image, clockwise: int) -> tuple[Image.Image, WayBack]:
    """The picture turned by a quarter, a half or three quarters, and the map from its pixels to those of ``picture``."""
    width, height = picture.size
    if clockwise == 90:
        return picture.transpose(Image.Transpose.ROTATE_270), lambda x, y: (y, height - x)
    if clockwise == 180:
        return picture.transpose(Image.Transpose.ROTATE_180), lambda x, y: (width - x, height - y)
    if clockwise == 270:
        return picture.transpose(Image.Transpose.ROTATE_90), lambda x, y: (width - y, x)
    return picture, lambda x, y: (x, y)
