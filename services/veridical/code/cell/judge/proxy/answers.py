"""What a solution asks of the tests' own objects, answered as far as it may know.

Functions can be called and no more. Other objects give their public attributes and a closed list of
special methods; what the program itself put into one it may see again. Nothing that leads into the judge is
given: no module, frame, code or test case, and no attribute that a mock decides its own assertions by.
"""

from __future__ import annotations

import copy
import functools
import re
import sys
import types
import weakref
from typing import Any

from veridical.code.cell.dunders import CALLBACK_DUNDERS, is_chosen, is_private
from veridical.code.cell.judge.library import is_from_library
from veridical.code.cell.judge.proxy.classes import MirrorClass, info, is_mirror, is_own
from veridical.code.cell.judge.proxy.functions import Function
from veridical.code.cell.values.plain import ViolationError
from veridical.code.cell.waiting import Waiting

INTERNAL = ("gi_", "f_", "tb_", "cr_", "ag_", "co_", "func_")
_MOCK_CONTROLS = frozenset(
    {
        *("side_effect", "return_value", "mock_calls", "method_calls", "call_args", "called"),
        *("call_args_list", "call_count", "await_args", "await_args_list", "await_count"),
        *("reset_mock", "configure_mock", "attach_mock", "mock_add_spec", "__init__"),
    }
)
FUNCTIONS = (
    types.FunctionType,
    types.MethodType,
    types.BuiltinFunctionType,
    types.MethodWrapperType,
    types.MethodDescriptorType,
    types.WrapperDescriptorType,
    functools.partial,
    type(functools.lru_cache(lambda: None)),
)
"""What can be called, and no more."""
_OF_ERRORS = frozenset({"obj", "with_traceback", "add_note"})
"""What leads from an error to the tests' objects."""
_NAMES = frozenset({"__name__", "__qualname__"})
OF_TUPLES = frozenset({"_replace", "_asdict", "_fields"})
_OF_CALLS = frozenset({"args", "kwargs", "kwds", "keywords", "func", "function", "gen"})
"""What leads from an object of the library to what the tests call, and what with."""
_REACHING = {
    "multiprocessing": {"send_bytes"},
    "sqlite3": {
        *("set_trace_callback", "set_authorizer", "set_progress_handler", "create_collation"),
        *("enable_load_extension", "load_extension"),
    },
    "logging": {"findCaller"},
    "asyncio": {"print_stack", "get_stack"},
    "_asyncio": {"print_stack", "get_stack"},
    "string": {"format", "vformat", "get_field"},
}
"""What of a library's objects reaches beyond them: pickles, code, the tests' own statements, private attributes."""
_OPEN = frozenset({("argparse", "Namespace"), ("logging", "LogRecord")})
"""Classes of the library whose objects are nothing but their attributes."""
_OPENING = re.compile(r"\b(attach|vacuum|load_extension)\b", re.IGNORECASE)
_ROW = ("sqlite3", "Row")
_OF_CLASSES = (classmethod, staticmethod, types.ClassMethodDescriptorType)
"""Members of a class that are called without an instance."""
_NOTHING = object()
_OF_LOOPS = frozenset({"await", "cancel", "turn", "end"})
_TURN_SECONDS = 0.002


class Hidden:
    """An instance of a class that holds tests, which a program may hand on, and no more."""

    def __init__(self, instance: Any) -> None:
        self.instance = instance


class Answers:
    """Carries out requests, and remembers what the program put into the tests' objects.

    Attributes:
        waiting: Where awaitables of the tests run.
    """

    def __init__(self) -> None:
        self.waiting = Waiting()
        self._turning: weakref.WeakSet[Any] = weakref.WeakSet()
        self._put: dict[tuple[int, str], Any] = {}
        self._made: dict[int, Any] = {}
        self._bare: dict[int, Any] = {}

    def to(
        self, what: str, holder: Any, name: str, arguments: list[Any], named: dict[str, Any]
    ) -> Any:
        """What a request gives.

        Args:
            what: One of the requests below.
            holder: The object that is asked.
            name: The attribute or special method, for those that have one.
            arguments: What comes along.
            named: The same, by name.

        Raises:
            AttributeError: The program may not ask that.
            ViolationError: There is no such request.
            BaseException: What the tests' object raised.
        """
        if type(holder) is Hidden:
            raise AttributeError(name)
        if what == "call" or (what == "special" and name == "__call__"):
            _check_statement(holder, arguments)
            if is_of_library(holder):
                named.pop("stack_info", None)  # the tests' own lines
            made = holder(*arguments, **named)
            is_new = isinstance(holder, type) or made is holder
            return self._handed(made) if is_new else made
        if what == "new" and isinstance(holder, type) and is_own(holder):
            kind: Any = holder
            made = kind.__new__(kind)
            self._bare[id(made)] = made
            return self._handed(made)
        if what in _OF_LOOPS:
            return self._of_loops(what, holder, *arguments)
        is_object = has_vars(type(holder)) and not isinstance(holder, type)
        if what in ("vars", "copy", "deepcopy", "store", "unset") and not is_object:
            raise AttributeError(what)
        if what in ("copy", "deepcopy"):
            return getattr(copy, what)(holder)
        if what == "vars":
            return {key: one for key, one in vars(holder).items() if self._may_see(holder, key)}
        return self._of_attribute(what, holder, name, arguments, named)

    def _of_loops(self, what: str, holder: Any, seconds: float = 0) -> Any:
        if what == "await":
            return self._step(holder, seconds)
        if what == "turn":
            return self._turn()
        if what == "cancel":
            return self.waiting.cancel(holder)
        return self.waiting.end(is_orderly=True)

    def _step(self, awaitable: Any, seconds: float) -> tuple[Any, ...]:
        """A step of an awaitable; True behind it if it leaves tasks that the program is to let go on."""
        stepped = self.waiting.step(awaitable, seconds)
        if not self.waiting.leaves_tasks():
            return stepped
        loop = sys.modules["asyncio"]._get_running_loop()  # noqa: SLF001 - None if none runs
        if loop is None:
            return *stepped, True
        self._turn_later(loop)
        return stepped

    def _turn_later(self, loop: Any) -> None:
        """Lets tasks go on as long as there are any, in the tests' loop that is running."""
        if loop not in self._turning:
            self._turning.add(loop)
            loop.call_later(_TURN_SECONDS, self._turn_in, loop)

    def _turn_in(self, loop: Any) -> None:
        self._turning.discard(loop)
        if self._turn():
            self._turn_later(loop)

    def _turn(self) -> bool:
        """Lets tasks go on that nobody awaits; whether some are left."""
        self.waiting.turn()
        return self.waiting.leaves_tasks()

    def _of_attribute(
        self, what: str, holder: Any, name: str, arguments: list[Any], named: dict[str, Any]
    ) -> Any:
        if what == "isinstance" and isinstance(holder, type) and is_own(holder):
            return isinstance(arguments[0], holder)
        if what in ("set", "store", "unset"):
            return self._change(what, holder, name, *arguments)
        if what == "get" and self.is_put(holder, name):
            return vars(holder)[name]
        _check_attribute(holder, name)
        if what == "get":
            return getattr(holder, name)
        if name == "__init__" and id(holder) not in self._made:
            raise AttributeError(name)  # what the tests made stays as they made it
        if what == "special" and name == "__anext__":
            with self.waiting.inside():  # to whose loop it belongs from its first step on
                return holder.__anext__(*arguments, **named)
        if what == "special" and name in CALLBACK_DUNDERS:
            return getattr(holder, name)(*arguments, **named)
        raise ViolationError("a request beyond the list")

    def _change(self, what: str, holder: Any, name: str, value: Any = None) -> None:
        held = _held(holder, name)
        is_put = self.is_put(holder, name)
        is_fixed = not is_put and _is_function(holder, name, held)
        is_fixed = is_fixed or (_is_mock(holder) and (is_mirror(value) or type(value) is Function))
        # A mock puts special methods into its class.
        is_special = name.startswith("__") and not is_open_name(holder, name)
        if is_fixed or isinstance(holder, type) or is_special:
            raise AttributeError(f"{name} cannot be replaced")
        is_open = id(holder) not in self._bare and _has_descriptors(type(holder))
        is_put = is_put or (held is _NOTHING and is_open)
        if not is_put:
            _check_attribute(holder, name)
        if what == "unset":
            delattr(holder, name)
        elif what == "store":
            vars(holder)[name] = value
        elif isinstance(value, MirrorClass) and info(value).origin == _ROW:
            setattr(holder, name, info(value).library)  # which takes no other rows
        else:
            setattr(holder, name, value)
        if is_put and name in getattr(holder, "__dict__", ()):
            self._put[id(holder), name] = vars(holder)[name]

    def _handed(self, made: Any) -> Any:
        """What the program made, or what gave itself when called: it may initialise that."""
        if is_own(type(made)):
            self._made[id(made)] = made
        return made

    def _may_see(self, holder: Any, name: str) -> bool:
        is_internal = is_private(name) or name.startswith(INTERNAL)
        return not is_internal or self.is_put(holder, name)

    def is_put(self, holder: Any, name: str) -> bool:
        """Whether an attribute still is what the program made it."""
        put = self._put.get((id(holder), name), _NOTHING)
        return put is not _NOTHING and vars(holder).get(name) is put


def has_vars(kind: type) -> bool:
    """Whether a program may look at the attributes of such objects all at once: the tests', and parsed options."""
    return is_own(kind) or (kind.__module__, kind.__qualname__) in _OPEN


def _held(holder: Any, name: str) -> Any:
    """What stands at a name of an object or its classes, with no code run for it."""
    for one in (holder, *type(holder).__mro__):
        members = getattr(one, "__dict__", {})
        if name in members:
            return members[name]
    return _NOTHING


def _is_function(holder: Any, name: str, held: Any) -> bool:
    """Whether an attribute of the tests' object is a function of theirs; `held` stands at its name."""
    if is_mirror(held) and is_own(type(holder)):
        return False
    if isinstance(held, (classmethod, staticmethod)) or callable(held):
        return True
    if _is_mock(holder):
        return name in vars(holder)["_mock_children"]  # any other would be made by looking
    try:
        value = getattr(holder, name, None)
    except Exception:
        return False
    return callable(value) and not is_mirror(value) and type(value) is not Function


def is_of_library(holder: Any) -> bool:
    """Whether this is an object of a library, or a method of one: what it does, no test wrote."""
    owner = getattr(holder, "__self__", holder) if isinstance(holder, FUNCTIONS) else holder
    return not isinstance(owner, FUNCTIONS) and is_from_library(type(owner))


def _check_statement(function: Any, arguments: list[Any]) -> None:
    """A database opens other files by statements, which no hook hears of."""
    owner = getattr(function, "__self__", None)
    texts = [one for one in arguments if isinstance(one, str)]
    if type(owner).__module__ == "sqlite3" and any(map(_OPENING.search, texts)):
        raise AttributeError("attach")


def _is_mock(holder: Any) -> bool:
    mock = sys.modules.get("unittest.mock")
    return mock is not None and isinstance(holder, mock.NonCallableMock)


def is_set_mock(holder: Any, name: str) -> bool:
    """Whether a mock has this because the tests gave it that."""
    return (
        _is_mock(holder)
        and not name.startswith(("_mock", "_spec", "_is_coroutine"))
        and name in vars(holder)
    )


def _has_descriptors(kind: type) -> bool:
    """Whether a class of the tests has attributes that are the program's: those keep what is theirs there."""
    members = [one for base in kind.__mro__ for one in vars(base).values()]
    return is_own(kind) and any(is_mirror(one) or type(one) is Function for one in members)


def is_open_name(holder: Any, name: str) -> bool:
    """Whether the tests chose this name with double underscores for an attribute of theirs, as they do others."""
    kind = holder if isinstance(holder, type) else type(holder)
    return is_chosen(name) and _is_of_tests(kind) and not _is_mock(holder)


def _is_of_tests(kind: type) -> bool:
    """Whether the tests define a class, exceptions included."""
    return is_own(kind) or (issubclass(kind, BaseException) and not is_from_library(kind))


def _is_class_member(kind: type, name: str) -> bool:
    """Whether a class of the tests gives this itself: what its instances do needs one of the tests'."""
    held = next((vars(base)[name] for base in kind.__mro__ if name in vars(base)), _NOTHING)
    is_data = not (hasattr(type(held), "__get__") or callable(held))
    is_given = is_data or isinstance(held, (type, *_OF_CLASSES))
    return _is_of_tests(kind) and held is not _NOTHING and is_given


def _check_attribute(holder: Any, name: str) -> None:
    is_special = (
        name in CALLBACK_DUNDERS
        or name in _NAMES
        or (name in OF_TUPLES and isinstance(holder, tuple))
        or is_open_name(holder, name)
    )
    if not is_special and name.startswith(("_", *INTERNAL)):
        raise AttributeError(name)
    is_closed = isinstance(holder, type) and not _is_class_member(holder, name)
    if isinstance(holder, FUNCTIONS) or is_closed:
        raise AttributeError(name)
    if name in _OF_CALLS and is_from_library(type(holder)):
        raise AttributeError(name)
    if isinstance(holder, BaseException) and name in _OF_ERRORS:
        raise AttributeError(name)
    is_control = name in _MOCK_CONTROLS or name.startswith("assert")
    if is_control and _is_mock(holder):
        raise AttributeError(name)
    if name in _REACHING.get(type(holder).__module__.partition(".")[0], ()):
        raise AttributeError(name)
