r"""Claims of a problem and of steps.

A step is read in one pass, its prose and its maths together:

    tokens      the step as tokens; maths is found by `veridical.proof.steps.zones`
    runs        expressions within them, units and remarks passed over
    boundaries  whether an expression goes on beyond where prose cuts it
    chains      relations between expressions: `a = b <= c`, also over lines that start with `=`
    links       whether two sides are values of one thing
    division    quotients with a remainder
    reading     one side as a term
    answers     what is put forward as the answer
    spoken      arithmetic in words
    shares      shares in words: half of, three times
    properties  what is said of numbers in words: prime, even, divisible
    expressions what an expression is said to become
    roles       what a claim is put forward as
    build       all of it

What is not understood as a whole is no claim.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from veridical.proof.claims.build import read
from veridical.proof.model import Claim, Role, Segment, StepReading

_ASSERTED = frozenset([Role.DERIVED, Role.DEFINITION, Role.GOAL, Role.GIVEN, Role.ASSUMPTION])
_SHOW = re.compile(r"\b(?:show|prove|verify|whether)\b", re.IGNORECASE)

__all__ = ["read_problem", "read_steps"]


def read_problem(text: str) -> tuple[Claim, ...]:
    """Return the claims of a problem text: what it gives, and (as GOAL) what it asks to show."""
    return tuple(
        claim if _is_to_show(text, claim) else replace(claim, role=Role.GIVEN)
        for reading in read((), [Segment(text)])
        for claim in reading.claims
        if claim.role in _ASSERTED
    )


def _is_to_show(text: str, claim: Claim) -> bool:
    return (
        claim.role is Role.GOAL
        and _SHOW.search(text, max(0, claim.start - 60), claim.start) is not None
    )


def read_steps(
    problem: Sequence[Claim], segments: Sequence[Segment], text: str = ""
) -> tuple[StepReading, ...]:
    """Return the claims of each step, in order.

    Args:
        problem: The claims of the problem; a step that repeats one of them restates it.
        segments: The steps.
        text: The problem text, for the expression that it asks to rewrite.
    """
    return tuple(read(problem, segments, text))
