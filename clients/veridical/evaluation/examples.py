"""Responses to look at: of problems that both models solve, the base alone, the other alone, or neither."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from veridical.evaluation.analysis import Analysis, Comparison
from veridical.evaluation.runs.store import Drawn
from veridical.evaluation.survey import Survey

_OF_EACH = 2
"""Problems of each kind."""


class SolvedBy(StrEnum):
    """Who solves a problem."""

    BOTH = "both"
    BASE_ONLY = "base_only"
    OTHER_ONLY = "other_only"
    NEITHER = "neither"


@dataclass(frozen=True, slots=True)
class Choice:
    """A problem to look at.

    Attributes:
        base: Name of the base.
        other: Name of the other model.
        solved_by: Who solves it.
        group: The problem.
    """

    base: str
    other: str
    solved_by: SolvedBy
    group: str


@dataclass(frozen=True, slots=True)
class Example:
    """A problem with a response of each of two models.

    Attributes:
        choice: Why it is here.
        responses: With their verdicts: a right one of each model that has one.
    """

    choice: Choice
    responses: tuple[Drawn, ...]


def chosen(analysis: Analysis) -> list[Choice]:
    """Return problems of each kind and comparison, those first that the solver gets right most often.

    Where neither model solves any, some of those are there, to see why.
    """
    return [each for found in analysis.comparisons for each in _chosen(analysis, found)]


def _chosen(analysis: Analysis, found: Comparison) -> list[Choice]:
    solved = found.sets.both or found.sets.base_only or found.sets.other_only
    kinds = [each for each in SolvedBy if bool(solved) != (each is SolvedBy.NEITHER)]
    return [
        Choice(found.base, found.other, kind, group)
        for kind in kinds
        for group in _of_kind(analysis, found, kind)[:_OF_EACH]
    ]


def examples(choices: Sequence[Choice], survey: Survey) -> tuple[Example, ...]:
    """Return the choices with the responses that a survey of their problems found."""
    return tuple(
        Example(choice, tuple(each for each in responses if each is not None))
        for choice in choices
        for responses in [[survey.response(m, choice.group) for m in (choice.base, choice.other)]]
    )


def _of_kind(analysis: Analysis, found: Comparison, solved_by: SolvedBy) -> list[str]:
    groups: tuple[str, ...] = getattr(found.sets, solved_by)
    solver = found.base if solved_by is SolvedBy.BASE_ONLY else found.other
    counts = next(curve.counts for curve in analysis.curves if curve.model == solver)
    right = dict(zip(counts.groups, (counts.c / counts.n).tolist(), strict=True))
    return sorted(groups, key=lambda group: -right[group])
