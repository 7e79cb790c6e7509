"""Counted work of a whole trace: what one part of it costs is not there for the others.

Every question about a trace spends from one budget. Its parts (claims, mostly) come one after the other,
and each of them may spend its share of what is left, so that what an early part saves is there for the
later ones, and no early part robs them. A short trace never meets its budget.
"""

from __future__ import annotations

from veridical.math.equality.work import Work, WorkExceededError


class Budget:
    """The work that is left to the parts of a trace that are still to come."""

    __slots__ = ("_left", "_share", "_waiting")

    def __init__(self, units: int, parts: int = 1) -> None:
        """Start with `units` of work, a unit being about a microsecond on a slow core, for `parts` parts."""
        self._left = units
        self._waiting = parts
        self._share = units // max(1, parts)

    def begin(self, units: int = 0) -> None:
        """Begin the next part, which costs `units` whatever is asked about it."""
        self._share = max(0, self._left // max(1, self._waiting))
        self._waiting -= 1
        self.spend(units)

    def work(self, most: int) -> Work:
        """Return the work of one question about this part: `most` units, if as many are left to it."""
        return _Share(most, self)

    @property
    def is_spent(self) -> bool:
        """Whether nothing is left to this part."""
        return self._share <= 0

    def spend(self, units: int) -> None:
        """Take `units` away from this part, whether they are left or not."""
        self._left -= units
        self._share -= units


class _Share(Work):
    """Work that is taken from a budget."""

    __slots__ = ("_budget",)

    def __init__(self, units: int, budget: Budget) -> None:
        super().__init__(units)
        self._budget = budget

    def spend(self, units: int) -> None:
        """Take `units` away, here and from the budget.

        Raises:
            WorkExceededError: They are not left.
        """
        budget = self._budget
        budget._left -= units  # noqa: SLF001 (this is called for every part of every term)
        budget._share -= units  # noqa: SLF001
        if budget._share <= 0:  # noqa: SLF001
            raise WorkExceededError("the work allowed to the trace is used up")
        self._left -= units
        if self._left < 0:
            raise WorkExceededError("too many steps")
