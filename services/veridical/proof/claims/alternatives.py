r"""Several values of one name: `x = 1 or x = 2`, `x = 1, 2`, `x = \pm 2`."""

from __future__ import annotations

from fractions import Fraction

from veridical.math.terms import Apply, Logic, Number, Power, Product, Relation, Sum, Symbol, Term
from veridical.proof.claims.reading import walk

_MINUS = Number(Fraction(-1))


def one_of(statement: Term, other: Term) -> Term | None:
    """Return that one of two statements holds; None unless they give numbers to one and the same name."""
    parts = (
        statement.parts
        if isinstance(statement, Logic) and statement.operator == "or"
        else (statement,)
    )
    first = parts[0]
    same = isinstance(first, Relation) and isinstance(other, Relation) and first.left == other.left
    if (
        not same
        or not isinstance(first, Relation)
        or not isinstance(first.left, Symbol)
        or first.operator != "="
    ):
        return None
    if any(isinstance(part, Symbol) for part in walk(other.right)):
        return None
    more = other.parts if isinstance(other, Logic) else (other,)
    return Logic("or", (*parts, *more))


def with_signs(statement: Relation) -> Term | None:
    r"""Return the statement with both readings of `\pm`; None where it stands on the left side only.

    With signs on both sides the upper reading of the left is said to be one of the right.
    """
    left = any(_is_signed(part) for part in walk(statement.left))
    right = any(_is_signed(part) for part in walk(statement.right))
    if not left and not right:
        return statement
    if not right or statement.operator != "=":
        return None
    plus, minus = (_signed(statement.right, upper=upper) for upper in (True, False))
    before = _signed(statement.left, upper=True)
    return Logic("or", (Relation("=", before, plus), Relation("=", before, minus)))


def _is_signed(term: Term) -> bool:
    return isinstance(term, Apply) and term.function in ("plus_minus", "minus_plus")


def _signed(term: Term, *, upper: bool) -> Term:
    match term:
        case Apply("plus_minus" | "minus_plus" as function, (argument,)):
            inner = _signed(argument, upper=upper)
            return inner if (function == "plus_minus") is upper else Product((_MINUS, inner))
        case Apply(function, arguments):
            return Apply(function, tuple(_signed(argument, upper=upper) for argument in arguments))
        case Sum(parts):
            return Sum(tuple(_signed(part, upper=upper) for part in parts))
        case Product(parts):
            return Product(tuple(_signed(part, upper=upper) for part in parts))
        case Power(base, exponent):
            return Power(_signed(base, upper=upper), _signed(exponent, upper=upper))
        case _:
            return term
