"""Marks of a chart as SVG text: an area with axes, lines, bands and bars."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from math import log2

WIDTH, HEIGHT = 480, 320
_LEFT, _RIGHT, _TOP, _BOTTOM = 48, 12, 12, 44

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
"""Of the models in order (Okabe and Ito 2008): told apart with every common kind of colour blindness."""

DASHES = ("", "7 3", "2 3", "9 3 2 3", "4 4", "1 4")
"""The same in lines, for print without colours."""


@dataclass(frozen=True, slots=True)
class Area:
    """Where k = 1 .. max_k on a log scale and values of a range lie.

    Attributes:
        max_k: The largest k.
        low: The least value.
        high: The greatest value, above `low`.
    """

    max_k: int
    low: float
    high: float

    def x(self, k: float) -> float:
        """Return the place of a k from the left."""
        share = log2(k) / log2(self.max_k) if self.max_k > 1 else 0.5
        return _LEFT + share * (WIDTH - _LEFT - _RIGHT)

    def y(self, value: float) -> float:
        """Return the place of a value from the top."""
        share = (value - self.low) / (self.high - self.low)
        return HEIGHT - _BOTTOM - share * (HEIGHT - _TOP - _BOTTOM)

    def points(self, ks: Iterable[int], values: Iterable[float]) -> str:
        """Return places as the attribute `points` wants them."""
        pairs = zip(ks, values, strict=True)
        return " ".join(f"{self.x(k):.1f},{self.y(value):.1f}" for k, value in pairs)


def chart(title: str, marks: Iterable[str]) -> str:
    """Return a chart; the title is what a screen reader says of it."""
    told = escape(title)
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{told}">'
        f"<title>{told}</title>{''.join(marks)}</svg>"
    )


def axes(area: Area, ticks: Sequence[float]) -> str:
    """Return grid lines and labels: values in percent, k at powers of 2 or 4."""
    left, right = area.x(1), WIDTH - _RIGHT
    lines = [
        f'<line class="grid" x1="{_LEFT}" x2="{right}" y1="{area.y(tick):.1f}" y2="{area.y(tick):.1f}"/>'
        f'<text x="{_LEFT - 6}" y="{area.y(tick) + 4:.1f}" text-anchor="end">{100 * tick:.0f}</text>'
        for tick in ticks
    ]
    step = 1 if area.max_k <= 64 else 2
    for power in range(0, area.max_k.bit_length(), step):
        x = area.x(1 << power)
        lines.append(
            f'<text x="{x:.1f}" y="{HEIGHT - _BOTTOM + 18}" text-anchor="middle">{1 << power}</text>'
        )
    middle = (left + right) / 2
    lines.append(f'<text x="{middle:.0f}" y="{HEIGHT - 6}" text-anchor="middle">k</text>')
    return "".join(lines)


def line(points: str, place: int) -> str:
    """Return the line of the model at this place."""
    colour, dash = COLOURS[place % len(COLOURS)], DASHES[place % len(DASHES)]
    return f'<polyline class="line" points="{points}" stroke="{colour}" stroke-dasharray="{dash}"/>'


def ribbon(
    area: Area, ks: Sequence[int], low: Sequence[float], high: Sequence[float], place: int
) -> str:
    """Return the band of the model at this place."""
    around = f"{area.points(ks, high)} {area.points(reversed(ks), reversed(low))}"
    return f'<polygon points="{around}" fill="{COLOURS[place % len(COLOURS)]}" opacity="0.18"/>'


def upright(area: Area, k: int, label: str) -> str:
    """Return a marked k."""
    x = area.x(k)
    anchor, shift = ("end", -4) if x > WIDTH * 0.6 else ("start", 4)
    return (
        f'<line class="mark" x1="{x:.1f}" x2="{x:.1f}" y1="{_TOP}" y2="{HEIGHT - _BOTTOM}"/>'
        f'<text x="{x + shift:.1f}" y="{_TOP + 11}" text-anchor="{anchor}">{escape(label)}</text>'
    )


def bars(labels: Sequence[str], columns: Sequence[Sequence[int]]) -> Iterable[str]:
    """Yield grouped bars: one group a label, one bar a column, heights by the greatest."""
    greatest = max((max(column) for column in columns), default=0) or 1
    group = (WIDTH - _LEFT - _RIGHT) / len(labels)
    width = 0.8 * group / len(columns)
    room = HEIGHT - _TOP - 2 * _BOTTOM
    for number, label in enumerate(labels):
        left = _LEFT + number * group
        for place, column in enumerate(columns):
            height = room * column[number] / greatest
            x, y = left + place * width, _TOP + 14 + room - height
            yield (
                f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" '
                f'fill="{COLOURS[place % len(COLOURS)]}"><title>{column[number]:,}</title></rect>'
            )
        x, y = left + 0.4 * group, _TOP + 26 + room
        yield (
            f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="end" '
            f'transform="rotate(-45 {x:.1f} {y:.1f})">{escape(label)}</text>'
        )
    yield f'<text x="{_LEFT - 6}" y="{_TOP + 18}" text-anchor="end">{greatest:,}</text>'
