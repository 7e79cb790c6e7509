"""The tests' own objects as a solution may use them: what it asks of them is answered here.

Functions can be called and no more. Other objects give their public attributes and a closed list of
special methods. Nothing that leads into the judge is given: no module, frame, code or test case, and no
attribute that a mock decides its own assertions by.
"""

from __future__ import annotations

import copy
import functools
import keyword
import sys
import types
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from veridical.code.cell.dunders import CALLBACK_DUNDERS
from veridical.code.cell.judge import classes
from veridical.code.cell.judge.classes import MirrorClass
from veridical.code.cell.judge.described import awaited, describe, fields_of
from veridical.code.cell.judge.faults import NeedsShared, SolutionGone
from veridical.code.cell.judge.functions import Function
from veridical.code.cell.judge.library import REAL, found, is_library, is_real
from veridical.code.cell.values.content import MUTABLE, READERS, base_of, rewrite
from veridical.code.cell.values.plain import Encoder, Tree, ViolationError
from veridical.code.cell.values.table import BY_TYPE, encode_entry

if TYPE_CHECKING:
    from veridical.code.cell.judge.link import Link

_INTERNAL = ("gi_", "f_", "tb_", "cr_", "ag_", "co_", "func_")
_MOCK_CONTROLS = frozenset(
    {
        *("side_effect", "return_value", "mock_calls", "method_calls", "call_args", "called"),
        *("call_args_list", "call_count", "await_args", "await_args_list", "await_count"),
        *("reset_mock", "configure_mock", "attach_mock", "mock_add_spec", "__init__"),
    }
)
_FUNCTIONS = (
    types.FunctionType,
    types.MethodType,
    types.BuiltinFunctionType,
    types.MethodWrapperType,
    types.MethodDescriptorType,
    types.WrapperDescriptorType,
    functools.partial,
    type(functools.lru_cache(lambda: None)),
)
_REFUSED = (types.FrameType, types.CodeType)
_OF_ERRORS = frozenset({"obj", "with_traceback", "add_note"})
"""What leads from an error to the tests' objects."""
_MAX_FRAMES = 64
_UNHELD = 3
"""References to a value that was made to be read: no test could see a change to it."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What the solution is told."""

    status: str
    tree: Tree
    changed: list[Any] = field(default_factory=list)


class Callbacks:
    """The table of the tests' objects that a solution was given.

    Args:
        link: The conversation with it.
    """

    def __init__(self, link: Link) -> None:
        self._link = link
        self._objects: list[Any] = []
        self._numbers: dict[int, int] = {}
        self._lent: list[tuple[Any, Tree]] = []
        self._loans: dict[int, int] = {}
        self._methods: dict[tuple[int, int], int] = {}
        self.tuples: dict[tuple[str, tuple[str, ...]], Any] = {}

    def __getitem__(self, number: int) -> Any:
        if type(number) is not int or number < 0:
            raise ViolationError("an object of the tests without a number")
        return self._objects[number]

    def export(self, value: Any, encoder: Encoder) -> Tree:
        """The tree of a value that is not plain."""
        number = self._link.mirrors.number(value)
        if number is not None:
            return {"h": number}
        if isinstance(value, MirrorClass):
            return {"k": classes.info(value).number}
        if type(value) is Function:
            return {"h": value.fetched()._number_}
        known = self._known(value)
        if known is not None:
            return {"j": known}
        named = _name_of(value)
        if named is not None:
            return {"g": named}
        if isinstance(value, type):
            return self._class(value)
        entry = encode_entry(value, encoder)
        if entry is not None:
            return entry
        if isinstance(value, types.TracebackType):
            return None
        return self._object(value, encoder)

    def _known(self, value: Any) -> int | None:
        """The number of what was given before; a bound method is another object each time."""
        if isinstance(value, types.MethodType):
            return self._methods.get((id(value.__self__), id(value.__func__)))
        return self._numbers.get(id(value))

    def answer(self, content: Any, decode: Callable[[Tree], Any]) -> Reply:
        """What a request of the solution gives.

        Raises:
            ViolationError: It is no request.
            SolutionGone: The solution ended while it was answered.
        """
        what, number, name, trees, named_trees, frames = content
        if type(name) is not str or not set(map(type, frames)) <= {str}:
            raise ViolationError("an attribute is named by text")
        arguments = [decode(tree) for tree in trees]
        named = {str(key): decode(tree) for key, tree in named_trees}
        given = [*arguments, *named.values()]
        before: list[Tree] = [None] * len(given)
        try:
            holder = self[number]
            before = [self._link.encode(one) if _is_mutable(one) else None for one in given]
            value = _under(
                frames[:_MAX_FRAMES],
                self._link.path,
                lambda: self._carry_out(what, holder, name, arguments, named),
            )
            status, tree = "ok!", self._told(value)
            tree = self._lend(value, tree) if what == "get" else tree
        except (SolutionGone, NeedsShared, ViolationError):
            raise
        except AssertionError:
            # Its text would tell what the tests expect.
            status, tree = "err!", self._link.encode(AssertionError())
        except BaseException as error:
            status, tree = "err!", self._told(error)
        return Reply(status, tree, self._changed(given, before))

    def _told(self, value: Any) -> Tree:
        """The tree of an answer; what cannot cross is an error to who asked for it, and no more."""
        needs = self._link.needs
        try:
            return self._link.encode(value)
        except NeedsShared as refused:
            self._link.needs = needs
            return self._link.encode(AttributeError(str(refused)))

    def _changed(self, given: list[Any], before: list[Tree]) -> list[Any]:
        """Place and tree of each argument that the tests changed in place."""
        return [
            [place, tree]
            for place, (one, old) in enumerate(zip(given, before, strict=True))
            if old is not None and (tree := self._link.encode(one)) != old
        ]

    def _lend(self, value: Any, tree: Tree) -> Tree:
        """What an object holds, so that the solution can change it in place."""
        is_held = sys.getrefcount(value) > _UNHELD
        if not (self._link.tracks and is_held and _is_mutable(value)):
            return tree
        number = self._loans.setdefault(id(value), len(self._lent))
        if number == len(self._lent):
            self._lent.append((value, tree))
        elif self._lent[number][1] == tree:
            return {"l": [number, None]}
        else:
            self._lent[number] = value, tree
        return {"l": [number, tree]}

    def take_back(self, changes: Any, decode: Callable[[Tree], Any]) -> None:
        """Makes the solution's changes to what it was lent.

        Raises:
            ViolationError: It was lent no such thing.
        """
        for number, tree in changes:
            if type(number) is not int or not 0 <= number < len(self._lent):
                raise ViolationError("what was never lent")
            value, _ = self._lent[number]
            rewrite(value, decode(tree))
            self._lent[number] = value, self._link.encode(value)

    def end_loans(self) -> None:
        """Nothing is lent any more: a call is through."""
        self._lent.clear()
        self._loans.clear()

    def _carry_out(
        self, what: str, holder: Any, name: str, arguments: list[Any], named: dict[str, Any]
    ) -> Any:
        if what == "call":
            return holder(*arguments, **named)
        if what == "await":
            return awaited(holder)
        if what in ("copy", "deepcopy") and _is_own(type(holder)):
            return getattr(copy, what)(holder)
        if what == "vars":
            return {
                name: one
                for name, one in vars(holder).items()
                if not name.startswith(("_", *_INTERNAL)) and _is_own(type(holder))
            }
        _check_attribute(holder, name)
        if what == "special" and name in CALLBACK_DUNDERS:
            return getattr(holder, name)(*arguments, **named)
        if what == "get":
            return getattr(holder, name)
        if what == "set":
            if isinstance(holder, type) or callable(getattr(holder, name, None)):
                raise AttributeError(f"{name} cannot be replaced")
            return setattr(holder, name, *arguments)
        raise ViolationError("a request beyond the list")

    def _class(self, kind: type) -> Tree:
        if kind in REAL or (kind.__module__ == "builtins" and issubclass(kind, BaseException)):
            return {"n": kind.__name__}
        if issubclass(kind, BaseException):
            bases = [
                self._class_of(base) for base in kind.__bases__ if issubclass(base, BaseException)
            ]
            return self._exported(kind, "exception", kind.__name__, [], bases)
        if not _is_own(kind):
            return self._exported(kind, "object", kind.__name__, ["__call__"], None)
        bases = [self._class_of(base) for base in kind.__bases__ if _is_own(base)]
        return self._exported(kind, "class", kind.__name__, _special(kind), bases)

    def _object(self, value: Any, encoder: Encoder) -> Tree:
        kind = type(value)
        if isinstance(value, _FUNCTIONS):
            return self._exported(
                value, "function", getattr(value, "__name__", "f"), [], describe(value, encoder)
            )
        if isinstance(value, BaseException):
            arguments = [encoder(argument) for argument in value.args]
            own = [
                [name, encoder(one)]
                for name, one in fields_of(value)
                if type(one) in REAL or isinstance(one, (list, tuple, dict))
            ]
            return self._exported(
                value, "error", kind.__name__, [], [self._class_of(kind), arguments, own]
            )
        base = base_of(kind)
        if base is not None:
            content = encoder(READERS[base](value))
            if base is tuple and hasattr(kind, "_fields"):
                self.tuples[kind.__name__, tuple(kind._fields)] = kind
                return {"N": [kind.__name__, list(kind._fields), content]}
            return content
        entry = next((BY_TYPE[parent] for parent in kind.__mro__ if parent in BY_TYPE), None)
        if entry is not None:
            return {"v": [entry.name, encoder.sequence(entry.parts(value))]}
        if isinstance(value, (types.ModuleType, *_REFUSED)) or _is_test_case(value):
            raise self._link.needs_shared(f"a {kind.__name__} is passed to the program")
        if _is_own(kind):
            return self._exported(value, "instance", kind.__name__, [], self._class_of(kind))
        return self._exported(value, "object", kind.__name__, _special(kind), None)

    def _class_of(self, kind: type) -> Tree:
        if id(kind) in self._numbers:
            return {"j": self._numbers[id(kind)]}
        if isinstance(kind, MirrorClass):
            return {"k": classes.info(kind).number}
        named = None if kind.__module__ == "builtins" else _name_of(kind)
        return self._class(kind) if named is None else {"g": named}

    def _exported(self, value: Any, kind: str, name: str, special: list[str], parts: Any) -> Tree:
        self._objects.append(value)
        number = self._numbers[id(value)] = len(self._objects) - 1
        if isinstance(value, types.MethodType):
            self._methods[id(value.__self__), id(value.__func__)] = number
        return {"J": [number, kind, name, special, parts]}


def _under(frames: list[str], path: str, answer: Callable[[], Any]) -> Any:
    """Answers under frames with the names of the solution's functions: some tests look at them."""
    for name in reversed(frames):
        if name.isidentifier() and not keyword.iskeyword(name):
            code = compile(f"def {name}(answer): return answer()", path, "exec")
            scope: dict[str, Any] = {}
            exec(code, scope)  # noqa: S102 - nothing but a name comes from the solution
            answer = functools.partial(scope[name], answer)
    return answer()


def _special(kind: type) -> list[str]:
    return [name for name in (*CALLBACK_DUNDERS, "__await__") if _has(kind, name)]


def _is_own(kind: type) -> bool:
    """Whether the tests define this class, for objects: no exceptions, mocks or cases."""
    unittest = sys.modules.get("unittest")
    return (
        not is_library(kind.__module__)
        and kind.__module__ not in ("builtins", "unittest.mock")
        and not isinstance(kind, MirrorClass)
        and not issubclass(kind, BaseException)
        and not (unittest is not None and issubclass(kind, unittest.TestCase))
    )


def _is_mutable(value: Any) -> bool:
    kind = type(value)
    return kind in MUTABLE or (kind.__module__ == "numpy" and kind.__name__ == "ndarray")


def _has(kind: type, name: str) -> bool:
    found = getattr(kind, name, None)
    return found is not None and found is not getattr(object, name, None)


def _is_test_case(value: Any) -> bool:
    unittest = sys.modules.get("unittest")
    return unittest is not None and isinstance(value, unittest.TestCase)


def _is_class_member(kind: type, name: str) -> bool:
    """Whether a class of the tests gives this itself: what its instances do needs one of the tests'."""
    held = next((vars(base)[name] for base in kind.__mro__ if name in vars(base)), None)
    return _is_own(kind) and held is not None and not isinstance(held, (*_FUNCTIONS, property))


def _check_attribute(holder: Any, name: str) -> None:
    is_special = name in CALLBACK_DUNDERS
    if not is_special and name.startswith(("_", *_INTERNAL)):
        raise AttributeError(name)
    is_closed = isinstance(holder, type) and not _is_class_member(holder, name)
    if isinstance(holder, _FUNCTIONS) or (is_closed and name != "__call__"):
        raise AttributeError(name)
    if isinstance(holder, BaseException) and name in _OF_ERRORS:
        raise AttributeError(name)
    mock = sys.modules.get("unittest.mock")
    is_control = name in _MOCK_CONTROLS or name.startswith("assert")
    if is_control and mock is not None and isinstance(holder, mock.NonCallableMock):
        raise AttributeError(name)


def _name_of(value: Any) -> str | None:
    """Module and path of what the standard library (or numpy) defines, if it is found there."""
    if isinstance(value, types.ModuleType):
        return f"{value.__name__}:" if is_library(value.__name__) else None
    if not isinstance(value, (type, *_FUNCTIONS)) and type(value).__name__ != "ufunc":
        return None
    module = getattr(value, "__module__", None)
    path = getattr(value, "__qualname__", None) or getattr(value, "__name__", None)
    if type(module) is not str or type(path) is not str:
        if type(value).__name__ != "ufunc":
            return None
        module, path = "numpy", value.__name__
    if not is_library(module) or (isinstance(value, type) and is_real(value)):
        return None
    return f"{module}:{path}" if found(module, path) is value else None
