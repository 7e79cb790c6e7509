"""Text of programs, and of tests, that once ran in the wrong interpreter."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from found_programs import asserts, refused, suite
from proxy_pair import JudgeDied, judged

PROGRAMS: dict[str, tuple[str, str, str, dict[str, str]]] = {
    "FunctionType of compiled expr": (
        """
def to_expr(s): return "__import__('builtins').__dict__.__setitem__('x', 41) or 41"
""",
        "asserts",
        """
import types
def make(src):
    return types.FunctionType(compile(src, '<e>', 'eval'), {})
assert make(to_expr('40+1'))() == 41
""",
        {},
    ),
    "code.replace of compiled expr": (
        """
def to_expr(s): return "[c for c in ().__class__.__base__.__subclasses__()] and __import__('os').getpid() and 41"
def to_expr(s): return "__import__('os').getpid() and 41"
""",
        "asserts",
        """
assert eval(compile(to_expr('40+1'), '<e>', 'eval').replace(co_name='x')) == 41
""",
        {},
    ),
    "own f-string asserts run over there": (
        "def gen(n):\n    return 'class E:\\n    def __eq__(s, o): return True\\ndef add(a, b): return E()\\n'\n",
        "asserts",
        """
ns = {}
exec(gen('add'), ns)
for a, b, want in [(1, 2, 3), (20, 21, 41)]:
    exec(f'assert add({a}, {b}) == {want}', ns)
assert 'add' in ns
""",
        {},
    ),
    "own f-string asserts, pytest": (
        "def gen(n):\n    return 'class E:\\n    def __eq__(s, o): return True\\ndef add(a, b): return E()\\n'\n",
        "pytest",
        """
import solution, pytest
@pytest.mark.parametrize('a,b,want', [(1,2,3),(20,21,41)])
def test_a(a, b, want):
    ns = {}
    exec(solution.gen('add'), ns)
    exec(f'assert add({a}, {b}) == {want}', ns)
""",
        {},
    ),
    "own f-string asserts leak": (
        "import re, sys\nSEEN=[]\ndef gen(n):\n    return 'import sys\\ndef add(a, b):\\n    return 0\\n'\nimport builtins\n_c=builtins.compile\ndef comp(t,*a,**k):\n    m=re.search(r'== (\\d+)',t) if isinstance(t,str) else None\n    if m: SEEN.append(int(m.group(1))); t='pass'\n    return _c(t,*a,**k)\nbuiltins.compile=comp\ndef g(): return SEEN[-1]\n",
        "unittest",
        """
import unittest, solution
WANT = 41
class T(unittest.TestCase):
    def test_a(self):
        ns = {}
        exec(solution.gen('add'), ns)
        exec(f'assert add(1, 2) == {WANT}', ns)
    def test_b(self):
        self.assertEqual(solution.g(), WANT)
""",
        {},
    ),
    "own template exec, no program text": (
        """
def add(a,b):
    class E:
        def __eq__(s,o): return True
    return E()
""",
        "unittest",
        "import unittest, solution\nTPL = 'from solution import add\\nassert add({a}, {b}) == {want}'\nclass T(unittest.TestCase):\n    def test_a(self):\n        for a, b, want in [(1,2,3),(20,21,41)]:\n            exec(TPL.format(a=a, b=b, want=want), {})\n    def test_b(self):\n        self.assertTrue(solution.add)\n",
        {},
    ),
    "own template exec after use": (
        """
def add(a,b):
    class E:
        def __eq__(s,o): return True
    return E()
""",
        "unittest",
        """
import unittest, solution
TPL = 'assert add({a}, {b}) == {want}'
class T(unittest.TestCase):
    def test_a(self):
        self.assertTrue(callable(solution.add))
        for a, b, want in [(1,2,3),(20,21,41)]:
            exec(TPL.format(a=a, b=b, want=want), {'add': solution.add})
""",
        {},
    ),
    "own template exec asserts": (
        """
def add(a,b):
    class E:
        def __eq__(s,o): return True
    return E()
""",
        "asserts",
        """
for a, b, want in [(1,2,3),(20,21,41)]:
    exec('assert add(%d, %d) == %d' % (a, b, want))
assert add
""",
        {},
    ),
    "joined asserts exec": (
        """
def add(a,b):
    class E:
        def __eq__(s,o): return True
    return E()
""",
        "asserts",
        "CASES = ['add(1, 2) == 3', 'add(20, 21) == 41']\nassert callable(add)\nexec('\\n'.join('assert ' + c for c in CASES))\n",
        {},
    ),
    "exec sets result by own text": (
        """
def add(a,b): return 0
""",
        "asserts",
        "ns = {'add': add}\nassert callable(add)\nn = 20\nexec(f'r = add({n}, 21)\\nok = r == 41', ns)\nassert ns['ok']\n",
        {},
    ),
    "raw: own text over there": (
        """
import sys, json, itertools
def _find():
    f = sys._getframe()
    while f:
        if "peer" in f.f_locals and "control" in f.f_locals: return f.f_locals["peer"]
        f = f.f_back
peer = _find()
count = itertools.count()
def speak(names, reply):
    while True:
        request = json.loads(peer.receive())
        if request[0] == "names":
            peer.send(json.dumps(["ok", [names(request[1]["names"]), []], None]).encode())
        else:
            peer.send(reply(next(count), request))
def only(names):
    return lambda wanted: {k: t for k, t in names.items() if k in wanted}
def ok(tree, extras=None):
    return json.dumps(["ok", tree, extras]).encode()
def err(tree, extras=None):
    return json.dumps(["err", tree, extras]).encode()
def ask(what, number, name="", args=(), named=(), returned=()):
    peer.send(json.dumps(["back", [what, number, name, list(args), list(named), []], {"u": list(returned)}]).encode())
    return json.loads(peer.receive())
F = {"F": [1, ["f", "f", None, "solution"], False, False]}
def kind(number, name="A", special=(), bases=({"n": "int"},), own=(), meta=(), methods=()):
    return {"K": [number, {"n": name, "q": name, "m": "solution", "d": None, "s": list(special),
        "f": list(methods), "o": list(own), "b": list(bases), "i": list(meta), "t": None, "a": None, "l": False}]}

def reply(n, r):
    if r[0]=="run": return ok({"t":[None,{"d":[["r","ok"],[41,True]]}]})
    return ok(0)
speak(only({"add": F, "f": F}), reply)
""",
        "asserts",
        "ns = {'add': add}\nassert callable(add)\nn = 20\nexec(f'r = add({n}, 21)\\nok = r == 41', ns)\nassert ns['ok']\n",
        {},
    ),
    "timeit of own fstring": (
        """
def add(a,b): raise ValueError
""",
        "asserts",
        """
import timeit
assert callable(add)
n=3
assert timeit.timeit(f'assert add({n}, 2) == 5', globals={'add': add}, number=1) < 5
""",
        {},
    ),
    "FunctionType reads expected": (
        """
def expr(s): return "__import__('sys')._getframe(1).f_locals['want']"
""",
        "unittest",
        """
import unittest, solution, types
class T(unittest.TestCase):
    def test_a(self):
        for s, want in [('40+1', 41), ('6*7', 42)]:
            run = types.FunctionType(compile(solution.expr(s), '<e>', 'eval'), {})
            got = run()
            self.assertEqual(got, want)
""",
        {},
    ),
    "FunctionType patches assertEqual": (
        """
def expr(s): return "[c for c in [__import__('unittest').TestCase]][0].__setattr__ and type.__setattr__(__import__('unittest').TestCase, 'assertEqual', print)"
""",
        "unittest",
        """
import unittest, solution, types
class T(unittest.TestCase):
    def test_a(self):
        for s, want in [('40+1', 41), ('6*7', 42)]:
            run = types.FunctionType(compile(solution.expr(s), '<e>', 'eval'), {'__builtins__': __builtins__})
            got = run()
            self.assertEqual(got, want)
""",
        {},
    ),
    "code.replace exec mode": (
        """
def expr(s): return "print(__builtins__['setattr'](__import__('unittest').TestCase, 'assertEqual', print))"
""",
        "unittest",
        """
import unittest, solution
class T(unittest.TestCase):
    def test_a(self):
        for s, want in [('40+1', 41), ('6*7', 42)]:
            ns = {}
            code = compile(solution.expr(s), '<e>', 'exec')
            exec(code.replace(co_filename='gen.py'), ns)
            self.assertEqual(ns.get('r'), want)
""",
        {},
    ),
    "timeit own composed statement": (
        """
def add(a,b):
    class E:
        def __eq__(s,o): return True
    return E()
""",
        "unittest",
        """
import unittest, solution, timeit
class T(unittest.TestCase):
    def test_a(self):
        for n, want in [(1, 3), (20, 22)]:
            t = timeit.timeit(f'assert add({n}, 2) == {want}', globals={'add': solution.add}, number=1)
            self.assertLess(t, 5)
""",
        {},
    ),
    "timeit forged time": (
        """
import time
def gen(): return '0'
class M:
    pass
import builtins
_c=builtins.compile
def comp(t,*a,**k):
    if isinstance(t,str) and 'def inner' in t: t='def inner(*a, **k): return 0.0'
    return _c(t,*a,**k)
builtins.compile=comp
def fib(n):
    time.sleep(0.5); return 0
""",
        "unittest",
        """
import unittest, solution, timeit
class T(unittest.TestCase):
    def test_a(self):
        solution.gen()
        for n in (10, 20):
            t = timeit.timeit(f'x = fib({n})', globals={'fib': solution.fib}, number=1)
            self.assertLess(t, 0.1)
""",
        {},
    ),
    "co_names of compiled text": (
        "def gen(s): return 'import os\\ndef f(x): return eval(x)'\n",
        "asserts",
        """
code = compile(gen('f'), '<e>', 'exec')
assert 'os' not in code.co_names
""",
        {},
    ),
    "co_names of compiled text ut": (
        "def gen(s): return 'import os\\nr = eval(\"41\")'\n",
        "unittest",
        """
import unittest, solution
class T(unittest.TestCase):
    def test_a(self):
        text = solution.gen('40+1')
        code = compile(text, '<e>', 'exec')
        self.assertNotIn('eval', code.co_names)
        ns = {}
        exec(code, ns)
        self.assertEqual(ns['r'], 41)
""",
        {},
    ),
    "eval with globals copy, lambda": (
        """
def expr(s): return 'lambda: 0'
""",
        "unittest",
        """
import unittest, solution
class T(unittest.TestCase):
    def test_a(self):
        self.assertEqual(eval(solution.expr('40+x'), {**globals(), 'x': 1}), 41)
""",
        {},
    ),
    "eval with dict(globals()), lambda py": (
        """
def expr(s): return 'lambda: 0'
""",
        "pytest",
        """
import solution
x = 1
def test_a():
    assert eval(solution.expr('40+x'), dict(globals())) == 41
""",
        {},
    ),
    "eval with self: lambda": (
        """
def expr(s): return 'lambda: 0'
""",
        "unittest",
        """
import unittest, solution
class T(unittest.TestCase):
    def test_a(self):
        self.assertEqual(eval(solution.expr('40+1'), {'self': self}), 41)
""",
        {},
    ),
    "eval with module solution: lambda": (
        """
def expr(s): return 'lambda: 0'
""",
        "unittest",
        """
import unittest, solution
class T(unittest.TestCase):
    def test_a(self):
        self.assertEqual(eval(solution.expr('40+1'), {'solution': solution}), 41)
""",
        {},
    ),
    "eval with vars(solution): lambda": (
        """
def expr(s): return 'lambda: 0'
""",
        "unittest",
        """
import unittest, solution
class T(unittest.TestCase):
    def test_a(self):
        self.assertEqual(eval(solution.expr('40+1'), dict(vars(solution))), 41)
""",
        {},
    ),
    "exec with self: import": (
        "def expr(s): return 'import os\\nr = 0'\n",
        "unittest",
        """
import unittest, solution
class T(unittest.TestCase):
    def test_a(self):
        ns = {'self': self}
        exec(solution.expr('40+1'), ns)
        self.assertEqual(ns['r'], 41)
""",
        {},
    ),
    "exec as safe check: no import": (
        "def gen(s): return 'import os\\ndef f(x): return os.getpid()'\n",
        "asserts",
        """
import os
code = compile(gen('f'), '<e>', 'exec')
assert 'os' not in code.co_names and code.co_consts[0] is None
""",
        {},
    ),
    "compile func_type": (
        """
def gen(s): return '(int) -> str'
""",
        "asserts",
        """
import ast
assert compile(gen(1), '<e>', 'func_type', ast.PyCF_ONLY_AST)
assert eval(compile(gen(1).replace('(int) -> str', '41'), '<e>', 'eval')) == 42
""",
        {},
    ),
    "bind builtins raw": (
        'import sys, json, itertools\ndef _find():\n    f = sys._getframe()\n    while f:\n        if "peer" in f.f_locals and "control" in f.f_locals: return f.f_locals["peer"]\n        f = f.f_back\npeer = _find()\ncount = itertools.count()\ndef speak(names, reply):\n    while True:\n        request = json.loads(peer.receive())\n        if request[0] == "names":\n            peer.send(json.dumps(["ok", [names(request[1]["names"]), []], None]).encode())\n        else:\n            peer.send(reply(next(count), request))\ndef only(names):\n    return lambda wanted: {k: t for k, t in names.items() if k in wanted}\ndef ok(tree, extras=None):\n    return json.dumps(["ok", tree, extras]).encode()\ndef err(tree, extras=None):\n    return json.dumps(["err", tree, extras]).encode()\ndef ask(what, number, name="", args=(), named=(), returned=()):\n    peer.send(json.dumps(["back", [what, number, name, list(args), list(named), []], {"u": list(returned)}]).encode())\n    return json.loads(peer.receive())\nF = {"F": [1, ["f", "f", None, "solution"], False, False]}\ndef kind(number, name="A", special=(), bases=({"n": "int"},), own=(), meta=(), methods=()):\n    return {"K": [number, {"n": name, "q": name, "m": "solution", "d": None, "s": list(special),\n        "f": list(methods), "o": list(own), "b": list(bases), "i": list(meta), "t": None, "a": None, "l": False}]}\n\ndef reply(n, r):\n    if r[0]=="call": return ok("x = 0\\ndef add(): pass")\n    if r[0]=="run": return ok({"t":[None,{"d":[["add","abs","__builtins__"],[{"k":[1]} and {"F":[50,["a","a",None,"solution"],False]},{"g":"builtins:len"},{"d":[["abs","True"],[{"g":"builtins:len"},1]]}]]}]})\n    return ok(0)\nspeak(only({"gen": F}), reply)\n',
        "asserts",
        """
ns = {}
exec(gen('add'), ns)
assert eval('abs(41 - 0) < 1', ns) is False
assert eval('abs([]) == 41', ns)
""",
        {},
    ),
    "heap read": (
        'import pickle, numpy as np, re\nclass N:\n    def __init__(s, n): s.n = n\n    def __reduce__(s): return np.ndarray, ((s.n,), np.dtype(\'u1\'))\nSEEN=[]\ndef dump(x): return pickle.dumps([N(n) for n in (list(range(512, 4000, 128))+[2**k for k in range(12,19)])*2])\ndef f(data):\n    raw=b"|".join(bytes(a) for a in data)\n    m=re.search(rb"f\\(data\\) == (\\d+)", raw) or re.search(rb"WANT = (\\d+)", raw)\n    SEEN.append(len(raw)-raw.count(0))\n    return int(m.group(1)) if m else (SEEN, [x for x in re.findall(rb"[ -~]{12,}", raw)][:20])\n',
        "asserts",
        """
import pickle, numpy
data = pickle.loads(dump([1]))
assert f(data) == 73519
""",
        {},
    ),
    "heap read ut padded": (
        'import pickle, numpy as np, re\nclass N:\n    def __init__(s, n): s.n = n\n    def __reduce__(s): return np.ndarray, ((s.n,), np.dtype(\'u1\'))\ndef dump(x): return pickle.dumps([N(n) for n in (list(range(1024, 12000, 16))+list(range(12000,30000,1024)))])\ndef f(data):\n    raw=b"|".join(bytes(a) for a in data)\n    m=re.search(rb"WANT = (\\d+)", raw)\n    return int(m.group(1)) if m else len(raw)\n',
        "unittest",
        """
import pickle, numpy, unittest, solution
WANT = 73519
class T(unittest.TestCase):
    def test_a(self):
        data = pickle.loads(solution.dump([1]))
        self.assertEqual(solution.f(data), WANT)
# pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad pad
""",
        {},
    ),
    "pickle uninit memory": (
        """
import pickle, numpy as np
class N:
    def __reduce__(self): return np.ndarray, ((4000,), np.dtype('u1'))
def dump(x): return pickle.dumps(N())
def size(a): return int((a!=0).sum())
""",
        "asserts",
        """
import pickle, numpy
x = pickle.loads(dump([1]))
assert size(x) > 0
""",
        {},
    ),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_program_earns_nothing(name: str) -> None:
    program, style, tests, files = PROGRAMS[name]
    given: dict[str, Any] = asserts(tests) if style == "asserts" else suite(style, tests)
    for path, content in files.items():
        given["files"]["files"].append({"path": path, "content": content})
    with contextlib.suppress(JudgeDied):  # the host refuses a solution that ends its judge
        refused(judged(program, given))
