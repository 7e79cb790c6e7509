"""What a pool says of one item: the function's value, or the fault that took its place."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Generic, TypeAlias, TypeVar

R = TypeVar("R")


class FaultKind(Enum):
    """Why an item has no value."""

    TIMEOUT = "timeout"
    """Its CPU or wall time ran out, twice."""
    MEMORY = "memory"
    """It took more memory than allowed, twice."""
    CRASHED = "crashed"
    """The function raised; or the worker died of the item twice, or was killed from outside over
    and over while it worked on it."""
    EXPIRED = "expired"
    """The call's own time ran out before the item was decided; the item itself is not to blame."""


@dataclass(frozen=True, slots=True)
class Answered(Generic[R]):
    """The function returned."""

    value: R
    seconds: float
    """Wall time of the function, measured in the worker."""
    queue_seconds: float
    """The rest of the time since `run` was called: waiting, transport, earlier tries."""


@dataclass(frozen=True, slots=True)
class Fault:
    """The function did not return a value."""

    kind: FaultKind
    detail: str
    """What happened, in words fit for a caller; holds nothing of the item's content."""
    seconds: float
    """Wall time of the last try, to within 0.1 s; 0 if there was none."""
    queue_seconds: float
    """The rest of the time since `run` was called."""


Outcome: TypeAlias = Answered[R] | Fault
