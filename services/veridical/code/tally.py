"""Results of tests as they come in, and the judgement that they add up to."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from time import perf_counter

from veridical.code.cell.processes import CASE_MARK
from veridical.code.judgement import MAX_RESULTS, CodeReason, Judgement, Spent, TestResult, shown
from veridical.code.submission import TestLimits
from veridical.code.timing import Pace, time_words
from veridical.sandbox import Cause, CellFailed, End, Usage

_REASONS = {
    Cause.CPU_TIME: CodeReason.TIME_LIMIT,
    Cause.WALL_TIME: CodeReason.TIME_LIMIT,
    Cause.MEMORY: CodeReason.MEMORY_LIMIT,
    Cause.MESSAGE_TOO_LARGE: CodeReason.OUTPUT_LIMIT,
}
_MAX_ATTEMPTS = 64
_MAX_TOLD = 1024


class UndecidedError(Exception):
    """The submission cannot be judged, through no fault of the program.

    Attributes:
        reason: Why; a reason whose outcome is UNDECIDED.
    """

    def __init__(self, reason: CodeReason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


def reason_of(end: End, otherwise: CodeReason = CodeReason.RUNTIME_ERROR) -> CodeReason:
    """Why a cell that ended fails its test.

    Raises:
        CellFailed: Nothing is known of the cell, and nothing may be blamed on it.
    """
    if end.cause is Cause.LOST:
        raise CellFailed("the slot broke under the cell")
    return _REASONS.get(end.cause, otherwise)


def told(text: str) -> str:
    """The end of what was written to stderr, as evidence shows it: with no path of this machine."""
    return shown(text.replace(f"{sys.base_prefix}/", "/usr/")[-_MAX_TOLD:])


def told_of(end: End) -> str:
    """The end of what a cell wrote to stderr for its last case."""
    return told(end.stderr.rpartition(CASE_MARK)[2].decode("utf-8", "backslashreplace"))


class Tally:
    """Collects what tests saw.

    Args:
        tests: Number of tests there are; 0 where only their runner can say.
        is_last: Whether this is the second run, which decides.
    """

    def __init__(self, tests: int, *, is_last: bool) -> None:
        self.tests = tests
        self.detail = ""
        self.shared_interpreter = False
        self._is_last = is_last
        self._borderline = is_last
        self._late = False
        self._passed = 0
        self._failed: list[TestResult] = []
        self._good: list[TestResult] = []
        self._attempts: dict[str, None] = {}
        self._start = self._run = self._compare = 0.0
        self._mark = perf_counter()

    def anew(self) -> Tally:
        """A tally of no results for another run in place of this one: what that took and tried counts."""
        tally = Tally(self.tests, is_last=self._is_last)
        tally._start, tally._run, tally._compare = self._start, self._run, self._compare
        tally._attempts = dict(self._attempts)
        return tally

    @property
    def has_failed(self) -> bool:
        """Whether a test has failed."""
        return bool(self._failed)

    def add(self, result: TestResult) -> None:
        """Counts a test that ran."""
        if result.passed:
            self._passed += 1
            if len(self._good) < MAX_RESULTS:
                self._good.append(result)
        else:
            self._failed.append(result)

    def count_passed(self, number: int) -> None:
        """Counts tests that passed and of which nothing more is known."""
        self._passed += number

    def timed(self, how: Pace) -> CodeReason | None:
        """Notes the pace of a run; returns TIME_LIMIT where it fails its test for good."""
        if how is not Pace.FINE:
            self._borderline = True
        if how is not Pace.LATE:
            return None
        self._late = True
        return CodeReason.TIME_LIMIT if self._is_last else None

    def met(self, reason: CodeReason, name: str, usage: Usage, limits: TestLimits) -> None:
        """Notes for a person which limit a test met, if it did."""
        if reason is CodeReason.TIME_LIMIT:
            self.note(name, time_words(usage, limits))
        elif reason is CodeReason.MEMORY_LIMIT:
            self.note(name, f"more than {limits.memory_mib} MiB of memory")

    def note(self, name: str, what: str) -> None:
        """Notes for a person how a test failed; of several notes the first is kept."""
        where = f"test {name}: " if name else ""
        self.detail = self.detail or where + what

    def attempted(self, names: Iterable[str]) -> None:
        """Notes what the program tried that it may not."""
        self._attempts.update(dict.fromkeys(names))

    def started(self) -> None:
        """The time since the last mark went into starting cells."""
        self._start += self._lap()

    def ran(self) -> None:
        """The time since the last mark went into running."""
        self._run += self._lap()

    def compared(self) -> None:
        """The time since the last mark went into comparing."""
        self._compare += self._lap()

    def _lap(self) -> float:
        before, self._mark = self._mark, perf_counter()
        return self._mark - before

    def judgement(self) -> Judgement:
        """What the results add up to: the first failed test says the reason."""
        first = self._failed[0] if self._failed else None
        tests = max(self.tests, self._passed + len(self._failed))
        return Judgement(
            reason=first.reason if first else CodeReason.TESTS_PASSED,
            detail=self.detail or (f"test {first.name}" if first and first.name else ""),
            tests=tests,
            passed=min(self._passed, tests),
            results=tuple([*self._failed, *self._good][:MAX_RESULTS]),
            attempts=tuple(shown(name) for name in list(self._attempts)[:_MAX_ATTEMPTS]),
            shared_interpreter=self.shared_interpreter,
            borderline=self._borderline,
            rerun=self._late and not self._is_last and first is None,
            spent=Spent(self._start, self._run, self._compare),
        )
