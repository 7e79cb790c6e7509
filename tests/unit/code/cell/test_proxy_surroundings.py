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
    "who holds an object": (
        """
import weakref
class Registry:
    def __init__(self): self.held = weakref.WeakSet()
    def add(self, one): self.held.add(one)
    def count(self): return len(self.held)
""",
        """
import gc
class A: pass
registry, one = Registry(), A()
registry.add(one)
assert registry.count() == 1
del one
gc.collect()
assert registry.count() == 0
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


def test_variables_that_tell_the_interpreter_what_to_run_are_not() -> None:
    tests = """
import os
load("PYTHONSTARTUP=/evil\\nLD_PRELOAD=/evil.so\\nVERIDICAL_UNNAMED"[:42] + "=3")
assert "PYTHONSTARTUP" not in os.environ and "LD_PRELOAD" not in os.environ
"""
    assert told(ENVIRONMENT, tests) == "tests_passed"


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


def test_a_folder_beyond_theirs_is_not() -> None:
    tests = "import os\nbefore = os.getcwd()\nwith inside('/'): assert os.getcwd() == before\n"
    assert told(MOVED, tests) == "tests_passed"
