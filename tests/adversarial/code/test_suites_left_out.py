"""Tests that a program has left out by the hooks, rows, decorators and conditions of a suite; and what is left out whatever the program."""

from __future__ import annotations

from typing import Any

import pytest
from found_programs import refused
from proxy_pair import judged

RIGHT = """
FAST, LEVEL, SKIP, XF = True, 5, "", False
CASES = [(1, 2, "fast"), (2, 3, "quick")]
def f(x): return x + 1
def g(x): return x
def register(kind): return kind
def other(kind): return kind
"""
WRONG = """
FAST, LEVEL, SKIP, XF = False, 1, "not test_b", True
CASES = [(1, 2, "fast"), (2, 3, "slow")]
def f(x): return 2
def register(kind): return None
class Other:
    def test_b(self): pass
def other(kind): return Other
"""
TWO = """
import pytest
from solution import f
def test_a(): assert f(1) == 2
@pytest.mark.slow
def test_b(): assert f(2) == 3
"""
MARKER = "import pytest\ndef pytest_configure(config):\n    config.addinivalue_line('markers', 'slow: x')\n"
ROWS = """
import pytest, solution
from solution import f
@pytest.mark.parametrize('a, b', [one[:2] for one in solution.CASES], ids=[one[2] for one in solution.CASES])
def test_a(a, b): assert f(a) == b
"""
PLAIN = "import solution\nfrom solution import f, register\ndef test_a(): assert f(1) == 2\n"
UNITTEST = "import unittest, solution\nfrom solution import f, register\n"
BY_PYTEST: dict[str, dict[str, str]] = {
    "an expression of markers": {
        "conftest.py": f"{MARKER}    import solution\n"
        "    if not solution.FAST: config.option.markexpr = 'not slow'\n",
        "test_it.py": TWO,
    },
    "an expression of names": {
        "conftest.py": f"{MARKER}    import solution\n    config.option.keyword = solution.SKIP\n",
        "test_it.py": TWO,
    },
    "a plugin": {
        "conftest.py": "class Choose:\n    def pytest_collection_modifyitems(self, items):\n"
        "        import solution\n"
        "        if not solution.FAST: items[:] = [i for i in items if 'slow' not in i.keywords]\n"
        f"{MARKER}    config.pluginmanager.register(Choose())\n",
        "test_it.py": TWO,
    },
    "what a marker is given": {
        "conftest.py": f"{MARKER}def pytest_collection_modifyitems(items):\n    for one in items:\n"
        "        needs = one.get_closest_marker('slow')\n"
        "        if needs and needs.args[0] < 2: one.add_marker(pytest.mark.skip(reason='slow'))\n",
        "test_it.py": f"import solution\n{TWO.replace('slow', 'slow(solution.LEVEL)')}",
    },
    "what rows are called, and skipped": {
        "conftest.py": "import pytest\ndef pytest_collection_modifyitems(items):\n    for one in items:\n"
        "        if 'slow' in one.name: one.add_marker(pytest.mark.skip(reason='slow'))\n",
        "test_it.py": ROWS,
    },
    "what rows are called, and left out": {
        "conftest.py": "def pytest_collection_modifyitems(items):\n"
        "    items[:] = [one for one in items if 'slow' not in one.nodeid]\n",
        "test_it.py": ROWS,
    },
    "the module of an item": {
        "conftest.py": "import pytest\ndef pytest_collection_modifyitems(items):\n    for one in items:\n"
        "        module = one.getparent(pytest.Module)._obj\n"
        "        if one.name == 'test_b' and not module.FAST: one.add_marker(pytest.mark.skip)\n",
        "test_it.py": f"from solution import FAST\n{TWO.replace('@pytest.mark.slow', '')}",
    },
    "a function that is not called": {
        "conftest.py": "def pytest_pyfunc_call(pyfuncitem):\n    import solution\n"
        "    if pyfuncitem.name == 'test_b' and not solution.FAST: return True\n",
        "test_it.py": TWO.replace("@pytest.mark.slow", ""),
    },
    "a condition of a test": {
        "test_it.py": f"{PLAIN}if hasattr(solution, 'g'):\n    def test_g(): assert solution.g(1) == 1\n"
    },
    "an import that is tried": {
        "test_it.py": f"{PLAIN}try:\n    from solution import g\nexcept ImportError: pass\n"
        "else:\n    def test_g(): assert g(1) == 1\n"
    },
    "a decorator of a class": {
        "test_it.py": f"{PLAIN}@register\nclass TestB:\n    def test_b(self): assert f(2) == 3\n"
    },
    "a decorator that gives another class": {
        "test_it.py": f"from solution import other\n{PLAIN}@other\nclass TestB:\n"
        "    def test_b(self): assert f(2) == 3\n"
    },
    "a decorator far within": {
        "test_it.py": f"{PLAIN}class TestA:\n    class TestB:\n        @register\n"
        "        def test_b(self): assert f(2) == 3\n        def test_c(self): pass\n"
    },
    "a class of the same name": {
        "test_it.py": f"import pytest\n{PLAIN}class TestA:\n    @pytest.mark.xfail\n    def test_b(self): pass\n"
        "class TestA:\n    @pytest.mark.xfail(condition=f(2) != 3, reason='x')\n"
        "    def test_b(self): assert f(2) == 3\n"
    },
    "a method of the same name below": {
        "test_it.py": f"import pytest\n{PLAIN}class Base:\n    @pytest.mark.skip\n    def test_x(self): pass\n"
        "class TestA(Base):\n    def test_x(self):\n        if f(2) != 3: pytest.skip('x')\n"
    },
}
BY_UNITTEST: dict[str, str] = {
    "load_tests": f"""{UNITTEST}
class A(unittest.TestCase):
    def test_a(self): self.assertEqual(f(1), 2)
class B(unittest.TestCase):
    def test_b(self): self.assertEqual(f(2), 3)
def load_tests(loader, tests, pattern):
    suite = unittest.TestSuite()
    suite.addTests(loader.loadTestsFromTestCase(A))
    if solution.FAST: suite.addTests(loader.loadTestsFromTestCase(B))
    return suite
""",
    "a method of the same name": f"""{UNITTEST}
class A(unittest.TestCase):
    @unittest.skip("old")
    def test_b(self): pass
    def test_b(self):
        if f(2) != 3: self.skipTest("no")
    def test_y(self): self.assertEqual(f(1), 2)
""",
    "a class of the same name within": f"""{UNITTEST}
class Base:
    class A(unittest.TestCase):
        @unittest.expectedFailure
        def test_b(self): self.fail()
class A(unittest.TestCase):
    def test_b(self): self.assertEqual(f(2), 3)
    if solution.XF: test_b = unittest.expectedFailure(test_b)
    def test_y(self): self.assertEqual(f(1), 2)
""",
    "a decorator of the only class": f"""{UNITTEST}
@register
class A(unittest.TestCase):
    def test_b(self): self.assertEqual(f(2), 3)
""",
}
WHATEVER: dict[str, dict[str, str]] = {
    "what is inherited": {
        "base.py": "import pytest\nclass Base:\n    @pytest.mark.skip\n    def test_x(self): pass\n"
        "    @pytest.mark.xfail\n    def test_z(self): assert 0\n"
        "@pytest.mark.skip\nclass Gone:\n    def test_q(self): assert 0\n",
        "test_it.py": f"from base import Base, Gone\n{PLAIN}class TestA(Base):\n"
        "    def test_y(self): assert f(1) == 2\nclass TestG(Gone): pass\n",
    },
    "what stands far within": {
        "test_it.py": f"import pytest\n{PLAIN}class TestA:\n    class TestB:\n        @pytest.mark.skip\n"
        "        def test_x(self): assert 0\n        def test_y(self): assert f(1) == 2\n"
    },
    "versions": {
        "test_it.py": "import pytest, sys\nimport numpy as np\nfrom sys import version_info\n"
        "OLD = int(np.__version__.split('.')[0]) < 99\nWINDOWS = sys.platform.startswith('win')\n"
        f"needs_windows = pytest.mark.skipif(not WINDOWS, reason='no')\n{PLAIN}"
        "@pytest.mark.skipif(OLD, reason='no')\ndef test_n(): assert 0\n"
        "@pytest.mark.skipif(version_info >= (3,), reason='no')\ndef test_v(): assert 0\n"
        "@needs_windows\ndef test_w(): assert 0\n"
        "if sys.platform == 'win32':\n    def test_x(): assert 0\n"
    },
    "tests of either outcome": {
        "test_it.py": f"{PLAIN}if hasattr(solution, 'g'):\n    def test_g(): assert solution.g(1) == 1\n"
        "else:\n    def test_no(): assert not hasattr(solution, 'g')\n"
    },
    "hooks that call functions": {
        "conftest.py": "import asyncio, inspect\ndef pytest_pyfunc_call(pyfuncitem):\n"
        "    if inspect.iscoroutinefunction(pyfuncitem.obj):\n"
        "        asyncio.run(pyfuncitem.obj())\n        return True\n",
        "test_it.py": f"import functools, unittest\n{PLAIN}def around(test):\n    @functools.wraps(test)\n"
        "    def called(): return test()\n    return called\nasync def test_b(): assert f(1) == 2\n"
        "@around\ndef test_c(): assert f(2) == 3\n"
        "class TestD(unittest.TestCase):\n    def test_d(self): self.assertEqual(f(2), 3)\n",
    },
}


def _judged(program: str, files: dict[str, str], runner: str = "pytest") -> dict[str, Any]:
    told = [{"path": path, "content": content} for path, content in files.items()]
    request = {"files": told, "solution_path": "solution.py", "runner": runner}
    return judged(program, {"files": request})


@pytest.mark.parametrize("name", BY_PYTEST)
def test_a_program_leaves_nothing_out(name: str) -> None:
    refused(_judged(WRONG, BY_PYTEST[name]))
    told = _judged(RIGHT, BY_PYTEST[name])
    assert told["passed"], told


@pytest.mark.parametrize("name", BY_UNITTEST)
def test_a_program_leaves_no_test_case_out(name: str) -> None:
    refused(_judged(WRONG, {"test_it.py": BY_UNITTEST[name]}, "unittest"))
    told = _judged(RIGHT, {"test_it.py": BY_UNITTEST[name]}, "unittest")
    assert told["passed"], told


@pytest.mark.parametrize("name", WHATEVER)
def test_what_is_left_out_whatever_the_program_is_no_test(name: str) -> None:
    told = _judged(RIGHT, WHATEVER[name])
    assert told["passed"], told
