"""Mutable values that both sides hold: each crosses once, then by its number, and its changes after it.

So a list that stands in two places is one list on the other side as well, one that a program keeps is the
tests' own, and a shallow copy is told from a deep one.
"""

from __future__ import annotations

import collections
import itertools
import marshal
import operator
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from veridical.code.cell.values.content import READERS, base_of, carrier, is_mutable, rewrite, size
from veridical.code.cell.values.nans import NanEncoder, Nans
from veridical.code.cell.values.plain import (
    Decoder,
    Encoder,
    Foreign,
    TooLargeError,
    Tree,
    ViolationError,
)
from veridical.code.cell.values.table import VIEW, empty_node, geometry, is_of_the_table, root_of

MAX_MEMBERS = 5_000
"""Mutable values told of at once; members of one that holds more are told with it, and have no numbers."""
AT_A_CALLBACK = 32
"""Members that are looked at for changes when one side calls back; at the end of a request all are."""
_SHELLS: dict[str, Callable[..., Any]] = {
    "d": dict,
    "s": set,
    "counter": collections.Counter,
    "ordered": collections.OrderedDict,
    "defaultdict": collections.defaultdict,
    "deque": lambda _, limit: collections.deque(maxlen=limit),
    "node": empty_node,
}
_SHAPED = frozenset({"deque", "node"})
"""Those of them that are made by what they hold."""
_WITHOUT_REFERENCES = 2
"""The last version of the format that writes equal values alike, whoever holds them."""
_UNHELD = 2
"""References to a value that nobody holds but the table, and who counts them."""


_UNCHANGING = frozenset({int, float, complex, str, bytes, bool, type(None)})
_CONTAINERS = frozenset({list, dict, set})
_KNOWN = _UNCHANGING | _CONTAINERS | {tuple}
_MAX_LEVELS = 4
"""Tuples in tuples that are looked into before a content is encoded."""


@dataclass(slots=True)
class _Held:
    """A value, and its content when last agreed on.

    Attributes:
        value: The value.
        agreed: The content as bytes; none while that is being told.
        is_whole: Whether its members are told with it, and have no numbers.
        seen: What shows without encoding that nothing changed: its members, or of a whole one a hash;
            None where only the content tells.
    """

    value: Any
    agreed: bytes = b""
    is_whole: bool = False
    seen: list[Any] | int | None = None


class _TooManyError(Exception):
    """A value has more mutable members than are worth a number each."""


class Followed:
    """The mutable values of one conversation, as one of its sides holds them.

    Args:
        foreign: Gives the tree of a value that is not plain, or raises.
        imported: Gives the value of a tag that is not plain.
        first: The number of the first value that this side tells of; the other side counts from the other
            end of the integers.
        step: From one number to the next.
        tells_roots: Whether an array that shows a part of another one tells of all of that.

    Attributes:
        defines: Whether new ones are followed; those that are stay so.
    """

    def __init__(
        self,
        foreign: Foreign,
        imported: Callable[[str, Tree, Decoder], Any],
        first: int,
        step: int,
        *,
        tells_roots: bool,
    ) -> None:
        self.defines = True
        self._tells_roots = tells_roots
        self._encoder = Encoder(foreign, self._tree)
        self._plain = Encoder(foreign)
        self._foreign = foreign
        self._nans: Nans | None = None
        self._decoder = Decoder(self._import)
        self._imported = imported
        self._held: dict[int, _Held] = {}
        self._numbers: dict[int, int] = {}
        self._next, self._step = first, step
        self._unsettled: list[int] = []
        self._heard: list[int] = []
        self._room = MAX_MEMBERS
        self._is_inside = False
        self._is_settling = False
        self._is_stale = False

    def tell_nans(self) -> None:
        """From now on one NaN is told from another."""
        if self._nans is None:
            self._nans = Nans(self._step)
            self._encoder = NanEncoder(self._nans, self._foreign, self._tree)
            self._plain = NanEncoder(self._nans, self._foreign)

    def tell(self, value: Any) -> Tree:
        """The tree of a value.

        Raises:
            TooLargeError: It cannot cross.
        """
        self._room, mark = MAX_MEMBERS, self._next
        try:
            tree = self._encoder.fresh(value)
        except BaseException:
            self._undo(mark)  # nothing of it was told
            raise
        self._settle()
        return tree

    def hear(self, tree: Tree) -> Any:
        """The value of a tree.

        Raises:
            ViolationError: It is none.
        """
        self._room = MAX_MEMBERS
        value = self._decoder.fresh(tree)
        self._settle()
        return value

    def changes(self) -> list[list[Any]]:
        """Number and content of each value that is not as last agreed on.

        To be told before anything that is said in the same message.
        """
        self._heard.clear()
        return self._changes(list(reversed(self._held)))

    def late_changes(self, values: Iterable[Any]) -> list[list[Any]]:
        """The same for a callback: of these values, and of those most recently told of."""
        numbers = dict.fromkeys(
            self._numbers[id(one)] for one in values if id(one) in self._numbers
        )
        room = AT_A_CALLBACK
        for number in itertools.islice(reversed(self._held), room):
            room -= size(self._held[number].value) + 1
            if room < 0:
                break
            numbers[number] = None
        return self._changes(list(numbers))

    def _changes(self, numbers: list[int]) -> list[list[Any]]:
        changed = []
        self._room = MAX_MEMBERS
        if self._is_stale:
            self._is_stale = False
            for held in self._held.values():
                held.seen = None
        for number in numbers:
            held = self._held[number]
            # One that is being told is not whole yet when the other side is asked for the hash of a key.
            if not held.agreed or _is_as_seen(held):
                continue
            tree = self._content(held)
            if _exact(tree) != held.agreed:
                changed.append([number, tree])
                self._agree(number, held, tree)
            else:
                self._see(held)
        self._settle()
        return changed

    def take(self, changes: Any) -> None:
        """Makes the other side's changes here.

        Raises:
            ViolationError: They do not fit what they are made to.
        """
        for number, tree in changes:
            held = self._held.get(number) if type(number) is int else None
            if held is None:
                continue  # it was dropped while this was under way
            content = self.hear(tree)
            held.agreed = b""
            self._fill(held.value, content)
            self._agree(number, held, tree)
        self._settle()

    def make(self, tree: Tree, decoder: Decoder, value: Any = None) -> Any:
        """A value that the other side tells of for the first time.

        Args:
            tree: Its number, its content, and whether that is told as a whole.
            decoder: What decodes its members.
            value: What takes the content; nothing for a value of the plain type.

        Raises:
            ViolationError: There is no such value.
        """
        number, content, is_whole = tree
        self._room -= 1
        if type(number) is not int or number * self._step > 0 or number in self._held:
            raise ViolationError("a value with a number of no use")
        if self._room < -1:
            raise ViolationError("more values than are told of at once")
        if value is None:
            value = _shell(content)
        if value is None:
            value = decoder(content)  # nothing that is no container holds itself
            if not is_mutable(type(value)):
                raise ViolationError("a value that does not change")
            self._keep(number, value)
        else:
            self._keep(number, value)
            self._fill(value, decoder(content))
        held = self._held[number]
        self._heard.append(number)
        held.is_whole = is_whole is True
        self._agree(number, held, content)
        return value

    def released(self) -> list[int]:
        """The numbers of values that nobody here holds any more; they are followed no longer."""
        return self._released(list(self._held))

    def released_of_late(self) -> list[int]:
        """The same of what was heard of since the last time."""
        numbers, self._heard = self._heard, []
        return self._released([number for number in numbers if number in self._held])

    def _released(self, numbers: list[int]) -> list[int]:
        released = []
        for number in numbers:
            if sys.getrefcount(self._held[number].value) <= _UNHELD:
                released.append(number)
                self._drop(number)
        return released

    def forget(self, numbers: list[int]) -> None:
        """No longer follows what the other side has released."""
        for number in numbers:
            if number in self._held:
                self._drop(number)

    def clear(self) -> None:
        """Follows nothing any more."""
        self._held.clear()
        self._numbers.clear()
        self._unsettled.clear()
        self._heard.clear()

    def told(self, value: Any, encoder: Encoder) -> Tree:
        """The tree of a mutable value inside the present one: its number, if it has one already."""
        number = self._numbers.get(id(value))
        if number is not None:
            self._held[number] = self._held.pop(number)  # the most recent one
            return {"l": number}
        if self.defines and encoder is self._encoder and not self._is_settling:
            return self._define(value, encoder)
        return encoder.content(_decayed(value))

    def is_telling(self, encoder: Encoder) -> bool:
        """Whether what is told with an encoder gets numbers."""
        return encoder is self._encoder

    def _tree(self, value: Any, encoder: Encoder) -> Tree:
        return self.told(value, encoder) if is_of_the_table(value) else encoder.content(value)

    def _define(self, value: Any, encoder: Encoder) -> Tree:
        self._room -= 1
        if self._room < 0:
            if self._is_inside:
                raise _TooManyError
            return self._plain.fresh_content(_decayed(value))
        is_outermost, mark = not self._is_inside, self._next
        self._is_inside = True
        number = self._next
        self._next += self._step
        held = self._keep(number, value)
        try:
            tree = self._inside(value, encoder)
        except (_TooManyError, TooLargeError, RecursionError):
            if not is_outermost:
                raise
            self._undo(mark)
            held = self._keep(number, value)
            held.is_whole = True
            tree = self._plain.fresh_content(_decayed(value))
        finally:
            self._is_inside = not is_outermost
        self._agree(number, held, tree)
        return {"L": [number, tree, held.is_whole]}

    def _undo(self, mark: int) -> None:
        for number in range(mark, self._next, self._step):
            if number in self._held:
                self._drop(number)

    def _import(self, tag: str, tree: Tree, decoder: Decoder) -> Any:
        if tag == "l":
            return self._held[tree].value
        if tag == "q" and self._nans is not None:
            return self._nans.hear(tree)
        return self.make(tree, decoder) if tag == "L" else self._imported(tag, tree, decoder)

    def _keep(self, number: int, value: Any) -> _Held:
        self._numbers[id(value)] = number
        held = self._held[number] = _Held(value)
        return held

    def _drop(self, number: int) -> None:
        held = self._held.pop(number)
        del self._numbers[id(held.value)]
        # Where another holds it, that one tells of its changes now.
        self._is_stale = self._is_stale or sys.getrefcount(held.value) > _UNHELD

    def _content(self, held: _Held) -> Tree:
        # What is being told may be deep already: a count of its own.
        encoder = self._plain if held.is_whole else self._encoder
        encoder.begin()
        return self._inside(held.value, encoder)

    def _inside(self, value: Any, encoder: Encoder) -> Tree:
        """The tree of what a value holds; of an array that shows another one's members, which and how."""
        root = root_of(value) if type(value).__name__ == "ndarray" else None
        if root is not None and (self._tells_roots or id(root) in self._numbers):
            return {"v": [VIEW, [self.told(root, encoder), *geometry(value, root)]]}
        return encoder.content(_decayed(value))

    def _fill(self, value: Any, content: Any) -> None:
        if type(content) is not type(value) and type(content) is not carrier(type(value)):
            raise ViolationError("content of another type")
        rewrite(value, content)

    def _agree(self, number: int, held: _Held, tree: Tree) -> None:
        """Agrees on a content, once what is new in it has been told: then it is what is encoded again."""
        held.seen = None
        if self._see(held) and type(held.value) is not set:  # each side has an order of its own
            held.agreed = _exact(tree)
        else:
            self._unsettled.append(number)

    def _see(self, held: _Held) -> bool:
        """Notes what shows that a value did not change; whether nothing in it changes by itself."""
        if held.is_whole:
            held.seen = _hash(held.value)
            return False
        members = _members(held.value)
        seen: list[Any] = [] if members is None else list(members)
        level: list[Any] = seen
        kinds: set[type] = set()
        for _ in range(_MAX_LEVELS):
            kinds |= set(map(type, level))
            if members is None or not kinds <= _KNOWN:
                return False
            if any(type(one) in _CONTAINERS and id(one) not in self._numbers for one in level):
                return False
            level = [one for row in level if type(row) is tuple for one in row]
            if not level:
                held.seen = seen
                return not kinds & _CONTAINERS
        return False

    def _settle(self) -> None:
        unsettled, self._unsettled = self._unsettled, []
        self._is_settling = True
        try:
            for number in unsettled:
                held = self._held.get(number)
                if held is not None:
                    held.agreed = _exact(self._content(held))
                    self._see(held)
        finally:
            self._is_settling = False


def _is_as_seen(held: _Held) -> bool:
    """Whether a value certainly is as last agreed on; where it is not, its content tells."""
    seen = held.seen
    if not isinstance(seen, list):
        return seen is not None and seen == _hash(held.value)
    members = _members(held.value) or ()
    count = len(held.value) * (2 if type(held.value) is dict else 1)
    return count == len(seen) and all(map(operator.is_, members, seen))


def _members(value: Any) -> Iterable[Any] | None:
    """The members of a plain container; None for any other value."""
    if type(value) is dict:
        return itertools.chain(value, value.values())
    return value if type(value) in (list, set) else None


def _hash(value: Any) -> int | None:
    try:
        return hash(marshal.dumps(value, _WITHOUT_REFERENCES))
    except ValueError:
        return None


def _shell(content: Tree) -> Any:
    """An empty container for a content, which may hold that container itself; None for what is none."""
    if type(content) is list:
        return []
    ((tag, inner),) = content.items()
    if tag != "v":
        return _SHELLS[tag]() if tag in _SHELLS else None
    name, parts = inner
    return _SHELLS[name](*parts if name in _SHAPED else ()) if name in _SHELLS else None


def _decayed(value: Any) -> Any:
    """A value as its base type holds it: an instance of a subclass crosses by that."""
    base = base_of(type(value))
    return value if base is None or base is type(value) else READERS[base](value)


def _exact(tree: Tree) -> bytes:
    """A tree as bytes that differ wherever it does: True is no 1, and 0.0 no -0.0."""
    return marshal.dumps(tree, _WITHOUT_REFERENCES)
