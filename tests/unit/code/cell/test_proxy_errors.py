"""Exceptions of a program as its tests see them: fields, chains, what they hold, and what becomes of them."""

from __future__ import annotations

import pytest
from proxy_pair import tell_apart

CAUGHT = """
def caught(function, *arguments):
    try:
        function(*arguments)
    except BaseException as error:
        return error
"""
FIELDS = {
    "import": (
        "import importlib\ndef f(): importlib.import_module('nope_nope')",
        "def f(): raise ImportError('other')",
        "assert caught(f).name == 'nope_nope'",
    ),
    "attribute": (
        "def f(): return object().zz",
        "def f(): raise AttributeError('zz')",
        "assert caught(f).name == 'zz'",
    ),
    "name": (
        "def f(): return zz",
        "def f(): raise NameError('zz')",
        "assert caught(f).name == 'zz'",
    ),
    "second file": (
        "import os\ndef f(): os.rename('no1', 'no2')",
        "def f(): raise FileNotFoundError(2, 'no', 'no1')",
        "e = caught(f)\nassert (e.filename, e.filename2) == ('no1', 'no2')",
    ),
    "no file": (
        "def f(): raise OSError(5, 'bad')",
        "def f(): raise OSError(5, 'bad', 'x')",
        "assert str(caught(f)) == '[Errno 5] bad'",
    ),
    "syntax": (
        """
def f():
    try: compile('a b', 'x.py', 'exec')
    except SyntaxError as e:
        e.lineno += 10
        e.msg = 'no'
        raise
""",
        "def f(): compile('a b', 'x.py', 'exec')",
        "e = caught(f)\nassert (e.lineno, e.msg, e.offset, e.filename) == (11, 'no', 3, 'x.py')",
    ),
    "unicode": (
        """
def f():
    try: b'a\\xff'.decode()
    except UnicodeDecodeError as e:
        e.start += 400
        raise
""",
        "def f(): b'a\\xff'.decode()",
        "e = caught(f)\nassert (e.start, e.end, e.object, e.encoding) == (401, 2, b'a\\xff', 'utf-8')",
    ),
    "exit": (
        "def f():\n e = SystemExit(1)\n e.code = 3\n raise e",
        "def f(): raise SystemExit(1)",
        "assert caught(f).code == 3",
    ),
}
LIVES = {
    "chain": (
        """
def f(n):
    try:
        if n: f(n-1)
        else: raise ValueError('root')
    except ValueError as e:
        raise ValueError(str(n)) from e
""",
        """
def f(n):
    raise ValueError(str(n)) from ValueError('root')
""",
        """
e, n = caught(f, 25), 0
while e.__cause__ is not None: e, n = e.__cause__, n + 1
assert (n, str(e)) == (26, 'root')
""",
    ),
    "circle": (
        """
def f():
    a, b = ValueError('a'), KeyError('b')
    a.__cause__, b.__cause__ = b, a
    raise a
""",
        "def f(): raise ValueError('a') from KeyError('b')",
        "e = caught(f)\nassert e.__cause__.__cause__ is e",
    ),
    "arguments": (
        "def f(xs): raise ValueError(xs)",
        "def f(xs): raise ValueError(list(xs))",
        "xs = [1]\ne = caught(f, xs)\nxs.append(2)\nassert e.args == ([1, 2],) and e.args[0] is xs",
    ),
    "attributes": (
        "class E(Exception):\n def __init__(s, xs): s.items = xs\ndef f(xs): raise E(xs)",
        "class E(Exception):\n def __init__(s, xs): s.items = list(xs)\ndef f(xs): raise E(xs)",
        "xs = [1]\ncaught(f, xs).items.append(2)\nassert xs == [1, 2]",
    ),
    "kept": (
        "class E(Exception): n = 0\n_e = E()\ndef f():\n _e.n += 1\n raise _e",
        "class E(Exception): n = 0\n_n = []\ndef f():\n _n.append(1)\n e = E()\n e.n = len(_n)\n raise e",
        "a, b = caught(f), caught(f)\nassert a is b and (a.n, b.n) == (2, 2)",
    ),
    "kept plain": (
        "_e = ValueError(0)\ndef f():\n _e.args = (_e.args[0] + 1,)\n _e.n = _e.args\n raise _e",
        "_e = ValueError(1)\ndef f():\n raise _e",
        "a = caught(f)\ncaught(f)\nassert str(a) == '2' and a.n == (2,)",
    ),
    "noted": (
        "_e = ValueError()\ndef f():\n _e.add_note('n')\n raise _e",
        "def f():\n e = ValueError()\n e.add_note('n')\n raise e",
        "a = caught(f)\ncaught(f)\nassert a.__notes__ == ['n', 'n']",
    ),
    "changed": (
        """
class Job:
    def run(s):
        s.error = ValueError('x'); s.error.retries = 0
        return s.error
    def again(s): s.error.retries += 1
""",
        """
class Job:
    def run(s):
        s.error = ValueError('x'); s.error.retries = 0
        return s.error
    def again(s): s.error = ValueError('x')
""",
        "j = Job()\ne = j.run()\nj.again()\nassert e.retries == 1",
    ),
    "marked": (
        "class E(Exception): pass\n_e = E()\ndef f(): raise _e\ndef g(): return _e.seen",
        "class E(Exception): seen = 0\n_e = E()\ndef f(): raise E()\ndef g(): return _e.seen",
        "caught(f).seen = 5\nassert g() == 5",
    ),
}


@pytest.mark.parametrize("name", [*FIELDS, *LIVES])
def test_an_exception_is_the_one_that_was_raised(name: str) -> None:
    """What the interpreter keeps of it, what it was raised from, what it holds, and what it becomes."""
    right, wrong, tests = {**FIELDS, **LIVES}[name]
    tell_apart(right, wrong, CAUGHT + tests)
