"""The unbiased estimator of pass@k, for every k at once.

With n samples of a problem, c of them right, the chance that k of them drawn without replacement hold a
right one is

    pass@k = 1 - C(n - c, k) / C(n, k)            (Chen et al. 2021, arXiv 2107.03374, eq. 1)

and it is unbiased for 1 - (1 - p)^k. The failure C(n - c, k) / C(n, k) is a running product over k of
(n - c - i) / (n - i). Where it is close to 1, subtracting it from 1 would cancel; there the chance is
summed instead from what each draw adds, failure(i) * c / (n - i): the chance that draw i + 1 is the first
right one. All terms of both forms are positive, so that the relative error stays within some k rounding
errors: below 1e-12 for n up to 10,000.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from veridical.evaluation.counts import FloatArray, IntArray
from veridical.evaluation.errors import AnalysisError

MAX_K = 10_000
"""Largest k that curves go to."""

_BLOCK = 256


@dataclass(frozen=True, slots=True, eq=False)
class Kinds:
    """Problems by kind: those with equal (n, c) have equal pass@k, and are computed once.

    Attributes:
        n: Samples of each kind, shape (U,).
        c: Right ones of each kind, shape (U,).
        kind: The kind of each problem, shape (P,).
    """

    n: IntArray
    c: IntArray
    kind: IntArray

    @property
    def sizes(self) -> IntArray:
        """Problems of each kind, shape (U,)."""
        return np.bincount(self.kind, minlength=len(self.n))


def kinds_of(n: IntArray, c: IntArray) -> Kinds:
    """Return the kinds of problems with these counts, both of shape (P,)."""
    pairs, kind = np.unique(np.stack([n, c], axis=1), axis=0, return_inverse=True)
    return Kinds(pairs[:, 0], pairs[:, 1], kind.reshape(-1))


def pass_at_k(n: IntArray, c: IntArray, max_k: int) -> FloatArray:
    """Return pass@k of each problem for k = 1 .. max_k.

    Args:
        n: Samples of each problem, shape (P,).
        c: Right ones among them, shape (P,).
        max_k: At most the smallest n, and at most `MAX_K`.

    Returns:
        Shape (P, max_k); column k - 1 is pass@k.

    Raises:
        AnalysisError: max_k is above some n or below 1, or a c is not within 0 .. n.
    """
    table = np.empty((len(n), max(max_k, 0)))
    for columns, block in pass_blocks(n, c, max_k):
        table[:, columns] = block
    return table


def pass_blocks(n: IntArray, c: IntArray, max_k: int) -> Iterator[tuple[slice, FloatArray]]:
    """Yield `pass_at_k` in blocks of columns, so that the whole table need not be held.

    Raises:
        AnalysisError: As `pass_at_k`.
    """
    _check(n, c, max_k)
    failure, success = np.ones((len(n), 1)), np.zeros((len(n), 1))
    for start in range(0, max_k, _BLOCK):
        drawn = np.arange(start, min(start + _BLOCK, max_k))
        left = n[:, None] - drawn
        wrong_left = np.maximum(left - c[:, None], 0)
        failures = failure * np.cumprod(wrong_left / left, axis=1)
        before = np.hstack([failure, failures[:, :-1]])
        successes = success + np.cumsum(before * (c[:, None] / left), axis=1)
        yield (
            slice(start, start + len(drawn)),
            np.where(failures < 0.5, 1.0 - failures, successes),
        )
        failure, success = failures[:, -1:], successes[:, -1:]


def mean_pass_at_k(kinds: Kinds, max_k: int) -> FloatArray:
    """Return the mean of pass@k over problems for k = 1 .. max_k, shape (max_k,)."""
    share = kinds.sizes / len(kinds.kind)
    means = np.empty(max_k)
    for columns, block in pass_blocks(kinds.n, kinds.c, max_k):
        means[columns] = share @ block
    return means


def _check(n: IntArray, c: IntArray, max_k: int) -> None:
    if not 1 <= max_k <= MAX_K:
        raise AnalysisError(f"k must be within 1 and {MAX_K}, not {max_k}")
    if ((c < 0) | (c > n)).any():
        raise AnalysisError("every c must be within 0 and its n")
    if len(n) and max_k > n.min():
        raise AnalysisError(
            f"pass@{max_k} needs {max_k} samples of each problem; one has {n.min()}"
        )
