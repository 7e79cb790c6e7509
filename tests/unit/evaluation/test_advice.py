"""Advice follows from the figures that it tells."""

from __future__ import annotations

import pytest

from veridical.evaluation.advice import Thresholds, advice, gap
from veridical.evaluation.analysis import Analysis, Settings, analyse
from veridical.evaluation.bootstrap import Resampling
from veridical.evaluation.counts import counts_of
from veridical.evaluation.errors import AnalysisError

SETTINGS = Settings(Resampling(200))
N = 32


def _analysis(**models: list[int]) -> Analysis:
    counts = [
        counts_of(name, [(str(place), N, c) for place, c in enumerate(right)])
        for name, right in models.items()
    ]
    return analyse(counts, SETTINGS)


ALL_OR_NOTHING = [N] * 20 + [0] * 20
NOW_AND_THEN = [3] * 40


def test_a_base_that_many_tries_do_not_help_is_not_to_be_sharpened() -> None:
    (room,) = advice(_analysis(base=ALL_OR_NOTHING))
    assert room == (
        "base pass@2 → pass@20 gap is 0.0 [0.0, 0.0] points: sharpening will not help; "
        "improve the base model."
    )
    (other,) = advice(_analysis(base=NOW_AND_THEN))
    assert "there is something to sharpen" in other
    (nothing,) = advice(_analysis(base=[0] * 9))
    assert "base solves nothing in 32 tries" in nothing
    (open_one,) = advice(_analysis(base=[N] * 6 + [0, 3]))
    assert "is open" in open_one


def test_the_gap_is_that_of_the_curve_with_its_interval() -> None:
    analysis = _analysis(base=NOW_AND_THEN[:20] + ALL_OR_NOTHING[:20])
    curve = analysis.curves[0]
    found = gap(analysis, curve, 2, 20)
    assert found.value == pytest.approx(curve.estimate[19] - curve.estimate[1])
    assert found.low < found.value < found.high
    for few, many in ((2, 2), (0, 3), (2, N + 1)):
        with pytest.raises(AnalysisError):
            gap(analysis, curve, few, many)


@pytest.mark.parametrize(
    ("base", "rl", "told"),
    [
        (NOW_AND_THEN, [N] * 10 + [0] * 30, "it sharpened, and lost some"),
        (NOW_AND_THEN, [1] * 20 + [0] * 20, "nothing that is sure was gained at the first try"),
        ([0] * 20 + [1] * 20, [16] * 40, "that is more than sharpening"),
        (NOW_AND_THEN, [3] * 38 + [2, 4], "would tell"),
    ],
)
def test_what_training_did_is_told_at_the_largest_k(
    base: list[int], rl: list[int], told: str
) -> None:
    sentences = list(advice(_analysis(base=base, rl=rl)))
    assert len(sentences) == 2
    assert told in sentences[0]
    assert f"at k = {N}" in sentences[0]


def test_equal_models_are_told_to_be_equal() -> None:
    told = next(advice(_analysis(base=NOW_AND_THEN, rl=NOW_AND_THEN)))
    assert told.endswith("nothing tells them apart.")


@pytest.mark.parametrize(
    ("right", "sure"), [([1] * 18 + [0] * 2, True), ([1] * 2 + [0] * 18, False)]
)
def test_one_sample_a_problem_tells_nothing_of_many_tries(right: list[int], sure: bool) -> None:
    rows = {"base": [0] * 19 + [1], "rl": right}
    counts = [
        counts_of(name, [(str(place), 1, c) for place, c in enumerate(found)])
        for name, found in rows.items()
    ]
    (told,) = advice(analyse(counts, SETTINGS))
    assert told.startswith("With one sample of each problem nothing can be said of many tries")
    assert told.endswith("which is open.") is not sure


def test_few_problems_are_told() -> None:
    (told, *_) = advice(_analysis(base=[N] * 4))
    assert "4 problems are too few for intervals" in told
    assert not any("too few" in each for each in advice(_analysis(base=[N, 0] * 10)))


def test_what_must_not_be_trusted_is_told_with_its_share() -> None:
    rows = {str(place): (N, 3, 8) for place in range(10)}
    analysis = analyse([counts_of("base", rows)], SETTINGS)
    told = list(advice(analysis, {"base": 0.5}))
    assert any("25.0 % of base is UNDECIDED" in each for each in told)
    assert any("50.0 % of base was cut off by length" in each for each in told)
    assert not any("--chat" in each for each in told)
    assert any("(--chat)" in each for each in advice(analysis, {"base": 0.51}))
    quiet = list(advice(analysis, {"base": 0.5}, Thresholds(undecided=0.3, cut=0.6)))
    assert not any("UNDECIDED" in each or "cut off" in each for each in quiet)


def test_impossible_thresholds_are_refused() -> None:
    for bad in ({"few": 0}, {"few": 20}, {"gap": 1.5}, {"cut": -0.1}):
        with pytest.raises(AnalysisError):
            Thresholds(**bad)
