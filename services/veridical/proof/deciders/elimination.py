"""Equations as sums of multiples of others: what follows by adding and subtracting them, without a solver.

Every monomial counts as an unknown of its own. Where all equations are linear that decides the question,
and a point shows it; else it can only say that the goal follows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from veridical.math.equality.work import Work
from veridical.math.terms import Term
from veridical.proof.deciders.polynomials import Monomial, Polynomial, degree, names_in, plus
from veridical.proof.deciders.session import Session
from veridical.proof.model import Fact

_VALUES = tuple(map(Fraction, ("2", "3", "-1", "5", "0", "7", "1", "-4", "1/2", "11")))
_TRIED = 4
_UNITS = 2
"""Units of work that a term of an equation takes where a multiple of it is taken away."""
_CONSTANT: Monomial = ()


@dataclass(frozen=True, slots=True)
class Eliminated:
    """What equations say about a goal.

    Attributes:
        follows: Whether it is a sum of multiples of them; None where they contradict each other.
        excluded: Whether its sides differ by a number wherever they hold.
        premises: Steps of the equations that say so.
        points: Points at which the equations hold, as far as all of them and the goal are linear.
    """

    follows: bool | None
    excluded: bool = False
    premises: frozenset[int] = frozenset()
    points: tuple[dict[str, Fraction], ...] = ()


@dataclass(slots=True)
class Rows:
    """Equations in echelon form, each with the steps that it is made of.

    Attributes:
        rows: By the monomial that each is solved for.
        contradict: Whether two of them cannot both hold.
    """

    rows: dict[Monomial, tuple[Polynomial, frozenset[int]]] = field(default_factory=dict)
    contradict: bool = False

    def add(self, poly: Polynomial, step: int, work: Work) -> None:
        """Take in an equation that a step says."""
        rest, steps = self.reduced(poly, work)
        pivot = next((monomial for monomial in sorted(rest, reverse=True) if monomial), None)
        if pivot is not None:
            self.rows[pivot] = (_scaled(rest, 1 / rest[pivot]), steps | {step})
        elif rest:
            self.contradict = True

    def reduced(self, poly: Polynomial, work: Work) -> tuple[Polynomial, frozenset[int]]:
        """Return a polynomial less multiples of the rows, and the steps of those."""
        steps: set[int] = set()
        for pivot, (row, sources) in self.rows.items():
            factor = poly.get(pivot)
            if factor:
                work.spend(_UNITS * len(row))
                poly = plus(poly, row, -factor)
                steps |= sources
        return poly, frozenset(steps)

    def point(self, names: Sequence[str], start: int) -> dict[str, Fraction]:
        """Return a point at which linear rows hold; symbols that may be anything get small numbers."""
        values = {name: _VALUES[(3 * start + at) % len(_VALUES)] for at, name in enumerate(names)}
        for pivot, (row, _) in reversed(self.rows.items()):
            (name, _), *_ = pivot
            values[name] = -sum(
                (
                    factor * _at(monomial, values)
                    for monomial, factor in row.items()
                    if monomial != pivot
                ),
                Fraction(0),
            )
        return values


def _at(monomial: Monomial, values: dict[str, Fraction]) -> Fraction:
    return values[monomial[0][0]] if monomial else Fraction(1)


def _scaled(poly: Polynomial, factor: Fraction) -> Polynomial:
    return {monomial: factor * value for monomial, value in poly.items()}


def eliminate(goal: Term, facts: Sequence[Fact], session: Session, work: Work) -> Eliminated | None:
    """Return what equations say about another one; None unless all of them are polynomials.

    Args:
        goal: What is asked.
        facts: What may be used.
        session: What the questions about the trace share.
        work: What this may take.

    Raises:
        WorkExceededError: It is more work than is left.
    """
    wanted = session.gap(goal, work)
    if not wanted:
        return None
    rows, given = Rows(), list[Polynomial]()
    for fact in facts:
        poly = session.gap(fact.statement, work)
        if poly is None:
            return None
        given.append(poly)
        rows.add(poly, fact.step, work)
    if rows.contradict:
        return Eliminated(None)
    rest, premises = rows.reduced(wanted, work)
    if not rest:
        return Eliminated(follows=True, premises=premises)
    if max(map(degree, (wanted, *given))) > 1:
        return None
    names = sorted(frozenset().union(*map(names_in, (wanted, *given))))
    points = tuple(rows.point(names, start) for start in range(_TRIED))
    return Eliminated(False, not any(rest), premises, points)
