"""Counting the work of a comparison, so that its cost hangs on no clock."""

from __future__ import annotations

from enum import StrEnum

BUDGET = 150_000
"""Units that one comparison may take; a unit is about a microsecond on a slow core."""
MAX_DEPTH = 64
"""Nesting of a term that is looked at."""


class Side(StrEnum):
    """A side of a comparison."""

    GOLD = "gold"
    ANSWER = "answer"


class TooMuchWorkError(Exception):
    """A comparison is more work than is allowed.

    Attributes:
        side: The side that causes it: the gold if it is too much work by itself, else the answer.
        problem: What is too much, such as "more than 4096 bits of precision".
    """

    def __init__(self, side: Side, problem: str) -> None:
        super().__init__(f"the {side.value} takes {problem}")
        self.side = side
        self.problem = problem


class WorkExceededError(Exception):
    """The work is used up; the message says what was too much. It never leaves this package."""


class OutOfReachError(WorkExceededError):
    """Numbers are too large, too small or too far apart to be computed with at a point."""


class Work:
    """The work that is left to one comparison."""

    __slots__ = ("_left",)

    def __init__(self, budget: int = BUDGET) -> None:
        self._left = budget

    def spend(self, units: int) -> None:
        """Take `units` away.

        Raises:
            WorkExceededError: They are not left.
        """
        self._left -= units
        if self._left < 0:
            raise WorkExceededError("too many steps")
