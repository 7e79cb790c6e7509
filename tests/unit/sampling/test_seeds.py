"""Seeds of samples, and the random numbers that follow from them."""

from __future__ import annotations

import numpy as np

from veridical.sampling.seeds import sample_seed, uniform


def test_they_are_what_they_were() -> None:
    """Samples of an earlier version are drawn again by a later one."""
    assert [sample_seed(7, index) for index in range(3)] == [3630571270, 702798188, 856719727]
    assert [uniform(7, place) for place in range(2)] == [0.6614893143495623, 0.9994466319978251]


def test_no_two_samples_share_a_seed_more_often_than_chance_has_it() -> None:
    seeds = {sample_seed(seed, index) for seed in range(20) for index in range(1_000)}
    assert len(seeds) > 19_990  # 0.05 equal pairs are expected among 20,000 of 32 bits
    assert all(0 <= seed < 2**32 for seed in seeds)


def test_the_numbers_are_spread_evenly_and_do_not_follow_each_other() -> None:
    numbers = np.array([[uniform(seed, place) for place in range(200)] for seed in range(100)])
    assert 0 <= numbers.min() < numbers.max() < 1
    counts, _ = np.histogram(numbers, bins=10, range=(0, 1))
    assert abs(counts - 2_000).max() < 200  # 4.7 standard deviations
    flat = numbers.ravel()
    for apart in (1, 200):
        correlation = np.corrcoef(flat[:-apart], flat[apart:])[0, 1]
        assert abs(correlation) < 0.035  # 5 standard deviations
