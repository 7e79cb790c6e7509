"""Whether test files are as plain as the light runner takes them; any other is for pytest's own session."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from veridical.code.cell.judge.suites.suite import File

SETTINGS = frozenset({"pytest.ini", "pytest.toml", "tox.ini", "setup.cfg", "pyproject.toml"})
"""Files that pytest reads by itself."""
_SERVED = {
    "raises": (1, frozenset({"match"})),
    "approx": (3, frozenset({"rel", "abs", "nan_ok"})),
    "param": (99, frozenset({"id"})),
    "skip": (1, frozenset({"reason"})),
    "fail": (1, frozenset({"reason"})),
    "mark.parametrize": (2, frozenset({"ids"})),
    "mark.skip": (1, frozenset({"reason"})),
    "mark.asyncio": (0, frozenset[str]()),
}
"""What plain files take of `pytest`: how many arguments, and which by name."""
_OF_CAUGHT = frozenset({"value", "type", "match"})
_WORDS = re.compile(
    r"\b(globals|locals|exec|eval)\(|\bsys\.modules\b|__name__\]|(?<!\.)\b(setattr|vars)\("
    r"|\b(partial|__test__|__getattr__|load_tests|pytest_\w+|pytestmark|doctest)\b"
    r"|\b(pkgutil|importlib(\.| import )resources)\b"
)
"""What may make tests, or settings of pytest, that do not stand as such in a file, or looks for modules' files."""
_AROUND = re.compile(r"(setup|teardown)(_module|_function|_class)?$|nosetests$")
"""What pytest runs around tests, or no longer does; `setup_method` the light runner knows."""
_AROUND_CASES = frozenset({"setUpModule", "tearDownModule"})
_CASES = frozenset({"TestCase", "IsolatedAsyncioTestCase"})
_Function = (ast.FunctionDef, ast.AsyncFunctionDef)


def needs_session(files: Sequence[File]) -> bool:
    """Whether pytest's own session is to run a suite."""
    if any(map(_is_for_session, files)):
        return True
    trees = [_without_main(file.tree()) for file in files if file.is_python]
    own = {file.module for file in files if file.is_python}
    names = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Name)]
    uses_pytest = any(node.id == "pytest" for node in names)
    if any(map(_is_case, map(ast.unparse, _bases(trees)))) and (
        uses_pytest or any(_is_of_suite(tree, own) for tree in trees)
    ):
        return True
    return any(not _is_plain(tree, own) for tree in trees)


def _is_for_session(file: File) -> bool:
    path = PurePosixPath(file.path)
    if path.name in (*SETTINGS, "conftest.py"):
        return True
    if not file.is_python:  # which pytest would collect, too
        return path.name.startswith("test") and path.suffix == ".txt"
    return _WORDS.search(file.content) is not None


def _without_main(tree: ast.Module) -> ast.Module:
    """A file without what it does as a program."""
    main = "__name__ == '__main__'"
    body = [
        node
        for node in tree.body
        if not isinstance(node, ast.If) or node.orelse or ast.unparse(node.test) != main
    ]
    return ast.Module(body, [])


def _bases(trees: Sequence[ast.Module]) -> Iterator[ast.expr]:
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                yield from node.bases


def _is_case(base: str) -> bool:
    return base.removeprefix("unittest.") in _CASES


def _is_of_suite(tree: ast.Module, own: set[str]) -> bool:
    """Whether a file imports others of the suite."""
    return any(
        (isinstance(node, ast.ImportFrom) and (node.level > 0 or node.module in own))
        or (isinstance(node, ast.Import) and any(one.name in own for one in node.names))
        for node in ast.walk(tree)
    )


def _is_plain(tree: ast.Module, own: set[str]) -> bool:
    is_marked = any(isinstance(one, ast.Name) and one.id == "pytest" for one in ast.walk(tree))
    has_tests = any(_is_test(node) for node in tree.body)
    return (
        all(_is_plain_import(node, own) for node in ast.walk(tree))
        and (not is_marked or _has_plain_pytest(tree))
        and all(_is_plain_statement(node) for node in tree.body)
        and not (has_tests and any(_name(node) in _AROUND_CASES for node in tree.body))
    )


def _is_plain_import(node: ast.AST, own: set[str]) -> bool:
    if isinstance(node, ast.Import):
        return not any(
            (one.name.split(".")[0] in ("pytest", "_pytest") and (one.asname or "." in one.name))
            or one.name.startswith("_pytest")
            or _is_name_of_tests(one.asname or "")
            for one in node.names
        )
    if isinstance(node, ast.ImportFrom):
        module = (node.module or "").split(".")[0]
        takes_all = node.names[0].name == "*" and (node.level > 0 or node.module in own)
        named = [one.asname or one.name for one in node.names]
        return (
            module not in ("pytest", "_pytest")
            and not takes_all
            and not any(_is_name_of_tests(one) or _AROUND.match(one) for one in named)
        )
    return True


def _is_name_of_tests(name: str) -> bool:
    return name.startswith(("test", "Test")) and not _is_case(name)


def _has_plain_pytest(tree: ast.Module) -> bool:
    """Whether a file uses of pytest what the light runner has, and as that has it."""
    inner = {id(node.value): node for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    called = {id(node.func): node for node in ast.walk(tree) if isinstance(node, ast.Call)}
    entered = {id(node.context_expr) for node in ast.walk(tree) if isinstance(node, ast.withitem)}
    caught = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id == "pytest":
            used = inner.get(id(node))
            while used is not None and used.attr == "mark":
                used = inner.get(id(used))
            call = None if used is None else called.get(id(used))
            if used is None or not _is_served(used, call):
                return False
            if used.attr == "raises" and id(call) not in entered:
                return False
        if (
            isinstance(node, ast.withitem)
            and isinstance(node.optional_vars, ast.Name)
            and ast.unparse(node.context_expr).startswith("pytest.")
        ):
            caught.add(node.optional_vars.id)
    return all(
        id(node) in inner and inner[id(node)].attr in _OF_CAUGHT
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and node.id in caught and isinstance(node.ctx, ast.Load)
    )


def _is_served(used: ast.Attribute, call: ast.Call | None) -> bool:
    known = _SERVED.get(ast.unparse(used).removeprefix("pytest."))
    if known is None:
        return False
    if call is None:
        return used.attr in ("skip", "asyncio")
    count, names = known
    return (
        len(call.args) <= count
        and not any(isinstance(one, ast.Starred) for one in call.args if used.attr != "param")
        and all(one.arg in names for one in call.keywords)
        and (used.attr != "parametrize" or (len(call.args) == 2 and bool(_parameters(call))))
    )


def _parameters(call: ast.Call) -> list[str]:
    names = call.args[0]
    if isinstance(names, ast.Constant) and isinstance(names.value, str):
        return [one.strip() for one in names.value.split(",") if one.strip()]
    if isinstance(names, (ast.List, ast.Tuple)):
        return [str(one.value) for one in names.elts if isinstance(one, ast.Constant)]
    return []


def _name(node: ast.AST) -> str:
    return node.name if isinstance(node, (*_Function, ast.ClassDef)) else ""


def _is_test(node: ast.AST) -> bool:
    if isinstance(node, ast.ClassDef):
        return node.name.startswith("Test") and not any(map(_is_case, map(ast.unparse, node.bases)))
    return isinstance(node, _Function) and node.name.startswith("test")


def _is_plain_statement(node: ast.stmt) -> bool:
    """Whether a statement of a file is a plain test or class of tests, or brings none."""
    if isinstance(node, _Function):
        return _is_plain_function(node, [])
    if isinstance(node, ast.ClassDef):
        if _is_test(node):
            return _is_plain_class(node)
        return node.name not in _CASES and not _AROUND.match(node.name)
    return _brings_none(node)


def _brings_none(node: ast.stmt) -> bool:
    if isinstance(node, ast.Expr):
        text = ast.unparse(node.value)
        return isinstance(node.value, ast.Constant) or text.startswith(("sys.path.", "logging."))
    if isinstance(node, ast.Assign):
        targets: list[ast.expr] = node.targets
    elif isinstance(node, ast.AnnAssign):
        targets = [node.target]
    else:
        return isinstance(node, (ast.Import, ast.ImportFrom, ast.Pass))
    names = [one for target in targets for one in ast.walk(target) if isinstance(one, ast.expr)]
    return all(
        isinstance(one, (ast.Tuple, ast.List))
        or (isinstance(one, ast.Name) and not _has_odd_name(one.id))
        for one in names
    ) and not any(isinstance(one, ast.NamedExpr) for one in ast.walk(node))


def _has_odd_name(name: str) -> bool:
    return name.startswith(("test", "Test")) or _AROUND.match(name) is not None


def _is_plain_function(
    node: ast.FunctionDef | ast.AsyncFunctionDef, first: list[str], is_method: bool = False
) -> bool:
    if not node.name.startswith("test"):
        is_odd = _AROUND.match(node.name) is not None
        return not is_odd and not (is_method and node.name in ("__init__", "__new__"))
    marks = [one.func if isinstance(one, ast.Call) else one for one in node.decorator_list]
    rows = [
        name
        for one in node.decorator_list
        if isinstance(one, ast.Call) and ast.unparse(one.func) == "pytest.mark.parametrize"
        for name in _parameters(one)
    ]
    given = node.args
    return (
        all(ast.unparse(one).startswith("pytest.mark.") for one in marks)
        and [one.arg for one in given.args[: len(first)]] == first
        and {one.arg for one in given.args[len(first) :]} == set(rows)
        and len(rows) == len(set(rows))
        and not (given.posonlyargs or given.kwonlyargs or given.defaults)
        and given.vararg is None
        and given.kwarg is None
        and not any(isinstance(one, (ast.Yield, ast.YieldFrom)) for one in ast.walk(node))
    )


def _is_plain_class(node: ast.ClassDef) -> bool:
    marks = [one.func if isinstance(one, ast.Call) else one for one in node.decorator_list]
    return (
        all(ast.unparse(one) == "pytest.mark.skip" for one in marks)
        and not node.keywords
        and all(ast.unparse(base) == "object" for base in node.bases)
        and all(
            _is_plain_function(one, ["self"], is_method=True)
            if isinstance(one, _Function)
            else not isinstance(one, ast.ClassDef) and _brings_none(one)
            for one in node.body
        )
    )
