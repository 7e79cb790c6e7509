"""What functions and other objects of the tests are to a program, and what both put off."""

from __future__ import annotations

import pytest
from proxy_pair import tell_apart

CASES = {
    "marks on functions": (
        """
def mark(**marks):
    def set_on(f):
        for name, one in marks.items(): setattr(f, name, one)
        f._marked = True
        return f
    return set_on
def marked(o): return sorted(n for n in dir(o) if getattr(getattr(o, n), '_marked', False))
def tag(f): return getattr(f, 'tag', None)
def count(f): f.calls = getattr(f, 'calls', 0) + 1
""",
        """
def mark(**marks): return lambda f: f
def marked(o): return []
def tag(f): return None
def count(f): pass
""",
        """
@mark(route='/a', order=3)
def handler(): return 1
assert handler.route == '/a' and handler.order == 3 and handler() == 1
class Views:
    @mark()
    def one(self): return 1
    def two(self): return 2
assert marked(Views()) == ['one']
def own(): pass
own.tag = 3
assert tag(own) == 3
count(own); count(own)
assert own.calls == 2
""",
    ),
    "what objects of the tests are not": (
        """
from collections.abc import Iterable
def shown(x): return [bool(x), callable(x), isinstance(x, Iterable), hasattr(x, '__len__')]
def called(x): return x() if callable(x) else x
def default(x, other): return x or other
""",
        """
def shown(x): return []
def called(x): return None
def default(x, other): return other
""",
        """
from enum import Enum
class Color(Enum):
    RED = 0
class Plain: pass
class Called:
    def __call__(self): return 5
p = Plain()
assert shown(Color.RED) == [True, False, False, False]
assert shown(p) == [True, False, False, False]
assert shown(Called()) == [True, True, False, False]
assert called(p) is p and called(Called()) == 5
assert default(Color.RED, 1) is Color.RED
""",
    ),
    "documentation of objects": (
        """
import functools
class memo:
    "Remembers."
    def __init__(self, f):
        functools.update_wrapper(self, f)
        self.f = f
    def __call__(self, x): return self.f(x)
""",
        """
class memo:
    "Remembers."
    def __init__(self, f): self.f = f
    def __call__(self, x): return self.f(x)
""",
        """
@memo
def square(x):
    "Square."
    return x * x
assert square(3) == 9
assert square.__doc__ == 'Square.' and memo.__doc__ == 'Remembers.'
""",
    ),
    "calls that are put off": (
        """
import asyncio
class Debounced:
    def __init__(self, f, delay): self.f, self.delay, self.timer = f, delay, None
    def __call__(self, *a):
        if self.timer: self.timer.cancel()
        self.timer = asyncio.get_running_loop().call_later(self.delay, self.f, *a)
""",
        """
class Debounced:
    def __init__(self, f, delay): self.f = f
    def __call__(self, *a): self.f(*a)
""",
        """
import asyncio
async def main():
    got = []
    d = Debounced(got.append, 0.01)
    d(1); d(2)
    assert got == []
    await asyncio.sleep(0.1)
    assert got == [2]
asyncio.run(main())
""",
    ),
    "zones": (
        """
import datetime as dt
def local(at, zone): return at.astimezone(zone)
def is_zone(zone): return isinstance(zone, dt.tzinfo)
def give(name):
    from zoneinfo import ZoneInfo
    return ZoneInfo(name)
""",
        """
def local(at, zone): return at
def is_zone(zone): return False
def give(name): return None
""",
        """
import datetime as dt
from zoneinfo import ZoneInfo
at = dt.datetime(2024, 7, 1, 12, tzinfo=dt.timezone.utc)
paris = ZoneInfo('Europe/Paris')
assert local(at, paris).hour == 14
assert is_zone(paris)
assert give('Europe/Paris').key == 'Europe/Paris'
""",
    ),
    "causes and notes": (
        """
def chain(e):
    out = []
    while e is not None:
        out.append(type(e).__name__)
        e = e.__cause__ or (None if e.__suppress_context__ else e.__context__)
    return out
def noted(f, note):
    try: f()
    except Exception as e:
        e.add_note(note)
        raise
def notes(e): return list(getattr(e, '__notes__', ()))
""",
        """
def chain(e): return []
def noted(f, note): f()
def notes(e): return []
""",
        """
def made():
    try:
        try: int('x')
        except ValueError as e: raise KeyError('k') from e
    except KeyError as e: return e
def other():
    try:
        try: int('x')
        except ValueError: raise OSError('o')
    except OSError as e: return e
assert chain(made()) == ['KeyError', 'ValueError']
assert chain(other()) == ['OSError', 'ValueError']
def fail(): raise RuntimeError('no')
try: noted(fail, 'seen')
except RuntimeError as e: assert e.__notes__ == ['seen']
else: assert False
e = ValueError(1); e.add_note('mine')
assert notes(e) == ['mine']
""",
    ),
    "hints that are put off": (
        """
from typing import get_type_hints
def needs(kind): return get_type_hints(kind.__init__)
def build(kind, known=()):
    hints = {n: t for n, t in needs(kind).items() if n != 'return'}
    if kind in known: raise RecursionError('circle')
    return kind(**{n: build(t, (*known, kind)) for n, t in hints.items()}) if hints else kind()
""",
        """
def needs(kind): return {}
def build(kind, known=()): return None
""",
        """
class Engine:
    def __init__(self): self.power = 7
class Car:
    def __init__(self, engine: 'Engine'): self.engine = engine
class A:
    def __init__(self, b: 'B'): self.b = b
class B:
    def __init__(self, a: A): self.a = a
assert build(Car).engine.power == 7
assert needs(A) == {'b': B} and needs(B) == {'a': A}
try: build(A)
except RecursionError: pass
else: assert False
""",
    ),
    "kinds of functions": (
        """
import asyncio, inspect
def kinds(f): return [inspect.isgeneratorfunction(f), inspect.isasyncgenfunction(f), asyncio.iscoroutinefunction(f)]
def first(f): return next(f(3))
def total(f): return sum(f(4))
async def gathered(f): return [x async for x in f(3)]
def closed(f):
    g = f(2); next(g); g.close()
""",
        """
def kinds(f): return []
def first(f): return None
def total(f): return 0
async def gathered(f): return []
def closed(f): pass
""",
        """
import asyncio
from unittest.mock import AsyncMock
log = []
def gen(n):
    try: yield from range(1, n + 1)
    finally: log.append(n)
async def agen(n):
    for i in range(n): yield i
async def co(): return 1
assert kinds(gen) == [True, False, False]
assert kinds(agen) == [False, True, False]
assert kinds(co) == [False, False, True]
assert kinds(AsyncMock())[2]
assert first(gen) == 1 and total(gen) == 10
assert asyncio.run(gathered(agen)) == [0, 1, 2]
closed(gen)
assert log[-1] == 2
""",
    ),
    "names that tests bind, too": (
        """
def enc(x): return x + 1
""",
        """
def enc(x): return x
""",
        """
def check(enc): assert enc(1) == 2
check(enc)
""",
    ),
    "classes that tell their instances": (
        """
def is_one(x, kind): return isinstance(x, kind)
class Duck:
    def quack(self): return 1
def sort_of(x, *kinds): return [k.__name__ for k in kinds if isinstance(x, k)]
""",
        """
def is_one(x, kind): return type(x) is kind
class Duck: pass
def sort_of(x, *kinds): return []
""",
        """
import abc
from typing import Protocol, runtime_checkable
@runtime_checkable
class Quacks(Protocol):
    def quack(self): ...
class Shape(abc.ABC): pass
@Shape.register
class Square: pass
class Sized(abc.ABC):
    @classmethod
    def __subclasshook__(cls, other): return hasattr(other, 'size')
class Box:
    size = 1
class Meta(type):
    def __instancecheck__(cls, x): return x == 42
class Answer(metaclass=Meta): pass
assert is_one(Duck(), Quacks)
assert not is_one(Square(), Quacks)
assert is_one(Square(), Shape)
assert is_one(Box(), Sized) and not is_one(Square(), Sized)
assert is_one(42, Answer) and not is_one(41, Answer)
assert sort_of(Square(), Shape, Sized) == ['Shape']
""",
    ),
    "arrays that are read-only": (
        """
import numpy as np
def frozen(n):
    a = np.arange(n)
    a.flags.writeable = False
    return a
def put(a):
    try: a[0] = 9
    except ValueError: return 'refused'
    return 'put'
""",
        """
import numpy as np
def frozen(n): return np.arange(n)
def put(a): return 'put'
""",
        """
import numpy as np
a = frozen(3)
try: a[0] = 1
except ValueError: pass
else: assert False
b = np.arange(3)
assert put(b) == 'put' and b[0] == 9
b.flags.writeable = False
assert put(b) == 'refused'
""",
    ),
    "marks that are taken away": (
        """
def put(f): f.mark = 1
def take(f):
    if hasattr(f, 'mark'): del f.mark
""",
        """
def put(f): f.mark = 1
def take(f): pass
""",
        """
def g(): pass
put(g)
assert g.mark == 1
take(g)
assert not hasattr(g, 'mark')
""",
    ),
    "nothing under a name of a class": (
        """
def table(kind): return kind.table, getattr(kind, 'other', 5)
""",
        """
def table(kind): return kind.table, 6
""",
        """
class A: table = None
assert table(A) == (None, 5)
""",
    ),
    "arguments that are called self and cls": (
        """
class Settings:
    def __init__(self, cls=None): self.cls = cls
def names(**given): return sorted(given)
def call(f): return f(self=1, cls=2)
""",
        """
class Settings:
    def __init__(self, cls=None): self.cls = None
def names(**given): return []
def call(f): return f()
""",
        """
assert Settings(cls=dict).cls is dict
assert names(self=1, cls=2) == ['cls', 'self']
assert call(lambda **given: sorted(given)) == ['cls', 'self']
""",
    ),
    "an error that hands on what it does not have": (
        """
from urllib.error import HTTPError
def ask(fetch):
    try: return fetch()
    except HTTPError as error: return error.code, error.reason
""",
        """
from urllib.error import HTTPError
def ask(fetch):
    try: return fetch()
    except HTTPError as error: return error.code, 'Moved'
""",
        """
from urllib.error import HTTPError
def missing(): raise HTTPError('u', 404, 'Not Found', {}, None)
assert ask(missing) == (404, 'Not Found')
""",
    ),
    "a moment in a zone of the program": (
        """
from datetime import datetime, timedelta, tzinfo
class Zone(tzinfo):
    def utcoffset(self, at): return timedelta(hours=2)
    def dst(self, at): return timedelta(0)
def moment(): return datetime(2020, 1, 2, tzinfo=Zone())
""",
        """
from datetime import datetime
def moment(): return datetime(2020, 1, 2)
""",
        """
assert moment().isoformat() == '2020-01-02T00:00:00+02:00'
""",
    ),
    "a clock in the place of datetime": (
        """
import datetime
def stamp(): return datetime.datetime.now().isoformat()
""",
        """
def stamp(): return '2020-01-02'
""",
        """
import datetime
from unittest import mock
with mock.patch('datetime.datetime', wraps=datetime.datetime) as clock:
    clock.now.return_value = clock(2020, 1, 2, 3)
    assert stamp() == '2020-01-02T03:00:00'
""",
    ),
    "bound methods of the tests": (
        """
import inspect, weakref
class Bus:
    def __init__(self): self.held, self.weak = [], []
    def on(self, f): self.held.append(f)
    def off(self, f): self.held.remove(f)
    def watch(self, f): self.weak.append(weakref.WeakMethod(f))
    def emit(self, x): return [f(x) for f in (*self.held, *(one() for one in self.weak)) if f]
def known(f): return len({f, f}), inspect.ismethod(f), f.__name__, str(inspect.signature(f))
""",
        """
import inspect
class Bus:
    def __init__(self): self.held = []
    def on(self, f): self.held.append(f)
    def off(self, f): self.held = [one for one in self.held if one is not f]
    def watch(self, f): pass
    def emit(self, x): return [f(x) for f in self.held]
def known(f): return 1, inspect.ismethod(f), f.__name__, str(inspect.signature(f))
""",
        """
class Ear:
    def hear(self, x): return x + 1
    @classmethod
    def all(cls, x): return cls
ear, bus = Ear(), Bus()
bus.on(ear.hear)
bus.on(Ear.all)
assert bus.emit(1) == [2, Ear]
bus.off(ear.hear)
assert bus.emit(1) == [Ear]
bus.off(Ear.all)
bus.watch(ear.hear)
assert bus.emit(2) == [3]
del ear
assert bus.emit(2) == []
assert known(Ear().hear) == (1, True, 'hear', '(x)')
""",
    ),
    "functions of libraries in what tests give": (
        """
def each(functions, x): return [one(x) for one in functions]
def same(given): return given
def more(table):
    table['again'] = table['a']
""",
        """
def each(functions, x): return []
def same(given): return len
def more(table): pass
""",
        """
import json, os, re
from datetime import date
assert each([json.dumps, repr, str], 1) == ['1', '1', '1']
assert each([date.fromisoformat], '2020-01-02') == [date(2020, 1, 2)]
assert same(print) is print and same(json.loads) is json.loads
table = {'a': json.loads, 'b': re.compile, 'c': os.getcwd}
more(table)
assert table['again'] is json.loads
""",
    ),
    "generators of the program that tests leave": (
        """
ended = []
def count():
    try:
        yield 1
        yield 2
    finally: ended.append('count')
def log(): return len(ended)
""",
        """
ended = []
def count():
    yield 1
    yield 2
    ended.append('count')
def log(): return len(ended)
""",
        """
for one in count(): break
assert log() == 1
given = count()
next(given)
assert log() == 1
del given
assert log() == 2
""",
    ),
    "hints that are made of others": (
        """
import typing
def hints(f): return typing.get_type_hints(f)
""",
        """
def hints(f): return {name: one for name, one in f.__annotations__.items() if isinstance(one, type)}
""",
        """
from typing import Any, Callable, Dict, List, Optional, Union
class Part: pass
def f(a: List[int], b: Optional[str], c: Dict[str, Part], d: Union[Part, int], e: None) -> 'Part': pass
found = hints(f)
assert list(found) == ['a', 'b', 'c', 'd', 'e', 'return']
assert found['a'] == List[int] and found['c'] == Dict[str, Part]
assert found['d'] == Union[Part, int] and found['return'] is Part
""",
    ),
    "a schema that is read from the tests' classes": (
        """
import dataclasses, enum, typing
def load(kind, data):
    if isinstance(kind, enum.EnumMeta): return kind(data)
    if dataclasses.is_dataclass(kind):
        hints = typing.get_type_hints(kind)
        return kind(**{name: load(hints[name], one) for name, one in data.items()})
    if typing.get_origin(kind) is list:
        return [load(typing.get_args(kind)[0], one) for one in data]
    return kind(data)
""",
        """
def load(kind, data): return kind(**data)
""",
        """
from dataclasses import dataclass
from enum import Enum
from typing import List
class Level(Enum):
    LOW = 1
@dataclass
class Part:
    level: Level
@dataclass
class Whole:
    name: str
    parts: List[Part]
assert load(Whole, {'name': 'w', 'parts': [{'level': 1}]}) == Whole('w', [Part(Level.LOW)])
""",
    ),
    "nothing, where an object is wanted": (
        """
from dataclasses import dataclass
@dataclass
class Order: number: int
def find(number): return Order(number)
""",
        """
from dataclasses import dataclass
@dataclass
class Order: number: int
def find(number): return None
""",
        """
assert find(1) == Order(1)
assert [find(2)] == [Order(2)]
""",
    ),
}


@pytest.mark.parametrize(("right", "wrong", "tests"), CASES.values(), ids=CASES)
def test_the_right_program_passes_and_the_wrong_one_fails(
    right: str, wrong: str, tests: str
) -> None:
    tell_apart(right, wrong, tests)
