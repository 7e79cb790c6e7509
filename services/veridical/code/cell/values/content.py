"""What an instance of a subclass holds, read and written with the base type's own methods."""

from __future__ import annotations

import collections
from collections.abc import Callable
from typing import Any

_ALL = slice(None)


def _dict_content(value: Any) -> dict[Any, Any]:
    return dict(dict.items(value))


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
    collections.deque: lambda value: list(collections.deque.__iter__(value)),
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
IMMUTABLE = frozenset(READERS) - MUTABLE


def base_of(kind: type) -> type | None:
    """The type of `READERS` that instances of `kind` hold the content of, or None."""
    for base in kind.__mro__:
        if base in READERS:
            return base
    return None


def rewrite(held: Any, content: Any) -> None:
    """Gives a mutable `held` the content of `content`, keeping members that are the same in kind.

    Members are rewritten too, so that a list inside a list stays the object it is.
    """
    base = base_of(type(held))
    if base is list:
        _rewrite_list(held, content)
    elif base is set:
        set.clear(held)
        set.update(held, content)
    elif base is bytearray:
        bytearray.__setitem__(held, _ALL, content)
    elif base is collections.deque:
        collections.deque.clear(held)
        collections.deque.extend(held, content)
    elif base is not None and issubclass(base, dict):
        _rewrite_dict(held, dict(content), base)
    elif base is tuple:
        for old, new in zip(held, content, strict=False):
            _kept(old, new)
    elif type(held).__module__ == "numpy":
        held[...] = content


def _rewrite_list(held: Any, content: list[Any]) -> None:
    members = [
        _kept(list.__getitem__(held, place), new) if place < list.__len__(held) else new
        for place, new in enumerate(content)
    ]
    list.__setitem__(held, _ALL, members)


def _rewrite_dict(held: Any, content: dict[Any, Any], base: Any) -> None:
    members = {
        key: _kept(dict.__getitem__(held, key), new) if dict.__contains__(held, key) else new
        for key, new in content.items()
    }
    base.clear(held)
    update = base.update if base is collections.OrderedDict else dict.update
    update(held, members)


def _kept(old: Any, new: Any) -> Any:
    if type(old) is not type(new):
        return new
    if type(old) in MUTABLE:
        rewrite(old, new)
        return old
    if type(old) is tuple and len(old) == len(new):
        rewrite(old, new)
        return old if old == new else new
    return new
