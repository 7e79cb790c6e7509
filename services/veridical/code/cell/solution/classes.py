"""Classes of the tests as the solution sees them, and objects that have nothing but attributes."""

from __future__ import annotations

import enum
import functools
import sys
import types
from abc import ABCMeta
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, cast

from veridical.code.cell.dunders import CALLBACK_DUNDERS, is_chosen
from veridical.code.cell.solution.awaited import awaiting
from veridical.code.cell.solution.functions import Ask, default_of, forwarding
from veridical.code.cell.values.content import MUTABLE, base_of

if TYPE_CHECKING:
    from veridical.code.cell.solution.stubs import Stubs

_ASKED = CALLBACK_DUNDERS | {"__name__", "__qualname__"}
_MACHINERY = frozenset(
    {
        "_stubs",
        "_checks",
        "_listed",
        "_canonical",
        "_above",
        "__getattr__",
        "__setattr__",
        "__delattr__",
        "__new__",
    }
)
"""What a stub has beside what the tests' class has."""


class _Class(type):
    """The type of the stubs of the tests' classes."""

    _stubs: Stubs

    def _number(cls) -> int:
        for kind in cls.__mro__:
            number = cls._stubs.number(kind)
            if number is not None:
                break
        else:
            raise TypeError(f"{cls.__name__} is no class of the tests")
        if kind is not cls:  # one of the program's own, derived from it: in two interpreters
            cls._stubs.ask("derived", number, "", (), {})
        return number

    def __call__(cls, /, *arguments: Any, **named: Any) -> Any:
        return cls._stubs.ask("call", cls._number(), "", arguments, named)

    @property
    def __signature__(cls) -> Any:
        import inspect  # asked for by few programs, and slow to import

        maker: Any = type.__getattribute__(cls, "__init__")
        if maker is object.__init__:
            return inspect.Signature()
        found = inspect.signature(maker)
        return found.replace(parameters=list(found.parameters.values())[1:])

    @property  # type: ignore[misc]
    def __dict__(cls) -> Any:  # type: ignore[override]
        held = dict(type.__dict__["__dict__"].__get__(cls))
        values = {
            name: getattr(cls, name)
            for name, one in held.items()
            if type(one) is _Member and one.is_data
        }
        return types.MappingProxyType(
            {name: one for name, one in {**held, **values}.items() if name not in _MACHINERY}
        )

    def __setattr__(cls, name: str, value: Any) -> None:
        is_note = name == "__slotnames__"  # of the library that copies
        if cls._stubs.number(cls) is not None and not is_note:
            cls._stubs.ask("changed", cls._number(), name, (), {})
        type.__setattr__(cls, name, value)

    def __delattr__(cls, name: str) -> None:
        cls._stubs.ask("changed", cls._number(), name, (), {})

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__") and not is_chosen(name):
            raise AttributeError(name)
        return cls.read(name)

    def __instancecheck__(cls, instance: Any) -> bool:
        if type.__instancecheck__(cls, instance):
            return True
        if not type.__dict__["__dict__"].__get__(cls).get("_checks"):
            return False
        return cls._stubs.ask("isinstance", cls._number(), "", (instance,), {}) is True

    def holding(cls, content: Any) -> Any:
        """An instance with the content of a plain one; of those that change, an empty one."""
        held = base_of(cls)
        base: Any = held or object
        given = () if held is None or held in MUTABLE else (content,)
        return base.__new__(cls, *given)

    def read(cls, name: str) -> Any:
        """What the tests' class has under a name."""
        return cls._stubs.ask("get", cls._number(), name, (), {})


class _Shown(_Class, ABCMeta):
    """The type of what instances show as their class, where that derives from one of a library."""


class _Error(type):
    """The type of the stubs of the tests' exceptions."""

    _stubs: Stubs

    def __call__(cls, /, *arguments: Any, **named: Any) -> Any:
        if not cls._is_made_there:
            return type.__call__(cls, *arguments, **named)
        number = cls._stubs.number(cls)
        if number is None:  # one of the program's own, derived from it: in two interpreters
            derived = next(one for one in map(cls._stubs.number, cls.__mro__) if one is not None)
            cls._stubs.ask("derived", derived, "", (), {})
        return cls._stubs.ask("call", cast("int", number), "", arguments, named)

    _is_made_there = False

    def read(cls, name: str) -> Any:
        """What the tests' class has under a name."""
        number: Any = cls._stubs.number(cls)
        return cls._stubs.ask("get", number, name, (), {})


def error_class_of(
    stubs: Stubs,
    name: str,
    special: list[str],
    bases: list[Any],
    members: list[Any],
    is_made_there: bool,
    place: list[str | None],
) -> Any:
    """An exception of the tests: one that does more than plain ones is made by them."""
    number: Any = stubs.number
    own = {key: one for key, one in _members(stubs.ask, number, special).items() if key in special}
    own.update((field, _Member(stubs, field, is_data)) for field, is_data in members)
    own.update(_placed(place))
    return _Error(name, tuple(bases), {**own, "_stubs": stubs, "_is_made_there": is_made_there})


class _Enumeration(_Class):
    """The type of the stubs of the tests' enumerations."""

    _listed: tuple[str, ...]
    _canonical: tuple[str, ...]
    _above: tuple[type, ...]

    # What `isinstance` asks for beside the real type.
    __class__ = property(lambda _: enum.EnumMeta)

    def mro(cls) -> list[type]:
        """Below the tests' own classes those of the library, which programs ask for."""
        above = type.__dict__["__dict__"].__get__(cls)["_above"]
        own = type.mro(cls)
        # Python takes only classes here whose instances are laid out as those of this one.
        fitting = [
            one
            for one in above
            if one in own or (isinstance(one, enum.EnumMeta) and not issubclass(one, int))
        ]
        return [*(one for one in own if isinstance(one, _Class)), *fitting]

    @property
    def __bases__(cls) -> tuple[type, ...]:  # type: ignore[override]
        own = [one for one in type.__dict__["__bases__"].__get__(cls) if isinstance(one, _Class)]
        above = cls._above
        first = [
            one
            for at, one in enumerate(above)
            if not any(issubclass(other, one) for other in above[:at])
        ]
        return tuple(own or first)

    def _distinct(cls) -> dict[Any, None]:
        return dict.fromkeys(getattr(cls, name) for name in cls._canonical)

    def __bool__(cls) -> bool:
        return True

    def __iter__(cls) -> Iterator[Any]:
        yield from cls._distinct()

    def __reversed__(cls) -> Iterator[Any]:
        yield from reversed(cls._distinct())

    def __len__(cls) -> int:
        return len(cls._distinct())

    def __getitem__(cls, name: str) -> Any:
        if name not in cls._listed:
            raise KeyError(name)
        return getattr(cls, name)

    def __contains__(cls, value: Any) -> bool:
        if not isinstance(type(value), _Enumeration) and sys.version_info < (3, 12):
            raise TypeError("no member of an enumeration")
        return any(member is value for member in cls)

    @property
    def __members__(cls) -> Mapping[str, Any]:
        return types.MappingProxyType({name: cls[name] for name in cls._listed})

    @property
    def _value2member_map_(cls) -> Mapping[Any, Any]:
        return {member.value: member for member in cls}


class _Member:
    """What a class of the tests has under a public name: read of the class or of an instance, there."""

    def __init__(self, stubs: Stubs, name: str, is_data: bool) -> None:
        self._stubs = stubs
        self.__name__ = name
        self.is_data = is_data

    def __get__(self, holder: Any, kind: Any = None) -> Any:
        if holder is None:
            return type(kind).read(kind, self.__name__)
        number: Any = self._stubs.number(holder)
        return self._stubs.ask("get", number, self.__name__, (), {})

    def __call__(self, *_: Any, **__: Any) -> Any:
        """A function that is taken from the class: only one interpreter has it."""
        return self._stubs.ask("changed", 0, self.__name__, (), {})


def _initialiser(stubs: Stubs, parts: Any) -> Any:
    """The `__init__` of a class of the tests, with its parameters."""

    def call(arguments: tuple[Any, ...], named: dict[str, Any]) -> Any:
        number: Any = stubs.number(arguments[0])
        return stubs.ask("special", number, "__init__", arguments[1:], named)

    return forwarding(stubs.ask, lambda: None, "__init__", parts, call)


def object_of(
    ask: Ask,
    number: int,
    name: str,
    special: list[str],
    has_vars: bool,
    kind: Callable[[], type] | None,
    is_awaited: bool,
) -> Any:
    """An object of the tests whose class the program does not know, unless a library has that."""
    members = _members(ask, lambda _: number, special)
    if has_vars:
        members["__dict__"] = _vars_of(ask, lambda _: number)
    if kind is not None:
        members["__class__"] = property(lambda _: kind())
    if is_awaited:
        import asyncio  # which the tests have loaded, too

        members["_is_coroutine"] = vars(asyncio.coroutines)["_is_coroutine"]
    return object.__new__(type(name, (), members))


def _vars_of(ask: Ask, number: Callable[[Any], int]) -> property:
    def held(self: Any) -> _Vars:
        content = ask("vars", number(self), "", (), {})
        return _Vars(content, lambda what, name, *value: ask(what, number(self), name, value, {}))

    return property(held)


class _Vars(dict[str, Any]):
    """The attributes of an object of the tests, where the program may keep its own."""

    def __init__(self, content: dict[str, Any], change: Callable[..., None]) -> None:
        super().__init__(content)
        self._change = change

    def __setitem__(self, name: str, value: Any) -> None:
        self._change("store", name, value)
        super().__setitem__(name, value)

    def __delitem__(self, name: str) -> None:
        super().__delitem__(name)
        self._change("unset", name)

    def setdefault(self, name: str, value: Any = None) -> Any:
        """As of a dict."""
        if name not in self:
            self[name] = value
        return self[name]

    def pop(self, name: str, *default: Any) -> Any:
        """As of a dict."""
        if name in self:
            value = self[name]
            del self[name]
            return value
        return super().pop(name, *default)

    def popitem(self) -> tuple[str, Any]:
        """As of a dict."""
        name = next(reversed(self))
        return name, self.pop(name)

    def clear(self) -> None:
        """As of a dict."""
        for name in list(self):
            del self[name]

    def __ior__(self, other: Any) -> Any:  # type: ignore[misc]
        self.update(other)
        return self

    def update(self, *others: Any, **named: Any) -> None:
        """As of a dict."""
        for name, value in dict(*others, **named).items():
            self[name] = value


def _enumeration_members(stubs: Stubs) -> dict[str, Any]:
    def reading(name: str) -> property:
        return property(
            lambda self: stubs.ask("get", cast("int", stubs.number(self)), name, (), {})
        )

    return {
        **dict.fromkeys(("name", "_name_"), reading("name")),
        **dict.fromkeys(("value", "_value_"), reading("value")),
    }


def class_of(
    stubs: Stubs,
    name: str,
    special: list[str],
    bases: list[Any],
    fields: list[Any],
    told: dict[str, Any],
) -> Any:
    """A class of the tests, as `described.describe_class` tells of it."""
    members = _of_class(stubs, special, told)
    if fields:
        members["__annotations__"] = {field: kind for field, kind, _ in fields}
        members["__dataclass_fields__"] = _dataclass_fields(
            stubs.ask, lambda: stubs.number(made), fields
        )
    members.update(_of_dataclass(told, members))
    base = told["base"]
    is_listed = told["listed"] is not None
    # Nothing is kept in an object itself: what goes past its class is an error. Members of enumerations
    # have a `__dict__`, for their class has one above it, which else is looked for where none is: a crash.
    if base is None and not is_listed:
        members["__slots__"] = () if bases else ("__weakref__",)
    if base is not None and not any(issubclass(one, base) for one in bases):
        bases = [*bases, base]
    made: Any
    if told["library"]:  # which `isinstance` asks for
        shown = functools.cache(lambda: _Shown(name, (made, *told["library"]), {}))
        members["__class__"] = property(lambda _: shown())
    if not is_listed:
        made = _Class(name, tuple(bases), members)
    else:
        members.update(_enumeration_members(stubs))
        for place in ("listed", "canonical", "above"):
            members[f"_{place}"] = tuple(told[place])
        made = _Enumeration(name, tuple(bases), members)
    for one in told["virtual"]:
        one.register(made)
    if told["abstract"]:
        type.__setattr__(made, "__abstractmethods__", frozenset(told["abstract"]))
    return made


def _of_class(stubs: Stubs, special: list[str], told: dict[str, Any]) -> dict[str, Any]:
    number: Any = stubs.number
    members = _members(stubs.ask, number, special)
    members["__dict__"] = _vars_of(stubs.ask, number)
    members["__new__"] = lambda cls, *_, **__: stubs.ask("new", cls._number(), "", (), {})
    members["__copy__"] = lambda self: stubs.ask("copy", number(self), "", (), {})
    members["__deepcopy__"] = lambda self, _: stubs.ask("deepcopy", number(self), "", (), {})
    members["__doc__"] = told["doc"]
    members.update(_placed(told["place"]))
    members.update((field, _Member(stubs, field, is_data)) for field, is_data in told["members"])
    if "init" in told:
        members["__init__"] = _initialiser(stubs, told["init"])
    if told["notes"]:
        members["__annotations__"] = told["notes"]
    if told["fields"] is not None:
        members["_fields"] = tuple(told["fields"])
        members["_make"] = classmethod(lambda cls, values: cls(*values))
    if told["match"] is not None:
        members["__match_args__"] = tuple(told["match"])
    members["_stubs"], members["_checks"] = stubs, told["checks"]
    return members


def _placed(place: list[str | None]) -> dict[str, str]:
    """Where a class of the tests says to be defined."""
    named = zip(("__qualname__", "__module__"), place, strict=True)
    return {name: one for name, one in named if one is not None}


def _of_dataclass(told: dict[str, Any], members: dict[str, Any]) -> dict[str, Any]:
    """What else libraries look for in a dataclass: what it was asked for, and what stands below its `__repr__`."""
    shown = members.get("__repr__")
    if told["is_shown_so"] and shown is not None:
        shown.__wrapped__ = lambda self: shown(self)
        shown.__wrapped__.__qualname__ = "__create_fn__.<locals>.__repr__"
    if told["params"] is None:
        return {}
    return {"__dataclass_params__": types.SimpleNamespace(**told["params"])}


def _dataclass_fields(ask: Ask, number: Callable[[], int | None], rows: list[Any]) -> Any:
    import dataclasses

    make: Any = dataclasses.field
    wanted = [
        (name, kind, make(kw_only=True, **({} if given is False else {"default": None})))
        for name, kind, given in rows
    ]
    made = vars(dataclasses.make_dataclass("fields", wanted))["__dataclass_fields__"]
    for name, _, given in rows:
        if given:
            made[name].default = default_of(ask, number, name, given)
    return made


def _members(ask: Ask, number: Callable[[Any], int], special: list[str]) -> dict[str, Any]:
    def get(self: Any, attribute: str) -> Any:
        is_special = attribute.startswith("__") and attribute not in _ASKED
        if is_special and not is_chosen(attribute):
            raise AttributeError(attribute)
        return ask("get", number(self), attribute, (), {})

    def put(self: Any, attribute: str, value: Any) -> None:
        ask("set", number(self), attribute, (value,), {})

    def method_of(dunder: str) -> Any:
        def method(self: Any, /, *arguments: Any, **named: Any) -> Any:
            return ask("special", number(self), dunder, arguments, named)

        return method

    def drop(self: Any, attribute: str) -> None:
        ask("unset", number(self), attribute, (), {})

    members: dict[str, Any] = {"__getattr__": get, "__setattr__": put, "__delattr__": drop}
    for dunder in special:
        if dunder in CALLBACK_DUNDERS:
            members[dunder] = method_of(dunder)
    if "__await__" in special:
        members["__await__"] = awaiting(ask, number)
    return members
