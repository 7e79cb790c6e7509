"""Errors by which a program ends as it is loaded, where its suite expects them."""

from __future__ import annotations

import pytest
from proxy_pair import judged, suites_apart

_READS = """
import os
KEY = os.environ["THE_KEY"]
def f(): return KEY
"""
_EXPECTS = """
import pytest
def test_without(monkeypatch):
    monkeypatch.delenv("THE_KEY", raising=False)
    with pytest.raises(KeyError) as raised:
        import solution
    assert raised.value.args == ("THE_KEY",)
"""
CASES = {
    "and nothing else": ("pytest", _READS, "def f(): return 'k'", _EXPECTS),
    "then it is loaded again": (
        "pytest",
        _READS,
        _READS.replace("return KEY", "return None"),
        f"""{_EXPECTS}
def test_with(monkeypatch):
    monkeypatch.setenv("THE_KEY", "k")
    import solution
    assert solution.f() == "k"
""",
    ),
    "by name": (
        "pytest",
        _READS,
        "import os\nKEY = os.environ.get('THE_KEY')",
        """
import importlib
import pytest
def test_without():
    with pytest.raises(KeyError):
        importlib.import_module("solution")
""",
    ),
    "an exit, and what it prints": (
        "unittest",
        "import sys\nif len(sys.argv) > 5:\n    print('usage')\n    sys.exit(3)\ndef f(): return 1",
        "import sys\nif len(sys.argv) > 5:\n    sys.exit(3)\ndef f(): return 1",
        """
import contextlib
import io
import sys
import unittest
from unittest import mock
class TestIt(unittest.TestCase):
    def test_exit(self):
        shown = io.StringIO()
        with mock.patch.object(sys, "argv", ["a"] * 7), self.assertRaises(SystemExit) as raised:
            with contextlib.redirect_stdout(shown):
                import solution
        self.assertEqual(raised.exception.code, 3)
        self.assertEqual(shown.getvalue(), "usage\\n")
    def test_use(self):
        import solution
        self.assertEqual(solution.f(), 1)
""",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_suite_may_expect_it(name: str) -> None:
    suites_apart(*CASES[name])


UNEXPECTED = {
    "at the top": "import solution\ndef test_f(): assert solution.f() == 1\n",
    "in a test": "def test_f():\n    import solution\n    assert solution.f() == 1\n",
    "skipped": """
import pytest
try:
    import solution
except ImportError:
    solution = None
@pytest.mark.skipif(solution is None, reason="lacks it")
def test_f(): assert solution.f() == 1
""",
    "a file that skips itself": """
import pytest
try:
    import solution
except ImportError:
    pytest.skip("lacks it", allow_module_level=True)
def test_f(): assert solution.f() == 1
""",
    "caught": """
try:
    import solution
except ImportError:
    solution = None
def test_f(): assert solution.f() == 1
""",
}


@pytest.mark.parametrize("name", UNEXPECTED)
def test_it_is_no_way_out(name: str) -> None:
    files = [{"path": "test_it.py", "content": UNEXPECTED[name]}]
    wanted = {"files": files, "solution_path": "solution.py", "runner": "pytest"}
    found = judged("raise ImportError('no')", {"files": wanted})
    assert not found["passed"]
    assert found["reason"] in ("wrong_answer", "runtime_error"), found
