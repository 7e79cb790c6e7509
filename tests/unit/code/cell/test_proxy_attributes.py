"""Attributes of a program's objects that derive from plain classes."""

from __future__ import annotations

import pytest
from proxy_pair import tell_apart

CASES = {
    "of itself": (
        "class N(dict): pass\nclass L(list): pass",
        "class N(dict):\n def __init__(s, **k): super().__init__(**k); s.y = 1\nclass L(list): pass",
        """
for b in (N(a=1), L([1])):
    assert b.__dict__ == {}
    b.x = 1
    assert vars(b) == {'x': 1}
""",
    ),
    "its own": (
        """
class D(dict):
    def __init__(self, *a, **k): super().__init__(*a, **k); self.__dict__ = self
""",
        """
class D(dict):
    def __init__(self, *a, **k): super().__init__(*a, **k); self.__dict__ = dict(self)
""",
        """
b = D(a=1, keys=3)
b.c = 2
assert b == {'a': 1, 'keys': 3, 'c': 2} and b.__dict__ is b and b.keys == 3
""",
    ),
    "a property": (
        "class P(dict):\n __dict__ = property(lambda s: dict(s))",
        "class P(dict): pass",
        "assert P(a=1).__dict__ == {'a': 1}",
    ),
    "before a method": (
        "class N(dict): pass\ndef f():\n n = N(a=1)\n n.items = 5\n return n",
        "class N(dict):\n def __setattr__(s, k, v): s[k] = v\ndef f(): return N(a=1)",
        """
b, c = N(a=1), N(a=2)
b.values = 'uh'
assert b.values == 'uh' and list(c.values()) == [2] and f().items == 5
del b.values
assert list(b.values()) == [1]
""",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_attributes_stand_beside_what_is_held(name: str) -> None:
    """What they are, and whether they stand before the methods of the plain class."""
    tell_apart(*CASES[name])
