"""What functions and classes say of themselves across the proxy."""

from __future__ import annotations

import pytest
from proxy_pair import tell_apart

CASES = {
    "long documentation": (
        '''
def f():
    """%(long)s"""
class K:
    """%(long)s"""
    def m(self):
        """%(long)s"""
'''.replace("%(long)s", "An account of it. " * 40),
        '''
def f():
    """Short."""
class K:
    """Short."""
    def m(self):
        """Short."""
''',
        """
long = "An account of it. " * 40
assert f.__doc__ == long
assert K.__doc__ == long
assert K.m.__doc__ == K().m.__doc__ == long
assert K().__doc__ == K.__doc__
""",
    ),
    "modules and names of what the tests define": (
        """
import functools
def wrapped(f):
    @functools.wraps(f)
    def inner(*a): return f(*a)
    return inner
def place(one): return one.__module__, one.__qualname__
""",
        """
def wrapped(f): return lambda *a: f(*a)
def place(one): return 'tests', one.__name__
""",
        """
def own(): pass
class Kind:
    class Inner:
        def go(self): pass
class Failed(ValueError):
    class Later(Exception): pass
def local():
    class Here: pass
    return Here
for one in (own, Kind, Kind.Inner, Kind.Inner().go, Failed, Failed.Later, local()):
    assert place(one) == (one.__module__, one.__qualname__)
for method in (own, Kind.Inner().go):
    made = wrapped(method)
    assert made.__module__ == own.__module__ and made.__qualname__ == method.__qualname__
""",
    ),
    "marks that tests set again": (
        """
def deco(p, n=None):
    def set_on(f):
        f.p, f.n = p, n
        return f
    return set_on
def seen(f): return getattr(f, 'n', 'none')
def after(f):
    f()
    return f.calls
""",
        """
def deco(p, n=None): return lambda f: f
def seen(f): return None
def after(f): return 1
""",
        """
@deco('x')
def marked(): pass
assert seen(marked) is None
for bound in (5, 6, None, [1]):
    marked.n = bound
    assert seen(marked) == bound
del marked.n
assert seen(marked) == 'none'
def plain(): plain.calls = getattr(plain, 'calls', 0) + 1
plain.n = 4
assert seen(plain) == 4
plain.n = 5
assert seen(plain) == 5
assert after(plain) == 1 and after(plain) == 2
""",
    ),
    "dataclasses that are made or looked at": (
        """
import dataclasses, pprint
def names(one): return [f.name for f in dataclasses.fields(one)], dataclasses.asdict(one)
def is_frozen(kind): return kind.__dataclass_params__.frozen
def pretty(one): return pprint.pformat(one, width=10)
""",
        """
def names(one): return ['name', 'age'], {'name': 'a', 'age': 1}
def is_frozen(kind): return False
def pretty(one): return repr(one)
""",
        """
import pprint
from dataclasses import dataclass, make_dataclass
Person = make_dataclass('Person', ['name', 'age'])
assert names(Person('a', 1)) == (['name', 'age'], {'name': 'a', 'age': 1})
Named = make_dataclass('Named', [('x', int)], bases=(Person,), frozen=False)
assert names(Named('a', 1, 2))[0] == ['name', 'age', 'x']
@dataclass(frozen=True)
class Pair:
    first: int
    second: str
@dataclass(repr=False)
class Plain:
    first: int
    def __repr__(self): return 'plain'
assert is_frozen(Pair) is True and is_frozen(Person) is False
for one in (Pair(1, 'b' * 20), Person('a' * 20, 2), Plain(1)):
    assert pretty(one) == pprint.pformat(one, width=10)
""",
    ),
    "classes that name those derived from them": (
        """
import inspect
def depth(node): return 0 if node.parent is None else 1 + depth(node.parent)
def named(kind): return list(inspect.signature(kind).parameters), kind.__annotations__.keys()
""",
        """
def depth(node): return 0
def named(kind): return [], {}
""",
        """
class Node:
    kind: 'Branch'
    def __init__(self, parent: 'Branch | None' = None): self.parent = parent
class Branch(Node): pass
Node.__annotations__['other'] = Branch
assert depth(Node()) == 0
one = Branch(Branch(Node()))
assert depth(one) == 2
assert named(Node) == (['parent'], {'kind', 'other'})
""",
    ),
    "abstract methods": (
        """
import functools
def wrapped(f):
    @functools.wraps(f)
    def inner(self, *a): return f(self, *a)
    return inner
def named(f):
    def inner(self, *a): return f(self, *a)
    inner.__isabstractmethod__ = getattr(f, '__isabstractmethod__', False)
    return inner
def asks(f): return getattr(f, '__isabstractmethod__', False)
""",
        """
def wrapped(f): return lambda self, *a: f(self, *a)
named = wrapped
def asks(f): return False
""",
        """
from abc import ABC, abstractmethod
for decorated in (wrapped, named):
    class Car(ABC):
        @decorated
        @abstractmethod
        def go(self): return 1
        @decorated
        def stop(self): return 2
    assert Car.__abstractmethods__ == {'go'}
    try: Car()
    except TypeError: pass
    else: assert False
    class Small(Car):
        @decorated
        def go(self): return 3
    assert Small().go() == 3 and Small().stop() == 2
@abstractmethod
def own(): pass
assert asks(own) is True and asks(lambda: 0) is False
""",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_tells_a_right_program_from_a_wrong_one(name: str) -> None:
    tell_apart(*CASES[name])
