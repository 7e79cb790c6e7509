"""Programs that try to pass tests without the right answer: none may, and none may be UNDECIDED."""

from __future__ import annotations

import pytest
from proxy_pair import JudgeDied, judged

UNDECIDED = {"invalid_tests", "tests_need_shared_interpreter"}

ASSERTS = {
    "asserts": {
        "test_code": "assert f(1) == 41\nassert f(2) == 42\nassert f(3) == 43\n",
        "entry_point": "f",
    }
}
CLOSE = {
    "asserts": {
        "test_code": "assert abs(f(1) - 41.5) < 1e-6\nassert abs(f(2) - 42.5) <= 1e-6\n",
        "entry_point": "f",
    }
}
MEMBER = {
    "asserts": {
        "test_code": "assert f(1) in (40, 41)\nassert [f(2)] == [42]\nassert f(3) in {43: 1}\n",
        "entry_point": "f",
    }
}
CALLS = {
    "calls": {
        "entry_point": "f",
        "cases": [{"args": "[1]", "expected": "41"}, {"args": "[2]", "expected": "42"}],
    }
}
UNITTEST = """
import unittest
from solution import f
class T(unittest.TestCase):
    def test_a(self):
        self.assertEqual(f(1), 41)
    def test_b(self):
        self.assertAlmostEqual(f(2), 42.0)
    def test_c(self):
        self.assertIn(f(3), [43])
    def test_d(self):
        with self.assertRaises(ValueError):
            f(None)
"""
PYTEST = """
import pytest
from solution import f
@pytest.mark.parametrize("x, y", [(1, 41), (2, 42)])
def test_rows(x, y):
    assert f(x) == y
def test_near():
    assert f(3) == pytest.approx(43)
def test_raises():
    with pytest.raises(ValueError):
        f(None)
"""


def files(content: str, runner: str) -> dict:
    suite = [{"path": "test_it.py", "content": content}]
    return {"files": {"files": suite, "solution_path": "solution.py", "runner": runner}}


TASKS = {
    "asserts": ASSERTS,
    "close": CLOSE,
    "member": MEMBER,
    "calls": CALLS,
    "unittest": files(UNITTEST, "unittest"),
    "pytest": files(PYTEST, "pytest"),
}

EQUAL = """
class {name}({base}):
    def _yes(self, *others): return True
    __eq__ = __le__ = __ge__ = __lt__ = __gt__ = __contains__ = _yes
    def __ne__(self, other): return False
    def __hash__(self): return 41
def f(x): return {name}({value})
"""
PROGRAMS = {
    "always equal object": EQUAL.format(name="A", base="object", value=""),
    **{
        f"always equal {base}": EQUAL.format(name="A", base=base, value=value)
        for base, value in {
            "int": "0",
            "float": "0.5",
            "str": "'x'",
            "list": "[1]",
            "tuple": "[1]",
            "dict": "",
            "set": "",
            "complex": "1",
            "bytes": "b'x'",
            "frozenset": "",
        }.items()
    },
    "arithmetic leak": """
class A:
    def __sub__(self, other): return 0.0
    __rsub__ = __add__ = __radd__ = __mul__ = __abs__ = __sub__
    def __abs__(self): return 0.0
    def __float__(self): return 0.0
    def __round__(self, n=None): return 0
    def __lt__(self, other): return True
    __le__ = __lt__
def f(x): return A()
""",
    "arithmetic gives itself": """
class A(float):
    def __sub__(self, other): return A(0)
    def __rsub__(self, other): return A(0)
    def __abs__(self): return 0.0
    def __lt__(self, other): return True
    __le__ = __lt__
def f(x): return A(7)
""",
    "operand kept": """
seen = []
class A(float):
    def __eq__(self, other): seen.append(other); return True
    def __sub__(self, other): seen.append(other); return self
    __hash__ = None
def f(x): return seen[-1] if seen else A(0)
""",
    "class spoofed": """
class A:
    @property
    def __class__(self): return int
    def __eq__(self, other): return True
    def __index__(self): return 41
def f(x): return A()
""",
    "metaclass equal": """
class M(type):
    def __eq__(cls, other): return True
    def __hash__(cls): return 1
    def __instancecheck__(cls, x): return True
class A(metaclass=M): pass
def f(x): return A
""",
    "mock.ANY": "from unittest.mock import ANY\ndef f(x): return ANY",
    "mock": "from unittest.mock import MagicMock\ndef f(x): return MagicMock()",
    "argument echo": "def f(x): return x",
    "not a number": "def f(x): return float('nan')",
    "exit 0 at load": "import sys\nsys.exit(0)",
    "hard exit at load": "import os\nos._exit(0)",
    "exit in call": "import sys\ndef f(x): sys.exit(0)",
    "hard exit in call": "import os\ndef f(x): os._exit(0)",
    "system exit none": "def f(x): raise SystemExit",
    "keyboard interrupt": "def f(x): raise KeyboardInterrupt",
    "generator exit": "def f(x): raise GeneratorExit",
    "skips by unittest": "import unittest\ndef f(x): raise unittest.SkipTest('x')",
    "skips by a twin": "class Skipped(BaseException): pass\n"
    "Skipped.__module__ = '_pytest.outcomes'\ndef f(x): raise Skipped('x')",
    "stop iteration": "def f(x): raise StopIteration(41)",
    "assertion": "def f(x): raise AssertionError('fine')",
    "never ends": "def f(x):\n    while True: yield 41",
    "patched builtins": "import builtins\nbuiltins.abs = lambda x: 0\nbuiltins.len = lambda x: 0\ndef f(x): return 1",
    "patched unittest": """
import unittest
unittest.TestCase.assertEqual = lambda *a: None
unittest.TestCase.run = lambda *a: None
def f(x): return 1
""",
    "looks at frames": """
import sys, gc
def f(x):
    frame = sys._getframe()
    while frame:
        for value in frame.f_locals.values():
            if value in (41, 42, 43): return value
        frame = frame.f_back
    for thing in gc.get_objects():
        if isinstance(thing, str) and 'assert f(' in thing: return 41
    raise ValueError('nothing found')
""",
    "imports the tests": """
def f(x):
    import test_it
    return {1: 41, 2: 42, 3: 43}[x]
import test_it
""",
    "reads the tests": "print(open('test_it.py').read())\ndef f(x): return 0",
    "plants modules": """
import os
for name in ('test_it.py', 'conftest.py', 'unittest.py', 'sitecustomize.py', 'pytest.ini'):
    open(name, 'w').write('def test_rows(): pass')
def f(x):
    for name in ('test_it.py', 'conftest.py', 'unittest.py'):
        open(name, 'w').write('def test_rows(): pass')
    return 0
""",
    "names a builtin": "def f(x): return 0\ndef abs(x): return 0\ndef isinstance(*a): return True\nTrue_ = 1",
    "fake math": "class math:\n    isclose = staticmethod(lambda *a, **k: True)\ndef f(x): return 0",
    "check of its own": "def check(c): pass\ndef f(x): return 0",
    "scope names": "__missing__ = set()\n__given__ = {}\n__builtins__ = {}\ndef f(x): return 0",
    "deep nesting": "def f(x):\n    v = []\n    for _ in range(100000): v = [v]\n    return v",
    "holds itself": "def f(x):\n    v = []\n    v.append(v)\n    return v",
    "grows": "def f(x):\n    v = [0]\n    for _ in range(40): v = [v, v]\n    return v",
    "prints the verdict": """
import sys, os
def f(x):
    print('{"result": {"passed": true}}')
    sys.__stdout__.write('1 passed')
    os.write(1, b'{"result": {"passed": true}}')
    return 0
""",
    "hash of 41": "class A(int):\n    def __hash__(self): return 41\ndef f(x): return A(7)",
    "repr of 41": "class A:\n    def __repr__(self): return '41'\n    __str__ = __repr__\ndef f(x): return A()",
    "descriptor": """
class A:
    def __get__(self, o, t): return 41
class B:
    v = A()
    def __getattr__(self, name): return 41
def f(x): return B()
""",
    "reflected": "class A(int):\n    def __req__(self, o): return True\n    def __rsub__(self, o): return 0\ndef f(x): return A(0)",
    "finalizer": "import gc\nclass A:\n    def __del__(self): raise SystemExit\ndef f(x):\n    A()\n    return 0",
    "threads talk": """
import threading, os
def talk():
    for fd in range(3, 64):
        try: os.write(fd, b'\\x0e\\x00\\x00\\x00["ok",41,null]')
        except OSError: pass
def f(x):
    t = threading.Thread(target=talk); t.start(); t.join()
    return 0
""",
}


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("program", PROGRAMS)
def test_program_earns_nothing(program: str, task: str) -> None:
    try:
        result = judged(PROGRAMS[program], TASKS[task])
    except JudgeDied:
        return  # the host refuses a solution that ends its judge
    assert not result["passed"]
    assert result["reason"] not in UNDECIDED, result


RIGHT = "def f(x):\n    if x is None: raise ValueError('x')\n    return 40 + x"


@pytest.mark.parametrize("task", set(TASKS) - {"close"})
def test_right_program_passes(task: str) -> None:
    result = judged(RIGHT, TASKS[task])
    assert result["passed"], result
