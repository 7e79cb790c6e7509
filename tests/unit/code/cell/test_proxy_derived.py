"""What tests derive from plain classes, exceptions and classes of libraries, and give to a program."""

from __future__ import annotations

import pytest
from proxy_pair import tell_apart

CASES = {
    "lists": (
        """
def peek(s): return s.peek()
def push(s,x): s.append(x); return len(s)
def kind(s): return isinstance(s,list), type(s).__name__
""",
        """
def peek(s): return 0
def push(s,x): return 0
def kind(s): return 0
""",
        """
class Stack(list):
    def peek(self): return self[-1]
    def append(self,x): super().append(x*2)
s=Stack([1,2])
assert peek(s)==2
assert push(s,5)==3
assert s==[1,2,10]
assert kind(s)==(True,'Stack')
""",
    ),
    "dicts": (
        """
def get(d,k): return d[k]
def attr(d): return d.name
def both(d): return isinstance(d,dict), sorted(d)
""",
        """
def get(d,k): return 0
def attr(d): return 0
def both(d): return 0
""",
        """
class D(dict):
    name='dd'
    def __missing__(self,k): return k*2
d=D(a=1)
assert get(d,'a')==1
assert get(d,3)==6
assert attr(d)=='dd'
assert both(d)==(True,['a'])
""",
    ),
    "texts and numbers": (
        """
def shout(s): return s.shout()+s.lower()
def join(p): return p+'/x'
def idf(u): return isinstance(u,int), u.kind, u+1
""",
        """
def shout(s): return ''
def join(p): return ''
def idf(u): return 0
""",
        """
class S(str):
    def shout(self): return self.upper()+'!'
class UserId(int):
    kind='user'
assert shout(S('Ab'))=='AB!ab'
assert join(S('q'))=='q/x'
assert idf(UserId(4))==(True,'user',5)
""",
    ),
    "handlers and threads": (
        """
import logging, threading
def attach(h):
    assert isinstance(h,logging.Handler)
    log=logging.getLogger('zz'); log.setLevel(10); log.propagate=False; log.addHandler(h); log.info('hi %s',3); log.removeHandler(h)
def start(t):
    if not isinstance(t,threading.Thread): raise TypeError
    t.start(); t.join()
""",
        """
def attach(h): pass
def start(t): pass
""",
        """
import logging, threading
class H(logging.Handler):
    def __init__(self): super().__init__(); self.got=[]
    def emit(self,r): self.got.append(r.getMessage())
h=H(); attach(h)
assert h.got==['hi 3']
class T(threading.Thread):
    def run(self): self.out=5
t=T(); start(t)
assert t.out==5
""",
    ),
    "files": (
        """
import io
def dump(f):
    if not isinstance(f,io.TextIOBase): raise TypeError('no file')
    f.write('abc'); return f.getvalue()
def jsn(o):
    import json
    return json.dumps(o)
""",
        """
def dump(f): return ''
def jsn(o): return ''
""",
        """
import io
class F(io.StringIO):
    def write(self,s): return super().write(s.upper())
assert dump(F())=='ABC'
assert dump(io.StringIO())=='abc'
class L(list): pass
class Dd(dict): pass
assert jsn(Dd(a=L([1])))=='{"a": [1]}'
""",
    ),
    "encoders and parsers": (
        """
import json
def ser(o,cls=None): return json.dumps(o,cls=cls)
def fmt(f): return f.format(3)
class P:
    def __init__(self,parser=None): self.parser=parser
    def feed(self,t): self.parser.feed(t); return self.parser
""",
        """
def ser(o,cls=None): return '0'
def fmt(f): return ''
class P:
    def __init__(self,parser=None): self.parser=parser
    def feed(self,t): return self.parser
""",
        """
import json, html.parser
class E(json.JSONEncoder):
    def default(self,o):
        if isinstance(o,set): return sorted(o)
        return super().default(o)
assert ser({'a':{3,1}},cls=E)=='{"a": [1, 3]}'
class HP(html.parser.HTMLParser):
    def __init__(self): super().__init__(); self.tags=[]
    def handle_starttag(self,t,a): self.tags.append(t)
assert P(HP()).feed('<a><b>').tags==['a','b']
""",
    ),
    "named tuples": (
        """
def norm(p): return p.length(), p[0], isinstance(p,tuple)
def mv(p): return p._replace(x=9)
""",
        """
def norm(p): return 0
def mv(p): return 0
""",
        """
from typing import NamedTuple
class P(NamedTuple):
    x: int
    y: int
    def length(self): return self.x+self.y
class Q(tuple):
    def length(self): return len(self)
assert norm(P(1,2))==(3,1,True)
assert norm(Q((5,)))==(1,5,True)
assert mv(P(1,2))==P(9,2)
""",
    ),
    "exceptions": (
        """
def info(e): return e.code, str(e), e.describe()
def raise_(k): raise k('m', 4)
""",
        """
def info(e): return 0
def raise_(k): raise ValueError
""",
        """
class E(Exception):
    def __init__(self,m,code=0): super().__init__(m); self.code=code
    def describe(self): return f'{self.code}:{self}'
assert info(E('x',3))==(3,'x','3:x')
try: raise_(E)
except E as e: assert e.code==4 and e.describe()=='4:m'
else: assert False
""",
    ),
    "all that plain classes do": (
        """
import copy, json, collections
def mutate(x):
    x[0:1]=[9,9]; x.sort(); x += [100]; return x
def upd(d): d.update(z=1); d['q']=d.pop('a'); return d
def same(a): return a
def twice(a,b): return a is b
def shallow(a): return copy.copy(a)
def deep(a): return copy.deepcopy(a)
def cnt(c,xs): c.update(xs); return c.most_common(1)
def mv(o): o.move_to_end('a'); return list(o)
def dflt(d): d['x'].append(1); return d
def rot(d): d.rotate(1); d.append(7); return len(d)
def addall(s): s.add(5); s|={6}; return sorted(s)
def total(xs): return sum(xs), max(xs), len(xs), xs[::-1], [y for y in xs]
def eq(a,b): return a==b, b==a
def nested(x): x['k'].append(3); return x
def cat(a): return a+[1]
def types(x): return isinstance(x,list), type(x) is list
def fmt(t): return '%s %d' % t
def unpack(t): a,b=t; return a-b
def ktest(d,t): d[t]=1; return d
def barr(b): b.extend(b'xy'); return bytes(b)
""",
        """
import copy
def mutate(x): return x
def upd(d): return d
def same(a): return copy.copy(a)
def twice(a,b): return False
def shallow(a): return a
def deep(a): return a
def cnt(c,xs): return 0
def mv(o): return 0
def dflt(d): return {}
def rot(d): return 0
def addall(s): return 0
def total(xs): return 0
def eq(a,b): return 0
def nested(x): return 0
def cat(a): return 0
def types(x): return 0
def fmt(t): return 0
def unpack(t): return 0
def ktest(d,t): return 0
def barr(b): return 0
""",
        """
import collections
class L(list):
    tag='t'
    def double(self): self.extend(list(self)); return self
class D(dict):
    def __repr__(self): return 'D!'
class Cn(collections.Counter): pass
class O(collections.OrderedDict): pass
class Df(collections.defaultdict): pass
class Dq(collections.deque): pass
class St(set):
    def top(self): return max(self)
class T(tuple):
    def first(self): return self[0]
class B(bytearray): pass
x=L([3,1,2]); r=mutate(x)
assert r is x and x==[1,2,9,9,100]
d=D(a=1); r=upd(d)
assert r is d and d=={'z':1,'q':1} and repr(r)=='D!'
assert same(x) is x
assert twice(x,x)
s=shallow(x)
assert s==x and s is not x and type(s) is L
n=L([[1],[2]]); q=deep(n)
assert q==n and q[0] is not n[0]
assert cnt(Cn(),'aab')==[('a',2)]
assert mv(O(a=1,b=2))==['b','a']
assert dflt(Df(list))=={'x':[1]}
assert rot(Dq([1,2],maxlen=5))==3
w=St({1}); assert addall(w)==[1,5,6] and w.top()==6
assert total(L([1,4,2]))==(7,4,3,[2,4,1],[1,4,2])
assert eq(L([1]),[1])==(True,True)
k=D(k=[1]); nested(k); assert k=={'k':[1,3]}
assert cat(L([0]))==[0,1]
assert types(x)==(True,False)
assert fmt(T(('a',3)))=='a 3'
assert unpack(T((5,3)))==2
assert ktest({},T((1,2)))=={(1,2):1}
b=B(b'q'); assert barr(b)==b'qxy' and b==b'qxy'
me=L(); me.append(me); assert same(me) is me and me[0] is me
""",
    ),
    "exceptions with a code": (
        """
def run(f, *kinds):
    try: return f()
    except kinds as e: return type(e).__name__, str(e), getattr(e,'code',None), isinstance(e,kinds)
class Own(Exception): pass
def wrap(k):
    try: raise KeyError('x')
    except KeyError as e: raise k('bad',7) from e
def sub(k):
    class Sub(k): pass
    try: raise Sub('s')
    except k as e: return str(e)
def plain(k): raise k('p')
def args(k): return k('a',1).args
def group(k): raise ExceptionGroup('g',[k('x'),ValueError(1)])
def call(f): f()
""",
        """
def run(f,*kinds): return 0
def wrap(k): raise k('bad',8)
def sub(k): return 0
def plain(k): raise k('q')
def args(k): return 0
def group(k): raise ValueError
def call(f): pass
""",
        """
class Base(Exception):
    code=0
class E(Base):
    def __init__(self,msg,code=5):
        super().__init__(msg); self.code=code
    def __str__(self): return f'<{self.args[0]}:{self.code}>'
class P(ValueError): pass
def boom(): raise E('m',9)
assert run(boom,E)==('E','<m:9>',9,True)
assert run(boom,Base)==('E','<m:9>',9,True)
try: wrap(E)
except E as e: assert e.code==7 and str(e)=='<bad:7>' and isinstance(e.__cause__,KeyError)
else: assert 0
assert sub(P)=='s'
try: plain(P)
except P as e: assert str(e)=='p' and type(e) is P
else: assert 0
assert args(P)==('a',1)
try: group(P)
except* P as g: assert str(g.exceptions[0])=='x'
except* ValueError: pass
try: call(boom)
except E as e: assert e.code==9
else: assert 0
""",
    ),
    "patterns": (
        """
def area(s):
    match s:
        case {'kind':'x'}: return 0
        case [a,b]: return a*b
        case _ if hasattr(s,'r'): return 3*s.r
def where(p, P):
    match p:
        case P(0,0): return 'origin'
        case P(x=0): return 'y-axis'
        case P(x,y): return f'{x},{y}'
""",
        """
def area(s): return -1
def where(p,P): return ''
""",
        """
from dataclasses import dataclass
from typing import NamedTuple
@dataclass
class P:
    x:int
    y:int
class Pair(list): pass
class N(NamedTuple):
    x:int
    y:int
assert area(Pair([2,3]))==6
assert where(P(0,0),P)=='origin'
assert where(P(0,4),P)=='y-axis'
assert where(P(2,3),P)=='2,3'

""",
    ),
    "what tests assign to libraries": (
        """
import time, random, os
def wait(n): time.sleep(n); return 'done'
def roll(): return random.randint(1,6)
def home(): return os.path.exists('/nope')
def ask(): return int(input('n? '))+1
def now(): return time.time()
""",
        """
def wait(n): return 'done'
def roll(): return 4
def home(): return False
def ask(): return 6
def now(): return 5
""",
        """
import time, random, builtins, os.path
slept=[]
real=time.sleep
time.sleep=slept.append
assert wait(100)=='done'
assert slept==[100]
time.sleep=real
random.randint=lambda a,b: 3
assert roll()==3
builtins.input=lambda prompt='': '4'
assert ask()==5
os.path.exists=lambda p: True
assert home()
setattr(time,'time',lambda: 9)
assert now()==9
""",
    ),
}


@pytest.mark.parametrize(("right", "wrong", "tests"), CASES.values(), ids=CASES)
def test_the_right_program_passes_and_the_wrong_one_fails(
    right: str, wrong: str, tests: str
) -> None:
    tell_apart(right, wrong, tests)
