"""Test code that runs as it stands: assertions, or a `check(candidate)`."""

from __future__ import annotations

import ast
import builtins
import importlib
import re
import sys
import types
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from veridical.code.cell.judge.interpreter.making import ASSERTS
from veridical.code.cell.judge.interpreter.patches import mirror_patches
from veridical.code.cell.judge.interpreter.prepare import mirror_seeds, prepare
from veridical.code.cell.judge.interpreter.surroundings import Surroundings
from veridical.code.cell.judge.local import LocalLink
from veridical.code.cell.judge.proxy.link import Link
from veridical.code.cell.judge.result import InvalidTests, Report, exception_text, reason_of, shown
from veridical.code.cell.judge.sources import literals, mentions

_NAME = "<tests>"
_BUILTINS = frozenset(vars(builtins))
_BY_TEXT = frozenset({"eval", "exec", "globals"})
"""What looks up names that stand in texts."""
_WORD = re.compile(r"[A-Za-z_]\w*")
_TEST_CLASSES = "classes of tests run as files: task.code.files"
_REBOUND = frozenset({bool, int, float, complex, str, bytes, tuple, frozenset, type(None)})
"""What cannot change but by another value taking its name."""


@dataclass(frozen=True, slots=True)
class _Part:
    """Statements that run together; a test if it is one assertion or call."""

    node: ast.stmt
    code: types.CodeType
    is_test: bool


class _Scope(dict[str, Any]):
    """The names of the test code: its own, else those that the solution gave."""

    def __init__(self, link: Link | LocalLink, given: dict[str, Any]) -> None:
        super().__init__(__builtins__=builtins, __name__=ASSERTS)
        self._link = link
        self._given = given

    def __missing__(self, name: str) -> Any:
        value = self._given[name]
        self._link.touched = True
        if type(value) in _REBOUND:
            return self._link.value_of(name)  # the program may have bound it anew
        self[name] = value
        return value


@dataclass(frozen=True, slots=True)
class Uses:
    """The names that test code reads.

    Attributes:
        names: All.
        holders: Those whose attributes it reads.
        imported: Those that it imports.
        in_classes: Those in bodies of classes.
        bound: Those that it binds.
        in_texts: The words of its texts, if it looks up names by text.
    """

    names: frozenset[str]
    holders: frozenset[str]
    imported: frozenset[str]
    in_classes: frozenset[str]
    bound: frozenset[str]
    in_texts: frozenset[str]


def run(
    link: Link | LocalLink, test_code: str, entry_point: str, *, is_pure: bool = False
) -> Report:
    """Runs `test_code` against the solution behind `link`; pure tests have no surroundings."""
    report = Report()
    try:
        tree = ast.parse(test_code.removeprefix("\ufeff"), _NAME)
        _add_check(tree, entry_point)
        if isinstance(link, Link):
            link.mentions = mentions(test_code)
        if isinstance(link, Link) and not is_pure:
            _share_surroundings(link, test_code, tree)
        parts = list(_parts(tree))
    except (SyntaxError, ValueError, RecursionError, MemoryError) as fault:
        report.invalid = f"{type(fault).__name__}: {fault}"[:500]
        return report
    scope = _scope(link, _uses(tree), entry_point)
    report.tests = sum(part.is_test for part in parts) or 1
    try:
        _run_parts(link, parts, scope, report)
    except InvalidTests as fault:
        report.invalid = str(fault)
    if not report.failed and report.invalid is None and not link.touched:
        report.invalid = f"the tests never call the program; {_TEST_CLASSES}"
    return report


def _share_surroundings(link: Link, test_code: str, tree: ast.Module) -> None:
    here = Path.cwd()
    prepare(link, [tree], [test_code], here / "solution.py")
    link.world = Surroundings(here, [test_code])
    mirror_seeds(link, [test_code])
    if "mock" in test_code:
        mirror_patches(link)


def _run_parts(link: Link | LocalLink, parts: list[_Part], scope: _Scope, report: Report) -> None:
    for number, part in enumerate(parts):
        name = f"line {part.node.lineno}"
        try:
            exec(part.code, scope)  # noqa: S102 - tests run in a cell of their own
        except BaseException as error:
            reason = _reason(error, link)
            line = _line(error) or part.node.lineno
            expected = _expected(parts, line)
            report.fail(f"line {line}", reason, expected, _actual(error, link, reason))
            if link.fault or link.needs or not part.is_test:
                return
            report.ran += 1
            continue
        link.clear_doubt()
        if part.is_test:
            report.ran += 1
            report.executed.append(name)
        elif number == len(parts) - 1 and not report.ran:
            report.ran = 1


def _reason(error: BaseException, link: Link | LocalLink) -> str:
    if isinstance(error, SystemExit) and not (error.code or _is_of_program(error)):
        raise InvalidTests(f"the tests end by themselves; {_TEST_CLASSES}")
    # A free name of the tests is the solution's: one that is unknown is one that it lacks.
    if isinstance(error, NameError) and not isinstance(error, UnboundLocalError):
        return "runtime_error"
    return reason_of(error, link)


def _actual(error: BaseException, link: Link | LocalLink, reason: str) -> str:
    if isinstance(error, AssertionError) and reason == "wrong_answer":
        return shown(link.last)
    return exception_text(error)


def _is_of_program(error: BaseException) -> bool:
    """Whether the proxy raised it."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return trace is not None and str(trace.tb_frame.f_globals.get("__name__")).startswith(
        "veridical."
    )


def _line(error: BaseException) -> int:
    """The last line of the tests that an error passed; 0 for none."""
    trace, line = error.__traceback__, 0
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == _NAME:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def _expected(parts: list[_Part], line: int) -> str:
    for found in (node for part in parts for node in ast.walk(part.node)):
        if isinstance(found, ast.Assert) and found.lineno <= line <= (found.end_lineno or 0):
            test = found.test
            return ast.unparse(test.comparators[-1] if isinstance(test, ast.Compare) else test)
    return ""


def _add_check(tree: ast.Module, entry_point: str) -> None:
    """HumanEval's tests only define `check`: it is called with the entry point."""
    defined = any(isinstance(node, ast.FunctionDef) and node.name == "check" for node in tree.body)
    if defined and not any(_mentions(node, "check") for node in tree.body):
        if not entry_point:
            raise ValueError("check(candidate) without an entry point")
        tree.body.extend(ast.parse(f"check({entry_point})").body)


def _mentions(node: ast.stmt, name: str) -> bool:
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        return False
    return any(isinstance(one, ast.Name) and one.id == name for one in ast.walk(node))


def _parts(tree: ast.Module) -> Iterator[_Part]:
    for node in tree.body:
        is_test = isinstance(node, ast.Assert) or (
            isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
        )
        code = compile(ast.Module([node], []), _NAME, "exec", dont_inherit=True)
        yield _Part(node, code, is_test)


def _uses(tree: ast.Module) -> Uses:
    names, holders, bound = set(), set(), set()
    nodes = list(ast.walk(tree))
    for node in nodes:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            bound.add(node.name)
        elif isinstance(node, ast.arg):
            bound.add(node.arg)
        elif isinstance(node, ast.Name):
            names.add(node.id)
            if not isinstance(node.ctx, ast.Load):
                bound.add(node.id)
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            holders.add(node.value.id)
    imports = [node for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom))]
    aliases = [alias for node in imports for alias in node.names]
    imported = {alias.asname or alias.name.partition(".")[0] for alias in aliases}
    classes = [node for node in nodes if isinstance(node, ast.ClassDef)]
    within = {one.id for node in classes for one in ast.walk(node) if isinstance(one, ast.Name)}
    texts = literals(tree) if names & _BY_TEXT else ()
    words = {word for text in texts for word in _WORD.findall(text)}
    return Uses(*map(frozenset, (names, holders, imported, within, bound, words)))


def _scope(link: Link | LocalLink, uses: Uses, entry_point: str) -> _Scope:
    entry = entry_point.partition(".")[0]
    libraries = {name for name in uses.holders if name in sys.stdlib_module_names and name != entry}
    wanted = (uses.names - _BUILTINS - libraries - uses.imported) | ({entry} if entry else set())
    wanted |= uses.in_texts - _BUILTINS
    given = link.names(sorted(wanted))
    if not wanted - uses.bound:
        # Two names of builtins are entry points of MBPP: tests that name nothing else mean them.
        given |= link.names(sorted(uses.names & _BUILTINS))
    scope, was_read = _Scope(link, given), link.touched
    for name in libraries:
        scope[name] = importlib.import_module(name)
    for name in uses.in_classes & given.keys():
        # The interpreter looks there for what stands in a scope, and no further.
        value = scope[name]
        scope[name] = value
        was_read = was_read or type(value) in _REBOUND
    link.touched = was_read  # a class that stands there has asked for nothing yet
    return scope
