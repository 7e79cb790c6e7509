"""Problems of public benchmarks as items: users bring the files, as their publishers give them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

from veridical.api.v1.item_pb2 import Item
from veridical.evaluation.problems.code import humaneval_item, mbpp_item
from veridical.evaluation.problems.livecodebench import livecodebench_item
from veridical.evaluation.problems.math import gsm8k_item, math_item
from veridical.evaluation.problems.rows import ProblemError, Row, read_rows

Convert: TypeAlias = Callable[[Row, int], Item]
"""Makes the problem of a row and its place in the file.

Raises:
    ProblemError: A field is missing or cannot be used.
"""

CONVERTERS: dict[str, Convert] = {
    "gsm8k": gsm8k_item,
    "math": math_item,
    "humaneval": humaneval_item,
    "mbpp": mbpp_item,
    "livecodebench": livecodebench_item,
}
"""By the name of the benchmark; `math` reads MATH, MATH-500 and what has their fields."""

__all__ = ["CONVERTERS", "Convert", "ProblemError", "read_problems"]


def read_problems(path: Path, benchmark: str) -> Iterator[Item]:
    """Yield the problems of a file: JSON lines, one JSON array, or either with gzip.

    Args:
        path: The publisher's file.
        benchmark: A key of `CONVERTERS`.

    Raises:
        ProblemError: The file cannot be read, or a row cannot be used; the text names the row.
    """
    convert = CONVERTERS[benchmark]
    groups: dict[str, int] = {}
    for number, row in enumerate(read_rows(path), 1):
        try:
            item = convert(row, number)
        except ProblemError as error:
            raise ProblemError(f"{path}, row {number}: {error}") from None
        if item.group in groups:
            first = groups[item.group]
            raise ProblemError(
                f"{path}, row {number}: {item.group!r} stands in row {first} already"
            )
        groups[item.group] = number
        yield item
