"""Enumerations, abstract classes and objects of libraries that tests give to a program."""

from __future__ import annotations

import pytest
from proxy_pair import tell_apart

CASES = {
    "members of enumerations": (
        """
from enum import Enum
import json
def ser(o):
    if isinstance(o,Enum): return o.value
    if isinstance(o,dict): return {k:ser(v) for k,v in o.items()}
    return o
def names(e): return [m.name for m in e]
def is_enum(c): return isinstance(c,type) and issubclass(c,Enum)
def parse(e,s):
    try: return e[s]
    except KeyError: return e(s)
def conv(kind,v):
    return kind[v] if issubclass(kind,Enum) else kind(v)
""",
        """
from enum import Enum
def ser(o): return o
def names(e): return []
def is_enum(c): return False
def parse(e,s): return None
def conv(kind,v): return 0
""",
        """
from enum import Enum, auto
class Color(Enum):
    RED=1
    BLUE='b'
    def hi(self): return 'hi '+self.name
assert ser(Color.RED)==1
assert ser({'a':Color.BLUE})=={'a':'b'}
assert names(Color)==['RED','BLUE']
assert is_enum(Color)
assert parse(Color,'RED') is Color.RED
assert parse(Color,'b') is Color.BLUE
assert conv(Color,'RED') is Color.RED
assert conv(int,'3')==3
""",
    ),
    "members that are numbers or texts": (
        """
from enum import Enum, IntEnum
def label(p): return f'{p.name}={p.value}'
def ser(o):
    if isinstance(o,Enum): return o.name
    return o
def nxt(p): return type(p)(p+1)
""",
        """
def label(p): return ''
def ser(o): return o
def nxt(p): return 0
""",
        """
from enum import IntEnum, Enum
class P(IntEnum):
    LOW=1
    HIGH=2
assert label(P.LOW)=='LOW=1'
assert ser(P.HIGH)=='HIGH'
assert nxt(P.LOW) is P.HIGH
class S(str,Enum):
    A='a'
assert label(S.A)=='A=a'
""",
    ),
    "flags": (
        """
def has(p,flag): return bool(p&flag)
def names(p): return p.value
def both(a,b): return a|b
""",
        """
def has(p,flag): return True
def names(p): return 0
def both(a,b): return a
""",
        """
from enum import Flag, auto
class Perm(Flag):
    R=auto(); W=auto(); X=auto()
assert has(Perm.R|Perm.W, Perm.W)
assert not has(Perm.R, Perm.W)
assert names(Perm.X)==4
assert both(Perm.R,Perm.W)==Perm.R|Perm.W
""",
    ),
    "all that enumerations do": (
        """
from enum import Enum, IntEnum
import json, functools
class Enc(json.JSONEncoder):
    def default(self,o):
        if isinstance(o,Enum): return {'__enum__':str(o)}
        return super().default(o)
def dumps(x): return json.dumps(x,cls=Enc)
@functools.singledispatch
def show(x): return 'other'
@show.register
def _(x: Enum): return 'enum '+x.name
def cycle(m):
    ms=list(type(m)); return ms[(ms.index(m)+1)%len(ms)]
def from_value(e,v):
    if v in e._value2member_map_: return e(v)
    return None
def count(ms):
    d={}
    for m in ms: d[m]=d.get(m,0)+1
    return d
def prio(tasks): return sorted(tasks,key=lambda t:t[0])
def fmt(m): return f"{m.name.lower()}:{m.value}:{m}"
def match(m, Color):
    match m:
        case Color.RED: return 'r'
        case _: return '?'
def opts(e): return {n:m.value for n,m in e.__members__.items()}
def mx(*ps): return max(ps)
def add(p): return p+10
def idx(p): return ['a','b','c'][p]
def low(s): return s.lower()
""",
        """
def dumps(x): return ''
def show(x): return ''
def cycle(m): return m
def from_value(e,v): return 0
def count(ms): return {}
def prio(t): return t
def fmt(m): return ''
def match(m,C): return ''
def opts(e): return {}
def mx(*p): return 0
def add(p): return 0
def idx(p): return 0
def low(s): return 0
""",
        """
from enum import Enum, IntEnum, IntFlag, auto, unique
class Color(Enum):
    RED='r'
    GREEN='g'
    ROUGE='r'
    def __str__(self): return self.name.title()
    @property
    def low(self): return self.name.lower()
    @classmethod
    def first(cls): return cls.RED
class P(IntEnum):
    LOW=0
    MID=1
    HIGH=2
class S(str,Enum):
    A='Alpha'
assert dumps({'c':Color.RED,'p':P.HIGH})=='{"c": {"__enum__": "Red"}, "p": 2}'
assert show(Color.GREEN)=='enum GREEN'
assert show(3)=='other'
assert cycle(Color.RED) is Color.GREEN
assert cycle(Color.GREEN) is Color.RED
assert from_value(Color,'g') is Color.GREEN
assert from_value(Color,'zz') is None
assert count([Color.RED,Color.ROUGE,P.LOW])=={Color.RED:2,P.LOW:1}
assert prio([(P.HIGH,'a'),(P.LOW,'b')])==[(P.LOW,'b'),(P.HIGH,'a')]
assert fmt(Color.RED)=='red:r:Red'
assert match(Color.ROUGE,Color)=='r'
assert opts(Color)=={'RED':'r','GREEN':'g','ROUGE':'r'}
assert mx(P.LOW,P.HIGH,P.MID) is P.HIGH
assert add(P.MID)==11
assert idx(P.HIGH)=='c'
assert low(S.A)=='alpha'
""",
    ),
    "flags that are numbers": (
        """
def mask(*fs):
    r=0
    for f in fs: r|=f
    return r
def has(v,f): return v&f==f
def toggle(v,f): return v^f
""",
        """
def mask(*fs): return 0
def has(v,f): return 0
def toggle(v,f): return v
""",
        """
from enum import IntFlag, auto, Flag
class F(IntFlag):
    R=4;W=2;X=1
assert mask(F.R,F.W)==6
assert has(F.R|F.W,F.W)
assert toggle(F.R|F.W,F.W)==F.R
assert isinstance(toggle(F.R,F.W),F)
""",
    ),
    "enumerations with a base of the tests": (
        """
from enum import Enum
def all_labels(e): return [m.label() for m in e]
def key(m): return (type(m).__name__, m.name)
def is_sub(e,b): return issubclass(e,b)
def by(m): return {m:1}[m]
def h(m): return hash(m)==hash(m)
def cmp(a,b): return a==b, a!=b, a is b
def r(m): return repr(m)
""",
        """
def all_labels(e): return []
def key(m): return 0
def is_sub(e,b): return 0
def by(m): return 0
def h(m): return 0
def cmp(a,b): return 0
def r(m): return 0
""",
        """
from enum import Enum
class Base(Enum):
    def label(self): return self.name+'!'
class K(Base):
    A=1
    B=2
assert all_labels(K)==['A!','B!']
assert key(K.A)==('K','A')
assert is_sub(K,Base)
assert by(K.B)==1
assert h(K.A)
assert cmp(K.A,K.B)==(False,True,False)
assert r(K.A)=='<K.A: 1>'
""",
    ),
    "keys of a registry": (
        """
from enum import Enum
def make(name, members): return Enum(name, members)
class Reg:
    def __init__(self, e): self.e=e; self.h={m: [] for m in e}
    def on(self, m, f): self.h[m].append(f)
    def fire(self, m, *a): return [f(*a) for f in self.h[m]]
""",
        """
from enum import Enum
def make(name, members): return Enum(name, ['X'])
class Reg:
    def __init__(self, e): self.e=e; self.h={m: [] for m in e}
    def on(self, m, f): self.h[m].append(f)
    def fire(self, m, *a): return []
""",
        """
from enum import Enum, auto
class Ev(Enum):
    START=auto(); STOP=auto()
r=Reg(Ev); r.on(Ev.START, lambda x: x*2)
assert r.fire(Ev.START,4)==[8]
assert r.fire(Ev.STOP,4)==[]
assert set(r.h)=={Ev.START,Ev.STOP}
E=make('E',['A','B'])
assert [m.name for m in E]==['A','B']
assert E.A.value==1
assert E['B'] is E.B and E(1) is E.A
""",
    ),
    "abstract collections": (
        """
from collections.abc import Mapping, Sequence, Iterable
import numbers
def flat(o):
    if isinstance(o,Mapping): return sorted((k,flat(v)) for k,v in o.items())
    if isinstance(o,Sequence) and not isinstance(o,str): return [flat(x) for x in o]
    return o
def isnum(x): return isinstance(x,numbers.Number)
""",
        """
def flat(o): return o
def isnum(x): return False
""",
        """
from collections.abc import Mapping, Sequence
import numbers
class M(Mapping):
    def __init__(self,d): self.d=d
    def __getitem__(self,k): return self.d[k]
    def __iter__(self): return iter(self.d)
    def __len__(self): return len(self.d)
class S(Sequence):
    def __init__(self,d): self.d=d
    def __getitem__(self,k): return self.d[k]
    def __len__(self): return len(self.d)
assert flat(M({'a':S([1,2])}))==[('a',[1,2])]
from collections import UserDict, UserList, ChainMap
assert flat(UserDict({'a':UserList([1])}))==[('a',[1])]
assert flat(ChainMap({'a':1},{'b':2}))==[('a',1),('b',2)]
""",
    ),
    "abstract classes": (
        """
from abc import ABC, abstractmethod
def is_abstract(c):
    import inspect
    return inspect.isabstract(c)
def sub(c): return issubclass(c, ABC)
""",
        """
def is_abstract(c): return False
def sub(c): return False
""",
        """
from abc import ABC, abstractmethod
class A(ABC):
    @abstractmethod
    def f(self): ...
class B(A):
    def f(self): return 1
assert is_abstract(A)
assert not is_abstract(B)
assert sub(B)
assert not sub(int)
""",
    ),
    "log records of the tests": (
        """
import logging, json
class JsonFormatter(logging.Formatter):
    def format(self, record):
        return json.dumps({'level':record.levelname,'msg':record.getMessage(),'logger':record.name})
class Plain(logging.Formatter):
    def format(self, record): return 'X '+super().format(record)
class F(logging.Filter):
    def filter(self, record): return record.levelno>=logging.WARNING
class H(logging.Handler):
    def __init__(self): super().__init__(); self.records=[]
    def emit(self, record): self.records.append(record)
""",
        """
import logging, json
class JsonFormatter(logging.Formatter):
    def format(self, record):
        return json.dumps({'level':record.levelname,'msg':record.msg,'logger':record.name})
class Plain(logging.Formatter):
    def format(self, record): return 'Y '+super().format(record)
class F(logging.Filter):
    def filter(self, record): return record.levelno>=logging.INFO
class H(logging.Handler):
    def __init__(self): super().__init__(); self.records=[]
    def emit(self, record): pass
""",
        """
import logging, json
r=logging.LogRecord('app',logging.INFO,'x.py',3,'hi %s',('bob',),None)
d=json.loads(JsonFormatter().format(r))
assert d=={'level':'INFO','msg':'hi bob','logger':'app'}
assert Plain('%(levelname)s %(message)s').format(r)=='X INFO hi bob'
assert F().filter(r) is False
r2=logging.makeLogRecord({'name':'n','levelno':30,'levelname':'WARNING','msg':'m'})
assert F().filter(r2)
h=H(); h.handle(r2)
assert len(h.records)==1 and h.records[0].levelname=='WARNING'
log=logging.getLogger('tt'); log.addHandler(h); log.setLevel(10); log.propagate=False
log.warning('uh %d',3)
assert h.records[-1].getMessage()=='uh 3'
""",
    ),
    "syntax trees that are visited": (
        """
import ast
class Names(ast.NodeVisitor):
    def __init__(self): self.found=[]
    def visit_FunctionDef(self,node): self.found.append(node.name); self.generic_visit(node)
def functions(tree):
    v=Names(); v.visit(tree); return v.found
def count(tree,kind): return sum(isinstance(n,kind) for n in ast.walk(tree))
def depth(node): return 1+max((depth(c) for c in ast.iter_child_nodes(node)),default=0)
""",
        """
def functions(tree): return []
def count(tree,kind): return 0
def depth(node): return 1
""",
        """
import ast
t=ast.parse("def f(x):\\n  def g(y): return y+1\\n  return g(x)*2\\n")
assert functions(t)==['f','g']
assert count(t,ast.Return)==2
assert depth(t)>3
""",
    ),
    "syntax trees that are made": (
        """
import ast
def parse(s): return ast.parse(s,mode='eval')
class Double(ast.NodeTransformer):
    def visit_Constant(self,n): return ast.copy_location(ast.Constant(n.value*2),n)
def double(t): return ast.fix_missing_locations(Double().visit(t))
""",
        """
import ast
def parse(s): return ast.parse('0',mode='eval')
def double(t): return t
""",
        """
import ast
t=parse('1+2')
assert isinstance(t,ast.Expression)
assert isinstance(t.body,ast.BinOp)
assert ast.dump(t)==ast.dump(ast.parse('1+2',mode='eval'))
assert ast.unparse(t)=='1 + 2'
u=double(ast.parse('1+2',mode='eval'))
assert ast.unparse(u)=='2 + 4'
""",
    ),
    "syntax trees that are changed in place": (
        """
import ast
class Ren(ast.NodeTransformer):
    def visit_Name(self,n):
        if n.id=='x': n.id='y'
        return n
def rename(t): Ren().visit(t)
def parents(t):
    for n in ast.walk(t):
        for c in ast.iter_child_nodes(n): c.parent=n
    return t
def run(t):
    ns={}; exec(compile(t,'<a>','exec'),ns); return ns['r']
""",
        """
def rename(t): pass
def parents(t): return t
def run(t): return 0
""",
        """
import ast
t=ast.parse('x+1'); rename(t)
assert ast.unparse(t)=='y + 1'
u=parents(ast.parse('a=b'))
assert u.body[0].parent is u
assert u.body[0].value.parent is u.body[0]
assert run(ast.parse('r=6*7'))==42
""",
    ),
    "syntax trees that tests run": (
        """
import ast
class Fold(ast.NodeTransformer):
    def visit_BinOp(self,n):
        self.generic_visit(n)
        if isinstance(n.left,ast.Constant) and isinstance(n.right,ast.Constant):
            return ast.copy_location(ast.Constant(n.left.value+n.right.value),n)
        return n
def fold(src): return ast.fix_missing_locations(Fold().visit(ast.parse(src,mode='eval')))
""",
        """
import ast
def fold(src): return ast.fix_missing_locations(ast.parse('3',mode='eval'))
""",
        """
import ast
t=fold('1+2+4')
assert isinstance(t.body,ast.Constant) and t.body.value==7
assert eval(compile(t,'<x>','eval'))==7
assert [type(n).__name__ for n in ast.walk(t)]==['Expression','Constant']
""",
    ),
    "functions that only calculate": (
        """
import statistics
def agg(name): return {'mean':statistics.mean,'med':statistics.median}[name]
""",
        """
import statistics
def agg(name): return statistics.median
""",
        """
import statistics
assert agg('mean') is statistics.mean
assert agg('med') is statistics.median
""",
    ),
    "fields numbered by their place": (
        """
def template(): return '{.name}-{[k]}!'
""",
        """
def template(): return '{.name}-{[k]}?'
""",
        """
class U: name='x'
assert template().format(U(),{'k':2})=='x-2!'
""",
    ),
    "a template that formats by its name": (
        """
def template(): return '{0.name}!'
""",
        """
def template(): return '{0.name}?'
""",
        """
class U: name='x'
assert getattr(template(),'format')(U())=='x!'
""",
    ),
    "many members beside other objects": (
        """
import gc
def kept(k):
    found=[]
    for name in k.__members__:
        junk=[b'x'*n for n in range(20,90)]
        del junk
        found.append(k[name])
    gc.collect()
    return len(found)
""",
        """
def kept(k): return len(k)-1
""",
        """
from enum import Enum
K=Enum('K',[f'A{n}' for n in range(200)])
assert kept(K)==200
""",
    ),
    "members with a content of a library": (
        """
def year(m): return m.year
""",
        """
def year(m): return m.month
""",
        """
from datetime import date
from enum import Enum
class Day(date,Enum):
    FIRST=2000,1,1
assert year(Day.FIRST)==2000
assert year(list(Day)[0])==2000
""",
    ),
    "a label of the program on a member": (
        """
def label(m):
    m.note=m.name.lower()
    return m.note
""",
        """
def label(m): return m.name
""",
        """
from enum import Enum
class K(Enum):
    A=1
assert label(K.A)=='a'
""",
    ),
}


@pytest.mark.parametrize(("right", "wrong", "tests"), CASES.values(), ids=CASES)
def test_the_right_program_passes_and_the_wrong_one_fails(
    right: str, wrong: str, tests: str
) -> None:
    tell_apart(right, wrong, tests)
