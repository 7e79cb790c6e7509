"""Who holds which mutable value: copies that are none, aliases, arguments that a program keeps."""

from __future__ import annotations

import pytest
from proxy_pair import tell_apart, told

CASES = {
    "aliased rows": (
        """
def make(n):
    return [[0]*n for _ in range(n)]
""",
        """
def make(n):
    return [[0]*n]*n
""",
        """
m = make(2)
m[0][0] = 1
assert m == [[1,0],[0,0]]
""",
    ),
    "aliased dict values": (
        """
def make(ks):
    return {k: [] for k in ks}
""",
        """
def make(ks):
    return dict.fromkeys(ks, [])
""",
        """
m = make('ab')
m['a'].append(1)
assert m == {'a': [1], 'b': []}
""",
    ),
    "copy shares inner": (
        """
import copy
def clone(x):
    return copy.deepcopy(x)
""",
        """
def clone(x):
    return list(x)
""",
        """
a=[[1],[2]]
b = clone(a)
b[0].append(9)
assert a == [[1],[2]]
""",
    ),
    "returns an inner of argument": (
        """
def first(x):
    return x[0]
""",
        """
def first(x):
    return list(x[0])
""",
        """
a=[[1],[2]]
first(a).append(9)
assert a == [[1,9],[2]]
""",
    ),
    "is of inner": (
        """
def first(x):
    return x[0]
""",
        """
def first(x):
    return list(x[0])
""",
        """
a=[[1],[2]]
assert first(a) is a[0]
""",
    ),
    "keeps the argument": (
        """
class S:
    def __init__(self, items): self.items = list(items)
    def push(self, x): self.items.append(x)
""",
        """
class S:
    def __init__(self, items): self.items = items
    def push(self, x): self.items.append(x)
""",
        """
xs=[1]
s=S(xs)
s.push(2)
assert xs == [1]
assert s.items == [1,2]
""",
    ),
    "keeps the argument, test changes": (
        """
class S:
    def __init__(self, items): self.items = list(items)
    def size(self): return len(self.items)
""",
        """
class S:
    def __init__(self, items): self.items = items
    def size(self): return len(self.items)
""",
        """
xs=[1]
s=S(xs)
xs.append(2)
assert s.size() == 1
""",
    ),
    "shares the argument on purpose": (
        """
class V:
    def __init__(self, items): self.items = items
    def push(self, x): self.items.append(x)
""",
        """
class V:
    def __init__(self, items): self.items = list(items)
    def push(self, x): self.items.append(x)
""",
        """
xs=[1]
s=V(xs)
s.push(2)
assert xs == [1,2]
xs.append(3)
assert s.items == [1,2,3]
assert s.items is xs
""",
    ),
    "generator changes list": (
        """
def drain(xs):
    while xs:
        yield xs.pop()
""",
        """
def drain(xs):
    for x in reversed(xs):
        yield x
""",
        """
xs=[1,2]
assert list(drain(xs)) == [2,1]
assert xs == []
""",
    ),
    "generator sees the test's change": (
        """
def each(xs):
    for x in xs:
        yield x
""",
        """
def each(xs):
    for x in list(xs):
        yield x
""",
        """
xs=[1,2]
g=each(xs)
assert next(g)==1
xs.append(3)
assert list(g)==[2,3]
""",
    ),
    "cyclic list": (
        """
def cyc():
    a=[1]
    a.append(a)
    return a
""",
        """
def cyc(): return [1,[1]]
""",
        """
c=cyc()
assert c[1] is c
""",
    ),
    "same object twice": (
        """
def pair():
    a=[1]
    return a,a
""",
        """
def pair(): return [1],[1]
""",
        """
a,b=pair()
assert a is b
""",
    ),
    "argument aliased": (
        """
def f(a,b):
    a.append(1)
    return len(b)
""",
        """
def f(a,b):
    return len(b)
""",
        """
x=[]
assert f(x,x)==1
""",
    ),
    "argument inner aliased": (
        """
def f(m):
    m[0].append(1)
    return len(m[1])
""",
        """
def f(m): return 0
""",
        """
x=[]
assert f([x,x])==1
""",
    ),
    "swap rows in place": (
        """
def swap(m,i,j): m[i],m[j]=m[j],m[i]
""",
        """
def swap(m,i,j): m[i][:],m[j][:]=m[j][:],m[i][:]
""",
        """
m=[[1],[2]]
a=m[0]
swap(m,0,1)
assert m==[[2],[1]]
assert m[1] is a and a==[1]
""",
    ),
    "to floats in place": (
        """
def conv(xs):
    for i,x in enumerate(xs): xs[i]=float(x)
""",
        """
def conv(xs): pass
""",
        """
xs=[1,2]
conv(xs)
assert all(isinstance(x,float) for x in xs)
""",
    ),
    "graph clone": (
        """
class N:
    def __init__(self,v): self.v=v; self.near=[]
def clone(n,seen=None):
    seen={} if seen is None else seen
    if n in seen: return seen[n]
    c=seen[n]=N(n.v)
    c.near=[clone(x,seen) for x in n.near]
    return c
""",
        """
class N:
    def __init__(self,v): self.v=v; self.near=[]
def clone(n):
    c=N(n.v); c.near=n.near
    return c
""",
        """
a,b=N(1),N(2)
a.near.append(b); b.near.append(a)
c=clone(a)
assert c is not a and c.near[0] is not b and c.near[0].near[0] is c
assert a.near==[b]
""",
    ),
    "memo keeps the tests' dict": (
        """
class M:
    def __init__(self,store): self.s=store
    def get(self,k):
        if k not in self.s: self.s[k]=k*2
        return self.s[k]
""",
        """
class M:
    def __init__(self,store): self.s=dict(store)
    def get(self,k):
        if k not in self.s: self.s[k]=k*2
        return self.s[k]
""",
        """
d={}
m=M(d)
assert m.get(2)==4 and d=={2:4}
d[3]=0
assert m.get(3)==0
""",
    ),
    "callback fills": (
        """
def walk(t,f):
    for x in t: f(x)
""",
        """
def walk(t,f): pass
""",
        """
out=[]
walk([1,[2]],out.append)
assert out==[1,[2]]
""",
    ),
    "callback gets a live list": (
        """
def perms(xs,f):
    cur=[]
    def go():
        f(cur)
        if len(cur)<2:
            for x in xs:
                cur.append(x); go(); cur.pop()
    go()
""",
        """
def perms(xs,f): f([])
""",
        """
seen=[]
perms([1,2],lambda c: seen.append(list(c)))
assert seen==[[],[1],[1,1],[1,2],[2],[2,1],[2,2]]
""",
    ),
    "callback changes the list that is iterated": (
        """
def each(xs,f):
    for x in xs: f(x)
""",
        """
def each(xs,f):
    for x in list(xs): f(x)
""",
        """
xs=[1,2,3]
out=[]
def f(x):
    out.append(x)
    if x==1: xs.append(9)
each(xs,f)
assert out==[1,2,3,9]
""",
    ),
    "views of bytes": (
        """
def patch(view, at, data): view[at:at + len(data)] = data
def view_of(data): return memoryview(data)
class Buffer:
    def __init__(self): self.data = bytearray(3)
    def view(self): return memoryview(self.data)
    def closed(self): return memoryview(self.data).toreadonly()
""",
        """
def patch(view, at, data): bytearray(view)[at:at + len(data)] = data
def view_of(data): return memoryview(bytes(data))
class Buffer:
    data = bytearray(3)
    def view(self): return memoryview(bytearray(self.data))
    def closed(self): return memoryview(self.data)
""",
        """
data = bytearray(b"hello")
patch(memoryview(data), 0, b"J")
assert data == b"Jello"
view_of(data)[1] = 97
assert bytes(data) == b"Jallo"
buffer = Buffer()
buffer.view()[0] = 7
assert bytes(buffer.data) == b"\\7\\0\\0"
assert buffer.closed().readonly and view_of(b"a").readonly and not buffer.view().readonly
data.extend(b"!")
assert bytes(view_of(data)) == b"Jallo!"
""",
    ),
}


def test_a_program_that_changes_the_length_of_viewed_bytes_says_what_it_cannot_say() -> None:
    program = """
def grow(view):
    data = view.obj
    view.release()
    data.extend(b"more")
"""
    tests = """
data = bytearray(3)
view = memoryview(data)
try: grow(view)
except BufferError: pass
"""
    assert told(program, tests) == "runtime_error"


@pytest.mark.parametrize(("right", "wrong", "tests"), CASES.values(), ids=CASES)
def test_the_right_program_passes_and_the_wrong_one_fails(
    right: str, wrong: str, tests: str
) -> None:
    tell_apart(right, wrong, tests)
