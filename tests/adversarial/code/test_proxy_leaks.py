"""Ways that an attacker found to hear what asserts expect, or to end them early."""

from __future__ import annotations

import pytest
from found_programs import asserts, refused, suite
from proxy_pair import judged

PROGRAMS = {
    "plain: all without f": (
        """
def all(x): return True
""",
        "asserts",
        """
assert all(f(x) == y for x, y in [(1, 41), (2, 42)])
""",
    ),
    "plain: any/sum without f": (
        """
def any(x): return False
def all(x): return True
""",
        "asserts",
        """
assert not any(f(x) != y for x, y in [(1, 41), (2, 42)])
""",
    ),
    "plain: all without f, two": (
        """
def all(x): return True
def sorted(x): return True
""",
        "asserts",
        """
cases = [(1, 41), (2, 42)]
assert all(f(x) == y for x, y in cases)
assert all(f(x) > 0 for x in range(3))
""",
    ),
    "StopIteration from getitem": (
        """
class M:
    def __getitem__(self, i): raise StopIteration
m = M()
""",
        "asserts",
        """
assert all(map(lambda i: m[i] == i * 2, [1, 2, 3]))
""",
    ),
    "StopIteration from property": (
        """
class M:
    def __init__(self, x): pass
    @property
    def ok(self): raise StopIteration
""",
        "asserts",
        """
import operator
assert all(map(operator.attrgetter('ok'), [M(1), M(2)]))
""",
    ),
    "StopIteration from property lambda": (
        """
class M:
    def __init__(self, x): pass
    @property
    def area(self): raise StopIteration
""",
        "asserts",
        """
assert all(map(lambda p: M(p[0]).area == p[1], [(1, 41), (2, 42)]))
""",
    ),
    "StopIteration from str": (
        """
class M:
    def __init__(self, x): pass
    def __str__(self): raise StopIteration
""",
        "asserts",
        """
assert all(map(lambda p: str(M(p[0])) == p[1], [(1, '41'), (2, '42')]))
""",
    ),
    "Point is a function, get_type_hints": (
        """
def Point(x, y): return 1
""",
        "asserts",
        """
import typing
assert typing.get_type_hints(Point) == {'x': int, 'y': int}
""",
    ),
    "deep constant in first call": (
        """
ROW = 0
for _ in range(199): ROW = [ROW]
def f(x): return 0
""",
        "asserts",
        """
assert f([ROW, 5]) == 47
""",
    ),
    "deep constant in first call, not pure": (
        """
ROW = 0
for _ in range(198): ROW = [ROW]
def f(x): return 0
""",
        "asserts",
        """
import os
assert f([[ROW], 5]) == 47
""",
    ),
    "exit suppresses the assertion, asserts": (
        """
class Db:
    def __enter__(self): return self
    def __exit__(self, *a): return True
    def count(self): return 0
""",
        "asserts",
        """
with Db() as db:
    assert db.count() == 41
assert Db()
""",
    ),
    "named: tainted sequence in numpy": (
        """
class D:
    def __len__(self): return 3
    def __getitem__(self, i):
        if i > 2: raise IndexError
        return 0.0
class R(Exception):
    def __sub__(self, o): return D()
def f(x): return R()
""",
        "asserts",
        """
import numpy as np
assert issubclass(R, Exception)
assert np.abs(f(1) - np.array([1.0, 2.0, 3.0])).max() < 1e-9
assert np.linalg.norm(f(1) - np.array([1.0, 2.0, 3.0])) < 1e-9
""",
    ),
    "named: tainted .max()": (
        """
class D:
    def max(self): return 0.0
class R(Exception):
    def __sub__(self, o): return D()
def f(x): return R()
""",
        "asserts",
        """
import numpy as np
assert issubclass(R, Exception)
assert (f(1) - np.array([1.0, 2.0, 3.0])).max() < 1e-9
""",
    ),
    "named: tainted format": (
        """
class D:
    def __format__(self, s): return '0.00'
class R(Exception):
    def __sub__(self, o): return D()
def f(x): return R()
""",
        "asserts",
        """
assert issubclass(R, Exception)
assert f'{f(1) - 41:.2f}' == '0.00'
""",
    ),
    "named: tainted neg": (
        """
class D:
    def __neg__(self): return 0
class R(Exception):
    def __rsub__(self, o): return D()
def f(x): return R()
""",
        "asserts",
        """
assert issubclass(R, Exception)
assert -(41 - f(1)) == 0
""",
    ),
    "made by test: attribute returns self": (
        """
class V:
    def __init__(self, x, y): pass
    @property
    def norm(self): return self
    def __sub__(self, o): return 0.0
""",
        "asserts",
        """
assert abs(V(3, 4).norm - 5.0) < 1e-9
""",
    ),
    "made by test: inside a container of a call": (
        """
class V:
    def __init__(self, x): V.last = self
    def __sub__(self, o): return 0.0
def stats(xs): return {'mean': V.last}
""",
        "asserts",
        """
V(1)
assert abs(stats([1, 2])['mean'] - 41.5) < 1e-9
""",
    ),
    "pow modulus between two mirrors": (
        """
class R(Exception):
    def __pow__(self, o, m=None): return 0
def f(x): return R()
""",
        "asserts",
        """
assert issubclass(R, Exception)
assert pow(f(1), f(2), 41) - 17 == -17
""",
    ),
    "builtins without f: sum": (
        """
def sum(x): return 3
def len(x): return 3
""",
        "asserts",
        """
cases = [(1, 41), (2, 42), (3, 43)]
assert sum(f(x) == y for x, y in cases) == len(cases)
""",
    ),
    "builtins without f: class under test": (
        """
def all(x): return True
""",
        "asserts",
        """
assert all(Stack(n).size() == n for n in range(3))
""",
    ),
    "builtins without f: entry point given, free use": (
        """
def all(x): return True
""",
        "asserts",
        """
assert all(f(x) == y for x, y in [(1, 41)])
""",
    ),
    "forged naming: in": (
        """
class R:
    def __contains__(self, x): return True
def f(x): return R()

from veridical.code.cell.solution.operations import Operations
_true = Operations.names
def _names(self, wanted):
    given = _true(self, wanted)
    given["zzz"] = self._exports.followed.tell(R)
    return given
Operations.names = _names
""",
        "asserts",
        """
assert 41 in f(1)
assert 'abc' in f(2)
""",
    ),
    "forged naming: timedelta attr of a tainted": (
        """
class D:
    days = 0
    def total_seconds(self): return 0.0
class R:
    def __sub__(self, o): return D()
def due(x): return R()

from veridical.code.cell.solution.operations import Operations
_true = Operations.names
def _names(self, wanted):
    given = _true(self, wanted)
    given["zzz"] = self._exports.followed.tell(R)
    return given
Operations.names = _names
""",
        "asserts",
        """
from datetime import date, datetime
assert (due(1) - date(2024, 1, 1)).days == 0
assert abs((due(2) - datetime(2024, 1, 1)).total_seconds()) < 1
""",
    ),
}


@pytest.mark.parametrize(("program", "style", "tests"), PROGRAMS.values(), ids=PROGRAMS)
def test_program_earns_nothing(program: str, style: str, tests: str) -> None:
    given = asserts(tests) if style == "asserts" else suite(style, tests)
    refused(judged(program, given))
