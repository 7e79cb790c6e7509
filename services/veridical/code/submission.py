"""What is judged: a program, the tests it must pass, and the limits of one test."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum


class CompareMode(Enum):
    """A way to hold what came against what is expected; the contract has each by the same name."""

    EXACT = "exact"
    LINES = "lines"
    TOKENS = "tokens"
    FLOATS = "floats"
    UNORDERED = "unordered"
    CHECKER = "checker"


class ValueEncoding(Enum):
    """How arguments and expected values of calls are written."""

    JSON = "json"
    PYTHON_LITERAL = "python_literal"


class Runner(Enum):
    """Which runner collects the tests of a suite."""

    PYTEST = "pytest"
    UNITTEST = "unittest"


@dataclass(frozen=True, slots=True)
class TestLimits:
    """Bounds of one test.

    Attributes:
        cpu_seconds: CPU time of the whole cell.
        wall_seconds: Wall time, a backstop.
        memory_mib: Memory of the whole cell.
        output_kib: What the program may write to stdout.
        processes: Processes and threads of the program at once, itself included; what its compiler,
            its runtime and the cell need comes on top.
    """

    __test__ = False

    cpu_seconds: float = 10.0
    wall_seconds: float = 30.0
    memory_mib: int = 512
    output_kib: int = 16_384
    processes: int = 64

    def with_wall(self, seconds: float) -> TestLimits:
        """The limits with another wall time."""
        return replace(self, wall_seconds=seconds)

    def stretched(self, factor: float) -> TestLimits:
        """The limits with times `factor` as long."""
        return replace(
            self,
            cpu_seconds=self.cpu_seconds * factor,
            wall_seconds=self.wall_seconds * factor,
        )


@dataclass(frozen=True, slots=True)
class Checker:
    """A program of the task's author that judges output."""

    language: str
    source: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """How results are compared; `checker` belongs to the mode of that name."""

    mode: CompareMode
    rtol: float = 1e-9
    atol: float = 0.0
    checker: Checker | None = None


@dataclass(frozen=True, slots=True)
class AssertTests:
    """A test program that is run against an entry point."""

    entry_point: str
    test_code: str


@dataclass(frozen=True, slots=True)
class CallCase:
    """One call; both are texts in the encoding of the tests."""

    args: str
    expected: str


@dataclass(frozen=True, slots=True)
class CallTests:
    """Calls of a function, or of a method `Solution.method`, with expected values."""

    entry_point: str
    cases: tuple[CallCase, ...]
    encoding: ValueEncoding
    comparison: Comparison
    compare_mutated_args: bool = False


@dataclass(frozen=True, slots=True)
class StdioCase:
    """One run of a program."""

    stdin: str
    expected_stdout: str


@dataclass(frozen=True, slots=True)
class StdioTests:
    """Runs of a program that reads stdin and writes stdout."""

    cases: tuple[StdioCase, ...]
    comparison: Comparison
    interactor: Checker | None = None


@dataclass(frozen=True, slots=True)
class SuiteFile:
    """One file of a suite, by its path relative to the work folder."""

    path: str
    content: str


@dataclass(frozen=True, slots=True)
class FileTests:
    """A suite of test files; `solution_path` is where the program would stand beside them."""

    solution_path: str
    files: tuple[SuiteFile, ...]
    runner: Runner


@dataclass(frozen=True, slots=True)
class Submission:
    """One program and its tests, of which exactly one style is set; equal ones are judged alike.

    Attributes:
        language: Name of a row of the table of languages.
        program: Source of the program.
        limits: Bounds of one test.
        asserts: Tests of the assert style.
        calls: Tests of the call style.
        stdio: Tests of the stdio style.
        files: Tests of the files style.
        allow_shared_interpreter: Whether tests that cannot be run otherwise may share an
            interpreter with the program.
        stop_early: Whether the first failed test ends the run.
    """

    language: str
    program: str
    limits: TestLimits
    asserts: AssertTests | None = None
    calls: CallTests | None = None
    stdio: StdioTests | None = None
    files: FileTests | None = None
    allow_shared_interpreter: bool = False
    stop_early: bool = True

    @property
    def tests(self) -> int:
        """Number of tests, as far as it can be known before they run; 0 where it cannot."""
        if self.stdio is not None:
            return len(self.stdio.cases)
        return len(self.calls.cases) if self.calls is not None else 0
