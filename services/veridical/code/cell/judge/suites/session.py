"""Runs test files in pytest's own session, where they use more of it than the light runner has."""

from __future__ import annotations

import ast
import functools
import importlib.machinery
import importlib.util
import os
import sys
import tempfile
import threading
import types
from collections.abc import Callable, Generator, Sequence
from pathlib import Path
from typing import Any

from veridical.code.cell.judge.interpreter.patches import mirror_monkeypatch
from veridical.code.cell.judge.library import is_test_case
from veridical.code.cell.judge.proxy.classes import MirrorClass
from veridical.code.cell.judge.proxy.functions import Function
from veridical.code.cell.judge.result import InvalidTests
from veridical.code.cell.judge.suites import choosing, markers
from veridical.code.cell.judge.suites.suite import File, Importer, module_name, test_files
from veridical.code.cell.judge.suites.unittests import Run

_set_profile, _set_profiles = sys.setprofile, threading.setprofile
"""What tests are refused."""


class _Listener:
    """Hears what becomes of each test of a session."""

    def __init__(
        self, one: Run, moved: _Moved, files: Sequence[File], names: frozenset[str]
    ) -> None:
        self._moved = moved
        trees = {file.module: file.tree() for file in files if file.is_python}
        self._absent = {name: markers.absent_modules(tree) for name, tree in trees.items()}
        self._test_files = {file.path for file in files if file.is_test}
        parts = choosing.choosers(files)
        self._has_choosers = bool(parts)
        self._asks_program = choosing.asks_program(parts, files, names)
        self._rows_ask = functools.partial(choosing.rows_ask, files, names)
        self._replaces = choosing.replaces_functions(files)
        self._codes: dict[str, types.CodeType] = {}
        self._not_called: set[str] = set()
        self._collected: dict[str, bool] = {}
        self._marked_by_hook: set[str] = set()
        self._defined = {file.module: _defined(file) for file in files if file.is_python}
        self.problem: BaseException | None = None
        self._run = one
        self._settled: set[str] = set()
        self._error: BaseException | None = None
        self._is_marked = False
        self._kind: type | None = None
        self._of_row: list[str] = []

    def pytest_pycollect_makeitem(self, collector: Any, name: str, obj: Any) -> list[Any] | None:
        """Collects nothing that the program calls a test, and the tests only import."""
        is_of_program = type(obj) is Function or isinstance(obj, MirrorClass)
        own = self._defined.get(_module(collector.nodeid), frozenset({name}))
        return [] if is_of_program and name not in own else None

    def pytest_itemcollected(self, item: Any) -> None:
        """Hears of each test, before any hook leaves it out."""
        self._collected[item.nodeid] = _is_skipped(item)
        function = getattr(item, "function", None) if self._replaces else None
        if type(function) is types.FunctionType:
            self._codes[item.nodeid] = function.__code__

    def pytest_collection_finish(self, session: Any) -> None:
        """Counts the tests; all modules are imported."""
        self._moved.settle()
        self._run.report.tests += len(session.items)
        if not self._has_choosers:
            return
        kept = {item.nodeid for item in session.items}
        left = [one for one in [*self._collected, *sorted(self._test_files)] if one not in kept]
        asks = self._asks_program or self._run.link.leaves_traces
        self._marked_by_hook = {
            item.nodeid
            for item in session.items
            if not asks and _is_skipped(item) and not self._collected.get(item.nodeid, True)
        }
        # A hook may go by what a row is called.
        rows = {one for one in [*left, *self._marked_by_hook] if "[" in one and not asks}
        if rows and self._rows_ask():
            self._marked_by_hook -= rows
            left = [one for one in left if one in rows]
        elif not asks:
            return
        for nodeid in left:
            self._run.skipped("", nodeid)

    def pytest_runtest_call(self, item: Any) -> Generator[None, Any, None]:
        """Sees to it that the function of a test is called, where hooks could call another."""
        code = self._codes.get(item.nodeid)
        if code is None:
            yield
            return
        self._not_called.add(item.nodeid)

        def entered(frame: types.FrameType, _event: str, _argument: Any) -> None:
            if frame.f_code is code:
                self._not_called.discard(item.nodeid)
                _set_profile(None)

        _set_profiles(entered)
        _set_profile(entered)
        try:
            yield
        finally:
            _set_profile(None)
            _set_profiles(None)

    def pytest_load_initial_conftests(self) -> Generator[None, Any, None]:
        """Hears of a `conftest.py` that could not be imported."""
        outcome = yield
        if outcome.excinfo is not None:
            failure = outcome.excinfo[1]
            self.problem = failure.__cause__ or failure

    def pytest_exception_interact(self, call: Any, report: Any) -> None:
        """Hears of a file that could not be imported."""
        if self.problem is None and report.when == "collect":
            error = call.excinfo.value
            # pytest tells of a failed import by an error of its own.
            self.problem = error.__cause__ or error

    def pytest_keyboard_interrupt(self, excinfo: Any) -> None:
        """Hears of what ends a session: an interrupt, an exit."""
        self.problem = self.problem or excinfo.value

    def pytest_internalerror(self, excrepr: Any, excinfo: Any) -> None:
        """Hears of what pytest did not expect."""
        self.problem = self.problem or excinfo.value

    def pytest_collectreport(self, report: Any) -> None:
        """Hears of a file, which may skip itself."""
        self._test_files.discard(report.nodeid)
        lacks = self._absent.get(_module(report.nodeid), ()) if report.skipped else ()
        if report.skipped and all(map(markers.is_installed, lacks)):
            self._run.skipped("", report.nodeid)

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Hears of the next test."""
        self._run.started(_name(nodeid))

    def pytest_runtest_makereport(self, item: Any, call: Any) -> None:
        """Hears with what a part of a test ended."""
        self._error = call.excinfo.value if call.excinfo is not None else None
        marks = {mark.name for mark in item.iter_markers()}
        self._kind = getattr(item, "cls", None)
        self._is_marked = bool(marks & {"skip", "skipif"}) or is_test_case(self._kind or object)
        own = getattr(item, "callspec", None)
        marks_of_row = own.marks if own is not None else ()
        self._of_row = [mark.name for mark in marks_of_row if _announces(mark)]

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Hears what pytest makes of that, which resolves conditions of markers."""
        name = _name(report.nodeid)
        is_marked = hasattr(report, "wasxfail")
        if report.nodeid in self._settled or (
            report.passed and not is_marked and report.when != "teardown"
        ):
            return
        self._settled.add(report.nodeid)
        if report.skipped and is_marked:
            error = self._error or AssertionError("not run")
            # The test may say so itself, beside a marker of its row.
            of_row = self._of_row if type(error).__name__ != "XFailed" else []
            self._run.failed_as_marked(_module(report.nodeid), name, error, of_row, self._kind)
        elif report.skipped and report.nodeid in self._marked_by_hook:
            self._run.report.tests -= 1
        elif report.skipped:
            # A fixture may skip a row of a test of which another row is marked.
            module, of_row = _module(report.nodeid), self._of_row
            self._run.skipped(
                module, name, is_marked=self._is_marked, of_row=of_row, kind=self._kind
            )
        elif is_marked or (self._error is None and report.failed):
            self._run.ended(name, AssertionError("passed against its marker"))
        elif self._error is not None:
            self._run.ended(name, self._error)
        elif report.nodeid in self._not_called:
            self._run.skipped("", name)
        else:
            self._run.passed(name)


def _is_skipped(item: Any) -> bool:
    return any(mark.name == "skip" for mark in item.own_markers)


def _announces(mark: Any) -> bool:
    """Whether a marker of a row says that it is skipped, or fails, before anything of it runs."""
    conditions = [
        *mark.args[:1],
        *([mark.kwargs["condition"]] if "condition" in mark.kwargs else []),
    ]
    holds = all(one is True for one in conditions)
    return mark.name in ("skip", "xfail") or (mark.name == "skipif" and bool(conditions) and holds)


def _defined(file: File) -> frozenset[str]:
    """Names that a module defines itself, at whatever depth: decorated ones may be functions of the program."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return frozenset(node.name for node in ast.walk(file.tree()) if isinstance(node, kinds))


def _module(nodeid: str) -> str:
    return module_name(nodeid.partition("::")[0])


def _name(nodeid: str) -> str:
    return ".".join(nodeid.split("::")[1:])


def run(
    files: Sequence[File],
    importer: Importer,
    one: Run,
    blame: Callable[[BaseException], BaseException],
) -> None:
    """Runs a suite in a session of pytest.

    Args:
        files: The suite.
        importer: Imports its modules.
        one: Hears what becomes of the tests.
        blame: What a file's failure to be imported comes to.

    Raises:
        InvalidTests: pytest is not installed here, or a file's failure is its own.
    """
    if importlib.util.find_spec("pytest") is None:
        raise InvalidTests("these tests need pytest, which the judge does not have")
    import pytest  # slow to import; few suites need it

    mirror_monkeypatch(one.link, pytest.MonkeyPatch)
    _explain_little()
    pytest.hookimpl(hookwrapper=True)(_Listener.pytest_load_initial_conftests)
    pytest.hookimpl(hookwrapper=True, tryfirst=True)(_Listener.pytest_runtest_call)
    # Outside the work folder: nothing that the solution writes is ever collected.
    with tempfile.TemporaryDirectory(
        prefix="suite-", dir="/tmp", ignore_cleanup_errors=True
    ) as root:
        listener = _session(files, importer, one, Path(root))
    if listener.problem is not None:
        raise blame(listener.problem)


def _explain_little() -> None:
    """Has pytest explain failed asserts by nothing but texts of the program.

    Nobody reads more of its report, and what it asks an object for might end the test otherwise.
    """
    from _pytest.assertion import rewrite

    def told(_ops: Any, results: Any, texts: Any, _each: Any) -> Any:
        failed = (text for result, text in zip(results, texts, strict=True) if result is False)
        return next(failed, texts[-1])

    changed: Any = rewrite
    changed._call_reprcompare = told  # noqa: SLF001 - there is no option
    changed._should_repr_global_name = lambda value: not callable(value)  # noqa: SLF001


def _session(files: Sequence[File], importer: Importer, one: Run, root: Path) -> _Listener:
    import pytest

    sys.dont_write_bytecode = True
    for file in files:
        place = root / file.path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(file.content, encoding="utf-8", newline="")
    importer.place = root
    for name in [one for one in os.environ if one.startswith(("PYTEST_", "PY_"))]:
        del os.environ[name]  # the program may have set it
    options = [
        "-q",
        "--no-header",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:faulthandler",
        f"--rootdir={root}",
    ]
    with _silence() as streams:
        sys.stdout, sys.stderr = streams
        listener = _Listener(one, _Moved(root, importer.root), files, importer.solution_names)
        # All that pytest finds by itself; files by their names where no name says that they hold tests.
        named = any(file.is_test for file in files)
        paths = [root] if named else [root / file.path for file in test_files(files, "pytest")]
        pytest.main([*options, *map(str, paths)], plugins=[listener])
    return listener


class _Moved:
    """Has modules of the suite stand in the work folder to themselves, where the program finds their files, too.

    To pytest they stand where it imports them from, as long as it looks.

    Args:
        root: The suite's folder.
        work: The work folder.
    """

    def __init__(self, root: Path, work: Path) -> None:
        self._root, self._work = root, work
        self._moved: list[tuple[dict[str, Any], str]] = []
        from _pytest.assertion.rewrite import AssertionRewritingHook

        for loader in (AssertionRewritingHook, importlib.machinery.SourceFileLoader):
            kind: Any = loader
            kind.exec_module = self._around(kind.exec_module)

    def settle(self) -> None:
        """Nobody looks any more."""
        for names, path in self._moved:
            names["__file__"] = path

    def _around(self, execute: Callable[[Any, Any], None]) -> Callable[[Any, Any], None]:
        def moved(loader: Any, module: types.ModuleType) -> None:
            names, path = vars(module), Path(module.__file__ or "")
            if not path.is_relative_to(self._root):
                execute(loader, module)
                return
            place = str(self._work / path.relative_to(self._root))
            names["__file__"] = place
            try:
                execute(loader, module)
            finally:
                names["__file__"] = str(path)
                self._moved.append((names, place))

        return moved


class _silence:  # noqa: N801 - used as a function
    """pytest's own report goes nowhere."""

    def __enter__(self) -> tuple[Any, Any]:
        self._kept = sys.stdout, sys.stderr
        self._file = Path("/dev/null").open("w", encoding="utf-8")
        return self._file, self._file

    def __exit__(self, *details: object) -> None:
        sys.stdout, sys.stderr = self._kept
        self._file.close()
