"""What the source of a test file says: its unconditional skips, and what no proxy can serve."""

from __future__ import annotations

import ast
import builtins
import functools
import importlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from veridical.code.cell.dunders import mentioned
from veridical.code.cell.judge.library import is_library

_HOOKS = frozenset(
    {
        *("load_tests", "setUpModule", "tearDownModule", "pytestmark", "pytest_plugins"),
        *("setup_module", "teardown_module", "setup_function", "teardown_function"),
        *("unittest", "pytest", "mock", "collect_ignore", "collect_ignore_glob"),
    }
)
_FRAME_READERS = frozenset({"currentframe", "getouterframes", "stack", "_getframe"})
_KIND_READERS = frozenset({"isinstance", "issubclass", "assertIsInstance", "assertNotIsInstance"})
_RECORDS = re.compile(r"warn|logg|Logs\b|caplog|excepthook|unraisable|-W *error", re.IGNORECASE)
_NANS = re.compile(r"\bnan\b", re.IGNORECASE)
_SOURCE_READERS = frozenset(
    {"getsource", "getsourcelines", "getsourcefile", "findsource", "getcomments"}
)

_SETTERS = frozenset({"__setattr__", "__delattr__"})
_OWN_NAMES = frozenset({"self", "cls"})
_IMPORTERS = frozenset({"import_module", "__import__", "resolve_name", "patch"})

OF_SOURCE = frozenset({"__globals__", "__closure__", "getclosurevars"})
"""What tests name that look into a function of the program."""
_RUNNERS = frozenset({"exec", "eval", "compile"})
TASK_NAMES = "task names"
_NAMING = re.compile(r"\b(get|set)_name\b|task.*\bname=", re.IGNORECASE)
_MENTIONED = OF_SOURCE | {"StopIteration", "StopAsyncIteration", "CancelledError", "current_thread"}
"""Names that mean something to Python or a library; the rest with two underscores are a program's own."""


@functools.lru_cache(maxsize=256)
def nodes(tree: ast.Module) -> tuple[ast.AST, ...]:
    """All nodes of a tree, which changes no more: many look through them."""
    return tuple(ast.walk(tree))


def _name(texts: Iterable[str], words: Iterable[str]) -> bool:
    """Whether one of these words stands anywhere in the tests."""
    return any(word in text for text in texts for word in words)


def own_names(modules: Mapping[str, ast.Module], solution: frozenset[str]) -> frozenset[str]:
    """Names that mean the tests' own wherever the program defines them, too.

    Those of builtins, of hooks of the runners, what the tests import from elsewhere, and what they bind
    before: what comes with `import *` must not replace what tests judge by.

    Args:
        modules: The tests' source, by names of modules.
        solution: Names of the solution's module.
    """
    own: set[str] = set()
    facades = {name for name, tree in modules.items() if _stars(tree, solution)}
    for tree in modules.values():
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module in solution:
                continue
            if isinstance(node, ast.ImportFrom) and node.module in facades:
                public = _public(node.module or "", modules)
                own |= {one.asname or one.name for one in node.names if one.name in public}
                continue
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                own |= {one.asname or one.name.partition(".")[0] for one in node.names}
            if isinstance(node, ast.ImportFrom) and any(one.name == "*" for one in node.names):
                own |= _public(node.module or "", modules)
        own |= _bound_before(tree, solution)
    return frozenset({*vars(builtins), *_HOOKS, *own} - {"*"})


def _bound_before(tree: ast.Module, solution: frozenset[str]) -> set[str]:
    """What a module binds before everything of the solution is imported into it."""
    last = max(_stars(tree, solution), default=0)
    return {name for line, name in bound(tree) if line < last}


def _stars(tree: ast.Module, solution: frozenset[str]) -> list[int]:
    """The lines where a module imports everything of the solution."""
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        and node.module in solution
        and any(one.name == "*" for one in node.names)
    ]


def bound(node: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and name of what a module binds itself, in whatever statement."""
    for one in ast.iter_child_nodes(node):
        if isinstance(one, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield one.lineno, one.name
        else:
            if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store):
                yield one.lineno, one.id
            yield from bound(one)


def _public(module: str, modules: Mapping[str, ast.Module]) -> set[str]:
    """The names that `import *` takes from another module of the suite, or of a library."""
    tree = modules.get(module)
    if tree is not None:
        return {name for _, name in bound(tree)}
    if not is_library(module):
        return set()
    try:
        found = importlib.import_module(module)
    except ImportError:
        return set()
    return set(getattr(found, "__all__", None) or vars(found))


def reads_frames(trees: Sequence[ast.Module], texts: Sequence[str]) -> bool:
    """Whether the tests look at the functions that are under way."""
    return _name(texts, _FRAME_READERS) and any(
        isinstance(node, ast.Attribute) and node.attr in _FRAME_READERS
        for tree in trees
        for node in nodes(tree)
    )


def reads_records(text: str) -> bool:
    """Whether tests may look at warnings, log records or errors that end a thread."""
    return _RECORDS.search(text) is not None


def asks_kinds(trees: Sequence[ast.Module], texts: Sequence[str]) -> bool:
    """Whether the tests ask for a kind that is no builtin one."""
    if not _name(texts, _KIND_READERS):
        return False
    kinds = [
        kind
        for tree in trees
        for node in nodes(tree)
        if isinstance(node, ast.Call)
        and getattr(node.func, "attr", getattr(node.func, "id", "")) in _KIND_READERS
        for kind in node.args[1:2]
    ]
    names = {node.id for kind in kinds for node in ast.walk(kind) if isinstance(node, ast.Name)}
    return not names <= vars(builtins).keys()


def reads_source(trees: Sequence[ast.Module], texts: Sequence[str]) -> str | None:
    """What the tests call to read source, which only one interpreter has; or None."""
    if not _name(texts, _SOURCE_READERS):
        return None
    for node in (node for tree in trees for node in nodes(tree)):
        if isinstance(node, ast.Attribute) and node.attr in _SOURCE_READERS:
            return node.attr
        if isinstance(node, ast.ImportFrom) and node.module == "inspect":
            for alias in node.names:
                if alias.name in _SOURCE_READERS:
                    return alias.name
    return None


def sets_past(trees: Sequence[ast.Module], texts: Sequence[str]) -> str | None:
    """What the tests call to set an attribute past the class of an object that is not its own method's; or None."""
    for node in (node for tree in trees if _name(texts, _SETTERS) for node in nodes(tree)):
        match node:
            case ast.Call(ast.Attribute(ast.Name("object" | "type"), name), [held, *_]) if (
                name in _SETTERS and ast.unparse(held) not in _OWN_NAMES
            ):
                return name
    return None


def mentions(text: str) -> frozenset[str]:
    """What the tests name of what the program is asked for, or hears of, with care."""
    found = {name for name in _MENTIONED if name in text}
    if any(name in text for name in _RUNNERS):
        found.add("exec")
    if _NANS.search(text):
        found.add("nan")
    if _NAMING.search(text):
        found.add(TASK_NAMES)
    return frozenset(found.union(mentioned(text)))


def imported(trees: Sequence[ast.Module]) -> frozenset[str]:
    """Names of the modules that the tests cannot do without, and of those above them."""
    names: set[str] = set()
    left: list[ast.AST] = list(trees)
    inner = {
        id(node)
        for tree in trees
        for function in nodes(tree)
        if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef))
        for node in ast.walk(function)
        if isinstance(node, ast.If)
    }
    while left:
        node = left.pop()
        if id(node) in inner:  # what a solution gave may lead there
            left += [one for one in ast.iter_child_nodes(node) if isinstance(one, ast.expr)]
            continue
        if isinstance(node, ast.Try) and node.handlers:
            left += [one for held in (node.handlers, node.orelse, node.finalbody) for one in held]
            continue
        left += ast.iter_child_nodes(node)
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Call) and node.args and _imports(node.func):
            first = node.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                names.add(first.value.replace(":", "."))
    parts = [name.split(".") for name in names]
    return frozenset(".".join(one[:end]) for one in parts for end in range(1, len(one) + 1))


def _imports(function: ast.expr) -> bool:
    return last_name(function) in _IMPORTERS


def has_conditional_tests(tree: ast.Module) -> bool:
    """Whether a module defines tests under a condition, which may be the program's doing."""
    nodes = [node for one in tree.body if not _is_definition(one) for node in ast.walk(one)]
    return any(_is_definition(one) and one.name.lower().startswith("test") for one in nodes)  # type: ignore[attr-defined]


def _is_definition(node: ast.AST) -> bool:
    return isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))


def decorated_tests(tree: ast.Module) -> Iterator[str]:
    """Paths of the decorated tests of a module: `test_a`, `TestB.test_c`."""
    return _decorated(tree.body, "")


def _decorated(body: list[ast.stmt], prefix: str) -> Iterator[str]:
    for node in body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            is_test = node.name.startswith("test")
            yield from [prefix + node.name] * bool(is_test and node.decorator_list)
        elif isinstance(node, ast.ClassDef):
            yield from _decorated(node.body, f"{prefix}{node.name}.")


def last_name(function: ast.expr) -> str:
    """What a dotted name ends with."""
    return ast.unparse(function).rpartition(".")[2]


def literals(tree: ast.Module) -> frozenset[str]:
    """Every text that stands in the tests."""
    return frozenset(
        node.value
        for node in nodes(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )
