"""What to do next, with the figures that it rests on; the thresholds are the reader's to set."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from veridical.evaluation.analysis import Analysis, Comparison, Curve
from veridical.evaluation.bootstrap import Estimate, estimate, resampled_curves
from veridical.evaluation.errors import AnalysisError
from veridical.evaluation.estimator import kinds_of
from veridical.evaluation.words import counted, shown

FEW_PROBLEMS = 5
"""Below it, resampled problems say little of how far the figures may be off."""


_ENDLESS = (
    "raise it, or see whether responses just run on: a chat model wants its template (--chat), another an end "
    "that is named (--stop)"
)


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Where advice changes; shares of 1.

    Attributes:
        few: The k of a few tries.
        many: The k of many tries, above `few`.
        gap: What many tries must solve beyond a few, so that there is something to sharpen.
        undecided: Share of UNDECIDED samples from which bounds matter more than estimates.
        cut: Share of samples cut off by length from which the limit decides and not the model.
        endless: The same from which a model seems not to know where to end.

    Raises:
        AnalysisError: A value is out of its range.
    """

    few: int = 2
    many: int = 20
    gap: float = 0.05
    undecided: float = 0.02
    cut: float = 0.05
    endless: float = 0.5

    def __post_init__(self) -> None:
        shares = (self.gap, self.undecided, self.cut, self.endless)
        if not 1 <= self.few < self.many or not all(0 <= each <= 1 for each in shares):
            raise AnalysisError("1 <= few < many and shares within 0 and 1 must hold")


def advice(
    analysis: Analysis,
    cut: Mapping[str, float] | None = None,
    thresholds: Thresholds | None = None,
) -> Iterator[str]:
    """Yield sentences, each with its figures in percent or points.

    Args:
        analysis: The base and the models beside it.
        cut: Share of each model's samples that were cut off by length, where it is known.
        thresholds: Where advice changes.
    """
    for found in analysis.comparisons:
        yield what_training_did(found)
    yield from doubts(analysis, cut, thresholds)


def doubts(
    analysis: Analysis,
    cut: Mapping[str, float] | None = None,
    thresholds: Thresholds | None = None,
) -> Iterator[str]:
    """Yield whether there is something to sharpen, and what must not be trusted.

    Args:
        analysis: The base and the models beside it.
        cut: Share of each model's samples that were cut off by length, where it is known.
        thresholds: Where advice changes.
    """
    limits = thresholds or Thresholds()
    if len(analysis.groups) < FEW_PROBLEMS:
        yield (
            f"{counted(len(analysis.groups), 'problem')} {'is' if len(analysis.groups) == 1 else 'are'} too few "
            "for intervals from resampled problems: they look "
            f"narrower than they are; take {FEW_PROBLEMS} or more."
        )
    if len(analysis.curves[0].estimate) > limits.few:
        yield _room(analysis, limits)
    for curve in analysis.curves:
        yield from _trust(curve, (cut or {}).get(curve.model, 0.0), limits)


def gap(analysis: Analysis, curve: Curve, few: int, many: int) -> Estimate:
    """Return pass@many less pass@few of one curve, with the paired interval of resampled problems.

    Raises:
        AnalysisError: `many` is above the smallest n, or not above `few`.
    """
    if not 1 <= few < many <= len(curve.estimate):
        raise AnalysisError(f"k = {few} and {many} must be within 1 and {len(curve.estimate)}")
    unjudged = set(analysis.unjudged)
    judged = [place for place, group in enumerate(curve.counts.groups) if group not in unjudged]
    known = curve.counts.take(np.array(judged, dtype=np.int64))
    resampling = analysis.settings.resampling
    resamples = resampled_curves(kinds_of(known.decided, known.c), many, resampling)
    value = float(curve.estimate[many - 1] - curve.estimate[few - 1])
    return estimate(value, resamples[:, many - 1] - resamples[:, few - 1], resampling)


def _room(analysis: Analysis, limits: Thresholds) -> str:
    base = analysis.curves[0]
    if not base.estimate[-1]:
        tries = "1 try" if len(base.estimate) == 1 else f"{len(base.estimate):,} tries"
        return (
            f"{shown(base.model)} solves nothing in {tries}: the problems are too hard "
            "for it, or its answers are not found; see the reasons of its verdicts."
        )
    many = min(limits.many, len(base.estimate))
    found = gap(analysis, base, limits.few, many)
    told = (
        f"{shown(base.model)} pass@{limits.few} → pass@{many} gap is {100 * found.value:.1f} "
        f"[{100 * found.low:.1f}, {100 * found.high:.1f}] points"
    )
    if found.high < limits.gap:
        return f"{told}: sharpening will not help; improve the base model."
    if found.low >= limits.gap:
        return f"{told}: there is something to sharpen; RL can bring it to the first tries."
    return f"{told}: whether there is something to sharpen is open; take more problems or samples."


def first_try(found: Comparison) -> str:
    """Return which model is ahead at the first try, if that is sure."""
    base, other = shown(found.base), shown(found.other)
    value, low, high = (
        -100 * float(each[0]) for each in (found.difference, found.band.high, found.band.low)
    )
    told = f"at the first try {other} differs from {base} by {value:+.1f} [{low:+.1f}, {high:+.1f}] points"
    return f"{told}." if low * high > 0 else f"{told}, which is open."


def what_training_did(found: Comparison) -> str:
    """Return whether a model solves more or less than the base in many tries."""
    base, other = shown(found.base), shown(found.other)
    last = len(found.difference)
    if last == 1:
        return (
            f"With one sample of each problem nothing can be said of many tries; {first_try(found)}"
        )
    if found.crossing.base_behind is None:
        return f"{other} and {base} solve the same number of each problem's samples: nothing tells them apart."
    value, low, high = (
        100 * float(each[-1]) for each in (found.difference, found.band.low, found.band.high)
    )
    if low > 0:
        sharper = "it sharpened, and lost some"
        duller = "and nothing that is sure was gained at the first try"
        why = sharper if found.band.high[0] < 0 else duller
        return (
            f"{other} solves less than {base} in many tries: at k = {last:,} it is {value:.1f} "
            f"[{low:.1f}, {high:.1f}] points lower; {why}."
        )
    if high < 0:
        return (
            f"{other} solves more than {base} in many tries, too: at k = {last:,} it is {-value:.1f} "
            f"[{-high:.1f}, {-low:.1f}] points higher; that is more than sharpening."
        )
    return (
        f"Whether {other} solves more than {base} in many tries is open: at k = {last:,} it differs by "
        f"{0.0 - value:+.1f} [{0.0 - high:+.1f}, {0.0 - low:+.1f}] points; more problems, or more samples "
        "of each, would tell."
    )


def _trust(curve: Curve, cut: float, limits: Thresholds) -> Iterator[str]:
    share = curve.counts.undecided / curve.counts.samples
    if share > limits.undecided:
        yield (
            f"{100 * share:.1f} % of {shown(curve.model)} is UNDECIDED: go by the bounds, and see "
            "the reasons of those verdicts."
        )
    if cut > limits.cut:
        yield (
            f"{100 * cut:.1f} % of {shown(curve.model)} was cut off by length: the limit of tokens "
            f"decides there, not the model; {_ENDLESS if cut > limits.endless else 'raise it'}."
        )
