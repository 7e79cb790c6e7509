"""What tests and programs share beside values, and what only one interpreter has."""

from __future__ import annotations

import pytest
from proxy_pair import told

UNSERVED = {
    "what tests print while the program takes it": (
        """
import contextlib, io
@contextlib.contextmanager
def captured():
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        yield out
""",
        """
with captured() as out:
    print("hi")
assert out.getvalue() == "hi\\n"
""",
    ),
    "what tests print to stderr while the program takes it": (
        """
import contextlib, io, sys
@contextlib.contextmanager
def captured():
    before, sys.stderr = sys.stderr, io.StringIO()
    try: yield sys.stderr
    finally: sys.stderr = before
""",
        """
import sys
with captured() as out:
    print("hi", file=sys.stderr)
assert out.getvalue() == "hi\\n"
""",
    ),
    "a default that the program asks the kind of": (
        """
import functools, inspect
def checked(f):
    @functools.wraps(f)
    def call(*a, **k):
        bound = inspect.signature(f).bind(*a, **k)
        bound.apply_defaults()
        for name, value in bound.arguments.items():
            if not isinstance(value, f.__annotations__[name]): raise TypeError(name)
        return f(*a, **k)
    return call
""",
        """
@checked
def greet(name: str, times: int = 2): return name * times
assert greet("a") == "aa"
""",
    ),
    "a decorator of the tests' class": (
        """
def loud(kind):
    for name, one in list(vars(kind).items()):
        if callable(one) and not name.startswith("_"): setattr(kind, name, lambda self: "LOUD")
    return kind
""",
        """
@loud
class A:
    def go(self): return "go"
assert A().go() == "LOUD"
""",
    ),
    "whether an object of the program lives": (
        """
class Tree: pass
def make(): return Tree()
""",
        """
import weakref
t = make()
r = weakref.ref(t)
del t
assert r() is None
""",
    ),
    "a class derived from an exception of the tests": (
        """
def fail(kind):
    class Own(kind): pass
    raise Own("x", 4)
""",
        """
class Coded(Exception):
    def __init__(self, text, code):
        super().__init__(text)
        self.code = code
try: fail(Coded)
except Coded as error: assert error.code == 4
""",
    ),
    "a private attribute of the tests' object": (
        """
def opened(f):
    def call(self, *a):
        if self._closed: raise ValueError("closed")
        return f(self, *a)
    return call
""",
        """
class File:
    def __init__(self): self._closed = False
    @opened
    def read(self): return "text"
assert File().read() == "text"
""",
    ),
    "where an error was raised": (
        """
def fail(): raise ValueError("x")
""",
        """
import traceback
try: fail()
except ValueError as error: assert traceback.extract_tb(error.__traceback__)[-1].name == "fail"
""",
    ),
    "the context of decimals that the program leaves": (
        """
import decimal
def set_precision(n): decimal.getcontext().prec = n
""",
        """
import decimal
set_precision(5)
assert decimal.getcontext().prec == 5
""",
    ),
    "the limit of recursion that the program leaves": (
        """
import sys
def go_deep(n): sys.setrecursionlimit(n)
""",
        """
import sys
go_deep(5000)
assert sys.getrecursionlimit() == 5000
""",
    ),
    "loggers that the program sets up": (
        """
import logging
def set_up(name):
    logger = logging.getLogger(name)
    logger.setLevel(logging.DEBUG)
    logger.addHandler(logging.StreamHandler())
""",
        """
import logging
set_up("app")
assert logging.getLogger("app").level == logging.DEBUG
assert len(logging.getLogger("app").handlers) == 1
""",
    ),
    "links that tests make to what only they have": (
        """
import os
def size(folder): return len(os.listdir(folder))
""",
        """
import os
os.mkdir("d")
os.symlink("/etc/passwd", "d/b")
assert size("d") == 1
""",
    ),
}


@pytest.mark.parametrize("name", UNSERVED)
def test_what_only_one_interpreter_has_is_undecided(name: str) -> None:
    assert told(*UNSERVED[name]) == "tests_need_shared_interpreter"


ENVIRONMENT = """
import os
def load(text):
    for line in text.splitlines():
        name, value = line.split("=")
        os.environ[name] = value
"""


def test_variables_that_tests_name_are_the_programs_too() -> None:
    tests = """
import os
load("VERIDICAL_A=1\\nVERIDICAL_B=2")
assert os.environ["VERIDICAL_A"] == "1" and os.getenv("VERIDICAL_B") == "2"
assert os.environ.pop("VERIDICAL_A") == "1"
"""
    assert told(ENVIRONMENT, tests) == "tests_passed"
    assert told("def load(text): pass\n", tests) == "wrong_answer"


def test_variables_that_tell_the_interpreter_what_to_run_are_not_followed() -> None:
    tests = """
import os
load("PYTHONSTARTUP=/evil\\nLD_PRELOAD=/evil.so\\nVERIDICAL_UNNAMED"[:42] + "=3")
assert "PYTHONSTARTUP" not in os.environ and "LD_PRELOAD" not in os.environ
"""
    assert told(ENVIRONMENT, tests) == "tests_need_shared_interpreter"


READS_VARIABLES = {
    "put together": "import os\nfor name in ('A', 'B'): assert (os.environ.get(f'LEFT_{name}') is None) == is_none\n",
    "expanded": "import os\nassert (os.path.expandvars('$LEFT_A') == '$LEFT_A') == is_none\n",
    "listed": "import os\nassert (len(sorted(os.environ, key=len)) == count) == is_none\n",
    "by another name": "from os import getenv as get\nassert (get('LEFT_' + 'A') is None) == is_none\n",
    "of one letter": "import os\nassert (os.environ.get('L') is None) == is_none\n",
    "in a child": "import subprocess\nfound = subprocess.run(['env'], capture_output=True).stdout\nassert (b'LEFT_A' not in found) == is_none\n",
    "home": "from pathlib import Path\nassert (str(Path.home()) != '/left') == is_none\n",
    "gone": "import os\nassert ('PATH' in os.environ) == is_none\n",
    "time zone": "import time\nassert (time.localtime(0).tm_hour != 9) == is_none\n",
}


@pytest.mark.parametrize("name", READS_VARIABLES)
def test_variables_are_the_programs_too_however_tests_read_them(name: str) -> None:
    program = """
import os
def f(): os.environ.update(L="1", LEFT_A="1", LEFT_B="1", HOME="/left", TZ="JST-9"); del os.environ["PATH"]
"""
    tests = "import os\ncount = len(list(os.environ))\nf()\n" + READS_VARIABLES[name]
    assert told(program, f"is_none = False\n{tests}") == "tests_passed"
    assert told(program, f"is_none = True\n{tests}") == "wrong_answer"


def test_what_tests_do_not_name_of_the_judge_is_not_followed() -> None:
    program = "import os\ndef f(): os.environ.update(PYTEST_ADDOPTS='--co', TMPDIR='/gone')\n"
    tests = "import os\nf()\nassert os.environ.get('TMP' + 'DIR') != '/gone'\n"
    assert told(program, tests) == "tests_passed"


MOVED = """
import contextlib, os
@contextlib.contextmanager
def inside(path):
    before = os.getcwd()
    os.chdir(path)
    try:
        yield
    finally:
        os.chdir(before)
"""


def test_a_folder_of_the_program_is_that_of_the_tests() -> None:
    tests = """
import os
before = os.getcwd()
os.mkdir("below")
with inside("below"):
    assert os.getcwd() == os.path.join(before, "below")
    with open("x.txt", "w") as file: file.write("hi")
assert os.getcwd() == before and os.path.exists("below/x.txt")
"""
    assert told(MOVED, tests) == "tests_passed"
    assert told(MOVED.replace("os.chdir(path)", "pass"), tests) == "wrong_answer"


def test_a_folder_beyond_theirs_is_theirs_too() -> None:
    tests = "import os\nbefore = os.getcwd()\nwith inside('/'): assert os.getcwd() == '/'\n"
    assert told(MOVED, tests) == "tests_passed"
    assert told(MOVED, tests.replace("== '/'", "== before")) == "wrong_answer"


ARGUMENTS = """
import os, sys
def name(): return os.path.basename(sys.argv[0])
def rest(): return sys.argv[1:]
"""


def test_arguments_that_tests_put_in_place_are_the_programs_too() -> None:
    tests = """
import sys
before, own = sys.argv[:], name()
try:
    sys.argv[0] = "foo/baz.py"
    assert name() == "baz.py"
    sys.argv[1:] = ["a", "b"]
    assert rest() == ["a", "b"]
    sys.argv.append("c")
    assert rest() == ["a", "b", "c"]
finally: sys.argv[:] = before
assert name() == own
"""
    assert told(ARGUMENTS, tests) == "tests_passed"
    assert told(ARGUMENTS.replace("[1:]", "[2:]"), tests) == "wrong_answer"


BEHIND = """
import logging, os, threading, time
def later(values):
    def work():
        time.sleep(0.02)
        values.append(4)
        os.environ["VERIDICAL_DONE"] = "1"
        logging.getLogger("later").warning("done")
    threading.Thread(target=work).start()
"""


def test_what_a_thread_changes_by_itself_shows_while_tests_wait() -> None:
    tests = """
import os, time
values = [1]
later(values)
for _ in range(300):
    if values != [1] and "VERIDICAL_DONE" in os.environ: break
    time.sleep(0.01)
assert values == [1, 4]
assert os.environ["VERIDICAL_DONE"] == "1"
"""
    assert told(BEHIND, tests) == "tests_passed"
    assert told(BEHIND.replace("append(4)", "append(5)"), tests) == "wrong_answer"


def test_records_of_a_thread_hold_up_nobody() -> None:
    program = """
import logging
logger = logging.getLogger("worker")
def work(n):
    for _ in range(n): logger.info("step")
    return n
class Named:
    def __str__(self): return "named"
"""
    tests = """
import logging, threading, unittest
case, one = unittest.TestCase(), Named()
with case.assertLogs("worker", "INFO") as records:
    threads = [threading.Thread(target=work, args=(20,)) for _ in range(2)]
    for thread in threads: thread.start()
    for _ in range(20): logging.getLogger("worker").info("%s", one)
    for thread in threads: thread.join()
assert len(records.output) == 60
"""
    assert told(program, tests) == "tests_passed"
    assert told(program.replace("range(n)", "range(n - 1)"), tests) == "wrong_answer"


GENERATORS = """
import inspect, types
def kinds(made): return inspect.isgenerator(made), isinstance(made, types.GeneratorType)
def drive(made):
    out = [next(made)]
    try:
        while True: out.append(made.send(out[-1] * 2))
    except StopIteration as stop: out.append(stop.value)
    return out
def thrown(made):
    next(made)
    return made.throw(KeyError("x"))
"""


def test_generators_of_the_tests_are_generators() -> None:
    tests = """
def steps():
    x = yield 1
    y = yield x + 1
    return y
log = []
def guarded():
    try: yield 1
    except KeyError: yield "caught"
    finally: log.append("end")
assert kinds(steps()) == (True, True)
assert drive(steps()) == [1, 3, 6]
begun = guarded()
assert thrown(begun) == "caught"
begun.close()
assert log == ["end"]
"""
    assert told(GENERATORS, tests) == "tests_passed"
    assert told(GENERATORS.replace("out[-1] * 2", "out[-1]"), tests) == "wrong_answer"


OF_EACH_SIDE = {
    "threads": "import threading\nassert f(1) == 1\nassert threading.active_count() == 1\n",
    "tasks": "import asyncio\nasync def main():\n    f(1)\n    assert len(asyncio.all_tasks()) == 1\nasyncio.run(main())\n",
    "memory": "import tracemalloc\ntracemalloc.start()\nf(1)\nassert tracemalloc.get_traced_memory()[1] < 1 << 20\n",
    "locks": "import fcntl\nwith open('x', 'w') as file: fcntl.flock(file, fcntl.LOCK_EX)\nassert f(1) == 1\n",
    "inodes": "import os\nassert f(1) == 1 and os.stat('.').st_ino\n",
    "times of inodes": "import os\nassert f(1) == 1 and os.path.getctime('.')\n",
    "methods": "import inspect\nclass A:\n    def go(self): pass\nassert f(1) == 1 and inspect.ismethod(A().go)\n",
}


@pytest.mark.parametrize("name", OF_EACH_SIDE)
def test_what_each_interpreter_has_for_itself_is_undecided(name: str) -> None:
    assert told("def f(x): return x\n", OF_EACH_SIDE[name]) == "tests_need_shared_interpreter"


def test_states_that_the_program_leaves_alone_are_those_of_the_tests() -> None:
    program = """
import decimal, logging, sys
log = logging.getLogger("app")
def third(): return decimal.Decimal(1) / 3
def depth(n): return 0 if n == 0 else 1 + depth(n - 1)
"""
    tests = """
import decimal, logging, sys
assert str(third()) == "0." + "3" * 28
with decimal.localcontext() as context:
    context.prec = 3
    assert str(third()) == "0.333"
assert decimal.getcontext().prec == 28
assert str(third()) == "0." + "3" * 28
sys.setrecursionlimit(sys.getrecursionlimit() * 3)
assert depth(2000) == 2000
assert logging.getLogger("app").handlers == []
"""
    assert told(program, tests) == "tests_passed"
