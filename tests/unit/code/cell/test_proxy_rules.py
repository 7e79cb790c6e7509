"""Collections and plain values of the program whose classes compare, hold or calculate by rules of their own."""

from __future__ import annotations

import pytest
from proxy_pair import judged, tell_apart, told

CASES = {
    "a list of the library's kind is compared by what it holds, however it is gone through": (
        """
from collections import UserDict, UserList, UserString
class S(UserList): pass
def f(xs): return S(sorted(xs))
""",
        """
from collections import UserDict, UserList, UserString
class S(UserList):
    def __iter__(self): return iter(sorted(self.data))
def f(xs): return S(xs)
""",
        """
assert f([3, 1, 2]) == [1, 2, 3]
assert S(f([2, 1])) == [1, 2]
""",
    ),
    "one that has no end": (
        """
from collections import UserDict, UserList, UserString
class C(UserList):
    def __getitem__(self, i): return self.data[i % len(self.data)]
""",
        """
from collections import UserDict, UserList, UserString
class C(UserList): pass
""",
        """
c = C([1, 2])
assert c == [1, 2]
assert c[3] == 2
""",
    ),
    "an equality of its own that what it holds does not meet": (
        """
from collections import UserDict, UserList, UserString
class P(UserList):
    def __eq__(self, o): return self.data == list(o)
def f(xs): return P(xs)
""",
        """
from collections import UserDict, UserList, UserString
class P(UserList):
    def __eq__(self, o): return isinstance(o, P) and self.data == o.data
def f(xs): return P(xs)
""",
        """
assert f([3, 1]) == [3, 1]
assert not f([1]) == [2]
""",
    ),
    "so of one that the tests built": (
        """
from collections import UserDict, UserList, UserString
class P(UserList): pass
""",
        """
from collections import UserDict, UserList, UserString
class P(UserList):
    def __eq__(self, o): return isinstance(o, P) and self.data == o.data
""",
        """
assert P([3, 1]) == [3, 1]
""",
    ),
    "so of a dict": (
        """
from collections import UserDict, UserList, UserString
class D(UserDict):
    def __eq__(self, o): return dict(self) == dict(o)
def f(): return D(a=1)
""",
        """
from collections import UserDict, UserList, UserString
class D(UserDict):
    def __eq__(self, o): return isinstance(o, D) and self.data == o.data
def f(): return D(a=1)
""",
        """
assert f() == {'a': 1}
""",
    ),
    "a text of the library's kind is not what it shows": (
        """
from collections import UserDict, UserList, UserString
class N(UserString):
    def __init__(self, t): super().__init__(t.title())
""",
        """
from collections import UserDict, UserList, UserString
class N(UserString):
    def __str__(self): return self.data.title()
""",
        """
assert N('bob') == 'Bob'
""",
    ),
    "orders of such": (
        """
from collections import UserDict, UserList, UserString
def f(xs): return UserList(xs)
def g(t): return UserString(t)
""",
        """
from collections import UserDict, UserList, UserString
def f(xs): return UserList(xs[1:])
def g(t): return UserString(t[::-1])
""",
        """
assert f([5, 1]) > [2]
assert [2] < f([5, 1]) <= [5, 1]
assert g('ab') < 'b'
""",
    ),
    "a set is asked for the members of the other": (
        """
from collections.abc import Set
class Tags(Set):
    def __init__(self, xs): self.xs = list(xs)
    def __iter__(self): return iter(self.xs)
    def __len__(self): return len(self.xs)
    def __contains__(self, x): return x in self.xs
def build(xs): return Tags(xs)
""",
        """
from collections.abc import Set
class Tags(Set):
    def __init__(self, xs): self.xs = list(xs)
    def __iter__(self): return iter(self.xs)
    def __len__(self): return len(self.xs)
    def __contains__(self, x): return False
def build(xs): return Tags(xs)
""",
        """
assert build([1, 2]) >= {1}
assert {1, 2} <= build([1, 2])
assert {1} < build([1, 2])
assert build([1]) <= {1, 2} and build([1, 2]) == {1, 2}
""",
    ),
    "so is one that the tests built": (
        """
from collections.abc import Set
class Tags(Set):
    def __init__(self, xs): self.xs = list(xs)
    def __iter__(self): return iter(self.xs)
    def __len__(self): return len(self.xs)
    def __contains__(self, x): return x.lower() in self.xs
def build(xs): return Tags(xs)
""",
        """
from collections.abc import Set
class Tags(Set):
    def __init__(self, xs): self.xs = list(xs)
    def __iter__(self): return iter(self.xs)
    def __len__(self): return len(self.xs)
    def __contains__(self, x): return x.upper() in self.xs
def build(xs): return Tags(xs)
""",
        """
assert {'A', 'b'} <= Tags(['a', 'b'])
""",
    ),
    "a text with an equality of its own": (
        """
class S(str):
    def __eq__(self, o): return str(self) == o
    __hash__ = str.__hash__
def f(): return S('a')
""",
        """
class S(str):
    def __eq__(self, o): return False
    __hash__ = str.__hash__
def f(): return S('a')
""",
        """
assert f() == 'a'
assert 'a' == f()
""",
    ),
    "one that equals more": (
        """
class S(str): pass
def f(): return S('a')
""",
        """
class S(str):
    def __ne__(self, o): return self.lower() != o.lower()
    __hash__ = str.__hash__
def f(): return S('a')
""",
        """
assert f() == 'a'
assert f() != 'A'
""",
    ),
    "one that equals more is what it holds": (
        """
class S(str):
    def __eq__(self, o): return self.lower() == o.lower()
    __hash__ = str.__hash__
def f(): return S('a')
""",
        """
class S(str):
    def __eq__(self, o): return self.lower() == o.lower()
    __hash__ = str.__hash__
def f(): return S('b')
""",
        """
assert f() == 'a'
""",
    ),
    "a tuple with orders of its own": (
        """
class V(tuple):
    def __lt__(self, o): return tuple(self) < tuple(o)
    def __gt__(self, o): return tuple(self) > tuple(o)
def f(t): return V(map(int, t.split('.')))
""",
        """
class V(tuple):
    def __lt__(self, o): return str(self) < str(o)
    def __gt__(self, o): return str(self) > str(o)
def f(t): return V(map(int, t.split('.')))
""",
        """
assert f('1.10') > (1, 9)
assert max(f('1.10'), (1, 9)) == (1, 10)
assert sorted([f('1.10'), (1, 9)])[0] == (1, 9)
""",
    ),
    "a number with arithmetic of its own": (
        """
class M(int):
    def __add__(self, o): return M(int(self) + o)
    __radd__ = __add__
def f(): return M(5)
""",
        """
class M(int):
    def __add__(self, o): return M((int(self) - o) % 7)
    __radd__ = __add__
def f(): return M(5)
""",
        """
assert f() + 4 == 9
assert 4 + f() == 9
assert sum([f(), 1]) == 6
""",
    ),
    "arithmetic of what functions gave": (
        """
class V:
    def __init__(self, x): self.x = x
    def __add__(self, o): return V(self.x + o.x)
    def __iadd__(self, o): self.x += o.x; return self
class T(tuple):
    def __add__(self, o): return T(a + b for a, b in zip(self, o))
class M(int):
    def __add__(self, o): return M((int(self) + int(o)) % 7)
def f(x): return V(x)
def g(*x): return T(x)
def h(x): return M(x)
""",
        """
class V:
    def __init__(self, x): self.x = x
    def __add__(self, o): return V(self.x + o.x)
    def __iadd__(self, o): self.x += o.x; return self
def f(x): return V(x)
def g(*x): return x
def h(x): return x
""",
        """
v = f(1)
v += f(4)
assert (f(1) + f(2)).x == 3 and v.x == 5
assert g(1, 2) + g(1, 2) == (2, 4)
assert h(5) + h(4) == 2
""",
    ),
    "what a list says to hold": (
        """
class L(list):
    def __contains__(self, x): return list.__contains__(self, x)
def f(): return L([1])
""",
        """
class L(list):
    def __contains__(self, x): return True
def f(): return L([1])
""",
        """
assert 1 in f()
""",
    ),
    "members without end": (
        """
class E:
    def __iter__(self):
        n = 0
        while True:
            yield n
            n += 2
def f(): return E()
""",
        """
class E:
    def __iter__(self): return iter(range(1, 9, 2))
def f(): return E()
""",
        """
assert 4 in f()
""",
    ),
    "a search leaves what it has not come to": (
        """
class E:
    def __init__(self): self.n = 0
    def __iter__(self): return self
    def __next__(self):
        self.n += 1
        if self.n > 9: raise StopIteration
        return self.n
def f(): return E()
""",
        """
class E:
    def __iter__(self): return iter(range(9))
    def __next__(self): return 5
def f(): return E()
""",
        """
e = f()
assert 3 in e
assert next(e) == 4
""",
    ),
    "members without end, and a rule": (
        """
class E:
    def __contains__(self, n): return n % 2 == 0
    def __iter__(self):
        n = 0
        while True:
            yield n
            n += 2
def f(): return E()
""",
        """
class E:
    def __contains__(self, n): return False
    def __iter__(self):
        n = 0
        while True:
            yield n
            n += 2
def f(): return E()
""",
        """
assert 4 in f()
""",
    ),
    "what tests built, and one of its parts": (
        """
class P:
    def __init__(self, v): self.v = v
    def __eq__(self, o): return isinstance(o, P) and self.v == o.v
class Q:
    __slots__ = ("v",)
    def __init__(self, v): self.v = v
    def __eq__(self, o): return self.v == (o.v if isinstance(o, Q) else o)
""",
        """
class P:
    def __init__(self, v): self.v = v
    def __eq__(self, o): return self.v == getattr(o, "v", o)
class Q:
    __slots__ = ("v",)
    def __init__(self, v): self.v = v
    def __eq__(self, o): return isinstance(o, Q) and self.v == o.v
""",
        """
assert P(1) == P(1) and P(1) != 1
assert P("a") != "a" and not P((1, 2)) == (1, 2)
assert Q(1) == 1 and Q(1) != 2
""",
    ),
    "a NaN that the tests gave": (
        """
def f(xs): return sorted(xs)
def g(x): return x
def h(d): return {k: (v,) for k, v in d.items()}
""",
        """
def f(xs): return [x * 1 for x in xs]
def g(x): return x
def h(d): return {k: (v,) for k, v in d.items()}
""",
        """
import math
xs, n = [float("nan")], float("nan")
assert g(n) is n and g(n) is not xs[0] and g(math.nan) is math.nan
assert h({"a": n, n: 1}) == {"a": (n,), n: (1,)}
assert f(xs) == xs
""",
    ),
    "a NaN of a library": (
        """
import math, numpy as np
def f(): return [math.nan, 1.0]
def g(): return np.nan
""",
        """
import numpy as np
def f(): return [float("nan"), 1.0]
def g(): return np.nan
""",
        """
import math, numpy as np
assert f() == f() == [math.nan, 1.0]
assert g() is np.nan and g() is not math.nan
""",
    ),
    "a NaN of the program": (
        """
held = [float("nan")]
def f(): return held[0]
def keep(x): held.append(x)
""",
        """
held = [float("nan")]
def f(): return held[0] + 1
def keep(x): held.append(x)
""",
        """
nan = float("nan")
keep(nan)
assert held[1] is nan
assert f() is held[0]
""",
    ),
    "how large an object is": (
        """
class P:
    __slots__ = ('x',)
""",
        """
class P:
    def __sizeof__(self): return 10**6
""",
        """
import sys
assert sys.getsizeof(P()) < 1000
assert sys.getsizeof([1]) > 50
""",
    ),
    "an array that shows members more than once": (
        """
import numpy as np
def f(a): return np.broadcast_to(a, (2, len(a)))
def g(a): return np.lib.stride_tricks.sliding_window_view(a, 2)
""",
        """
import numpy as np
def f(a): return np.broadcast_to(a, (2, len(a))).copy()
def g(a): return np.lib.stride_tricks.sliding_window_view(a, 2).copy()
""",
        """
import numpy as np
a = np.arange(3)
r, w = f(a), g(a)
a[:] = 9
assert r.tolist() == [[9, 9, 9]] * 2 and w.tolist() == [[9, 9]] * 2
assert not r.flags.writeable
""",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_what_one_interpreter_makes_of_them(name: str) -> None:
    right, wrong, tests = CASES[name]
    tell_apart(right, wrong, tests)


def test_what_equals_more_than_its_parts_is_not_told() -> None:
    program = "class P:\n    def __init__(self): self.a, self.b = 1, 2\n"
    program += "    def __eq__(self, o): return type(o) is int and 0 < o < 9\n"
    for number in (1, 2, 3):
        assert told(program, f"assert P() == {number}") == "tests_need_shared_interpreter"


@pytest.mark.parametrize("rule", ["n % 2 == 0", "n % 3 == 1"])
def test_a_rule_for_numbers_is_seen_each_time(rule: str) -> None:
    program = f"class E:\n    def __contains__(self, n): return {rule}\n"
    program += "    def __iter__(self): return iter([4, 10])\ndef f(): return E()\n"
    request = {"asserts": {"test_code": "assert 4 in f()\n", "entry_point": ""}}
    assert {judged(program, request)["reason"] for _ in range(6)} == {"wrong_answer"}
