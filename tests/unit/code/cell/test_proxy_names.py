"""Names with double underscores that somebody made up, on what the tests give a program."""

from __future__ import annotations

import pytest
from proxy_pair import tell_apart, told

CASES = {
    "a class and its objects": (
        """
def table(kind): return kind.__tablename__
def table_of(one): return type(one).__tablename__
def weight(one): return getattr(one, '__weight__', 0)
def shown(one): return one.__html__() if hasattr(one, '__html__') else str(one)
def keep(one): one.__seen__ = 3
""",
        """
def table(kind): return 'rows'
def table_of(one): return None
def weight(one): return 0
def shown(one): return str(one)
def keep(one): pass
""",
        """
class Row:
    __tablename__ = 'users'
    __weight__ = 3
    def __html__(self): return '<row>'
class Bare:
    def __getattr__(self, name):
        if name == '__html__': return lambda: '<bare>'
        raise AttributeError(name)
assert table(Row) == table_of(Row()) == 'users'
assert weight(Row()) == 3
assert shown(Row()) == '<row>' and shown(Bare()) == '<bare>' and shown(1) == '1'
one = Row()
keep(one)
assert one.__seen__ == 3 and vars(one) == {'__seen__': 3}
""",
    ),
    "a function": (
        """
def route(path):
    def set_on(f):
        f.__route__ = path
        return f
    return set_on
def routed(f): return f.__route__
""",
        """
def route(path): return lambda f: f
def routed(f): return None
""",
        """
def plain(): pass
plain.__route__ = '/a'
assert routed(plain) == '/a'
@route('/b')
def marked(): pass
assert marked.__route__ == routed(marked) == '/b'
""",
    ),
    "an error": (
        "def code(error): return error.__code_of__\n",
        "def code(error): return 0\n",
        """
class Refused(Exception):
    __code_of__ = 7
assert code(Refused()) == code(Refused) == 7
""",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_tells_a_right_program_from_a_wrong_one(name: str) -> None:
    tell_apart(*CASES[name])


@pytest.mark.parametrize(
    "name", ["__globals__", "__closure__", "__code__.co_consts", "__wrapped__"]
)
def test_what_python_keeps_on_a_function_of_the_tests_tells_nothing(name: str) -> None:
    program = f"def f(g):\n    return getattr(g, '__own__', 0) + g.{name}['expected']\n"
    tests = """
import functools
expected = 41
def inner(): return expected
@functools.wraps(inner)
def g(): return expected
assert f(g) == 41
"""
    assert told(program, tests) in ("wrong_answer", "runtime_error")


@pytest.mark.parametrize("name", ["__reference__.link", "__info__.link", "__spec__.loader"])
def test_an_object_that_hands_on_what_it_is_asked_leads_to_no_runtime(name: str) -> None:
    program = f"class Own: pass\ndef f(x): return 1 if x.{name} else 2\n"
    tests = """
import sys
class Handing:
    def __init__(self, *inner): self.inner = inner
    def __getattr__(self, name):
        return next(getattr(one, name) for one in self.inner if hasattr(one, name))
assert f(Handing(Own(), Own, sys)) == 1
"""
    assert told(program, tests) in ("wrong_answer", "runtime_error")


def test_a_mark_of_runners_stays_with_the_program() -> None:
    program = "def put(f):\n    f.__test__ = False\n    f.__unittest_skip__ = True\n    return f\n"
    tests = """
@put
def own(): return 1
assert not {'__test__', '__unittest_skip__'} & vars(own).keys()
"""
    assert told(program, tests) == "tests_passed"
