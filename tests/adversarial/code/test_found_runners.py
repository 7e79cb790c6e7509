"""Wrong programs that once passed for what the light runner, or the choice of files, made of their tests."""

from __future__ import annotations

import pytest
from proxy_pair import judged

ADD = "def add(a, b): return 3\n"
RIGHT_ADD = "def add(a, b): return a + b\n"
FIRST = "import pytest\nfrom solution import add\ndef test_first(): assert add(1, 2) == 3\n"

PROGRAMS: dict[str, tuple[str, dict[str, str]]] = {
    "a wide fixture with rows": (
        """
class Cache:
    def __init__(self, n): self.n = n; self.calls = 0
    def get(self): self.calls += 1; return self.n * self.calls
""",
        {
            "test_0.py": """
import pytest
from solution import Cache
@pytest.fixture(scope="module", params=[1, 2])
def cache(request): return Cache(request.param), request.param
def test_a(cache): assert cache[0].get() == cache[1]
def test_b(cache): assert cache[0].get() == cache[1]
"""
        },
    ),
    "a wide fixture of one with rows": (
        """
class Conn:
    def __init__(self, kind): self.kind = kind
    def ping(self): return "ok" if self.kind == "memory" else None
""",
        {
            "test_0.py": """
import pytest
from solution import Conn
@pytest.fixture(scope="module", params=["memory", "disk"])
def kind(request): return request.param
@pytest.fixture(scope="module")
def conn(kind): return Conn(kind)
def test_ping(conn): assert conn.ping() == "ok"
"""
        },
    ),
    "a fixture of the session": (
        """
class Cache:
    def __init__(self): self.calls = 0
    def get(self): self.calls += 1; return self.calls
""",
        {
            "conftest.py": """
import pytest
from solution import Cache
@pytest.fixture(scope="session")
def cache(): return Cache()
""",
            "test_a.py": "def test_a(cache): assert cache.get() == 1\n",
            "test_b.py": "def test_b(cache): assert cache.get() == 1\n",
        },
    ),
    "a fixture of a class for functions": (
        """
NAMES = set()
def create(n):
    if n in NAMES: raise ValueError(n)
    NAMES.add(n)
    return n
""",
        {
            "test_0.py": """
import pytest
from solution import create
@pytest.fixture(scope="class")
def item(): return create("a")
def test_a(item): assert item == "a"
def test_b(item): assert item == "a"
"""
        },
    ),
    "a fixture of a class that ends with it": (
        """
MODE = "lenient"
def set_mode(m):
    global MODE
    MODE = m
def parse(t): return int(t) if MODE == "strict" else 0
""",
        {
            "test_0.py": """
import pytest, solution
@pytest.fixture(scope="class")
def strict():
    solution.set_mode("strict")
    yield
    solution.set_mode("lenient")
class TestStrict:
    def test_a(self, strict): assert solution.parse("12") == 12
class TestLenient:
    def test_a(self): assert solution.parse("12") == 12
"""
        },
    ),
    "marks on rows of a fixture": (
        "def f(x): return x\n",
        {
            "test_0.py": """
import pytest
from solution import f
@pytest.fixture(params=[1, pytest.param(2, marks=pytest.mark.xfail(strict=True))])
def x(request): return request.param
def test_a(x): assert f(x)
"""
        },
    ),
    "conftest beside a case": (
        """
import os
def add(a, b): return a + b if "MODE" not in os.environ else 3
""",
        {
            "conftest.py": """
import pytest
@pytest.fixture(autouse=True)
def mode(monkeypatch): monkeypatch.setenv("MODE", "x")
""",
            "test_0.py": """
import unittest
from solution import add
class T(unittest.TestCase):
    def test_a(self): self.assertEqual(add(2, 2), 4)
""",
        },
    ),
    "a fixture by its own name beside a case": (
        """
LOG = []
def add(a, b):
    LOG.append(a)
    return a + b
""",
        {
            "test_0.py": """
import unittest
from pytest import fixture
import solution
@fixture(autouse=True)
def clean():
    yield
    assert solution.LOG == []
class T(unittest.TestCase):
    def test_a(self): self.assertEqual(solution.add(2, 2), 4)
"""
        },
    ),
    "a mark by its own name on a case": (
        RIGHT_ADD,
        {
            "test_0.py": """
import unittest
from pytest import mark
from solution import add
class T(unittest.TestCase):
    @mark.xfail(strict=True)
    def test_a(self): self.assertEqual(add(1, 2), 3)
    def test_b(self): self.assertEqual(add(1, 2), 3)
"""
        },
    ),
    "a case of another file": (
        """
LOG = []
def add(a, b):
    LOG.append(a)
    return a + b
""",
        {
            "helpers.py": "import unittest\nclass Base(unittest.TestCase): pass\n",
            "test_0.py": """
import pytest, solution
from helpers import Base
@pytest.fixture(autouse=True)
def clean():
    yield
    assert solution.LOG == []
class Sums(Base):
    def test_a(self): self.assertEqual(solution.add(2, 2), 4)
""",
        },
    ),
    "plugins of the suite": (
        """
MODE = "lenient"
def set_mode(m):
    global MODE
    MODE = m
def parse(t): return int(t) if MODE == "lenient" else 0
""",
        {
            "conftest.py": 'pytest_plugins = ["helpers"]\n',
            "helpers.py": """
import pytest, solution
@pytest.fixture(autouse=True)
def strict(): solution.set_mode("strict")
""",
            "test_0.py": 'from solution import parse\ndef test_a(): assert parse("12") == 12\n',
        },
    ),
    "a mark over a static method": (
        ADD,
        {
            "test_0.py": FIRST
            + """
class TestRows:
    @pytest.mark.parametrize("a,b,c", [(2, 3, 5)])
    @staticmethod
    def test_more(a, b, c): assert add(a, b) == c
"""
        },
    ),
    "heirs of what is named like a case": (
        ADD,
        {
            "test_0.py": FIRST
            + """
import abc
class BaseTestCase(abc.ABC):
    @abc.abstractmethod
    def rows(self): ...
    def test_rows(self):
        for a, b, c in self.rows(): assert add(a, b) == c
class TestSums(BaseTestCase):
    def rows(self): return [(2, 3, 5)]
"""
        },
    ),
    "a class that is called TestCase": (
        ADD,
        {
            "test_0.py": FIRST
            + """
class TestCase:
    def test_more(self): assert add(*self.row) == 5
    row = 1, 2
class TestSums(TestCase):
    row = 2, 3
"""
        },
    ),
    "tests by another name of an import": (
        ADD,
        {
            "cases.py": """
import functools
from solution import add
@functools.cache
def large(): assert add(2, 3) == 5
""",
            "test_0.py": FIRST + "from cases import large as test_large\n",
        },
    ),
    "the text of what was caught": (
        "def parse(t): raise ValueError()\n",
        {
            "test_0.py": """
import pytest
from solution import parse
def test_bad():
    with pytest.raises(ValueError) as caught: parse("x")
    assert "value" in str(caught)
"""
        },
    ),
    "a check of what was raised": (
        'def f(x): raise ValueError("x")\n',
        {
            "test_0.py": """
import pytest
from solution import f
def test_a():
    with pytest.raises(ValueError, check=lambda e: str(e) == "y"): f(1)
"""
        },
    ),
    "what nose ran before tests": (
        """
LOG = []
def reset(): LOG.clear()
def add(x):
    LOG.append(x)
    return list(LOG)
""",
        {
            "test_0.py": """
import solution
class TestA:
    def setup(self): solution.reset()
    def test_a(self): assert solution.add(1) == [1]
    def test_b(self): assert solution.add(1) == [1]
"""
        },
    ),
    "a fixture that is given by its name": (
        """
import warnings
def add(a, b):
    warnings.warn("old")
    return a + b
""",
        {
            "test_0.py": """
from solution import add
def test_a(*, recwarn):
    add(1, 2)
    assert not getattr(recwarn, "list", [])
"""
        },
    ),
    "near an empty array of another shape": (
        "import numpy as np\ndef f(): return np.zeros((0,))\n",
        {
            "test_0.py": """
import numpy as np, pytest
from solution import f
def test_a(): assert f() == pytest.approx(np.zeros((0, 3)))
"""
        },
    ),
    "files by a setting": (
        ADD,
        {
            "pytest.ini": "[pytest]\npython_files = test_*.py check_*.py\n",
            "test_0.py": FIRST,
            "check_b.py": "from solution import add\ndef test_more(): assert add(2, 3) == 5\n",
        },
    ),
    "examples by a setting": (
        ADD,
        {
            "pytest.ini": "[pytest]\naddopts = --doctest-modules\n",
            "test_0.py": FIRST,
            "helpers.py": "from solution import add\ndef f():\n    '''\n    >>> add(2, 3)\n    5\n    '''\n",
        },
    ),
    "examples in a text": (
        ADD,
        {"test_0.py": FIRST, "test_doc.txt": ">>> from solution import add\n>>> add(2, 3)\n5\n"},
    ),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_program_earns_nothing(name: str) -> None:
    program, files = PROGRAMS[name]
    result = _judged(program, files, "pytest")
    assert not result["passed"]
    assert result["invalid_tests"] is None


CASE = """
import unittest
from solution import add
class T(unittest.TestCase):
    def test_a(self): self.assertEqual(add({0}), {1})
"""


def test_every_file_that_unittest_finds_is_run() -> None:
    files = {"test_a.py": CASE.format("1, 2", 3), "testb.py": CASE.format("2, 3", 5)}
    assert not _judged(ADD, files, "unittest")["passed"]
    assert _judged(RIGHT_ADD, files, "unittest")["tests"] == 2


def _judged(program: str, files: dict[str, str], runner: str) -> dict[str, object]:
    listed = [{"path": path, "content": text} for path, text in files.items()]
    request = {"files": listed, "solution_path": "solution.py", "runner": runner}
    return judged(program, {"files": request})
