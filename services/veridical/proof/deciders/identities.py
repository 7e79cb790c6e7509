"""Equalities with free variables: residues at random points, and points that refute."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import islice

from veridical.math.equality.context import Context
from veridical.math.equality.exact import fold
from veridical.math.equality.rewrite import changed
from veridical.math.equality.scalars import compare_scalars, is_scalar
from veridical.math.equality.work import Work
from veridical.math.policy import MathPolicy
from veridical.math.terms import Apply, Power, Product, Relation, Sum, Symbol, Term
from veridical.proof.deciders.arithmetic import Outcome, Truth, outcome_of
from veridical.proof.deciders.polynomials import Polynomial, degree, names_in, plus, polynomial
from veridical.proof.deciders.readings import readings
from veridical.proof.deciders.substitution import at_point
from veridical.proof.model import ClaimVerdict, ErrorKind, Finding, Method
from veridical.proof.parts import free_names, names_of, parts_of

_POLICY = MathPolicy()
_MIN_SHARED = 2
_MIN_EXPANDED = 3
_SEVERAL = 3
_POINTS = (2, 3, 5, 7, -1, 1, 0, 11, -4)
_AWAY = tuple(map(Fraction, (17, 29, 23, 31, 19, 37)))
"""Values at which hardly anything holds by chance."""


def is_identity(relation: Relation, work: Work) -> bool:
    """Say whether an equality holds for all values, by residues or values at random points.

    Raises:
        WorkExceededError: It is more work than is left.
    """
    apart = gap(relation, work)
    return is_alike(relation, work) if apart is None else not apart


def is_alike(relation: Relation, work: Work) -> bool:
    """Say whether sides that are no polynomials have equal residues, or values at random points.

    Raises:
        WorkExceededError: It is more work than is left.
    """
    left, right = (free_names(side, work) for side in (relation.left, relation.right))
    if left - right and right - left:
        return False
    for reading in readings(relation, work):
        if is_scalar(reading.left) and is_scalar(reading.right):
            if _differs(reading, left | right, work):
                continue
            found = compare_scalars(reading.left, reading.right, Context(_POLICY, work))
            if found.equal:
                return True
    return False


def _differs(relation: Relation, names: frozenset[str], work: Work) -> bool:
    """Say whether both sides have exact values at one point, and these differ: the cheapest way to know."""
    point = dict(zip(sorted(names), _AWAY, strict=False))
    left = fold(relation.left, work, point) if len(point) == len(names) else None
    return left is not None and fold(relation.right, work, point) not in (None, left)


def gap(relation: Relation, work: Work) -> Polynomial | None:
    """Return the left side less the right one; None where that is no polynomial."""
    left, right = polynomial(relation.left, work), polynomial(relation.right, work)
    return None if left is None or right is None else plus(left, right, Fraction(-1))


def decide_never(relation: Relation, apart: Polynomial | None, work: Work) -> Finding | None:
    """Refute an equality whose sides differ by a number other than 0; None for any other.

    Args:
        relation: It.
        apart: Its left side less the right one.
        work: What this may take.

    Raises:
        WorkExceededError: It is more work than is left.
    """
    if not apart or names_in(apart):
        return None
    return refuted_at_point(relation, work)


def is_like_identity(relation: Relation, work: Work) -> bool:
    """Say whether the sides have so much in common that they are meant to be equal for all values.

    They are polynomials of which at least two terms with symbols, the leading ones among them, and half
    of all agree. Functions count as symbols.
    """
    left, right = (
        polynomial(_opaque(side, work), work) for side in (relation.left, relation.right)
    )
    if not left or not right or names_in(left) != names_in(right):
        return False
    shared = [monomial for monomial in left if right.get(monomial) == left[monomial]]
    top = max(degree(left), degree(right))
    leading = {
        monomial for monomial in (*left, *right) if sum(exponent for _, exponent in monomial) == top
    }
    return (
        sum(bool(monomial) for monomial in shared) >= _MIN_SHARED
        and 2 * len(shared) >= max(len(left), len(right))
        and (top < _MIN_SHARED or any(monomial in shared for monomial in leading))
    )


def is_expansion(relation: Relation, work: Work) -> bool:
    """Say whether one side is a product of sums and the other one looks like what it expands to.

    At least three terms, and half of all, agree once both are expanded; four where both sides have such a
    product. Functions count as symbols.

    Raises:
        WorkExceededError: It is more work than is left.
    """
    left, right = (_opaque(side, work) for side in (relation.left, relation.right))
    products = _has_product_of_sums(left) + _has_product_of_sums(right)
    if not products:
        return False
    first, second = polynomial(left, work), polynomial(right, work)
    if not first or not second or names_in(first) != names_in(second):
        return False
    shared = sum(second.get(monomial) == factor for monomial, factor in first.items())
    least = _MIN_EXPANDED + products - 1
    return shared >= least and 2 * shared >= max(len(first), len(second))


def _has_product_of_sums(term: Term) -> bool:
    return any(
        (isinstance(part, Power) and isinstance(part.base, Sum))
        or (isinstance(part, Product) and any(isinstance(each, Sum) for each in part.factors))
        for part in parts_of(term)
    )


def _opaque(side: Term, work: Work) -> Term:
    """Return `side` with a symbol for each function that is no number."""

    def change(part: Term) -> Term | None:
        if isinstance(part, Apply) and names_of(part):
            return Symbol(repr(part))
        return None

    return changed(side, change, work)


def refuted_at_point(relation: Relation, work: Work) -> Finding | None:
    """Return a finding with a small point at which an equality fails under every reading.

    Raises:
        WorkExceededError: It is more work than is left.
    """
    return next(_refutations(relation, work), None)


def refuted_everywhere(relation: Relation, work: Work) -> Finding | None:
    """Return a finding with a point if an equality fails at several small points.

    Raises:
        WorkExceededError: It is more work than is left.
    """
    found = list(islice(_refutations(relation, work), _SEVERAL))
    return found[0] if len(found) == _SEVERAL else None


def _refutations(relation: Relation, work: Work) -> Iterator[Finding]:
    names = sorted(free_names(relation, work))
    for start in range(len(_POINTS)):
        point = {
            name: Fraction(_POINTS[(start + at) % len(_POINTS)]) for at, name in enumerate(names)
        }
        finding = refuted_by(relation, point, work)
        if finding is not None:
            yield finding


def refuted_by(relation: Relation, point: dict[str, Fraction], work: Work) -> Finding | None:
    """Return a finding with `point` as counterexample; None where it refutes nothing.

    Raises:
        WorkExceededError: It is more work than is left.
    """
    first: Outcome | None = None
    for reading in readings(relation, work):
        outcome = outcome_of(at_point(reading, point, work), work)
        first = first or outcome
        if outcome.truth is not Truth.FALSE:
            return None
    if first is None:
        return None
    shown = tuple((name, str(value)) for name, value in sorted(point.items()))
    return Finding(
        ClaimVerdict.CONTRADICTED,
        Method.RANDOM_EVALUATION,
        counterexample=(*shown, ("left", str(first.left)), ("right", str(first.right))),
        error=ErrorKind.CALCULATION,
        note=f"{first.left} {relation.operator} {first.right} is false there",
    )
