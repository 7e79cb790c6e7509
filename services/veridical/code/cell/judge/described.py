"""What the tests' functions, errors and awaitables say of themselves to a program that was given them."""

from __future__ import annotations

import asyncio
import inspect
import types
from typing import Any

from veridical.code.cell.values.plain import Encoder

_FIELDS = {
    OSError: ("filename", "filename2"),
    ImportError: ("name", "path"),
}


def fields_of(error: BaseException) -> list[tuple[str, Any]]:
    """What an exception holds beside its arguments."""
    own = [(name, one) for name, one in vars(error).items() if not name.startswith("_")]
    for kind, names in _FIELDS.items():
        if isinstance(error, kind):
            own += [
                (name, one) for name in names if (one := getattr(error, name, None)) is not None
            ]
    return own


def describe(function: Any, encoder: Encoder) -> list[Any]:
    """What a function of the tests says of itself: text, annotations and parameters, no defaults."""
    doc, qualified = getattr(function, "__doc__", None), getattr(function, "__qualname__", None)
    texts = [one if type(one) is str else None for one in (doc, qualified)]
    plain = getattr(function, "__func__", function)
    if type(plain) is not types.FunctionType:
        return [*texts, [], None, ""]
    code = plain.__code__
    is_bound = plain is not function
    count = code.co_argcount + code.co_kwonlyargcount
    names = list(
        code.co_varnames[
            : count
            + bool(code.co_flags & inspect.CO_VARARGS)
            + bool(code.co_flags & inspect.CO_VARKEYWORDS)
        ]
    )
    given = len(plain.__defaults__ or ()), sorted(plain.__kwdefaults__ or ())
    shape = [names, code.co_posonlyargcount, code.co_argcount, code.co_kwonlyargcount]
    annotations = [
        [name, encoder(one)]
        for name, one in plain.__annotations__.items()
        if one is None or isinstance(one, (str, type))
    ]
    kind = "async" if code.co_flags & inspect.CO_COROUTINE else ""
    return [
        *texts,
        annotations,
        [*shape, code.co_flags & (inspect.CO_VARARGS | inspect.CO_VARKEYWORDS), *given, is_bound],
        kind,
    ]


def awaited(awaitable: Any) -> Any:
    """What an awaitable of the tests gives, in a loop of its own: that of the tests is waiting."""

    async def whole() -> Any:
        return await awaitable

    running = asyncio._get_running_loop()  # noqa: SLF001 - there is no other way to set it aside
    asyncio._set_running_loop(None)  # noqa: SLF001
    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(whole())
    finally:
        loop.close()
        asyncio._set_running_loop(running)  # noqa: SLF001
