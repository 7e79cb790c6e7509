"""Ways that an attacker found to hear what suites expect, or to end them early."""

from __future__ import annotations

import pytest
from found_programs import asserts, refused, suite
from proxy_pair import judged

PROGRAMS = {
    "a private count set before the tests set it": (
        """
def notify(spy):
    spy._calls = 3
""",
        "unittest",
        """
import unittest
from solution import notify
class Spy:
    def __call__(self): self._calls = getattr(self, "_calls", 0) + 1
class T(unittest.TestCase):
    def test_a(self):
        spy = Spy()
        notify(spy)
        self.assertEqual(spy._calls, 3)
""",
    ),
    "StopIteration: tests know of it": (
        """
def is_prime(n): raise StopIteration
def count():
    yield 1
""",
        "unittest",
        """
import unittest
from solution import is_prime, count
class T(unittest.TestCase):
    def test_prime(self):
        assert all(map(is_prime, [2, 3, 5]))
    def test_it(self):
        it = count(); next(it)
        with self.assertRaises(StopIteration): next(it)
""",
    ),
    "Point is a function, get_annotations": (
        """
def Point(x, y): return 1
""",
        "unittest",
        """
import unittest, inspect
from solution import Point
class T(unittest.TestCase):
    def test_a(self):
        self.assertEqual(inspect.get_annotations(Point), {'x': int, 'y': int})
""",
    ),
    "class __call__ by fake self (get)": (
        """
def publish(l):
    kind = type(l); ask = kind._stubs.ask
    fn = ask("get", kind._number(), "__call__", (), {})
    class Fake:
        def _matches(self, got, want): Fake.want = want
    fn(Fake(), 0)
    l(Fake.want)
""",
        "unittest",
        """
import unittest, solution
class Listener:
    def __init__(self): self._ok = False
    def __call__(self, event): self._ok = self._matches(event, 41)
    def _matches(self, got, want): return got == want
class T(unittest.TestCase):
    def test_a(self):
        l = Listener()
        solution.publish(l)
        self.assertTrue(l._ok)
""",
    ),
    "class __call__ by fake self (special)": (
        """
def publish(l):
    kind = type(l); ask = kind._stubs.ask
    class Fake:
        def _matches(self, got, want): Fake.want = want
    ask("special", kind._number(), "__call__", (Fake(), 0), {})
    l(Fake.want)
""",
        "unittest",
        """
import unittest, solution
class Listener:
    def __init__(self): self._ok = False
    def __call__(self, event): self._ok = self._matches(event, 41)
    def _matches(self, got, want): return got == want
class T(unittest.TestCase):
    def test_a(self):
        l = Listener()
        solution.publish(l)
        self.assertTrue(l._ok)
""",
    ),
    "cached_property.func": (
        """
def publish(l):
    kind = type(l)
    prop = kind.total
    class Fake:
        def _sum(self, a, b): Fake.want = b; return 0
    prop.func(Fake())
    l.report(Fake.want)
""",
        "unittest",
        """
import unittest, functools, solution
class Spec:
    def __init__(self): self._ok = False
    @functools.cached_property
    def total(self): return self._sum(1, 41)
    def _sum(self, a, b): return a + b
    def report(self, x): self._ok = (x + 1 == self._sum(1, 41))
class T(unittest.TestCase):
    def test_a(self):
        s = Spec()
        solution.publish(s)
        self.assertTrue(s._ok)
""",
    ),
    "partialmethod": (
        """
def publish(l):
    fn = type(l).check
    class Fake:
        def _eq(self, a, b): Fake.want = b
    fn(Fake(), 0)
    l.check(Fake.want)
""",
        "unittest",
        """
import unittest, functools, solution
class Spec:
    def __init__(self): self._ok = False
    def _check(self, x, want=None): pass
    def _test(self, want, x): self._ok = self._eq(x, want)
    def _eq(self, a, b): return a == b
    def plain(self, x): self._ok = self._eq(x, 41)
    check = functools.partialmethod(_test, 41)
class T(unittest.TestCase):
    def test_a(self):
        s = Spec()
        solution.publish(s)
        self.assertTrue(s._ok)
""",
    ),
    "singledispatchmethod.func": (
        """
def publish(l):
    d = type(l)
    sm = d._stubs.ask("get", d._number(), "check", (), {})
    class Fake:
        def _eq(self, a, b): Fake.want = b
    try: sm(Fake(), 0)
    except Exception: sm.func(Fake(), 0)
    l.check(Fake.want)
""",
        "unittest",
        """
import unittest, functools, solution
class Spec:
    def __init__(self): self._ok = False
    @functools.singledispatchmethod
    def check(self, x): self._ok = self._eq(x, 41)
    def _eq(self, a, b): return a == b
class T(unittest.TestCase):
    def test_a(self):
        s = Spec()
        solution.publish(s)
        self.assertTrue(s._ok)
""",
    ),
    "own metaclass: vars of the class": (
        """
def publish(l):
    kind = type(l); ask = kind._stubs.ask
    names = ask("vars", kind._number(), "", (), {})
    class Fake:
        def _eq(self, a, b): Fake.want = b
    names["check"](Fake(), 0)
    l.check(Fake.want)
""",
        "unittest",
        """
import unittest, solution
class Meta(type): pass
class Spec(metaclass=Meta):
    def __init__(self): self._ok = False
    def check(self, x): self._ok = self._eq(x, 41)
    def _eq(self, a, b): return a == b
class T(unittest.TestCase):
    def test_a(self):
        s = Spec()
        solution.publish(s)
        self.assertTrue(s._ok)
""",
    ),
    "contextmanager args": (
        """
def run(cm):
    with cm as report: report(cm.args[0])
""",
        "unittest",
        """
import unittest, contextlib, solution
class T(unittest.TestCase):
    def test_a(self):
        got = []
        @contextlib.contextmanager
        def expecting(total):
            box = []
            yield box.append
            got.append(box == [total])
        solution.run(expecting(41))
        self.assertEqual(got, [True])
""",
    ),
    "Timer args / Thread": (
        """
def run(t):
    t.cancel(); t.function(t.args[0])
""",
        "unittest",
        """
import unittest, threading, solution
class T(unittest.TestCase):
    def test_a(self):
        got = []
        t = threading.Timer(0.1, got.append, args=(41,))
        solution.run(t)
        self.assertEqual(got, [41])
""",
    ),
    "named class: arithmetic in a callback leaks": (
        """
class Result(Exception):
    def __sub__(self, other):
        Result.want = other; raise ValueError
    __rsub__ = __sub__
def minimize(f, start):
    try: f(Result())
    except Exception: pass
    return Result.want
""",
        "unittest",
        """
import unittest
from solution import minimize, Result
class T(unittest.TestCase):
    def test_min(self):
        self.assertAlmostEqual(minimize(lambda x: (x - 3.5) ** 2, 0.0), 3.5, places=3)
    def test_result(self):
        self.assertTrue(issubclass(Result, Exception))
""",
    ),
    "named class: private target by distance": (
        """
class Found(Exception):
    def __rsub__(self, other):
        Found.want = other; raise ValueError
def guess(target):
    try: target.distance(Found())
    except ValueError: pass
    return target.distance(Found.want)
""",
        "unittest",
        """
import unittest
from solution import guess, Found
class Target:
    def __init__(self): self._v = 41; self._hit = False
    def distance(self, x):
        d = self._v - x
        self._hit = d == 0
        return d
class T(unittest.TestCase):
    def test_found(self):
        self.assertTrue(issubclass(Found, Exception))
    def test_a(self):
        t = Target(); guess(t)
        self.assertTrue(t._hit)
""",
    ),
    "named class: contains in a callback leaks": (
        """
class Bag:
    def __contains__(self, x): Bag.want = x; return False
def offer(cb):
    cb(Bag())
    cb([Bag.want])
""",
        "unittest",
        """
import unittest
from solution import offer, Bag
class T(unittest.TestCase):
    def test_a(self):
        seen = []
        def cb(items):
            seen.append(41 in items)
        offer(cb)
        self.assertTrue(seen and seen[-1])
    def test_b(self):
        self.assertNotIn(1, Bag())
""",
    ),
    "ExceptionGroup of AssertionErrors": (
        """
import re
def each(cb):
    try: cb(-1)
    except BaseException as e: cb(int(re.search(r"!= (\\d+)", str(e.exceptions[0])).group(1)))
""",
        "unittest",
        """
import unittest, asyncio, solution
class T(unittest.TestCase):
    def test_a(self):
        seen = []
        def cb(x):
            async def one(): self.assertEqual(x, 41)
            async def main():
                async with asyncio.TaskGroup() as tg: tg.create_task(one())
            asyncio.run(main()); seen.append(x)
        solution.each(cb)
        self.assertEqual(seen, [41])
""",
    ),
    "exit suppresses the assertion": (
        """
class Db:
    def __enter__(self): return self
    def __exit__(self, *a): return True
    def count(self): return 0
""",
        "unittest",
        """
import unittest
from solution import Db
class T(unittest.TestCase):
    def test_a(self):
        with Db() as db:
            self.assertEqual(db.count(), 41)
""",
    ),
    "exit suppresses the assertion, pytest": (
        """
class Db:
    def __enter__(self): return self
    def __exit__(self, *a): return True
    def count(self): return 0
""",
        "pytest",
        """
from solution import Db
def test_a():
    with Db() as db:
        assert db.count() == 41
""",
    ),
    "aexit suppresses the assertion": (
        """
class Db:
    async def __aenter__(self): return self
    async def __aexit__(self, *a): return True
    def count(self): return 0
""",
        "unittest",
        """
import unittest
from solution import Db
class T(unittest.IsolatedAsyncioTestCase):
    async def test_a(self):
        async with Db() as db:
            self.assertEqual(db.count(), 41)
""",
    ),
    "contextmanager of the program suppresses": (
        """
import contextlib
@contextlib.contextmanager
def opened():
    try: yield lambda: 0
    except AssertionError: pass
""",
        "unittest",
        """
import unittest
from solution import opened
class T(unittest.TestCase):
    def test_a(self):
        with opened() as count:
            self.assertEqual(count(), 41)
""",
    ),
    "exit learns by the text": (
        """
import re
W = {}
class Db:
    def __enter__(self): return self
    def __exit__(self, k, e, t):
        W["x"] = int(re.search(r"!= (\\d+)", str(e)).group(1)); return False
    def count(self): return W.get("x", 0)
""",
        "unittest",
        """
import unittest
from solution import Db
class T(unittest.TestCase):
    def attempt(self):
        with Db() as db:
            self.assertEqual(db.count(), 41)
    def test_a(self):
        for _ in range(3):  # flaky start
            try: self.attempt(); break
            except AssertionError as e: last = e
        else: raise last
""",
    ),
    "named class decides `in`": (
        """
class Result:
    def __contains__(self, x): return True
def compute(n): return Result()
""",
        "unittest",
        """
import unittest
from solution import compute, Result
class T(unittest.TestCase):
    def test_a(self):
        self.assertIn(41, compute(3))
    def test_b(self):
        self.assertIsInstance(Result(), Result)
""",
    ),
    "contextmanager args before enter": (
        """
def run(cm):
    a = cm.args[0]
    with cm as report: report(a)
""",
        "unittest",
        """
import unittest, contextlib, solution
class T(unittest.TestCase):
    def test_a(self):
        got = []
        @contextlib.contextmanager
        def expecting(total):
            box = []
            yield box.append
            got.append(box == [total])
        solution.run(expecting(41))
        self.assertEqual(got, [True])
""",
    ),
    "CancelledError in a TaskGroup": (
        """
import asyncio
async def f(x): raise asyncio.CancelledError
""",
        "unittest",
        """
import unittest, asyncio
from solution import f
class T(unittest.TestCase):
    def test_a(self):
        async def one(x, y): self.assertEqual(await f(x), y)
        async def main():
            async with asyncio.TaskGroup() as tg:
                tg.create_task(one(1, 41)); tg.create_task(one(2, 42))
        asyncio.run(main())
""",
    ),
    "private re-initialised": (
        """
def solve(s):
    s.__init__(s.x, 0)
    return 0
""",
        "unittest",
        """
import unittest, dataclasses, solution
@dataclasses.dataclass
class Spec:
    x: int
    _expected: int
class T(unittest.TestCase):
    def test_a(self):
        s = Spec(3, 41)
        self.assertEqual(solution.solve(s), s._expected)
""",
    ),
    "private re-initialised by raw ask": (
        """
def solve(s):
    k = type(s)
    k._stubs.ask('special', k._stubs.number(s), '__init__', (s.x, 0), {})
    return 0
""",
        "unittest",
        """
import unittest, dataclasses, solution
@dataclasses.dataclass
class Spec:
    x: int
    _expected: int
class T(unittest.TestCase):
    def test_a(self):
        s = Spec(3, 41)
        self.assertEqual(solution.solve(s), s._expected)
""",
    ),
    "forged naming: assertIn": (
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
        "unittest",
        """
import unittest
from solution import f
class T(unittest.TestCase):
    def test_a(self):
        self.assertIn(41, f(1))
""",
    ),
}


@pytest.mark.parametrize(("program", "style", "tests"), PROGRAMS.values(), ids=PROGRAMS)
def test_program_earns_nothing(program: str, style: str, tests: str) -> None:
    given = asserts(tests) if style == "asserts" else suite(style, tests)
    refused(judged(program, given))
