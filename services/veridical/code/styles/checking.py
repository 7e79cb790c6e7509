"""A checker: a program of the task's author that says whether an output is right.

It runs in a cell of its own as `checker input output expected`, three files in its work folder, and
accepts with exit status 0. It gets what the solution wrote, so a solution may try to break it: one
that meets a limit, dies of a signal or raises an exception is tried on the expected output, and where
it copes with that the solution is at fault.
"""

from __future__ import annotations

from dataclasses import dataclass

from veridical.code.compare import Difference
from veridical.code.judgement import CodeReason, shown
from veridical.code.styles.programs import CompileError, ProgramCell
from veridical.code.submission import Checker, StdioCase, TestLimits
from veridical.code.tally import UndecidedError, reason_of
from veridical.sandbox import CellEnded, Slot

CHECKER_LIMITS = TestLimits(cpu_seconds=10.0, wall_seconds=60.0, memory_mib=1024)
_FILES = ("input", "output", "expected")


def load_program(slot: Slot, checker: Checker, what: str) -> ProgramCell:
    """Load a program of the task's author.

    Raises:
        UndecidedError: It does not work.
    """
    try:
        program = ProgramCell(slot, checker.language, checker.source, CHECKER_LIMITS)
        program.load()
    except CompileError as error:
        detail = f"the {what} does not compile: {shown(str(error))}"
        raise UndecidedError(CodeReason.INVALID_TESTS, detail) from error
    except CellEnded as ended:
        reason_of(ended.end)
        raise UndecidedError(CodeReason.INVALID_TESTS, f"the {what} does not load") from ended
    return program


@dataclass(frozen=True, slots=True)
class _Said:
    """Whether a checker accepts an output, or crashed or met a limit on it, and the end of its stderr."""

    accepts: bool
    is_crash: bool
    stderr: str = ""


class CheckerCell:
    """A loaded checker, which judges one output after the other."""

    def __init__(self, slot: Slot, checker: Checker) -> None:
        self._slot = slot
        self._checker = checker
        self._cell: ProgramCell | None = None

    def close(self) -> None:
        """Ends its cell."""
        if self._cell is not None:
            self._cell.cell.end()

    def compare(self, case: StdioCase, stdout: bytes) -> Difference | None:
        """Say why the output is refused; None if it is accepted.

        Raises:
            UndecidedError: The checker does not work even on the expected output.
        """
        expected = case.expected_stdout
        try:
            stdout.decode()
        except UnicodeDecodeError:
            return Difference("not UTF-8", shown(expected), shown(repr(stdout[:256])))
        said = self._said(case, stdout)
        if said.accepts:
            return None
        actual = shown(stdout[:4096].decode("utf-8", "replace"))
        if not said.is_crash:
            place = f"refused by the checker: {shown(said.stderr)}"
            return Difference(place, shown(expected), actual)
        if self._said(case, expected.encode("utf-8", "replace")).is_crash:
            detail = "the checker fails on the expected output, too"
            raise UndecidedError(CodeReason.INVALID_TESTS, detail)
        return Difference("the checker broke on it", shown(expected), actual)

    def _said(self, case: StdioCase, output: bytes) -> _Said:
        """What the checker says of an output.

        An exception, or a signal, is a crash only where there is an expected output to try: without one,
        garbage that a checker cannot read would be the checker's fault.
        """
        if self._cell is None:
            self._cell = load_program(self._slot, self._checker, "checker")
        expected = case.expected_stdout.encode("utf-8", "replace")
        texts = (case.stdin.encode("utf-8", "replace"), output, expected)
        try:
            ran = self._cell.run(b"", _FILES, **dict(zip(_FILES, texts, strict=True)))
        except CellEnded as ended:
            self._cell = None
            reason_of(ended.end)
            return _Said(accepts=False, is_crash=True)
        is_broken = ran.status < 0 or self._cell.has_raised(ran)
        return _Said(
            accepts=ran.status == 0 and not ran.is_flood,
            is_crash=ran.is_flood or (is_broken and bool(expected.strip())),
            stderr=ran.stderr[-256:].strip(),
        )
