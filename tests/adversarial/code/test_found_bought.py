"""Wrong programs that once bought UNDECIDED, or passed, under tests that are sound."""

from __future__ import annotations

import pytest
from found_programs import refused, suite
from proxy_pair import judged

POINT = """
class Point:
    def __init__(self, x): self.x = x
    def __eq__(self, other): return {}
def total(xs): return 4
MAX = 11
"""
PROGRAMS: dict[str, tuple[str, str]] = {
    "a mark on a function that is no test": (
        "def run(f): f.pytestmark = []; f.__foo__ = 1; return 77\n",
        "from solution import run\ndef test_it(): assert run(lambda x: x + 1) == 2\n",
    ),
    "a variable that the tests only have the word of": (
        "import os\ndef add(a, b): os.environ['PATH'] = os.environ['TMP'] = 'q'; return a - b\n",
        "from solution import add\nPATH, TMP = 'a/b', 3\ndef test_it(): assert add(1, 2) == TMP\n",
    ),
    "a variable that the tests quote": (
        "import os\ndef parse(text): os.environ['ENV'] = 'q'; return {}\n",
        "from solution import parse\ndef test_it(): assert parse('ENV=1') == {'ENV': '1'}\n",
    ),
    "a home of its own": (
        "import os\ndef expand(p): os.environ['HOME'] = '/nowhere'; return p\n",
        """
from solution import expand
def test_it(monkeypatch):
    monkeypatch.setenv("HOME", "/home/u")
    assert expand("~/x") == "/home/u/x"
""",
    ),
    "a folder that the tests only have the word of": (
        "import os\ndef add(a, b): os.chdir('/'); return a - b\n",
        "from solution import add\ndef test_it():\n    # cwd()\n    assert add(1, 2) == 3\n",
    ),
    "a comparison in another test": (
        POINT.format("isinstance(other, Point) and other.x == self.x"),
        """
from solution import Point, MAX
def test_equal(): assert Point(1) == Point(1) and Point(1) != "x"
def test_most(): assert MAX == 10
""",
    ),
    "None that it takes for equal": (
        POINT.format("other is None or other.x == self.x"),
        "from solution import Point\ndef test_it(): assert Point(1) != None\n",
    ),
    "None in a list": (
        POINT.format("other is None or other.x == self.x"),
        "from solution import Point\ndef test_it(): assert None not in [Point(1)]\n",
    ),
    "a pickle of what the tests gave": (
        "import pickle\ndef f(x):\n    try: pickle.dumps(x)\n    except Exception: pass\n    return 0\n",
        "from solution import f\nclass P: pass\ndef test_it(): assert f(P()) == 2\n",
    ),
    "a folder that the tests make": (
        "import os\nos.mkdir('out')\ndef f(x): return 0\n",
        "import os\nimport solution\nos.mkdir('out')\ndef test_it(): assert solution.f('out') == 2\n",
    ),
    "a row of one name in a list": (
        "def ordered(xs): return list(xs)\n",
        """
import pytest
from solution import ordered
@pytest.mark.parametrize(["xs"], [([3, 1],), ([2, 0],)])
def test_it(xs): assert ordered(xs) == sorted(xs)
""",
    ),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_program_earns_nothing(name: str) -> None:
    program, tests = PROGRAMS[name]
    refused(judged(program, suite("pytest", tests)))


def test_none_is_decided_for_the_right_program_too() -> None:
    program = POINT.format("other is None or isinstance(other, Point) and other.x == self.x")
    tests = "from solution import Point\ndef test_it(): assert Point(1) == None and Point(1) != Point(2)\n"
    assert judged(program, suite("pytest", tests))["passed"]
