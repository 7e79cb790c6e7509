"""Results so far: what an answer may be."""

from __future__ import annotations

from fractions import Fraction

from veridical.math.equality.exact import fold
from veridical.math.equality.work import WorkExceededError
from veridical.math.terms import Logic, Quantity, Relation, Term
from veridical.proof.budget import Budget
from veridical.proof.model import ClaimVerdict, Finding, Method, OpenReason

_WORK = 2_000


class Answers:
    """The sides of the equalities that were not refuted."""

    __slots__ = ("_budget", "_terms", "_values")

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._values: dict[Fraction, tuple[int, bool]] = {}
        self._terms: dict[Term, tuple[int, bool]] = {}

    def note(self, statement: Term, finding: Finding, step: int, *, is_sound: bool) -> None:
        """Remember the sides of a statement that `finding` is about.

        Args:
            statement: It.
            finding: What was found.
            step: The step that says it.
            is_sound: Whether it rests on nothing that could not be decided, as a guess said twice does.
        """
        parts = statement.parts if isinstance(statement, Logic) else (statement,)
        known = (step, is_sound and finding.verdict is ClaimVerdict.ENTAILED)
        for part in parts:
            if isinstance(part, Relation) and part.operator == "=":
                for side in (part.left, part.right):
                    self._terms[side] = known
                    value = self._value(side)
                    if value is not None:
                        self._values[value] = known

    def find(self, answer: Term) -> Finding:
        """Say whether a bare answer is a result of the steps."""
        value = self._value(answer)
        found = self._terms.get(answer)
        if found is None and value is not None:
            found = self._values.get(value)
        if found is None or not found[1]:
            return Finding(ClaimVerdict.UNVERIFIED, open=OpenReason.UNKNOWN)
        return Finding(ClaimVerdict.ENTAILED, Method.CONTEXT, (found[0],))

    def _value(self, term: Term) -> Fraction | None:
        bare = term.value if isinstance(term, Quantity) else term
        try:
            return fold(bare, self._budget.work(_WORK))
        except WorkExceededError:
            return None
