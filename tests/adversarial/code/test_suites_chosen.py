"""Suites that choose what runs: no program has a say in which of its tests count, and right ones pass."""

from __future__ import annotations

from typing import Any

import pytest
from found_programs import refused
from proxy_pair import judged

RIGHT = "FAST = True\ndef f(x): return x + 1\ndef loads(): return 1\n"
WRONG = "FAST = False\ndef f(x): return 0\ndef loads(): return 1\n"
TWO = "from solution import f, loads\ndef test_loads(): assert loads() == 1\ndef test_fast(): assert f(1) == 2\n"
LOADS = "from solution import loads\ndef test_loads(): assert loads() == 1\n"
FAST = "from solution import f\ndef test_fast(): assert f(1) == 2\n"
HOOK = """
import os, pytest
def pytest_collection_modifyitems(config, items):
    for item in items:
        if "fast" in item.name and {condition}:
            item.add_marker(pytest.mark.skip(reason="slow"))
"""
MARKED = """
import os, pytest, shutil
import solution
from solution import f, loads
def test_loads(): assert loads() == 1
{marked}
"""
LEFT = """
import os
os.environ["SKIP_SLOW"] = "1"
open("slow", "w").close()
os.makedirs("inner", exist_ok=True)
os.chdir("inner")
"""
ROWS = 'pytest.param(5, marks=pytest.mark.skip(reason="slow"))'
# By name: the suite's files, and what a wrong program does beside.
CHOICES: dict[str, tuple[dict[str, str], str]] = {
    "a hook that asks by a helper": (
        {
            "test_it.py": TWO,
            "helpers.py": "import solution\ndef slow(): return not solution.FAST\n",
            "conftest.py": "from helpers import slow\n" + HOOK.format(condition="slow()"),
        },
        "",
    ),
    "a hook that asks by the tests' module": (
        {
            "test_it.py": f"import solution\n{TWO}",
            "conftest.py": HOOK.format(condition="not item.module.solution.FAST"),
        },
        "",
    ),
    "a hook that reads the environment": (
        {"test_it.py": TWO, "conftest.py": HOOK.format(condition='os.environ.get("SKIP_SLOW")')},
        LEFT,
    ),
    "a hook that reads files": (
        {"test_it.py": TWO, "conftest.py": HOOK.format(condition='os.path.exists("../slow")')},
        LEFT,
    ),
    "a hook that leaves tests out": (
        {
            "test_it.py": TWO,
            "conftest.py": "import solution\ndef pytest_collection_modifyitems(items):\n"
            "    if not solution.FAST: items[:] = [one for one in items if 'fast' not in one.name]\n",
        },
        "",
    ),
    "files that are ignored": (
        {
            "test_it.py": LOADS,
            "test_fast.py": FAST,
            "conftest.py": "from solution import FAST\n"
            "collect_ignore = [] if FAST else ['test_fast.py']\n",
        },
        "",
    ),
    "a hook that ignores files": (
        {
            "test_it.py": LOADS,
            "test_late.py": FAST,
            "conftest.py": "import os\ndef pytest_ignore_collect(collection_path):\n"
            "    return 'late' in collection_path.name and bool(os.environ.get('SKIP_SLOW')) or None\n",
        },
        LEFT,
    ),
    "hooks of the program's own": (
        {"test_it.py": LOADS, "test_late.py": FAST, "conftest.py": "from solution import *\n"},
        "def pytest_ignore_collect(collection_path): return 'late' in collection_path.name or None\n",
    ),
    "a condition that reads the environment": (
        {
            "test_it.py": MARKED.format(
                marked="@pytest.mark.skipif(os.environ.get('SKIP_SLOW') == '1', reason='slow')\n"
                "def test_fast(): assert f(1) == 2"
            )
        },
        LEFT,
    ),
    "a condition that reads the folder": (
        {
            "test_it.py": MARKED.format(
                marked="@pytest.mark.skipif(os.path.exists('../slow'), reason='slow')\n"
                "def test_fast(): assert f(1) == 2"
            )
        },
        LEFT,
    ),
    "a condition before the import": (
        {
            "test_it.py": "import os, pytest\nSLOW = os.environ.get('SKIP_SLOW')\n"
            "from solution import f, loads\ndef test_loads(): assert loads() == 1\n"
            "def test_fast(): assert SLOW or f(1) == 2\n"
        },
        LEFT,
    ),
    "a condition in a conftest": (
        {
            "conftest.py": "import os, pytest\nFAST = os.path.exists('slow')\n"
            "@pytest.fixture\ndef cases(): return [] if FAST else [1, 2]\n",
            "test_it.py": "from solution import f, loads\ndef test_loads(): assert loads() == 1\n"
            "def test_fast(cases): assert [f(one) for one in cases] == [one + 1 for one in cases]\n",
        },
        LEFT.replace("os.chdir", "str"),
    ),
    "a row that a condition skips, beside one that a marker does": (
        {
            "test_it.py": MARKED.format(
                marked=f"@pytest.mark.parametrize('x', [{ROWS}, "
                "pytest.param(1, marks=pytest.mark.skipif(not solution.FAST, reason='no'))])\n"
                "def test_fast(x): assert f(x) == x + 1"
            )
        },
        "",
    ),
    "a condition of all rows, beside a marker of one": (
        {
            "test_it.py": MARKED.format(
                marked="@pytest.mark.skipif(not solution.FAST, reason='no')\n"
                f"@pytest.mark.parametrize('x', [1, {ROWS}])\ndef test_fast(x): assert f(x) == x + 1"
            )
        },
        "",
    ),
    "a test that gives up, beside a row that is to fail": (
        {
            "test_it.py": MARKED.format(
                marked="@pytest.mark.parametrize('x', [1, pytest.param(5, marks=pytest.mark.xfail)])\n"
                "def test_fast(x):\n    if not solution.FAST: pytest.xfail('no')\n"
                "    assert f(x) == x + 1 and x != 5"
            )
        },
        "",
    ),
    "a marker that is another in the end": (
        {
            "test_it.py": MARKED.format(
                marked="needs = pytest.mark.skip(reason='no')\nif solution.FAST: needs = lambda test: test\n"
                "@needs\ndef test_fast(): assert f(1) == 2"
            )
        },
        "",
    ),
    "tests that are defined for some programs": (
        {
            "test_it.py": "import solution\nif solution.FAST:\n"
            "    def test_fast(): assert solution.f(1) == 2\n"
        },
        "",
    ),
    "what the program lacks, not a library": (
        {
            "test_it.py": MARKED.format(
                marked="def test_fast():\n    try:\n        from solution import FAST, more\n"
                "    except ImportError:\n        pytest.skip('no')\n    assert f(1) == 2"
            )
        },
        "",
    ),
}
GIVES_UP = "def test_{name}({fixture}):\n    try:\n        import pandas\n    except ImportError:\n        {skip}\n    assert f(pandas) == 5\n"
LACKING: dict[str, str] = {
    "a test": GIVES_UP.format(name="pandas", fixture="", skip="pytest.skip('no')"),
    "a test in a session": GIVES_UP.format(name="p", fixture="tmp_path", skip="pytest.skip('no')"),
    "importorskip": "def test_pandas():\n    pandas = pytest.importorskip('pandas')\n    assert f(pandas) == 5\n",
    "a marker": "try:\n    import pandas\n    HAS = True\nexcept ImportError:\n    HAS = False\n"
    "@pytest.mark.skipif(not HAS, reason='no')\ndef test_pandas(): assert f(pandas) == 5\n",
    "a case": "import unittest\ntry:\n    import pandas\nexcept ImportError:\n    pandas = None\n"
    "class TestIt(unittest.TestCase):\n    @unittest.skipUnless(pandas, 'no')\n"
    "    def test_pandas(self): assert f(pandas) == 5\n",
}


def _request(files: dict[str, str]) -> dict[str, Any]:
    told = [{"path": path, "content": content} for path, content in files.items()]
    return {"files": {"files": told, "solution_path": "solution.py", "runner": "pytest"}}


@pytest.mark.parametrize("name", CHOICES)
def test_a_program_has_no_say_in_what_runs(name: str) -> None:
    files, left = CHOICES[name]
    refused(judged(left + WRONG, _request(files)))
    if name != "what the program lacks, not a library":
        told = judged(RIGHT, _request(files))
        assert told["passed"], told


@pytest.mark.parametrize("name", LACKING)
def test_what_wants_a_library_that_is_not_there_is_no_test(name: str) -> None:
    tests = (
        f"import pytest\nfrom solution import f\n{LACKING[name]}def test_it(): assert f(1) == 2\n"
    )
    told = judged(RIGHT, _request({"test_it.py": tests}))
    assert told["passed"], told
    refused(judged(WRONG, _request({"test_it.py": tests})))
