"""`veridical convert`: a benchmark's file as problems to sample and judge."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from veridical.cli.exits import CommandError, expected_errors, interruptible, stderr_console
from veridical.cli.output import is_resumable, opened_text
from veridical.client.jsonl import item_to_json

_Benchmark = Annotated[
    str, typer.Argument(metavar="BENCHMARK", help="gsm8k, math, humaneval, mbpp or livecodebench.")
]
_File = Annotated[
    Path,
    typer.Argument(
        metavar="FILE", help="As its publisher gives it: JSON lines or an array; gzip too."
    ),
]
_Output = Annotated[
    str, typer.Option("--output", "-o", metavar="FILE", help="Where problems go; - is stdout.")
]


def convert(benchmark: _Benchmark, file: _File, output: _Output = "-") -> None:
    """Write the problems of a benchmark's file as JSON lines: task, prompt and group of each.

    `math` reads MATH, MATH-500 and what has their fields. Prompts are zero-shot, the same for every model.
    """
    with expected_errors(), interruptible():
        from veridical.evaluation.problems import CONVERTERS, ProblemError, read_problems

        if benchmark not in CONVERTERS:
            names = ", ".join(CONVERTERS)
            raise CommandError(f"{benchmark!r} is no benchmark that is known here: {names}")
        try:
            count = _write(output, map(item_to_json, read_problems(file, benchmark)))
        except ProblemError as error:
            raise CommandError(str(error)) from None
        if not count:
            raise CommandError(f"{file}: there are no problems")
        stderr_console().print(f"{count:,} problem{'s' * (count > 1)}")


def _write(output: str, lines: Iterator[str]) -> int:
    """Write the lines as they come and return how many; a file gets its name once it is whole."""
    unfinished = f"{output}.part" if is_resumable(output) else output
    count = 0
    try:
        with opened_text(unfinished) as out:
            for count, line in enumerate(lines, 1):  # noqa: B007
                out.write(f"{line}\n")
        if unfinished != output and count:
            Path(unfinished).replace(output)
    finally:
        if unfinished != output:
            Path(unfinished).unlink(missing_ok=True)
    return count
