"""Labelled programs from a JSON-lines file, as items of code tasks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from veridical.api.v1.code_pb2 import (
    COMPARE_MODE_TOKENS,
    RUNNER_PYTEST,
    RUNNER_UNITTEST,
    AssertTests,
    CallCase,
    CallTests,
    CodeTask,
    Compare,
    File,
    FileTests,
    StdioCase,
    StdioTests,
)
from veridical.client import Item, Task

DATA = Path(__file__).parent.parent.parent / "shared" / "data" / "code" / "real.jsonl"
"""Where labelled data stands beside the checkout; every benchmark takes another file."""


@dataclass(frozen=True, slots=True)
class Row:
    """A program with its tests, and whether it is right."""

    item: Item
    style: str
    label: bool


def read_rows(path: Path) -> list[Row]:
    """The rows of a file: problems with their own programs, and wrong variants of them.

    A problem has `id`, `style` (assert, call, stdio or pytest), `tests` and `canonical_solution`; a
    variant has `id`, `mutant_of` and `solution`.
    """
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    problems = {line["id"]: line for line in lines if "mutant_of" not in line}
    return list(_rows(lines, problems))


def _rows(lines: list[dict[str, Any]], problems: dict[str, dict[str, Any]]) -> Iterator[Row]:
    for line in lines:
        problem = problems.get(line.get("mutant_of", line["id"]))
        source = line.get("solution") or line.get("canonical_solution")
        if problem is None or not source:
            continue
        response = f"```python\n{source}\n```" if "```" not in source else source
        item = Item(id=line["id"], task=_task(problem), response=response)
        yield Row(item, problem["style"], "mutant_of" not in line)


def _task(problem: dict[str, Any]) -> Task:
    make = {"assert": _asserts, "call": _calls, "stdio": _stdio, "pytest": _files}[problem["style"]]
    return Task(code=make(problem))


def _asserts(problem: dict[str, Any]) -> CodeTask:
    tests = problem["tests"]
    if "check" in tests:
        code = f"{tests['check']}\n{tests['call']}\n"
    else:
        code = "\n".join([tests["setup"], *tests["asserts"]])
    entry_point = problem["entry_point"] or ""
    return CodeTask(language="python", asserts=AssertTests(entry_point=entry_point, test_code=code))


def _calls(problem: dict[str, Any]) -> CodeTask:
    cases = [
        CallCase(args=json.dumps(case["args"]), expected=json.dumps(case["expected"]))
        for case in problem["tests"]["cases"]
    ]
    return CodeTask(
        language="python", calls=CallTests(entry_point=problem["entry_point"], cases=cases)
    )


def _stdio(problem: dict[str, Any]) -> CodeTask:
    cases = [
        StdioCase(stdin=case["stdin"], expected_stdout=case["stdout"])
        for case in problem["tests"]["cases"]
    ]
    compare = Compare(mode=COMPARE_MODE_TOKENS)
    return CodeTask(language="python", stdio=StdioTests(cases=cases, compare=compare))


def _files(problem: dict[str, Any]) -> CodeTask:
    tests = problem["tests"]
    runner = RUNNER_UNITTEST if tests["runner"] == "unittest" else RUNNER_PYTEST
    files = [File(path=path, content=content) for path, content in tests["files"].items()]
    suite = FileTests(
        solution_path=tests["module"].replace(".", "/") + ".py", files=files, runner=runner
    )
    return CodeTask(language="python", files=suite)
