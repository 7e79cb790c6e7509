"""Mirror classes: real base types, and only the special methods that the solution's class has.

Rules that keep what the judge holds from the solution:
an operand of the judge never takes part in a comparison over there; operators run over there only for
classes that the tests name; what arithmetic with the judge's values gives is either refused (a plain
value) or tainted (a handle), unless the test made the operand by calling the class itself.
"""

from __future__ import annotations

import collections
import os
import types
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from veridical.code.cell import dunders
from veridical.code.cell.judge.functions import Function
from veridical.code.cell.judge.library import library_class
from veridical.code.cell.values.content import MUTABLE, READERS, base_of
from veridical.code.cell.values.plain import ViolationError

if TYPE_CHECKING:
    from veridical.code.cell.judge.link import Link

CARRIERS: dict[type, type] = {
    collections.Counter: dict,
    collections.OrderedDict: dict,
    collections.defaultdict: dict,
    collections.deque: list,
}
# The interpreter keeps these on an exception itself.
_LOCAL = frozenset(
    {"__traceback__", "__context__", "__cause__", "__suppress_context__", "__notes__"}
)


@dataclass(slots=True)
class ClassInfo:
    """What is known of a class of the solution.

    Attributes:
        link: The conversation it belongs to.
        number: Its handle.
        special: The special methods it has.
        methods: Names of its methods, fetched and called in one round trip.
        hidden: Its names that its real base type has too.
        on_class: The special methods that its metaclass has.
        named: Whether the tests name it.
        tells_strangers: Whether its equality tells a random text from an instance; None before
            it was asked.
        handed: Methods that the tests took from the class itself.
        origin: Module and path that it says to be defined at.
    """

    link: Link
    number: int
    special: frozenset[str] = frozenset()
    methods: frozenset[str] = frozenset()
    hidden: tuple[str, ...] = ()
    on_class: frozenset[str] = frozenset()
    named: bool = False
    tells_strangers: bool | None = None
    handed: dict[str, Function] = field(default_factory=dict)
    origin: tuple[str, str] = ("", "")

    @property
    def library(self) -> type | None:
        """The class of a library that it says to be, if its instances do not cross by value.

        Tests may load the library after they met the class.
        """
        return library_class(*self.origin)

    def forget(self, name: str) -> None:
        """Hears that attribute `name` of the class is about to be another one."""
        self.methods -= {name}
        function = self.handed.pop(name, None)
        if function is not None:
            function.settle()

    @classmethod
    def plain(cls) -> ClassInfo:
        """Of a class that belongs to no conversation."""
        return cls(None, -1)  # type: ignore[arg-type]


@dataclass(slots=True)
class Reference:
    """What a mirror refers to.

    Attributes:
        link: The conversation it belongs to.
        number: Its handle.
        made_by_test: Whether the tests built it by calling its class.
        tainted: Whether it came out of arithmetic with a value of the judge.
    """

    link: Link
    number: int
    made_by_test: bool = False
    tainted: bool = False


class MirrorClass(type):
    """The type of mirror classes."""

    __info__: ClassInfo

    def __new__(cls, name: str, bases: tuple[Any, ...], names: dict[str, Any]) -> MirrorClass:
        """A class that tests derive from a mirror would live in two interpreters."""
        if "__info__" not in names:
            for base in bases:
                if isinstance(base, MirrorClass):
                    raise info(base).link.needs_shared(f"class {name} derives from the solution's")
        return super().__new__(cls, name, bases, names)

    def __call__(cls, *arguments: Any, **named: Any) -> Any:
        """Makes an instance in the solution."""
        own = info(cls)
        made = own.link.call(own.number, None, arguments, named)
        if isinstance(type(made), MirrorClass):
            reference(made).made_by_test = True
        return made

    def __getattr__(cls, name: str) -> Any:
        own = info(cls)
        if name in own.methods:
            return own.handed.setdefault(name, Function(own.link, own.number, name, name))
        if name == "__dataclass_fields__":
            return _fields(own.link.operate("get", cls, name))
        if name.startswith("__") and name.endswith("__") and name not in _ASKED_OF_CLASSES:
            raise AttributeError(name)
        value = own.link.operate("get", cls, name)
        if isinstance(value, MirrorClass):
            info(value).named = True
        return value

    def __setattr__(cls, name: str, value: Any) -> None:
        info(cls).forget(name)
        info(cls).link.operate("set", cls, name, value)

    def __delattr__(cls, name: str) -> None:
        info(cls).forget(name)
        info(cls).link.operate("del", cls, name)

    def __dir__(cls) -> list[str]:
        return list(info(cls).link.operate("dir", cls))

    def __instancecheck__(cls, value: Any) -> bool:
        """Asks a class that has its own rule, such as a protocol, about the solution's objects."""
        return type.__instancecheck__(cls, value) or (
            isinstance(type(value), MirrorClass) and cls._rules("isinstance", value)
        )

    def __subclasscheck__(cls, kind: type) -> bool:
        return type.__subclasscheck__(cls, kind) or (
            isinstance(kind, MirrorClass) and cls._rules("issubclass", kind)
        )

    def _rules(cls, operation: str, value: Any) -> bool:
        own = info(cls)
        check = f"{operation.removeprefix('is')}check"
        return check in own.on_class and own.link.operate(operation, value, cls) is True

    @property
    def __mro__(cls) -> tuple[type, ...]:
        above: tuple[type, ...] = type.__dict__["__mro__"].__get__(cls)
        return tuple(base for base in above if base is not Mirror)

    @property
    def __bases__(cls) -> tuple[type, ...]:  # type: ignore[override]
        bases: tuple[type, ...] = type.__dict__["__bases__"].__get__(cls)
        return tuple(base for base in bases if base is not Mirror) or (object,)

    @property  # type: ignore[misc]
    def __dict__(cls) -> Any:  # type: ignore[override]
        own = info(cls)
        if own.number < 0:
            return type.__dict__["__dict__"].__get__(cls)
        return types.MappingProxyType(dict(own.link.operate("vars", cls)))


_ASKED_OF_CLASSES = frozenset({"__members__", "__annotations__", "__match_args__", "__slots__"})


class IterableMirrorClass(MirrorClass):
    """The type of mirrors of classes whose members are asked of the class, such as enumerations."""

    def __iter__(cls) -> Any:
        return info(cls).link.operate("iter", cls)

    def __len__(cls) -> int:
        return int(info(cls).link.operate("len", cls))

    def __getitem__(cls, key: Any) -> Any:
        return info(cls).link.operate("getitem", cls, key)

    def __contains__(cls, value: Any) -> bool:
        return isinstance(type(value), MirrorClass) and bool(
            info(cls).link.operate("contains", cls, value)
        )


def info(kind: Any) -> ClassInfo:
    """What is known of a mirror class."""
    found: ClassInfo = type.__getattribute__(kind, "__info__")
    return found


def reference(mirror: Any) -> Reference:
    """What a mirror refers to."""
    found: Reference = object.__getattribute__(mirror, "__reference__")
    return found


def refer(mirror: Any, link: Link, number: int) -> None:
    """Gives a new mirror its handle."""
    object.__setattr__(mirror, "__reference__", Reference(link, number))


class Mirror(metaclass=MirrorClass):
    """What all mirrors have."""

    __info__ = ClassInfo.plain()

    def __getattr__(self, name: str) -> Any:
        own = reference(self)
        if name in info(type(self)).methods:
            return Function(own.link, own.number, name, name)
        if name == "__dataclass_fields__":
            return getattr(type(self), name)
        if name.startswith("__") and name.endswith("__") and name not in _ASKED:
            raise AttributeError(name)
        return own.link.operate("get", self, name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name in _LOCAL:
            object.__setattr__(self, name, value)
            return
        info(type(self)).methods -= {name}
        reference(self).link.operate("set", self, name, value)

    def __delattr__(self, name: str) -> None:
        reference(self).link.operate("del", self, name)

    def __dir__(self) -> list[str]:
        return list(reference(self).link.operate("dir", self))

    def __copy__(self) -> Any:
        return reference(self).link.operate("copy", self)

    def __deepcopy__(self, memo: Any) -> Any:
        return reference(self).link.operate("deepcopy", self)

    def __reduce_ex__(self, protocol: Any) -> Any:
        if not _is_named(self):
            raise TypeError("an object that no test asked for is not pickled")
        raise reference(self).link.needs_shared("pickles an object of the program")

    @property
    def __dict__(self) -> Any:  # type: ignore[override]
        return reference(self).link.operate("get", self, "__dict__")


_ASKED = frozenset({"__name__", "__qualname__", "__wrapped__", "__annotations__", "__slots__"})


def build(name: str, bases: list[Any], names: dict[str, Any], information: ClassInfo) -> Any:
    """The mirror of a class of the solution.

    Raises:
        TypeError: No class has such bases.
    """
    # A metaclass is a class like others here: what it makes is described as it is.
    real: list[Any] = [base for base in bases if base not in (object, type)]
    if not any(isinstance(base, MirrorClass) for base in real):
        real.insert(0, Mirror)
    if any(base in (bool, type(None)) for base in real):
        raise ViolationError("a base that has no subclasses")
    meta = IterableMirrorClass if "iter" in information.on_class else MirrorClass
    if any(isinstance(base, IterableMirrorClass) for base in real):
        meta = IterableMirrorClass
    held = _held(real)
    for special in information.special & _METHODS.keys():
        names[special] = _METHODS[special](held)
    if held is not None and held not in MUTABLE and "__hash__" not in names:
        names["__hash__"] = held.__hash__
    elif "unhashable" in information.special:
        names["__hash__"] = None
    elif "__eq__" in names and "__hash__" not in names:
        names["__hash__"] = object.__hash__
    for hidden in information.hidden:
        names[hidden] = _forwarded(hidden)
    if "__class_getitem__" in information.methods:
        names["__class_getitem__"] = classmethod(lambda cls, _: cls)
    names["__info__"] = information
    made: Any = meta
    return made(name, tuple(real), names)


def instance(kind: Any, link: Link, number: int, content: Any) -> Any:
    """A mirror of an instance; `content` is what its real base type holds."""
    base: Any = base_of(kind)
    if base is None or base in MUTABLE:
        made = (base or object).__new__(kind)
    else:
        made = base.__new__(kind, content)
    refer(made, link, number)
    return made


def _held(bases: list[Any]) -> Any:
    for base in bases:
        found = base_of(base)
        if found is not None:
            return found
    return None


def _fields(content: Any) -> Any:
    import dataclasses

    made: Any = dataclasses.make_dataclass("fields", [str(name) for name in dict(content)])
    return made.__dataclass_fields__


def _forwarded(name: str) -> property:
    def fetch(self: Any) -> Any:
        own = reference(self)
        if name in info(type(self)).methods:
            return Function(own.link, own.number, name, name)
        return own.link.operate("get", self, name)

    return property(fetch)


def _is_mirror(value: Any) -> bool:
    return isinstance(type(value), MirrorClass)


def _plain(value: Any) -> Any:
    """A value decayed to what its real base type holds."""
    if not _is_mirror(value):
        return value
    base = base_of(type(value))
    return value if base is None else READERS[base](value)


def _is_named(*values: Any) -> bool:
    return any(_is_mirror(value) and info(type(value)).named for value in values)


def _comparison(name: str) -> Callable[[Any], Any]:
    dunder = f"__{name}__"

    def method_of(held: Any) -> Any:
        def method(self: Any, other: Any) -> Any:
            own = reference(self)
            if _is_mirror(other) and _is_named(self, other):
                own.link.own_equality += 1
                return _tells_strangers(self) and own.link.operate(name, self, other)
            if held is not None and not own.tainted:
                return getattr(held, dunder)(self, other)
            if name == "eq":
                _require_comparable(self, other)
            return NotImplemented

        return method

    return method_of


def said_class(information: ClassInfo) -> property:
    """What `isinstance` asks: an instance of a library's class is one of the judge's class, too."""
    return property(
        lambda self: (info(type(self)) is information and information.library) or type(self)
    )


def _require_comparable(mirror: Any, other: Any) -> None:
    """What the tests expect decides: a value of a library that can compare with none but its own kind.

    Raises:
        NeedsShared: It cannot.
    """
    kind: Any = info(type(mirror)).library
    if kind is not type(other) or "__eq__" not in _defined(kind):
        return
    link = reference(mirror).link
    if link.crosses(other):
        return
    equals: Any = kind.__eq__
    try:
        answer = equals(other, mirror)
    except (TypeError, ValueError, AttributeError):
        answer = NotImplemented
    if answer is NotImplemented:
        raise link.needs_shared(f"compares values of {kind.__module__}.{kind.__qualname__}")


def _defined(kind: type) -> set[str]:
    """The names that a class and its bases define, `object` aside."""
    return {name for base in kind.__mro__[:-1] for name in vars(base)}


def _tells_strangers(mirror: Any) -> bool:
    own, link = info(type(mirror)), reference(mirror).link
    if own.tells_strangers is None:
        try:
            own.tells_strangers = link.operate("eq", mirror, os.urandom(12).hex()) is not True
        except Exception:
            own.tells_strangers = True  # it cannot compare with a text at all
    return own.tells_strangers


def _different(held: Any) -> Any:
    equal = _comparison("eq")(held)

    def method(self: Any, other: Any) -> Any:
        answer = equal(self, other)
        return answer if answer is NotImplemented else not answer

    return method


def _arithmetic(name: str, *, swapped: bool) -> Callable[[Any], Any]:
    dunder = f"__{'r' if swapped else ''}{name}__"

    def method_of(held: Any) -> Any:
        def method(self: Any, other: Any, *modulus: Any) -> Any:
            own = reference(self)
            if not _is_named(self, other):
                local = getattr(held, dunder, None)
                if local is None or own.tainted:
                    return NotImplemented
                return local(self, other, *modulus)
            operands = (other, self) if swapped else (self, other)
            return _guarded(operands, own.link.operate(name, *operands, *modulus))

        return method

    return method_of


def _guarded(operands: tuple[Any, Any], result: Any) -> Any:
    mirrors = [reference(operand) for operand in operands if _is_mirror(operand)]
    by_test = all(one.made_by_test for one in mirrors)
    tainted = any(one.tainted for one in mirrors)
    with_judge = len(mirrors) < len(operands)
    if tainted or (with_judge and not by_test):
        if not _is_mirror(result) or base_of(type(result)) is not None:
            raise TypeError("arithmetic with a value of the test gave a plain value")
        reference(result).tainted = True
    elif _is_mirror(result) and by_test:
        reference(result).made_by_test = True
    return result


def _conversion(name: str) -> Callable[[Any], Any]:
    def method_of(_: Any) -> Any:
        def method(self: Any, *arguments: Any) -> Any:
            own = reference(self)
            if own.tainted:
                raise TypeError("a conversion of what arithmetic with a value of the test gave")
            return _plain(own.link.operate(name, self, *arguments))

        return method

    return method_of


def _array(held: Any) -> Any:
    convert = _conversion("array")(held)

    def method(self: Any, dtype: Any = None, copy: bool | None = None) -> Any:  # noqa: ARG001
        made = convert(self)
        made = _array_of(*made) if type(made) is tuple else made
        return made if dtype is None else made.astype(dtype)

    return method


def _array_of(shape: Any, members: Any) -> Any:
    import numpy as np  # only where it asks for this

    made = np.empty(len(members), dtype=object)
    for place, member in enumerate(members):
        made[place] = member
    return made.reshape(shape)


def _asked(name: str) -> Callable[[Any], Any]:
    def method_of(_: Any) -> Any:
        def method(self: Any, *arguments: Any) -> Any:
            return _plain_text(name, reference(self).link.operate(name, self, *arguments))

        return method

    return method_of


def _plain_text(name: str, value: Any) -> Any:
    return _plain(value) if name in ("str", "repr", "format", "bytes", "len", "hash") else value


def _hash(held: Any) -> Any:
    if held is not None and held not in MUTABLE:
        return held.__hash__

    def method(self: Any) -> Any:
        if not _is_named(self):
            return object.__hash__(self)
        return _plain(reference(self).link.operate("hash", self))

    return method


def _contains(held: Any) -> Any:
    def method(self: Any, value: Any) -> Any:
        if _is_named(self):
            return reference(self).link.operate("contains", self, value)
        if held is not None:
            return held.__contains__(self, value)
        return any(member is value or member == value for member in self)

    return method


def _exit(_: Any) -> Any:
    def method(self: Any, kind: Any, error: Any, _trace: Any) -> Any:
        return reference(self).link.operate("exit", self, kind, error, None)

    return method


def _call(_: Any) -> Any:
    def method(self: Any, *arguments: Any, **named: Any) -> Any:
        own = reference(self)
        return own.link.call(own.number, None, arguments, named)

    return method


_METHODS: dict[str, Callable[[Any], Any]] = {
    **{f"__{name}__": _asked(name) for name in dunders.PLAIN},
    **{f"__{name}__": _conversion(name) for name in dunders.CONVERSIONS},
    **{f"__{name}__": _comparison(name) for name in dunders.COMPARISONS},
    **{f"__{name}__": _arithmetic(name, swapped=False) for name in dunders.ARITHMETIC},
    **{f"__r{name}__": _arithmetic(name, swapped=True) for name in dunders.ARITHMETIC},
    **{f"__{name}__": _arithmetic(name, swapped=False) for name in dunders.IN_PLACE},
    "__array__": _array,
    "__ne__": _different,
    "__hash__": _hash,
    "__contains__": _contains,
    "__exit__": _exit,
    "__call__": _call,
}
