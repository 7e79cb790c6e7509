"""What text may run beside the tests: their own, and what does nothing but make values."""

from __future__ import annotations

import ast
import builtins
import functools
import math
import sys
import types
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from veridical.code.cell.judge import sources
from veridical.code.cell.judge.library import FOREIGN, REAL, is_real, is_test_case
from veridical.code.cell.judge.proxy.classes import MirrorClass, is_mirror, is_own
from veridical.code.cell.judge.proxy.functions import Function
from veridical.code.cell.judge.proxy.module import SolutionModule
from veridical.code.cell.values.content import is_node

ASSERTS = "__tests__"
"""The name of the module of tests that stand alone: no runner looks for anything in it."""
_compile = builtins.compile
"""The interpreter's own, which the guard replaces."""
_RESOLVERS = frozenset({"typing", "inspect"})
"""Modules that look up classes by their names: those of annotations."""
_OF_LOGGING = ("StreamHandler", "NullHandler", "Formatter", "Filter")
HANDLERS = frozenset({*_OF_LOGGING, *(f"logging.{name}" for name in _OF_LOGGING)})
"""What a configuration of logging by the program may name: other handlers open files, or more."""
STREAMS = frozenset({"sys.stdout", "sys.stderr"})
_MAKERS = frozenset(
    {
        *(list, dict, set, frozenset, tuple, bytes, bytearray, range, slice),
        *(int, float, complex, bool, str, object),
        *(abs, len, max, min, pow, round, sum),
    }
)
_MODULES = frozenset(
    {
        *("datetime", "decimal", "fractions", "collections", "uuid"),
        *("pathlib", "ipaddress", "math", "cmath", "zoneinfo"),
    }
)
_SCALARS = frozenset({int, float, complex, bool, str, bytes, type(None), type(...)})
_PLAIN = frozenset({int, float, complex, bool})
_UNKNOWN = object()
_OPERATIONS = (ast.operator, ast.unaryop, ast.boolop, ast.cmpop, ast.expr_context)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_PARTS = (
    *(ast.Module, ast.Interactive, ast.Expression, ast.Expr, ast.Pass, ast.Constant, ast.Slice),
    *(ast.List, ast.Tuple, ast.Set, ast.Dict, ast.keyword, ast.Subscript),
    *(ast.UnaryOp, ast.BinOp, ast.BoolOp, ast.Compare, ast.IfExp),
    *(*_COMPREHENSIONS, ast.comprehension),
)
_BARE = (ast.Expression, ast.Name, ast.Attribute, ast.Subscript, ast.Constant, ast.expr_context)
_LEAST_CHARS = 4


class Own:
    """The texts that stand in the tests.

    A bare name among them may be a name of the tests that the program says, too: it is theirs only if it
    is the very object.
    """

    def __init__(self, trees: Sequence[ast.Module], texts: Sequence[str]) -> None:
        self._texts = frozenset(texts)
        self._trees = trees
        self._constants: dict[int, Any] = {}

    @functools.cached_property
    def _literals(self) -> list[str]:
        return [_dense(one) for tree in self._trees for one in sources.literals(tree)]

    def keep(self, code: types.CodeType) -> None:
        """Keeps the constants of compiled tests."""
        for one in within(code):
            if isinstance(one, (str, bytes)) and len(one) > 1:
                self._constants[id(one)] = one

    def holds(self, value: Any) -> bool:
        """Whether this very object is a constant of the tests."""
        return self._constants.get(id(value), self) is value

    def mentions(self, word: str) -> bool:
        """Whether a word stands anywhere in the tests."""
        return any(word in one for one in self._texts)

    def says(self, word: str) -> bool:
        """Whether a word stands in a text of the tests."""
        return any(word in one for one in self._literals)

    def has(self, text: str, source: Any) -> bool:
        """Whether a text, given as `source`, stands in the tests."""
        if id(source) in self._constants or text in self._texts:
            return True
        dense = _dense(text)
        if len(dense) < _LEAST_CHARS or _is_bare(text):
            return False
        return any(dense in one for one in self._literals)


class Names:
    """The names that a text would see, and what it may do with them.

    Args:
        space: The global ones.
        local: The local ones.
        frame: Who runs it.
    """

    def __init__(self, space: Any, local: Any, frame: types.FrameType) -> None:
        self._spaces = (local, space, vars(builtins))
        self._is_given = space is not frame.f_globals and local is not frame.f_locals
        module = frame.f_globals.get("__name__")
        self._resolves = module in _RESOLVERS
        self._configures = module == "logging.config"
        self._may_bind = module == ASSERTS or local is not frame.f_globals
        self._bound: frozenset[str] = frozenset()
        self._read: dict[int, Any] = {}

    def allow(self, node: ast.AST | None) -> bool:
        """Whether running a text does nothing but to make values."""
        if isinstance(node, (ast.Name, ast.Attribute)):
            return self._is_value(node)
        if isinstance(node, ast.Call):
            parts: list[ast.AST] = [*node.args, *node.keywords]
            return _is_maker(self._found(node.func)) and all(map(self.allow, parts))
        if isinstance(node, _COMPREHENSIONS):
            return self._allow_comprehension(node)
        return isinstance(node, _OPERATIONS) or (
            isinstance(node, _PARTS) and all(map(self.allow, ast.iter_child_nodes(node)))
        )

    @contextmanager
    def settled(self, tree: ast.AST) -> Generator[ast.AST, None, None]:
        """An allowed tree that holds what its dotted names gave when that was checked.

        Read again, the program could answer otherwise.
        """
        space: Any = self._spaces[1]
        names = {node: f"<{place}>" for place, node in enumerate(self._read)}
        space.update({name: self._read[node] for node, name in names.items()})
        try:
            yield ast.fix_missing_locations(_Settling(names).visit(tree))
        finally:
            for name in names.values():
                del space[name]

    def given(self) -> dict[str, Any] | None:
        """The names that the tests gave; None where a text sees theirs."""
        local, space, _ = self._spaces
        is_given = self._is_given and type(space) is type(local) is dict
        if not is_given:
            return None
        kept = (types.ModuleType, SolutionModule)
        held = {**space, **local}.items()
        return {
            name: one
            for name, one in held
            if not (name == "__builtins__" or isinstance(one, kept) or is_test_case(type(one)))
        }

    def bind(self, bound: dict[str, Any]) -> None:
        """Binds what a text bound elsewhere: no name that the tests have, unless they gave it."""
        local, space, known = self._spaces
        is_given = self._is_given and type(space) is type(local) is dict
        for name, value in bound.items():
            if is_given or (self._may_bind and not (name in space or name in known)):
                local[name] = value

    def _allow_comprehension(self, node: Any) -> bool:
        around = self._bound
        allowed = True
        for part in node.generators:
            allowed = allowed and self.allow(part.iter)  # before its own names are bound
            names = [one for one in ast.walk(part.target) if not isinstance(one, ast.expr_context)]
            allowed = allowed and all(isinstance(one, (ast.Name, ast.Tuple)) for one in names)
            self._bound = self._bound | {one.id for one in names if isinstance(one, ast.Name)}
            allowed = allowed and all(map(self.allow, part.ifs))
        members = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
        allowed = allowed and all(map(self.allow, members))
        self._bound = around
        return allowed

    def _is_value(self, node: ast.Name | ast.Attribute) -> bool:
        if isinstance(node, ast.Name) and node.id in self._bound:
            return True
        if self._configures:
            return ast.unparse(node) in HANDLERS | STREAMS
        found = self._found(node)
        if isinstance(node, ast.Name) and type(found) in _PLAIN:
            return self._is_given or (isinstance(found, float) and not math.isfinite(found))
        if self._resolves:
            return isinstance(found, (type, types.ModuleType)) or (
                type(found).__module__ in ("typing", "types", "typing_extensions")
            )
        return isinstance(node, ast.Attribute) and (
            _is_of_program(found) or (type(found) in REAL and type(found) is not type)
        )

    def _found(self, node: ast.expr) -> Any:
        """What a dotted name stands for; of what the program has, what it gives now."""
        if isinstance(node, ast.Name):
            return _UNKNOWN if node.id in self._bound else self._named(node.id)
        if not isinstance(node, ast.Attribute) or node.attr.startswith("_"):
            return _UNKNOWN
        holder = self._found(node.value)
        if issubclass(type(holder), (MirrorClass, SolutionModule)):
            return self._read.setdefault(id(node), _harmless(getattr(holder, node.attr, _UNKNOWN)))
        is_library = isinstance(holder, type) and (
            holder in REAL or holder.__module__.partition(".")[0] in _MODULES
        )
        is_library = is_library or (
            isinstance(holder, types.ModuleType) and holder.__name__ in (*_MODULES, "numpy")
        )
        is_library = is_library or (self._resolves and isinstance(holder, types.ModuleType))
        return getattr(holder, node.attr, _UNKNOWN) if is_library else _UNKNOWN

    def _named(self, name: str) -> Any:
        for space in self._spaces:
            try:
                return space[name]
            except (KeyError, TypeError):
                continue
        return _UNKNOWN


class _Settling(ast.NodeTransformer):
    """Puts names for the dotted ones that were read.

    Args:
        names: The name for each of these nodes, by its identity.
    """

    def __init__(self, names: dict[int, str]) -> None:
        self._names = names

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        """A name for a dotted one."""
        name = self._names.get(id(node))
        return self.generic_visit(node) if name is None else ast.Name(name, ast.Load())


def _is_of_program(found: Any) -> bool:
    kind = type(found)
    return kind is Function or is_mirror(found) or issubclass(kind, MirrorClass)


def _harmless(found: Any) -> Any:
    """What the program has under a name, if no code of the judge is behind it."""
    return found if _is_of_program(found) or type(found) in REAL - {type} else _UNKNOWN


def copied(tree: Any) -> ast.AST:
    """A syntax tree of nothing but the interpreter's own nodes, each part of it read once.

    Raises:
        ValueError: It holds something else.
    """
    kind = type(tree)
    if not is_node(kind):
        raise ValueError("no syntax tree")
    made: Any = kind()
    for name in (*kind._fields, *kind._attributes):  # noqa: SLF001 - public by documentation
        value = getattr(tree, name, made)
        if value is not made:
            setattr(made, name, _copied(value))
    return made  # type: ignore[no-any-return]


def _copied(value: Any) -> Any:
    if type(value) in _SCALARS:
        return value
    if type(value) in (list, tuple, frozenset):
        return type(value)(map(_copied, value))
    return copied(value)


def _is_maker(found: Any) -> bool:
    """Whether calling this makes a value: classes of values, and what the program itself has."""
    kind = type(found)
    if kind is Function or issubclass(kind, MirrorClass):
        return True
    if issubclass(kind, type):
        root = found.__module__.partition(".")[0]
        return found is not type and (
            found in _MAKERS
            or is_real(found)
            or root in _MODULES
            or (root == "numpy" and _is_array_kind(found))
            or is_of_tests(found)
        )
    if kind is not types.BuiltinFunctionType:
        return False
    holder: Any = found.__self__
    return (
        found in _MAKERS
        or getattr(holder, "__name__", None) in ("math", "cmath")
        or (isinstance(holder, type) and holder in REAL)
        or found is getattr(sys.modules.get("numpy"), "array", None)
    )


def _is_array_kind(found: type) -> bool:
    numpy = sys.modules["numpy"]
    return issubclass(found, (numpy.generic, numpy.dtype))  # arrays may be files, or memory


def is_of_tests(kind: type) -> bool:
    """Whether the tests define a class, for objects or errors."""
    root = kind.__module__.partition(".")[0]
    is_error = issubclass(kind, BaseException) and root not in sys.stdlib_module_names
    return root not in FOREIGN and (is_own(kind) or is_error)


def _is_bare(text: str) -> bool:
    """Whether a text says nothing but a name, or a part of what it means."""
    try:
        tree = _compile(text.strip(), "<text>", "eval", ast.PyCF_ONLY_AST, True)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return all(isinstance(node, _BARE) for node in ast.walk(tree))


def parsed(text: str, mode: str, flags: int) -> ast.AST | None:
    """A text's syntax tree, or None where nobody can run it."""
    try:
        tree: ast.AST = _compile(text, "<text>", mode, flags | ast.PyCF_ONLY_AST, True)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return tree


def exact(source: Any) -> str | bytes | None:
    """The text that the interpreter would read out of a value: its class may show another."""
    if isinstance(source, str):
        return str.__str__(source)
    if isinstance(source, (bytes, bytearray, memoryview)):
        return bytes(memoryview(source))
    return None


def _dense(text: str) -> str:
    """A text without its layout, and without the prompts of examples."""
    return "".join(text.split()).replace(">>>", "").replace("...", "")


def within(value: Any) -> Iterator[Any]:
    """A value and all that it holds, of what is marshalled."""
    yield value
    held: Any = ()
    if isinstance(value, types.CodeType):
        held = value.co_consts
    elif isinstance(value, dict):
        held = (*value, *value.values())
    elif isinstance(value, (list, tuple, set, frozenset)):
        held = value
    for one in held:
        yield from within(one)


def is_code(value: Any) -> bool:
    """Whether a value is compiled code."""
    return isinstance(value, types.CodeType)
