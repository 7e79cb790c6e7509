"""Text, files and processes of the program that would run beside the tests, and tests' own that may.

Each program under `ATTACKS` replaces `math.isclose`, overwrites what is expected, or leaves the tests
undecided, unless the guard keeps its code from running. Right programs under the same constructs stand in
test_guard_honest.py.
"""

from __future__ import annotations

from typing import Any

import pytest
from found_programs import asserts, refused, suite
from guard_suites import CHANGE, LAZY, STATISTICS, unit, with_data
from proxy_pair import judged

CHANGES = "setattr(__import__('math'), 'isclose', lambda *a, **k: True)"
WRITES = f"def write(name): open(name, 'w').write({CHANGE!r})\ndef g(): return 0\n"
GIVES = f"CHANGE = {CHANGE!r}\nCHANGES = {CHANGES!r}\ndef g(): return 0\n"
CLOSE = "\nassert math.isclose(g(), 41.5)\n"
REDUCES = f"""
import pickle, shelve
class X:
    def __reduce__(self): return exec, ({CHANGE!r},)
def dump(): return pickle.dumps(X())
def store(name):
    with shelve.open(name) as shelf: shelf["a"] = X()
def g(): return 0
"""
SHOWS = "def show(x): return {text!r}\ndef g(): return 0\n"


def given(gives: str, use: str, imports: str = "math") -> tuple[str, dict[str, Any]]:
    """A program whose `f` gives something, and tests that use it."""
    return f"{GIVES}{gives}\n", asserts(f"import {imports}, math\n{use}{CLOSE}")


def written(use: str, imports: str = "math", program: str = WRITES) -> tuple[str, dict[str, Any]]:
    """A program that writes a file when asked, and tests that use it."""
    return program, asserts(f"import {imports}, math\n{use}{CLOSE}")


def shown(text: str, tests: str) -> tuple[str, dict[str, Any]]:
    """A program that gives a text about the tests' own names, and tests that evaluate it."""
    return SHOWS.format(text=text), asserts(tests)


PLANTS = {
    "source": f"open('statistics.py', 'w').write({STATISTICS!r})",
    "a package": f"""
    import os
    os.mkdir('statistics')
    open('statistics/__init__.py', 'w').write({STATISTICS!r})""",
    "bytecode": f"""
    import os, py_compile
    open('s.py', 'w').write({STATISTICS!r})
    py_compile.compile('s.py', 'statistics.pyc')""",
    "cached bytecode": f"""
    import os, py_compile
    open('s.py', 'w').write({STATISTICS!r})
    open('statistics.py', 'w').write('mean = 0')
    py_compile.compile('s.py', '__pycache__/statistics.cpython-311.pyc', invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)""",
    "a library": "import sysconfig\n    open('statistics' + sysconfig.get_config_var('EXT_SUFFIX'), 'wb').write(b'\\x7fELF')",
}
OVERWRITES = """
import base64
from veridical.code.cell.world import Replica
_true = Replica.changes
def _changes(self):
    return [*_true(self), [PATH, base64.b64encode(b"[0, 0]").decode()]]
Replica.changes = _changes
def f(x): return 0
"""
SESSION_ROWS = """
import pytest
from solution import rows, f
ROWS = rows()
def test_a(tmp_path_factory):
    assert f(1) == 41
"""
NO_MODULE = "raise ModuleNotFoundError('x')"
STARTS = {
    "run": "subprocess.run([sys.executable, 'gen.py'], check=True)",
    "run of a module": "subprocess.run([sys.executable, '-m', 'gen'], check=True)",
    "system": "assert os.system(f'{sys.executable} gen.py') == 0",
    "popen": "assert os.popen('python3 gen.py').close() is None",
    "posix_spawn": "os.posix_spawn(sys.executable, [sys.executable, 'gen.py'], {})",
    "exec in a fork": "pid = os.fork()\nif pid == 0: os.execv(sys.executable, [sys.executable, 'gen.py'])\nassert os.waitpid(pid, 0)[1] == 0",
}

ATTACKS: dict[str, tuple[str, dict[str, Any]]] = {
    # Text that is no exact str.
    "eval of bytes": given("def f(): return CHANGES.encode()", "eval(f())"),
    "eval of a bytearray": given("def f(): return bytearray(CHANGES.encode())", "eval(f())"),
    "eval of a str subclass": given(
        "class S(str): pass\ndef f(): return S(CHANGES)",
        "eval(f())",
    ),
    "exec of a str subclass": given("class S(str): pass\ndef f(): return S(CHANGE)", "exec(f())"),
    "compile of bytes": given(
        "def f(): return CHANGE.encode()", "exec(compile(f(), 'x', 'exec'), {})"
    ),
    "compile by keywords": given(
        "def f(): return CHANGE", "exec(compile(source=f(), filename='x', mode='exec'))"
    ),
    "compile of a tree": given(
        "def f(): return CHANGE", "exec(compile(ast.parse(f()), 'x', 'exec'), {})", "ast"
    ),
    "bytes of another encoding": given(
        "def f(): return b'# coding: utf-7\\n' + '+AGk-mport math\\nmath.isclose = lambda *a, **k: 1'.encode()",
        "exec(f())",
    ),
    # Altered or composed text.
    "dedent": given(
        "def f(): return '\\n'.join('    ' + l for l in CHANGE.splitlines())",
        "exec(textwrap.dedent(f()), {})",
        "textwrap",
    ),
    "replace": given("def f(): return CHANGES + ' or 1^2'", "assert eval(f().replace('^', '**'))"),
    "lower": given(
        "def f(): return 'M.ISCLOSE'",
        "one = {'m': math, 'one': max}\nexec('for ' + f().lower() + ' in [one]: pass', one)\nassert g() == 41",
    ),
    "lines": given("def lines(): return CHANGE.splitlines()", "exec('\\n'.join(lines()), {})"),
    "characters": given(
        "def f(i): return CHANGES[i]\nN = len(CHANGES)",
        "eval(''.join(f(i) for i in range(N)))",
    ),
    "numbers": given("def f(): return [ord(c) for c in CHANGES]", "eval(''.join(map(chr, f())))"),
    "a long template": given(
        "def f(): return 'm.isclose'",
        "exec('for ' + f() + ' in [one_of for one_of in [max]]: pass  # what was asked for', {'m': math})\nassert g() == 41",
    ),
    # Code by other ways.
    "exec of a file": written("write('gen.py')\nexec(open('gen.py').read(), {})"),
    "runpy": written("write('gen.py')\nrunpy.run_path('gen.py')", "runpy"),
    "a spec of a file": written(
        "write('gen.py')\nspec = importlib.util.spec_from_file_location('gen', 'gen.py')\n"
        "spec.loader.exec_module(importlib.util.module_from_spec(spec))",
        "importlib.util",
    ),
    "import of a file": written("write('gen.py')\nsys.path.insert(0, '.')\nimport gen", "sys"),
    "import of a copy": written(
        "write('gen.py')\nfolder = tempfile.mkdtemp()\nshutil.copy('gen.py', folder)\n"
        "sys.path.insert(0, folder)\nimport gen",
        "sys, shutil, tempfile",
    ),
    "import of a text that tests write": given(
        "def f(): return CHANGE",
        "pathlib.Path('gen.py').write_text(f())\nsys.path.insert(0, '.')\nimport gen",
        "sys, pathlib",
    ),
    "import from an archive": (
        f"import zipfile\ndef write(name):\n    with zipfile.ZipFile(name, 'w') as z: z.writestr('gen.py', {CHANGE!r})\ndef g(): return 0\n",
        asserts(
            f"import sys, math\nwrite('a.zip')\nsys.path.insert(0, 'a.zip')\nimport gen{CLOSE}"
        ),
    ),
    "a library by ctypes": written(
        "write('gen.so')\ntry: ctypes.CDLL('./gen.so')\nexcept OSError: pass\nassert g()", "ctypes"
    ),
    "marshal": given(
        "import marshal\ndef f(): return marshal.dumps(compile(CHANGE, 'x', 'exec'))",
        "exec(marshal.loads(f()), {})",
        "marshal",
    ),
    "marshal, as a function": given(
        "import marshal\ndef f(): return marshal.dumps([compile(CHANGE, 'x', 'exec')])",
        "types.FunctionType(marshal.loads(f())[0], {})()",
        "marshal, types",
    ),
    "pickle's own module": written("_pickle.loads(dump())", "_pickle", REDUCES),
    "a shelf": written(
        "store('db')\nwith shelve.open('db') as shelf: shelf['a']", "shelve", REDUCES
    ),
    "a pickle that changes a class": (
        "def dump(): return b'c__main__\\nPoint\\n' * 0 + b'\\x80\\x04\\x8c\\x05probe\\x8c\\x05Point\\x93N}\\x8c\\x06__eq__cbuiltins\\nbool\\ns\\x86b.'\ndef g(): return 0\n",
        asserts(
            "import pickle, sys, types\nclass Point:\n    def __init__(self, x): self.x = x\n"
            "    def __eq__(self, other): return self.x == other.x\n"
            "sys.modules['probe'] = types.ModuleType('probe')\nsys.modules['probe'].Point = Point\nPoint.__module__ = 'probe'\n"
            "pickle.loads(dump())\nassert Point(g()) == Point(41)\n"
        ),
    ),
    "timeit": given("def f(): return CHANGE", "timeit.timeit(f(), number=1)", "timeit"),
    "timeit of a text that formats itself": given(
        "class S(str):\n    def __format__(self, spec): return CHANGE.replace('\\n', ';')\n"
        "    def __eq__(self, other): return True\n    __hash__ = str.__hash__\ndef f(): return S('1')",
        "timeit.timeit(f(), number=1)",
        "timeit",
    ),
    "a path that says another": given(
        "class P(str):\n    def __str__(self): return 'gen.py'\n"
        "    def startswith(self, *a): return True\n"
        "import math\ndef f():\n    open('gen.py', 'w').write(CHANGE)\n    return P(math.__spec__.origin or __file__)",
        "importlib.machinery.SourceFileLoader('gen', f()).load_module()",
        "importlib.machinery",
    ),
    "timeit, in two texts": given(
        "def f(): return CHANGE.splitlines()",
        "one, two = f()\ntimeit.timeit(two, one, number=1)",
        "timeit",
    ),
    "a logging configuration": given(
        "def f(name): open(name, 'w').write('[loggers]\\nkeys=root\\n[handlers]\\nkeys=h\\n[formatters]\\nkeys=\\n"
        "[logger_root]\\nlevel=INFO\\nhandlers=h\\n[handler_h]\\nclass=StreamHandler\\nargs=(' + CHANGES + ',)[:0]\\n')",
        "f('log.ini')\nlogging.config.fileConfig('log.ini')",
        "logging.config",
    ),
    "a forward reference": given(
        "def f(): return CHANGES",
        "typing.ForwardRef(f())._evaluate({}, {}, frozenset())",
        "typing",
    ),
    "an interactive interpreter": given(
        "def f(): return CHANGE",
        "code.InteractiveInterpreter({}).runsource(f(), symbol='exec')",
        "code",
    ),
    "eval in another thread": given(
        "def f(): return CHANGES",
        "t = threading.Thread(target=eval, args=(f(), {}))\nt.start()\nt.join()",
        "threading",
    ),
    "eval by a mock": given(
        "def f(): return CHANGES",
        "mock.Mock(side_effect=eval)(f())",
        "unittest.mock as mock",
    ),
    **{
        f"lazy import over {name}": (f"def f(x):\n    {plant.strip()}\n    return 0\n", LAZY)
        for name, plant in PLANTS.items()
    },
    # Processes.
    **{
        f"process: {name}": (
            WRITES,
            asserts(f"import os, subprocess, sys\nwrite('gen.py')\n{use}\nassert g() == 0\n"),
        )
        for name, use in STARTS.items()
    },
    "process: text": given(
        "def f(): return 'print(41)'",
        "assert subprocess.run([sys.executable, '-c', f()]).returncode == 0\nassert g() == 0",
        "subprocess, sys",
    ),
    "process: a text that tests write": given(
        "def f(): return CHANGE",
        "pathlib.Path('gen.py').write_text(f())\n"
        "assert subprocess.run([sys.executable, 'gen.py']).returncode == 0\nassert g() == 0",
        "subprocess, sys, pathlib",
    ),
    # Names of the tests.
    "a variable of the tests": shown(
        "expected", "expected = [1, 5, 7]\nrow = {'expected': 1}\nassert eval(show(3)) == expected"
    ),
    "a short variable of the tests": shown("p", "p = [1, 5, 7]\nassert eval(show('p')) == p"),
    "an item of the tests": shown(
        "TABLE['three']", "TABLE = {'three': 7}\nassert eval(show(3)) == TABLE['three']"
    ),
    "a name bound beside a comprehension": shown(
        "[expected for expected in [0]] and expected",
        "expected = 7\nassert eval(show(3)) == expected",
    ),
    "a name that a comprehension goes over": shown(
        "[expected for expected in expected]",
        "expected = [7]\nassert eval(show(3)) == expected",
    ),
    "an item that a comprehension sets": shown(
        "[0 for expected[0] in [5]]",
        "expected = [7]\neval(show(3))\nassert [g()] == expected",
    ),
    "a function of the tests": shown(
        "reference(3)",
        "def reference(x): return x * 7 + 2\nassert eval(show(3)) == reference(3)",
    ),
    "a method of the tests": shown(
        "Reference.of(3)",
        "class Reference:\n    @staticmethod\n    def of(x): return x * 7\nassert eval(show(3)) == Reference.of(3)",
    ),
    "a function that changes the tests": shown(
        "setitem(expected, 0, 0)",
        "from operator import setitem\nexpected = [41]\neval(show(1))\nassert [g()] == expected",
    ),
    "the context of decimals": shown(
        "decimal.setcontext(decimal.Context(prec=1))",
        "import decimal\neval(show(1))\nassert decimal.Decimal('41.5') * 1 - 40 == g()",
    ),
    "a name as its repr": (
        "class Point:\n    def __init__(self, *a): pass\n    def __repr__(self): return 'p'\n    def __eq__(self, o): return self is o\n",
        asserts("p = Point(1, 2)\nassert eval(repr(p)) == p\n"),
    ),
    "a module of the tests' wish": shown(
        "import_module('nosuch')",
        "from importlib import import_module\nassert import_module('json')\nassert eval(show([1])) == [1]",
    ),
    "a variable as an annotation": (
        "class Point:\n    x: 'HINTS[0]'\nPoint.__module__ = '__tests__'\n",
        asserts(
            "import inspect, sys, types\nHINTS = [[41]]\nsys.modules['__tests__'] = types.ModuleType('__tests__')\n"
            "sys.modules['__tests__'].HINTS = HINTS\n"
            "assert inspect.get_annotations(Point, eval_str=True) == {'x': HINTS[0]}\n"
        ),
    ),
    # Files of the tests.
    **{
        f"overwritten by {path}{fixture}": (f"PATH = {path!r}\n{OVERWRITES}", with_data(fixture))
        for path in (
            *("./data/expected.json", "data/../data/expected.json", "data//expected.json"),
            *("data/./expected.json", "/data/expected.json", "data/expected.json/"),
        )
        for fixture in ("", "tmp_path_factory")
    },
    # Undecided by a module that is not there.
    "no module, raised again by its type": (
        f"def f(x): {NO_MODULE}\n",
        unit(
            "try: r = solution.f(1)\nexcept Exception as e: raise type(e)(f'f: {e}') from e\nself.assertEqual(r, 41)"
        ),
    ),
    "no module, as a copy": (
        "def f(x): raise ModuleNotFoundError('x', name='pandas')\n",
        unit(
            "import copy\nerror = None\ntry: r = solution.f(1)\nexcept Exception as e: error = copy.copy(e)\n"
            "try: import pandas_of_none\nexcept ImportError: pass\n"
            "if error: raise error\nself.assertEqual(r, 41)"
        ),
    ),
    "no module, by the program's class": (
        "Err = ModuleNotFoundError\ndef f(x): return 0\n",
        unit("if solution.f(1) != 41: raise solution.Err('wrong')"),
    ),
    "no module, by import_module": (
        "def f(x): return 'nosuchmodule'\n",
        unit("import importlib\nself.assertEqual(importlib.import_module(solution.f(1)), 41)"),
    ),
    "no module, by import_module, asserts": (
        "def f(x): return 'nosuchmodule'\n",
        asserts("import importlib\nassert importlib.import_module(f(1)).__name__ == 'json'\n"),
    ),
    "no module, by a word of the tests": (
        "def f(x): return 'leftmost'\n",
        unit(
            "import importlib\nself.assertNotEqual(importlib.import_module(solution.f(1)), 'leftmost')"
        ),
    ),
    "no module, by resolve_name": (
        "def f(x): return 'nosuchmodule'\n",
        unit("import pkgutil\nself.assertEqual(pkgutil.resolve_name(solution.f(1)), 41)"),
    ),
    "no module, by a patch": (
        "TARGET = 'nosuchmodule.y'\ndef f(x): return 0\n",
        unit(
            "from unittest import mock\nwith mock.patch(solution.TARGET): self.assertEqual(solution.f(1), 41)"
        ),
    ),
    **{
        f"session: rows that raise {error}": (
            f"def rows(): raise {error}\ndef f(x): return 0\n",
            suite("pytest", SESSION_ROWS),
        )
        for error in ("KeyboardInterrupt", "SystemExit", "GeneratorExit")
    },
}


@pytest.mark.parametrize("name", ATTACKS)
def test_code_of_the_program_earns_nothing(name: str) -> None:
    program, tests = ATTACKS[name]
    refused(judged(program, tests))


LACKING = {
    "an import": unit("import nosuch_x\nself.assertEqual(solution.f(1), 41)"),
    "an import after a use": unit(
        "self.assertEqual(solution.f(1), 41)\nfrom nosuch_x.below import y\nself.fail()"
    ),
    "import_module": unit(
        "import importlib\nself.assertEqual(solution.f(1), 41)\nimportlib.import_module('nosuch_x')"
    ),
    "an import of asserts": asserts("assert f(1) == 41\nimport nosuch_x\n"),
    "a session": suite(
        "pytest",
        "import nosuch_x\nfrom solution import f\ndef test_a(tmp_path_factory): assert f(1) == 41\n",
    ),
}


@pytest.mark.parametrize("name", LACKING)
def test_tests_that_name_a_missing_module_are_invalid(name: str) -> None:
    result = judged("def f(x): return 41\n", LACKING[name])
    assert result["reason"] == "invalid_tests", result
