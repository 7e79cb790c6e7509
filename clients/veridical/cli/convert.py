"""`veridical convert`: a benchmark's file as problems to sample and judge."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from veridical.cli.exits import CommandError, expected_errors, interruptible, stderr_console
from veridical.cli.output import opened_text
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
            lines = [item_to_json(item) for item in read_problems(file, benchmark)]
        except ProblemError as error:
            raise CommandError(str(error)) from None
        if not lines:
            raise CommandError(f"{file}: there are no problems")
        with opened_text(output) as out:
            out.writelines(f"{line}\n" for line in lines)
        stderr_console().print(f"{len(lines):,} problem{'s' * (len(lines) > 1)}")
