from __future__ import annotations

import math

import pytest

from veridical.client import Item, Outcome, ProtocolError, Undecided, UndecidedError, Verdict
from veridical.client.checking import match, require_choice, reward_of, rewards_of

CORRECT = Verdict(id="c", outcome=Outcome.OUTCOME_CORRECT, reward=1)
INCORRECT = Verdict(id="i", outcome=Outcome.OUTCOME_INCORRECT, reward=0)
UNDECIDED = Verdict(id="u", outcome=Outcome.OUTCOME_UNDECIDED, detail="why")
UNKNOWN = Verdict(id="n", outcome=99)


def test_rewards_agree_with_outcomes():
    assert [reward_of(v) for v in (CORRECT, INCORRECT, UNDECIDED, UNKNOWN)] == [
        1.0,
        0.0,
        None,
        None,
    ]


@pytest.mark.parametrize(
    "verdict",
    [
        Verdict(outcome=Outcome.OUTCOME_CORRECT),
        Verdict(outcome=Outcome.OUTCOME_CORRECT, reward=0),
        Verdict(outcome=Outcome.OUTCOME_CORRECT, reward=0.5),
        Verdict(outcome=Outcome.OUTCOME_INCORRECT),
        Verdict(outcome=Outcome.OUTCOME_INCORRECT, reward=1),
        Verdict(outcome=Outcome.OUTCOME_UNDECIDED, reward=0),
        Verdict(outcome=99, reward=1),
        Verdict(),
        Verdict(reward=0),
    ],
)
@pytest.mark.parametrize("undecided", Undecided)
def test_impossible_rewards_are_refused(verdict, undecided):
    with pytest.raises(ProtocolError, match="reward"):
        rewards_of([CORRECT, verdict], undecided)


def test_undecided_becomes_what_the_caller_chose():
    verdicts = [INCORRECT, UNDECIDED, CORRECT, UNKNOWN]
    assert rewards_of(verdicts, Undecided.NONE) == [0.0, None, 1.0, None]
    wrong, first, right, second = rewards_of(verdicts, Undecided.NAN)
    assert (wrong, right) == (0.0, 1.0)
    assert math.isnan(first)
    assert math.isnan(second)
    with pytest.raises(
        UndecidedError, match="2 items are undecided; the first is 'u': why"
    ) as caught:
        rewards_of(verdicts, Undecided.RAISE)
    assert caught.value.verdicts == [UNDECIDED, UNKNOWN]
    assert rewards_of([CORRECT], Undecided.RAISE) == [1.0]


@pytest.mark.parametrize("choice", ["raise", "none", None, 3, Undecided])
def test_other_choices_are_refused_even_where_nothing_is_undecided(choice):
    with pytest.raises(TypeError, match=r"undecided must be one of Undecided\.RAISE, .*NAN, not"):
        require_choice(choice)


def test_verdicts_must_be_those_of_the_items():
    items = [Item(id="c"), Item(id="i")]
    assert match(items, [CORRECT, INCORRECT]) == [CORRECT, INCORRECT]
    for verdicts in ([], [CORRECT], [INCORRECT, CORRECT], [CORRECT, INCORRECT, UNDECIDED]):
        with pytest.raises(ProtocolError, match="the server gave"):
            match(items, verdicts)
