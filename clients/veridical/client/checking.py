"""What an answer must hold before it is believed, and the rewards it gives."""

from __future__ import annotations

import enum
import math
from collections.abc import Iterable, Mapping, Sequence

from veridical.api.v1.item_pb2 import Item
from veridical.api.v1.task_pb2 import Outcome, Task
from veridical.api.v1.verdict_pb2 import Verdict
from veridical.client.errors import ProtocolError, UndecidedError, quoted

_REWARDS = {Outcome.OUTCOME_CORRECT: 1.0, Outcome.OUTCOME_INCORRECT: 0.0}


class Undecided(enum.Enum):
    """What `rewards` makes of items that no verifier decided: there is no reward for them."""

    RAISE = "raise"
    """Raise `UndecidedError` with all of them."""
    NONE = "none"
    """None in their places."""
    NAN = "nan"
    """NaN in their places."""


def match(items: Sequence[Item], verdicts: Sequence[Verdict]) -> Sequence[Verdict]:
    """`verdicts`, if they are the items' own.

    Raises:
        ProtocolError: Their number or an id differs.
    """
    if len(items) != len(verdicts):
        raise ProtocolError(f"the server gave {len(verdicts)} verdicts for {len(items)} items")
    for item, verdict in zip(items, verdicts, strict=True):
        if item.id != verdict.id:
            given, wanted = quoted(verdict.id), quoted(item.id)
            raise ProtocolError(f"the server gave a verdict on {given} for {wanted}")
    return verdicts


def reward_of(verdict: Verdict) -> float | None:
    """The reward of a verdict; None where no verifier decided.

    The field `verdict.reward` itself reads 0.0 where it is absent, as protobuf's fields do.

    Raises:
        ProtocolError: The reward does not agree with the outcome.
    """
    reward = verdict.reward if verdict.HasField("reward") else None
    known = verdict.outcome != Outcome.OUTCOME_UNSPECIFIED
    if not known or reward != _REWARDS.get(verdict.outcome):
        raise ProtocolError(
            f"the verdict on {quoted(verdict.id)} has outcome {verdict.outcome} and reward {reward}"
        )
    return reward


def require_choice(undecided: object) -> None:
    """Does nothing for a member of `Undecided`.

    Raises:
        TypeError: It is something else; the text names the choices.
    """
    if not isinstance(undecided, Undecided):
        choices = ", ".join(map(str, Undecided))
        raise TypeError(f"undecided must be one of {choices}, not {undecided!r}")


def require_type(name: str, value: object, wanted: type) -> None:
    """Does nothing for a value of the type that an argument wants.

    Raises:
        TypeError: It is something else; the text names the argument.
    """
    if not isinstance(value, wanted):
        raise TypeError(f"{name} must be {wanted.__name__}, not {type(value).__name__}")


def require_items(items: object, tasks: object, *, may_be_async: bool = False) -> None:
    """Does nothing for items that can be read one by one, and for tasks by their names or None.

    The items themselves are checked as they are read.

    Raises:
        TypeError: It is something else; the text names the argument.
    """
    ways = ["__iter__", "__getitem__"] + ["__aiter__"] * may_be_async
    if not any(hasattr(items, way) for way in ways):
        raise TypeError(f"items must be an iterable of Item, not {type(items).__name__}")
    if tasks is None:
        return
    if not isinstance(tasks, Mapping):
        raise TypeError(f"tasks must be a mapping of names to Task, not {type(tasks).__name__}")
    for name, task in tasks.items():
        require_type(f"tasks[{name!r}]", task, Task)


def rewards_of(verdicts: Iterable[Verdict], undecided: Undecided) -> list[float | None]:
    """The rewards of the verdicts in their order.

    Raises:
        UndecidedError: Some are undecided, and `undecided` is RAISE.
        ProtocolError: A reward does not agree with its outcome.
    """
    rewards: list[float | None] = []
    open_verdicts: list[Verdict] = []
    for verdict in verdicts:
        rewards.append(reward_of(verdict))
        if rewards[-1] is None:
            open_verdicts.append(verdict)
    if open_verdicts and undecided is Undecided.RAISE:
        raise UndecidedError(open_verdicts)
    if undecided is Undecided.NAN:
        return [math.nan if reward is None else reward for reward in rewards]
    return rewards
