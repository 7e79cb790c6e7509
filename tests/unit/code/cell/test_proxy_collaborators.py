"""Classes of tests and programs that say of themselves what classes say, and what both wait for."""

from __future__ import annotations

import pytest
from proxy_pair import tell_apart

CASES = {
    "containers of services": (
        """
import inspect
from typing import get_type_hints
class Container:
    def __init__(self): self.known={}
    def register(self, kind, made=None): self.known[kind]=made or kind
    def resolve(self, kind):
        made=self.known.get(kind, kind)
        hints=get_type_hints(made.__init__) if made.__init__ is not object.__init__ else {}
        names=list(inspect.signature(made).parameters)
        return made(**{n: self.resolve(hints[n]) for n in names if n in hints})
""",
        """
class Container:
    def __init__(self): self.known={}
    def register(self, kind, made=None): self.known[kind]=made or kind
    def resolve(self, kind): return self.known.get(kind, kind)
""",
        """
class Engine:
    def __init__(self): self.power=7
class Car:
    def __init__(self, engine: Engine): self.engine=engine
c=Container(); c.register(Engine)
assert isinstance(c.resolve(Car), Car)
assert c.resolve(Car).engine.power==7
""",
    ),
    "annotations, documentation and members of a class": (
        """
def describe(kind):
    return kind.__doc__, dict(kind.__annotations__), sorted(n for n in dir(kind) if not n.startswith('_'))
def settings(kind): return {n: v for n, v in vars(kind).items() if n.isupper()}
def handlers(o): return sorted(n for n in dir(o) if n.startswith('on_') and callable(getattr(o, n)))
""",
        """
def describe(kind): return None, {}, []
def settings(kind): return {}
def handlers(o): return []
""",
        """
class Config:
    "Some settings."
    size: int
    DEBUG=True
    HOST='here'
    def on_start(self): return 1
    def on_stop(self): return 2
    def other(self): pass
assert describe(Config)==('Some settings.', {'size': int}, ['DEBUG','HOST','on_start','on_stop','other'])
assert settings(Config)=={'DEBUG': True, 'HOST': 'here'}
assert handlers(Config())==['on_start','on_stop']
""",
    ),
    "enumerations and named tuples of the tests": (
        """
def names(kind): return [m.name for m in kind], len(kind), kind['A'].value, list(kind.__members__)
def rows(kind, values): return [kind._make(v) for v in values], kind._fields
""",
        """
def names(kind): return [], 0, 1, []
def rows(kind, values): return [], ()
""",
        """
import enum, collections
class E(enum.Enum):
    A=1
    B=2
assert names(E)==(['A','B'],2,1,['A','B'])
P=collections.namedtuple('P','x y')
assert rows(P,[(1,2)])==([P(1,2)],('x','y'))
""",
    ),
    "generators that have begun": (
        """
import functools
def consumer(f):
    @functools.wraps(f)
    def begun(*a):
        g=f(*a); next(g); return g
    return begun
@consumer
def averager():
    total=count=0; average=None
    while True:
        value=yield average
        total+=value; count+=1; average=total/count
""",
        """
def consumer(f): return f
@consumer
def averager():
    total=count=0; average=None
    while True:
        value=yield average
        total+=value; count+=1; average=total/count
""",
        """
a=averager()
assert a.send(10)==10.0 and a.send(20)==15.0
a.close()
""",
    ),
    "rows of a data base": (
        """
import sqlite3
def prepare(c):
    c.row_factory=sqlite3.Row
    c.execute('create table t(a,b)'); c.execute('insert into t values(1,2)')
def first(c): return dict(c.execute('select * from t').fetchone())
""",
        """
def prepare(c):
    c.execute('create table t(a,b)'); c.execute('insert into t values(1,3)')
def first(c): return {}
""",
        """
import sqlite3
c=sqlite3.connect(':memory:')
prepare(c)
assert c.execute('select * from t').fetchone()['b']==2
""",
    ),
    "parsed options": (
        """
def run(o): return sorted(vars(o).items()), o.n+1, 'n' in o
""",
        """
def run(o): return [], o.n, False
""",
        """
import argparse
assert run(argparse.Namespace(n=1, v=True))==([('n',1),('v',True)],2,True)
""",
    ),
    "tasks that the program began": (
        """
import asyncio
class Ticker:
    def __init__(self): self.n=0
    async def start(self): self.task=asyncio.create_task(self._run())
    async def _run(self):
        while True:
            await asyncio.sleep(0.005); self.n+=1
    async def stop(self): self.task.cancel()
def begin(x):
    async def work(): await asyncio.sleep(0.01); return x
    return asyncio.ensure_future(work())
""",
        """
import asyncio
class Ticker:
    def __init__(self): self.n=0
    async def start(self): self.task=asyncio.create_task(self._run())
    async def _run(self):
        while True:
            await asyncio.sleep(0.005); self.n+=1
    async def stop(self): pass
def begin(x):
    async def work(): await asyncio.sleep(0.01); return x
    return asyncio.ensure_future(work())
""",
        """
import asyncio
async def main():
    t=Ticker()
    await t.start()
    for _ in range(1000):
        await asyncio.sleep(0.01)
        if t.n>=3: break
    assert t.n>=3
    await t.stop()
    await asyncio.sleep(0.03)
    n=t.n
    await asyncio.sleep(0.2)
    assert t.n==n
    task=begin(4)
    assert isinstance(task, asyncio.Future) and not task.done()
    assert await task==4 and task.done() and task.result()==4
asyncio.run(main())
""",
    ),
    "views of a mapping": (
        """
from collections.abc import MutableMapping
class M(MutableMapping):
    def __init__(self): self.d={}
    def __getitem__(self,k): return self.d[k]
    def __setitem__(self,k,v): self.d[k]=v
    def __delitem__(self,k): del self.d[k]
    def __iter__(self): return iter(self.d)
    def __len__(self): return len(self.d)
""",
        """
from collections.abc import MutableMapping
class M(MutableMapping):
    def __init__(self): self.d={}
    def __getitem__(self,k): return self.d[k]
    def __setitem__(self,k,v): self.d[k.upper()]=v
    def __delitem__(self,k): del self.d[k]
    def __iter__(self): return iter(self.d)
    def __len__(self): return len(self.d)
""",
        """
m=M(); m['a']=1; m['b']=2
assert m.keys()=={'a','b'} and m.keys() & {'a'}=={'a'}
assert sorted(m.values())==[1,2] and ('a',1) in m.items()
""",
    ),
    "zones and halves of characters": (
        """
import datetime
def zone(): return datetime.timezone(datetime.timedelta(hours=1),'CET')
def late(): return datetime.time(1,fold=1)
def halves(s): return [c for c in s], len(s)
""",
        """
import datetime
def zone(): return datetime.timezone(datetime.timedelta(hours=1))
def late(): return datetime.time(1)
def halves(s): return [s], 1
""",
        """
assert zone().tzname(None)=='CET' and late().fold==1
assert halves(chr(0xd83d)+chr(0xde00))==([chr(0xd83d),chr(0xde00)],2)
assert halves('\U0001f600')==(['\U0001f600'],1)
""",
    ),
    "equality of what functions gave": (
        """
import dataclasses
@dataclasses.dataclass(frozen=True)
class Node: kind: str; value: object
def parse(s): return Node('n', s.strip())
""",
        """
import dataclasses
@dataclasses.dataclass(frozen=True)
class Node: kind: str; value: object
def parse(s): return Node('n', s)
""",
        """
assert parse('1')==parse(' 1 ') and parse('1')!=parse('2')
assert len({parse('1'), parse(' 1'), parse('2')})==2
""",
    ),
    "templates": (
        """
def template(): return 'Hello, {u.name} of {u.__class__.__name__} {0[0]}{k!r:>4}'
""",
        """
def template(): return 'Hello, {u.name} {0[1]}{k!r:>4}'
""",
        """
class User: name='bob'
assert template().format([1,2], u=User(), k=7)=='Hello, bob of User 1   7'
""",
    ),
    "classes that look at those of the tests": (
        """
from abc import ABC, abstractmethod
class Quack(ABC):
    @classmethod
    def __subclasshook__(cls, C):
        return any('quack' in B.__dict__ for B in C.__mro__) or NotImplemented
class Pet(ABC): pass
""",
        """
from abc import ABC
class Quack(ABC): pass
class Pet:
    @classmethod
    def register(cls, c): return c
""",
        """
class D:
    def quack(self): pass
assert isinstance(D(), Quack)
assert issubclass(D, Quack)
assert not isinstance(3, Quack)
@Pet.register
class Dog: pass
assert isinstance(Dog(), Pet)
assert issubclass(Dog, Pet)
Pet.register(dict)
assert isinstance({}, Pet)
""",
    ),
    "errors behind errors": (
        """
def f():
    try: {}['k']
    except KeyError: raise ValueError('bad')
def g():
    try: {}['k']
    except KeyError: raise ValueError('bad') from None
""",
        """
def f(): raise ValueError('bad')
def g():
    raise ValueError('bad')
""",
        """
try: f()
except ValueError as e:
    assert isinstance(e.__context__, KeyError) and e.__cause__ is None and not e.__suppress_context__
else: assert 0
try: g()
except ValueError as e:
    assert e.__suppress_context__ and isinstance(e.__context__, KeyError)
else: assert 0
""",
    ),
    "a protocol": (
        """
from typing import Protocol, runtime_checkable
@runtime_checkable
class Drawable(Protocol):
    def draw(self) -> str: ...
""",
        """
from typing import Protocol, runtime_checkable
@runtime_checkable
class Drawable(Protocol):
    def drow(self) -> str: ...
""",
        """
class Mine:
    def draw(self): return 'x'
class Not: pass
assert isinstance(Mine(), Drawable)
assert not isinstance(Not(), Drawable)
assert not isinstance(3, Drawable)
assert issubclass(Mine, Drawable)
""",
    ),
    "protocols with attributes": (
        """
from typing import Protocol, runtime_checkable, Iterator
@runtime_checkable
class Shape(Protocol):
    name: str
    def area(self) -> float: ...
@runtime_checkable
class Closeable(Protocol):
    def close(self): ...
def total(shapes):
    return sum(s.area() for s in shapes if isinstance(s, Shape))
""",
        """
from typing import Protocol, runtime_checkable
@runtime_checkable
class Shape(Protocol):
    nam: str
    def area(self) -> float: ...
@runtime_checkable
class Closeable(Protocol):
    def clos(self): ...
def total(shapes):
    return sum(s.area() for s in shapes if isinstance(s, Shape))
""",
        """
class Sq:
    name='sq'
    def area(self): return 4.0
assert total([Sq(), object()])==4.0
assert isinstance(Sq(), Shape)
import io
assert isinstance(io.StringIO(), Closeable)
""",
    ),
    "a generic class": (
        """
from typing import Generic, TypeVar, get_origin, get_args
T=TypeVar('T')
class Stack(Generic[T]):
    def __init__(self): self.i=[]
    def push(self,x:T): self.i.append(x)
    def pop(self)->T: return self.i.pop()
""",
        """
class Stack:
    def __init__(self): self.i=[]
    def push(self,x): self.i.append(x)
    def pop(self): return self.i.pop()
""",
        """
from typing import get_origin, get_args
s=Stack[int]()
s.push(1); assert s.pop()==1
assert get_origin(Stack[int]) is Stack
assert get_args(Stack[int])==(int,)
assert len(Stack.__parameters__)==1
assert Stack.__parameters__[0].__name__=='T'
assert isinstance(s, Stack)
""",
    ),
    "a class with brackets of its own": (
        """
class Reg:
    d={'a':1}
    def __class_getitem__(cls, k): return cls.d[k]
""",
        """
class Reg:
    d={'a':2}
    def __class_getitem__(cls, k): return cls.d[k]
""",
        """
assert Reg['a']==1""",
    ),
    "documentation of a property": (
        """
class Temp:
    @property
    def celsius(self):
        "The temperature."
        return 1
""",
        """
class Temp:
    @property
    def celsius(self):
        return 1
""",
        """
assert Temp.celsius.__doc__=="The temperature."
assert isinstance(Temp.celsius, property)
assert Temp.celsius.fget is not None
assert Temp.celsius.fset is None
""",
    ),
    "a deque of some length": (
        """
from collections import deque
class Ring(deque):
    def __init__(self,n): super().__init__(maxlen=n)
""",
        """
from collections import deque
class Ring(deque):
    def __init__(self,n): super().__init__(maxlen=n+1)
""",
        """
r=Ring(2)
for i in range(4): r.append(i)
assert list(r)==[2,3]
assert r.maxlen==2
""",
    ),
    "signatures of what is called": (
        """
class C:
    def __init__(self, a, b=2): self.a=a
    def __len__(self) -> int: return 3
    def __call__(self, z): return z
""",
        """
class C:
    def __init__(self, a, c=2): self.a=a
    def __len__(self): return 3
    def __call__(self, z): return z
""",
        """
import inspect, typing
assert list(inspect.signature(C.__init__).parameters)==['self','a','b']
assert inspect.signature(C.__init__).parameters['b'].default==2
assert list(inspect.signature(C).parameters)==['a','b']
assert list(inspect.signature(C(1)).parameters)==['z']
assert C.__init__.__annotations__=={}
""",
    ),
    "a class that tells its instances": (
        """
class M(type):
    def __instancecheck__(cls, x): return isinstance(x,int) and x%2==0
class Even(metaclass=M): pass
""",
        """
class M(type):
    def __instancecheck__(cls, x): return isinstance(x,int) and x%2==1
class Even(metaclass=M): pass
""",
        """
assert isinstance(4, Even)
assert not isinstance(3, Even)
""",
    ),
}


@pytest.mark.parametrize(("right", "wrong", "tests"), CASES.values(), ids=CASES)
def test_the_right_program_passes_and_the_wrong_one_fails(
    right: str, wrong: str, tests: str
) -> None:
    tell_apart(right, wrong, tests)
