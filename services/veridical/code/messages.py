"""Messages of code tasks read into the domain's terms, and its evidence written as messages."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from math import inf
from typing import Literal, TypeVar

from veridical.api.v1 import code_pb2
from veridical.code.extract import CodeExtraction, Program
from veridical.code.judgement import Judgement, TestResult
from veridical.code.languages import Language, language_of, languages
from veridical.code.submission import (
    AssertTests,
    CallCase,
    CallTests,
    Checker,
    CompareMode,
    Comparison,
    FileTests,
    Runner,
    StdioCase,
    StdioTests,
    Submission,
    SuiteFile,
    TestLimits,
    ValueEncoding,
)
from veridical.code.tasks import (
    MAX_CASE_BYTES,
    MAX_CASES,
    MAX_FILE_BYTES,
    MAX_FILES,
    MAX_PROCESSES,
    FieldError,
    check_between,
    check_count,
    check_name,
    check_path,
    check_source,
    check_total,
)

E = TypeVar("E", bound=Enum)

_MAX_PROGRAM_SHOWN = 65_536
_RTOL = 1e-9
_USED_BY: dict[Literal["rtol", "atol", "checker"], CompareMode] = {
    "rtol": CompareMode.FLOATS,
    "atol": CompareMode.FLOATS,
    "checker": CompareMode.CHECKER,
}
"""Fields of a comparison that one mode alone heeds."""
_CALL_MODES = (CompareMode.EXACT, CompareMode.FLOATS, CompareMode.UNORDERED)
_STDIO_MODES = (
    *(CompareMode.LINES, CompareMode.EXACT, CompareMode.TOKENS),
    *(CompareMode.FLOATS, CompareMode.UNORDERED, CompareMode.CHECKER),
)


@dataclass(frozen=True, slots=True)
class Task:
    """A code task within its bounds.

    Attributes:
        extraction: Where the program stands; None for the default.
        template: A submission that lacks its program.
    """

    extraction: CodeExtraction | None
    template: Submission


def read_task(task: code_pb2.CodeTask, limits: TestLimits, *, stop_early: bool) -> Task:
    """Read a task.

    Args:
        task: The message.
        limits: What counts where it says nothing.
        stop_early: Whether the first failed test ends the run.

    Raises:
        FieldError: A field is out of its bounds.
    """
    style = task.WhichOneof("tests")
    if style is None:
        raise FieldError("tests", "one of asserts, calls, stdio and files is required")
    language = _language("language", task.language)
    if style != "stdio" and not language.interpreter:
        raise FieldError("language", f"tests of the style {style} are for python")
    template = Submission(
        language=language.name,
        program="",
        limits=_limits(task.limits, limits),
        asserts=_asserts(task.asserts) if style == "asserts" else None,
        calls=_calls(task.calls) if style == "calls" else None,
        stdio=_stdio(task.stdio) if style == "stdio" else None,
        files=_files(task.files) if style == "files" else None,
        allow_shared_interpreter=task.allow_shared_interpreter,
        stop_early=stop_early,
    )
    extraction = _choice(CodeExtraction, "extraction", task.extraction) if task.extraction else None
    return Task(extraction, template)


def _limits(given: code_pb2.Limits, default: TestLimits) -> TestLimits:
    found = TestLimits(
        cpu_seconds=given.cpu_seconds if given.HasField("cpu_seconds") else default.cpu_seconds,
        wall_seconds=default.wall_seconds,
        memory_mib=given.memory_mib if given.HasField("memory_mib") else default.memory_mib,
        output_kib=given.output_kib if given.HasField("output_kib") else default.output_kib,
        processes=given.processes if given.HasField("processes") else default.processes,
    )
    check_between("limits.cpu_seconds", found.cpu_seconds, 0.01, 600)
    check_between("limits.memory_mib", found.memory_mib, 16, 65_536)
    check_between("limits.output_kib", found.output_kib, 1, 65_536)
    check_between("limits.processes", found.processes, 1, MAX_PROCESSES)
    if not given.HasField("wall_seconds"):
        factor = default.wall_seconds / default.cpu_seconds
        return found.with_wall(min(found.cpu_seconds * factor, 3600.0))
    check_between("limits.wall_seconds", given.wall_seconds, 0.01, 3600)
    return found.with_wall(given.wall_seconds)


def _asserts(tests: code_pb2.AssertTests) -> AssertTests:
    check_name("asserts.entry_point", tests.entry_point, required=False)
    check_source("asserts.test_code", tests.test_code)
    return AssertTests(tests.entry_point, tests.test_code)


def _calls(tests: code_pb2.CallTests) -> CallTests:
    check_name("calls.entry_point", tests.entry_point, required=True)
    check_count("calls.cases", len(tests.cases), MAX_CASES)
    for number, case in enumerate(tests.cases):
        if not case.args or not case.expected:
            missing = "expected" if case.args else "args"
            raise FieldError(f"calls.cases[{number}].{missing}", "is required")
    texts = (text for case in tests.cases for text in (case.args, case.expected))
    check_total("calls.cases", texts, MAX_CASE_BYTES)
    return CallTests(
        entry_point=tests.entry_point,
        cases=tuple(CallCase(case.args, case.expected) for case in tests.cases),
        encoding=_choice(ValueEncoding, "calls.encoding", tests.encoding or 1),
        comparison=_comparison("calls.compare", tests.compare, _CALL_MODES),
        compare_mutated_args=tests.compare_mutated_args,
    )


def _stdio(tests: code_pb2.StdioTests) -> StdioTests:
    check_count("stdio.cases", len(tests.cases), MAX_CASES)
    has_interactor = tests.HasField("interactor")
    if has_interactor and tests.HasField("compare"):
        raise FieldError("stdio.compare", "nothing is compared where an interactor decides")
    comparison = _comparison("stdio.compare", tests.compare, _STDIO_MODES)
    is_compared = not has_interactor and comparison.checker is None
    if is_compared and not any(case.expected_stdout for case in tests.cases):
        problem = "no case has an expected_stdout, and there is no checker and no interactor"
        raise FieldError("stdio.cases", problem)
    return StdioTests(
        cases=tuple(StdioCase(case.stdin, case.expected_stdout) for case in tests.cases),
        comparison=comparison,
        interactor=_checker("stdio.interactor", tests.interactor) if has_interactor else None,
    )


def _files(tests: code_pb2.FileTests) -> FileTests:
    check_path("files.solution_path", tests.solution_path)
    check_count("files.files", len(tests.files), MAX_FILES)
    for number, file in enumerate(tests.files):
        check_path(f"files.files[{number}].path", file.path)
    check_total("files.files", (file.content for file in tests.files), MAX_FILE_BYTES)
    paths = [tests.solution_path, *(file.path for file in tests.files)]
    if len(set(paths)) != len(paths):
        raise FieldError("files.files", "a path stands for two files")
    return FileTests(
        solution_path=tests.solution_path,
        files=tuple(SuiteFile(file.path, file.content) for file in tests.files),
        runner=_choice(Runner, "files.runner", tests.runner or 1),
    )


def _comparison(
    field: str, compare: code_pb2.Compare, modes: tuple[CompareMode, ...]
) -> Comparison:
    """Read how results are compared; the first of the modes is the default."""
    mode = _choice(CompareMode, f"{field}.mode", compare.mode) if compare.mode else modes[0]
    if mode not in modes:
        *others, last = (each.name for each in modes)
        raise FieldError(f"{field}.mode", f"must be {', '.join(others)} or {last}")
    for name, user in _USED_BY.items():
        if compare.HasField(name) and mode is not user:
            raise FieldError(f"{field}.{name}", f"is of the mode {user.name}, not of {mode.name}")
    rtol = compare.rtol if compare.HasField("rtol") else _RTOL
    atol = compare.atol if compare.HasField("atol") else 0.0
    check_between(f"{field}.rtol", rtol, 0, 1)
    if not 0 <= atol < inf:
        raise FieldError(f"{field}.atol", "must be a finite number of at least 0")
    is_checked = mode is CompareMode.CHECKER
    checker = _checker(f"{field}.checker", compare.checker) if is_checked else None
    return Comparison(mode, rtol, atol, checker)


def _checker(field: str, checker: code_pb2.Checker) -> Checker:
    language = _language(f"{field}.language", checker.language)
    check_source(f"{field}.source", checker.source)
    return Checker(language.name, checker.source)


def _language(field: str, name: str) -> Language:
    language = language_of(name)
    if language is None:
        raise FieldError(field, f"must be one of {', '.join(languages())}")
    return language


def _choice(kind: type[E], field: str, number: int) -> E:
    """The domain's member for a number of the contract, whose enums keep the same order."""
    members = list(kind)
    if not 1 <= number <= len(members):
        raise FieldError(field, f"has no value {number}")
    return members[number - 1]


def evidence(program: Program | None, judgement: Judgement) -> code_pb2.CodeEvidence:
    """Write the evidence of a verdict."""
    return code_pb2.CodeEvidence(
        program=program.text[:_MAX_PROGRAM_SHOWN] if program else "",
        program_start=program.start if program else None,
        program_end=program.end if program else None,
        isolation=judgement.isolation,
        shared_interpreter=judgement.shared_interpreter,
        tests=judgement.tests,
        passed=judgement.passed,
        results=map(_result, judgement.results),
        attempts=judgement.attempts,
    )


def _result(result: TestResult) -> code_pb2.TestEvidence:
    return code_pb2.TestEvidence(
        name=result.name,
        reason=result.reason.value,
        expected=result.expected,
        actual=result.actual,
        cpu_seconds=result.cpu_seconds,
        memory_kib=result.memory_kib,
        stderr=result.stderr,
    )
