"""What people write in tests every day, of all kinds."""

from __future__ import annotations

import pytest
from proxy_pair import tell_apart, told

DOCUMENTED = """
class Stack:
    '''A stack.'''
    def push(self, x):
        '''Push x.'''
        self.l=[x]
    def pop(self): return 1
    @property
    def size(self):
        '''How many.'''
        return 1
def f():
    '''Does f.'''
def g(): pass
"""
UNDOCUMENTED = """
class Stack:
    '''A stack.'''
    def push(self, x):
        pass
        self.l=[x]
    def pop(self): return 1
    @property
    def size(self):
        '''How many.'''
        return 1
def f():
    pass
def g(): pass
"""
SENDER = """
class Api:
    def send(self, x): return x+1
    def go(self): return self.send(1)
"""
WRONG_SENDER = """
class Api:
    def send(self, x): return x+1
    def go(self): return self.send(2)
"""
ITEM = """
from dataclasses import dataclass, field, KW_ONLY
from typing import ClassVar, Optional, Final
@dataclass
class Item:
    name: str
    price: float = 1.5
    tags: list[str] = field(default_factory=list)
    count: ClassVar[int] = 0
    _: KW_ONLY
    note: Optional[str] = field(default=None, metadata={"unit":"x"}, repr=False)
"""
WRONG_ITEM = """
from dataclasses import dataclass, field, KW_ONLY
from typing import ClassVar, Optional, Final
@dataclass
class Item:
    name: str
    price: int = 2
    tags: list[str] = field(default_factory=list)
    count: ClassVar[int] = 0
    _: KW_ONLY
    note: Optional[str] = field(default=None, metadata={"unit":"y"}, repr=False)
"""
KEPT = """def f(d): return sorted(d.values())
def keep(d): global K; K=d
def total(): return sum(K.values())
"""
COPIED = """def f(d): return list(d.values())
def keep(d): global K; K=dict(d)
def total(): return sum(K.values())
"""
TABLES = """
from enum import Enum
class S(Enum):
    A=1
    B=2
class M1:
    W = {(S.A,"x"): 1}
    T = {S.A: [S.B], S.B: []}
    def trans(self): return dict(self.T)
"""
WRONG_TABLES = """
from enum import Enum
class S(Enum):
    A=1
    B=2
class M1:
    W = {(S.A,"x"): 2}
    T = {S.A: [S.A], S.B: []}
    def trans(self): return dict(self.T)
"""
COROUTINES = """
import asyncio
class P:
    def __init__(self): self.log=[]; self.cur=self.peak=0
    async def own(self, n):
        self.log.append(("in",n)); self.cur+=1; self.peak=max(self.peak,self.cur)
        await asyncio.sleep(0)
        self.cur-=1
        self.log.append(("out",n))
        return n
    async def slow(self, n):
        self.cur+=1; self.peak=max(self.peak,self.cur)
        await asyncio.sleep(0.01)
        self.cur-=1
        return n
async def bounded(fns, k):
    s=asyncio.Semaphore(k)
    async def one(f):
        async with s: return await f()
    return await asyncio.gather(*(one(f) for f in fns))
"""
NO_COROUTINES = """
import asyncio
class P:
    def __init__(self): self.log=[]; self.cur=self.peak=0
    async def own(self, n):
        self.log.append(("in",n)); self.cur+=1; self.peak=max(self.peak,self.cur)
        pass
        self.cur-=1
        self.log.append(("out",n))
        return n
    async def slow(self, n):
        self.cur+=1; self.peak=max(self.peak,self.cur)
        pass
        self.cur-=1
        return n
async def bounded(fns, k):
    s=asyncio.Semaphore(1)
    async def one(f):
        async with s: return await f()
    return await asyncio.gather(*(one(f) for f in fns))
"""
CASES = {
    "documentation": (
        DOCUMENTED,
        UNDOCUMENTED,
        """
assert Stack.push.__doc__ == "Push x."
assert Stack().push.__doc__
assert Stack.pop.__doc__ is None
assert f.__doc__ == "Does f."
assert g.__doc__ is None
assert Stack.__doc__ == "A stack."
""",
    ),
    "documentation as inspect gives it": (
        DOCUMENTED,
        UNDOCUMENTED,
        """
import inspect
assert inspect.getdoc(Stack.push) == "Push x."
assert all(getattr(Stack,n).__doc__ for n in ["push"])
assert "Does" in f.__doc__
""",
    ),
    "a method kept while it is replaced": (
        SENDER,
        WRONG_SENDER,
        """
a=Api()
orig=a.send
a.send=lambda x: orig(x)*10
assert a.go()==20
assert orig(1)==2
""",
    ),
    "a method that is wrapped": (
        SENDER,
        WRONG_SENDER,
        """
from unittest.mock import patch
a=Api()
with patch.object(a,"send",wraps=a.send) as m:
    assert a.go()==2
    m.assert_called_once_with(1)
assert a.go()==2
""",
    ),
    "fields of a dataclass": (
        ITEM,
        WRONG_ITEM,
        """
from dataclasses import asdict, astuple, fields, replace, MISSING
i=Item("a")
assert asdict(i)=={"name":"a","price":1.5,"tags":[],"note":None}
assert astuple(i)==("a",1.5,[],None)
assert fields(Item)[1].type is float
assert fields(i)[1].default == 1.5
assert fields(Item)[0].default is MISSING
assert fields(Item)[2].default_factory is list
assert fields(Item)[3].metadata["unit"]=="x"
assert [f.name for f in fields(Item) if f.repr]==["name","price","tags"]
assert replace(i,name="b").name=="b"
assert Item.__dataclass_params__.frozen is False
""",
    ),
    "annotations of a dataclass": (
        ITEM,
        WRONG_ITEM,
        """
assert Item.__annotations__["name"] is str
assert Item.__annotations__["price"] is float
assert list(Item.__annotations__)==["name","price","tags","count","_","note"]
""",
    ),
    "typed dictionaries": (
        """
from typing import TypedDict
class M(TypedDict, total=False):
    a: int
class N(TypedDict):
    a: int
    b: str
""",
        """
from typing import TypedDict
class M(TypedDict):
    a: int
class N(TypedDict):
    a: int
    c: str
""",
        """
assert M.__total__ is False
assert N.__required_keys__ == frozenset({"a","b"})
assert N.__annotations__ == {"a":int,"b":str}
assert M.__optional_keys__ == {"a"}
""",
    ),
    "a metaclass that is searched": (
        """
class Meta(type):
    reg={}
    def __new__(m,n,b,d,**k):
        c=super().__new__(m,n,b,d)
        if b: Meta.reg[n.lower()]=c
        return c
    def __contains__(cls,n): return n in Meta.reg
    def __iter__(cls): return iter(Meta.reg)
    def __len__(cls): return len(Meta.reg)
class Plugin(metaclass=Meta): pass
class A(Plugin): pass
""",
        """
class Meta(type):
    reg={}
    def __new__(m,n,b,d,**k):
        c=super().__new__(m,n,b,d)
        if b: Meta.reg[n]=c
        return c
    def __contains__(cls,n): return n in Meta.reg
    def __iter__(cls): return iter(Meta.reg)
    def __len__(cls): return len(Meta.reg)
class Plugin(metaclass=Meta): pass
class A(Plugin): pass
""",
        """
assert "a" in Plugin
assert "b" not in Plugin
assert len(Plugin)==1
""",
    ),
    "keys that the tests hash": (
        KEPT,
        COPIED,
        """
class Key:
    def __init__(self, n): self.n=n
    def __hash__(self): return hash(self.n)
    def __eq__(self, o): return isinstance(o, Key) and self.n==o.n
a,b=Key(1),Key(2)
d={a:5,b:3}
assert f(d)==[3,5]
assert d=={Key(1):5,Key(2):3}
keep(d)
d[Key(3)]=10
assert total()==18
assert len(d)==3 and f({Key(i):-i for i in range(5)})==[-4,-3,-2,-1,0]
s={Key(1),Key(2)}
assert len(s)==2
""",
    ),
    "such keys in a dict that is kept": (
        KEPT,
        COPIED,
        """
class Key:
    def __init__(self, n): self.n=n
    def __hash__(self): return hash(self.n)
    def __eq__(self, o): return isinstance(o, Key) and self.n==o.n
a,b=Key(1),Key(2)
d={a:5,b:3}
keep(d)
d[Key(3)]=10
assert total()==18
assert len(d)==3
assert f({Key(1):2,Key(0):1})==[1,2]
""",
    ),
    "a method whose class is patched": (
        SENDER,
        WRONG_SENDER,
        """
from unittest.mock import patch
a=Api()
assert a.send == a.send
with patch.object(Api,"send",wraps=a.send) as m:
    assert a.go()==2
    m.assert_called_once_with(1)
assert a.go()==2
""",
    ),
    "keys of tuples, read again": (
        TABLES,
        WRONG_TABLES,
        """
assert M1.W[(S.A,"x")] == 1
assert (S.A,"x") in M1.W
assert M1.W == {(S.A,"x"): 1}
""",
    ),
    "keys of enumerations, read again": (
        TABLES,
        WRONG_TABLES,
        """
assert M1.T[S.A] == [S.B]
assert S.B in M1.T
assert M1.T == {S.A: [S.B], S.B: []}
assert M1().trans() == M1.T
""",
    ),
    "such keys, read of an instance": (
        TABLES,
        WRONG_TABLES,
        """
m=M1()
assert m.T[S.A] == [S.B]
assert m.T[S.B] == []
assert set(m.T) == {S.A, S.B}
assert m.trans() == {S.A: [S.B], S.B: []}
assert m.trans()[S.A] == [S.B]
""",
    ),
    "turns of coroutines": (
        COROUTINES,
        NO_COROUTINES,
        """
import asyncio
p=P()
async def main(): return await asyncio.gather(p.own(1), p.own(2))
assert asyncio.run(main()) == [1,2]
assert p.log == [("in",1),("in",2),("out",1),("out",2)]
assert p.peak == 2
""",
    ),
    "turns of tasks": (
        COROUTINES,
        NO_COROUTINES,
        """
import asyncio
p=P()
async def main():
    ts=[asyncio.create_task(p.own(i)) for i in range(3)]
    return [await t for t in ts]
assert asyncio.run(main()) == [0,1,2]
assert p.peak == 3
""",
    ),
    "coroutines that sleep": (
        COROUTINES,
        NO_COROUTINES,
        """
import asyncio
p=P()
async def main(): return await asyncio.gather(*(p.slow(i) for i in range(4)))
assert asyncio.run(main()) == [0,1,2,3]
assert p.peak == 4
""",
    ),
    "the tests' coroutines, some at a time": (
        COROUTINES,
        NO_COROUTINES,
        """
import asyncio
cur=peak=0
async def job():
    global cur, peak
    cur+=1; peak=max(peak,cur)
    await asyncio.sleep(0)
    cur-=1
    return 1
assert asyncio.run(bounded([job]*6, 3)) == [1]*6
assert peak == 3, peak
""",
    ),
    "the same, and they sleep": (
        COROUTINES,
        NO_COROUTINES,
        """
import asyncio
cur=peak=0
async def job():
    global cur, peak
    cur+=1; peak=max(peak,cur)
    await asyncio.sleep(0.005)
    cur-=1
    return 1
assert asyncio.run(bounded([job]*6, 3)) == [1]*6
assert peak == 3, peak
""",
    ),
    "a task that has begun": (
        COROUTINES,
        """
import asyncio
class P:
    def __init__(self): self.log=[]; self.cur=self.peak=0
    async def own(self, n):
        pass; self.cur+=1; self.peak=max(self.peak,self.cur)
        await asyncio.sleep(0)
        self.cur-=1
        self.log.append(("out",n))
        return n
    async def slow(self, n):
        self.cur+=1; self.peak=max(self.peak,self.cur)
        await asyncio.sleep(0.01)
        self.cur-=1
        return n
async def bounded(fns, k):
    s=asyncio.Semaphore(k)
    async def one(f):
        async with s: return await f()
    return await asyncio.gather(*(one(f) for f in fns))
""",
        """
import asyncio
p=P()
async def main():
    t=asyncio.create_task(p.own(1))
    await asyncio.sleep(0)
    assert p.log == [("in",1)]
    await t
    assert p.log == [("in",1),("out",1)]
asyncio.run(main())
""",
    ),
}


@pytest.mark.parametrize(("right", "wrong", "tests"), CASES.values(), ids=CASES)
def test_the_right_program_passes_and_the_wrong_one_fails(
    right: str, wrong: str, tests: str
) -> None:
    tell_apart(right, wrong, tests)


ORDERED = """
from functools import total_ordering
@total_ordering
class O:
    def __init__(self,v): self.v=v
    def __eq__(self,o):
        if not isinstance(o,O): return NotImplemented
        return self.v==o.v
    def __lt__(self,o):
        if not isinstance(o,O): return NotImplemented
        return self.v<o.v
    def __hash__(self): return hash(self.v)
"""
STRANGERS = {
    "less": "try:\n    O(1) < 2\nexcept TypeError:\n    pass\nelse:\n    assert False\n",
    "unequal": "assert O(1) == O(1)\nassert O(1) != 5\nassert not (O(1) == 'a')\n",
}


@pytest.mark.parametrize("tests", STRANGERS.values(), ids=STRANGERS)
def test_what_compares_with_strangers_is_not_taken_for_what_does_not(tests: str) -> None:
    assert told(ORDERED, tests) == "tests_passed"
    assert told(ORDERED.replace("return NotImplemented", "return True"), tests) != "tests_passed"
