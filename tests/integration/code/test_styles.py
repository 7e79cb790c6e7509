"""Tests that call the program, through a real server and real cells."""

from __future__ import annotations

from typing import Any

import pytest

from veridical.api.v1.code_pb2 import CodeTask
from veridical.client import Client, Item, Task, outcome_name, reason_name

CHECK = (
    "METADATA = {'author': 'x'}\n\ndef check(candidate):\n    assert candidate(2, 3) == 5\n"
    "    assert candidate(-1, 1) == 0\n"
)
FAST = {"cpu_seconds": 0.5, "wall_seconds": 1.5}


def item(source: str, **task: Any) -> Item:
    code = CodeTask(**{"language": "python", **task})
    return Item(id="1", task=Task(code=code), response=f"```python\n{source}\n```")


def reason(client: Client, sent: Item) -> str:
    verdict = client.verify(sent, timeout=90)
    assert verdict.code.isolation == "process", verdict
    return f"{outcome_name(verdict.outcome)} {reason_name(verdict.reason)}"


ADD = "def add(a, b):\n    return a + b"
ASSERTS: dict[str, tuple[str, str]] = {
    "right": (ADD, "correct tests_passed"),
    "wrong": ("def add(a, b):\n    return a - b", "incorrect wrong_answer"),
    "raises": ("def add(a, b):\n    raise KeyError(a)", "incorrect runtime_error"),
    "raises at import": ("1 / 0\n" + ADD, "incorrect runtime_error"),
    "not there": ("def plus(a, b):\n    return a + b", "incorrect runtime_error"),
    "syntax": ("def add(a, b:", "incorrect compile_error"),
    "exits": ("def add(a, b):\n    import os; os._exit(0)", "incorrect early_exit"),
    "exits at import": (ADD + "\nimport sys; sys.exit(0)", "incorrect early_exit"),
    "loops": ("def add(a, b):\n    while True: pass", "incorrect time_limit"),
    "loops at import": ("while True: pass", "incorrect time_limit"),
    "memory": ("def add(a, b):\n    x = [0] * (1 << 30); return a + b", "incorrect memory_limit"),
    "always equal": (
        "class E:\n def __eq__(self, o): return True\ndef add(a, b): return E()",
        "incorrect wrong_answer",
    ),
}


@pytest.mark.parametrize(("source", "told"), ASSERTS.values(), ids=ASSERTS)
def test_asserts(client: Client, source: str, told: str) -> None:
    tests = {"entry_point": "add", "test_code": CHECK}
    assert reason(client, item(source, asserts=tests, limits=FAST)) == told


def test_asserts_that_are_not_pure_have_a_judge_of_their_own(client: Client) -> None:
    tests = {"test_code": "import math\nmath.pi = 3\nassert add(1, 2) == math.pi"}
    assert reason(client, item(ADD, asserts=tests)) == "correct tests_passed"
    tests = {"test_code": "import math\nassert add(1, 2) == math.pi"}
    assert reason(client, item(ADD, asserts=tests)) == "incorrect wrong_answer"


def test_classes_of_one_program_are_asked_nothing_for_the_next(client: Client) -> None:
    program = """
from collections.abc import Mapping
class Frozen(Mapping):
    def __init__(self, **held): self._held = held
    def __getitem__(self, key): return self._held[key]
    def __iter__(self): return iter(self._held)
    def __len__(self): return len(self._held)
"""
    sent = item(program, asserts={"test_code": "assert Frozen(a=1) == {'a': 1}"})
    assert [reason(client, sent) for _ in range(8)] == ["correct tests_passed"] * 8


@pytest.mark.parametrize(
    "code", ["def check(", "import no_such_module\nassert add(1, 2) == 3", "1 / 0"]
)
def test_broken_tests_are_no_fault_of_the_program(client: Client, code: str) -> None:
    sent = item(ADD, asserts={"entry_point": "add", "test_code": code})
    assert reason(client, sent) == "undecided invalid_tests"


def test_calls(client: Client) -> None:
    cases = [{"args": "[[3, 1, 2]]", "expected": "[1, 2, 3]"}, {"args": "[[]]", "expected": "[]"}]
    calls = {"entry_point": "Solution.sort", "cases": cases}
    right = "class Solution:\n    def sort(self, xs):\n        return tuple(sorted(xs))"
    assert reason(client, item(right, calls=calls)) == "correct tests_passed"
    wrong = right.replace("tuple(sorted(xs))", "xs")
    verdict = client.verify(item(wrong, calls=calls), timeout=60)
    assert reason_name(verdict.reason) == "wrong_answer"
    assert (verdict.code.tests, verdict.code.passed) == (2, 0)
    assert verdict.code.results[0].expected == "[1, 2, 3]"
    in_place = "class Solution:\n    def sort(self, xs):\n        xs.sort()"
    mutated = {**calls, "compare_mutated_args": True}
    assert reason(client, item(in_place, calls=mutated)) == "correct tests_passed"
    literal = {
        "entry_point": "f",
        "cases": [{"args": "[{1}]", "expected": "(1, 0.5)"}],
        "encoding": "VALUE_ENCODING_PYTHON_LITERAL",
        "compare": {"mode": "COMPARE_MODE_FLOATS", "rtol": 0.01},
    }
    source = "def f(s):\n    return (len(s), 0.501)"
    assert reason(client, item(source, calls=literal)) == "correct tests_passed"


SUITE = """
import unittest
from shapes import Square, area

class Shapes(unittest.TestCase):
    def test_area(self):
        self.assertEqual(area(Square(3)), 9)

    def test_negative(self):
        with self.assertRaises(ValueError):
            Square(-1)
"""
SHAPES = (
    "class Square:\n    def __init__(self, side):\n        if side < 0: raise ValueError(side)\n"
    "        self.side = side\n\ndef area(square):\n    return square.side ** 2\n"
)
PYTEST = """
import pytest
from shapes import Square, area

@pytest.mark.parametrize("side", [0, 1, 5])
def test_area(side):
    assert area(Square(side)) == side * side

def test_negative():
    with pytest.raises(ValueError):
        Square(-1)
"""


@pytest.mark.parametrize(("content", "runner"), [(SUITE, "UNITTEST"), (PYTEST, "PYTEST")])
def test_files(client: Client, content: str, runner: str) -> None:
    files = {
        "solution_path": "shapes.py",
        "files": [{"path": "test_shapes.py", "content": content}],
        "runner": f"RUNNER_{runner}",
    }
    assert reason(client, item(SHAPES, files=files)) == "correct tests_passed"
    wrong = SHAPES.replace("** 2", "* 2")
    assert reason(client, item(wrong, files=files)) == "incorrect wrong_answer"
    careless = SHAPES.replace("raise ValueError(side)", "pass")
    assert reason(client, item(careless, files=files)).startswith("incorrect")


CALLED_BY_THREADS = """
from threading import Thread
from solution import add

def test_threads():
    sums = []
    threads = [Thread(target=lambda: sums.append(add(1, 2))) for _ in range(8)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
    assert sums == [3] * 8
"""


def test_threads_of_the_tests_are_not_the_programs(client: Client) -> None:
    files = {
        "solution_path": "solution.py",
        "files": [{"path": "test_add.py", "content": CALLED_BY_THREADS}],
    }
    sent = item(ADD, files=files, limits={"processes": 1})
    assert reason(client, sent) == "correct tests_passed"


def test_numpy_is_there_where_it_is_imported(client: Client) -> None:
    tests = {"test_code": "import numpy as np\nassert np.allclose(f(np.ones(3)), [2, 2, 2])"}
    source = "import numpy as np\ndef f(x):\n    return x * 2"
    assert reason(client, item(source, asserts=tests)) == "correct tests_passed"


def test_verdicts_are_the_same_in_any_order_and_batch(client: Client) -> None:
    tests = {"entry_point": "add", "test_code": CHECK}
    sent = []
    for number, (source, told) in enumerate(ASSERTS.values()):
        if "limit" not in told:
            sent.append(item(source + f"\n# {number % 7}", asserts=tests))
            sent[-1].id = str(number)
    first = {v.id: (v.outcome, v.reason, v.detail) for v in client.verify_many(sent)}
    again = {v.id: (v.outcome, v.reason, v.detail) for v in client.verify_many(sent[::-1])}
    alone = {i.id: client.verify(i, timeout=60) for i in sent}
    assert first == again == {k: (v.outcome, v.reason, v.detail) for k, v in alone.items()}


DERIVED = """
from shapes import Square

class Big(Square):
    def area(self):
        return 10 * super().area()

def test_derived():
    assert Big(2).area() == 40
"""


def test_an_interpreter_is_shared_only_where_the_task_allows_it(client: Client) -> None:
    source = "class Square:\n    def __init__(self, side): self.side = side\n    def area(self): return self.side ** 2"
    files = {
        "solution_path": "shapes.py",
        "files": [{"path": "test_shapes.py", "content": DERIVED}],
    }
    alone = client.verify(item(source, files=files), timeout=60)
    assert reason_name(alone.reason) == "tests_need_shared_interpreter"
    shared = {"files": files, "allow_shared_interpreter": True}
    verdict = client.verify(item(source, **shared), timeout=60)
    assert (verdict.reward, verdict.code.shared_interpreter) == (1.0, True)
    wrong = client.verify(item(source.replace("** 2", "* 3"), **shared), timeout=60)
    assert reason_name(wrong.reason) == "wrong_answer"
    for exits in ("import os\nos._exit(0)", "import sys\nsys.exit(0)"):
        gone = client.verify(item(f"{source}\n{exits}", **shared), timeout=60)
        assert gone.reward == 0.0, gone
