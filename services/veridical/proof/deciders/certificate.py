"""Whether the counterexample of a finding re-evaluates."""

from __future__ import annotations

from collections.abc import Sequence

from veridical.math.terms import Term
from veridical.proof.deciders.decide import decide
from veridical.proof.model import ClaimVerdict, Domain, Fact, Finding


def recheck(statement: Term, finding: Finding, facts: Sequence[Fact] = ()) -> bool:
    """Say whether `finding`, which refutes `statement`, holds by its own counterexample."""
    again = decide(statement, facts, Domain.REAL)
    return again.verdict is ClaimVerdict.CONTRADICTED and (
        again.counterexample == finding.counterexample
    )
