r"""Several values of one name: `x = 1 or x = 2`, `x = 1, 2`, `x = \pm 2`."""

from __future__ import annotations

from fractions import Fraction

from veridical.math.equality.rewrite import changed
from veridical.math.equality.work import Work
from veridical.math.terms import Apply, Logic, Number, Product, Relation, Symbol, Term
from veridical.proof.parts import parts_of

MAX_VALUES = 16
"""Values of one name that one claim may list."""
_MINUS = Number(Fraction(-1))


def one_of(statement: Term, other: Term) -> Term | None:
    """Return that one of two statements holds; None unless they give few numbers to one and the same name."""
    parts = (*_members(statement), *_members(other))
    if len(parts) > MAX_VALUES:
        return None
    relations = [part for part in parts if isinstance(part, Relation) and part.operator == "="]
    names = {part.left for part in relations}
    if len(relations) < len(parts) or len(names) != 1:
        return None
    named = all(isinstance(name, Symbol) for name in names)
    symbols = (
        piece for part in relations for piece in parts_of(part.right) if isinstance(piece, Symbol)
    )
    return Logic("or", parts) if named and next(symbols, None) is None else None


def _members(statement: Term) -> tuple[Term, ...]:
    return statement.parts if isinstance(statement, Logic) else (statement,)


def with_signs(statement: Relation) -> Term | None:
    r"""Return the statement with both readings of `\pm`; None where it stands on the left side only.

    With signs on both sides the upper reading of the left is said to be one of the right.
    """
    left = any(_is_signed(part) for part in parts_of(statement.left))
    right = any(_is_signed(part) for part in parts_of(statement.right))
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
    def change(part: Term) -> Term | None:
        if not (isinstance(part, Apply) and _is_signed(part)):
            return None
        inner = _signed(part.arguments[0], upper=upper)
        return inner if (part.function == "plus_minus") is upper else Product((_MINUS, inner))

    return changed(term, change, Work())
