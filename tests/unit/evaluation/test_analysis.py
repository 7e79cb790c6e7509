"""Models on shared problems: bounds, problems left out, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from veridical.evaluation.analysis import Settings, analyse
from veridical.evaluation.bootstrap import Resampling
from veridical.evaluation.counts import counts_of
from veridical.evaluation.errors import AnalysisError

FEW = Settings(Resampling(4))

problems = st.integers(1, 12).flatmap(
    lambda n: st.tuples(st.just(n), st.integers(0, n)).flatmap(
        lambda pair: st.tuples(st.just(pair[0]), st.just(pair[1]), st.integers(0, n - pair[1]))
    )
)


@settings(deadline=None)
@given(st.lists(problems, min_size=1, max_size=8))
def test_bounds_hold_the_estimate(rows: list[tuple[int, int, int]]) -> None:
    counts = counts_of("m", {str(place): row for place, row in enumerate(rows)})
    if not counts.decided.any():
        with pytest.raises(AnalysisError, match="no problem has 1 or more decided samples"):
            analyse([counts], FEW)
        return
    found = analyse([counts], FEW)
    curve = found.curves[0]
    shared = min(len(curve.estimate), len(curve.low))
    assert (curve.low <= curve.high + 1e-12).all()
    assert (curve.low[:shared] <= curve.estimate[:shared] + 1e-12).all()
    assert (curve.estimate[:shared] <= curve.high[:shared] + 1e-12).all()
    assert len(found.unjudged) == sum(n == u for n, _, u in rows)


def test_undecided_samples_are_bounds_and_never_wrong() -> None:
    rows = {"a": (4, 1, 2), "b": (4, 4, 0)}
    found = analyse([counts_of("m", rows)], FEW)
    curve = found.curves[0]
    np.testing.assert_allclose(curve.estimate, [(1 / 2 + 1) / 2, 1.0])
    np.testing.assert_allclose(curve.low[:2], [(1 / 4 + 1) / 2, (1 / 2 + 1) / 2])
    np.testing.assert_allclose(curve.high[:2], [(3 / 4 + 1) / 2, 1.0])
    assert found.histograms[0].problems == (0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1)


def test_too_few_decided_samples_keep_a_problem_out_of_estimates_alone() -> None:
    rows = {"a": (4, 2, 0), "b": (4, 0, 1)}
    found = analyse([counts_of("m", rows)], Settings(Resampling(4), min_samples=4))
    assert (found.left_out, found.unjudged) == ((), ("b",))
    np.testing.assert_allclose(found.curves[0].estimate, [1 / 2, 5 / 6, 1, 1])
    np.testing.assert_allclose(found.curves[0].low[0], 1 / 4)
    np.testing.assert_allclose(found.curves[0].high[0], (2 / 4 + 1 / 4) / 2)


def test_models_are_compared_on_the_problems_of_both() -> None:
    base = counts_of("base", [("x", 8, 0), ("y", 8, 8), ("few", 2, 1), ("alone", 8, 8)])
    other = counts_of("rl", [("few", 16, 1), ("y", 16, 0), ("x", 16, 16)])
    found = analyse([base, other], Settings(Resampling(20), min_samples=8))
    assert found.groups == ("x", "y")
    assert found.left_out == ("alone", "few")
    assert [len(curve.estimate) for curve in found.curves] == [8, 16]
    comparison = found.comparisons[0]
    assert found.delta_k == len(comparison.difference) == 8
    assert comparison.sets.base_only == ("y",)
    assert comparison.sets.other_only == ("x",)
    assert comparison.delta_se.value == pytest.approx(0.0)


@pytest.mark.parametrize(
    ("models", "told"),
    [
        ([], "there is no model"),
        ([[("a", 1, 1)], [("b", 1, 1)]], "no problem has 1 or more samples of every model"),
    ],
)
def test_nothing_to_compare_is_refused(models, told) -> None:
    with pytest.raises(AnalysisError, match=told):
        analyse([counts_of(str(place), rows) for place, rows in enumerate(models)], FEW)


@pytest.mark.parametrize("row", [(0, 0, 0), (3, 4, 0), (3, 2, 2), (3, -1, 0), (3, 0, -1)])
def test_impossible_counts_are_refused(row) -> None:
    with pytest.raises(AnalysisError, match="m, problem 'p': 0 <= c"):
        counts_of("m", {"p": row})
