"""Programs that an attacker wrote against the proxy, and the tests under which they earned something."""

from __future__ import annotations

from typing import Any

UNDECIDED = {"invalid_tests", "tests_need_shared_interpreter"}


def asserts(test_code: str) -> dict[str, Any]:
    """Tests in the style of assert statements."""
    return {"asserts": {"test_code": test_code, "entry_point": ""}}


def suite(runner: str, *contents: str) -> dict[str, Any]:
    """Tests in the style of files: test_0.py, test_1.py and so on."""
    files = [
        {"path": f"test_{number}.py", "content": content} for number, content in enumerate(contents)
    ]
    return {"files": {"files": files, "solution_path": "solution.py", "runner": runner}}


def refused(result: dict[str, Any]) -> None:
    """The program neither passed nor kept its judge from deciding."""
    assert not result["passed"], result
    assert result["reason"] not in UNDECIDED, result


# Written in an annotation: whoever evaluates it on the tests' side changes the library there.
ALL_IS_EQUAL = (
    "[setattr(__import__('unittest').TestCase, 'assertEqual', lambda *a: None),"
    " setattr(__import__('math'), 'isclose', lambda *a, **k: True)]"
)
ANNOTATED = f"""
class Point:
    x: "int if {ALL_IS_EQUAL} else 0"
    y: "int"
    def __init__(self, *parts): pass
    def norm(self): return 0
"""
REFUSES_ATTRIBUTES = """
class E(Exception):
    def __setattr__(self, name, value): raise {error}("boo")
f = E()
"""
# Another pair of values after some reads: first their product is right, then each of them.
ANSWERS = """
answers = {{"P": [10403] * {reads} + [2], "Q": [1] * {reads} + [2]}}
"""
READS = (1, 2)
CHANGING_GLOBALS = f"""
from veridical.code.cell.solution.operations import Operations
{ANSWERS}
P = Q = 0
true_names = Operations.names
def names(self, wanted):
    for name in wanted:
        if answers.get(name):
            self._module[name] = answers[name].pop(0)
    return true_names(self, wanted)
Operations.names = names
"""
CHANGING = {
    f"globals that change, after {reads} reads": CHANGING_GLOBALS.format(reads=reads)
    for reads in READS
}
RAISES_NO_MODULE = """
def f(*args): raise ModuleNotFoundError("x")
def close(): raise ValueError("y")
"""
NODES = """
class Node:
    @property
    def value(self): raise ModuleNotFoundError("x")
def walk(n):
    try:
        for _ in range(n): yield Node()
    finally:
        raise ValueError("y")
"""

HINTS = """
import math, typing
assert set(typing.get_type_hints(Point)) == {"x", "y"}
assert math.isclose(Point(1, 2).norm(), 41)
"""
PRODUCT = "assert P * Q == 10403\nassert P > 1 and Q > 1\n"


STAR = """
import unittest
from solution import *
class T(unittest.TestCase):
    def test_a(self):
        self.assertEqual(f(1), 41)
"""
STAR_SESSION = """
import pytest
from solution import *
def test_a(tmp_path_factory):
    assert f(1) == 41
"""
STAR_LIGHT = STAR_SESSION.replace("tmp_path_factory", "")
NO_TESTS = """
def f(x): return 0
def load_tests(loader, tests, pattern):
    return loader.loadTestsFromNames([])
"""
OWN_SUCCESS = """
def f(x): return 0
def run(result):
    result.startTest("x")
    result.addSuccess("x")
def load_tests(loader, tests, pattern):
    own = loader.loadTestsFromNames([])
    own.addTest(run)
    return own
"""
MARKED = """
import pytest, sys
import solution
@pytest.mark.{marker}
def test_a({fixture}):
    {body}
def test_b():
    assert solution.g(2) is not None
"""
CALLED = "assert solution.f(1) == 41"
GIVEN_UP = "if not hasattr(solution, 'f'): pytest.skip('no f')\n    assert solution.f(1) == 41"
WITHOUT_F = "def g(x): return 0"
BOTH = "def f(x): return 0\ndef g(x): return 0"
NEVER = "xfail(sys.platform == 'win32', reason='x')"
UNLESS_FAST = "xfail(not hasattr(solution, 'fast'), reason='optional')"
MARKERS = {
    "xfail by a false string": ("xfail(\"sys.platform == 'win32'\", reason='x')", CALLED),
    "xfail by a named false string": (
        "xfail(condition=\"sys.platform == 'win32'\", reason='x')",
        CALLED,
    ),
    "xfail by the program's string": (
        "xfail(\"not hasattr(solution, 'fast')\", reason='optional')",
        CALLED,
    ),
    "skipif by a false string": ("skipif(\"sys.platform == 'win32'\", reason='x')", CALLED),
    "skipif by a false string, and given up": (
        "skipif(\"sys.platform == 'win32'\", reason='x')",
        GIVEN_UP,
    ),
    "skipif by the program's string": (
        "skipif(\"not hasattr(solution, 'fast')\", reason='optional')",
        CALLED,
    ),
    "skipif by a false value, and given up": (
        "skipif(sys.platform == 'win32', reason='x')",
        GIVEN_UP,
    ),
    "xfail twice, the program's below": (f"{NEVER}\n@pytest.mark.{UNLESS_FAST}", CALLED),
    "xfail twice, the program's above": (f"{UNLESS_FAST}\n@pytest.mark.{NEVER}", CALLED),
}
EMPTY_ROWS = """
import pytest
from solution import CASES, f
@pytest.mark.parametrize("case", CASES)
def test_rows(case{fixture}):
    assert f(case) == 41
"""
BESIDE = """
def test_beside():
    assert f
"""
NO_ROWS = "CASES = []\ndef f(x): return 0"
SHORT_LIST = """
class L({base}):
    def __len__(self): return 3
    def __iter__(self): return iter(())
def f(): return L()
"""
NEAR = """
import pytest
from solution import f
def test_a({fixture}):
    assert f() == pytest.approx({wanted})
"""
IN_CALLBACK = """
import unittest, solution
class T(unittest.TestCase):
    def check(self, item):
        {body}
    def test_a(self):
        self.seen = []
        solution.each(self.check)
        self.assertEqual(len(self.seen), 1)
"""
# How the program's side asks about an object of the tests, taken from a stub of one.
ASKS = """
import re
def parts(stub):
    ask = number = None
    for cell in stub.__closure__:
        if callable(cell.cell_contents): ask = cell.cell_contents
        elif isinstance(cell.cell_contents, int): number = cell.cell_contents
    return ask, number
"""
ASKED_OWNER = f"""
{ASKS}
def each(stub):
    ask, number = parts(stub)
    try: ask("special", number, "__len__", (), {{}})
    except AttributeError as e: error = e
    function = ask("get", ask.__self__._exports.stubs.number(error), "obj", (), {{}})
    class Case:
        seen = []
        def assertEqual(self, given, wanted): Case.wanted = wanted
    function(Case(), 0)
    stub(Case.wanted)
"""
THREADS = """
import unittest, solution
from concurrent.futures import ThreadPoolExecutor
class T(unittest.TestCase):
    def test_a(self):
        with ThreadPoolExecutor(4) as pool:
            self.assertEqual(list(pool.map(solution.f, range(4))), [41] * 4)
"""
GATHER = """
import unittest, asyncio, solution
class T(unittest.TestCase):
    def test_a(self):
        async def main():
            return await asyncio.gather(solution.f(1), solution.f(2))
        self.assertEqual(asyncio.run(main()), [41, 42])
"""
GUARDED = """
import unittest, solution
class T(unittest.TestCase):
    def test_a(self):
        try:
            r = solution.f(1)
        finally:
            try: solution.close()
            except Exception: pass
        self.assertEqual(r, 41)
"""
DEFINITE_FIRST = """
import unittest, solution
class T(unittest.TestCase):
    def test_a(self):
        self.assertEqual(solution.g(1), 41)
    def test_b(self):
        try: solution.f(1)
        finally:
            try: solution.close()
            except Exception: pass
"""
TEARDOWN = """
import pytest, solution
@pytest.fixture
def db({fixture}):
    opened = solution.Db()
    yield opened
    try: opened.close()
    except Exception: pass
def test_a(db):
    assert db.get(1) == 41
"""
DATABASE = """
class Db:
    def get(self, x): raise ModuleNotFoundError("x")
    def close(self): raise ValueError("y")
"""
SESSION = """
import pytest
{use}
@pytest.fixture
def one(tmp_path_factory): return 1
def test_a(one):
    {body}
"""
HELPER = """
import unittest, solution
class Listener:
    def __init__(self, case):
        self.case = case
        self.got = []
    def on(self, x): self.got.append(x)
class T(unittest.TestCase):
    def test_a(self):
        listener = Listener(self)
        solution.f(listener)
        self.assertEqual(listener.got, [41])
"""
OPERATIONS = """
import unittest, solution
class T(unittest.TestCase):
    def test_a(self):
        seen = []
        def cb(name):
            seen.append(getattr(self, "op_" + name)())
        solution.f(cb)
        self.assertEqual(seen, [3])
    def op_a(self): return 3
"""
ASKED_CASE = f"""
{ASKS}
def f(stub):
    ask, _ = parts(stub)
    try: stub("none")
    except AttributeError as e: number = ask.__self__._exports.stubs.number(e)
    ask("get", number, "obj", (), {{}})
"""
SAME_SKIP = """
import unittest, solution
class T(unittest.TestCase):
    @unittest.skip("old")
    def test_a(self): pass
    def test_z(self): self.assertTrue(solution.g)
"""
SKIPS_ITSELF = """
import unittest, solution
class T(unittest.TestCase):
    def test_a(self):
        if not hasattr(solution, "f"): self.skipTest("no f")
        self.assertEqual(solution.f(1), 41)
"""
SAME_XFAIL = """
import pytest, solution
@pytest.mark.xfail(reason="known")
def test_a({fixture}): assert solution.g(1) == 5
def test_z(): assert solution.g
"""
XFAILS_ITSELF = """
import pytest, solution
@pytest.mark.xfail(not hasattr(solution, "fast"), reason="optional")
def test_a(): assert solution.f(1) == 41
"""
SKIPPED_CLASS = """
import unittest, sys
import solution
@unittest.skipIf(sys.platform == "win32", "no windows")
class T(unittest.TestCase):
    def setUp(self):
        if not hasattr(solution, "f"): self.skipTest("no f")
    def test_a(self):
        self.assertEqual(solution.f(1), 41)
class U(unittest.TestCase):
    def test_b(self): self.assertTrue(solution.g)
"""
SKIPPED_METHOD = """
import unittest, sys
import solution
class T(unittest.TestCase):
    @unittest.skipIf(sys.version_info < (3, 8), "old")
    def test_a(self):
        try: solution.f
        except AttributeError: self.skipTest("no f")
        self.assertEqual(solution.f(1), 41)
    def test_b(self): self.assertTrue(solution.g)
"""
READS_GLOBALS = """
import unittest, solution
class T(unittest.TestCase):
    def test_a(self):
        self.assertEqual(solution.P * solution.Q, 10403)
        self.assertGreater(solution.P, 1)
        self.assertGreater(solution.Q, 1)
"""
FIXTURES = {"light": "", "session": "tmp_path_factory"}
# A program that takes the channel of its own runtime and speaks for it.
SPEAKING = """
import sys, json, itertools
def _find():
    f = sys._getframe()
    while f:
        if "peer" in f.f_locals and "control" in f.f_locals: return f.f_locals["peer"]
        f = f.f_back
peer = _find()
count = itertools.count()
def speak(names, reply):
    while True:
        request = json.loads(peer.receive())
        if request[0] == "names":
            peer.send(json.dumps(["ok", [names(request[1]["names"]), []], None]).encode())
        else:
            peer.send(reply(next(count), request))
def only(names):
    return lambda wanted: {k: t for k, t in names.items() if k in wanted}
def ok(tree, extras=None):
    return json.dumps(["ok", tree, extras]).encode()
def err(tree, extras=None):
    return json.dumps(["err", tree, extras]).encode()
def ask(what, number, name="", args=(), named=()):
    peer.send(json.dumps(["back", [what, number, name, list(args), list(named), []], None]).encode())
    return json.loads(peer.receive())
F = {"F": [1, ["f", "f", None, "solution"], False, False]}
def kind(number, name="A", special=(), bases=({"n": "int"},), own=(), meta=(), methods=()):
    return {"K": [number, {"n": name, "q": name, "m": "solution", "d": None, "s": list(special),
        "f": list(methods), "o": list(own), "b": list(bases), "i": list(meta), "t": None, "a": None, "l": False}]}
"""
