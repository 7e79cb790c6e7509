"""How objects of the program that hold something compare and calculate with the tests' values, by what they hold."""

from __future__ import annotations

from collections import Counter, abc
from typing import Any

from veridical.code.cell.judge.proxy.classes import (
    MirrorClass,
    above,
    info,
    is_mirror,
    is_named,
    reference,
)
from veridical.code.cell.values.content import READERS, base_of

_Origins = dict[tuple[str, str], tuple[type, ...]]
_SEQUENCES: _Origins = {
    ("collections", "UserList"): (list,),
    ("collections", "UserString"): (str,),
}
_MAPPINGS: _Origins = {
    ("collections", "ChainMap"): (dict,),
    ("collections", "UserDict"): (dict,),
}
_ABSTRACT: _Origins = {("collections.abc", "Mapping"): (dict,)}
_SET = ("collections.abc", "Set")
_SETS: _Origins = {_SET: (set, frozenset)}
"""What compares with plain collections by what it holds, though it is none; mappings only equal them."""
_OF_TAINTED = _SEQUENCES | _MAPPINGS
_EQUAL = _OF_TAINTED | _ABSTRACT | _SETS
_ORDERED = _SEQUENCES | _SETS
_CONTENTS = (dict, list, str, set)
_PARTS = frozenset({int, float, bool, str, bytes, tuple, list})
_PAIR = (None, None)
_ASKS_FOR_MEMBERS = frozenset({"ge", "gt"})
"""What the library's sets answer by asking themselves for each member of the other one."""


def compared_by_content(name: str, held: Any, mirror: Any, other: Any) -> Any:
    """What the real base of a class makes of a comparison, and the class itself of such values.

    Raises:
        NeedsShared: The class has a rule of its own, and the tests built the object.
        SolutionGone: It has another rule, and the program returned it.
    """
    own, dunder = reference(mirror), f"__{name}__"
    has_rule = dunder in info(type(mirror)).special
    if own.is_constructed and has_rule:
        raise own.link.needs_shared("compares an object of the program with a value")
    if held is Counter:  # which is written in Python, and would ask the program
        return getattr(Counter, dunder)(counted(mirror), counted(other))
    answer = getattr(held, dunder)(mirror, other)
    if not has_rule or answer is NotImplemented:
        return answer
    itself, agrees = _agreement(mirror, name)
    if name in ("eq", "ne") and answer is (name == "eq"):  # what it holds, of which it was asked
        return answer if itself else not answer
    if name == "eq" or agrees:
        return answer
    raise own.link.wrong("an object that is not compared by what it holds")


def calculated(name: str, held: Any, mirror: Any, *operands: Any) -> Any:
    """What the real base of a class makes of arithmetic, and the class itself of such values.

    Raises:
        SolutionGone: The class has another rule.
    """
    own, dunder = reference(mirror), f"__{name}__"
    local = getattr(held, dunder, None)
    if local is None or own.tainted:
        return NotImplemented
    answer = local(mirror, *operands)
    is_asked = answer is not NotImplemented and dunder in info(type(mirror)).special
    if is_asked and not name.startswith("i") and not _agreement(mirror, name)[1]:
        raise own.link.wrong("an object that does not calculate as what it holds")
    return answer


def _agreement(mirror: Any, name: str) -> tuple[bool, bool]:
    """Whether a class says of what its object holds, and of values like that, what the plain ones do."""
    match _probed("agrees", mirror, name):
        case (bool() as itself, bool() as agrees):
            return itself, agrees
    raise reference(mirror).link.wrong("no answer to what a class says")


def _probed(operation: str, mirror: Any, *arguments: Any) -> Any:
    """What the program says of an object besides what the tests ask for."""
    link = reference(mirror).link
    last = link.last
    answer = link.operate(operation, mirror, *arguments)
    link.last = last
    return answer


def _is_like(origins: _Origins, mirror: Any, other: Any) -> bool:
    """Whether a mirror is one of these collections, and `other` a plain one of that kind."""
    own = {info(base).origin for base in above(type(mirror)) if isinstance(base, MirrorClass)}
    return any(type(other) in origins.get(origin, ()) for origin in own)


def by_content(name: str, mirror: Any, other: Any) -> bool | None:
    """How a collection of the library's kind compares with a plain one by what it holds; None of anything else."""
    own = reference(mirror)
    origins = _EQUAL if name == "eq" else _ORDERED
    if own.tainted:
        origins = _OF_TAINTED if name == "eq" else {}
    if name == "ne" or not _is_like(origins, mirror, other):
        return None
    is_set = type(other) in _SETS[_SET]
    if is_set and name in _ASKS_FOR_MEMBERS and own.made_by_test and is_named(mirror):
        return _asked_for_members(name, mirror, other)
    found = _content(name, mirror)
    if found is None:
        return None
    held, equals, agrees = found
    if is_set and type(held) is list:  # it is no set in truth
        return False if name == "eq" else None
    answer = bool(getattr(held, f"__{name}__")(other))
    if name == "eq" and answer:
        return equals is True
    return answer if agrees is True else None


def _asked_for_members(name: str, mirror: Any, other: Any) -> bool | None:
    """What the library's sets answer of one that the tests built."""
    if _probed("inherits", mirror, name) is not True:
        return None
    return bool(getattr(abc.Set, f"__{name}__")(mirror, other))


def _content(name: str, mirror: Any) -> Any:
    """What a collection holds: the same, however often it is compared before the program is asked again.

    With whether its class goes by that; None where nothing of the kind decides.
    """
    own = reference(mirror)
    if own.content is None or own.content[:2] != (own.link.requests, name):
        found = _probed("content", mirror, name)
        if found is not None and not (
            type(found) is tuple and len(found) == 3 and type(found[0]) in _CONTENTS
        ):
            raise own.link.wrong("content of another type")
        own.content = own.link.requests, name, found
    return own.content[2]


def known_equality(mirror: Any, other: Any) -> bool | None:
    """Whether an object says to equal a value, where that is among its own parts; None where it is not."""
    if type(other) not in _PARTS:
        return None
    told = _probed("resembling", mirror)
    for pair in told if type(told) is list else ():
        one, answer = pair if type(pair) is tuple and len(pair) == len(_PAIR) else _PAIR
        if type(one) is type(other) and one == other:
            return answer is True
    return None


def counted(value: Any) -> Any:
    """A counter as the plain one that it holds."""
    if not (is_mirror(value) and isinstance(value, Counter)):
        return value
    made: Counter[Any] = Counter()
    dict.update(made, plain(value))
    return made


def plain(value: Any) -> Any:
    """A value decayed to what its real base type holds."""
    if not is_mirror(value):
        return value
    base = base_of(type(value))
    return value if base is None else READERS[base](value)
