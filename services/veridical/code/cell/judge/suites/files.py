"""Suites of test files: unittest's, plain pytest's by a light runner, others by pytest itself."""

from __future__ import annotations

import ast
import fnmatch
import functools
import importlib
import os
import sys
import types
from collections.abc import Callable, Container, Sequence
from pathlib import Path
from typing import Any

from veridical.code.cell.judge import sources
from veridical.code.cell.judge.faults import Fault, NeedsShared, SolutionGone
from veridical.code.cell.judge.interpreter import patches
from veridical.code.cell.judge.interpreter.prepare import mirror_seeds, prepare
from veridical.code.cell.judge.interpreter.surroundings import Surroundings
from veridical.code.cell.judge.local import LocalLink
from veridical.code.cell.judge.proxy.classes import MirrorClass
from veridical.code.cell.judge.proxy.link import Link
from veridical.code.cell.judge.proxy.module import SolutionModule
from veridical.code.cell.judge.result import NEEDS_SHARED, InvalidTests, Report, reason_of
from veridical.code.cell.judge.suites import choosing, markers, plain_pytest, session, unittests
from veridical.code.cell.judge.suites.program_modules import imported_by_tests, load_program
from veridical.code.cell.judge.suites.pytest_needs import SETTINGS, needs_session
from veridical.code.cell.judge.suites.reads import Reads
from veridical.code.cell.judge.suites.suite import (
    File,
    Importer,
    endings,
    module_name,
    test_files,
)
from veridical.code.cell.judge.suites.unittests import Run


def run(
    link: Link | LocalLink, wanted: dict[str, Any], started: Callable[[str], None]
) -> dict[str, Any]:
    """The result of one suite, as `Report.result` gives it.

    Args:
        link: The conversation with the solution, or the program in this interpreter.
        wanted: "files" (each with path and content), "solution_path", "runner" ("pytest" or
            "unittest"), and perhaps "expected_tests", the names that the reference solution ran, and
            "own_files", paths of those that are kept from it, since the tests read them.
        started: Hears the name of each test.
    """
    report = Report()
    try:
        _judge(link, wanted, Run(link, report, started))
    except InvalidTests as fault:
        report.invalid = str(fault)
    except (SolutionGone, NeedsShared) as gone:
        report.fail("suite", link.fault.reason if link.fault else NEEDS_SHARED, "", str(gone))
    _check_executed(report, wanted.get("expected_tests"))
    return report.result(link)


def _judge(link: Link | LocalLink, wanted: dict[str, Any], one: Run) -> None:
    files = [File(file["path"], file["content"]) for file in wanted["files"]]
    path = wanted["solution_path"]
    root = Path.cwd()
    trees = [file.tree() for file in files if file.is_python]
    read = frozenset(wanted.get("own_files", ()))
    reads: Reads | None = None
    if isinstance(link, Link):
        modules = {file.module: file.tree() for file in files if file.is_python}
        own = sources.own_names(modules, frozenset(endings(module_name(path))))
        solution: types.ModuleType = SolutionModule(
            wanted.get("module") or module_name(path), link, own
        )
        link.is_pytest = wanted["runner"] != "unittest"
        reads = _mirror(link, files, trees, root / path, read)
    else:
        solution = link.module
        _place_data(files, imported_by_tests(files), trees, root)
    importer = Importer(files, path, solution, root)
    importer.install()
    _read_markers(files, one)  # before the program has a say in what they ask
    if isinstance(link, Link):
        link.is_waiting = True
        reached = imported_by_tests(files, read)
        importer.on_solution = functools.partial(load_program, link, files, path, reached)
    try:
        run_suite(files, importer, one, wanted["runner"])
    finally:
        one.report.own_files = reads.found(importer) if reads is not None else []


def _read_markers(files: Sequence[File], one: Run) -> None:
    for file in (file for file in files if file.is_python):
        one.skips[file.module] = markers.unconditional_skips(file.tree())
        one.failures[file.module] = markers.expected_failures(file.tree())


def _mirror(
    link: Link,
    files: Sequence[File],
    trees: Sequence[ast.Module],
    path: Path,
    read: Container[str],
) -> Reads:
    """Makes the tests' surroundings the solution's too; returns what notes which files they read."""
    root = Path.cwd()
    texts = [file.content for file in files]
    guard = prepare(link, trees, texts, path)
    link.world = world = Surroundings(root, texts, guard.is_constant)
    own = imported_by_tests(files, read)
    hidden = _place_data(files, own, trees, root, read)
    suite = frozenset(os.path.normpath(file.path) for file in files)
    world.hide(hidden, {file.path for file in own}, suite)
    mirror_seeds(link, texts)
    patches.mirror_patches(link)
    shown = [one for one in files if os.path.normpath(one.path) not in hidden]
    reads = Reads(link, shown, [one for one in files if one.is_python and one not in own])
    reads.install()
    return reads


def run_suite(files: Sequence[File], importer: Importer, one: Run, runner: str) -> None:
    """Imports the suite's tests and runs them.

    Raises:
        InvalidTests: They do not work, whatever the solution.
    """
    tests = test_files(files, runner)
    try:
        if runner == "unittest":
            modules = [_imported(file, importer, one) for file in tests]
            unittests.run(modules, one, _asking(tests, files, importer, one))
        elif needs_session(files):
            session.run(files, importer, one, lambda error: _blame(error, importer, one))
        else:
            plain_pytest.run(files, lambda file: _imported(file, importer, one), one)
    except (InvalidTests, SolutionGone, NeedsShared):
        raise
    except BaseException as error:  # what a test may not end: an interrupt, an exit
        one.ended("suite", error)
    _check_replaced(tests, files, importer, one)
    if not one.report.tests and not one.report.failed:
        if one.link.touched and any(sources.has_conditional_tests(file.tree()) for file in tests):
            one.report.fail("suite", "wrong_answer", "tests", "none, with this program")
            return
        raise InvalidTests("no tests were collected")
    is_used = one.link.touched or one.link.leaves_traces or one.link.is_heard
    if not one.report.failed and not is_used:
        raise InvalidTests("the tests never use the program")


def _check_replaced(
    files: Sequence[File], suite: Sequence[File], importer: Importer, one: Run
) -> None:
    """A decorator of the program that gives no function for a test takes it away, and so may a condition."""
    for file in files:
        module = sys.modules.get(file.module)
        if module is None:
            continue
        for path in sources.decorated_tests(file.tree()):
            found = _found(module, path)
            if not (found is _MISSING or callable(found)):
                one.report.fail(path, "wrong_answer", "a test", type(found).__name__)
        for path, is_class in choosing.asked_tests(file, suite, importer.solution_names):
            found = _found(module, path)
            is_own = isinstance(found, type) and not isinstance(found, MirrorClass)
            if found is _MISSING or not (is_own if is_class else callable(found)):
                one.report.fail(path, "wrong_answer", "a test", "none with this program")


_MISSING = object()


def _found(module: types.ModuleType, path: str) -> Any:
    """What stands at a path in a module now."""
    found: Any = module
    for name in path.split("."):
        if not isinstance(found, (types.ModuleType, type)):
            return _MISSING
        found = vars(found).get(name, _MISSING)
    return found


def _asking(
    tests: Sequence[File], files: Sequence[File], importer: Importer, one: Run
) -> frozenset[str]:
    """Names of the modules with a `load_tests` that the program may tell what to load."""
    parts = {file.module: choosing.choosers([file], {"load_tests"}) for file in tests}
    return frozenset(
        name
        for name, held in parts.items()
        if held
        and (one.link.leaves_traces or choosing.asks_program(held, files, importer.solution_names))
    )


def _imported(file: File, importer: Importer, one: Run) -> types.ModuleType:
    try:
        return importlib.import_module(file.module)
    except (SolutionGone, NeedsShared):
        raise
    except BaseException as error:
        raise _blame(error, importer, one) from error


def _blame(error: BaseException, importer: Importer, one: Run) -> BaseException:
    """What a file's failure to be imported comes to: the solution's fault.

    Raises:
        InvalidTests: It is the tests' own.
    """
    if isinstance(error, (SolutionGone, NeedsShared, InvalidTests)):
        return error
    lacks = isinstance(error, ImportError) and error.name in importer.solution_names
    reason = "runtime_error" if lacks else reason_of(error, one.link)
    text = f"{type(error).__name__}: {error}"
    one.link.fault = one.link.fault or Fault(reason, text)
    return SolutionGone(text)


def _names(text: str, name: str) -> bool:
    """Whether a text of the tests names a file: as it is, by its suffix, or by a pattern."""
    suffix = os.path.splitext(name)[1]  # noqa: PTH122
    pattern = text.rpartition("/")[2]
    return (
        name in text
        or (suffix != "" and text == suffix)
        or ("*" in pattern and fnmatch.fnmatchcase(name, pattern))
    )


def _place_data(
    files: Sequence[File],
    own: Container[File],
    trees: Sequence[ast.Module],
    root: Path,
    read: Container[str] = (),
) -> frozenset[str]:
    """Writes the suite's files; those of the tests stay with the judge: what they read, and what they mention."""
    mentioned = frozenset().union(*(sources.literals(tree) for tree in trees))
    hidden = {os.path.normpath(file.path) for file in files}
    for file in files:
        place = root / file.path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(file.content, encoding="utf-8", newline="")
        name = os.path.basename(file.path)  # noqa: PTH119
        is_own = file in own or file.path in read or name in SETTINGS
        if not (is_own or any(_names(text, name) for text in mentioned)):
            hidden.discard(os.path.normpath(file.path))
    return frozenset(hidden)


def _check_executed(report: Report, expected: Sequence[str] | None) -> None:
    for name in expected or ():
        if name not in report.executed and not report.failed:
            report.fail(name, "wrong_answer", "a test that runs", "it did not run")
