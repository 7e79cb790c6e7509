"""Statements on the places of objects in a row, and whether an order satisfies them.

Sets of orders are never listed: whether a partial row can be completed depends only on which objects
stand in it, so a search over subsets answers each question in at most 2^n · n steps.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction

from veridical.math.terms import Apply, Logic, Number, Relation, Symbol, Term

MAX_OBJECTS = 12
MAX_SUBSETS = 100_000
"""Subsets that one trace may visit in all."""
MAX_QUESTIONS = 5_000
"""Different questions that one trace may ask."""


@dataclass(frozen=True, slots=True)
class Before:
    """One object has a lower place than another."""

    first: str
    second: str


@dataclass(frozen=True, slots=True)
class At:
    """A place is taken by one of some objects, or by none of them.

    Attributes:
        place: From 1, counted from the low end.
        objects: The objects.
        holds: Whether it is one of them.
    """

    place: int
    objects: frozenset[str]
    holds: bool = True


Constraint = Before | At


def negated(constraint: Constraint) -> Constraint:
    """The opposite."""
    if isinstance(constraint, Before):
        return Before(constraint.second, constraint.first)
    return At(constraint.place, constraint.objects, not constraint.holds)


def term(constraint: Constraint) -> Term:
    """A constraint as a relation between places."""
    if isinstance(constraint, Before):
        return Relation("<", _place(constraint.first), _place(constraint.second))
    number = Number(Fraction(constraint.place))
    operator, join = ("=", "or") if constraint.holds else ("!=", "and")
    parts = tuple(Relation(operator, _place(one), number) for one in sorted(constraint.objects))
    return parts[0] if len(parts) == 1 else Logic(join, parts)


def text(constraint: Constraint) -> str:
    """A constraint in words."""
    if isinstance(constraint, Before):
        return f"{constraint.first} before {constraint.second}"
    names = " or ".join(sorted(constraint.objects))
    return f"{names} {'at' if constraint.holds else 'not at'} place {constraint.place}"


def _place(name: str) -> Term:
    return Apply("place", (Symbol(name),))


class TooMuchError(Exception):
    """The trace used up its subsets or questions."""


@dataclass(slots=True)
class Solver:
    """Finds orders of the objects of one puzzle.

    Attributes:
        objects: Their names.
        left: Subsets that may still be visited.
    """

    objects: tuple[str, ...]
    left: int = MAX_SUBSETS
    _known: dict[frozenset[Constraint], tuple[str, ...] | None] = field(default_factory=dict)

    def order(self, constraints: Iterable[Constraint]) -> tuple[str, ...] | None:
        """An order, lowest place first, that satisfies all constraints; None where there is none.

        Raises:
            TooMuchError: The trace used up its subsets or questions.
        """
        key = frozenset(constraints)
        if key not in self._known:
            if len(self._known) >= MAX_QUESTIONS:
                raise TooMuchError
            self._known[key] = self._search(key)
        return self._known[key]

    def _search(self, constraints: frozenset[Constraint]) -> tuple[str, ...] | None:
        index = {name: number for number, name in enumerate(self.objects)}
        count = len(self.objects)
        needs = [0] * count
        allowed = [(1 << count) - 1] * count
        for one in constraints:
            if isinstance(one, Before):
                needs[index[one.second]] |= 1 << index[one.first]
            elif not 1 <= one.place <= count:
                if one.holds:
                    return None
            else:
                named = sum(1 << index[name] for name in one.objects)
                allowed[one.place - 1] &= named if one.holds else ~named
        return self._filled(needs, allowed)

    def _filled(self, needs: list[int], allowed: list[int]) -> tuple[str, ...] | None:
        """Fills the places from the low end, depth first; no set of objects is tried twice."""
        count = len(needs)
        seen = {0}
        pending: list[tuple[int, tuple[int, ...]]] = [(0, ())]
        while pending:
            used, row = pending.pop()
            if len(row) == count:
                return tuple(self.objects[number] for number in row)
            self._spend()
            for number in reversed(range(count)):
                bit = 1 << number
                if used & bit or not allowed[len(row)] & bit or needs[number] & ~used:
                    continue
                if used | bit not in seen:
                    seen.add(used | bit)
                    pending.append((used | bit, (*row, number)))
        return None

    def _spend(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise TooMuchError
