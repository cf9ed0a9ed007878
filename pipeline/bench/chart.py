"""A chart of cost against volume as SVG: one line with its values written beside its points, to be read without colour."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, floor, log10

_WIDTH, _HEIGHT = 640, 340
_LEFT, _RIGHT, _TOP, _BOTTOM = 70, 40, 44, 60


def chart(points: Sequence[tuple[float, float]]) -> str:
    """Milliseconds of processor time a page against pages in a run; the x axis is in powers of ten, the y axis begins at zero."""
    low, high = floor(log10(min(p for p, _ in points))), ceil(log10(max(p for p, _ in points)))
    high = max(high, low + 1)
    top = _ceiling(max(cost for _, cost in points) * 1.15)

    def x(pages: float) -> float:
        return _LEFT + (log10(pages) - low) / (high - low) * (_WIDTH - _LEFT - _RIGHT)

    def y(cost: float) -> float:
        return _HEIGHT - _BOTTOM - cost / top * (_HEIGHT - _TOP - _BOTTOM)

    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" font-family="sans-serif" font-size="13">',
        "<title>Processor time a page against pages in a run</title>",
        f"<desc>{'; '.join(f'{pages:,.0f} pages: {cost:.2f} ms a page' for pages, cost in points)}</desc>",
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>',
        f'<text x="{_LEFT - 50}" y="22" font-weight="bold">Processor time a page, ms (all processes, Prefect\'s server apart)</text>',
    ]
    for step in range(5):
        cost = top * step / 4
        lines.append(f'<path d="M{_LEFT} {y(cost):.1f}H{_WIDTH - _RIGHT}" stroke="#bbb" stroke-width="{2 if step == 0 else 1}"/>')
        lines.append(f'<text x="{_LEFT - 8}" y="{y(cost) + 4:.1f}" text-anchor="end">{cost:g}</text>')
    marks = [10**power for power in range(low, high + 1)]
    lines += [f'<text x="{x(mark):.1f}" y="{_HEIGHT - _BOTTOM + 20}" text-anchor="middle">{mark:,}</text>' for mark in marks]
    lines.append(f'<text x="{(_LEFT + _WIDTH - _RIGHT) / 2:.0f}" y="{_HEIGHT - 12}" text-anchor="middle">pages in the run</text>')
    path = " ".join(f"{'L' if n else 'M'}{x(pages):.1f} {y(cost):.1f}" for n, (pages, cost) in enumerate(points))
    lines.append(f'<path d="{path}" fill="none" stroke="#000" stroke-width="2"/>')
    for pages, cost in points:
        lines.append(f'<circle cx="{x(pages):.1f}" cy="{y(cost):.1f}" r="5" fill="#000"/>')
        # White around the letters, so that the line is not read into them.
        place = f'x="{x(pages):.1f}" y="{y(cost) - 14:.1f}" text-anchor="middle"'
        halo = 'stroke="#fff" stroke-width="4" paint-order="stroke"'
        lines.append(f"<text {place} {halo}>{cost:.1f} ms, {pages:,.0f} pages</text>")
    return "\n".join([*lines, "</svg>"]) + "\n"


def _ceiling(value: float) -> float:
    """The next value that parts into four even steps."""
    step = 10.0 ** floor(log10(value / 4))
    return 4 * step * ceil(value / 4 / step)
