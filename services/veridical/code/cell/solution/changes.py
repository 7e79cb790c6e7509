"""What a program changes of its classes, functions and objects after the judge was told of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from veridical.code.cell.values.plain import Tree

_CLASSES = re.compile(
    r"setattr|delattr|\bdel\b[^\n]*\.|\bexec\b|__bases__"
    r"|\.__\w+__\s*(?:,|=[^=])"
    r"|(?:\b[A-Z]\w*|\bcls|\bkind|\bklass|\))\.\w+\s*=[^=]"
)
"""How a program may change a class: few do, and looking takes its time."""
_NAMES = re.compile(
    r"__(?:name|qualname|doc|module)__(?:\s*=[^=]|\s*,|[\"'])|update_wrapper|\bexec\b"
)
_KINDS = re.compile(r"__class__(?:\s*=[^=]|\s*,|[\"'])")
_ASSIGNED = re.compile(r"\.(\w+)\s*(?::[^=\n]*)?=(?!=)")
TEXTS = ("__name__", "__qualname__", "__doc__", "__module__")
_PARTS = ("__dict__", "__mro__", "__name__", "__qualname__")
_held, _above, _name, _path = (type.__dict__[part].__get__ for part in _PARTS)


def texts_of(function: Any) -> list[str | None]:
    """What a function says of itself."""
    texts = [getattr(function, name, None) for name in TEXTS]
    return [one if type(one) is str else None for one in texts]


def _signs_of(kind: type) -> list[Any]:
    """What differs once a class is described otherwise; it holds nothing of the program's but classes."""
    held = _held(kind)
    documented = held.get("__doc__")
    is_text = type(documented) is str
    names = _name(kind), _path(kind), documented if is_text else None
    return [list(held), list(map(type, held.values())), _above(kind), names]


@dataclass(slots=True)
class Changes:
    """What the judge was told, as it was then.

    Attributes:
        source: The text of the program.
    """

    source: str = ""
    _kinds: dict[int, type] = field(default_factory=dict)
    _signs: dict[int, list[Any]] = field(default_factory=dict)
    _texts: dict[int, list[str | None]] = field(default_factory=dict)
    _types: dict[int, type] = field(default_factory=dict)
    _touched: set[type] = field(default_factory=set)
    _told: dict[int, Any] = field(default_factory=dict)
    _looks: dict[re.Pattern[str], bool] = field(default_factory=dict)
    _assigned: frozenset[str] | None = None

    def assigned(self) -> frozenset[str]:
        """Names of attributes that the program assigns: of one object there may stand something else than a method."""
        if self._assigned is None:
            self._assigned = frozenset(_ASSIGNED.findall(self.source))
        return self._assigned

    def note_class(self, number: int, kind: type) -> None:
        """Notes that a class is described."""
        self._kinds[number] = kind
        if self._may(_CLASSES):
            self._signs[number] = _signs_of(kind)

    def note_function(self, number: int, texts: list[str | None]) -> None:
        """Notes what a function says of itself."""
        if self._may(_NAMES):
            self._texts[number] = texts

    def note_object(self, number: int, kind: type) -> None:
        """Notes of which class an object is."""
        if self._may(_KINDS):
            self._types[number] = kind

    def touch(self, holder: Any) -> None:
        """Notes that the tests change an attribute, which may be one of a class."""
        if isinstance(holder, type):
            self._touched.add(holder)

    def watches_texts(self) -> bool:
        """Whether the program may change what a function says of itself."""
        return self._may(_NAMES)

    def drop(self, number: int) -> None:
        """Forgets an object."""
        self._types.pop(number, None)
        self._texts.pop(number, None)

    def found(
        self,
        objects: Sequence[Any],
        describe: Callable[[type], dict[str, Tree]],
        tell_class: Callable[[type], Tree],
    ) -> list[Tree]:
        """What is to be told anew, as rows of `D`."""
        if not (self._signs or self._touched or self._texts or self._types):
            return []
        rows = [
            *self._changed_classes(describe),
            *self._changed_texts(objects),
            *self._changed_objects(objects, tell_class),
        ]
        return [{"D": row} for row in rows]

    def _changed_classes(self, describe: Callable[[type], dict[str, Tree]]) -> Iterator[Tree]:
        changed, self._touched = self._touched, set()
        for number, known in self._signs.items():
            kind = self._kinds[number]
            signs = _signs_of(kind)
            if signs != known:
                self._signs[number] = signs
                changed.add(kind)
        if not changed:
            return
        for number, kind in list(self._kinds.items()):
            if not changed.isdisjoint(_above(kind)):
                described = describe(kind)
                told = {**described, "b": kind.__bases__, "t": type(kind)}
                if self._told.get(number) != told:
                    self._told[number] = told
                    yield [number, "class", described]

    def _changed_texts(self, objects: Sequence[Any]) -> Iterator[Tree]:
        for number, known in self._texts.items():
            texts = texts_of(objects[number])
            if texts != known:
                self._texts[number] = texts
                yield [number, "texts", texts]

    def _changed_objects(
        self, objects: Sequence[Any], tell_class: Callable[[type], Tree]
    ) -> Iterator[Tree]:
        for number, known in list(self._types.items()):
            kind = type(objects[number])
            if kind is not known:
                self._types[number] = kind
                yield [number, "object", tell_class(kind)]

    def _may(self, how: re.Pattern[str]) -> bool:
        if how not in self._looks:
            self._looks[how] = how.search(self.source) is not None
        return self._looks[how]
