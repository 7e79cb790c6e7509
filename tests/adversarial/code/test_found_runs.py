"""Wrong programs that once passed suites, or left them undecided, by how suites are collected and run."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from found_programs import asserts, refused, suite
from proxy_pair import JudgeDied, judged

PROGRAMS: dict[str, tuple[str, str, str, dict[str, str]]] = {
    "a search where an error is wanted": (
        """
class Bag:
    def __init__(self): pass
    def __contains__(self, x): return True
def bag(): return Bag()
""",
        "unittest",
        """
import unittest
from solution import bag
class T(unittest.TestCase):
    def test_a(self):
        with self.assertRaises(TypeError):
            [] in bag()
""",
        {},
    ),
    "code where an error is wanted": (
        """
def translate(text): return "__import__('os').getcwd()"
""",
        "unittest",
        """
import unittest, solution
class T(unittest.TestCase):
    def test_a(self):
        with self.assertRaises(ValueError):
            eval(solution.translate("bad"))
""",
        {},
    ),
    "a pickle where an error is wanted": (
        """
import pickle
class X:
    def __reduce__(self): return print, ()
def f(): return pickle.dumps(X())
""",
        "unittest",
        """
import unittest, pickle, solution
class T(unittest.TestCase):
    def test_a(self):
        with self.assertRaises(pickle.UnpicklingError):
            pickle.loads(solution.f())
""",
        {},
    ),
    "a formatter": (
        """
def show(fmt, s): return fmt.format('{0._expected}', s)
""",
        "unittest",
        """
import unittest, solution, string
class Spec:
    def __init__(self): self._expected = 41
class T(unittest.TestCase):
    def test_a(self):
        s = Spec()
        self.assertEqual(solution.show(string.Formatter(), s), "41")
""",
        {},
    ),
    "an annotation that holds the value": (
        'def each(spec):\n    import re\n    spec.got = int(re.search(r"\\[(\\d+)", str(type(spec).__annotations__["want"])).group(1))\n',
        "unittest",
        """
import unittest, solution, dataclasses
from typing import Literal
@dataclasses.dataclass
class Spec:
    want: Literal[41] = 41
    got: int = 0
class T(unittest.TestCase):
    def test_a(self):
        s = Spec(); solution.each(s)
        self.assertEqual(s.got, 41)
""",
        {},
    ),
    "a collation": (
        """
def fill(conn):
    got = []
    conn.create_collation("c", lambda a, b: got.append((a, b)) or 0)
    conn.execute("create table users(name text collate c)")
    conn.execute("insert into users values ('x')")
""",
        "unittest",
        """
import sqlite3, unittest, solution
class T(unittest.TestCase):
    def test_a(self):
        conn = sqlite3.connect(":memory:")
        solution.fill(conn)
        self.assertIsNotNone(conn.execute("select 1 from users where name = 'Bob'").fetchone())
""",
        {},
    ),
    "a trace of statements": (
        'import re\ndef fill(conn):\n    conn.execute("create table users(name text, age int)")\n    seen = []\n    def hear(sql):\n        m = re.search(r"age = (\\d+)", sql)\n        if m and not seen:\n            seen.append(1); conn.execute("insert into users values (\'Bob\', ?)", (int(m.group(1)),))\n    conn.set_trace_callback(hear)\n',
        "unittest",
        """
import sqlite3, unittest, solution
class T(unittest.TestCase):
    def test_a(self):
        conn = sqlite3.connect(":memory:")
        solution.fill(conn)
        self.assertIsNotNone(conn.execute("select 1 from users where age = 41").fetchone())
""",
        {},
    ),
    "a mapped file": (
        """
def show(x): return "numpy.memmap('data/expected.bin', 'u1', 'r')"
""",
        "unittest",
        """
import unittest, solution, numpy
class T(unittest.TestCase):
    def test_a(self):
        got = eval(solution.show(1))
        numpy.testing.assert_array_equal(got, numpy.fromfile("data/expected.bin", "u1"))
""",
        {"data/expected.bin": "abc"},
    ),
    "a difference of sets": (
        """
class S(set):
    def difference(self, other):
        self.clear(); self.update(other); return set()
def f(x): return S()
""",
        "unittest",
        """
import unittest, solution
class T(unittest.TestCase):
    def test_a(self):
        self.assertSetEqual(solution.f(1), {41, 42})
""",
        {},
    ),
    "what has a difference": (
        """
class R:
    def difference(self, other): self.o = set(other); return set()
    def __iter__(self): return iter(self.o)
def f(x): return R()
""",
        "unittest",
        """
import unittest, solution
class T(unittest.TestCase):
    def test_a(self):
        self.assertSetEqual(solution.f(1), {41, 42})
""",
        {},
    ),
    "a counter in a suite": (
        """
from collections import Counter
class L(Counter):
    def __getitem__(self, e): return 1
    def __iter__(self): return iter(())
def f(x): return L()
""",
        "unittest",
        """
import unittest, solution
class T(unittest.TestCase):
    def test_a(self):
        from collections import Counter; self.assertEqual(solution.f(1), Counter('abc'))
""",
        {},
    ),
    "a counter in a call": (
        """
from collections import Counter
class L(Counter):
    def __getitem__(self, e): return 1
    def __iter__(self): return iter(())
def f(cb): cb(L())
""",
        "unittest",
        """
import unittest, solution
from unittest import mock
from collections import Counter
class T(unittest.TestCase):
    def test_a(self):
        m = mock.Mock()
        solution.f(m)
        m.assert_called_once_with(Counter("abc"))
""",
        {},
    ),
    "a descriptor in a class of tests": (
        """
class D:
    seen = {}
    def __get__(self, holder, kind):
        D.holder = holder
        return self
    def run(self, x):
        return D.holder.expected
def make(): return D()
""",
        "pytest",
        """
import solution
class TestX:
    target = solution.make()
    expected = [41, 42, 43]
    def test_a(self):
        assert self.target.run(1) == self.expected
""",
        {},
    ),
    "a descriptor that hears its class": (
        """
class D:
    def __set_name__(self, owner, name): D.owner = owner
    def run(self, x): return D.owner.expected
def make(): return D()
""",
        "pytest",
        """
import solution
class TestX:
    target = solution.make()
    expected = [41, 42, 43]
    def test_a(self):
        assert self.target.run(1) == self.expected
""",
        {},
    ),
    "a descriptor in a session": (
        """
class D:
    seen = {}
    def __get__(self, holder, kind):
        D.holder = holder
        return self
    def run(self, x):
        return D.holder.expected
def make(): return D()
""",
        "pytest",
        """
import solution
class TestX:
    target = solution.make()
    expected = [41, 42, 43]
    def test_a(self, tmp_path_factory):
        assert self.target.run(1) == self.expected
""",
        {},
    ),
    "a function for a class": (
        """
def Foo(*a):
    if len(a) == 2:
        class O: pass
        o = O(); o.x = a[0].expected; return o
def g(): return 1
""",
        "unittest",
        """
import unittest, solution
class T(unittest.TestCase):
    target = solution.Foo
    expected = 41
    def test_a(self):
        self.assertEqual(self.target(3).x, self.expected)
""",
        {},
    ),
    "a function for a class in pytest": (
        """
def Foo(*a):
    if len(a) == 2:
        class O: pass
        o = O(); o.x = a[0].expected; return o
def g(): return 1
""",
        "pytest",
        """
import solution
class TestX:
    target = solution.Foo
    expected = 41
    def test_a(self):
        assert self.target(3).x == self.expected
""",
        {},
    ),
    "a function for a class of all tests": (
        """
def Foo(*a):
    return lambda *b: 0
""",
        "unittest",
        """
import unittest, solution
class T(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.Model = solution.Foo
    def test_a(self):
        self.assertEqual(self.Model(3).x, 41)
""",
        {},
    ),
    "a function for an object of all tests": (
        """
def Foo(*a):
    return lambda *b: 0
""",
        "unittest",
        """
import unittest, solution
class T(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.calc = solution.Foo()
    def test_a(self):
        self.assertEqual(self.calc(3), 41)
""",
        {},
    ),
    "a state of generators": (
        """
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
def ask(what, number, name="", args=(), named=(), returned=()):
    peer.send(json.dumps(["back", [what, number, name, list(args), list(named), []], {"u": list(returned)}]).encode())
    return json.loads(peer.receive())
F = {"F": [1, ["f", "f", None, "solution"], False, False]}
def kind(number, name="A", special=(), bases=({"n": "int"},), own=(), meta=(), methods=()):
    return {"K": [number, {"n": name, "q": name, "m": "solution", "d": None, "s": list(special),
        "f": list(methods), "o": list(own), "b": list(bases), "i": list(meta), "t": None, "a": None, "l": False}]}

Z = None
import base64
def reply(n, r):
    global Z
    if r[0] == "restore":
        Z = r[1][1]
        return ok(None)
    if r[0] == "call" and Z:
        num = Z["t"][1]["L"][0]
        return ok([0,0,0,0,0], {"u": [[num, {"v": ["ndarray", ["<u4", [624], {"y": base64.b64encode(bytes(2496)).decode()}]]}]]})
    return ok([0,0,0,0,0])
speak(only({"f": F, "g": F}), reply)
""",
        "unittest",
        """
import numpy as np
import numpy.random
import unittest, solution
class T(unittest.TestCase):
    def test_a(self):
        np.random.seed(3)
        st = np.random.get_state()
        solution.f([1,2,3])
        np.random.set_state(st)
        xs = np.random.randint(0, 1000, 5).tolist()
        self.assertEqual(solution.f(xs), sorted(xs))
""",
        {},
    ),
    "seeds in a list": (
        """
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
def ask(what, number, name="", args=(), named=(), returned=()):
    peer.send(json.dumps(["back", [what, number, name, list(args), list(named), []], {"u": list(returned)}]).encode())
    return json.loads(peer.receive())
F = {"F": [1, ["f", "f", None, "solution"], False, False]}
def kind(number, name="A", special=(), bases=({"n": "int"},), own=(), meta=(), methods=()):
    return {"K": [number, {"n": name, "q": name, "m": "solution", "d": None, "s": list(special),
        "f": list(methods), "o": list(own), "b": list(bases), "i": list(meta), "t": None, "a": None, "l": False}]}

Z = None
def reply(n, r):
    global Z
    if r[0] == "seed":
        Z = Z or r[1][1]
        return ok(None)
    if r[0] == "call" and Z and n < 3:
        return ok(0, {"u": [[Z["t"][0]["L"][0], [7]]]})
    return ok(0)
speak(only({"f": F}), reply)
""",
        "unittest",
        """
import numpy as np, numpy.random
import unittest, solution
SEEDS = [1, 2, 3]
class T(unittest.TestCase):
    def test_a(self):
        np.random.seed(SEEDS)
        a = np.random.randint(0, 1000)
        solution.f(0)
        self.assertEqual(SEEDS, [1, 2, 3])
        self.assertEqual(solution.f(a), a)
""",
        {},
    ),
    "a cancellation after one of the tests": (
        """
import asyncio
async def slow(): await asyncio.sleep(3)
async def f(i): raise asyncio.CancelledError
""",
        "unittest",
        """
import unittest, solution, asyncio
class T(unittest.IsolatedAsyncioTestCase):
    async def test_a(self):
        with self.assertRaises(asyncio.TimeoutError):
            await asyncio.wait_for(solution.slow(), 0.05)
    async def test_b(self):
        async def check(i):
            self.assertEqual(await solution.f(i), i*i+5)
        async with asyncio.TaskGroup() as tg:
            for i in range(3): tg.create_task(check(i))
""",
        {},
    ),
    "a cancellation after a task was left": (
        """
import asyncio
async def f(i): raise asyncio.CancelledError
async def bg(): await asyncio.sleep(30)
""",
        "unittest",
        """
import unittest, solution, asyncio
class T(unittest.TestCase):
    def test_a(self):
        async def main():
            asyncio.create_task(solution.bg())
            await asyncio.sleep(0.01)
        asyncio.run(main())
    def test_b(self):
        async def main():
            async def check(i): self.assertEqual(await solution.f(i), i + 5)
            tasks = [asyncio.create_task(check(i)) for i in range(3)]
            await asyncio.wait(tasks)
            for t in tasks:
                if not t.cancelled() and t.exception(): raise t.exception()
        asyncio.run(main())
    def test_c(self):
        async def main():
            async def check(i): self.assertEqual(await solution.f(i), i + 5)
            async with asyncio.TaskGroup() as tg:
                for i in range(3): tg.create_task(check(i))
        asyncio.run(main())
""",
        {},
    ),
    "many constants in files": (
        """
def render(): return "x" * (5 << 20)
def parse(path): return 0
TEMPLATE = "x" * (5 << 20)
def names(): return [str(i) for i in range(3000)]
""",
        "pytest",
        """
import solution
def test_a(tmp_path):
    for n in solution.names(): (tmp_path / n).touch()
    assert solution.parse(str(tmp_path)) == 41
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
