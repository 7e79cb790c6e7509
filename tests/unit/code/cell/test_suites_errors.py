"""Errors of a program that nobody catches, where a suite looks at them: in threads, and as objects end."""

from __future__ import annotations

import pytest
from proxy_pair import judged, suites_apart

_THREAD = """
import threading
def f():
    thread = threading.Thread(target=lambda: 1 / 0, name="worker")
    thread.start()
    thread.join()
    return 1
"""
_END = """
class Lost:
    def __del__(self): 1 / 0
def f():
    Lost()
    return 1
"""
_PLAIN = "def f(): return 1"
_TESTS = "from solution import f\ndef test_f(): assert f() == 1\n"
_KINDS = ("pytest.PytestUnhandledThreadExceptionWarning", "pytest.PytestUnraisableExceptionWarning")
_SETTINGS = {
    "filters": "filterwarnings =" + "".join(f"\n    error::{kind}" for kind in _KINDS),
    "options": "addopts =" + "".join(f" -W error::{kind}" for kind in _KINDS),
}


@pytest.mark.parametrize("wrong", [_THREAD, _END], ids=["thread", "end"])
@pytest.mark.parametrize("setting", _SETTINGS)
def test_an_error_that_is_lost_fails_where_a_suite_wants_none(wrong: str, setting: str) -> None:
    files = [
        {"path": "pytest.ini", "content": f"[pytest]\n{_SETTINGS[setting]}\n"},
        {"path": "test_it.py", "content": _TESTS},
    ]
    wanted = {"files": files, "solution_path": "solution.py", "runner": "pytest"}
    passed, failed = judged(_PLAIN, {"files": wanted}), judged(wrong, {"files": wanted})
    assert passed["passed"], passed
    assert (failed["passed"], failed["reason"]) == (False, "wrong_answer"), failed


HOOKS = {
    "of threads": (
        "unittest",
        _THREAD,
        _PLAIN,
        """
import threading
import unittest
from unittest import mock
from solution import f
class TestIt(unittest.TestCase):
    def test_f(self):
        with mock.patch("threading.excepthook") as hook:
            f()
        (about,), _ = hook.call_args
        self.assertIs(about.exc_type, ZeroDivisionError)
        self.assertEqual(about.thread.name, "worker")
""",
    ),
    "of ends": (
        "pytest",
        _END,
        _PLAIN,
        """
import sys
from solution import f
def test_f(monkeypatch):
    heard = []
    monkeypatch.setattr(sys, "unraisablehook", lambda about: heard.append(about.exc_type))
    assert f() == 1
    assert heard == [ZeroDivisionError]
""",
    ),
    "of a thread that ends well": (
        "pytest",
        _PLAIN,
        _THREAD,
        """
import threading
from solution import f
heard = []
def test_f():
    threading.excepthook = heard.append
    assert f() == 1
    assert heard == []
""",
    ),
}


@pytest.mark.parametrize("name", HOOKS)
def test_hooks_of_the_tests_hear_of_it(name: str) -> None:
    suites_apart(*HOOKS[name])
