"""A judge's objects as the solution sees them: every use asks the judge, who answers what it allows."""

from __future__ import annotations

import builtins
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
            made: Any = _function(self.ask, number, name)
        elif kind == "exception":
            bases = tuple(getattr(builtins, base) for base in parts)
            made = type(name, bases, {})
        elif kind == "error":
            made = self._error(*parts)
        else:
            made = _object(self.ask, number, name, special)
        self._made[number] = made
        self._numbers[id(made)] = number
        return made

    def _error(self, kind: Any, arguments: list[Any]) -> BaseException:
        error: BaseException = kind.__new__(kind, *arguments)
        error.args = tuple(arguments)
        return error


def _function(ask: Ask, number: int, name: str) -> Any:
    def call(*arguments: Any, **named: Any) -> Any:
        return ask("call", number, "", arguments, named)

    call.__name__ = call.__qualname__ = name
    return call


def _object(ask: Ask, number: int, name: str, special: list[str]) -> Any:
    def get(_: Any, attribute: str) -> Any:
        if attribute.startswith("__") and attribute not in CALLBACK_DUNDERS:
            raise AttributeError(attribute)
        return ask("get", number, attribute, (), {})

    def put(_: Any, attribute: str, value: Any) -> None:
        ask("set", number, attribute, (value,), {})

    members: dict[str, Any] = {"__getattr__": get, "__setattr__": put}
    for dunder in special:
        if dunder in CALLBACK_DUNDERS:
            members[dunder] = _special(ask, number, dunder)
    kind: Any = type(name, (), members)
    return object.__new__(kind)


def _special(ask: Ask, number: int, dunder: str) -> Any:
    def method(_: Any, *arguments: Any, **named: Any) -> Any:
        return ask("special", number, dunder, arguments, named)

    return method
