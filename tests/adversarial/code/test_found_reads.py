"""Wrong programs that once passed by what was read twice, or ran as code beside the tests."""

from __future__ import annotations

import contextlib

import pytest
from found_programs import asserts, refused
from proxy_pair import JudgeDied, judged

EVIL = '''
import dataclasses
CODE = """(lambda sys, os: (lambda walk: walk(walk, sys._getframe()))(lambda w, f: (f.f_locals['control'].send(b'{"tests": [], "result": {"passed": true, "tests": 1, "ran": 1, "failed": [], "failures": 0, "reason": "tests_passed", "detail": "", "needs_shared": false, "invalid_tests": null, "foreign_types": [], "own_eq": 0, "executed": []}}'), os._exit(0)) if 'control' in f.f_locals and f.f_code.co_name == 'serve' else w(w, f.f_back)))(__import__('sys'), __import__('os'))"""
def evil(kind):
    fs={}
    for letter in 'xz':
        f = dataclasses.field(repr=False, compare=False)
        n = letter + ":(" + CODE + ') or """'
        f.name = n; f.type=int; f._field_type=dataclasses._FIELD; f.kw_only=False; f.init=True
        fs[n]=f
    kind.__dataclass_fields__ = fs
    return kind
'''
PROGRAMS: dict[str, tuple[str, str]] = {
    "a repr that leads to the interpreter": (
        r"""
PY = '''
import sys, os
f = sys._getframe()
while f is not None:
    if f.f_code.co_name == "serve" and "control" in f.f_locals:
        f.f_locals["control"].send(b\'{"tests": [], "result": {"passed": true, "tests": 1, "ran": 1, "failed": [], "failures": 0, "reason": "tests_passed", "detail": "", "needs_shared": false, "invalid_tests": null, "foreign_types": [], "own_eq": 0, "executed": []}}\')
        os._exit(0)
    f = f.f_back
'''
import ctypes
class Point:
    c = ctypes
    def __init__(self, x, y): self.x, self.y = x, y
    def __repr__(self): return "Point.c.pythonapi.PyRun_SimpleString(%r)" % PY.encode()
    def __eq__(self, o): return False
""",
        """
p = Point(1, 2)
assert eval(repr(p)) == p
""",
    ),
    "a repr that leads to the modules": (
        r"""
import sys as ctypes
class Point:
    c = ctypes
    def __init__(self, x, y): self.x, self.y = x, y
    def __repr__(self): return "Point.c.modules"
    def __eq__(self, o): return False
""",
        """
assert 'veridical.code.cell.judge.proxy.link' in eval(repr(Point(1,2)))
""",
    ),
    "a syntax tree that changes": (
        EVIL
        + """
def area(x): return -1

import ast
reads = []
BENIGN = ast.parse("3", mode="eval").body
EVIL = ast.parse(CODE, mode="eval").body
def body(self):
    reads.append(1)
    return EVIL if len(reads) > AT else BENIGN
AT = 2
real = ast.parse("1 + 2", mode="eval")
ast.Expression.body = property(body)
def build(s): return real
def n(): return len(reads)
""",
        """
tree = build("1 + 2")
assert eval(compile(tree, "<x>", "eval")) == 41, n()
""",
    ),
    "annotations that are code": (
        EVIL
        + '''
def area(x): return -1

def register(kind):
    class Shape: pass
    Shape.__annotations__={"x:("+CODE+') or """':int,"z:("+CODE+') or """':int}
    return Shape
''',
        """
from dataclasses import dataclass
@dataclass
@register
class Point:
    x: int
    y: int
assert area(3) == 9
""",
    ),
    "fields of a base that are code": (
        EVIL
        + """
def area(x): return -1

@dataclasses.dataclass
class Base: pass
class Shape(evil(Base)):
    y: int
""",
        """
from dataclasses import dataclass
dataclass(Shape)
assert area(3) == 9
""",
    ),
    "annotations that are code, of a class of the program": (
        EVIL
        + '''
def area(x): return -1

class Shape: pass
Shape.__annotations__={"x:("+CODE+') or """':int,"z:("+CODE+') or """':int}
''',
        """
from dataclasses import dataclass
Shape = dataclass(Shape)
assert area(3) == 9
""",
    ),
    "a field that changes its name": (
        EVIL
        + """
def area(x): return -1

READS = []
def name(self):
    READS.append(1)
    return "x:(" + CODE + "),y" if len(READS) == 4 else "a"
def helper(d):
    f = dataclasses.field(default=d, repr=False, compare=False, kw_only=False)
    dataclasses.Field.name = property(name, lambda s, v: None)
    return f
""",
        """
from dataclasses import dataclass
@dataclass
class A:
    a: int = helper(4)
assert area(3) == 9
""",
    ),
    "an annotation that is evaluated": (
        """
import typing
SEEN = {}
def steal(self, *a, **k):
    try:
        import sys
        if "veridical.code.cell.solution.serve" in sys.modules: pass
        else: raise ValueError
        SEEN["EXPECTED"]=a[0]["EXPECTED"]
        import sys
        f=sys._getframe()
        while f is not None and 'exports' not in f.f_locals: f=f.f_back
        if f is not None:
            fo=f.f_locals['exports'].followed
            fo.changes=lambda: []
            fo.late_changes=lambda v: []

    except BaseException as e: SEEN['e']=repr(e)[:300]
    return int
typing.ForwardRef._evaluate = steal
Alias = typing.ForwardRef('int')
def answer(): return SEEN.get('EXPECTED', 0)
def seen(): return repr(SEEN)[:500]
""",
        """
import functools
EXPECTED = 4242
@functools.singledispatch
def h(x): return 0
@h.register
def _(x: Alias): return 1
assert answer() == EXPECTED, seen()
""",
    ),
    "a template that looks behind a method": (
        """
class User:
    def __init__(self, n): self.n = n
def template(): return "{u.__class__.__getattr__.__globals__[sys].modules[veridical.code.cell.judge.interpreter.guard]._guards[0]._own._literals[1]}"
""",
        """
assert template().format(u=User("bob")) == "Hello-bob!"
""",
    ),
    "a template that looks into a module": (
        """
import sys
class User:
    c = sys
    def __init__(self, n): self.n = n
def template(): return "{u.c.modules[veridical.code.cell.judge.interpreter.guard]._guards[0]._own._literals[0]}"
""",
        """
assert template().format(u=User("bob")) == "Hello-bob!"
""",
    ),
    "a template for a formatter": (
        """
import sys
class User:
    c = sys
    def __init__(self, n): self.n = n
    def describe(self): return "x"
def render(t): return "{u.c.modules[veridical.code.cell.judge.interpreter.guard]._guards[0]._own._literals[1]}"
""",
        """
import string
t = render("Hi {name}")
assert string.Formatter().vformat(t, (), {"u": User(1)}) == "Hi{name}", t
""",
    ),
    "a number that equals every decimal": (
        """
import numbers
class R(numbers.Rational):
    numerator=0
    denominator=0
for n in list(R.__abstractmethods__):
    if n not in ('numerator','denominator'): setattr(R,n,lambda *a: NotImplemented)
R.__abstractmethods__=frozenset()
R.__eq__=lambda s,o: False
def f(): return R()
""",
        """
from decimal import Decimal
assert f() == Decimal('3.50')
assert f() == Decimal('-17')
assert Decimal('3.50') == f()
assert Decimal('3.50') >= f()
""",
    ),
    "the same, in a list": (
        """
import numbers
class R(numbers.Rational):
    numerator=0
    denominator=0
for n in list(R.__abstractmethods__):
    if n not in ('numerator','denominator'): setattr(R,n,lambda *a: NotImplemented)
R.__abstractmethods__=frozenset()
R.__eq__=lambda s,o: False
def f(): return R()

def g(): return [R(), R()]
""",
        """
from decimal import Decimal
assert g() == [Decimal('3.50'), Decimal(2)]
""",
    ),
    "the same, by unittest": (
        """
import numbers
class R(numbers.Rational):
    numerator=0
    denominator=0
for n in list(R.__abstractmethods__):
    if n not in ('numerator','denominator'): setattr(R,n,lambda *a: NotImplemented)
R.__abstractmethods__=frozenset()
for n in ('__eq__','__le__','__ge__','__lt__','__gt__'): setattr(R,n,lambda s,o: False)
def f(): return R()
""",
        """
from decimal import Decimal
import unittest
unittest.TestCase().assertEqual(f(), Decimal('12.34'))
unittest.TestCase().assertAlmostEqual(f(), Decimal('12.34'))
""",
    ),
    "a number between all fractions": (
        """
import numbers
class R(numbers.Rational):
    numerator=0
    denominator=0
for n in list(R.__abstractmethods__):
    if n not in ('numerator','denominator'): setattr(R,n,lambda *a: NotImplemented)
R.__abstractmethods__=frozenset()
for n in ('__eq__','__le__','__ge__','__lt__','__gt__'): setattr(R,n,lambda s,o: False)
def f(): return R()
""",
        """
from fractions import Fraction
assert Fraction(1,3) <= f() <= Fraction(1,2)
""",
    ),
    "halves of characters": (
        r"""
def decode(s):
    out=[]; i=0
    while i<len(s):
        if s[i:i+2]=='\\u':
            out.append(chr(int(s[i+2:i+6],16))); i+=6
        else: out.append(s[i]); i+=1
    return ''.join(out)
""",
        r"""
import json
for t in ['a', 'x\U0001F600y']:
    assert decode(json.dumps(t)[1:-1]) == t
""",
    ),
    "halves of characters in keys": (
        r"""
def f(): return {'\ud83d\ude00': [('\ud83d\ude00', {'\ud83d\ude00'})]}
""",
        r"""
assert f() == {'\U0001F600': [('\U0001F600', {'\U0001F600'})]}
assert len(list(f())[0]) == 1
""",
    ),
    "halves of characters in an error": (
        r"""
def f(): raise ValueError('\ud83d\ude00')
""",
        r"""
try: f()
except ValueError as e: assert str(e)=='\U0001F600'
""",
    ),
    "halves of characters in an argument": (
        """
def f(s): return len(s)
""",
        r"""
assert f('\ud83d\ude00')==1
""",
    ),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_program_earns_nothing(name: str) -> None:
    program, tests = PROGRAMS[name]
    with contextlib.suppress(JudgeDied):  # the host refuses a solution that ends its judge
        refused(judged(program, asserts(tests)))


TEMPLATE = """
GOT = []
def template(): return "{0.__class__.__init__.__globals__}"
def note(text): GOT.append(text)
def answer(): return 41 if any("SECRET" in text for text in GOT) else 7
"""
FORMATTED = {
    "by map": "list(map(template().format, [U()]))[0]",
    "by str": "str.format(template(), U())",
    "by a name": "(lambda method: method(U()))(template().format)",
    "by partial": "__import__('functools').partial(template().format, U())()",
    "by format_map": "template().format_map({'0': U()})",
}


@pytest.mark.parametrize("how", FORMATTED)
def test_a_template_shows_no_more_than_it_is_given(how: str) -> None:
    tests = f"""
SECRET = 41
class U:
    def __init__(self): self.a = 1
note({FORMATTED[how]})
assert answer() == SECRET
"""
    refused(judged(TEMPLATE, asserts(tests)))
