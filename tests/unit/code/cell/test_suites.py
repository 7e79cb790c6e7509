"""Suites of test files: what counts as passed, and by which runner."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest
from proxy_pair import judged

from veridical.code.cell.judge.suites.files import _place_data
from veridical.code.cell.judge.suites.pytest_needs import needs_session
from veridical.code.cell.judge.suites.suite import File

PROGRAM = """
import os
def add(a, b): return a + b
def greet(): print("hi")
def load(path): return open(path).read()
def ask(): return input()
def env(): return os.environ.get("A_NAME")
FLAG = True
"""
WRONG = PROGRAM.replace("a + b", "a - b")

PLAIN = """
import pytest
from solution import *

TOLERANCE = 1e-9

@pytest.mark.parametrize("a, b, c", [(1, 2, 3), pytest.param(0, 0, 0, id="zero")])
@pytest.mark.parametrize("sign", [1, -1])
def test_rows(a, b, c, sign):
    assert add(sign * a, sign * b) == sign * c

class TestClass:
    base = 5
    def setup_method(self):
        self.two = 2
    def test_method(self):
        assert add(self.base, self.two) == 7

def test_raises():
    with pytest.raises(TypeError, match="unsupported") as caught:
        add(1, "a")
    assert caught.type is TypeError

def test_near():
    assert add(0.1, 0.2) == pytest.approx(0.3, abs=TOLERANCE)
    assert [add(0.1, 0.2)] == pytest.approx([0.3])
    assert not add(0.1, 0.2) == pytest.approx(0.4)

@pytest.mark.skip(reason="later")
def test_later():
    assert add(1, 1) == 3

if __name__ == "__main__":
    pytest.main()
"""
FIXTURES = """
import pytest
from solution import *

@pytest.fixture
def one():
    return 1

@pytest.fixture(params=[1, 2])
def number(request):
    yield request.param

@pytest.fixture(scope="module")
def table():
    yield {"n": 1}

@pytest.mark.parametrize("a, b, c", [(1, 2, 3), pytest.param(0, 0, 0, id="zero")])
@pytest.mark.parametrize("sign", [1, -1])
def test_rows(a, b, c, sign):
    assert add(sign * a, sign * b) == sign * c

def test_fixture(one, number, table):
    assert add(one, number) == 1 + number

class TestClass:
    @pytest.fixture(autouse=True)
    def prepared(self):
        self.base = 5
    def setup_method(self):
        self.two = 2
    def test_method(self):
        assert add(self.base, self.two) == 7

def test_raises():
    with pytest.raises(TypeError, match="unsupported") as caught:
        add(1, "a")
    assert caught.type is TypeError

def test_near():
    assert add(0.1, 0.2) == pytest.approx(0.3)
    assert [add(0.1, 0.2)] == pytest.approx([0.3])
    assert not add(0.1, 0.2) == pytest.approx(0.4)

def test_output(capsys):
    greet()
    assert capsys.readouterr().out == "hi\\n"

def test_files(tmp_path, monkeypatch):
    (tmp_path / "x").write_text("content")
    assert load(str(tmp_path / "x")) == "content"
    monkeypatch.setattr("builtins.input", lambda: "typed")
    monkeypatch.setenv("A_NAME", "value")
    assert ask() == "typed"
    assert env() == "value"

@pytest.mark.skip(reason="later")
def test_later():
    assert add(1, 1) == 3
"""
OWN_SESSION = """
import pytest
from solution import add, greet

@pytest.fixture
def numbers(request, tmp_path_factory):
    request.addfinalizer(lambda: None)
    return 1, 2

def test_sum(numbers, caplog, capfd):
    assert add(*numbers) == 3

@pytest.mark.parametrize("x", [1, 2])
def test_rows(x):
    assert add(x, x) == 2 * x
"""
UNITTEST = """
import unittest
from solution import add
class T(unittest.TestCase):
    def test_add(self):
        for a in range(3):
            with self.subTest(a=a):
                self.assertEqual(add(a, 1), a + 1)
    @unittest.skip("not yet")
    def test_skipped(self):
        self.fail()
class Async(unittest.IsolatedAsyncioTestCase):
    async def test_add(self):
        self.assertEqual(add(1, 1), 2)
"""


def judge(program: str, content: str, runner: str, **more: Any) -> dict[str, Any]:
    files = [{"path": "tests/test_it.py", "content": content}, *more.pop("files", [])]
    request = {"files": files, "solution_path": "solution.py", "runner": runner, **more}
    return judged(program, {"files": request})


@pytest.mark.parametrize(
    ("content", "runner", "tests", "own"),
    [
        (PLAIN, "pytest", 7, False),
        (FIXTURES, "pytest", 11, True),
        (OWN_SESSION, "pytest", 3, True),
        (UNITTEST, "unittest", 2, False),
        (UNITTEST, "pytest", 2, False),
    ],
    ids=["plain", "fixtures", "session", "unittest", "unittest by pytest"],
)
def test_right_passes_and_wrong_does_not(content: str, runner: str, tests: int, own: bool) -> None:
    assert needs_session([File("test_it.py", content)]) is own or runner == "unittest"
    right = judge(PROGRAM, content, runner)
    assert right["passed"], right
    assert right["tests"] == right["ran"] == tests
    wrong = judge(WRONG, content, runner)
    assert not wrong["passed"]
    assert wrong["reason"] == "wrong_answer"


NEVER = {
    "no tests": "import solution\nsolution.add(1, 1)\n",
    "skipped in the test": "import pytest\ndef test_a():\n    pytest.skip('x')\n",
    "skipped by the solution": "import pytest, solution\n@pytest.mark.skipif(solution.FLAG, reason='x')\ndef test_a(): pass\n",
    "only skipped": "import pytest\n@pytest.mark.skip\ndef test_a(): pass\n",
    "expected to fail": "import pytest, solution\n@pytest.mark.xfail\ndef test_a():\n    assert solution.add(1, 1) == 2\n",
    "unittest skipped by the solution": "import unittest, solution\nclass T(unittest.TestCase):\n    @unittest.skipIf(solution.FLAG, 'x')\n    def test_a(self): pass\n",
    "expected failure": "import unittest, solution\nclass T(unittest.TestCase):\n    @unittest.expectedFailure\n    def test_a(self):\n        self.assertEqual(solution.add(1, 1), 3)\n",
}


@pytest.mark.parametrize("content", NEVER.values(), ids=NEVER)
def test_what_did_not_run_never_passes(content: str) -> None:
    assert not judge(PROGRAM, content, "pytest")["passed"]


EXPECTED_FAILURES = {
    "plain": "import pytest\n@pytest.mark.xfail(reason='later', raises=AssertionError)\ndef test_a():\n    assert add(1, 1) == 3\n",
    "session": "import pytest\n@pytest.mark.xfail\ndef test_a(caplog):\n    assert add(1, 1) == 3\n",
    "unittest": "import unittest\nclass T(unittest.TestCase):\n    @unittest.expectedFailure\n    def test_a(self):\n        self.assertEqual(add(1, 1), 3)\n",
}
BESIDE = "from solution import FLAG, add\ndef test_b():\n    assert add(1, 2) == 3\n"


@pytest.mark.parametrize("content", EXPECTED_FAILURES.values(), ids=EXPECTED_FAILURES)
def test_a_failure_that_a_marker_announces_is_no_test(content: str) -> None:
    right = judge(PROGRAM, BESIDE + content, "pytest")
    assert right["passed"]
    assert right["tests"] == right["ran"] == 1
    assert not judge(WRONG, BESIDE + content, "pytest")["passed"]
    ends = "import os\n" + PROGRAM + "\ndef add(a, b):\n    return 3 if b == 2 else os._exit(0)\n"
    assert not judge(ends, BESIDE + content, "pytest")["passed"]


@pytest.mark.parametrize(
    "marker",
    ["xfail(FLAG, reason='x')", "xfail(condition=FLAG)", "xfail(raises=KeyError)"],
)
def test_a_failure_that_the_solution_announces_is_one(marker: str) -> None:
    content = f"import pytest\n@pytest.mark.{marker}\ndef test_a():\n    assert add(1, 1) == 3\n"
    assert not judge(PROGRAM, BESIDE + content, "pytest")["passed"]


def test_every_recorded_test_must_run() -> None:
    recorded = judge(PROGRAM, UNITTEST, "unittest")["executed"]
    assert judge(PROGRAM, UNITTEST, "unittest", expected_tests=recorded)["passed"]
    assert not judge(PROGRAM, UNITTEST, "unittest", expected_tests=[*recorded, "T.test_b"])[
        "passed"
    ]


INVALID = {
    "does not compile": "def test_a(:\n",
    "raises at import": "raise ValueError\n",
    "needs what is not there": "import no_such_module\nfrom solution import add\n",
}


@pytest.mark.parametrize("content", INVALID.values(), ids=INVALID)
def test_broken_tests_are_no_fault_of_the_program(content: str) -> None:
    result = judge(PROGRAM, content, "pytest")
    assert result["reason"] == "invalid_tests", result


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        ("def add(a, b) return a", "compile_error"),
        ("raise ValueError", "runtime_error"),
        ("import sys; sys.exit()", "early_exit"),
        ("pass", "runtime_error"),
        ("add = 3", "wrong_answer"),
        ("def add(a, b): raise KeyError", "runtime_error"),
        ("import os\ndef add(a, b): os._exit(0)", "early_exit"),
    ],
)
def test_fault_of_the_program_is_named(program: str, reason: str) -> None:
    assert judge(program, UNITTEST, "unittest")["reason"] == reason
    asserts = {"test_code": "assert add(1, 2) == 3", "entry_point": ""}
    assert judged(program, {"asserts": asserts})["reason"] == reason


SHARED = {
    "derives": "import unittest, solution\nclass Mine(solution.Base): pass\nclass T(unittest.TestCase):\n    def test_a(self):\n        self.assertEqual(Mine().one(), 1)\n",
    "reads source": "import inspect, unittest, solution\nclass T(unittest.TestCase):\n    def test_a(self):\n        self.assertIn('return 1', inspect.getsource(solution.Base))\n",
    "pickles": "import pickle, unittest, solution\nclass T(unittest.TestCase):\n    def test_a(self):\n        self.assertEqual(pickle.loads(pickle.dumps(solution.Base())).one(), 1)\n",
}
BASE = "class Base:\n    def one(self): return 1\n"


@pytest.mark.parametrize("content", SHARED.values(), ids=SHARED)
def test_what_needs_one_interpreter_is_detected_and_works_in_one(content: str) -> None:
    result = judge(BASE, content, "unittest")
    assert result["needs_shared"]
    assert result["reason"] == "tests_need_shared_interpreter"
    files = [{"path": "test_it.py", "content": content}]
    request = {"files": files, "solution_path": "solution.py", "runner": "unittest"}
    shared = {"shared": {"source": BASE, "module": "solution"}, "files": request}
    assert judged("", shared)["passed"]
    wrong = {"shared": {"source": BASE.replace("1", "2"), "module": "solution"}, "files": request}
    assert not judged("", wrong)["passed"]


def test_suite_files_reach_the_program_only_when_a_call_names_them() -> None:
    files = [
        {"path": "want.txt", "content": "secret"},
        {"path": "given.txt", "content": "given"},
        {"path": "helper.py", "content": "def path(): return 'given.txt'"},
    ]
    content = (
        "import unittest, solution, helper\nclass T(unittest.TestCase):\n    def test_a(self):\n"
        "        self.assertEqual(solution.load(helper.path()), 'given')\n"
        "        self.assertEqual(solution.load('x'), open('want.txt').read())\n"
    )
    # The harness gives both sides one folder; what is asked here is what the judge sends.
    program = (
        "def load(path):\n    import os\n    return 'given' if path == 'given.txt' else 'secret'"
    )
    assert judge(program, content, "unittest", files=files)["passed"]


def test_packages_and_paths_of_solutions() -> None:
    content = "from src.pkg.mod import add\nimport unittest\nclass T(unittest.TestCase):\n    def test_a(self):\n        self.assertEqual(add(1, 1), 2)\n"
    files = [{"path": "tests/test_it.py", "content": content}]
    request = {"files": files, "solution_path": "src/pkg/mod.py", "runner": "unittest"}
    assert judged(PROGRAM, {"files": request}, module="src.pkg.mod")["passed"]


@pytest.mark.parametrize(
    ("tests", "hidden"),
    [
        ('open("data/1.out")', {"data/1.out"}),
        ('path.with_suffix(".out")', {"data/1.out"}),
        ('Path("data").glob("*.in")', {"data/1.in"}),
        ('Path(here).rglob("*.in")', {"data/1.in"}),
        ('Path("data") / name', set()),
        ('open(f"data/{i}.out")', {"data/1.out"}),
        ("solution.f(1)", set()),
    ],
)
def test_a_data_file_that_the_tests_name_stays_with_them(
    tests: str, hidden: set[str], tmp_path: Path
) -> None:
    data = [File("data/1.in", "1"), File("data/1.out", "41")]
    assert _place_data(data, (), [ast.parse(tests)], tmp_path) == hidden


LIKE_PYTEST = {
    "a folder that is left late": """
import os
def test_a(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert os.listdir() == [] and solution.add(1, 1) == 2
def test_b(): assert solution.add(1, 2) == 3
""",
    "folders that stay, by the names of their tests": """
seen = []
def test_a(tmp_path):
    (tmp_path / "x").write_text(str(solution.add(1, 1)))
    seen.append(tmp_path)
def test_b(tmp_path):
    assert (seen[0] / "x").read_text() == "2"
    assert seen[0].name == "test_a0" and tmp_path.name == "test_b0"
""",
    "rows that are marked to fail": """
@pytest.mark.parametrize("n", [1, pytest.param(2, marks=pytest.mark.xfail(reason="known"))])
def test_a(n): assert solution.add(n, 1) == 2
""",
    "an array and a number": """
import numpy as np
def test_a(): assert np.array([solution.add(1, 1), 2.0]) == pytest.approx(2.0)
""",
    "decimals": """
from decimal import Decimal
def test_a(): assert Decimal(solution.add(1, 1)) == pytest.approx(Decimal("2.001"), abs=Decimal("0.01"))
""",
    "a truth value": """
def test_a(): assert (solution.add(1, 1) == 2) == pytest.approx(True)
""",
    "notes of an exception": """
def test_a():
    with pytest.raises(ValueError, match="noted"):
        error = ValueError("x")
        error.add_note(f"noted {solution.add(1, 1)}")
        raise error
""",
    "a fixture that is called as what nose ran": """
class TestSum:
    @pytest.fixture(autouse=True)
    def setup(self): self.one = 1
    def test_a(self): assert solution.add(self.one, 1) == 2
""",
    "more of a fixture": """
def test_a(monkeypatch):
    with monkeypatch.context() as patch:
        patch.setenv("SUM", str(solution.add(1, 1)))
    assert "SUM" not in __import__("os").environ
""",
}


@pytest.mark.parametrize("content", LIKE_PYTEST.values(), ids=LIKE_PYTEST)
def test_it_runs_as_by_pytest(content: str) -> None:
    result = judge(PROGRAM, f"import pytest, solution\n{content}", "pytest")
    assert result["passed"], result


AGAIN = {
    "reloaded": "import importlib\ndef test_a(): assert importlib.reload(solution).FLAG\n",
    "imported again": "import sys\ndef test_a():\n    del sys.modules['solution']\n    import solution\n    assert solution.FLAG\n",
}


@pytest.mark.parametrize("content", AGAIN.values(), ids=AGAIN)
def test_a_program_that_is_loaded_again_needs_one_interpreter(content: str) -> None:
    assert judge(PROGRAM, f"import solution\n{content}", "pytest")["needs_shared"]


def test_true_is_no_number_to_approx() -> None:
    content = "import pytest, solution\ndef test_a(): assert solution.add(0.5, 0.5) == pytest.approx(True)\n"
    assert not judge(PROGRAM, content, "pytest")["passed"]
