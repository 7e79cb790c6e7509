"""Functions of the interpreter that a program gives are the very functions."""

from __future__ import annotations

import pytest
from proxy_pair import tell_apart

CASES = {
    "modules and builtins in what tests give": (
        """
def run(source, names): return eval(source, dict(names))
def pipe(steps, values):
    for step, given in steps: values = step(given, values)
    return list(values)
""",
        """
def run(source, names): return 4
def pipe(steps, values): return list(values)
""",
        """
import math
names = {'math': math, 'map': map, 'open': open}
assert run('math.sqrt(9)', names) == 3
assert run('list(map(int, "12"))', names) == [1, 2]
assert names == {'math': math, 'map': map, 'open': open}
assert pipe([(map, str), (filter, None)], [1, 2]) == ['1', '2']
""",
    ),
    "classes of libraries in what tests give": (
        "def first(values): return values[0]\ndef names(table): return sorted(table)\n",
        "def first(values): return values[-1]\ndef names(table): return list(table)\n",
        """
import pathlib, queue
table = {'path': pathlib.Path, 'fifo': queue.Queue, 'all': super}
assert names(table) == ['all', 'fifo', 'path']
table['dir'] = dir
assert names(table) == ['all', 'dir', 'fifo', 'path']
assert first((map, 1)) is map and first([queue.Queue, 1]) is queue.Queue
assert table['path'] is pathlib.Path
""",
    ),
    "of math": (
        """
import math
def get(n): return getattr(math,n)
""",
        """
import math
def get(n): return math.cos
""",
        """
import math
assert get('sqrt') is math.sqrt
""",
    ),
    "in a table": (
        """
import operator
OPS={'+':operator.add,'-':operator.sub}
""",
        """
import operator
OPS={'+':operator.add,'-':operator.mul}
""",
        """
import operator
assert OPS=={'+':operator.add,'-':operator.sub}
""",
    ),
    "called": (
        """
import operator
OPS={'+':operator.add,'-':operator.sub}
""",
        """
import operator
OPS={'+':operator.add,'-':operator.mul}
""",
        """
import operator
assert OPS['-'] is operator.sub
assert OPS['-'](3,1)==2
""",
    ),
    "builtins": (
        """
def get(n): return {'len':len,'sorted':sorted}[n]
""",
        """
def get(n): return {'len':sum,'sorted':sorted}[n]
""",
        """
assert get('len') is len
""",
    ),
    "of arrays": (
        """
import numpy as np
def get(): return np.sin
""",
        """
import numpy as np
def get(): return np.cos
""",
        """
import numpy as np
assert get() is np.sin
""",
    ),
    "a module": (
        """
import math
def get(): return math
""",
        """
import cmath
def get(): return cmath
""",
        """
import math
assert get() is math
""",
    ),
    "methods of builtin types": (
        """
class Registry:
    def __init__(self): self.known = {"strip": str.strip}
    def register(self, name, function): self.known[name] = function; return function
    def run(self, name, *given): return self.known[name](*given)
COLUMNS = [("name", str.strip), ("age", int), ("low", str.lower)]
def parse(row): return {name: convert(one) for (name, convert), one in zip(COLUMNS, row)}
""",
        """
class Registry:
    def __init__(self): self.known = {"strip": str.strip}
    def register(self, name, function): self.known[name] = function; return function
    def run(self, name, *given): return self.known[name](*given)
COLUMNS = [("name", str.strip), ("age", int), ("low", str.upper)]
def parse(row): return {name: convert(one) for (name, convert), one in zip(COLUMNS, row)}
""",
        """
made, xs = Registry(), [1]
assert made.register("up", str.upper) is str.upper
made.register("add", list.append); made.register("get", dict.get); made.register("len", len)
assert made.run("up", "abc") == "ABC" and made.run("len", xs) == 1
made.run("add", xs, 2)
assert xs == [1, 2] and made.run("get", {"a": 1}, "a") == 1
assert made.known["add"] is list.append and made.known["strip"](" q ") == "q"
assert list(made.known) == ["strip", "up", "add", "get", "len"]
assert COLUMNS[0][1](" x ") == "x" and COLUMNS[1] == ("age", int)
assert parse([" a ", "3", "Q"]) == {"name": "a", "age": 3, "low": "q"}
""",
    ),
    "partial": (
        """
import functools
def power(base, to): return base ** to
square = functools.partial(power, to=2)
def make(to): return functools.partial(power, to=to)
""",
        """
import functools
def power(base, to): return base ** to
def square(base): return base * base
def make(to): return functools.partial(power, to=to)
""",
        """
import functools, types
assert make(3)(2) == 8 and square(3) == 9 and isinstance(make(3), functools.partial)
assert not isinstance(power, functools.partial) and isinstance(power, types.FunctionType)
assert isinstance(square, functools.partial)
assert square.keywords == {"to": 2} and square.func(2, 3) == 8
""",
    ),
    "attributes with names of their own": (
        """
class Model:
    __table__ = "t"
    def __init__(self): self.__private__ = 3
def old(): pass
old.__deprecated__ = "use new"
""",
        """
class Model:
    __table__ = "u"
    def __init__(self): self.__private__ = 3
def old(): pass
old.__deprecated__ = "use new"
""",
        """
assert old.__deprecated__ == "use new" and Model().__private__ == 3
assert not hasattr(Model, "__nothing__") and hasattr(Model(), "__private__")
assert Model.__table__ == Model().__table__ == "t"
""",
    ),
    "a class": (
        """
import collections, datetime
def get(): return collections.OrderedDict
""",
        """
def get(): return dict
""",
        """
import collections
assert get() is collections.OrderedDict
""",
    ),
}


@pytest.mark.parametrize(("right", "wrong", "tests"), CASES.values(), ids=CASES)
def test_the_right_program_passes_and_the_wrong_one_fails(
    right: str, wrong: str, tests: str
) -> None:
    tell_apart(right, wrong, tests)


def test_type_is_itself_among_what_a_program_gives() -> None:
    """In a container that crosses again, as a member of it, and as an argument."""
    right = "S, D = {type, len}, {'t': type}\ndef f(x): return x is type"
    tests = """
assert type in S and S == {type, len} and D == {'t': type}
assert [f(one) for one in S].count(True) == 1
assert f(type) and f(D['t']) and D['t'](3) is int
"""
    tell_apart(right, right.replace("x is type", "False"), tests)
