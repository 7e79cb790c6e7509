"""Building terms from terms."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from itertools import product

from veridical.math.equality.survey import children
from veridical.math.equality.work import Work, WorkExceededError
from veridical.math.terms import (
    Apply,
    Logic,
    Matrix,
    Number,
    Piecewise,
    Power,
    Product,
    Quantity,
    Relation,
    Row,
    SetBuilder,
    SetOperation,
    Sum,
    Symbol,
    Term,
)

_SIGNED = frozenset({"plus_minus", "minus_plus"})
_MAX_SPREAD = 64


def with_children(term: Term, parts: tuple[Term, ...]) -> Term:
    """Return `term` with other parts, in the order of `survey.children`."""
    match term:
        case Sum():
            return Sum(parts)
        case Product():
            return Product(parts)
        case Power():
            return Power(parts[0], parts[1])
        case Apply(function, _):
            return Apply(function, parts)
        case Row(opening, closing, _):
            return Row(opening, closing, parts)
        case Quantity():
            return replace(term, value=parts[0])
        case Matrix() | Piecewise():
            return _with_entries(term, parts)
        case _:
            return _statement(term, parts)


def _statement(term: Term, parts: tuple[Term, ...]) -> Term:
    match term:
        case Relation(operator, _, _):
            return Relation(operator, parts[0], parts[1])
        case Logic(operator, _):
            return Logic(operator, parts)
        case SetOperation(operator, _):
            return SetOperation(operator, parts)
        case SetBuilder():
            return SetBuilder(parts[0], parts[1])
        case _:
            return term


def _with_entries(term: Matrix | Piecewise, parts: tuple[Term, ...]) -> Term:
    rest = iter(parts)
    if isinstance(term, Matrix):
        return Matrix(tuple(tuple(next(rest) for _ in row) for row in term.rows))
    cases = [(next(rest), None if rule is None else next(rest)) for _, rule in term.cases]
    return Piecewise(tuple(cases))


def changed(term: Term, change: Callable[[Term], Term | None], work: Work) -> Term:
    """Return `term` with every part, from the top, replaced for which `change` gives another."""
    work.spend(1)
    other = change(term)
    if other is not None:
        return other
    parts = children(term)
    if not parts:
        return term
    new = tuple(changed(part, change, work) for part in parts)
    same = all(one is other for one, other in zip(new, parts, strict=True))
    return term if same else with_children(term, new)


def renamed(term: Term, names: Mapping[str, str], work: Work) -> Term:
    """Return `term` with its variables renamed."""

    def change(part: Term) -> Term | None:
        if isinstance(part, Symbol) and part.name in names:
            return Symbol(names[part.name])
        return None

    return changed(term, change, work)


def named_alike(gold: Term, answer: Term, work: Work) -> Term:
    """Return `answer` with its variables named as the gold's, in the order of first appearance."""
    ours, theirs = ordered_names(gold), ordered_names(answer)
    if len(ours) != len(theirs) or ours == theirs:
        return answer
    return renamed(answer, dict(zip(theirs, ours, strict=True)), work)


def ordered_names(term: Term) -> list[str]:
    """Return the names of the symbols in `term`, in the order of first appearance."""
    if isinstance(term, Symbol):
        return [term.name]
    return list(dict.fromkeys(name for part in children(term) for name in ordered_names(part)))


def minus(left: Term, right: Term) -> Term:
    """Return the difference."""
    if isinstance(right, Number) and right.value == 0:
        return left
    return Sum((left, negative(right)))


def negative(term: Term) -> Term:
    """Return the negative."""
    if isinstance(term, Number):
        return Number(-term.value, term.step, term.base)
    return Product((Number(Fraction(-1)), term))


def has_signs(term: Term, work: Work) -> bool:
    """Say whether a plus-or-minus is in `term`."""
    work.spend(1)
    if isinstance(term, Apply) and _is_sign(term):
        return True
    return any(has_signs(part, work) for part in children(term))


def _is_sign(term: Apply) -> bool:
    return term.function in _SIGNED and len(term.arguments) == 1


def spread(term: Term, work: Work) -> tuple[Term, ...]:
    """Return what `term` stands for if each plus-or-minus in it takes either sign.

    The signs within one expression go together; those of different members of a tuple do not.

    Raises:
        WorkExceededError: It stands for too many.
    """
    if not has_signs(term, work):
        return (term,)
    if isinstance(term, Row) and term.opening in {"(", "[", "<"}:
        choices = [spread(member, work) for member in term.members]
        count = 1
        for choice in choices:
            count *= len(choice)
        if count > _MAX_SPREAD:
            raise WorkExceededError("too many choices of signs")
        return tuple(Row(term.opening, term.closing, members) for members in product(*choices))
    return tuple(changed(term, choice, work) for choice in (_upper, _lower))


def _upper(term: Term) -> Term | None:
    if not (isinstance(term, Apply) and _is_sign(term)):
        return None
    inner = _first(term, _upper)
    return inner if term.function == "plus_minus" else negative(inner)


def _lower(term: Term) -> Term | None:
    if not (isinstance(term, Apply) and _is_sign(term)):
        return None
    inner = _first(term, _lower)
    return negative(inner) if term.function == "plus_minus" else inner


def _first(term: Apply, choice: Callable[[Term], Term | None]) -> Term:
    return changed(term.arguments[0], choice, Work())
