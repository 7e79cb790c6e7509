"""Whether the tasks of problems can be judged, asked of the verifier before anything is sampled."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass

from veridical.api.v1.item_pb2 import Item
from veridical.api.v1.task_pb2 import OUTCOME_UNDECIDED, Task
from veridical.api.v1.verdict_pb2 import (
    REASON_GOLD_UNPARSABLE,
    REASON_INVALID_ITEM,
    REASON_LANGUAGE_UNAVAILABLE,
    REASON_UNSUPPORTED_TASK,
)
from veridical.evaluation.runs.plan import Verifier

_FAULTS = {
    REASON_INVALID_ITEM: "",
    REASON_UNSUPPORTED_TASK: "task: ",
    REASON_LANGUAGE_UNAVAILABLE: "task.code.language: no service runs ",
}
"""What is said of a task that nobody judges, before the verdict's own detail."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What the verifier says of problems without a response.

    Attributes:
        faults: By the place of a problem that cannot be judged, the field and what is wrong with it.
        golds: By the place of a problem, why its gold cannot be read: all of its samples stay UNDECIDED.
    """

    faults: dict[int, str]
    golds: dict[int, str]


async def checked(problems: Sequence[Item], verifier: Verifier) -> Checked:
    """Put problems to a verifier with empty responses, which cost it next to nothing.

    Args:
        problems: Items with tasks; of a task of several, each is looked at.
        verifier: Who will judge.

    Raises:
        VeridicalError: The verifier is out of reach.
    """

    async def sent() -> AsyncIterator[Item]:
        for place, problem in enumerate(problems):
            for part, task in enumerate(_tasks(problem.task)):
                item = Item(id=f"{place}/{part}", task=task, response="", prompt=problem.prompt)
                item.group = problem.group
                item.labels.update(problem.labels)
                yield item

    found = Checked({}, {})
    async for verdict in verifier.stream(sent()):
        place = int(verdict.id.partition("/")[0])
        if verdict.outcome != OUTCOME_UNDECIDED:
            continue
        if verdict.reason in _FAULTS:
            found.faults.setdefault(place, _FAULTS[verdict.reason] + verdict.detail)
        elif verdict.reason == REASON_GOLD_UNPARSABLE:
            found.golds.setdefault(place, verdict.detail)
    return found


def _tasks(task: Task) -> Iterator[Task]:
    """Yield a task, and those that it is made of, since one alone may decide it."""
    yield task
    for part in task.all.tasks:
        yield from _tasks(part)
