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
}


@pytest.mark.parametrize("name", CASES)
def test_tells_a_right_program_from_a_wrong_one(name: str) -> None:
    tell_apart(*CASES[name])
