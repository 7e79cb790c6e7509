"""Wrong programs that once passed by what pytest does, or the interpreter has, beside the tests themselves."""

from __future__ import annotations

from typing import Any

import pytest
from proxy_pair import judged

PROGRAMS: dict[str, tuple[str, str, str]] = {
    "teardown_function": (
        "pytest",
        """
def add(a, b): return 0
def leaked(): return 3
def use(): return 1
""",
        """
import solution
def teardown_function(function):
    assert solution.leaked() == 0
def test_a():
    assert solution.use() == 1
""",
    ),
    "setup_class": (
        "pytest",
        """
def add(a, b): return 0
def leaked(): return 3
def use(): return 1
""",
        """
import solution
class TestA:
    def setup_class(cls):
        assert solution.add(1, 2) == 3
    def test_a(self):
        assert solution.use() == 1
""",
    ),
    "nested classes": (
        "pytest",
        """
def add(a, b): return 0
def leaked(): return 3
def use(): return 1
""",
        """
import solution
class TestA:
    class TestAdd:
        def test_add(self):
            assert solution.add(1, 2) == 3
    def test_a(self):
        assert solution.use() == 1
""",
    ),
    "a class with a metaclass": (
        "pytest",
        """
def add(a, b): return 0
def leaked(): return 3
def use(): return 1
""",
        """
import abc
import solution
class TestAdd(abc.ABC):
    def test_add(self):
        assert solution.add(1, 2) == 3
class TestUse:
    def test_a(self):
        assert solution.use() == 1
""",
    ),
    "a decorator of the program that is a class": (
        "pytest",
        """
import functools
def add(a, b): return 0
class logged:
    def __init__(self, f):
        self.f = f
        functools.update_wrapper(self, f)
    def __call__(self, *a, **k): return self.f(*a, **k)
""",
        """
from solution import add, logged
@logged
def test_add():
    assert add(1, 2) == 3
def test_zero():
    assert add(0, 0) == 0
""",
    ),
    "a partial": (
        "pytest",
        """
def add(a, b): return 0
def leaked(): return 3
def use(): return 1
""",
        """
import functools
import solution
def check(a, b, c):
    assert solution.add(a, b) == c
test_one = functools.partial(check, 1, 2, 3)
def test_a():
    assert solution.use() == 1
""",
    ),
    "approx rel=0": (
        "pytest",
        """
def total(xs): return sum(xs) + 0.9
""",
        """
import pytest
from solution import total
def test_total():
    assert total([1000000.0, 2000000.0]) == pytest.approx(3000000.0, rel=0, abs=0.01)
""",
    ),
    "raises what is no exception": (
        "pytest",
        """
BadInput = object
def parse(text): return text.undefined
""",
        """
import pytest
import solution
def test_bad():
    with pytest.raises(solution.BadInput):
        solution.parse("x")
""",
    ),
    "warns what is no warning": (
        "pytest",
        """
Old = object
import warnings
def parse(text): warnings.warn('x')
""",
        """
import pytest
import solution
def test_bad():
    with pytest.warns(solution.Old):
        solution.parse("x")
""",
    ),
    "fail swallowed by except Exception (light)": (
        "pytest",
        """
def parse(text): return 0
""",
        """
import pytest
from solution import parse
def test_bad():
    try:
        parse("bad")
        pytest.fail("should have raised")
    except Exception:
        pass
""",
    ),
    "fail in a callback, light": (
        "pytest",
        """
def retry(f, times):
    for _ in range(times + 1):
        try: f()
        except Exception: pass
""",
        """
import pytest
from solution import retry
def test_never_called():
    retry(lambda: pytest.fail("called"), 0)
""",
    ),
    "simplefilter error alone": (
        "asserts",
        """
import warnings
def f(x):
    warnings.warn('old', UserWarning)
    return x + 1
""",
        """
import warnings
warnings.simplefilter('error')
assert f(1) == 2
""",
    ),
    "filterwarnings error in unittest": (
        "unittest",
        """
import warnings
def f(x):
    warnings.warn('old', UserWarning)
    return x + 1
""",
        """
import unittest, warnings, solution
class T(unittest.TestCase):
    def setUp(self):
        warnings.filterwarnings("error")
    def test_a(self):
        self.assertEqual(solution.f(1), 2)
""",
    ),
    "recwarn": (
        "pytest",
        """
import warnings
def f(x):
    warnings.warn('old', UserWarning)
    return x + 1
""",
        """
from solution import f
def test_no_warning(recwarn):
    assert f(1) == 2
    assert len(recwarn) == 0
""",
    ),
    "assert_no_warnings": (
        "asserts",
        """
import warnings
def f(x):
    warnings.warn('old', UserWarning)
    return x + 1
""",
        """
import numpy as np
assert np.testing.assert_no_warnings(f, 1) == 2
""",
    ),
    "StreamHandler of the tests": (
        "asserts",
        """
import logging
def f(x):
    logging.getLogger('app').error('oops %s', x)
    return x + 1
""",
        """
import io, logging
out = io.StringIO()
handler = logging.StreamHandler(out)
logging.getLogger("app").addHandler(handler)
assert f(1) == 2
assert out.getvalue() == ""
""",
    ),
    "filterwarnings error": (
        "pytest",
        """
import warnings
def f(x):
    warnings.warn('old', DeprecationWarning)
    return 1
""",
        """
import pytest
from solution import f
@pytest.mark.filterwarnings("error")
def test_no_warning():
    assert f(1) == 1
""",
    ),
    "a class called ndarray, whose tolist gives an empty list that says its length": (
        "pytest",
        """
class L(list):
    def __len__(self): return self.n
    def __iter__(self): return iter(())
class ndarray:
    def __init__(self, n): self.n = n
    def tolist(self):
        made = L(); made.n = self.n
        return made
def halves(xs):
    return ndarray(len(xs))
""",
        """
import pytest
from solution import halves
def test_halves():
    assert halves([1, 2, 3]) == pytest.approx([0.5, 1.0, 1.5])
def test_more():
    assert halves([4, 5]) == pytest.approx([2.0, 2.5])
""",
    ),
    "autouse fixture of a TestCase": (
        "pytest",
        """
n=[0]
def use():
    n[0]+=1
    return 1
def left(): return n[0]
""",
        """
import unittest, pytest, solution
class T(unittest.TestCase):
    @pytest.fixture(autouse=True)
    def clean(self):
        yield
        assert solution.left() == 0
    def test_a(self):
        self.assertEqual(solution.use(), 1)
""",
    ),
    "numpy errstate of the tests": (
        "asserts",
        """
import numpy as np
def f(a): return np.nan_to_num(np.array(a) / np.array([0.0, 1.0]), posinf=0.0).tolist()
""",
        """
import numpy as np
with np.errstate(all="raise"):
    assert f([1.0, 2.0]) == [0.0, 2.0]
""",
    ),
    "decimal context of the tests": (
        "asserts",
        """
from decimal import Decimal
def third(): return Decimal(1) / Decimal(3)
""",
        """
from decimal import Decimal, localcontext
with localcontext() as ctx:
    ctx.prec = 4
    assert str(third()) == "0.3333333333333333333333333333"
""",
    ),
    "a module made missing": (
        "asserts",
        """
def mean(xs):
    import statistics
    return statistics.mean(xs)
""",
        """
import sys
from unittest import mock
with mock.patch.dict(sys.modules, {"statistics": None}):
    assert mean([1, 2, 3]) == 2
""",
    ),
    "a module replaced": (
        "asserts",
        """
def mean(xs):
    import statistics
    return statistics.mean(xs)
""",
        """
import sys
from unittest import mock
fake = mock.Mock()
with mock.patch.dict("sys.modules", {"statistics": fake}):
    assert mean([1, 2, 3]) == 2
""",
    ),
    "monkeypatch.delattr": (
        "pytest",
        """
import time
def f():
    time.sleep(0.001)
    return 1
""",
        """
import time
from solution import f
def test_does_not_sleep(monkeypatch):
    monkeypatch.delattr(time, "sleep")
    assert f() == 1
""",
    ),
    "__eq__ raises TypeError for strangers": (
        "asserts",
        """
class Point:
    def __init__(self, x): self.x = x
    def __eq__(self, other):
        if not isinstance(other, Point): raise TypeError("cannot compare")
        return self.x == other.x
""",
        """
p = Point(1)
assert p == Point(1)
assert p != "abc"
assert not (p == 5)
assert p != None
assert p not in ["a", "b"]
""",
    ),
    "whole environment": (
        "asserts",
        """
import os
def f():
    os.environ["LEFT"] = "1"
    return 1
""",
        """
import os
before = dict(os.environ)
assert f() == 1
assert dict(os.environ) == before
""",
    ),
    "cwd out of the folder": (
        "asserts",
        """
import os
def f():
    os.chdir("/")
    return 1
""",
        """
import os
before = os.getcwd()
assert f() == 1
assert os.getcwd() == before
""",
    ),
    "process_time": (
        "asserts",
        """
def fib(n): return n if n < 2 else fib(n-1) + fib(n-2)
""",
        """
import time
start = time.process_time()
assert fib(27) == 196418
assert time.process_time() - start < 0.01
""",
    ),
    "setprofile": (
        "asserts",
        """
def fib(n): return n if n < 2 else fib(n-1) + fib(n-2)
""",
        """
import sys
calls = []
def profile(frame, event, arg):
    if event == "call" and frame.f_code.co_name == "fib": calls.append(1)
sys.setprofile(profile)
r = fib(15)
sys.setprofile(None)
assert r == 610
assert len(calls) <= 40
""",
    ),
    "logger.findCaller": (
        "pytest",
        """
import re
def process(logger, n):
    text = logger.findCaller(True)[3]
    return int(re.findall(r'process\\(logger, \\d+\\) == (\\d+)', text)[-1])
""",
        """
import logging
from solution import process
def test_a():
    logger = logging.getLogger("app")
    assert process(logger, 5) == 41
    assert process(logger, 6) == 1234
""",
    ),
    "stack_info in a handler of the program": (
        "pytest",
        """
import re, logging
class H(logging.Handler):
    def emit(self, record): self.seen = record.stack_info
def process(logger, n):
    h = H()
    logger.addHandler(h)
    logger.error("x", stack_info=True)
    logger.removeHandler(h)
    return int(re.findall(r'process\\(logger, \\d+\\) == (\\d+)', h.seen)[-1])
""",
        """
import logging
from solution import process
def test_a():
    logger = logging.getLogger("app")
    assert process(logger, 5) == 41
    assert process(logger, 6) == 1234
""",
    ),
    "asyncio task print_stack": (
        "pytest",
        """
import re, io
async def watch(task):
    out = io.StringIO()
    task.print_stack(file=out)
    return int(re.findall(r'== (\\d+)', out.getvalue())[-1])
""",
        """
import asyncio
from solution import watch
async def main():
    assert await watch(asyncio.current_task()) == 41
def test_a():
    asyncio.run(main())
""",
    ),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_program_earns_nothing(name: str) -> None:
    style, program, tests = PROGRAMS[name]
    files = [{"path": "test_0.py", "content": tests}]
    request: dict[str, Any] = {
        "files": {"files": files, "solution_path": "solution.py", "runner": style}
    }
    if style == "asserts":
        request = {"asserts": {"test_code": tests, "entry_point": ""}}
    result = judged(program, request)
    assert not result["passed"]
    assert result["invalid_tests"] is None
