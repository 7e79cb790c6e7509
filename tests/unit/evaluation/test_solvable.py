"""How sure an "unsolved" is."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from veridical.evaluation.beta import Beta, fit_beta
from veridical.evaluation.counts import counts_of
from veridical.evaluation.solvable import unsolved


def test_the_chance_if_equal_counts_where_right_samples_fall() -> None:
    base = counts_of("base", {"a": (4, 0, 1), "b": (4, 4, 0), "c": (4, 0, 0)})
    other = counts_of("rl", {"a": (5, 2, 0), "b": (5, 0, 0), "c": (5, 0, 0)})
    found = {each.group: each for each in unsolved(base, other)}
    places = list(combinations(range(3 + 5), 2))
    fall_to_other = sum(min(each) >= 3 for each in places)
    assert found["a"].chance_if_equal == pytest.approx(fall_to_other / len(places))
    assert (found["a"].n, found["a"].undecided) == (3, 1)
    assert found["c"].chance_if_equal is None
    assert set(found) == {"a", "c"}


def test_the_largest_accuracy_fails_every_time_in_one_of_twenty() -> None:
    base = counts_of("base", [("a", 16, 0), ("b", 16, 3), ("c", 1024, 0)])
    for each in unsolved(base, base):
        assert (1 - each.largest_accuracy) ** each.n == pytest.approx(0.05)


@pytest.mark.parametrize("n", [1, 16, 1024])
def test_another_run_under_a_flat_spread(n: int) -> None:
    """With Beta(1, 1), after n failures, n more have the chance (n + 1) / (2 n + 1)."""
    assert Beta(1, 1).chance_of_another(n) == pytest.approx(1 - (n + 1) / (2 * n + 1))


@pytest.mark.parametrize(("a", "b"), [(0.3, 1.0), (2.0, 2.0), (0.2, 5.0)])
def test_the_fit_finds_the_spread(a: float, b: float) -> None:
    random = np.random.default_rng(1)
    n = random.integers(32, 128, 5000)
    found = fit_beta(n, random.binomial(n, random.beta(a, b, 5000)))
    assert found.a == pytest.approx(a, rel=0.1)
    assert found.b == pytest.approx(b, rel=0.15)


def test_the_chance_of_another_is_kept() -> None:
    """Two runs of 16 over 20,000 problems: as many unsolved are solved by the second as was said."""
    random = np.random.default_rng(2)
    accuracy = random.beta(0.3, 1.5, 20_000)
    first, second = (random.binomial(16, accuracy) for _ in range(2))
    counts = counts_of("m", [(str(place), 16, int(c)) for place, c in enumerate(first)])
    said = [each.chance_of_another for each in unsolved(counts, counts)]
    assert np.mean(second[first == 0] > 0) == pytest.approx(np.mean(said), abs=0.02)


@pytest.mark.parametrize("c", [0, 8])
def test_counts_without_spread_are_fitted_all_the_same(c: int) -> None:
    fitted = fit_beta(np.full(10, 8), np.full(10, c))
    assert 0 <= fitted.chance_of_another(8) <= 1
