"""Rewards that say nothing about correctness, beside the verifier's own (arXiv 2506.10947).

If a reward for the form alone rises from base to RL as the verifier's does, training may have taught the
form. The controls tell what a figure is worth: the random one moves by chance only, the inverse one must
mirror the verifier's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from veridical.api.v1.format_pb2 import FormatTask
from veridical.api.v1.task_pb2 import ControlTask, RandomControl, Task

VERIFIER = "verifier"
"""Name of the reward of the run's own task."""
_CHANCE = 0.5


@dataclass(frozen=True, slots=True)
class Spurious:
    """A reward on the responses of one model.

    Attributes:
        reward: Which.
        model: Whose responses.
        responses: How many have this reward and the verifier's.
        mean: Of the reward, 0 to 1.
        agreement: Share of responses on which it is the verifier's.
    """

    reward: str
    model: str
    responses: int
    mean: float
    agreement: float


def spurious_tasks(task: Task) -> dict[str, Task]:
    """Return the tasks of the rewards to compare with a problem's own, by name."""
    random = ControlTask(random=RandomControl(probability=_CHANCE))
    return {
        "inverse": Task(control=ControlTask(inverse=task)),
        "random": Task(control=random),
        "boxed": Task(format=FormatTask(boxed_answer=True)),
        "python": Task(format=FormatTask(full_match="(?s).*```python.*")),
    }


SHOWN = {
    VERIFIER: "the verifier",
    "inverse": "inverse of it",
    "random": "random, 50 %",
    "boxed": "one \\boxed{} answer",
    "python": "a Python block",
}
"""What each reward is called in a report, in their order."""


def spurious(
    reward: str, model: str, given: Mapping[int, float], truth: Mapping[int, float]
) -> Spurious | None:
    """Compare a reward with the verifier's on the responses that have both; None where none has.

    Args:
        reward: Its name.
        model: Whose responses.
        given: The reward by response.
        truth: The verifier's reward by response.
    """
    both = given.keys() & truth.keys()
    if not both:
        return None
    mean = sum(given[key] for key in both) / len(both)
    agreement = sum(given[key] == truth[key] for key in both) / len(both)
    return Spurious(reward, model, len(both), mean, agreement)
