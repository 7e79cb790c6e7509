"""Ways in which judging ends before its tests do."""

from __future__ import annotations

from dataclasses import dataclass


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
