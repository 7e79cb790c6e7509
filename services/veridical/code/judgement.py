"""What came of judging a submission: a reason, and the evidence for it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

MAX_RESULTS = 64
"""Tests that evidence shows."""
MAX_SHOWN = 1024
"""Code points that evidence shows of one value."""


class Outcome(Enum):
    """CORRECT, INCORRECT or UNDECIDED; the contract has each by the same name."""

    CORRECT = "correct"
    INCORRECT = "incorrect"
    UNDECIDED = "undecided"


class CodeReason(Enum):
    """Why a submission got its outcome; the contract has a reason of the same name for each."""

    TESTS_PASSED = "tests_passed"
    WRONG_ANSWER = "wrong_answer"
    TIME_LIMIT = "time_limit"
    MEMORY_LIMIT = "memory_limit"
    OUTPUT_LIMIT = "output_limit"
    RUNTIME_ERROR = "runtime_error"
    COMPILE_ERROR = "compile_error"
    NO_CODE = "no_code"
    EARLY_EXIT = "early_exit"
    INVALID_TESTS = "invalid_tests"
    TESTS_NEED_SHARED_INTERPRETER = "tests_need_shared_interpreter"
    LANGUAGE_UNAVAILABLE = "language_unavailable"
    ISOLATION_UNAVAILABLE = "isolation_unavailable"
    CELL_FAILED = "cell_failed"

    @property
    def outcome(self) -> Outcome:
        """The outcome that the reason stands for."""
        if self is CodeReason.TESTS_PASSED:
            return Outcome.CORRECT
        return Outcome.UNDECIDED if self in _UNDECIDED else Outcome.INCORRECT


_UNDECIDED = frozenset(
    {
        CodeReason.INVALID_TESTS,
        CodeReason.TESTS_NEED_SHARED_INTERPRETER,
        CodeReason.LANGUAGE_UNAVAILABLE,
        CodeReason.ISOLATION_UNAVAILABLE,
        CodeReason.CELL_FAILED,
    }
)


@dataclass(frozen=True, slots=True)
class TestResult:
    """What one test saw.

    Attributes:
        name: Name or number of the test.
        reason: TESTS_PASSED, or why it failed.
        expected: What was expected, as far as it is shown.
        actual: What came, as far as it is shown.
        cpu_seconds: CPU time of the program's cell, measured outside it.
        memory_kib: Peak memory of the cell.
        stderr: The end of what the program wrote to stderr.
    """

    __test__ = False

    name: str
    reason: CodeReason
    expected: str = ""
    actual: str = ""
    cpu_seconds: float = 0.0
    memory_kib: int = 0
    stderr: str = ""

    @property
    def passed(self) -> bool:
        """Whether the test passed."""
        return self.reason is CodeReason.TESTS_PASSED


@dataclass(frozen=True, slots=True)
class Spent:
    """Where the time of a submission went, in seconds of wall time."""

    start_seconds: float = 0.0
    run_seconds: float = 0.0
    compare_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict on a submission, in the domain's terms.

    Attributes:
        reason: Why; it also says the outcome.
        detail: One sentence for a person; empty where the reason says it all.
        tests: Number of tests there are.
        passed: Number of tests passed.
        results: Tests that ran, failed ones first, as many as evidence shows.
        attempts: What the program tried that it may not.
        isolation: The isolation that the cells really had.
        shared_interpreter: Whether tests and program shared an interpreter.
        borderline: Whether a time limit was met so narrowly that another run might decide otherwise.
        rerun: Whether another run must decide, since a test ended just beyond a time limit.
        spent: Where the time went.
    """

    reason: CodeReason
    detail: str = ""
    tests: int = 0
    passed: int = 0
    results: tuple[TestResult, ...] = ()
    attempts: tuple[str, ...] = ()
    isolation: str = ""
    shared_interpreter: bool = False
    borderline: bool = False
    rerun: bool = False
    spent: Spent = Spent()

    def on(self, isolation: str) -> Judgement:
        """The judgement with the isolation that it came about in."""
        return replace(self, isolation=isolation)


def shown(text: str) -> str:
    """`text` as evidence shows it: short, and something that can be encoded."""
    cut = text if len(text) <= MAX_SHOWN else text[: MAX_SHOWN - 1] + "…"
    return cut.encode("utf-8", "replace").decode()
