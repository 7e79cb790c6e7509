"""What `isinstance`, `issubclass` and `get_type_hints` say of the solution's classes and functions.

A mirror derives from the mirror of a library's class, which the real one does not know.
"""

from __future__ import annotations

import builtins
import sys
import types
import typing
from typing import TYPE_CHECKING, Any

from veridical.code.cell.judge.library import is_library
from veridical.code.cell.judge.proxy.classes import MirrorClass, library_bases
from veridical.code.cell.judge.proxy.functions import Function

if TYPE_CHECKING:
    from veridical.code.cell.judge.proxy.link import Link

_isinstance, _issubclass = builtins.isinstance, builtins.issubclass


def know_kinds() -> None:
    """From now on the solution's classes are known to derive from the libraries' here."""
    vars(builtins).update(isinstance=_is_instance, issubclass=_is_subclass)


def know_hints(link: Link) -> None:
    """From now on the solution resolves the type hints of what it defines: they are code of its own."""
    resolve: Any = typing.get_type_hints

    def resolved(holder: Any, *spaces: Any, include_extras: bool = False, **named: Any) -> Any:
        if type(holder) is Function:
            return link.operate("hints", holder.fetched(), include_extras)
        if _isinstance(holder, MirrorClass):
            return link.operate("hints", holder, include_extras)
        return resolve(holder, *spaces, include_extras=include_extras, **named)

    vars(typing).update(get_type_hints=resolved)


def _is_instance(value: Any, kind: Any, /) -> bool:
    if _isinstance(value, kind):
        return True
    if is_library(sys._getframe(1).f_globals.get("__name__", "")):  # noqa: SLF001
        return False  # which would ask a number of the program for its parts
    if _isinstance(value, MirrorClass):
        # Of the metaclass of what it derives from.
        return any(_isinstance(base, kind) for base in library_bases(value))
    return _isinstance(type(value), MirrorClass) and _derives(type(value), kind)


def _is_subclass(value: Any, kind: Any, /) -> bool:
    return _issubclass(value, kind) or (_isinstance(value, MirrorClass) and _derives(value, kind))


def _derives(mirror: type, kind: Any) -> bool:
    if _isinstance(kind, tuple):
        return any(_derives(mirror, one) for one in kind)
    if _isinstance(kind, types.UnionType):
        return _derives(mirror, kind.__args__)
    return any(one is kind for one in library_bases(mirror))
