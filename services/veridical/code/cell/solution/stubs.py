"""A judge's objects as the solution sees them: every use asks the judge, who answers what it allows."""

from __future__ import annotations

import contextlib
import types
import weakref
from collections.abc import Generator, ItemsView
from dataclasses import dataclass, field
from typing import Any

from veridical.code.cell.solution.awaited import awaiting
from veridical.code.cell.solution.changes import TEXTS, texts_of
from veridical.code.cell.solution.classes import class_of, error_class_of, object_of
from veridical.code.cell.solution.functions import Ask, Owner, function, method

_MAX_WATCHED = 256
"""Functions of the tests, the last ones told of, on which the program may set attributes."""


def _state(error: BaseException) -> tuple[Any, ...]:
    notes = tuple(vars(error).get("__notes__", ()))
    return id(error.__cause__), error.__suppress_context__, notes


@dataclass(slots=True)
class Stubs:
    """The stubs of one judge's objects; an object keeps its stub.

    Attributes:
        ask: Asks the judge.
        space: The tests' classes by their names, where annotations that are texts are looked up.
    """

    ask: Ask
    space: dict[str, Any] = field(default_factory=dict)
    _made: dict[int, Any] = field(default_factory=dict)
    _numbers: dict[int, int] = field(default_factory=dict)
    _functions: dict[int, dict[str, Any]] = field(default_factory=dict)
    _texts: dict[int, list[str | None]] = field(default_factory=dict)
    _errors: dict[int, tuple[Any, ...]] = field(default_factory=dict)
    _dropped: dict[int, weakref.ref[Any]] = field(default_factory=dict)
    _owners: dict[int, Owner] = field(default_factory=dict)

    def __getitem__(self, number: int) -> Any:
        made, owner = self._made[number], self._owners.get(number)
        # A bound method is another object each time, and ends with who asked for it.
        return made if owner is None else types.MethodType(made, owner)

    def get(self, number: int) -> Any:
        """The object of that number, if there is one."""
        return self._made.get(number)

    def number(self, value: Any) -> int | None:
        """The number of the judge's object that `value` stands for, if it stands for one."""
        if type(value) is types.MethodType and type(value.__self__) is Owner:
            value = value.__func__
        return self._numbers.get(id(value))

    def held(self) -> ItemsView[int, Any]:
        """All that live on by themselves, by their numbers."""
        return self._made.items()

    def told(self, number: int, value: Any) -> None:
        """Holds one of them again, which the judge is told of."""
        if self._dropped.pop(number, None) is not None:
            self._hold(number, value)

    def drop(self, number: int) -> None:
        """Holds one no longer: it ends, unless the program holds it."""
        made = self._made.pop(number)
        self._owners.pop(number, None)
        key = id(made)

        def ended(reference: weakref.ref[Any]) -> None:
            if self._dropped.get(number) is reference:
                del self._dropped[number], self._numbers[key]

        self._dropped[number] = weakref.ref(made, ended)

    def make(self, number: int, kind: str, name: str, special: list[str], parts: Any) -> Any:
        """The stub of a new object of the judge.

        Args:
            number: Its number.
            kind: "function", "method" (a bound one), "class", "instance" (of such a class), "exception" (a class), "error"
                (an instance), "coroutine" or "object".
            name: Its name, or its class's.
            special: The special methods that it answers.
            parts: What the judge describes of that kind.
        """
        if kind in ("function", "method"):
            make = function if kind == "function" else method
            made: Any = make(self.ask, number, name, parts)
        elif kind == "exception":
            made = error_class_of(self, name, special, *parts)
        elif kind == "class":
            made = class_of(self, name, special, *parts)
        elif kind == "instance":
            kind_of, content = parts
            made = kind_of.holding(content)
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
            made = object_of(self.ask, number, name, special, *parts)
        self._numbers[id(self._hold(number, made))] = number
        if kind in ("class", "exception"):
            self.space[name] = made
        return made

    def _hold(self, number: int, made: Any) -> Any:
        """What is kept of it: of a bound method its parts."""
        if type(made) is types.MethodType:
            owner: Any = made.__self__
            self._owners[number] = owner
            made = made.__func__
        self._made[number] = made
        return made

    def mark(self, number: int, attributes: dict[str, Any]) -> None:
        """Gives a function the attributes that it has in the tests."""
        vars(self._made[number]).update(attributes)
        self._functions[number] = attributes
        if len(self._functions) > _MAX_WATCHED:
            del self._functions[next(iter(self._functions))]

    def watch_texts(self, number: int) -> None:
        """Has it noticed that the program names or documents a function of the tests."""
        self._texts[number] = texts_of(self._made[number])

    def mark_again(self, number: int, attributes: dict[str, Any], gone: list[str]) -> None:
        """Gives a function what the tests have set on it since, and takes what they deleted."""
        made = self._made.get(number)
        if made is not None:
            held = vars(made)
            held.update(attributes)
            for name in gone:
                held.pop(name, None)
            if number in self._functions:
                self._functions[number] = dict(held)

    def marked(self) -> list[tuple[int, dict[str, Any], list[str]]]:
        """Attributes that the program set on functions, and deleted, since they were told of last."""
        found = []
        for number, known in self._functions.items():
            made = self._made.get(number)
            held = vars(made) if made is not None else known
            if held != known:
                new = {name: one for name, one in held.items() if known.get(name, self) is not one}
                self._functions[number] = dict(held)
                found.append((number, new, [name for name in known if name not in held]))
        for number, texts in self._texts.items():
            told = texts_of(self._made[number]) if number in self._made else texts
            if told != texts:
                self._texts[number] = told
                found.append((number, dict(zip(TEXTS, told, strict=True)), []))
        return found

    def keep_error(self, error: BaseException) -> None:
        """Notes how the tests told of an error."""
        self._errors[id(error)] = _state(error)

    def is_changed(self, error: BaseException) -> bool:
        """Whether the program raised an error of the tests from another one, or put notes on it."""
        return self._errors.get(id(error)) != _state(error)

    def _error(self, kind: Any, arguments: list[Any]) -> BaseException:
        error: BaseException = kind.__new__(kind, *arguments)
        for base in kind.__mro__:
            if base.__module__ == "builtins":
                with contextlib.suppress(TypeError, ValueError):
                    base.__init__(error, *arguments)
                break
        error.args = tuple(arguments)
        return error


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
    return (yield from awaiting(ask, lambda _: number)(None))
