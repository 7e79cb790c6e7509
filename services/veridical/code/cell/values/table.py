"""The closed table of value types beyond the plain ones: their parts, and how parts make them again."""

from __future__ import annotations

import array
import collections
import contextlib
import datetime as dt
import decimal
import fractions
import gc
import pathlib
import re
import sys
import types
import uuid
from collections import abc
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from veridical.code.cell.values.content import is_node
from veridical.code.cell.values.plain import Decoder, Encoder, Tree, ViolationError

MAX_ARRAY_DIMENSIONS = 32
_ARRAY_KINDS = "biufcSUmM?"
_ARRAY = re.compile(r"[<>|=]?[biufcSUmM?]\d{0,9}(\[\w{1,8}\])?")

Parts = tuple[Any, ...]


class NotOfTheTable(Exception):
    """An instance of a type of the table that has parts which cannot cross."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One type of the table.

    Attributes:
        name: Its tag on the wire.
        kind: The exact type.
        parts: The parts of an instance; raises `NotOfTheTable`.
        make: The instance with those parts.
    """

    name: str
    kind: type
    parts: Callable[[Any], Parts]
    make: Callable[..., Any]


# Tests put others in their places; values are still made of these.
_DATETIME, _TIME, _TIMEZONE = dt.datetime, dt.time, dt.timezone
_COUNTER, _ORDERED, _DEFAULT = (
    collections.Counter,
    collections.OrderedDict,
    collections.defaultdict,
)
_FRACTION, _UUID = fractions.Fraction, uuid.UUID
_MAPPING, _NAMESPACE = types.MappingProxyType, types.SimpleNamespace


def _zone(value: Any) -> Any:
    zone = value.tzinfo
    if zone is None:
        return None
    if type(zone) is _TIMEZONE:
        return zone
    return _zone_key(zone) or _offset(value)


def _offset(value: Any) -> dt.timezone:
    """The zone of a program's own, or of tests', as it is at that moment."""
    try:
        offset = value.utcoffset()
        with contextlib.suppress(NotImplementedError):
            return _TIMEZONE(offset, value.tzname())
        return _TIMEZONE(offset)
    except Exception as error:
        raise NotOfTheTable(type(value.tzinfo).__name__) from error


def _zone_key(zone: Any) -> str | None:
    """The name of a zone that the time zone database knows by it; None for any other value."""
    named = sys.modules.get("zoneinfo")  # whoever has such a zone has loaded it
    is_named = named is not None and type(zone) is named.ZoneInfo
    return zone.key if is_named and type(zone.key) is str else None


def _tzinfo(zone: Any) -> dt.tzinfo | None:
    if zone is None:
        return None
    if type(zone) is not str:
        made: dt.timezone = _checked(_TIMEZONE, zone)
        return made
    import zoneinfo  # rare, and every cell would have its memory copied

    return zoneinfo.ZoneInfo(zone)


def _datetime_parts(at: dt.datetime) -> Parts:
    day = (at.year, at.month, at.day, at.hour, at.minute, at.second, at.microsecond)
    return (*day, _zone(at), at.fold)


def _datetime(*parts: Any) -> dt.datetime:
    *fields, zone, fold = parts
    make: Any = _DATETIME
    made: dt.datetime = make(*fields, tzinfo=_tzinfo(zone), fold=fold)
    return made


def _time(*parts: Any) -> dt.time:
    *fields, zone, fold = parts
    make: Any = _TIME
    made: dt.time = make(*fields, tzinfo=_tzinfo(zone), fold=fold)
    return made


def _counter(content: dict[Any, Any]) -> collections.Counter[Any]:
    made: collections.Counter[Any] = _COUNTER()
    dict.update(made, _checked(dict, content))
    return made


def _checked(kind: type, value: Any) -> Any:
    if type(value) is not kind:
        raise ViolationError(f"{kind.__name__} wanted")
    return value


def _factory(value: collections.defaultdict[Any, Any]) -> Parts:
    factory: Any = value.default_factory
    is_named = isinstance(factory, type) and factory in _FACTORIES.values()
    return (factory.__name__ if is_named else factory, dict(value))


_FACTORIES: dict[str, Callable[[], Any]] = {
    kind.__name__: kind for kind in (int, float, str, list, dict, set, tuple, bool)
}


def _defaultdict(factory: Any, content: Any) -> collections.defaultdict[Any, Any]:
    made = _FACTORIES[factory] if type(factory) is str else factory
    return _DEFAULT(made, _checked(dict, content))


def _memory_parts(value: memoryview) -> Parts:
    if value.format == "B" and value.ndim == 1:
        return (value.tobytes(),)
    return value.tobytes(), value.format, list(value.shape or ())


def _memory(data: Any, form: Any = "B", shape: Any = None) -> memoryview:
    """A view of bytes in this form and shape; or of an array of them, where `form` says whether it is closed."""
    if type(form) is bool:
        made = memoryview(_checked(bytearray, data))
        return made.toreadonly() if form else made
    made = memoryview(_checked(bytes, data))
    if shape is None:
        return made
    is_empty = 0 in _checked(list, shape)  # which takes no shape
    # What no cast gives, such as a format of ctypes, is bytes on the other side.
    with contextlib.suppress(TypeError, ValueError):
        made = made.cast(_checked(str, form)) if is_empty else made.cast(form, shape)
    return made


_DICTS = (dict, collections.OrderedDict, collections.defaultdict, collections.Counter)


def _view(part: str) -> Callable[[Any], Any]:
    return lambda content: getattr(_mapping(content), part)()


def _mapping(content: Any) -> Any:
    return content if type(content) in _DICTS else _checked(dict, content)


ENTRIES: tuple[Entry, ...] = (
    Entry("datetime", dt.datetime, _datetime_parts, _datetime),
    Entry("date", dt.date, lambda d: (d.year, d.month, d.day), dt.date),
    Entry(
        "time",
        dt.time,
        lambda t: (t.hour, t.minute, t.second, t.microsecond, _zone(t), t.fold),
        _time,
    ),
    Entry(
        "timedelta",
        dt.timedelta,
        lambda d: (d.days, d.seconds, d.microseconds),
        dt.timedelta,
    ),
    Entry("timezone", dt.timezone, lambda z: z.__getinitargs__(), dt.timezone),
    Entry("decimal", decimal.Decimal, lambda d: (str(d),), decimal.Decimal),
    Entry(
        "fraction",
        fractions.Fraction,
        lambda f: (f.numerator, f.denominator),
        lambda n, d: _FRACTION(_checked(int, n), _checked(int, d)),
    ),
    Entry("range", range, lambda r: (r.start, r.stop, r.step), range),
    Entry("slice", slice, lambda s: (s.start, s.stop, s.step), slice),
    Entry("deque", collections.deque, lambda d: (list(d), d.maxlen), collections.deque),
    Entry("counter", collections.Counter, lambda c: (dict(c),), _counter),
    Entry(
        "ordered",
        collections.OrderedDict,
        lambda d: (dict(d),),
        lambda content: _ORDERED(_checked(dict, content)),
    ),
    Entry("defaultdict", collections.defaultdict, _factory, _defaultdict),
    Entry("keys", type({}.keys()), lambda v: (dict.fromkeys(v),), _view("keys")),
    Entry("values", type({}.values()), lambda v: (dict(enumerate(v)),), _view("values")),
    Entry("items", type({}.items()), lambda v: (dict(v),), _view("items")),
    Entry("keys of a mapping", abc.KeysView, lambda v: (dict.fromkeys(v),), _view("keys")),
    Entry("values of a mapping", abc.ValuesView, lambda v: (dict(enumerate(v)),), _view("values")),
    Entry("items of a mapping", abc.ItemsView, lambda v: (dict(v),), _view("items")),
    Entry(
        "mapping",
        types.MappingProxyType,
        lambda v: (dict(v),),
        lambda content: _MAPPING(_mapping(content)),
    ),
    Entry(
        "namespace",
        types.SimpleNamespace,
        lambda v: (dict(vars(v)),),
        lambda content: _NAMESPACE(**_checked(dict, content)),
    ),
    Entry("uuid", uuid.UUID, lambda u: (u.int,), lambda number: _UUID(int=number)),
    Entry("path", type(pathlib.Path()), lambda p: (str(p),), pathlib.Path),
    Entry("purepath", type(pathlib.PurePath()), lambda p: (str(p),), pathlib.PurePath),
    Entry("array", array.array, lambda a: (a.typecode, a.tolist()), array.array),
    Entry("memory", memoryview, _memory_parts, _memory),
    Entry("pattern", re.Pattern, lambda p: (p.pattern, p.flags), re.compile),
    Entry("ellipsis", type(...), lambda _: (), lambda: ...),
    Entry("notimplemented", type(NotImplemented), lambda _: (), lambda: NotImplemented),
)
BY_TYPE = {entry.kind: entry for entry in ENTRIES}
BY_NAME = {entry.name: entry for entry in ENTRIES}


def is_of_the_table(value: Any) -> bool:
    """Whether a mutable value crosses as what it is: all but arrays of objects do."""
    return type(value).__module__ != "numpy" or value.dtype.kind in _ARRAY_KINDS


ALL_OF_DICTS: frozenset[type] = frozenset({type({}.items()), types.MappingProxyType})
"""Views that show all of what a dict holds."""
PARTS_OF_DICTS: frozenset[type] = frozenset({type({}.keys()), type({}.values())})


def encode_live(value: Any, encoder: Encoder, kinds: frozenset[type]) -> Tree | None:
    """The tree of a view by way of what it shows, so that it shows what changes there; None for any other value."""
    if type(value) is memoryview:
        return _encode_memory(value, encoder)
    if type(value) not in kinds:
        return None
    (held,) = gc.get_referents(value)
    if type(held) not in _DICTS or "__module__" in held:  # the attributes of a class
        return None
    return {"v": [BY_TYPE[type(value)].name, [encoder(held)]]}


def _encode_memory(value: memoryview, encoder: Encoder) -> Tree | None:
    """The tree of a view of all bytes of an array of them, whose type is no class of either side."""
    held = value.obj
    is_plain = value.format == "B" and value.ndim == 1 and value.contiguous
    if type(held) is not bytearray or not is_plain or value.nbytes != len(held):
        return None
    return {"v": ["memory", [encoder(held), value.readonly]]}


def encode_entry(value: Any, encoder: Encoder) -> Tree | None:
    """The tree of an instance of the table's types, or None for any other value."""
    entry = BY_TYPE.get(type(value))
    try:
        if entry is not None:
            return {"v": [entry.name, encoder.parts(entry.parts(value))]}
        if type(value).__module__ == "zoneinfo" and _zone_key(value) is not None:
            return {"v": ["zone", [_zone_key(value)]]}
        if is_node(type(value)):
            return {"v": ["node", [type(value).__name__, encoder.content(dict(vars(value)))]]}
        if type(value).__module__ == "numpy" and "numpy" in sys.modules:
            return _encode_numpy(value, encoder)
    except NotOfTheTable:
        return None
    return None


def decode_entry(tree: Tree, decoder: Decoder) -> Any:
    """The instance that `encode_entry` wrote.

    Raises:
        ViolationError: There is no such type, or its parts do not fit.
    """
    name, parts = tree
    if type(name) is not str:
        raise ViolationError("a type is named by text")
    if name in ("ndarray", "scalar", "poly1d", VIEW):
        return _decode_numpy(name, decoder.members(parts))
    if name == "zone":
        (key,) = decoder.members(parts)
        return _tzinfo(_checked(str, key))
    if name == "node":
        return _node(*decoder.members(parts))
    entry = BY_NAME.get(name)
    if entry is None:
        raise ViolationError("a type beyond the table")
    try:
        return entry.make(*decoder.members(parts))
    except (ArithmeticError, LookupError, AttributeError, re.error) as fault:
        raise ViolationError(f"parts of a {name} that fit none") from fault


def _node(name: Any, attributes: Any) -> Any:
    made = empty_node(name)
    vars(made).update(_checked(dict, attributes))
    return made


def empty_node(name: Any, *_: Any) -> Any:
    """A node of a syntax tree without attributes.

    Raises:
        ViolationError: There are none of that name.
    """
    import ast  # few programs need it, and it is large

    kind = getattr(ast, _checked(str, name), object)
    if not (isinstance(kind, type) and is_node(kind)):
        raise ViolationError("a node of no syntax tree")
    return kind()


def _encode_numpy(value: Any, encoder: Encoder) -> Tree | None:
    import numpy as np  # only where the program, or its tests, loaded it

    if type(value) is np.ndarray and value.dtype.kind in _ARRAY_KINDS:
        parts = [value.dtype.str, list(value.shape), value.tobytes(), bool(value.flags.writeable)]
        return {"v": ["ndarray", encoder.parts(parts)]}
    if isinstance(value, np.generic) and value.dtype.kind in _ARRAY_KINDS:
        parts = [value.dtype.str, [], value.tobytes(), value.item()]
        return {"v": ["scalar", encoder.parts(parts)]}
    if type(value) is np.poly1d:
        return {"v": ["poly1d", encoder.parts([value.coeffs, value.variable])]}
    return None


VIEW = "view"
"""The tag of an array that shows another one's members."""
_MAX_ROOT_BYTES = 1 << 20
_MAX_SHOWN_BYTES = 1 << 16
"""What an array may show of a smaller one, whose members it has more than once."""


def root_of(value: Any) -> Any:
    """The array whose memory an array shows, where the other side can have it so, too; else None."""
    root = value
    while type(base := _base(root)) is type(value):
        root = base
    is_part = root is not value and root.nbytes <= _MAX_ROOT_BYTES and _is_shown(value, root)
    return root if is_part and root.flags.c_contiguous and is_of_the_table(root) else None


def _base(value: Any) -> Any:
    """What an array shows the memory of; `as_strided` has something in between."""
    base = value.base
    is_between = type(base).__name__ == "DummyArray" and type(base).__module__.startswith("numpy.")
    return base.base if is_between else base


def _is_shown(value: Any, root: Any) -> bool:
    return bool(value.nbytes <= max(root.nbytes, _MAX_SHOWN_BYTES))


def geometry(value: Any, root: Any) -> list[Tree]:
    """Where a view's members are in the memory of its root, in bytes, and how they are read."""
    start, _ = value.__array_interface__["data"]
    offset = start - root.__array_interface__["data"][0]
    is_open = bool(value.flags.writeable)
    return [value.dtype.str, list(value.shape), offset, list(value.strides), is_open]


def _decode_numpy(name: str, parts: list[Any]) -> Any:
    try:
        import numpy as np
    except ImportError as fault:
        if name == "scalar":
            return parts[3]
        raise ViolationError("numpy is not part of these tests") from fault
    if name == "poly1d":
        coefficients, variable = parts
        return np.poly1d(_checked(np.ndarray, coefficients), variable=_checked(str, variable))
    if name == VIEW:
        root, pattern, shape, offset, strides, is_open = parts
        numbers = [offset, *_checked(list, shape), *_checked(list, strides)]
        _check_shape(pattern, shape)
        if set(map(type, numbers)) != {int}:
            raise ViolationError("a view that is none")
        held = _checked(np.ndarray, root)
        made = np.ndarray(tuple(shape), np.dtype(pattern), held, offset, tuple(strides))
        if not _is_shown(made, held):
            raise ViolationError("a view that shows more than there is")
        made.flags.writeable = made.flags.writeable and is_open is not False
        return made
    pattern, shape, data = parts[:3]
    _check_shape(pattern, shape)
    _checked(bytes, data)
    made = np.frombuffer(data, dtype=np.dtype(pattern)).reshape(shape)
    if name == "scalar":
        return made[()]
    made = made.copy()
    made.flags.writeable = parts[3] is not False
    return made


def _check_shape(pattern: Any, shape: Any) -> None:
    is_kind = type(pattern) is str and _ARRAY.fullmatch(pattern)
    if not is_kind or len(shape) > MAX_ARRAY_DIMENSIONS:
        raise ViolationError("an array that is none")
