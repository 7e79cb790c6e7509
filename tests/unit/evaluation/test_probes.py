"""Probes: cuts, recall, perplexity, guesses, and problems made afresh."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from veridical.evaluation.counts import Counts
from veridical.evaluation.errors import AnalysisError
from veridical.evaluation.probes.guessing import guessable
from veridical.evaluation.probes.memorisation import common_length, recall, rouge_l, split
from veridical.evaluation.probes.perplexity import perplexities, perplexity
from veridical.evaluation.problems.arithmetic import MAX_PROBLEMS, arithmetic_problems

WORDS = st.lists(st.sampled_from("abc"), max_size=8)


def _common_by_trying(left: list[str], right: list[str]) -> int:
    def within(small: tuple[str, ...]) -> bool:
        rest = iter(right)
        return all(token in rest for token in small)

    sizes = range(len(left), -1, -1)
    return next(n for n in sizes if any(map(within, itertools.combinations(left, n))))


@given(left=WORDS, right=WORDS)
def test_common_subsequences_are_the_longest(left: list[str], right: list[str]) -> None:
    assert common_length(left, right) == _common_by_trying(left, right)
    assert rouge_l(left, right) == rouge_l(right, left)


def test_rouge_l_is_that_of_the_paper() -> None:
    # Lin 2004, section 3.2: "police kill the gunman" has LCS 3 of 4, "the gunman kill police" 2 of 4.
    reference = ["police", "killed", "the", "gunman"]
    assert rouge_l(reference, ["police", "kill", "the", "gunman"]) == 0.75
    assert rouge_l(reference, ["the", "gunman", "kill", "police"]) == 0.5
    assert rouge_l(reference, []) == 0.0


@pytest.mark.parametrize(
    ("share", "shown", "hidden"),
    [
        (0.7, "Tom has 3 pens and", "4 more."),
        (0.4, "Tom has 3", "pens  and 4 more."),
        (0.99, "Tom has 3 pens and 4", "more."),
        (0.01, "Tom", "has 3 pens  and 4 more."),
    ],
)
def test_problems_are_cut_between_words(share: float, shown: str, hidden: str) -> None:
    found = split("Tom has 3 pens  and 4 more.\n", share)
    assert (found.shown.split(), found.hidden) == (shown.split(), hidden)


@given(st.text(alphabet="ab \n", min_size=3), st.floats(0.01, 0.99))
def test_cuts_lose_nothing(problem: str, share: float) -> None:
    if len(problem.split()) < 2:
        with pytest.raises(ValueError, match="two words"):
            split(problem, share)
        return
    found = split(problem, share)
    assert found.shown.split() + found.hidden.split() == problem.split()
    assert found.shown.strip()
    assert found.hidden


def test_recall_looks_at_as_much_as_was_hidden() -> None:
    hidden = "how many pens does Tom have?"
    said = recall(hidden, " How many pens does Tom have?\nHe has 7.")
    assert (said.rouge_l, said.exact) == (1.0, True)
    other = recall(hidden, "what does he have now? 7")
    assert 0 < other.rouge_l < 1
    assert not other.exact
    assert recall(hidden, "") == recall(hidden, "  \n")


def test_perplexity_is_the_inverse_of_the_mean_chance() -> None:
    assert perplexity([math.log(0.25)] * 7) == pytest.approx(4)
    assert perplexity([0.0]) == 1
    assert perplexity([-1e6]) == math.inf
    for bad in ([], [0.1], [math.nan]):
        with pytest.raises(AnalysisError):
            perplexity(bad)


def test_perplexities_of_responses_are_quartiles() -> None:
    found = perplexities("base", "rl", [1.0, 2.0, 3.0, 4.0])
    assert found is not None
    assert found.responses == 4
    assert (found.low, found.median, found.high) == (1, 2, 3)
    assert perplexities("base", "rl", []) is None


def test_guesses_are_told_from_knowledge() -> None:
    def counts(*c: int, u: int = 0) -> Counts:
        groups = tuple("abcd")
        n, right = np.full(4, 100), np.array(c)
        return Counts("m", groups, n, right, np.array([0, 0, 0, u]))

    found = guessable([counts(0, 1, 5, 0, u=3), counts(0, 4, 0, 0)])
    assert (found.sound, found.guessed, found.known) == (("a",), ("b",), ("c",))
    assert found.undecided == ("d",)
    assert guessable([counts(0, 1, 5, 0)], bound=0.1).guessed == ("b", "c")


def test_arithmetic_does_not_run_out() -> None:
    assert len(list(arithmetic_problems(MAX_PROBLEMS))) == MAX_PROBLEMS
    with pytest.raises(ValueError, match="count"):
        next(arithmetic_problems(MAX_PROBLEMS + 1))


def test_arithmetic_is_right_graded_and_the_same_each_time() -> None:
    problems = list(arithmetic_problems(60, seed=3))
    assert problems == list(arithmetic_problems(60, seed=3))
    assert problems != list(arithmetic_problems(60, seed=4))
    assert len({each.prompt for each in problems}) == 60
    for item in problems:
        expression = item.prompt.removeprefix("Q: What is ").removesuffix("?\nA:")
        assert eval(expression) == int(item.task.math.gold)
    levels = {item.group.split("/")[1] for item in problems}
    assert levels == set("123456")
