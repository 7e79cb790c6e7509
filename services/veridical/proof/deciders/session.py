"""What the questions about one trace share: one solver, and what was worked out about its statements."""

from __future__ import annotations

from veridical.math.equality.work import Work
from veridical.math.terms import Relation, Term
from veridical.proof.deciders.identities import gap
from veridical.proof.deciders.polynomials import Polynomial
from veridical.proof.deciders.solver import Solver
from veridical.proof.parts import names_of


class Session:
    """The questions about one trace. Statements are known by identity: facts are asked about again and again."""

    __slots__ = ("_gaps", "_names", "solver")

    def __init__(self, solver_questions: int = 1) -> None:
        """Start with so many questions that may be put to the solver."""
        self.solver = Solver(solver_questions)
        # The terms are kept beside what is known of them, so that no other one gets their identity.
        self._gaps: dict[int, tuple[Term, Polynomial | None]] = {}
        self._names: dict[int, tuple[Term, frozenset[str]]] = {}

    def gap(self, statement: Term, work: Work) -> Polynomial | None:
        """Return the left side of an equation less the right one; None where that is no polynomial.

        Raises:
            WorkExceededError: It is more work than is left.
        """
        known = self._gaps.get(id(statement))
        if known is None:
            is_equation = isinstance(statement, Relation) and statement.operator == "="
            poly = gap(statement, work) if isinstance(statement, Relation) and is_equation else None
            known = self._gaps[id(statement)] = (statement, poly)
        return known[1]

    def names(self, term: Term) -> frozenset[str]:
        """Return the names of all symbols in `term`."""
        known = self._names.get(id(term))
        if known is None:
            known = self._names[id(term)] = (term, names_of(term))
        return known[1]
