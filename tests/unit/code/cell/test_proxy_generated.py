"""Code that a program generates and its tests run, and names that tests look up by text."""

from __future__ import annotations

import pytest
from proxy_pair import tell_apart

CASES = {
    "a function": (
        """
def gen(n): return f'def f(x): return x+{n}'
""",
        """
def gen(n): return f'def f(x): return x'
""",
        """
ns={}
exec(gen(3),ns)
assert ns['f'](1)==4
""",
    ),
    "a statement": (
        """
def gen(n): return f'y = x+{n}'
""",
        """
def gen(n): return f'y = x'
""",
        """
ns={'x':1}
exec(gen(3),ns)
assert ns['y']==4
""",
    ),
    "an expression of given names": (
        """
def gen(n): return f'x+{n}'
""",
        """
def gen(n): return f'x'
""",
        """
assert eval(gen(3),{'x':1})==4
""",
    ),
    "a lambda": (
        """
def gen(n): return f'lambda x: x+{n}'
""",
        """
def gen(n): return f'lambda x:x'
""",
        """
assert eval(gen(3))(1)==4
""",
    ),
    "names that the tests lack": (
        """
def gen(n): return f'def f(x): return x+{n}'
""",
        """
def gen(n): return f'def f(x): return x'
""",
        """
exec(gen(3))
assert f(1)==4
""",
    ),
    "given locals": (
        """
def gen(n): return f'def f(x): return x+{n}'
""",
        """
def gen(n): return f'def f(x): return x'
""",
        """
def test():
    l={}
    exec(gen(3),globals(),l)
    assert l['f'](1)==4
test()
""",
    ),
    "compiled first, with imports": (
        """
def gen(n): return f'import math\\nclass A:\\n  def f(self,x): return x+{n}'
""",
        """
def gen(n): return f'class A:\\n  def f(self,x): return x'
""",
        """
ns={}
exec(compile(gen(3),'<s>','exec'),ns)
assert ns['A']().f(1)==4
""",
    ),
    "names of a function": (
        """
def gen(n): return f'def f(x): return 5'
""",
        """
def gen(n): return 'def f(x): return 2'
""",
        """
def test():
    exec(gen(3))
    assert locals()['f'](1)==5
test()
""",
    ),
    "no name of the tests": (
        """
def gen(n): return f'def f(x): return 5'
""",
        """
def gen(n): return 'expected=2\\ndef f(x): return 2\\ndef len(x): return 2'
""",
        """
expected=5
exec(gen(3))
assert f(1)==expected and len([1])==1
""",
    ),
    "a syntax error": (
        """
def gen(n): return 'x = 1'
""",
        """
def gen(n): return 'x = = 1'
""",
        """
compile(gen(3),'<g>','exec')
ns={}
exec(gen(1),ns)
assert ns['x']==1
""",
    ),
    "an error": (
        """
def gen(n): return 'import math\\nx = math.sqrt(-1)'
""",
        """
def gen(n): return 'x = 1'
""",
        """
try:
    exec(gen(3),{})
except ValueError: pass
else: assert False
import math
""",
    ),
    "values of both sides": (
        """
def gen(n): return f'xs.append({n})\\ny=xs'
""",
        """
def gen(n): return f'xs=[1,{n}]\\ny=xs'
""",
        """
xs=[1]
ns={'xs':xs}
exec(gen(3),ns)
assert xs==[1,3] and ns['y'] is xs
""",
    ),
    "output": (
        """
def gen(n): return f'print({n}+1)'
""",
        """
def gen(n): return f'print({n})'
""",
        """
import io,contextlib
b=io.StringIO()
with contextlib.redirect_stdout(b):
    exec(gen(3))
assert b.getvalue()=='4\\n'
""",
    ),
    "a composed call": (
        """
def add(a,b): return a+b
""",
        """
def add(a,b): return a
""",
        """
for name,args in [('add','(1,2)')]:
    assert eval(name+args)==3
""",
    ),
    "a name": (
        """
def add(a,b): return a+b
def sub(a,b): return a-b
""",
        """
def add(a,b): return a
def sub(a,b): return a
""",
        """
for name in ['add','sub']:
    f=eval(name)
    assert f(3,1)=={'add':4,'sub':2}[name]
""",
    ),
    "a formatted call": (
        """
def add(a,b): return a+b
""",
        """
def add(a,b): return a
""",
        """
for i in range(3):
    assert eval(f'add({i}, 1)')==i+1
""",
    ),
}


@pytest.mark.parametrize(("right", "wrong", "tests"), CASES.values(), ids=CASES)
def test_the_right_program_passes_and_the_wrong_one_fails(
    right: str, wrong: str, tests: str
) -> None:
    tell_apart(right, wrong, tests)
