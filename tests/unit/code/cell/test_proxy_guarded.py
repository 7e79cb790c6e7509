"""Honest constructs that stand beside what is closed to attackers."""

from __future__ import annotations

import pytest
from proxy_pair import tell_apart

CASES = {
    "a manager that rolls back": (
        """
class Db:
    def __init__(self): self.rows=[]; self.kept=[]
    def __enter__(self): return self
    def __exit__(self,k,e,t):
        if k: self.rows[:]=self.kept
        else: self.kept=list(self.rows)
        return False
""",
        """
class Db:
    def __init__(self): self.rows=[]
    def __enter__(self): return self
    def __exit__(self,*a): return False
""",
        """
d=Db()
with d: d.rows.append(1)
try:
    with d:
        d.rows.append(2)
        raise ValueError
except ValueError: pass
assert d.rows==[1]
""",
    ),
    "a manager that suppresses": (
        """
from contextlib import contextmanager
@contextmanager
def ignored(*kinds):
    try: yield
    except kinds: pass
class Sup:
    def __enter__(self): return self
    def __exit__(self,k,e,t):
        self.kind=k
        return k is not None and issubclass(k,KeyError)
""",
        """
from contextlib import contextmanager
@contextmanager
def ignored(*kinds):
    yield
class Sup:
    def __enter__(self): return self
    def __exit__(self,k,e,t): return False
""",
        """
with ignored(ZeroDivisionError): 1/0
s=Sup()
with s: {}['x']
assert s.kind is KeyError
try:
    with s: raise ValueError
except ValueError: pass
else: assert False
""",
    ),
    "in a collection of the tests' making": (
        """
class Bag:
    def __init__(self,*xs): self.xs=list(xs)
    def __contains__(self,x): return x in self.xs
""",
        """
class Bag:
    def __init__(self,*xs): self.xs=[]
    def __contains__(self,x): return x in self.xs
""",
        """
b=Bag(1,2)
assert 1 in b and 3 not in b
""",
    ),
    "in a collection that a function made": (
        """
class Bag:
    def __init__(self,xs): self.xs=list(xs)
    def __iter__(self): return iter(self.xs)
    def union(self,o): return Bag(self.xs+o.xs)
""",
        """
class Bag:
    def __init__(self,xs): self.xs=list(xs)
    def __iter__(self): return iter(self.xs)
    def union(self,o): return self
""",
        """
u=Bag([1]).union(Bag([2]))
assert 2 in u and 3 not in u
""",
    ),
    "arithmetic of what a function made": (
        """
class V:
    def __init__(self,x): self.x=x
    def __mul__(self,k): return V(self.x*k)
    def __sub__(self,k): return V(self.x-k)
    def __eq__(self,o): return isinstance(o,V) and o.x==self.x
    def __getitem__(self,i): return [self.x][i]
    def __len__(self): return 1
def make(x): return V(x)
""",
        """
class V:
    def __init__(self,x): self.x=x
    def __mul__(self,k): return V(self.x)
    def __sub__(self,k): return V(self.x)
    def __eq__(self,o): return isinstance(o,V) and o.x==self.x
    def __getitem__(self,i): return [self.x][i]
    def __len__(self): return 1
def make(x): return V(x)
""",
        """
v=make(3)
assert (v*2).x==6 and (v*2)[0]==6 and len(v*2)==1
assert (v-1).x==2 and v-1==V(2)
w=V(5)
assert (w-2)[0]==3
""",
    ),
    "StopAsyncIteration from what tests await": (
        "async def fetch(n): return n * 10\n",
        "async def fetch(n): raise StopAsyncIteration\n",
        """
import asyncio
class Rows:
    n = 0
    def __aiter__(self): return self
    async def __anext__(self):
        if self.n == 3: raise StopAsyncIteration
        self.n += 1
        return await fetch(self.n)
async def main():
    async for row in Rows(): assert row in (10, 20, 30)
asyncio.run(main())
""",
    ),
    "StopIteration within what tests step": (
        "def f(n): return n * 10\n",
        "def f(n): raise StopIteration\n",
        """
class Rows:
    n = 0
    def __iter__(self): return self
    def __next__(self):
        if self.n == 3: raise StopIteration
        self.n += 1
        return f(self.n)
for row in Rows(): assert row in (10, 20, 30)
""",
    ),
    "StopAsyncIteration where it belongs": (
        """
async def rows():
    try:
        for n in range(3): yield n
    except ValueError: pass
class Rows:
    n = 0
    def __aiter__(self): return self
    async def __anext__(self):
        self.n += 1
        if self.n > 2: raise StopAsyncIteration
        return self.n
""",
        """
async def rows(): yield 1
class Rows:
    def __aiter__(self): return rows()
""",
        """
import asyncio, contextlib
async def main():
    assert [n async for n in rows()] == [0, 1, 2]
    assert [n async for n in Rows()] == [1, 2]
    one = rows()
    assert await anext(one) == 0 and await one.asend(None) == 1
    assert await one.__anext__() == 2
    try: await anext(one)
    except StopAsyncIteration: pass
    else: assert False
    other = Rows()
    assert [await anext(other), await anext(other), await anext(other, 'end')] == [1, 2, 'end']
    @contextlib.asynccontextmanager
    async def held():
        async for n in rows(): yield n; break
    async with held() as n: assert n == 0
    async with contextlib.asynccontextmanager(rows)() as n:
        assert n == 0
        raise ValueError
asyncio.run(main())
""",
    ),
    "StopIteration from a method that tests expect": (
        """
class It:
    def __init__(self): self.n=0
    def next_item(self):
        self.n+=1
        if self.n>1: raise StopIteration
        return self.n
""",
        """
class It:
    def next_item(self): return 1
""",
        """
i=It()
assert i.next_item()==1
try: i.next_item()
except StopIteration: pass
else: assert False
""",
    ),
    "cancelled by the program": (
        """
import asyncio
async def run():
    t=asyncio.create_task(asyncio.sleep(9))
    await asyncio.sleep(0)
    t.cancel()
    await t
""",
        """
async def run(): return 1
""",
        """
import asyncio
try: asyncio.run(run())
except asyncio.CancelledError: pass
else: assert False
""",
    ),
    "poly1d": (
        """
import numpy as np
def f(): return np.poly1d([1,2,3])
""",
        """
import numpy as np
def f(): return np.poly1d([1,2,4])
""",
        """
import numpy as np
assert f()==np.poly1d([1,2,3])
assert np.poly1d([1,2,3])==f()
assert f()(2)==11
""",
    ),
    "poly1d that is none": (
        """
import numpy as np
def f(): return np.poly1d([1,2,3])
""",
        """
import numpy as np
class poly1d:
    class C:
        shape=(3,)
        def __array__(self,*a,**k): return np.empty((0,3))
    coeffs=C()
poly1d.__module__='numpy'
def f(): return poly1d()
""",
        """
import numpy as np
assert np.poly1d([1,2,3])==f()
""",
    ),
    "hints of a function": (
        """
def f(a: int, b: str='x') -> bool: return True
""",
        """
def f(a, b='x'): return True
""",
        """
import typing
assert typing.get_type_hints(f)=={'a':int,'b':str,'return':bool}
""",
    ),
    "singleton decorator on the tests' class": (
        """
def singleton(cls):
    made={}
    def get(*a,**k):
        if cls not in made: made[cls]=cls(*a,**k)
        return made[cls]
    return get
""",
        """
def singleton(cls): return cls
""",
        """
@singleton
class A:
    def __init__(self,x): self.x=x
assert A(1) is A(2) and A(3).x==1
""",
    ),
    "object made without init": (
        """
def fresh(cls,*a):
    o=cls.__new__(cls)
    o.__init__(*a)
    return o
""",
        """
def fresh(cls,*a): return cls(0)
""",
        """
class A:
    def __init__(self,x): self.x=x
assert fresh(A,4).x==4
""",
    ),
    "added in place, then divided": (
        """
class V:
    def __init__(self,x): self.x=x
    def __iadd__(self,o): self.x+=o.x; return self
    def __divmod__(self,o): return divmod(self.x,o)
""",
        """
class V:
    def __init__(self,x): self.x=x
    def __iadd__(self,o): return self
    def __divmod__(self,o): return divmod(self.x,o)
""",
        """
v=V(3)
v+=V(4)
assert divmod(v,3)==(2,1)
""",
    ),
    "a decorator that keeps results in the object": (
        """
def cached(f):
    def g(self, x):
        kept = self.__dict__.setdefault('_kept', {})
        if x not in kept: kept[x] = f(self, x)
        return kept[x]
    return g
""",
        """
def cached(f):
    def g(self, x): return f(self, x)
    return g
""",
        """
n=[]
class A:
    @cached
    def twice(self, x):
        n.append(x)
        return 2*x
a=A()
assert a.twice(2)==4 and a.twice(2)==4 and n==[2]
""",
    ),
}


@pytest.mark.parametrize(("right", "wrong", "tests"), CASES.values(), ids=CASES)
def test_the_right_program_passes_and_the_wrong_one_fails(
    right: str, wrong: str, tests: str
) -> None:
    tell_apart(right, wrong, tests)
