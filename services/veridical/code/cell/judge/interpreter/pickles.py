"""Unpickling beside the tests: values, and objects of the tests' own classes."""

from __future__ import annotations

import functools
import pickle
import sys
from typing import Any, ClassVar

from veridical.code.cell.judge.interpreter.making import is_of_tests
from veridical.code.cell.judge.library import REAL

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
_plain: Any = pickle._Unpickler  # noqa: SLF001 - whose steps can be overridden


def _rebuilt(reconstruct: Any, kind: Any, shape: Any, code: Any) -> Any:
    """An array to be filled: one of any other shape would show what this process had in memory."""
    if shape != (0,):
        raise RefusedError("an array that is not filled")
    return reconstruct(kind, (0,), code)


class RefusedError(pickle.UnpicklingError):
    """A pickle that makes more than values."""


class Unpickler(_plain):  # type: ignore[misc]
    """Makes values only: of plain types, and of classes that the tests define."""

    def find_class(self, module: str, name: str) -> Any:
        """A class or a function that may take part.

        Raises:
            RefusedError: Any other.
        """
        if module in sys.modules:  # imports run code
            found = super().find_class(module, name)
            if name == "_reconstruct" and (module, name) in _REBUILDERS:
                return functools.partial(_rebuilt, found)
            if (module, name) in _REBUILDERS or (found in REAL and found is not type):
                return found
            # A dotted name leads on: what it ends at decides.
            if isinstance(found, type) and found.__module__ == module and is_of_tests(found):
                return found
        raise RefusedError(f"{module}.{name} is not unpickled beside the tests")

    def load_reduce(self) -> None:
        """Calls what rebuilds a value.

        Raises:
            RefusedError: It is a class of arrays.
        """
        self._check_made(self.stack[-2])
        super().load_reduce()

    def load_newobj(self) -> None:
        """Makes an instance."""
        self._check_made(self.stack[-2])
        super().load_newobj()

    def load_newobj_ex(self) -> None:
        """Makes an instance, with named arguments."""
        self._check_made(self.stack[-3])
        super().load_newobj_ex()

    def load_obj(self) -> None:
        """Makes an instance, as the first protocols do."""
        raise RefusedError("an opcode of the first protocols")

    load_inst = load_obj

    def _check_made(self, kind: Any) -> None:
        numpy = sys.modules.get("numpy")
        if numpy is not None and isinstance(kind, type) and issubclass(kind, numpy.ndarray):
            raise RefusedError("an array that is not filled")

    def load_build(self) -> None:
        """Gives an instance its state; a class keeps its own.

        Raises:
            RefusedError: It is a class.
        """
        if isinstance(self.stack[-2], type):
            raise RefusedError("a class is not changed beside the tests")
        super().load_build()

    dispatch: ClassVar = {
        **_plain.dispatch,
        pickle.BUILD[0]: load_build,
        pickle.REDUCE[0]: load_reduce,
        pickle.NEWOBJ[0]: load_newobj,
        pickle.NEWOBJ_EX[0]: load_newobj_ex,
        pickle.OBJ[0]: load_obj,
        pickle.INST[0]: load_inst,
    }
