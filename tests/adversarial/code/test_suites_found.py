"""Ways that an attacker found to pass a suite, or to leave it undecided, without the right answer.

Beside them stand right programs under the same tests' constructs: those pass.
"""

from __future__ import annotations

from typing import Any

import pytest
from found_programs import (
    ANNOTATED,
    ASKED_CASE,
    ASKED_OWNER,
    ASKS,
    BESIDE,
    BOTH,
    CHANGING,
    DATABASE,
    DEFINITE_FIRST,
    EMPTY_ROWS,
    FIXTURES,
    GATHER,
    GIVEN_UP,
    GUARDED,
    HELPER,
    HINTS,
    IN_CALLBACK,
    MARKED,
    MARKERS,
    NEAR,
    NO_ROWS,
    NO_TESTS,
    OPERATIONS,
    OWN_SUCCESS,
    RAISES_NO_MODULE,
    READS_GLOBALS,
    REFUSES_ATTRIBUTES,
    SAME_SKIP,
    SAME_XFAIL,
    SESSION,
    SHORT_LIST,
    SKIPPED_CLASS,
    SKIPPED_METHOD,
    SKIPS_ITSELF,
    STAR,
    STAR_LIGHT,
    STAR_SESSION,
    TEARDOWN,
    THREADS,
    WITHOUT_F,
    XFAILS_ITSELF,
    asserts,
    refused,
    suite,
)
from proxy_pair import judged

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


@pytest.mark.parametrize("name", SUITES)
def test_program_under_a_suite_earns_nothing(name: str) -> None:
    program, runner, contents = SUITES[name]
    refused(judged(program, suite(runner, *contents)))


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
