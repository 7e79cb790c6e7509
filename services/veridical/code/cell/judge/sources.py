"""What the source of a test file says: its unconditional skips, and what no proxy can serve."""

from __future__ import annotations

import ast
from collections.abc import Iterator

# A condition made of these is the same for every solution.
_STATIC_NAMES = frozenset({"sys", "os", "platform", "True", "False", "None", "shutil"})
_FRAME_READERS = frozenset({"currentframe", "getouterframes", "stack", "_getframe"})
_RECORD_READERS = frozenset(
    {
        *("assertLogs", "assertNoLogs", "assertWarns", "assertWarnsRegex"),
        *("warns", "deprecated_call", "catch_warnings"),
    }
)
_SOURCE_READERS = frozenset(
    {"getsource", "getsourcelines", "getsourcefile", "findsource", "getcomments"}
)


_SKIPS = frozenset({"skip", "skipif", "skipunless"})
_EXPECTED_FAILURES = frozenset({"xfail", "expectedfailure"})


def unconditional_skips(tree: ast.Module) -> frozenset[str]:
    """Names (`test`, `Class` or `Class.test`) whose skip marker asks nothing of the solution."""
    return frozenset(_marked(tree.body, "", _SKIPS))


def expected_failures(tree: ast.Module) -> frozenset[str]:
    """Names whose marker says that they fail, and asks nothing of the solution."""
    return frozenset(_marked(tree.body, "", _EXPECTED_FAILURES))


def _marked(body: list[ast.stmt], prefix: str, markers: frozenset[str]) -> Iterator[str]:
    for node in body:
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            continue
        if any(_is_static(decorator, markers) for decorator in node.decorator_list):
            yield prefix + node.name
        if isinstance(node, ast.ClassDef):
            yield from _marked(node.body, f"{node.name}.", markers)


def _is_static(decorator: ast.expr, markers: frozenset[str]) -> bool:
    call = decorator if isinstance(decorator, ast.Call) else None
    name = ast.unparse(call.func if call else decorator).rpartition(".")[2].lower()
    if name not in markers:
        return False
    if call is None or name == "skip":
        return name not in ("skipif", "skipunless")
    # Reasons and kinds of errors are no conditions.
    conditions = [*call.args, *(one.value for one in call.keywords if one.arg == "condition")]
    if not conditions and name in ("skipif", "skipunless"):
        return False
    names = {node.id for one in conditions for node in ast.walk(one) if isinstance(node, ast.Name)}
    return names <= _STATIC_NAMES


def reads_frames(tree: ast.Module) -> bool:
    """Whether the tests look at the functions that are under way."""
    return any(
        isinstance(node, ast.Attribute) and node.attr in _FRAME_READERS for node in ast.walk(tree)
    )


def reads_records(tree: ast.Module) -> bool:
    """Whether the tests look at warnings or log records."""
    return any(
        (isinstance(node, ast.Attribute) and node.attr in _RECORD_READERS)
        or (isinstance(node, ast.arg) and node.arg == "caplog")
        for node in ast.walk(tree)
    )


def reads_source(tree: ast.Module) -> str | None:
    """What the tests call to read source, which only one interpreter has; or None."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in _SOURCE_READERS:
            return node.attr
        if isinstance(node, ast.ImportFrom) and node.module == "inspect":
            for alias in node.names:
                if alias.name in _SOURCE_READERS:
                    return alias.name
    return None


def literals(tree: ast.Module) -> frozenset[str]:
    """Every text that stands in the tests."""
    return frozenset(
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )
