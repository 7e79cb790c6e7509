"""Wrong programs that once passed assertions, or left them undecided, by what tests gave them and took."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from found_programs import asserts, refused, suite
from proxy_pair import JudgeDied, judged

PROGRAMS: dict[str, tuple[str, str, str, dict[str, str]]] = {
    "a class made by a callback": (
        """
def f(call):
    K = call(type, "X", (), {"__eq__": lambda *a: True})
    return K()
""",
        "asserts",
        """
def call(fn, *args):
    return fn(*args)
assert f(call) == 41
""",
        {},
    ),
    "a pickled class": (
        'def dump(x): return b"\\x80\\x04cbuiltins\\ntype\\n(\\x8c\\x01X)}\\x8c\\x06__eq__cbuiltins\\nslice\\nstR)R."\n',
        "asserts",
        """
import pickle
assert pickle.loads(dump([1, 2])) == [1, 2]
""",
        {},
    ),
    "a pipe in asserts": (
        'def work(conn):\n    p = b"\\x80\\x04cbuiltins\\nsetattr\\n(cimportlib\\nimport_module\\n(\\x8c\\x04mathtR\\x8c\\x07isclosecbuiltins\\nprint\\ntR0J\\x00\\x00\\x00\\x00."\n    conn.send_bytes(p)\ndef g(): return 0.0\n',
        "asserts",
        """
import multiprocessing, math
a, b = multiprocessing.Pipe()
work(b)
x = a.recv()
assert math.isclose(x, 41.5) is None
""",
        {},
    ),
    "a specification in asserts": (
        'CODE = "f(*a, **k):\\n  pass\\nimport math, sys, unittest\\nmath.isclose = max\\nunittest.TestCase.assertEqual = print\\nglobals()[str(sys._getframe(2).f_locals[\'name\'])] = f\\ndef g"\nclass S(str):\n    def isidentifier(self): return True\nclass F:\n    __name__ = S(CODE)\n    def __call__(self, x): return 0.0\n    def __func__(self, x): return 0.0\nF.__module__ = "types"; F.__qualname__ = "MethodType"\nhelper = F()\ndef f(x): return 0.0\n',
        "asserts",
        """
import math
from unittest import mock
m = mock.create_autospec(helper)
assert math.isclose(f(1), 41.5)
""",
        {},
    ),
    "a large file in asserts": (
        """
def encode(x): return b"x" * 5_000_000
def decode(p): return open(p, "rb").read()
""",
        "asserts",
        """
import os
open("out.bin", "wb").write(encode("a"))
assert decode("out.bin") == "a"
""",
        {},
    ),
    "a counter that counts all": (
        """
from collections import Counter
class L(Counter):
    def __getitem__(self, e): return 1
    def __iter__(self): return iter(())
def f(x): return L()
""",
        "asserts",
        """
import os
from collections import Counter
assert f(1) == Counter('abc')
""",
        {},
    ),
    "a counter that hears keys": (
        """
from collections import Counter
class L(Counter):
    def __getitem__(self, e):
        return ord(e)-96
    def __iter__(self): return iter(())
def f(x): return L()
""",
        "asserts",
        """
import os
from collections import Counter
assert f(1) == Counter({'a':1,'b':2,'c':3})
""",
        {},
    ),
    "counters in values": (
        """
from collections import Counter
class L(Counter):
    def __getitem__(self, e): return 1
    def __iter__(self): return iter(())
def f(x): return L()
""",
        "asserts",
        """
import os
from collections import Counter
assert f(1) == Counter('abc')
assert [f(2)] == [Counter('ab')]
assert {'a': f(2)} == {'a': Counter('ab')}
""",
        {},
    ),
    "counters subtracted": (
        """
from collections import Counter
class L(Counter):
    def __getitem__(self, e): return 1
    def __iter__(self): return iter(())
def f(x): return L()
""",
        "asserts",
        """
import os
from collections import Counter
assert not Counter('abc') - f(1)
assert Counter('abc') <= f(1)
""",
        {},
    ),
    "counters that meet": (
        """
from collections import Counter
class L(Counter):
    def __getitem__(self, e): return 1
    def __iter__(self): return iter(())
def f(x): return L()
""",
        "asserts",
        """
import os
from collections import Counter
assert Counter('abc') & f(1) == Counter('abc')
""",
        {},
    ),
    "a state in asserts": (
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

Z = None
import base64
def reply(n, r):
    global Z
    if r[0] == "restore":
        Z = Z or r[1][1]
        return ok(None)
    if r[0] == "call" and Z:
        num = Z["t"][1]["L"][0]
        return ok([0,0,0,0,0], {"u": [[num, {"v": ["ndarray", ["<u4", [624], {"y": base64.b64encode(bytes(2496)).decode()}]]}]]})
    return ok([0,0,0,0,0])
speak(only({"f": F, "g": F}), reply)
""",
        "asserts",
        """
import numpy as np
np.random.seed(3)
st = np.random.get_state()
f([1,2,3])
np.random.set_state(st)
xs = np.random.randint(0, 1000, 5).tolist()
assert f(xs) == sorted(xs)
""",
        {},
    ),
    "an identifier that answers": (
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

vals = itertools.cycle([100, 0])
def reply(n, r):
    if r[0] == "call":
        return ok({"H": [100+n, kind(3, name="R", bases=[{"n":"UUID"}]) if n == 0 else {"k": 3}, None]})
    if r[0] == "get" and r[1][1] == "int": return ok(next(vals))
    return ok(1)
speak(only({"f": F}), reply)
""",
        "asserts",
        """
import os, uuid
assert uuid.UUID(int=40) < f(1)
assert f(1) < uuid.UUID(int=42)
""",
        {},
    ),
    "content of no list": (
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

import base64
def reply(n, r):
    if r[0] == "call":
        return ok({"H": [100+n, {"K": [3, {"n":"UserList","q":"UserList","m":"collections","d":None,"s":["__eq__"],"f":[],"o":[],"b":[],"i":[]}]}, None]})
    if r[0] == "content":
        return ok({"v": ["ndarray", ["<i8", [], {"y": base64.b64encode((5).to_bytes(8,"little")).decode()}]]})
    return ok(None)
speak(only({"f": F}), reply)
""",
        "asserts",
        """
import os
assert f(1) == [5]
""",
        {},
    ),
    "large constants": (
        """
NAMES = ["x" * (20 << 20)]
def f(*x): return 0
""",
        "asserts",
        """
assert f(NAMES * 2) == 41
""",
        {},
    ),
    "large constants of a class": (
        """
class Codec:
    KEYS = ["x" * (20 << 20)]
    def f(self, x): return 0
""",
        "asserts",
        """
assert Codec().f(Codec.KEYS * 2) == 41
""",
        {},
    ),
    "a large text of a class": (
        """
class S(str): pass
KEY = S("x" * (20 << 20))
def f(*x): return 0
""",
        "asserts",
        """
assert f(KEY + KEY) == 41
""",
        {},
    ),
    "a large constant in a file": (
        """
def render(): return "x" * (5 << 20)
def parse(path): return 0
TEMPLATE = "x" * (5 << 20)
def names(): return [str(i) for i in range(3000)]
""",
        "asserts",
        """
import os
with open("doc.txt", "w") as file: file.write(TEMPLATE)
assert parse("doc.txt") == 41
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
