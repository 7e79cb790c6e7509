"""The whole analysis of some models on the same problems."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from veridical.evaluation.bootstrap import (
    Band,
    Estimate,
    Resampling,
    band,
    estimate,
    resampled_curves,
)
from veridical.evaluation.counts import Counts, FloatArray, IntArray, paired
from veridical.evaluation.crossing import Crossing, crossing
from veridical.evaluation.errors import AnalysisError
from veridical.evaluation.estimator import MAX_K, kinds_of, mean_pass_at_k
from veridical.evaluation.histogram import Histogram, histogram
from veridical.evaluation.series import Gap, Point, delta_se, series
from veridical.evaluation.solvable import SolvableSets, Unsolved, solvable_sets, unsolved


@dataclass(frozen=True, slots=True)
class Settings:
    """What is asked of an analysis.

    Attributes:
        resampling: How intervals are drawn.
        min_samples: Problems with fewer samples of some model are left out; those with fewer decided
            ones are left out of estimates. 1 or more.
        delta_k: The k of ΔSE; the largest k there is where that is smaller.
    """

    resampling: Resampling = field(default_factory=Resampling)
    min_samples: int = 1
    delta_k: int = 256


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """pass@k of one model, averaged over problems; entry k - 1 of an array is for k.

    Attributes:
        counts: What it is computed from.
        estimate: UNDECIDED samples left out, shape (E,); E is the smallest number of decided ones.
        band: The interval of the estimate, shape (E,).
        low: Every UNDECIDED sample taken as wrong, shape (K,); K is the smallest n.
        high: Every UNDECIDED sample taken as right, shape (K,).
    """

    counts: Counts
    estimate: FloatArray
    band: Band
    low: FloatArray
    high: FloatArray

    @property
    def model(self) -> str:
        """Name of the model."""
        return self.counts.model


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """The base against one other model.

    Attributes:
        base: Name of the base.
        other: Name of the other.
        difference: Base minus other for k = 1 .. D, the largest k that both estimates have.
        band: The paired interval of the difference, shape (D,).
        crossing: Where the one that is behind at small k gets ahead.
        delta_se: Base pass@k at the `delta_k` of the analysis less the other's pass@1.
        sets: Who solves what.
        base_unsolved: What the base does not solve.
        other_unsolved: What the other does not solve.
    """

    base: str
    other: str
    difference: FloatArray
    band: Band
    crossing: Crossing
    delta_se: Estimate
    sets: SolvableSets
    base_unsolved: tuple[Unsolved, ...]
    other_unsolved: tuple[Unsolved, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Analysis:
    """What is found about models.

    Attributes:
        settings: What was asked.
        groups: The problems, in order.
        left_out: Problems that some model has too few samples of.
        unjudged: Problems that some model has too few decided samples of: within bounds, in no estimate.
        delta_k: The k of ΔSE.
        curves: One a model, the base first.
        comparisons: The base against each other model.
        gaps: The same models in a row.
        histograms: One a model, of decided samples.
    """

    settings: Settings
    groups: tuple[str, ...]
    left_out: tuple[str, ...]
    unjudged: tuple[str, ...]
    delta_k: int
    curves: tuple[Curve, ...]
    comparisons: tuple[Comparison, ...]
    gaps: tuple[Gap, ...]
    histograms: tuple[Histogram, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Drawn:
    """A curve and its resamples, shape (B, E)."""

    curve: Curve
    resamples: FloatArray


def analyse(models: Sequence[Counts], settings: Settings | None = None) -> Analysis:
    """Compare models, the first of which is the base, on the problems that all of them have.

    Raises:
        AnalysisError: There is no model, no shared problem, or no problem decided for all.
    """
    settings = settings or Settings()
    if not models:
        raise AnalysisError("there is no model")
    pairs = paired(models, settings.min_samples)
    least = max(settings.min_samples, 1)
    judged = np.all([each.decided >= least for each in pairs.models], axis=0)
    if not judged.any():
        raise AnalysisError(f"no problem has {least} or more decided samples of every model")
    groups = pairs.models[0].groups
    delta_k = min(settings.delta_k, *(int(each.decided[judged].min()) for each in pairs.models))
    base = _drawn(pairs.models[0], np.flatnonzero(judged), settings)
    curves, comparisons = [base.curve], []
    for counts in pairs.models[1:]:
        other = _drawn(counts, np.flatnonzero(judged), settings)
        curves.append(other.curve)
        comparisons.append(_compare(base, other, delta_k, settings))
    return Analysis(
        settings=settings,
        groups=groups,
        left_out=pairs.left_out,
        unjudged=tuple(groups[place] for place in np.flatnonzero(~judged)),
        delta_k=delta_k,
        curves=tuple(curves),
        comparisons=tuple(comparisons),
        gaps=_gaps(curves, delta_k),
        histograms=tuple(_histogram(curve.counts) for curve in curves),
    )


def _drawn(counts: Counts, judged: IntArray, settings: Settings) -> _Drawn:
    known = counts.take(judged)
    kinds = kinds_of(known.decided, known.c)
    size = min(int(known.decided.min()), MAX_K)
    resamples = resampled_curves(kinds, size, settings.resampling)
    every = min(int(counts.n.min()), MAX_K)
    curve = Curve(
        counts=counts,
        estimate=mean_pass_at_k(kinds, size),
        band=band(resamples, settings.resampling),
        low=mean_pass_at_k(kinds_of(counts.n, counts.c), every),
        high=mean_pass_at_k(kinds_of(counts.n, counts.c + counts.u), every),
    )
    return _Drawn(curve, resamples)


def _compare(base: _Drawn, other: _Drawn, delta_k: int, settings: Settings) -> Comparison:
    size = min(len(base.curve.estimate), len(other.curve.estimate))
    difference = base.curve.estimate[:size] - other.curve.estimate[:size]
    resamples = base.resamples[:, :size] - other.resamples[:, :size]
    gap = delta_se(float(base.curve.estimate[delta_k - 1]), float(other.curve.estimate[0]))
    gaps = base.resamples[:, delta_k - 1] - other.resamples[:, 0]
    return Comparison(
        base=base.curve.model,
        other=other.curve.model,
        difference=difference,
        band=band(resamples, settings.resampling),
        crossing=crossing(difference, resamples, settings.resampling),
        delta_se=estimate(gap, gaps, settings.resampling),
        sets=solvable_sets(base.curve.counts, other.curve.counts),
        base_unsolved=unsolved(base.curve.counts, other.curve.counts),
        other_unsolved=unsolved(other.curve.counts, base.curve.counts),
    )


def _gaps(curves: Sequence[Curve], k: int) -> tuple[Gap, ...]:
    base, *others = (
        Point(each.model, float(each.estimate[0]), float(each.estimate[k - 1])) for each in curves
    )
    return series(base, others)


def _histogram(counts: Counts) -> Histogram:
    known = counts.decided > 0
    return histogram(counts.model, counts.decided[known], counts.c[known])
