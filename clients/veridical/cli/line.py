"""One line of the input: an item, a verdict on an item with a bad value, or a fault."""

from __future__ import annotations

import json
from contextlib import suppress
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

MAX_ITEM_BYTES = 63 << 20
"""Bytes that an item may have beside its response and still fit into a message to the services."""

_SHOWN_ID_CHARACTERS = 60

_ECHOED = {"group", "sample_index", "sampleIndex", "labels"}


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
        raise LineError("; ".join((str(error), *getattr(error, "__notes__", ())))) from None
    if not item.id:
        raise LineError("id: missing")
    if len(content) > MAX_ITEM_BYTES and _bytes_beside_response(item) > MAX_ITEM_BYTES:
        return _invalid(item, f"the item has more than {MAX_ITEM_BYTES} bytes beside its response")
    if item.WhichOneof("task_source") == "task_id":
        return _invalid(
            item, "task_id: a file of items has no table of tasks; give the task itself"
        )
    return item


def shown_id(item_id: str) -> str:
    """Return an id in quotes, cut where it is too long for a message."""
    if len(item_id) <= _SHOWN_ID_CHARACTERS:
        return repr(item_id)
    return f"{item_id[:_SHOWN_ID_CHARACTERS]!r}…"


def _decode(content: bytes) -> str:
    try:
        # A byte order mark may stand at the start of a file, or of files put together.
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise LineError(f"the line is no JSON: no UTF-8 at its byte {error.start + 1}") from None


def _echoed(text: str) -> Item:
    """Return what a verdict repeats of an item: its id, and as much of the rest as is good."""
    fields: dict[str, Any] = json.loads(text)
    try:
        item = _part(fields, "id")
    except BadValueError as error:
        raise LineError(str(error)) from None
    if not item.id:
        raise LineError("id: missing")
    for name in _ECHOED & fields.keys():
        with suppress(BadValueError):
            item.MergeFrom(_part(fields, name))
    return item


def _part(fields: dict[str, Any], name: str) -> Item:
    return item_from_json(json.dumps({name: fields.get(name)}))


def _bytes_beside_response(item: Item) -> int:
    return item.ByteSize() - len(item.response.encode())


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
