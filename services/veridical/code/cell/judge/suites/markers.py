"""Markers of skipped and failing tests that hold whatever the solution."""

from __future__ import annotations

import ast
import collections
import importlib
import importlib.util
import os
import platform
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from veridical.code.cell.judge.sources import bound, last_name

# A condition made of these is the same for every solution.
_STATIC = {"sys": sys, "os": os, "platform": platform, "shutil": shutil}
_VERSIONED = frozenset({"numpy"})
_BUILTINS = {
    one.__name__: one
    for one in (
        *(int, str, bool, float, tuple, list, set, map),
        *(len, any, all, min, max, getattr),
    )
}
_SKIPS = frozenset({"skip", "skipif", "skipunless"})
_EXPECTED_FAILURES = frozenset({"xfail", "expectedfailure"})


_FIXED = (bool, int, float, str, tuple, type(None))
"""Of what a name means, what no statement changes in place."""


@dataclass(frozen=True, slots=True)
class _Library:
    """What conditions ask of a library."""

    name: str

    @property
    def __version__(self) -> str:
        return str(importlib.import_module(self.name).__version__)


@dataclass(frozen=True, slots=True)
class Marked:
    """Names (`test`, `Class.test`) of what markers announce whatever the solution.

    Attributes:
        tests: Those marked themselves, or within what is.
        rows: Those of which single rows are, and by which marker.
        lacking: Those that give up for want of a library.
    """

    tests: frozenset[str] = frozenset()
    rows: frozenset[tuple[str, str]] = frozenset()
    lacking: frozenset[str] = frozenset()

    def announces(self, name: str, of_row: Iterable[str] = ()) -> bool:
        """Whether a test is announced, whose row has these markers."""
        name = name.partition("[")[0]
        return name in self.tests or any((name, one) in self.rows for one in of_row)


def inherits(
    marked: Mapping[str, Marked], kind: type | None, name: str, of_row: Iterable[str] = ()
) -> bool:
    """Whether a test is announced by a class that its own derives from: that itself, or the method that it has.

    Args:
        marked: What is announced, by names of modules.
        kind: The test's class.
        name: Its method.
        of_row: Markers of its row.
    """
    kinds = kind.__mro__ if isinstance(kind, type) else ()
    method = name.partition("[")[0].rpartition(".")[2]
    holder = next((one for one in kinds if method in vars(one)), None)
    for one in kinds:
        own = [key for key in marked if key == one.__module__ or key.endswith(f".{one.__module__}")]
        found = marked[own[0]] if len(own) == 1 else Marked()
        is_held = one is holder and found.announces(f"{one.__qualname__}.{method}", of_row)
        if is_held or found.announces(one.__qualname__):
            return True
    return False


def unconditional_skips(tree: ast.Module) -> Marked:
    """What is skipped whatever the solution."""
    found = _marked(tree, _SKIPS, any)
    return replace(found, lacking=frozenset(_lacking(tree.body, "")))


def absent_modules(tree: ast.Module) -> list[str]:
    """Names of what a module does without by skipping itself, if it is not installed."""
    return [name for node in tree.body for name in _skips_without(node)]


def _lacking(body: list[ast.stmt], prefix: str) -> Iterator[str]:
    """Names of tests that begin by giving up, as what they import first is not installed."""
    for node in body:
        if isinstance(node, ast.ClassDef):
            yield from _lacking(node.body, f"{prefix}{node.name}.")
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            own = [one for one in node.body if not _is_text(one)][:1]
            wanted = [name for one in own for name in _skips_without(one)]
            if any(not is_installed(name) for name in wanted):
                yield prefix + node.name


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _skips_without(node: ast.stmt) -> list[str]:
    """Names of the modules without which a statement skips: `importorskip`, or an import that is tried."""
    value = node.value if isinstance(node, (ast.Assign, ast.Expr)) else None
    if isinstance(value, ast.Call) and last_name(value.func) == "importorskip":
        given = value.args[0] if value.args else None
        return [given.value] if isinstance(given, ast.Constant) and type(given.value) is str else []
    if isinstance(node, ast.Try) and any(map(_is_for_imports, node.handlers)):
        first, calls = node.body[0], [one for one in node.handlers[0].body if _is_skip(one)]
        return _imported(first) if calls and node.handlers[0].body[0] in calls else []
    return []


def _is_skip(node: ast.stmt) -> bool:
    value = node.value if isinstance(node, ast.Expr) else getattr(node, "exc", None)
    return isinstance(value, ast.Call) and last_name(value.func).lower() in ("skip", "skiptest")


def _is_for_imports(handler: ast.ExceptHandler) -> bool:
    kind = ast.unparse(handler.type) if handler.type is not None else ""
    return kind in ("ImportError", "ModuleNotFoundError")


def _imported(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.Import):
        return [node.names[0].name]
    return [node.module] if isinstance(node, ast.ImportFrom) and node.module else []


def is_installed(name: str) -> bool:
    """Whether a library is; a module of the suite, or of the program, counts as one that is."""
    try:
        return importlib.util.find_spec(name.partition(".")[0]) is not None
    except (ImportError, ValueError):
        return True


def expected_failures(tree: ast.Module) -> Marked:
    """What is marked to fail whatever the solution."""
    return _marked(tree, _EXPECTED_FAILURES, all)


@dataclass(frozen=True, slots=True)
class _Search:
    """What is looked for: markers, how many of a test must hold, and what names of the module mean."""

    markers: frozenset[str]
    enough: Callable[[list[bool | None]], bool]
    flags: Mapping[str, Any]


def _marked(
    tree: ast.Module, markers: frozenset[str], enough: Callable[[list[bool | None]], bool]
) -> Marked:
    search = _Search(markers, enough, _flags(tree))
    found = list(_marks_within(tree.body, "", search))
    return Marked(
        frozenset(name for name, of_row in found if not of_row),
        frozenset((name, of_row) for name, of_row in found if of_row),
    )


def _flags(tree: ast.Module) -> dict[str, Any]:
    """Names that mean the same for every solution: what libraries have, whether they are there, and what is made of that."""
    times = collections.Counter(name for _, name in bound(tree))
    flags: dict[str, Any] = {**_BUILTINS, **_STATIC}
    own, others = _of_libraries(tree)
    for name in {*others, *times} - own.keys():
        flags.pop(name, None)
    flags |= {name: value for name, value in own.items() if not (times[name] or name in others)}
    for node in tree.body:
        if isinstance(node, ast.Try) and any(map(_is_for_imports, node.handlers)):
            flags |= _whether_imported(node, times)
        if not (isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)):
            continue
        name = node.targets[0].id
        if len(node.targets) == 1 and times[name] == 1 and name not in {*own, *others}:
            value = _value(node.value, flags)
            flags |= {name: value} if isinstance(value, _FIXED) else {}
    return flags


def _of_libraries(tree: ast.Module) -> tuple[dict[str, Any], set[str]]:
    """What a module imports of libraries that conditions ask, and the names of all else that it imports."""
    own: dict[str, Any] = {}
    others: set[str] = set()
    for node in (one for one in ast.walk(tree) if isinstance(one, (ast.Import, ast.ImportFrom))):
        for alias in node.names:
            name = alias.asname or alias.name.partition(".")[0]
            module = alias.name if isinstance(node, ast.Import) else node.module or ""
            if module not in {*_STATIC, *_VERSIONED} or getattr(node, "level", None):
                others.add(name)
            elif module in _VERSIONED:
                if isinstance(node, ast.Import) and is_installed(module):
                    own[name] = _Library(module)
                else:
                    others.add(name)
            elif isinstance(node, ast.Import):
                own[name] = _STATIC[module]
            else:
                own[name] = getattr(_STATIC[module], alias.name, None)
    return own, others


def _whether_imported(node: ast.Try, times: Mapping[str, int]) -> dict[str, Any]:
    """Names that say whether a library could be imported, and nothing else: `HAS_PANDAS = False`, `pandas = None`."""
    names = _imported(node.body[0])
    if not names:
        return {}
    chosen = [*node.body, *node.orelse] if is_installed(names[0]) else node.handlers[0].body
    within = collections.Counter(name for _, name in bound(node))
    return {
        target.id: one.value.value
        for one in chosen
        if isinstance(one, ast.Assign) and isinstance(one.value, ast.Constant)
        for target in one.targets
        if isinstance(target, ast.Name) and times[target.id] == within[target.id]
    }


def _marks_within(
    body: list[ast.stmt], prefix: str, search: _Search, *, around: bool = False
) -> Iterator[tuple[str, str]]:
    """Names of tests whose own markers, or those of a class around them, say so; or by which one rows do."""
    times = collections.Counter(name for _, name in bound(ast.Module(body, [])))
    aliases = {
        target.id: node.value
        for node in body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name) and times[target.id] == 1
    }
    of_all = [_condition(one, search.flags) for one in _elements(aliases.get("pytestmark"))]
    around = around or (
        search.markers is _SKIPS and not {("skip", True), ("skipif", True)}.isdisjoint(of_all)
    )
    for node in body:
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            continue
        times[node.name] -= 1
        if times[node.name]:  # bound anew below, or by what may ask the solution
            continue
        marks = [
            aliases.get(one.id, one) if isinstance(one, ast.Name) else one
            for one in node.decorator_list
        ]
        found = [_condition(one, search.flags) for one in marks]
        own = [holds for name, holds in found if name in search.markers]
        is_marked = around or (bool(own) and search.enough(own))
        if is_marked:
            yield prefix + node.name, ""
        for marker in search.markers:
            if _are_rows_marked(marks, marker, aliases, search.flags):
                yield prefix + node.name, marker
        if isinstance(node, ast.ClassDef):
            yield from _marks_within(node.body, f"{prefix}{node.name}.", search, around=is_marked)


def _are_rows_marked(
    marks: list[ast.expr],
    marker: str,
    aliases: Mapping[str, ast.expr],
    flags: Mapping[str, Any],
) -> bool:
    """Whether rows that stand in `parametrize` one by one have this marker, and each holds whatever the solution."""
    found: list[bool | None] = []
    for mark in marks:
        if not (isinstance(mark, ast.Call) and last_name(mark.func) == "parametrize"):
            continue
        given = [*mark.args[1:2], *(one.value for one in mark.keywords if one.arg == "argvalues")]
        rows = given[0] if given else mark
        rows = aliases.get(rows.id, rows) if isinstance(rows, ast.Name) else rows
        named = [one for row in _elements(rows) for one in _marks_of(row)]
        own = [_condition(aliases.get(getattr(one, "id", ""), one), flags) for one in named]
        announced = [holds for name, holds in own if name == marker]
        is_elsewhere = sum(_is_mark(one, marker) for one in ast.walk(rows)) > len(announced)
        found += [*announced, *([None] if is_elsewhere else [])]
    return any(found) and None not in found


def _marks_of(row: ast.expr) -> list[ast.expr]:
    """The markers of a row, `pytest.param(1, 2, marks=...)`."""
    if not (isinstance(row, ast.Call) and last_name(row.func) == "param"):
        return []
    given = [one.value for one in row.keywords if one.arg == "marks"]
    return [mark for one in given for mark in _elements(one)]


def _is_mark(node: ast.AST, marker: str) -> bool:
    return isinstance(node, ast.Attribute) and node.attr.lower() == marker


def _elements(node: ast.expr | None) -> list[ast.expr]:
    """Those of a list or a tuple that stands there; anything else is its own."""
    if isinstance(node, (ast.List, ast.Tuple)):
        return node.elts
    return [] if node is None else [node]


def _condition(decorator: ast.expr, flags: Mapping[str, Any]) -> tuple[str, bool | None]:
    """Name of a marker, and whether its condition holds; None where that may be the solution's doing."""
    call = decorator if isinstance(decorator, ast.Call) else None
    name = ast.unparse(call.func if call else decorator).rpartition(".")[2].lower()
    if name in ("skip", "expectedfailure") or call is None:
        return name, name not in ("skipif", "skipunless")
    # Reasons and kinds of errors are no conditions.
    conditions = [*call.args[:1], *(one.value for one in call.keywords if one.arg == "condition")]
    if not conditions:
        return name, name == "xfail"
    found = [_holds(one, flags) for one in conditions]
    return name, None if None in found else all(one is (name != "skipunless") for one in found)


def _holds(condition: ast.expr, flags: Mapping[str, Any]) -> bool | None:
    """Whether a condition that asks nothing of the solution holds; None for any other."""
    try:
        if isinstance(condition, ast.Constant) and isinstance(condition.value, str):
            condition = ast.parse(condition.value, mode="eval").body
    except (SyntaxError, ValueError):
        return None
    value = _value(condition, flags)
    return None if value is _UNKNOWN else bool(value)


def _value(node: ast.expr, flags: Mapping[str, Any]) -> Any:
    """What an expression gives that asks nothing of the solution; else `_UNKNOWN`."""
    try:
        names = {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
        if not names <= flags.keys():
            return _UNKNOWN
        code = compile(ast.Expression(node), "<marker>", "eval")
        return eval(code, {"__builtins__": {}, **flags})  # noqa: S307 - the tests' own text
    except Exception:
        return _UNKNOWN


_UNKNOWN = object()
