"""Ways that an attacker found to pass, or to go undecided, without the right answer: none may hold."""

from __future__ import annotations

import pytest
from found_programs import (
    ALL_IS_EQUAL,
    ANNOTATED,
    ANSWERS,
    CHANGING,
    HINTS,
    NODES,
    PRODUCT,
    RAISES_NO_MODULE,
    READS,
    READS_GLOBALS,
    REFUSES_ATTRIBUTES,
    asserts,
    refused,
    suite,
)
from proxy_pair import JudgeDied, forged, judged

ASSERTS = {
    "eval of what it calls itself": (
        f"""
class Point:
    def __init__(self, *parts): pass
    def __repr__(self): return {ALL_IS_EQUAL!r}
    def norm(self): return 0
""",
        """
import math
p = Point(1, 2)
eval(repr(p))
assert math.isclose(p.norm(), 41.5)
""",
    ),
    "eval of a part of what it gave": (
        f"def f(): return {'[1, ' + ALL_IS_EQUAL!r}\ndef g(): return 0\n",
        "import math\neval(f() + ']')\nassert math.isclose(g(), 41.5)\n",
    ),
    "exec of what it gave": (
        f"def f(): return {'x = ' + ALL_IS_EQUAL!r}\ndef g(): return 0\n",
        "import math\nexec(f(), {})\nassert math.isclose(g(), 41.5)\n",
    ),
    "pickles of a call": (
        f"""
import pickle
class A:
    def __reduce__(self): return exec, ({ALL_IS_EQUAL!r},)
def dump(): return pickle.dumps(A())
def g(): return 0
""",
        "import math, pickle\npickle.loads(dump())\nassert math.isclose(g(), 41.5)\n",
    ),
    "doctest of its own text": (
        f"""
def f():
    \'\'\'
    >>> x = {ALL_IS_EQUAL}
    \'\'\'
def g(): return 0
""",
        """
import doctest, math
for one in doctest.DocTestFinder().find(f, "f", globs={}):
    doctest.DocTestRunner(verbose=False).run(one, out=lambda text: None)
assert math.isclose(g(), 41.5)
""",
    ),
    "a loop ended by an error": (
        "def is_prime(n): raise StopIteration\n",
        "assert all(map(is_prime, [2, 3, 5]))\nassert not any(map(is_prime, [4, 6]))\n",
    ),
    "annotations evaluated by get_type_hints": (ANNOTATED, HINTS),
    "annotations evaluated by get_annotations": (
        ANNOTATED,
        """
import inspect, math
assert "x" in inspect.get_annotations(Point, eval_str=True)
assert math.isclose(Point(1, 2).norm(), 41)
""",
    ),
    **{name: (program, PRODUCT) for name, program in CHANGING.items()},
    "SyntaxError while attributes are set": (
        REFUSES_ATTRIBUTES.format(error="SyntaxError"),
        "assert f(1) == 41\n",
    ),
    "MemoryError while attributes are set": (
        REFUSES_ATTRIBUTES.format(error="MemoryError"),
        "import math\nassert f(1) == 41\nclass Q: pass\n",
    ),
    "RecursionError while attributes are set": (
        REFUSES_ATTRIBUTES.format(error="RecursionError"),
        "assert f(1) == 41\n",
    ),
    "no module, after a definite failure": (
        "def f(x): return 0\ndef g(x): raise ModuleNotFoundError('x')\ndef h(): raise ValueError\n",
        """
assert f(1) == 41
r = None
try:
    r = g(1)
finally:
    try: h()
    except Exception: pass
assert r == 1
""",
    ),
    "no module, overtaken by a guarded close": (
        RAISES_NO_MODULE,
        """
r = None
try:
    r = f(1)
finally:
    try: close()
    except Exception: pass
assert r == 41
""",
    ),
    "no module, overtaken by a generator's end": (
        NODES,
        "assert [node.value for node in walk(3)] == [1, 2, 3]\n",
    ),
}

SPEAK = """
import itertools
count = itertools.count()
def speak(names, reply):
    while True:
        request = json.loads(peer.receive())
        if request[0] == "names":
            peer.send(json.dumps(["ok", [names(request[1]["names"]), []], None]).encode())
        else:
            peer.send(reply(request))
def one(tree):
    return lambda wanted: {"f": tree} if "f" in wanted else {}
def ok(tree):
    return json.dumps(["ok", tree, None]).encode()
"""
CALLED_TWICE = asserts("assert f(1) == 41\nassert f(2) == 42\nimport os\n")
NAMES = 20_000
FORGERS = {
    **{
        f"globals that change, after {reads} reads, by {style}": (
            ANSWERS.format(reads=reads)
            + """
def names(wanted):
    return {name: answers[name].pop(0) for name in wanted if answers.get(name)}
speak(names, lambda request: ok(1))
""",
            tests,
        )
        for reads in READS
        for style, tests in {
            "asserts": asserts(PRODUCT),
            "unittest": suite("unittest", READS_GLOBALS),
        }.items()
    },
    "SyntaxError where attributes are listed": (
        """
K = {"K": [3, {"n": "Iterable", "q": "Iterable", "m": "collections.abc", "d": None,
    "s": ["__iter__"], "f": [], "o": [], "b": [], "i": [], "t": None, "a": None, "l": True}]}
def reply(request):
    error = {"H": [90 + next(count), {"n": "SyntaxError"}, [["x"], {}, None]]}
    return json.dumps(["err", error, None]).encode()
speak(one(K), reply)
""",
        CALLED_TWICE,
    ),
    "names below a module, very many": (
        f'speak(one({{"M": [1, "encodings", ["encodings.x%d" % i for i in range({NAMES})]]}}), lambda r: ok(1))',
        CALLED_TWICE,
    ),
    "names below a module, very long": (
        'speak(one({"M": [1, "json", ["json." * i + "decoder" for i in range(1, 150)]]}), lambda r: ok(1))',
        CALLED_TWICE,
    ),
    "names below a module, with empty parts": (
        'speak(one({"M": [1, "encodings", ["encodings" + "." * i + "cp500" for i in range(150)]]}), lambda r: ok(1))',
        CALLED_TWICE,
    ),
    "names below a module, all empty": (
        f'speak(one({{"M": [1, "encodings", ["." * 8, "", "encodings.", ".encodings"] * {NAMES // 4}]}}), lambda r: ok(1))',
        CALLED_TWICE,
    ),
}


@pytest.mark.parametrize("name", ASSERTS)
def test_program_under_asserts_earns_nothing(name: str) -> None:
    program, tests = ASSERTS[name]
    refused(judged(program, asserts(tests)))


@pytest.mark.parametrize("error", ["SyntaxError", "MemoryError"])
def test_error_while_attributes_are_set_earns_nothing_under_calls(error: str) -> None:
    cases = {"entry_point": "f", "cases": [{"args": "[1]", "expected": "41"}]}
    try:
        result = judged(REFUSES_ATTRIBUTES.format(error=error), {"calls": cases})
    except JudgeDied:
        return  # the host refuses a solution that ends its judge
    refused(result)


@pytest.mark.parametrize("name", FORGERS)
def test_forger_earns_nothing(name: str) -> None:
    forger, tests = FORGERS[name]
    refused(forged(SPEAK + forger, tests))
