"""Whether a value of a solution is the expected one; no code of the solution takes part."""

from __future__ import annotations

import enum
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from veridical.code.cell.judge.proxy.classes import is_mirror
from veridical.code.cell.values.content import READERS, base_of

if TYPE_CHECKING:
    from veridical.code.cell.judge.proxy.link import Link


class Mode(enum.Enum):
    """How values are compared."""

    EXACT = "exact"
    FLOATS = "floats"
    UNORDERED = "unordered"


@dataclass(frozen=True, slots=True)
class Comparison:
    """A way to compare.

    Attributes:
        mode: The mode.
        is_json: Whether a tuple equals a list and keys are text, as JSON has it.
        rtol: Relative tolerance of FLOATS.
        atol: Absolute tolerance of FLOATS.
    """

    mode: Mode = Mode.EXACT
    is_json: bool = True
    rtol: float = 1e-9
    atol: float = 0.0

    def same(self, actual: Any, expected: Any) -> bool:
        """Whether `actual`, a solution's value, is the expected one."""
        try:
            actual = self._decayed(actual)
            if self.mode is Mode.UNORDERED and _is_collection(actual, expected):
                return self._same_members(list(actual), list(expected))
            return self._same(actual, expected)
        except (RecursionError, TypeError, ValueError, OverflowError):
            return False

    def _decayed(self, value: Any) -> Any:
        kind = type(value)
        if is_mirror(value):
            base = base_of(kind)
            value = object() if base is None else READERS[base](value)
            kind = type(value)
        if kind.__module__ == "numpy":
            return value.tolist()
        if kind is tuple:
            members = [self._decayed(member) for member in value]
            return members if self.is_json else tuple(members)
        if kind is list:
            return [self._decayed(member) for member in value]
        if isinstance(value, dict):
            return {self._key(key): self._decayed(member) for key, member in value.items()}
        return value

    def _key(self, key: Any) -> Any:
        if not self.is_json or type(key) is str:
            return key
        names = {True: "true", False: "false", None: "null"}
        if type(key) is bool or key is None:
            return names[key]
        return repr(key) if type(key) in (int, float) else key

    def _same(self, actual: Any, expected: Any) -> bool:
        kind = type(expected)
        if kind in (list, tuple):
            return (
                type(actual) is kind
                and len(actual) == len(expected)
                and all(map(self._same, actual, expected))
            )
        if kind is dict:
            return (
                type(actual) is dict
                and actual.keys() == expected.keys()
                and all(self._same(actual[key], expected[key]) for key in expected)
            )
        if kind in (int, float) and type(actual) in (int, float, bool):
            return self._same_number(actual, expected)
        return bool(actual == expected)

    def _same_number(self, actual: Any, expected: Any) -> bool:
        if actual == expected or (actual != actual and expected != expected):
            return True
        if self.mode is not Mode.FLOATS:
            return False
        return math.isclose(actual, expected, rel_tol=self.rtol, abs_tol=self.atol)

    def _same_members(self, actual: list[Any], expected: list[Any]) -> bool:
        if len(actual) != len(expected):
            return False
        left = list(actual)
        keys = sorted(map(_frozen, left), key=repr)
        return keys == sorted((_frozen(self._decayed(one)) for one in expected), key=repr)


def _is_collection(actual: Any, expected: Any) -> bool:
    collections = (list, tuple, set, frozenset)
    return type(actual) in collections and type(expected) in collections


def _frozen(value: Any) -> Any:
    """A value whose text has one order, and numbers one form."""
    kind = type(value)
    if kind in (list, tuple):
        return ("l", *map(_frozen, value))
    if kind in (set, frozenset):
        return ("s", *sorted(map(_frozen, value), key=repr))
    if kind is dict:
        return ("d", *sorted(((_frozen(k), _frozen(v)) for k, v in value.items()), key=repr))
    if kind is bool:
        return int(value)
    return int(value) if kind is float and value.is_integer() else value


def is_told_from_without(value: Any, link: Link) -> bool:
    """Whether a value's class can compare it with what only gives its attributes, and its content as an array.

    What the program returned takes no part in that.
    """
    kind = type(value)

    def array(_: Any, *_options: Any, **_named: Any) -> Any:
        made = value.__array__()
        if not link.crosses(made):
            raise TypeError("an array that does not cross")
        return made

    members: dict[str, Any] = {
        "__class__": property(lambda _: kind),
        "__dict__": property(lambda _: vars(value)),
        "__getattr__": lambda _, name: getattr(value, name),
    }
    if hasattr(kind, "__array__"):
        members["__array__"] = array
    equals: Any = kind.__eq__
    try:
        answer = equals(value, type("Probe", (), members)())
        return answer is not NotImplemented and bool(getattr(answer, "all", lambda: answer)())
    except Exception:
        return False
