"""Ways in which judging ends before its tests do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Fault:
    """What a solution did that ends its judgement.

    Attributes:
        reason: Lower-case name of a Reason.
        text: For a person.
    """

    reason: str
    text: str


class SolutionGone(BaseException):
    """The solution can no longer be asked; outside Exception, so that tests do not catch it."""


class NeedsShared(BaseException):
    """The tests do what only works in one interpreter with the solution."""


def unloaded(problem: Any) -> Fault:
    """What a program's own words of why it was not loaded come to."""
    reasons = ("compile_error", "runtime_error", "early_exit")
    if type(problem) is dict and problem.get("reason") in reasons:
        return Fault(problem["reason"], str(problem.get("text"))[:2000])
    return Fault("runtime_error", "protocol violation: no reason for what did not load")


def expected(error: Any) -> BaseException | None:
    """What a program ended with as it was loaded, if tests may expect it and nothing ends early by it."""
    is_one = isinstance(error, (Exception, SystemExit))
    return error if is_one and not isinstance(error, (StopIteration, StopAsyncIteration)) else None
