"""The closed list of special methods that cross, and the operations that stand for them."""

from __future__ import annotations

import copy
import math
import operator
from collections.abc import Callable
from typing import Any


def _exit(manager: Any, *details: Any) -> Any:
    return type(manager).__exit__(manager, *details)


def _enter(manager: Any) -> Any:
    return type(manager).__enter__(manager)


def _remote(name: str) -> Callable[..., Any]:
    def call(holder: Any, *arguments: Any) -> Any:
        return getattr(type(holder), name)(holder, *arguments)

    return call


def _array(held: Any) -> Any:
    """The plain array that stands for an object; one of objects as its shape and members."""
    made = type(held).__array__(held)
    return (made.shape, list(made.flat)) if made.dtype.kind == "O" else made


def _invoke(function: Any, *arguments: Any) -> Any:
    return function(*arguments)


ARITHMETIC: dict[str, Callable[..., Any]] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "truediv": operator.truediv,
    "floordiv": operator.floordiv,
    "mod": operator.mod,
    "divmod": divmod,
    "pow": pow,
    "lshift": operator.lshift,
    "rshift": operator.rshift,
    "and": operator.and_,
    "or": operator.or_,
    "xor": operator.xor,
    "matmul": operator.matmul,
}
IN_PLACE: dict[str, Callable[..., Any]] = {
    "iadd": operator.iadd,
    "isub": operator.isub,
    "imul": operator.imul,
    "itruediv": operator.itruediv,
    "ifloordiv": operator.ifloordiv,
    "imod": operator.imod,
    "ipow": operator.ipow,
    "ilshift": operator.ilshift,
    "irshift": operator.irshift,
    "iand": operator.iand,
    "ior": operator.ior,
    "ixor": operator.ixor,
    "imatmul": operator.imatmul,
}
COMPARISONS: dict[str, Callable[..., Any]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
}
# Conversions give a plain value: they are refused on what arithmetic with the judge's values made.
CONVERSIONS: dict[str, Callable[..., Any]] = {
    "int": int,
    "float": float,
    "complex": complex,
    "index": operator.index,
    "bool": bool,
    "round": round,
    "trunc": math.trunc,
    "floor": math.floor,
    "ceil": math.ceil,
    "abs": abs,
    "array": _array,
}
PLAIN: dict[str, Callable[..., Any]] = {
    "neg": operator.neg,
    "pos": operator.pos,
    "invert": operator.invert,
    "len": len,
    "hash": hash,
    "str": str,
    "repr": repr,
    "format": format,
    "bytes": bytes,
    "getitem": operator.getitem,
    "setitem": operator.setitem,
    "delitem": operator.delitem,
    "contains": operator.contains,
    "missing": _remote("__missing__"),
    "iter": iter,
    "next": next,
    "reversed": reversed,
    "enter": _enter,
    "exit": _exit,
    "aenter": _remote("__aenter__"),
    "aexit": _remote("__aexit__"),
    "aiter": _remote("__aiter__"),
    "anext": _remote("__anext__"),
    "fspath": _remote("__fspath__"),
    "call": _invoke,
}
# What an attribute of a class is asked, where that class is the tests' own.
DESCRIPTORS: dict[str, Callable[..., Any]] = {
    f"descriptor_{name}": _remote(f"__{name}__") for name in ("get", "set", "delete", "set_name")
}
# These work on every object, whether or not its class says so.
ALWAYS: dict[str, Callable[..., Any]] = {
    "copy": copy.copy,
    "deepcopy": lambda held, *_: copy.deepcopy(held),
    "dir": dir,
}
OPERATIONS: dict[str, Callable[..., Any]] = {
    **ARITHMETIC,
    **IN_PLACE,
    **COMPARISONS,
    **CONVERSIONS,
    **PLAIN,
    **DESCRIPTORS,
    **ALWAYS,
}
DUNDERS = frozenset(
    f"__{name}__"
    for name in (
        *ARITHMETIC,
        *(f"r{name}" for name in ARITHMETIC),
        *IN_PLACE,
        *COMPARISONS,
        *CONVERSIONS,
        *PLAIN,
        *(name.removeprefix("descriptor_") for name in DESCRIPTORS),
    )
)
# Of a test's own object only these cross: what is asked of it is answered by the test.
CALLBACK_DUNDERS = frozenset(
    f"__{name}__"
    for name in (
        *("enter", "exit", "aenter", "aexit", "aiter", "anext"),
        *("iter", "next", "len", "getitem", "setitem"),
        *(
            "init",
            "delitem",
            "hash",
            *COMPARISONS,
            *ARITHMETIC,
            *(f"r{name}" for name in ARITHMETIC),
            *IN_PLACE,
            *("neg", "pos", "abs", "invert", "reversed", "format", "missing"),
            *("round", "trunc", "floor", "ceil", "complex", "bytes"),
            "contains",
            "call",
            "str",
            "repr",
            "bool",
            "int",
            "float",
            "index",
            "fspath",
        ),
    )
)
