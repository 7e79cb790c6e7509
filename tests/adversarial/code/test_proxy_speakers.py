"""Programs that speak the protocol themselves, from inside a running program."""

from __future__ import annotations

import contextlib

import pytest
from found_programs import SPEAKING, asserts, refused, suite
from proxy_pair import JudgeDied, judged

PROGRAMS = {
    "builtins by unasked names": (
        """
speak(lambda w: {"f": F, "abs": F, "all": F, "len": F}, lambda n,r: ok(0))
""",
        "asserts",
        """
assert abs(f(1) - 41) < 1
assert abs(f(2) - 42) < 1
""",
    ),
    "builtins unasked, not pure": (
        """
speak(lambda w: {"f": F, "abs": F}, lambda n,r: ok(0))
""",
        "asserts",
        """
import os
assert abs(f(1) - 41) < 1
assert abs(f(2) - 42) < 1
""",
    ),
    "hidden __eq__ function": (
        """
OWN=["__eq__"]
METH=[]

def reply(n, r):
    if r[0]=="call" and r[1][0]==1 and r[1][1] is None and n == 0 or (r[0]=="call" and r[1][0]==1):
        return ok({"H": [10+n, kind(3, bases=[], own=OWN, methods=METH) if n == 0 else {"k": 3}, None]})
    if r[0]=="get":
        return ok({"F": [500+n, ["e","e",None,"solution"], False, False]})
    return ok(True)
speak(only({"f": F}), reply)
""",
        "asserts",
        """
assert f(1) == 41
assert f(2) == 42
""",
    ),
    "hidden __eq__ method": (
        """
OWN=["__eq__"]
METH=["__eq__"]

def reply(n, r):
    if r[0]=="call" and r[1][0]==1 and r[1][1] is None and n == 0 or (r[0]=="call" and r[1][0]==1):
        return ok({"H": [10+n, kind(3, bases=[], own=OWN, special=["__hash__"], methods=METH) if n == 0 else {"k": 3}, None]})
    if r[0]=="get":
        return ok({"F": [500+n, ["e","e",None,"solution"], False, False]})
    return ok(True)
speak(only({"f": F}), reply)
""",
        "asserts",
        """
assert f(1) == 41
assert f(2) == 42
""",
    ),
    "hidden __eq__ int base": (
        """
OWN=["__eq__"]
METH=["__eq__"]

def reply(n, r):
    if r[0]=="call" and r[1][0]==1 and r[1][1] is None and n == 0 or (r[0]=="call" and r[1][0]==1):
        return ok({"H": [10+n, kind(3, bases=[{"n":"int"}], own=OWN, methods=METH) if n == 0 else {"k": 3}, 0]})
    if r[0]=="get":
        return ok({"F": [500+n, ["e","e",None,"solution"], False, False]})
    return ok(True)
speak(only({"f": F}), reply)
""",
        "asserts",
        """
assert f(1) == 41
assert f(2) == 42
""",
    ),
    "hidden __eq__ unittest": (
        """
OWN=["__eq__"]
METH=["__eq__"]

def reply(n, r):
    if r[0]=="call" and r[1][0]==1 and r[1][1] is None and n == 0 or (r[0]=="call" and r[1][0]==1):
        return ok({"H": [10+n, kind(3, bases=[], own=OWN, methods=METH) if n == 0 else {"k": 3}, None]})
    if r[0]=="get":
        return ok({"F": [500+n, ["e","e",None,"solution"], False, False]})
    return ok(True)
speak(only({"f": F}), reply)
""",
        "unittest",
        """
import unittest, solution
class T(unittest.TestCase):
    def test_a(self):
        self.assertEqual(solution.f(1), 41)
""",
    ),
    "hidden __rsub__": (
        """
OWN=["__sub__","__rsub__","__abs__","__lt__","__le__"]
METH=["__eq__"]

def reply(n, r):
    if r[0]=="call" and r[1][0]==1 and r[1][1] is None and n == 0 or (r[0]=="call" and r[1][0]==1):
        return ok({"H": [10+n, kind(3, bases=[], own=OWN, methods=METH) if n == 0 else {"k": 3}, None]})
    if r[0]=="get":
        return ok({"F": [500+n, ["e","e",None,"solution"], False, False]})
    return ok(True)
speak(only({"f": F}), reply)
""",
        "asserts",
        """
assert abs(f(1) - 41) < 1e-6
""",
    ),
    "hidden __class__ int": (
        """
def reply(n, r):
    if r[0]=="call": return ok({"H": [10+n, kind(3, bases=[], own=["__class__","__float__","__index__","__bool__"], methods=["__float__","__index__","__bool__"]) if n == 0 else {"k": 3}, None]})
    if r[0]=="get" and r[1][1]=="__class__": return ok({"n":"int"})
    return ok(1)
speak(only({"f": F}), reply)
""",
        "asserts",
        """
assert isinstance(f(1), int)
assert f(1)
""",
    ),
    "__array_interface__ pointer": (
        """
def reply(n, r):
    if r[0]=="call": return ok({"H": [10+n, kind(3, bases=[], own=["__array_interface__"]) if n == 0 else {"k": 3}, None]})
    if r[0]=="get": return ok({"d": [["shape","typestr","data","version"], [{"t":[8]}, "|u1", {"t":[4096, False]}, 3]]})
    return ok(1)
speak(only({"f": F}), reply)
""",
        "asserts",
        """
import numpy as np
assert np.asarray(f(1)).sum() == 41
""",
    ),
    "hidden __eq__ light pytest": (
        """
def reply(n, r):
    if r[0]=="call" and r[1][0]==1: return ok({"H": [10+n, kind(3, bases=[], own=["__eq__","__ne__"], special=["__hash__"], methods=["__eq__","__ne__"]) if n == 0 else {"k": 3}, None]})
    return ok(True)
speak(only({"f": F}), reply)
""",
        "pytest",
        """
from solution import f
def test_a():
    assert f(1) == 41
    assert f(2) == [1, 2]
    assert f(3) in (7, 8)
    assert {'a': f(4)} == {'a': 5}
""",
    ),
    "hidden __eq__ light approx": (
        """
def reply(n, r):
    if r[0]=="call" and r[1][0]==1: return ok({"H": [10+n, kind(3, bases=[], own=["__eq__","__ne__"], special=["__hash__"], methods=["__eq__","__ne__"]) if n == 0 else {"k": 3}, None]})
    return ok(True)
speak(only({"f": F}), reply)
""",
        "pytest",
        """
import pytest
from solution import f
def test_a():
    assert f(1) == pytest.approx(41.5)
""",
    ),
    "hidden __eq__ mock": (
        """
def reply(n, r):
    if r[0]=="call" and r[1][0]==1 and r[1][2]: return ok({"H": [10+n, kind(3, bases=[], own=["__eq__","__ne__"], special=["__hash__"], methods=["__eq__","__ne__"]) if n == 0 else {"k": 3}, None]})
    return ok(True)
speak(only({"f": F}), reply)
""",
        "pytest",
        """
import pytest
from solution import f
def test_a(tmp_path_factory):
    assert f(1) == {'x': [1.5]}
""",
    ),
    "hidden __lt__/__float__/__contains__": (
        """
def reply(n, r):
    if r[0]=="call" and r[1][0]==1: return ok({"H": [10+n, kind(3, bases=[], own=["__sub__","__rsub__","__contains__","__getitem__"], methods=["__sub__","__rsub__","__contains__","__getitem__"]) if n == 0 else {"k": 3}, None]})
    if r[0]=="call" and r[1][1] in ("__sub__","__rsub__"): return ok(0.0)
    return ok(True)
speak(only({"f": F}), reply)
""",
        "asserts",
        """
assert 41 in f(1)
assert abs(f(1) - 41.0) < 1e-9
""",
    ),
    "hidden __sub__ on an int base": (
        """
def reply(n, r):
    if r[0]=="call" and r[1][0]==1: return ok({"H": [10+n, kind(3, own=["__sub__"], methods=["__sub__"]) if n == 0 else {"k": 3}, 7]})
    return ok(0.0)
speak(only({"f": F}), reply)
""",
        "asserts",
        """
assert abs(f(1) - 41.0) < 1e-9
""",
    ),
}


@pytest.mark.parametrize(("program", "style", "tests"), PROGRAMS.values(), ids=PROGRAMS)
def test_program_earns_nothing(program: str, style: str, tests: str) -> None:
    given = asserts(tests) if style == "asserts" else suite(style, tests)
    with contextlib.suppress(JudgeDied):  # the host refuses a solution that ends its judge
        refused(judged(SPEAKING + program, given))


def test_who_speaks_as_a_runtime_does_passes() -> None:
    """What the programs above are made of is the protocol: none of them fails for its shape alone."""
    honest = """
def reply(n, r):
    return ok({"H": [10 + n, kind(3) if n == 0 else {"k": 3}, 41 + n]})
speak(only({"f": F}), reply)
"""
    tests = asserts("import os\nassert f(1) == 41\nassert f(2) == 42\n")
    assert judged(SPEAKING + honest, tests)["reason"] == "tests_passed"
