"""Functions of a solution as its tests see them."""

from __future__ import annotations

import contextlib
import types
from typing import TYPE_CHECKING, Any

from veridical.code.cell.judge import sources
from veridical.code.cell.judge.library import is_case

if TYPE_CHECKING:
    from veridical.code.cell.judge.proxy.link import Link

# What only reading the program itself could answer.
_SOURCE = frozenset({"__globals__", "__closure__"})
_SIGNATURE = frozenset(
    {
        *("co_flags", "co_name", "co_argcount", "co_varnames"),
        *("co_kwonlyargcount", "co_posonlyargcount"),
    }
)


_OWN = frozenset(
    {
        *("_link_", "_number_", "_attribute_", "_binds_", "_kind_"),
        *("_hint_", "_texts_"),
    }
)
_TEXTS = ("__name__", "__qualname__", "__doc__", "__module__")
"""What a function says of itself."""


class _Code:
    """What a function's code object says of its signature."""

    def __init__(self, function: Function) -> None:
        self._function = function

    def __getattr__(self, name: str) -> Any:
        link = self._function._link_
        if name.startswith("_"):
            raise AttributeError(name)
        if name not in _SIGNATURE:
            raise link.needs_shared(f"reads {name} of the program")
        return link.operate("code", self._function.fetched(), name)


def _parameter_kinds(inspect: Any) -> tuple[Any, ...]:
    one = inspect.Parameter
    return (
        one.POSITIONAL_ONLY,
        one.POSITIONAL_OR_KEYWORD,
        one.VAR_POSITIONAL,
        one.KEYWORD_ONLY,
        one.VAR_KEYWORD,
    )


def settle(link: Link, name: str) -> None:
    """Has methods of that name stay what they are now: the attribute is about to be another one."""
    for function in list(link.handed.values()):
        if function._attribute_ == name:
            with contextlib.suppress(Exception):  # its holder has none
                function._number_, function._attribute_ = function.fetched()._number_, None


def signature_of(link: Link, holder: Any) -> Any:
    """The signature of a function or class of the solution.

    Raises:
        ValueError: It has none.
    """
    import inspect  # only few tests ask

    link.mirrors.tells_signature = True
    try:
        rows, returned = link.operate("signature", holder)
    finally:
        link.mirrors.tells_signature = False
    try:
        parameters = [
            inspect.Parameter(name, _parameter_kinds(inspect)[kind], **given)
            for name, kind, given in rows
        ]
        return inspect.Signature(parameters, **returned)
    except (TypeError, ValueError, IndexError) as fault:
        raise ValueError("no signature") from fault


_ASKED = frozenset(
    {
        *("__defaults__", "__kwdefaults__", "__annotations__", "__self__", "__wrapped__"),
        *("__isabstractmethod__", "__func__"),
    }
)


class Function:
    """A function, or a method fetched by name; calling it is one round trip."""

    def __init__(self, link: Link, number: int, attribute: str | None, name: str) -> None:
        self._link_ = link
        self._number_ = number
        self._attribute_ = attribute
        self._binds_ = False
        self._kind_: type = types.FunctionType
        self._hint_ = name
        self._texts_: dict[str, str | None] = {}
        if attribute is not None:
            link.handed[id(self)] = self

    def __call__(self, /, *arguments: Any, **named: Any) -> Any:
        """What the function gives."""
        return self._link_.call(self._number_, self._attribute_, arguments, named)

    def tell(self, texts: list[str | None]) -> None:
        """Hears what the function says of itself by now."""
        self._texts_.update(zip(_TEXTS, texts, strict=True))

    __name__ = property(lambda self: text_of(self, "__name__"))

    # isinstance(f, FunctionType) holds as it would in one interpreter.
    __class__ = property(lambda self: self._kind_)

    @property
    def __dict__(self) -> Any:  # type: ignore[override]
        return self._link_.operate("get", self.fetched(), "__dict__")

    @property
    def __signature__(self) -> Any:
        return signature_of(self._link_, self.fetched())

    def __getattr__(self, name: str) -> Any:
        if name == "__code__":
            return _Code(self)
        if name in _SOURCE and self._link_.mentions & sources.OF_SOURCE:
            raise self._link_.needs_shared(f"reads {name} of the program")
        if name.endswith("_") and name.startswith("_"):
            return self._hidden(name)
        return self._link_.operate("get", self.fetched(), name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name in _OWN:
            object.__setattr__(self, name, value)
            return
        self._link_.operate("set", self.fetched(), name, value)
        self._texts_.pop(name, None)

    def __dir__(self) -> list[str]:
        return [name for name in dir(types.FunctionType) if name not in _SOURCE]

    def __get__(self, holder: Any, kind: Any = None) -> Any:
        """A function of the program in a class of the tests is a method there."""
        if not self._binds_ or holder is None:
            return self
        if not is_case(type(holder)):
            return types.MethodType(self, holder)
        # A decorated test hands its instance on; what that holds is no affair of the program.
        return types.MethodType(self, self._link_.callbacks.hidden(holder))

    def __eq__(self, other: object) -> bool:
        if type(other) is not Function or self._hint_ != other._hint_:
            return False
        if (self._number_, self._attribute_) == (other._number_, other._attribute_):
            return True
        return self._link_.operate("eq", self.fetched(), other.fetched()) is True

    def __hash__(self) -> int:
        return hash(self._hint_)

    def __copy__(self) -> Function:
        return self

    def __deepcopy__(self, memo: Any) -> Function:
        return self

    def __repr__(self) -> str:
        return f"<function {self._texts_.get('__qualname__') or self._hint_}>"

    def _hidden(self, name: str) -> Any:
        if name == "__qualname__":
            return text_of(self, name)
        if name in _ASKED | self._link_.mentions:
            return self._link_.operate("get", self.fetched(), name)
        raise AttributeError(name)

    def fetched(self) -> Function:
        """The function as a handle of its own."""
        if self._attribute_ is None:
            return self
        holder = Function(self._link_, self._number_, None, "holder")
        fetched: Function = self._link_.operate("get", holder, self._attribute_)
        return fetched


def text_of(function: Function, name: str) -> str | None:
    """What a function says of itself under a name; a method is asked for that.

    Raises:
        AttributeError: It has no such name.
    """
    texts = function._texts_
    if name not in texts:
        found = function._link_.operate("get", function.fetched(), name)
        texts[name] = found if type(found) is str else None
    if texts[name] is None and name in ("__name__", "__qualname__"):
        raise AttributeError(name)
    return texts[name]


class _Module(str):
    """The module of the class; a function of the solution has one of its own, which a method is asked for."""

    __slots__ = ()

    def __get__(self, holder: Any, kind: Any = None) -> Any:
        return self if holder is None else text_of(holder, "__module__")


# A function's, not those of the class above.
type.__setattr__(Function, "__doc__", property(lambda function: text_of(function, "__doc__")))
type.__setattr__(Function, "__module__", _Module(__name__))
