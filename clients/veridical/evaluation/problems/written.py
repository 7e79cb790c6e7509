"""Problems as `veridical convert` writes them: JSON lines of items with task, prompt and group."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from veridical.api.v1.item_pb2 import Item
from veridical.client.errors import InvalidRequestError
from veridical.client.jsonl import item_from_json
from veridical.evaluation.problems.rows import ProblemError


@dataclass(frozen=True, slots=True)
class Written:
    """A problem of a file.

    Attributes:
        line: Where it stands, from 1.
        item: Its task, prompt and group.
    """

    line: int
    item: Item


def read_written(path: Path) -> list[Written]:
    """Return the problems of a file.

    Raises:
        ProblemError: It cannot be read, has no problem, or a line is none; the text names line and field.
    """
    try:
        lines = path.read_bytes().split(b"\n")
    except OSError as error:
        raise ProblemError(f"cannot read {path}: {error.strerror}") from error
    problems = []
    for number, line in enumerate(lines, 1):
        try:
            if line.strip():
                problems.append(Written(number, _problem(line)))
        except ProblemError as error:
            raise ProblemError(f"{path}, line {number}: {error}") from None
    if not problems:
        raise ProblemError(f"{path}: there are no problems")
    return problems


def _problem(line: bytes) -> Item:
    try:
        item = item_from_json(line.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise ProblemError("the line is not UTF-8") from None
    except InvalidRequestError as error:
        raise ProblemError("; ".join((str(error), *getattr(error, "__notes__", ())))) from None
    for name in ("prompt", "group"):
        if not getattr(item, name):
            raise ProblemError(f"{name}: missing")
    if item.task.WhichOneof("kind") is None:
        raise ProblemError("task: missing or without a kind")
    return item
