"""Suites laid out as whole projects, in real cells: the right program passes them and a wrong one fails."""

from __future__ import annotations

import pytest

from veridical.api.v1.code_pb2 import CodeTask
from veridical.client import Client, Item, Task, outcome_name, reason_name

PLAIN = "def f(x): return x + 1\n"
TEST = "from pkg.core import f\ndef test_it(): assert f(1) == 2\n"
ONE = "import pytest\n@pytest.fixture\ndef one(): return 1\n"
INC = "def inc(x): return x + 1\n"
CORE = "pkg/core.py"
SET_UP = """
import json, os, random
ROUND = random.random()
BASE = int(os.environ["BASE"])
STEP = json.load(open("step.json"))
def f(x): return x + 1 + BASE + STEP
"""
# Program, solution path, files of the suite. Wrong is the same program with `+ 1` or `inc` changed.
PROJECTS: dict[str, tuple[str, str, dict[str, str]]] = {
    "a module of its package": (
        "from pkg.util import inc\ndef f(x): return inc(x)\n",
        CORE,
        {"pkg/__init__.py": "", "pkg/util.py": INC, "tests/test_it.py": TEST},
    ),
    "relative imports": (
        "from .a.b import inc\nfrom . import c\ndef f(x): return inc(x) + c.ZERO\n",
        CORE,
        {
            "pkg/a/b.py": "from ..c import ZERO\ndef inc(x): return x + 1 + ZERO\n",
            "pkg/c.py": "ZERO = 0\n",
            "tests/test_it.py": TEST,
        },
    ),
    "a package as the program": (
        "from .util import inc\ndef f(x): return inc(x)\n",
        "pkg/__init__.py",
        {"pkg/util.py": INC, "tests/test_it.py": TEST.replace("pkg.core", "pkg")},
    ),
    "a folder of sources": (
        "from pkg.util import inc\ndef f(x): return inc(x)\n",
        "src/pkg/core.py",
        {
            "src/pkg/__init__.py": "",
            "src/pkg/util.py": INC,
            "pytest.ini": "[pytest]\npythonpath = src\naddopts = -v\n",
            "tests/test_it.py": TEST,
        },
    ),
    "a module beside it": (
        "from util import inc\ndef f(x): return inc(x)\n",
        "solution.py",
        {"util.py": INC, "test_it.py": TEST.replace("pkg.core", "solution")},
    ),
    "a package that hands it on": (
        "from pkg.util import inc\ndef f(x): return inc(x)\n",
        CORE,
        {
            "pkg/__init__.py": "from .core import f\n",
            "pkg/util.py": INC,
            "tests/test_it.py": TEST.replace("pkg.core", "pkg"),
        },
    ),
    "a package that hands on everything": (
        PLAIN,
        CORE,
        {
            "pkg/__init__.py": "from .core import *\n",
            "tests/test_it.py": TEST.replace("pkg.core", "pkg"),
        },
    ),
    "an attribute of its package": (
        PLAIN,
        CORE,
        {
            "pkg/__init__.py": "",
            "tests/test_it.py": "import pkg.core\nimport pkg.core as c\ndef test_it(): assert pkg.core.f(1) == c.f(1) == 2\n",
        },
    ),
    "a patch by its full name": (
        "def one(): return 0\ndef f(x): return x + 1 + one()\n",
        CORE,
        {
            "pkg/__init__.py": "",
            "tests/test_it.py": "from pkg.core import f\ndef test_it(monkeypatch):\n    assert f(1) == 2\n"
            "    monkeypatch.setattr('pkg.core.one', lambda: 5)\n    assert f(1) == 7\n",
        },
    ),
    "its own name": (
        "class A: pass\ndef f(x): return x + 1\n",
        "src/pkg/core.py",
        {
            "src/pkg/__init__.py": "",
            "pytest.ini": "[pytest]\npythonpath = src\n",
            "tests/test_it.py": "from pkg import core\nfrom pkg.core import A, f\n"
            "def test_it():\n    assert f(1) == 2 and core.__name__ == A.__module__ == f.__module__ == 'pkg.core'\n",
        },
    ),
    "tests of its own": (
        PLAIN + "def test_mine(): assert 0\nclass TestMine:\n    def test_a(self): assert 0\n",
        "solution.py",
        {"test_it.py": f"from solution import *\n{ONE}def test_it(one): assert f(one) == 2\n"},
    ),
    "rows that are skipped": (
        PLAIN,
        "solution.py",
        {
            "test_it.py": "import pytest\nfrom solution import f\n"
            "@pytest.mark.parametrize('x,y', [(1, 2), pytest.param(3, 9, marks=pytest.mark.skip(reason='no'))])\n"
            "def test_it(x, y): assert f(x) == y\n"
        },
    ),
    "a module that is skipped": (
        PLAIN,
        "solution.py",
        {
            "test_old.py": "import pytest\nfrom solution import f\npytestmark = [pytest.mark.skip(reason='old')]\n"
            "def test_old(): assert f(1) == 9\n",
            "test_it.py": "from solution import f\ndef test_it(): assert f(1) == 2\n",
        },
    ),
    "a marker by another name": (
        PLAIN,
        "solution.py",
        {
            "test_it.py": "import pytest\nfrom solution import f\nslow = pytest.mark.skip(reason='slow')\n"
            "@slow\ndef test_slow(): assert f(1) == 9\ndef test_it(): assert f(1) == 2\n"
        },
    ),
    "a marker that a conftest sets": (
        PLAIN,
        "solution.py",
        {
            "conftest.py": """
import pytest
def pytest_addoption(parser): parser.addoption("--slow", action="store_true")
def pytest_configure(config): config.addinivalue_line("markers", "slow: slow")
def pytest_collection_modifyitems(config, items):
    for item in items:
        if "slow" in item.keywords and not config.getoption("--slow"):
            item.add_marker(pytest.mark.skip(reason="slow"))
""",
            "test_it.py": "import pytest\nfrom solution import f\n"
            "@pytest.mark.slow\ndef test_slow(): assert f(1) == 9\ndef test_it(): assert f(1) == 2\n",
        },
    ),
    "a sibling by a package that imports the program": (
        "from ._leg import inc\ndef f(x): return inc(x)\n",
        CORE,
        {
            "pkg/__init__.py": "from .core import f\n",
            "pkg/_leg.py": INC,
            "tests/test_it.py": "from pkg import f\ndef test_it(): assert f(1) == 2\n",
        },
    ),
    "a module with a library's name": (
        PLAIN,
        CORE,
        {
            "pkg/__init__.py": "",
            "pkg/typing.py": "X = 1\n",
            "tests/test_it.py": f"{TEST}from typing import Any\n",
        },
    ),
    "one name for a package, its module and its function": (
        "def slug(x): return x + 1\n",
        "slug/slug.py",
        {
            "slug/__init__.py": "from .slug import slug\n",
            "test_it.py": "from slug import slug\nfrom slug.slug import slug as other\n"
            "def test_it(): assert slug(1) == 2 == other(1)\n",
        },
    ),
    "a file that begins with an empty line": (
        PLAIN,
        "solution.py",
        {
            "test_it.py": f"\nfrom solution import f\n{ONE}"
            "def test_it(one): assert f(one) == 2 and '{:>2}'.format(f(one)) == ' 2'\n"
        },
    ),
    "what tests set before they import": (
        SET_UP,
        "solution.py",
        {
            "step.json": "3",
            "conftest.py": "import os, random\nos.environ['BASE'] = '4'\nrandom.seed(3)\n",
            "test_it.py": "from solution import ROUND, f\n"
            "def test_it(): assert f(1) == 9 and ROUND == 0.23796462709189137\n",
        },
    ),
    "a library that is not there": (
        PLAIN,
        "solution.py",
        {
            "test_frames.py": "import pytest\npd = pytest.importorskip('no_such_library')\n"
            "from solution import f\ndef test_frames(): assert f(1) == 9\n",
            "test_it.py": f"from solution import f\n{ONE}def test_it(one): assert f(one) == 2\n",
        },
    ),
}
NAMED = {
    "a list": ("x[1]", "g(['--in', 'data/in.txt'])"),
    "a dict": ("x['in']", "g({'in': HERE / 'data' / 'in.txt'})"),
    "an object": ("x.path", "g(argparse.Namespace(path='data/in.txt'))"),
    "a callback": ("x()", "g(lambda: 'data/in.txt')"),
    "the environment": (
        "os.environ['IN']",
        "monkeypatch.setenv('IN', str(HERE / 'data' / 'in.txt')) or g(0)",
    ),
    "the arguments": (
        "sys.argv[1]",
        "monkeypatch.setattr(sys, 'argv', ['x', 'data/in.txt']) or g(0)",
    ),
    "the folder": ("x", "monkeypatch.chdir(HERE / 'data') or g('in.txt')"),
    "a folder": ("os.path.join(x, 'in.txt')", "g(HERE / 'data')"),
}
THREADS = """
import threading, unittest
from solution import Account
class Tests(unittest.TestCase):
    def test_it(self):
        account = Account()
        def go(): account.add(5); account.add(-4)
        threads = [threading.Thread(target=go) for _ in range(1000)]
        for thread in threads: thread.start()
        for thread in threads: thread.join()
        self.assertEqual(account.total, 1000)
"""
ACCOUNT = """
import threading
class Account:
    def __init__(self): self.total, self.lock = 0, threading.Lock()
    def add(self, n):
        with self.lock: self.total += n
"""


def _verdict(client: Client, program: str, path: str, files: dict[str, str]) -> tuple[str, str]:
    task = CodeTask(language="python")
    task.files.solution_path = path
    for name, content in files.items():
        task.files.files.add(path=name, content=content)
    verdict = client.verify(Item(id="1", task=Task(code=task), response=program), timeout=60)
    return outcome_name(verdict.outcome), reason_name(verdict.reason)


@pytest.mark.parametrize("name", PROJECTS)
def test_a_project(client: Client, name: str) -> None:
    program, path, files = PROJECTS[name]
    assert _verdict(client, program, path, files) == ("correct", "tests_passed")
    wrong = program.replace("x + 1", "x + 3").replace("return inc(x)", "return inc(x) + 1")
    assert wrong != program
    assert _verdict(client, wrong, path, files) == ("incorrect", "wrong_answer")


@pytest.mark.parametrize("name", NAMED)
def test_files_of_the_suite_that_a_call_names(client: Client, name: str) -> None:
    opened, call = NAMED[name]
    program = f"import os, sys\ndef g(x): return sum(map(int, open({opened}).read().split()))\n"
    tests = f"""
import argparse, json, sys
from pathlib import Path
from solution import g
HERE = Path(__file__).parent
def test_it(monkeypatch):
    assert ({call}) == json.loads((HERE / "want.json").read_text())
"""
    files = {"test_it.py": tests, "data/in.txt": "1 2 3\n", "want.json": "6"}
    assert _verdict(client, program, "solution.py", files)[0] == "correct"
    reads = "import json, sys, os\ndef g(x): return json.load(open('want.json'))\n"
    assert _verdict(client, reads, "solution.py", files)[0] == "incorrect"


def test_a_thousand_threads_of_the_tests(client: Client) -> None:
    files = {"test_it.py": THREADS}
    assert _verdict(client, ACCOUNT, "solution.py", files)[0] == "correct"
    wrong = ACCOUNT.replace("self.total += n", "self.total += abs(n)")
    assert _verdict(client, wrong, "solution.py", files) == ("incorrect", "wrong_answer")


def test_a_module_that_both_import_is_not_served(client: Client) -> None:
    files = {
        "pkg/util.py": "class Node: pass\n",
        "tests/test_it.py": "from pkg.core import f\nfrom pkg.util import Node\ndef test_it(): assert isinstance(f(), Node)\n",
    }
    program = "from pkg.util import Node\ndef f(): return Node()\n"
    told = _verdict(client, program, CORE, files)
    assert told == ("undecided", "tests_need_shared_interpreter")


@pytest.mark.parametrize("program", ["import helpers as h", "import tests.helpers as h"])
def test_modules_of_the_tests_stay_with_them(client: Client, program: str) -> None:
    files = {
        "helpers.py": "WANT = 41\n",
        "tests/__init__.py": "",
        "tests/helpers.py": "WANT = 41\n",
        "tests/test_it.py": "from tests.helpers import WANT\nimport helpers\nfrom solution import f\ndef test_it(): assert f() == WANT\n",
    }
    program += "\ndef f(): return h.WANT\n"
    assert _verdict(client, program, "solution.py", files) == ("incorrect", "runtime_error")


@pytest.mark.parametrize(
    "options", ["--setup-plan", "-k no_such", "--deselect=test_it.py::test_it"]
)
def test_options_of_the_program_reach_no_session(client: Client, options: str) -> None:
    program = f"import os\nos.environ['PYTEST_ADDOPTS'] = {options!r}\ndef f(x): return x\n"
    tests = f"import os\nfrom solution import f\n{ONE}def test_it(one): assert f(one) == 2 or dict(os.environ)['A']\n"
    files = {"test_it.py": tests + "def test_other(one): assert 'A' not in os.environ.copy()\n"}
    assert _verdict(client, program, "solution.py", files)[0] == "incorrect"


def test_source_files_that_are_data(client: Client) -> None:
    tests = """
from pathlib import Path
from solution import count
def test_it():
    assert count("samples/ok.py") == count(Path(__file__).parent / "samples" / "ok.py") == 2
    assert "samples" in Path(__file__).read_text()
"""
    files = {"test_it.py": tests, "samples/ok.py": "def a(): pass\ndef b(): pass\n"}
    program = "def count(p): return open(p).read().count('def ')\n"
    assert _verdict(client, program, "solution.py", files)[0] == "correct"
    tests = "from solution import count\nWANT = 9\ndef test_it(): assert count(__file__) == WANT\n"
    assert _verdict(client, program, "solution.py", {"test_it.py": tests})[0] == "incorrect"


@pytest.mark.parametrize(
    "tests",
    [
        """
@pytest.fixture
def ready():
    if not is_ready(): pytest.skip("not ready")
@pytest.mark.parametrize("x", [1, pytest.param(3, marks=pytest.mark.skip(reason="no"))])
def test_it(ready, x): assert f(x) == x + 1
def test_other(): assert f(0) == 1
""",
        """
@pytest.mark.parametrize("x", [pytest.param(2, marks=() if is_ready() else pytest.mark.skip(reason="no"))])
def test_it(x): assert f(x) == x + 1
def test_other(): assert f(0) == 1
""",
    ],
)
def test_rows_that_the_program_has_skipped_count(client: Client, tests: str) -> None:
    files = {"test_it.py": f"import pytest\nfrom solution import f, is_ready\n{tests}"}
    right = PLAIN + "def is_ready(): return True\n"
    assert _verdict(client, right, "solution.py", files)[0] == "correct"
    wrong = "def f(x): return 1\ndef is_ready(): return False\n"
    assert _verdict(client, wrong, "solution.py", files) == ("incorrect", "wrong_answer")


@pytest.mark.parametrize(
    ("asks", "helpers"),
    [
        ("import helpers", "from solution import is_ready\n"),
        ("helpers = items[0].module", ""),
    ],
)
def test_hooks_that_ask_the_program_skip_nothing(client: Client, asks: str, helpers: str) -> None:
    files = {
        "helpers.py": helpers,
        "conftest.py": f"""
import pytest
def pytest_collection_modifyitems(config, items):
    {asks}
    for item in items:
        if "needs" in item.keywords and not helpers.is_ready():
            item.add_marker(pytest.mark.skip(reason="not ready"))
""",
        "test_it.py": "import pytest\nfrom solution import f, is_ready\n"
        "@pytest.mark.needs\ndef test_it(): assert f(1) == 2\ndef test_other(): assert f(0) == 1\n",
    }
    right = PLAIN + "def is_ready(): return True\n"
    assert _verdict(client, right, "solution.py", files)[0] == "correct"
    wrong = "def f(x): return 1\ndef is_ready(): return False\n"
    assert _verdict(client, wrong, "solution.py", files) == ("incorrect", "wrong_answer")
