"""Functions of the interpreter that only calculate: what a program gives of them is the judge's own."""

from __future__ import annotations

import builtins
import importlib
import math
import operator
import sys
import types
from collections.abc import Iterator
from typing import Any

from veridical.code.cell.values.plain import ViolationError

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
