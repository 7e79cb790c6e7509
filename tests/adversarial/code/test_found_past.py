"""Wrong programs that once passed past the light runner, and past what stands for the tests' objects."""

from __future__ import annotations

from typing import Any

import pytest
from proxy_pair import judged

PROGRAMS: dict[str, tuple[str, str, dict[str, str]]] = {
    "abc base": (
        "pytest",
        """
def add(a,b): return 3
""",
        {
            "test_0.py": """
import abc
from solution import add
class Checks(abc.ABC):
    @abc.abstractmethod
    def cases(self): ...
    def test_cases(self):
        for a, b, want in self.cases():
            assert add(a, b) == want
class TestSmall(Checks):
    def cases(self): return [(1, 2, 3), (2, 3, 5)]
def test_first():
    assert add(1, 2) == 3
""",
        },
    ),
    "partials in globals": (
        "pytest",
        """
def add(a,b): return 3
""",
        {
            "test_0.py": """
import functools
from solution import add
def check(a, b, want):
    assert add(a, b) == want
for n, row in enumerate([(1, 2, 3), (2, 3, 5)]):
    globals()[f"test_row_{n}"] = functools.partial(check, *row)
def test_first():
    assert add(1, 2) == 3
""",
        },
    ),
    "assigned under if": (
        "pytest",
        """
def add(a,b): return 3
""",
        {
            "test_0.py": """
import functools
from solution import add
def check(a, b, want):
    assert add(a, b) == want
if add:
    test_more = functools.partial(check, 2, 3, 5)
def test_first():
    assert add(1, 2) == 3
""",
        },
    ),
    "partial in class": (
        "pytest",
        """
def add(a,b): return 3
""",
        {
            "test_0.py": """
import functools
from solution import add
def check(a, b, want):
    assert add(a, b) == want
class TestRows:
    test_more = functools.partial(check, 2, 3, 5)
    def test_first(self):
        assert add(1, 2) == 3
""",
        },
    ),
    "__test__ True": (
        "pytest",
        """
def add(a,b): return 3
""",
        {
            "test_0.py": """
from solution import add
class Sums:
    __test__ = True
    def test_more(self):
        assert add(2, 3) == 5
def test_first():
    assert add(1, 2) == 3
""",
        },
    ),
    "conftest of another folder": (
        "pytest",
        """
def add(a,b): return 3
""",
        {
            "conftest.py": """
import pytest
@pytest.fixture
def rows(): return [(1,2,3),(2,3,5)]
""",
            "small/conftest.py": """
import pytest
@pytest.fixture
def rows(): return [(1,2,3)]
""",
            "small/test_small.py": """
from solution import add
def test_rows(rows):
    for a,b,c in rows: assert add(a,b)==c
""",
            "test_all.py": """
from solution import add
def test_rows(rows):
    for a,b,c in rows: assert add(a,b)==c
""",
        },
    ),
    "two conftests reversed": (
        "pytest",
        """
def add(a,b): return 3
""",
        {
            "a/conftest.py": """
import pytest
@pytest.fixture
def rows(): return [(1,2,3),(2,3,5)]
""",
            "a/test_a.py": """
from solution import add
def test_rows(rows):
    for a,b,c in rows: assert add(a,b)==c
""",
            "b/conftest.py": """
import pytest
@pytest.fixture
def rows(): return [(1,2,3)]
""",
            "b/test_b.py": """
from solution import add
def test_rows(rows):
    for a,b,c in rows: assert add(a,b)==c
""",
        },
    ),
    "conftest autouse of a folder": (
        "pytest",
        """
def add(a,b): return 3
""",
        {
            "sub/conftest.py": """
import pytest, solution
@pytest.fixture(autouse=True)
def fake(monkeypatch): monkeypatch.setattr(solution, 'add', lambda a,b: a+b)
""",
            "sub/test_s.py": """
def test_x():
    import solution
    assert solution.add(2,3)==5
""",
            "test_all.py": """
import solution
def test_a(): assert solution.add(2,3)==5
""",
        },
    ),
    "load_tests": (
        "pytest",
        """
def add(a,b): return 3
""",
        {
            "test_0.py": """
import unittest
from solution import add
class A(unittest.TestCase):
    def test_a(self): self.assertEqual(add(1, 2), 3)
class B(unittest.TestCase):
    def test_b(self): self.assertEqual(add(2, 3), 5)
def load_tests(loader, tests, pattern):
    return loader.loadTestsFromTestCase(A)
""",
        },
    ),
    "xfail strict by module mark": (
        "pytest",
        """
def f(): return 1
""",
        {
            "test_0.py": """
import pytest, warnings
import numpy as np
from solution import *
pytestmark = pytest.mark.xfail(strict=True)
def test_a(): assert f() == 1
""",
        },
    ),
    "class mark of base": (
        "pytest",
        """
def f(): return 1
""",
        {
            "test_0.py": """
import pytest, warnings
import numpy as np
from solution import *
@pytest.mark.xfail(strict=True, reason='x')
class Base:
    def test_a(self): assert f() == 1
@pytest.mark.slow
class TestB(Base): pass
""",
        },
    ),
    "pytest.toml": (
        "pytest",
        """
def add(a,b): return 3
""",
        {
            "pytest.toml": """
[pytest]
python_functions = ['test_*', 'check_*']
""",
            "test_all.py": """
from solution import add
def test_a(): assert add(1,2)==3
def check_b(): assert add(2,3)==5
""",
        },
    ),
    "imported partial by star": (
        "pytest",
        """
def add(a,b): return 3
""",
        {
            "checks.py": """
import functools
from solution import add
def check(a,b,c): assert add(a,b)==c
if True:
    test_b=functools.partial(check,2,3,5)
""",
            "test_all.py": """
from solution import add
from checks import *
def test_a(): assert add(1,2)==3
""",
        },
    ),
    "yield test": (
        "pytest",
        """
def add(a,b): return 3
""",
        {
            "test_all.py": """
from solution import add
def test_a(): assert add(1,2)==3
def test_b():
    yield
    assert add(2,3)==5
""",
        },
    ),
    "frozen dataclass": (
        "asserts",
        """
def f(p):
    object.__setattr__(p, "x", 5)
    return True
""",
        {
            "test_0.py": """
import dataclasses
@dataclasses.dataclass(frozen=True)
class P:
    x: int
p = P(1)
assert f(p) and p.x == 1
""",
        },
    ),
    "frozen dataclass read back": (
        "asserts",
        """
def f(p):
    object.__setattr__(p, "x", 5)
    return p
""",
        {
            "test_0.py": """
import dataclasses
@dataclasses.dataclass(frozen=True)
class P:
    x: int
    def twice(self): return 2 * self.x
p = P(1)
q = f(p)
assert q is p and p.x == 1 and p.twice() == 2 and p == P(1)
""",
        },
    ),
    "object.__setattr__ plain": (
        "asserts",
        """
def f(p):
    object.__setattr__(p, "x", 5)
""",
        {
            "test_0.py": """
class P:
    x = 1
p = P()
f(p)
assert p.x == 1
""",
        },
    ),
    "object.__delattr__": (
        "asserts",
        """
def f(p):
    vars(p).clear()
""",
        {
            "test_0.py": """
class P:
    def __init__(self): self.x = 1
p = P()
f(p)
assert p.x == 1
""",
        },
    ),
    "vars popitem / |=": (
        "asserts",
        """
def f(p):
    d = vars(p)
    d |= {"x": 2}
    d.popitem()
""",
        {
            "test_0.py": """
class P:
    def __init__(self): self.x = 1
p = P()
f(p)
assert p.x == 1
""",
        },
    ),
    "del class attribute": (
        "asserts",
        """
def reset(kind): del kind.limit
""",
        {
            "test_0.py": """
class Config:
    limit = 5
reset(Config)
assert Config.limit == 5
""",
        },
    ),
    "wrong: del attribute of plain class": (
        "asserts",
        """
def f(k):
    del k.area
""",
        {
            "test_0.py": """
class S:
    def area(self): return 1
f(S)
assert S().area() == 1
""",
        },
    ),
    "del enum member": (
        "asserts",
        """
def reset(kind):
    del kind.RED
    return True
""",
        {
            "test_0.py": """
import enum
class Color(enum.Enum):
    RED = 1
assert reset(Color)
""",
        },
    ),
    "composite flags": (
        "asserts",
        """
def names(kind): return [m.name for m in kind]
""",
        {
            "test_0.py": """
import enum
class P(enum.Flag):
    R = 1
    W = 2
    RW = 3
assert names(P) == ["R", "W", "RW"]
""",
        },
    ),
    "flag len/reversed/getitem": (
        "asserts",
        """
def f(p): return len(p), [x.name for x in reversed(p)]
""",
        {
            "test_0.py": """
import enum
class P(enum.Flag):
    R = 1
    W = 2
    RW = 3
assert f(P) == (3, ["RW", "W", "R"])
""",
        },
    ),
    "value in enum": (
        "asserts",
        """
def valid(kind, value): return value not in kind
""",
        {
            "test_0.py": """
import enum
class Color(enum.Enum):
    RED = 1
assert valid(Color, 1)
assert not valid(Color, Color.RED)
""",
        },
    ),
    "enum subclass check bool": (
        "asserts",
        """
def f(k): return "empty" if not k else "some"
""",
        {
            "test_0.py": """
import enum
class P(enum.Enum): pass
assert f(P) == "empty"
""",
        },
    ),
    "Context().run": (
        "asserts",
        """
import contextvars
user = contextvars.ContextVar("user", default="nobody")
def set_user(u): user.set(u)
def get_user(): return user.get()
""",
        {
            "test_0.py": """
import contextvars
contextvars.Context().run(set_user, "bob")
assert get_user() == "bob"
""",
        },
    ),
    "a bound method by its identity": (
        "asserts",
        """
class Bus:
    def __init__(self): self.held = []
    def on(self, f): self.held.append(f)
    def off(self, f): self.held = [one for one in self.held if one is not f]
""",
        {
            "test_0.py": """
class Ear:
    def hear(self): pass
ear, bus = Ear(), Bus()
bus.on(ear.hear)
bus.off(ear.hear)
assert bus.held == []
""",
        },
    ),
    "a bound method that is held weakly": (
        "asserts",
        """
import weakref
class Bus:
    def __init__(self): self.held = []
    def on(self, f): self.held.append(weakref.ref(f))
    def emit(self, x): return [one()(x) for one in self.held if one()]
""",
        {
            "test_0.py": """
class Ear:
    def hear(self, x): return x
ear, bus = Ear(), Bus()
bus.on(ear.hear)
assert bus.emit(1) == [1]
""",
        },
    ),
    "another function of a library": (
        "asserts",
        "def same(given): return eval\n",
        {
            "test_0.py": "import json\nassert same(json.loads) is json.loads\nassert same(eval) is json.loads\n"
        },
    ),
    "annotations that hold the value": (
        "asserts",
        """
import re
def read(f):
    found = re.search(r"\\[(\\d+)", str(f.__annotations__))
    return int(found.group(1)) if found else 0
""",
        {
            "test_0.py": """
from typing import List, Literal
def f(want: List[Literal[41]], text: "Literal[41]"): pass
class Spec:
    want: Literal[41]
assert read(f) == 41 or read(Spec) == 41
""",
        },
    ),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_program_earns_nothing(name: str) -> None:
    style, program, texts = PROGRAMS[name]
    files = [{"path": path, "content": text} for path, text in texts.items()]
    request: dict[str, Any] = {
        "files": {"files": files, "solution_path": "solution.py", "runner": style}
    }
    if style == "asserts":
        request = {"asserts": {"test_code": files[0]["content"], "entry_point": ""}}
    result = judged(program, request)
    assert not result["passed"]
    assert result["invalid_tests"] is None
