"""Threads of programs and of their tests, which wait for one another and call each other."""

from __future__ import annotations

import pytest
from proxy_pair import tell_apart

CASES = {
    "threads that wait for one another": (
        """
import threading
class Foo:
    def __init__(self): self.a=threading.Event(); self.b=threading.Event()
    def first(self,p): p(); self.a.set()
    def second(self,p): self.a.wait(); p(); self.b.set()
    def third(self,p): self.b.wait(); p()
""",
        """
class Foo:
    def first(self,p): p()
    def second(self,p): p()
    def third(self,p): p()
""",
        """
import threading, itertools
for order in itertools.permutations(range(3)):
    f=Foo(); out=[]
    fs=[lambda: f.first(lambda: out.append('first')), lambda: f.second(lambda: out.append('second')), lambda: f.third(lambda: out.append('third'))]
    ts=[threading.Thread(target=fs[i]) for i in order]
    for t in ts: t.start()
    for t in ts: t.join(5)
    assert out==['first','second','third']
""",
    ),
    "a queue that blocks": (
        """
import threading, collections
class BoundedBlockingQueue:
    def __init__(self,c): self.c=c; self.q=collections.deque(); self.cv=threading.Condition()
    def enqueue(self,x):
        with self.cv:
            while len(self.q)>=self.c: self.cv.wait()
            self.q.append(x); self.cv.notify_all()
    def dequeue(self):
        with self.cv:
            while not self.q: self.cv.wait()
            x=self.q.popleft(); self.cv.notify_all(); return x
    def size(self): return len(self.q)
""",
        """
import threading, collections
class BoundedBlockingQueue:
    def __init__(self,c): self.c=c; self.q=collections.deque()
    def enqueue(self,x): self.q.append(x)
    def dequeue(self): return self.q.popleft()
    def size(self): return len(self.q)
""",
        """
import threading, time
q=BoundedBlockingQueue(2); got=[]
def cons():
    for _ in range(5): got.append(q.dequeue())
t=threading.Thread(target=cons); t.start()
time.sleep(0.05)
for i in range(5): q.enqueue(i)
t.join(5)
assert not t.is_alive()
assert got==[0,1,2,3,4]
assert q.size()==0
""",
    ),
    "a lock of readers and writers": (
        """
import threading
class RW:
    def __init__(self): self.l=threading.Condition(); self.r=0; self.w=False
    def acquire_read(self):
        with self.l:
            while self.w: self.l.wait()
            self.r+=1
    def release_read(self):
        with self.l: self.r-=1; self.l.notify_all()
    def acquire_write(self):
        with self.l:
            while self.w or self.r: self.l.wait()
            self.w=True
    def release_write(self):
        with self.l: self.w=False; self.l.notify_all()
""",
        """
class RW:
    def acquire_read(self): pass
    def release_read(self): pass
    def acquire_write(self): pass
    def release_write(self): pass
""",
        """
import threading
l=RW(); log=[]; held=threading.Event()
def writer():
    l.acquire_write(); log.append('w+'); held.set()
    import time
    time.sleep(0.2); log.append('w-'); l.release_write()
def reader():
    held.wait(20); l.acquire_read(); log.append('r'); l.release_read()
ts=[threading.Thread(target=writer)]+[threading.Thread(target=reader) for _ in range(3)]
for t in ts: t.start()
for t in ts: t.join(20)
assert log==['w+','w-','r','r','r']
""",
    ),
    "callbacks at the same time": (
        """
from concurrent.futures import ThreadPoolExecutor
def pmap(f, xs, n): 
    with ThreadPoolExecutor(n) as e: return list(e.map(f,xs))
""",
        """
def pmap(f, xs, n): return [f(x) if x else f(x) for x in xs]
""",
        """
import threading
meet=threading.Barrier(3)
def job(x):
    meet.wait(20 if threading.current_thread() is not threading.main_thread() else 0.05)
    return x*x
assert pmap(job, range(6), 3)==[0,1,4,9,16,25]
""",
    ),
    "a counter": (
        """
import threading
class Counter:
    def __init__(self): self.n=0; self.l=threading.Lock()
    def inc(self):
        with self.l: self.n+=1
""",
        """
class Counter:
    def __init__(self): self.n=0
    def inc(self): self.n+=2
""",
        """
import threading
c=Counter()
def w():
    for _ in range(100): c.inc()
ts=[threading.Thread(target=w) for _ in range(4)]
for t in ts: t.start()
for t in ts: t.join()
assert c.n==400
from concurrent.futures import ThreadPoolExecutor
with ThreadPoolExecutor(4) as e: list(e.map(lambda _: c.inc(), range(50)))
assert c.n==450
""",
    ),
    "a barrier": (
        """
import threading
class Barrier:
    def __init__(self,n): self.n=n; self.c=0; self.cv=threading.Condition()
    def wait(self):
        with self.cv:
            self.c+=1
            if self.c==self.n: self.cv.notify_all()
            else:
                while self.c<self.n: self.cv.wait()
""",
        """
class Barrier:
    def __init__(self,n): pass
    def wait(self): pass
""",
        """
import threading, time
b=Barrier(3); log=[]
def w(i):
    time.sleep(0.02*i); log.append('a'); b.wait(); log.append('b')
ts=[threading.Thread(target=w,args=(i,)) for i in range(3)]
for t in ts: t.start()
for t in ts: t.join(3)
assert log==['a']*3+['b']*3
""",
    ),
    "a lock that is taken again": (
        """
import threading
class Acc:
    def __init__(self): self.lock=threading.RLock(); self.b=0
    def deposit(self,x):
        with self.lock: self.b+=x
""",
        """
import threading
class Acc:
    def __init__(self): self.lock=threading.RLock(); self.b=0
    def deposit(self,x):
        with self.lock: self.b-=x
""",
        """
import threading
a=Acc()
def w():
    with a.lock:
        for _ in range(10): a.deposit(1)
ts=[threading.Thread(target=w) for _ in range(4)]
for t in ts: t.start()
for t in ts: t.join(5)
assert a.b==40
""",
    ),
    "a future": (
        """
import threading
class Future:
    def __init__(self): self.e=threading.Event()
    def set(self,v): self.v=v; self.e.set()
    def result(self,timeout=None):
        if not self.e.wait(timeout): raise TimeoutError()
        return self.v
""",
        """
class Future:
    def set(self,v): self.v=v
    def result(self,timeout=None): return self.v
""",
        """
import threading
f=Future()
threading.Timer(0.05, f.set, (3,)).start()
assert f.result(2)==3
g=Future()
try: g.result(0.05)
except TimeoutError: pass
else: assert 0
""",
    ),
    "what is local to a thread": (
        """
import threading
_l=threading.local()
def put(x): _l.x=x
def get(): return getattr(_l,'x',None)
def me(): return threading.current_thread() is threading.main_thread()
""",
        """
class L: pass
_l=L()
def put(x): _l.x=x
def get(): return getattr(_l,'x',None)
def me(): return True
""",
        """
import threading
put(1); got=[]
def w(): got.append(get()); put(2); got.append(get()); got.append(me())
t=threading.Thread(target=w); t.start(); t.join()
assert got==[None,2,False]
assert get()==1
assert me()
""",
    ),
    "callbacks in many threads": (
        """
import threading
def run(f,n):
    ts=[threading.Thread(target=f,args=(i,)) for i in range(n)]
    for t in ts: t.start()
    for t in ts: t.join()
""",
        """
def run(f,n):
    for i in range(n-1): f(i)
""",
        """
got=[]
run(got.append,60)
assert sorted(got)==list(range(60))
import threading
lock=threading.Lock(); d={}
def f(i):
    with lock: d[i]=d.get(i,0)+1
run(f,50)
assert d=={i:1 for i in range(50)}
""",
    ),
    "a list that many change": (
        """
import threading
class Log:
    def __init__(self): self.items=[]; self.l=threading.Lock()
    def add(self,x):
        with self.l: self.items.append(x)
    def all(self): return self.items
""",
        """
class Log:
    def __init__(self): self.items=[]
    def add(self,x): self.items=[x]
    def all(self): return self.items
""",
        """
import threading
l=Log()
def w(i):
    for k in range(30): l.add((i,k))
ts=[threading.Thread(target=w,args=(i,)) for i in range(6)]
for t in ts: t.start()
for t in ts: t.join()
assert len(l.all())==180
assert sorted(l.all())==[(i,k) for i in range(6) for k in range(30)]
assert len(l.items)==180
""",
    ),
    "a singleton": (
        """
import threading
class S:
    _i=None; _l=threading.Lock()
    def __new__(cls):
        with cls._l:
            if cls._i is None: cls._i=super().__new__(cls)
        return cls._i
""",
        """
class S: pass
""",
        """
import threading
got=[]
ts=[threading.Thread(target=lambda: got.append(S())) for _ in range(10)]
for t in ts: t.start()
for t in ts: t.join()
assert all(x is got[0] for x in got) and len(got)==10
""",
    ),
    "philosophers": (
        """
import threading
class DiningPhilosophers:
    def __init__(self): self.f=[threading.Lock() for _ in range(5)]
    def wantsToEat(self,p,a,b,c,d,e):
        l,r=sorted((p,(p+1)%5))
        with self.f[l]:
            with self.f[r]:
                a();b();c();d();e()
""",
        """
class DiningPhilosophers:
    def wantsToEat(self,p,a,b,c,d,e):
        a();b();c();d()
""",
        """
import threading
d=DiningPhilosophers(); log=[]; eating=set(); bad=[]
def phil(p):
    for _ in range(3):
        def eat():
            if (p-1)%5 in eating or (p+1)%5 in eating: bad.append(p)
            eating.add(p); log.append(p); eating.discard(p)
        d.wantsToEat(p, lambda: None, lambda: None, eat, lambda: None, lambda: log.append('x'))
ts=[threading.Thread(target=phil,args=(i,)) for i in range(5)]
for t in ts: t.start()
for t in ts: t.join(10)
assert not bad and log.count('x')==15 and len(log)==30
""",
    ),
    "molecules": (
        """
import threading
class H2O:
    def __init__(self): self.h=threading.Semaphore(2); self.o=threading.Semaphore(1); self.b=threading.Barrier(3)
    def hydrogen(self,r):
        with self.h: self.b.wait(); r()
    def oxygen(self,r):
        with self.o: self.b.wait(); r()
""",
        """
class H2O:
    def hydrogen(self,r): r()
    def oxygen(self,r): pass
""",
        """
import threading
h=H2O(); out=[]
ts=[threading.Thread(target=h.hydrogen if c=='H' else h.oxygen, args=(lambda c=c: out.append(c),)) for c in 'OOHHHH']
for t in ts: t.start()
for t in ts: t.join(5)
assert sorted(out)==list('HHHHOO')
""",
    ),
    "a pipeline": (
        """
import threading, queue
class Pipeline:
    def __init__(self, f): self.f=f; self.i=queue.Queue(); self.o=queue.Queue(); self.t=threading.Thread(target=self._r,daemon=True); self.t.start()
    def _r(self):
        while (x:=self.i.get()) is not None:
            try: self.o.put(('ok',self.f(x)))
            except Exception as e: self.o.put(('err',str(e)))
    def put(self,x): self.i.put(x)
    def get(self,timeout=2): return self.o.get(timeout=timeout)
    def close(self): self.i.put(None); self.t.join()
""",
        """
class Pipeline:
    def __init__(self, f): self.f=f; self.q=[]
    def put(self,x): self.q.append(('ok',self.f(x)))
    def get(self,timeout=2): return self.q.pop()
    def close(self): pass
""",
        """
import queue
def f(x):
    if x==3: raise ValueError('three')
    return x*2
p=Pipeline(f)
for i in range(6): p.put(i)
assert [p.get() for _ in range(6)]==[('ok',0),('ok',2),('ok',4),('err','three'),('ok',8),('ok',10)]
try: p.get(timeout=0.05)
except queue.Empty: pass
else: assert 0
p.close()
""",
    ),
    "what is done first": (
        """
from concurrent.futures import ThreadPoolExecutor, as_completed
import time
def gather(fs):
    with ThreadPoolExecutor() as e:
        m={e.submit(f):i for i,f in enumerate(fs)}
        return [ (m[x], x.result()) for x in as_completed(m)]
""",
        """
def gather(fs): return [(i,None) for i,f in enumerate(fs)]
""",
        """
import threading
b,c=threading.Event(),threading.Event()
def first(): c.wait(20); return 'a'
def second(): b.set(); return 'b'
def third(): b.wait(20); c.set(); return 'c'
assert [one for one in gather([first,second,third]) if one[0]!=1]==[(2,'c'),(0,'a')]
""",
    ),
    "callbacks that begin threads": (
        """
import threading
class E:
    def __init__(self): self.h=[]; self.l=threading.RLock()
    def on(self,f):
        with self.l: self.h.append(f)
    def emit(self,*a):
        with self.l:
            for f in list(self.h): f(*a)
""",
        """
class E:
    def __init__(self): self.h=[]
    def on(self,f): self.h.append(f)
    def emit(self,*a):
        for f in self.h[1:]: f(*a)
""",
        """
import threading
e=E(); got=[]
def h(x):
    # the callback starts a thread that uses the program too
    t=threading.Thread(target=lambda: (e.on(lambda y: got.append(('late',y)))))
    t.start(); t.join(0.2)
    got.append(x)
e.on(h)
e.emit(1)
import time; time.sleep(0.1)
assert got==[1]
e.emit(2)
assert (('late',2) in got) and got.count(2)==1
""",
    ),
    "threads and coroutines": (
        """
import asyncio, threading
async def run_in_thread(f,*a):
    return await asyncio.get_running_loop().run_in_executor(None, f, *a)
class Bg:
    def __init__(self):
        self.loop=asyncio.new_event_loop(); self.t=threading.Thread(target=self.loop.run_forever,daemon=True); self.t.start()
    def run(self,coro): return asyncio.run_coroutine_threadsafe(coro,self.loop).result(5)
    def stop(self): self.loop.call_soon_threadsafe(self.loop.stop); self.t.join(2)
""",
        """
import asyncio, threading
async def run_in_thread(f,*a): return None
class Bg:
    def run(self,coro): coro.close()
    def stop(self): pass
""",
        """
import asyncio, threading
main=threading.get_ident()
ids=[]
def f(x): ids.append(threading.get_ident()); return x+1
assert asyncio.run(run_in_thread(f,1))==2
assert ids and ids[0]!=main
b=Bg()
async def c():
    await asyncio.sleep(0.01); return 5
assert b.run(c())==5
b.stop()
""",
    ),
    "a limit of time": (
        """
import threading
def with_timeout(f, s):
    r=[]
    t=threading.Thread(target=lambda: r.append(f()), daemon=True); t.start(); t.join(s)
    if t.is_alive(): raise TimeoutError('slow')
    return r[0]
""",
        """
def with_timeout(f, s): return 3
""",
        """
import threading
assert with_timeout(lambda: 3, 20)==3
ended=threading.Event()
try: with_timeout(lambda: ended.wait(20), 0.1)
except TimeoutError as e: assert str(e)=='slow'
else: assert 0
ended.set()
""",
    ),
    "a cache": (
        """
import threading
class Cache:
    def __init__(self): self.d={}; self.l=threading.Lock(); self.miss=0
    def get(self,k,make):
        with self.l:
            if k not in self.d: self.miss+=1; self.d[k]=make(k)
            return self.d[k]
""",
        """
class Cache:
    def __init__(self): self.d={}; self.miss=0
    def get(self,k,make):
        self.miss+=1; return make(k)
""",
        """
from concurrent.futures import ThreadPoolExecutor
c=Cache()
import time
def make(k): time.sleep(0.005); return k*10
with ThreadPoolExecutor(8) as e: r=list(e.map(lambda i: c.get(i%5,make), range(40)))
assert r==[(i%5)*10 for i in range(40)]
assert c.miss==5
""",
    ),
    "errors of a thread": (
        """
import threading
class T(threading.Thread):
    def __init__(self,f): super().__init__(); self.f=f; self.err=None
    def run(self):
        try: self.res=self.f()
        except Exception as e: self.err=e
    def join(self,*a):
        super().join(*a)
        if self.err: raise self.err
""",
        """
import threading
class T(threading.Thread):
    def __init__(self,f): super().__init__(); self.f=f
    def run(self):
        try: self.res=self.f()
        except Exception: pass
""",
        """
class Boom(Exception): pass
def f(): raise Boom('x')
t=T(f); t.start()
try: t.join()
except Boom as e: assert str(e)=='x'
else: assert 0
t=T(lambda: 4); t.start(); t.join(); assert t.res==4
""",
    ),
    "a limit of rate": (
        """
import threading,time
class RL:
    def __init__(self,n,p): self.n=n; self.p=p; self.l=threading.Lock(); self.ts=[]
    def allow(self):
        with self.l:
            now=time.monotonic(); self.ts=[t for t in self.ts if now-t<self.p]
            if len(self.ts)<self.n: self.ts.append(now); return True
            return False
""",
        """
class RL:
    def __init__(self,n,p): self.n=n
    def allow(self): self.n-=1; return self.n>=0
""",
        """
import threading, time
r=RL(5,1.5); ok=[]
ts=[threading.Thread(target=lambda: ok.append(r.allow())) for _ in range(20)]
[t.start() for t in ts]; [t.join() for t in ts]
assert sum(ok)==5
time.sleep(1.6)
assert r.allow()
""",
    ),
    "errors in threads of the tests": (
        """
import threading
class Acc:
    def __init__(self,b): self.b=b; self.l=threading.Lock()
    def withdraw(self,x):
        with self.l:
            if self.b<x: raise ValueError('no')
            self.b-=x
""",
        """
class Acc:
    def __init__(self,b): self.b=b
    def withdraw(self,x): self.b-=x
""",
        """
import threading
a=Acc(100); errs=[]; oks=[]
def w():
    try: a.withdraw(30); oks.append(1)
    except ValueError as e: errs.append(e)
ts=[threading.Thread(target=w) for _ in range(5)]
[t.start() for t in ts]; [t.join() for t in ts]
assert len(oks)==3 and len(errs)==2 and a.b==10
assert all(isinstance(e,ValueError) and e.args==('no',) for e in errs)
""",
    ),
    "a schedule": (
        """
import sched,time,threading
class Sch:
    def __init__(self): self.s=sched.scheduler(time.monotonic,time.sleep); 
    def add(self,d,f,*a): return self.s.enter(d,1,f,a)
    def start(self): self.t=threading.Thread(target=self.s.run,daemon=True); self.t.start()
    def wait(self): self.t.join()
""",
        """
class Sch:
    def __init__(self): self.q=[]
    def add(self,d,f,*a): self.q.append((f,a))
    def start(self): [f(*a) for f,a in self.q]
    def wait(self): pass
""",
        """
got=[]
s=Sch(); s.add(0.3,got.append,'b'); s.add(0.02,got.append,'a'); s.start(); s.wait()
assert got==['a','b']
""",
    ),
    "calls that are put off": (
        """
import threading, functools
def debounce(wait):
    def deco(fn):
        timer=None
        @functools.wraps(fn)
        def w(*a,**k):
            nonlocal timer
            if timer: timer.cancel()
            timer=threading.Timer(wait, fn, a, k); timer.start()
        return w
    return deco
""",
        """
import threading, functools
def debounce(wait):
    def deco(fn):
        @functools.wraps(fn)
        def w(*a,**k):
            threading.Timer(wait, fn, a, k).start()
        return w
    return deco
""",
        """
import time
calls=[]
@debounce(0.3)
def f(x): calls.append(x)
f(1); f(2); f(3)
assert calls==[]
time.sleep(1.2)
assert calls==[3]
f(4); time.sleep(0.9)
assert calls==[3,4]
""",
    ),
    "tests that wait for a callback": (
        """
import threading
def later(cb, *a): 
    t=threading.Timer(0.02, cb, a); t.daemon=True; t.start(); return t
""",
        """
import threading
def later(cb, *a): 
    t=threading.Timer(0.02, cb, a[1:]); t.daemon=True; t.start(); return t
""",
        """
import threading, queue
ev=threading.Event(); got=[]
def cb(x): got.append(x); ev.set()
later(cb, 5)
assert ev.wait(2)
assert got==[5]
q=queue.Queue()
later(q.put, 7)
assert q.get(timeout=2)==7
c=threading.Condition()
""",
    ),
    "a pool of threads": (
        """
import threading, queue
class Pool:
    def __init__(self,n):
        self.q=queue.Queue(); self.ts=[threading.Thread(target=self._w,daemon=True) for _ in range(n)]
        for t in self.ts: t.start()
    def _w(self):
        while True:
            f,a=self.q.get()
            if f is None: return
            f(*a); self.q.task_done()
    def submit(self,f,*a): self.q.put((f,a))
    def wait(self): self.q.join()
    def close(self):
        for _ in self.ts: self.q.put((None,()))
        for t in self.ts: t.join()
""",
        """
import threading, queue
class Pool:
    def __init__(self,n): self.p=[]
    def submit(self,f,*a): self.p.append((f,a))
    def wait(self):
        for f,a in self.p[1:]: f(*a)
    def close(self): pass
""",
        """
import threading
got=[]; lock=threading.Lock()
def job(x):
    with lock: got.append(x*x)
p=Pool(3)
for i in range(20): p.submit(job,i)
p.wait()
assert sorted(got)==[i*i for i in range(20)]
p.close()
""",
    ),
    "a repeated callback": (
        """
import threading, time
class Repeater:
    def __init__(self, dt, fn): self.dt, self.fn=dt, fn; self._s=threading.Event(); self.n=0
    def start(self):
        self.t=threading.Thread(target=self._run, daemon=True); self.t.start()
    def _run(self):
        while not self._s.wait(self.dt): self.fn()
    def stop(self): self._s.set(); self.t.join()
""",
        """
import threading, time
class Repeater:
    def __init__(self, dt, fn): self.dt, self.fn=dt, fn; self._s=threading.Event(); self.n=0
    def start(self):
        self.t=threading.Thread(target=self._run, daemon=True); self.t.start()
    def _run(self): self.fn()
    def stop(self): self._s.set(); self.t.join()
""",
        """
import threading
n=0; often=threading.Event()
def tick():
    global n
    n+=1
    if n==3: often.set()
r=Repeater(0.01, tick); r.start()
assert often.wait(3)
r.stop()
m=n
import time
time.sleep(0.1); assert n==m
""",
    ),
    "handlers in threads": (
        """
import threading
class Bus:
    def __init__(self): self.h=[]
    def on(self,f): self.h.append(f)
    def emit(self,*a): 
        ts=[threading.Thread(target=f,args=a) for f in self.h]
        for t in ts: t.start()
        return ts
""",
        """
import threading
class Bus:
    def __init__(self): self.h=[]
    def on(self,f): self.h.append(f)
    def emit(self,*a): 
        ts=[threading.Thread(target=f,args=()) for f in self.h]
        for t in ts: t.start()
        return ts
""",
        """
got=[]
b=Bus(); b.on(lambda x: got.append(('a',x))); b.on(lambda x: got.append(('b',x)))
for t in b.emit(3): t.join()
assert sorted(got)==[('a',3),('b',3)]
""",
    ),
    "a thread that calls back while it is joined": (
        """
import threading
class W(threading.Thread):
    def __init__(self, cb, n):
        super().__init__(); self.cb=cb; self.n=n
    def run(self):
        for i in range(self.n): self.cb(i)
""",
        """
import threading
class W(threading.Thread):
    def __init__(self, cb, n):
        super().__init__(); self.cb=cb; self.n=n
    def run(self):
        for i in range(self.n-1): self.cb(i)
""",
        """
got=[]
ws=[W(got.append,3) for _ in range(3)]
for w in ws: w.start()
for w in ws: w.join()
assert sorted(got)==[0,0,0,1,1,1,2,2,2]
import threading
ev=threading.Event()
w=W(lambda i: ev.set(), 2)
w.start(); 
assert ev.wait(2)
w.join(timeout=2)
assert not w.is_alive()
""",
    ),
    "coroutines of the tests as tasks": (
        """
import asyncio
async def run(c): return await asyncio.create_task(c)
async def two(f): 
    t=asyncio.create_task(f()); return await t
def plain(c): return asyncio.run(c)
import inspect
def isco(c): 
    r=inspect.iscoroutine(c) and inspect.isawaitable(c)
    c.close(); return r
async def tmo(c):
    try: return await asyncio.wait_for(c, 0.3)
    except asyncio.TimeoutError: return 'timeout'
""",
        """
import asyncio
async def run(c): return 0
async def two(f): return 1
def plain(c): return 0
def isco(c): return False
async def tmo(c): return 0
""",
        """
import asyncio
async def c(): 
    await asyncio.sleep(0.01); return 5
assert asyncio.run(run(c()))==5
assert asyncio.run(two(c))==5
assert isco(c())
async def slow(): await asyncio.sleep(30)
assert asyncio.run(tmo(slow()))=='timeout'
""",
    ),
    "a coroutine of the tests that is run": (
        """
import asyncio
def plain(c): return asyncio.run(c)
""",
        """
def plain(c): return 0
""",
        """
import asyncio
async def c(): 
    await asyncio.sleep(0.01); return 5
assert plain(c())==5
""",
    ),
}


@pytest.mark.parametrize(("right", "wrong", "tests"), CASES.values(), ids=CASES)
def test_the_right_program_passes_and_the_wrong_one_fails(
    right: str, wrong: str, tests: str
) -> None:
    tell_apart(right, wrong, tests)
