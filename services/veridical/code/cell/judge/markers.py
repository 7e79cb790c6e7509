"""Markers of skipped and failing tests that hold whatever the solution."""

from __future__ import annotations

import ast
import collections
import os
import platform
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from veridical.code.cell.judge.sources import bound, last_name

# A condition made of these is the same for every solution.
_STATIC = {"sys": sys, "os": os, "platform": platform, "shutil": shutil}
_SKIPS = frozenset({"skip", "skipif", "skipunless"})
_EXPECTED_FAILURES = frozenset({"xfail", "expectedfailure"})


@dataclass(frozen=True, slots=True)
class Marked:
    """Names (`test`, `Class.test`) of what markers announce whatever the solution.

    Attributes:
        tests: Those marked themselves, or within what is.
        rows: Those of which single rows are.
    """

    tests: frozenset[str] = frozenset()
    rows: frozenset[str] = frozenset()

    def announces(self, name: str, *, is_row: bool) -> bool:
        """Whether a test is announced; `is_row` says whether this row of it has a marker."""
        name = name.partition("[")[0]
        return name in self.tests or (is_row and name in self.rows)


def unconditional_skips(tree: ast.Module) -> Marked:
    """What is skipped whatever the solution."""
    return _marked(tree, _SKIPS, any)


def absent_modules(tree: ast.Module) -> list[str]:
    """Names of what a module does without by skipping itself, if it is not installed."""
    values = [one.value for one in tree.body if isinstance(one, (ast.Assign, ast.Expr))]
    calls = [one for one in values if isinstance(one, ast.Call) and one.args]
    given = [one.args[0] for one in calls if last_name(one.func) == "importorskip"]
    return [one.value for one in given if isinstance(one, ast.Constant) and type(one.value) is str]


def expected_failures(tree: ast.Module) -> Marked:
    """What is marked to fail whatever the solution."""
    return _marked(tree, _EXPECTED_FAILURES, all)


def _marked(
    tree: ast.Module, markers: frozenset[str], enough: Callable[[list[bool | None]], bool]
) -> Marked:
    found = list(_marks_within(tree.body, "", markers, enough))
    return Marked(
        frozenset(name for name, is_row in found if not is_row),
        frozenset(name for name, is_row in found if is_row),
    )


def _marks_within(
    body: list[ast.stmt],
    prefix: str,
    markers: frozenset[str],
    enough: Callable[[list[bool | None]], bool],
    *,
    around: bool = False,
) -> Iterator[tuple[str, bool]]:
    """Names of tests whose own markers, or those of a class around them, say so; whether only rows do."""
    times = collections.Counter(name for _, name in bound(ast.Module(body, [])))
    aliases = {
        target.id: node.value
        for node in body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name) and times[target.id] == 1
    }
    of_all = aliases.get("pytestmark")
    around = around or (
        any(_condition(one) == ("skip", True) for one in _elements(of_all)) and markers is _SKIPS
    )
    for node in body:
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            continue
        marks = [
            aliases.get(one.id, one) if isinstance(one, ast.Name) else one
            for one in node.decorator_list
        ]
        own = [one for one in map(_condition, marks) if one[0] in markers]
        is_marked = around or (bool(own) and enough([holds for _, holds in own]))
        if is_marked:
            yield prefix + node.name, False
        elif _are_rows_marked(marks, markers, aliases):
            yield prefix + node.name, True
        if isinstance(node, ast.ClassDef):
            yield from _marks_within(node.body, f"{node.name}.", markers, enough, around=is_marked)


def _are_rows_marked(
    marks: list[ast.expr], markers: frozenset[str], aliases: Mapping[str, ast.expr]
) -> bool:
    """Whether rows that stand in `parametrize` one by one have such markers, and each holds whatever the solution."""
    found: list[bool | None] = []
    for mark in marks:
        if not (isinstance(mark, ast.Call) and last_name(mark.func) == "parametrize"):
            continue
        given = [*mark.args[1:2], *(one.value for one in mark.keywords if one.arg == "argvalues")]
        rows = given[0] if given else mark
        rows = aliases.get(rows.id, rows) if isinstance(rows, ast.Name) else rows
        given_marks = [one for row in _elements(rows) for one in _marks_of(row)]
        own = [aliases.get(getattr(one, "id", ""), one) for one in given_marks]
        found += [holds for name, holds in map(_condition, own) if name in markers]
        is_elsewhere = sum(_is_any_mark(one, markers) for one in ast.walk(rows)) > len(
            [one for one in own if _condition(one)[0] in markers]
        )
        found += [None] * is_elsewhere
    return any(found) and None not in found


def _marks_of(row: ast.expr) -> list[ast.expr]:
    """The markers of a row, `pytest.param(1, 2, marks=...)`."""
    if not (isinstance(row, ast.Call) and last_name(row.func) == "param"):
        return []
    given = [one.value for one in row.keywords if one.arg == "marks"]
    return [mark for one in given for mark in _elements(one)]


def _is_any_mark(node: ast.AST, markers: frozenset[str]) -> bool:
    return isinstance(node, ast.Attribute) and node.attr.lower() in markers


def _elements(node: ast.expr | None) -> list[ast.expr]:
    """Those of a list or a tuple that stands there; anything else is its own."""
    if isinstance(node, (ast.List, ast.Tuple)):
        return node.elts
    return [] if node is None else [node]


def _condition(decorator: ast.expr) -> tuple[str, bool | None]:
    """Name of a marker, and whether its condition holds; None where that may be the solution's doing."""
    call = decorator if isinstance(decorator, ast.Call) else None
    name = ast.unparse(call.func if call else decorator).rpartition(".")[2].lower()
    if name in ("skip", "expectedfailure") or call is None:
        return name, name not in ("skipif", "skipunless")
    # Reasons and kinds of errors are no conditions.
    conditions = [*call.args[:1], *(one.value for one in call.keywords if one.arg == "condition")]
    if not conditions:
        return name, name == "xfail"
    found = [_holds(one) for one in conditions]
    return name, None if None in found else all(one is (name != "skipunless") for one in found)


def _holds(condition: ast.expr) -> bool | None:
    """Whether a condition that asks nothing of the solution holds; None for any other."""
    try:
        if isinstance(condition, ast.Constant) and isinstance(condition.value, str):
            condition = ast.parse(condition.value, mode="eval").body
        names = {node.id for node in ast.walk(condition) if isinstance(node, ast.Name)}
        if not names <= {*_STATIC, "True", "False", "None"}:
            return None
        code = compile(ast.Expression(condition), "<marker>", "eval")
        return bool(eval(code, {"__builtins__": {}, **_STATIC}))  # noqa: S307 - the tests' own text
    except Exception:
        return None
