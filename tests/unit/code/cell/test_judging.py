"""Asserts and calls: what passes, what is whose fault, which tests are pure."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from proxy_pair import judged

from veridical.code.cell.folder import Folder
from veridical.code.cell.judge.proxy.same import Comparison, Mode
from veridical.code.cell.judge.purity import is_pure
from veridical.code.cell.values.plain import TooLargeError, ViolationError

HUMANEVAL = """
METADATA = {
    'author': 'jt',
    'dataset': 'test'
}

def check(candidate):
    assert candidate([1, 2], 0.5) == True, "first"
    for x in range(3):
        assert abs(candidate([x], 0.1) - 0) < 1e-6
"""


@pytest.mark.parametrize(
    ("code", "pure"),
    [
        (HUMANEVAL, True),
        ("assert f(1) == (1, 'a')\nassert set(f(2)) == {1}\n", True),
        ("import math\nassert math.isclose(f(1), 2.0, rel_tol=1e-3)", True),
        ("assert f(10 ** 9) == 1 and f('a' * 1000) == [x for x in range(3)]", True),
        ("assert f(lambda x: x + 1) == 2", False),
        ("assert sorted(f(1), key=lambda x: -x) == [1]", True),
        ("assert f(1) is None and f(2) is not True", True),
        ("x = 0\nx += 1\nassert f(x) == 1", True),
        ("a, b = f(1)\nassert a is b", False),
        ("a = f(1)\na += [2]\nassert f(1) == [1]", False),
        ("import os\nassert f(1) == 1", False),
        ("assert f(1).x == 1", False),
        ("assert f.__code__ == 1", False),
        ("assert open('x') == f(1)", False),
        ("assert eval('1') == f(1)", False),
        ("class A: pass\nassert f(A()) == 1", False),
        ("try:\n    f(1)\nexcept ValueError:\n    pass", False),
        ("while True:\n    f(1)", False),
        ("assert f(2 ** 10000000) == 1", False),
        ("assert f([0] * 1000000000) == 1", False),
        ("abs = f\nassert abs(1) == 1", False),
        ("math = f\nimport math as m\nassert m.pi", False),
        ("global x\nx = 1", False),
        ("d = {}\nd['a'] = 1\nassert f(d)", False),
        ("assert __builtins__", False),
        ("assert f(1) ==", False),
    ],
)
def test_purity(code: str, pure: bool) -> None:
    assert is_pure(code, "f") is pure


@pytest.mark.parametrize(
    ("program", "code", "entry", "reason"),
    [
        ("def f(x, y): return bool(x) and len(x) == 2", HUMANEVAL, "f", "tests_passed"),
        ("def f(x, y): return False", HUMANEVAL, "f", "wrong_answer"),
        ("def max(x): return 7", "assert max([1]) == 7", "max", "tests_passed"),
        ("def max(x): return 7", "assert max([1]) == 7", "", "tests_passed"),
        ("def f(x): return x", "assert f(1) == 1\nassert f(2) == 3", "", "wrong_answer"),
        ("def f(x): return x", "x = 1 / 0", "f", "invalid_tests"),
        ("def f(x): return x", "assert 1 == 1", "f", "invalid_tests"),
        ("def f(x): return x", "import no_such_module\nassert f(1) == 1", "f", "invalid_tests"),
        ("def f(x): return x", "assert f(1) ==", "f", "invalid_tests"),
        ("f = 3", "assert f(1) == 1", "f", "wrong_answer"),
        ("def g(x): return x", "assert f(1) == 1", "f", "runtime_error"),
        ("def g(x): return x", "assert f(1) == 1", "", "runtime_error"),
        ("import math\ndef f(x): return x", "assert math.isclose(f(1), 1.0)", "f", "tests_passed"),
    ],
)
def test_asserts(program: str, code: str, entry: str, reason: str) -> None:
    for pure in {False, is_pure(code, entry)}:
        request = {"asserts": {"test_code": code, "entry_point": entry}, "pure": pure}
        assert judged(program, request)["reason"] == reason


def test_failed_assertion_says_what_came() -> None:
    code = "assert f(1) == 1\nassert f(2) == [5, 6]\nassert f(3) == 3"
    request = {"asserts": {"test_code": code, "entry_point": "f"}}
    result = judged("def f(x): return x", request)
    assert (result["tests"], result["ran"], result["failures"]) == (3, 3, 1)
    (failed,) = result["failed"]
    assert (failed["name"], failed["expected"], failed["actual"]) == ("line 2", "[5, 6]", "2")


def calls(cases: list[tuple[Any, Any]], entry: str = "f", **more: Any) -> dict[str, Any]:
    write = json.dumps if more.get("encoding", "json") == "json" else repr
    rows = [{"args": write(given), "expected": write(expected)} for given, expected in cases]
    return {"calls": {"entry_point": entry, "cases": rows, **more}}


@pytest.mark.parametrize(
    ("program", "request_", "passed"),
    [
        ("def f(x): return (x, [x])", calls([([1], [1, [1]])]), True),
        ("def f(x): return (1, 2)", calls([([1], [1, 2])], encoding="python"), False),
        ("def f(x): return (1, 2)", calls([([1], (1, 2))], encoding="python"), True),
        ("def f(x): return {1: 2.0}", calls([([1], {"1": 2})]), True),
        ("def f(x): return 0.1 + 0.2", calls([([1], 0.3)]), False),
        ("def f(x): return [0.1 + 0.2]", calls([([1], [0.3])], mode="floats"), True),
        ("def f(x): return [3, [1], 2.0]", calls([([1], [2, 3, [1]])], mode="unordered"), True),
        ("def f(x): return [1, 1, 2]", calls([([1], [1, 2, 2])], mode="unordered"), False),
        ("def f(x): x.sort()", calls([([[2, 1]], [1, 2])], compare_mutated_args=True), True),
        ("def f(x): x.sort()", calls([([[2, 1]], [[1, 2]])], compare_mutated_args=True), True),
        ("def f(x): pass", calls([([[2, 1]], [1, 2])], compare_mutated_args=True), False),
        (
            "class Solution:\n    def __init__(self): self.n = 0\n    def go(self, x):\n        self.n += x\n        return self.n",
            calls([([1], 1), ([2], 2)], "Solution.go"),
            True,
        ),
        ("def f(x): return float('nan')", calls([([1], float("nan"))]), True),
        ("def f(x): return '1'", calls([([1], 1)]), False),
        ("def f(x): return None", calls([([1], [])]), False),
    ],
)
def test_calls(program: str, request_: dict[str, Any], passed: bool) -> None:
    assert judged(program, {**request_, "pure": True})["passed"] is passed


@pytest.mark.parametrize("case", [{"args": "[1", "expected": "1"}, {"args": "1", "expected": "1"}])
def test_case_that_cannot_be_read_is_invalid(case: dict[str, str]) -> None:
    result = judged("def f(x): return x", {"calls": {"entry_point": "f", "cases": [case]}})
    assert result["reason"] == "invalid_tests"


def test_tolerance_is_the_tasks() -> None:
    loose = Comparison(mode=Mode.FLOATS, rtol=0.1)
    assert loose.same([1.05], [1])
    assert not loose.same([float("inf")], [1e308])
    assert not loose.same([True, "1"], [1, 1])


def test_folder_tells_changes_and_takes_them(tmp_path: Path) -> None:
    here, there = tmp_path / "a", tmp_path / "b"
    here.mkdir()
    there.mkdir()
    source, target = Folder(here), Folder(there, hidden=frozenset({"secret"}))
    (here / "sub").mkdir()
    (here / "sub" / "x").write_bytes(b"\xff1")
    target.take(source.changes())
    assert source.changes() == target.changes() == []
    assert (there / "sub" / "x").read_bytes() == b"\xff1"
    (here / "sub" / "x").write_bytes(b"\xff2")  # within the clock's grain, of the same size
    target.take(source.changes())
    assert (there / "sub" / "x").read_bytes() == b"\xff2"
    os.utime(here / "sub" / "x", ns=(5, 7))
    (here / "sub" / "x").chmod(0o640)
    target.take(source.changes())
    found = (there / "sub" / "x").stat()
    assert (found.st_mtime_ns, found.st_mode & 0o777) == (7, 0o640)
    assert source.changes() == target.changes() == []
    assert (there / "sub" / "x").read_bytes() == b"\xff2"
    (here / "sub" / "x").unlink()
    target.take(source.changes())
    assert not (there / "sub" / "x").exists()
    (here / "sub" / "y").write_bytes(b"1")
    target.take(source.changes())
    (here / "sub" / "y").unlink()
    (here / "sub").rmdir()
    (here / "sub").write_bytes(b"2")  # another kind of the same name
    target.take(source.changes())
    assert (there / "sub").read_bytes() == b"2"


@pytest.mark.parametrize("path", ["../x", "/tmp/x", "secret", "link/x", "a/../../x", "", "a\0"])
def test_folder_writes_nowhere_else(tmp_path: Path, path: str) -> None:
    (tmp_path / "root").mkdir()
    (tmp_path / "root" / "link").symlink_to(tmp_path)
    with pytest.raises(ViolationError):
        Folder(tmp_path / "root", hidden=frozenset({"secret"})).take([[path, "AAAA", 0, 0, 0o644]])
    assert not (tmp_path / "x").exists()


def test_link_to_a_folder_beyond_is_a_copy_where_it_is_followed(tmp_path: Path) -> None:
    here, there, beyond = tmp_path / "a", tmp_path / "b", tmp_path / "c"
    for one in (here, there, beyond):
        one.mkdir()
    (beyond / "x").write_bytes(b"1")
    (here / "link").symlink_to(beyond)
    source, target = Folder(here, follows=True), Folder(there)
    target.take(source.changes())
    assert (there / "link" / "x").read_bytes() == b"1"
    assert not (there / "link").is_symlink()
    (there / "link" / "x").write_bytes(b"2")
    source.take(target.changes())
    assert (beyond / "x").read_bytes() == b"2"
    (here / "link").unlink()
    target.take(source.changes())
    assert not (there / "link").exists()
    assert Folder(here).changes() == []
    (here / "link").symlink_to(beyond)
    assert [path for path, *_ in Folder(here).changes()] == ["link"]
    told = Folder(here, follows=True, shows_links=True).changes()
    assert [change[:2] for change in told] == [["link", "@/proc/nowhere"]]


@pytest.mark.parametrize("name", ["sub", "./sub/x", "gone", "link", "/nonexistent/x"])
def test_links_within_the_folder_are_links(tmp_path: Path, name: str) -> None:
    for side in ("a", "b"):
        (tmp_path / side).mkdir()
    source, target = Folder(tmp_path / "a", follows=True), Folder(tmp_path / "b")
    (tmp_path / "a" / "sub").mkdir()
    (tmp_path / "a" / "sub" / "x").write_bytes(b"1")
    (tmp_path / "a" / "link").symlink_to(name)
    target.take(source.changes())
    assert os.readlink(tmp_path / "b" / "link") == os.readlink(tmp_path / "a" / "link")  # noqa: PTH115
    assert source.changes() == target.changes() == []
    (tmp_path / "a" / "link").unlink()
    (tmp_path / "a" / "link").mkdir()
    (tmp_path / "a" / "link" / "y").write_bytes(b"2")
    target.take(source.changes())
    assert (tmp_path / "b" / "link" / "y").read_bytes() == b"2"
    assert not (tmp_path / "b" / "link").is_symlink()


LED = {
    "secret/x": "/proc/nowhere",
    "secret": "/proc/nowhere",
    "../../../etc/passwd": "/proc/nowhere",
    "/proc/self/environ": "/proc/nowhere",
    "sub/../../../x": "/proc/nowhere",
    "/proc/nowhere": "/proc/nowhere",
    "x": "{root}/sub/x",  # which would be hidden in another folder
    "../sub/x": "{root}/sub/x",
    "..": "/proc/nowhere",
    ".": "{root}/sub",
    "../other/y": "../other/y",
}


@pytest.mark.parametrize("target", LED)
def test_no_link_leads_to_what_is_hidden_or_beyond(tmp_path: Path, target: str) -> None:
    (tmp_path / "sub").mkdir()
    place = "secret_link" if target.startswith("secret") else "sub/link"
    folder = Folder(tmp_path, hidden=frozenset({"secret/x"}))
    folder.take([[place, f"@{target}", 0, 0, 0o777]])
    assert os.readlink(tmp_path / place) == LED[target].format(root=tmp_path)  # noqa: PTH115


def test_links_around_the_folder_do_not_cross(tmp_path: Path) -> None:
    (tmp_path / "root" / "a").mkdir(parents=True)
    (tmp_path / "root" / "a" / "b").symlink_to(tmp_path)
    with pytest.raises(TooLargeError, match="hold themselves"):
        Folder(tmp_path / "root", follows=True).changes()


def test_names_of_one_file_are_that_on_both_sides(tmp_path: Path) -> None:
    here, there = tmp_path / "a", tmp_path / "b"
    here.mkdir()
    there.mkdir()
    source, target = Folder(here), Folder(there, kept=frozenset({"own"}))
    (here / "x").write_bytes(b"1")
    target.take(source.changes())
    (here / "w").hardlink_to(here / "x")
    (here / "y").hardlink_to(here / "x")
    target.take(source.changes())
    assert (there / "w").samefile(there / "x")
    assert (there / "w").samefile(there / "y")
    (here / "new").write_bytes(b"2")
    (here / "new").replace(here / "w")
    target.take(source.changes())
    assert [(there / name).read_bytes() for name in "wxy"] == [b"2", b"1", b"1"]
    source.take(target.changes())  # times
    assert source.changes() == target.changes() == []
    (there / "own").write_bytes(b"3")
    target.take([["z", "&own", 0, 0, 0o644]])
    assert ((there / "z").read_bytes(), (there / "own").stat().st_nlink) == (b"3", 1)


def test_a_file_in_place_of_another_is_another(tmp_path: Path) -> None:
    here, there = tmp_path / "a", tmp_path / "b"
    here.mkdir()
    there.mkdir()
    source, target = Folder(here), Folder(there)
    (here / "x").write_bytes(b"1")
    target.take(source.changes())
    with (there / "x").open("rb") as held:
        (here / "y").write_bytes(b"2")
        (here / "y").replace(here / "x")
        target.take(source.changes())
        assert held.read() == b"1"
    assert [(one.name, one.read_bytes()) for one in there.iterdir()] == [("x", b"2")]


def test_a_file_keeps_its_number_under_another_name(tmp_path: Path) -> None:
    here, there = tmp_path / "a", tmp_path / "b"
    here.mkdir()
    there.mkdir()
    source, target = Folder(here), Folder(there, kept=frozenset({"own"}))
    (here / "x").write_bytes(b"1")
    target.take(source.changes())
    number = (there / "x").stat().st_ino
    (here / "sub").mkdir()
    (here / "x").rename(here / "sub" / "y")
    (here / "x").write_bytes(b"2")
    target.take(source.changes())
    assert (there / "sub" / "y").stat().st_ino == number
    assert [(there / name).read_bytes() for name in ("x", "sub/y")] == [b"2", b"1"]
    (there / "own").write_bytes(b"3")
    target.take([["z", ">own"], ["own", ">x"], ["z", ">gone"]])
    assert [(there / name).exists() for name in ("own", "x", "z")] == [True, True, False]


def test_a_pipe_is_one_on_both_sides(tmp_path: Path) -> None:
    here, there = tmp_path / "a", tmp_path / "b"
    here.mkdir()
    there.mkdir()
    source, target = Folder(here), Folder(there)
    os.mkfifo(here / "x")
    target.take(source.changes())
    assert (there / "x").is_fifo()
    assert source.changes() == target.changes() == []


def test_files_beside_are_told_by_name(tmp_path: Path) -> None:
    for side in ("a", "b"):
        (tmp_path / side / "work").mkdir(parents=True)
    source = Folder(tmp_path / "a" / "work", beside=frozenset({"x", "y"}))
    target = Folder(tmp_path / "b" / "work", beside=frozenset({"x"}))
    (tmp_path / "a" / "x").mkdir()
    (tmp_path / "a" / "x" / "f").write_bytes(b"1")
    (tmp_path / "a" / "z").write_bytes(b"2")
    changes = source.changes()
    assert [path for path, *_ in changes] == ["../x", "../x/f"]
    target.take(changes)
    assert source.changes() == target.changes() == []
    assert (tmp_path / "b" / "x" / "f").read_bytes() == b"1"
    for path in ("../y", "../z", "..", "../x/../z", "../../x"):
        with pytest.raises(ViolationError):
            target.take([[path, "AAAA", 0, 0, 0o644]])


def test_folder_keeps_what_is_hidden_and_folders_of_it(tmp_path: Path) -> None:
    (tmp_path / "data" / "a").mkdir(parents=True)
    (tmp_path / "data" / "a" / "x").write_bytes(b"1")
    folder = Folder(tmp_path, hidden=frozenset({"data/a/x", "gone/y"}))
    assert [folder.keeps(path) for path in ("data", "data/a", "data/a/x", "gone/y")] == [True] * 4
    assert not any(map(folder.keeps, ("dat", "data/b", "data/a/y", "gone")))


@pytest.mark.parametrize("about", [[], [0], [0, "x"], [1 << 80, 0], [None, 0], [True, 0]])
def test_a_file_of_no_time_is_a_violation(about: list[Any], tmp_path: Path) -> None:
    with pytest.raises(ViolationError):
        Folder(tmp_path).take([["x", "AAAA", *about]])
