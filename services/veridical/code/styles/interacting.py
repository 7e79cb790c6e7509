"""An interactor: a program of the task's author that talks with the solution over pipes.

It runs in a cell of its own as `interactor input expected`, two files in its work folder; its streams
are those of the solution, crosswise. The solution passes if the interactor ends with status 0 and the
solution, too, ends well.
"""

from __future__ import annotations

from veridical.code.judgement import CodeReason, TestResult, shown
from veridical.code.styles.checking import load_program
from veridical.code.styles.programs import ProgramCell, Ran
from veridical.code.submission import Checker, StdioCase, Submission
from veridical.code.tally import Tally, reason_of, told, told_of
from veridical.code.timing import pace
from veridical.sandbox import CellEnded, End, Slot

_FILES = ("input", "expected")


def interact(
    slot: Slot,
    submission: Submission,
    interactor: Checker,
    name: str,
    case: StdioCase,
    tally: Tally,
) -> TestResult:
    """Run one case in two fresh cells.

    Raises:
        CompileError: The solution does not compile.
        UndecidedError: The interactor does not work.
    """
    judge = load_program(slot, interactor, "interactor")
    try:
        language, program = submission.language, submission.program
        solution = ProgramCell(slot, language, program, submission.limits, peer=judge.cell)
        try:
            tally.started()
            return _talk(judge, solution, name, case, tally)
        finally:
            tally.attempted(solution.cell.end().denials)
    finally:
        judge.cell.end()


def _talk(
    judge: ProgramCell, solution: ProgramCell, name: str, case: StdioCase, tally: Tally
) -> TestResult:
    texts = (case.stdin, case.expected_stdout)
    contents = (text.encode("utf-8", "replace") for text in texts)
    judge.talk(_FILES, **dict(zip(_FILES, contents, strict=True)))
    solution.talk()
    accepted = _heard(judge)
    ran = _heard(solution)
    tally.ran()
    reason = _reason(accepted, ran, solution, tally)
    tally.met(reason, name, ran.usage, solution.limits)
    if reason is CodeReason.RUNTIME_ERROR and isinstance(ran, Ran):
        tally.note(name, solution.ending(ran))
    says = accepted.stderr if isinstance(accepted, Ran) else ""
    return TestResult(
        name=name,
        reason=reason,
        expected=shown(f"the interactor says: {says[-1000:]}" if says else ""),
        cpu_seconds=ran.usage.cpu_seconds,
        memory_kib=ran.usage.memory_kib,
        stderr=told(ran.stderr) if isinstance(ran, Ran) else told_of(ran),
    )


def _heard(program: ProgramCell) -> Ran | End:
    """How a program that talks ended; the end of its cell where that met a limit."""
    try:
        return program.heard()
    except CellEnded as ended:
        reason_of(ended.end)
        return ended.end


def _reason(accepted: Ran | End, ran: Ran | End, solution: ProgramCell, tally: Tally) -> CodeReason:
    """Why the case fails, or TESTS_PASSED.

    Of a solution that the interactor refused no more is said: it may have died of that refusal.
    """
    if isinstance(ran, End):
        return reason_of(ran)
    is_accepted = isinstance(accepted, Ran) and accepted.status == 0
    if ran.status != 0 and is_accepted:
        return CodeReason.MEMORY_LIMIT if solution.is_memory(ran) else CodeReason.RUNTIME_ERROR
    if not is_accepted:
        return CodeReason.WRONG_ANSWER
    return tally.timed(pace(ran.usage, solution.limits)) or CodeReason.TESTS_PASSED
