"""From findings on the claims of a step to the checked step."""

from __future__ import annotations

from collections.abc import Sequence

from veridical.proof.model import CheckedClaim, CheckedStep, ClaimVerdict, Segment

_WORST_FIRST = (
    ClaimVerdict.CONTRADICTED,
    ClaimVerdict.NOT_ENTAILED,
    ClaimVerdict.UNVERIFIED,
    ClaimVerdict.ENTAILED,
    ClaimVerdict.ASSUMED,
)
WRONG = frozenset({ClaimVerdict.CONTRADICTED, ClaimVerdict.NOT_ENTAILED})
"""Verdicts that refute a claim, or that it follows."""


def worst(verdicts: Sequence[ClaimVerdict]) -> ClaimVerdict:
    """The verdict of a step whose claims have these verdicts."""
    return next((one for one in _WORST_FIRST if one in verdicts), ClaimVerdict.NO_CLAIM)


def checked_step(
    segment: Segment,
    claims: Sequence[CheckedClaim],
    pairs: Sequence[ClaimVerdict],
    *,
    inherits: bool = False,
    unread: Sequence[str] = (),
) -> CheckedStep:
    """A step from what was found about its claims.

    Args:
        segment: The step.
        claims: Its claims, in order.
        pairs: Of each claim, the verdict on following from the steps before.
        inherits: Whether all that is wrong follows from earlier wrong steps.
        unread: What looks like a claim and could not be read.
    """
    verdict = worst([claim.finding.verdict for claim in claims])
    return CheckedStep(
        segment=segment,
        verdict=verdict,
        pair=worst(pairs),
        claims=tuple(claims),
        inherits=inherits and verdict in WRONG,
        unread=tuple(unread),
    )
