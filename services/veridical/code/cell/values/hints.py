"""Type hints, such as `list[int]` and `typing.Optional[str]`: what the other side has of them is one's own.

A hint crosses as the name of its form and what stands in its brackets.
"""

from __future__ import annotations

import collections
import functools
import operator
import types
import typing
from collections import abc
from typing import Any

from veridical.code.cell.values.plain import Decoder, Encoder, Tree, ViolationError

_KINDS = (
    # Not `type`: who calls `type[int]` makes a class.
    *(list, dict, tuple, set, frozenset, collections.deque),
    *(collections.defaultdict, collections.OrderedDict, collections.Counter),
)
_CONSTANTS = (str, bytes, int, bool)
_OF_CONSTANTS = frozenset({"typing:Literal", "typing:Annotated"})
_OF_LISTS = frozenset({"typing:Callable", "collections.abc:Callable"})
_ALIASES = (types.GenericAlias, types.UnionType)
_UNION = "|"


_OF_TYPING = ("_Special", "_Literal", "_Tuple", "_Callable", "_Any")
"""How the types of what `typing` defines for hints alone are called."""
_SPECIAL: dict[str, Any] = {
    f"typing:{name}": vars(typing)[name]
    for name in typing.__all__
    if type(vars(typing)[name]).__name__.startswith(_OF_TYPING) or name == "Annotated"
}
_ABSTRACT = {f"collections.abc:{name}": vars(abc)[name] for name in abc.__all__}
_BARE = {**_SPECIAL, **_ABSTRACT}
_FORMS = {**_BARE, **{kind.__name__: kind for kind in _KINDS}}
_NAMES = {id(form): name for name, form in _FORMS.items()}


def encode_hint(value: Any, encoder: Encoder) -> Tree | None:
    """The tree of a type hint, or None for any other value."""
    name = _NAMES.get(id(value))
    if name in _BARE:
        return {"T": [name, None]}
    parts = _parts(value)
    return None if parts is None else {"T": [parts[0], encoder.parts(parts[1])]}


def names_no_value(hint: Any) -> bool:
    """Whether a hint is made of classes alone, and not of what they may hold (`Literal[41]`)."""
    arguments = hint if type(hint) is list else typing.get_args(hint)
    return type(hint) not in _CONSTANTS and all(map(names_no_value, arguments))


def decode_hint(tree: Tree, decoder: Decoder) -> Any:
    """The hint that `encode_hint` wrote under its tag.

    Raises:
        ViolationError: There is none.
    """
    name, trees = tree
    form = _FORMS.get(name)
    if trees is None and form is not None:
        return form
    arguments = decoder.members(trees)
    if not all(_crosses(name, one) for one in arguments):
        raise ViolationError("a hint of what is none")
    if name == _UNION:
        return functools.reduce(operator.or_, arguments)
    if form is None:
        raise ViolationError("a hint beyond the list")
    return form[arguments[0] if len(arguments) == 1 else tuple(arguments)]


def encode_alias(value: Any, encoder: Encoder) -> Tree | None:
    """The tree of a class with arguments in brackets, such as `Stack[int]`; None for any other value."""
    if not (issubclass(type(value), types.GenericAlias) or type(value).__module__ == "typing"):
        return None
    origin, arguments = typing.get_origin(value), list(typing.get_args(value))
    if not isinstance(origin, type) or not all(_crosses("", one) for one in arguments):
        return None
    return {"U": [encoder(origin), encoder.parts(arguments)]}


def decode_alias(tree: Tree, decoder: Decoder) -> Any:
    """What `encode_alias` wrote under its tag.

    Raises:
        ViolationError: There is none.
    """
    origin, trees = tree
    kind, arguments = decoder(origin), decoder.members(trees)
    if not (isinstance(kind, type) and all(_crosses("", one) for one in arguments)):
        raise ViolationError("an alias of what is no class")
    return types.GenericAlias(kind, tuple(arguments))


def _parts(value: Any) -> tuple[str, list[Any]] | None:
    """The name of a hint's form and what stands in its brackets, if all of that can cross."""
    kind = type(value)
    if not (issubclass(kind, _ALIASES) or kind.__module__ == "typing"):
        return None
    name, arguments = _name(value), list(typing.get_args(value))
    if name is None or not all(_crosses(name, one) for one in arguments):
        return None
    return name, arguments


def _name(value: Any) -> str | None:
    origin = typing.get_origin(value)
    if origin is None:
        return None
    if origin is types.UnionType:
        return _UNION
    form = _NAMES.get(id(origin))
    if form in _SPECIAL or issubclass(type(value), types.GenericAlias):
        return form
    name = f"typing:{getattr(value, '_name', None)}"
    # A class of the program may be called like a form.
    return name if getattr(_SPECIAL.get(name), "__origin__", None) is origin else None


def _crosses(name: str, argument: Any) -> bool:
    if type(argument) is list:
        return name in _OF_LISTS and all(_crosses(name, one) for one in argument)
    if type(argument) in _CONSTANTS:
        return name in _OF_CONSTANTS
    return (
        argument is None
        or argument is ...
        or isinstance(argument, type)
        or id(argument) in _NAMES
        or _parts(argument) is not None
    )
