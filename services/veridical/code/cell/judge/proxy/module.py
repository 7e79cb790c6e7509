"""The solution's module, as the tests import it."""

from __future__ import annotations

import sys
import types
from typing import TYPE_CHECKING, Any

from veridical.code.cell.judge.library import is_library
from veridical.code.cell.judge.proxy.namespace import Namespace

if TYPE_CHECKING:
    from veridical.code.cell.judge.proxy.link import Link

_ASKED = frozenset({"__all__", "__doc__", "__version__", "__author__"})
_OF_FILES = frozenset({"__file__", "__cached__", "__loader__"})
_RUNNERS = ("_pytest", "pluggy", "unittest", "veridical.")
_LOOKERS = ("_pytest", "pluggy", "veridical.")
"""Who asks for names that no test has named."""


class SolutionModule(types.ModuleType):
    """The solution's module: every name is asked of the solution.

    Args:
        name: Its name.
        link: The conversation with the solution.
        reserved: Names that `import *` does not take from it: those of the tests' own.
    """

    __slots__ = ("_link_", "_reserved_")

    def __init__(self, name: str, link: Link, reserved: frozenset[str] = frozenset()) -> None:
        super().__init__(name)
        object.__setattr__(self, "_link_", link)
        object.__setattr__(self, "_reserved_", reserved)
        # A folder's module may stand for its package too.
        object.__setattr__(self, "__path__", [])

    def __getattr__(self, name: str) -> Any:
        is_special = name.startswith("__") and name.endswith("__")
        if is_special and name not in _ASKED | self._link_.mentions:
            caller = sys._getframe(1).f_globals.get("__name__", "")  # noqa: SLF001 - who asks
            if name in _OF_FILES and not (is_library(caller) or caller.startswith(_RUNNERS)):
                raise self._link_.needs_shared(f"{name} of the program")
            raise AttributeError(name)
        self._link_.touched = True
        if name == "__all__":
            public = self._link_.names([], everything=True)
            hidden = ("__", "pytest_")  # hooks of a `conftest.py` are the tests' own
            return [one for one in public if not (one.startswith(hidden) or one in self._reserved_)]
        try:
            return self._link_.value_of(name)
        except KeyError:
            asker = sys._getframe(1).f_globals.get("__name__", "")  # noqa: SLF001 - who asks
            if not asker.startswith(_LOOKERS):
                return self._link_.operate("made", name)  # by a `__getattr__` of the program
            raise self._link_.missing(AttributeError(f"the program defines no {name}")) from None

    def __setattr__(self, name: str, value: Any) -> None:
        if name.startswith("__") and name.endswith("__"):
            object.__setattr__(self, name, value)
        else:
            self._link_.operate("put", name, value)

    def __delattr__(self, name: str) -> None:
        self._link_.operate("drop", name)

    def __dir__(self) -> list[str]:
        self._link_.touched = True
        return [one for one in self._link_.operate("listed") if type(one) is str]

    @property
    def __dict__(self) -> Any:  # type: ignore[override]
        return Namespace(self)


# What `help` shows is the program's own.
SolutionModule.__doc__ = property(lambda module: module.__getattr__("__doc__"))  # type: ignore[assignment]
