"""Congruences: residues of constants, and all residues of variables where they are few."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

from veridical.math.equality.exact import fold
from veridical.math.equality.work import Work
from veridical.math.terms import (
    Apply,
    Number,
    Power,
    Product,
    Quantity,
    Relation,
    Sum,
    Symbol,
    Term,
)
from veridical.proof.model import ClaimVerdict, ErrorKind, Fact, Finding, Method, OpenReason
from veridical.proof.parts import names_of

_MAX_POINTS = 4_000
_MAX_MODULUS = 10**12


@dataclass(frozen=True, slots=True)
class Congruence:
    """Two terms modulo a number.

    Attributes:
        left: The one.
        right: The other.
        modulus: At least 1.
        holds: Whether it says that they are congruent, not that they are not.
    """

    left: Term
    right: Term
    modulus: int
    holds: bool = True


def congruence_of(relation: Relation, work: Work) -> Congruence | None:
    """Read `a equiv b (mod m)`, or `a mod m = b`; None of anything else."""
    if relation.operator in {"equiv", "not_equiv"}:
        for one, other in ((relation.left, relation.right), (relation.right, relation.left)):
            match other:
                case Apply("mod", (value, modulus)):
                    return _made(one, value, modulus, relation.operator == "equiv", work)
    return None


def _made(left: Term, right: Term, modulus: Term, holds: bool, work: Work) -> Congruence | None:
    size = fold(modulus, work)
    if size is None or size.denominator != 1 or not 1 <= size <= _MAX_MODULUS:
        return None
    if isinstance(left, Apply) and left.function == "mod":
        left = left.arguments[0]
    return Congruence(left, right, int(size), holds)


def residue(term: Term, modulus: int, point: Mapping[str, int], work: Work) -> int | None:
    """Return the residue of `term`; None where it has none, or none that is known."""
    work.spend(1)
    match term:
        case Number(value, _, _):
            return _of_fraction(value, modulus)
        case Symbol(name):
            return point.get(name)
        case Quantity(value, _):
            return residue(value, modulus, point, work)
        case Sum(parts) | Product(parts):
            return _of_many(term, parts, modulus, point, work)
        case Power(base, exponent):
            return _of_power(base, exponent, modulus, point, work)
        case _:
            folded = fold(term, work)
            return None if folded is None else _of_fraction(folded, modulus)


def _of_many(
    term: Term, parts: Sequence[Term], modulus: int, point: Mapping[str, int], work: Work
) -> int | None:
    values: list[int] = []
    for part in parts:
        value = residue(part, modulus, point, work)
        if value is None:
            return None
        values.append(value)
    return (sum(values) if isinstance(term, Sum) else math.prod(values)) % modulus


def _of_fraction(value: Fraction, modulus: int) -> int | None:
    if math.gcd(value.denominator, modulus) != 1:
        return None
    return value.numerator * pow(value.denominator, -1, modulus) % modulus


def _of_power(
    base: Term, exponent: Term, modulus: int, point: Mapping[str, int], work: Work
) -> int | None:
    inner = residue(base, modulus, point, work)
    power = fold(exponent, work)
    if inner is None or power is None or power.denominator != 1:
        return None
    if power < 0 and math.gcd(inner, modulus) != 1:
        return None
    work.spend(1 + (power.numerator.bit_length() >> 2))
    return pow(inner, int(power), modulus)


def decide_congruence(goal: Congruence, facts: Sequence[Fact], work: Work) -> Finding:
    """Decide a congruence from congruences whose moduli divide its own.

    Raises:
        WorkExceededError: It is more work than is left.
    """
    names = sorted(names_of(goal.left) | names_of(goal.right))
    if any(_not_whole(side) for side in (goal.left, goal.right)):
        return Finding(ClaimVerdict.UNVERIFIED, open=OpenReason.UNSUPPORTED)
    used = [
        (read, fact.step)
        for fact in facts
        if isinstance(fact.statement, Relation)
        and (read := congruence_of(fact.statement, work)) is not None
        and goal.modulus % read.modulus == 0
        and names_of(read.left) | names_of(read.right) <= set(names)
    ]
    premises = tuple(sorted({step for _, step in used})) if names else ()
    return _enumerated(goal, names, [read for read, _ in used], premises, work)


def _not_whole(term: Term) -> bool:
    if isinstance(term, Number):
        return term.step is not None
    return isinstance(term, Apply) and term.function == "percent"


def _enumerated(
    goal: Congruence,
    names: Sequence[str],
    used: Sequence[Congruence],
    premises: tuple[int, ...],
    work: Work,
) -> Finding:
    if goal.modulus ** len(names) > _MAX_POINTS:
        return Finding(ClaimVerdict.UNVERIFIED, open=OpenReason.TOO_COMPLEX)
    held, failing = 0, None
    for point in _points(names, goal.modulus):
        if not all(_holds(each, point, work) for each in used):
            continue
        found = _holds(goal, point, work)
        if found is None:
            return Finding(ClaimVerdict.UNVERIFIED, open=OpenReason.UNSUPPORTED)
        held += found
        failing = failing or (None if found else point)
    return _concluded(goal, held, failing, premises, work)


def _points(names: Sequence[str], modulus: int) -> Iterator[dict[str, int]]:
    for values in product(range(modulus if names else 1), repeat=len(names)):
        yield dict(zip(names, values, strict=True))


def _holds(each: Congruence, point: Mapping[str, int], work: Work) -> bool | None:
    left = residue(each.left, each.modulus, point, work)
    right = residue(each.right, each.modulus, point, work)
    return None if left is None or right is None else (left == right) is each.holds


def _concluded(
    goal: Congruence,
    held: int,
    failing: dict[str, int] | None,
    premises: tuple[int, ...],
    work: Work,
) -> Finding:
    if failing is None:
        if not held:
            return Finding(ClaimVerdict.UNVERIFIED, open=OpenReason.AMBIGUOUS)
        return Finding(ClaimVerdict.ENTAILED, Method.ENUMERATION, premises)
    if held and not premises:
        return Finding(ClaimVerdict.UNVERIFIED, open=OpenReason.UNGROUNDED)
    left = residue(goal.left, goal.modulus, failing, work)
    right = residue(goal.right, goal.modulus, failing, work)
    shown = tuple((name, str(value)) for name, value in sorted(failing.items()))
    return Finding(
        ClaimVerdict.NOT_ENTAILED if held else ClaimVerdict.CONTRADICTED,
        Method.ENUMERATION,
        premises,
        (*shown, ("left", str(left)), ("right", str(right))),
        ErrorKind.CALCULATION,
        note=f"modulo {goal.modulus} the sides are {left} and {right}",
    )
