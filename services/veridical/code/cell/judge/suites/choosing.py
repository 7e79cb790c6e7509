"""Whether hooks of a suite leave tests out by what the program says."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence

from veridical.code.cell.judge.sources import bound, last_name
from veridical.code.cell.judge.suites.program_modules import imported_by, named_modules
from veridical.code.cell.judge.suites.suite import File

_CHOOSERS = frozenset(
    {
        *("collect_ignore", "collect_ignore_glob", "pytest_ignore_collect", "pytest_collect_file"),
        *("pytest_collection_modifyitems", "pytest_itemcollected", "pytest_pycollect_makeitem"),
        *("pytest_configure", "pytest_cmdline_main", "pytest_sessionstart", "pytest_collection"),
    }
)
"""Hooks of pytest, and names that it reads, which leave tests out, mark them, or set by what it does so."""
_CALLERS = frozenset({"pytest_pyfunc_call", "pytest_runtest_call", "pytest_runtest_setup"})
"""Hooks that may put something else in the place of a test's function."""
_OF_TESTS = frozenset({"module", "obj", "_obj", "function", "cls", "callspec", "instance"})
"""What of an item holds values of the tests, or of the program."""
_OF_MARKERS = frozenset({"args", "kwargs"})
_OWN_MARKERS = frozenset({"parametrize", "usefixtures", "filterwarnings"})
"""What pytest itself makes of a marker's arguments, which leaves nothing out."""


def choosers(files: Sequence[File], hooks: Iterable[str] = _CHOOSERS) -> list[File]:
    """The parts of a suite's modules that leave tests out: hooks, and what defines the names that they use."""
    behind = [(file, _behind(file.tree(), hooks)) for file in files if file.is_python]
    return [_part(file, nodes) for file, nodes in behind if nodes]


def replaces_functions(files: Sequence[File]) -> bool:
    """Whether hooks of a suite may call something else than the functions of its tests."""
    return any(_behind(file.tree(), _CALLERS) for file in files if file.is_python)


def asks_program(parts: Sequence[File], files: Sequence[File], solution: frozenset[str]) -> bool:
    """Whether such parts can ask the program, or hear of it from the tests.

    Args:
        parts: The choosers of a suite.
        files: The suite.
        solution: Names of the solution's module.
    """
    nodes = [node for part in parts for node in ast.walk(part.tree())]
    read = {getattr(node, "attr", "") for node in nodes}
    if read & _OF_TESTS or (read & _OF_MARKERS and _marks_ask(files, solution)):
        return True
    return _ask(parts, files, solution)


def rows_ask(files: Sequence[File], solution: frozenset[str]) -> bool:
    """Whether the program has a say in what rows of tests are called."""
    trees = {file: file.tree() for file in files if file.is_python}
    return any(
        asks(file, tree, [one], files, solution)
        for file, tree in trees.items()
        for one in ast.walk(tree)
        if (isinstance(one, ast.Call) and last_name(one.func) in ("parametrize", "fixture"))
        or getattr(one, "name", "") == "pytest_generate_tests"
    )


def asks(
    file: File,
    tree: ast.Module,
    nodes: Sequence[ast.AST],
    files: Sequence[File],
    solution: frozenset[str],
) -> bool:
    """Whether the program stands behind the names that some nodes of a file use."""
    names = {one.id for node in nodes for one in ast.walk(node) if isinstance(one, ast.Name)}
    behind = [*_behind(tree, names), *(node for node in nodes if isinstance(node, ast.stmt))]
    return bool(behind) and _ask([_part(file, behind)], files, solution)


def asked_tests(
    file: File, files: Sequence[File], solution: frozenset[str]
) -> Iterator[tuple[str, bool]]:
    """Paths of tests of which the program may have a say whether they are there, and whether each is a class.

    Those under a condition that asks it, and classes that a decorator of it takes.
    """
    tree = file.tree()
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and node.decorator_list:
            held = (getattr(one, "name", "") for one in node.body)
            is_test = any(name.startswith("test") for name in held)
            if is_test and asks(file, tree, node.decorator_list, files, solution):
                yield node.name, True
        elif isinstance(node, (ast.If, ast.Try)):
            conditional = list(_tests(node.body if isinstance(node, ast.If) else [node]))
            condition: Sequence[ast.AST] = [node.test] if isinstance(node, ast.If) else node.body
            # Where each outcome has tests of its own, some always lack.
            others = list(_tests(node.orelse)) if isinstance(node, ast.If) else []
            if conditional and not others and asks(file, tree, condition, files, solution):
                yield from conditional


def _tests(nodes: Iterable[ast.AST]) -> Iterator[tuple[str, bool]]:
    for node in nodes:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            if node.name.lower().startswith("test"):
                yield node.name, isinstance(node, ast.ClassDef)
        else:
            yield from _tests(ast.iter_child_nodes(node))


def _ask(parts: Sequence[File], files: Sequence[File], solution: frozenset[str]) -> bool:
    named = {name for one in imported_by(parts, files) for name in named_modules(one)}
    names = {".".join(name.split(".")[:end]) for name in named for end in range(1, 9)}
    return bool(names & solution)


def _marks_ask(files: Sequence[File], solution: frozenset[str]) -> bool:
    """Whether the program stands behind an argument of a marker."""
    trees = {file: file.tree() for file in files if file.is_python}
    return any(
        asks(file, tree, [*one.args, *(given.value for given in one.keywords)], files, solution)
        for file, tree in trees.items()
        for one in ast.walk(tree)
        if isinstance(one, ast.Call)
        and ".mark." in f".{ast.unparse(one.func)}"
        and last_name(one.func) not in _OWN_MARKERS
    )


def _part(file: File, nodes: list[ast.stmt]) -> File:
    return File(file.path, ast.unparse(ast.Module(nodes, [])))


def _behind(tree: ast.Module, names: Iterable[str]) -> list[ast.stmt]:
    """The statements of a module that bind these names, and those behind them."""
    binds = {
        node: {name for _, name in bound(ast.Module([node], []))} | _imported(node) | _hooks(node)
        for node in tree.body
        if not (
            isinstance(node, ast.ClassDef) and "load_tests" in names
        )  # which may name all tests
    }
    wanted, reached = set(names), set[ast.stmt]()
    while True:
        found = {node for node, own in binds.items() if own & wanted} - reached
        if not found:
            return [_narrowed(node, wanted) for node in tree.body if node in reached]
        reached |= found
        wanted |= {one.id for node in found for one in ast.walk(node) if isinstance(one, ast.Name)}


def _narrowed(node: ast.stmt, wanted: set[str]) -> ast.stmt:
    """An import without the names that nobody wants."""
    if not isinstance(node, (ast.Import, ast.ImportFrom)):
        return node
    names = [one for one in node.names if (one.asname or one.name.partition(".")[0]) in wanted]
    return (
        ast.Import(names)
        if isinstance(node, ast.Import)
        else ast.ImportFrom(node.module, names, node.level)
    )


def _hooks(node: ast.stmt) -> set[str]:
    """Names of the methods of a class that may be a plugin."""
    held = node.body if isinstance(node, ast.ClassDef) else []
    names = {getattr(one, "name", "") for one in held}
    return {name for name in names if name.startswith("pytest_")}


def _imported(node: ast.stmt) -> set[str]:
    """Names that imports within a statement bind."""
    return {
        alias.asname or alias.name.partition(".")[0]
        for one in ast.walk(node)
        if isinstance(one, (ast.Import, ast.ImportFrom))
        for alias in one.names
    }
