"""The stdio style: a whole program on one input after the other, what it writes compared here."""

from __future__ import annotations

from veridical.code.compare import Difference, compare_output
from veridical.code.judgement import CodeReason, Judgement, TestResult, shown
from veridical.code.styles.checking import CheckerCell
from veridical.code.styles.interacting import interact
from veridical.code.styles.programs import CompileError, ProgramCell, Ran
from veridical.code.submission import CompareMode, StdioCase, StdioTests, Submission
from veridical.code.tally import Tally, reason_of, told, told_of
from veridical.code.timing import pace
from veridical.sandbox import CellEnded, End, Slot


def judge_stdio(slot: Slot, submission: Submission, *, is_last: bool) -> Judgement:
    """Judge a submission whose tests are of this style.

    Raises:
        UndecidedError: It cannot be judged, through no fault of the program.
        SandboxError: Slot or cell failed; another try may not.
    """
    assert submission.stdio is not None
    tests = submission.stdio
    tally = Tally(len(tests.cases), is_last=is_last)
    run = _Run(slot, submission, tests, tally)
    try:
        for number, case in enumerate(tests.cases, 1):
            tally.add(run.case(str(number), case))
            if submission.stop_early and tally.has_failed:
                break
    except CompileError as error:
        tally.detail = shown(str(error))
        tally.add(TestResult("", CodeReason.COMPILE_ERROR, stderr=shown(str(error))))
    finally:
        run.close()
    return tally.judgement()


class _Run:
    """The cells of one submission."""

    def __init__(self, slot: Slot, submission: Submission, tests: StdioTests, tally: Tally) -> None:
        self._slot = slot
        self._submission = submission
        self._tests = tests
        self._tally = tally
        self._program: ProgramCell | None = None
        self._checker: CheckerCell | None = None

    def close(self) -> None:
        """Ends what is left of the cells."""
        if self._program is not None:
            self._end(self._program)
        if self._checker is not None:
            self._checker.close()

    def _end(self, program: ProgramCell) -> None:
        self._tally.attempted(program.cell.end().denials)
        self._program = None

    def case(self, name: str, case: StdioCase) -> TestResult:
        """Runs one case."""
        interactor = self._tests.interactor
        try:
            if interactor is not None:
                return interact(self._slot, self._submission, interactor, name, case, self._tally)
            program = self._opened()
            if name == str(len(self._tests.cases)):
                program.end_with_next_run()
            ran = program.run(case.stdin.encode("utf-8", "replace"))
        except CellEnded as ended:
            self._tally.ran()
            self._tally.attempted(ended.end.denials)
            self._program = None
            return self._ended(name, case, ended.end)
        self._tally.ran()
        found = self._found(name, case, program, ran)
        self._tally.compared()
        return found

    def _opened(self) -> ProgramCell:
        if self._program is None:
            submission = self._submission
            self._program = ProgramCell(
                self._slot, submission.language, submission.program, submission.limits
            )
            self._tally.started()
        return self._program

    def _found(self, name: str, case: StdioCase, program: ProgramCell, ran: Ran) -> TestResult:
        reason = failure_of(program, ran) or self._tally.timed(pace(ran.usage, program.limits))
        if reason is not None:
            self._tally.met(reason, name, ran.usage, program.limits)
            self._tally.note(name, program.ending(ran))
        difference = None if reason else self._compare(case, ran.stdout)
        if difference is not None:
            self._tally.detail = self._tally.detail or f"test {name}, {difference.place}"
            expected, actual = difference.expected, difference.actual
        else:
            expected = shown(case.expected_stdout)
            actual = shown(ran.stdout[:4096].decode("utf-8", "backslashreplace"))
        return TestResult(
            name=name,
            reason=reason or (CodeReason.WRONG_ANSWER if difference else CodeReason.TESTS_PASSED),
            expected=expected,
            actual=actual,
            cpu_seconds=ran.usage.cpu_seconds,
            memory_kib=ran.usage.memory_kib,
            stderr=told(ran.stderr),
        )

    def _ended(self, name: str, case: StdioCase, end: End) -> TestResult:
        reason = reason_of(end)
        self._tally.met(reason, name, end.usage, self._submission.limits)
        return TestResult(
            name=name,
            reason=reason,
            expected=shown(case.expected_stdout),
            cpu_seconds=end.usage.cpu_seconds,
            memory_kib=end.usage.memory_kib,
            stderr=told_of(end),
        )

    def _compare(self, case: StdioCase, stdout: bytes) -> Difference | None:
        comparison = self._tests.comparison
        if comparison.mode is not CompareMode.CHECKER:
            return compare_output(case.expected_stdout, stdout, comparison)
        assert comparison.checker is not None
        if self._checker is None:
            self._checker = CheckerCell(self._slot, comparison.checker)
        return self._checker.compare(case, stdout)


def failure_of(program: ProgramCell, ran: Ran) -> CodeReason | None:
    """Why a run fails by the way it ended, whatever it wrote."""
    if ran.is_flood:
        return CodeReason.OUTPUT_LIMIT
    if ran.status == 0:
        return None
    return CodeReason.MEMORY_LIMIT if program.is_memory(ran) else CodeReason.RUNTIME_ERROR
