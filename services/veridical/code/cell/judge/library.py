"""What the standard library and numpy define, by module and path: both sides know it by the same name."""

from __future__ import annotations

import builtins
import sys
import types
from typing import Any

from veridical.code.cell.values.content import READERS
from veridical.code.cell.values.table import BY_TYPE

REAL = frozenset({*READERS, *BY_TYPE, object, type, bool, type(None)})
_ROOTS = frozenset({"numpy"})
_FRAMEWORKS = frozenset({"unittest", "doctest", "test", "__main__"})
"""What tests are written with is nobody else's."""
FOREIGN = frozenset({"numpy", "veridical", "pytest", "_pytest", "pluggy", "unittest"})
"""Beside the standard library, what is neither the tests' nor the program's."""


_TRUSTED = frozenset({"types", "dataclasses", "inspect"})
"""Modules whose objects libraries make code of, or ask for code."""
_HINTING = frozenset({"Generic", "Protocol", "NamedTuple"})
"""What of `typing` a class derives from."""


def is_library(module: str) -> bool:
    """Whether a module is of the standard library or of numpy, and of no framework for tests."""
    root = module.split(".")[0]
    return root in _ROOTS or (root in sys.stdlib_module_names and root not in _FRAMEWORKS)


def is_from_library(kind: type) -> bool:
    """Whether a library defines a class; of what `make_dataclass` makes, a module of one says so."""
    is_made = kind.__module__ == types.__name__ and getattr(types, kind.__name__, None) is not kind
    return is_library(kind.__module__) and not is_made


def is_test_case(kind: type) -> bool:
    """Whether a class is one of unittest's cases."""
    unittest = sys.modules.get("unittest")
    return unittest is not None and issubclass(kind, unittest.TestCase)


def is_case(kind: type) -> bool:
    """Whether a class holds tests: its attributes are no affair of the program."""
    is_pytest = kind.__name__.startswith("Test") and not is_library(kind.__module__)
    return is_pytest or is_test_case(kind)


def is_real(kind: type) -> bool:
    """Whether instances of a class cross by value: of plain types, the table, and plain exceptions."""
    return kind in REAL or (
        getattr(builtins, kind.__name__, None) is kind and issubclass(kind, BaseException)
    )


def found(module: str, path: str) -> Any:
    """What stands at a path in a module that is loaded here, or None."""
    value: Any = sys.modules.get(module)
    for part in path.split("."):
        value = getattr(value, part, None)
    return value


def library_class(module: str, path: str) -> type | None:
    """The class of that name, if a library that is loaded here defines it and it does not cross."""
    # Libraries take what is of these for functions of the interpreter.
    is_private = module in _TRUSTED or path == "partial" or path.startswith("_")
    is_private = is_private or (module == "typing" and path not in _HINTING)
    is_known = is_library(module) and not is_private
    value = found(module, path) if is_known else None
    if not isinstance(value, type) or (value.__module__, value.__qualname__) != (module, path):
        return None
    return None if issubclass(value, type) or is_real(value) or _crosses(value) else value


def _crosses(kind: type) -> bool:
    """Whether instances of a class of numpy cross by value: what only says that it is one is none."""
    numpy = sys.modules.get("numpy")
    return numpy is not None and issubclass(kind, (numpy.generic, numpy.poly1d))
