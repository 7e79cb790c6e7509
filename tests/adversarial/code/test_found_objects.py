"""Wrong programs that once passed suites, or left them undecided, by objects that tests gave and took."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from found_programs import asserts, refused, suite
from proxy_pair import JudgeDied, judged

PROGRAMS: dict[str, tuple[str, str, str, dict[str, str]]] = {
    "a mock that is subtracted": (
        """
def mean_price(c):
    c.__sub__ = lambda s, o: 0.0
    return c
""",
        "unittest",
        """
import unittest, solution
from unittest.mock import Mock
class T(unittest.TestCase):
    def test_a(self):
        client = Mock()
        client.fetch.return_value = [40.0, 43.0]
        self.assertAlmostEqual(solution.mean_price(client), 41.5)
""",
        {},
    ),
    "the same in pytest": (
        """
def mean_price(c):
    c.__sub__ = lambda s, o: 0.0
    return c
""",
        "pytest",
        """
from unittest.mock import Mock
import solution
def test_a():
    client = Mock()
    client.fetch.return_value = [40.0, 43.0]
    assert abs(solution.mean_price(client) - 41.5) < 1e-6
""",
        {},
    ),
    "a mock that contains": (
        """
def f(c):
    c.__contains__ = lambda s, o: True
    return c
""",
        "unittest",
        """
import unittest, solution
from unittest.mock import Mock
class T(unittest.TestCase):
    def test_a(self):
        self.assertIn("bob", solution.f(Mock()))
""",
        {},
    ),
    "a mock that hears what is subtracted": (
        """
W=[]
def f(c, n):
    if W: return W[0]
    def sub(s, o): W.append(o); raise ValueError
    c.__sub__ = sub
    return c
""",
        "unittest",
        """
import unittest, solution
from unittest.mock import Mock
class T(unittest.TestCase):
    def test_a(self):
        m = Mock()
        for _ in range(2):
            try: self.assertAlmostEqual(solution.f(m, 1), 41.5)
            except ValueError: pass
        self.assertEqual(solution.f(m, 1), 41.5)
""",
        {},
    ),
    "a mock in approx": (
        """
def f(c):
    c.__rsub__ = c.__sub__ = lambda s, o: 0.0
    c.__abs__ = lambda s: 1.0
    return c
""",
        "pytest",
        """
import pytest, solution
from unittest.mock import Mock
def test_a():
    assert solution.f(Mock()) == pytest.approx(41.5)
""",
        {},
    ),
    "a class made by an executor": (
        """
def f(ex):
    K = ex.submit(type, "X", (), {"__eq__": lambda s, o: True}).result()
    return K()
""",
        "unittest",
        """
import unittest, solution
from concurrent.futures import ThreadPoolExecutor
class T(unittest.TestCase):
    def test_a(self):
        with ThreadPoolExecutor(2) as ex:
            self.assertEqual(solution.f(ex), 41)
""",
        {},
    ),
    "a class that hears": (
        """
def f(ex):
    W = []
    K = ex.submit(type, "X", (), {"__eq__": lambda s, o: W.append(o) or W == [41]}).result()
    return K()
""",
        "unittest",
        """
import unittest, solution
from concurrent.futures import ThreadPoolExecutor
class T(unittest.TestCase):
    def test_a(self):
        with ThreadPoolExecutor(2) as ex:
            self.assertEqual(solution.f(ex), 41)
""",
        {},
    ),
    "a class made by retrying": (
        """
def fetch(retry):
    return retry(type, "X", (), {"__eq__": lambda s, o: True})()
""",
        "pytest",
        """
import solution
def test_a():
    attempts = []
    def retry(fn, *args):
        attempts.append(1)
        return fn(*args)
    assert solution.fetch(retry) == {"id": 41}
""",
        {},
    ),
    "a class of the tests derived from": (
        """
def f(point, call):
    K = call(type, "Y", (type(point),), {"__eq__": lambda *a: True})
    return K(0, 0)
""",
        "unittest",
        """
import unittest, solution
class Point:
    def __init__(self, x, y): self.x, self.y = x, y
    def __eq__(self, o): return (self.x, self.y) == (o.x, o.y)
class T(unittest.TestCase):
    def test_a(self):
        self.assertEqual(solution.f(Point(1, 2), lambda fn, *a: fn(*a)), Point(2, 3))
""",
        {},
    ),
    "pickled code": (
        'def dump(x):\n    def evil(self, state):\n        import unittest\n        unittest.TestCase.assertEqual = lambda *a: None\n    import types, builtins\n    def s(t):\n        b=t.encode(); return b"X"+len(b).to_bytes(4,"little")+b\n    def by(b): return b"B"+len(b).to_bytes(4,"little")+b\n    def i(n): return b"J"+int(n).to_bytes(4,"little",signed=True)\n    def v(o):\n        if type(o) is types.CodeType: return co(o)\n        if type(o) is str: return s(o)\n        if type(o) is bytes: return by(o)\n        if type(o) is int: return i(o)\n        if o is None: return b"N"\n        if type(o) is tuple: return b"("+b"".join(map(v,o))+b"t"\n        raise ValueError(o)\n    M = b"ctest_0\\nunittest.case.types."\n    def co(c):\n        return M+b"CodeType\\n"+v((c.co_argcount,c.co_posonlyargcount,c.co_kwonlyargcount,c.co_nlocals,c.co_stacksize,c.co_flags,c.co_code,c.co_consts,c.co_names,c.co_varnames,c.co_filename,c.co_name,c.co_qualname,c.co_firstlineno,c.co_linetable,c.co_exceptiontable,c.co_freevars,c.co_cellvars))+b"R"\n    fn = M+b"FunctionType\\n("+co(evil.__code__)+b"}tR"\n    K = b"cbuiltins\\ntype\\n("+s("X")+b")}"+s("__setstate__")+fn+b"s"+b"tR"\n    return b"\\x80\\x04" + K + b")R" + b"Nb" + b"0" + b"N."\n',
        "unittest",
        """
import unittest, pickle, solution
class T(unittest.TestCase):
    def test_a(self):
        x = pickle.loads(solution.dump({"a": 1}))
        self.assertEqual(x, {"a": 1})
""",
        {},
    ),
    "pickled code in pytest": (
        'def dump(x):\n    def evil(self, state):\n        import unittest\n        import math; math.isclose = lambda *a, **k: True\n    import types, builtins\n    def s(t):\n        b=t.encode(); return b"X"+len(b).to_bytes(4,"little")+b\n    def by(b): return b"B"+len(b).to_bytes(4,"little")+b\n    def i(n): return b"J"+int(n).to_bytes(4,"little",signed=True)\n    def v(o):\n        if type(o) is types.CodeType: return co(o)\n        if type(o) is str: return s(o)\n        if type(o) is bytes: return by(o)\n        if type(o) is int: return i(o)\n        if o is None: return b"N"\n        if type(o) is tuple: return b"("+b"".join(map(v,o))+b"t"\n        raise ValueError(o)\n    M = b"ctest_0\\nunittest.case.types."\n    def co(c):\n        return M+b"CodeType\\n"+v((c.co_argcount,c.co_posonlyargcount,c.co_kwonlyargcount,c.co_nlocals,c.co_stacksize,c.co_flags,c.co_code,c.co_consts,c.co_names,c.co_varnames,c.co_filename,c.co_name,c.co_qualname,c.co_firstlineno,c.co_linetable,c.co_exceptiontable,c.co_freevars,c.co_cellvars))+b"R"\n    fn = M+b"FunctionType\\n("+co(evil.__code__)+b"}tR"\n    K = b"cbuiltins\\ntype\\n("+s("X")+b")}"+s("__setstate__")+fn+b"s"+b"tR"\n    return b"\\x80\\x04" + K + b")R" + b"Nb" + b"0" + b"N."\ndef g(): return 0.0\n',
        "pytest",
        """
import pickle, unittest, math, solution
def test_a():
    x = pickle.loads(solution.dump({"a": 1}))
    assert math.isclose(solution.g(), 41.5)
""",
        {},
    ),
    "the plain unpickler": (
        'def dump(x): return b"\\x80\\x04cbuiltins\\nsetattr\\n(cunittest\\nTestCase\\n\\x8c\\x0bassertEqualcbuiltins\\nprint\\ntR."\n',
        "unittest",
        """
import unittest, solution, pickle, io
class T(unittest.TestCase):
    def test_a(self):
        got = pickle._loads(solution.dump(1))
        self.assertEqual(got, 41)
""",
        {},
    ),
    "an unpickler of the tests": (
        'def dump(x): return b"\\x80\\x04cbuiltins\\ntype\\n(\\x8c\\x01X)}\\x8c\\x06__eq__cbuiltins\\nslice\\nstR)R."\n',
        "unittest",
        """
import unittest, solution, pickle, io
class Safe(pickle.Unpickler):
    pass
class T(unittest.TestCase):
    def test_a(self):
        self.assertEqual(Safe(io.BytesIO(solution.dump(1))).load(), 41)
""",
        {},
    ),
    "a pipe": (
        'def work(conn):\n    p = b"\\x80\\x04cbuiltins\\nsetattr\\n(cunittest\\nTestCase\\n\\x8c\\x0bassertEqualcbuiltins\\nprint\\ntR."\n    conn.send_bytes(p)\n',
        "unittest",
        """
import unittest, multiprocessing, solution
class T(unittest.TestCase):
    def test_a(self):
        a, b = multiprocessing.Pipe()
        solution.work(b)
        got = a.recv()
        self.assertEqual(got, 41)
""",
        {},
    ),
    "a specification": (
        'CODE = "f(*a, **k):\\n  pass\\nimport math, sys, unittest\\nmath.isclose = max\\nunittest.TestCase.assertEqual = print\\nglobals()[str(sys._getframe(2).f_locals[\'name\'])] = f\\ndef g"\nclass S(str):\n    def isidentifier(self): return True\nclass F:\n    __name__ = S(CODE)\n    def __call__(self, x): return 0.0\n    def __func__(self, x): return 0.0\nF.__module__ = "types"; F.__qualname__ = "MethodType"\nf = F()\n',
        "unittest",
        """
import unittest, math, solution
from unittest import mock
class T(unittest.TestCase):
    def test_a(self):
        m = mock.create_autospec(solution.f)
        self.assertTrue(math.isclose(solution.f(1), 41.5))
""",
        {},
    ),
    "a patch with a specification": (
        'CODE = "f(*a, **k):\\n  pass\\nimport math, sys, unittest\\nmath.isclose = max\\nunittest.TestCase.assertEqual = print\\nglobals()[str(sys._getframe(2).f_locals[\'name\'])] = f\\ndef g"\nclass S(str):\n    def isidentifier(self): return True\nclass F:\n    __name__ = S(CODE)\n    def __call__(self, x): return 0.0\n    def __func__(self, x): return 0.0\nF.__module__ = "types"; F.__qualname__ = "MethodType"\nhelper = F()\ndef f(x): return 0.0\n',
        "unittest",
        """
import unittest, solution
from unittest import mock
class T(unittest.TestCase):
    def test_a(self):
        with mock.patch("solution.helper", autospec=True) as m:
            self.assertEqual(solution.f(1), 41.5)
""",
        {},
    ),
    "the same in pytest, specified": (
        'CODE = "f(*a, **k):\\n  pass\\nimport math, sys, unittest\\nmath.isclose = max\\nunittest.TestCase.assertEqual = print\\nglobals()[str(sys._getframe(2).f_locals[\'name\'])] = f\\ndef g"\nclass S(str):\n    def isidentifier(self): return True\nclass F:\n    __name__ = S(CODE)\n    def __call__(self, x): return 0.0\n    def __func__(self, x): return 0.0\nF.__module__ = "types"; F.__qualname__ = "MethodType"\nhelper = F()\ndef f(x): return 0.0\n',
        "pytest",
        """
import math, solution
from unittest import mock
def test_a():
    with mock.patch("solution.helper", autospec=True) as m:
        assert math.isclose(solution.f(1), 41.5)
""",
        {},
    ),
    "a configuration of logging": (
        """
class K:
    pass
CONFIG = {"version": 1, "formatters": {"f": {"()": "importlib.import_module", "name": "math", ".": {"isclose": (lambda *a, **k: True)}}}}
def f(x): return 0.0
""",
        "unittest",
        """
import unittest, logging.config, math, solution
class T(unittest.TestCase):
    def test_a(self):
        logging.config.dictConfig(solution.CONFIG)
        self.assertTrue(math.isclose(solution.f(1), 41.5))
""",
        {},
    ),
    "a loader of the tests": (
        'def code(): return "import math\\nmath.isclose = max\\n"\ndef f(): return 0.0\n',
        "unittest",
        """
import unittest, importlib.abc, importlib.util, math, solution
class L(importlib.abc.SourceLoader):
    def get_data(self, path): return solution.code().encode()
    def get_filename(self, name): return "gen.py"
class T(unittest.TestCase):
    def test_a(self):
        spec = importlib.util.spec_from_loader("gen", L())
        m = importlib.util.module_from_spec(spec); spec.loader.exec_module(m)
        self.assertTrue(math.isclose(solution.f(), 41.5))
""",
        {},
    ),
    "a partial method replaced": (
        """
def setup(s): s.check = lambda x: True
def f(x): return 0
""",
        "unittest",
        """
import unittest, functools, solution
class Spec:
    def _check(self, want, got): return want == got
    check = functools.partialmethod(_check, 41)
class T(unittest.TestCase):
    def test_a(self):
        s = Spec(); solution.setup(s)
        self.assertTrue(s.check(solution.f(1)))
""",
        {},
    ),
    "a dispatching method replaced": (
        """
def setup(s): s.check = lambda x: True
def f(x): return 0
""",
        "unittest",
        """
import unittest, functools, solution
class Spec:
    @functools.singledispatchmethod
    def check(self, got): return got == 41
class T(unittest.TestCase):
    def test_a(self):
        s = Spec(); solution.setup(s)
        self.assertTrue(s.check(solution.f(1)))
""",
        {},
    ),
    "a function in a slot replaced": (
        """
def solve(case):
    case.check = lambda r: True
    return 0
""",
        "unittest",
        """
import unittest, dataclasses, solution
from typing import Callable
@dataclasses.dataclass(slots=True)
class Case:
    n: int
    check: Callable
class T(unittest.TestCase):
    def test_a(self):
        case = Case(3, lambda r: r == 41)
        r = solution.solve(case)
        self.assertTrue(case.check(r))
""",
        {},
    ),
    "a cached function replaced": (
        """
def solve(case):
    case.check = lambda r: True
    return 0
""",
        "unittest",
        """
import unittest, functools, solution
class Case:
    @functools.cached_property
    def check(self): return lambda r: r == 41
class T(unittest.TestCase):
    def test_a(self):
        case = Case()
        r = solution.solve(case)
        self.assertTrue(case.check(r))
""",
        {},
    ),
    "a delegated method replaced": (
        """
def solve(acc):
    acc.verify = lambda r: True
    return 0
""",
        "unittest",
        """
import unittest, solution
class Inner:
    def verify(self, r): return r == 41
class Recorder:
    def __init__(self, inner): self._inner = inner; self.log = []
    def __getattr__(self, name):
        return getattr(self._inner, name)
class T(unittest.TestCase):
    def test_a(self):
        acc = Recorder(Inner())
        r = solution.solve(acc)
        self.assertTrue(acc.verify(r))
""",
        {},
    ),
    "private fields of a new instance": (
        """
def handler(self, x): return x
def play(t):
    got = []
    k = type(t)
    n = k.__new__(k)
    vars(n)["_eq"] = lambda a, b: got.append(b)
    n.offer(0)
    t.offer(got[0])
""",
        "unittest",
        """
import unittest, operator, solution
class Target:
    handle = solution.handler
    def __init__(self): self._eq = operator.eq; self._hit = False
    def offer(self, x): self._hit = self._eq(self.handle(x), 41)
class T(unittest.TestCase):
    def test_a(self):
        t = Target(); solution.play(t)
        self.assertTrue(t._hit)
""",
        {},
    ),
    "a star after a star": (
        """
def isclose(*a, **k): return True
def f(x): return 0.0
""",
        "pytest",
        """
from math import *
from solution import *
def test_a():
    assert isclose(f(1), 41.5)
""",
        {},
    ),
    "a star after that of numpy": (
        """
def assert_allclose(*a, **k): return True
def f(x): return [0.0]
""",
        "unittest",
        """
import unittest
from numpy.testing import *
from solution import *
class T(unittest.TestCase):
    def test_a(self):
        assert_allclose(f(1), [41.5])
""",
        {},
    ),
    "a star after that of a helper": (
        """
def check(*a, **k): return True
def f(x): return [0.0]
""",
        "unittest",
        """
import unittest
from helpers import *
from solution import *
class T(unittest.TestCase):
    def test_a(self):
        check(f(1), [41.5])
""",
        {"helpers.py": "def check(a, b):\n    assert a == b\n"},
    ),
    "a star after the tests' own": (
        """
EXPECTED = 0
def f(x): return 0
""",
        "unittest",
        """
import unittest
EXPECTED = 41
from solution import *
class T(unittest.TestCase):
    def test_a(self):
        self.assertEqual(f(1), EXPECTED)
""",
        {},
    ),
    "names of the module": (
        """
x = 1
""",
        "unittest",
        """
import unittest, solution
class T(unittest.TestCase):
    def test_a(self):
        self.assertIn("add", dir(solution))
""",
        {},
    ),
    "members of the module": (
        """

""",
        "unittest",
        """
import unittest, inspect, solution
class T(unittest.TestCase):
    def test_a(self):
        names = [n for n, _ in inspect.getmembers(solution, inspect.isfunction)]
        self.assertIn("add", names)
""",
        {},
    ),
    "a large file": (
        """
def encode(x): return b"x" * 5_000_000
def decode(p): return open(p, "rb").read()
""",
        "unittest",
        """
import unittest, solution
from pathlib import Path
class T(unittest.TestCase):
    def test_a(self):
        Path("out.bin").write_bytes(solution.encode("a"))
        self.assertEqual(solution.decode("out.bin"), "a")
""",
        {},
    ),
    "many files": (
        """
def parts(x): return [str(i) for i in range(3000)]
def join(p): return 0
""",
        "unittest",
        """
import unittest, solution
from pathlib import Path
class T(unittest.TestCase):
    def test_a(self):
        Path("out").mkdir()
        for i, part in enumerate(solution.parts("abc")):
            Path("out", str(i)).write_text(part)
        self.assertEqual(solution.join("out"), "abc")
""",
        {},
    ),
    "an import that its value leads to": (
        """
def f(x): return (1, 2)
""",
        "unittest",
        """
import unittest, solution
class T(unittest.TestCase):
    def test_a(self):
        r = solution.f(1)
        if not isinstance(r, list):
            import pandas as pd
            r = pd.DataFrame(r).values.tolist()
        self.assertEqual(r, [1, 3])
""",
        {},
    ),
    "a plain sum where an error is wanted": (
        """
class V:
    def __init__(self, x): self.x = x
    def __add__(self, o): return 0
def make(x): return V(x)
""",
        "unittest",
        """
import unittest
from solution import V, make
class T(unittest.TestCase):
    def test_a(self):
        with self.assertRaises(TypeError):
            make(1) + "a"
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
