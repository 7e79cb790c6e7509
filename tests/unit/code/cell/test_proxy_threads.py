"""Threads of tests, which wait for one another in the program."""

from __future__ import annotations

import pytest
from proxy_pair import tell_apart

CASES = {
    "names of threads": (
        "import threading\ndef name(): return threading.current_thread().name\n",
        "def name(): return 'MainThread'\n",
        """
import threading
from concurrent.futures import ThreadPoolExecutor
names = []
for wanted in ('reader', 'writer'):
    thread = threading.Thread(target=lambda: names.append(name()), name=wanted)
    thread.start(); thread.join()
assert names == ['reader', 'writer']
assert name() == 'MainThread'
with ThreadPoolExecutor(2, thread_name_prefix='pool') as pool:
    assert all(one.startswith('pool_') for one in pool.map(lambda _: name(), range(4)))
""",
    ),
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
    time.sleep(0.6); log.append('w-'); l.release_write()
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
    time.sleep(0.1*i); log.append('a'); b.wait(); log.append('b')
ts=[threading.Thread(target=w,args=(i,)) for i in range(3)]
for t in ts: t.start()
for t in ts: t.join(5)
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
import threading, time
b,c=threading.Event(),threading.Event()
def first(): c.wait(20); time.sleep(0.5); return 'a'
def second(): b.set(); return 'b'
def third(): b.wait(20); c.set(); return 'c'
assert [one for one in gather([first,second,third]) if one[0]!=1]==[(2,'c'),(0,'a')]
""",
    ),
    "the name of a thread that calls back": (
        """
import threading
def run(callback):
    thread = threading.Thread(target=callback, name="worker")
    thread.start()
    thread.join()
""",
        """
import threading
def run(callback):
    thread = threading.Thread(target=callback, daemon=True)
    thread.start()
    thread.join()
""",
        """
import threading
heard = []
def callback():
    here = threading.current_thread()
    heard.append((here.name, here.daemon))
run(callback)
assert heard == [("worker", False)]
""",
    ),
    "threads of the tests are no daemons": (
        "import threading\ndef child(): return threading.Thread(target=print).daemon",
        "import threading\ndef child(): return True",
        """
import threading
heard = []
thread = threading.Thread(target=lambda: heard.append(child()))
thread.start()
thread.join()
assert heard == [False]
""",
    ),
    "what a thread logs before it calls": (
        """
import logging
import threading
def run(callback):
    def work():
        logging.getLogger("app").warning("x")
        callback()
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
""",
        """
import logging
import threading
def run(callback):
    thread = threading.Thread(target=callback)
    thread.start()
    thread.join()
    logging.getLogger("app").warning("x")
""",
        """
import logging
heard, seen = [], []
class Texts(logging.Handler):
    def emit(self, record): heard.append(record.getMessage())
logging.getLogger("app").addHandler(Texts())
run(lambda: seen.extend(heard))
assert seen == heard == ["x"]
""",
    ),
    "the name of a thread that logs": (
        """
import logging
import threading
def run():
    log = logging.getLogger("app").warning
    thread = threading.Thread(target=log, args=("x",), name="worker")
    thread.start()
    thread.join()
""",
        "import logging\ndef run(): logging.getLogger('app').warning('x')",
        """
import logging
heard = []
class Names(logging.Handler):
    def emit(self, record): heard.append(record.threadName)
logging.getLogger("app").addHandler(Names())
run()
assert heard == ["worker"]
""",
    ),
}


@pytest.mark.parametrize(("right", "wrong", "tests"), CASES.values(), ids=CASES)
def test_the_right_program_passes_and_the_wrong_one_fails(
    right: str, wrong: str, tests: str
) -> None:
    tell_apart(right, wrong, tests)
