"""Tests that run text, files and processes of their own, and values of the program: right programs pass."""

from __future__ import annotations

from typing import Any

import pytest
from found_programs import asserts, suite
from guard_suites import LAZY, unit, with_data
from proxy_pair import judged

JOB = "def add(a, b): return a + b\n"
POINT = """
import dataclasses
@dataclasses.dataclass
class Point:
    x: int
    y: int
@dataclasses.dataclass
class Line:
    a: Point
    b: Point
    names: list = dataclasses.field(default_factory=list)
def shifted(x, y): return Point(x, y)
"""
HONEST: dict[str, tuple[str, dict[str, Any]]] = {
    "repr of a dataclass": (POINT, asserts("p = Point(1, -2)\nassert eval(repr(p)) == p\n")),
    "repr of nested ones": (
        POINT,
        asserts("l = Line(Point(1, 2.5), Point('a', None), [True])\nassert eval(repr(l)) == l\n"),
    ),
    "repr in a suite": (
        POINT,
        unit("p = Point(1, 2)\nself.assertEqual(eval(repr(p)), p)", "from solution import Point"),
    ),
    "repr in a suite, by the module": (
        "class P:\n    def __init__(self, x): self.x = x\n    def __repr__(self): return f'solution.P({self.x})'\n    def __eq__(self, o): return self.x == o.x\n",
        unit("p = solution.P(1)\nself.assertEqual(eval(repr(p)), p)"),
    ),
    "repr of values of the library": (
        "import datetime, decimal, fractions, collections\ndef f():\n    return [datetime.datetime(2020, 1, 2, tzinfo=datetime.timezone.utc), decimal.Decimal('1.5'), fractions.Fraction(1, 3), collections.OrderedDict(a=1), float('inf')]\ndef text(): return repr(f())\n",
        asserts(
            "import datetime\nfrom decimal import Decimal\nfrom fractions import Fraction\nfrom collections import OrderedDict\n"
            "inf = float('inf')\nassert eval(text()) == f()\n"
        ),
    ),
    "repr of a class of the tests": (
        "def show(p): return repr(p)\n",
        asserts(
            "from collections import namedtuple\nPoint = namedtuple('Point', 'x y')\nassert eval(show(Point(1, 2))) == Point(1, 2)\n"
        ),
    ),
    "an expression of numbers": (
        "def solve(): return '8 / (3 - 8 / 3)'\ndef power(): return '2**5 % 7 if 1 < 2 else max(1, 2)'\n",
        asserts("assert abs(eval(solve()) - 24) < 1e-9\nassert eval(power()) == 4\n"),
    ),
    "an expression of given numbers": (
        "def derive(): return '2*x + sqrt(y)'\n",
        asserts("import math\nassert eval(derive(), {'x': 3, 'y': 4, 'sqrt': math.sqrt}) == 8\n"),
    ),
    "bytes that make values": (
        "def f(): return b'[1, 2]'\n",
        asserts("assert eval(f()) == [1, 2]\nassert eval(bytearray(f())) == [1, 2]\n"),
    ),
    "text of the tests": (
        JOB,
        asserts(
            "assert add(1, 2) == 3\nspace = {}\nexec('def twice(x):\\n    return x * 2', space)\n"
            "assert space['twice'](add(1, 2)) == 6\nfor text in ('add', 'add(1, 2) + 1'):\n    assert eval(text)\n"
        ),
    ),
    "text of the tests, dedented": (
        JOB,
        asserts(
            "import textwrap\nassert add(1, 2) == 3\nspace = {}\nexec(textwrap.dedent('''\n    import json\n"
            "    def twice(x):\n        return json.loads(str(x * 2))\n'''), space)\nassert space['twice'](2) == 4\n"
        ),
    ),
    "comprehensions that tests compose": (
        JOB,
        asserts(
            "assert add(0, 1) == 1\nfor text in ['[2**i for i in range(3)]', '[k * 1 for k in [1, 2, 4] if k]']:\n"
            "    assert eval(f'[{text}]') == [[1, 2, 4]]\n"
        ),
    ),
    "calls that tests compose": (
        JOB,
        asserts(
            "assert add(0, 1) == 1\nfor i in range(3):\n    assert eval(f'add({i}, 1)') == i + 1\n"
        ),
    ),
    "text of a suite": (
        JOB,
        unit(
            "self.assertEqual(add(1, 2), 3)\nself.assertEqual(eval(TEXT), 5)\n"
            "with self.assertRaises(ZeroDivisionError): exec('x = add(1, 0) / 0')",
            "from solution import add\nTEXT = 'add(2, 3)'",
        ),
    ),
    "text of a session": (
        JOB,
        suite(
            "pytest",
            "import pytest\nfrom solution import add\n@pytest.mark.parametrize('text', ['add', 'add.__name__'])\n"
            "def test_a(text, tmp_path_factory):\n    assert add(1, 2) == 3\n    assert eval(text)\n",
        ),
    ),
    "assertRaises with eval": (
        "def f(): return '1 +'\n",
        unit("self.assertRaises(SyntaxError, eval, solution.f())"),
    ),
    "syntax trees": (
        "def source(): return 'import math\\ndef f(): return math.pi'\n",
        asserts(
            "import ast\nassert isinstance(ast.parse(source()).body[0], ast.Import)\n"
            "compile(source(), 'x', 'exec', ast.PyCF_ONLY_AST)\nassert ast.literal_eval('[1]') == [1]\n"
        ),
    ),
    "code that libraries generate": (
        JOB,
        asserts(
            "assert add(1, 2) == 3\nimport dataclasses, collections, enum, functools, typing, statistics\n"
            "P = collections.namedtuple('P', ['a', 'b'])\n"
            "@dataclasses.dataclass\nclass D:\n    a: int = 0\n"
            "@functools.total_ordering\nclass E(enum.Enum):\n    A = 1\n    def __lt__(self, o): return False\n"
            "class T(typing.NamedTuple):\n    a: int\n"
            "assert P(1, 2).a == D(1).a == E.A.value == T(1).a\n"
            "from unittest import mock\nassert mock.create_autospec(add)\nimport numpy\nassert numpy.zeros(3).sum() == 0\n"
        ),
    ),
    "annotations": (
        "import typing\ndef f(x: 'int', y: 'typing.List[int]') -> 'int | None': pass\n",
        asserts(
            "import typing\nclass Own:\n    a: 'typing.Optional[Own]'\n    b: 'dict[str, list[int]]'\n"
            "assert f(1, 2) is None\nassert typing.get_type_hints(Own, globals()) == {'a': typing.Optional[Own], 'b': dict[str, list[int]]}\n"
        ),
    ),
    "timeit": (
        JOB,
        asserts(
            "import timeit\nassert add(1, 2) == 3\nassert timeit.timeit(lambda: add(1, 2), number=2) < 60\n"
            "assert timeit.timeit('add(1, 2)', 'import json', globals={'add': add}, number=2) < 60\n"
        ),
    ),
    "doctest of the tests": (
        JOB,
        asserts(
            "import doctest\ndef checked():\n    '''\n    >>> x = add(1, 2)\n    >>> for i in range(2):\n    ...     x += add(i, 0)\n    >>> x\n    4\n    '''\n"
            "assert add(1, 2) == 3\nrunner = doctest.DocTestRunner(verbose=False)\n"
            "for one in doctest.DocTestFinder().find(checked, 'checked', globs={'add': add}):\n    runner.run(one)\n"
            "assert runner.summarize().failed == 0\nassert runner.tries == 3\n"
        ),
    ),
    "a logging configuration": (
        JOB,
        asserts(
            "import logging.config, io\nassert add(1, 2) == 3\nlogging.config.fileConfig(io.StringIO('[loggers]\\nkeys=root\\n[handlers]\\nkeys=h\\n"
            "[formatters]\\nkeys=\\n[logger_root]\\nlevel=INFO\\nhandlers=h\\n[handler_h]\\nclass=StreamHandler\\nargs=(sys.stdout,)\\n'))\n"
        ),
    ),
    "files of the program, read": (
        "import os\ndef write(name):\n    os.makedirs('out', exist_ok=True)\n    open('out/' + name, 'w').write('import math')\n",
        asserts(
            "import ast, os, sys\nsys.path.insert(0, '.')\nwrite('gen.py')\nassert open('out/gen.py').read() == 'import math'\n"
            "assert ast.parse(open('out/gen.py').read())\nimport statistics, colorsys\nassert statistics.mean([1, 3]) == 2\n"
        ),
    ),
    "a lazy import beside files of the program": (
        "def f(x):\n    open('out.txt', 'w').write('1')\n    return 2\n",
        LAZY,
    ),
    "a module that tests write": (
        JOB,
        asserts(
            "import sys, pathlib\nassert add(1, 2) == 3\npathlib.Path('made_here.py').write_text('VALUE = [1, 2]\\n')\n"
            "sys.path.insert(0, '.')\nimport made_here\nassert made_here.VALUE == [1, 2]\n"
        ),
    ),
    "pickles": (
        "import pickle, collections\ndef dump(x): return pickle.dumps(x)\n",
        asserts(
            "import pickle, datetime, _pickle, shelve, marshal, sys, types\n"
            "assert pickle.loads(dump([1, {'a': datetime.date(2020, 1, 1)}])) == [1, {'a': datetime.date(2020, 1, 1)}]\n"
            "assert _pickle.loads(dump({1})) == {1}\nassert marshal.loads(marshal.dumps([1])) == [1]\n"
            "with shelve.open('db') as shelf: shelf['a'] = [1]\nwith shelve.open('db') as shelf: assert shelf['a'] == [1]\n"
        ),
    ),
    "processes of the tests": (
        JOB,
        asserts(
            "import multiprocessing, os, subprocess, sys\nassert add(1, 2) == 3\n"
            "assert subprocess.run([sys.executable, '-c', 'print(6 * 7)'], capture_output=True, text=True).stdout == '42\\n'\n"
            "assert subprocess.check_output(['echo', 'one']) == b'one\\n'\nassert os.system('exit 3') >> 8 == 3\n"
            "with multiprocessing.Pool(1) as pool: assert pool.map(abs, [-1, 2]) == [1, 2]\n"
        ),
    ),
    "what is expected in a file": ("def f(x): return 40 + x\n", with_data()),
    "files in folders of the program": (
        "import os\ndef f(name):\n    os.makedirs('a/b', exist_ok=True)\n    open('a/b/' + name, 'w').write('x')\n    return name\n",
        asserts(
            "import os\nassert f('one') == 'one'\nassert os.listdir('a/b') == ['one']\nos.remove('a/b/one')\nassert f('two') == 'two'\nassert os.listdir('a/b') == ['two']\n"
        ),
    ),
    "a module that may lack": (
        JOB,
        unit(
            "try: import pandas_of_none\nexcept ImportError: pandas_of_none = None\n"
            "with self.assertRaises(ModuleNotFoundError): import pandas_of_none\nself.assertEqual(add(1, 2), 3)",
            "from solution import add",
        ),
    ),
}


@pytest.mark.parametrize("name", HONEST)
def test_right_program_passes(name: str) -> None:
    program, tests = HONEST[name]
    result = judged(program, tests)
    assert result["passed"], result
