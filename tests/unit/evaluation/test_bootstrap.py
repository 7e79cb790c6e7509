"""Intervals: repeatable, paired, and as wide as they say."""

from __future__ import annotations

import numpy as np
import pytest

from veridical.evaluation.analysis import Settings, analyse
from veridical.evaluation.bootstrap import Resampling, band, resampled_curves, resampled_means
from veridical.evaluation.counts import counts_of
from veridical.evaluation.errors import AnalysisError
from veridical.evaluation.estimator import kinds_of, pass_at_k


def drawn(problems: int, n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    return np.full(problems, n), random.binomial(n, random.beta(0.5, 1.5, problems))


def test_resampling_kinds_is_resampling_problems() -> None:
    n, c = drawn(40, 300, 1)
    n[:5] += 9
    resampling = Resampling(50, seed=7)
    by_kind = resampled_curves(kinds_of(n, c), 300, resampling)
    by_problem = resampled_means(pass_at_k(n, c, 300), resampling)
    np.testing.assert_allclose(by_kind, by_problem, rtol=1e-12)
    # The draws are those of numpy's generator, one row a resample.
    first = np.random.default_rng(7).integers(0, 40, 40)
    np.testing.assert_allclose(by_kind[0], pass_at_k(n, c, 300)[first].mean(axis=0), rtol=1e-12)


def test_the_same_seed_gives_the_same_bands() -> None:
    _, c = drawn(30, 16, 2)
    models = [
        counts_of(name, [(str(p), 16, int(each)) for p, each in enumerate(c)]) for name in "ab"
    ]
    once, again, other = (
        analyse(models, Settings(Resampling(100, seed=seed))).comparisons[0].delta_se
        for seed in (3, 3, 4)
    )
    assert once == again
    assert once != other
    # Equal models: paired draws leave no difference at all.
    assert not analyse(models).comparisons[0].band.high.any()


def test_a_wider_level_is_a_wider_band() -> None:
    curves = resampled_curves(kinds_of(*drawn(50, 8, 5)), 8, Resampling())
    narrow, wide = (band(curves, Resampling(level=level)) for level in (0.5, 0.95))
    assert (wide.low < narrow.low).all()
    assert (wide.high > narrow.high).all()


def test_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    """60 problems with accuracies of Beta(1, 2); true pass@2 = 1 - E(1 - p)^2 = 1 - 2/4 = 1/2."""
    held = 0
    for seed in range(200):
        random = np.random.default_rng(seed)
        c = random.binomial(8, random.beta(1, 2, 60))
        curves = resampled_curves(kinds_of(np.full(60, 8), c), 2, Resampling(100, seed=seed))
        found = band(curves, Resampling())
        held += bool(found.low[1] <= 0.5 <= found.high[1])
    assert 0.90 <= held / 200 <= 0.99


@pytest.mark.parametrize("values", [(0, 0.95, 0), (10, 1.0, 0), (10, 0.0, 0), (10, 0.9, -1)])
def test_impossible_resampling_is_refused(values) -> None:
    with pytest.raises(AnalysisError):
        Resampling(*values)
