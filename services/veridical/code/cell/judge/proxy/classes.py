"""Mirror classes and their instances: what stands for the solution's own on the judge's side."""

from __future__ import annotations

import keyword
import re
import sys
import types
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from veridical.code.cell.judge.library import is_from_library, library_class
from veridical.code.cell.judge.proxy.functions import Function, settle, signature_of
from veridical.code.cell.judge.proxy.rules import require_rule
from veridical.code.cell.values.content import MUTABLE, base_of

if TYPE_CHECKING:
    from veridical.code.cell.judge.proxy.link import Link

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
        is_built: Whether they name it as classes are: what calling it gives, they made themselves.
        tells_strangers: Whether its equality tells a random text from an instance; None before
            it was asked.
        handed: Methods that the tests took from the class itself.
        protocol: The names that an object of it has, if it is a protocol whose instances are known by them.
        has_own_type: Whether a metaclass of the program makes it.
        origin: Module and path that it is defined at, if that is in a library.
        set_names: Names that the tests have set on it, or deleted: they are asked for.
    """

    link: Link
    number: int
    special: frozenset[str] = frozenset()
    methods: frozenset[str] = frozenset()
    hidden: tuple[str, ...] = ()
    on_class: frozenset[str] = frozenset()
    named: bool = False
    is_built: bool = False
    tells_strangers: bool | None = None
    handed: dict[str, Function] = field(default_factory=dict)
    origin: tuple[str, str] = ("", "")
    protocol: frozenset[str] | None = None
    has_own_type: bool = False
    set_names: set[str] = field(default_factory=set)

    @property
    def library(self) -> type | None:
        """The class of a library that it says to be, if its instances do not cross by value.

        Tests may load the library after they met the class.
        """
        return library_class(*self.origin)

    def forget(self, name: str) -> None:
        """Hears that attribute `name` of the class is about to be another one."""
        self.set_names.add(name)
        self.methods -= {name}
        self.handed.pop(name, None)
        settle(self.link, name)

    def tell_again(self, told: ClassInfo) -> None:
        """Hears what the class has become."""
        self.special, self.hidden, self.on_class = told.special, told.hidden, told.on_class
        self.methods = told.methods - self.set_names
        self.protocol, self.tells_strangers = told.protocol, None

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
        descends: Whether a method of what the tests built gave it, of the same class.
        is_kin: Whether a method of its class gave it, which tests name.
        is_constructed: Whether that was by the call itself, and it was nobody's result since.
        tainted: Whether it came out of arithmetic with a value of the judge.
        sealed: Whether that was a difference, or the like: it is asked for nothing that numbers are.
        content: What a collection of the library held, after which request, and for which comparison.
    """

    link: Link
    number: int
    made_by_test: bool = False
    is_constructed: bool = False
    descends: bool = False
    is_kin: bool = False
    tainted: bool = False
    sealed: bool = False
    content: tuple[int, str, Any] | None = None


class MirrorClass(type):
    """The type of mirror classes; mirrors of the solution's metaclasses derive from it."""

    __info__: ClassInfo

    def __new__(
        cls, name: str, bases: tuple[Any, ...], names: dict[str, Any], **_: Any
    ) -> MirrorClass:
        """A class that tests derive from a mirror would live in two interpreters."""
        if "__info__" not in names:
            for base in bases:
                if isinstance(base, MirrorClass) and info(base).number >= 0:
                    raise info(base).link.needs_shared(f"class {name} derives from the solution's")
        return super().__new__(cls, name, bases, names)

    def __call__(cls, /, *arguments: Any, **named: Any) -> Any:
        """Makes an instance in the solution."""
        own = info(cls)
        made = own.link.call(own.number, None, arguments, named)
        if is_mirror(made) and own.is_built:
            reference(made).made_by_test = reference(made).is_constructed = True
        return made

    def __getattr__(cls, name: str) -> Any:
        own = info(cls)
        if name in own.methods:
            return own.handed.setdefault(name, Function(own.link, own.number, name, name))
        if name == "__dataclass_fields__":
            return _fields(own.link.operate("fields", cls))
        if name == "__signature__" and own.number >= 0:
            return signature_of(own.link, cls)
        if name == _OF_FUTURES:
            raise AttributeError(name)
        is_special = name.startswith("__") and name.endswith("__")
        if is_special and name not in _ASKED_OF_CLASSES | own.link.mentions:
            raise AttributeError(name)
        value = own.link.operate("get", cls, name)
        name_class(value, name)
        return value

    def __setattr__(cls, name: str, value: Any) -> None:
        own = info(cls)
        own.forget(name)
        if name == "__abstractmethods__":
            type.__setattr__(cls, name, value)
        bound = _bound(value)
        if bound is None:
            own.link.operate("set", cls, name, value)
        else:
            own.link.operate("bind", cls, name, *bound)

    def __delattr__(cls, name: str) -> None:
        info(cls).forget(name)
        info(cls).link.operate("del", cls, name)

    def __dir__(cls) -> list[str]:
        return list(info(cls).link.operate("dir", cls))

    def __instancecheck__(cls, value: Any) -> bool:
        """Asks a class that has its own rule, such as a protocol or a registry.

        Of the tests' objects it hears the class, unless its metaclass is the program's own.
        """
        if type.__instancecheck__(cls, value):
            return True
        own = info(cls)
        if is_mirror(value) or isinstance(value, MirrorClass) or own.has_own_type:
            return _rules(cls, "isinstance", value)
        if own.protocol is not None:
            return all(_has(value, name) for name in own.protocol)
        return not own.origin[0] and _rules(cls, "issubclass", type(value))

    def __subclasscheck__(cls, kind: type) -> bool:
        if type.__subclasscheck__(cls, kind):
            return True
        own = info(cls)
        if isinstance(kind, MirrorClass):
            return _rules(cls, "issubclass", kind)
        if own.protocol is not None:
            return all(_has(kind, name) for name in own.protocol)
        return not own.origin[0] and _rules(cls, "issubclass", kind)

    def __subclasses__(cls) -> list[Any]:
        """Also those that no test has met."""
        own = info(cls)
        if own.number < 0:
            return type.__subclasses__(cls)
        return list(own.link.call(own.number, "__subclasses__", (), {}))

    def __repr__(cls) -> str:
        own = info(cls)
        asked = own.link.operate("repr", cls) if "repr" in own.on_class else None
        return asked if type(asked) is str else type.__repr__(cls)

    @property
    def __mro__(cls) -> tuple[type, ...]:
        return tuple(_shown(base) for base in above(cls) if base is not Mirror)

    @property
    def __bases__(cls) -> tuple[type, ...]:  # type: ignore[override]
        bases: tuple[type, ...] = type.__dict__["__bases__"].__get__(cls)
        return tuple(_shown(base) for base in bases if base is not Mirror) or (object,)

    @property
    def __annotations__(cls) -> Any:  # type: ignore[override]
        held = cls.__dict__
        return held.get("__annotations__", {})

    @property  # type: ignore[misc]
    def __dict__(cls) -> Any:  # type: ignore[override]
        own = info(cls)
        if own.number < 0:
            return type.__dict__["__dict__"].__get__(cls)
        held = dict(own.link.operate("vars", cls))
        annotations = held.get("__annotations__")
        if type(annotations) is not dict or not (
            all(map(is_identifier, annotations)) and all(map(_is_name, annotations.values()))
        ):
            # Who resolves them would run texts among them as code here.
            held.pop("__annotations__", None)
        return types.MappingProxyType(held)


def above(cls: type) -> tuple[type, ...]:
    """A class and those that it derives from, as they are."""
    found: tuple[type, ...] = type.__dict__["__mro__"].__get__(cls)
    return found


def library_bases(cls: type) -> list[type]:
    """The classes of libraries that a mirror class says to derive from."""
    found = (info(base).library for base in above(cls) if isinstance(base, MirrorClass))
    return [base for base in found if base is not None]


def _shown(base: type) -> type:
    """A class as the tests see it above another: a library's is their own."""
    return (isinstance(base, MirrorClass) and info(base).library) or base


def _bound(value: Any) -> list[Any] | None:
    """What a descriptor of the tests, such as a property, does for an attribute; None of any other value.

    Functions cross as functions, and bind by themselves.
    """
    kind = type(value)
    if isinstance(kind, MirrorClass) or issubclass(kind, (Function, types.FunctionType)):
        return None
    methods = [getattr(kind, name, None) for name in ("__get__", "__set__", "__delete__")]
    if methods[0] is None:
        return None
    return [method and _method(method, value) for method in methods]


def _method(method: Any, value: Any) -> Callable[..., Any]:
    return lambda *arguments: method(value, *arguments)


def _rules(cls: Any, operation: str, value: Any) -> bool:
    """Whether a class that has a rule of its own says yes."""
    own = info(cls)
    check = f"{operation.removeprefix('is')}check"
    if check not in own.on_class or own.link.fault is not None:
        return False
    return own.link.operate(operation, value, cls) is True


def _has(value: Any, name: str) -> bool:
    """Whether an object or class of the tests has an attribute, with no code run for it."""
    import inspect

    return inspect.getattr_static(value, name, None) is not None


_OF_FUTURES = "_asyncio_future_blocking"
"""By this a loop knows its own futures; those of the solution run over there."""
_FIELD_PARTS = frozenset(
    {
        *("type", "default", "default_factory", "metadata"),
        *("repr", "hash", "init", "compare", "kw_only"),
    }
)
_NAMES = re.compile(r"[A-Za-z0-9_.\[\], |]{1,200}")
_ASKED_OF_CLASSES = frozenset(
    {
        *("__parameters__", "__orig_bases__"),
        *("__members__", "__annotations__", "__match_args__", "__slots__", "__dataclass_params__"),
        *("__total__", "__required_keys__", "__optional_keys__"),
    }
)


OF_MEMBERS = frozenset({"iter", "len", "getitem", "contains"})


class IterableMirrorClass(MirrorClass):
    """The type of mirrors of classes that are asked for members themselves, such as enumerations."""

    def __iter__(cls) -> Any:
        return info(cls).link.operate("iter", cls)

    def __len__(cls) -> int:
        return int(info(cls).link.operate("len", cls))

    def __bool__(cls) -> bool:
        return "len" not in info(cls).on_class or len(cls) > 0

    def __getitem__(cls, key: Any) -> Any:
        return info(cls).link.operate("getitem", cls, key)

    def __contains__(cls, value: Any) -> bool:
        link = info(cls).link
        if is_mirror(value):
            return bool(link.operate("contains", cls, value))
        if "iter" in info(cls).on_class:
            members = list(cls)
            if info(cls).has_own_type:
                require_rule(link, cls, members, is_of_tests=info(cls).is_built)
            return any(member is value or member == value for member in members)
        if info(cls).is_built:
            raise link.needs_shared("searches a class of the program")
        raise link.wrong("what tests look for is not told to what the program made")


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
        if own.sealed and name in _of_numbers():
            require_open(self)
        if name in info(type(self)).methods:
            return Function(own.link, own.number, name, name)
        if name in _TEXTS:
            return _text_of(own.link.operate("get", self, name), name)
        if name == "__dataclass_fields__":
            return getattr(type(self), name)
        if name == _OF_FUTURES:
            raise AttributeError(name)
        if name == "__signature__" and "__call__" in info(type(self)).special:
            return signature_of(own.link, self)
        is_special = name.startswith("__") and name.endswith("__")
        if is_special and name not in _ASKED | own.link.mentions:
            raise AttributeError(name)
        return own.link.operate("get", self, name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name in _LOCAL:
            object.__setattr__(self, name, value)
            return
        own = reference(self)
        settle(own.link, name)
        info(type(self)).methods -= {name}
        own.link.operate("set", self, name, value)
        forward(type(self), name)
        if name == "__class__":
            give_class(self, value)

    def __delattr__(self, name: str) -> None:
        own = reference(self)
        settle(own.link, name)
        own.link.operate("del", self, name)

    def __dir__(self) -> list[str]:
        return list(reference(self).link.operate("dir", self))

    def __copy__(self) -> Any:
        return reference(self).link.operate("copy", self)

    def __deepcopy__(self, memo: Any) -> Any:
        return reference(self).link.operate("deepcopy", self)

    def __reduce_ex__(self, protocol: Any) -> Any:
        if not is_named(self):
            raise TypeError("an object that no test asked for is not pickled")
        raise reference(self).link.needs_shared("pickles an object of the program")

    @property
    def __dict__(self) -> Any:  # type: ignore[override]
        return reference(self).link.operate("get", self, "__dict__")


def forwarded(name: str) -> property:
    """What asks the program for an attribute."""

    def fetch(self: Any) -> Any:
        own = reference(self)
        if name in info(type(self)).methods:
            return Function(own.link, own.number, name, name)
        return own.link.operate("get", self, name)

    return property(fetch)


def forward(kind: type, name: str) -> None:
    """Has instances asked for an attribute that may stand before one of the plain class they derive from."""
    if not name.startswith("__") and hasattr(base_of(kind), name):
        type.__setattr__(kind, name, forwarded(name))


def give_class(mirror: Any, kind: Any) -> None:
    """Has a mirror be of another class.

    Raises:
        NeedsShared: Nothing here can.
    """
    try:
        object.__setattr__(mirror, "__class__", kind)
    except (TypeError, AttributeError):
        link = reference(mirror).link
        raise link.needs_shared("gives an object of the program a class") from None


def require_open(mirror: Any) -> None:
    """Refuses what a difference from a value of the tests must not be asked for.

    Raises:
        TypeError: It is such a difference.
    """
    if reference(mirror).sealed:
        raise TypeError("what arithmetic with a value of the test gave is compared, and no more")


def _of_numbers() -> frozenset[str]:
    """The public attributes of what tests subtract and divide."""
    array = getattr(sys.modules.get("numpy"), "ndarray", float)
    kinds = (int, float, complex, Decimal, Fraction, timedelta, datetime, str, list, array)
    return frozenset(name for kind in kinds for name in dir(kind) if not name.startswith("_"))


_TEXTS = frozenset({"__name__", "__qualname__"})
_ASKED = frozenset({"__wrapped__", "__annotations__", "__slots__"})


def _text_of(value: Any, name: str) -> str:
    """What a library reads as a name: a text of no class of the program, which would answer for itself."""
    if type(value) is not str:
        raise AttributeError(name)
    return value


def instance(kind: Any, link: Link, number: int, content: Any) -> Any:
    """A mirror of an instance; `content` is what its real base type holds."""
    base: Any = base_of(kind)
    abstract = getattr(kind, "__abstractmethods__", None)
    if abstract:  # which the interpreter makes no instances of
        type.__setattr__(kind, "__abstractmethods__", frozenset())
    if base is None or base in MUTABLE:
        made = (base or object).__new__(kind)
    else:
        made = base.__new__(kind, content)
    if abstract:
        type.__setattr__(kind, "__abstractmethods__", abstract)
    refer(made, link, number)
    return made


def said_class(information: ClassInfo) -> property:
    """What `isinstance` asks: an instance of a library's class is one of the judge's class, too."""
    return property(
        lambda self: (info(type(self)) is information and information.library) or type(self)
    )


def is_identifier(name: Any) -> bool:
    """Whether this can be the name of a variable, and nothing else: dataclasses make code of such names."""
    return type(name) is str and name.isidentifier() and not keyword.iskeyword(name)


def _is_name(annotation: Any) -> bool:
    """Whether an annotation is no text, or one that names classes and can call nothing."""
    if isinstance(annotation, str):
        return type(annotation) is str and _NAMES.fullmatch(annotation) is not None
    return True


def _fields(rows: Any) -> dict[str, Any]:
    """The fields of a dataclass of the solution."""
    import dataclasses

    made: dict[str, Any] = {}
    for name, parts in rows:
        if not is_identifier(name) or type(parts) is not dict:
            raise AttributeError("__dataclass_fields__")
        one: Any = dataclasses.field()
        for part in _FIELD_PARTS & parts.keys():
            setattr(one, part, parts[part])
        one.name = name
        one._field_type = vars(dataclasses)["_FIELD"]  # noqa: SLF001 - there is no other way
        made[name] = one
    return made


def name_class(value: Any, name: str) -> None:
    """Notes that the tests name `value`: if it is a class, its operators are its own.

    Whether it is one, the program decides: what is named like a function has a function's results.
    """
    if isinstance(value, MirrorClass):
        own = info(value)
        own.named = True
        own.is_built = own.is_built or name.lstrip("_")[:1].isupper()


def is_mirror(value: Any) -> bool:
    """Whether a value stands for an object of the solution that is no class."""
    kind = type(value)
    return isinstance(kind, MirrorClass) and not issubclass(kind, type)


def is_own(kind: type) -> bool:
    """Whether the tests define this class, for objects: no exceptions, mocks or cases."""
    unittest = sys.modules.get("unittest")
    return (
        not is_from_library(kind)
        and kind.__module__ != "unittest.mock"
        and not isinstance(kind, MirrorClass)
        and not issubclass(kind, BaseException)
        and not (unittest is not None and issubclass(kind, unittest.TestCase))
    )


def is_named(*values: Any) -> bool:
    """Whether any of these is an instance of a class that the tests name."""
    return any(is_mirror(value) and info(type(value)).named for value in values)
