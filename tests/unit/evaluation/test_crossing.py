"""Where curves cross."""

from __future__ import annotations

import numpy as np
import pytest

from veridical.evaluation.analysis import Settings, analyse
from veridical.evaluation.bootstrap import Resampling
from veridical.evaluation.counts import counts_of
from veridical.evaluation.crossing import Crossing, crossing

ALL = Resampling(level=0.95)


@pytest.mark.parametrize(
    ("difference", "k", "behind"),
    [
        ([-0.3, -0.1, 0.1, 0.2], 3, True),
        ([0.3, 0.1, -0.1, -0.2], 3, False),
        ([-0.3, -0.2, -0.1, 0.0], None, True),
        ([-0.3, -0.2, 0.0, 1e-15], None, True),
        ([0.0, -0.2, 0.1, -0.1], 3, True),
        ([-0.3, 0.1, -0.1, 0.1], 2, True),
        ([0.0, 0.0, 0.0, 0.0], None, None),
        ([0.1], None, False),
    ],
)
def test_the_first_lead_of_the_one_behind(difference, k, behind) -> None:
    found = crossing(np.array(difference), np.array([difference] * 4), ALL)
    assert (found.k, found.base_behind) == (k, behind)
    assert (found.low, found.high) == (k, k)
    assert found.share == (k is not None)


def test_resamples_that_do_not_cross_lie_beyond_n() -> None:
    difference = np.array([-0.2, -0.1, 0.1])
    never = np.array([-0.2, -0.1, -0.1])
    early = np.array([0.1, 0.1, 0.1])
    resampled = np.array([early] * 10 + [difference] * 80 + [never] * 10)
    assert crossing(difference, resampled, Resampling(level=0.7)) == Crossing(True, 3, 3, 3, 0.9)
    assert crossing(difference, resampled, ALL) == Crossing(True, 3, 1, None, 0.9)


def test_a_base_that_solves_more_but_seldom_crosses() -> None:
    """Base: 1 of 16 on every problem; other: 16 of 16 on half. They meet at k / 16 = 1 / 2."""
    groups = [str(number) for number in range(200)]
    base = counts_of("base", [(group, 16, 1) for group in groups])
    other = counts_of("rl", [(group, 16, 16 * (int(group) % 2)) for group in groups])
    found = analyse([base, other]).comparisons[0].crossing
    assert (found.base_behind, found.k) == (True, 9)
    assert found.low in {7, 8}
    assert found.high in {9, 10, 11}
    turned = analyse([other, base]).comparisons[0].crossing
    assert (turned.base_behind, turned.k) == (False, 9)


def test_intervals_hold_the_true_crossing_and_bands_the_true_difference() -> None:
    """Base accuracies are Beta(1, 4), so pass@k = k / (k + 4); the other has 0.8 on 55 % of problems.

    Its pass@k is 0.55 (1 - 0.2^k), which the base exceeds from k = 5 on.
    """
    problems, n, rounds = 60, 32, 120
    k = np.arange(1, n + 1)
    truth = k / (k + 4) - 0.55 * (1 - 0.2**k)
    assert int(np.argmax(truth > 0)) + 1 == 5
    held, inside = 0, np.zeros(n)
    for seed in range(rounds):
        random = np.random.default_rng(seed)
        skills = random.beta(1, 4, problems), np.where(random.random(problems) < 0.55, 0.8, 0.0)
        base, other = (
            counts_of(name, [(str(p), n, int(c)) for p, c in enumerate(random.binomial(n, skill))])
            for name, skill in zip(("base", "rl"), skills, strict=True)
        )
        found = analyse([base, other], Settings(Resampling(200, seed=seed))).comparisons[0]
        low, high = found.crossing.low or n + 1, found.crossing.high or n + 1
        held += found.crossing.base_behind is True and low <= 5 <= high
        inside += (found.band.low <= truth) & (truth <= found.band.high)
    assert held / rounds >= 0.90
    assert (inside / rounds).min() >= 0.84
    assert 0.88 <= (inside / rounds).mean() <= 0.98
