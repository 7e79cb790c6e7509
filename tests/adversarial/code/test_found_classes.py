"""Wrong programs whose function is a class, and would have the rules of what tests build themselves."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from found_programs import asserts, refused, suite
from proxy_pair import JudgeDied, judged

PROGRAMS: dict[str, tuple[str, str, str, dict[str, str]]] = {
    "class f with eq": (
        """
class f:
    def __init__(self, *a): pass
    def __eq__(self, o): return True
    def __hash__(self): return 1
""",
        "asserts",
        """
assert f(3) == 41
""",
        {},
    ),
    "class f with eq, os": (
        """
class f:
    def __init__(self, *a): pass
    def __eq__(self, o): return True
    def __hash__(self): return 1
""",
        "asserts",
        """
import os
assert f(3) == 41
assert f(4) == 42
""",
        {},
    ),
    "class f with eq, ut": (
        """
class f:
    def __init__(self, *a): pass
    def __eq__(self, o): return True
    def __hash__(self): return 1
""",
        "unittest",
        """
import unittest, solution
class T(unittest.TestCase):
    def test_a(self):
        self.assertEqual(solution.f(3), 41)
""",
        {},
    ),
    "class f with eq, pytest": (
        """
class f:
    def __init__(self, *a): pass
    def __eq__(self, o): return True
    def __hash__(self): return 1
""",
        "pytest",
        """
import solution
def test_a():
    assert solution.f(3) == 41
""",
        {},
    ),
    "doubt: list": (
        """
class f:
    def __init__(self, *a): pass
    def __eq__(self, o): return True
    def __hash__(self): return 1
""",
        "asserts",
        """
import os
assert [f(3)] == [41]
""",
        {},
    ),
    "doubt: in": (
        """
class f:
    def __init__(self, *a): pass
    def __eq__(self, o): return True
    def __hash__(self): return 1
""",
        "asserts",
        """
assert f(3) in (41, 42)
""",
        {},
    ),
    "doubt: one right, one wrong": (
        """
class f(int):
    pass
class g:
    def __init__(s,*a): pass
    def __eq__(s,o): return True
""",
        "asserts",
        """
assert f(3) == 3
assert g(3) == 41
""",
        {},
    ),
    "doubt: assertNot": (
        """
class f:
    def __init__(self, *a): pass
    def __eq__(self, o): return True
    def __hash__(self): return 1
""",
        "asserts",
        """
assert not f(3) != 41
""",
        {},
    ),
    "doubt: method": (
        """
class Calc:
    class add:
        def __init__(s,*a): pass
        def __eq__(s,o): return True
""",
        "unittest",
        """
import unittest, solution
class T(unittest.TestCase):
    def test_a(self):
        c = solution.Calc()
        self.assertEqual(c.add(20, 21), 41)
    def test_b(self):
        self.assertEqual(solution.Calc().add(1, 2), 3)
""",
        {},
    ),
    "doubt: after a failing test": (
        """
def g(x): return 0
class f:
    def __init__(self, *a): pass
    def __eq__(self, o): return True
""",
        "unittest",
        """
import unittest, solution
class T(unittest.TestCase):
    def test_a(self):
        self.assertEqual(solution.f(3), 41)
    def test_b(self):
        self.assertEqual(solution.g(3), 41)
""",
        {},
    ),
    "doubt: class returning arg eq False": (
        """
class f:
    def __init__(s,*a): pass
    def __eq__(s,o): return False
""",
        "asserts",
        """
assert f(3) == 41
""",
        {},
    ),
    "doubt: dataclass f": (
        """
from dataclasses import dataclass
@dataclass
class f:
    x: int
""",
        "asserts",
        """
assert f(3) == 41
assert f(4) == 42
""",
        {},
    ),
    "doubt: list/dict expected": (
        """
class f:
    def __init__(s,*a): pass
    def __eq__(s,o): return True
""",
        "asserts",
        """
assert f([1,2]) == [1, 2, 3]
assert f([]) == []
""",
        {},
    ),
    "class f: abs(f - 41)": (
        """
class f:
    def __init__(s,*a): pass
    def __sub__(s,o): return 0.0
    __rsub__=__mod__=__xor__=__truediv__=__sub__
    def __abs__(s): return 0.0
""",
        "asserts",
        """
assert abs(f(3) - 41) < 1e-6
assert abs(f(4) - 42) < 1e-6
""",
        {},
    ),
    "class f: abs(f - 41), os": (
        """
class f:
    def __init__(s,*a): pass
    def __sub__(s,o): return 0.0
    __rsub__=__mod__=__xor__=__truediv__=__sub__
    def __abs__(s): return 0.0
""",
        "asserts",
        """
import os
assert abs(f(3) - 41) < 1e-6
""",
        {},
    ),
    "class f: assertAlmostEqual": (
        """
class f:
    def __init__(s,*a): pass
    def __sub__(s,o): return 0.0
    __rsub__=__mod__=__xor__=__truediv__=__sub__
    def __abs__(s): return 0.0
""",
        "unittest",
        """
import unittest, solution
class T(unittest.TestCase):
    def test_a(self):
        self.assertAlmostEqual(solution.f(3), 41.5)
""",
        {},
    ),
    "class f: pytest abs": (
        """
class f:
    def __init__(s,*a): pass
    def __sub__(s,o): return 0.0
    __rsub__=__mod__=__xor__=__truediv__=__sub__
    def __abs__(s): return 0.0
""",
        "pytest",
        """
import solution
def test_a():
    assert abs(41.5 - solution.f(3)) < 1e-6
""",
        {},
    ),
    "class f: hears 41": (
        """
import re
V=[]
class f:
    def __init__(s,*a): pass
    def __sub__(s,o):
        V.append(o); return 0.0
def g(): return V[-1]
""",
        "asserts",
        """
WANT = 41
assert abs(f(3) - WANT) < 1e-6
assert g() == WANT
""",
        {},
    ),
    "class f: in": (
        """
class f:
    def __init__(s,*a): pass
    def __contains__(s,o): return True
    def __len__(s): return 2
""",
        "asserts",
        """
assert 41 in f(3)
""",
        {},
    ),
    "class f: assertIn": (
        """
class f:
    def __init__(s,*a): pass
    def __contains__(s,o): return True
    def __len__(s): return 2
""",
        "unittest",
        """
import unittest, solution
class T(unittest.TestCase):
    def test_a(self):
        self.assertIn(41, solution.f(3))
""",
        {},
    ),
    "class f: approx": (
        """
class f:
    def __init__(s,*a): pass
    def __eq__(s,o): return True
""",
        "pytest",
        """
import solution, pytest
def test_a():
    assert solution.f(3) == pytest.approx(41.5)
""",
        {},
    ),
    "class f: iadd acc": (
        """
class f:
    def __init__(s,*a): pass
    def __sub__(s,o): return True
""",
        "asserts",
        """
assert not sum(abs(f(i) - w) for i, w in [(1, 41), (2, 42)])
""",
        {},
    ),
    "class f: numpy diff": (
        """
class f:
    def __init__(s,*a): pass
    def __sub__(s,o): return 0.0
    __rsub__=__mod__=__xor__=__truediv__=__sub__
    def __abs__(s): return 0.0
""",
        "asserts",
        """
import numpy as np
assert np.abs(f(3) - np.array([41., 42.])).max() < 1e-9
""",
        {},
    ),
    "class f: np.testing.assert_almost_equal": (
        """
class f:
    def __init__(s,*a): pass
    def __sub__(s,o): return 0.0
    __rsub__=__mod__=__xor__=__truediv__=__sub__
    def __abs__(s): return 0.0
""",
        "unittest",
        """
import unittest, solution, numpy as np
class T(unittest.TestCase):
    def test_a(self):
        np.testing.assert_almost_equal(solution.f(3), 41.5)
""",
        {},
    ),
    "class as method: AlmostEqual": (
        """
class Calc:
    class mean:
        def __init__(s,*a): pass
        def __sub__(s,o): return 0.0
        __rsub__=__mod__=__xor__=__truediv__=__sub__
        def __abs__(s): return 0.0
""",
        "unittest",
        """
import unittest, solution
class T(unittest.TestCase):
    def test_a(self):
        c = solution.Calc()
        self.assertAlmostEqual(c.mean([1, 2]), 1.5)
""",
        {},
    ),
    "class f: mod": (
        """
class f:
    def __init__(s,*a): pass
    def __sub__(s,o): return 1
    __rsub__=__mod__=__xor__=__truediv__=__sub__
    def __abs__(s): return 1
""",
        "asserts",
        """
assert f(3) % 2 == 1
""",
        {},
    ),
    "class f: xor": (
        """
class f:
    def __init__(s,*a): pass
    def __sub__(s,o): return 0.0
    __rsub__=__mod__=__xor__=__truediv__=__sub__
    def __abs__(s): return 0.0
""",
        "asserts",
        """
import os
assert not f(3) ^ 41
""",
        {},
    ),
    "class f: sub both, set": (
        """
class f:
    def __init__(s,*a): pass
    def __sub__(s,o): return set()
    __rsub__=__sub__
""",
        "asserts",
        """
assert not {1, 2, 3} - f(3)
assert not f(3) - {1, 2}
""",
        {},
    ),
    "class f: np.allclose": (
        """
class f:
    def __init__(s,*a): pass
    def __sub__(s,o): return 0.0
    __rsub__=__mod__=__xor__=__truediv__=__sub__
    def __abs__(s): return 0.0
    def __array__(s,*a): return __import__('numpy').zeros(0)
""",
        "asserts",
        """
import numpy as np
assert np.allclose(f(3), np.array([41., 42.]))
""",
        {},
    ),
    "class f(float)": (
        """
class f(float):
    def __new__(c,*a): return float.__new__(c, 0)
    def __sub__(s,o): return 0.0
""",
        "asserts",
        """
assert abs(f(3) - 41) < 1e-6
""",
        {},
    ),
    "class f(int): eq": (
        """
class f(int):
    def __new__(c,*a): return int.__new__(c, 0)
    def __eq__(s,o): return True
""",
        "asserts",
        """
assert f(3) == 41
""",
        {},
    ),
    "class f(list): contains": (
        """
class f(list):
    def __init__(s,*a): pass
    def __contains__(s,o): return True
""",
        "asserts",
        """
assert 41 in f(3)
assert all(x in f(3) for x in (1, 2))
""",
        {},
    ),
    "class f: getitem/setitem told expected": (
        """
class f:
    def __init__(s,*a): pass
    def __getitem__(s,k): return 41
""",
        "asserts",
        """
assert f(3)[0] == 41 and f(3)[1] == 42
""",
        {},
    ),
    "class f: delta": (
        """
class f:
    def __init__(s,*a): pass
    def __sub__(s,o): return 0
    __rsub__=__sub__
""",
        "unittest",
        """
import unittest, solution
class T(unittest.TestCase):
    def test_a(self):
        self.assertAlmostEqual(41.5, solution.f(3), delta=0.01)
""",
        {},
    ),
    "pure class f calls": (
        """
class f:
    def __init__(s,*a): pass
    def __sub__(s,o): return 0
""",
        "asserts",
        """
tests = [((1,), 41.5), ((2,), 42.5)]
for a, w in tests:
    assert abs(f(*a) - w) <= 1e-9 * max(1, abs(w))
""",
        {},
    ),
    "doubt: class attr after plain fail": (
        """
class f:
    def __init__(s,*a): pass
    def __eq__(s,o): return True
""",
        "unittest",
        """
import unittest, solution
class T(unittest.TestCase):
    def test_a(self):
        for i, w in [(3, 41), (4, 42)]:
            with self.subTest(i=i):
                self.assertEqual(solution.f(i), w)
""",
        {},
    ),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_program_earns_nothing(name: str) -> None:
    program, style, tests, files = PROGRAMS[name]
    given: dict[str, Any] = asserts(tests) if style == "asserts" else suite(style, tests)
    for path, content in files.items():
        given["files"]["files"].append({"path": path, "content": content})
    with contextlib.suppress(JudgeDied):  # the host refuses a solution that ends its judge
        refused(judged(program, given))
