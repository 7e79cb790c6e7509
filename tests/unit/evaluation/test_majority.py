"""majority@k against counting every draw."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from veridical.evaluation import majority as module
from veridical.evaluation.errors import AnalysisError
from veridical.evaluation.majority import Votes, majority, majority_chance


def counted(votes: Votes, k: int) -> Fraction:
    ballots: list[int | None] = [0] * votes.right + [None] * votes.none
    for answer, size in enumerate(votes.wrong, 1):
        ballots += [answer] * size
    draws = list(combinations(ballots, k))
    won = Fraction(0)
    for draw in draws:
        tally = Counter(each for each in draw if each is not None)
        winners = [each for each, count in tally.items() if count == max(tally.values())]
        won += Fraction(0 in winners, max(len(winners), 1))
    return won / len(draws)


some_votes = st.builds(
    Votes, st.integers(0, 5), st.lists(st.integers(1, 3), max_size=3).map(tuple), st.integers(0, 3)
).filter(lambda votes: votes.samples > 0)


@settings(deadline=None)
@given(some_votes, st.data())
def test_the_exact_chance_is_what_counting_gives(votes: Votes, data: st.DataObject) -> None:
    k = data.draw(st.integers(1, votes.samples))
    assert majority_chance(votes, k) == counted(votes, k)


def test_the_mean_over_problems() -> None:
    problems = [Votes(3, (1,)), Votes(1, (3,)), Votes(0, (2, 2)), Votes(2, (2,))]
    found = majority("m", problems, [1, 4])
    assert found.values == pytest.approx((6 / 16, (1 + 0 + 0 + 1 / 2) / 4))
    assert found.exact == (True, True)


def test_large_problems_are_drawn_repeatably_and_near(monkeypatch: pytest.MonkeyPatch) -> None:
    problems = [Votes(20, (9, 8, *[1] * 12), 15)] * 50
    exact = majority("m", problems[:1], [4, 16])
    monkeypatch.setattr(module, "_WORK", -1)
    once, again = (majority("m", problems, [4, 16], seed=1) for _ in range(2))
    assert once == again
    assert once.exact == (False, False)
    # 20,000 draws: a standard error of at most 0.0036.
    assert once.values == pytest.approx(exact.values, abs=0.015)


@pytest.mark.parametrize(
    ("problems", "ks"), [([], [1]), ([Votes(1, (1,))], [3]), ([Votes(1, ())], [0])]
)
def test_impossible_k_is_refused(problems, ks) -> None:
    with pytest.raises(AnalysisError):
        majority("m", problems, ks)
