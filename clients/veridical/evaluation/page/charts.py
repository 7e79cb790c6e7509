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
    chart,
    line,
    ribbon,
    upright,
)

_SHOWN_KS = 160


def curves_chart(analysis: Analysis) -> str:
    """Return pass@k of all models with their bands; where a pair of curves crosses is marked."""
    area = Area(max(len(curve.estimate) for curve in analysis.curves), 0.0, 1.0)
    marks = [axes(area, [tick / 5 for tick in range(6)])]
    for place, curve in enumerate(analysis.curves):
        marks += _curve(area, curve.estimate, curve.band, place)
    if len(analysis.comparisons) == 1:
        marks += _crossing(area, analysis.comparisons[0])
    return chart("pass@k of each model over k, in percent", marks)


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
    if len(found) == 1:
        marks += _crossing(area, found[0])
    return chart("base minus the others over k, in percentage points", marks)


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


def _crossing(area: Area, found: Comparison) -> Iterator[str]:
    if found.crossing.k is not None:
        yield upright(area, found.crossing.k, f"k = {found.crossing.k:,}")


def _spread(size: int) -> Sequence[int]:
    """Return k = 1 .. size, thinned to even steps on the log scale where there are many."""
    if size <= _SHOWN_KS:
        return range(1, size + 1)
    return sorted({round(size ** (step / (_SHOWN_KS - 1))) for step in range(_SHOWN_KS)})
