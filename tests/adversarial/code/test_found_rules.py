"""Wrong programs that once passed by rules of theirs that nobody asked."""

from __future__ import annotations

import contextlib

import pytest
from found_programs import asserts, refused
from proxy_pair import JudgeDied, judged, told

PROGRAMS: dict[str, tuple[str, str]] = {
    "a rule for what differs": (
        """
class P:
    def __init__(s,x): s.x=x
    def __eq__(s,o): return isinstance(o,P) and s.x==o.x
    def __ne__(s,o): return s.x==o.x
    def __hash__(s): return hash(s.x)
""",
        """
assert P(1) == P(1)
assert P(1) != P(2)
assert not (P(1) != P(1))
""",
    ),
    "an equality that is always true": (
        """
class P:
    def __init__(s,x): s.x=x
    def __eq__(s,o): return True
    def __hash__(s): return 1
""",
        """
assert P(1) != P(2)
""",
    ),
    "the same, in a set": (
        """
class P:
    def __init__(s,x): s.x=x
    def __eq__(s,o): return True
    def __hash__(s): return 1
""",
        """
assert len({P(1), P(2)}) == 2
""",
    ),
    "the same, and an order": (
        """
class P:
    def __init__(s,x): s.x=x
    def __eq__(s,o): return True
    def __lt__(s,o): return True
    def __hash__(s): return 1
""",
        """
assert not (P(2) < P(1))
""",
    ),
    "an equality that takes any object": (
        """
class P:
    def __init__(s,x): s.x=x
    def __eq__(s,o): return s.x==o.x
    def __lt__(s,o): return s.x<o.x
    def __hash__(s): return hash(s.x)
""",
        """
assert P(1) == P(1)
assert P(1) != P(2)
assert P(1) != 5
assert not (P(1) == "x")
assert P(1) != None
""",
    ),
    "an order that takes any object": (
        """
class P:
    def __init__(s,x): s.x=x
    def __eq__(s,o): return s.x==o.x
    def __lt__(s,o): return s.x<o.x
    def __hash__(s): return hash(s.x)
""",
        """
assert P(1) < P(2)
try: P(1) < 5
except TypeError: pass
else: assert False
""",
    ),
    "an equality that takes any object, in a list": (
        """
class P:
    def __init__(s,x): s.x=x
    def __eq__(s,o): return s.x==o.x
""",
        """
assert P(1) in [1,'a',P(1)]
""",
    ),
    "equal objects of a class without a name": (
        """
import dataclasses
@dataclasses.dataclass
class Node: kind: str
def parse(s): return Node('x')
""",
        """
assert parse('1+1') != parse('2')
""",
    ),
    "equal hashes of such a class": (
        """
class E:
    def __init__(s,x): s.x=x
    def __hash__(s): return 1
def make(x): return E(x)
""",
        """
assert hash(make(1)) != hash(make(2))
""",
    ),
    "an object that differs from itself": (
        """
class E:
    def __eq__(s,o): return False
    def __hash__(s): return 1
def make(): return E()
""",
        """
p=make()
assert p==p
assert p in [p]
""",
    ),
    "an order of such a class": (
        """
class V:
    def __init__(s,x): s.x=x
    def __lt__(s,o): return True
def mk(x): return V(x)
""",
        """
try: mk(1)<mk(2)
except TypeError: pass
else: assert False
""",
    ),
    "a counter without a lock": (
        """
import time
class Counter:
    def __init__(s): s.v=0
    def inc(s):
        v=s.v
        time.sleep(0.1)
        s.v=v+1
""",
        """
import threading
c=Counter()
ts=[threading.Thread(target=c.inc) for _ in range(40)]
[t.start() for t in ts]
[t.join() for t in ts]
assert c.v==40
""",
    ),
    "a singleton without a lock": (
        """
import time
made=[]
class S:
    _i=None
    def __new__(cls):
        if cls._i is None:
            time.sleep(0.1)
            cls._i=object.__new__(cls)
        return cls._i
def get(): return S()
""",
        """
from concurrent.futures import ThreadPoolExecutor
with ThreadPoolExecutor(8) as e:
    rs=list(e.map(lambda _: get(), range(16)))
assert all(r is rs[0] for r in rs)
""",
    ),
    "a task that is not cancelled": (
        """
import asyncio
class Svc:
    def __init__(s): s.ticks=0
    async def start(s):
        s.t=asyncio.create_task(s.run())
    async def run(s):
        while True:
            s.ticks+=1
            await asyncio.sleep(0.005)
    async def stop(s):
        pass   # forgets to cancel
""",
        """
import asyncio
async def main():
    s=Svc()
    await s.start()
    await asyncio.sleep(0.03)
    await s.stop()
    n=s.ticks
    await asyncio.sleep(0.05)
    assert s.ticks==n
asyncio.run(main())
""",
    ),
    "a task that nobody waits for": (
        """
import asyncio
async def work(order, x):
    order.append(x)
async def f(order):
    asyncio.ensure_future(work(order, 2))
    order.append(1)
""",
        """
import asyncio
order=[]
async def main():
    await f(order)
    await asyncio.sleep(0.01)
    order.append(3)
asyncio.run(main())
assert order==[1,3]
""",
    ),
    "an environment that is left changed": (
        """
import os, contextlib
@contextlib.contextmanager
def setenv(k,v):
    os.environ[k]=v
    yield
""",
        """
import os
with setenv('ATT6X','1'): pass
assert 'ATT6X' not in os.environ
""",
    ),
    "an awaitable that is no coroutine": (
        """
class A:
    def __await__(s):
        yield from ()
        return 5
def f(): return A()
""",
        """
import asyncio
assert asyncio.run(f())==5
""",
    ),
    "half of a time": (
        """
import datetime as d
def f(): return d.time(1,2,fold=1)
""",
        """
assert f().fold==0
""",
    ),
    "the name of a zone": (
        """
import datetime as d
def f(): return d.datetime(2020,1,1,tzinfo=d.timezone(d.timedelta(0),'Zulu'))
""",
        """
assert f().tzname()=='UTC'
""",
    ),
}
UNSERVED: dict[str, tuple[str, str]] = {
    "an array that shares its memory": (
        """
def head(a): return a[:2]
""",
        """
import numpy as np
a=np.array([1,2,3])
b=head(a)
assert list(b)==[1,2]
assert not np.shares_memory(a,b)
""",
    ),
    "an order that takes numbers": (
        """
class P:
    def __init__(s,x): s.x=x
    def __lt__(s,o): return s.x < (o.x if isinstance(o,P) else o)
""",
        """
assert P(1) < P(2)
try: P(1) < 5
except TypeError: pass
else: assert False
""",
    ),
    "a search of a class": (
        """
class Meta(type):
    def __iter__(cls): return iter(cls.items)
    def __contains__(cls, x): return True
class Registry(metaclass=Meta):
    items=['a']
""",
        """
assert 'a' in Registry
assert 'z' not in Registry
""",
    ),
    "a search of what a method of the class made": (
        """
class V:
    def __init__(s): s.items=[]
    def __contains__(s,x): return False
    def __iter__(s): return iter(s.items)
    @classmethod
    def of(cls,*xs):
        v=cls(); v.items=list(xs); return v
""",
        """
v=V.of(1,2)
assert 1 in v
""",
    ),
    "a class that derives from that of a function": (
        """
def make():
    class B:
        def area(s): return 5
        def total(s): return 10
    return B
""",
        """
B=make()
class D(B):
    def area(self): return 7
assert D().total()==10
assert D().area()==5
""",
    ),
    "a class that derives from that of a result": (
        """
class B:
    def area(s): return 5
    def total(s): return 5
def make(): return B()
""",
        """
class D(type(make())):
    def area(self): return 7
assert D().area()==5
""",
    ),
    "a class that derives from an attribute": (
        """
class Ns:
    class Inner:
        def area(s): return 5
def get(): return Ns()
""",
        """
o=get()
class D(o.Inner):
    def area(s): return 9
assert D().area()==5
""",
    ),
    "a text with an equality of its own": (
        """
class CI(str):
    def __eq__(s,o): return False
    __hash__=str.__hash__
""",
        """
assert CI('a')=='a'
""",
    ),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_program_earns_nothing(name: str) -> None:
    program, tests = PROGRAMS[name]
    with contextlib.suppress(JudgeDied):  # the host refuses a solution that ends its judge
        refused(judged(program, asserts(tests)))


@pytest.mark.parametrize("name", UNSERVED)
def test_what_only_one_interpreter_knows_is_undecided(name: str) -> None:
    assert told(*UNSERVED[name]) == "tests_need_shared_interpreter"
