"""Values of expressions from values of others: `x^2 + y^2` from `x + y` and `xy`.

Equations are multiplied by small products of the unknowns, and these are added up. Functions of unknowns
count as unknowns, and `sin^2 + cos^2 = 1` is known of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import combinations_with_replacement

from veridical.math.equality.rewrite import changed
from veridical.math.equality.work import Work
from veridical.math.terms import Apply, Relation, Symbol, Term
from veridical.proof.deciders.elimination import Rows
from veridical.proof.deciders.polynomials import (
    Monomial,
    Polynomial,
    degree,
    names_in,
    plus,
    polynomial,
    times,
)
from veridical.proof.model import ClaimVerdict, ErrorKind, Fact, Finding, Method
from veridical.proof.parts import names_of, parts_of

_MAX_NAMES = 4
_MAX_DEGREE = 4
_MAX_FACTS = 5
_MIN_DEGREE = 2
_SINE, _COSINE = "sin", "cos"


def decide_by_products(goal: Relation, facts: Sequence[Fact], work: Work) -> Finding | None:
    """Decide whether the value of an expression follows from those of others; None where they do not tell.

    Args:
        goal: An equation.
        facts: What may be used.
        work: What this may take.

    Raises:
        WorkExceededError: It is more work than is left.
    """
    wanted = _gap(goal, work)
    if not wanted or not _MIN_DEGREE <= degree(wanted) <= _MAX_DEGREE:
        return None
    names = names_in(wanted)
    known = [(poly, fact.step) for fact in facts if (poly := _known(fact, names, work))]
    given = sorted(known, key=lambda each: degree(each[0]))[:_MAX_FACTS]
    if not given or len(names) > _MAX_NAMES:
        return None
    rows = Rows()
    for poly, step in (*given, *_pythagorean(goal, given[0][1], work)):
        for multiple in _multiples(poly, sorted(names), degree(wanted), work):
            rows.add(multiple, step, work)
    rest, steps = rows.reduced(wanted, work)
    if rows.contradict:
        return None
    if not rest:
        return Finding(ClaimVerdict.ENTAILED, Method.ELIMINATION, tuple(sorted(steps)))
    return None if any(rest) else _refuted(goal, rest[()], steps, work)


def _gap(relation: Relation, work: Work) -> Polynomial | None:
    left, right = (
        polynomial(_opaque(side, work), work) for side in (relation.left, relation.right)
    )
    return None if left is None or right is None else plus(left, right, Fraction(-1))


def _opaque(side: Term, work: Work) -> Term:
    def change(part: Term) -> Term | None:
        is_unknown = isinstance(part, Apply) and bool(names_of(part))
        return Symbol(repr(part)) if is_unknown else None

    return changed(side, change, work)


def _known(fact: Fact, names: frozenset[str], work: Work) -> Polynomial | None:
    statement = fact.statement
    if not isinstance(statement, Relation) or statement.operator != "=":
        return None
    poly = _gap(statement, work)
    return poly if poly and names_in(poly) <= names and degree(poly) <= _MAX_DEGREE else None


def _pythagorean(goal: Relation, step: int, work: Work) -> Iterator[tuple[Polynomial, int]]:
    """Yield `sin^2 + cos^2 = 1` of each argument that both are taken of."""
    taken = {(part.function, part.arguments) for part in parts_of(goal) if isinstance(part, Apply)}
    for function, arguments in taken:
        if function == _SINE and (_COSINE, arguments) in taken:
            work.spend(1)
            sine, cosine = (repr(Apply(each, arguments)) for each in (_SINE, _COSINE))
            one = Fraction(1)
            yield {((sine, 2),): one, ((cosine, 2),): one, (): -one}, step


def _multiples(
    poly: Polynomial, names: Sequence[str], top: int, work: Work
) -> Iterator[Polynomial]:
    """Yield the products of a polynomial with monomials, up to a degree."""
    for size in range(max(0, top - degree(poly)) + 1):
        for chosen in combinations_with_replacement(names, size):
            monomial: Monomial = tuple((name, chosen.count(name)) for name in sorted({*chosen}))
            product = times(poly, {monomial: Fraction(1)}, work)
            if product:
                yield product


def _refuted(goal: Relation, apart: Fraction, steps: frozenset[int], work: Work) -> Finding | None:
    """Return what the sides come to, where one of them is a number."""
    for side, sign in ((goal.right, 1), (goal.left, -1)):
        value = polynomial(side, work)
        if value is None or any(value):
            continue
        said = value.get((), Fraction(0))
        is_ = said + sign * apart
        shown = (str(is_), str(said)) if sign == 1 else (str(said), str(is_))
        return Finding(
            ClaimVerdict.CONTRADICTED,
            Method.ELIMINATION,
            tuple(sorted(steps)),
            (("left", shown[0]), ("right", shown[1])),
            ErrorKind.RULE,
            note=f"it comes to {is_}, not to {said}",
        )
    return None
