"""Tests that call the program: a judge in one cell, the program in another, a channel between them.

The host sends each its part and waits for what the judge finds. It never passes anything from one to
the other.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from time import monotonic
from typing import Any

from veridical.code.bench import JUDGE_ADDRESS_MIB, JUDGE_PROCESSES, Bench, judge_limits
from veridical.code.judgement import CodeReason, Judgement, TestResult, shown
from veridical.code.runtimes import runtime_for
from veridical.code.submission import Submission, TestLimits
from veridical.code.tally import Tally, UndecidedError, reason_of, told_of
from veridical.code.timing import NEAR, STRETCH, lap_limits, pace
from veridical.sandbox import Cause, Cell, CellEnded, CellFailed, End, Limits, Usage

_TRIES = 2
_THREADS = re.compile(r"thread|Executor|Pool", re.IGNORECASE)
_LIMITS_MET = frozenset({Cause.CPU_TIME, Cause.WALL_TIME, Cause.MEMORY, Cause.MESSAGE_TOO_LARGE})
_LAP_SHARE = 0.05
_MAX_CORES = os.cpu_count() or 1
_OWN_FILES = "own_files"
"""Of a request for a suite, and of what is found: paths of its files that its tests read."""


@dataclass(frozen=True, slots=True)
class Tests:
    """What a judge is asked.

    Attributes:
        style: Key of the frame.
        content: What belongs to it.
        judge: The runtime that judges.
        module: Name of the module under which the tests know the program.
        path: Where they expect its file.
        source: The tests' code, for what it imports.
        is_pure: Whether the standing judge may run them.
    """

    style: str
    content: Mapping[str, Any]
    judge: str = "judge"
    module: str = "solution"
    path: str = "solution.py"
    source: str = ""
    is_pure: bool = False


class _JudgeEndedError(Exception):
    """The judge ended before it had found anything."""

    def __init__(self, end: End) -> None:
        super().__init__(end.cause.value)
        self.end = end


class _ReadFilesError(Exception):
    """The tests read files of the suite that the program could read, too: what came of that is nothing."""

    def __init__(self, paths: frozenset[str]) -> None:
        super().__init__(", ".join(sorted(paths)))
        self.paths = paths


def judge_by(bench: Bench, submission: Submission, tests: Tests, *, is_last: bool) -> Judgement:
    """Judge a submission by tests that call it.

    A judge that ends before it has found anything is replaced by a fresh one, once; after that it is
    the program's doing, whose values are all that a judge has to do with.

    A run in which the tests read files of their suite that the program could read, too, is replaced by
    one that keeps these from it, once; after that no file is the program's that no call names.

    Raises:
        UndecidedError: It cannot be judged, through no fault of the program.
        SandboxError: Slot or cell failed; another try may not.
    """
    tally = Tally(submission.tests, is_last=is_last)
    ends: list[End] = []
    while len(ends) < _TRIES:
        run = _Run(bench, submission, tests, tally, standing=tests.is_pure and not ends)
        try:
            return run.judged()
        except _JudgeEndedError as ended:
            ends.append(ended.end)
        except _ReadFilesError as read:
            tests = _without(tests, read.paths)
        except UndecidedError as error:
            is_shared = error.reason is CodeReason.TESTS_NEED_SHARED_INTERPRETER
            if not (is_shared and submission.allow_shared_interpreter):
                raise
            tally = Tally(submission.tests, is_last=is_last)
            return _Run(bench, submission, tests, tally, standing=False).judged_together()
        tally = tally.anew()
    reason = reason_of(ends[-1], CodeReason.WRONG_ANSWER)
    tally.detail = f"the tests did not get through with it: {ends[-1].cause.value}"
    tally.add(TestResult("", reason))
    return tally.judgement()


def _without(tests: Tests, paths: frozenset[str]) -> Tests:
    """The tests with these files kept from the program; with all of them where some are already."""
    content = tests.content
    own = {file["path"] for file in content["files"]} if content.get(_OWN_FILES) else paths
    return replace(tests, content={**content, _OWN_FILES: sorted(own)})


class _Run:
    """One program before one judge."""

    def __init__(
        self, bench: Bench, submission: Submission, tests: Tests, tally: Tally, *, standing: bool
    ) -> None:
        self._bench = bench
        self._limits = submission.limits
        self._submission = submission
        self._tests = tests
        self._tally = tally
        self._standing = standing
        self._names: list[str] = []
        self._is_judge_well = False
        self._counts_passed = True
        self._lap_began = monotonic()

    def judged(self) -> Judgement:
        """Run the tests and add up what came of them."""
        sources = (self._submission.program, self._tests.source)
        wide = self._limits.stretched(STRETCH)
        limits = judge_limits(wide.cpu_seconds, wide.wall_seconds)
        judge = self._bench.judge(
            runtime_for(self._tests.judge, *sources), limits, standing=self._standing
        )
        cell = self._bench.slot.spawn(
            runtime_for("solution", *sources), _first_limits(self._limits, self._tests), peer=judge
        )
        try:
            self._tally.started()
            found = self._found(judge, cell)
        finally:
            # First, so that it goes out with the order to end: cells are forked ahead once no judge is timed.
            self._bench.release(judge, is_well=self._is_judge_well)
            end = cell.end()
            self._tally.ran()
            self._tally.attempted(end.denials)
        self._check_read(found, end)
        self._conclude(found, end)
        return self._tally.judgement()

    def _check_read(self, found: dict[str, Any], end: End) -> None:
        """Refuses what came of a run in which the program could read what the tests read.

        Raises:
            _ReadFilesError: Another run must say.
        """
        content = self._tests.content
        paths = {file["path"] for file in content.get("files", ())}
        told = {one for one in found.get(_OWN_FILES, ()) if type(one) is str}
        read = frozenset(told & paths - set(content.get(_OWN_FILES, ())))
        if read and (found["passed"] or end.cause not in _LIMITS_MET):
            raise _ReadFilesError(read)
        self._counts_passed = _OWN_FILES in found and not read

    def judged_together(self) -> Judgement:
        """Run tests and program in one interpreter, as the task allows."""
        tally = self._tally
        tally.shared_interpreter = True
        sources = (self._submission.program, self._tests.source)
        name = runtime_for(self._tests.judge, *sources)
        cell = self._bench.slot.spawn(name, _first_limits(self._limits, self._tests))
        try:
            tally.started()
            shared = {"source": self._submission.program, "module": self._tests.module}
            found = self._asked(cell, cell, {**self._request(), "shared": shared})
        except CellEnded:
            found = {"passed": False, "failed": [], "reason": CodeReason.EARLY_EXIT.value}
        finally:
            end = cell.end()
            tally.ran()
            tally.attempted(end.denials)
        self._conclude(found, end)
        return tally.judgement()

    def _request(self) -> dict[str, Any]:
        content = {**self._tests.content, "stop_early": self._submission.stop_early}
        return {self._tests.style: content, "pure": self._tests.is_pure}

    def _found(self, judge: Cell, cell: Cell) -> dict[str, Any]:
        """Send each its part, and wait for what the judge finds."""
        load = {
            "source": self._submission.program,
            "module": self._tests.module,
            "path": self._tests.path,
            "waits": self._tests.style == "files",
        }
        cell.send(json.dumps({"load": load}).encode())
        try:
            found = self._asked(judge, cell, self._request())
        except CellEnded as ended:
            end = cell.end()
            if end.cause in _LIMITS_MET:
                return {"passed": False, "tests": len(self._names), "failed": []}
            reason_of(ended.end)
            raise _JudgeEndedError(ended.end) from None
        self._is_judge_well = True
        return found

    def _asked(self, judge: Cell, cell: Cell, request: dict[str, Any]) -> dict[str, Any]:
        """Ask a judge, and hear of each test until it has its result."""
        judge.send(json.dumps(request).encode())
        found: dict[str, Any] | None = None
        while found is None:
            frame = json.loads(judge.receive())
            for name in frame["tests"]:
                self._next_test(str(name), judge, cell)
            found = frame.get("result")
        return found

    def _next_test(self, name: str, judge: Cell, cell: Cell) -> None:
        if self._names and self._is_long():
            self._note_pace(cell)
            cell.lap(lap_limits(self._limits))
            if judge is not cell:
                wide = self._limits.stretched(STRETCH)
                judge.lap(judge_limits(wide.cpu_seconds, wide.wall_seconds))
            self._lap_began = monotonic()
        self._names.append(shown(name))

    def _is_long(self) -> bool:
        """Whether so much of the lap is over that the next test must not have to share it."""
        spent = monotonic() - self._lap_began
        limits = self._limits
        return spent * _MAX_CORES > _LAP_SHARE * min(limits.cpu_seconds, limits.wall_seconds)

    def _note_pace(self, cell: Cell) -> None:
        """Ask what the test used, where its wall time lets it matter."""
        if (monotonic() - self._lap_began) * _MAX_CORES > self._limits.cpu_seconds * NEAR:
            self._time(cell.usage())

    def _time(self, usage: Usage) -> None:
        reason = self._tally.timed(pace(usage, self._limits))
        if reason is not None:
            self._tally.met(reason, self._name, usage, self._limits)
            self._tally.add(TestResult(self._name, reason, cpu_seconds=usage.cpu_seconds))

    @property
    def _name(self) -> str:
        return self._names[-1] if self._names else ""

    def _conclude(self, found: Mapping[str, Any], end: End) -> None:
        """Add up what the judge found and how the program's cell ended."""
        tally = self._tally
        tally.tests = max(tally.tests, int(found.get("tests", 0)))
        if not found["passed"]:
            tally.attempted(f"foreign_type: {name}" for name in found.get("foreign_types", ()))
            self._conclude_failed(found, end)
            return
        self._time(end.usage)
        names = self._names or [""]
        for name in names:
            usage = end.usage if name == names[-1] else Usage()
            tally.add(
                TestResult(
                    name,
                    CodeReason.TESTS_PASSED,
                    cpu_seconds=usage.cpu_seconds,
                    memory_kib=usage.memory_kib,
                )
            )
        tally.count_passed(int(found.get("tests", 0)) - len(names))

    def _conclude_failed(self, found: Mapping[str, Any], end: End) -> None:
        if end.cause is Cause.LOST:
            raise CellFailed("the program's cell was lost")
        stderr = told_of(end)
        usage = end.usage
        if end.cause in _LIMITS_MET:
            reason = reason_of(end)
            self._tally.met(reason, self._name, usage, self._limits)
            used = (usage.cpu_seconds, usage.memory_kib)
            self._tally.add(TestResult(self._name, reason, "", "", *used, stderr=stderr))
            self._count_passed({self._name})
            return
        if found.get("needs_shared"):
            detail = shown(str(found.get("detail", "")))
            raise UndecidedError(CodeReason.TESTS_NEED_SHARED_INTERPRETER, detail)
        if found.get("invalid_tests"):
            detail = shown(str(found["invalid_tests"]))
            raise UndecidedError(CodeReason.INVALID_TESTS, detail)
        failed = [_failed(each, usage, stderr) for each in found["failed"]]
        results = failed or [TestResult("", CodeReason(found["reason"]), stderr=stderr)]
        if results[0].reason is CodeReason.MEMORY_LIMIT:
            self._tally.met(results[0].reason, results[0].name, usage, self._limits)
        for result in results:
            self._tally.add(result)
        self._count_passed({result.name for result in failed})

    def _count_passed(self, failed: set[str]) -> None:
        for name in self._names if self._counts_passed else ():
            if name not in failed:
                self._tally.add(TestResult(name, CodeReason.TESTS_PASSED))


def _first_limits(limits: TestLimits, tests: Tests) -> Limits:
    """What a fresh cell of the program is held to; each thread of the tests has one of its own there."""
    laps = lap_limits(limits)
    if _THREADS.search(tests.source) is None:
        return laps
    room = max(laps.address_mib, JUDGE_ADDRESS_MIB)
    return replace(laps, processes=limits.processes + JUDGE_PROCESSES, address_mib=room)


def _failed(told: Mapping[str, Any], usage: Usage, stderr: str) -> TestResult:
    return TestResult(
        name=shown(str(told["name"])),
        reason=_reason(told),
        expected=shown(str(told.get("expected", ""))),
        actual=shown(str(told.get("actual", ""))),
        cpu_seconds=usage.cpu_seconds,
        memory_kib=usage.memory_kib,
        stderr=stderr,
    )


def _reason(told: Mapping[str, Any]) -> CodeReason:
    """Why a test failed; a MemoryError that reached the judge is the memory limit's work."""
    reason = CodeReason(told["reason"])
    is_memory = str(told.get("actual", "")).startswith("MemoryError")
    return CodeReason.MEMORY_LIMIT if reason is CodeReason.RUNTIME_ERROR and is_memory else reason
