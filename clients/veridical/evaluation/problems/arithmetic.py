"""Arithmetic of graded difficulty, made afresh: no model can have met it."""

from __future__ import annotations

import random
from collections.abc import Iterator

from veridical.api.v1.item_pb2 import Item
from veridical.api.v1.math_pb2 import MathTask
from veridical.api.v1.task_pb2 import Task

STOP = ("\n",)
"""Where an answer to these prompts ends."""

MAX_PROBLEMS = 600
"""The first level has no more than 162 of them."""

_LARGEST = (10, 20, 50, 100, 200, 1000)
"""Operands are below these, by level; levels from the fourth on have a third operand."""
_SIGNS = "+-*"
_ASKED = "Q: What is"


def arithmetic_problems(count: int, seed: int = 0) -> Iterator[Item]:
    """Yield different problems, the levels in turn, such as `Q: What is 3 + 4?`.

    Args:
        count: How many, at most `MAX_PROBLEMS`.
        seed: The same seed gives the same problems.

    Raises:
        ValueError: More are wanted.
    """
    if count > MAX_PROBLEMS:
        raise ValueError(f"count: {count} problems, at most {MAX_PROBLEMS}")
    draw = random.Random(f"arithmetic {seed}")  # noqa: S311 - to be the same each time
    seen: set[str] = set()
    while len(seen) < count:
        level = len(seen) % len(_LARGEST)
        expression, value = _expression(level, draw)
        if expression in seen:
            continue
        seen.add(expression)
        yield Item(
            group=f"arithmetic/{level + 1}/{len(seen)}",
            prompt=f"Q: What is {expression}?\nA:",
            task=Task(math=MathTask(gold=str(value))),
        )


def long_sums(count: int, words: int, seed: int) -> Iterator[Item]:
    """Yield sums that nobody can know, such as `Q: What is 13 + 58 - 7?`, as a control.

    Args:
        count: How many.
        words: Words of each, about; two terms are the least.
        seed: The same seed gives the same sums.
    """
    draw = random.Random(f"control {seed}")  # noqa: S311 - to be the same each time
    for number in range(1, count + 1):
        value = draw.randrange(1, 100)
        text = str(value)
        for _ in range(max(words - len(_ASKED.split()) - 1, 2) // 2):
            operand, sign = draw.randrange(1, 100), draw.choice("+-")
            text, value = f"{text} {sign} {operand}", value + int(f"{sign}{operand}")
        yield Item(
            group=f"control/{number}",
            prompt=f"{_ASKED} {text}?",
            task=Task(math=MathTask(gold=str(value))),
        )


def _expression(level: int, draw: random.Random) -> tuple[str, int]:
    largest = _LARGEST[level]
    text, value = _term(largest, draw)
    for _ in range(1 if level < 3 else 2):
        sign = draw.choice(_SIGNS[:2] if level < 2 else _SIGNS)
        operand, second = _term(largest, draw)
        if sign == "*":
            text, value = (
                f"({text}) * {operand}" if " " in text else f"{text} * {operand}",
                value * second,
            )
        else:
            text, value = f"{text} {sign} {operand}", value + (second if sign == "+" else -second)
    return text, value


def _term(largest: int, draw: random.Random) -> tuple[str, int]:
    value = draw.randrange(1, largest)
    return str(value), value
