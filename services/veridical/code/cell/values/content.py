"""What an instance of a subclass holds, read and written with the base type's own methods."""

from __future__ import annotations

import array
import collections
import sys
import types
from collections.abc import Callable
from typing import Any

_ALL = slice(None)


def _dict_content(value: Any) -> dict[Any, Any]:
    # A copy asks no key for its hash: a key of the other side would ask there, in the midst of what is told.
    is_plain = type(value).__iter__ is dict.__iter__
    return dict.copy(value) if is_plain else dict(dict.items(value))


def _deque_content(value: Any) -> collections.deque[Any]:
    return collections.deque(
        collections.deque.__iter__(value), vars(collections.deque)["maxlen"].__get__(value)
    )


READERS: dict[type, Callable[[Any], Any]] = {
    int: int.__pos__,
    float: float.__pos__,
    complex: complex.__pos__,
    str: str.__str__,
    bytes: lambda value: bytes.__getitem__(value, _ALL),
    tuple: lambda value: tuple.__getitem__(value, _ALL),
    frozenset: lambda value: frozenset(frozenset.__iter__(value)),
    list: lambda value: list.__getitem__(value, _ALL),
    dict: _dict_content,
    set: lambda value: set(set.__iter__(value)),
    bytearray: lambda value: bytearray(bytearray.__getitem__(value, _ALL)),
    collections.Counter: _dict_content,
    collections.OrderedDict: lambda value: dict(collections.OrderedDict.items(value)),
    collections.defaultdict: _dict_content,
    collections.deque: _deque_content,
}
MUTABLE = frozenset(
    {
        list,
        dict,
        set,
        bytearray,
        collections.Counter,
        collections.OrderedDict,
        collections.defaultdict,
        collections.deque,
    }
)
_CARRIERS: dict[type, type] = {
    collections.Counter: dict,
    collections.OrderedDict: dict,
    collections.defaultdict: dict,
}
_FOLLOWED = MUTABLE | {array.array, types.SimpleNamespace}


def base_of(kind: type) -> type | None:
    """The type of `READERS` that instances of `kind` hold the content of, or None."""
    for base in kind.__mro__:
        if base in READERS:
            return base
    return None


def is_mutable(kind: type) -> bool:
    """Whether instances of exactly this type change in place, and cross by what they hold."""
    # A class of a program may say that it is numpy's.
    return (
        kind in _FOLLOWED
        or (kind.__name__ == "ndarray" and kind is library_class("numpy", "ndarray"))
        or is_node(kind)
    )


def is_node(kind: type) -> bool:
    """Whether these are nodes of syntax trees, which hold nothing but attributes."""
    return (
        kind.__module__ == "ast"
        and kind is library_class("ast", kind.__name__)
        and issubclass(kind, sys.modules["ast"].AST)
    )


def library_class(module: str, name: str) -> Any:
    """What stands under a name in a module, if that is loaded."""
    return getattr(sys.modules.get(module), name, None)


def size(value: Any) -> int:
    """How many members a mutable value has."""
    if type(value) is types.SimpleNamespace or is_node(type(value)):
        return len(vars(value))
    base: Any = base_of(type(value)) or type(value)
    return int(value.size if base not in _FOLLOWED else base.__len__(value))


def carrier(kind: type) -> type | None:
    """The plain type that carries the content of instances of a subclass of `READERS`."""
    base = base_of(kind)
    return None if base is None else _CARRIERS.get(base, base)


def rewrite(held: Any, content: Any) -> None:
    """Gives a mutable `held` the content of `content`, by its base type's own methods.

    Raises:
        ValueError: It cannot take that: views show its bytes.
    """
    base = base_of(type(held))
    if base is list:
        list.__setitem__(held, _ALL, content)
    elif base is set:
        set.clear(held)
        set.update(held, content)
    elif base is bytearray:
        _rewrite_bytes(held, content)
    elif base is collections.deque:
        collections.deque.__init__(held, content, content.maxlen)
    elif base is not None and issubclass(base, dict):
        base.clear(held)
        for key, value in dict.items(content):
            base.__setitem__(held, key, value)
        if type(content) is collections.defaultdict:
            held.default_factory = content.default_factory
    elif isinstance(held, types.SimpleNamespace) or is_node(type(held)):
        vars(held).clear()
        vars(held).update(vars(content))
    elif isinstance(held, array.array):
        held[:] = content
    else:
        is_open = held.flags.writeable
        held.flags.writeable = True
        held[...] = content
        held.flags.writeable = is_open and content.flags.writeable


def _rewrite_bytes(held: bytearray, content: Any) -> None:
    try:
        bytearray.__setitem__(held, _ALL, content)
    except BufferError as fault:
        raise ValueError(str(fault)) from fault
