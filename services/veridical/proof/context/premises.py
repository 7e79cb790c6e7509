"""Which statements of a problem may be used."""

from __future__ import annotations

import re
from collections.abc import Sequence

from veridical.proof.model import Claim, Role, StepReading

_MAX_SENTENCE = 300

_TO_SOLVE = re.compile(
    r"\b(?:solv\w+|solutions?|roots?|satisf\w+|equations?|such that|with)\b", re.IGNORECASE
)
_CURVE = re.compile(
    r"\b(?:lines?|planes?|curves?|graphs?|axis|asymptotes?|parabolas?|circles?)\b[^.]{0,12}$"
    r"|\b(?:example|instance|e\.g)\b[^.]{0,80}$|\bwhen\b[^.]{0,40}$",
    re.IGNORECASE,
)
_TO_SHOW = re.compile(r"\b(?:show|prove|verify|check|whether|conclude|deduce)\b", re.IGNORECASE)


def is_premise(claim: Claim, text: str) -> bool:
    """Say whether a claim of the problem text is given.

    What is to be solved holds of the unknown; what is to be shown is not to be used.
    """
    if claim.role is Role.GOAL:
        before = text[: claim.start]
        return bool(_TO_SOLVE.search(before)) and not _TO_SHOW.search(before)
    return claim.role is not Role.NEGATED and not _CURVE.search(text[: claim.start])


_BOTH = re.compile(r"\b(?:both|each|all|every)\b", re.IGNORECASE)
_SOLVE = re.compile(
    r"\b(?:solve|solves|satisfy|satisfies|valid|works?|solutions?)\b.*\b(?:original|given|equation)",
    re.IGNORECASE | re.DOTALL,
)
_ANYTHING = re.compile(r"anything follows|everything follows|explosion|vacuous", re.IGNORECASE)


def claims_solution(text: str) -> bool:
    """Say whether a step says that values solve the equation of the problem."""
    return len(text) < _MAX_SENTENCE and bool(_BOTH.search(text)) and bool(_SOLVE.search(text))


def is_discharged(readings: Sequence[StepReading]) -> bool:
    """Say whether an assumption made in the first of `readings` is given up again in a later one."""
    return any(
        reading.closes_case and not _ANYTHING.search(reading.segment.text) for reading in readings
    )
