"""Items whose verdicts are known by how the items are made."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count

from veridical.api.v1.item_pb2 import FinishReason, Item
from veridical.api.v1.task_pb2 import (
    OUTCOME_CORRECT,
    OUTCOME_INCORRECT,
    OUTCOME_UNDECIDED,
    Outcome,
)
from veridical.api.v1.verdict_pb2 import Reason, Verdict
from veridical.client import math_item, outcome_name, reason_name

_REWARDS: dict[Outcome.ValueType, float | None] = {
    OUTCOME_CORRECT: 1.0,
    OUTCOME_INCORRECT: 0.0,
    OUTCOME_UNDECIDED: None,
}


@dataclass(frozen=True, slots=True)
class Known:
    """An item and what its verdict must be."""

    item: Item
    outcome: Outcome.ValueType
    reason: Reason.ValueType | None = None
    """None where several reasons say the same."""

    def fault(self, verdict: Verdict) -> str | None:
        """What is wrong with the verdict; None where nothing is."""
        reward = verdict.reward if verdict.HasField("reward") else None
        right = verdict.id == self.item.id and verdict.outcome == self.outcome
        right = right and reward == _REWARDS[self.outcome]
        if right and self.reason in (None, verdict.reason):
            return None
        found = f"{outcome_name(verdict.outcome)}, {reason_name(verdict.reason)}, {reward}"
        wanted = outcome_name(self.outcome)
        return f"{self.item.id}: {found}: {verdict.detail}; wanted {wanted}"


Make = Callable[[str, int], Known]


def _equal(id_: str, n: int) -> Known:
    return Known(
        math_item(id_, str(n), f"So it is \\boxed{{{n}}}."), OUTCOME_CORRECT, Reason.REASON_EQUAL
    )


def _unequal(id_: str, n: int) -> Known:
    return Known(math_item(id_, str(n), f"So it is \\boxed{{{n + 1}}}."), OUTCOME_INCORRECT)


def _no_answer(id_: str, n: int) -> Known:
    text = f"First try {n} in the equation, and then see whether what is left of it"
    item = math_item(id_, str(n), text, finish_reason=FinishReason.FINISH_REASON_LENGTH)
    return Known(item, OUTCOME_INCORRECT)


def _bad_gold(id_: str, n: int) -> Known:
    item = math_item(id_, "", f"So it is \\boxed{{{n}}}.")
    return Known(item, OUTCOME_UNDECIDED, Reason.REASON_GOLD_UNPARSABLE)


def _equal_by_worker(id_: str, n: int) -> Known:
    gold = f"x^2+{2 * n}x+{n * n}"
    return Known(math_item(id_, gold, f"Thus \\boxed{{(x+{n})^2}}"), OUTCOME_CORRECT)


def _unequal_by_worker(id_: str, n: int) -> Known:
    gold = f"x^2+{2 * n}x+{n * n}"
    return Known(math_item(id_, gold, f"Thus \\boxed{{(x+{n + 1})^2}}"), OUTCOME_INCORRECT)


IN_SERVER: tuple[Make, ...] = (_equal, _unequal, _no_answer, _bad_gold)
"""Decided without a worker."""
IN_WORKERS: tuple[Make, ...] = (_equal_by_worker, _unequal_by_worker)
"""Decided by workers."""
ALL = IN_SERVER + IN_WORKERS


class Oracle:
    """Makes items, every one with an id of its own.

    Args:
        kinds: How to make them, in turn.
        span: How many items differ in content, for each kind; from them they are drawn. None: all
            differ, so that nothing is answered by a cache.
    """

    def __init__(self, kinds: tuple[Make, ...] = ALL, span: int | None = None) -> None:
        self._kinds = kinds
        self._span = span
        self._ids = count(1)
        self._rng = random.Random(7)

    def items(self, number: int) -> list[Known]:
        """So many items more."""
        ids = [next(self._ids) for _ in range(number)]
        return [self._kinds[n % len(self._kinds)](f"{n}", self._content(n)) for n in ids]

    def _content(self, number: int) -> int:
        return number if self._span is None else self._rng.randrange(1, self._span + 1)
