"""Comparing two equations by the points that solve them.

Modulo a prime, one equation is solved for a variable in which it is linear or quadratic, at values
of the others that nobody can aim at; the solution is put into the other equation.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from itertools import pairwise

from veridical.math.decision import MathRule
from veridical.math.equality.context import Context
from veridical.math.equality.finding import Finding, known, unknown
from veridical.math.equality.points import Points
from veridical.math.equality.residues import PRIME, NoResidueError, Residues
from veridical.math.equality.rewrite import changed, minus
from veridical.math.equality.scalars import compare_scalars
from veridical.math.equality.statements import assignment, unknown_functions
from veridical.math.equality.survey import names_of, survey
from veridical.math.terms import Number, Product, Relation, Symbol, Term

_MISSED = "a solution of one does not solve the other"
_ZERO = Number(Fraction(0))
_SAMPLE = Number(Fraction(37, 29))
_POINTS = 4
_SOLUTIONS = 2
_ROUNDS = 8
_MISS = -1


def compare_equations(gold: Relation, answer: Relation, context: Context) -> Finding:
    """Compare two equations.

    Raises:
        WorkExceededError: It is more work than is left.
    """
    sides = minus(gold.left, gold.right), minus(answer.left, answer.right)
    if unknown_functions(sides[0]) != unknown_functions(sides[1]):
        return known(MathRule.EQUATION, equal=False, detail="they are about different functions")
    try:
        found = _Curves(sides[0], sides[1], context).compare()
    except NoResidueError:
        found = unknown(MathRule.EQUATION, "no value is known for a part of it")
    if found.equal is None and _are_multiples(sides[0], sides[1], context):
        return known(MathRule.EQUATION, equal=True)
    if found.equal is None and (
        _misses(gold, sides[1], context) or _misses(answer, sides[0], context)
    ):
        return known(MathRule.EQUATION, equal=False, detail=_MISSED)
    return found


def _are_multiples(gold: Term, answer: Term, context: Context) -> bool:
    """Say whether one side is the other times a number, by their values: `a b' = b a'` at a point."""

    def fixed(part: Term) -> Term | None:
        return _SAMPLE if isinstance(part, Symbol) else None

    at = [changed(side, fixed, context.work) for side in (gold, answer)]
    if any(compare_scalars(side, _ZERO, context).equal is not False for side in at):
        return False
    return compare_scalars(Product((gold, at[1])), Product((answer, at[0])), context).equal is True


def _misses(solved: Relation, other: Term, context: Context) -> bool:
    """Say whether `x = 4` is no solution of the other equation."""
    given = assignment(solved)
    if given is None or not isinstance(given.name, Symbol) or names_of(given.value):
        return False
    name, value = given.name, given.value

    def change(part: Term) -> Term | None:
        return value if part == name else None

    left = changed(other, change, context.work)
    return not names_of(left) and compare_scalars(left, _ZERO, context).equal is False


class _Curves:
    """The zeros of two terms."""

    def __init__(self, gold: Term, answer: Term, context: Context) -> None:
        self._sides = (gold, answer)
        self._context = context
        surveys = survey(gold, context.work), survey(answer, context.work)
        self._own = surveys[0].names, surveys[1].names
        self._names = tuple(sorted(surveys[0].names & surveys[1].names))
        self._points = Points(*surveys)
        self._pure = True

    def compare(self) -> Finding:
        ratio = self._ratio()
        if ratio is not None:
            return known(MathRule.EQUATION, equal=ratio)
        if self._differ_in_names():
            return known(MathRule.EQUATION, equal=False, detail="the variables differ")
        if not self._pure:
            return unknown(MathRule.EQUATION, "the equations are not polynomial")
        within = [self._solves(0, 1), self._solves(1, 0)]
        if False in within:
            return known(MathRule.EQUATION, equal=False, detail=_MISSED)
        if within == [True, True]:
            return known(MathRule.EQUATION, equal=True)
        return unknown(MathRule.EQUATION, "the equations could not be solved for a variable")

    def _differ_in_names(self) -> bool:
        """Say whether one side hangs on a variable that the other does not have."""
        point = self._points.large(0)
        for side, other in ((0, 1), (1, 0)):
            for name in self._own[side] - self._own[other]:
                values = {self._value(side, {**point, name: at}) for at in range(2, 5)}
                if len(values) > 1 and self._pure:
                    return True
        return False

    def _value(self, side: int, point: Mapping[str, int]) -> int:
        residues = Residues(point, self._points.key, self._context.work)
        top, _ = residues.fraction(self._sides[side])
        self._pure = self._pure and residues.refutes
        return top

    def _ratio(self) -> bool | None:
        """Say whether the sides are multiples of each other; None where points must tell."""
        values: list[tuple[int, int]] = []
        for round_ in range(_POINTS):
            point = self._points.large(round_)
            values.append((self._value(0, point), self._value(1, point)))
        gold, answer = zip(*values, strict=True)
        if not any(gold) or not any(answer):
            return not any(gold) and not any(answer)
        if any(len(set(side)) == 1 for side in (gold, answer)):
            # `x = x + 1` has no solution; neither has `x = x + 2`, and they are not the same.
            return False
        first_gold, first_answer = values[0]
        same = all(
            left * first_answer % PRIME == right * first_gold % PRIME for left, right in values
        )
        return True if same and first_gold and first_answer else None

    def _solves(self, solved: int, other: int) -> bool | None:
        """Say whether solutions of one side solve the other; None where not all could be looked at."""
        found: list[int | None] = []
        for name in self._names:
            found.append(self._solved_for(name, solved, other))
            if found[-1] == _MISS:
                return False
        return None if None in found or max(filter(None, found), default=0) < _SOLUTIONS else True

    def _solved_for(self, name: str, solved: int, other: int) -> int | None:
        """Count solutions that solve the other side, too; None where the degree is above two."""
        count = 0
        for round_ in range(_ROUNDS):
            point = self._points.large(round_)
            roots = self._roots(solved, name, point)
            if roots is None:
                return None
            for root in roots:
                if self._value(other, {**point, name: root}):
                    return _MISS
                count += 1
            if count >= _SOLUTIONS:
                break
        return count

    def _roots(self, side: int, name: str, point: Mapping[str, int]) -> list[int] | None:
        """Return the roots for one variable; None where the side is of a degree above two."""
        values = [self._value(side, {**point, name: at}) for at in range(5)]
        first = [(right - left) % PRIME for left, right in pairwise(values)]
        second = [(right - left) % PRIME for left, right in pairwise(first)]
        if len(set(second)) != 1:
            return None
        square = second[0] * pow(2, -1, PRIME) % PRIME
        linear = (first[0] - square) % PRIME
        return _roots_of(square, linear, values[0])


def _roots_of(square: int, linear: int, constant: int) -> list[int]:
    if square == 0:
        return [-constant * pow(linear, -1, PRIME) % PRIME] if linear else []
    discriminant = (linear * linear - 4 * square * constant) % PRIME
    # The prime is 3 modulo 4, so that a root is a power, if there is one.
    root = pow(discriminant, (PRIME + 1) // 4, PRIME)
    if root * root % PRIME != discriminant:
        return []
    below = pow(2 * square, -1, PRIME)
    return [(sign * root - linear) * below % PRIME for sign in (1, -1)]
