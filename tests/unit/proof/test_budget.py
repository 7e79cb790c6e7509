"""Counted work of a trace: shares, and what is left to later parts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from veridical.math.equality.work import WorkExceededError
from veridical.proof.budget import Budget


def spent(budget: Budget, units: int) -> int:
    """How many units of a question one part gets, in steps of one."""
    work = budget.work(units)
    for done in range(units):
        try:
            work.spend(1)
        except WorkExceededError:
            return done
    return units


@given(st.integers(1, 40), st.lists(st.integers(0, 200), min_size=1, max_size=40))
def test_no_part_takes_what_the_later_ones_need(each: int, wanted: list[int]) -> None:
    budget = Budget(each * len(wanted), len(wanted))
    for units in wanted:
        budget.begin()
        assert spent(budget, units) >= min(units, each - 1)


def test_what_a_part_saves_is_there_for_the_next() -> None:
    budget = Budget(100, 2)
    budget.begin()
    budget.begin()
    assert spent(budget, 1_000) == 99


def test_a_question_says_whether_it_or_the_trace_took_too_much() -> None:
    budget = Budget(100)
    budget.begin()
    with pytest.raises(WorkExceededError, match="too many steps"):
        budget.work(10).spend(11)
    with pytest.raises(WorkExceededError, match="allowed to the trace"):
        budget.work(1_000).spend(200)
    assert budget.is_spent
