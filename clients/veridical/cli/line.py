"""One line of the input: an item, a verdict on an item with a bad value, or a fault."""

from __future__ import annotations

import json
from typing import Any

from veridical.client import (
    BadValueError,
    InvalidRequestError,
    Item,
    Outcome,
    Reason,
    Verdict,
    item_from_json,
)

MAX_DETAIL = 1000
"""Code points after which the detail of a verdict made here is cut."""

_ECHOED = ("id", "group", "sample_index", "sampleIndex", "labels")


class LineError(Exception):
    """A line that stops the run before it starts; the text says why, and names the field."""


def parse_line(content: bytes) -> Item | Verdict:
    """Read one line.

    Returns:
        The item; or, where a value in it is bad, the verdict on it, UNDECIDED / INVALID_ITEM.

    Raises:
        LineError: The line is not one JSON object in UTF-8 without repeated keys, holds an unknown
            field, or has no id.
    """
    text = _decode(content)
    try:
        item = item_from_json(text)
    except BadValueError as error:
        return _invalid(_echoed(text), str(error))
    except InvalidRequestError as error:
        raise LineError(str(error)) from None
    if not item.id:
        raise LineError("id: missing")
    if item.WhichOneof("task_source") == "task_id":
        return _invalid(
            item, "task_id: a file of items has no table of tasks; give the task itself"
        )
    return item


def _decode(content: bytes) -> str:
    try:
        # A byte order mark may stand at the start of a file, or of files put together.
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise LineError(f"not JSON: no UTF-8 at byte {error.start + 1} of the line") from None


def _echoed(text: str) -> Item:
    """Return what a verdict repeats of an item: as much of it as has good values."""
    fields: dict[str, Any] = json.loads(text)
    try:
        item = _part(fields, _ECHOED)
    except BadValueError:
        item = _id_only(fields)
    if not item.id:
        raise LineError("id: missing")
    return item


def _id_only(fields: dict[str, Any]) -> Item:
    try:
        return _part(fields, ("id",))
    except BadValueError as error:
        raise LineError(str(error)) from None


def _part(fields: dict[str, Any], names: tuple[str, ...]) -> Item:
    return item_from_json(json.dumps({name: fields[name] for name in names if name in fields}))


def _invalid(item: Item, detail: str) -> Verdict:
    verdict = Verdict(
        id=item.id,
        outcome=Outcome.OUTCOME_UNDECIDED,
        reason=Reason.REASON_INVALID_ITEM,
        detail=detail[:MAX_DETAIL],
        group=item.group,
        labels=item.labels,
    )
    if item.HasField("sample_index"):
        verdict.sample_index = item.sample_index
    return verdict
