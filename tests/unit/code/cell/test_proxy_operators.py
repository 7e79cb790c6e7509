"""Special methods of a program's objects that tests call themselves, or operators do."""

from __future__ import annotations

import pytest
from proxy_pair import tell_apart

VALUES = """
class V:
    def __init__(self, x): self.x = x
    def __add__(self, o): return V(self.x + o.x) if isinstance(o, V) else NotImplemented
    def __radd__(self, o): return V(o) if o == 0 else NotImplemented
    def __eq__(self, o): return self.x == o.x if isinstance(o, V) else NotImplemented
    def __lt__(self, o): return self.x < o.x if isinstance(o, V) else NotImplemented
    def __iadd__(self, o):
        if not isinstance(o, V): return NotImplemented
        self.x += o.x
        return self
    def __pow__(self, o, m=None): return (o, m)
"""
WRONG = VALUES.replace("NotImplemented", "NoneType").replace("NoneType", "None")
TESTS = {
    "not implemented": """
assert V(1).__add__(3) is NotImplemented
assert V.__add__(V(1), 3) is NotImplemented
assert V(1).__radd__(3) is NotImplemented
assert V(1).__iadd__(3) is NotImplemented
assert V(1).__eq__(3) is NotImplemented
assert V(1).__lt__(3) is NotImplemented
""",
    "refused": """
for act in (lambda: V(1) + 3, lambda: 3 + V(1)):
    try: act()
    except TypeError as e: assert "unsupported operand type(s) for +: " in str(e)
    else: assert False
v = V(1)
try: v += 3
except TypeError as e: assert str(e) == "unsupported operand type(s) for +=: 'V' and 'int'"
else: assert False
""",
    "the other's": """
class Two:
    def __radd__(self, other): return ('two', other.x)
v = V(1)
assert v + Two() == ('two', 1)
v += Two()
assert v == ('two', 1)
""",
}
HINTS = """
class Down:
    def __init__(self, n): self.n = n
    def __iter__(self): return self
    def __next__(self):
        if self.n <= 0: raise StopIteration
        self.n -= 1
        return self.n + 1
    def __length_hint__(self): return self.n
"""


@pytest.mark.parametrize("name", TESTS)
def test_a_special_method_says_what_it_does_not_know(name: str) -> None:
    """Called by its name, or by an operator, which asks the other operand then."""
    tell_apart(VALUES, WRONG, TESTS[name])


def test_iterators_give_a_hint_of_their_length() -> None:
    """What they say, and lists are not made for more than there can be."""
    tests = """
import operator
c = Down(3)
next(c)
assert operator.length_hint(c) == 2 == c.__length_hint__()
assert list(c) == [2, 1]
"""
    tell_apart(HINTS, HINTS.replace("return self.n\n", "return self.n + 1\n"), tests)
    huge = HINTS.replace("return self.n\n", "return 1 << 60\n")
    tell_apart(huge, HINTS.replace("+ 1", "+ 2"), "assert list(Down(2)) == [2, 1]")
