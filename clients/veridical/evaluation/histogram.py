"""How accuracies spread over problems, in the bins of arXiv 2504.13837, figure 5.

The bins are 0, (0, 0.1], (0.1, 0.2], ... (0.9, 1.0) and 1.0: what is never and what is always solved
stands alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from veridical.evaluation.counts import IntArray

BINS = (
    "0.0",
    *(f"({low / 10:.1f}, {(low + 1) / 10:.1f}]" for low in range(9)),
    "(0.9, 1.0)",
    "1.0",
)
"""Names of the bins, from never solved to always solved."""


@dataclass(frozen=True, slots=True)
class Histogram:
    """How many problems fall into each of `BINS`.

    Attributes:
        model: Name of the model.
        problems: Problems in each bin.
    """

    model: str
    problems: tuple[int, ...]


def histogram(model: str, n: IntArray, c: IntArray) -> Histogram:
    """Count problems by accuracy c / n, in integers, so that no bound is missed by rounding.

    Args:
        model: Name of the model.
        n: Samples of each problem, shape (P,), 1 or more.
        c: Right ones among them, shape (P,).
    """
    tenth = -(-10 * c // n)
    place = np.where(c == n, len(BINS) - 1, tenth)
    return Histogram(model, tuple(np.bincount(place, minlength=len(BINS)).tolist()))
