"""Which problems two models solve, and how sure an "unsolved" is.

A problem is solved if one sample or more is CORRECT. That n samples hold none may be bad luck; three
figures say how far, from the weakest assumption to the strongest:

- the largest accuracy p that is not refuted, (1 - p)^n = 5 %, so p = 1 - 0.05^(1/n), without a model;
- where the other model solves it: were both equally able, the chance that all the right samples of the
  two are the other's. It is Fisher's exact test (1922): C(m, c) / C(n + m, c), with the other's m samples
  and c right ones. Over many problems some small values are chance;
- the chance that another n samples would hold a right one, if accuracies spread over problems as the
  beta-binomial fitted to this model's counts says (`beta.py`; empirical Bayes).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from veridical.evaluation.beta import fit_beta
from veridical.evaluation.counts import Counts, FloatArray

_REFUTED = 0.05


@dataclass(frozen=True, slots=True)
class SolvableSets:
    """Problems by who solves them, in order.

    Attributes:
        both: Solved by both models.
        base_only: Solved by the base alone.
        other_only: Solved by the other alone.
        neither: Solved by none of them.
    """

    both: tuple[str, ...]
    base_only: tuple[str, ...]
    other_only: tuple[str, ...]
    neither: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unsolved:
    """A problem without a CORRECT sample.

    Attributes:
        group: The problem.
        n: Samples that were decided, all INCORRECT; 1 or more.
        undecided: Samples beside them that were not.
        largest_accuracy: Accuracies up to this are not refuted, at 5 %.
        chance_if_equal: Fisher's exact chance of this if both models were equally able; None where the
            other solves it neither.
        chance_of_another: Chance that another n samples would hold a right one.
    """

    group: str
    n: int
    undecided: int
    largest_accuracy: float
    chance_if_equal: float | None
    chance_of_another: float


def solvable_sets(base: Counts, other: Counts) -> SolvableSets:
    """Sort the problems of two models; both must have the same groups, in one order."""
    groups = np.array(base.groups, dtype=object)
    by_base, by_other = base.c > 0, other.c > 0
    masks = (
        by_base & by_other,
        by_base & ~by_other,
        ~by_base & by_other,
        ~by_base & ~by_other,
    )
    return SolvableSets(*(tuple(groups[mask].tolist()) for mask in masks))


def unsolved(model: Counts, against: Counts) -> tuple[Unsolved, ...]:
    """Return what `model` does not solve, beside what another does; same groups, in one order."""
    decided = model.decided
    if not (decided > 0).any():
        return ()
    spread = fit_beta(decided[decided > 0], model.c[decided > 0])
    places = np.flatnonzero((model.c == 0) & (decided > 0)).tolist()
    # Problems with equal n have equal chances, and there are few different n.
    another = {n: spread.chance_of_another(n) for n in set(decided[places].tolist())}
    return tuple(
        Unsolved(
            group=model.groups[place],
            n=int(decided[place]),
            undecided=int(model.u[place]),
            largest_accuracy=float(-np.expm1(np.log(_REFUTED) / decided[place])),
            chance_if_equal=_chance_if_equal(
                int(decided[place]), int(against.decided[place]), int(against.c[place])
            ),
            chance_of_another=another[int(decided[place])],
        )
        for place in places
    )


def _chance_if_equal(n: int, other_n: int, other_c: int) -> float | None:
    if not other_c:
        return None
    drawn: FloatArray = np.arange(other_c, dtype=np.float64)
    return float(np.prod((other_n - drawn) / (n + other_n - drawn)))
