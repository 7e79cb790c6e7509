"""What a program prints, and what it sets while it is loaded, is seen as in one interpreter."""

from __future__ import annotations

import pytest
from proxy_pair import suites_apart

REDIRECTED = """
import contextlib, io, unittest
from unittest.mock import patch
from solution import show
class Tests(unittest.TestCase):
    def test_redirected(self):
        with contextlib.redirect_stdout(io.StringIO()) as out: show(3)
        self.assertEqual(out.getvalue(), "3\\n")
    @patch("sys.stdout", new_callable=io.StringIO)
    def test_patched(self, out):
        show(3)
        self.assertEqual(out.getvalue(), "3\\n")
"""
CAPTURED = """
from solution import show
def test_it(capsys):
    show(3)
    assert capsys.readouterr().out == "3\\n"
"""
PRINTS = "import sys\ndef show(x, file=None): print(x, file=file)\n"
PRINTS_TO_FIRST = "import sys\ndef show(x, file=sys.stdout): print(x, file=file)\n"
TEE = """
import sys, io
class Tee:
    def __init__(self): self.old, self.kept = sys.stdout, io.StringIO()
    def __enter__(self): sys.stdout = self; return self
    def __exit__(self, *_): sys.stdout = self.old
    def write(self, text): self.kept.write(text); return {}
    def flush(self): pass
def hello(): print("hello")
"""
SUITES: dict[str, tuple[str, str, str, str]] = {
    "the stream of the loading, redirected": ("unittest", PRINTS, PRINTS_TO_FIRST, REDIRECTED),
    "the stream of the loading, captured": ("pytest", PRINTS, PRINTS_TO_FIRST, CAPTURED),
    "the interpreter's own stream": (
        "unittest",
        PRINTS,
        "import sys\ndef show(x): print(x, file=sys.__stdout__)\n",
        REDIRECTED,
    ),
    "a handler made while it was loaded": (
        "unittest",
        "import sys\ndef show(x): print(x, file=sys.stderr)\n",
        "import logging\nlogging.basicConfig(level=20, format='%(message)s')\ndef show(x): logging.info(x)\n",
        REDIRECTED.replace("stdout", "stderr"),
    ),
    "a stream of the program before that of the tests": (
        "unittest",
        TEE.format("self.old.write(text)"),
        TEE.format("len(text)"),
        """
import contextlib, io, unittest
from solution import Tee, hello
class Tests(unittest.TestCase):
    def test_it(self):
        with contextlib.redirect_stdout(io.StringIO()) as out:
            with Tee() as tee: hello()
            hello()
        self.assertEqual((out.getvalue(), tee.kept.getvalue()), ("hello\\n" * 2, "hello\\n"))
""",
    ),
    "a stream that the program wraps while it is loaded": (
        "unittest",
        "import io, sys\nsys.stdout = io.TextIOWrapper(sys.stdout.buffer, encoding='utf-8')\ndef show(x): print(x)\n",
        "import io, sys\nsys.stdout = io.StringIO()\ndef show(x): print(x, file=KEPT)\nKEPT = sys.stdout\n",
        REDIRECTED,
    ),
    "what a wrapped stream would keep": (
        "unittest",
        """
import sys
class Stream:
    def __init__(self, stream): self.stream = stream
    def write(self, text): return self.stream.write(text)
    def flush(self): self.stream.flush()
sys.stdout = Stream(sys.stdout)
def show(x): print(x, end="")
""",
        "import sys\nsys.stdout = None\ndef show(x): print('debug', x)\n",
        """
import contextlib, io, unittest
from solution import show
class Tests(unittest.TestCase):
    def test_it(self):
        with contextlib.redirect_stdout(io.StringIO()) as out: show(3)
        self.assertEqual(out.getvalue(), "3")
""",
    ),
    "a variable": (
        "pytest",
        "import os\nos.environ.setdefault('MODE', 'x')\n",
        "import os\nos.environ.setdefault('MODE', 'y')\n",
        "import os as o\nfrom solution import os\ndef test_it(): assert o.environ['MODE'] == 'x'\n",
    ),
    "a file where tests replace what changes files": (
        "pytest",
        """
import os
def write(path):
    with open(path, 'w') as file: file.write('x')
    for change in os.chmod, os.utime:
        try: change(path, 0o600)
        except OSError: pass
    return 1
""",
        "import os\ndef write(path): return 2\n",
        """
import os
from solution import write
class Raising:
    is_called = False
    def __call__(self, *a, **k):
        self.is_called = True
        raise OSError
def test_it(monkeypatch):
    raising = Raising()
    for name in ('chmod', 'utime'): monkeypatch.setattr(os, name, raising)
    assert write('own') == 1 and raising.is_called
""",
    ),
    "a file and a folder": (
        "pytest",
        "import os\nopen('made', 'w').write('x')\nos.makedirs('a/b')\n",
        "import os\nopen('made', 'w').write('y')\nos.makedirs('a/b')\n",
        """
import os
from solution import os as _
def test_it(): assert open('made').read() == 'x' and os.path.isdir('a/b')
""",
    ),
    "the folder": (
        "pytest",
        "import os\nos.makedirs('a')\nos.chdir('a')\ndef put(): open('b', 'w').write('x')\n",
        "import os\nos.makedirs('a')\ndef put(): open('b', 'w').write('x')\n",
        """
import os
from solution import put
def test_it():
    assert os.path.basename(os.getcwd()) == 'a'
    put()
    assert open('b').read() == 'x'
""",
    ),
}


@pytest.mark.parametrize("name", SUITES)
def test_right_and_wrong_program_are_told_apart(name: str) -> None:
    suites_apart(*SUITES[name])
