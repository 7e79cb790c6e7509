"""Statements on all numbers of a kind: one number at which they fail refutes them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from veridical.math.equality.survey import check_size
from veridical.math.equality.work import Work
from veridical.math.terms import Relation, Term
from veridical.proof.deciders.arithmetic import Truth
from veridical.proof.deciders.congruences import congruence_of, residue
from veridical.proof.deciders.identities import refuted_by
from veridical.proof.deciders.limits import NOT_DECIDED
from veridical.proof.deciders.truth import truth_at
from veridical.proof.model import ClaimVerdict, ErrorKind, Fact, Finding, Method
from veridical.proof.parts import free_names

_COUNT = 120
"""Integers that are tried."""
_REALS = tuple(
    map(Fraction, ("0", "1", "-1", "2", "-2", "1/2", "-1/2", "3", "-3", "1/10", "10", "-10", "7/2"))
)


@dataclass(frozen=True, slots=True)
class Scope:
    """The numbers that a statement is said to hold for.

    Attributes:
        name: The variable.
        is_whole: Whether only integers are meant.
        least: The least of them, or what they are greater than; None for no bound.
        is_strict: Whether `least` is not one of them.
    """

    name: str
    is_whole: bool
    least: Fraction | None = None
    is_strict: bool = False

    def values(self) -> Iterator[Fraction]:
        """Yield some of the numbers, simple ones first."""
        if self.is_whole:
            start = 0 if self.least is None else -((-self.least) // 1)
            yield from (Fraction(start + at) for at in range(_COUNT) if self._has(start + at))
            yield from (Fraction(-at) for at in range(1, 20) if self.least is None)
        else:
            yield from filter(self._has, _REALS)

    def _has(self, value: Fraction | int) -> bool:
        if self.least is None:
            return True
        return value > self.least if self.is_strict else value >= self.least


def refute_for_all(
    statement: Term, scope: Scope, facts: Sequence[Fact], work: Work
) -> Finding | None:
    """Refute a statement on all numbers of a scope, at one where no fact fails; None where none is found.

    Args:
        statement: What is said, of the variable of the scope alone.
        scope: The numbers.
        facts: What is known.
        work: What this may take.
    """
    try:
        check_size(statement, work)
        if free_names(statement, work) != {scope.name}:
            return None
        for value in scope.values():
            point = {scope.name: value}
            if any(truth_at(fact.statement, point, work) is Truth.FALSE for fact in facts):
                continue
            found = _failing(statement, point, work)
            if found is not None:
                return replace(found, method=Method.ENUMERATION, error=ErrorKind.RULE)
    except NOT_DECIDED:
        return None
    return None


def _failing(statement: Term, point: dict[str, Fraction], work: Work) -> Finding | None:
    congruence = congruence_of(statement, work) if isinstance(statement, Relation) else None
    if congruence is not None:
        whole = {name: int(value) for name, value in point.items()}
        sides = (congruence.left, congruence.right)
        left, right = (residue(side, congruence.modulus, whole, work) for side in sides)
        known = left is not None and right is not None
        return _at(point) if known and (left == right) is not congruence.holds else None
    if isinstance(statement, Relation):
        return refuted_by(statement, point, work)
    return _at(point) if truth_at(statement, point, work) is Truth.FALSE else None


def _at(point: dict[str, Fraction]) -> Finding:
    shown = tuple((name, str(value)) for name, value in point.items())
    return Finding(
        ClaimVerdict.CONTRADICTED,
        Method.ENUMERATION,
        counterexample=shown,
        error=ErrorKind.RULE,
        note=f"it fails at {', '.join(f'{name} = {value}' for name, value in shown)}",
    )
