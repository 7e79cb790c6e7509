"""Values of one unknown that a step names beside each other: `x = 5 or x = 2`, also as two claims."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from veridical.math.equality.rewrite import minus
from veridical.math.terms import Logic, Number, Product, Relation, Symbol, Term
from veridical.proof.model import Claim, Role
from veridical.proof.parts import names_of

_MAX_VALUES = 8


@dataclass(frozen=True, slots=True)
class ValueClaim:
    """`name = value`, the value a constant."""

    name: str
    value: Term


def value_claim(statement: Term) -> ValueClaim | None:
    """Return what is said if `statement` gives a symbol a constant value."""
    match statement:
        case Relation("=", Symbol(name), value) if not names_of(value):
            return ValueClaim(name, value)
        case Relation("=", value, Symbol(name)) if not names_of(value):
            return ValueClaim(name, value)
        case _:
            return None


def joined(statement: Term) -> Term:
    """Return `x = a or x = b` as the equation `(x - a)(x - b) = 0`; anything else as it is."""
    if not isinstance(statement, Logic) or statement.operator != "or":
        return statement
    parts = [part for part in statement.parts if isinstance(part, Relation)]
    if len(parts) != len(statement.parts) or any(part.operator != "=" for part in parts):
        return statement
    factors = tuple(minus(part.left, part.right) for part in parts)
    return Relation("=", Product(factors), Number(Fraction(0)))


def alternatives(claims: Sequence[Claim]) -> dict[str, Term]:
    """Return for each symbol with several values in one step the equation that it has one of them."""
    values: dict[str, list[Term]] = {}
    for claim in claims:
        found = value_claim(claim.statement)
        if found is not None and claim.role is not Role.DEFINITION:
            known = values.setdefault(found.name, [])
            if len(known) <= _MAX_VALUES and found.value not in known:
                known.append(found.value)
    return {
        name: Relation(
            "=",
            Product(tuple(minus(Symbol(name), value) for value in several)),
            Number(Fraction(0)),
        )
        for name, several in values.items()
        if 1 < len(several) <= _MAX_VALUES
    }
