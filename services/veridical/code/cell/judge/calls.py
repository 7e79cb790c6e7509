"""Calls with expected values: the judge calls, the judge compares, no test code runs."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from veridical.code.cell.judge.faults import NeedsShared, SolutionGone
from veridical.code.cell.judge.local import LocalLink
from veridical.code.cell.judge.proxy.link import Link
from veridical.code.cell.judge.proxy.same import Comparison
from veridical.code.cell.judge.result import NEEDS_SHARED, Report, exception_text, shown


@dataclass(frozen=True, slots=True)
class Calls:
    """The cases of one task.

    Attributes:
        entry_point: A function `f` or a method `Solution.method`.
        cases: Arguments (one list) and expected value, as text.
        is_json: Whether the texts are JSON; else Python literals.
        comparison: How a result is held against what is expected.
        mutated: Whether the arguments as the call left them are compared.
        stops: Whether the first failure ends it.
    """

    entry_point: str
    cases: tuple[tuple[str, str], ...]
    is_json: bool
    comparison: Comparison
    mutated: bool = False
    stops: bool = False


def run(link: Link | LocalLink, calls: Calls, started: Callable[[str], None]) -> Report:
    """Runs the cases against the solution behind `link`; `started` hears of each."""
    report = Report(tests=len(calls.cases))
    read: Callable[[str], Any] = json.loads if calls.is_json else ast.literal_eval
    holder, _, method = calls.entry_point.partition(".")
    cases = []
    for number, texts in enumerate(calls.cases):
        try:
            cases.append(_read_case(read, *texts))
        except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError) as fault:
            report.invalid = f"calls.cases[{number}]: {fault}"[:500]
            return report
    entry = link.names([holder]).get(holder)
    for number, (arguments, expected) in enumerate(cases):
        name = f"case {number}"
        started(name)
        if entry is None:
            report.fail(name, "runtime_error", "", f"the program defines no {holder}")
        else:
            _run_case(link, calls, report, name, (entry, method, arguments, expected))
        if link.fault or link.needs or (calls.stops and report.failed):
            break
        report.ran += 1
    return report


def _read_case(read: Callable[[str], Any], given: str, expected: str) -> tuple[list[Any], Any]:
    """Arguments and expected value.

    Raises:
        ValueError: They cannot be read; so do SyntaxError and others that a reader raises.
    """
    try:
        arguments = read(given)
    except (ValueError, SyntaxError) as fault:
        raise ValueError(f"args cannot be read: {fault}") from fault
    if not isinstance(arguments, list | tuple):
        raise ValueError("args is not a list of the arguments")  # noqa: TRY004 - the tests' fault
    try:
        return list(arguments), read(expected)
    except (ValueError, SyntaxError) as fault:
        raise ValueError(f"expected cannot be read: {fault}") from fault


def _run_case(
    link: Link | LocalLink,
    calls: Calls,
    report: Report,
    name: str,
    case: tuple[Any, str, list[Any], Any],
) -> None:
    entry, method, arguments, expected = case
    try:
        function = getattr(entry(), method) if method else entry
        actual = function(*arguments)
    except (SolutionGone, NeedsShared) as gone:
        report.fail(name, link.fault.reason if link.fault else NEEDS_SHARED, "", str(gone))
        return
    except BaseException as error:
        reason = "early_exit" if isinstance(error, SystemExit) else "runtime_error"
        report.fail(name, reason, shown(expected), exception_text(error))
        return
    left = arguments if calls.mutated else actual
    if _is_same(calls, left, expected):
        report.executed.append(name)
    else:
        report.fail(name, "wrong_answer", shown(expected), shown(left))


def _is_same(calls: Calls, left: Any, expected: Any) -> bool:
    same = calls.comparison.same
    if not calls.mutated:
        return same(left, expected)
    return same(left, expected) or (len(left) == 1 and same(left[0], expected))
