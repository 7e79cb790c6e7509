"""Rows of public benchmarks become problems; what cannot be used is named by row and field."""

from __future__ import annotations

import base64
import gzip
import json
import pickle
import tracemalloc
import zlib
from pathlib import Path
from typing import Any

import pytest

from veridical.api.v1.item_pb2 import Item
from veridical.evaluation.problems import ProblemError, read_problems
from veridical.evaluation.problems.math import last_box
from veridical.evaluation.problems.rows import Limits, read_rows

GSM8K = {"question": "Tom has 3 pens and buys 4.", "answer": "3 + 4 = <<3+4=7>>7\n#### 1,007"}
MATH = {"problem": "What is $1/2+1/3$?", "solution": r"It is $\boxed{\frac{5}{6}}$.", "level": "1"}
MATH500 = MATH | {"answer": r"\frac{5}{6}", "unique_id": "test/algebra/7.json"}
HUMANEVAL = {
    "task_id": "HumanEval/99",
    "prompt": 'def add(a, b):\n    """Adds."""\n',
    "entry_point": "add",
    "canonical_solution": "    return a + b\n",
    "test": "def check(candidate):\n    assert candidate(1, 2) == 3\n",
}
ASSERTS = ["assert set(shared((1, 2), (2, 3))) == {2}", "assert shared((1,), ()) == ()"]
MBPP = {
    "task_id": 2,
    "text": "Write a function that finds shared elements.",
    "test_list": ASSERTS,
    "test_setup_code": "",
    "challenge_test_list": [],
}
STDIN = [{"input": "2 3\n", "output": "5\n", "testtype": "stdin"}]
CALLS = [{"input": "[1, 2]\n3", "output": "6", "testtype": "functional"}]


def _packed(cases: list[dict[str, str]]) -> str:
    return base64.b64encode(zlib.compress(pickle.dumps(json.dumps(cases)))).decode()


def _lcb(public: list[dict[str, str]], private: str, **more: str) -> dict[str, Any]:
    return {
        "question_id": "1873_A",
        "question_content": "Add two numbers.",
        "public_test_cases": json.dumps(public),
        "private_test_cases": private,
        "starter_code": "",
        "metadata": "{}",
    } | more


def _read(path: Path, benchmark: str, *rows: dict[str, Any]) -> list[Item]:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return list(read_problems(path, benchmark))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "rows.jsonl"


def test_math_problems_carry_gold_prompt_and_group(file: Path) -> None:
    (gsm8k,) = _read(file, "gsm8k", GSM8K)
    assert (gsm8k.task.math.gold, gsm8k.group) == ("1,007", "gsm8k/1")
    assert gsm8k.prompt.startswith("Tom has 3 pens")
    assert "\\boxed{}" in gsm8k.prompt
    first, second = _read(file, "math", MATH, MATH500)
    assert (first.task.math.gold, first.group) == (r"\frac{5}{6}", "math/1")
    assert (second.task.math.gold, second.group) == (r"\frac{5}{6}", "test/algebra/7.json")


def test_code_problems_carry_their_tests(file: Path) -> None:
    (humaneval,) = _read(file, "humaneval", HUMANEVAL)
    asserts = humaneval.task.code.asserts
    assert (asserts.entry_point, humaneval.group) == ("add", "HumanEval/99")
    assert asserts.test_code.endswith("check(add)\n")
    (mbpp,) = _read(file, "mbpp", MBPP)
    assert mbpp.task.code.asserts.test_code == "\n".join(ASSERTS) + "\n"
    assert mbpp.group == "mbpp/2"
    assert ASSERTS[0] in mbpp.prompt
    assert ASSERTS[1] not in mbpp.prompt


def test_livecodebench_problems_carry_public_and_private_tests(file: Path) -> None:
    (stdin,) = _read(file, "livecodebench", _lcb(STDIN, _packed(STDIN * 2)))
    assert [case.stdin for case in stdin.task.code.stdio.cases] == ["2 3\n"] * 3
    more = {
        "starter_code": "class Solution:\n    def total(self, a, b):",
        "metadata": '{"func_name": "total"}',
    }
    (calls,) = _read(file, "livecodebench", _lcb(CALLS, "", **more))
    found = calls.task.code.calls
    assert (found.entry_point, found.cases[0].args) == ("Solution.total", "[[1, 2], 3]")
    assert found.cases[0].expected == "6"
    assert "class Solution" in calls.prompt


def test_arrays_and_gzip_are_read(tmp_path: Path) -> None:
    array = tmp_path / "sanitized-mbpp.json"
    array.write_text(json.dumps([MBPP, MBPP | {"task_id": 3}], indent=1))
    assert [each.group for each in read_problems(array, "mbpp")] == ["mbpp/2", "mbpp/3"]
    packed = tmp_path / "HumanEval.jsonl.gz"
    packed.write_bytes(gzip.compress(json.dumps(HUMANEVAL).encode()))
    assert [each.group for each in read_problems(packed, "humaneval")] == ["HumanEval/99"]


@pytest.mark.parametrize(
    ("content", "row", "place"),
    [
        (b"{}\n" + b" " * 41, 1, "line 2: too long"),
        (b"\n" + b'{"a": "' + b"x" * 40, 0, "line 2: too long"),
        (b"\n [" + b"{}," * 20, 0, "too long"),
        (b"\n" * 101, 0, "too long"),
        (b'{"a":1}\n' * 20, 12, "too long"),
        (b"{}\n" * 31, 30, "too many rows"),
        (b"[" + b"{}," * 30 + b"{}]", 30, "too many rows"),
    ],
)
@pytest.mark.parametrize("is_packed", [False, True])
def test_what_is_read_is_bounded(
    file: Path, content: bytes, row: int, place: str, is_packed: bool
) -> None:
    array = content.lstrip().startswith(b"[") and row
    limits = Limits(line_bytes=120 if array else 40, total_bytes=100, rows=30)
    file.write_bytes(gzip.compress(content) if is_packed else content)
    rows = read_rows(file, limits)
    assert sum(1 for _ in zip(range(row), rows, strict=False)) == row
    with pytest.raises(ProblemError) as raised:
        next(rows)
    assert place in str(raised.value)
    assert str(limits) in str(raised.value)


def test_a_bomb_costs_no_more_than_a_line(file: Path) -> None:
    """Its megabyte stands for a gigabyte, of which a line's worth is read."""
    with gzip.open(file, "wb", compresslevel=1) as out:
        for _ in range(1024):
            out.write(bytes(1 << 20))
    tracemalloc.start()
    with pytest.raises(ProblemError, match=r"line 1: too long .*4,294,967,296 bytes"):
        list(read_problems(file, "gsm8k"))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 3 * Limits().line_bytes


class Evil:
    def __reduce__(self) -> tuple[object, ...]:
        return print, ("run",)


@pytest.mark.parametrize(
    ("benchmark", "row", "message"),
    [
        ("gsm8k", {"question": "?", "answer": "seven"}, "row 2: answer: no gold behind ####"),
        ("gsm8k", {"answer": "so #### 7"}, "question: missing"),
        ("math", MATH | {"solution": "no box"}, "solution: boxes no answer"),
        ("math", GSM8K, "answer: holds ####, as those of gsm8k do"),
        ("math", MATH | {"problem": 7}, "problem: must be a text"),
        ("humaneval", {"prompt": "def f(): ..."}, "entry_point: missing"),
        ("mbpp", MBPP | {"test_list": []}, "test_list: missing or empty"),
        ("mbpp", MBPP | {"test_list": [1]}, "test_list: must be a list of texts"),
        ("livecodebench", _lcb(STDIN + CALLS, ""), "all stdin or all functional"),
        ("livecodebench", _lcb(CALLS, ""), "metadata: no func_name"),
        ("livecodebench", _lcb(STDIN, "%%%"), "private_test_cases: "),
        ("livecodebench", _lcb([{"input": "1"}], ""), "public_test_cases: not a list of cases"),
        (
            "livecodebench",
            _lcb(STDIN, base64.b64encode(zlib.compress(pickle.dumps(Evil()))).decode()),
            "asks for builtins.print",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_named(
    file: Path,
    benchmark: str,
    row: dict[str, Any],
    message: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    good = {"gsm8k": GSM8K, "math": MATH500, "humaneval": HUMANEVAL, "mbpp": MBPP | {"task_id": 9}}
    first = good.get(benchmark, _lcb(STDIN, "", question_id="first"))
    with pytest.raises(ProblemError, match="row 2") as raised:
        _read(file, benchmark, first, row)
    assert message in str(raised.value)
    assert capsys.readouterr().out == ""


def test_a_problem_that_stands_twice_and_a_bad_line_are_named(file: Path) -> None:
    with pytest.raises(ProblemError, match="row 2: 'HumanEval/99' stands in row 1 already"):
        _read(file, "humaneval", HUMANEVAL, HUMANEVAL)
    file.write_text('{"question": \n')
    with pytest.raises(ProblemError, match="line 1"):
        list(read_problems(file, "gsm8k"))
    with pytest.raises(ProblemError, match="No such file"):
        list(read_problems(file.with_name("missing"), "gsm8k"))


@pytest.mark.parametrize(
    ("solution", "box"),
    [
        (r"\boxed{1} then \boxed{\frac{1}{2}}.", r"\frac{1}{2}"),
        (r"\fbox{7}", "7"),
        (r"\boxed{\{1,2\}}", r"\{1,2\}"),
        (r"\boxed{1", ""),
        ("none", ""),
    ],
)
def test_the_last_box_is_taken_with_its_braces(solution: str, box: str) -> None:
    assert last_box(solution) == box
