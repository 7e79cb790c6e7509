"""Counting verdicts by outcome and reason."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

from veridical.client import Verdict, outcome_name, reason_name


class Row(NamedTuple):
    """How many verdicts share an outcome and a reason.

    Attributes:
        outcome: Lower case without prefix, such as "correct".
        reason: Lower case without prefix, such as "not_equal".
        items: Number of items, 1 or more.
        first: What the first of them says of itself; empty where there is nothing to say.
    """

    outcome: str
    reason: str
    items: int
    first: str


@dataclass(slots=True)
class Tally:
    """The verdicts of a run, counted."""

    _counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    _first: dict[tuple[str, str], str] = field(default_factory=dict)

    def add(self, verdict: Verdict, line: int = 0) -> None:
        """Count one verdict, on the item in that line of the input."""
        names = outcome_name(verdict.outcome), reason_name(verdict.reason)
        self.add_names(*names, verdict.detail, line)

    def add_names(self, outcome: str, reason: str, detail: str = "", line: int = 0) -> None:
        """Count one verdict by the names of its outcome and reason."""
        self._counts[outcome, reason] += 1
        if outcome == "undecided" and detail:
            self._first.setdefault((outcome, reason), f"line {line}: {detail}")

    @property
    def total(self) -> int:
        """Number of verdicts."""
        return self._counts.total()

    def outcome(self, name: str) -> int:
        """Return the number of verdicts with this outcome."""
        return sum(count for (outcome, _), count in self._counts.items() if outcome == name)

    @property
    def mean_reward(self) -> float | None:
        """Share of the correct among the decided, 0 to 1; None where nothing was decided."""
        correct = self.outcome("correct")
        decided = correct + self.outcome("incorrect")
        return correct / decided if decided else None

    def rows(self) -> list[Row]:
        """Return the counts by outcome, then from the most frequent reason to the rarest."""
        rows = [
            Row(*names, items, self._first.get(names, "")) for names, items in self._counts.items()
        ]
        return sorted(rows, key=lambda row: (row.outcome, -row.items, row.reason))
