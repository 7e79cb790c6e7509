"""An analysis of pass@k, laid out for a person. Figures are in percent."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from veridical.evaluation.advice import advice
from veridical.evaluation.analysis import Analysis, Comparison, Curve
from veridical.evaluation.histogram import BINS
from veridical.evaluation.majority import Majority
from veridical.evaluation.material import Material
from veridical.evaluation.probes.findings import Findings
from veridical.evaluation.probes.words import probe_words
from veridical.evaluation.series import Gap
from veridical.evaluation.words import (
    bounds,
    crossing_words,
    delta_se_words,
    figure,
    head,
    shown,
    solvable_words,
)


def report(material: Material) -> RenderableType:
    """Return the whole analysis."""
    return Group(*_parts(material))


def _parts(material: Material) -> Iterator[RenderableType]:
    analysis, ks = material.analysis, material.ks
    yield Text("\n".join(head(analysis)))
    if not analysis.comparisons:
        yield _section("pass@k", _grid(ks, [_curve_column(each) for each in analysis.curves]))
    for found in analysis.comparisons:
        yield _comparison(analysis, found, ks)
    if len(analysis.comparisons) > 1:
        yield _section("the models in a row", _series_table(analysis))
    if any(curve.counts.undecided for curve in analysis.curves):
        yield _section(
            "pass@k with UNDECIDED as wrong … as right",
            _grid(ks, [_bounds_column(each) for each in analysis.curves]),
        )
    if material.majorities:
        yield _section(
            "majority@k (~: by Monte Carlo)",
            _grid(ks, [_majority_column(each) for each in material.majorities]),
        )
    yield _section("problems by accuracy", _histogram_table(analysis))
    if material.findings is not None:
        yield from _probes(material, material.findings)
    yield Text("\n".join(("", *advice(analysis, material.cut))))


def _probes(material: Material, findings: Findings) -> Iterator[RenderableType]:
    told = list(probe_words(findings, material.analysis, material.without_guesses))
    for probe in findings.plan.probes:
        sentences = "\n".join(sentence for of, sentence in told if of is probe)
        yield Group(Text(f"\n{probe}", "bold"), Padding(Text(sentences), (0, 0, 0, 2)))


def _comparison(analysis: Analysis, found: Comparison, ks: Sequence[int]) -> RenderableType:
    curves = {curve.model: curve for curve in analysis.curves}
    title = f"{shown(found.base)} − {shown(found.other)}"
    columns = [_curve_column(curves[name]) for name in (found.base, found.other)]
    columns.append(_Column(title, lambda k: figure(found.difference, found.band, k, signed=True)))
    gap = delta_se_words(found, analysis.delta_k)
    told = [crossing_words(found), gap, "", *solvable_words(found)]
    return Group(_section("pass@k", _grid(ks, columns)), Text("\n" + "\n".join(told)))


class _Column(NamedTuple):
    """A column over k: its title, and what stands at each k."""

    title: str
    cell: Callable[[int], str]


def _curve_column(curve: Curve) -> _Column:
    return _Column(shown(curve.model), lambda k: figure(curve.estimate, curve.band, k))


def _bounds_column(curve: Curve) -> _Column:
    return _Column(shown(curve.model), lambda k: bounds(curve, k))


def _majority_column(found: Majority) -> _Column:
    cells = {
        k: f"{'' if exact else '~'}{100 * value:.1f}"
        for k, value, exact in zip(found.ks, found.values, found.exact, strict=True)
    }
    return _Column(shown(found.model), lambda k: cells.get(k, "–"))


def _grid(ks: Sequence[int], columns: Sequence[_Column]) -> Table:
    table = _table("k", [column.title for column in columns])
    for k in ks:
        table.add_row(f"{k:,}", *(column.cell(k) for column in columns))
    return table


def _series_table(analysis: Analysis) -> Table:
    table = _table("model", ["pass@1", f"pass@{analysis.delta_k}", "ΔSE"])
    for gap in analysis.gaps:
        figures = (gap.point.pass_1, gap.point.pass_k, gap.delta_se)
        table.add_row(shown(gap.point.name), *(f"{100 * each:.1f}" for each in figures))
    return table


def points_table(gaps: Sequence[Gap], k: int) -> Table:
    """Return models in a row, the base first, in the unit of their figures."""
    table = _table("model", ["pass@1", f"pass@{k}", "ΔSE", "gained at k = 1", f"lost at k = {k}"])
    base, *others = gaps
    table.add_row(shown(base.point.name), *_figures(base.point.pass_1, base.point.pass_k))
    for gap in others:
        figures = (gap.point.pass_1, gap.point.pass_k, gap.delta_se, gap.sharpened, gap.lost)
        table.add_row(shown(gap.point.name), *_figures(*figures))
    return table


def _figures(*values: float) -> list[str]:
    return [f"{each + 0.0:.1f}" for each in values]


def _histogram_table(analysis: Analysis) -> Table:
    table = _table("accuracy", [shown(each.model) for each in analysis.histograms])
    for place, accuracy in enumerate(BINS):
        table.add_row(accuracy, *(f"{each.problems[place]:,}" for each in analysis.histograms))
    return table


def _table(first: str, titles: Sequence[str]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for title in (first, *titles):
        table.add_column(Text(title), justify="right", overflow="fold")
    return table


def _section(title: str, table: Table) -> RenderableType:
    return Group(Text(f"\n{title}", "bold"), Padding(table, (0, 0, 0, 2), expand=False))
