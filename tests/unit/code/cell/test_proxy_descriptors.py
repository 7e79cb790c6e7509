"""Properties and other descriptors that tests put into classes of the program."""

from __future__ import annotations

import pytest
from proxy_pair import tell_apart

SENSOR = """
class Sensor:
    def __init__(self): self._v=1
    @property
    def value(self): return self._v
    def twice(self): return self.value*2
"""
WRONG_SENSOR = """
class Sensor:
    def __init__(self): self._v=1
    @property
    def value(self): return self._v
    def twice(self): return self.value*3
"""
CONFIGURATION = """
class Conf:
    @classmethod
    def load(cls): return cls.read()+1
    @classmethod
    def read(cls): return 1
    @staticmethod
    def add(a,b): return a+b
    def go(self): return self.add(1,2)
"""
WRONG_CONFIGURATION = """
class Conf:
    @classmethod
    def load(cls): return cls.read()+2
    @classmethod
    def read(cls): return 1
    @staticmethod
    def add(a,b): return a-b
    def go(self): return self.add(1,2)
"""
CASES = {
    "partial functions that bind": (
        """
import functools, types
class First(functools.partial):
    def __get__(self, one, kind):
        return self if one is None else functools.partial(self.func, one, *self.args, **self.keywords)
class Second(functools.partial):
    def __get__(self, one, kind): return self if one is None else types.MethodType(self, one)
def plain(f, *a): return functools.partial(f, *a)
""",
        """
import functools
First = Second = functools.partial
def plain(f, *a): return functools.partial(f, *a)
""",
        """
class Greeter:
    def __init__(self, word): self.word = word
    def greet(self, end='.'): return self.word + end
    first, second, other = First(greet, end='!'), Second(greet, end='?'), plain(str, 3)
assert Greeter('hi').first() == 'hi!'
assert Greeter('hi').second() == 'hi?'
assert Greeter('hi').other() == '3'
assert First(max, 3)(5) == 5 and First(max, 3).args == (3,)
""",
    ),
    "a mocked property": (
        SENSOR,
        WRONG_SENSOR,
        """
from unittest.mock import patch, PropertyMock
with patch.object(Sensor, "value", new_callable=PropertyMock) as p:
    p.return_value = 10
    assert Sensor().twice() == 20
    p.assert_called_once()
assert Sensor().twice() == 2
""",
    ),
    "a mocked property in instances": (
        SENSOR,
        WRONG_SENSOR,
        """
from unittest.mock import patch, PropertyMock
with patch.object(Sensor, "value", new_callable=PropertyMock, return_value=10):
    s = Sensor()
    assert s.twice() == 20
    assert s.value == 10
""",
    ),
    "a property": (
        SENSOR,
        WRONG_SENSOR,
        """
from unittest.mock import patch
with patch.object(Sensor, "value", property(lambda self: 7)):
    assert Sensor().twice() == 14
assert Sensor().twice() == 2
""",
    ),
    "a property for good": (
        SENSOR,
        WRONG_SENSOR,
        """
Sensor.value = property(lambda self: 7)
assert Sensor().twice() == 14
""",
    ),
    "a constant": (
        SENSOR,
        WRONG_SENSOR,
        """
from unittest.mock import patch
with patch.object(Sensor, "value", 7):
    assert Sensor().twice() == 14
assert Sensor().twice() == 2
""",
    ),
    "a mocked property of one class": (
        SENSOR,
        WRONG_SENSOR,
        """
from unittest.mock import PropertyMock
s = Sensor()
type(s).value = PropertyMock(return_value=5)
assert s.twice() == 10
""",
    ),
    "side effects": (
        SENSOR,
        WRONG_SENSOR,
        """
from unittest.mock import patch, PropertyMock
with patch.object(Sensor, "value", new_callable=PropertyMock, side_effect=[1,2,3]):
    s = Sensor()
    assert [s.twice(), s.twice()] == [2, 4]
""",
    ),
    "a static method": (
        SENSOR,
        WRONG_SENSOR,
        """
from unittest.mock import patch
with patch.object(Sensor, "twice", staticmethod(lambda: 9)):
    assert Sensor().twice() == 9
    assert Sensor.twice() == 9
assert Sensor().twice() == 2
""",
    ),
    "a class method": (
        CONFIGURATION,
        WRONG_CONFIGURATION,
        """
from unittest.mock import patch, MagicMock
with patch.object(Conf, "read", classmethod(lambda cls: 10)):
    assert Conf.load() == 11
with patch.object(Conf, "read", return_value=20):
    assert Conf.load() == 21
assert Conf.load() == 2
""",
    ),
    "a class method that is told the class": (
        CONFIGURATION,
        WRONG_CONFIGURATION,
        """
Conf.read = classmethod(lambda cls: 10 if cls is Conf else 0)
assert Conf.load() == 11
""",
    ),
    "a mocked setter": (
        """
class Sensor:
    def __init__(self): self.value=1
    @property
    def value(self): return 1
    @value.setter
    def value(self,v): pass
    def twice(self): return self.value*2
""",
        """
class Sensor:
    def __init__(self): self.value=2
    @property
    def value(self): return 1
    @value.setter
    def value(self,v): pass
    def twice(self): return self.value*3
""",
        """
from unittest.mock import patch, PropertyMock, call
with patch.object(Sensor, "value", new_callable=PropertyMock) as p:
    p.return_value = 3
    s = Sensor()
    assert s.twice() == 6
    assert p.mock_calls == [call(1), call()]
""",
    ),
    "a descriptor": (
        SENSOR,
        WRONG_SENSOR,
        """
class Desc:
    def __init__(self): self.seen=[]
    def __get__(self, obj, kind=None):
        self.seen.append(obj is None)
        return 4
d = Desc()
Sensor.value = d
assert Sensor().twice() == 8
assert d.seen == [False]
assert Sensor.value == 4
""",
    ),
    "one that is only read": (
        """
class Sensor:
    def __init__(self): self._v=1
    @property
    def value(self): return self._v
    def put(self):
        try:
            self.value = 3
        except AttributeError:
            return 'ro'
    def twice(self): return self.value*2
""",
        WRONG_SENSOR,
        """
Sensor.value = property(lambda self: 5)
assert Sensor().put() == 'ro'
""",
    ),
    "a cached property": (
        """
class A:
    def f(self): return 1
    def g(self): return self.h + 1
""",
        """
class A:
    def f(self): return 1
    def g(self): return self.h + 2
""",
        """
from functools import cached_property
c = cached_property(lambda self: self.f()+1)
c.__set_name__(A, "h")
A.h = c
a = A()
assert a.g() == 3
""",
    ),
    "mocks": (
        SENSOR,
        WRONG_SENSOR,
        """
from unittest.mock import MagicMock, patch
with patch.object(Sensor, "twice", MagicMock(return_value=3)) as m:
    assert Sensor().twice() == 3
    m.assert_called_once_with()
with patch.object(Sensor, "twice", autospec=True) as m:
    m.return_value = 5
    assert Sensor().twice() == 5
assert Sensor().twice() == 2
""",
    ),
}


@pytest.mark.parametrize(("right", "wrong", "tests"), CASES.values(), ids=CASES)
def test_the_right_program_passes_and_the_wrong_one_fails(
    right: str, wrong: str, tests: str
) -> None:
    tell_apart(right, wrong, tests)
