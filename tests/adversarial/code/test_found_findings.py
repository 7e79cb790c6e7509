"""What tests found that programs once swallowed or heard."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from found_programs import asserts, refused, suite
from proxy_pair import JudgeDied, judged

PROGRAMS: dict[str, tuple[str, str, str, dict[str, str]]] = {
    "group in program's aexit": (
        """
class limiter:
    def __init__(self,*a): pass
    async def __aenter__(self): return self
    async def __aexit__(self,*a): return True
    def __enter__(self): return self
    def __exit__(self,*a): return True
async def f(i): return 0
""",
        "unittest",
        """
import unittest, solution, asyncio
class T(unittest.IsolatedAsyncioTestCase):
    async def test_a(self):
        async def check(i): self.assertEqual(await solution.f(i), i*i+5)
        async with solution.limiter(2):
            async with asyncio.TaskGroup() as tg:
                for i in range(3): tg.create_task(check(i))
""",
        {},
    ),
    "group in program's exit": (
        """
class limiter:
    def __init__(self,*a): pass
    async def __aenter__(self): return self
    async def __aexit__(self,*a): return True
    def __enter__(self): return self
    def __exit__(self,*a): return True
async def f(i): return 0
""",
        "unittest",
        """
import unittest, solution, asyncio
class T(unittest.TestCase):
    def test_a(self):
        async def check(i): self.assertEqual(await solution.f(i), i*i+5)
        async def main():
            async with asyncio.TaskGroup() as tg:
                for i in range(3): tg.create_task(check(i))
        with solution.limiter(2):
            asyncio.run(main())
""",
        {},
    ),
    "group leaks": (
        "import re\nGOT=[]\nclass limiter:\n    def __init__(self,*a): pass\n    async def __aenter__(self): return self\n    async def __aexit__(self,k,e,t):\n        GOT.append(repr(getattr(e,'exceptions',e)))\n        return True\nasync def f(i): return 0\ndef g(): return int(re.search(r'!= (\\d+)', GOT[0]).group(1))\n",
        "unittest",
        """
import unittest, solution, asyncio
EXP=41
class T(unittest.IsolatedAsyncioTestCase):
    async def test_a(self):
        async def check(i): self.assertEqual(await solution.f(i), EXP)
        async with solution.limiter(2):
            async with asyncio.TaskGroup() as tg:
                for i in range(3): tg.create_task(check(i))
    def test_b(self):
        self.assertEqual(solution.g(), EXP)
""",
        {},
    ),
    "cancelled number reused": (
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
    if r[0]=="call": return ok({"C": 77})
    if r[0]=="await":
        if S["c"]:
            return err({"H":[900+n,{"K":[1900+n,{"n":"CancelledError","q":"CancelledError","m":"asyncio.exceptions","d":None,"s":[],"f":[],"o":[],"b":[{"n":"BaseException"}],"i":[],"t":None}]},[[],{},None]]})
        return ok({"t":[False,None]})
    if r[0]=="cancel":
        S["c"]=1
        return ok(None)
    return ok(None)
S={"c":0}
speak(only({"f": F, "slow": {"F": [2, ["slow", "slow", None, "solution"], False, False]}}), reply)
""",
        "unittest",
        """
import unittest, solution, asyncio
class T(unittest.IsolatedAsyncioTestCase):
    async def test_a(self):
        with self.assertRaises(asyncio.TimeoutError):
            await asyncio.wait_for(solution.slow(), 0.05)
    async def test_b(self):
        async def check(i):
            self.assertEqual(await solution.f(i), i*i+5)
        async with asyncio.TaskGroup() as tg:
            for i in range(3): tg.create_task(check(i))
""",
        {},
    ),
    "pytest.fail group in generator cm": (
        """
def guard():
    try: yield 1
    except BaseException: pass
def f(i): return 0
""",
        "pytest",
        """
import contextlib, solution
def test_a():
    with contextlib.contextmanager(solution.guard)() as g:
        raise ExceptionGroup('x', [AssertionError('41')]) if solution.f(1) != 41 else ValueError
""",
        {},
    ),
    "group through generator cm": (
        """
def guard():
    try: yield 1
    except BaseException: pass
async def f(i): return 0
""",
        "pytest",
        """
import contextlib, solution, asyncio
async def check(i): assert await solution.f(i) == i + 41
async def main():
    async with asyncio.TaskGroup() as tg:
        for i in range(3): tg.create_task(check(i))
def test_a():
    with contextlib.contextmanager(solution.guard)():
        asyncio.run(main())
""",
        {},
    ),
    "ExitStack.push(program's function)": (
        """
def on_exit(*a): return True
def f(x): return 0
""",
        "unittest",
        """
import unittest, solution, contextlib
class T(unittest.TestCase):
    def test_a(self):
        with contextlib.ExitStack() as st:
            st.push(solution.on_exit)
            self.assertEqual(solution.f(1), 41)
""",
        {},
    ),
    "ExitStack.push leaks": (
        "import re\nS=[]\ndef on_exit(k, e, t):\n    S.append(str(e)); return False\ndef f(x): return 0\ndef g(): return int(re.search(r'!= (\\d+)', S[0]).group(1))\n",
        "unittest",
        """
import unittest, solution, contextlib
W = 41
class T(unittest.TestCase):
    @unittest.expectedFailure
    def test_a(self):
        with contextlib.ExitStack() as st:
            st.push(solution.on_exit)
            self.assertEqual(solution.f(1), W)
    def test_b(self):
        self.assertEqual(solution.g(), W)
""",
        {},
    ),
    "done callback leaks": (
        "import re\nS=[]\ndef on_done(t):\n    e=t.exception()\n    if e: S.append(str(e))\nasync def f(x):\n    if S: return int(re.search(r'!= (\\d+)', S[0]).group(1))\n    return 0\n",
        "unittest",
        """
import unittest, solution, asyncio
class T(unittest.IsolatedAsyncioTestCase):
    async def test_a(self):
        async def check():
            self.assertEqual(await solution.f(1), 41)
        for n in range(3):
            t = asyncio.create_task(check())
            t.add_done_callback(solution.on_done)
            try:
                await t
                break
            except AssertionError:
                if n == 2: raise
""",
        {},
    ),
    "future.exception leaks": (
        "import re\nS=[]\ndef collect(fs):\n    for x in fs:\n        e=x.exception()\n        S.append(str(e))\n    return len(fs)\ndef f(x): return 0\ndef g(): return int(re.search(r'!= (\\d+)', S[0]).group(1))\n",
        "unittest",
        """
import unittest, solution
from concurrent.futures import ThreadPoolExecutor
W = 41
class T(unittest.TestCase):
    def test_a(self):
        def job(): self.assertEqual(solution.g.__name__, W)
        with ThreadPoolExecutor(1) as ex:
            fs = [ex.submit(job) for _ in range(2)]
        self.assertEqual(solution.collect(fs), 2)
        self.assertEqual(solution.g(), W)
""",
        {},
    ),
    "repr of a partial by known": (
        "import re\ndef go(run, job): return int(re.search(r'want=(\\d+)', str(run(repr, job))).group(1))\n",
        "asserts",
        """
import os, functools
def run(fn, *a): return fn(*a)
def check(x, want): return want
assert go(run, functools.partial(check, want=41)) == 41
""",
        {},
    ),
    "repr of bound method by known": (
        "import re\ndef go(run, job): return int(re.search(r'41|\\d\\d', str(run(repr, job))).group())\n",
        "asserts",
        """
import os
def run(fn, *a): return fn(*a)
class S:
    def __init__(self): self._w = 41
    def __repr__(self): return f'S({self._w})'
    def m(self): return 1
assert go(run, S().m) == 41
""",
        {},
    ),
    "repr by executor.submit": (
        "import re\ndef go(ex, job): return int(re.search(r'want=(\\d+)', ex.submit(repr, job).result()).group(1))\n",
        "unittest",
        """
import unittest, solution, functools
from concurrent.futures import ThreadPoolExecutor
def double(x, want): return want
class T(unittest.TestCase):
    def test_a(self):
        with ThreadPoolExecutor(1) as ex:
            self.assertEqual(solution.go(ex, functools.partial(double, 3, want=41)), 41)
""",
        {},
    ),
    "raw: A for default None": (
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
    if r[0]=="call":
        j=r[1][2][0]["J"][0]
        return ok({"A":[j,"x"]})
    return ok(0)
speak(only({"f": F}), reply)
""",
        "asserts",
        """
def cb(x=None): return x
assert f(cb) == 41
""",
        {},
    ),
    "raw: A for list.pop": (
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
    if r[0]=="call":
        j=r[1][2][0]["J"][0]
        return ok({"A":[j,"index"]})
    return ok(0)
speak(only({"f": F}), reply)
""",
        "asserts",
        """
import os
out = [1]
assert f(out.pop) == 41
""",
        {},
    ),
    "raw: A for instance class field": (
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
    if r[0]=="call":
        j=r[1][2][0]["J"][4]["J"][0]
        return ok({"A":[j,"want"]})
    return ok(0)
speak(only({"f": F}), reply)
""",
        "asserts",
        """
import os, dataclasses
@dataclasses.dataclass
class S:
    want: int
assert f(S(3)) == 41
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
