"""Mutable values of every type that is shared, changed in place by either side."""

from __future__ import annotations

import pytest
from proxy_pair import tell_apart

CASES = {
    "keys of the program in a dict of its own kind": (
        """
class Key(list):
    def __init__(self, parts):
        self[:] = parts
        self.hash_value = hash(tuple(parts))
    def __hash__(self): return self.hash_value
class Cache(dict): pass
def cached(cache):
    def decorate(f):
        def call(*a):
            key = Key(a)
            if key not in cache: cache[key] = f(*a)
            return cache[key]
        return call
    return decorate
""",
        """
class Cache(dict): pass
def cached(cache): return lambda f: f
""",
        """
calls = []
cache = Cache()
@cached(cache)
def add(*a):
    calls.append(a)
    return sum(a)
assert [add(), add(), add(1, 2), add(1, 2), add(3)] == [0, 0, 3, 3, 3]
assert calls == [(), (1, 2), (3,)] and len(cache) == 3
""",
    ),
    "default mutable argument": (
        """
def add(x, to=None):
    to = [] if to is None else to
    to.append(x)
    return to
""",
        """
def add(x, to=[]):
    to.append(x)
    return to
""",
        """
assert add(1) == [1]
assert add(2) == [2]
""",
    ),
    "array attribute": (
        """
import numpy as np
class N:
    def __init__(self): self.w = np.zeros((2,2))
    def total(self): return float(self.w.sum())
""",
        """
import numpy as np
class N:
    def __init__(self): self._w = np.zeros((2,2))
    @property
    def w(self): return self._w.copy()
    def total(self): return float(self._w.sum())
""",
        """
n=N()
n.w[0,0] = 5
assert n.total() == 5.0
""",
    ),
    "array changed in place by program": (
        """
import numpy as np
class N:
    def __init__(self): self.w = np.zeros(2)
    def step(self): self.w += 1
""",
        """
import numpy as np
class N:
    def __init__(self): self.w = np.zeros(2)
    def step(self): self.w = self.w + 1
""",
        """
n=N()
w=n.w
n.step()
assert w[0] == 1.0
""",
    ),
    "copy of array returned": (
        """
import numpy as np
class N:
    def __init__(self): self._w = np.zeros(2)
    def get(self): return self._w.copy()
    def total(self): return float(self._w.sum())
""",
        """
import numpy as np
class N:
    def __init__(self): self._w = np.zeros(2)
    def get(self): return self._w
    def total(self): return float(self._w.sum())
""",
        """
n=N()
n.get()[:] = 5
assert n.total() == 0.0
""",
    ),
    "subclass of list": (
        """
class S(list):
    def push(self,x): self.append(x)
def mk(): return S([[1]])
""",
        """
class S(list):
    def push(self,x): pass
def mk(): return S([[1]])
""",
        """
s=mk()
s.push(2)
assert s==[[1],2]
s[0].append(5)
assert s==[[1,5],2]
s.push(s[0])
assert s[2] is s[0]
""",
    ),
    "tests' list subclass": (
        """
def add(xs): xs.append(1)
""",
        """
def add(xs): pass
""",
        """
class L(list): pass
l=L()
add(l)
assert l==[1] and type(l) is L
""",
    ),
    "deque window": (
        """
from collections import deque
class W:
    def __init__(self,n): self.d=deque(maxlen=n)
    def add(self,x): self.d.append(x)
""",
        """
from collections import deque
class W:
    def __init__(self,n): self.d=deque()
    def add(self,x): self.d.append(x)
""",
        """
w=W(2)
d=w.d
for i in range(3): w.add(i)
assert list(d)==[1,2] and d.maxlen==2
d.append(7)
assert list(w.d)==[2,7]
""",
    ),
    "defaultdict with a lambda": (
        """
from collections import defaultdict
def mk(): return defaultdict(lambda: [0])
""",
        """
def mk(): return {}
""",
        """
d=mk()
d['a'].append(1)
assert d['a']==[0,1]
assert d=={'a':[0,1]}
""",
    ),
    "tests' defaultdict with a lambda": (
        """
def f(d):
    d['a']=1
    return sorted(d)
""",
        """
def f(d): return []
""",
        """
from collections import defaultdict
d=defaultdict(lambda: 5)
d['z']=0
assert f(d)==['a','z'] and d['a']==1 and d['q']==5
""",
    ),
    "big matrix in place": (
        """
def inc(m):
    for r in m:
        for j in range(len(r)): r[j]+=1
""",
        """
def inc(m): pass
""",
        """
m=[[0]*3 for _ in range(8000)]
inc(m)
assert m[7999]==[1,1,1] and m[0]==[1,1,1]
""",
    ),
    "matrix is returned big": (
        """
def mk(n): return [[0]*2 for _ in range(n)]
""",
        """
def mk(n): return [[0]*2]*n
""",
        """
m=mk(8000)
m[0][0]=1
assert m[0]==[1,0] and sum(map(sum,m))==1
""",
    ),
    "tuple of lists": (
        """
def parts(xs): return (xs[:1],xs[1:])
""",
        """
def parts(xs): return (xs,xs)
""",
        """
a,b=parts([1,2])
a.append(0)
assert (a,b)==([1,0],[2])
""",
    ),
    "del and slice assignment": (
        """
class B:
    def __init__(self): self.items=[1,2,3]
    def total(self): return sum(self.items)
""",
        """
class B:
    def __init__(self): self._i=[1,2,3]
    @property
    def items(self): return list(self._i)
    def total(self): return sum(self._i)
""",
        """
b=B()
del b.items[0]
assert b.total()==5
b.items[:]=[7]
assert b.total()==7
""",
    ),
    "sets and dicts nested": (
        """
class G:
    def __init__(self): self.adj={}
    def edge(self,a,b): self.adj.setdefault(a,set()).add(b)
    def has(self,a,b): return b in self.adj.get(a,())
""",
        """
class G:
    def __init__(self): self.adj={}
    def edge(self,a,b): self.adj.setdefault(a,set()).add(b)
    def has(self,a,b): return True
""",
        """
g=G()
g.edge(1,2)
adj=g.adj
assert adj=={1:{2}}
adj[1].discard(2)
assert not g.has(1,2)
g.edge(1,3)
assert adj[1]=={3}
""",
    ),
    "namedtuple with a list": (
        """
from collections import namedtuple
P=namedtuple('P','xs n')
def mk(): return P([1],2)
def add(p): p.xs.append(5)
""",
        """
from collections import namedtuple
P=namedtuple('P','xs n')
def mk(): return P([1],2)
def add(p): pass
""",
        """
p=mk()
add(p)
assert p.xs==[1,5] and p==([1,5],2)
""",
    ),
    "global list": (
        """
items=[]
def add(x): items.append(x)
""",
        """
items=[]
def add(x): pass
""",
        """
assert items==[]
add(1)
assert items==[1]
items.clear()
add(2)
assert items==[2]
""",
    ),
    "exception with a list": (
        """
class E(Exception):
    def __init__(self, errors): super().__init__('x'); self.errors=errors
errs=[]
def f():
    errs.append(1)
    raise E(errs)
""",
        """
class E(Exception):
    def __init__(self, errors): super().__init__('x'); self.errors=[]
def f(): raise E(1)
""",
        """
try: f()
except E as e: assert e.errors==[1]
else: assert False
""",
    ),
    "numpy shared views": (
        """
import numpy as np
def zero(a): a[a<0]=0
""",
        """
import numpy as np
def zero(a): return np.where(a<0,0,a)
""",
        """
import numpy as np
a=np.array([-1.,2.])
zero(a)
assert a.tolist()==[0.,2.]
b=np.arange(6).reshape(2,3).astype(float)-3
zero(b[0])
assert b[0].tolist()==[0,0,0]
""",
    ),
    "numpy returned is the argument": (
        """
import numpy as np
def f(a):
    a+=1
    return a
""",
        """
def f(a): return a+1
""",
        """
import numpy as np
a=np.zeros(2)
b=f(a)
assert b is a and a[0]==1
""",
    ),
    "bytearray": (
        """
def f(b): b.extend(b'x')
""",
        """
def f(b): pass
""",
        """
b=bytearray(b'a')
f(b)
assert b==b'ax'
""",
    ),
    "array.array in place": (
        """
def f(a):
    for i in range(len(a)): a[i]*=2
""",
        """
def f(a): pass
""",
        """
from array import array
a=array('i',[1,2])
f(a)
assert a.tolist()==[2,4]
""",
    ),
    "SimpleNamespace in place": (
        """
def f(o): o.x=5
""",
        """
def f(o): pass
""",
        """
from types import SimpleNamespace
o=SimpleNamespace(x=1)
f(o)
assert o.x==5
""",
    ),
    "zero's sign": (
        """
def neg(xs):
    for i,x in enumerate(xs): xs[i]=-x
""",
        """
def neg(xs): pass
""",
        """
import math
xs=[0.0]
neg(xs)
assert math.copysign(1,xs[0])==-1
""",
    ),
    "bool for int": (
        """
def conv(xs): xs[:]=[bool(x) for x in xs]
""",
        """
def conv(xs): pass
""",
        """
xs=[1,0]
conv(xs)
assert xs[0] is True
""",
    ),
    "deep tuples": (
        """
def deep(n):
    t=()
    for i in range(n): t=(t,)
    return [t]
def touch(x): x.append(1)
""",
        """
def deep(n):
    t=()
    for i in range(n): t=(t,)
    return [t]
def touch(x): pass
""",
        """
d=deep(90)
touch(d)
assert d[1]==1
""",
    ),
    "nan list": (
        """
def f(): return [float('nan'), complex('nan')]
def g(x): x.append(1)
""",
        """
def f(): return [float('nan')]
def g(x): pass
""",
        """
x=f()
g(x)
assert x[0]!=x[0] and x[2]==1
""",
    ),
}


@pytest.mark.parametrize(("right", "wrong", "tests"), CASES.values(), ids=CASES)
def test_the_right_program_passes_and_the_wrong_one_fails(
    right: str, wrong: str, tests: str
) -> None:
    tell_apart(right, wrong, tests)
