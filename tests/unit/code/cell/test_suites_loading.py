"""What a program does while it is loaded, which its tests look at as at anything else."""

from __future__ import annotations

import pytest
from proxy_pair import suites_apart

F = "def f(x): return x + 1\n"
SEEN = "import io, sys, time, logging, warnings, contextlib, pytest\nfrom unittest import mock\n"
CASES = {
    "prints": (
        F,
        "print('debug')\n" + F,
        """
def test_it():
    with contextlib.redirect_stdout(io.StringIO()) as shown:
        import solution
    assert shown.getvalue() == ''
    assert solution.f(1) == 2
""",
    ),
    "prints what is captured": (
        "print('hello')\n" + F,
        "print('bye')\n" + F,
        """
def test_it(capsys):
    import solution
    assert capsys.readouterr().out == 'hello\\n'
    assert solution.f(1) == 2
""",
    ),
    "writes to stderr": (
        F,
        "import sys\nsys.stderr.write('x')\n" + F,
        """
def test_it(capsys):
    import solution
    assert solution.f(1) == 2
    assert capsys.readouterr().err == ''
""",
    ),
    "is a script": (
        "print('hi', input('name? '))\n",
        "print('bye', input('name? '))\n",
        """
def test_it(monkeypatch, capsys):
    monkeypatch.setattr('builtins.input', lambda prompt: 'Al')
    import solution
    assert 'hi Al' in capsys.readouterr().out
""",
    ),
    "warns": (
        F,
        "import warnings\nwarnings.warn('old', DeprecationWarning)\n" + F,
        """
def test_it():
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter('always')
        import solution
    assert not seen
    assert solution.f(1) == 2
""",
    ),
    "warns in a test that takes warnings for errors": (
        F,
        "def f(x): return x is 1 or 2\n",
        """
def test_it():
    with warnings.catch_warnings():
        warnings.simplefilter('error')
        import solution
        assert solution.f(1) == 2
""",
    ),
    "logs": (
        "import logging\nlogging.getLogger('a').warning('hi')\n" + F,
        F,
        """
def test_it(caplog):
    import solution
    assert solution.f(1) == 2
    assert caplog.messages == ['hi']
""",
    ),
    "asks for the time, which the tests replaced": (
        "import time\nSTART = time.time()\ndef f(): return START\n",
        "import time\ndef f(): return time.time()\n",
        """
def test_it():
    with mock.patch('time.time', lambda: 5.0):
        import solution
    assert solution.f() == 5.0
""",
    ),
    "calls what the tests put in place of a function": (
        "import atexit\natexit.register(print)\n" + F,
        F,
        """
def test_it():
    with mock.patch('atexit.register') as register:
        import solution
    assert register.called
    assert solution.f(1) == 2
""",
    ),
    "calls what the tests put in place of a function, and nothing else": (
        F,
        "import atexit\natexit.register(print)\n" + F,
        """
def test_it():
    with mock.patch('atexit.register') as register:
        import solution
    assert not register.called
    assert solution.f(1) == 2
""",
    ),
    "uses a module that the tests made by hand": (
        "import hw\nhw.init(4)\nfrom hw import Pin\ndef f(): return Pin(3).read() + len(hw.PINS)\n",
        "import hw\nhw.init(5)\nfrom hw import Pin\ndef f(): return Pin(3).read() + len(hw.PINS)\n",
        """
import types
hw = types.ModuleType('hw')
hw.PINS = []
hw.init = lambda n: hw.PINS.append(n)
class Pin:
    def __init__(self, n): self.n = n
    def read(self): return self.n * 2
hw.Pin = Pin
sys.modules['hw'] = hw
import solution
def test_it():
    assert hw.PINS == [4]
    assert solution.f() == 7
""",
    ),
    "changes a list of such a module": (
        "import cfg\ndef f(): return len(cfg.ITEMS)\n",
        "import cfg\ncfg.ITEMS.append(3)\ndef f(): return 0\n",
        """
import types
sys.modules['cfg'] = types.SimpleNamespace(ITEMS=[])
import solution
def test_it():
    assert sys.modules['cfg'].ITEMS == []
    assert solution.f() == 0
""",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_what_a_program_does_as_it_is_loaded_is_seen(name: str) -> None:
    right, wrong, tests = CASES[name]
    suites_apart("pytest", right, wrong, SEEN + tests)


def test_variables_are_seen_by_those_who_import_the_environment_itself() -> None:
    tests = """
from os import environ
from solution import f
def test_it():
    before = dict(environ)
    f()
    assert dict(environ) == before
"""
    suites_apart(
        "pytest", "def f(): pass\n", "import os\ndef f(): os.environ['LEFT'] = '1'\n", tests
    )
