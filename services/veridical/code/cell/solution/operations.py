"""The operations that a judge may ask of a solution, carried out with real values."""

from __future__ import annotations

import builtins
import gc
import sys
import typing
from collections import abc
from typing import Any

from veridical.code.cell.dunders import COMPARISONS, OPERATIONS
from veridical.code.cell.solution.exports import Exports
from veridical.code.cell.values.content import READERS, base_of
from veridical.code.cell.values.plain import Tree
from veridical.code.cell.waiting import Waiting

_SLOTS = frozenset({"__dict__", "__weakref__"})
"""What a class has for its instances' sake."""


class Operations:
    """Carries operations out.

    Args:
        module: The namespace of the loaded program.
        exports: The table of what was handed out.
        is_imported: Whether tests import it, and do not stand in one file with it.

    Attributes:
        waiting: Where the program's awaitables run.
    """

    def __init__(self, module: dict[str, Any], exports: Exports, *, is_imported: bool) -> None:
        self._module = module
        self._is_imported = is_imported
        self._exports = exports
        self.waiting = Waiting()

    def run(self, name: str, arguments: list[Any]) -> Any:
        """The value of operation `name`.

        Raises:
            BaseException: Whatever the program raised.
        """
        operation = OPERATIONS.get(name)
        if operation is not None:
            return operation(*arguments)
        return getattr(self, f"_op_{name}")(*arguments)

    def names(self, names: list[str]) -> Tree:
        """A tree for each of the names that the program defines."""
        tell, imported = self._exports.followed.tell, self._as_imported()
        if (
            not self._is_imported
            or imported is None
            or getattr(imported, "__dict__", None) is self._module
        ):
            module = self._module
        else:  # it has put something else in its place
            module = {name: getattr(imported, name) for name in names if hasattr(imported, name)}
        return {name: tell(module[name]) for name in names if name in module}

    def public(self) -> list[str]:
        """The names that `import *` of the program gives."""
        listed = self._module.get("__all__")
        if listed is not None:
            return [name for name in listed if type(name) is str]
        return [name for name in self._module if not name.startswith("_")]

    def _op_made(self, name: str) -> Any:
        """What the module says of a name that it does not define."""
        return getattr(self._as_imported(), name)

    def _op_listed(self) -> list[str]:
        """The names that the module has, by its own account."""
        return [name for name in dir(self._as_imported()) if not name.startswith("__")]

    def _as_imported(self) -> Any:
        return sys.modules.get(self._module["__name__"])

    def _op_get(self, holder: Any, name: str) -> Any:
        return getattr(holder, name)

    def _op_set(self, holder: Any, name: str, value: Any) -> None:
        self._exports.changes.touch(holder)
        setattr(holder, name, value)

    def _op_del(self, holder: Any, name: str) -> None:
        self._exports.changes.touch(holder)
        delattr(holder, name)

    def _op_bind(self, kind: type, name: str, get: Any, put: Any, drop: Any) -> None:
        self._exports.changes.touch(kind)
        methods = {"__get__": get, "__set__": put, "__delete__": drop}
        members = {slot: _method(one) for slot, one in methods.items() if one is not None}
        setattr(kind, name, type("property", (), members)())

    def _op_put(self, name: str, value: Any) -> None:
        self._module[name] = value

    def _op_drop(self, name: str) -> None:
        del self._module[name]

    def _op_run(self, text: str, is_value: bool, given: Any) -> tuple[Any, dict[str, Any]]:
        space = dict(self._module if given is None else given)
        before = dict(space)
        space["__builtins__"] = builtins
        code = compile(text, "<string>", "eval" if is_value else "exec")
        value = eval(code, space)  # noqa: S307 - this is what a cell is for
        return value, {
            name: one
            for name, one in space.items()
            if name != "__builtins__" and before.get(name, space) is not one
        }

    def _op_content(self, value: Any, name: str) -> Any:
        from veridical.code.cell.solution import rules  # few programs have such

        return rules.content(value, name)

    def _op_agrees(self, value: Any, name: str) -> tuple[bool, bool]:
        """Whether what derives from a plain class compares as what it holds, and calculates so."""
        from veridical.code.cell.solution import rules

        if name not in COMPARISONS:
            return (rules.calculates(value, name),) * 2
        base = base_of(type(value))
        return rules.agreement(value, READERS[base](value), name) if base else (False, False)

    def _op_resembling(self, value: Any) -> list[tuple[Any, bool]]:
        """Whether an object says to equal what it is made of."""
        from veridical.code.cell.solution import rules

        return rules.resembling(value)

    def _op_inherits(self, value: Any, name: str) -> bool:
        """Whether a set compares as the library's do."""
        method = f"__{name}__"
        return getattr(type(value), method) is getattr(abc.Set, method)

    def _op_vars(self, kind: type) -> tuple[tuple[str, Any], ...]:
        return tuple((name, one) for name, one in vars(kind).items() if name not in _SLOTS)

    def _op_isinstance(self, value: Any, kind: Any) -> bool:
        return isinstance(value, kind)

    def _op_issubclass(self, kind: Any, base: Any) -> bool:
        return issubclass(kind, base)

    def _op_signature(self, function: Any) -> tuple[list[Any], dict[str, Any]]:
        import inspect  # asked for by few tests, and slow to import

        found = inspect.signature(function)
        rows = [
            (one.name, int(one.kind), {**_given("default", one), **_given("annotation", one)})
            for one in found.parameters.values()
        ]
        return rows, _given("return_annotation", found)

    def _op_fields(self, holder: Any) -> list[Any]:
        import dataclasses

        if not hasattr(holder, "__dataclass_fields__"):
            raise AttributeError("__dataclass_fields__")
        return [(one.name, _parts(one, dataclasses.MISSING)) for one in dataclasses.fields(holder)]

    def _op_hints(self, holder: Any, include_extras: bool) -> Any:
        return typing.get_type_hints(holder, include_extras=include_extras)

    def _op_code(self, function: Any, name: str) -> Any:
        code = getattr(getattr(function, "__func__", function), "__code__", None)
        # What has no code has no flags either: a builtin is no coroutine function.
        return getattr(code, name, 0)

    def _op_send(self, generator: Any, value: Any) -> Any:
        return generator.send(value)

    def _op_throw(self, generator: Any, error: Any) -> Any:
        return generator.throw(error)

    def _op_close(self, generator: Any) -> None:
        generator.close()

    def _op_await(self, awaitable: Any, seconds: float, name: str | None = None) -> tuple[Any, ...]:
        if name is not None:
            return self.waiting.step_named(awaitable, seconds, name)
        return self.waiting.step(awaitable, seconds)

    def _op_collect(self, *arguments: Any) -> int:
        return gc.collect(*arguments)

    def _op_sizeof(self, value: Any) -> int:
        return sys.getsizeof(value)

    def _op_turn(self) -> None:
        self.waiting.turn()

    def _op_handle(self, handler: Any) -> None:
        self.waiting.handle(handler)

    def _op_end(self, is_orderly: bool) -> None:
        self.waiting.end(is_orderly=is_orderly)

    def _op_cancel(self, awaitable: Any) -> None:
        self.waiting.cancel(awaitable)

    def _op_seed(self, library: str, arguments: tuple[Any, ...]) -> None:
        if library == "random":
            import random

            random.seed(*arguments)
        elif library in sys.modules:
            sys.modules[library].random.seed(*arguments)

    def _op_restore(self, library: str, state: Any) -> None:
        if library == "random":
            import random

            random.setstate(state)
        elif library in sys.modules:
            sys.modules[library].random.set_state(state)

    def _op_patch(self, module: str, path: list[str], value: Any) -> None:
        holder, name = _holder(module, path)
        setattr(holder, name, value)

    def _op_fetch(self, module: str, path: list[str]) -> Any:
        holder, name = _holder(module, path)
        return getattr(holder, name)


def _parts(holder: Any, missing: Any) -> dict[str, Any]:
    """What a field of a dataclass is made of; other versions have others."""
    names = [name for name in holder.__slots__ if not name.startswith("_")]
    found = {name: getattr(holder, name) for name in names}
    return {name: value for name, value in found.items() if value is not missing}


def _method(function: Any) -> Any:
    return lambda _, *arguments: function(*arguments)


def _given(name: str, holder: Any) -> dict[str, Any]:
    """What a signature or a parameter says under that name, if it does."""
    value = getattr(holder, name)
    return {} if value is holder.empty else {name: value}


def _holder(module: str, path: list[str]) -> tuple[Any, str]:
    __import__(module)
    holder: Any = sys.modules[module]
    for part in path[:-1]:
        holder = getattr(holder, part)
    return holder, path[-1]
