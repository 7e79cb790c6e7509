"""What a server asks of the verifier that it serves."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol, TypeAlias

from veridical.api.v1.item_pb2 import Item
from veridical.api.v1.task_pb2 import Task
from veridical.api.v1.verdict_pb2 import Verdict, VerifierInfo
from veridical.api.v1.verifier_pb2 import DescribeResponse


class Work(NamedTuple):
    """One item that passed the checks common to all kinds.

    Attributes:
        item: The item as it came.
        task: What it is judged against, resolved from the call's task table.
        kind: The task's kind, the name of its oneof field.
    """

    item: Item
    task: Task
    kind: str


Settle: TypeAlias = Callable[[int, Verdict], None]
"""Told the place of an item in its sequence, and the verdict on it; does not block or raise."""


@dataclass(frozen=True, slots=True)
class Description:
    """What a verifier says of itself; the server adds its limits.

    Attributes:
        libraries: Versions of the libraries that take part in verdicts, by distribution name.
        defaults: Policy that applies where a task leaves a field at its default.
        backends: For a gateway, what stands behind it.
    """

    libraries: Mapping[str, str] = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)
    backends: Sequence[DescribeResponse] = ()


class Verifier(Protocol):
    """Turns items into verdicts. One instance serves one process, on its event loop."""

    @property
    def info(self) -> VerifierInfo:
        """Name, version, fingerprint and instance, as every verdict carries them."""

    @property
    def kinds(self) -> Sequence[str]:
        """The kinds of task it is known to take."""

    def takes(self, kind: str) -> bool:
        """Whether items of a kind may be handed to it."""

    @property
    def ready(self) -> bool:
        """Whether it can take items now; decides the server's health."""

    def describe(self) -> Description:
        """Says what may be known of it."""

    async def start(self) -> None:
        """Makes it ready; returns once it is, and raises where it cannot be."""

    async def verify(self, work: Sequence[Work], settle: Settle) -> None:
        """Tells `settle` the verdict on each piece of work as soon as it has it, once each.

        It answers before the call's deadline: what is not decided by then is UNDECIDED, and so is,
        as INVALID_ITEM, work whose task breaks the contract of its kind.
        """

    async def close(self) -> None:
        """Gives back what it holds; no verdict is due any more."""
