"""Values as JSON trees: plain types by exact type, further ones from a closed table.

A tree holds None, bool, int of at most 63 bits, float, str and list as themselves; everything else is
an object with one key, its tag. A list of nothing but primitives crosses without a look at its members.
What is neither plain nor in the table goes to the side's own hook: a handle, or a refusal.
"""

from __future__ import annotations

import binascii
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from veridical.code.cell.values.content import is_mutable

MAX_DEPTH = 200
MAX_NODES = 4_000_000
_BIG = 1 << 63

Tree = Any
Foreign = Callable[[Any, "Encoder"], Tree]

_NONE = type(None)
_FREE = frozenset({_NONE, bool, str, float})
_NUMBERS = frozenset({int, float, bool})


class ViolationError(Exception):
    """What came over the wire is no message of the protocol."""


class TooLargeError(ValueError):
    """A value is too deep or too large to cross."""


class Encoder:
    """Turns values into trees.

    Args:
        foreign: Gives the tree of a value that is not plain, or raises.
        follow: Gives the tree of a mutable value; None tells of it by what it holds.
    """

    def __init__(self, foreign: Foreign, follow: Foreign | None = None) -> None:
        self._foreign = foreign
        self._follow = follow
        self._nodes = 0
        self._depth = 0
        self._containers: dict[type, Callable[[Any], Tree]] = {
            list: self.sequence,
            tuple: lambda value: {"t": self.sequence(value)},
            dict: self._dict,
            set: lambda value: {"s": self.sequence(value)},
            frozenset: lambda value: {"f": self.sequence(value)},
            bytes: lambda value: {"y": _text(value)},
            bytearray: lambda value: {"Y": _text(value)},
            complex: lambda value: {"c": [value.real, value.imag]},
        }

    def fresh(self, value: Any) -> Tree:
        """The tree of `value`, counted from zero.

        Raises:
            TooLargeError: It is deeper than `MAX_DEPTH` or has more than `MAX_NODES` members.
        """
        self.begin()
        return self(value)

    def begin(self) -> None:
        """Counts from zero."""
        self._nodes = self._depth = 0

    def fresh_content(self, value: Any) -> Tree:
        """The tree of what a mutable value holds, counted from zero.

        Raises:
            TooLargeError: As `fresh`.
        """
        self.begin()
        return self.content(value)

    def __call__(self, value: Any) -> Tree:
        """The tree of one value inside the present one."""
        kind = type(value)
        if kind in _FREE:
            return value
        if kind is int:
            return value if -_BIG < value < _BIG else {"i": hex(value)}
        if self._follow is not None and is_mutable(kind):
            return self._follow(value, self)
        container = self._containers.get(kind)
        return self._foreign(value, self) if container is None else container(value)

    def content(self, value: Any) -> Tree:
        """The tree of one value inside the present one, by what it holds."""
        container = self._containers.get(type(value))
        return self._foreign(value, self) if container is None else container(value)

    def sequence(self, values: Any) -> list[Tree]:
        """The trees of the members, as they are now: other threads may change them."""
        held: list[Any] = list(values)
        self._nodes += len(held)
        if self._nodes > MAX_NODES:
            raise TooLargeError("more members than can cross")
        kinds = set(map(type, held))
        if kinds <= _FREE or (kinds <= _NUMBERS and all(-_BIG < x < _BIG for x in _ends(held))):
            return held
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise TooLargeError("deeper than can cross")
        trees = [self(value) for value in held]
        self._depth -= 1
        return trees

    def parts(self, values: Sequence[Any]) -> list[Tree]:
        """The trees of what a value was taken apart into: its lists were made for that, and are no values."""
        kinds = self._containers.keys()
        return [self.content(value) if type(value) in kinds else self(value) for value in values]

    def _dict(self, value: dict[Any, Any]) -> Tree:
        held = value.copy()
        return {"d": [self.sequence(held), self.sequence(held.values())]}


def _ends(numbers: Any) -> tuple[Any, ...]:
    # A NaN would hide a large integer from min and max.
    integers = [number for number in numbers if type(number) is int]
    return (min(integers), max(integers)) if integers else ()


def _text(data: bytes | bytearray) -> str:
    return binascii.b2a_base64(data, newline=False).decode("ascii")


class Decoder:
    """Turns trees into values; refuses every tree that no encoder makes.

    Args:
        foreign: Gives the value of a tag that is not plain (tag, content, decoder).
    """

    def __init__(self, foreign: Callable[[str, Tree, Decoder], Any]) -> None:
        self._foreign = foreign
        self._depth = self._nodes = 0
        self._tags: dict[str, Callable[[Tree], Any]] = {
            "t": lambda tree: tuple(self.members(tree)),
            "d": self._dict,
            "s": lambda tree: set(self.members(tree)),
            "f": lambda tree: frozenset(self.members(tree)),
            "i": _integer,
            "y": _bytes,
            "Y": lambda tree: bytearray(_bytes(tree)),
            "c": _complex,
        }

    def fresh(self, tree: Tree) -> Any:
        """The value of `tree`, whose lists are not shared with it.

        Raises:
            ViolationError: No encoder makes such a tree.
        """
        self._depth = self._nodes = 0
        try:
            return self(tree)
        except (
            TypeError,
            ValueError,
            OverflowError,
            RecursionError,
            KeyError,
            IndexError,
        ) as fault:
            raise ViolationError(f"a value that is none: {fault}") from fault

    def __call__(self, tree: Tree) -> Any:
        """The value of one tree inside the present one."""
        kind = type(tree)
        if kind is list:
            return self.members(tree)
        if kind is not dict:
            return tree
        if len(tree) != 1:
            raise ViolationError("a tagged value has one tag")
        ((tag, content),) = tree.items()
        plain = self._tags.get(tag)
        if plain is None:
            return self._foreign(tag, content, self)
        return plain(content)

    def members(self, trees: Tree) -> list[Any]:
        """The values of a list of trees."""
        if type(trees) is not list:
            raise ViolationError("members are a list")
        # What an encoder could not send again is refused as well: see `Encoder`.
        self._nodes += len(trees)
        if self._nodes > MAX_NODES:
            raise ViolationError("more members than can cross")
        if not {list, dict} & set(map(type, trees)):
            return trees[:]
        self._depth += 1
        if self._depth >= MAX_DEPTH:
            raise ViolationError("deeper than can cross")
        values = [self(tree) for tree in trees]
        self._depth -= 1
        return values

    def _dict(self, tree: Tree) -> dict[Any, Any]:
        keys, values = tree
        keys, values = self.members(keys), self.members(values)
        if len(keys) != len(values):
            raise ViolationError("a key without a value")
        return dict(zip(keys, values, strict=True))


def texts_in(tree: Any) -> Iterator[str]:
    """Every text of a message, but the keys of its objects."""
    if isinstance(tree, str):
        yield tree
    elif isinstance(tree, (list, dict)):
        for one in tree.values() if isinstance(tree, dict) else tree:
            yield from texts_in(one)


def _integer(tree: Tree) -> int:
    if type(tree) is not str:
        raise ViolationError("an integer is written as text")
    return int(tree, 16)


def _bytes(tree: Tree) -> bytes:
    return binascii.a2b_base64(tree, strict_mode=True) if tree else b""


def _complex(tree: Tree) -> complex:
    real, imaginary = tree
    if not (type(real) is float and type(imaginary) is float):
        raise ViolationError("a complex number has two floats")
    return complex(real, imaginary)
