"""The policy fields of a `MathTask` as the domain's `MathPolicy`, and as the echo in evidence."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import TypeVar

from veridical.api.v1 import math_pb2
from veridical.api.v1.math_pb2 import MathTask
from veridical.math.policy import Extraction, MathPolicy, OrderPolicy, PercentPolicy, UnitPolicy
from veridical.serving.errors import InvalidArgument

DEFAULTS = {
    "percent": PercentPolicy.VALUE.value,
    "units": UnitPolicy.OPTIONAL.value,
    "order": OrderPolicy.BY_FORM.value,
}
"""What a field left at its default means, for Describe."""


EXTRACTIONS = {place: math_pb2.Extraction.Value(f"EXTRACTION_{place.name}") for place in Extraction}
"""The contract's number for each place of extraction."""

NOWHERE = math_pb2.EXTRACTION_UNSPECIFIED
"""The contract's number for no place."""

E = TypeVar("E", bound=Enum)


@dataclass(frozen=True, slots=True)
class Policy:
    """A task's policy in both shapes: for the domain, and as evidence echoes it."""

    domain: MathPolicy
    echo: MathTask


def policy_of(task: MathTask) -> Policy:
    """Reads the policy of a task, equal ones once.

    Raises:
        InvalidArgument: A field is out of its bounds.
    """
    return _policy(
        task.percent,
        task.units,
        task.order,
        task.rtol if task.HasField("rtol") else None,
        task.atol if task.HasField("atol") else None,
        task.ignore_variable_names,
        tuple(task.extraction),
    )


@lru_cache(maxsize=1024)
def _policy(
    percent: int,
    units: int,
    order: int,
    rtol: float | None,
    atol: float | None,
    ignore_variable_names: bool,
    extraction: tuple[int, ...],
) -> Policy:
    if rtol is not None and not 0 <= rtol <= 1:
        raise InvalidArgument("task.math.rtol", "must be between 0 and 1")
    if atol is not None and not 0 <= atol < float("inf"):
        raise InvalidArgument("task.math.atol", "must be a finite number of at least 0")
    domain = MathPolicy(
        percent=_choice(PercentPolicy, "percent", percent or 1),
        units=_choice(UnitPolicy, "units", units or 1),
        order=_choice(OrderPolicy, "order", order or 1),
        rtol=rtol,
        atol=atol,
        ignore_variable_names=ignore_variable_names,
        extraction=tuple(_choice(Extraction, "extraction", place) for place in extraction),
    )
    return Policy(domain, _echo(domain))


def _choice(kind: type[E], field: str, number: int) -> E:
    """The domain's member for a number of the contract, whose enums keep the same order."""
    members = list(kind)
    if not 1 <= number <= len(members):
        raise InvalidArgument(f"task.math.{field}", f"has no value {number}")
    return members[number - 1]


def _echo(policy: MathPolicy) -> MathTask:
    return MathTask(
        percent=math_pb2.PercentPolicy.Value(f"PERCENT_POLICY_{policy.percent.name}"),
        units=math_pb2.UnitPolicy.Value(f"UNIT_POLICY_{policy.units.name}"),
        order=math_pb2.OrderPolicy.Value(f"ORDER_POLICY_{policy.order.name}"),
        rtol=policy.rtol,
        atol=policy.atol,
        ignore_variable_names=policy.ignore_variable_names,
        extraction=[EXTRACTIONS[place] for place in policy.extraction],
    )
