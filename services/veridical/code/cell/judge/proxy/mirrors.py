"""Mirrors: the classes and objects of a solution as its tests see them."""

from __future__ import annotations

import abc
import contextlib
import functools
import importlib
import inspect
import re
import sys
import types
from abc import ABCMeta
from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Any

from veridical.code.cell.judge.library import is_library
from veridical.code.cell.judge.proxy import classes, special
from veridical.code.cell.judge.proxy.awaited import Handle, coroutine
from veridical.code.cell.judge.proxy.classes import ClassInfo, MirrorClass
from veridical.code.cell.judge.proxy.described import has_default
from veridical.code.cell.judge.proxy.functions import Function
from veridical.code.cell.judge.proxy.namespace import Namespace
from veridical.code.cell.judge.proxy.telling import (
    MAX_DOC_CHARS,
    again,
    information_of,
    origin_of,
    text,
    texts,
    texts_of_function,
)
from veridical.code.cell.values.content import MUTABLE, READERS, base_of, carrier, rewrite
from veridical.code.cell.values.hints import decode_alias, decode_hint
from veridical.code.cell.values.known import is_listed, listed, member, of_name
from veridical.code.cell.values.plain import Decoder, Tree, ViolationError
from veridical.code.cell.values.table import BY_TYPE, decode_entry

if TYPE_CHECKING:
    from veridical.code.cell.judge.proxy.link import Link

MAX_FOREIGN = 64
_MAX_BELOW = 64
_UNHELD = 2
"""References to an object that nobody holds but the table, and who counts them."""
_TYPE = {"n": type.__name__}
_BELOW = re.compile(r"(\.[A-Za-z]\w{0,40}){1,4}", re.ASCII)
_ABSTRACT = "collections.abc"
_TAKEN_APART = frozenset({"numbers", "_asyncio", "asyncio.futures", "asyncio.tasks"})
"""Whose objects libraries do not ask, but calculate with, or run."""
_FRAMEWORKS = frozenset({"unittest", "doctest", "test", "pytest", "_pytest"})
_REAL: dict[str, type] = {
    **{kind.__name__: kind for kind in READERS},
    **{kind.__name__: kind for kind in BY_TYPE},
    **{kind.__name__: kind for kind in (object, bool, type(None))},
}


class Mirrors:
    """Makes mirrors of what a solution hands out; the same object has the same mirror.

    Args:
        link: The conversation that they ask through.

    Attributes:
        tells_signature: Whether a signature is being told: of what wraps a function of the tests it has their defaults.
    """

    def __init__(self, link: Link) -> None:
        self.tells_signature = False
        self._link = link
        self._made: dict[int, Any] = {}
        self._numbers: dict[int, int] = {}
        self._makers: dict[str, Callable[[Tree, Decoder], Any]] = {
            "v": decode_entry,
            "g": self._function_of_name,
            "T": decode_hint,
            "U": _alias,
            "F": self._make_function,
            "G": self._make_generator,
            "C": self._make_coroutine,
            "M": self._make_module,
            "K": self._make_class,
            "H": self._make_instance,
            "D": self._change,
        }

    def number(self, value: Any) -> int | None:
        """The number of the solution's object that `value` mirrors."""
        if classes.is_mirror(value):
            return classes.reference(value).number
        return self._numbers.get(id(value))

    def unheld(self, numbers: set[int]) -> list[int]:
        """Which of these objects the tests hold no longer; nothing knows them any more."""
        gone = [one for one in numbers if sys.getrefcount(self._made.get(one)) <= _UNHELD]
        for number in gone:
            del self._numbers[id(self._made.pop(number))]
        return gone

    def of_tests(self, number: int) -> Any:
        """The object of that number, if the tests built it, or a method of such a one gave it; else None.

        So of a class, if they name it.
        """
        value = self._made.get(number)
        if isinstance(value, MirrorClass):
            return value if classes.info(value).is_built else None
        if not classes.is_mirror(value):
            return None
        found = classes.reference(value)
        return value if found.made_by_test or found.descends else None

    def called(self, value: Any, holder: Any = None) -> None:
        """Notes that `value` came out of a call: it is not the tests' own making any more.

        Args:
            value: What came out.
            holder: Whose method gave it, if that was `of_tests` before.
        """
        if classes.is_mirror(value):
            found = classes.reference(value)
            found.made_by_test = found.is_constructed = False
            found.descends = type(holder) is type(value)
            found.is_kin = type(value) is holder

    def decode(self, tag: str, tree: Tree, decoder: Decoder) -> Any:
        """The value of a tag that stands for an object of either side.

        Raises:
            ViolationError: There is no such object.
        """
        if tag in ("h", "k"):
            self.called(self._made[tree])
            return self._made[tree]
        if tag == "j":
            return self._link.callbacks.given(tree)
        if tag == "E":
            return self._error_again(tree, decoder)
        if tag == "R":
            return self._raised_from(tree, decoder)
        if tag == "n":
            return self._real(tree)
        if tag == "A":
            return self._default(*tree)
        if tag == "N":
            name, fields, content = tree
            kind = self._link.callbacks.tuples.get((name, tuple(texts(fields))))
            content = decoder(content)
            if kind is None or type(content) is not tuple:
                raise ViolationError("a tuple of no class of the tests")
            return tuple.__new__(kind, content)
        maker = self._makers.get(tag)
        if maker is None:
            raise ViolationError("a tag beyond the list")
        return maker(tree, decoder)

    def _default(self, number: Any, name: Any) -> Any:
        """The default of a function of the tests, in the signature of what wraps it; nowhere else."""
        holder = self._link.callbacks[number]
        if self.tells_signature and has_default(holder, name) and not isinstance(holder, type):
            return inspect.signature(holder).parameters[name].default
        self._link.callbacks.check_served("default" if name else "changed", holder, name)
        raise ViolationError("a default that is none")

    def _raised_from(self, tree: Tree, decoder: Decoder) -> Any:
        """An error of the tests that the program raises from another one, or with notes."""
        number, because, suppresses, notes = tree
        error, cause = self._link.callbacks.given(number), decoder(because)
        if isinstance(error, BaseException):
            error.__cause__ = cause if isinstance(cause, BaseException) else None
            error.__suppress_context__ = suppresses is True
            if notes or hasattr(error, "__notes__"):
                error.__notes__ = texts(notes)
        return error

    def _keep(self, number: Any, value: Any) -> Any:
        if type(number) is not int:
            raise ViolationError("a handle without a number")
        self._made[number] = value
        self._numbers[id(value)] = number
        return value

    def _real(self, name: Any) -> Any:
        if name == type.__name__:
            return type_of
        kind = _REAL.get(name)
        if kind is None:
            kind = getattr(__import__("builtins"), name, None)
            if not (isinstance(kind, type) and issubclass(kind, BaseException)):
                raise ViolationError("a class beyond the list")
        return kind

    def _make_function(self, tree: Tree, decoder: Decoder) -> Any:
        number, told, binds, is_partial = tree
        if type(self._made.get(number)) is Function:  # one of a library is described each time
            return self._made[number]
        of_itself = texts_of_function(told)
        made = Function(self._link, number, None, of_itself[0] or "function")
        made.tell(of_itself)
        made._binds_ = binds is True
        made._kind_ = functools.partial if is_partial is True else types.FunctionType
        return self._keep(number, made)

    def _make_generator(self, tree: Tree, decoder: Decoder) -> Any:
        number, is_started = tree
        made = _generator(self._link, Handle(number), is_started=is_started is True)
        if is_started is True:
            next(made)  # not the solution's
        return self._keep(number, made)

    def _make_coroutine(self, number: Tree, decoder: Decoder) -> Any:
        if number in self._made:
            raise ViolationError("an awaitable told of twice")
        return self._keep(number, coroutine(self._link, Handle(number)))

    def _make_module(self, tree: Tree, decoder: Decoder) -> Any:
        number, name, below = tree
        root = name.split(".")[0]
        shared = root in sys.stdlib_module_names or root == "numpy"
        known = sys.modules.get(name) if shared else None
        if known is not None and known is not sys.modules["__main__"]:
            _load_below(name, texts(below))
            return self._keep(number, known)
        return self._keep(number, classes.instance(_MODULE, self._link, number, None))

    def _make_class(self, tree: Tree, decoder: Decoder) -> Any:
        number, described = tree
        if type(number) is not int or number in self._made:
            raise ViolationError("a class described twice")
        # Bases are described where they are first met, even under a class that is known here.
        bases = [type if base == _TYPE else decoder(base) for base in described["b"]]
        # Nothing derives from them here, whose classes have a type of their own: `Fraction`, `KeysView`.
        abstract = [base for base in bases if type(base) is ABCMeta]
        bases = [base for base in bases if type(base) is not ABCMeta]
        known = _known_exception(described) or listed(*(origin_of(described) or ("", "")))
        if known is not None:
            return self._keep(number, known)
        information = information_of(self._link, number, described)
        names: dict[str, Any] = {
            "__qualname__": text(described["q"]) or "",
            "__module__": text(described["m"]) or "",
            "__doc__": text(described["d"], MAX_DOC_CHARS),
        }
        if is_library(information.origin[0]) and information.origin[0] not in _TAKEN_APART:
            names["__class__"] = classes.said_class(information)
        meta = MirrorClass if described["t"] is None else decoder(described["t"])
        if not (isinstance(meta, type) and issubclass(meta, MirrorClass)):
            raise ViolationError("a metaclass that is none")
        name = text(described["n"]) or "object"
        if len(self._link.foreign) < MAX_FOREIGN:
            self._link.foreign.add(name)
        made = self._keep(number, special.build(name, bases, names, information, meta))
        if described["a"] is not None:
            type.__setattr__(made, "__abstractmethods__", frozenset(texts(described["a"])))
        if information.origin[0] == _ABSTRACT:
            _register(*information.origin, made)
        for base in abstract:
            base.register(made)
        return made

    def _change(self, tree: Tree, decoder: Decoder) -> None:
        number, what, content = tree
        again(self._made[number], what, content, decoder)

    def _function_of_name(self, name: Tree, _: Decoder) -> Any:
        """A function of a library: one that only calculates, or that the tests gave."""
        given = self._link.callbacks.named.get(name) if type(name) is str else None
        return of_name(name) if given is None else given

    def _make_instance(self, tree: Tree, decoder: Decoder) -> Any:
        number, kind_tree, content, *name = tree
        kind = decoder(kind_tree)
        if is_listed(kind):
            return self._keep(number, member(kind, decoder(content), *name))
        if isinstance(kind, type) and issubclass(kind, BaseException):
            return self._error(number, kind, content, decoder)
        kind = _OBJECT if kind is object else kind  # a sentinel
        if not isinstance(kind, MirrorClass):
            raise ViolationError("an instance of a class that is none of the solution's")
        base = base_of(kind)
        if base is None and any(parent in BY_TYPE for parent in kind.__mro__):
            raise ViolationError("an instance of what crosses by value")
        for hiding in texts(name[0]) if name and type(name[0]) is list else ():
            classes.forward(kind, hiding)
        if base in MUTABLE:
            made = self._keep(number, classes.instance(kind, self._link, number, None))
            if type(content) is dict and "L" in content:
                return self._link.followed.make(content["L"], decoder, made)
        value = None if content is None else decoder(content)
        if base is not None and type(value) is not carrier(base):
            raise ViolationError("content of another type")
        if base not in MUTABLE:
            return self._keep(number, classes.instance(kind, self._link, number, value))
        rewrite(made, value)
        return made

    def _error(self, number: Any, kind: Any, content: Tree, decoder: Decoder) -> Any:
        arguments = decoder.members(content[0])
        error = kind.__new__(kind, *arguments)
        if isinstance(kind, MirrorClass):
            classes.refer(error, self._link, number)
        _initialise(error, arguments)
        self._keep(number, error)
        return self._tell_of(error, arguments, content, decoder)

    def _error_again(self, tree: Tree, decoder: Decoder) -> Any:
        """An exception that is another than was told of it."""
        number, content = tree
        error = self._made[number]
        if not isinstance(error, BaseException):
            raise ViolationError("an exception that is none")
        return self._tell_of(error, decoder.members(content[0]), content, decoder)

    def _tell_of(
        self, error: BaseException, arguments: list[Any], content: Tree, decoder: Decoder
    ) -> BaseException:
        """Gives an exception what the program tells of it; attributes of its own classes are asked for."""
        own, because, before, suppresses, live = (*content, None, None, None)[1:6]
        # With the interpreter's own means: the class may have others, which the program would be asked for.
        object.__setattr__(error, "args", tuple(arguments))
        for name, tree in own.items():
            if not name.startswith("__") or name == "__notes__":
                _set_field(error, name, decoder(tree))
        if type(live) is dict and "L" in live and not classes.is_mirror(error):
            self._link.followed.make(live["L"], decoder, vars(error))
        elif live is not None:
            decoder(live)
        cause, context = decoder(because), decoder(before)
        error.__cause__ = cause if isinstance(cause, BaseException) else None
        error.__context__ = context if isinstance(context, BaseException) else None
        error.__suppress_context__ = suppresses is True
        return error


def _set_field(error: BaseException, name: str, value: Any) -> None:
    """Sets an attribute; a field that is None stays as it is, for texts of exceptions show it otherwise."""
    try:
        held = object.__getattribute__(error, name)
    except AttributeError:
        held = error
    if held is not value:
        with contextlib.suppress(AttributeError, TypeError, ValueError):
            object.__setattr__(error, name, value)


def _alias(tree: Tree, decoder: Decoder) -> Any:
    """A class of the solution with arguments in brackets: calling it calls the class."""
    made = decode_alias(tree, decoder)
    if not isinstance(made.__origin__, MirrorClass):
        raise ViolationError("an alias of no class of the solution")
    return made


class _TypeOf:
    """What `type` of the program is here: the interpreter's own would make classes of its functions."""

    __slots__ = ()
    __name__ = "type"

    def __call__(self, value: Any, /) -> type:
        return type(value)

    def __eq__(self, other: object) -> bool:
        return other is type or other is self

    def __hash__(self) -> int:
        return hash(type)


type_of = _TypeOf()


def _register(module: str, name: str, mirror: Any) -> None:
    """A mirror of an abstract class of the library makes its subclasses instances of the real one."""
    real = getattr(sys.modules.get(module), name, None)
    if isinstance(real, abc.ABCMeta):
        real.register(mirror)


def _load_below(name: str, below: list[str]) -> None:
    """Has a package of the library hold the modules that it holds for the solution."""
    if is_library(name) and hasattr(sys.modules[name], "__path__"):
        for module in below[:_MAX_BELOW]:
            # What begins with an underscore may do more than define: a `__main__` runs.
            if _BELOW.fullmatch(module.removeprefix(name)) and module not in sys.modules:
                with contextlib.suppress(Exception):
                    importlib.import_module(module)


def _known_exception(described: dict[str, Any]) -> type | None:
    module, name = origin_of(described) or ("", "")
    root = module.split(".")[0]
    if root not in sys.stdlib_module_names or root in _FRAMEWORKS:
        return None
    found = getattr(sys.modules.get(module), name, None)
    known = (Exception, getattr(sys.modules.get("asyncio"), "CancelledError", Exception))
    return found if isinstance(found, type) and issubclass(found, known) else None


def _initialise(error: BaseException, arguments: list[Any]) -> None:
    for base in type(error).__mro__:
        if base.__module__ == "builtins" and issubclass(base, BaseException):
            try:
                base.__init__(error, *arguments)
            except (TypeError, ValueError):
                return  # its arguments were changed after it was made
            return


def _generator(link: Link, handle: Handle, *, is_started: bool) -> Generator[Any, Any, Any]:
    """A real generator over one of the solution's, a round trip for each step; the first is none if it has started."""
    number = handle.number
    reference = Function(link, number, None, "generator")
    try:
        value = None if is_started else link.operate("next", reference)
        while True:
            try:
                sent = yield value
            except GeneratorExit:
                link.operate("close", reference)
                raise
            except BaseException as error:
                if link.is_finding(error):
                    with contextlib.suppress(Exception):
                        link.operate("throw", reference, AssertionError())
                    raise
                value = link.operate("throw", reference, error)
            else:
                value = link.operate("send", reference, sent)
    except StopIteration as stop:
        return stop.value


# A module inside the solution is an object with attributes.
_MODULE = special.build("module", [], {"__dict__": property(Namespace)}, ClassInfo.plain())
_OBJECT = special.build("object", [], {}, ClassInfo.plain())
