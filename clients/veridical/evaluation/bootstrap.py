"""Resampling of problems: how far a figure might lie off with other problems of the same sort.

A resample draws P problems with replacement (Efron 1979). Each model gets the same draws, so that what
makes a problem hard for all of them cancels in a difference (paired bootstrap). Bands are percentile
intervals, one k at a time: each covers its own k, not the whole curve at once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from veridical.evaluation.counts import FloatArray, IntArray
from veridical.evaluation.errors import AnalysisError
from veridical.evaluation.estimator import Kinds, pass_blocks


@dataclass(frozen=True, slots=True)
class Resampling:
    """How resamples are drawn.

    Attributes:
        resamples: How many, B.
        level: Share of them that an interval holds, within 0 and 1.
        seed: The same seed gives the same intervals.

    Raises:
        AnalysisError: A value is out of its range.
    """

    resamples: int = 1000
    level: float = 0.95
    seed: int = 0

    def __post_init__(self) -> None:
        if self.resamples < 1 or not 0 < self.level < 1 or self.seed < 0:
            raise AnalysisError("resamples >= 1, 0 < level < 1 and seed >= 0 must hold")

    @property
    def tails(self) -> tuple[float, float]:
        """The quantiles at the ends of an interval."""
        return (1 - self.level) / 2, (1 + self.level) / 2


@dataclass(frozen=True, slots=True, eq=False)
class Band:
    """An interval for each k.

    Attributes:
        low: Lower ends, shape (K,).
        high: Upper ends, shape (K,).
    """

    low: FloatArray
    high: FloatArray


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its interval."""

    value: float
    low: float
    high: float


def resampled_curves(kinds: Kinds, max_k: int, resampling: Resampling) -> FloatArray:
    """Return the mean pass@k of each resample, shape (B, max_k)."""
    weights = _weights(kinds.kind, len(kinds.n), resampling)
    curves = np.empty((resampling.resamples, max_k))
    for columns, block in pass_blocks(kinds.n, kinds.c, max_k):
        curves[:, columns] = weights @ block
    return curves


def resampled_means(values: FloatArray, resampling: Resampling) -> FloatArray:
    """Return the mean over problems of each resample, shape (B, K), of values of shape (P, K)."""
    return _weights(np.arange(len(values)), len(values), resampling) @ values


def band(curves: FloatArray, resampling: Resampling) -> Band:
    """Return the percentile interval of each column of resampled curves, shape (B, K)."""
    low, high = np.quantile(curves, resampling.tails, axis=0)
    return Band(low, high)


def estimate(value: float, resamples: FloatArray, resampling: Resampling) -> Estimate:
    """Return a figure with the percentile interval of its resamples, shape (B,)."""
    low, high = np.quantile(resamples, resampling.tails)
    return Estimate(float(value), float(low), float(high))


def _weights(kind: IntArray, kinds: int, resampling: Resampling) -> FloatArray:
    """Return the share of each kind of problem in each resample, shape (B, U)."""
    weights = np.empty((resampling.resamples, kinds))
    random = np.random.default_rng(resampling.seed)
    for row in weights:
        drawn = kind[random.integers(0, len(kind), len(kind))]
        row[:] = np.bincount(drawn, minlength=kinds)
    weights /= len(kind)
    return weights
