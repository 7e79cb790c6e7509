"""Values of unknown functions as symbols: what holds of them holds whatever the function is."""

from __future__ import annotations

import string

from veridical.math.equality.rewrite import changed
from veridical.math.equality.work import Work
from veridical.math.terms import Apply, Relation, Symbol, Term
from veridical.proof.deciders.polynomials import polynomial
from veridical.proof.parts import has_functions

_LETTERS = frozenset(string.ascii_letters)


def opaque(relation: Relation, work: Work) -> Relation:
    """Return `relation` with a symbol for each value of a function of one letter; arguments count by value.

    Raises:
        WorkExceededError: It is more work than is left.
    """
    if not has_functions(relation):
        return relation

    def change(part: Term) -> Term | None:
        if isinstance(part, Apply) and part.function.rstrip("'") in _LETTERS:
            arguments = ", ".join(_written(argument, work) for argument in part.arguments)
            return Symbol(f"{part.function}({arguments})")
        return None

    result = changed(relation, change, work)
    return result if isinstance(result, Relation) else relation


def _written(argument: Term, work: Work) -> str:
    """Return an argument as text, the same for equal polynomials."""
    poly = polynomial(argument, work)
    if poly is None:
        return repr(argument)
    terms = [
        "*".join([str(factor), *(f"{name}^{power}" for name, power in monomial)])
        for monomial, factor in sorted(poly.items())
    ]
    return " + ".join(terms) or "0"
