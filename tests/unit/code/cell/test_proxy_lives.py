"""What ends, what shows another thing's members, and what each task has for itself."""

from __future__ import annotations

import pytest
from proxy_pair import tell_apart

CASES = {
    "objects held weakly by a cache": (
        """
class Node:
    pass
class Cache:
    def __init__(self):
        import weakref
        self.d=weakref.WeakValueDictionary()
    def put(self,k,v): self.d[k]=v
    def get(self,k): return self.d.get(k)
""",
        """
class Node: pass
class Cache:
    def __init__(self): self.d={}
    def put(self,k,v): self.d[k]=v
    def get(self,k): return self.d.get(k)
""",
        """
c=Cache(); n=Node(); c.put(1,n)
assert c.get(1) is n
del n
assert c.get(1) is None
""",
    ),
    "objects of the tests held weakly": (
        """
import weakref
class Cache:
    def __init__(self):
        self.d=weakref.WeakValueDictionary()
    def put(self,k,v): self.d[k]=v
    def get(self,k): return self.d.get(k)
    def __len__(self): return len(self.d)
""",
        """
class Cache:
    def __init__(self): self.d={}
    def put(self,k,v): self.d[k]=v
    def get(self,k): return self.d.get(k)
    def __len__(self): return len(self.d)
""",
        """
class Obj: pass
c=Cache(); o=Obj(); c.put(1,o)
assert c.get(1) is o
del o
assert c.get(1) is None
assert len(c)==0
""",
    ),
    "objects with an end of their own": (
        """
class Res:
    log=[]
    def __init__(self,n): self.n=n
    def __del__(self): Res.log.append(self.n)
def make(n): return Res(n)
""",
        """
class Res:
    log=[]
    def __init__(self,n): self.n=n
def make(n): return Res(n)
""",
        """
r=make(3)
assert Res.log==[]
r=None
assert Res.log==[3]
r=Res(4); del r
assert Res.log==[3,4]
""",
    ),
    "connections that close themselves": (
        """
import warnings
class Conn:
    open_count=0
    def __init__(self): Conn.open_count+=1; self.closed=False
    def close(self):
        if not self.closed: self.closed=True; Conn.open_count-=1
    def __enter__(self): return self
    def __exit__(self,*a): self.close()
    def __del__(self): self.close()
""",
        """
class Conn:
    open_count=0
    def __init__(self): Conn.open_count+=1; self.closed=False
    def close(self):
        if not self.closed: self.closed=True
    def __enter__(self): return self
    def __exit__(self,*a): self.close()
""",
        """
with Conn() as c: assert Conn.open_count==1
assert Conn.open_count==0
def f():
    c=Conn(); assert Conn.open_count==1
f()
assert Conn.open_count==0
cs=[Conn() for _ in range(3)]
assert Conn.open_count==3
cs.pop(); assert Conn.open_count==2
cs.clear(); assert Conn.open_count==0
""",
    ),
    "parents held weakly": (
        """
import weakref
class Node:
    def __init__(self,name): self.name=name; self._p=None; self.kids=[]
    def add(self,k): k._p=weakref.ref(self); self.kids.append(k); return k
    @property
    def parent(self): return self._p() if self._p else None
""",
        """
class Node:
    def __init__(self,name): self.name=name; self._p=None; self.kids=[]
    def add(self,k): k._p=lambda: self; self.kids.append(k); return k
    @property
    def parent(self): return self._p() if self._p else None
""",
        """
import gc
root=Node('r'); a=root.add(Node('a')); b=a.add(Node('b'))
assert b.parent is a and a.parent is root
assert root.kids[0].kids[0].parent.parent is root
del root
assert a.parent is None or gc.collect() is None or a.parent is None
assert a.parent is None
assert b.parent is a
x=Node('x').add(Node('y'))
assert x.parent is None
""",
    ),
    "observers held weakly": (
        """
import weakref
class Bus:
    def __init__(self): self.subs=weakref.WeakSet()
    def sub(self,o): self.subs.add(o); return o
    def emit(self,x):
        for o in list(self.subs): o.on(x)
    def count(self): return len(self.subs)
""",
        """
class Bus:
    def __init__(self): self.subs=set()
    def sub(self,o): self.subs.add(o); return o
    def emit(self,x):
        for o in list(self.subs): o.on(x)
    def count(self): return len(self.subs)
""",
        """
import gc
class Obs:
    def __init__(self): self.got=[]
    def on(self,x): self.got.append(x)
b=Bus(); o=Obs(); p=Obs(); b.sub(o); b.sub(p)
b.emit(1)
assert o.got==[1] and p.got==[1]
assert b.count()==2
del o
gc.collect()
assert b.count()==1
b.emit(2)
assert p.got==[1,2]
assert b.sub(p) is p
assert b.count()==1
""",
    ),
    "functions held weakly": (
        """
import weakref
class Sig:
    def __init__(self): self.rs=[]
    def connect(self,f): self.rs.append(weakref.ref(f)); return f
    def send(self,*a):
        out=[]
        for r in list(self.rs):
            f=r()
            if f is None: self.rs.remove(r)
            else: out.append(f(*a))
        return out
""",
        """
class Sig:
    def __init__(self): self.rs=[]
    def connect(self,f): self.rs.append(lambda: f); return f
    def send(self,*a): return [r()(*a) for r in self.rs]
""",
        """
s=Sig()
def one(x): return x+1
s.connect(one)
assert s.send(1)==[2]
def tmp():
    def two(x): return x*10
    s.connect(two)
    assert s.send(2)==[3,20]
tmp()
assert s.send(3)==[4]
s.connect(one)
assert s.send(3)==[4,4]
""",
    ),
    "objects that hold each other": (
        """
import weakref
class Pair:
    alive=0
    def __init__(self): self.other=None; Pair.alive+=1
    def __del__(self): Pair.alive-=1
def link(a,b): a.other=b; b.other=a
""",
        """
class Pair:
    alive=0
    def __init__(self): self.other=None; Pair.alive+=1
def link(a,b): a.other=b; b.other=a
""",
        """
import gc
a,b=Pair(),Pair(); link(a,b)
assert Pair.alive==2
del a
gc.collect()
assert Pair.alive==2
del b
gc.collect()
assert Pair.alive==0
""",
    ),
    "finalizers": (
        """
import weakref
class Tmp:
    closed=[]
    def __init__(self,n): self.n=n; self._f=weakref.finalize(self, Tmp.closed.append, n)
    def close(self): self._f()
""",
        """
class Tmp:
    closed=[]
    def __init__(self,n): self.n=n
    def close(self): Tmp.closed.append(self.n)
""",
        """
t=Tmp(1); t.close()
assert Tmp.closed==[1]
t.close() if False else None
u=Tmp(2)
del u
assert Tmp.closed==[1,2]
""",
    ),
    "views of a dict": (
        """
class R:
    def __init__(self): self.d={}
    def add(self,k,v): self.d[k]=v
    def keys(self): return self.d.keys()
    def values(self): return self.d.values()
    def items(self): return self.d.items()
""",
        """
class R:
    def __init__(self): self.d={}
    def add(self,k,v): self.d[k]=v
    def keys(self): return dict(self.d).keys()
    def values(self): return list(self.d.values())
    def items(self): return self.d.items()
""",
        """
r=R(); k=r.keys(); v=r.values(); i=r.items()
r.add('a',1)
assert list(k)==['a']
assert list(v)==[1]
assert list(i)==[('a',1)]
assert len(k)==1 and 'a' in k
assert k=={'a'}
""",
    ),
    "read-only views of a dict": (
        """
from types import MappingProxyType
class R:
    def __init__(self): self._d={'x':0}; self.view=MappingProxyType(self._d)
    def add(self,k,v): self._d[k]=v
    @property
    def all(self): return MappingProxyType(self._d)
""",
        """
from types import MappingProxyType
class R:
    def __init__(self): self._d={'x':0}; self.view=MappingProxyType(dict(self._d))
    def add(self,k,v): self._d[k]=v
    @property
    def all(self): return MappingProxyType(self._d)
""",
        """
r=R(); v=r.view
r.add('a',1)
assert v['a']==1
assert dict(v)=={'x':0,'a':1}
assert r.all==v
try: v['z']=1
except TypeError: pass
else: assert False
""",
    ),
    "views of arrays": (
        """
import numpy as np
class Grid:
    def __init__(self,n): self.a=np.zeros((n,n))
    def row(self,i): return self.a[i]
    def T(self): return self.a.T
    def total(self): return self.a.sum()
def flat(a): return a.reshape(-1)
def first(a): return a[0]
""",
        """
import numpy as np
class Grid:
    def __init__(self,n): self.a=np.zeros((n,n))
    def row(self,i): return self.a[i].copy()
    def T(self): return self.a.T.copy()
    def total(self): return self.a.sum()
def flat(a): return a.flatten()
def first(a): return a[0].copy()
""",
        """
import numpy as np
g=Grid(3)
r=g.row(0); r[1]=5
assert g.a[0,1]==5
assert g.total()==5
g.T()[2,0]=1
assert g.total()==6
a=np.arange(4).reshape(2,2)
f=flat(a); f[0]=9
assert a[0,0]==9
a[1,1]=7
assert f[3]==7
first(a)[:]=0
assert a.tolist()==[[0,0],[2,7]]
assert f.base is not None
""",
    ),
    "context variables": (
        """
import contextvars
var=contextvars.ContextVar('var',default=0)
def get(): return var.get()
def put(v): return var.set(v)
def undo(t): var.reset(t)
""",
        """
import contextvars
var=contextvars.ContextVar('var',default=0)
def get(): return 1
def put(v): return var.set(v)
def undo(t): pass
""",
        """
import contextvars
t=put(3); assert get()==3
undo(t); assert get()==0
put(3)
ctx=contextvars.copy_context()
ctx.run(put,9)
assert get()==3
assert ctx.run(get)==9
""",
    ),
    "context variables of the tests": (
        """
def read(v): return v.get()
def write(v,x):
    t=v.set(x); return t
""",
        """
def read(v): return 1
def write(v,x): pass
""",
        """
import contextvars
v=contextvars.ContextVar('v',default=0)
v.set(4)
assert read(v)==4
write(v,5)
assert v.get()==5
""",
    ),
    "context variables of tasks": (
        """
import contextvars, asyncio
rid=contextvars.ContextVar('rid',default=None)
def setrid(i): rid.set(i)
def getrid(): return rid.get()
async def work():
    await asyncio.sleep(0.002); return rid.get()
""",
        """
import contextvars, asyncio
g=[None]
def setrid(i): g[0]=i
def getrid(): return g[0]
async def work():
    await asyncio.sleep(0.002); return g[0]
""",
        """
import asyncio
async def one(i):
    setrid(i)
    await asyncio.sleep(0.003)
    assert getrid()==i
    return await work()
async def main():
    assert await asyncio.gather(*(one(i) for i in range(3)))==[0,1,2]
asyncio.run(main())
assert getrid() is None
""",
    ),
    "context variables of awaited tasks": (
        """
import contextvars, asyncio
rid=contextvars.ContextVar('rid',default=None)
async def handle(i):
    rid.set(i); await asyncio.sleep(0.003); return rid.get()
""",
        """
import contextvars, asyncio
g=[0]
async def handle(i):
    g[0]=i; await asyncio.sleep(0.003); return g[0]
""",
        """
import asyncio
async def main():
    assert await asyncio.gather(*(handle(i) for i in range(4)))==[0,1,2,3]
asyncio.run(main())
""",
    ),
    "futures that both sides wait for": (
        """
import asyncio
async def wait_for_it(fut): return (await fut)+1
def resolve(fut,v): fut.set_result(v)
""",
        """
async def wait_for_it(fut): return 1
def resolve(fut,v): pass
""",
        """
import asyncio
async def main():
    loop=asyncio.get_running_loop()
    fut=loop.create_future()
    t=asyncio.create_task(wait_for_it(fut))
    await asyncio.sleep(0)
    resolve(fut,4)
    assert await asyncio.wait_for(t,1)==5
asyncio.run(main())
""",
    ),
    "queues that both sides wait for": (
        """
import asyncio
async def producer(q, n):
    for i in range(n): await q.put(i)
    await q.put(None)
async def consumer(q):
    out=[]
    while (x:=await q.get()) is not None:
        out.append(x); q.task_done()
    return out
""",
        """
import asyncio
async def producer(q, n):
    await q.put(None)
async def consumer(q):
    return []
""",
        """
import asyncio
async def main():
    q=asyncio.Queue(maxsize=2)
    _, out = await asyncio.gather(producer(q,7), consumer(q))
    assert out==list(range(7))
asyncio.run(main())
""",
    ),
    "events that both sides wait for": (
        """
import asyncio
async def waiter(ev, log):
    await ev.wait(); log.append('go'); return 1
async def setter(ev):
    await asyncio.sleep(0.01); ev.set()
""",
        """
async def waiter(ev, log): return 1
async def setter(ev): ev.set()
""",
        """
import asyncio
async def main():
    ev=asyncio.Event(); log=[]
    t=asyncio.create_task(waiter(ev,log))
    await asyncio.sleep(0.01)
    assert log==[]
    ev.set()
    assert await t==1 and log==['go']
    ev2=asyncio.Event(); log2=[]
    await asyncio.gather(waiter(ev2,log2), setter(ev2))
    assert log2==['go']
asyncio.run(main())
""",
    ),
    "locks that both sides wait for": (
        """
import asyncio
async def worker(lock, log, i):
    async with lock:
        log.append(('in',i)); await asyncio.sleep(0.005); log.append(('out',i))
""",
        """
import asyncio
async def worker(lock, log, i):
    log.append(('in',i)); await asyncio.sleep(0.005); log.append(('out',i))
""",
        """
import asyncio
async def main():
    lock=asyncio.Lock(); log=[]
    await asyncio.gather(*(worker(lock,log,i) for i in range(3)))
    assert log==[(s,i) for i in range(3) for s in ('in','out')]
asyncio.run(main())
""",
    ),
    "the environment while a function of the tests runs": (
        """
import os
def with_env(env,f):
    old={k:os.environ.get(k) for k in env}
    os.environ.update(env)
    try: return f()
    finally:
        for k,v in old.items():
            if v is None: os.environ.pop(k,None)
            else: os.environ[k]=v
""",
        """
def with_env(env,f): return f()
""",
        """
import os
assert with_env({'MY_KEY':'v'}, lambda: os.environ.get('MY_KEY'))=='v'
assert 'MY_KEY' not in os.environ
""",
    ),
}


@pytest.mark.parametrize(("right", "wrong", "tests"), CASES.values(), ids=CASES)
def test_the_right_program_passes_and_the_wrong_one_fails(
    right: str, wrong: str, tests: str
) -> None:
    tell_apart(right, wrong, tests)
