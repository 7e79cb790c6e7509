from __future__ import annotations

import pytest

from veridical.api.v1.code_pb2 import CodeTask
from veridical.code.extract import CodeExtraction, Program
from veridical.code.judgement import CodeReason, Judgement, Outcome, TestResult, shown
from veridical.code.messages import evidence, read_task
from veridical.code.submission import (
    CallCase,
    CompareMode,
    Runner,
    Submission,
    TestLimits,
    ValueEncoding,
)
from veridical.code.tasks import FieldError

DEFAULT = TestLimits()
CALLS = {"entry_point": "f", "cases": [{"args": "[1]", "expected": "2"}]}
STDIO = {"cases": [{"stdin": "1", "expected_stdout": "2"}]}
FILES = {"solution_path": "a.py", "files": [{"path": "test_a.py", "content": "x"}]}
CHECKER = {"language": "bash", "source": "true"}
ASSERTS = {"test_code": "assert f(1)"}


def read(language: str = "python", **fields: object) -> Submission:
    task = CodeTask(language=language, **fields)  # type: ignore[arg-type]
    return read_task(task, DEFAULT, stop_early=True).template


def test_what_a_task_leaves_out_has_its_default() -> None:
    assert read(asserts=ASSERTS).limits == DEFAULT
    calls = read(calls=CALLS).calls
    assert calls is not None
    assert calls.cases == (CallCase("[1]", "2"),)
    assert (calls.encoding, calls.comparison.mode) == (ValueEncoding.JSON, CompareMode.EXACT)
    stdio = read("cpp", stdio=STDIO).stdio
    assert stdio is not None
    assert stdio.comparison.mode is CompareMode.LINES
    assert stdio.interactor is None
    files = read(files=FILES).files
    assert files is not None
    assert files.runner is Runner.PYTEST


def test_wall_time_follows_cpu_time_unless_it_is_told() -> None:
    assert read(asserts=ASSERTS, limits={"cpu_seconds": 2}).limits.wall_seconds == 6
    both = {"cpu_seconds": 2, "wall_seconds": 3}
    assert read(asserts=ASSERTS, limits=both).limits.wall_seconds == 3


def test_every_number_of_an_enum_stands_for_its_member() -> None:
    for number, mode in enumerate(CompareMode, 1):
        compare: dict[str, object] = {"mode": number}
        if mode is CompareMode.CHECKER:
            compare["checker"] = CHECKER
        stdio = read(stdio={**STDIO, "compare": compare}).stdio
        assert stdio is not None
        assert stdio.comparison.mode is mode
    for number, place in enumerate(CodeExtraction, 1):
        task = CodeTask(language="python", asserts=ASSERTS, extraction=number)  # type: ignore[arg-type]
        assert read_task(task, DEFAULT, stop_early=True).extraction is place


BAD = {
    "tests": {},
    "language": {"language": "python2", "asserts": ASSERTS},
    "language ": {"language": "cpp", "asserts": ASSERTS},
    "limits.cpu_seconds": {"asserts": ASSERTS, "limits": {"cpu_seconds": 0}},
    "limits.cpu_seconds ": {"asserts": ASSERTS, "limits": {"cpu_seconds": float("nan")}},
    "limits.wall_seconds": {"asserts": ASSERTS, "limits": {"wall_seconds": 3601}},
    "limits.memory_mib": {"asserts": ASSERTS, "limits": {"memory_mib": 15}},
    "limits.output_kib": {"asserts": ASSERTS, "limits": {"output_kib": 0}},
    "limits.processes": {"asserts": ASSERTS, "limits": {"processes": 1025}},
    "asserts.test_code": {"asserts": {"test_code": " \n"}},
    "asserts.test_code ": {"asserts": {"test_code": "x" * (1 << 20) + "x"}},
    "asserts.entry_point": {"asserts": {**ASSERTS, "entry_point": "f(1)"}},
    "calls.entry_point": {"calls": {**CALLS, "entry_point": ""}},
    "calls.cases": {"calls": {**CALLS, "cases": []}},
    "calls.cases[0].expected": {"calls": {**CALLS, "cases": [{"args": "[]"}]}},
    "calls.cases[0].args": {"calls": {**CALLS, "cases": [{"expected": "1"}]}},
    "calls.encoding": {"calls": {**CALLS, "encoding": 9}},
    "calls.compare.mode": {"calls": {**CALLS, "compare": {"mode": 2}}},
    "calls.compare.mode ": {"calls": {**CALLS, "compare": {"mode": 6}}},
    "calls.compare.rtol": {"calls": {**CALLS, "compare": {"mode": 4, "rtol": 1.5}}},
    "calls.compare.rtol ": {"calls": {**CALLS, "compare": {"rtol": 0.5}}},
    "calls.compare.atol": {"calls": {**CALLS, "compare": {"mode": 4, "atol": float("inf")}}},
    "calls.compare.atol ": {"calls": {**CALLS, "compare": {"mode": 5, "atol": 0.0}}},
    "calls.compare.checker": {"calls": {**CALLS, "compare": {"checker": CHECKER}}},
    "stdio.cases": {"stdio": {}},
    "stdio.cases ": {"stdio": {"cases": [{"stdin": "1"}, {"stdin": "2"}]}},
    "stdio.compare": {"stdio": {**STDIO, "compare": {"mode": 2}, "interactor": CHECKER}},
    "stdio.compare.checker": {"stdio": {**STDIO, "compare": {"checker": CHECKER}}},
    "stdio.compare.rtol": {"stdio": {**STDIO, "compare": {"rtol": 0.1}}},
    "stdio.compare.atol": {"stdio": {**STDIO, "compare": {"mode": 1, "atol": 1}}},
    "stdio.compare.mode": {"stdio": {**STDIO, "compare": {"mode": 7}}},
    "stdio.compare.checker.language": {"stdio": {**STDIO, "compare": {"mode": 6}}},
    "stdio.interactor.source": {"stdio": {**STDIO, "interactor": {"language": "c"}}},
    "files.solution_path": {"files": {**FILES, "solution_path": "../a.py"}},
    "files.files": {"files": {**FILES, "files": []}},
    "files.files ": {"files": {**FILES, "solution_path": "test_a.py"}},
    "files.files[0].path": {"files": {**FILES, "files": [{"path": "/etc/x"}]}},
    "files.runner": {"files": {**FILES, "runner": 5}},
}


@pytest.mark.parametrize(("field", "fields"), BAD.items(), ids=BAD)
def test_a_field_out_of_its_bounds_is_named(field: str, fields: dict[str, object]) -> None:
    with pytest.raises(FieldError) as error:
        read(**fields)  # type: ignore[arg-type]
    assert error.value.field == field.strip()


def test_a_field_that_the_mode_does_not_heed_says_so() -> None:
    with pytest.raises(FieldError, match="is of the mode CHECKER, not of LINES"):
        read(stdio={**STDIO, "compare": {"checker": CHECKER}})
    with pytest.raises(FieldError, match="must be EXACT, FLOATS or UNORDERED"):
        read(calls={**CALLS, "compare": {"mode": 6}})


def test_no_expected_output_is_needed_where_nothing_is_compared() -> None:
    silent = {"cases": [{"stdin": "1"}]}
    assert read(stdio={**silent, "interactor": CHECKER}).stdio
    assert read(stdio={**silent, "compare": {"mode": 6, "checker": CHECKER}}).stdio
    one = [{"stdin": "1"}, {"stdin": "2", "expected_stdout": "2"}]
    assert read(stdio={"cases": one}).stdio


def test_a_language_goes_by_its_aliases_in_any_case() -> None:
    for name in ("Python", "py", "PYTHON3", "Python 3.11"):
        assert read(name, asserts=ASSERTS).language == "python"
    for name, row in {
        "C++": "cpp",
        "c++17": "cpp",
        "js": "javascript",
        "Node.js": "javascript",
    }.items():
        assert read(name, stdio=STDIO).language == row
    checked = {"mode": 6, "checker": {"language": "Bash", "source": "true"}}
    stdio = read(stdio={**STDIO, "compare": checked}).stdio
    assert stdio is not None
    assert stdio.comparison.checker is not None
    assert stdio.comparison.checker.language == "bash"
    for name in ("python2.7", "c#", "1", "."):
        with pytest.raises(FieldError, match="must be one of python, c, "):
            read(name, stdio=STDIO)


def test_evidence_is_cut_and_can_be_encoded() -> None:
    failed = TestResult("1", CodeReason.WRONG_ANSWER, shown("a" * 5000), shown("\ud800"), 0.5, 77)
    judgement = Judgement(CodeReason.WRONG_ANSWER, "", 3, 2, (failed,), ("ptrace",), "process")
    message = evidence(Program("p" * 100_000, 4, 100_004), judgement)
    message.SerializeToString()
    assert len(message.program) == 65_536
    assert (message.program_start, message.program_end) == (4, 100_004)
    assert len(message.results[0].expected) == 1024
    assert message.results[0].reason == "wrong_answer"
    assert not evidence(None, judgement).HasField("program_start")


def test_every_reason_stands_for_one_outcome() -> None:
    undecided = {reason.value for reason in CodeReason if reason.outcome is Outcome.UNDECIDED}
    assert undecided == {
        "invalid_tests",
        "tests_need_shared_interpreter",
        "language_unavailable",
        "isolation_unavailable",
        "cell_failed",
    }
    assert [r for r in CodeReason if r.outcome is Outcome.CORRECT] == [CodeReason.TESTS_PASSED]
