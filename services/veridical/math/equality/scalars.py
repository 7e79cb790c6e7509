"""Comparing two expressions that stand for numbers: rationals, residues, then values."""

from __future__ import annotations

from fractions import Fraction

from veridical.math.decision import MathRule, RefutingPoint
from veridical.math.equality.context import Context
from veridical.math.equality.exact import bits, fold
from veridical.math.equality.finding import Finding, known
from veridical.math.equality.points import Points
from veridical.math.equality.residues import SOMEBODYS, NoResidueError, Residues
from veridical.math.equality.rewrite import changed
from veridical.math.equality.statements import NAMED_SETS
from veridical.math.equality.survey import Survey, children, survey
from veridical.math.equality.values import compare_values
from veridical.math.equality.written import written
from veridical.math.precision import close
from veridical.math.terms import (
    Apply,
    Constant,
    Number,
    Power,
    Product,
    Quantity,
    Sum,
    Symbol,
    Term,
)

_ROUNDS = 3
_MAX_SAFE_BITS = 48
"""Literals below this in all cannot make a multiple of the prime."""
_MAX_SHOWN_BITS = 120
_SCALARS = (Number, Symbol, Constant, Sum, Product, Power, Apply, Quantity)
_STATEMENTS = frozenset({"given", "choice", "time", "date", "ratio", "forall", "exists"})


def is_scalar(term: Term) -> bool:
    """Say whether a term stands for a number, or for a function of variables."""
    if not isinstance(term, _SCALARS):
        return False
    if isinstance(term, Apply):
        return term.function not in _STATEMENTS
    if isinstance(term, Symbol):
        return term.name not in NAMED_SETS
    if isinstance(term, Sum | Product):
        return all(is_scalar(part) for part in children(term))
    return not isinstance(term, Power) or is_scalar(term.base)


def compare_scalars(gold: Term, answer: Term, context: Context) -> Finding:
    """Compare two expressions.

    Raises:
        WorkExceededError: It is more work than is left.
    """
    if context.shortcuts and gold == answer:
        return known(MathRule.STRUCTURE, equal=True)
    rationals = _compare_rationals(gold, answer, context)
    if rationals is not None:
        return rationals
    surveys = survey(gold, context.work), survey(answer, context.work)
    points = Points(*surveys)
    found = _compare_residues(gold, answer, surveys, points, context)
    if found is not None:
        return found
    return compare_values(gold, answer, surveys, points, context)


def _compare_rationals(gold: Term, answer: Term, context: Context) -> Finding | None:
    left, right = written(gold, context.work), written(answer, context.work)
    if left is None or right is None:
        return None
    if close(left, right, context.policy):
        return known(MathRule.RATIONAL, equal=True)
    point = RefutingPoint((), text_of(left.value), text_of(right.value))
    return Finding(False, MathRule.RATIONAL, point)


def _compare_residues(
    gold: Term, answer: Term, surveys: tuple[Survey, Survey], points: Points, context: Context
) -> Finding | None:
    """Compare modulo a prime; None where that does not tell."""
    equal = 0
    for round_ in range(_ROUNDS):
        small = equal == 0
        point = points.small(round_) if small else points.large(round_)
        residues = Residues(point, points.key, context.work)
        try:
            same = residues.of(gold) == residues.of(answer)
        except NoResidueError:
            continue
        if not same:
            if SOMEBODYS in residues.atoms:
                other = _as_products(gold, answer, surveys, context)
                if other is not None:
                    return compare_scalars(*other, context)
            rounded = context.has_tolerance or any(side.steps for side in surveys)
            if rounded or not residues.refutes:
                return None
            return _refuted(gold, answer, point, points, context)
        equal += 1
        if equal == 2:
            return _confirmed(gold, answer, surveys, points, context)
    return None


def _as_products(
    gold: Term, answer: Term, surveys: tuple[Survey, Survey], context: Context
) -> tuple[Term, Term] | None:
    """Read `g(t)` as a product where `g` is a variable of the other side; None if none is."""

    def read(side: Term, variables: frozenset[str]) -> Term:
        def change(part: Term) -> Term | None:
            applied = part.base if isinstance(part, Power) else part
            if not (isinstance(applied, Apply) and applied.function in variables):
                return None
            if len(applied.arguments) != 1:
                return None
            argument = read(applied.arguments[0], variables)
            raised = Power(argument, part.exponent) if isinstance(part, Power) else argument
            return Product((Symbol(applied.function), raised))

        return changed(side, change, context.work)

    other = read(gold, surveys[1].names), read(answer, surveys[0].names)
    return None if other == (gold, answer) else other


def _confirmed(
    gold: Term, answer: Term, surveys: tuple[Survey, Survey], points: Points, context: Context
) -> Finding:
    """Take equal residues for equality, unless literals are large enough to hide a multiple."""
    if sum(side.bits for side in surveys) > _MAX_SAFE_BITS:
        found = compare_values(gold, answer, surveys, points, context)
        if found.equal is False:
            return found
    return known(MathRule.RESIDUE, equal=True)


def _refuted(
    gold: Term, answer: Term, point: dict[str, int], points: Points, context: Context
) -> Finding:
    values = {name: Fraction(value) for name, value in point.items()}
    shown = tuple((name, str(point[name])) for name in points.names)
    gold_value, answer_value = (fold(side, context.work, values) for side in (gold, answer))
    if gold_value is None or answer_value is None:
        return known(MathRule.RESIDUE, equal=False, detail="they differ modulo a prime")
    refuting = RefutingPoint(shown, text_of(gold_value), text_of(answer_value))
    return Finding(False, MathRule.RESIDUE, refuting)


def text_of(value: Fraction) -> str:
    """Return a rational as a short text."""
    if bits(value) <= _MAX_SHOWN_BITS:
        return str(value)
    exponent = value.numerator.bit_length() - value.denominator.bit_length()
    return f"about {'-' if value < 0 else ''}2^{exponent}"
