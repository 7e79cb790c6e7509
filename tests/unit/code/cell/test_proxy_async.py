"""Awaitables of both sides: each waits for the other's while both go on."""

from __future__ import annotations

import pytest
from proxy_pair import tell_apart

CASES = {
    "wait_for": (
        """
import asyncio
async def slow():
    await asyncio.sleep(30)
""",
        """
async def slow():
    return 1
""",
        """
import asyncio
async def main():
    try:
        await asyncio.wait_for(slow(), 0.05)
    except asyncio.TimeoutError:
        return True
    return False
assert asyncio.run(main())
""",
    ),
    "gather overlaps": (
        """
import asyncio
class Q:
    def __init__(self): self.q=asyncio.Queue()
    async def put(self):
        await asyncio.sleep(0.01); await self.q.put(1)
    async def get(self): return await self.q.get()
""",
        """
import asyncio
class Q:
    async def put(self): pass
    async def get(self): return 0
""",
        """
import asyncio
async def main():
    q = Q()
    return await asyncio.gather(q.get(), q.put())
assert asyncio.run(main()) == [1, None]
""",
    ),
    "test's async callbacks overlap": (
        """
import asyncio
async def every(fs):
    return await asyncio.gather(*[f() for f in fs])
""",
        """
async def every(fs):
    return [await f() for f in fs]
""",
        """
import asyncio, time
async def f():
    await asyncio.sleep(0.1); return 1
async def main():
    t = time.monotonic()
    assert await every([f]*5) == [1]*5
    assert time.monotonic() - t < 0.35
asyncio.run(main())
""",
    ),
    "cancel a task": (
        """
import asyncio
log=[]
async def work():
    try:
        await asyncio.sleep(30)
    except asyncio.CancelledError:
        log.append('c')
        raise
""",
        """
import asyncio
log=[]
async def work():
    await asyncio.sleep(30)
""",
        """
import asyncio
async def main():
    t = asyncio.create_task(work())
    await asyncio.sleep(0.01)
    t.cancel()
    try:
        await t
    except asyncio.CancelledError:
        pass
asyncio.run(main())
assert log == ['c']
""",
    ),
    "async changes list": (
        """
async def fill(xs):
    xs.append(1)
""",
        """
async def fill(xs):
    xs = xs + [1]
""",
        """
import asyncio
xs=[]
asyncio.run(fill(xs))
assert xs == [1]
""",
    ),
    "background worker": (
        """
import asyncio
class Worker:
    def __init__(self): self.q=asyncio.Queue(); self.done=[]
    def start(self): self.task=asyncio.create_task(self.run())
    async def run(self):
        while True:
            x=await self.q.get(); self.done.append(x*2); self.q.task_done()
    async def put(self,x): await self.q.put(x)
    async def stop(self):
        await self.q.join(); self.task.cancel()
        try: await self.task
        except asyncio.CancelledError: pass
""",
        """
import asyncio
class Worker:
    def __init__(self): self.done=[]
    def start(self): pass
    async def put(self,x): self.done.append(x)
    async def stop(self): pass
""",
        """
import asyncio
async def main():
    w=Worker(); w.start()
    for i in range(3): await w.put(i)
    await w.stop()
    return w.done
assert asyncio.run(main())==[0,2,4]
""",
    ),
    "semaphore": (
        """
import asyncio
async def limited(fs, n):
    s=asyncio.Semaphore(n)
    async def one(f):
        async with s: return await f()
    return await asyncio.gather(*map(one, fs))
""",
        """
import asyncio
async def limited(fs, n):
    return await asyncio.gather(*[f() for f in fs])
""",
        """
import asyncio
now=0; most=0
async def f():
    global now, most
    now+=1; most=max(most,now)
    await asyncio.sleep(0.01)
    now-=1
    return 1
assert asyncio.run(limited([f]*6, 2))==[1]*6
assert most==2
""",
    ),
    "event": (
        """
import asyncio
class Gate:
    def __init__(self): self.e=asyncio.Event()
    def open(self): self.e.set()
    async def wait(self): await self.e.wait(); return 'in'
""",
        """
import asyncio
class Gate:
    def open(self): pass
    async def wait(self): return 'out'
""",
        """
import asyncio
async def main():
    g=Gate()
    t=asyncio.create_task(g.wait())
    await asyncio.sleep(0.02)
    assert not t.done()
    g.open()
    return await t
assert asyncio.run(main())=='in'
""",
    ),
    "async iterator and manager": (
        """
class R:
    log=[]
    async def __aenter__(self): self.log.append('in'); return self
    async def __aexit__(self,*a): self.log.append('out'); return False
    def __aiter__(self): self.n=0; return self
    async def __anext__(self):
        self.n+=1
        if self.n>3: raise StopAsyncIteration
        return self.n
async def gen(n):
    for i in range(n): yield i
""",
        """
class R:
    log=[]
    async def __aenter__(self): return self
    async def __aexit__(self,*a): return False
    def __aiter__(self): self.n=0; return self
    async def __anext__(self):
        self.n+=1
        if self.n>2: raise StopAsyncIteration
        return self.n
async def gen(n):
    yield n
""",
        """
import asyncio
async def main():
    async with R() as r:
        assert [x async for x in r]==[1,2,3]
    assert R.log==['in','out']
    assert [x async for x in gen(3)]==[0,1,2]
asyncio.run(main())
""",
    ),
    "task group and timeout": (
        """
import asyncio
async def f(x):
    await asyncio.sleep(0.01)
    if x==2: raise ValueError('two')
    return x
async def slow(): await asyncio.sleep(20)
""",
        """
async def f(x): return x
async def slow(): pass
""",
        """
import asyncio
async def main():
    r=await asyncio.gather(f(1),f(2),return_exceptions=True)
    assert r[0]==1 and isinstance(r[1],ValueError)
    try:
        async with asyncio.timeout(0.05): await slow()
    except TimeoutError: pass
    else: assert False
    try:  # after the other: a task has its time-outs wrong from here on, before Python 3.11.3
        async with asyncio.TaskGroup() as g:
            a=g.create_task(f(1)); b=g.create_task(f(2))
    except* ValueError as e:
        assert len(e.exceptions)==1
    else: assert False
asyncio.run(main())
""",
    ),
    "async callback that calls back": (
        """
import asyncio
class Chain:
    def __init__(self): self.steps=[]
    def use(self,f): self.steps.append(f)
    async def run(self, ctx):
        async def at(i):
            if i<len(self.steps): await self.steps[i](ctx, lambda: at(i+1))
        await at(0)
""",
        """
class Chain:
    def __init__(self): self.steps=[]
    def use(self,f): self.steps.append(f)
    async def run(self, ctx):
        for s in self.steps: await s(ctx, None)
""",
        """
import asyncio
async def a(ctx, nxt):
    ctx.append('a1'); await nxt(); ctx.append('a2')
async def b(ctx, nxt):
    ctx.append('b1'); await nxt(); ctx.append('b2')
c=Chain(); c.use(a); c.use(b)
ctx=[]
asyncio.run(c.run(ctx))
assert ctx==['a1','b1','b2','a2']
""",
    ),
    "run_until_complete loop": (
        """
async def f(): return 3
""",
        """
async def f(): return 4
""",
        """
import asyncio
loop=asyncio.new_event_loop()
assert loop.run_until_complete(f())==3
loop.close()
""",
    ),
    "producer of the tests, consumer of the program": (
        """
import asyncio
async def consume(q):
    out=[]
    while True:
        x=await q.get()
        if x is None: return out
        out.append(x)
""",
        """
async def consume(q): return []
""",
        """
import asyncio
async def main():
    q=asyncio.Queue()
    async def produce():
        for i in range(3):
            await q.put(i); await asyncio.sleep(0)
        await q.put(None)
    r=await asyncio.gather(consume(q), produce())
    return r[0]
assert asyncio.run(main())==[0,1,2]
""",
    ),
    "retry with sleep patched": (
        """
import asyncio
async def retry(f, n):
    for i in range(n):
        try: return await f()
        except ValueError:
            await asyncio.sleep(2**i)
    raise RuntimeError('no')
""",
        """
async def retry(f,n): return await f()
""",
        """
import asyncio
from unittest import mock
slept=[]
async def fake(s): slept.append(s)
n=[0]
async def f():
    n[0]+=1
    if n[0]<3: raise ValueError
    return 'ok'
with mock.patch('asyncio.sleep', fake):
    assert asyncio.run(retry(f,5))=='ok'
assert slept==[1,2]
""",
    ),
}


@pytest.mark.parametrize(("right", "wrong", "tests"), CASES.values(), ids=CASES)
def test_the_right_program_passes_and_the_wrong_one_fails(
    right: str, wrong: str, tests: str
) -> None:
    tell_apart(right, wrong, tests)
