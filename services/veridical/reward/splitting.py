"""How much may go to a verifier in one call."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from veridical.api.v1.verifier_pb2 import ServerLimits
from veridical.serving.verifier import Work

_FRAME_BYTES = 16
"""What an entry costs beside its content: tags and lengths."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """The bounds of one call.

    Attributes:
        items: Most items.
        message_bytes: Most bytes.
    """

    items: int
    message_bytes: int

    def within(self, limits: ServerLimits) -> Bounds:
        """The bounds that keep to a server's limits as well; a limit of 0 is not known."""
        return Bounds(
            min(self.items, limits.max_batch_items or self.items),
            min(self.message_bytes, limits.max_message_bytes or self.message_bytes),
        )


def split(work: Sequence[Work], bounds: Bounds) -> Iterator[range]:
    """The places of the work of each call, in order; what alone is too large goes alone."""
    start, size = 0, 0
    tasks: set[str] = set()
    for place, each in enumerate(work):
        item = each.item.ByteSize() + _FRAME_BYTES
        name = each.item.task_id
        task = _task_bytes(each) if name and name not in tasks else 0
        full = place - start == bounds.items or size + item + task > bounds.message_bytes
        if full and place > start:
            yield range(start, place)
            start, size, tasks = place, 0, set()
            task = _task_bytes(each) if name else 0
        size += item + task
        if name:
            tasks.add(name)
    if start < len(work):
        yield range(start, len(work))


def _task_bytes(work: Work) -> int:
    """What the entry of a task costs that other items of the call may name, too."""
    return work.task.ByteSize() + len(work.item.task_id.encode()) + _FRAME_BYTES
