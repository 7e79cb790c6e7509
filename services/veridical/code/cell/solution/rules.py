"""What collections of the program hold, and whether its own operators go by that."""

from __future__ import annotations

import contextlib
import types
from collections import ChainMap, UserDict, UserList, UserString, abc
from collections.abc import Iterator
from typing import Any

from veridical.code.cell.dunders import ARITHMETIC, COMPARISONS
from veridical.code.cell.values.content import READERS, base_of

_STRANGER = "\x00 nobody's"
_BESIDE = 3
"""Members of which each is once another one."""

_MAX_PARTS = 16
_PARTS = frozenset({int, float, bool, str, bytes, tuple, list})

Rule = tuple[Any, bool, bool]
"""What a collection holds, whether it says to equal that, and whether it compares as that with other values."""


def content(value: Any, name: str) -> Rule | None:
    """What a collection of a library's kind is compared by; None if it compares by nothing that it holds.

    Args:
        value: The collection.
        name: How it is compared: "eq", "lt" and so on.
    """
    if isinstance(value, (UserString, UserList)):
        kind: Any = UserString if isinstance(value, UserString) else UserList
        held, plain = value.data, str if kind is UserString else list
        return _rule(value, held[:], name, kind) if type(held) is plain else None
    if isinstance(value, abc.Set):
        return _of_set(value, name)
    if isinstance(value, (ChainMap, UserDict, abc.Mapping)) and name == "eq":
        return _rule(value, dict(value.items()), name, abc.Mapping)
    return None


def _rule(value: Any, held: Any, name: str, kind: Any) -> Rule:
    method = f"__{name}__"
    if getattr(type(value), method) is getattr(kind, method):
        return held, True, True
    return held, *agreement(value, held, name)


def _of_set(value: Any, name: str) -> Rule:
    """Of a set, which is asked what it holds as well; a list if it is no set in truth."""
    members = list(value)
    made = set(members)
    if not len(members) == len(made) == len(value):
        return members, False, False
    return made, *agreement(value, made, name)


def agreement(value: Any, held: Any, name: str) -> tuple[bool, bool]:
    """Whether an object compares with what it holds as that itself, and with values like it.

    No value of the tests takes part.
    """
    first, *others = _near(held)
    if not _compares(value, held, name, first):
        return False, False
    return True, all(_compares(value, held, name, other) for other in others)


def _compares(value: Any, held: Any, name: str, other: Any) -> bool:
    operation = COMPARISONS[name]
    try:
        wanted = operation(held, other)
    except Exception:
        return True  # plain values of that kind have no answer
    try:
        return bool(operation(value, other)) is wanted
    except TypeError:
        return False
    except Exception:  # it is no value of the kind that it knows
        return True


def calculates(value: Any, name: str) -> bool:
    """Whether arithmetic of an object gives what that of the plain value gives which it holds."""
    base = base_of(type(value))
    if base is None:
        return False
    held = READERS[base](value)
    is_swapped = name not in ARITHMETIC
    operation = ARITHMETIC[name.removeprefix("r") if is_swapped else name]
    found = []
    for other in _operands(held):
        first, second = (other, held) if is_swapped else (held, other)
        try:
            wanted = operation(first, second)
        except Exception:  # noqa: S112 - plain values of that kind have no answer
            continue
        first, second = (other, value) if is_swapped else (value, other)
        try:
            found.append(_decayed(operation(first, second)) == wanted)
        except TypeError:
            return False
        except Exception:  # noqa: S112 - it is no value of the kind that it knows
            continue
    return all(found)


def _decayed(value: Any) -> Any:
    base = base_of(type(value))
    return value if base is None else READERS[base](value)


def _operands(held: Any) -> Iterator[Any]:
    yield from (1, 2, 3)
    if isinstance(held, float):
        yield from (0.5, 2.5)
    elif isinstance(held, int):
        yield from (7, 10) if abs(held) < 1 << 20 else ()
    elif not isinstance(held, complex):
        yield held[:] if isinstance(held, (list, tuple, str, bytes, bytearray)) else held.copy()


def resembling(value: Any) -> list[tuple[Any, bool]]:
    """Whether an object equals its attributes, or all of them as a tuple or list, or its text.

    Nothing where it equals several such, or values like them, too.
    """
    slots = (one for kind in type(value).__mro__ for one in vars(kind).values())
    members = [one for one in slots if type(one) is types.MemberDescriptorType]
    found = []
    for one in (*getattr(value, "__dict__", {}).values(), *members):
        with contextlib.suppress(AttributeError):
            found.append(one.__get__(value) if type(one) is types.MemberDescriptorType else one)
    parts = [one[:] if type(one) is list else one for one in found[:_MAX_PARTS]]
    asked = [*(one for one in parts if type(one) in _PARTS), tuple(parts), parts]
    kind: Any = type(value)
    if kind.__str__ is not object.__str__:
        with contextlib.suppress(Exception):
            asked.append(str(value))
    answers = [(one, _equals(value, one)) for one in asked]
    equal = [one for one, answer in answers if answer]
    alike = (other for one in equal for other in _near(one) if other not in equal)
    is_clear = len(equal) == len({type(one) for one in equal}) or all(
        one == equal[0] for one in equal
    )
    return answers if is_clear and not any(_equals(value, other) for other in alike) else []


def _equals(value: Any, other: Any) -> bool:
    try:
        return bool(value == other)
    except Exception:
        return False


def _near(held: Any) -> Iterator[Any]:
    """Plain values like one, itself first."""
    yield _copy(held)
    if isinstance(held, (int, float, complex)):
        yield from (held + 1, held - 1, -held, held * 2, held * 10, held * 0)
        yield from (held + 0.5,) if isinstance(held, float) else ()
    elif isinstance(held, str):
        yield from _texts(held)
    elif isinstance(held, dict):
        yield {**held, _STRANGER: None}
        yield dict.fromkeys(held, _STRANGER) | {_STRANGER: 0}
        for key in list(held)[:_BESIDE]:
            yield {name: one for name, one in held.items() if name != key}
            yield {**held, key: _STRANGER}
    elif isinstance(held, (set, frozenset)):
        yield held | {_STRANGER}
        yield type(held)((_STRANGER,))
        for one in list(held)[:_BESIDE]:
            yield held - {one}
            yield (held - {one}) | {_STRANGER}
    elif isinstance(held, (list, tuple)):
        yield from _sequences(held)
    else:
        yield type(held)()


def _texts(held: str) -> Iterator[str]:
    yield from (held.swapcase(), held.upper(), held.lower(), held[::-1], f" {held}", f"{held} ")
    yield from (held[:-1], held[1:], f"{held}a", f"{held}0", "", _STRANGER, "~")


def _sequences(held: Any) -> Iterator[Any]:
    kind = type(held)
    yield from (held[:-1], held[1:], held[::-1], kind(()), held + kind((_STRANGER,)), held + held)
    places = {*range(len(held))[:_BESIDE], *range(len(held))[-1:]}
    for place in places:
        one = held[place]
        is_number = type(one) in (int, float)
        others = (one + 1, one - 1, -one, one * 2, one * 10) if is_number else (_STRANGER,)
        for other in others:
            yield kind((*held[:place], other, *held[place + 1 :]))


def _copy(held: Any) -> Any:
    return held.copy() if isinstance(held, (list, dict, set)) else held
