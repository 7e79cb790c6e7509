"""Test files that use more of pytest than the light runner has: pytest's own session runs them."""

from __future__ import annotations

import ast
import importlib.util
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from veridical.code.cell.judge.plain_api import SERVED, SERVED_FIXTURES
from veridical.code.cell.judge.result import InvalidTests
from veridical.code.cell.judge.suite import File
from veridical.code.cell.judge.surroundings import mirror_monkeypatch
from veridical.code.cell.judge.unittests import Run

_CONFIGURATION = ("pytest.ini", "tox.ini", "setup.cfg", "pyproject.toml")
_FIXTURE_SETTINGS = frozenset({"scope", "params", "autouse", "name", "ids"})


def is_needed(files: Sequence[File]) -> bool:
    """Whether any file uses what the light runner does not have."""
    if any(file.path.endswith(_CONFIGURATION) for file in files):
        return True
    trees = [file.tree() for file in files if file.is_python]
    fixtures = frozenset().union(*map(_fixture_names, trees)) | SERVED_FIXTURES
    return any(need for tree in trees for need in _needs(tree, fixtures))


def _needs(tree: ast.Module, fixtures: frozenset[str]) -> Iterator[bool]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and _is_name(node.value, "pytest"):
            yield node.attr not in SERVED
        elif isinstance(node, ast.ImportFrom) and node.module:
            if node.module.split(".")[0] == "pytest":
                yield any(alias.name not in SERVED for alias in node.names)
            yield node.module.split(".")[0] == "_pytest"
        elif (isinstance(node, ast.Attribute) and node.attr == "usefixtures") or (
            isinstance(node, ast.keyword) and node.arg == "indirect"
        ):
            yield True
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node.name.startswith("pytest_") or not _is_served(node, fixtures)


def _is_served(node: ast.FunctionDef | ast.AsyncFunctionDef, fixtures: frozenset[str]) -> bool:
    is_fixture = any(_is_fixture(one) for one in node.decorator_list)
    if not node.name.startswith("test") and not is_fixture:
        return True
    rows = {name for one in node.decorator_list for name in _parameters(one)}
    rows |= {"self", "cls"}
    given = node.args.args[: len(node.args.args) - len(node.args.defaults)]
    patches = sum("patch" in ast.unparse(one) for one in node.decorator_list)
    unknown = [one.arg for one in given if one.arg not in fixtures and one.arg not in rows]
    return len(unknown) == 0 and not patches and not (is_fixture and _has_other_settings(node))


def _has_other_settings(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return isinstance(node, ast.AsyncFunctionDef) or any(
        keyword.arg not in _FIXTURE_SETTINGS
        for one in node.decorator_list
        if isinstance(one, ast.Call)
        for keyword in one.keywords
    )


def _parameters(decorator: ast.expr) -> list[str]:
    if not isinstance(decorator, ast.Call) or not ast.unparse(decorator.func).endswith(
        "parametrize"
    ):
        return []
    names = decorator.args[0] if decorator.args else None
    if isinstance(names, ast.Constant) and isinstance(names.value, str):
        return [one.strip() for one in names.value.split(",")]
    if isinstance(names, (ast.List, ast.Tuple)):
        return [str(one.value) for one in names.elts if isinstance(one, ast.Constant)]
    return []


def _fixture_names(tree: ast.Module) -> frozenset[str]:
    return frozenset(
        node.name
        for node in ast.walk(tree)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        and any(_is_fixture(one) for one in node.decorator_list)
    )


def _is_fixture(decorator: ast.expr) -> bool:
    function = decorator.func if isinstance(decorator, ast.Call) else decorator
    return ast.unparse(function) in ("pytest.fixture", "fixture")


def _is_name(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


class _Listener:
    """Hears what becomes of each test of a session."""

    def __init__(self, one: Run) -> None:
        self._run = one
        self._failed: set[str] = set()

    def pytest_collection_finish(self, session: Any) -> None:
        """Counts the tests."""
        self._run.report.tests += len(session.items)

    def pytest_collectreport(self, report: Any) -> None:
        """Hears of a file that could not be imported."""
        if report.failed:
            raise InvalidTests(str(report.longrepr)[:500])
        if report.skipped:
            self._run.skipped(report.nodeid, static=False)

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Hears of the next test."""
        self._run.started(_name(nodeid))

    def pytest_runtest_makereport(self, item: Any, call: Any) -> None:
        """Hears how a part of a test ended."""
        name = _name(item.nodeid)
        if call.excinfo is not None and name not in self._failed:
            self._failed.add(name)
            self._ended(item, name, call.excinfo.value)
        elif call.when == "teardown" and name not in self._failed:
            if item.get_closest_marker("xfail"):
                self._run.ended(name, AssertionError("passed against its marker"))
            else:
                self._run.passed(name)

    def _ended(self, item: Any, name: str, error: BaseException) -> None:
        if type(error).__name__ == "Skipped" and type(error).__module__ == "_pytest.outcomes":
            base = name.partition("[")[0]
            holder = base.partition(".")[0]
            marked = item.get_closest_marker("skip") or item.get_closest_marker("skipif")
            static = bool(marked) and (base in self._run.skips or holder in self._run.skips)
            self._run.skipped(name, static=static)
            return
        marks = [one for one in item.iter_markers("xfail") if all(_conditions(one))]
        if marks and all(isinstance(error, one.kwargs.get("raises") or object) for one in marks):
            self._run.failed_as_marked(name, error)
        else:
            self._run.ended(name, error)


def _conditions(marker: Any) -> list[Any]:
    return [*marker.args, marker.kwargs.get("condition", True)]


def _name(nodeid: str) -> str:
    return ".".join(nodeid.split("::")[1:])


def run(files: Sequence[File], one: Run) -> None:
    """Runs a suite in a session of pytest.

    Raises:
        InvalidTests: pytest is not installed here.
    """
    if importlib.util.find_spec("pytest") is None:
        raise InvalidTests("these tests need pytest, which the judge does not have")
    import pytest  # slow to import; few suites need it

    mirror_monkeypatch(one.link, pytest.MonkeyPatch)
    sys.dont_write_bytecode = True
    # Outside the work folder: nothing that the solution writes is ever collected.
    root = Path(tempfile.mkdtemp(prefix="suite-", dir="/tmp"))
    for file in files:
        place = root / file.path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(file.content, encoding="utf-8", newline="")
    paths = [str(root / file.path) for file in files if file.is_test]
    options = ["-q", "-p", "no:cacheprovider", "-p", "no:faulthandler", f"--rootdir={root}"]
    with _silence() as streams:
        sys.stdout, sys.stderr = streams
        pytest.main([*options, *paths], plugins=[_Listener(one)])


class _silence:  # noqa: N801 - used as a function
    """pytest's own report goes nowhere."""

    def __enter__(self) -> tuple[Any, Any]:
        self._kept = sys.stdout, sys.stderr
        self._file = Path("/dev/null").open("w", encoding="utf-8")
        return self._file, self._file

    def __exit__(self, *details: object) -> None:
        sys.stdout, sys.stderr = self._kept
        self._file.close()
