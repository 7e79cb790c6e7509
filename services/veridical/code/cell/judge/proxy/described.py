"""What the tests' functions, errors and awaitables say of themselves to a program that was given them."""

from __future__ import annotations

import collections
import enum
import inspect
import re
import types
from abc import ABCMeta
from collections.abc import Callable
from typing import Any

from veridical.code.cell.dunders import is_chosen, is_private
from veridical.code.cell.judge.library import is_from_library
from veridical.code.cell.values.content import READERS, base_of
from veridical.code.cell.values.hints import encode_hint, names_no_value
from veridical.code.cell.values.plain import Encoder, Tree

_OF_CLASSES = frozenset({"__module__", "__doc__", "__weakref__", "__dict__", "__qualname__"})
_OF_TUPLES = frozenset(
    {
        *vars(collections.namedtuple("plain", ())),  # noqa: PYI024 - it is looked at
        *("__annotations__", "__orig_bases__"),
    }
)
"""What every named tuple has."""
_WORD = re.compile(r"[A-Za-z_]\w*")
_KINDS = {
    inspect.CO_COROUTINE: "coroutine",
    inspect.CO_ASYNC_GENERATOR: "async generator",
    inspect.CO_GENERATOR: "generator",
}
"""What a function gives when it is called, if not its result."""
_NAMES = re.compile(r"[A-Za-z_.\[\], |]*")
_FIELDS = {
    OSError: ("filename", "filename2"),
    ImportError: ("name", "path"),
}


def fields_of(error: BaseException) -> list[tuple[str, Any]]:
    """What an exception holds beside its arguments."""
    own = [(name, one) for name, one in vars(error).items() if not name.startswith("_")]
    for kind, names in _FIELDS.items():
        if isinstance(error, kind):
            own += [(name, one) for name in names if (one := _field(error, name)) is not None]
    return own


def _field(error: BaseException, name: str) -> Any:
    try:
        return getattr(error, name, None)
    except Exception:  # some hand on what they do not have
        return None


def describe(function: Any, encoder: Encoder) -> list[Any]:
    """What a function of the tests says of itself.

    Returns:
        Texts (documentation, path, module), annotations, parameters, a word of `_KINDS`, classes that annotations name, attributes.
    """
    texts = [_text_of(function, name) for name in ("__doc__", "__qualname__", "__module__")]
    plain = getattr(function, "__func__", function)
    if type(plain) is not types.FunctionType:
        return [*texts, [], None, "", [], []]
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return [*texts, [], None, "", [], []]
    annotations = [
        [name, tree]
        for name, one in plain.__annotations__.items()
        if (tree := _hint(one, encoder)) is not None or one is None
    ]
    rows = [[one.name, int(one.kind), _given(one.default, one.empty)] for one in parameters]
    kind = next((word for flag, word in _KINDS.items() if plain.__code__.co_flags & flag), "")
    own = [[name, encoder(one)] for name, one in vars(plain).items() if is_told(name)]
    said = {tree for _, tree in annotations if type(tree) is str}
    words = {word for one in said for word in _WORD.findall(one)}
    names = [
        [word, encoder(plain.__globals__[word])]
        for word in sorted(words)
        if isinstance(plain.__globals__.get(word), type)
    ]
    return [*texts, annotations, rows, kind, names, own]


def _text_of(holder: Any, name: str) -> str | None:
    found = getattr(holder, name, None)
    return found if type(found) is str else None


def places_of(kind: type) -> list[str | None]:
    """The path and the module of a class."""
    return [_text_of(kind, name) for name in ("__qualname__", "__module__")]


def is_told(name: str) -> bool:
    """Whether the program hears of an attribute of a function."""
    return not name.startswith("__") or is_chosen(name) or name == "__isabstractmethod__"


def _hint(annotation: Any, encoder: Encoder) -> Tree | None:
    """An annotation that is a class, a text or made of such, if it can cross."""
    if isinstance(annotation, str):
        return name_of_annotation(str(annotation))
    if isinstance(annotation, type):
        return encoder(annotation)
    return encode_hint(annotation, encoder) if names_no_value(annotation) else None


def describe_class(
    kind: type, class_of: Callable[[type], Tree], hint_of: Callable[[Any], Tree]
) -> dict[str, Tree]:
    """What a class of the tests says of itself: texts, annotations, its public members, how it is called.

    Of members that hold data the names are told, and no values.
    """
    notes = vars(kind).get("__annotations__", {})
    fields = getattr(kind, "_fields", None)
    is_listed = isinstance(kind, enum.EnumMeta)
    listed: Any = getattr(kind, "__members__", None) if is_listed else None
    library = [one for one in kind.__mro__ if is_from_library(one)]
    return {
        "doc": _text_of(kind, "__doc__"),
        "place": places_of(kind),
        "notes": [
            [name, class_of(one) if isinstance(one, type) else hint_of(one)]
            for name, one in notes.items()
            if type(name) is str
        ],
        "members": members_of(kind),
        "fields": list(fields) if issubclass(kind, tuple) and type(fields) is tuple else None,
        "listed": None if listed is None else list(listed),
        "checks": type(kind).__instancecheck__ is not type.__instancecheck__,
        "canonical": _canonical(kind),
        "base": None if (base := base_of(kind)) is None else class_of(base),
        "match": list(vars(kind)["__match_args__"]) if _has_names(kind, "__match_args__") else None,
        "library": [class_of(one) for one in library if is_shown(one)],
        "above": [class_of(one) for one in library] if is_listed else [],
        "virtual": [
            class_of(one)
            for one in library
            if isinstance(one, ABCMeta) and one.__module__ != "typing"
        ],
        "abstract": sorted(getattr(kind, "__abstractmethods__", ())),
        "params": _params_of(kind),
        "is_shown_so": _is_generated(vars(kind).get("__repr__")),
    }


def _params_of(kind: type) -> dict[str, bool] | None:
    """What a dataclass was asked for (`repr`, `eq`, ...)."""
    params: Any = vars(kind).get("__dataclass_params__")
    names = getattr(type(params), "__slots__", ())
    found = {name: getattr(params, name, None) for name in names}
    return {name: one for name, one in found.items() if type(one) is bool} or None


def _is_generated(member: Any) -> bool:
    """Whether `dataclasses` has made this `__repr__`, as `pprint` asks."""
    inner = getattr(member, "__wrapped__", None) if type(member) is types.FunctionType else None
    return inner is not None and "__create_fn__" in inner.__qualname__


def _canonical(kind: Any) -> list[str]:
    """Names of the members of an enumeration that it lists; nothing for any other class."""
    members: list[Any] = list(kind) if isinstance(kind, enum.EnumMeta) else []
    return [one.name for one in members]


def _has_names(kind: type, name: str) -> bool:
    held = vars(kind).get(name)
    return type(held) is tuple and set(map(type, held)) <= {str}


def members_of(kind: type) -> list[list[Any]]:
    """Public names of a class, and whether they hold data: no values."""
    return [
        [name, not (hasattr(type(one), "__get__") or callable(one))]
        for name, one in vars(kind).items()
        if not is_private(name)
    ]


def is_bare_tuple(kind: type) -> bool:
    """Whether a named tuple has nothing but its fields."""
    fields = getattr(kind, "_fields", None)
    if type(fields) is not tuple or kind.__bases__ != (tuple,):
        return False
    return not vars(kind).keys() - _OF_TUPLES - set(fields)


def is_plain_error(kind: type) -> bool:
    """Whether the interpreter defines an exception."""
    return kind.__module__ == "builtins" and issubclass(kind, BaseException)


def is_shown(kind: type) -> bool:
    """Whether `isinstance` is to know that a class of the tests derives from this one of the library.

    Abstract ones are told of it; plain ones are real.
    """
    is_plain = kind in READERS or kind is object or isinstance(kind, (ABCMeta, enum.EnumMeta))
    return not is_plain and kind.__module__ != "typing"


def makes_itself(kind: type) -> bool:
    """Whether an exception of the tests is more than a plain one by another name."""
    own = [vars(one).keys() - _OF_CLASSES for one in kind.__mro__ if not is_from_library(one)]
    return any(own)


def fields_of_class(
    kind: type, class_of: Callable[[type], Tree], hint_of: Callable[[Any], Tree]
) -> list[Tree]:
    """Name, type and `_given` of each public field of a dataclass; of others, nothing."""
    return [
        [
            one.name,
            class_of(one.type) if isinstance(one.type, type) else hint_of(one.type),
            # Both are MISSING where there is none.
            _given(one.default, one.default_factory),
        ]
        for one in getattr(kind, "__dataclass_fields__", {}).values()
        if not one.name.startswith("_")
    ]


def name_of_annotation(annotation: str) -> str:
    """An annotation that names classes, and holds no value."""
    return annotation if _NAMES.fullmatch(annotation) else "object"


def _given(default: Any, absent: Any) -> bool | None:
    """Whether there is a default; None for a default of None, the only one that the program sees."""
    return None if default is None else default is not absent


def has_default(holder: Any, name: str) -> bool:
    """Whether a function of the tests has a default for that parameter, or a dataclass for that field."""
    if isinstance(holder, type):
        one = getattr(holder, "__dataclass_fields__", {}).get(name)
        return one is not None and _given(one.default, one.default_factory) is True
    if not isinstance(holder, (types.FunctionType, types.MethodType)):
        return False
    one = inspect.signature(holder).parameters.get(name)
    return one is not None and _given(one.default, one.empty) is True
