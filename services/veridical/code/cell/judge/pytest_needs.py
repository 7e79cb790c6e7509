"""Whether test files use more of pytest than the light runner has."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

from veridical.code.cell.judge.plain_api import SERVED, SERVED_FIXTURES
from veridical.code.cell.judge.sources import has_text_conditions
from veridical.code.cell.judge.suite import File

_CONFIGURATION = ("pytest.ini", "pytest.toml", "tox.ini", "setup.cfg", "pyproject.toml")
_SERVED_ATTRIBUTES = {
    "monkeypatch": frozenset(
        {
            *("setattr", "delattr", "setitem", "delitem", "setenv", "delenv", "chdir", "undo"),
        }
    ),
    "capsys": frozenset({"readouterr"}),
    "request": frozenset({"param"}),
}
"""What tests may use of these fixtures to be run by the light runner."""
_UNSERVED = frozenset(
    {"typename", "exconly", "errisinstance", "getrepr", "getfixturevalue", "addfinalizer"}
)
"""Further names by which test files use more than it has."""
_MARKS = frozenset({"usefixtures", "filterwarnings"})
_WORDS = re.compile(
    r"\b(globals\(|partial\b|__test__|load_tests|pytestmark)|(?<!\.)\b(setattr|vars)\("
)
"""What may make tests, or marks, that do not stand as such in a file."""
_AROUND = frozenset(
    {
        *("setup_module", "teardown_module", "setup_function", "teardown_function"),
        *("setup_class", "teardown_class"),
    }
)
"""What pytest runs around tests, and the light runner does not."""
_AROUND_CASES = frozenset({"setUpModule", "tearDownModule"})
"""What the light runner runs around cases of unittest alone."""
_KNOWN = re.compile(r"(pytest\.)?(mark\.|fixture\b)|staticmethod$|classmethod$")
_FIXTURE_SETTINGS = frozenset({"scope", "params", "autouse", "name", "ids"})


def needs_session(files: Sequence[File]) -> bool:
    """Whether any file uses what the light runner does not have."""
    if any(file.path.endswith(_CONFIGURATION) for file in files):
        return True
    trees = [file.tree() for file in files if file.is_python]
    if any(_WORDS.search(file.content) for file in files if file.is_python):
        return True
    own = {file.module for file in files if file.is_python}
    if any(_takes_all(tree, own) for tree in trees):
        return True
    conftests = [file.path for file in files if file.path.endswith("conftest.py")]
    folders = {file.path.rpartition("/")[0] for file in files if file.is_test}
    if conftests and (len(conftests) > 1 or folders - {conftests[0].rpartition("/")[0]}):
        return True
    if any(map(has_text_conditions, trees)):
        return True
    if any(map(_has_other_tests, trees)):
        return True
    fixtures = frozenset().union(*map(_fixture_names, trees)) | SERVED_FIXTURES
    return any(need for tree in trees for need in _needs(tree, fixtures))


def _needs(tree: ast.Module, fixtures: frozenset[str]) -> Iterator[bool]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and _is_name(node.value, "pytest"):
            yield node.attr not in SERVED
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            known = _SERVED_ATTRIBUTES.get(node.value.id)
            yield node.attr in _UNSERVED | _MARKS or (known is not None and node.attr not in known)
        elif isinstance(node, ast.keyword) and node.arg == "prepend":
            yield True
        elif isinstance(node, ast.ImportFrom) and node.module:
            if node.module.split(".")[0] == "pytest":
                yield any(alias.name not in SERVED for alias in node.names)
            yield node.module.split(".")[0] == "_pytest"
        elif (isinstance(node, ast.Attribute) and node.attr in _MARKS) or (
            isinstance(node, ast.keyword) and node.arg == "indirect"
        ):
            yield True
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node.name.startswith("pytest_") or not _is_served(node, fixtures)


def _has_other_tests(tree: ast.Module) -> bool:
    """Whether a file has tests, or what stands around them, that the light runner does not know."""
    names = [name for node in ast.walk(tree) for name in _bound(node)]
    cases = [one for one in ast.walk(tree) if isinstance(one, ast.ClassDef) and _is_case(one)]
    is_marked = any(isinstance(node, ast.Name) and node.id == "pytest" for node in ast.walk(tree))
    return (
        any(name in _AROUND for name in names)
        or (any(map(_is_plain, tree.body)) and any(name in _AROUND_CASES for name in names))
        or any(
            name.startswith(("test", "Test"))
            for node in _outside_functions(tree)
            for name in _assigned(node)
        )
        or any(map(_is_conditional, tree.body))
        or (bool(cases) and is_marked)
        or any(_is_odd(one) for one in _outside_cases(tree.body))
    )


def _bound(node: ast.AST) -> list[str]:
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return [node.name]
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return [one.asname or one.name for one in node.names]
    return _assigned(node)


def _assigned(node: ast.AST) -> list[str]:
    targets = node.targets if isinstance(node, ast.Assign) else []
    return [one.id for target in targets for one in ast.walk(target) if isinstance(one, ast.Name)]


def _is_case(node: ast.ClassDef) -> bool:
    return any("TestCase" in ast.unparse(base) for base in node.bases)


def _takes_all(tree: ast.Module, modules: set[str]) -> bool:
    """Whether a file takes all names of another one of the suite."""
    return any(
        isinstance(node, ast.ImportFrom)
        and (node.module in modules or node.level > 0)
        and node.names[0].name == "*"
        for node in ast.walk(tree)
    )


def _outside_functions(tree: ast.AST) -> Iterator[ast.AST]:
    for node in ast.iter_child_nodes(tree):
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield from (node, *_outside_functions(node))


def _is_conditional(node: ast.stmt) -> bool:
    """Whether a statement may define tests, or not."""
    is_plain = isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
    return not is_plain and any(map(_is_plain, ast.walk(node)))


def _outside_cases(body: list[ast.stmt]) -> Iterator[ast.AST]:
    """Classes and functions of a file, but for those of unittest's cases."""
    for node in body:
        if isinstance(node, ast.ClassDef) and not _is_case(node):
            yield from (node, *_outside_cases(node.body))
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node


def _is_plain(node: ast.AST) -> bool:
    """Whether this is a test, or a class of tests, of pytest alone."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return node.name.startswith("test")
    return isinstance(node, ast.ClassDef) and node.name.startswith("Test") and not _is_case(node)


def _is_odd(node: ast.AST) -> bool:
    """Whether a class or function of tests is more than its name and its marks say."""
    if isinstance(node, ast.ClassDef):
        bases = {ast.unparse(base) for base in node.bases} - {"object"}
        inner = any(
            isinstance(one, ast.ClassDef) and one.name.startswith("Test") for one in node.body
        )
        scoped = any(_is_wide(one) for one in node.body)
        return _is_plain(node) and bool(inner or node.keywords or bases or scoped or _others(node))
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        gives = any(isinstance(one, (ast.Yield, ast.YieldFrom)) for one in ast.walk(node))
        is_fixture = any(map(_is_fixture, node.decorator_list))
        return _is_plain(node) and (bool(_others(node)) or (gives and not is_fixture))
    return False


def _is_wide(node: ast.stmt) -> bool:
    """Whether this is a fixture of a class that lives longer than a test."""
    is_function = isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    decorators: list[ast.expr] = getattr(node, "decorator_list", []) if is_function else []
    calls = [one for one in decorators if isinstance(one, ast.Call)]
    return any(keyword.arg == "scope" for one in calls for keyword in one.keywords)


def _others(node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.expr]:
    """Decorators that are neither marks nor fixtures of pytest."""
    return [one for one in node.decorator_list if not _KNOWN.match(ast.unparse(one))]


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
