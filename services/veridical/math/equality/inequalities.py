"""Comparing two inequalities that were not solved for a variable."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from veridical.math.decision import MathRule
from veridical.math.equality.arithmetic import (
    START_PRECISION,
    NoValueError,
    UndefinedError,
    is_zero,
)
from veridical.math.equality.context import Context
from veridical.math.equality.finding import Finding, known, unknown
from veridical.math.equality.numeric import Evaluator
from veridical.math.equality.points import Place, Points, Sign
from veridical.math.equality.residues import PRIME, NoResidueError, Residues
from veridical.math.equality.rewrite import minus
from veridical.math.equality.survey import survey
from veridical.math.terms import Relation, Term

_PLACES = (
    Place(0, 1, Sign.MIXED),
    Place(0, 4, Sign.MIXED),
    Place(0, 20, Sign.MIXED),
    Place(0, 4),
    Place(0, 4, Sign.NEGATIVE),
    Place(0, 300, Sign.MIXED),
)
_OPERATORS = frozenset({"<", "<=", ">", ">=", "!="})
_ROUNDS = 24
_MULTIPLES = 3


def compare_inequalities(gold: Relation, answer: Relation, context: Context) -> Finding:
    """Compare two inequalities: equal if one is the other times a positive number.

    Raises:
        WorkExceededError: It is more work than is left.
    """
    operators = {gold.operator, answer.operator}
    if not operators <= _OPERATORS:
        if operators <= _OPERATORS | {"="}:
            return known(MathRule.KIND, equal=False, detail="only one of them is an equation")
        return unknown(MathRule.REGION, "a condition was not understood")
    if ("=" in gold.operator) is not ("=" in answer.operator) or (
        "!=" in (gold.operator, answer.operator) and gold.operator != answer.operator
    ):
        return known(MathRule.REGION, equal=False, detail="one bound is strict")
    return _Inequalities(_below_zero(gold), _below_zero(answer), context).compare()


def _below_zero(relation: Relation) -> Term:
    """Return what is below zero, or not zero, if the relation holds."""
    if relation.operator.startswith(">"):
        return minus(relation.right, relation.left)
    return minus(relation.left, relation.right)


class _Inequalities:
    def __init__(self, gold: Term, answer: Term, context: Context) -> None:
        self._sides = (gold, answer)
        self._context = context
        self._points = Points(*(survey(side, context.work) for side in self._sides))

    def compare(self) -> Finding:
        refuted = agree = 0
        for round_ in range(_ROUNDS):
            place = _PLACES[round_ % len(_PLACES)]
            signs = [self._sign(side, self._points.real(round_, place, ())) for side in self._sides]
            if signs[0] is None or signs[1] is None:
                continue
            refuted += signs[0] != signs[1]
            agree += signs[0] == signs[1]
        if refuted:
            return known(MathRule.REGION, equal=False, detail="one holds where the other does not")
        if agree and self._are_multiples():
            return known(MathRule.REGION, equal=True)
        return unknown(MathRule.REGION, "the inequalities could not be solved")

    def _sign(self, side: Term, point: Mapping[str, Fraction]) -> int | None:
        try:
            value = Evaluator(point, START_PRECISION, self._context.work).of(side)
        except (NoValueError, UndefinedError):
            return None
        if not value.is_real or is_zero(value):
            return None
        return 1 - 2 * int(value.real[0])

    def _are_multiples(self) -> bool:
        values: list[tuple[int, ...]] = []
        for round_ in range(_MULTIPLES):
            point = self._points.large(round_)
            residues = Residues(point, self._points.key, self._context.work)
            try:
                values.append(tuple(residues.of(side) for side in self._sides))
            except NoResidueError:
                return False
        first_gold, first_answer = values[0]
        same = [
            gold * first_answer % PRIME == answer * first_gold % PRIME for gold, answer in values
        ]
        return bool(first_gold and first_answer) and all(same)
