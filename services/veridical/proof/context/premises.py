"""Which statements of a problem may be used."""

from __future__ import annotations

import re

from veridical.proof.model import Claim, Role

_TO_SOLVE = re.compile(r"\b(?:solv\w+|solutions?|roots?|satisf\w+|equations?|such that|with)\b", re.IGNORECASE)
_TO_SHOW = re.compile(r"\b(?:show|prove|verify|check|whether|conclude|deduce)\b", re.IGNORECASE)


def is_premise(claim: Claim, text: str) -> bool:
    """Say whether a claim of the problem text is given.

    What is to be solved holds of the unknown; what is to be shown is not to be used.
    """
    if claim.role is Role.GOAL:
        before = text[: claim.start]
        return bool(_TO_SOLVE.search(before)) and not _TO_SHOW.search(before)
    return claim.role is not Role.NEGATED
