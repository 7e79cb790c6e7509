"""The tests' own objects as a solution may use them: how they are told of, and what it asks of them."""

from __future__ import annotations

import collections
import functools
import keyword
import re
import sys
import types
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from veridical.code.cell.dunders import CALLBACK_DUNDERS, is_chosen, is_private
from veridical.code.cell.judge.faults import NeedsShared, SolutionGone
from veridical.code.cell.judge.library import REAL, found, is_library, is_real, is_test_case
from veridical.code.cell.judge.proxy import classes
from veridical.code.cell.judge.proxy.answers import (
    FUNCTIONS,
    OF_TUPLES,
    Answers,
    Hidden,
    has_vars,
    is_of_library,
    is_set_mock,
)
from veridical.code.cell.judge.proxy.classes import MirrorClass, is_own
from veridical.code.cell.judge.proxy.described import (
    describe,
    describe_class,
    fields_of,
    fields_of_class,
    has_default,
    is_bare_tuple,
    is_plain_error,
    is_told,
    makes_itself,
    members_of,
    name_of_annotation,
    places_of,
)
from veridical.code.cell.judge.proxy.functions import Function
from veridical.code.cell.judge.proxy.mirrors import type_of
from veridical.code.cell.values.content import MUTABLE, READERS, base_of
from veridical.code.cell.values.hints import encode_alias, encode_hint, names_no_value
from veridical.code.cell.values.known import is_harmless, is_listed
from veridical.code.cell.values.plain import Encoder, Tree, ViolationError
from veridical.code.cell.values.table import ALL_OF_DICTS, BY_TYPE, encode_entry, encode_live

if TYPE_CHECKING:
    from veridical.code.cell.judge.proxy.link import Link

_REFUSED = (types.FrameType, types.CodeType)
_MAX_FRAMES = 64
_OF_RUNNERS = re.compile(r"_?(pytest|hypothesis|is_hypothesis)|patchings$|place_as$")
"""Attributes of functions by which those are run as tests."""
_TEXTS = frozenset({"__name__", "__qualname__", "__doc__", "__module__"})
"""What a function says of itself."""
_MAX_MARKED = 64
"""Functions, the last ones told of, whose attributes are followed."""
_NOTHING: Any = object()
_UNHELD = 2
"""References to an object that nobody holds but the table, and who counts them."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the solution asks of an object of the tests."""

    what: str
    number: Any
    name: str
    arguments: list[Any]
    named: dict[str, Any]
    frames: list[str]


@dataclass(frozen=True, slots=True)
class Reply:
    """What the solution is told."""

    status: str
    tree: Tree
    changes: list[Any]


class Callbacks:
    """The table of the tests' objects that a solution was given.

    Args:
        link: The conversation with it.
    """

    def __init__(self, link: Link) -> None:
        self._link = link
        self._objects: list[Any] = []
        self._numbers: dict[int, int] = {}
        self._methods: dict[tuple[int, int], int] = {}
        self._answers = Answers()
        self._describing: set[int] = set()
        self._marks: dict[int, dict[str, Any]] = {}
        self._hidden: dict[int, Hidden] = {}
        self.tuples: dict[tuple[str, tuple[str, ...]], Any] = {}
        self.named: dict[str, Any] = {}

    def __getitem__(self, number: int) -> Any:
        if type(number) is not int or not 0 <= number < len(self._objects):
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
        named = "builtins:type" if value is type_of else _name_of(value)
        if named is not None:
            return self._of_library(named, value)
        if isinstance(value, type):
            return self._class(value)
        entry = (
            encode_hint(value, encoder)
            or encode_alias(value, encoder)
            or encode_live(value, encoder, ALL_OF_DICTS)
            or encode_entry(value, encoder)
        )
        if entry is not None:
            return entry
        if isinstance(value, types.TracebackType):
            return None
        if isinstance(value, BaseException) and value.__traceback__ is not None:
            value = AssertionError() if self._link.is_finding(value) else value
        return self._object(value, encoder)

    def _of_library(self, name: str, value: Any) -> Tree:
        """What a library has; a function of it that can do no harm is the same where it comes back."""
        is_class = isinstance(value, type) or value is type_of
        if is_class or (isinstance(value, FUNCTIONS) and is_harmless(name)):
            self.named[name] = value
        return {"g": name}

    def unheld(self, numbers: set[int]) -> list[int]:
        """Which of these objects the tests hold no longer; the program may still have them."""
        known = range(len(self._objects))
        return [one for one in numbers if one in known and self._is_unheld(one)]

    def _is_unheld(self, number: int) -> bool:
        value = self._objects[number]
        held = 0
        # A bound method is another one each time, and lives as its object does.
        if isinstance(value, types.MethodType):
            value = value.__self__
            held = -1 + (id(value) in self._numbers)
        methods = [one for (owner, _), one in self._methods.items() if owner == id(value)]
        if any(sys.getrefcount(self._objects[one]) > _UNHELD for one in methods):
            return False
        return sys.getrefcount(value) <= _UNHELD + 1 + held + len(methods)

    def given(self, number: Any) -> Any:
        """The object of that number, handed back by the program."""
        value = self[number]
        return value.instance if type(value) is Hidden else value

    def hidden(self, instance: Any) -> Hidden:
        """What stands for an instance of a class that holds tests."""
        return self._hidden.setdefault(id(instance), Hidden(instance))

    def _known(self, value: Any) -> int | None:
        """The number of what was given before; a bound method is another object each time."""
        if isinstance(value, types.MethodType):
            return self._methods.get((id(value.__self__), id(value.__func__)))
        return self._numbers.get(id(value))

    def heard(self, content: Any, hear: Callable[[Tree], Any]) -> Asked:
        """A request of the solution.

        Raises:
            ViolationError: It is none.
        """
        what, number, name, trees, named_trees, frames = content
        if type(name) is not str or not set(map(type, frames)) <= {str}:
            raise ViolationError("an attribute is named by text")
        arguments = [hear(tree) for tree in trees]
        named = {str(key): hear(tree) for key, tree in named_trees}
        return Asked(what, number, name, arguments, named, frames[:_MAX_FRAMES])

    def answer(self, asked: Asked) -> Reply:
        """What a request of the solution gives; others may talk with it meanwhile.

        Raises:
            ViolationError: There is no such object.
            SolutionGone: The solution ended while it was answered.
        """
        link, what, name = self._link, asked.what, asked.name
        holder = self[asked.number]
        try:
            self.check_served(what, holder, name)
            reaches = is_of_library(holder)
            link.reaching.count += reaches
            try:
                with link.turn.given():
                    value: Any = _under(
                        asked.frames,
                        link.path,
                        lambda: self._answers.to(what, holder, name, asked.arguments, asked.named),
                    )
            finally:
                link.reaching.count -= reaches
            status = "ok!"
        except (SolutionGone, NeedsShared, ViolationError):
            raise
        except BaseException as error:
            # The text of an assertion would tell what the tests expect.
            status, value = "err!", self._without_finding(error)
        if link.world is not None:
            link.world.share([value])
        owner = getattr(holder, "__self__", None) if isinstance(holder, FUNCTIONS) else holder
        changes = link.late_changes([value, owner, *asked.arguments, *asked.named.values()])
        return Reply(status, self._told(value), changes)

    def end_loops(self, *, is_orderly: bool) -> None:
        """Ends the loops in which awaitables of the tests ran for the program, as the tests end their own."""
        self._answers.waiting.end(is_orderly=is_orderly)

    def check_served(self, what: str, holder: Any, name: str) -> None:
        """Refuses what of the tests only one interpreter with them has.

        Raises:
            NeedsShared: The program has it there.
        """
        is_looking = what == "get" and name.startswith("_") and not name.startswith("__")
        is_looking = is_looking and not (name in OF_TUPLES and isinstance(holder, tuple))
        kind = holder if isinstance(holder, type) else type(holder)
        is_looking = is_looking and not self._answers.is_put(holder, name)
        if is_looking and (is_own(kind) or is_set_mock(holder, name)) and _has_own(holder, name):
            raise self._link.needs_shared(f"the program reads {name} of an object of the tests")
        is_error = isinstance(holder, type) and issubclass(holder, BaseException)
        if is_error or (isinstance(holder, type) and is_own(holder)):
            if what == "derived":
                raise self._link.needs_shared(f"the program derives a class from {holder.__name__}")
            if what == "changed":
                raise self._link.needs_shared(f"the program changes {holder.__name__}")
            held = next((vars(one)[name] for one in holder.__mro__ if name in vars(one)), None)
            is_public = what == "get" and not is_private(name)
            if is_public and isinstance(held, (types.FunctionType, property)):
                raise self._link.needs_shared(f"the program takes {holder.__name__}.{name}")
        if what == "default" and has_default(holder, name):
            raise self._link.needs_shared(f"the program reads the default of parameter {name}")

    def mark(self, number: Any, attributes: dict[str, Any], gone: list[str]) -> None:
        """Gives a function of the tests what the program set on it, and takes what that deleted.

        What means something to those who run tests stays with the program.

        Raises:
            NeedsShared: It is a test.
            ViolationError: It is no plain function.
        """
        function = self[number]
        if type(function) is not types.FunctionType:
            raise ViolationError("a mark on what is no plain function")
        if function.__name__.startswith("test"):
            raise self._link.needs_shared(f"the program changes {function.__name__}")
        for name in filter(self._is_mark, gone):
            vars(function).pop(name, None)
        own = {name: one for name, one in attributes.items() if self._is_mark(name)}
        vars(function).update(own)
        for name in _TEXTS & attributes.keys():
            if type(attributes[name]) is str or name == "__doc__":
                setattr(function, name, attributes[name])
        if number in self._marks:
            self._marks[number] = dict(vars(function))

    def add_marks(self, sync: dict[str, Any], numbers: Iterable[int] | None = None) -> None:
        """Adds to what is told attributes that the tests set on functions, and deleted, since these were told of."""
        changed = []
        for number in list(self._marks if numbers is None else self._marks.keys() & numbers):
            held, known = vars(self._objects[number]), self._marks[number]
            new = [one for one in held.items() if known.get(one[0], _NOTHING) is not one[1]]
            gone = [name for name in known if name not in held and is_told(name)]
            if new or gone:
                self._marks[number] = dict(held)
                told = [[name, self._told(one)] for name, one in new if is_told(name)]
                changed.append([number, told, gone])
        if changed:
            sync["a"] = changed

    def _is_mark(self, name: str) -> bool:
        """Whether an attribute means nothing but what the tests and the program make of it."""
        if name.startswith("__"):
            return is_chosen(name) and name in self._link.mentions
        return not _OF_RUNNERS.match(name)

    def _without_finding(self, error: BaseException) -> BaseException:
        if not self._has_finding(error):
            return error
        return AssertionError() if isinstance(error, Exception) else BaseException()

    def _has_finding(self, error: BaseException) -> bool:
        if isinstance(error, BaseExceptionGroup):
            return any(map(self._has_finding, error.exceptions))
        return isinstance(error, AssertionError) or self._link.is_finding(error)

    def _told(self, value: Any) -> Tree:
        """The tree of an answer; what cannot cross is an error to who asked for it, and no more."""
        needs = self._link.needs
        try:
            return self._link.encode(value)
        except NeedsShared as refused:
            self._link.needs = needs
            return self._link.encode(AttributeError(str(refused)))

    def _class(self, kind: type) -> Tree:
        if is_real(kind):
            return {"n": kind.__name__}
        if issubclass(kind, BaseException):
            bases = [
                self._class_of(base) for base in kind.__bases__ if issubclass(base, BaseException)
            ]
            parts = [bases, members_of(kind), makes_itself(kind), places_of(kind)]
            return self._exported(kind, "exception", kind.__name__, _special(kind), parts)
        if any(id(one) in self._describing for one in kind.__mro__):
            return kind.__name__  # an annotation within it, or within what it derives from
        if not is_own(kind):
            return self._exported(kind, "object", kind.__name__, ["__call__"], [False, None, False])
        self._describing.add(id(kind))
        try:
            return self._described(kind)
        finally:
            self._describing.discard(id(kind))

    def _described(self, kind: type) -> Tree:
        bases = [self._class_of(base) for base in kind.__bases__ if is_own(base)]
        fields = fields_of_class(kind, self._class_of, self._hint)
        told = describe_class(kind, self._class_of, self._hint)
        maker = vars(kind).get("__init__")
        if type(maker) is types.FunctionType:
            told["init"] = describe(maker, Encoder(self.export))
        parts = [bases, fields, told]
        return self._exported(kind, "class", kind.__name__, _special(kind), parts)

    def _hint(self, annotation: Any) -> Tree:
        """An annotation that is no class: as it is, if it can cross, and else as text that names no value."""
        is_open = names_no_value(annotation)
        encoded = encode_hint(annotation, Encoder(self.export)) if is_open else None
        return name_of_annotation(str(annotation)) if encoded is None else encoded

    def _object(self, value: Any, encoder: Encoder) -> Tree:
        kind = type(value)
        if issubclass(kind, FUNCTIONS):  # a mock may say that it is one
            return self._function(value, encoder)
        if isinstance(value, BaseException):
            return self._error(value, encoder)
        base = base_of(kind)
        if base is not None and is_own(kind) and not is_bare_tuple(kind):
            return self._holding(value, base, encoder)
        if base is not None:
            if base in MUTABLE:
                return self._link.followed.told(value, encoder)
            content = encoder(READERS[base](value))
            if base is tuple and hasattr(kind, "_fields"):
                self.tuples[kind.__name__, tuple(kind._fields)] = kind
                return {"N": [kind.__name__, list(kind._fields), content]}
            return content
        entry = next((BY_TYPE[parent] for parent in kind.__mro__ if parent in BY_TYPE), None)
        if entry is not None:
            return {"v": [entry.name, encoder.parts(entry.parts(value))]}
        if kind is types.GeneratorType:
            return self._exported(value, "generator", value.__name__, [], value.gi_suspended)
        if kind is types.CoroutineType:
            return self._exported(value, "coroutine", value.__name__, [], None)
        return self._instance(value)

    def _function(self, value: Any, encoder: Encoder) -> Tree:
        what = "method" if type(value) is types.MethodType else "function"
        name = getattr(value, "__name__", "f")
        told = self._exported(value, what, name, [], describe(value, encoder))
        if type(value) is types.FunctionType:
            self._marks[self._numbers[id(value)]] = dict(vars(value))
            if len(self._marks) > _MAX_MARKED:
                del self._marks[next(iter(self._marks))]
        return told

    def _holding(self, value: Any, base: type, encoder: Encoder) -> Tree:
        """An instance of a class of the tests that derives from a plain one."""
        kind = type(value)
        parts = [self._class_of(kind), None]
        told = self._exported(value, "instance", kind.__name__, [], parts)
        if base is collections.defaultdict:
            parts.append(encoder(value.default_factory))
        parts[1] = (  # which may hold the very value
            self._link.followed.told(value, encoder)
            if base in MUTABLE
            else encoder(READERS[base](value))
        )
        return told

    def _instance(self, value: Any) -> Tree:
        kind = type(value)
        if kind is Hidden:
            return self._exported(
                value, "object", type(value.instance).__name__, [], [False, None, False]
            )
        if kind is types.ModuleType and value.__spec__ is None:
            pass  # made by hand, in place of a library
        elif isinstance(value, (types.ModuleType, *_REFUSED)) or is_test_case(kind):
            raise self._link.needs_shared(f"a {kind.__name__} is passed to the program")
        if is_own(kind):
            return self._exported(
                value, "instance", kind.__name__, [], [self._class_of(kind), None]
            )
        asyncio: Any = sys.modules.get("asyncio")
        is_awaited = asyncio is not None and asyncio.iscoroutinefunction(value)
        parts = [has_vars(kind), _name_of(kind), is_awaited]
        return self._exported(value, "object", kind.__name__, _special(kind), parts)

    def _error(self, error: BaseException, encoder: Encoder) -> Tree:
        arguments = [encoder(argument) for argument in error.args]
        own = [
            [name, encoder(one)]
            for name, one in fields_of(error)
            if type(one) in REAL or isinstance(one, (list, tuple, dict))
        ]
        kind = type(error)
        behind = [error.__cause__, error.__context__]
        notes = vars(error).get("__notes__")
        parts = [self._class_of(kind), arguments, own]
        told = self._exported(error, "error", kind.__name__, [], parts)
        parts += [
            encoder.sequence([None if self._link.is_finding(one) else one for one in behind]),
            error.__suppress_context__,
            encoder.sequence(notes) if isinstance(notes, list) else None,
        ]
        return told

    def _class_of(self, kind: type) -> Tree:
        if id(kind) in self._numbers:
            return {"j": self._numbers[id(kind)]}
        if isinstance(kind, MirrorClass):
            return {"k": classes.info(kind).number}
        named = None if kind.__module__ == "builtins" else _name_of(kind)
        return self._class(kind) if named is None else self._of_library(named, kind)

    def _exported(self, value: Any, kind: str, name: str, special: list[str], parts: Any) -> Tree:
        self._objects.append(value)
        number = self._numbers[id(value)] = len(self._objects) - 1
        if isinstance(value, types.MethodType):
            self._methods[id(value.__self__), id(value.__func__)] = number
        return {"J": [number, kind, name, special, parts]}


def _has_own(holder: Any, name: str) -> bool:
    """Whether an object of the tests has this, and not by what the program put there."""
    return any(name in getattr(one, "__dict__", ()) for one in (holder, *type(holder).__mro__))


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
    plain = next((one for one in kind.__mro__ if one in READERS or is_plain_error(one)), object)
    return [name for name in (*CALLBACK_DUNDERS, "__await__") if _has(kind, name, plain)]


def _has(kind: type, name: str, plain: type) -> bool:
    """Whether a class answers this itself, other than a plain one."""
    found = next((vars(one)[name] for one in kind.__mro__ if name in vars(one)), None)
    return found is not None and found is not getattr(plain, name, None)


def _name_of(value: Any) -> str | None:
    """Module and path of what the standard library (or numpy) defines, if it is found there."""
    if isinstance(value, types.ModuleType):
        return f"{value.__name__}:" if is_library(value.__name__) else None
    if is_listed(type(value)) and value.name in type(value).__members__:
        return f"{type(value).__module__}:{type(value).__qualname__}.{value.name}"
    if not isinstance(value, (type, *FUNCTIONS)) and type(value).__name__ != "ufunc":
        return None
    holder = value.__objclass__ if isinstance(value, types.MethodDescriptorType) else value
    module = getattr(holder, "__module__", None)
    path = getattr(value, "__qualname__", None) or getattr(value, "__name__", None)
    if type(module) is not str or type(path) is not str:
        if type(value).__name__ != "ufunc":
            return None
        module, path = "numpy", value.__name__
    if not is_library(module) or (isinstance(value, type) and is_real(value)):
        return None
    return f"{module}:{path}" if found(module, path) is value else None
