"""Constructs that a proxy easily gets wrong: each with a right program, and one that is wrong there."""

from __future__ import annotations

import pytest
from proxy_pair import judged

CASES = {
    "a global bound anew": (
        """
count = 0
def add():
    global count
    count += 1
""",
        """
count = 0
def add():
    count = 1
""",
        """
assert count == 0
add()
add()
assert count == 2
""",
    ),
    "a list of the tests' object": (
        """
def fill(o):
    o.items.append(1)
    o.items.append(o.size())
""",
        """
def fill(o):
    list(o.items).append(1)
""",
        """
class Own:
    def __init__(self): self.items = []
    def size(self): return len(self.items)
own = Own()
fill(own)
assert own.items == [1, 1]
""",
    ),
    "an array of the tests' object": (
        """
def fill(o):
    o.cells[0] = 5
""",
        """
def fill(o):
    o.cells.copy()[0] = 5
""",
        """
import numpy as np
class Own: cells = np.zeros(2)
own = Own()
fill(own)
assert own.cells[0] == 5
""",
    ),
    "members of the tests' own class": (
        """
def link(a, b):
    a.near.append(b)
    b.near.append(a)
""",
        """
def link(a, b):
    a.near.append(b)
""",
        """
class Node:
    def __init__(self): self.near = []
a, b = Node(), Node()
link(a, b)
assert a.near[0] is b and b.near == [a]
""",
    ),
    "an instance by protocol": (
        """
from typing import Protocol, runtime_checkable
@runtime_checkable
class Sized(Protocol):
    def size(self): ...
class A:
    def size(self): return 1
class B: pass
""",
        """
from typing import Protocol, runtime_checkable
@runtime_checkable
class Sized(Protocol):
    def size(self): ...
class A: pass
class B: pass
""",
        """
assert isinstance(A(), Sized)
assert not isinstance(B(), Sized)
assert not isinstance(3, Sized)
""",
    ),
    "a registered subclass": (
        """
from abc import ABC
class A(ABC): pass
@A.register
class B: pass
""",
        """
from abc import ABC
class A(ABC): pass
class B: pass
""",
        """
assert issubclass(B, A) and isinstance(B(), A)
assert not issubclass(int, A)
""",
    ),
    "what a class holds": (
        """
class A:
    x = 1
    @classmethod
    def make(cls): return cls()
""",
        """
class A:
    x = 1
    def make(cls): return cls()
""",
        """
assert vars(A)['x'] == 1 and 'make' in vars(A)
assert isinstance(A.__dict__['make'], classmethod)
""",
    ),
    "the bases of a class": (
        """
class A: pass
class B(A): pass
""",
        """
class A: pass
class B: pass
""",
        """
assert B.__mro__ == (B, A, object)
assert B.__bases__ == (A,)
assert A.__bases__ == (object,)
""",
    ),
    "a metaclass by name": (
        """
class Single(type):
    made = {}
    def __call__(cls):
        return cls.made.setdefault(cls, super().__call__())
class A(metaclass=Single): pass
""",
        """
class Single(type): pass
class A(metaclass=Single): pass
""",
        """
assert A() is A()
assert Single.__name__ == 'Single'
assert isinstance(A, Single) and not isinstance(A(), Single)
""",
    ),
    "a library's class that both import": (
        """
from statistics import NormalDist
def f(): return NormalDist(0, 1)
""",
        """
from statistics import NormalDist
def f(): return NormalDist(0, 2)
""",
        """
from statistics import NormalDist
assert f() == NormalDist(0, 1)
assert (f() + NormalDist(1, 1)).mean == 1
""",
    ),
    "a mapping that is no dict": (
        """
from collections import ChainMap, UserDict, UserList
class D(UserDict):
    def __missing__(self, key): return 0
def f(x): return ChainMap({"a": x}, {"b": 2})
def g(x): return UserList(x)
""",
        """
from collections import ChainMap, UserDict, UserList
class D(UserDict): pass
def f(x): return ChainMap({"a": x}, {"b": 3})
def g(x): return UserList(x)
""",
        """
d = D(a=1)
d["b"] = 2
assert d == {"a": 1, "b": 2} == d
assert d != {"a": 1}
d["b"] = 3
assert d == {"a": 1, "b": 3} and d["c"] == 0
assert f(1) == {"a": 1, "b": 2}
assert g([1]) == [1] and g([1]) != (1,)
""",
    ),
    "warnings": (
        """
import warnings
def f(): warnings.warn('old', DeprecationWarning)
""",
        """
def f(): pass
""",
        """
import warnings
with warnings.catch_warnings(record=True) as seen:
    warnings.simplefilter('always')
    f()
assert [one.category for one in seen] == [DeprecationWarning]
""",
    ),
    "a library's module below another": (
        """
import urllib.request
def f(url):
    with urllib.request.urlopen(url) as r: return r.read()
""",
        """
import urllib.request
def f(url): return b''
""",
        """
import sys
from unittest import mock
with mock.patch('urllib.request.urlopen') as opened:
    opened.return_value.__enter__.return_value.read.return_value = b'x'
    assert f('http://a') == b'x'
""",
    ),
}


def told(program: str, tests: str) -> str:
    asserts = {"test_code": tests, "entry_point": ""}
    return str(judged(program, {"asserts": asserts})["reason"])


@pytest.mark.parametrize(("right", "wrong", "tests"), CASES.values(), ids=CASES)
def test_the_right_program_passes_and_the_wrong_one_fails(
    right: str, wrong: str, tests: str
) -> None:
    assert told(right, tests) == "tests_passed"
    assert told(wrong, tests) in ("wrong_answer", "runtime_error")


def test_a_star_import_takes_a_metaclass_along() -> None:
    program = "class Meta(type): pass\nclass A(metaclass=Meta):\n    def one(self): return 1\n"
    content = "from solution import *\ndef test_a():\n    assert A().one() == 1\n"
    files = {
        "files": [{"path": "test_a.py", "content": content}],
        "solution_path": "solution.py",
        "runner": "pytest",
    }
    assert judged(program, {"files": files})["passed"]


def test_a_module_gives_those_below_it() -> None:
    program = "import urllib.request\ndef f(): return urllib.request.urlopen('http://a')\n"
    content = (
        "from unittest import mock, TestCase\nimport solution\nclass T(TestCase):\n"
        "    @mock.patch('solution.urllib.request.urlopen', return_value=5)\n"
        "    def test_a(self, _): self.assertEqual(solution.f(), 5)\n"
    )
    files = {
        "files": [{"path": "test_a.py", "content": content}],
        "solution_path": "solution.py",
        "runner": "unittest",
    }
    assert judged(program, {"files": files})["passed"]


def test_asserts_that_read_source_need_more() -> None:
    tests = "import inspect\nassert 'return' in inspect.getsource(f)\n"
    assert told("def f(): return 1\n", tests) == "tests_need_shared_interpreter"
