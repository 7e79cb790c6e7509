"""The key under which equal items are found: a digest of all that a verdict depends on."""

from __future__ import annotations

from hashlib import blake2b
from struct import Struct

from veridical.api.v1.task_pb2 import Task
from veridical.serving.verifier import Work

_KEY_BYTES = 32
_HEAD = Struct("<QQQi")
"""The lengths of task, content and prompt, and the finish reason."""


class ItemKeys:
    """Makes the keys of the items of one call; a task that many items name is read once."""

    def __init__(self) -> None:
        self._tasks: dict[str, bytes] = {}

    def key(self, work: Work) -> bytes:
        """BLAKE2b (RFC 7693) over an item's task, content, prompt and finish reason.

        The finish reason counts because a response that was cut off is judged differently.
        """
        item = work.item
        if item.WhichOneof("content") == "response":
            content = b"r" + item.response.encode()
        else:
            content = b"t" + item.trace.SerializeToString(deterministic=True)
        task, prompt = self._task_bytes(item.task_id, work.task), item.prompt.encode()
        head = _HEAD.pack(len(task), len(content), len(prompt), item.finish_reason)
        return blake2b(head + task + content + prompt, digest_size=_KEY_BYTES).digest()

    def _task_bytes(self, task_id: str, task: Task) -> bytes:
        if not task_id:
            return task.SerializeToString(deterministic=True)
        if task_id not in self._tasks:
            self._tasks[task_id] = task.SerializeToString(deterministic=True)
        return self._tasks[task_id]
