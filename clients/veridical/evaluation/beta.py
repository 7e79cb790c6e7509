"""How a model's accuracies spread over problems, as a Beta distribution fitted to its counts.

The model is beta-binomial: the accuracy of each problem is drawn from Beta(a, b), its samples are right
with that chance each. It is what turns "0 of n" into a chance of something else.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from veridical.evaluation.counts import FloatArray, IntArray

_ROUNDS, _SIDE = 6, 9
_WIDEST = np.log(1e4)


@dataclass(frozen=True, slots=True)
class Beta:
    """A Beta(a, b) distribution of accuracies, a and b above 0."""

    a: float
    b: float

    def chance_of_another(self, n: int) -> float:
        """Return the chance that after 0 of n right, another n samples hold a right one.

        The posterior is Beta(a, b + n); the chance of n more failures under it is the product of
        (b + n + i) / (a + b + n + i) for i = 0 .. n - 1.
        """
        total = self.a + self.b + n + np.arange(n)
        return float(-np.expm1(np.log1p(-self.a / total).sum()))


def fit_beta(n: IntArray, c: IntArray) -> Beta:
    """Fit by maximum likelihood, on a grid of (log a, log b) that is refined around its best point.

    a and b stay within 1e-4 and 1e4, where counts without any spread would drive them apart.

    Args:
        n: Samples of each problem, shape (P,).
        c: Right ones among them, shape (P,).
    """
    likelihood = _Likelihood(n, c)
    centre, reach = np.zeros(2), _WIDEST
    for _ in range(_ROUNDS):
        axis = np.linspace(-reach, reach, _SIDE)
        grid = (centre + np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)).clip(
            -_WIDEST, _WIDEST
        )
        centre = grid[int(np.argmax([likelihood.log(*np.exp(point)) for point in grid]))]
        # Half a step beyond the neighbours: the best point of the finer grid may lie outside its cell.
        reach *= 3 / (_SIDE - 1)
    a, b = np.exp(centre)
    return Beta(float(a), float(b))


class _Likelihood:
    """The beta-binomial likelihood of counts, in sums over i that do without the gamma function.

    log B(a + c, b + n - c) / B(a, b) is the sum of log(a + i) for i < c and of log(b + i) for i < n - c,
    less that of log(a + b + i) for i < n; over problems each i counts as often as it is reached.
    """

    def __init__(self, n: IntArray, c: IntArray) -> None:
        size = int(n.max())
        self._i = np.arange(size)
        self._right, self._wrong, self._all = (_reached(each, size) for each in (c, n - c, n))

    def log(self, a: float, b: float) -> float:
        """Return the logarithm, up to a constant."""
        gain = self._right @ np.log(a + self._i) + self._wrong @ np.log(b + self._i)
        return float(gain - self._all @ np.log(a + b + self._i))


def _reached(counts: IntArray, size: int) -> FloatArray:
    """Return how many counts are above i, for i = 0 .. size - 1."""
    above = np.bincount(counts, minlength=size + 1)[::-1].cumsum()[::-1]
    return above[1:].astype(np.float64)
