"""Idioms of tests that right programs once failed, each with a wrong one."""

from __future__ import annotations

import pytest
from proxy_pair import judged, tell_apart

CASES = {
    "a sentinel": (
        """
MISSING=object()
def get(d,k,default=MISSING):
    if k in d: return d[k]
    if default is MISSING: raise KeyError(k)
    return default
class Q:
    def __init__(s): s._lock=object()
""",
        """
MISSING=object()
def get(d,k,default=None): return default
class Q:
    def __init__(s): s._lock=object()
""",
        """
import inspect
assert get({'a':1},'a')==1
try: get({},'a')
except KeyError: pass
else: assert False
assert get({},'a',MISSING) is MISSING if False else True
assert MISSING is not None
q=Q()
assert q._lock is q._lock and hasattr(q,'_lock')
assert 'default' in inspect.signature(get).parameters
""",
    ),
    "a patched folder": (
        """
import os
def f(): return os.getcwd()
""",
        """
def f(): return '/'
""",
        """
from unittest.mock import patch
with patch('os.getcwd',return_value='/x'):
    assert f()=='/x'
""",
    ),
    "a specified instance": (
        """
class Client:
    def __init__(self, s): self.s = s
    def get(self): return self.s.get('u', params={})
""",
        """
class Client:
    def __init__(self, s): self.s = s
    def get(self): return 5 if self.s.get('v') else 1
""",
        """
from unittest.mock import create_autospec
class Session:
    def get(self, url, params=None): ...
s = create_autospec(Session, instance=True); s.get.return_value = 5
assert Client(s).get() == 5
s.get.assert_called_once_with('u',params={})
""",
    ),
    "an ordered dict that moves": (
        """
from collections import OrderedDict
class LRU(OrderedDict):
    def __init__(s,n): super().__init__(); s.n=n
    def __getitem__(s,k):
        v=super().__getitem__(k); s.move_to_end(k); return v
    def __setitem__(s,k,v):
        super().__setitem__(k,v); s.move_to_end(k)
        if len(s)>s.n: del s[next(iter(s))]
""",
        """
from collections import OrderedDict
class LRU(OrderedDict):
    def __init__(s,n): super().__init__(); s.n=n
""",
        """
l=LRU(2)
l['a']=1
l['b']=2
assert l['a']==1
l['c']=3
assert list(l)==['a','c']
assert l=={'a':1,'c':3}
""",
    ),
    "a dict that makes what it lacks": (
        """
class D(dict):
    def __missing__(s,k): return k*2
""",
        """
class D(dict): pass
""",
        """
d=D(a=1)
assert d['a']==1 and d['q']=='qq'
""",
    ),
    "notes of an error": (
        """
def f():
    e=ValueError('x'); e.add_note('hint'); raise e
""",
        """
def f(): raise ValueError('x')
""",
        """
try: f()
except ValueError as e: assert e.__notes__==['hint']
""",
    ),
    "a decorated function": (
        """
import functools
def deco(f):
    @functools.wraps(f)
    def g(*a): return 2*f(*a)
    g.mark=1
    return g
""",
        """
def deco(f): return f
""",
        """
@deco
def g(x): return x
assert g.mark==1 and g(2)==4
assert g.__wrapped__(2)==2
""",
    ),
}
LIBRARIES = """
import smtplib, zipfile, sqlite3
from urllib import request
def f(): return smtplib.SMTP('x')
def g(): return zipfile.ZipFile('a')
def h(): return sqlite3.connect('a')
def u(): return request.urlopen('http://a').read()
"""
PATCHED = {
    "smtp": """
from unittest.mock import patch
import solution
def test_a():
    with patch('solution.smtplib.SMTP') as m:
        m.return_value=5
        assert solution.f()==5
""",
    "zip": """
from unittest.mock import patch
import solution
def test_a():
    with patch('solution.zipfile.ZipFile') as m:
        m.return_value=5
        assert solution.g()==5
""",
    "sql": """
from unittest.mock import patch
import solution
def test_a():
    with patch('solution.sqlite3.connect') as m:
        m.return_value=5
        assert solution.h()==5
""",
    "url": """
from unittest.mock import patch
import solution
def test_a():
    with patch('solution.request.urlopen') as m:
        m.return_value.read.return_value=5
        assert solution.u()==5
""",
}


@pytest.mark.parametrize(("right", "wrong", "tests"), CASES.values(), ids=CASES)
def test_the_right_program_passes_and_the_wrong_one_fails(
    right: str, wrong: str, tests: str
) -> None:
    tell_apart(right, wrong, tests)


@pytest.mark.parametrize("tests", PATCHED.values(), ids=PATCHED)
def test_a_library_is_patched_where_the_program_has_it(tests: str) -> None:
    suite = [{"path": "test_it.py", "content": tests}]
    request = {"files": {"files": suite, "solution_path": "solution.py", "runner": "pytest"}}
    assert judged(LIBRARIES, request)["reason"] == "tests_passed"
    wrong = LIBRARIES.replace("return smtplib", "return 4, smtplib").replace(
        "return zip", "return 4, zip"
    )
    wrong = wrong.replace("return sqlite3", "return 4, sqlite3").replace(".read()", "")
    assert judged(wrong, request)["reason"] in ("wrong_answer", "runtime_error")
