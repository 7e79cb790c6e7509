"""The charts of a report."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import ceil

from veridical.evaluation.analysis import Analysis, Comparison
from veridical.evaluation.bootstrap import Band
from veridical.evaluation.counts import FloatArray
from veridical.evaluation.histogram import BINS
from veridical.evaluation.page.svg import (
    Area,
    axes,
    bars,
    between,
    caption,
    chart,
    crossed,
    line,
    marker,
    ribbon,
    ticks_of_k,
    upright,
)
from veridical.evaluation.words import shown

_SHOWN_KS = 160


def curves_chart(analysis: Analysis) -> str:
    """Return pass@k of all models with their bands; where a pair of curves crosses is marked."""
    highest = max(float(curve.band.high.max()) for curve in analysis.curves)
    top = max(1, ceil(5 * highest - 1e-9))
    area = Area(max(len(curve.estimate) for curve in analysis.curves), 0.0, top / 5)
    step = 1 if top > 2 else 0.5
    marks = [axes(area, [step * tick / 5 for tick in range(round(top / step) + 1)])]
    for place, curve in enumerate(analysis.curves):
        marks += _curve(area, curve.estimate, curve.band, place)
    marks += _crossings(area, analysis.comparisons)
    return chart("pass@k of each model over k, in percent", marks, _rows(analysis.comparisons))


def difference_chart(analysis: Analysis) -> str:
    """Return base minus each other model, with paired bands."""
    found = analysis.comparisons
    reach = max(
        float(max(abs(each.band.low).max(), abs(each.band.high).max(), abs(each.difference).max()))
        for each in found
    )
    reach = max(1, ceil(10 * reach)) / 10
    area = Area(max(len(each.difference) for each in found), -reach, reach)
    marks = [axes(area, [-reach, -reach / 2, 0.0, reach / 2, reach])]
    for place, each in enumerate(found, 1):
        marks += _curve(area, each.difference, each.band, place)
    marks += _crossings(area, found)
    if len(found) == 1:
        marks.append(caption(area, 0.88 * reach, f"{shown(found[0].base)} ahead"))
        marks.append(caption(area, -0.95 * reach, f"{shown(found[0].other)} ahead"))
    return chart("base minus the others over k, in percentage points", marks, _rows(found))


def histogram_chart(analysis: Analysis) -> str:
    """Return how many problems of each accuracy every model has."""
    return chart(
        "problems by accuracy", bars(BINS, [each.problems for each in analysis.histograms])
    )


def _curve(area: Area, values: FloatArray, band: Band, place: int) -> Iterator[str]:
    ks = _spread(len(values))
    low, high, middle = ([float(each[k - 1]) for k in ks] for each in (band.low, band.high, values))
    yield ribbon(area, ks, low, high, place)
    yield line(area.points(ks, middle), place)
    for k in ticks_of_k(len(values)):
        yield marker(area.x(k), area.y(float(values[k - 1])), place)


def _crossings(area: Area, comparisons: Sequence[Comparison]) -> list[str]:
    """Return marks of where the base and each other model cross: of one in the chart, of several above it."""
    marks: list[str] = []
    for place, found in enumerate(comparisons, 1):
        where = found.crossing
        if where.k is not None and len(comparisons) == 1:
            marks.append(between(area, where.low, where.high))
            marks.append(upright(area, where.k, f"crossing at {where.k:,}"))
        elif where.k is not None:
            marks.append(crossed(area, where.k, (where.low, where.high), len(marks), place))
    return marks


def _rows(comparisons: Sequence[Comparison]) -> int:
    """Return how many crossings stand above a chart."""
    crossings = [found for found in comparisons if found.crossing.k is not None]
    return len(crossings) if len(comparisons) > 1 else 0


def _spread(size: int) -> Sequence[int]:
    """Return k = 1 .. size, thinned to even steps on the log scale where there are many."""
    if size <= _SHOWN_KS:
        return range(1, size + 1)
    return sorted({round(size ** (step / (_SHOWN_KS - 1))) for step in range(_SHOWN_KS)})
