"""Text and bytes of the program that tests would run as code of their own.

`eval(repr(x))` and `pickle.loads(f())` are honest tests; but what they run is the program's, and they run
it beside the expected values. So text that the program gave is run only where it makes values, and what it
pickled only where it holds some.
"""

from __future__ import annotations

import ast
import builtins
import io
import pickle
import sys
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from veridical.code.cell.judge.library import REAL
from veridical.code.cell.values.plain import Tree

if TYPE_CHECKING:
    from veridical.code.cell.judge.link import Link

RUNNERS = ("eval", "exec", "compile", "pickle", "doctest", "type_hints", "eval_str")
"""What is in the source of tests that need the guard."""
_compile = builtins.compile
"""The interpreter's own, which `ast.parse` would look for by its name."""
_LEAST_CHARS = 8
_MOST_HEARD = 1024
_MAKERS = frozenset(
    {
        *("list", "dict", "set", "frozenset", "tuple", "bytes", "bytearray", "range", "slice"),
        *("int", "float", "complex", "bool", "str", "object"),
    }
)
_MODULES = frozenset({"datetime", "decimal", "fractions", "collections", "uuid"})
_HARMLESS = (
    *(ast.Module, ast.Interactive, ast.Expression, ast.Expr, ast.Constant, ast.Name, ast.Load),
    *(ast.List, ast.Tuple, ast.Dict, ast.Set, ast.keyword, ast.UnaryOp, ast.unaryop),
    *(ast.BinOp, ast.Add, ast.Sub, ast.Mult, ast.Div),
)
_OTHERS = frozenset({"numpy", "veridical", "pytest", "_pytest", "pluggy", "unittest"})
_REBUILDERS = frozenset(
    {
        ("copyreg", "_reconstructor"),
        *(
            (f"numpy.{core}.multiarray", name)
            for core in ("core", "_core")
            for name in ("_reconstruct", "scalar")
        ),
        ("numpy", "dtype"),
        ("numpy", "ndarray"),
    }
)


class Guard:
    """Knows what the program gave, and stands before what would run it.

    Args:
        link: The conversation with the program.
    """

    def __init__(self, link: Link) -> None:
        self._link = link
        self._heard: deque[str] = deque(maxlen=_MOST_HEARD)

    def install(self) -> None:
        """Replaces what runs text and unpickles, in this process."""
        for name in ("eval", "exec", "compile"):
            setattr(builtins, name, self._guarded(getattr(builtins, name)))
        vars(pickle).update(load=_load, loads=_loads, Unpickler=_Unpickler)
        self._link.hears = self.hear

    def hear(self, tree: Tree) -> None:
        """Keeps the texts of a message of the program."""
        if type(tree) is str:
            if len(tree) >= _LEAST_CHARS:
                self._heard.append(tree)
        elif type(tree) is list:
            for one in tree:
                self.hear(one)
        elif type(tree) is dict:
            for one in tree.values():
                self.hear(one)

    def _guarded(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def run(text: Any, *spaces: Any, **named: Any) -> Any:
            if type(text) is str and self._is_heard(text) and not makes_values(text):
                raise self._link.missing(ValueError("text of the program is not run as code"))
            if real.__name__ != "compile" and not spaces:
                frame = sys._getframe(1)  # noqa: SLF001 - the names that the real one would see
                spaces = frame.f_globals, frame.f_locals
            return real(text, *spaces, **named)

        return run

    def _is_heard(self, text: str) -> bool:
        text = text.strip()
        return any(
            (one in text and 2 * len(one) >= len(text))
            or (len(text) >= _LEAST_CHARS and text in one)
            for one in self._heard
        )


def makes_values(text: str) -> bool:
    """Whether running a text does nothing but to make values, by classes of its own names."""
    try:
        tree = _compile(text.strip(), "<text>", "exec", ast.PyCF_ONLY_AST)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return True  # nobody can run it
    return all(map(_is_harmless, _nodes(tree)))


def _nodes(tree: ast.AST) -> list[ast.AST]:
    """All nodes but those of the functions that are called."""
    found, left = [], [tree]
    while left:
        node = left.pop()
        found.append(node)
        parts = ast.iter_child_nodes(node)
        left += [one for one in parts if not (isinstance(node, ast.Call) and one is node.func)]
    return found


def _is_harmless(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call):
        return isinstance(node, _HARMLESS)
    function = node.func
    if isinstance(function, ast.Name):
        return function.id in _MAKERS or not hasattr(builtins, function.id)
    return (
        isinstance(function, ast.Attribute)
        and isinstance(function.value, ast.Name)
        and function.value.id in _MODULES
        and not function.attr.startswith("_")
    )


class _Unpickler(pickle._Unpickler):  # noqa: SLF001 - the plain one, whose steps can be overridden
    """Makes values only: of plain types, and of classes that the tests define."""

    def find_class(self, module: str, name: str) -> Any:
        """A class or a function that may take part.

        Raises:
            pickle.UnpicklingError: Any other.
        """
        root = module.partition(".")[0]
        if module in sys.modules:  # imports run code
            found = super().find_class(module, name)
            is_own = root not in sys.stdlib_module_names and root not in _OTHERS
            if (is_own and isinstance(found, type)) or (module, name) in _REBUILDERS:
                return found
            if found in REAL:
                return found
        raise pickle.UnpicklingError(f"{module}.{name} is not unpickled beside the tests")


def _load(file: Any, **named: Any) -> Any:
    return _Unpickler(file, **named).load()


def _loads(data: bytes, /, **named: Any) -> Any:
    return _Unpickler(io.BytesIO(data), **named).load()
