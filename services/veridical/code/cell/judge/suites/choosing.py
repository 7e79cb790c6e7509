"""Whether hooks of a suite leave tests out by what the program says."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from veridical.code.cell.judge.sources import bound
from veridical.code.cell.judge.suites.program_modules import imported_by, named_modules
from veridical.code.cell.judge.suites.suite import File

_CHOOSERS = frozenset(
    {
        *("collect_ignore", "collect_ignore_glob", "pytest_ignore_collect", "pytest_collect_file"),
        *("pytest_collection_modifyitems", "pytest_itemcollected", "pytest_pycollect_makeitem"),
    }
)
"""Hooks of pytest, and names that it reads, which leave tests out or mark them."""
_OF_TESTS = frozenset({"module", "obj", "function", "cls", "callspec"})
"""What of an item holds values of the tests, or of the program."""


def choosers(files: Sequence[File]) -> list[File]:
    """The parts of a suite's modules that leave tests out: hooks, and what defines the names that they use."""
    behind = [(file, _behind(file.tree())) for file in files if file.is_python]
    return [File(file.path, ast.unparse(ast.Module(nodes, []))) for file, nodes in behind if nodes]


def asks_program(parts: Sequence[File], files: Sequence[File], solution: frozenset[str]) -> bool:
    """Whether such parts can ask the program, or hear of it from the tests.

    Args:
        parts: The choosers of a suite.
        files: The suite.
        solution: Names of the solution's module.
    """
    nodes = [node for part in parts for node in ast.walk(part.tree())]
    if any(getattr(node, "attr", "") in _OF_TESTS for node in nodes):
        return True
    named = {name for one in imported_by(parts, files) for name in named_modules(one)}
    names = {".".join(name.split(".")[:end]) for name in named for end in range(1, 9)}
    return bool(names & solution)


def _behind(tree: ast.Module) -> list[ast.stmt]:
    binds = {
        node: {name for _, name in bound(ast.Module([node], []))} | _imported(node)
        for node in tree.body
    }
    wanted, reached = set(_CHOOSERS), set[ast.stmt]()
    while True:
        found = {node for node, names in binds.items() if names & wanted} - reached
        if not found:
            return [node for node in tree.body if node in reached]
        reached |= found
        wanted |= {one.id for node in found for one in ast.walk(node) if isinstance(one, ast.Name)}


def _imported(node: ast.stmt) -> set[str]:
    """Names that imports within a statement bind."""
    return {
        alias.asname or alias.name.partition(".")[0]
        for one in ast.walk(node)
        if isinstance(one, (ast.Import, ast.ImportFrom))
        for alias in one.names
    }
