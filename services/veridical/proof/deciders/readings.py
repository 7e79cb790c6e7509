"""What else a statement may mean: readings that a person would let pass.

A statement is refuted only if it is false under every reading.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import TypeAlias

from veridical.math.equality.rewrite import changed
from veridical.math.equality.work import Work
from veridical.math.terms import Apply, Number, Power, Product, Quantity, Relation, Term
from veridical.proof.parts import parts_of

_Change: TypeAlias = Callable[[Term], Term | None]
_TRIGONOMETRIC = frozenset({"sin", "cos", "tan", "cot", "sec", "csc"})
_INVERSE = frozenset({"arcsin", "arccos", "arctan", "arccot"})
_SEVERAL_MEANINGS = _TRIGONOMETRIC | _INVERSE | {"percent", "log"}
_DEGREE = (("degree", 1),)
_LOG_BASES = (10, 2)


def units_of(term: Term) -> frozenset[str]:
    """Return the names of the units in `term`."""
    return frozenset(
        name for part in parts_of(term) if isinstance(part, Quantity) for name, _ in part.unit
    )


def readings(relation: Relation, work: Work) -> Iterator[Relation]:
    """Yield what `relation` may mean, the plainest first.

    Raises:
        WorkExceededError: It is more work than is left.
    """
    if not any(_may_differ(part) for part in parts_of(relation)):
        yield relation
        return
    plain = _rewritten(relation, _without_unit, work)
    angles = _rewritten(relation, _only_degrees, work)
    first = angles if any(_has_angle(part) for part in parts_of(relation)) else plain
    yield first
    for other in (*_percent_readings(plain, work), *_function_readings(plain, work)):
        if other != first:
            yield other


def _may_differ(term: Term) -> bool:
    """Say whether a part may be read in another way."""
    if isinstance(term, Apply):
        return term.function in _SEVERAL_MEANINGS
    return isinstance(term, Quantity)


def _has_angle(term: Term) -> bool:
    return isinstance(term, Apply) and term.function in _TRIGONOMETRIC


def _rewritten(relation: Relation, change: _Change, work: Work) -> Relation:
    result = changed(relation, change, work)
    return result if isinstance(result, Relation) else relation


def _without_unit(term: Term) -> Term | None:
    return term.value if isinstance(term, Quantity) else None


def _only_degrees(term: Term) -> Term | None:
    return term.value if isinstance(term, Quantity) and term.unit != _DEGREE else None


def _percent_readings(relation: Relation, work: Work) -> Iterator[Relation]:
    """Yield `relation` with `x%` for x, on one side or on both."""
    left = changed(relation.left, _without_percent, work)
    right = changed(relation.right, _without_percent, work)
    if left != relation.left:
        yield Relation(relation.operator, left, relation.right)
    if right != relation.right:
        yield Relation(relation.operator, relation.left, right)
    if left != relation.left and right != relation.right:
        yield Relation(relation.operator, left, right)


def _without_percent(term: Term) -> Term | None:
    if isinstance(term, Apply) and term.function == "percent":
        return term.arguments[0]
    return None


def _function_readings(relation: Relation, work: Work) -> Iterator[Relation]:
    names = {part.function for part in parts_of(relation) if isinstance(part, Apply)}
    if names & _TRIGONOMETRIC:
        yield _rewritten(relation, _in_degrees, work)
        yield _rewritten(_rewritten(relation, _in_degrees, work), _without_unit, work)
    if names & _INVERSE:
        yield _rewritten(relation, _to_degrees, work)
    if "log" in names:
        for base in _LOG_BASES:
            yield _rewritten(relation, _with_base(base), work)


def _in_degrees(term: Term) -> Term | None:
    if isinstance(term, Apply) and term.function in _TRIGONOMETRIC and len(term.arguments) == 1:
        return Apply(term.function, (Quantity(_bare(term.arguments[0]), _DEGREE),))
    return None


def _bare(term: Term) -> Term:
    return term.value if isinstance(term, Quantity) else term


def _to_degrees(term: Term) -> Term | None:
    if isinstance(term, Apply) and term.function in _INVERSE:
        degree = Quantity(Number(Fraction(1)), _DEGREE)
        return Product((term, Power(degree, Number(Fraction(-1)))))
    return None


def _with_base(base: int) -> _Change:
    def change(term: Term) -> Term | None:
        if isinstance(term, Apply) and term.function == "log" and len(term.arguments) == 1:
            argument = changed(term.arguments[0], change, Work())
            return Apply("log", (argument, Number(Fraction(base))))
        return None

    return change
