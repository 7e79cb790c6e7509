"""What a program does with the tests' own classes and functions: descriptors, dataclasses, signatures; and what it logs."""

from __future__ import annotations

import pytest
from proxy_pair import tell_apart, told

CASES = {
    "parameters of any name": (
        "def f(g): return g(1, 2, __=3)\n",
        "def f(g): return 6\n",
        "assert f(lambda _, call, *, __, ___=4: (_, call, __, ___)) == (1, 2, 3, 4)\n",
    ),
    "descriptor": (
        """
class Positive:
    def __set_name__(self, owner, name): self.name = '_' + name
    def __get__(self, obj, owner=None):
        if obj is None: return self
        return getattr(obj, self.name)
    def __set__(self, obj, value):
        if value < 0: raise ValueError('negative')
        setattr(obj, self.name, value)
""",
        """
class Positive:
    def __set_name__(self, owner, name): self.name = '_' + name
    def __get__(self, obj, owner=None):
        if obj is None: return self
        return getattr(obj, self.name)
    def __set__(self, obj, value):
        setattr(obj, self.name, value)
""",
        """
class P:
    x = Positive()
    def __init__(self, x): self.x = x
p = P(3)
assert p.x == 3
p.x = 4
assert p.x == 4
try:
    p.x = -1
except ValueError: pass
else: assert False
""",
    ),
    "cached_property": (
        """
class cached:
    def __init__(self, f): self.f = f; self.name = f.__name__
    def __get__(self, obj, owner):
        if obj is None: return self
        v = obj.__dict__[self.name] = self.f(obj)
        return v
""",
        """
class cached:
    def __init__(self, f): self.f = f; self.name = f.__name__
    def __get__(self, obj, owner):
        if obj is None: return self
        return self.f(obj)
""",
        """
n = []
class P:
    @cached
    def x(self):
        n.append(1); return 5
p = P()
assert p.x == 5 and p.x == 5
assert n == [1]
""",
    ),
    "decorator class on a method": (
        """
import functools, types
class counted:
    def __init__(self, f): self.f = f; self.n = 0
    def __call__(self, *a):
        self.n += 1
        return self.f(*a)
    def __get__(self, obj, owner): return self if obj is None else types.MethodType(self, obj)
""",
        """
class counted:
    def __init__(self, f): self.f = f; self.n = 0
    def __call__(self, *a):
        return self.f(*a)
    def __get__(self, obj, owner): return self if obj is None else (lambda *a: self.f(obj, *a))
""",
        """
class P:
    @counted
    def x(self, y): return y + 1
p = P()
assert p.x(1) == 2
assert p.x(2) == 3
assert P.x.n == 2
""",
    ),
    "descriptor, weak keys": (
        """
import weakref
class Typed:
    def __init__(self, kind): self.kind=kind; self.values=weakref.WeakKeyDictionary()
    def __get__(self, obj, owner):
        return self if obj is None else self.values.get(obj)
    def __set__(self, obj, value):
        if not isinstance(value, self.kind): raise TypeError
        self.values[obj]=value
""",
        """
class Typed:
    def __init__(self, kind): self.kind=kind
    def __get__(self, obj, owner):
        return self if obj is None else self.v
    def __set__(self, obj, value):
        if not isinstance(value, self.kind): raise TypeError
        self.v=value
""",
        """
class P:
    a = Typed(int)
p, q = P(), P()
p.a = 1
q.a = 2
assert p.a == 1 and q.a == 2
try: p.a = 'x'
except TypeError: pass
else: assert False
""",
    ),
    "class_property": (
        """
class classproperty:
    def __init__(self, f): self.f=f
    def __get__(self, obj, owner): return self.f(owner)
""",
        """
class classproperty:
    def __init__(self, f): self.f=f
    def __get__(self, obj, owner): return None
""",
        """
class P:
    name = 'p'
    @classproperty
    def big(cls): return cls.name.upper()
assert P.big == 'P'
assert P().big == 'P'
""",
    ),
    "asdict": (
        """
import dataclasses, json
def dump(o):
    return json.dumps(dataclasses.asdict(o), sort_keys=True)
""",
        """
import json
def dump(o):
    return json.dumps({})
""",
        """
from dataclasses import dataclass, field
@dataclass
class I:
    n: int
@dataclass
class D:
    a: int
    b: list = field(default_factory=list)
    i: I = None
assert dump(D(1,[2],I(3))) == '{"a": 1, "b": [2], "i": {"n": 3}}'
""",
    ),
    "dataclass fields and replace": (
        """
import dataclasses
def bump(o):
    assert dataclasses.is_dataclass(o)
    names=[f.name for f in dataclasses.fields(o)]
    return dataclasses.replace(o, **{names[0]: 9})
""",
        """
def bump(o):
    return o
""",
        """
from dataclasses import dataclass
@dataclass(frozen=True)
class D:
    a: int
    b: int = 2
assert bump(D(1)) == D(9, 2)
""",
    ),
    "from dict to dataclass": (
        """
import dataclasses
def load(c, d):
    return c(**{f.name: f.type(d[f.name]) for f in dataclasses.fields(c)})
""",
        """
def load(c, d):
    return c(**d)
""",
        """
from dataclasses import dataclass
@dataclass
class D:
    a: int
    b: str
assert load(D, {'a': '1', 'b': 2}) == D(1, '2')
""",
    ),
    "curry": (
        """
def curry(f):
    n=f.__code__.co_argcount
    def g(*a):
        return f(*a) if len(a)>=n else lambda *b: g(*a,*b)
    return g
""",
        """
def curry(f):
    return lambda a: lambda b: f(a,b)
""",
        """
f = curry(lambda a,b,c: a+b+c)
assert f(1)(2)(3)==6
assert f(1,2)(3)==6
""",
    ),
    "curry by signature": (
        """
import inspect
def curry(f):
    n=len(inspect.signature(f).parameters)
    def g(*a):
        return f(*a) if len(a)>=n else lambda *b: g(*a,*b)
    return g
""",
        """
def curry(f):
    return lambda a: lambda b: f(a,b)
""",
        """
def s(a,b,c): return a+b+c
f = curry(s)
assert f(1)(2)(3)==6
assert f(1,2)(3)==6
""",
    ),
    "random state": (
        """
import random
def roll(): return random.random()
""",
        """
import random
r=random.Random()
def roll(): return r.random()
""",
        """
import random
s=random.getstate()
a=roll()
random.setstate(s)
assert roll()==a
""",
    ),
    "log args": (
        """
import logging
log=logging.getLogger('a')
def f(n): log.warning('took %d of %s', n, 'x')
""",
        """
import logging
log=logging.getLogger('a')
def f(n): log.warning('took x')
""",
        """
import unittest, logging
class T(unittest.TestCase): pass
with T().assertLogs('a') as c:
    f(3)
assert c.records[0].args == (3,'x')
assert c.records[0].msg == 'took %d of %s'
assert c.records[0].funcName == 'f'
""",
    ),
    "log exc_info": (
        """
import logging
log=logging.getLogger('a')
def f():
    try: 1/0
    except ZeroDivisionError: log.exception('bad')
""",
        """
import logging
log=logging.getLogger('a')
def f(): log.error('bad')
""",
        """
import unittest, logging
class T(unittest.TestCase): pass
with T().assertLogs('a') as c:
    f()
assert c.records[0].exc_info[0] is ZeroDivisionError
""",
    ),
    "log extra": (
        """
import logging
log=logging.getLogger('a')
def f(): log.info('x', extra={'user': 'bob'})
""",
        """
import logging
log=logging.getLogger('a')
def f(): log.info('x')
""",
        """
import unittest, logging
class T(unittest.TestCase): pass
with T().assertLogs('a', 'INFO') as c:
    f()
assert c.records[0].user == 'bob'
""",
    ),
}


@pytest.mark.parametrize(("right", "wrong", "tests"), CASES.values(), ids=CASES)
def test_the_right_program_passes_and_the_wrong_one_fails(
    right: str, wrong: str, tests: str
) -> None:
    tell_apart(right, wrong, tests)


ONE_INTERPRETER = {
    "a class that the program changes": (
        """
def deco(cls):
    cls.calls={}
    return cls
""",
        """
@deco
class A: pass
assert A.calls=={}
""",
    ),
    "a method that the program takes": (
        """
import functools
def deco(cls):
    f=cls.a
    def g(self): return 2*f(self)
    cls.a=g
    return cls
""",
        """
@deco
class A:
    def a(self): return 1
assert A().a()==2
""",
    ),
    "an object that equals a text": (
        """
class V:
    def __init__(s,t): s.t=t
    def __repr__(s): return f'V({s.t!r})'
    def __eq__(s,o): return s.t==(o.t if isinstance(o,V) else o[1:])
    def __lt__(s,o): return s.t<(o.t if isinstance(o,V) else o)
""",
        """
import unittest
unittest.TestCase().assertEqual(V('1.2'),'v1.2')
""",
    ),
    "an object that is less than a text": (
        """
class V:
    def __init__(s,t): s.t=t
    def __repr__(s): return f'V({s.t!r})'
    def __eq__(s,o): return s.t==(o.t if isinstance(o,V) else o)
    def __lt__(s,o): return s.t<(o.t if isinstance(o,V) else o)
""",
        """
assert V('1.2')<'1.3'
""",
    ),
    "an object among texts": (
        """
class V:
    def __init__(s,t): s.t=t
    def __repr__(s): return f'V({s.t!r})'
    def __eq__(s,o): return s.t==(o.t if isinstance(o,V) else o[1:])
    def __lt__(s,o): return s.t<(o.t if isinstance(o,V) else o)
""",
        """
assert 'v1' in [V('2'),V('1')]
""",
    ),
    "a class derived from the tests'": (
        "def with_size(c):\n    class D(c):\n        def size(self): return 2\n    return D\n",
        "@with_size\nclass A:\n    pass\nassert A().size() == 2\n",
    ),
    "a default in a result": (
        (
            "import inspect\ndef shown(f):\n"
            "    return {n: p.default for n, p in inspect.signature(f).parameters.items()}\n"
        ),
        "def g(a=3): pass\nassert shown(g) == {'a': 3}\n",
    ),
    "a default in a text": (
        "import inspect\ndef shown(f): return str(inspect.signature(f))\n",
        "def g(a=3): pass\nassert shown(g) == '(a=3)'\n",
    ),
    "a default compared": (
        "import inspect\ndef shown(f): return inspect.signature(f).parameters['a'].default == 3\n",
        "def g(a=3): pass\nassert shown(g)\n",
    ),
    "a default of a field": (
        "import dataclasses\ndef shown(k): return dataclasses.fields(k)[0].default + 1\n",
        (
            "from dataclasses import dataclass\n@dataclass\nclass D:\n    a: int = 3\n"
            "assert shown(D) == 4\n"
        ),
    ),
}


@pytest.mark.parametrize(("program", "tests"), ONE_INTERPRETER.values(), ids=ONE_INTERPRETER)
def test_what_only_one_interpreter_has_is_told(program: str, tests: str) -> None:
    assert told(program, tests) == "tests_need_shared_interpreter"


OWN_DEFAULTS = {
    "none": (
        (
            "import inspect\ndef optional(f):\n"
            "    return [n for n, p in inspect.signature(f).parameters.items() if p.default is None]\n"
        ),
        "def optional(f): return []\n",
        "def g(a, b=None, c=3): pass\nassert optional(g) == ['b']\n",
    ),
    "passed on": (
        (
            "import inspect\ndef run(f, *a):\n    b = inspect.signature(f).bind(*a)\n"
            "    b.apply_defaults()\n    return f(*b.args, **b.kwargs)\n"
        ),
        "def run(f, *a): return f(*a, 7)\n",
        "def g(a, b=3, *, c=5): return a + b + c\nassert run(g, 1) == 9\n",
    ),
    "told from those without": (
        (
            "import inspect\ndef wanted(f):\n    E = inspect.Parameter.empty\n"
            "    return [n for n, p in inspect.signature(f).parameters.items() if p.default == E]\n"
        ),
        "def wanted(f): return ['a', 'b']\n",
        "def g(a, b=3): pass\nassert wanted(g) == ['a']\n",
    ),
    "of a field": (
        (
            "import dataclasses\ndef wanted(k):\n    M = dataclasses.MISSING\n"
            "    return [f.name for f in dataclasses.fields(k) if f.default is M]\n"
        ),
        "def wanted(k): return ['a', 'b']\n",
        (
            "from dataclasses import dataclass\n@dataclass\nclass D:\n    a: int\n    b: int = 3\n"
            "    c: str = None\nassert wanted(D) == ['a']\n"
        ),
    ),
}


@pytest.mark.parametrize(("right", "wrong", "tests"), OWN_DEFAULTS.values(), ids=OWN_DEFAULTS)
def test_defaults_of_the_tests(right: str, wrong: str, tests: str) -> None:
    tell_apart(right, wrong, tests)
