"""Equalities that rewrite an expression: they are meant for all values of its variables."""

from __future__ import annotations

from veridical.math.equality.survey import check_size
from veridical.math.equality.work import Work
from veridical.math.terms import Apply, Relation, Symbol, Term
from veridical.proof.deciders.identities import is_identity, refuted_everywhere
from veridical.proof.deciders.limits import NOT_DECIDED
from veridical.proof.deciders.opaque import opaque
from veridical.proof.model import Finding
from veridical.proof.parts import free_names, parts_of

_OPEN = frozenset({"plus_minus", "minus_plus", "derivative", "integral", "limit"})


def refute_rewriting(statement: Term, work: Work) -> Finding | None:
    """Refute an equality whose sides have the same variables; None where it cannot be refuted."""
    if not isinstance(statement, Relation) or statement.operator != "=":
        return None
    try:
        check_size(statement, work)
        statement = opaque(statement, work)
        names = free_names(statement.left, work)
        if not names or names != free_names(statement.right, work) or _is_open(statement):
            return None
        if is_identity(statement, work):
            return None
        return refuted_everywhere(statement, work)
    except NOT_DECIDED:
        return None


def _is_open(statement: Relation) -> bool:
    """Whether it may be meant for some values only: `p = 1 - p^2` is solved, and rewrites nothing."""
    if isinstance(statement.left, Symbol) or isinstance(statement.right, Symbol):
        return True
    return any(isinstance(part, Apply) and part.function in _OPEN for part in parts_of(statement))
