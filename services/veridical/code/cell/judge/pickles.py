"""Unpickling beside the tests: values, and objects of the tests' own classes."""

from __future__ import annotations

import pickle
import sys
from typing import Any, ClassVar

from veridical.code.cell.judge.library import REAL
from veridical.code.cell.judge.making import is_of_tests

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
            if (module, name) in _REBUILDERS or (found in REAL and found is not type):
                return found
            # A dotted name leads on: what it ends at decides.
            if isinstance(found, type) and found.__module__ == module and is_of_tests(found):
                return found
        raise RefusedError(f"{module}.{name} is not unpickled beside the tests")

    def load_build(self) -> None:
        """Gives an instance its state; a class keeps its own.

        Raises:
            RefusedError: It is a class.
        """
        if isinstance(self.stack[-2], type):
            raise RefusedError("a class is not changed beside the tests")
        super().load_build()

    dispatch: ClassVar = {**_plain.dispatch, pickle.BUILD[0]: load_build}
