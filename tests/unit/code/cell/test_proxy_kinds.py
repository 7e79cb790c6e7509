"""What `isinstance`, `issubclass` and `inspect` say of classes that derive from a library's."""

from __future__ import annotations

import pytest
from proxy_pair import tell_apart

ENUMERATIONS = """
from enum import Enum, IntEnum, Flag, auto, IntFlag
class Color(Enum):
    RED = 1
    GREEN = 2
class Level(IntEnum):
    LOW = 1
    HIGH = 2
class Perm(Flag):
    R = auto()
    W = auto()
def best(): return Color.RED
"""
NO_ENUMERATIONS = """
class Color:
    def __init__(self, v): self.value = v
Color.RED = Color(1); Color.GREEN=Color(2)
class Level(int):
    pass
Level.LOW = Level(1); Level.HIGH = Level(2)
class Perm(int): pass
Perm.R = Perm(1); Perm.W = Perm(2)
def best(): return Color.RED
"""
ABSTRACT = """
from abc import ABC, abstractmethod
class Shape(ABC):
    @abstractmethod
    def area(self): ...
    @property
    @abstractmethod
    def name(self): ...
class Sq(Shape):
    def __init__(self, a=1): self.a=a
    def area(self): return self.a**2
    @property
    def name(self): return 'sq'
"""
CONCRETE = """
class Shape:
    def area(self): ...
    @property
    def name(self): ...
class Sq(Shape):
    def __init__(self, a=1): self.a=a
    def area(self): return self.a**2
    @property
    def name(self): return 'sq'
"""
TYPED = """
from typing import NamedTuple, TypedDict, Protocol, runtime_checkable, Generic, TypeVar
T=TypeVar("T")
class P(NamedTuple):
    x: int
    y: int = 0
class Stack(Generic[T]):
    def __init__(self): self.i=[]
    def push(self, x): self.i.append(x)
    def pop(self): return self.i.pop()
@runtime_checkable
class Q(Protocol):
    def go(self): ...
class Go:
    def go(self): return 1
"""
WRONGLY_TYPED = """
from typing import NamedTuple, TypedDict, Protocol, runtime_checkable, Generic, TypeVar
T=TypeVar("T")
class P(NamedTuple):
    x: int
    y: int = 1
class Stack(Generic[T]):
    def __init__(self): self.i=[]
    def push(self, x): self.i.append(x)
    def pop(self): return self.i.pop(0)
@runtime_checkable
class Q(Protocol):
    def go(self): ...
class Go:
    def gone(self): return 1
"""
DERIVED = """
import threading, logging, json, ast, string, random, argparse
from html.parser import HTMLParser
from collections import UserDict, UserList, OrderedDict, defaultdict, Counter, deque
class W(threading.Thread):
    def __init__(self): super().__init__(); self.n=0
    def run(self): self.n=1
class H(logging.Handler):
    def __init__(self): super().__init__(); self.seen=[]
    def emit(self, r): self.seen.append(r.getMessage())
class E(json.JSONEncoder):
    def default(self, o): return 1
class V(ast.NodeVisitor):
    pass
class U(UserDict): pass
class L(UserList): pass
class HP(HTMLParser): pass
class D(defaultdict): pass
class C(Counter): pass
"""
NOT_DERIVED = """
import threading, logging, json, ast, string, random, argparse
from html.parser import HTMLParser
from collections import UserDict, UserList, OrderedDict, defaultdict, Counter, deque
class W:
    def __init__(self): self.n=0
    def run(self): self.n=1
class H:
    def __init__(self): self.seen=[]
    def emit(self, r): self.seen.append(r.getMessage())
class E:
    def default(self, o): return 1
class V:
    pass
class U: pass
class L: pass
class HP: pass
class D(dict): pass
class C(dict): pass
"""
CASES = {
    "views of memory that are cast": (
        "def shape(m): return m.format, m.shape, bytes(m)\ndef again(m): return m.cast('B')\n",
        "def shape(m): return 'B', (len(bytes(m)),), bytes(m)\ndef again(m): return m\n",
        """
for view in (memoryview(b'12345678').cast('I'), memoryview(b'123456').cast('B', (2, 3)),
             memoryview(b'').cast('H'), memoryview(b'12')):
    assert shape(view) == (view.format, view.shape, bytes(view))
assert again(memoryview(b'1234').cast('I')).format == 'B'
""",
    ),
    "asked by unittest": (
        ENUMERATIONS,
        NO_ENUMERATIONS,
        """
import enum, unittest
unittest.TestCase().assertIsInstance(Color.RED, enum.Enum)
""",
    ),
    "an enumeration": (
        ENUMERATIONS,
        NO_ENUMERATIONS,
        """
from enum import Enum
assert issubclass(Color, Enum)
assert Color.RED.value == 1
""",
    ),
    "a member": (
        ENUMERATIONS,
        NO_ENUMERATIONS,
        """
import enum
assert isinstance(Color.RED, enum.Enum)
""",
    ),
    "a result": (
        ENUMERATIONS,
        NO_ENUMERATIONS,
        """
import enum
assert isinstance(best(), enum.Enum)
""",
    ),
    "an enumeration of numbers": (
        ENUMERATIONS,
        NO_ENUMERATIONS,
        """
from enum import IntEnum, Enum
assert issubclass(Level, IntEnum)
assert issubclass(Level, Enum)
assert issubclass(Level, int)
""",
    ),
    "flags": (
        ENUMERATIONS,
        NO_ENUMERATIONS,
        """
from enum import Flag
assert issubclass(Perm, Flag)
assert isinstance(Perm.R|Perm.W, Flag)
""",
    ),
    "a library's metaclass": (
        ENUMERATIONS,
        NO_ENUMERATIONS,
        """
from enum import EnumMeta
assert isinstance(Color, EnumMeta)
""",
    ),
    "an abstract class": (
        ABSTRACT,
        CONCRETE,
        """
from abc import ABC
assert issubclass(Shape, ABC)
assert issubclass(Sq, ABC)
assert issubclass(Sq, Shape)
assert isinstance(Sq(2), ABC)
assert Sq(3).area()==9
""",
    ),
    "abstract or not": (
        ABSTRACT,
        CONCRETE,
        """
import inspect
assert inspect.isabstract(Shape)
assert not inspect.isabstract(Sq)
assert Sq(3).area()==9
""",
    ),
    "what is abstract": (
        ABSTRACT,
        CONCRETE,
        """
assert Shape.__abstractmethods__ == {"area","name"}
assert Sq.__abstractmethods__ == frozenset()
""",
    ),
    "whether it tells what is abstract": (
        ABSTRACT,
        CONCRETE,
        """
assert hasattr(Shape, "__abstractmethods__")
assert "area" in Shape.__abstractmethods__
""",
    ),
    "an abstract method": (
        ABSTRACT,
        CONCRETE,
        """
assert getattr(Shape.area, "__isabstractmethod__", False)
""",
    ),
    "the metaclass of abstract classes": (
        ABSTRACT,
        CONCRETE,
        """
from abc import ABCMeta
assert isinstance(Shape, ABCMeta)
""",
    ),
    "a generic class": (
        TYPED,
        WRONGLY_TYPED,
        """
from typing import Generic
assert issubclass(Stack, Generic)
s=Stack()
s.push(1); s.push(2)
assert s.pop()==2
""",
    ),
    "a protocol": (
        TYPED,
        WRONGLY_TYPED,
        """
assert isinstance(Go(), Q)
""",
    ),
    "threads": (
        DERIVED,
        NOT_DERIVED,
        """
import threading
w=W()
assert isinstance(w, threading.Thread)
assert issubclass(W, threading.Thread)
""",
    ),
    "handlers": (
        DERIVED,
        NOT_DERIVED,
        """
import logging
assert isinstance(H(), logging.Handler)
""",
    ),
    "encoders": (
        DERIVED,
        NOT_DERIVED,
        """
import json
assert issubclass(E, json.JSONEncoder)
assert isinstance(E(), json.JSONEncoder)
""",
    ),
    "visitors": (
        DERIVED,
        NOT_DERIVED,
        """
import ast
assert issubclass(V, ast.NodeVisitor)
""",
    ),
    "wrapped collections": (
        DERIVED,
        NOT_DERIVED,
        """
from collections import UserDict, UserList
from collections.abc import MutableMapping, MutableSequence
assert isinstance(U(), UserDict)
assert isinstance(U(a=1), MutableMapping)
assert isinstance(L(), (UserList, dict))
assert isinstance(L(), MutableSequence)
""",
    ),
    "a union": (
        DERIVED,
        NOT_DERIVED,
        """
from collections import UserDict
from html.parser import HTMLParser
assert isinstance(HP(), HTMLParser | UserDict)
""",
    ),
    "bases": (
        DERIVED,
        NOT_DERIVED,
        """
from collections import UserDict
assert U.__bases__ == (UserDict,)
assert UserDict in U.__mro__
""",
    ),
    "collections": (
        DERIVED,
        NOT_DERIVED,
        """
from collections import defaultdict, Counter
assert issubclass(D, defaultdict)
assert isinstance(C(), Counter)
""",
    ),
    "an abstract class made concrete by a patch": (
        """
from abc import ABC, abstractmethod, ABCMeta
class Shape(metaclass=ABCMeta):
    @abstractmethod
    def area(self): ...
    def twice(self): return 2*self.area()
""",
        """
from abc import ABC, abstractmethod, ABCMeta
class Shape(metaclass=ABCMeta):
    @abstractmethod
    def area(self): ...
    def twice(self): return 3*self.area()
""",
        """
from unittest.mock import patch
with patch.multiple(Shape, __abstractmethods__=set()):
    s = Shape()
    s.area = lambda: 4
    assert s.twice() == 8
""",
    ),
    "an abstract class made concrete": (
        """
from abc import ABC, abstractmethod, ABCMeta
class Shape(metaclass=ABCMeta):
    @abstractmethod
    def area(self): ...
    def twice(self): return 2*self.area()
""",
        """
from abc import ABC, abstractmethod, ABCMeta
class Shape(metaclass=ABCMeta):
    @abstractmethod
    def area(self): ...
    def twice(self): return 3*self.area()
""",
        """
Shape.__abstractmethods__ = frozenset()
s = Shape()
s.area = lambda: 4
assert s.twice() == 8
""",
    ),
    "an abstract number": (
        """
from abc import ABC
class A(int, ABC):
    pass
def f(): return A(3)
""",
        """
from abc import ABC
class A(int, ABC):
    pass
def f(): return A(4)
""",
        """
from abc import ABC
assert f() == 3
assert isinstance(f(), int)
assert isinstance(f(), ABC)
""",
    ),
    "what it is not": (
        ENUMERATIONS,
        """
from enum import Enum, IntEnum, Flag, auto, IntFlag
class Color(IntEnum):
    RED = 1
    GREEN = 2
class Level(IntEnum):
    LOW = 1
    HIGH = 2
class Perm(Flag):
    R = auto()
    W = auto()
def best(): return Color.RED
""",
        """
from enum import Enum, IntEnum
assert not isinstance(Color.RED, IntEnum)
assert not issubclass(Color, int)
assert isinstance(Color.RED, (str, Enum))
""",
    ),
    "asked for many": (
        ENUMERATIONS,
        NO_ENUMERATIONS,
        """
from enum import Enum
assert all(map(lambda c: isinstance(c, Enum), [Color.RED, Color.GREEN]))
""",
    ),
    "an abstract dataclass": (
        """
from dataclasses import dataclass
from abc import ABC
@dataclass
class P(ABC):
    x: int
""",
        """
from dataclasses import dataclass
from abc import ABC
@dataclass
class P(ABC):
    y: int
""",
        """
from abc import ABC
import dataclasses
assert dataclasses.is_dataclass(P)
assert P(x=1).x == 1
assert isinstance(P(x=2), ABC)
assert dataclasses.asdict(P(x=1))=={"x":1}
""",
    ),
}


@pytest.mark.parametrize(("right", "wrong", "tests"), CASES.values(), ids=CASES)
def test_the_right_program_passes_and_the_wrong_one_fails(
    right: str, wrong: str, tests: str
) -> None:
    tell_apart(right, wrong, tests)
