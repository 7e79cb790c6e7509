"""Checks of an item that do not depend on its kind, cheap enough for every server to repeat."""

from __future__ import annotations

from collections.abc import Mapping

from veridical.api.v1.item_pb2 import Item
from veridical.api.v1.task_pb2 import Task
from veridical.serving.errors import InvalidArgument

MAX_ID_BYTES = 256
MAX_LABELS = 32
MAX_TASK_DEPTH = 4
MAX_TASK_PARTS = 16


def response_text(item: Item) -> str:
    """What an item answers; the steps of a trace are its paragraphs."""
    if item.WhichOneof("content") == "trace":
        return "\n\n".join(item.trace.steps)
    return item.response


def task_of(item: Item, tasks: Mapping[str, Task], max_text_bytes: int) -> Task:
    """Gives the task an item is judged against, once the item has passed its checks.

    Args:
        item: The item as it came.
        tasks: The call's task table.
        max_text_bytes: Bound on the prompt, in bytes of UTF-8.

    Raises:
        InvalidArgument: A field breaks the contract; the path is relative to the item.
    """
    if not item.id or longer_than(item.id, MAX_ID_BYTES):
        raise InvalidArgument("id", f"must have 1 to {MAX_ID_BYTES} bytes")
    if item.WhichOneof("content") is None:
        raise InvalidArgument("content", "one of response and trace is required")
    if item.group and longer_than(item.group, MAX_ID_BYTES):
        raise InvalidArgument("group", f"longer than {MAX_ID_BYTES} bytes")
    if item.prompt and longer_than(item.prompt, max_text_bytes):
        raise InvalidArgument("prompt", f"longer than {max_text_bytes} bytes")
    if item.HasField("sample_index") and item.sample_index < 0:
        raise InvalidArgument("sample_index", "must not be negative")
    if item.labels:
        _check_labels(item.labels)
    task = _resolve(item, tasks)
    _check_task(task, "task", 1)
    return task


def too_large(item: Item, max_response_bytes: int) -> bool:
    """Whether the content is longer than a response may be."""
    if item.WhichOneof("content") == "response":
        return longer_than(item.response, max_response_bytes)
    total = sum(len(step) for step in item.trace.steps)
    if 4 * total <= max_response_bytes:
        return False
    return sum(len(step.encode()) for step in item.trace.steps) > max_response_bytes


def longer_than(text: str, max_bytes: int) -> bool:
    """Whether `text` has more bytes of UTF-8 than allowed, without encoding where it is clear."""
    if 4 * len(text) <= max_bytes:
        return False
    return len(text) > max_bytes or len(text.encode()) > max_bytes


def _resolve(item: Item, tasks: Mapping[str, Task]) -> Task:
    source = item.WhichOneof("task_source")
    if source == "task":
        return item.task
    if source is None:
        raise InvalidArgument("task", "one of task and task_id is required")
    if not item.task_id or longer_than(item.task_id, MAX_ID_BYTES):
        raise InvalidArgument("task_id", f"must have 1 to {MAX_ID_BYTES} bytes")
    if item.task_id not in tasks:
        raise InvalidArgument("task_id", "names no task of this call")
    return tasks[item.task_id]


def _check_labels(labels: Mapping[str, str]) -> None:
    if len(labels) > MAX_LABELS:
        raise InvalidArgument("labels", f"{len(labels)} entries, at most {MAX_LABELS}")
    for key in labels:  # twice as fast as items() on a message's map
        if longer_than(key, MAX_ID_BYTES) or longer_than(labels[key], MAX_ID_BYTES):
            raise InvalidArgument("labels", f"a key or value longer than {MAX_ID_BYTES} bytes")


def _check_task(task: Task, path: str, depth: int) -> None:
    kind = task.WhichOneof("kind")
    if kind is None:
        raise InvalidArgument(path, "has no kind")
    if kind == "all":
        _check_nesting(path, depth)
        if not 1 <= len(task.all.tasks) <= MAX_TASK_PARTS:
            raise InvalidArgument(f"{path}.all.tasks", f"must hold 1 to {MAX_TASK_PARTS} tasks")
        for position, part in enumerate(task.all.tasks):
            _check_task(part, f"{path}.all.tasks[{position}]", depth + 1)
    elif kind == "control" and task.control.WhichOneof("control") == "inverse":
        _check_nesting(path, depth)
        _check_task(task.control.inverse, f"{path}.control.inverse", depth + 1)


def _check_nesting(path: str, depth: int) -> None:
    if depth > MAX_TASK_DEPTH:
        raise InvalidArgument(path, f"nested more than {MAX_TASK_DEPTH} deep")
