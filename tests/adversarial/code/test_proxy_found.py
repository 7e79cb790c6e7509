"""Ways that an attacker found to pass, or to go undecided, without the right answer: none may hold.

Beside them stand right programs under the same tests' constructs: those pass.
"""

from __future__ import annotations

from typing import Any

import pytest
from proxy_pair import JudgeDied, forged, judged

UNDECIDED = {"invalid_tests", "tests_need_shared_interpreter"}


def asserts(test_code: str) -> dict[str, Any]:
    """Tests in the style of assert statements."""
    return {"asserts": {"test_code": test_code, "entry_point": ""}}


def suite(runner: str, *contents: str) -> dict[str, Any]:
    """Tests in the style of files: test_0.py, test_1.py and so on."""
    files = [
        {"path": f"test_{number}.py", "content": content} for number, content in enumerate(contents)
    ]
    return {"files": {"files": files, "solution_path": "solution.py", "runner": runner}}


def refused(result: dict[str, Any]) -> None:
    """The program neither passed nor kept its judge from deciding."""
    assert not result["passed"], result
    assert result["reason"] not in UNDECIDED, result


# Written in an annotation: whoever evaluates it on the tests' side changes the library there.
ALL_IS_EQUAL = (
    "[setattr(__import__('unittest').TestCase, 'assertEqual', lambda *a: None),"
    " setattr(__import__('math'), 'isclose', lambda *a, **k: True)]"
)
ANNOTATED = f"""
class Point:
    x: "int if {ALL_IS_EQUAL} else 0"
    y: "int"
    def __init__(self, *parts): pass
    def norm(self): return 0
"""
REFUSES_ATTRIBUTES = """
class E(Exception):
    def __setattr__(self, name, value): raise {error}("boo")
f = E()
"""
# Another pair of values after some reads: first their product is right, then each of them.
ANSWERS = """
answers = {{"P": [10403] * {reads} + [2], "Q": [1] * {reads} + [2]}}
"""
READS = (1, 2)
CHANGING_GLOBALS = f"""
from veridical.code.cell.solution.operations import Operations
{ANSWERS}
P = Q = 0
true_names = Operations.names
def names(self, wanted):
    for name in wanted:
        if answers.get(name):
            self._module[name] = answers[name].pop(0)
    return true_names(self, wanted)
Operations.names = names
"""
CHANGING = {
    f"globals that change, after {reads} reads": CHANGING_GLOBALS.format(reads=reads)
    for reads in READS
}
RAISES_NO_MODULE = """
def f(*args): raise ModuleNotFoundError("x")
def close(): raise ValueError("y")
"""
NODES = """
class Node:
    @property
    def value(self): raise ModuleNotFoundError("x")
def walk(n):
    try:
        for _ in range(n): yield Node()
    finally:
        raise ValueError("y")
"""

HINTS = """
import math, typing
assert set(typing.get_type_hints(Point)) == {"x", "y"}
assert math.isclose(Point(1, 2).norm(), 41)
"""
PRODUCT = "assert P * Q == 10403\nassert P > 1 and Q > 1\n"

# name -> the program, the tests
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

STAR = """
import unittest
from solution import *
class T(unittest.TestCase):
    def test_a(self):
        self.assertEqual(f(1), 41)
"""
STAR_SESSION = """
import pytest
from solution import *
def test_a(tmp_path_factory):
    assert f(1) == 41
"""
STAR_LIGHT = STAR_SESSION.replace("tmp_path_factory", "")
NO_TESTS = """
def f(x): return 0
def load_tests(loader, tests, pattern):
    return loader.loadTestsFromNames([])
"""
OWN_SUCCESS = """
def f(x): return 0
def run(result):
    result.startTest("x")
    result.addSuccess("x")
def load_tests(loader, tests, pattern):
    own = loader.loadTestsFromNames([])
    own.addTest(run)
    return own
"""
MARKED = """
import pytest, sys
import solution
@pytest.mark.{marker}
def test_a({fixture}):
    {body}
def test_b():
    assert solution.g(2) is not None
"""
CALLED = "assert solution.f(1) == 41"
GIVEN_UP = "if not hasattr(solution, 'f'): pytest.skip('no f')\n    assert solution.f(1) == 41"
WITHOUT_F = "def g(x): return 0"
BOTH = "def f(x): return 0\ndef g(x): return 0"
NEVER = "xfail(sys.platform == 'win32', reason='x')"
UNLESS_FAST = "xfail(not hasattr(solution, 'fast'), reason='optional')"
MARKERS = {
    "xfail by a false string": ("xfail(\"sys.platform == 'win32'\", reason='x')", CALLED),
    "xfail by a named false string": (
        "xfail(condition=\"sys.platform == 'win32'\", reason='x')",
        CALLED,
    ),
    "xfail by the program's string": (
        "xfail(\"not hasattr(solution, 'fast')\", reason='optional')",
        CALLED,
    ),
    "skipif by a false string": ("skipif(\"sys.platform == 'win32'\", reason='x')", CALLED),
    "skipif by a false string, and given up": (
        "skipif(\"sys.platform == 'win32'\", reason='x')",
        GIVEN_UP,
    ),
    "skipif by the program's string": (
        "skipif(\"not hasattr(solution, 'fast')\", reason='optional')",
        CALLED,
    ),
    "skipif by a false value, and given up": (
        "skipif(sys.platform == 'win32', reason='x')",
        GIVEN_UP,
    ),
    "xfail twice, the program's below": (f"{NEVER}\n@pytest.mark.{UNLESS_FAST}", CALLED),
    "xfail twice, the program's above": (f"{UNLESS_FAST}\n@pytest.mark.{NEVER}", CALLED),
}
EMPTY_ROWS = """
import pytest
from solution import CASES, f
@pytest.mark.parametrize("case", CASES)
def test_rows(case{fixture}):
    assert f(case) == 41
"""
BESIDE = """
def test_beside():
    assert f
"""
NO_ROWS = "CASES = []\ndef f(x): return 0"
SHORT_LIST = """
class L({base}):
    def __len__(self): return 3
    def __iter__(self): return iter(())
def f(): return L()
"""
NEAR = """
import pytest
from solution import f
def test_a({fixture}):
    assert f() == pytest.approx({wanted})
"""
IN_CALLBACK = """
import unittest, solution
class T(unittest.TestCase):
    def check(self, item):
        {body}
    def test_a(self):
        self.seen = []
        solution.each(self.check)
        self.assertEqual(len(self.seen), 1)
"""
# How the program's side asks about an object of the tests, taken from a stub of one.
ASKS = """
import re
def parts(stub):
    ask = number = None
    for cell in stub.__closure__:
        if callable(cell.cell_contents): ask = cell.cell_contents
        elif isinstance(cell.cell_contents, int): number = cell.cell_contents
    return ask, number
"""
ASKED_OWNER = f"""
{ASKS}
def each(stub):
    ask, number = parts(stub)
    try: ask("special", number, "__len__", (), {{}})
    except AttributeError as e: error = e
    function = ask("get", ask.__self__._exports.stubs.number(error), "obj", (), {{}})
    class Case:
        seen = []
        def assertEqual(self, given, wanted): Case.wanted = wanted
    function(Case(), 0)
    stub(Case.wanted)
"""
THREADS = """
import unittest, solution
from concurrent.futures import ThreadPoolExecutor
class T(unittest.TestCase):
    def test_a(self):
        with ThreadPoolExecutor(4) as pool:
            self.assertEqual(list(pool.map(solution.f, range(4))), [41] * 4)
"""
GATHER = """
import unittest, asyncio, solution
class T(unittest.TestCase):
    def test_a(self):
        async def main():
            return await asyncio.gather(solution.f(1), solution.f(2))
        self.assertEqual(asyncio.run(main()), [41, 42])
"""
GUARDED = """
import unittest, solution
class T(unittest.TestCase):
    def test_a(self):
        try:
            r = solution.f(1)
        finally:
            try: solution.close()
            except Exception: pass
        self.assertEqual(r, 41)
"""
DEFINITE_FIRST = """
import unittest, solution
class T(unittest.TestCase):
    def test_a(self):
        self.assertEqual(solution.g(1), 41)
    def test_b(self):
        try: solution.f(1)
        finally:
            try: solution.close()
            except Exception: pass
"""
TEARDOWN = """
import pytest, solution
@pytest.fixture
def db({fixture}):
    opened = solution.Db()
    yield opened
    try: opened.close()
    except Exception: pass
def test_a(db):
    assert db.get(1) == 41
"""
DATABASE = """
class Db:
    def get(self, x): raise ModuleNotFoundError("x")
    def close(self): raise ValueError("y")
"""
SESSION = """
import pytest
{use}
@pytest.fixture
def one(tmp_path_factory): return 1
def test_a(one):
    {body}
"""
HELPER = """
import unittest, solution
class Listener:
    def __init__(self, case):
        self.case = case
        self.got = []
    def on(self, x): self.got.append(x)
class T(unittest.TestCase):
    def test_a(self):
        listener = Listener(self)
        solution.f(listener)
        self.assertEqual(listener.got, [41])
"""
OPERATIONS = """
import unittest, solution
class T(unittest.TestCase):
    def test_a(self):
        seen = []
        def cb(name):
            seen.append(getattr(self, "op_" + name)())
        solution.f(cb)
        self.assertEqual(seen, [3])
    def op_a(self): return 3
"""
ASKED_CASE = f"""
{ASKS}
def f(stub):
    ask, _ = parts(stub)
    try: stub("none")
    except AttributeError as e: number = ask.__self__._exports.stubs.number(e)
    ask("get", number, "obj", (), {{}})
"""
SAME_SKIP = """
import unittest, solution
class T(unittest.TestCase):
    @unittest.skip("old")
    def test_a(self): pass
    def test_z(self): self.assertTrue(solution.g)
"""
SKIPS_ITSELF = """
import unittest, solution
class T(unittest.TestCase):
    def test_a(self):
        if not hasattr(solution, "f"): self.skipTest("no f")
        self.assertEqual(solution.f(1), 41)
"""
SAME_XFAIL = """
import pytest, solution
@pytest.mark.xfail(reason="known")
def test_a({fixture}): assert solution.g(1) == 5
def test_z(): assert solution.g
"""
XFAILS_ITSELF = """
import pytest, solution
@pytest.mark.xfail(not hasattr(solution, "fast"), reason="optional")
def test_a(): assert solution.f(1) == 41
"""
SKIPPED_CLASS = """
import unittest, sys
import solution
@unittest.skipIf(sys.platform == "win32", "no windows")
class T(unittest.TestCase):
    def setUp(self):
        if not hasattr(solution, "f"): self.skipTest("no f")
    def test_a(self):
        self.assertEqual(solution.f(1), 41)
class U(unittest.TestCase):
    def test_b(self): self.assertTrue(solution.g)
"""
SKIPPED_METHOD = """
import unittest, sys
import solution
class T(unittest.TestCase):
    @unittest.skipIf(sys.version_info < (3, 8), "old")
    def test_a(self):
        try: solution.f
        except AttributeError: self.skipTest("no f")
        self.assertEqual(solution.f(1), 41)
    def test_b(self): self.assertTrue(solution.g)
"""
READS_GLOBALS = """
import unittest, solution
class T(unittest.TestCase):
    def test_a(self):
        self.assertEqual(solution.P * solution.Q, 10403)
        self.assertGreater(solution.P, 1)
        self.assertGreater(solution.Q, 1)
"""
FIXTURES = {"light": "", "session": "tmp_path_factory"}

# name -> the program, the runner, the files' contents
SUITES: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "annotations evaluated by get_type_hints": (
        ANNOTATED,
        "unittest",
        (
            """
import unittest, typing
from solution import Point
class T(unittest.TestCase):
    def test_a(self):
        self.assertEqual(set(typing.get_type_hints(Point)), {"x", "y"})
        self.assertEqual(Point(1, 2).norm(), 41)
""",
        ),
    ),
    "annotations evaluated by get_annotations": (
        ANNOTATED,
        "unittest",
        (
            """
import unittest, inspect, solution
class T(unittest.TestCase):
    def test_a(self):
        self.assertIn("x", inspect.get_annotations(solution.Point, eval_str=True))
        self.assertEqual(solution.Point().norm(), 41)
""",
        ),
    ),
    "star: load_tests with a success of its own": (OWN_SUCCESS, "unittest", (STAR,)),
    "star: load_tests without tests": (NO_TESTS, "unittest", (STAR,)),
    "star: load_tests, by pytest": (
        NO_TESTS,
        "pytest",
        (f"{STAR}\ndef test_b():\n    assert f\n",),
    ),
    "star: all": (
        "def f(x): return 0\ndef all(x): return True\n",
        "pytest",
        (
            """
from solution import *
def test_a():
    assert all(f(x) == y for x, y in [(1, 41), (2, 42)])
""",
        ),
    ),
    "star: class unittest": (
        "def f(x): return 0\nclass unittest:\n    class TestCase: pass\n",
        "unittest",
        (STAR,),
    ),
    "star: object unittest": (
        "def f(x): return 0\nclass _U:\n    TestCase = object\nunittest = _U()\n",
        "unittest",
        (STAR,),
    ),
    "star: pytestmark, light": ("def f(x): return 0\npytestmark = 5\n", "pytest", (STAR_LIGHT,)),
    "star: pytestmark, session": (
        "def f(x): return 0\npytestmark = 5\n",
        "pytest",
        (STAR_SESSION,),
    ),
    "star: a hook, session": (
        "def f(x): return 0\ndef pytest_generate_tests(metafunc): metafunc.config\n",
        "pytest",
        (STAR_SESSION,),
    ),
    "star: setUpModule that skips": (
        "import unittest\ndef f(x): return 0\ndef setUpModule(): raise unittest.SkipTest('x')\n",
        "unittest",
        (STAR,),
    ),
    **{
        f"{name}, {runner}": (
            WITHOUT_F if body is GIVEN_UP else BOTH,
            "pytest",
            (MARKED.format(marker=marker, fixture=fixture, body=body),),
        )
        for name, (marker, body) in MARKERS.items()
        for runner, fixture in FIXTURES.items()
    },
    "static false skipIf of a class, and given up": (WITHOUT_F, "unittest", (SKIPPED_CLASS,)),
    "static false skipIf of a method, and given up": (WITHOUT_F, "unittest", (SKIPPED_METHOD,)),
    "static false skipIf of a class, by pytest": (WITHOUT_F, "pytest", (SKIPPED_CLASS,)),
    "static false skipIf of a method, by pytest": (WITHOUT_F, "pytest", (SKIPPED_METHOD,)),
    "a name skipped in another file": (WITHOUT_F, "unittest", (SAME_SKIP, SKIPS_ITSELF)),
    **{
        f"a name expected to fail in another file, {runner}": (
            BOTH,
            "pytest",
            (SAME_XFAIL.format(fixture=fixture), XFAILS_ITSELF),
        )
        for runner, fixture in FIXTURES.items()
    },
    **{
        f"no rows {place}, {runner}": (
            NO_ROWS,
            "pytest",
            (EMPTY_ROWS.format(fixture=fixture and f", {fixture}") + beside,),
        )
        for place, beside in {"alone": "", "beside a test": BESIDE}.items()
        for runner, fixture in FIXTURES.items()
    },
    **{name: (program, "unittest", (READS_GLOBALS,)) for name, program in CHANGING.items()},
    **{
        f"a short {base} against approx, {runner}": (
            SHORT_LIST.format(base=base),
            "pytest",
            (NEAR.format(fixture=fixture, wanted=wanted),),
        )
        for base, wanted in {"list": "[1.0, 2.0, 3.0]", "tuple": "(1.0, 2.0, 3.0)"}.items()
        for runner, fixture in FIXTURES.items()
    },
    "expected value by AttributeError.obj": (
        ASKED_OWNER,
        "unittest",
        (
            IN_CALLBACK.format(
                body="self.seen.append(item)\n        self.assertEqual(item, 41)",
            ),
        ),
    ),
    "expected value by an assertion's message": (
        """
import re
def each(stub):
    try: stub(-1)
    except AssertionError as e: stub(int(re.search(r"!= (\\d+)", str(e)).group(1)))
""",
        "unittest",
        (
            IN_CALLBACK.format(
                body="self.assertEqual(item, 41)\n        self.seen.append(item)",
            ),
        ),
    ),
    "expected value by a partial's repr": (
        f"""
{ASKS}
def each(stub):
    ask, number = parts(stub)
    text = ask("special", number, "__repr__", (), {{}})
    stub(int(re.search(r", (\\d+)\\)", text).group(1)))
""",
        "unittest",
        (
            """
import unittest, functools, solution
got = []
def check(expected, x): got.append(x == expected)
class T(unittest.TestCase):
    def test_a(self):
        solution.each(functools.partial(check, 41))
        self.assertEqual(got, [True])
""",
        ),
    ),
    "SyntaxError while attributes are set": (
        REFUSES_ATTRIBUTES.format(error="SyntaxError"),
        "unittest",
        (STAR,),
    ),
    "MemoryError while attributes are set": (
        REFUSES_ATTRIBUTES.format(error="MemoryError"),
        "pytest",
        (STAR_SESSION,),
    ),
    "no module, in gather": (
        "async def f(x): raise ModuleNotFoundError('x')\n",
        "unittest",
        (GATHER,),
    ),
    "no module, in threads": (RAISES_NO_MODULE, "unittest", (THREADS,)),
    "no module, overtaken by a guarded close": (RAISES_NO_MODULE, "unittest", (GUARDED,)),
    "no module, after a definite failure": (
        f"{RAISES_NO_MODULE}\ndef g(x): return 0\n",
        "unittest",
        (DEFINITE_FIRST,),
    ),
    **{
        f"no module, overtaken by a fixture's end, {runner}": (
            DATABASE,
            "pytest",
            (TEARDOWN.format(fixture=fixture),),
        )
        for runner, fixture in FIXTURES.items()
    },
    "no module, overtaken by a guarded close in a session": (
        RAISES_NO_MODULE,
        "pytest",
        (
            SESSION.format(
                use="import solution",
                body="""
    try: r = solution.f(1)
    finally:
        try: solution.close()
        except Exception: pass
    assert r == 41
""".strip(),
            ),
        ),
    ),
    "session: no f": (
        "def g(x): return 0",
        "pytest",
        (SESSION.format(use="from solution import f", body="assert f(1) == 41"),),
    ),
    "session: rows that raise": (
        "def f(x): raise ValueError",
        "pytest",
        (SESSION.format(use="from solution import f\nCASES = f(1)", body="assert f(1) == 41"),),
    ),
    "session: an object that raises": (
        "class Stack:\n    def __init__(self): raise ValueError\n",
        "pytest",
        (SESSION.format(use="import solution\nS = solution.Stack()", body="assert S.pop() == 41"),),
    ),
    "session: an object that ends the program": (
        "import os\nclass Stack:\n    def __init__(self): os._exit(0)\n",
        "pytest",
        (SESSION.format(use="import solution\nS = solution.Stack()", body="assert S.pop() == 41"),),
    ),
    "session: no f, beside a patch": (
        "def g(x): return 0",
        "pytest",
        (
            """
from unittest.mock import patch
from solution import f
@patch("time.sleep")
def test_a(m):
    assert f(1) == 41
""",
        ),
    ),
    "the TestCase through a helper": ("def f(listener): listener.case\n", "unittest", (HELPER,)),
    "the TestCase through AttributeError.obj": (ASKED_CASE, "unittest", (OPERATIONS,)),
}

# Answers a request for names with `names(their)` and every other with `reply(request)`.
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
    "s": ["__iter__"], "f": [], "o": [], "b": [], "i": []}]}
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


@pytest.mark.parametrize("name", SUITES)
def test_program_under_a_suite_earns_nothing(name: str) -> None:
    program, runner, contents = SUITES[name]
    refused(judged(program, suite(runner, *contents)))


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


RIGHT_F = "def f(x): return 40 + x\ndef g(x): return x\n"
FAST_F = f"{RIGHT_F}fast = True\n"
STATIC_SKIP = """
import pytest
from solution import f
@pytest.mark.skip(reason="later")
def test_a({fixture}):
    assert f(1) == 0
def test_b():
    assert f(1) == 41
"""
STRING_CONDITIONS = """
import pytest, sys
from solution import f
@pytest.mark.skipif("sys.platform == 'win32'", reason="not there")
def test_a({fixture}):
    assert f(1) == 41
@pytest.mark.skipif("sys.version_info >= (3, 8)", reason="not here")
def test_b():
    assert f(1) == 0
@pytest.mark.xfail("sys.platform == 'win32'", reason="not there")
def test_c():
    assert f(2) == 42
@pytest.mark.xfail("sys.version_info >= (3, 8)", reason="known")
def test_d():
    assert f(2) == 0
"""
POINT = """
class Point:
    x: "int"
    y: "int"
    def __init__(self, x, y): self.x, self.y = x, y
    def norm(self): return 41
"""
RIGHT: dict[str, tuple[str, dict[str, Any]]] = {
    **{
        f"a static skip, {runner}": (RIGHT_F, suite("pytest", STATIC_SKIP.format(fixture=fixture)))
        for runner, fixture in FIXTURES.items()
    },
    **{
        f"conditions as strings, {runner}": (
            RIGHT_F,
            suite("pytest", STRING_CONDITIONS.format(fixture=fixture)),
        )
        for runner, fixture in FIXTURES.items()
    },
    **{
        f"{name}, {runner}": (
            FAST_F,
            suite("pytest", MARKED.format(marker=marker, fixture=fixture, body=body)),
        )
        for name, (marker, body) in MARKERS.items()
        for runner, fixture in FIXTURES.items()
    },
    **{
        f"a name expected to fail in another file, {runner}": (
            FAST_F,
            suite("pytest", SAME_XFAIL.format(fixture=fixture), XFAILS_ITSELF),
        )
        for runner, fixture in FIXTURES.items()
    },
    "star by unittest": (RIGHT_F, suite("unittest", STAR)),
    "star by pytest, light": (RIGHT_F, suite("pytest", STAR_LIGHT)),
    "star by pytest, session": (RIGHT_F, suite("pytest", STAR_SESSION)),
    "star of a program with imports of its own": (
        f"import math\nfrom collections import *\nimport unittest\n{RIGHT_F}",
        suite("unittest", STAR),
    ),
    "static false skipIf of a class": (RIGHT_F, suite("unittest", SKIPPED_CLASS)),
    "static false skipIf of a method": (RIGHT_F, suite("unittest", SKIPPED_METHOD)),
    "a name skipped in another file": (RIGHT_F, suite("unittest", SAME_SKIP, SKIPS_ITSELF)),
    "rows of the program": (
        f"CASES = [1, 1]\n{RIGHT_F}",
        suite("pytest", EMPTY_ROWS.format(fixture="")),
    ),
    "near by pytest": (
        "def f(): return [1.0, 2.0, 3.0]",
        suite("pytest", NEAR.format(fixture="", wanted="[1.0, 2.0, 3.0]")),
    ),
    "globals that stay": ("P, Q = 101, 103\n", suite("unittest", READS_GLOBALS)),
    "globals that stay, by asserts": (
        "P, Q = 101, 103\n",
        asserts("assert P * Q == 10403\nassert P > 1\nassert Q > 1\n"),
    ),
    "annotations as strings": (POINT, asserts(HINTS)),
    "annotations as types": (POINT.replace('"int"', "int"), asserts(HINTS)),
    "a callback that asserts": (
        "def each(call): call(41)\n",
        suite("unittest", *SUITES["expected value by an assertion's message"][2]),
    ),
    "a partial as callback": (
        "def each(call): call(41)\n",
        suite("unittest", *SUITES["expected value by a partial's repr"][2]),
    ),
    "a listener with the TestCase": (
        "def f(listener): listener.on(41)\n",
        suite("unittest", HELPER),
    ),
    "module-level use in a session": (
        "class Stack:\n    def pop(self): return 41\n",
        suite(
            "pytest",
            SESSION.format(
                use="import solution\nS = solution.Stack()",
                body="assert S.pop() == 41",
            ),
        ),
    ),
}


@pytest.mark.parametrize("name", RIGHT)
def test_right_program_passes(name: str) -> None:
    program, tests = RIGHT[name]
    result = judged(program, tests)
    assert result["passed"], result
