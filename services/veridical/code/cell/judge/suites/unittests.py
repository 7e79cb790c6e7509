"""Runs unittest's test cases and counts what ran."""

from __future__ import annotations

import types
import unittest
from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from veridical.code.cell.judge.local import LocalLink
from veridical.code.cell.judge.proxy.link import Link
from veridical.code.cell.judge.result import InvalidTests, Report, reason_of, shown
from veridical.code.cell.judge.suites.markers import Marked, inherits


@dataclass(slots=True)
class Run:
    """One run of a suite's tests.

    Attributes:
        link: The conversation with the solution.
        report: The counts.
        started: Hears the name of each test.
        skips: By module, what is skipped whatever the solution.
        failures: By module, what is marked to fail whatever the solution.
    """

    link: Link | LocalLink
    report: Report
    started: Callable[[str], None]
    skips: dict[str, Marked] = field(default_factory=dict)
    failures: dict[str, Marked] = field(default_factory=dict)

    def passed(self, name: str) -> None:
        """Notes a test that ran and passed."""
        self.link.clear_doubt()
        self.report.ran += 1
        self.report.executed.append(name)

    def ended(self, name: str, error: BaseException) -> None:
        """Notes a test that ended with `error`."""
        self.report.ran += 1
        try:
            reason = reason_of(error, self.link)
        except InvalidTests as fault:
            reason, self.report.invalid = "invalid_tests", str(fault)
        text = str(error) if isinstance(error, AssertionError) else shown(error.args)
        self.report.fail(name, reason, "", f"{type(error).__name__}: {text}")

    def failed_as_marked(
        self,
        module: str,
        name: str,
        error: BaseException,
        of_row: Sequence[str] = (),
        kind: type | None = None,
    ) -> None:
        """Notes a failure that a marker announces: no test at all if that asks nothing of the solution."""
        is_alive = self.link.fault is None and self.link.needs is None
        announced = self.failures.get(module, Marked())
        if is_alive and (
            announced.announces(name, of_row) or inherits(self.failures, kind, name, of_row)
        ):
            self.report.tests -= 1
        else:
            self.ended(name, error)

    def skipped(
        self,
        module: str,
        name: str,
        *,
        is_marked: bool = True,
        of_row: Sequence[str] = (),
        kind: type | None = None,
    ) -> None:
        """Notes a skipped test: no test at all if its marker, or that of its row, asks nothing of the solution."""
        announced = self.skips.get(module, Marked())
        if name in announced.lacking or (
            is_marked
            and (announced.announces(name, of_row) or inherits(self.skips, kind, name, of_row))
        ):
            self.report.tests -= 1
        else:
            self.report.fail(name, "wrong_answer", "a test that runs", "skipped")


class _Result(unittest.TestResult):
    """Hears what becomes of each test."""

    def __init__(self, run: Run) -> None:
        super().__init__()
        self._run = run
        self._settled = False

    def startTest(self, test: unittest.TestCase) -> None:  # noqa: N802 - unittest's name
        super().startTest(test)
        self._settled = False
        self._run.started(_name(test))

    def addSuccess(self, test: unittest.TestCase) -> None:  # noqa: N802 - unittest's name
        if not self._settled:
            self._run.passed(_name(test))
        self._settled = True

    def addFailure(self, test: unittest.TestCase, err: Any) -> None:  # noqa: N802 - unittest's name
        self._end(test, err[1])

    def addError(self, test: unittest.TestCase, err: Any) -> None:  # noqa: N802 - unittest's name
        self._end(test, err[1])

    def addSubTest(self, test: unittest.TestCase, subtest: unittest.TestCase, err: Any) -> None:  # noqa: N802 - unittest's name
        if err is not None:
            self._end(test, err[1])

    def addSkip(self, test: unittest.TestCase, reason: str) -> None:  # noqa: N802 - unittest's name
        self._run.skipped(type(test).__module__, _name(test), kind=type(test))
        self._settled = True

    def addExpectedFailure(self, test: unittest.TestCase, err: Any) -> None:  # noqa: N802 - unittest's name
        if not self._settled:
            kind = type(test)
            self._run.failed_as_marked(kind.__module__, _name(test), err[1], kind=kind)
        self._settled = True

    def addUnexpectedSuccess(self, test: unittest.TestCase) -> None:  # noqa: N802 - unittest's name
        self._end(test, AssertionError("passed against its marker"))

    def _end(self, test: unittest.TestCase, error: BaseException) -> None:
        if self._settled:  # a second fault of the same test
            self._run.report.fail(_name(test), "wrong_answer", "", shown(error.args))
        else:
            self._run.ended(_name(test), error)
        self._settled = True


def run(
    modules: Sequence[types.ModuleType], one: Run, asking: Container[str] = frozenset()
) -> None:
    """Runs every test case of the modules.

    Args:
        modules: Those of the suite that hold tests.
        one: Hears what becomes of them.
        asking: Names of those whose `load_tests` may leave tests out by what the program says.
    """
    loader = unittest.TestLoader()
    suite = unittest.TestSuite(loader.loadTestsFromModule(module) for module in modules)
    loaded = {(type(test), getattr(test, "_testMethodName", "")) for test in _cases(suite)}
    one.report.tests += sum(1 for _ in _cases(suite))
    for module in (module for module in modules if module.__name__ in asking):
        for kind in list(vars(module).values()):
            if isinstance(kind, type) and issubclass(kind, unittest.TestCase):
                for name in loader.getTestCaseNames(kind):
                    if (kind, name) not in loaded:
                        one.skipped("", f"{kind.__name__}.{name}", is_marked=False)
    suite.run(_Result(one))


def _cases(suite: Any) -> Iterator[unittest.TestCase]:
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from _cases(test)
        else:
            yield test


def _name(test: Any) -> str:
    method = getattr(test, "_testMethodName", None)
    return f"{type(test).__name__}.{method}" if method else str(test)
