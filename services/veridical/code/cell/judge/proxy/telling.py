"""What a program tells of its classes, functions and objects: read once, and again where it has changed them."""

from __future__ import annotations

from abc import ABCMeta
from typing import TYPE_CHECKING, Any

from veridical.code.cell.judge.proxy import classes, special
from veridical.code.cell.judge.proxy.classes import ClassInfo, MirrorClass
from veridical.code.cell.judge.proxy.functions import Function
from veridical.code.cell.values.plain import Decoder, ViolationError

if TYPE_CHECKING:
    from veridical.code.cell.judge.proxy.link import Link

MAX_NAME_CHARS = 200
MAX_DOC_CHARS = 1 << 16
_OF_FUNCTIONS = frozenset(
    {
        *("__func__", "__self__", "__code__", "__globals__", "__closure__", "__defaults__"),
        *("__kwdefaults__", "__signature__", "__text_signature__", "__wrapped__"),
    }
)
"""What libraries take for granted of functions: no method has these names."""


def text(value: Any, most: int = MAX_NAME_CHARS) -> str | None:
    """A text, cut; None of None.

    Raises:
        ViolationError: It is none.
    """
    if value is None:
        return None
    if type(value) is not str:
        raise ViolationError("text wanted")
    return value[:most]


def texts(values: Any) -> list[str]:
    """A list of names.

    Raises:
        ViolationError: It is none.
    """
    if type(values) is not list or not set(map(type, values)) <= {str}:
        raise ViolationError("names wanted")
    return values


def texts_of_function(told: Any) -> list[str | None]:
    """What a function says of itself: its two names, its documentation, its module.

    Raises:
        ValueError: These are not as many.
        ViolationError: They are no texts.
    """
    name, path, documented, module = told
    return [text(name), text(path), text(documented, MAX_DOC_CHARS), text(module)]


def origin_of(described: dict[str, Any]) -> tuple[str, str] | None:
    """Where a library defines a class, if the solution says that it does.

    Raises:
        ViolationError: It says it otherwise than by text.
    """
    module, name = described["m"], described["q"]
    if type(module) is not str or type(name) is not str:
        raise ViolationError("a class is named by text")
    return (module[:MAX_NAME_CHARS], name[:MAX_NAME_CHARS]) if described["l"] is True else None


def information_of(link: Link, number: int, described: dict[str, Any]) -> ClassInfo:
    """What is known of a class that is described so.

    Raises:
        ViolationError: It is no description.
    """
    protocol = described.get("p")
    return ClassInfo(
        link=link,
        number=number,
        special=frozenset(texts(described["s"])),
        methods=frozenset(
            name
            for name in texts(described["f"])
            if not (name.startswith("__array") or name in _OF_FUNCTIONS)
        ),
        hidden=tuple(texts(described["o"])),
        on_class=frozenset(texts(described["i"])),
        origin=origin_of(described) or ("", ""),
        protocol=None if protocol is None else frozenset(texts(protocol)),
        has_own_type=described["t"] is not None,
    )


def again(held: Any, what: Any, content: Any, decoder: Decoder) -> None:
    """Makes of a function, class or object what the program has made of it.

    Raises:
        NeedsShared: Nothing here can be that.
        ViolationError: It cannot be told so.
    """
    if what == "texts" and type(held) is Function:
        held.tell(texts_of_function(content))
    elif what == "class" and isinstance(held, MirrorClass) and not issubclass(held, type):
        _redescribe(held, content, decoder)
    elif what == "object" and classes.is_mirror(held):
        classes.give_class(held, decoder(content))


def _redescribe(kind: Any, described: dict[str, Any], decoder: Decoder) -> None:
    """Makes a class what it is described as by now."""
    own = classes.info(kind)
    told = information_of(own.link, own.number, described)
    bases = [decoder(base) for base in described["b"]]
    _derive(kind, bases, own.link)
    held = special.held_by(bases)
    before = special.members(own, held)
    own.tell_again(told)
    after = special.members(own, held)
    for name in before.keys() - after.keys():
        if name in type.__dict__["__dict__"].__get__(kind):
            type.__delattr__(kind, name)
    after["__name__"] = text(described["n"]) or "object"
    after["__qualname__"] = text(described["q"]) or ""
    after["__module__"] = text(described["m"]) or ""
    after["__doc__"] = special.Documentation(text(described["d"], MAX_DOC_CHARS))
    if described["a"] is not None:
        after["__abstractmethods__"] = frozenset(texts(described["a"]))
    for name, member in after.items():
        type.__setattr__(kind, name, member)


def _derive(kind: Any, bases: list[Any], link: Link) -> None:
    """Has a class derive from what it derives from by now.

    Raises:
        NeedsShared: Nothing here can.
    """
    own = type.__dict__["__bases__"]
    wanted = special.real_bases([base for base in bases if type(base) is not ABCMeta])
    if tuple(wanted) == own.__get__(kind):
        return
    try:
        own.__set__(kind, tuple(wanted))
    except TypeError:
        raise link.needs_shared("changes the bases of a class of the program") from None
