"""Files that programs and tests leave each other, in real cells: each pair is told apart as in one interpreter."""

from __future__ import annotations

import pytest

from veridical.api.v1.code_pb2 import CodeTask
from veridical.client import Client, Item, Task, outcome_name

PAIRS: dict[str, tuple[str, str, str]] = {
    "a folder that is removed": (
        "import shutil\ndef clean(p): shutil.rmtree(p)\n",
        "def clean(p): pass\n",
        """
from solution import clean
def test_it(tmp_path):
    d = tmp_path / "d"; (d / "e").mkdir(parents=True); (d / "e" / "g").write_text("y")
    clean(d)
    assert not d.exists()
""",
    ),
    "a folder that stays": (
        """
import os, shutil
def empty(p):
    shutil.rmtree(p)
    os.mkdir(p)
""",
        "import shutil\ndef empty(p): shutil.rmtree(p)\n",
        """
from solution import empty
def test_it(tmp_path):
    d = tmp_path / "d"; d.mkdir(); (d / "g").write_text("y")
    empty(d)
    assert d.is_dir() and list(d.iterdir()) == []
""",
    ),
    "parents that stay": (
        "import os\ndef prune(p): os.rmdir(p)\n",
        "import os\ndef prune(p): os.removedirs(p)\n",
        """
from solution import prune
def test_it(tmp_path):
    d = tmp_path / "a" / "b"; d.mkdir(parents=True)
    prune(d)
    assert not d.exists() and d.parent.is_dir()
""",
    ),
    "a folder that the tests remove": (
        "import os\ndef ensure(p): os.makedirs(p, exist_ok=True)\n",
        "def ensure(p): pass\n",
        """
import shutil
from solution import ensure
def test_it(tmp_path):
    d = tmp_path / "d"; d.mkdir(); (d / "g").write_text("y"); ensure(d)
    shutil.rmtree(d); ensure(d)
    assert d.is_dir() and list(d.iterdir()) == []
""",
    ),
    "a folder by another name": (
        "import os\ndef move(a, b): os.rename(a, b)\n",
        "import shutil\ndef move(a, b): shutil.copytree(a, b)\n",
        """
from solution import move
def test_it(tmp_path):
    d = tmp_path / "d"; d.mkdir(); (d / "g").write_text("y")
    move(d, tmp_path / "e")
    assert not d.exists() and (tmp_path / "e" / "g").read_text() == "y"
""",
    ),
    "a file in place of a folder, and a folder in place of a file": (
        """
import os, shutil
def swap(a, b):
    shutil.rmtree(a); open(a, "w").write("x")
    os.remove(b); os.mkdir(b); open(os.path.join(b, "c"), "w").write("z")
""",
        "def swap(a, b): pass\n",
        """
from solution import swap
def test_it(tmp_path):
    a, b = tmp_path / "a", tmp_path / "b"
    a.mkdir(); (a / "x").write_text("1"); b.write_text("2")
    swap(a, b)
    assert a.read_text() == "x" and (b / "c").read_text() == "z"
""",
    ),
    "content at the same time": (
        "def load(p): return open(p).read()\n",
        """
import functools
@functools.cache
def load(p): return open(p).read()
""",
        """
import os
from solution import load
def test_it(tmp_path):
    p = tmp_path / "f"
    p.write_text("aaa"); os.utime(p, (1000, 1000))
    assert load(p) == "aaa"
    p.write_text("bbb"); os.utime(p, (1000, 1000))
    assert load(p) == "bbb"
""",
    ),
    "time of the last reading": (
        "import os\ndef info(p): s = os.stat(p); return s.st_mtime, s.st_atime\n",
        "import os\ndef info(p): s = os.stat(p); return s.st_mtime, s.st_mtime\n",
        """
import os
from solution import info
def test_it(tmp_path):
    p = tmp_path / "f"; p.write_text("a")
    os.utime(p, (5, 7)); assert info(p) == (7, 5)
    os.utime(p, (6, 7)); assert info(p) == (7, 6)
""",
    ),
    "permissions of folders": (
        "import os\ndef make(p): os.mkdir(p); os.chmod(p, 0o700)\n",
        "import os\ndef make(p): os.mkdir(p); os.chmod(p, 0o777)\n",
        """
from solution import make
def test_it(tmp_path):
    make(tmp_path / "d")
    assert (tmp_path / "d").stat().st_mode & 0o777 == 0o700
""",
    ),
    "a file that nobody may read": (
        "import os\ndef lock(p): open(p, 'w').write('x'); os.chmod(p, 0)\n",
        "def lock(p): open(p, 'w').write('x')\n",
        """
import os
from solution import lock
def test_it(tmp_path):
    p = tmp_path / "d"
    lock(p)
    assert p.exists() and p.stat().st_mode & 0o777 == 0
    p.chmod(0o644)
    assert lock(tmp_path / "e") is None
""",
    ),
    "a large file": (
        "def fill(p, n): open(p, 'wb').write(b'x' * n)\n",
        "def fill(p, n): open(p, 'wb').write(b'x' * 20_000_000)\n",
        """
from solution import fill
def test_it(tmp_path):
    fill(tmp_path / "b", 5_000_000)
    assert (tmp_path / "b").stat().st_size == 5_000_000 and (tmp_path / "b").read_bytes()[-1:] == b"x"
""",
    ),
    "a large file beside the answer": (
        "def fill(p): return 5\n",
        "def fill(p): open(p / 'left', 'wb').write(b'x' * 20_000_000); return 5\n",
        """
from solution import fill
def test_it(tmp_path):
    assert fill(tmp_path) == 5 and list(tmp_path.iterdir()) == []
""",
    ),
    "a link in place of a file": (
        "import os\ndef move(a, b): os.rename(a, b)\n",
        "import os\ndef move(a, b): os.rename(a, b); os.symlink(b, a)\n",
        """
from solution import move
def test_it(tmp_path):
    a, b = tmp_path / "a", tmp_path / "b"; a.write_text("1")
    move(a, b)
    assert b.read_text() == "1" and not a.exists()
""",
    ),
    "a pipe that is left": (
        "def make(d): pass\n",
        "import os\ndef make(d): os.mkfifo(os.path.join(d, 'x'))\n",
        """
import os
from solution import make
def test_it(tmp_path):
    make(tmp_path)
    assert os.listdir(tmp_path) == []
""",
    ),
    "a link to the last one": (
        """
import os
def make(d, name):
    open(os.path.join(d, name), "w").write(name)
    link = os.path.join(d, "last")
    if os.path.lexists(link): os.remove(link)
    os.symlink(os.path.join(d, name), link)
""",
        """
import os
def make(d, name):
    open(os.path.join(d, name), "w").write(name)
    link = os.path.join(d, "last")
    if not os.path.lexists(link): os.symlink(os.path.join(d, name), link)
""",
        """
from solution import make
def test_it(tmp_path):
    make(tmp_path, "v1"); assert (tmp_path / "last").read_text() == "v1"
    make(tmp_path, "v2"); assert (tmp_path / "last").read_text() == "v2"
""",
    ),
    "a folder that is gone": (
        "def f(): return 1\n",
        """
import os, tempfile
def f():
    with tempfile.TemporaryDirectory() as folder: os.chdir(folder)
    return 1
""",
        """
from pathlib import Path
from solution import f
def test_it():
    Path("in.txt").write_text("1")
    assert f() == 1 and Path("in.txt").exists()
""",
    ),
    "a folder that is closed": (
        "import os\ndef protect(p): os.chmod(p, 0)\n",
        """
import os
def protect(p):
    for name in os.listdir(p): os.remove(p / name)
    os.chmod(p, 0)
""",
        """
import os
from solution import protect
def test_it(tmp_path):
    d = tmp_path / "d"; d.mkdir(); (d / "a").write_text("secret")
    protect(d)
    assert os.stat(d).st_mode & 0o777 == 0
    d.chmod(0o700)
    assert (d / "a").read_text() == "secret"
""",
    ),
    "a folder that is emptied, not closed": (
        "import os\ndef clear(p): [os.remove(p / name) for name in os.listdir(p)]\n",
        "import os\ndef clear(p): os.chmod(p, 0)\n",
        """
from solution import clear
def test_it(tmp_path):
    d = tmp_path / "d"; d.mkdir(); (d / "a").write_text("secret")
    clear(d)
    d.chmod(0o700)
    assert not (d / "a").exists()
""",
    ),
    "closed folders in each other": (
        """
import os
def write(p, text):
    os.chmod(p, 0o700); os.chmod(p / "e", 0o700)
    (p / "e" / "a").write_text(text)
    os.chmod(p / "e", 0o400); os.chmod(p, 0)
""",
        "import os\ndef write(p, text): os.chmod(p / 'e', 0); os.chmod(p, 0)\n",
        """
import os
from solution import write
def test_it(tmp_path):
    d = tmp_path / "d"; (d / "e").mkdir(parents=True)
    for text in "first", "second":
        (d / "e" / "a").write_text(""); write(d, text)
        assert os.stat(d).st_mode & 0o777 == 0
        d.chmod(0o700)
        assert os.stat(d / "e").st_mode & 0o777 == 0o400
        (d / "e").chmod(0o700)
        assert (d / "e" / "a").read_text() == text
""",
    ),
    "a file that is closed with other content": (
        "import os\ndef protect(p): open(p, 'a').write('!'); os.chmod(p, 0)\n",
        "import os\ndef protect(p): open(p, 'w').write('!'); os.chmod(p, 0)\n",
        """
from solution import protect
def test_it(tmp_path):
    p = tmp_path / "f"; p.write_text("secret")
    protect(p)
    assert p.stat().st_mode & 0o777 == 0
    p.chmod(0o600)
    assert p.read_text() == "secret!"
""",
    ),
    "a file that nobody reads in place of another": (
        "def keep(p): pass\n",
        "import os\ndef keep(p): os.remove(p); os.symlink('/proc/self/mem', p)\n",
        """
from solution import keep
def test_it(tmp_path):
    p = tmp_path / "f"; p.write_text("secret")
    keep(p)
    assert p.read_text() == "secret"
""",
    ),
    "a link in place of a folder": (
        "import shutil\ndef clear(p): shutil.rmtree(p); p.mkdir()\n",
        """
import os
def clear(p):
    os.rename(p, str(p) + "_old"); os.symlink(str(p) + "_old", p)
""",
        """
from solution import clear
def test_it(tmp_path):
    d = tmp_path / "d"; d.mkdir(); (d / "a").write_text("x")
    clear(d)
    assert list(d.iterdir()) == []
""",
    ),
    "a link to the last folder": (
        """
import os
def release(d, name):
    (d / name).mkdir(); (d / name / "VERSION").write_text(name)
    if os.path.lexists(d / "current"): os.remove(d / "current")
    os.symlink(d / name, d / "current")
def notes(d): return (d / "current" / "NOTES").read_text()
""",
        """
import os
def release(d, name):
    (d / name).mkdir(); (d / name / "VERSION").write_text(name)
    if not os.path.lexists(d / "current"): os.symlink(d / name, d / "current")
def notes(d): return (d / "current" / "NOTES").read_text()
""",
        """
from solution import notes, release
def test_it(tmp_path):
    release(tmp_path, "v1"); assert (tmp_path / "current" / "VERSION").read_text() == "v1"
    (tmp_path / "current" / "NOTES").write_text("first"); assert notes(tmp_path) == "first"
    release(tmp_path, "v2"); assert (tmp_path / "current" / "VERSION").read_text() == "v2"
    assert not (tmp_path / "current" / "NOTES").exists()
""",
    ),
    "a link in a circle": (
        "def clear(p): [one.unlink() for one in p.iterdir()]\n",
        """
import os, shutil
def clear(p): shutil.rmtree(p); os.symlink("..", p)
""",
        """
from solution import clear
def test_it(tmp_path):
    d = tmp_path / "d"; d.mkdir(); (d / "a").write_text("x"); (tmp_path / "b").write_text("y")
    clear(d)
    assert list(d.iterdir()) == []
""",
    ),
    "a link that leads nowhere": (
        "import os\ndef publish(d, name): (d / name).write_text('x'); os.symlink(name, d / 'latest')\n",
        "import os\ndef publish(d, name): (d / name).write_text('x'); os.symlink('no' + name, d / 'latest')\n",
        """
from solution import publish
def test_it(tmp_path):
    publish(tmp_path, "a")
    assert (tmp_path / "latest").exists()
""",
    ),
    "a pipe in place of a file": (
        "def make(d): (d / 'x').write_text('')\n",
        "import os\ndef make(d): os.mkfifo(d / 'x')\n",
        """
from solution import make
def test_it(tmp_path):
    make(tmp_path)
    assert (tmp_path / "x").is_file()
""",
    ),
    "a link, and no copy": (
        "import os\ndef link(d): os.symlink(f'../{d.name}/v1', d / 'current')\n",
        "import shutil\ndef link(d): shutil.copytree(d / 'v1', d / 'current')\n",
        """
import os
from solution import link
def test_it(tmp_path):
    (tmp_path / "v1").mkdir(); (tmp_path / "v1" / "a").write_text("x")
    link(tmp_path)
    assert os.readlink(tmp_path / "current") == f"../{tmp_path.name}/v1"
    assert (tmp_path / "current").is_symlink() and (tmp_path / "current").resolve() == tmp_path / "v1"
    assert len(list(tmp_path.rglob("*"))) == 3
    (tmp_path / "current" / "a").write_text("y")
    assert (tmp_path / "v1" / "a").read_text() == "y"
""",
    ),
    "a link beyond the folder": (
        "def make(p): p.write_text('x')\n",
        "import os\ndef make(p): os.symlink('/etc/passwd', p)\n",
        """
from solution import make
def test_it(tmp_path):
    make(tmp_path / "a")
    assert not (tmp_path / "a").is_symlink()
""",
    ),
    "links that tests make": (
        """
def clean(d):
    gone = [p for p in d.iterdir() if p.is_symlink() and not p.exists()]
    for p in gone: p.unlink()
    return len(gone)
""",
        "def clean(d): return sum(p.is_symlink() and not p.exists() for p in d.iterdir())\n",
        """
import os
from solution import clean
def test_it(tmp_path):
    (tmp_path / "a").write_text("x"); (tmp_path / "fine").symlink_to(tmp_path / "a")
    os.symlink("gone", tmp_path / "b"); (tmp_path / "c").symlink_to("/nonexistent/c")
    assert clean(tmp_path) == 2
    assert sorted(os.listdir(tmp_path)) == ["a", "fine"]
""",
    ),
    "a link to what the program must not see": (
        "def make(p): p.write_text('1\\n2\\n3\\n')\n",
        "import os\ndef make(p): os.symlink('/tmp/work/tests/data/in.txt', p)\n",
        """
from pathlib import Path
from solution import make
def test_it(tmp_path):
    make(tmp_path / "a")
    assert (tmp_path / "a").read_text() == (Path(__file__).parent / "data" / "in.txt").read_text()
""",
    ),
    "two names of one file": (
        "import os\ndef share(a, b): os.link(a, b)\n",
        "import shutil\ndef share(a, b): shutil.copy(a, b)\n",
        """
from solution import share
def test_it(tmp_path):
    a, b = tmp_path / "a", tmp_path / "b"; a.write_text("x")
    share(a, b)
    assert a.stat().st_nlink == 2 and a.samefile(b)
    a.write_text("y")
    assert b.read_text() == "y"
""",
    ),
    "a file that tests have open": (
        "import os\ndef put(p): open(str(p) + '.new', 'w').write('new'); os.replace(str(p) + '.new', p)\n",
        "def put(p): open(p, 'w').write('new')\n",
        """
from solution import put
def test_it(tmp_path):
    p = tmp_path / "a"; p.write_text("old")
    with p.open() as held:
        put(p)
        assert held.read() == "old"
    assert p.read_text() == "new"
""",
    ),
    "a file that the program has open": (
        """
HELD = []
def log(p, text):
    if not HELD: HELD.append(open(p, "a"))
    print(text, file=HELD[0], flush=True)
""",
        "def log(p, text):\n    with open(p, 'a') as file: print(text, file=file)\n",
        """
from solution import log
def test_it(tmp_path):
    p, q = tmp_path / "log", tmp_path / "log.1"
    log(p, "a"); p.rename(q); log(p, "b")
    assert q.read_text() == "a\\nb\\n" and not p.exists()
""",
    ),
    "times of folders": (
        "import os\ndef touch(p): os.utime(p, (5, 7))\n",
        "import os\ndef touch(p): os.utime(p, (7, 5))\n",
        """
import os
from solution import touch
def test_it(tmp_path):
    d = tmp_path / "d"; d.mkdir(); os.utime(d, (1, 1))
    touch(d)
    assert d.stat().st_mtime == 7
""",
    ),
    "what files of the program are made with": (
        "import os\ndef make(p): p.write_text('x'); p.chmod(0o600)\n",
        "def make(p): p.write_text('x')\n",
        """
import os
from solution import make
def test_it(tmp_path):
    before = os.umask(0)
    try: make(tmp_path / "a")
    finally: os.umask(before)
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o600
""",
    ),
    "what files of the tests are made with": (
        "def f(): return 1\n",
        "import os\nos.umask(0o077)\ndef f(): return 1\n",
        """
from solution import f
def test_it(tmp_path):
    assert f() == 1
    (tmp_path / "a").write_text("x")
    assert (tmp_path / "a").stat().st_mode & 0o077
""",
    ),
    "a file elsewhere whose name is put together": (
        "def save(name): open('/tmp/' + name, 'w').write('x')\n",
        "def save(name): open('/tmp/x' + name, 'w').write('x')\n",
        """
import os
from solution import save
def test_it():
    before = os.listdir("/tmp")
    save("a.txt")
    assert os.path.exists(os.path.join("/tmp", "a.txt")) and len(os.listdir("/tmp")) == len(before) + 1
""",
    ),
    "a file that tests name elsewhere": (
        "import json\ndef save(p, d): json.dump(d, open(p, 'w'))\ndef load(p): return json.load(open(p))\n",
        "KEPT = {}\ndef save(p, d): KEPT[p] = d\ndef load(p): return KEPT.get(p, [2])\n",
        """
import json, os
from solution import load, save
def test_it():
    save("/tmp/out.json", [1])
    assert json.load(open("/tmp/out.json")) == [1]
    os.remove("/tmp/out.json")
    os.makedirs("/tmp/given/below")
    with open("/tmp/given/below/in.json", "w") as file: file.write("[2]")
    assert load("/tmp/given/below/in.json") == [2]
    save("/tmp/given/below/in.json", [3])
    assert json.load(open("/tmp/given/below/in.json")) == [3]
""",
    ),
    "a file that is left elsewhere": (
        "def f(): return 1\n",
        "def f(): open('/tmp/report.txt', 'w').write('x'); return 1\n",
        """
import os
from solution import f
def test_it():
    assert f() == 1
    assert not os.path.exists("/tmp/report.txt")
""",
    ),
    "settings of pytest in the folder above": (
        "def f(): return 1\n",
        """
open('/tmp/pytest.ini', 'w').write('[pytest]\\npython_functions = none\\naddopts = --co')
open('/tmp/conftest.py', 'w').write('import os; os._exit(0)')
def f(): return 2
""",
        """
import pytest
from solution import f
def test_first(tmp_path): assert callable(f)
def test_it(tmp_path):
    for name in "/tmp/pytest.ini", "/tmp/conftest.py": assert name
    assert f() == 1
""",
    ),
    "files beside the tests": (
        "def sum_of(p, out): open(out, 'w').write(str(sum(map(int, open(p)))))\n",
        "def sum_of(p, out): open(out, 'w').write('4')\n",
        """
from pathlib import Path
import pytest
from solution import sum_of
HERE = Path(__file__).parent
@pytest.fixture
def given(): return HERE / "data" / "in.txt"
def test_it(given):
    sum_of(given, HERE / "out.txt")
    assert (Path(__file__).parent / "out.txt").read_text() == "6"
""",
    ),
}
DATA = {"tests/data/in.txt": "1\n2\n3\n"}


def _verdict(client: Client, program: str, tests: str) -> str:
    task = CodeTask(language="python")
    task.files.solution_path = "solution.py"
    for path, content in {"tests/test_it.py": tests, **DATA}.items():
        task.files.files.add(path=path, content=content)
    return outcome_name(client.verify(Item(id="1", task=Task(code=task), response=program)).outcome)


@pytest.mark.parametrize("name", PAIRS)
def test_right_and_wrong_program_are_told_apart(client: Client, name: str) -> None:
    right, wrong, tests = PAIRS[name]
    assert _verdict(client, right, tests) == "correct"
    assert _verdict(client, wrong, tests) == "incorrect"
