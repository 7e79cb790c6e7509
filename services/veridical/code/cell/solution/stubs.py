"""A judge's objects as the solution sees them: every use asks the judge, who answers what it allows."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from veridical.code.cell.dunders import CALLBACK_DUNDERS

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
            kind: "function", "object", "exception" (a class) or "error" (an instance).
            name: Its name, or its class's.
            special: The special methods that it answers.
            parts: Names of the real bases of an exception class; class number and arguments of
                an error.
        """
        if kind == "function":
            made: Any = _function(self.ask, number, name, parts)
        elif kind == "exception":
            made = type(name, tuple(parts), {})
        elif kind == "class":
            made = _class(self, name, special, tuple(parts))
        elif kind == "instance":
            made = object.__new__(parts)
        elif kind == "error":
            made = self._error(*parts)
        else:
            made = _object(self.ask, number, name, special)
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


def _function(ask: Ask, number: int, name: str, parts: Any) -> Any:
    doc, qualified, annotations, shape, kind = parts

    def call(*arguments: Any, **named: Any) -> Any:
        return ask("call", number, "", arguments, named)

    async def wait(*arguments: Any, **named: Any) -> Any:
        return await ask("call", number, "", arguments, named)

    made: Any = wait if kind == "async" else call
    made.__name__ = name
    made.__qualname__ = qualified or name
    made.__doc__ = doc
    made.__annotations__ = annotations
    if shape and "inspect" in sys.modules:
        with contextlib.suppress(Exception):
            made.__signature__ = _signature(annotations, *shape)
    return made


def _signature(
    annotations: dict[str, Any],
    names: list[str],
    positional: int,
    count: int,
    by_name: int,
    flags: int,
    defaults: int,
    given: list[str],
    is_bound: bool,
) -> Any:
    one = sys.modules["inspect"].Parameter
    rows = []
    for place, name in enumerate(names):
        has_default = count - defaults <= place < count or name in given
        if place < count:
            kind = one.POSITIONAL_ONLY if place < positional else one.POSITIONAL_OR_KEYWORD
        elif place < count + by_name:
            kind = one.KEYWORD_ONLY
        else:
            is_rest = flags & 4 and place == count + by_name
            kind = one.VAR_POSITIONAL if is_rest else one.VAR_KEYWORD
        default = ... if has_default else one.empty
        rows.append(one(name, kind, default=default, annotation=annotations.get(name, one.empty)))
    rest = [row for row in rows if row.kind == one.VAR_POSITIONAL]
    rows = [row for row in rows if row.kind < 2] + rest + [row for row in rows if row.kind > 2]
    returned = annotations.get("return", sys.modules["inspect"].Signature.empty)
    return sys.modules["inspect"].Signature(rows[is_bound:], return_annotation=returned)


def _object(ask: Ask, number: int, name: str, special: list[str]) -> Any:
    kind = type(name, (), _members(ask, lambda _: number, special))
    return object.__new__(kind)


class _Class(type):
    """The type of the stubs of the tests' classes."""

    _stubs: Stubs

    def _number(cls) -> int:
        return cls._stubs.number(cls) or 0

    def __call__(cls, *arguments: Any, **named: Any) -> Any:
        return cls._stubs.ask("call", cls._number(), "", arguments, named)

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return cls._stubs.ask("get", cls._number(), name, (), {})


def _class(stubs: Stubs, name: str, special: list[str], bases: tuple[Any, ...]) -> Any:
    number: Any = stubs.number
    members = _members(stubs.ask, number, special)
    members["__dict__"] = property(lambda self: stubs.ask("vars", number(self), "", (), {}))
    members["__copy__"] = lambda self: stubs.ask("copy", number(self), "", (), {})
    members["__deepcopy__"] = lambda self, _: stubs.ask("deepcopy", number(self), "", (), {})
    made: Any = _Class(name, bases, members)
    type.__setattr__(made, "_stubs", stubs)
    return made


def _members(ask: Ask, number: Callable[[Any], int], special: list[str]) -> dict[str, Any]:
    def get(self: Any, attribute: str) -> Any:
        if attribute.startswith("__") and attribute not in CALLBACK_DUNDERS:
            raise AttributeError(attribute)
        return ask("get", number(self), attribute, (), {})

    def put(self: Any, attribute: str, value: Any) -> None:
        ask("set", number(self), attribute, (value,), {})

    def wait(self: Any) -> Any:
        yield from ()  # the judge waits, not who awaits this
        return ask("await", number(self), "", (), {})

    def method_of(dunder: str) -> Any:
        def method(self: Any, *arguments: Any, **named: Any) -> Any:
            return ask("special", number(self), dunder, arguments, named)

        return method

    members: dict[str, Any] = {"__getattr__": get, "__setattr__": put}
    for dunder in special:
        if dunder in CALLBACK_DUNDERS:
            members[dunder] = method_of(dunder)
    if "__await__" in special:
        members["__await__"] = wait
    return members
