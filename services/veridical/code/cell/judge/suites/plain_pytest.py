"""A light runner for plain pytest files: functions and classes of tests, their rows, what is skipped.

`pytest_needs.needs_session` says which files are plain; they have neither fixtures nor conditions.
"""

from __future__ import annotations

import asyncio
import inspect
import itertools
import sys
import types
import unittest
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from veridical.code.cell.judge.faults import NeedsShared, SolutionGone
from veridical.code.cell.judge.suites import plain_api, unittests
from veridical.code.cell.judge.suites.suite import File, test_files
from veridical.code.cell.judge.suites.unittests import Run


@dataclass(frozen=True, slots=True)
class _Test:
    """One test: a function, perhaps of a class, with one choice of parameters."""

    name: str
    function: Callable[..., Any]
    owner: type | None
    values: dict[str, Any]
    is_skipped: bool


def run(files: Sequence[File], imported: Callable[[File], types.ModuleType], one: Run) -> None:
    """Runs the tests of plain pytest files."""
    sys.modules["pytest"] = plain_api.module()
    for module in [imported(file) for file in test_files(files, "pytest")]:
        collected = list(_collected(module))
        one.report.tests += len(collected)
        for test in collected:
            _run_test(test, one)
        unittests.run([module], one)


def _run_test(test: _Test, one: Run) -> None:
    one.started(test.name)
    if test.is_skipped:
        one.skipped(test.function.__module__, test.name)
        return
    try:
        _call(test)
    except plain_api.Skipped:
        one.skipped(test.function.__module__, test.name, is_marked=False)
    except (SolutionGone, NeedsShared):
        raise
    except BaseException as error:
        one.ended(test.name, error)
    else:
        one.passed(test.name)


def _call(test: _Test) -> None:
    with ExitStack() as stack:
        function = test.function
        if test.owner is not None:
            holder = test.owner()
            function = types.MethodType(function, holder)
            if hasattr(holder, "teardown_method"):
                stack.callback(_set, holder.teardown_method, test)
            if hasattr(holder, "setup_method"):
                _set(holder.setup_method, test)
        result = function(**test.values)
        if inspect.iscoroutine(result):
            asyncio.run(result)


def _set(method: Callable[..., Any], test: _Test) -> None:
    method(*([test.function] if inspect.signature(method).parameters else []))


def _collected(module: types.ModuleType) -> Iterator[_Test]:
    for name, value in list(vars(module).items()):
        if name.startswith("test") and isinstance(value, types.FunctionType):
            yield from _rows(name, value, None, plain_api.marks_of(value))
        elif (
            name.startswith("Test")
            and isinstance(value, type)
            and type(value) is type
            and not issubclass(value, unittest.TestCase)
        ):
            for method, function in vars(value).items():
                if method.startswith("test") and isinstance(function, types.FunctionType):
                    marks = (*plain_api.marks_of(value), *plain_api.marks_of(function))
                    yield from _rows(f"{name}.{method}", function, value, marks)


def _rows(
    name: str,
    function: Callable[..., Any],
    owner: type | None,
    marks: tuple[plain_api.Marker, ...],
) -> Iterator[_Test]:
    is_skipped = any(mark.name == "skip" for mark in marks)
    axes = [_axis(*mark.args) for mark in marks if mark.name == "parametrize"]
    if not all(axes):  # no row, as pytest has it: a test that is skipped
        yield _Test(f"{name}[]", function, owner, {}, is_skipped=True)
    for number, row in enumerate(itertools.product(*axes)):
        values = {key: value for choice in row for key, value in choice.items()}
        label = f"{name}[{number}]" if axes else name
        yield _Test(label, function, owner, values, is_skipped)


def _axis(named: Any, rows: Any) -> list[dict[str, Any]]:
    names = [one.strip() for one in named.split(",")] if isinstance(named, str) else list(named)
    names = [name for name in names if name]
    axis = []
    for row in rows:
        values = row.values if isinstance(row, plain_api.Param) else (row,)
        is_one = isinstance(named, str) and len(names) == 1
        if not (is_one or isinstance(row, plain_api.Param)):
            values = tuple(row)
        axis.append(dict(zip(names, values, strict=True)))
    return axis
