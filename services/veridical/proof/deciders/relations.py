"""Two lines of algebra: what the one says about the other."""

from __future__ import annotations

from enum import StrEnum

from veridical.math.terms import Term
from veridical.proof.deciders.decide import decide
from veridical.proof.model import ClaimVerdict, Domain, Fact, Role


class Step(StrEnum):
    """How a line follows the one before, over the declared domain."""

    EQUIVALENT = "equivalent"
    IMPLIES = "implies"
    IMPLIED_BY = "implied_by"
    UNRELATED = "unrelated"


_STEPS = {
    (True, True): Step.EQUIVALENT,
    (True, False): Step.IMPLIES,
    (False, True): Step.IMPLIED_BY,
    (False, False): Step.UNRELATED,
}


def relation(before: Term, after: Term, domain: Domain) -> Step | None:
    """Return how `after` follows `before`; None where that is not known.

    Args:
        before: A line, such as `x^2 = 4`.
        after: The next one, such as `x = 2`, which implies it.
        domain: Where the unknowns live.
    """
    forward, backward = _follows(before, after, domain), _follows(after, before, domain)
    if forward is None or backward is None:
        return None
    return _STEPS[forward, backward]


def _follows(premise: Term, goal: Term, domain: Domain) -> bool | None:
    finding = decide(goal, [Fact(premise, 0, Role.GIVEN)], domain)
    if finding.verdict is ClaimVerdict.UNVERIFIED:
        return None
    return finding.verdict is ClaimVerdict.ENTAILED
