"""A judge's objects as the solution sees them: every use asks the judge, who answers what it allows."""

from __future__ import annotations

import contextlib
import functools
import types
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from veridical.code.cell.dunders import CALLBACK_DUNDERS
from veridical.code.cell.waiting import steps

# Asks the judge: (what, number, name, arguments, named arguments).
Ask = Callable[[str, int, str, tuple[Any, ...], dict[str, Any]], Any]


@dataclass(slots=True)
class Stubs:
    """The stubs of one judge's objects; an object keeps its stub."""

    ask: Ask
    _made: dict[int, Any] = field(default_factory=dict)
    _numbers: dict[int, int] = field(default_factory=dict)

    def __getitem__(self, number: int) -> Any:
        return self._made[number]

    def number(self, value: Any) -> int | None:
        """The number of the judge's object that `value` stands for, if it stands for one."""
        return self._numbers.get(id(value))

    def make(self, number: int, kind: str, name: str, special: list[str], parts: Any) -> Any:
        """The stub of a new object of the judge.

        Args:
            number: Its number.
            kind: "function", "class", "instance" (of such a class), "exception" (a class), "error"
                (an instance), "coroutine" or "object".
            name: Its name, or its class's.
            special: The special methods that it answers.
            parts: What the judge describes of that kind.
        """
        if kind == "function":
            made: Any = _function(self.ask, number, name, parts)
        elif kind == "exception":
            made = type(name, tuple(parts), {})
        elif kind == "class":
            made = _class(self, name, special, *parts)
        elif kind == "instance":
            made = object.__new__(parts)
        elif kind == "error":
            made = self._error(*parts)
        elif kind == "generator":
            made = _generator(self.ask, number, is_started=parts)
            made.__name__ = made.__qualname__ = name
            if parts:
                next(made)  # not the tests'
        elif kind == "coroutine":
            made = _coroutine(self.ask, number, name)
        else:
            made = _object(self.ask, number, name, special, has_vars=parts is True)
        self._made[number] = made
        self._numbers[id(made)] = number
        return made

    def _error(self, kind: Any, arguments: list[Any], own: list[Any]) -> BaseException:
        error: BaseException = kind.__new__(kind, *arguments)
        for base in kind.__mro__:
            if base.__module__ == "builtins":
                with contextlib.suppress(TypeError, ValueError):
                    base.__init__(error, *arguments)
                break
        error.args = tuple(arguments)
        for name, value in own:
            with contextlib.suppress(Exception):
                setattr(error, name, value)
        return error


class Absent:
    """Stands for a default, which stays with the tests: the judge hears of who wants to know it."""

    def __init__(self, ask: Ask, number: Callable[[], int | None], name: str) -> None:
        self._ask = ask
        self._number = number
        self._name = name

    def reveal(self, *_: Any) -> Any:
        """Ends the judgement: only one interpreter has the value."""
        return self._ask("default", *self.place(), (), {})

    def place(self) -> tuple[Any, str]:
        """The number of the function or class, and the name of the parameter or field."""
        return self._number(), self._name

    def __eq__(self, other: object) -> Any:
        return not (isinstance(other, type) or type(other) is Absent) and self.reveal()

    # Who asks for its kind asks for the default's.
    __class__ = property(lambda self: self.reveal())
    __hash__ = object.__hash__
    __repr__ = __bool__ = __len__ = __iter__ = __int__ = __float__ = __index__ = reveal
    __add__ = __radd__ = __mul__ = __rmul__ = __sub__ = __rsub__ = __lt__ = __gt__ = reveal


_ANY: list[list[Any]] = [["arguments", 2, False], ["named", 4, False]]


def _function(ask: Ask, number: int, name: str, parts: Any) -> Any:
    def call(arguments: tuple[Any, ...], named: dict[str, Any]) -> Any:
        return ask("call", number, "", arguments, named)

    return _forwarding(ask, lambda: number, name, parts, call)


def _forwarding(
    ask: Ask,
    number: Callable[[], int | None],
    name: str,
    parts: Any,
    call: Callable[[tuple[Any, ...], dict[str, Any]], Any],
) -> Any:
    """A function with the parameters that it is described by, which hands on what it is called with."""
    doc, qualified, annotations, rows, kind = parts

    def forward(values: dict[str, Any], rest: tuple[Any, ...], named: dict[str, Any]) -> Any:
        arguments: list[Any] = []
        for key in positional:
            if type(values[key]) is Absent:
                break
            arguments.append(values.pop(key))
        named.update((key, one) for key, one in values.items() if type(one) is not Absent)
        return call((*arguments, *rest), named)

    positional = [row[0] for row in rows or _ANY if row[1] < _REST]
    defaults = {row[0]: _default(ask, number, row[0], row[2]) for row in rows or ()}
    made: Any = _maker(_source(rows or _ANY, kind))(forward, defaults)
    made.__name__ = name
    made.__qualname__ = qualified or name
    made.__doc__ = doc
    made.__annotations__ = annotations
    return made


def _default(
    ask: Ask, number: Callable[[], int | None], name: str, given: bool | None
) -> Absent | None:
    """What a parameter or field shows as its default: None if it is that."""
    return None if given is None else Absent(ask, number, name)


_REST, _BY_NAME, _NAMED = 2, 3, 4
"""Kinds of parameters, as `inspect` counts them; 0 and 1 are positional."""


def _source(rows: list[Any], kind: str) -> str:
    """The source of a function with these parameters: names, kinds, and whether they have a default.

    None stands for a default of None.
    """
    parameters, values, rest, named = [], [], "()", "{}"
    kinds = [row[1] for row in rows]
    # No parameter is called that.
    forward = "_" * (1 + max((len(row[0]) for row in rows), default=0))
    defaults = f"{forward}_"
    for place, (name, one, has_default) in enumerate(rows):
        if one == _BY_NAME and not {_REST, _BY_NAME} & set(kinds[:place]):
            parameters.append("*")
        stars = {_REST: "*", _NAMED: "**"}.get(one, "")
        default = f"={defaults}[{name!r}]" if has_default is not False else ""
        parameters.append(f"{stars}{name}{default}")
        if one == 0 and 0 not in kinds[place + 1 :]:
            parameters.append("/")
        if one == _REST:
            rest = name
        elif one == _NAMED:
            named = name
        else:
            values.append(f"{name!r}: {name}")
    return (
        f"def make({forward}, {defaults}):\n"
        f" {kind}def call({', '.join(parameters)}):\n"
        f"  return {'await ' * bool(kind)}{forward}({{{', '.join(values)}}}, {rest}, {named})\n"
        f" return call\n"
    )


@functools.lru_cache(maxsize=256)
def _maker(source: str) -> Any:
    made: dict[str, Any] = {}
    exec(source, made)  # noqa: S102 - nothing but names comes from the tests
    return made["make"]


def _object(ask: Ask, number: int, name: str, special: list[str], *, has_vars: bool) -> Any:
    members = _members(ask, lambda _: number, special)
    if has_vars:
        members["__dict__"] = _vars_of(ask, lambda _: number)
    return object.__new__(type(name, (), members))


def _vars_of(ask: Ask, number: Callable[[Any], int]) -> property:
    def held(self: Any) -> _Vars:
        content = ask("vars", number(self), "", (), {})
        return _Vars(content, lambda what, name, *value: ask(what, number(self), name, value, {}))

    return property(held)


_MACHINERY = frozenset(
    {"_stubs", "_listed", "__getattr__", "__setattr__", "__delattr__", "__new__"}
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

    def __call__(cls, *arguments: Any, **named: Any) -> Any:
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
        if cls._stubs.number(cls) is not None:
            cls._stubs.ask("changed", cls._number(), name, (), {})
        type.__setattr__(cls, name, value)

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return cls.read(name)

    def read(cls, name: str) -> Any:
        """What the tests' class has under a name."""
        return cls._stubs.ask("get", cls._number(), name, (), {})


class _Enumeration(_Class):
    """The type of the stubs of the tests' enumerations."""

    _listed: tuple[str, ...]

    def __iter__(cls) -> Iterator[Any]:
        return (getattr(cls, name) for name in cls._listed)

    def __len__(cls) -> int:
        return len(cls._listed)

    def __getitem__(cls, name: str) -> Any:
        if name not in cls._listed:
            raise KeyError(name)
        return getattr(cls, name)

    def __contains__(cls, value: Any) -> bool:
        return any(member is value for member in cls)

    @property
    def __members__(cls) -> Mapping[str, Any]:
        return types.MappingProxyType({name: cls[name] for name in cls._listed})


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

    return _forwarding(stubs.ask, lambda: None, "__init__", parts, call)


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

    def update(self, *others: Any, **named: Any) -> None:
        """As of a dict."""
        for name, value in dict(*others, **named).items():
            self[name] = value


def _class(
    stubs: Stubs,
    name: str,
    special: list[str],
    bases: list[Any],
    fields: list[Any],
    told: dict[str, Any],
) -> Any:
    number: Any = stubs.number
    members = _members(stubs.ask, number, special)
    members["__dict__"] = _vars_of(stubs.ask, number)
    members["__new__"] = lambda cls, *_, **__: stubs.ask("new", cls._number(), "", (), {})
    members["__copy__"] = lambda self: stubs.ask("copy", number(self), "", (), {})
    members["__deepcopy__"] = lambda self, _: stubs.ask("deepcopy", number(self), "", (), {})
    members["__doc__"] = told["doc"]
    members.update((field, _Member(stubs, field, is_data)) for field, is_data in told["members"])
    if "init" in told:
        members["__init__"] = _initialiser(stubs, told["init"])
    if told["notes"]:
        members["__annotations__"] = told["notes"]
    if told["fields"] is not None:
        members["_fields"] = tuple(told["fields"])
        members["_make"] = classmethod(lambda cls, values: cls(*values))
    if fields:
        members["__annotations__"] = {field: kind for field, kind, _ in fields}
        members["__dataclass_fields__"] = _dataclass_fields(stubs.ask, lambda: number(made), fields)
    members["_stubs"] = stubs
    made: Any = _Class(name, tuple(bases), members)
    if told["listed"] is not None:
        made = _Enumeration(name, tuple(bases), {**members, "_listed": tuple(told["listed"])})
    return made


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
            made[name].default = _default(ask, number, name, given)
    return made


def _members(ask: Ask, number: Callable[[Any], int], special: list[str]) -> dict[str, Any]:
    def get(self: Any, attribute: str) -> Any:
        if attribute.startswith("__") and attribute not in CALLBACK_DUNDERS:
            raise AttributeError(attribute)
        return ask("get", number(self), attribute, (), {})

    def put(self: Any, attribute: str, value: Any) -> None:
        ask("set", number(self), attribute, (value,), {})

    def method_of(dunder: str) -> Any:
        def method(self: Any, *arguments: Any, **named: Any) -> Any:
            return ask("special", number(self), dunder, arguments, named)

        return method

    def drop(self: Any, attribute: str) -> None:
        ask("unset", number(self), attribute, (), {})

    members: dict[str, Any] = {"__getattr__": get, "__setattr__": put, "__delattr__": drop}
    for dunder in special:
        if dunder in CALLBACK_DUNDERS:
            members[dunder] = method_of(dunder)
    if "__await__" in special:
        members["__await__"] = _await(ask, number)
    return members


def _generator(ask: Ask, number: int, *, is_started: bool) -> Generator[Any, Any, Any]:
    """A real one, each step of which is one of the tests'; the first is none if theirs has begun."""

    def step(name: str, *arguments: Any) -> Any:
        return ask("get", number, name, (), {})(*arguments)

    try:
        value = None if is_started else ask("special", number, "__next__", (), {})
        while True:
            try:
                sent = yield value
            except GeneratorExit:
                step("close")
                raise
            except BaseException as error:
                value = step("throw", error)
            else:
                value = (
                    ask("special", number, "__next__", (), {})
                    if sent is None
                    else step("send", sent)
                )
    except StopIteration as stop:
        return stop.value


def _coroutine(ask: Ask, number: int, name: str) -> Any:
    """A real one: tasks are made of nothing else."""

    async def wait() -> Any:
        return await _steps(ask, number)

    made: Any = wait()
    made.__name__ = made.__qualname__ = name
    return made


@types.coroutine
def _steps(ask: Ask, number: int) -> Generator[None, None, Any]:
    return (yield from _await(ask, lambda _: number)(None))


def _await(ask: Ask, number: Callable[[Any], int]) -> Callable[[Any], Any]:
    return lambda self: steps(
        lambda seconds: ask("await", number(self), "", (seconds,), {}),
        lambda: ask("cancel", number(self), "", (), {}),
    )
