"""majority@k: whether the most frequent answer of k samples is right.

k of a problem's samples are drawn without replacement; each votes for its answer, one without an answer for
none. The chance that the right answer gets the most votes, ties broken evenly, is averaged over problems
(self-consistency, Wang et al. 2022, arXiv 2203.11171, with the sampling of pass@k). It is exact while the
counted work is small: for t votes for the right answer, the draws in which every other answer has at most t
are counted in integers, by how many of them have exactly t. Beyond that it is a Monte Carlo mean over
`DRAWS` draws.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import comb

import numpy as np

from veridical.evaluation.counts import FloatArray
from veridical.evaluation.errors import AnalysisError

DRAWS = 20_000
"""Draws of a Monte Carlo mean, of all problems together: a standard error of at most 0.0036."""

_WORK = 5_000_000


@dataclass(frozen=True, slots=True)
class Votes:
    """The decided samples of one problem by answer.

    Attributes:
        right: CORRECT samples; their answers all equal the gold, and so are one.
        wrong: INCORRECT samples of each different answer, 1 or more each.
        none: Samples without an answer.
    """

    right: int
    wrong: tuple[int, ...]
    none: int = 0

    @property
    def samples(self) -> int:
        """Number of all samples."""
        return self.right + sum(self.wrong) + self.none


@dataclass(frozen=True, slots=True)
class Majority:
    """majority@k of one model.

    Attributes:
        model: Its name.
        ks: The k, rising.
        values: The mean over problems for each of them.
        exact: Whether it was computed exactly, for each of them.
    """

    model: str
    ks: tuple[int, ...]
    values: tuple[float, ...]
    exact: tuple[bool, ...]


def majority(model: str, problems: Sequence[Votes], ks: Sequence[int], seed: int = 0) -> Majority:
    """Return majority@k of a model.

    Args:
        model: Its name.
        problems: The votes of each problem.
        ks: The k; none above the samples of any problem.
        seed: Of the Monte Carlo draws; the same seed gives the same values.

    Raises:
        AnalysisError: There is no problem, or some k is out of range.
    """
    if not problems:
        raise AnalysisError(f"{model}: there is no problem")
    most = min(each.samples for each in problems)
    for k in ks:
        if not 1 <= k <= most:
            raise AnalysisError(f"majority@{k} needs 1 <= k <= {most}, the fewest decided samples")
    exact = [_feasible(problems, k) for k in ks]
    values = [
        float(np.mean([_chance(each, k) for each in problems]))
        if feasible
        else _drawn(problems, k, seed)
        for k, feasible in zip(ks, exact, strict=True)
    ]
    return Majority(model, tuple(ks), tuple(values), tuple(exact))


def majority_chance(votes: Votes, k: int) -> Fraction:
    """Return the exact chance that the right answer wins among k samples, ties broken evenly."""
    won = Fraction(0)
    for top in range(1, min(votes.right, k) + 1):
        ways = comb(votes.right, top)
        for ties, count in enumerate(_draws_below(votes, k - top, top)):
            won += Fraction(ways * count, ties + 1)
    return won / comb(votes.samples, k)


def _chance(votes: Votes, k: int) -> float:
    if k == 1:
        return votes.right / votes.samples
    return float(majority_chance(votes, k))


def _draws_below(votes: Votes, drawn: int, top: int) -> list[int]:
    """Count the draws of samples that are not right, by how many answers have exactly `top` votes.

    No answer has more. Entry r of the result is for r answers.
    """
    # ways[r][v]: draws of v samples so far, r answers with `top` of them.
    ways = [[comb(votes.none, v) for v in range(drawn + 1)]]
    for size in votes.wrong:
        ways = _with_answer(ways, size, drawn, top)
    return [row[drawn] for row in ways]


def _with_answer(ways: list[list[int]], size: int, drawn: int, top: int) -> list[list[int]]:
    choices = [comb(size, votes) for votes in range(min(size, top, drawn) + 1)]
    tied = choices.pop() if len(choices) > top else 0
    below = [_product(row, choices, drawn) for row in ways]
    if not tied:
        return below
    below.append([0] * (drawn + 1))
    for ties, row in enumerate(ways):
        for votes in range(top, drawn + 1):
            below[ties + 1][votes] += tied * row[votes - top]
    while len(below) > 1 and not any(below[-1]):
        below.pop()
    return below


def _product(row: list[int], choices: list[int], drawn: int) -> list[int]:
    """Return the product of two polynomials, up to the power `drawn`."""
    product = [0] * (drawn + 1)
    for power, ways in enumerate(row):
        if ways:
            for votes, choice in enumerate(choices[: drawn + 1 - power]):
                product[power + votes] += ways * choice
    return product


def _feasible(problems: Sequence[Votes], k: int) -> bool:
    """Return whether `majority_chance` takes little work; counted, so that the choice repeats."""
    if k == 1:
        return True
    work = 0
    for votes in problems:
        work += min(votes.right, k) * k * sum(min(size, k) for size in votes.wrong)
        if work > _WORK:
            return False
    return True


def _drawn(problems: Sequence[Votes], k: int, seed: int) -> float:
    random = np.random.default_rng([seed, k])
    draws = -(-DRAWS // len(problems))
    return float(np.mean([_drawn_chance(each, k, draws, random) for each in problems]))


def _drawn_chance(votes: Votes, k: int, size: int, random: np.random.Generator) -> float:
    colours = np.array([votes.right, votes.none, *votes.wrong], dtype=np.int64)
    draws = random.multivariate_hypergeometric(colours, k, size=size, method="marginals")
    right, others = draws[:, 0], draws[:, 2:]
    most = others.max(axis=1, initial=0)
    ties = (others == right[:, None]).sum(axis=1)
    won: FloatArray = np.where((right > 0) & (right >= most), 1.0 / (1 + ties), 0.0)
    return float(won.mean())
