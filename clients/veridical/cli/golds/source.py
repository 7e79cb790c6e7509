"""Reading golds: from a file of items, from JSON lines with a field, or from plain lines."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import PurePath
from typing import Any

from veridical.cli.golds.finding import Finding, Kind
from veridical.cli.items import ItemsFile, Line
from veridical.cli.line import LineError, parse_line
from veridical.client import MathTask, Task, Verdict, scrub
from veridical.integrations.tasks import GOLD_COLUMNS

_JSON_SUFFIXES = {".jsonl", ".ndjson", ".json"}
_SHOWN_VALUE_CHARACTERS = 60

Parser = Callable[[bytes], list[MathTask]]
"""Reads a line; the math tasks in it, none where its task has no gold.

Raises:
    LineError: It cannot be read.
"""


@dataclass(slots=True)
class Gold:
    """A gold under a policy, and where it stands.

    Attributes:
        task: The gold with its policy.
        lines: Numbers of the lines, from 1.
    """

    task: MathTask
    lines: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Golds:
    """The golds of a file.

    Attributes:
        distinct: Each gold under each policy once, in the order of the file.
        bad_lines: The lines that cannot be read.
        lines: Number of lines that are not blank.
        without: Number of items whose task has no math gold, such as those of code tasks.
    """

    distinct: list[Gold] = field(default_factory=list)
    bad_lines: list[Finding] = field(default_factory=list)
    lines: int = 0
    without: int = 0


def read_golds(source: ItemsFile, column: str | None, policy: MathTask) -> Golds:
    """Read all golds of a file.

    The file holds JSON lines if a column is named, if its name says so, or if its first line is a JSON
    object; else every line is a gold. A JSON line is an item if it has a task, else a row.

    Args:
        source: The file.
        column: Where the gold of a row stands, with dots between nested names; None: the first of
            `GOLD_COLUMNS` that the row has.
        policy: How golds without a task of their own are compared; its gold is empty.

    Raises:
        CommandError: It is compressed, or a JSON array in place of lines.
    """
    source.refuse_compressed()
    first = next(source.lines(), None)
    if first is None:
        return Golds()
    if not column and not _holds_json(source.name, first.content):
        return _collect(source.lines(), partial(_parse_plain, policy=policy))
    source.require_lines()
    return _collect(source.lines(), partial(_parse_json, column=column, policy=policy))


def _collect(lines: Iterator[Line], parse: Parser) -> Golds:
    golds, seen = Golds(), dict[bytes, Gold]()
    for number, content in lines:
        golds.lines += 1
        try:
            tasks = parse(content)
        except LineError as error:
            golds.bad_lines.append(Finding(Kind.BAD_LINE, (number,), "", str(error)))
            continue
        golds.without += not tasks
        for task in tasks:
            gold = seen.setdefault(task.SerializeToString(deterministic=True), Gold(task))
            if not gold.lines:
                golds.distinct.append(gold)
            gold.lines.append(number)
    return golds


def _holds_json(name: str, first: bytes) -> bool:
    if PurePath(name).suffix in _JSON_SUFFIXES:
        return True
    try:
        return isinstance(json.loads(first), dict)
    except (ValueError, RecursionError):
        return False


def _parse_plain(content: bytes, *, policy: MathTask) -> list[MathTask]:
    return [_with_gold(policy, _decode(content).strip())]


def _parse_json(content: bytes, *, column: str | None, policy: MathTask) -> list[MathTask]:
    row = _load(_decode(content))
    if column is None and isinstance(row.get("task"), dict):
        item = parse_line(content)
        if isinstance(item, Verdict):
            raise LineError(item.detail)
        return list(_math_tasks(item.task))
    return [_with_gold(policy, _gold_in(row, column))]


def _decode(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise LineError(f"no UTF-8 at its byte {error.start + 1}") from None


def _load(text: str) -> dict[str, Any]:
    try:
        # Numbers stay as they are written: 0.50 has two decimals.
        row = json.loads(text.rstrip("\r\n"), parse_int=str, parse_float=str)
    except json.JSONDecodeError as error:
        problem = f"{error.msg.lower()} at column {error.pos + 1}"
        raise LineError(f"the line is no JSON: {problem}") from None
    except (ValueError, RecursionError) as error:
        raise LineError(f"the line is no JSON: {error}") from None
    if not isinstance(row, dict):
        raise LineError("the line is no JSON object")
    return row


def _math_tasks(task: Task) -> Iterator[MathTask]:
    """Yield the math tasks in a task, those in its parts included."""
    match task.WhichOneof("kind"):
        case "math":
            yield task.math
        case "all":
            for part in task.all.tasks:
                yield from _math_tasks(part)
        case "control":
            yield from _math_tasks(task.control.inverse)


def _gold_in(row: dict[str, Any], column: str | None) -> str:
    name = column or next((name for name in GOLD_COLUMNS if name in row), None)
    if name is None:
        raise LineError(f"none of the fields {', '.join(GOLD_COLUMNS)}; name it with --field")
    value: Any = row
    for part in (name,) if name in row else name.split("."):
        if not isinstance(value, dict) or part not in value:
            raise LineError(f"no field {name}")
        value = value[part]
    if value is None:
        return ""
    if not isinstance(value, str):
        shown = json.dumps(value, ensure_ascii=False)[:_SHOWN_VALUE_CHARACTERS]
        raise LineError(f"{name}: neither a text nor a number, but {shown}")
    return value


def _with_gold(policy: MathTask, gold: str) -> MathTask:
    task = MathTask(gold=scrub(gold))
    task.MergeFrom(policy)
    return task
