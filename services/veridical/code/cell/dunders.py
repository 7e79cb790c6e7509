"""The closed list of special methods that cross, and the operations that stand for them."""

from __future__ import annotations

import copy
import math
import operator
import re
import types
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
    "length_hint": _remote("__length_hint__"),
    "aiter": _remote("__aiter__"),
    "anext": _remote("__anext__"),
    "fspath": _remote("__fspath__"),
    "call": _invoke,
}
# What an attribute of a class is asked, where that class is the tests' own.
DESCRIPTORS: dict[str, Callable[..., Any]] = {
    f"descriptor_{name}": _remote(f"__{name}__") for name in ("get", "set", "delete", "set_name")
}
_OF_OPERATORS = (*ARITHMETIC, *(f"r{name}" for name in ARITHMETIC), *IN_PLACE)
METHODS = {f"method_{name}": _remote(f"__{name}__") for name in _OF_OPERATORS}
"""What an operator asks the class of one operand, which may not know the other."""
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
    **METHODS,
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
_DUNDER = re.compile(r"\b__[A-Za-z]\w*__\b")
_OF_PYTHON = re.compile(
    r"__(array|unittest|pytest|dataclass|abstract|hypothesis|get|set|reduce|buffer|init|del)"
)
_BUILTIN = (
    *(object, type, types.FunctionType, types.MethodType, types.ModuleType, types.GeneratorType),
    *(types.CoroutineType, types.AsyncGeneratorType, types.GenericAlias, classmethod, property),
    *(int, float, complex, str, bytes, bytearray, memoryview, list, dict, set, Exception),
)
_SPECIAL = (
    DUNDERS
    | {name for kind in _BUILTIN for name in dir(kind)}
    | frozenset(
        {
            *("__await__", "__path__", "__file__", "__cached__", "__builtins__", "__main__"),
            *("__weakref__", "__slots__", "__bases__", "__mro__", "__wrapped__", "__signature__"),
            *("__post_init__", "__match_args__", "__orig_bases__", "__class_getitem__"),
            *("__prepare__", "__copy__", "__deepcopy__", "__test__", "__tracebackhide__"),
            *("__length_hint__", "__bytes__", "__notes__", "__members__", "__instancecheck__"),
            *("__import__", "__debug__", "__future__", "__all__", "__next_in_mro__"),
        }
    )
)
# What the interpreter, libraries and the runtime itself leave on classes, objects, functions and modules.
_LEFT = frozenset(
    {
        *("__orig_class__", "__type_params__", "__static_attributes__", "__firstlineno__"),
        *("__classcell__", "__classdict__", "__total__", "__required_keys__", "__optional_keys__"),
        *("__readonly_keys__", "__mutable_keys__", "__protocol_attrs__", "__supertype__"),
        *("__non_callable_proto_members__", "__final__", "__override__", "__deprecated__"),
        *("__no_type_check__", "__conform__", "__adapt__", "__replace__", "__subclasses__"),
        *("__objclass__", "__self_class__", "__thisclass__", "__callback__", "__new_member__"),
        *("__spec__", "__loader__", "__package__", "__warningregistry__", "__expired_attributes__"),
        *("__stdin__", "__stdout__", "__stderr__", "__info__", "__reference__"),
    }
)


def mentioned(text: str) -> set[str]:
    """Names with double underscores in a text that are none of the interpreter's."""
    return {name for name in _DUNDER.findall(text) if not _OF_PYTHON.match(name)} - _SPECIAL


def is_chosen(name: str) -> bool:
    """Whether somebody made up this name with double underscores: as any other attribute, it means nothing to Python."""
    is_dunder = name.startswith("__") and _DUNDER.fullmatch(name) is not None
    return is_dunder and not (_OF_PYTHON.match(name) or name in _SPECIAL or name in _LEFT)


def is_private(name: str) -> bool:
    """Whether a name begins with an underscore, and is not of that kind."""
    return name.startswith("_") and not is_chosen(name)
