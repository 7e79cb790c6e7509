"""From items to batches: split by count and bytes, unique ids, long responses cut."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b

from veridical.api.v1.item_pb2 import Item
from veridical.api.v1.task_pb2 import Task
from veridical.api.v1.verifier_pb2 import VerifyBatchRequest
from veridical.client.errors import InvalidRequestError, quoted
from veridical.client.settings import ClientSettings

# What an entry of a repeated field or a map costs beside its content: tags and lengths.
_ITEM_FRAME_BYTES = 6
_TASK_FRAME_BYTES = 16


def split(
    items: Iterable[Item], tasks: Mapping[str, Task] | None, settings: ClientSettings
) -> Iterator[VerifyBatchRequest]:
    """Batches of the items in their order, each with the shared tasks that its items name.

    Ids must be unique over all items: in a sequence all are checked before the first batch; from any
    other iterable each is checked as it comes, by a set of 16-byte hashes (about 120 MB for a million).

    Raises:
        InvalidRequestError: An id comes twice, or an item alone is larger than a message may be.
    """
    batch = BatchBuilder(tasks or {}, settings)
    for item in unique(items):
        fitted = fit(item, settings.max_response_bytes)
        if not batch.has_room_for(fitted):
            yield batch.request
            batch = BatchBuilder(tasks or {}, settings)
        batch.add(fitted)
    if batch.request.items:
        yield batch.request


def one_batch(
    items: Iterable[Item], tasks: Mapping[str, Task] | None, settings: ClientSettings
) -> VerifyBatchRequest:
    """All items as one batch, however many.

    Raises:
        InvalidRequestError: An id comes twice, or the batch is larger than a message may be.
    """
    batch = BatchBuilder(tasks or {}, settings)
    for item in unique(list(items)):
        batch.add(fit(item, settings.max_response_bytes))
    return batch.request


def fit(item: Item, max_response_bytes: int) -> Item:
    """`item`, or a copy whose response is cut just beyond the longest one that servers judge.

    The cut response is still too long, so that the server answers INCORRECT / RESPONSE_TOO_LARGE.

    Raises:
        TypeError: It is no `Item`.
    """
    _require_item(item)
    if item.ByteSize() <= max_response_bytes:
        return item
    text = item.response.encode()
    if len(text) <= max_response_bytes:
        return item
    end = max_response_bytes + 1
    while end < len(text) and text[end] & 0xC0 == 0x80:  # within a character: keep it whole
        end += 1
    cut = Item()
    cut.CopyFrom(item)
    cut.response = text[:end].decode()
    return cut


def unique(items: Iterable[Item]) -> Iterable[Item]:
    """`items`, of which no two have the same id; a sequence is checked at once, others as they come.

    Raises:
        InvalidRequestError: An id comes twice.
    """
    if not isinstance(items, Sequence):
        return _unique_lazily(items)
    for _ in _unique_lazily(items):
        pass
    return items


def _unique_lazily(items: Iterable[Item]) -> Iterator[Item]:
    seen: set[bytes] = set()
    for item in items:
        _require_item(item)
        digest = blake2b(item.id.encode(), digest_size=16).digest()
        if digest in seen:
            raise InvalidRequestError(f"the id {quoted(item.id)} comes twice")
        seen.add(digest)
        yield item


def _require_item(item: Item) -> None:
    if not isinstance(item, Item):
        raise TypeError(f"an item must be an Item, not {type(item).__name__}")


class BatchBuilder:
    """A request that is being filled.

    Args:
        tasks: The tasks that items may name; the request carries those that its items do name.
        settings: How large the request may become.
        known: Names of tasks that the server has already.
    """

    def __init__(
        self, tasks: Mapping[str, Task], settings: ClientSettings, known: Container[str] = ()
    ) -> None:
        self.request = VerifyBatchRequest()
        self._tasks = tasks
        self._known = known
        self._settings = settings
        self._bytes = 0

    def has_room_for(self, item: Item) -> bool:
        """Whether `item` may join the others; an empty batch takes any."""
        count = len(self.request.items)
        if not count:
            return True
        settings = self._settings
        return (
            count < settings.batch_items and self._bytes + self._cost(item) <= settings.batch_bytes
        )

    def add(self, item: Item) -> None:
        """Takes the item and the shared task it names; the server answers for a name without one."""
        self._bytes += self._cost(item)
        if self._bytes > self._settings.max_message_bytes:
            raise InvalidRequestError(
                f"with item {quoted(item.id)} the call needs {self._bytes} bytes, more than "
                f"max_message_bytes = {self._settings.max_message_bytes}"
            )
        self.request.items.append(item)
        if self._brings_task(item):
            self.request.tasks[item.task_id].CopyFrom(self._tasks[item.task_id])

    def _cost(self, item: Item) -> int:
        cost = item.ByteSize() + _ITEM_FRAME_BYTES
        if self._brings_task(item):
            cost += self._tasks[item.task_id].ByteSize() + 3 * len(item.task_id) + _TASK_FRAME_BYTES
        return cost

    def _brings_task(self, item: Item) -> bool:
        name = item.task_id
        if name in self._known or name in self.request.tasks:
            return False
        return name != "" and name in self._tasks
