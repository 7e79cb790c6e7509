"""Threads and tasks of programs, which call their tests back."""

from __future__ import annotations

import pytest
from proxy_pair import tell_apart, told

from veridical.code.cell.judge.purity import is_pure

CASES = {
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
import threading, time
calls=[]; called=threading.Event()
@debounce(1.0)
def f(x): calls.append(x); called.set()
f(1); f(2); f(3)
assert calls==[]
assert called.wait(4)
time.sleep(0.3)
assert calls==[3]
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
assert often.wait(4)
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
assert ev.wait(4)
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


@pytest.mark.slow
def test_a_call_that_takes_long_holds_up_nobody() -> None:
    program = """
import time
def slow(seconds):
    time.sleep(seconds)
    return seconds
def quick(x): return x + 1
"""
    tests = """
import threading
got = []
thread = threading.Thread(target=lambda: got.append(slow(2.5)))
thread.start()
assert [quick(n) for n in range(200)] == list(range(1, 201))
assert got == []
assert slow(0.1) == 0.1
thread.join()
assert got == [2.5]
"""
    assert told(program, tests) == "tests_passed"
    assert told(program.replace("x + 1", "x"), tests) == "wrong_answer"


def test_a_callback_may_wait_for_one_of_another_thread() -> None:
    program = """
import threading
def run(first, second):
    thread = threading.Thread(target=second)
    thread.start()
    result = first()
    thread.join()
    return result
"""
    tests = """
import threading
done = threading.Event()
assert run(lambda: done.wait(30), done.set) is True
"""
    assert told(program, tests) == "tests_passed"
    assert told(program.replace("return result", "return None"), tests) == "wrong_answer"


LOCKED = """
import threading
def count(lock, threads, rounds, hook):
    def go():
        for _ in range(rounds):
            with lock:
                hook()
    started = [threading.Thread(target=go) for _ in range(threads)]
    for one in started: one.start()
    for one in started: one.join()
"""


@pytest.mark.parametrize("kind", ["RLock", "Condition", "Lock"])
def test_a_thread_of_the_program_is_one_thread_to_locks_of_the_tests(kind: str) -> None:
    tests = f"""
import threading, time
lock, value = threading.{kind}(), [0]
def hook():
    x = value[0]
    time.sleep(0.002)
    value[0] = x + 1
count(lock, 4, 10, hook)
assert value[0] == 40
"""
    assert told(LOCKED, tests) == "tests_passed"
    assert told(LOCKED.replace("with lock:", "if True:"), tests) == "wrong_answer"


def test_tests_that_hand_out_a_function_answer_threads() -> None:
    program = """
from concurrent.futures import ThreadPoolExecutor
def pmap(f, values):
    with ThreadPoolExecutor(2) as pool: return list(pool.map(f, values))
"""
    tests = "assert pmap(lambda x: x * 2, [1, 2, 3]) == [2, 4, 6]\n"
    assert not is_pure(tests, "pmap")
    assert told(program, tests) == "tests_passed"


def test_tasks_go_on_in_each_loop_of_the_tests() -> None:
    program = """
import asyncio
class Ticker:
    def __init__(self): self.n = 0
    async def start(self):
        async def go():
            while True:
                await asyncio.sleep(0.005)
                self.n += 1
        self.task = asyncio.create_task(go())
"""
    tests = """
import asyncio
async def main():
    ticker = Ticker()
    await ticker.start()
    for _ in range(1000):
        await asyncio.sleep(0.01)
        if ticker.n >= 2: return ticker.n
    return 0
for _ in range(5):
    assert asyncio.run(main()) >= 2
"""
    assert told(program, tests) == "tests_passed"
