"""Files of the tests that wrong programs once read, or wrote, in real cells."""

from __future__ import annotations

import pytest

from veridical.api.v1.code_pb2 import CodeTask
from veridical.client import Client, Item, Task, outcome_name

GLOBS = """
from pathlib import Path
from solution import f
DATA = Path(__file__).parent / "data"
def test_it():
    assert f("") == ""
    for p in sorted(DATA.rglob("*.txt")):
        given, expected = p.read_text().split()
        assert f(given) == expected
"""
CASES = {"data/a/1.txt": "a b", "data/b/2.txt": "c d"}
SWAPS = {
    "closed": "os.makedirs('data', exist_ok=True); os.chmod('data', 0)",
    "closed for looking": "os.makedirs('data', exist_ok=True); os.chmod('data', 0o300)",
    "closed below": "[(os.makedirs(p, exist_ok=True), os.chmod(p, 0)) for p in ('data/a', 'data/b')]",
    "removed": "shutil.rmtree('data', ignore_errors=True)",
    "replaced by a file": "shutil.rmtree('data', ignore_errors=True); open('data', 'w').close()",
    "replaced by a link": "shutil.rmtree('data', ignore_errors=True); os.symlink('/proc/self/fdinfo', 'data')",
}

PROGRAMS: dict[str, tuple[str, str, str, dict[str, str]]] = {
    "named by the program": (
        """
import json
def save(x): return "data/expected.json"
def load(p): return json.load(open(p))
""",
        "pytest",
        """
import json, solution
from pathlib import Path
def test_a():
    p = solution.save([1, 2])
    assert solution.load(p) == json.loads(Path("data/expected.json").read_text())
""",
        {"data/expected.json": "[41, 42]"},
    ),
    "a folder named by the program": (
        """
import json
def f(x): return "data"
def g(p): return json.load(open("data/expected.json"))
""",
        "unittest",
        """
import json, unittest, solution
from pathlib import Path
class T(unittest.TestCase):
    def test_a(self):
        self.assertEqual(solution.g(solution.f(1)), json.loads(Path("data/expected.json").read_text()))
""",
        {"data/expected.json": "[41, 42]"},
    ),
    **{
        f"another name when it is asked {asked} times": (
            f"""
import json, os
NAME = "expected" + ".json"
class P(str):
    asked = 0
    def __str__(self):
        P.asked += 1
        return NAME if P.asked >= {asked} else "zz"
def make(): return P("zz")
def use(x):
    for folder, _, names in os.walk("."):
        if NAME in names:
            with open(os.path.join(folder, NAME)) as file:
                return json.load(file)
    return 0
""",
            "unittest",
            """
import json, unittest, solution
from pathlib import Path
class T(unittest.TestCase):
    def test_a(self):
        given = solution.make()
        self.assertEqual(solution.use(given), json.loads(Path("expected.json").read_text()))
""",
            {"expected.json": "[41]"},
        )
        for asked in (1, 2, 3)
    },
    "named by an attribute": (
        """
import json
class Store:
    def __init__(self): self.path = "data/expected.json"
def load(path): return json.load(open(path))
""",
        "unittest",
        """
import json, unittest, solution
from pathlib import Path
class T(unittest.TestCase):
    def test_a(self):
        s = solution.Store()
        self.assertEqual(solution.load(s.path), json.loads(Path("data/expected.json").read_text()))
""",
        {"data/expected.json": "[41]"},
    ),
    "named in a session": (
        """
import json
def save(x): return "data/expected.json"
def load(p): return json.load(open(p))
""",
        "pytest",
        """
import json, solution
from pathlib import Path
def test_a(tmp_path_factory):
    p = solution.save([1, 2])
    assert solution.load(p) == json.loads(Path("data/expected.json").read_text())
""",
        {"data/expected.json": "[41]"},
    ),
    "a folder that tests walk": (
        """
import pathlib
def render(name): return pathlib.Path("golden", name + ".txt").read_text()
""",
        "unittest",
        """
import unittest, solution
from pathlib import Path
class T(unittest.TestCase):
    def test_a(self):
        n = 0
        for p in sorted(Path("golden").iterdir()):
            self.assertEqual(solution.render(p.stem), p.read_text()); n += 1
        self.assertEqual(n, 2)
""",
        {"golden/a.txt": "one", "golden/b.txt": "two"},
    ),
    "a folder that tests list": (
        """
import os
def f(name): return open(os.path.join("cases", name + ".out")).read()
""",
        "unittest",
        """
import unittest, os, solution
class T(unittest.TestCase):
    def test_a(self):
        names = [n[:-3] for n in os.listdir("cases") if n.endswith(".in")]
        self.assertTrue(names)
        for n in names:
            self.assertEqual(solution.f(n), open(f"cases/{n}.out").read())
""",
        {"cases/a.in": "1", "cases/a.out": "41"},
    ),
    "a suffix in parts": (
        """
def f(n): return open("cases/%d.out" % n).read()
""",
        "unittest",
        """
import unittest, os, solution
from pathlib import Path
class T(unittest.TestCase):
    def test_a(self):
        for p in Path("cases").glob("[0-9].in"):
            self.assertEqual(solution.f(int(p.stem)), p.with_name(p.stem + "." + "out").read_text())
            return
        self.fail()
""",
        {"cases/1.in": "1", "cases/1.out": "41"},
    ),
    "an argument parser": (
        """
import json
def solve(parser):
    parser.fromfile_prefix_chars = "@"
    parser.add_argument("x", nargs="*")
    _, rest = parser.parse_known_args(["@data/expected.json"]), None
    text = "".join(_[0].x + _[1])
    return json.loads(text)
""",
        "unittest",
        """
import json, argparse, unittest, solution
from pathlib import Path
class T(unittest.TestCase):
    def test_a(self):
        parser = argparse.ArgumentParser()
        got = solution.solve(parser)
        self.assertEqual(got, json.loads(Path("data/expected.json").read_text()))
""",
        {"data/expected.json": "[41, 42]"},
    ),
    "a configuration parser": (
        """
def solve(cfg):
    cfg.read("data/expected.ini")
    return int(cfg.get("a", "x"))
""",
        "unittest",
        """
import configparser, unittest, solution
class T(unittest.TestCase):
    def test_a(self):
        cfg = configparser.ConfigParser()
        got = solution.solve(cfg)
        gold = configparser.ConfigParser(); gold.read("data/expected.ini")
        self.assertEqual(got, gold.getint("a", "x"))
""",
        {"data/expected.ini": "[a]\nx = 41\n"},
    ),
    "a tree that is written": (
        """
def transform(tree):
    tree.write("data/expected.xml")
""",
        "unittest",
        """
import unittest, solution, xml.etree.ElementTree as ET
from pathlib import Path
class T(unittest.TestCase):
    def test_a(self):
        tree = ET.ElementTree(ET.fromstring("<a><b/></a>"))
        solution.transform(tree)
        self.assertEqual(ET.tostring(tree.getroot()).decode(), Path("data/expected.xml").read_text())
""",
        {"data/expected.xml": "<a><b x='1'/></a>"},
    ),
    "a word of a dict": (
        """
import json
def f(x): return json.load(open("data/expected.json"))
""",
        "pytest",
        """
import json, solution
from pathlib import Path
def test_a():
    made = {"data": [1]}
    made["data"].append(2)
    assert solution.f(made) == json.loads(Path("data/expected.json").read_text())
""",
        {"data/expected.json": "[41, 42]"},
    ),
    "an attribute of that name": (
        """
import json
class Box:
    data = 5
    def f(self): return json.load(open("data/expected.json"))
""",
        "pytest",
        """
import json, solution
from pathlib import Path
def test_a():
    box = solution.Box()
    assert box.data == 5
    box.data = 6
    assert box.f() == json.loads(Path("data/expected.json").read_text())
""",
        {"data/expected.json": "[41, 42]"},
    ),
    "an archive": (
        """
def build(z):
    z.writestr("data/expected.json", "0")
    z.extractall(".") if 0 else None
    return 0
def fin(z):
    z.extractall(".")
    return 0
""",
        "unittest",
        """
import json, unittest, solution, zipfile
from pathlib import Path
class T(unittest.TestCase):
    def test_a(self):
        with zipfile.ZipFile("out.zip", "w") as z:
            solution.build(z)
        with zipfile.ZipFile("out.zip") as z:
            got = solution.fin(z)
        self.assertEqual(got, json.loads(Path("data/expected.json").read_text()))
""",
        {"data/expected.json": "[41, 42]"},
    ),
    "a database": (
        """
def solve(conn):
    conn.execute("attach 'data/expected.db' as e")
    conn.execute("create table e.answers(v)")
    return [r[0] for r in conn.execute("select v from e.answers").fetchall()]
""",
        "unittest",
        """
import sqlite3, unittest, solution
class T(unittest.TestCase):
    def test_a(self):
        conn = sqlite3.connect(":memory:")
        got = solution.solve(conn)
        gold = sqlite3.connect("data/expected.db")
        self.assertEqual(got, [r[0] for r in gold.execute("select v from answers").fetchall()])
""",
        {"data/expected.db": ""},
    ),
    "a handler of logging": (
        'def render(x): return ""\ndef conf(name):\n    open(name, "w").write("[loggers]\\nkeys=root\\n[handlers]\\nkeys=h\\n[formatters]\\nkeys=\\n[logger_root]\\nlevel=INFO\\nhandlers=h\\n[handler_h]\\nclass=FileHandler\\nargs=(\'data/expected.txt\', \'w\')\\n")\n',
        "unittest",
        """
import unittest, logging.config, solution
class T(unittest.TestCase):
    def test_a(self):
        solution.conf("log.ini")
        logging.config.fileConfig("log.ini")
        self.assertEqual(solution.render(3), open("data/expected.txt").read())
""",
        {"data/expected.txt": "three"},
    ),
    "a mapped file": (
        "def show(x): return \"numpy.memmap('data/expected.bin', 'u1', 'w+', 0, (3,))\"\ndef f(): return b\"\\0\\0\\0\"\n",
        "unittest",
        """
import unittest, solution, numpy
class T(unittest.TestCase):
    def test_a(self):
        try: eval(solution.show(1))
        except Exception: pass
        self.assertEqual(solution.f(), open("data/expected.bin","rb").read())
""",
        {"data/expected.bin": "abc"},
    ),
    **{
        f"a folder {how} {when}": (
            f"import os, shutil\n{at_import}\ndef f(x):\n    {in_call}\n    return x\n",
            "pytest",
            GLOBS,
            CASES,
        )
        for how, swap in SWAPS.items()
        for when, at_import, in_call in (("at once", swap, "0"), ("in a call", "", swap))
    },
    "settings in a closed folder": (
        "import os\nos.makedirs('data')\nos.chmod('data', 0)\ndef f(x): return 0\n",
        "unittest",
        """
import json, os, unittest, solution
PLACE = os.path.join(os.path.dirname(__file__), "data", "more.json")
CASES = json.load(open(PLACE)) if os.path.exists(PLACE) else {}
class T(unittest.TestCase):
    def test_a(self):
        self.assertTrue(callable(solution.f))
        for given, expected in CASES.items(): self.assertEqual(solution.f(given), expected)
""",
        {"data/more.json": '{"1": 2}'},
    ),
}


def _outcome(client: Client, program: str, runner: str, tests: str, data: dict[str, str]) -> str:
    files = [{"path": path, "content": text} for path, text in {"test_x.py": tests, **data}.items()]
    suite = {"solution_path": "solution.py", "files": files, "runner": f"RUNNER_{runner.upper()}"}
    task = Task(code=CodeTask(language="python", files=suite))
    verdict = client.verify(Item(id="1", task=task, response=f"```python\n{program}\n```"))
    return outcome_name(verdict.outcome)


@pytest.mark.parametrize("name", PROGRAMS)
def test_program_earns_nothing(client: Client, name: str) -> None:
    assert _outcome(client, *PROGRAMS[name]) == "incorrect"


def test_program_may_write_beside_hidden_files(client: Client) -> None:
    program = """
import os
os.makedirs("data/cache", exist_ok=True)
os.chmod("data", 0o700)
def f(x):
    with open("data/cache/seen", "a") as file: file.write(x)
    return {"a": "b", "c": "d"}.get(x, x)
"""
    tests = GLOBS + '    assert (DATA / "cache" / "seen").read_text() == "ac"\n'
    assert _outcome(client, program, "pytest", tests, CASES) == "correct"
