"""Tasks made from the rows of a dataset.

A `TaskOf` is any callable from a row to a task; those made here are picklable, so that a reward function
may travel to another process.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, TypeAlias, Unpack

from google.protobuf.json_format import Parse, ParseError

from veridical.client import AllTask, ConfigurationError, MathPolicy, Task, math_task

_log = logging.getLogger(__name__)

Row: TypeAlias = Mapping[str, Any]
"""The columns of one example, by name; `prompt` is one of them."""
TaskOf: TypeAlias = Callable[[Row], Task]
"""What the response to a row's prompt is judged against."""

GOLD_COLUMNS = ("gold", "answer", "solution", "ground_truth")
"""The columns that `math_gold` looks for when it is not told one."""


def math_gold(column: str | None = None, **policy: Unpack[MathPolicy]) -> TaskOf:
    r"""Math tasks whose gold stands in a column of the dataset.

    Golds are texts or numbers. A whole reference solution that ends in `\boxed{...}` or `#### ...` is one
    as well. An empty or missing (None) gold makes its item UNDECIDED.

    Args:
        column: The column's name. None: the one of `GOLD_COLUMNS` that the dataset has.
        policy: How answers are compared; see `MathPolicy`.

    Raises:
        ConfigurationError: From the task, where the row has no such column, or several of `GOLD_COLUMNS`,
            or the column holds something else.
    """
    return partial(_math_task, column=column, policy=policy)


def task_column(column: str = "task") -> TaskOf:
    """Tasks that stand in a column of the dataset, each in protobuf's JSON form as a string.

    An unreadable one is logged and makes its own item UNDECIDED (INVALID_ITEM); the others are unharmed.

    Raises:
        ConfigurationError: From the task, where the row has no such column.
    """
    return partial(_task_in, column=column)


def all_of(*parts: Task | TaskOf) -> TaskOf:
    """Tasks that are CORRECT only if all their parts are, such as a gold and a format."""
    return partial(_all_task, parts=parts)


def task_for(source: Task | TaskOf, row: Row) -> Task:
    """The task of a row; a `Task` is that of every row."""
    return source if isinstance(source, Task) else source(row)


def _math_task(row: Row, *, column: str | None, policy: MathPolicy) -> Task:
    name = column or _gold_column(row)
    return math_task(_text(row, name), **policy)


def _gold_column(row: Row) -> str:
    found = [name for name in GOLD_COLUMNS if name in row]
    if len(found) != 1:
        problem = f"columns {found} could each be the gold" if found else f"none of {GOLD_COLUMNS}"
        raise ConfigurationError(f"{problem} in {sorted(row)}: name it with math_gold(column)")
    return found[0]


def _task_in(row: Row, *, column: str) -> Task:
    try:
        return Parse(_text(row, column), Task())
    except (ParseError, UnicodeError) as error:
        _log.warning("column %r holds no task: %s", column, error)
        return Task()  # without a kind it is INVALID_ITEM


def _all_task(row: Row, *, parts: Sequence[Task | TaskOf]) -> Task:
    return Task(all=AllTask(tasks=[task_for(part, row) for part in parts]))


def _text(row: Row, column: str) -> str:
    try:
        value = row[column]
    except KeyError:
        raise ConfigurationError(f"no column {column!r} in {sorted(row)}") from None
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        kind = type(value).__name__
        raise ConfigurationError(f"column {column!r} holds a {kind}, not a text or a number")
    return str(value)
