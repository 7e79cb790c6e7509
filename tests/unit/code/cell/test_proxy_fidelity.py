"""Constructs that a proxy easily gets wrong: each with a right program, and one that is wrong there."""

from __future__ import annotations

import pytest
from proxy_pair import judged, tell_apart, told

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
    "values of the tests' own classes": (
        """
def f(xs): return sorted(xs), max(xs), {*xs, *xs}, xs[0] + xs[1]
""",
        """
def f(xs): return sorted(xs)[::-1], max(xs), {*xs}, xs[0] + xs[1]
""",
        """
from dataclasses import dataclass
@dataclass(order=True, frozen=True)
class Own:
    n: int
    def __add__(self, other): return Own(self.n + other.n)
given = [Own(2), Own(1)]
ordered, largest, kept, total = f(given)
assert ordered == [Own(1), Own(2)] and largest is given[0]
assert len(kept) == 2 and total == Own(3)
""",
    ),
    "classes of the tests": (
        """
def f(x, kinds): return kinds[type(x)], isinstance(x, list(kinds)[0]), type(x)(9), vars(x)
""",
        """
def f(x, kinds): return kinds[type(x)], isinstance(x, list(kinds)[1]), type(x)(9), vars(x)
""",
        """
class A:
    def __init__(self, n): self.n = n
class B(A): pass
own = B(1)
name, is_a, made, held = f(own, {A: "a", B: "b"})
assert name == "b" and is_a and made.n == 9 and held == {"n": 1}
assert type(made) is B and own.n == 1
name, is_a, made, held = f(A(2), {A: "a", B: "b"})
assert name == "a" and is_a
""",
    ),
    "arguments that callbacks change": (
        """
def f(steps):
    state = {"n": 0}
    for step in steps: step(state)
    return state
""",
        """
def f(steps):
    for step in steps: step({"n": 0})
    return {"n": 0}
""",
        """
def inc(state): state["n"] += 1
assert f([inc, inc]) == {"n": 2}
""",
    ),
    "awaitables of the tests": (
        """
import asyncio
async def f(client): return [await client.get(1), *await asyncio.gather(client.get(2), client.get(3))]
""",
        """
async def f(client): return [await client.get(1)] * 3
""",
        """
import asyncio
from unittest.mock import AsyncMock
class Client:
    async def get(self, n): return n * 2
assert asyncio.run(f(Client())) == [2, 4, 6]
assert asyncio.run(f(AsyncMock(get=AsyncMock(side_effect=[1, 2, 3])))) == [1, 2, 3]
""",
    ),
    "errors of the tests": (
        """
def f(run):
    try: run()
    except OSError as error: return error.filename, error.errno
    except LookupError as error: return error.code
""",
        """
def f(run):
    try: run()
    except OSError as error: return None, error.errno
    except LookupError as error: return 0
""",
        """
from unittest.mock import Mock
class Base(LookupError):
    def __init__(self, code): super().__init__("lost"); self.code = code
class Own(Base): pass
assert f(Mock(side_effect=FileNotFoundError(2, "none", "a.txt"))) == ("a.txt", 2)
assert f(Mock(side_effect=Own(7))) == 7
""",
    ),
    "mocks made from the program": (
        """
class A:
    def go(self, n): return n
def f(a): return a.go(1) + 1
""",
        """
class A:
    def go(self, n): return n
def f(a): return a.go(2)
""",
        """
from unittest.mock import create_autospec
a = create_autospec(A, instance=True)
a.go.return_value = 4
assert f(a) == 5
a.go.assert_called_once_with(1)
""",
    ),
    "decorators on what the tests define": (
        """
import functools
def twice(function):
    @functools.wraps(function)
    def run(*args): return function(*args) * 2
    return run
""",
        """
def twice(function):
    def run(*args): return function(*args) * 2
    return run
""",
        """
class Own:
    @twice
    def go(self, n):
        '''Goes.'''
        return n + 1
assert Own().go(2) == 6
assert Own.go.__doc__ == "Goes." and Own.go.__name__ == "go"
""",
    ),
    "named tuples of the tests": (
        """
def f(xs):
    xs.sort()
    return xs[0], xs[0]._replace(y=9)
""",
        """
def f(xs): return sorted(xs)[1], xs[0]._replace(y=9)
""",
        """
from collections import namedtuple
P = namedtuple("P", "x y")
given = [P(2, 1), P(1, 2)]
least, other = f(given)
assert least == P(1, 2) and type(least) is P and other.y == 9
assert given == [P(1, 2), P(2, 1)] and type(given[0]) is P
""",
    ),
    "methods of the tests' objects": (
        """
class Bus:
    def __init__(self): self.on_ = []
    def on(self, f): self.on_.append(f)
    def off(self, f): self.on_.remove(f)
    def fire(self, x): [f(x) for f in self.on_]
""",
        """
class Bus:
    def __init__(self): self.on_ = []
    def on(self, f): self.on_.append(f)
    def off(self, f): pass
    def fire(self, x): [f(x) for f in self.on_]
""",
        """
class Own:
    def __init__(self): self.seen = []
    def see(self, x): self.seen.append(x)
bus, own = Bus(), Own()
bus.on(own.see)
bus.fire(1)
bus.off(own.see)
bus.fire(2)
assert own.seen == [1]
""",
    ),
    "text of the program that makes a value": (
        """
class Point:
    def __init__(self, x, y): self.x, self.y = x, y
    def __repr__(self): return f"Point({self.x}, {self.y})"
    def __eq__(self, other): return isinstance(other, Point) and (self.x, self.y) == (other.x, other.y)
import pickle
def dump(x): return pickle.dumps(x)
""",
        """
class Point:
    def __init__(self, x, y): self.x, self.y = x, y
    def __repr__(self): return f"Point({self.x}, 0)"
    def __eq__(self, other): return isinstance(other, Point) and (self.x, self.y) == (other.x, other.y)
import pickle
def dump(x): return pickle.dumps([x])
""",
        """
import pickle
assert eval(repr(Point(10, 20))) == Point(10, 20)
assert pickle.loads(dump({1: [2.5, "a"]})) == {1: [2.5, "a"]}
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


@pytest.mark.parametrize(("right", "wrong", "tests"), CASES.values(), ids=CASES)
def test_the_right_program_passes_and_the_wrong_one_fails(
    right: str, wrong: str, tests: str
) -> None:
    tell_apart(right, wrong, tests)


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
