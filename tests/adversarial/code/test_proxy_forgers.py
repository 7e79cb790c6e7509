"""Runtimes that speak the protocol themselves: a forged reply is worth no more than a returned value."""

from __future__ import annotations

import pytest
from proxy_pair import JudgeDied, forged

TESTS = {
    "asserts": {
        "test_code": "r = f(1)\nassert r in (39, 40, 41)\nassert r == 41\nassert f(2) == f(2) == 42\n",
        "entry_point": "f",
    }
}
UNITTEST = """
import unittest
import solution
class T(unittest.TestCase):
    def test_a(self):
        self.assertEqual(solution.f(1), 41)
    def test_b(self):
        self.assertIsInstance(solution.f(2), int)
        self.assertEqual(solution.f(2), 42)
    def test_c(self):
        self.assertEqual(solution.C(1) + solution.C(2), solution.C(3))
        self.assertEqual(solution.C(4).value, 4)
"""
CALLBACK = """
import unittest
from unittest import mock
import solution
SECRET = 41
class Helper:
    def __init__(self):
        self._expected = SECRET
        self.calls = []
    def told(self, x):
        self.calls.append(x)
class T(unittest.TestCase):
    def test_callback(self):
        helper = Helper()
        m = mock.Mock()
        result = solution.f(helper, helper.told, lambda: 1, m)
        m.assert_called_once_with(SECRET)
        self.assertEqual(helper.calls, [1, 2])
        self.assertEqual(result, helper._expected)
"""


def files(content: str) -> dict:
    suite = [{"path": "test_it.py", "content": content}]
    return {"files": {"files": suite, "solution_path": "solution.py", "runner": "unittest"}}


# Answers every request from `reply(request)`; requests that ask for names get `names`.
SPEAK = """
import itertools
def speak(names, reply):
    count = itertools.count()
    while True:
        request = json.loads(peer.receive())
        if request[0] == "names":
            given = {key: tree for key, tree in names.items() if key in request[1]["names"]}
            peer.send(json.dumps(["ok", [given, []], None]).encode())
        else:
            peer.send(reply(next(count), request))
def ok(tree, extras=None):
    return json.dumps(["ok", tree, extras]).encode()
F = {"F": [1, ["f", "f", None, "solution"], False, False]}
def kind(number, name="A", special=(), bases=({"n": "int"},), own=(), meta=()):
    return {"K": [number, {"n": name, "q": name, "m": "solution", "d": None, "s": list(special),
        "f": [], "o": list(own), "b": list(bases), "i": list(meta), "t": None, "a": None, "l": False}]}
"""
FORGERS = {
    "asks for no object while names are asked for": """
peer.receive()
peer.send(b'["back", ["get", 0, "x", [], [], []], null]')
peer.receive()
""",
    "marks no function while names are asked for": """
peer.receive()
peer.send(b'["back", ["get", 0, "x", [], [], []], {"a": [[99, [], []]]}]')
peer.receive()
""",
    "another answer each time": 'speak({"f": F}, lambda n, r: ok(39 + n))',
    "content that changes": """
def reply(n, r):
    if n == 0:
        return ok({"H": [2, kind(3, special=["__eq__", "__hash__"]), 39]})
    return ok(True, {"u": [[2, 41], [0, 41], [-1, 41]]})
speak({"f": F}, reply)""",
    "says it is equal": """
def reply(n, r):
    if n == 0:
        return ok({"H": [2, kind(3, special=["__eq__", "__ne__", "__hash__"], bases=[]), None]})
    return ok(True)
speak({"f": F}, reply)""",
    "all specials": """
S = ["__eq__", "__ne__", "__lt__", "__hash__", "__getattr__", "__class__", "__instancecheck__",
     "__init__", "__new__", "__del__", "__reduce__", "__dict__", "__info__", "__reference__",
     "__getattribute__", "__subclasshook__", "__init_subclass__", "__set_name__"]
def reply(n, r):
    return ok({"H": [2 + n, kind(99, special=S) if n == 0 else {"k": 99}, 39]})
speak({"f": F}, reply)""",
    "own names": """
O = ["__eq__", "real", "__info__", "__reference__", "__class__", "__hash__"]
speak({"f": F}, lambda n, r: ok({"H": [2 + n, kind(99 + n, own=O), 39]}))""",
    "passes by name": """
speak({"f": F, "check": F, "r": 41, "__given__": 1, "__missing__": []}, lambda n, r: ok(True))""",
    "a judge's object": 'speak({"f": F}, lambda n, r: ok({"j": 0}))',
    "argument of nobody": 'speak({"f": F}, lambda n, r: ok({"a": 7}))',
    "argument echoed": 'speak({"f": F}, lambda n, r: ok({"a": 0}))',
    "an argument rewritten": 'speak({"f": F}, lambda n, r: ok(39, {"u": [[0, 41], [5, 1], [-1, [41]]]}))',
    "a list that becomes 41": """
def reply(n, r):
    if n == 0:
        return ok({"L": [2, [], False]})
    return ok(None, {"u": [[2, 41]]})
speak({"f": F}, reply)""",
    "a list of the judge's numbers": 'speak({"f": F}, lambda n, r: ok({"L": [-1, [41], False]}))',
    "a list told of twice": 'speak({"f": F}, lambda n, r: ok([{"L": [2, [], False]}, {"L": [2, [], False]}]))',
    "a list nobody told of": 'speak({"f": F}, lambda n, r: ok({"l": 7}))',
    "a number as a list": 'speak({"f": F}, lambda n, r: ok({"L": [2, 41, False]}))',
    "a list without a content": 'speak({"f": F}, lambda n, r: ok({"L": [2]}))',
    "an array with a limit": 'speak({"f": F}, lambda n, r: ok({"L": [2, {"v": ["deque", [[], "x"]]}, 1]}))',
    "more lists than are told": """
speak({"f": F}, lambda n, r: ok([{"L": [2 + k, [], False]} for k in range(200000)]))""",
    "a metaclass that is none": """
speak({"f": F}, lambda n, r: ok({"H": [2 + n, {"K": [50 + n, {**kind(3)["K"][1], "t": ({"n": "int"},
    {"n": "type"}, {"j": 0}, 7, [], kind(4), F)[n % 7]}]}, 39]}))""",
    "an instance of a metaclass": """
speak({"f": F}, lambda n, r: ok({"H": [2 + n, kind(3, bases=[{"n": "type"}], special=["__eq__",
    "__hash__"]) if n == 0 else {"k": 3}, None]}))""",
    "a class of a metaclass": """
M = kind(3, bases=[{"n": "type"}], special=["__eq__", "__ne__", "__hash__", "__bool__"])
def reply(n, r):
    if r[0] != "call":
        return ok(True)
    made = kind(50 + n, special=["__eq__", "__ne__", "__hash__"], bases=[], meta=["eq", "repr", "len"])
    made["K"][1]["t"] = M if n == 0 else {"k": 3}
    return ok(made)
speak({"f": F}, reply)""",
    "a metaclass of the judge's classes": """
speak({"f": F}, lambda n, r: ok(kind(3, bases=[{"n": "type"}, {"n": "int"}])))""",
    "functions by name": """
NAMES = ["posix:system", "builtins:exec", "operator:attrgetter", "numpy:load", "str", 7, None]
speak({"f": F}, lambda n, r: ok({"g": NAMES[n % 7]}))""",
    "hints that are none": """
TREES = [["typing:List", [41]], ["list", [{"j": 0}]], ["|", [41, 1]], ["|", []], ["type", [{"n": "int"}]], ["os:system", None],
    ["typing:Literal", [[[1]]]], ["typing:Callable", [1]], [None, None], 7, ["typing:Union", [{"n": "int"}] * 9], ["list", None],
    ["collections.abc:Hashable", [{"n": "int"}]], ["typing:ForwardRef", ["x()"]], ["typing:List", ["x()"]]]
speak({"f": F}, lambda n, r: ok({"T": TREES[n % 15]}))""",
    "a hint that is called": 'speak({"f": {"T": ["list", [{"n": "int"}]]}}, lambda n, r: ok(41))',
    "abstract without names": """
A = [7, "x", [1], {"d": [[], []]}, None]
def reply(n, r):
    made = kind(3 + n)
    made["K"][1]["a"] = A[n % 5]
    return ok({"H": [60 + n, made, 39]})
speak({"f": F}, reply)""",
    "an instance of an abstract class": """
def reply(n, r):
    made = kind(3 + n, bases=[])
    made["K"][1]["a"] = ["x"]
    return ok({"H": [60 + n, made, None]})
speak({"f": F}, reply)""",
    "a function of the judge as the program's": 'speak({"f": {"g": "operator:eq"}}, lambda n, r: ok(True))',
    "changes of what is none": """
TREES = [{"D": [99, "class", {}]}, {"D": [0, "texts", [1]]}, {"D": 1}, {"D": [0, "object", {"n": "int"}]}]
speak({"f": F}, lambda n, r: ["ok", 41, {"k": [TREES[n % 4]]}])""",
    "defaults that are none": """
TREES = [{"A": [0, "x"]}, {"A": [7, "x"]}, {"A": 1}, {"A": ["x", 0]}, {"A": [-1, None]}]
speak({"f": F}, lambda n, r: ok(TREES[n % 5]))""",
    "a default asked for": """
def reply(n, r):
    for what in ("default", "derived"):
        for number in (0, 1, -1, 99):
            peer.send(json.dumps(["back", [what, number, "x", [], [], []], None]).encode())
            peer.receive()
    return ok(41)
speak({"f": F}, reply)""",
    "content of another type": 'speak({"f": F}, lambda n, r: ok({"H": [2, kind(3), "41"]}))',
    "list for int": 'speak({"f": F}, lambda n, r: ok({"H": [2, kind(3), [41]]}))',
    "bases that clash": """
speak({"f": F}, lambda n, r: ok({"H": [2, kind(3, bases=[{"n": "int"}, {"n": "str"}]), 41]}))""",
    "base type": 'speak({"f": F}, lambda n, r: ok({"H": [2, kind(3, bases=[{"n": "type"}]), None]}))',
    "base bool": 'speak({"f": F}, lambda n, r: ok({"H": [2, kind(3, bases=[{"n": "bool"}]), True]}))',
    "base of itself": """
speak({"f": F}, lambda n, r: ok({"H": [2, kind(3, bases=[kind(3)]), None]}))""",
    "class twice": """
speak({"f": F}, lambda n, r: ok([{"H": [2, kind(3), 41]}, {"H": [4, kind(3), 42]}]))""",
    "class beyond the list": 'speak({"f": F}, lambda n, r: ok({"n": "exec"}))',
    "exception exec": """
speak({"f": F}, lambda n, r: json.dumps(["err", {"H": [2, {"n": "print"}, [[], {}, None]]}, None]).encode())""",
    "raises no exception": 'speak({"f": F}, lambda n, r: json.dumps(["err", 41, None]).encode())',
    "raises itself": """
speak({"f": F}, lambda n, r: json.dumps(
    ["err", {"H": [2, {"n": "KeyError"}, [[41], {"__traceback__": 1, "args": [1]}, None]]}, None]).encode())""",
    "function told of as an exception": 'speak({"f": F}, lambda n, r: ok({"E": [1, [[], {}]]}))',
    "module unittest": 'speak({"f": {"M": [1, "unittest.case"]}}, lambda n, r: ok(41))',
    "module main": 'speak({"f": {"M": [1, "__main__"]}}, lambda n, r: ok(41))',
    "module sys for f": 'speak({"f": {"M": [1, "sys"]}}, lambda n, r: ok(41))',
    "constant for f": 'speak({"f": 41}, lambda n, r: ok(41))',
    "unhashable handle": 'speak({"f": F}, lambda n, r: ok({"h": []}))',
    "bool handle": 'speak({"f": F}, lambda n, r: ok({"H": [True, kind(3), 41]}))',
    "unknown tag": 'speak({"f": F}, lambda n, r: ok({"zz": 1}))',
    "tag of a method": 'speak({"f": F}, lambda n, r: ok({"_": 1}))',
    "two tags": 'speak({"f": F}, lambda n, r: ok({"t": [1], "s": [2]}))',
    "type beyond the table": 'speak({"f": F}, lambda n, r: ok({"v": ["os.system", ["true"]]}))',
    "parts that do not fit": 'speak({"f": F}, lambda n, r: ok({"v": ["fraction", [1, 0]]}))',
    "bad array": 'speak({"f": F}, lambda n, r: ok({"v": ["ndarray", ["O", [1], {"y": "AAAA"}]]}))',
    "pattern bomb": 'speak({"f": F}, lambda n, r: ok({"v": ["pattern", ["(" * 90000, 0]]}))',
    "unhashable key": 'speak({"f": F}, lambda n, r: ok({"d": [[[1]], [2]]}))',
    "keys without values": 'speak({"f": F}, lambda n, r: ok({"d": [[1, 2], [2]]}))',
    "no reply": 'speak({"f": F}, lambda n, r: b"null")',
    "no JSON": 'speak({"f": F}, lambda n, r: b"\\xff\\xfe")',
    "trailing bytes": 'speak({"f": F}, lambda n, r: ok(41) + b" x")',
    "deep": 'speak({"f": F}, lambda n, r: b\'["ok",\' + b"[" * 100000 + b"]" * 100000 + b",null]")',
    "as deep as can be sent": """
speak({"f": F}, lambda n, r: ok({"L": [2 + n, json.loads("[" * 300 + "]" * 300), False]}))""",
    "longer when sent again": """
speak({"f": F}, lambda n, r: b'["ok",{"L":[2,[' + b"1e15," * 3000000 + b"1],false]},null]")""",
    "wide": 'speak({"f": F}, lambda n, r: b\'["ok",{"L":[2,[\' + b"[]," * 5000000 + b"1],false]},null]")',
    "a folder full of files": """
speak({"f": F}, lambda n, r: ok(7, {"w": [[f"{n}-{i}", ""] for i in range(1500)]}))""",
    "long number": 'speak({"f": F}, lambda n, r: b\'["ok",\' + b"9" * 100000 + b",null]")',
    "long announcement": "import struct\npeer.receive()\npeer._connection.sendall(struct.pack('<I', 2**31))",
    "half a message": "peer.receive()\npeer._connection.sendall(b'\\x10\\x00\\x00\\x00abc')\npeer.close()",
    "closes": "peer.close()",
    "result at once": """
peer.send(b'{"result": {"passed": true, "tests": 3, "ran": 3}}')
peer.receive()""",
    "unloaded with a verdict": """
peer.receive()
peer.send(b'["unloaded", {"reason": "tests_passed", "text": ""}, null]')""",
    "unloaded as undecided": """
peer.receive()
peer.send(b'["unloaded", {"reason": "invalid_tests", "text": ""}, null]')""",
    "too large": 'speak({"f": F}, lambda n, r: b\'["large", "x", null]\')',
    "output that is none": 'speak({"f": F}, lambda n, r: ok(39, {"o": [1, 2]}))',
    "file outside": 'speak({"f": F}, lambda n, r: ok(39, {"w": [["../x", ""], ["/tmp/x", ""]]}))',
    "asks for ever": """
request = peer.receive()
for _ in range(2000):
    peer.send(b'["back", ["get", 0, "x", [], [], []], null]')
    peer.receive()""",
    "asks for no object": """
peer.receive()
peer.send(b'["back", ["call", 99, "", [], [], []], null]')
peer.receive()""",
    "changes what it was never lent": """
peer.receive()
peer.send(b'["back", ["get", 0, "x", [], [], []], {"u": [[0, [39]], [99, []], ["a", 1]]}]')
peer.receive()""",
    "asks in no thread": """
peer.receive()
peer.send(b'["wait", null, {"b": [[1, ["call", 0, "", [], [], []], []]]}]')
peer.receive()""",
    "asks in threads what it was never given": """
peer.receive()
peer.send(b'["wait", null, {"t": true, "b": [[-1, ["call", 99, "", [], [], []], []], [-1, 7, []]]}]')
peer.receive()""",
    "asks in more threads than there are": """
one = [-1, ["get", 0, "x", [], [], []], []]
while True:
    peer.receive()
    peer.send(json.dumps(["wait", None, {"b": [one] * 20000}]).encode())""",
    "waits with a value": """
peer.receive()
peer.send(b'["wait", 41, {"o": [1, 2], "l": true, "p": true}]')
peer.receive()""",
    "a protocol of code": """
made = kind(3)
made["K"][1]["p"] = ["__class__", "x;import os"]
speak({"f": F}, lambda n, r: ok({"H": [2 + n, made if n == 0 else {"k": 3}, 41]}))""",
    "an alias of the judge's": 'speak({"f": F}, lambda n, r: ok({"U": [{"n": "int"}, []]}))',
    "errors behind errors that are none": """
made = kind(3, bases=({"n": "ValueError"},))
def reply(n, r):
    error = {"H": [2 + n, made if n == 0 else {"k": 3}, [[], {}, 41, {"h": 99}, 7]]}
    return json.dumps(["err", error, None]).encode()
speak({"f": F}, reply)""",
    "gives back what it was never lent": 'speak({"f": F}, lambda n, r: ok(39, {"u": [[-1, [39]]]}))',
    "a module that runs": """
speak({"f": {"M": [1, "asyncio", ["asyncio.__main__", "asyncio", "os", "asyncio."]]}}, lambda n, r: ok(39))""",
    "modules that are none": 'speak({"f": {"M": [1, "asyncio", [7]]}}, lambda n, r: ok(39))',
    "frames of code": """
CODE = "a():\\n  import os\\ndef b"
peer.receive()
for frames in ([CODE, "class", "a"], [7]):
    peer.send(json.dumps(["back", ["get", 0, "x", [], [], frames], None]).encode())
    peer.receive()""",
}


@pytest.mark.parametrize("tests", [TESTS, files(UNITTEST)], ids=["asserts", "unittest"])
@pytest.mark.parametrize("forger", FORGERS)
def test_forger_earns_nothing(forger: str, tests: dict) -> None:
    try:
        result = forged(SPEAK + FORGERS[forger], tests)
    except JudgeDied:
        return  # the host refuses a solution that ends its judge
    assert not result["passed"]
    assert result["reason"] not in ("invalid_tests", "tests_need_shared_interpreter"), result


def test_who_speaks_as_a_runtime_does_passes() -> None:
    """What the forgers are made of is the protocol: none of them fails for its shape alone."""
    honest = """
def reply(n, r):
    content = 41 if n == 0 else 42
    return ok({"H": [2 + n, kind(9) if n == 0 else {"k": 9}, content]})
speak({"f": F}, reply)"""
    assert forged(SPEAK + honest, TESTS)["reason"] == "tests_passed"


# What a solution asks of the tests' objects; each line is sent while its f is called.
QUESTIONS = {
    "private attribute": ["get", 1, "_expected"],
    "dict": ["get", 1, "__dict__"],
    "class": ["get", 1, "__class__"],
    "module names": ["get", 2, "__globals__"],
    "self of a method": ["get", 2, "__self__"],
    "code": ["get", 3, "__code__"],
    "globals of a function": ["get", 3, "func_globals"],
    "assertion replaced": ["set", 4, "assert_called_once_with"],
    "return value": ["get", 4, "return_value"],
    "calls of a mock": ["get", 4, "mock_calls"],
    "mock reset": ["get", 4, "reset_mock"],
    "mock made anew": ["special", 4, "__init__"],
    "method replaced": ["set", 1, "told"],
    "reduced": ["special", 1, "__reduce__"],
    "compared": ["special", 1, "__eq__"],
    "attribute set": ["special", 1, "__setattr__"],
    "unknown request": ["exec", 1, "x"],
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_question_gets_no_secret(question: str) -> None:
    """Each answer is an error (or the end), and none holds the expected value."""
    what, number, name = QUESTIONS[question]
    forger = (
        SPEAK
        + f"""
def reply(n, r):
    if r[0] == "call":
        peer.send(json.dumps(["back", [{what!r}, {number}, {name!r}, [], [], []], None]).encode())
        answer = json.loads(peer.receive())
        value = 41 if answer[0] == "ok!" or "41" in json.dumps(answer) else 7
        return ok({{"t": ["said", value]}})
    return ok(None)
speak({{"f": F}}, reply)
"""
    )
    result = forged(
        forger,
        files(
            CALLBACK.replace(
                "self.assertEqual(helper.calls",
                "self.assertNotEqual(result, ('said', 41))\n        self.assertEqual(helper.calls",
            ).replace("m.assert_called_once_with(SECRET)", "")
        ),
    )
    assert not result["passed"]
    told = " ".join(one["actual"] for one in result["failed"])
    assert "('said', 41) == ('said', 41)" not in told
