"""Functions of the interpreter that only calculate: what a program gives of them is the judge's own."""

from __future__ import annotations

import builtins
import enum
import importlib
import math
import operator
import sys
import types
from collections.abc import Iterator
from typing import Any

from veridical.code.cell.values.plain import ViolationError

_ROOTS = frozenset(sys.stdlib_module_names) - {"unittest", "doctest", "test", "__main__"}
_BUILTINS = (
    *("abs", "all", "any", "bin", "chr", "divmod", "hash", "hex", "len", "max", "min", "oct"),
    *("ord", "pow", "round", "sorted", "sum"),
)
_OPERATORS = (
    *("abs", "add", "and_", "concat", "contains", "countOf", "eq", "floordiv", "ge", "getitem"),
    *("gt", "index", "indexOf", "inv", "invert", "is_", "is_not", "le", "lshift", "lt", "matmul"),
    *("mod", "mul", "ne", "neg", "not_", "or_", "pos", "pow", "rshift", "sub", "truediv"),
    *("truth", "xor"),
)
_KINDS = (str, bytes, int, float, complex, tuple, frozenset)
_READING = frozenset({"format", "format_map"})
"""Methods of texts that read attributes of what they are given."""
_NUMPY = "numpy:"
_RARE = ("statistics", "heapq", "bisect", "cmath")
"""Further modules of such functions, which few programs load."""

_HARMLESS = frozenset(
    {
        *(
            f"builtins:{name}"
            for name in ("print", "repr", "ascii", "format", "callable", "iter", "next")
        ),
        *("builtins:isinstance", "builtins:issubclass", "builtins:id", "posix:getcwd", "posixpath"),
        *(
            "json",
            "re",
            "time",
            "datetime",
            "copy",
            "string",
            "textwrap",
            "base64",
            "hashlib",
            "html",
        ),
        *("urllib.parse", "itertools", "functools", "random", "unicodedata", "_json", "_random"),
    }
)
"""Functions of libraries, or modules of such, that do nothing but what they are for."""


def _known() -> Iterator[tuple[str, Any]]:
    calculated = [name for name, value in vars(math).items() if callable(value)]
    for module, names in ((builtins, _BUILTINS), (operator, _OPERATORS), (math, calculated)):
        for name in names:
            if not name.startswith("_"):
                yield f"{module.__name__}:{name}", getattr(module, name)
    for kind in _KINDS:
        for name, value in vars(kind).items():
            is_method = type(value) is type(str.upper) and not name.startswith("_")
            if is_method and name not in _READING:
                yield f"{builtins.__name__}:{kind.__name__}.{name}", value


_FUNCTIONS = (types.FunctionType, types.BuiltinFunctionType)
_BY_NAME = dict(_known())
_NAMES = {id(function): name for name, function in _BY_NAME.items()}


def name_of(value: Any) -> str | None:
    """The name of such a function, or of one of numpy's for arrays; None for any other value."""
    name = _NAMES.get(id(value))
    if name is None and type(value).__name__ == "ufunc":
        path, numpy = value.__name__, sys.modules.get("numpy")
        if numpy is not None and vars(numpy).get(path) is value:
            name = f"{_NUMPY}{path}"
    if name is None and isinstance(value, _FUNCTIONS):
        known = (module for module in _RARE if _rare(module, value.__name__) is value)
        name = next((f"{module}:{value.__name__}" for module in known), None)
    return name


def _rare(module: str, name: str) -> Any:
    """A public function of a module that is loaded."""
    found = getattr(sys.modules.get(module), name, None)
    is_own = isinstance(found, _FUNCTIONS) and found.__module__ in (module, f"_{module}")
    return found if is_own and not name.startswith("_") else None


def is_harmless(name: str) -> bool:
    """Whether a program may hand back a function of a library to tests that gave it that one."""
    module, _, path = name.partition(":")
    is_method = module == "builtins" and "." in path and path.rpartition(".")[2] not in _READING
    return name in _HARMLESS or module in _HARMLESS or is_method


def of_name(name: Any) -> Any:
    """The function of that name.

    Raises:
        ViolationError: There is none.
    """
    if type(name) is not str:
        raise ViolationError("a function is named by text")
    function = _BY_NAME.get(name)
    module, _, path = name.partition(":")
    if function is None and module in _RARE:
        importlib.import_module(module)
        function = _rare(module, path)
    if name.startswith(_NUMPY):
        import numpy as np  # the program has loaded it, too

        function = vars(np).get(name.removeprefix(_NUMPY))
        if type(function) is not np.ufunc:
            function = None
    if function is None:
        raise ViolationError("a function beyond the list")
    return function


def is_listed(kind: Any) -> bool:
    """Whether a class is an enumeration of the standard library with members, found where it says to be."""
    is_enumeration = type(kind) is enum.EnumType
    return is_enumeration and listed(kind.__module__, kind.__qualname__) is kind


def listed(module: Any, path: Any) -> Any:
    """The enumeration with members at a path in a module of the standard library, if that is loaded; else None."""
    if type(module) is not str or type(path) is not str or module.partition(".")[0] not in _ROOTS:
        return None
    found: Any = sys.modules.get(module)
    for part in path.split("."):
        found = getattr(found, part, None)
    is_enumeration = type(found) is enum.EnumType and (found.__module__, found.__qualname__) == (
        module,
        path,
    )
    return found if is_enumeration and found.__members__ else None


def member(kind: Any, content: Any, name: Any = None) -> Any:
    """A member of such an enumeration: of that name, or of flags what a number stands for.

    Raises:
        ViolationError: There is none.
    """
    if type(name) is str and name in kind.__members__:
        return kind.__members__[name]
    if issubclass(kind, enum.Flag) and type(content) is int:
        return kind(content)
    raise ViolationError("a member that there is not")
