"""Accuracies in the paper's bins."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from veridical.evaluation.histogram import BINS, histogram


@pytest.mark.parametrize("n", [1, 7, 10, 30, 1000])
def test_every_accuracy_falls_into_its_bin(n: int) -> None:
    found = histogram("m", np.full(n + 1, n), np.arange(n + 1)).problems
    wanted = [0] * len(BINS)
    for c in range(n + 1):
        p = Fraction(c, n)
        inner = next(bin_ for bin_ in range(11) if p <= Fraction(bin_, 10))
        wanted[len(BINS) - 1 if p == 1 else inner] += 1
    assert list(found) == wanted


def test_the_bins_by_name() -> None:
    assert (BINS[0], BINS[1], BINS[10], BINS[11]) == ("0.0", "(0.0, 0.1]", "(0.9, 1.0)", "1.0")
