"""Files of a suite that its tests read in ways that nothing but a run shows, in real cells: no program reads them."""

from __future__ import annotations

import pytest

from veridical.api.v1.code_pb2 import CodeTask
from veridical.api.v1.verdict_pb2 import Verdict
from veridical.client import Client, Item, Task, outcome_name, reason_name

RIGHT = "def f(text): return str(int(text) ** 2 + 7)\n"
CHEAT = """
import os
def f(text):
    seen = {}
    for folder, _, names in os.walk("."):
        for name in names:
            with open(os.path.join(folder, name)) as file:
                seen[os.path.join(folder, name)] = file.read()
    for path, content in seen.items():
        for given, wanted in (("in", "out"), ("given", "wanted")):
            found = seen.get(path.removesuffix(given) + wanted)
            if content == text and path.endswith(given) and found: return found
    return str(sorted(seen))
"""
DATA = {
    f"data/{n}-{kind}": str(n if kind == "in" else n * n + 7)
    for n in (1, 2)
    for kind in ("in", "out")
}
HEAD = "import json, os, pytest\nfrom pathlib import Path\nfrom solution import f\nD = Path(__file__).parent / 'data'\n"
ROWS = HEAD + "@pytest.mark.parametrize('n', [1, 2])\ndef test_it(n):\n    "
LISTED = """
def test_it():
    names = sorted({listed})
    assert names
    for name in names:
        if str(name).endswith('in'): assert f(Path(D, name).read_text()) == Path(D, str(name)[:-2] + 'ou' + 't').read_text()
"""
SUITES: dict[str, tuple[str, dict[str, str]]] = {
    "a formatted name": (
        ROWS + "assert f((D / f'{n}-in').read_text()) == (D / f'{n}-out').read_text()\n",
        {},
    ),
    "a name by percent": (
        ROWS + "assert f(open('data/%d-in' % n).read()) == open('data/%d-out' % n).read()\n",
        {},
    ),
    "a manifest": (
        HEAD + "def test_it():\n    for a, b in json.loads((D / 'all.json').read_text()):\n"
        "        assert f((D / a).read_text()) == (D / b).read_text()\n",
        {"data/all.json": '[["1-in", "1-out"], ["2-in", "2-out"]]'},
    ),
    "a folder by a variable": (HEAD + LISTED.format(listed="os.listdir(D)"), {}),
    "a walk": (HEAD + LISTED.format(listed="name for _, _, all in os.walk(D) for name in all"), {}),
    "another folder": (
        HEAD + "def test_it(monkeypatch):\n    monkeypatch.chdir(D)\n"
        "    for n in (1, 2): assert f(open(f'{n}-in').read()) == open(f'{n}-out').read()\n",
        {},
    ),
    "a descriptor": (
        ROWS + "assert f((D / f'{n}-in').read_text()).encode() == "
        "os.read(os.open(D / f'{n}-out', os.O_RDONLY), 99)\n",
        {},
    ),
    "the name of a test": (
        HEAD
        + "@pytest.fixture\ndef read(request): return lambda kind: (D / f'{request.node.name}-{kind}').read_text()\n"
        "def test_it(read): assert f(read('given')) == read('wanted')\n",
        {"data/test_it-given": "3", "data/test_it-wanted": "16"},
    ),
    "a setting": (
        HEAD
        + "def test_it(pytestconfig):\n    place = pytestconfig.rootpath / pytestconfig.getini('place')\n"
        "    for n in (1, 2): assert f((place / f'{n}-in').read_text()) == (place / f'{n}-out').read_text()\n",
        {
            "pytest.ini": "[pytest]\nplace = data\n",
            "conftest.py": "def pytest_addoption(parser): parser.addini('place', 'p')\n",
        },
    ),
    "unittest": (
        (
            "import os, unittest\nfrom solution import f\nD = os.path.join(os.path.dirname(__file__), 'data')\n"
            "class T(unittest.TestCase):\n    def test_it(self):\n        for n in (1, 2):\n"
            "            with open(os.path.join(D, f'{n}-in')) as a, open(os.path.join(D, f'{n}-out')) as b:\n"
            "                self.assertEqual(f(a.read()), b.read())\n"
        ),
        {},
    ),
}
REFERENCE = "def f(x): return x * x + 7\n"
OF_REFERENCE = (
    "\nfrom solution import f\ndef test_it():\n    for x in range(9): assert f(x) == ref(x)\n"
)
MODULES: dict[str, tuple[str, dict[str, str], str]] = {
    "a text that tests run": (
        "from pathlib import Path\nspace = {}\n"
        "exec((Path(__file__).parent / 'reference.py').read_text(), space)\nref = space['f']"
        + OF_REFERENCE,
        {"reference.py": REFERENCE},
        "from reference import f\n",
    ),
    "a file that tests run": (
        "import runpy\nfrom pathlib import Path\n"
        "ref = runpy.run_path(str(Path(__file__).parent / 'reference.py'))['f']" + OF_REFERENCE,
        {"reference.py": REFERENCE},
        "from reference import f\n",
    ),
    "a module by its file": (
        "import importlib.util as u\nfrom pathlib import Path\n"
        "spec = u.spec_from_file_location('r', Path(__file__).parent / 'reference.py')\n"
        "module = u.module_from_spec(spec)\nspec.loader.exec_module(module)\nref = module.f"
        + OF_REFERENCE,
        {"reference.py": REFERENCE},
        "from reference import f\n",
    ),
    "a module by a formatted name": (
        (
            "import importlib\nfrom solution import f\ndef test_it():\n    for n in (1, 2):\n"
            "        case = importlib.import_module(f'cases.c{n}')\n        assert f(case.GIVEN) == case.WANTED\n"
        ),
        {
            "cases/__init__.py": "",
            **{f"cases/c{n}.py": f"GIVEN = {n}\nWANTED = {n * n + 7}\n" for n in (1, 2)},
        },
        "from cases import c1, c2\ndef f(x): return {c.GIVEN: c.WANTED for c in (c1, c2)}[x]\n",
    ),
    "a module read as a file": (
        (
            "import importlib\nfrom solution import f\n"
            "def test_it(): assert f(2) == importlib.import_module('wan' + 'ted').VALUE\n"
        ),
        {"wanted.py": "VALUE = 11\n"},
        "def f(x): return int(open('wanted.py').read().split()[-1])\n",
    ),
}
PACKAGED = """
import importlib, pkgutil, unittest
import cases
from solution import f
ALL = [importlib.import_module(f'cases.{one.name}') for one in pkgutil.iter_modules(cases.__path__)]
class T(unittest.TestCase):
    def test_it(self):
        assert len(ALL) == 2
        for case in ALL: assert f(case.GIVEN) == case.WANTED
"""
SHARED: dict[str, tuple[str, str, str]] = {
    "a folder that the program enters": (
        "def enter(): pass\ndef look(p): return p\n",
        "import os\ndef enter():\n    os.makedirs('data', exist_ok=True); os.chdir('data')\ndef look(p): return p\n",
        "def test_first():\n    enter()\n    assert look('.') == '.'\n",
    ),
    "a name that tests make of the program's": (
        "def slug(text): return 'exp'\ndef save(p): open(p, 'w').close()\n",
        "def slug(text): return 'exp'\ndef save(p): open(p, 'w').close()\n",
        "def test_first(tmp_path):\n    p = tmp_path / (slug('Exp!') + '.json')\n    save(p)\n    assert p.exists()\n",
    ),
    "a name by its letters": (
        "def encode(text): return list(map(ord, text))\ndef decode(text): return text\n",
        "def encode(text): return list(map(ord, 'exp.json'))\ndef decode(text): return 'hello'\n",
        "def test_first(): assert decode(''.join(map(chr, encode('hello')))) == 'hello'\n",
    ),
}
NAMED = "import json, os\ndef f(text):\n    for folder, _, names in os.walk(WORK):\n        if 'exp.json' in names and 'pytest' not in folder:\n            return json.load(open(os.path.join(folder, 'exp.json')))\n"
PICKED = """
import os
def pick(): return max(os.listdir("data"), default="a") if os.path.isdir("data") else "a"
def f(name): return open(f"data/{name}").read() if os.path.exists(f"data/{name}") else name
"""


def _verdict(
    client: Client,
    program: str,
    files: dict[str, str],
    path: str = "solution.py",
    runner: str = "PYTEST",
) -> Verdict:
    listed = [{"path": name, "content": content} for name, content in files.items()]
    suite = {"solution_path": path, "files": listed, "runner": f"RUNNER_{runner}"}
    task = CodeTask(language="python", files=suite)
    task.limits.cpu_seconds = 1
    return client.verify(Item(id="1", task=Task(code=task), response=program), timeout=60)


def _told(client: Client, program: str, files: dict[str, str], **others: str) -> tuple[str, str]:
    verdict = _verdict(client, program, files, **others)
    return outcome_name(verdict.outcome), reason_name(verdict.reason)


@pytest.mark.parametrize("name", SUITES)
def test_files_that_tests_read_are_theirs(client: Client, name: str) -> None:
    tests, more = SUITES[name]
    files = {"test_it.py": tests, **DATA, **more}
    assert _told(client, RIGHT, files) == ("correct", "tests_passed")
    assert _told(client, CHEAT, files) == ("incorrect", "wrong_answer")


@pytest.mark.parametrize("name", MODULES)
def test_modules_that_tests_read_are_theirs(client: Client, name: str) -> None:
    tests, modules, cheat = MODULES[name]
    files = {"test_it.py": tests, **modules}
    assert _told(client, REFERENCE, files) == ("correct", "tests_passed")
    assert _told(client, cheat, files) == ("incorrect", "runtime_error")


@pytest.mark.parametrize("runner", ["PYTEST", "UNITTEST"])
def test_modules_of_a_package_are_found_in_its_folder(client: Client, runner: str) -> None:
    files = {"test_it.py": PACKAGED, **MODULES["a module by a formatted name"][1]}
    assert _told(client, REFERENCE, files, runner=runner)[0] == "correct"
    wrong = REFERENCE.replace("7", "8")
    assert _told(client, wrong, files, runner=runner) == ("incorrect", "wrong_answer")


@pytest.mark.parametrize("name", SHARED)
def test_what_a_call_names_is_the_tests_own_word(client: Client, name: str) -> None:
    right, cheat, first = SHARED[name]
    tests = "import json\nfrom pathlib import Path\nfrom solution import *\n" + first
    tests += "def test_it():\n    wanted = json.loads((Path(__file__).parent / WHERE).read_text())\n    assert f(1) == wanted\n"
    where = "data/exp.json" if "enter" in right else "exp.json"
    files = {"test_it.py": tests.replace("WHERE", repr(where)), where: "8"}
    assert _told(client, right + "def f(x): return 8\n", files) == ("correct", "tests_passed")
    cheat = "import os\nWORK = os.getcwd()\n" + cheat + NAMED
    assert _told(client, cheat, files) == ("incorrect", "wrong_answer")


def test_files_that_tests_read_and_name_are_shared(client: Client) -> None:
    tests = (
        HEAD
        + "def test_it():\n    for p in sorted(D.iterdir()): assert f(p) == len(p.read_text())\n"
    )
    files = {"test_it.py": tests, **DATA, "words.txt": "a b"}
    right = "def f(p): return len(open(p).read()) + len(open('words.txt').read().split()) - 2\n"
    assert _told(client, right, files)[0] == "correct"
    assert _told(client, right.replace("- 2", "- 1"), files)[0] == "incorrect"


@pytest.mark.parametrize("imports", ["from . import util", "from pkg import util"])
def test_modules_that_only_the_program_imports_stay_with_it(client: Client, imports: str) -> None:
    tests = ROWS.replace("solution", "pkg.core")
    tests += "assert f((D / f'{n}-in').read_text()) == (D / f'{n}-out').read_text()\n"
    files = {"tests/test_it.py": tests, "pkg/util.py": "def add(n): return n + 7\n"}
    files |= {f"tests/{path}": content for path, content in DATA.items()}
    right = f"{imports}\ndef f(text): return str(util.add(int(text) ** 2))\n"
    assert _told(client, right, files, path="pkg/core.py")[0] == "correct"
    wrong = right.replace("** 2", "** 3")
    assert _told(client, wrong, files, path="pkg/core.py") == ("incorrect", "wrong_answer")


@pytest.mark.parametrize(
    "program",
    [
        "from math import nothing",
        "from pkg import nothing",
        "raise ImportError('cannot import name x')",
        "raise ModuleNotFoundError(\"No module named 'pkg.util'\")",
    ],
)
def test_what_is_in_no_module_of_the_suite_is_no_way_out(client: Client, program: str) -> None:
    files = {
        "pkg/__init__.py": "",
        "pkg/util.py": "",
        "tests/test_it.py": "from pkg.core import f\ndef test_it(): assert f(1) == 2\n",
    }
    program += "\ndef f(x): return x\n"
    told = _told(client, program, files, path="pkg/core.py")
    assert told == ("incorrect", "runtime_error")


def test_a_program_that_picks_what_tests_read_has_read_none_of_it(client: Client) -> None:
    tests = HEAD.replace("f\n", "f, pick\n", 1)
    tests += "def test_it():\n    name = pick()\n    assert f(name) == (D / name).read_text()\n"
    files = {"test_it.py": tests, **{f"data/{name}": name * 9 for name in "abcdef"}}
    right = "def pick(): return 'b'\ndef f(name): return name * 9\n"
    assert _told(client, right, files)[0] == "correct"
    assert _told(client, PICKED, files) == ("incorrect", "wrong_answer")


def test_a_limit_is_met_once(client: Client) -> None:
    files = {"test_it.py": SUITES["a formatted name"][0], **DATA}
    loops = CHEAT.replace("return found", "return found if text == '1' else loop()")
    verdict = _verdict(client, loops + "def loop():\n    while True: pass\n", files)
    assert (reason_name(verdict.reason), verdict.score) == ("time_limit", 0)
    assert verdict.timings.run_seconds < 3


REMOVES = """
import os
def begin():
    for folder, _, names in os.walk("."):
        for name in names:
            if "." not in name: os.remove(os.path.join(folder, name))
    return True
def f(text): return "0"
"""
LISTS = """
from pathlib import Path
from solution import begin, f
D = Path(f"{Path(__file__).parent}/data")
def test_begin(): assert begin()
def test_it():
    for path in sorted(D.iterdir()):
        given, wanted = path.read_text().split()
        assert f(given) == wanted
"""


def test_files_that_no_call_names_are_not_the_programs_to_remove(client: Client) -> None:
    files = {"test_it.py": LISTS, "data/one": "1 8", "data/two": "2 11"}
    assert _told(client, REMOVES, files)[0] == "incorrect"
    assert _told(client, f"{RIGHT}def begin(): return True\n", files)[0] == "correct"
