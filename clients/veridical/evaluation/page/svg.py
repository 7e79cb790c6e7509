"""Marks of a chart as SVG text: an area with axes, lines, bands and bars."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from math import log2

WIDTH, HEIGHT = 480, 320
_LEFT, _RIGHT, _TOP, _BOTTOM = 48, 12, 12, 44
_ABOVE = 14
"""Room for marks above bars."""
_ROW = 18
"""Height of a crossing above a chart."""

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
"""Of the models in order (Okabe and Ito 2008): told apart with every common kind of colour blindness."""

DASHES = ("", "7 3", "2 3", "9 3 2 3", "4 4", "1 4")
"""The same in lines, for print without colours."""

_SHAPES = (
    '<circle cx="0" cy="0" r="3.6"/>',
    '<rect x="-3.4" y="-3.4" width="6.8" height="6.8"/>',
    '<path d="M0 -4.6 L4.4 3.4 L-4.4 3.4 Z"/>',
    '<path d="M0 -4.8 L4.8 0 L0 4.8 L-4.8 0 Z"/>',
    '<path d="M0 4.6 L4.4 -3.4 L-4.4 -3.4 Z"/>',
    '<path d="M-4 -4 L4 4 M-4 4 L4 -4" stroke-width="2"/>',
)
"""And in marks."""


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


def chart(title: str, marks: Iterable[str], rows: int = 0) -> str:
    """Return a chart; the title is what a screen reader says of it.

    Args:
        title: What it shows.
        marks: What is in it.
        rows: How many crossings stand above it.
    """
    told, above = escape(title), rows * _ROW
    return (
        f'<svg viewBox="0 {-above} {WIDTH} {HEIGHT + above}" role="img" aria-label="{told}">'
        f"<title>{told}</title>{''.join(marks)}</svg>"
    )


def axes(area: Area, ticks: Sequence[float]) -> str:
    """Return grid lines and labels: values in percent, k on a log scale."""
    left, right = area.x(1), WIDTH - _RIGHT
    lines = [
        f'<line class="{"grid" if tick or not area.low else "grid zero"}" x1="{_LEFT}" x2="{right}" '
        f'y1="{area.y(tick):.1f}" y2="{area.y(tick):.1f}"/><text x="{_LEFT - 6}" '
        f'y="{area.y(tick) + 4:.1f}" text-anchor="end">{f"{100 * tick:.0f}".replace("-", "−")}</text>'
        for tick in ticks
    ]
    lines += [
        f'<text x="{area.x(k):.1f}" y="{HEIGHT - _BOTTOM + 18}" text-anchor="middle">{k}</text>'
        for k in ticks_of_k(area.max_k)
    ]
    middle = (left + right) / 2
    lines.append(f'<text x="{middle:.0f}" y="{HEIGHT - 6}" text-anchor="middle">k</text>')
    return "".join(lines)


def ticks_of_k(last: int) -> list[int]:
    """Return powers of 2, of 4 where there are many, and the last k unless it stands too near to one."""
    ks = [1 << power for power in range(0, last.bit_length(), 1 if last <= 64 else 2)]
    return [*ks, last] if last > 1.3 * ks[-1] else ks


def line(points: str, place: int) -> str:
    """Return the line of the model at this place."""
    colour, dash = COLOURS[place % len(COLOURS)], DASHES[place % len(DASHES)]
    return f'<polyline class="line" points="{points}" stroke="{colour}" stroke-dasharray="{dash}"/>'


def marker(x: float, y: float, place: int) -> str:
    """Return the mark of the model at this place."""
    colour, shape = COLOURS[place % len(COLOURS)], _SHAPES[place % len(_SHAPES)]
    return (
        f'<g transform="translate({x:.1f} {y:.1f})" fill="{colour}" stroke="{colour}">{shape}</g>'
    )


def key(place: int) -> str:
    """Return line and mark of the model at this place, for a legend."""
    return (
        f'<svg viewBox="0 0 44 14" aria-hidden="true">{line("1,7 43,7", place)}'
        f"{marker(22, 7, place)}</svg>"
    )


def ribbon(
    area: Area, ks: Sequence[int], low: Sequence[float], high: Sequence[float], place: int
) -> str:
    """Return the band of the model at this place."""
    around = f"{area.points(ks, high)} {area.points(reversed(ks), reversed(low))}"
    return f'<polygon points="{around}" fill="{COLOURS[place % len(COLOURS)]}" opacity="0.18"/>'


def between(area: Area, low: int | None, high: int | None) -> str:
    """Return an interval of k, shaded; None is an end beyond the last k."""
    left, right = (area.x(area.max_k if k is None else k) for k in (low, high))
    return (
        f'<rect class="span" x="{left:.1f}" y="{_TOP}" width="{right - left:.1f}" '
        f'height="{HEIGHT - _BOTTOM - _TOP}"/>'
    )


def caption(area: Area, value: float, text: str) -> str:
    """Return words beside a value, at the right."""
    return (
        f'<text class="aside" x="{WIDTH - _RIGHT - 4}" y="{area.y(value):.1f}" '
        f'text-anchor="end">{escape(text)}</text>'
    )


def upright(area: Area, k: int, label: str) -> str:
    """Return a marked k."""
    x = area.x(k)
    anchor, shift = ("end", -4) if x > WIDTH * 0.6 else ("start", 4)
    return (
        f'<line class="mark" x1="{x:.1f}" x2="{x:.1f}" y1="{_TOP}" y2="{HEIGHT - _BOTTOM}"/>'
        f'<text x="{x + shift:.1f}" y="{_TOP + 11}" text-anchor="{anchor}">{escape(label)}</text>'
    )


def crossed(area: Area, k: int, ends: tuple[int | None, int | None], row: int, place: int) -> str:
    """Return a marked k in the manner of the model at this place, with its interval above the chart.

    Args:
        area: Where k lies.
        k: The k.
        ends: Of its interval; None is an end beyond the last k.
        row: Which of those above the chart, from 0.
        place: Of the model.
    """
    x, y = area.x(k), _TOP - _ROW * (row + 0.5)
    left, right = (area.x(area.max_k if end is None else end) for end in ends)
    colour, dash = COLOURS[place % len(COLOURS)], DASHES[place % len(DASHES)]
    is_left = right > WIDTH * 0.75
    beside, anchor = (left - 8, "end") if is_left else (right + 8, "start")
    return (
        f'<g class="crossed"><path d="M{x:.1f} {y:.1f} V{HEIGHT - _BOTTOM}" stroke="{colour}" '
        f'stroke-dasharray="{dash or "1 0"}"/><path d="M{left:.1f} {y:.1f} H{right:.1f}" '
        f'stroke="{colour}" stroke-width="2.2"/>{marker(x, y, place)}'
        f'<text x="{beside:.1f}" y="{y + 4:.1f}" text-anchor="{anchor}">k = {k:,}</text></g>'
    )


def bars(labels: Sequence[str], columns: Sequence[Sequence[int]]) -> Iterator[str]:
    """Yield grouped bars: one group a label, one bar a column with its mark, heights by the greatest."""
    greatest = max((max(column) for column in columns), default=0) or 1
    room, base = HEIGHT - _TOP - 2 * _BOTTOM - _ABOVE, HEIGHT - 2 * _BOTTOM
    for tick in _steps(greatest):
        y = base - room * tick / greatest
        yield (
            f'<line class="grid" x1="{_LEFT}" x2="{WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
            f'<text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{tick:,}</text>'
        )
    group = (WIDTH - _LEFT - _RIGHT) / len(labels)
    width = 0.8 * group / len(columns)
    for number, label in enumerate(labels):
        left = _LEFT + (number + 0.1) * group
        for place, column in enumerate(columns):
            height = room * column[number] / greatest
            yield _bar(left + place * width, base, width, height, column[number], place)
        x, y = left + 0.5 * group, base + 14
        yield (
            f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="end" '
            f'transform="rotate(-45 {x:.1f} {y:.1f})">{escape(label)}</text>'
        )


def _bar(left: float, base: float, width: float, height: float, count: int, place: int) -> str:
    bar = (
        f'<rect x="{left:.1f}" y="{base - height:.1f}" width="{width:.1f}" height="{height:.1f}" '
        f'fill="{COLOURS[place % len(COLOURS)]}" fill-opacity="0.9"><title>{count:,}</title></rect>'
    )
    return bar + (marker(left + width / 2, base - height - 7, place) if count else "")


def _steps(greatest: int) -> Sequence[int]:
    """Return round numbers from 0 up to the greatest, a handful of them."""
    step = 1
    while greatest / step > 6:
        step = step * 5 // 2 if str(step)[0] == "2" else step * 2
    return range(0, greatest + 1, step)
