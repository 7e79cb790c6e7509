"""What a judge says about one solution."""

from __future__ import annotations

import ast
import importlib.util
import reprlib
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from veridical.code.cell.judge.faults import NeedsShared, SolutionGone
from veridical.code.cell.judge.sources import imported

if TYPE_CHECKING:
    from veridical.code.cell.judge.local import LocalLink
    from veridical.code.cell.judge.proxy.link import Link

MAX_FAILED = 64
MAX_TEXT = 1024
NEEDS_SHARED = "tests_need_shared_interpreter"


class InvalidTests(Exception):
    """The tests themselves do not work."""


@dataclass(frozen=True, slots=True)
class Failure:
    """One test that did not pass; `reason` is the lower-case name of a Reason."""

    name: str
    reason: str
    expected: str = ""
    actual: str = ""


@dataclass(slots=True)
class Report:
    """Counts of one judgement; a solution passes if every test ran and none failed.

    Attributes:
        tests: How many tests there are.
        ran: How many of them ran to their end.
        failed: Those that did not pass.
        invalid: Why the tests themselves do not work; None if they do.
        executed: Names of the tests that ran, in order.
        own_files: Paths of files of the suite that the tests read, and the program could read, too.
    """

    tests: int = 0
    ran: int = 0
    failed: list[Failure] = field(default_factory=list)
    invalid: str | None = None
    executed: list[str] = field(default_factory=list)
    own_files: list[str] = field(default_factory=list)

    def fail(self, name: str, reason: str, expected: str = "", actual: str = "") -> None:
        """Notes a failed test."""
        self.failed.append(Failure(name[:200], reason, expected[:MAX_TEXT], actual[:MAX_TEXT]))

    def result(self, link: Link | LocalLink) -> dict[str, Any]:
        """The result frame's content."""
        doubt = link.world.doubt if link.world is not None else None
        if doubt is not None:
            link.needs_shared(doubt)
        passed = not (self.failed or self.invalid or link.fault or link.needs)
        passed = passed and self.tests == self.ran > 0
        reason = self._reason(link, passed=passed)
        return {
            "passed": passed,
            "tests": self.tests,
            "ran": self.ran,
            "failed": [
                {
                    "name": one.name,
                    "reason": one.reason,
                    "expected": one.expected,
                    "actual": one.actual,
                }
                for one in self.failed[:MAX_FAILED]
            ],
            "failures": len(self.failed),
            "reason": reason,
            "detail": link.fault.text if link.fault else link.needs or "",
            "needs_shared": reason == NEEDS_SHARED,
            "invalid_tests": self.invalid if reason == _INVALID else None,
            "foreign_types": sorted(link.foreign),
            "own_eq": link.own_equality,
            "executed": self.executed,
            "own_files": self.own_files,
        }

    def _reason(self, link: Link | LocalLink, *, passed: bool) -> str:
        if passed:
            return "tests_passed"
        if link.fault is not None:
            return link.fault.reason
        # A test that failed by itself decides, whatever the others need.
        definite = [one.reason for one in self.failed if one.reason != NEEDS_SHARED]
        if link.needs is not None:
            return definite[0] if definite and self.invalid is None else NEEDS_SHARED
        if self.invalid is not None and not [one for one in definite if one != _INVALID]:
            return _INVALID
        return self.failed[0].reason if self.failed else "wrong_answer"


_INVALID = "invalid_tests"
_trees: list[Sequence[ast.Module]] = []
_MAX_ARGUMENTS = 3
_shown = reprlib.Repr()
_shown.maxstring = _shown.maxother = _shown.maxlong = 300
_shown.maxlist = _shown.maxtuple = _shown.maxset = _shown.maxdict = 24


def shown(value: Any) -> str:
    """A short text for a value; asks the solution nothing."""
    if type(type(value)) is not type:
        return f"<{type(value).__name__} object>"
    try:
        return _shown.repr(value)[:MAX_TEXT]
    except Exception:
        return f"<{type(value).__name__}>"


def exception_text(error: BaseException) -> str:
    """An exception by its name and its arguments; asks the solution nothing."""
    return f"{type(error).__name__}: {', '.join(map(shown, error.args[:_MAX_ARGUMENTS]))}"


def know_imports(trees: Sequence[ast.Module]) -> None:
    """Hears what the tests import; until then a module that is not found is one that they do."""
    _trees[:] = [trees]


def _is_lacking(error: ModuleNotFoundError) -> bool:
    """Whether the tests themselves name the module that was not found, and there is none."""
    if not _trees:
        return True
    name = error.name
    if type(name) is not str or name not in imported(_trees[0]):
        return False
    try:
        return importlib.util.find_spec(name) is None
    except (ImportError, ValueError, AttributeError):
        return True


def reason_of(error: BaseException, link: Link | LocalLink) -> str:
    """Why a test that ended with `error` failed, as the lower-case name of a Reason.

    Raises:
        InvalidTests: The error is the tests' own.
    """
    if isinstance(error, NeedsShared):
        return NEEDS_SHARED
    if isinstance(error, SolutionGone):
        return link.fault.reason if link.fault else "wrong_answer"
    if isinstance(error, (AssertionError, TypeError)) and link.is_doubted():
        link.needs_shared("compares an object of the program with a value")
        return NEEDS_SHARED
    if link.raised(error):
        return "early_exit" if isinstance(error, SystemExit) else "runtime_error"
    if isinstance(error, ModuleNotFoundError) and _is_lacking(error):
        raise InvalidTests(f"tests import what is not installed: {error}")
    if type(error) is getattr(sys.modules.get("_pytest.fixtures"), "FixtureLookupError", None):
        raise InvalidTests(f"tests ask for a fixture that there is not: {shown(error.args[0])}")
    if not (link.touched or link.is_imported or link.leaves_traces):
        raise InvalidTests(f"before any use of the program: {type(error).__name__}: {error}"[:500])
    return "wrong_answer"
