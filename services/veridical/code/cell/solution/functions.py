"""Functions of the tests as the solution sees them: with their parameters, and without their defaults."""

from __future__ import annotations

import functools
import types
from collections.abc import Callable
from typing import Any

# Asks the judge: (what, number, name, arguments, named arguments).
Ask = Callable[[str, int, str, tuple[Any, ...], dict[str, Any]], Any]


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


class Owner:
    """Stands for the object of the tests that a bound method of theirs belongs to."""

    __slots__ = ("__weakref__",)

    def __deepcopy__(self, _: Any) -> Owner:
        return self


def function(ask: Ask, number: int, name: str, parts: Any) -> Any:
    """A function of the tests."""

    def call(arguments: tuple[Any, ...], named: dict[str, Any]) -> Any:
        return ask("call", number, "", arguments, named)

    return forwarding(ask, lambda: number, name, parts, call)


def method(ask: Ask, number: int, name: str, parts: Any) -> types.MethodType:
    """A bound method of the tests: a function that takes its owner first, and that owner."""

    def call(arguments: tuple[Any, ...], named: dict[str, Any]) -> Any:
        return ask("call", number, "", arguments[1:], named)

    *before, rows, kind, space = parts
    rows = _ANY if rows is None else rows
    own = "_" * (1 + max((len(row[0]) for row in rows), default=0))
    parts = [*before, [[own, 0, False], *rows], kind, space]
    return types.MethodType(forwarding(ask, lambda: number, name, parts, call), Owner())


def forwarding(
    ask: Ask,
    number: Callable[[], int | None],
    name: str,
    parts: Any,
    call: Callable[[tuple[Any, ...], dict[str, Any]], Any],
) -> Any:
    """A function with the parameters that it is described by, which hands on what it is called with."""
    doc, qualified, module, annotations, rows, kind, space = parts

    def forward(values: dict[str, Any], rest: tuple[Any, ...], named: dict[str, Any]) -> Any:
        arguments: list[Any] = []
        for key in positional:
            if type(values[key]) is Absent:
                break
            arguments.append(values.pop(key))
        named.update((key, one) for key, one in values.items() if type(one) is not Absent)
        return call((*arguments, *rest), named)

    positional = [row[0] for row in rows or _ANY if row[1] < _REST]
    defaults = {row[0]: default_of(ask, number, row[0], row[2]) for row in rows or ()}
    made: Any = _maker(_source(rows or _ANY, kind))(forward, defaults)
    if space is not None:
        plain, made = (
            made,
            types.FunctionType(made.__code__, space, name, made.__defaults__, made.__closure__),
        )
        made.__kwdefaults__ = plain.__kwdefaults__
    made.__name__ = name
    made.__qualname__ = qualified or name
    made.__doc__, made.__module__ = doc, module
    made.__annotations__ = annotations
    return made


def default_of(
    ask: Ask, number: Callable[[], int | None], name: str, given: bool | None
) -> Absent | None:
    """What a parameter or field shows as its default: None if it is that."""
    return None if given is None else Absent(ask, number, name)


_BODIES = {
    "": ("", "return {asked}"),
    "coroutine": ("async ", "return await {asked}"),
    "generator": ("", "return (yield from {asked})"),
    "async generator": (
        "async ",
        "{inner} = {asked}\n  try:\n   async for one in {inner}: yield one\n  finally: await {inner}.aclose()",
    ),
}
"""How a function of each kind hands on what it is asked."""
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
    asked = f"{forward}({{{', '.join(values)}}}, {rest}, {named})"
    start, body = _BODIES[kind]
    return (
        f"def make({forward}, {defaults}):\n"
        f" {start}def call({', '.join(parameters)}):\n"
        f"  {body.format(asked=asked, inner=defaults)}\n"
        f" return call\n"
    )


@functools.lru_cache(maxsize=256)
def _maker(source: str) -> Any:
    made: dict[str, Any] = {}
    exec(source, made)  # noqa: S102 - nothing but names comes from the tests
    return made["make"]
