"""The k at which two curves cross."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from veridical.evaluation.bootstrap import Resampling
from veridical.evaluation.counts import FloatArray, IntArray

_EQUAL = 1e-12


@dataclass(frozen=True, slots=True)
class Crossing:
    """Where the model that is behind at small k gets ahead.

    Attributes:
        base_behind: Whether that is the base; None where the curves are equal everywhere.
        k: The smallest k at which it is ahead; None if it is not within n.
        low: Lower end of the interval; None if it, too, lies beyond n.
        high: Upper end of the interval; None if it lies beyond n.
        share: Share of resamples in which the curves cross within n, the same way round.
    """

    base_behind: bool | None
    k: int | None
    low: int | None
    high: int | None
    share: float


def crossing(difference: FloatArray, resampled: FloatArray, resampling: Resampling) -> Crossing:
    """Find the crossing of two curves.

    The model behind is the one with the lower pass@k at the smallest k at which they differ. In each
    resample the same model's first lead is looked for; the interval is made of order statistics, with
    resamples without a crossing counted as beyond n.

    Args:
        difference: Base minus other for k = 1 .. K, shape (K,).
        resampled: The same of each resample, shape (B, K).
        resampling: How they were drawn.
    """
    unequal = np.abs(difference) > _EQUAL
    if not unequal.any():
        return Crossing(None, None, None, None, 0.0)
    behind = bool(difference[unequal.argmax()] < 0)
    lead = difference if behind else -difference
    leads = resampled if behind else -resampled
    firsts = np.sort(_first_lead(leads))
    beyond = difference.shape[0] + 1
    last = len(firsts) - 1
    low, high = (firsts[round(tail * last)] for tail in resampling.tails)
    return Crossing(
        base_behind=behind,
        k=_within(_first_lead(lead[None, :])[0], beyond),
        low=_within(low, beyond),
        high=_within(high, beyond),
        share=float(np.mean(firsts < beyond)),
    )


def _first_lead(leads: FloatArray) -> IntArray:
    """Return the first k of each row with a positive value; one more than there are if there is none."""
    ahead = leads > _EQUAL
    beyond = leads.shape[1] + 1
    firsts: IntArray = np.where(ahead.any(axis=1), ahead.argmax(axis=1) + 1, beyond)
    return firsts


def _within(k: int, beyond: int) -> int | None:
    return int(k) if k < beyond else None
