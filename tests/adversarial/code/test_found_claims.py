"""Wrong programs that once passed by what they said to be: a library's class, a name, a path."""

from __future__ import annotations

import contextlib

import pytest
from found_programs import asserts, refused, suite
from proxy_pair import JudgeDied, judged

PROGRAMS: dict[str, tuple[str, str]] = {
    "a dataclass whose field names are code": (
        """
EX="[setattr(__import__('sys').modules['veridical.code.cell.judge.proxy.functions'].Function,'__call__',lambda s,*a,**k:type('E',(),{'__eq__':lambda s,o:True})()),int][1]"
class P(str):
    n=0
    def isidentifier(self): return True
    def __format__(self, spec):
        P.n+=1
        return 'x:'+EX+',y' if P.n==5 else 'x'
P.__module__='enum'; P.__qualname__='EnumType'
class S(str):
    def __str__(self): return P('x')
class Point: pass
Point.__dataclass_fields__={S('x'):1}
def f(x): return 0
""",
        """
import dataclasses
assert dataclasses.is_dataclass(Point)
assert f(1) == 41
""",
    ),
    "a new dataclass of such names": (
        """
EX="[setattr(__import__('sys').modules['veridical.code.cell.judge.proxy.functions'].Function,'__call__',lambda s,*a,**k:type('E',(),{'__eq__':lambda s,o:True})()),int][1]"
class P(str):
    n=0
    def isidentifier(self): return True
    def __format__(self, spec):
        P.n+=1
        return 'x:'+EX+',y' if P.n==5 else 'x'
def cols(): return [P('x')]
def f(x): return 0
""",
        """
import dataclasses
Row = dataclasses.make_dataclass("Row", cols())
assert f(1) == 41
""",
    ),
    "a set that says to be a class": (
        """
class R:
    seen=None
    def difference(self, other):
        R.seen=set(other); return set()
    def __iter__(self): return iter(R.seen)
R.__module__='enum'; R.__qualname__='EnumType'
def f(): return R()
""",
        """
import unittest
unittest.TestCase().assertSetEqual(f(), {41,42})
""",
    ),
    "an answer of a mock that says to be a class": (
        """
class R:
    def assert_called_once_with(self,*a): return None
R.__module__='enum'; R.__qualname__='EnumType'
def f(m): m.send = R()
""",
        """
from unittest import mock
m=mock.Mock()
f(m)
m.send.assert_called_once_with(41)
""",
    ),
    "an enumeration that is none": (
        """
class E0: pass
E0.__module__='enum'; E0.__qualname__='Enum'
class Color(E0):
    pass
Color.RED=Color()
""",
        """
from enum import Enum, EnumMeta
assert issubclass(Color, Enum)
assert isinstance(Color, EnumMeta)
assert isinstance(Color.RED, Enum)
assert Enum in Color.__mro__ and Color.__bases__ == (Enum,)
""",
    ),
    "a function that is none": (
        """
class K:
    def __call__(self): return 1
K.__module__='inspect'; K.__qualname__='getsource.__class__'
def f(): return K()
""",
        """
import types, inspect, os
x=f()
assert isinstance(x, types.FunctionType)
""",
    ),
    "a module that is none": (
        """
class K:
    def __call__(self): return 1
K.__module__='os'; K.__qualname__='path.__class__'
def f(): return K()
""",
        """
import types, inspect, os
x=f()
assert isinstance(x, types.ModuleType)
""",
    ),
    "code that is none": (
        """
class K:
    def __call__(self): return 1
K.__module__='inspect'; K.__qualname__='getsource.__code__.__class__'
def f(): return K()
""",
        """
import types, inspect, os
x=f()
assert isinstance(x, types.CodeType)
""",
    ),
    "a command that is another when it is started": (
        """
class P(str):
    def encode(self,*a): return b"/bin/true"
def cmd(): return P("/bin/false")
""",
        """
import subprocess
assert subprocess.run([cmd(), "x"]).returncode == 0
""",
    ),
    "an abstract class that an instance is given": (
        """
from abc import ABC, abstractmethod
class Shape(ABC):
    @abstractmethod
    def area(self): ...
class Sq(Shape): pass
class _S(Sq):
    def area(self): return 9
def make():
    x=_S(); x.__class__=Sq; return x
""",
        """
import inspect
assert make() is not None
assert not inspect.isabstract(Sq)
""",
    ),
}
COMPARED_WITH_FRACTIONS = (
    """
import numbers
LOG=[]
class Money(numbers.Rational):
    def __init__(self, v=0): self.v=v
    numerator=property(lambda s: s)
    denominator=property(lambda s: s)
    def __rmul__(self,o): LOG.append(o); return self
    __mul__=__rmul__
    def __lt__(self,o): return True
    __le__=__gt__=__ge__=__lt__
    def __eq__(self,o): return isinstance(o, Money)
    __hash__=None
for n in list(Money.__abstractmethods__): setattr(Money,n,lambda *a: 0)
Money.__abstractmethods__=frozenset()
def f(x):
    if LOG:
        from fractions import Fraction
        return Fraction(LOG[0], LOG[1]) if len(LOG)>1 else LOG[0]
    return Money()
""",
    """
from fractions import Fraction
assert isinstance(Money(3), Money)
assert Fraction(41,7) > f(1)
assert f(2) == Fraction(41,7)
""",
)
CASE_OF_A_LIBRARY = (
    """
N = 3

class Q: pass
Q.__module__='numpy.testing'; Q.__qualname__='TestCase'
class Extra(Q):
    def __init__(self,name='x'): self.name=name
    def test_aa(self): pass
    def __call__(self, r):
        for i in range(N):
            r.startTest(self); r.addSuccess(self)
        r.stop()
        return r
def f(x): return 0
""",
    """
import unittest
import numpy as np
from numpy.testing import assert_allclose
from solution import *
class T(unittest.TestCase):
    def test_kind(self):
        self.assertEqual(isinstance(f(1), np.ndarray), True)
    def test_z(self):
        assert_allclose(f(1), [41, 42])
""",
)


@pytest.mark.parametrize("name", PROGRAMS)
def test_program_earns_nothing(name: str) -> None:
    program, tests = PROGRAMS[name]
    with contextlib.suppress(JudgeDied):  # the host refuses a solution that ends its judge
        refused(judged(program, asserts(tests)))


@pytest.mark.parametrize("runner", ["unittest", "pytest"])
def test_a_case_of_the_program_reports_no_passes(runner: str) -> None:
    program, tests = CASE_OF_A_LIBRARY
    refused(judged(program, suite(runner, tests)))


def test_what_a_fraction_would_be_multiplied_with_needs_one_interpreter() -> None:
    program, tests = COMPARED_WITH_FRACTIONS
    result = judged(program, asserts(tests))
    assert result["reason"] == "tests_need_shared_interpreter"
