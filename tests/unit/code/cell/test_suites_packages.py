"""Suites as people lay them out: packages, conftests, helpers, and what is wrong with them."""

from __future__ import annotations

from typing import Any

import pytest
from proxy_pair import judged

RIGHT = "def f(x): return x + 1\n"
WRONG = "def f(x): return x + 2\n"
ONE = "import pytest\n@pytest.fixture\ndef one(): return 1\n"
TEST = "from solution import f\ndef test_it(one): assert f(one) == 2\n"
LAYOUTS: dict[str, dict[str, str]] = {
    "a package": {"tests/__init__.py": "", "tests/test_it.py": ONE + TEST},
    "a package with a conftest": {
        "tests/__init__.py": "",
        "tests/conftest.py": ONE,
        "tests/test_it.py": TEST,
    },
    "a package in a package": {
        "tests/__init__.py": "",
        "tests/unit/__init__.py": "",
        "tests/unit/conftest.py": ONE,
        "tests/unit/test_it.py": TEST,
    },
    "folders that are no packages": {"tests/unit/conftest.py": ONE, "tests/unit/test_it.py": TEST},
    "helpers of a package": {
        "tests/__init__.py": "",
        "tests/helpers.py": "def want(): return 2\n",
        "tests/conftest.py": "from tests.helpers import want\n" + ONE,
        "tests/test_it.py": "from .helpers import want\nfrom solution import f\ndef test_it(one): assert f(one) == want()\n",
    },
    "helpers beside a package": {
        "helpers.py": "def want(): return 2\n",
        "tests/__init__.py": "",
        "tests/conftest.py": ONE,
        "tests/test_it.py": "from helpers import want\nfrom solution import f\ndef test_it(one): assert f(one) == want()\n",
    },
    "files of one name in two packages": {
        "conftest.py": ONE,
        "a/__init__.py": "",
        "b/__init__.py": "",
        "a/test_it.py": "def test_a(one): assert one == 1\n",
        "b/test_it.py": TEST,
    },
    "plugins": {"own.py": ONE, "conftest.py": "pytest_plugins = ['own']\n", "test_it.py": TEST},
}
NEEDED = "import pytest\nfrom solution import Cache\n@pytest.fixture\ndef cache(): return Cache()\n"
CACHED = "def test_it(cache): assert cache.get() == 1\n"
NEEDING: dict[str, dict[str, str]] = {
    "a conftest": {"conftest.py": NEEDED, "test_it.py": CACHED},
    "a conftest that calls it": {"conftest.py": NEEDED + "MADE = Cache()\n", "test_it.py": CACHED},
    "a conftest of a folder": {"a/b/conftest.py": NEEDED, "a/b/test_it.py": CACHED},
    "a plugin": {
        "own.py": NEEDED,
        "conftest.py": "pytest_plugins = ['own']\n",
        "test_it.py": CACHED,
    },
}
INVALID: dict[str, tuple[dict[str, str], str]] = {
    "a fixture that there is not": (
        {"test_it.py": "from solution import f\ndef test_it(nothing): assert f(1) == 2\n"},
        "fixture",
    ),
    "a conftest that does not work": (
        {"conftest.py": "import nothing_here\n", "test_it.py": TEST},
        "nothing_here",
    ),
    "tests of nothing": (
        {"test_it.py": "def test_it(): assert 1 + 1 == 2\n"},
        "never use the program",
    ),
}
SCRIPTS = {
    "run": "subprocess.run([sys.executable, 'solution.py', '1', '2'], capture_output=True).stdout == b'3\\n'",
    "run by a shell": "subprocess.getoutput(f'{sys.executable} solution.py 1 2') == '3'",
    "run as a module": "subprocess.check_output([sys.executable, '-m', 'solution', '1', '2']) == b'3\\n'",
    "run as a text": "subprocess.check_output([sys.executable, '-c', 'import solution; print(solution.add(1, 2))']) == b'3\\n'",
    "run from its file": "subprocess.check_output([sys.executable, solution.__file__, '1', '2']) == b'3\\n'",
    "looked for": "os.path.exists('solution.py')",
    "read": "'def add' in open('solution.py').read()",
    "run by runpy": "runpy.run_path('solution.py')['add'](1, 1) == 2",
    "run by runpy as a module": "runpy.run_module('solution')['add'](1, 1) == 2",
}
SCRIPT = """
import sys
def add(a, b): return a + b
if __name__ == "__main__": print(add(*map(int, sys.argv[1:])))
"""
CLASSES = "import unittest\nclass TestCases(unittest.TestCase):\n    def test_it(self): self.assertEqual(f(1), 2)\n"


def _found(program: str, files: dict[str, str]) -> dict[str, Any]:
    listed = [{"path": path, "content": content} for path, content in files.items()]
    request = {"files": listed, "solution_path": "solution.py", "runner": "pytest"}
    return judged(program, {"files": request})


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_layout_is_found_and_run(name: str) -> None:
    passed = _found(RIGHT, LAYOUTS[name])
    assert passed["passed"], passed
    failed = _found(WRONG, LAYOUTS[name])
    assert (failed["reason"], failed["invalid_tests"]) == ("wrong_answer", None)


@pytest.mark.parametrize("name", NEEDING)
def test_a_program_that_lacks_what_fixtures_need_is_at_fault(name: str) -> None:
    right = "class Cache:\n    def get(self): return 1\n"
    assert _found(right, NEEDING[name])["passed"]
    for wrong in ("x = 1\n", right.replace("1", "2"), "class Cache: __init__ = None\n"):
        failed = _found(wrong, NEEDING[name])
        assert (failed["passed"], failed["invalid_tests"]) == (False, None), failed


@pytest.mark.parametrize("name", INVALID)
def test_what_is_wrong_with_a_suite_is_its_own(name: str) -> None:
    files, why = INVALID[name]
    assert why in _found(RIGHT, files)["invalid_tests"]


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_program_as_a_file_is_not_served(name: str) -> None:
    tests = "import os, runpy, subprocess, sys\nimport solution\nfrom solution import add\n"
    tests += f"def test_it():\n    assert add(1, 2) == 3\n    assert {SCRIPTS[name]}\n"
    assert _found(SCRIPT, {"test_it.py": tests})["needs_shared"]


@pytest.mark.parametrize("fixture", ["", "tmp_path"])
def test_what_runners_ask_of_a_failure_is_not_what_tests_ask(fixture: str) -> None:
    files = {
        "helpers.py": "import traceback\ndef where(error): return traceback.extract_tb(error.__traceback__)\n",
        "test_it.py": f"import helpers, unittest\nfrom solution import add\ndef test_it({fixture}): assert add(1, 1) == 3\n"
        "class TestIt(unittest.TestCase):\n    def test_it(self): self.assertEqual(add(1, 1), 3)\n",
    }
    found = _found(SCRIPT, files)
    assert (found["passed"], found["needs_shared"], found["reason"]) == (
        False,
        False,
        "wrong_answer",
    )


def test_lines_beside_frames_are_not_looked_for() -> None:
    tests = "import inspect, solution\nNAMES = 'solution.py'\ndef back(): return inspect.stack()[1].lineno > 0\n"
    tests += "def test_it():\n    assert back() and solution.add(1, 2) == 3\n    assert solution.ask(back) is True\n"
    assert _found(SCRIPT + "def ask(f): return f()\n", {"test_it.py": tests})["passed"]


def test_a_file_that_only_has_the_name_of_the_program_is_no_matter() -> None:
    tests = "import os, sys\nfrom solution import add\ndef test_it():\n    sys.argv = ['solution.py', '1']\n"
    tests += "    assert add(1, 2) == 3 and not os.path.exists('other.py')\n"
    assert _found(SCRIPT, {"test_it.py": tests})["passed"]


@pytest.mark.parametrize("ends", ["", "if __name__ == '__main__': unittest.main()\n"])
def test_classes_that_nobody_runs_are_no_tests(ends: str) -> None:
    for program in (RIGHT, WRONG):
        found = judged(program, {"asserts": {"test_code": CLASSES + ends, "entry_point": ""}})
        assert "task.code.files" in found["invalid_tests"]


def test_classes_that_asserts_run_are_tests() -> None:
    run = "runs = unittest.defaultTestLoader.loadTestsFromTestCase(TestCases).run(unittest.TestResult())\n"
    asked = {
        "asserts": {"test_code": f"{CLASSES}{run}assert runs.wasSuccessful()", "entry_point": ""}
    }
    assert judged(RIGHT, asked)["passed"]
    assert judged(WRONG, asked)["reason"] == "wrong_answer"


def test_the_assertion_that_failed_is_named() -> None:
    tests = "def check(c):\n    assert c(2) == 4\n    assert c(1) == 2, 'first'\n"
    found = judged(WRONG, {"asserts": {"test_code": tests, "entry_point": "f"}})
    assert [(one["name"], one["expected"], one["actual"]) for one in found["failed"]] == [
        ("line 3", "2", "3")
    ]
