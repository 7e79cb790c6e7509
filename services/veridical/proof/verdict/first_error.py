"""The first wrong step of an examined trace."""

from __future__ import annotations

from collections.abc import Sequence

from veridical.proof.model import CheckedStep, ClaimVerdict, ErrorKind, Finding

WRONG = frozenset({ClaimVerdict.CONTRADICTED, ClaimVerdict.NOT_ENTAILED})
"""The verdicts that make a step wrong."""


def is_wrong(step: CheckedStep) -> bool:
    """Whether a step has an error of its own."""
    return step.verdict in WRONG and not step.inherits


def first_wrong(steps: Sequence[CheckedStep]) -> int | None:
    """The index of the first step with an error of its own."""
    return next((number for number, step in enumerate(steps) if is_wrong(step)), None)


def error_of(step: CheckedStep) -> Finding | None:
    """The finding on the first wrong claim of a step."""
    return next((c.finding for c in step.claims if c.finding.verdict in WRONG), None)


def error_kind(step: CheckedStep) -> ErrorKind:
    """What kind of error a wrong step has."""
    finding = error_of(step)
    if finding is not None and finding.error is not None:
        return finding.error
    return ErrorKind.RULE if step.verdict is ClaimVerdict.NOT_ENTAILED else ErrorKind.CALCULATION
