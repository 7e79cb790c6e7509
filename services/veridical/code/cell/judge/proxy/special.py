"""The special methods of mirrors: a mirror class has those of the solution's class, and no others.

Rules that keep what the judge holds from the solution:
an operand of the judge never takes part in a comparison over there; operators run over there only for
classes that the tests name, or between objects of the program alone; what arithmetic with the judge's values gives is either refused (a plain
value) or tainted (a handle), unless the test made the operand by calling the class itself.
"""

from __future__ import annotations

import itertools
import os
from collections import Counter
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from veridical.code.cell import dunders
from veridical.code.cell.judge.library import is_case
from veridical.code.cell.judge.proxy.awaited import Handle, awaiting
from veridical.code.cell.judge.proxy.classes import (
    OF_MEMBERS,
    ClassInfo,
    IterableMirrorClass,
    Mirror,
    MirrorClass,
    forwarded,
    info,
    is_mirror,
    is_named,
    is_own,
    reference,
    require_open,
)
from veridical.code.cell.judge.proxy.functions import Function
from veridical.code.cell.judge.proxy.held import (
    by_content,
    calculated,
    compared_by_content,
    counted,
    known_equality,
    plain,
)
from veridical.code.cell.judge.proxy.rules import require_rule, stranger_like, unruled
from veridical.code.cell.judge.proxy.same import is_told_from_without
from veridical.code.cell.values.content import MUTABLE, base_of
from veridical.code.cell.values.plain import ViolationError

if TYPE_CHECKING:
    from veridical.code.cell.judge.proxy.link import Link

_DIFFERENCES = frozenset(
    f"{way}{name}"
    for way in ("", "i")
    for name in ("sub", "truediv", "floordiv", "mod", "divmod", "xor")
)
"""What shows how far apart two values are: of a result nothing but objects of the program comes out.

So does a power by a modulus.
"""
_OPERANDS = 2
_UNABLE = frozenset({int, float, complex, bool, type(None), dict, set, frozenset, type})
"""Operands that make nothing of an object which does not know them."""
_MAX_HINT = 1 << 20  # for which lists are made
_OF_COUNTERS = frozenset(
    f"__{name}__"
    for name in (
        *("eq", "ne", "lt", "le", "gt", "ge", "add", "sub", "and", "or"),
        *("radd", "rsub", "rand", "ror"),
    )
)
_MAX_MEMBERS = 5_000
"""Members among which a value is looked for in what has a rule for that."""
_GIVES_MEMBERS = frozenset({"__iter__", "__getitem__"})
_SIGNS = frozenset({"neg", "pos", "invert"})


def build(
    name: str,
    bases: list[Any],
    names: dict[str, Any],
    information: ClassInfo,
    meta: Any = MirrorClass,
) -> Any:
    """The mirror of a class of the solution, made by the mirror of its metaclass.

    Raises:
        TypeError: No class has such bases.
    """
    names["__info__"] = information
    if type in bases or any(issubclass(base, MirrorClass) for base in bases):
        return _metaclass(name, bases, names, information)
    real = real_bases(bases)
    if any(base in (bool, type(None)) for base in real):
        raise ViolationError("a base that has no subclasses")
    is_iterable = any(isinstance(base, IterableMirrorClass) for base in real)
    if meta is MirrorClass and (is_iterable or OF_MEMBERS & information.on_class):
        meta = IterableMirrorClass
    held = held_by(real)
    names.update(members(information, held))
    if held is not None:  # Python would give it one that shows the handle
        names.setdefault("__dict__", type.__dict__["__dict__"].__get__(Mirror)["__dict__"])
    names["__doc__"] = Documentation(names.get("__doc__"))
    return type.__call__(
        meta, name, tuple(real), names
    )  # the mirror of a metaclass asks the solution


def real_bases(bases: list[Any]) -> list[Any]:
    """What a mirror class of these bases derives from."""
    real: list[Any] = [base for base in bases if base is not object]
    is_mirror_class = any(isinstance(base, MirrorClass) for base in real)
    return real if is_mirror_class else [Mirror, *real]


def members(information: ClassInfo, held: Any) -> dict[str, Any]:
    """What a mirror class has under the names that mean something to Python.

    Args:
        information: What is known of the class.
        held: The plain class that it derives from, or None.
    """
    own = information.special | (_OF_COUNTERS if held is Counter else frozenset())
    names = {special: _METHODS[special](held) for special in own & _METHODS.keys()}
    if "unhashable" in information.special:
        names["__hash__"] = None
    elif held is not None and held not in MUTABLE:
        names.setdefault("__hash__", held.__hash__)
    elif "__eq__" in names:
        names.setdefault("__hash__", object.__hash__)
    return {**names, **_named_otherwise(information, held)}


def _named_otherwise(information: ClassInfo, held: Any) -> dict[str, Any]:
    """What a class has under names that its real base, or every class, has too."""
    names: dict[str, Any] = {
        name: forwarded(name)
        for name in information.hidden
        if hasattr(held, name) and not name.startswith("__")
    }
    if "__class_getitem__" in information.methods:
        names["__class_getitem__"] = classmethod(_class_getitem)
    if "__init__" in information.methods:
        names["__init__"] = _Initialiser()
    return names


def _class_getitem(cls: Any, key: Any) -> Any:
    return info(cls).link.call(info(cls).number, "__class_getitem__", (key,), {})


class Documentation:
    """What a class says of itself; its instances may say something else."""

    def __init__(self, text: str | None) -> None:
        self._text = text

    def __get__(self, holder: Any, kind: Any) -> Any:
        return (
            self._text
            if holder is None
            else reference(holder).link.operate("get", holder, "__doc__")
        )


class _Initialiser:
    """What a class shows as its `__init__`; the interpreter does not call it, for the solution does."""

    def __get__(self, holder: Any, kind: Any) -> Function:
        own = info(kind) if holder is None else reference(holder)
        return Function(own.link, own.number, "__init__", "__init__")


def _metaclass(name: str, bases: list[Any], names: dict[str, Any], information: ClassInfo) -> Any:
    """The mirror of a metaclass: what it makes is described as it is, so it has no methods."""
    names.pop("__class__", None)
    asked = {f"__{name}__" for name in OF_MEMBERS}
    kind = IterableMirrorClass if asked & information.special else MirrorClass
    real = [base for base in bases if issubclass(base, MirrorClass)]
    if not any(issubclass(base, kind) for base in real):
        real.append(kind)
    return MirrorClass(name, tuple(real), names)


def held_by(bases: Iterable[Any]) -> Any:
    """The plain class that a class of these bases derives from; None without one."""
    for base in bases:
        found = base_of(base)
        if found is not None:
            return found
    return None


def _comparison(name: str) -> Callable[[Any], Any]:
    def method_of(held: Any) -> Any:
        def method(self: Any, other: Any) -> Any:
            own = reference(self)
            if is_mirror(other) and (is_named(self, other) or not own.tainted):
                own.link.own_equality += 1
                if name in ("eq", "ne") and not _tells_strangers(self):
                    raise own.link.wrong("an object that equals everything")
                return own.link.operate(name, self, other)
            if held is not None and not own.tainted:
                return compared_by_content(name, held, self, other)
            found = by_content(name, self, other)
            if found is not None:
                return found
            if name == "eq":
                _require_comparable(self, other)
            return _by_its_parts(name, self, other) if own.is_constructed else NotImplemented

        return method

    return method_of


def _by_its_parts(name: str, mirror: Any, other: Any) -> Any:
    """How what tests built compares with None, or with one of its own parts; what else is doubted.

    Raises:
        NeedsShared: It has an answer to what nobody expects.
    """
    link = reference(mirror).link
    if other is None and name in ("eq", "ne"):
        answer = link.operate(name, mirror, None)
        return answer if type(answer) is bool else NotImplemented
    if is_mirror(other):
        return NotImplemented
    _ask_of_strangers(name, mirror, other)
    known = known_equality(mirror, other) if name == "eq" else None
    if known is not None:
        return known
    link.doubt()
    return NotImplemented


def _require_comparable(mirror: Any, other: Any) -> None:
    """What the tests expect decides: a value of a library that can compare with none but its own kind.

    Raises:
        NeedsShared: It cannot.
    """
    kind: Any = info(type(mirror)).library
    if kind is not type(other) or "__eq__" not in _defined(kind):
        return
    link = reference(mirror).link
    if link.crosses(other):
        return
    if not is_told_from_without(other, link):
        raise link.needs_shared(f"compares values of {kind.__module__}.{kind.__qualname__}")


def _defined(kind: type) -> set[str]:
    """The names that a class and its bases define, `object` aside."""
    return {name for base in kind.__mro__[:-1] for name in vars(base)}


def _tells_strangers(mirror: Any) -> bool:
    own, link = info(type(mirror)), reference(mirror).link
    if own.tells_strangers is None:
        try:
            own.tells_strangers = link.operate("eq", mirror, os.urandom(12).hex()) is not True
        except Exception:
            own.tells_strangers = True  # it cannot compare with a text at all
    return own.tells_strangers


def _ask_of_strangers(name: str, mirror: Any, other: Any) -> None:
    """Compares what tests built with a random value of the type of theirs, which the program hears nothing of.

    Raises:
        NeedsShared: It has an answer to that.
        Exception: What it raised.
    """
    link = reference(mirror).link
    stranger = stranger_like(other)
    try:
        answer = link.operate(name, mirror, stranger)
    except TypeError:
        if name in ("eq", "ne"):
            raise
        return  # no ordering, as of most
    except ValueError:  # it reads texts, and what it was given is none
        raise link.needs_shared("compares an object of the program with a value") from None
    if answer is not (name == "ne"):
        raise link.needs_shared("compares an object of the program with a value")


def _different(held: Any) -> Any:
    equal, differs = _comparison("eq")(held), _comparison("ne")(held)

    def method(self: Any, other: Any) -> Any:
        if "__ne__" in info(type(self)).special and is_mirror(other):
            return differs(self, other)
        if not (held is None or reference(self).tainted or is_mirror(other)):
            return compared_by_content("ne", held, self, other)
        answer = equal(self, other)
        return answer if answer is NotImplemented else not answer

    return method


def _arithmetic(name: str, *, swapped: bool) -> Callable[[Any], Any]:
    dunder = f"__{'r' if swapped else ''}{name}__"
    asked = f"method_{dunder.strip('_')}"

    def method_of(held: Any) -> Any:
        def method(self: Any, other: Any, *modulus: Any) -> Any:
            own = reference(self)
            if isinstance(self, BaseException):
                return NotImplemented
            if not (is_named(self, other) or _is_between_own(dunder, held, self, other, *modulus)):
                if held is Counter:
                    first, second = (other, self) if swapped else (self, other)
                    return getattr(Counter, f"__{name}__")(counted(first), counted(second))
                return calculated(dunder.strip("_"), held, self, other, *modulus)
            operands = ((other, self) if swapped else (self, other)) + modulus
            is_whole = is_mirror(other) or modulus
            # Else what the class does not know, the other operand's does, or the interpreter refuses.
            request = (name, *operands) if is_whole else (asked, self, other)
            return _operated(name, operands, request, own.link)

        return method

    return method_of


def _is_between_own(dunder: str, held: Any, *operands: Any) -> bool:
    """Whether nothing but objects of the program takes part in what its class does, and no value of the tests did."""
    if held is not None and dunder not in info(type(operands[0])).special:
        return False
    return all(is_mirror(one) and not reference(one).tainted for one in operands)


def _operated(name: str, operands: tuple[Any, ...], request: tuple[Any, ...], link: Link) -> Any:
    mirrors = [reference(operand) for operand in operands if is_mirror(operand)]
    by_test = all(one.made_by_test for one in mirrors)
    tainted = any(one.tainted for one in mirrors)
    with_judge = len(mirrors) < len(operands)
    result = link.operate(*request)
    if result is NotImplemented:
        if by_test or any(type(one) in _UNABLE for one in operands):
            return result
        # What another operand of the tests makes of this comes from a program that has seen it.
        result = link.operate(name, *operands)
    if tainted or (with_judge and not by_test):
        is_difference = name in _DIFFERENCES or len(operands) > _OPERANDS
        is_sealed = is_difference or any(one.sealed for one in mirrors)
        return _tainted(result, link, is_sealed=is_sealed)
    if is_mirror(result) and by_test:
        reference(result).made_by_test = True
    return result


def _tainted(result: Any, link: Link, *, is_sealed: bool) -> Any:
    if not is_mirror(result) or base_of(type(result)) is not None:
        raise link.wrong("arithmetic with a value of the test gave a plain value")
    reference(result).tainted = True
    reference(result).sealed = is_sealed
    return result


def _conversion(name: str) -> Callable[[Any], Any]:
    def method_of(_: Any) -> Any:
        def method(self: Any, *arguments: Any) -> Any:
            own = reference(self)
            if own.tainted:
                raise own.link.wrong(
                    "a conversion of what arithmetic with a value of the test gave"
                )
            return plain(own.link.operate(name, self, *arguments))

        return method

    return method_of


def _array(held: Any) -> Any:
    convert = _conversion("array")(held)

    def method(self: Any, dtype: Any = None, copy: bool | None = None) -> Any:  # noqa: ARG001
        made = convert(self)
        made = _array_of(*made) if type(made) is tuple else made
        return made if dtype is None else made.astype(dtype)

    return method


def _array_of(shape: Any, members: Any) -> Any:
    import numpy as np  # only where it asks for this

    made = np.empty(len(members), dtype=object)
    for place, member in enumerate(members):
        made[place] = member
    return made.reshape(shape)


def _asked(name: str) -> Callable[[Any], Any]:
    def method_of(_: Any) -> Any:
        def method(self: Any, *arguments: Any) -> Any:
            own = reference(self)
            if name in _SIGNS and own.tainted:
                return _tainted(own.link.operate(name, self), own.link, is_sealed=own.sealed)
            require_open(self)
            return _plain_text(name, own.link.operate(name, self, *arguments))

        return method

    return method_of


def _hinted(held: Any) -> Any:
    ask = _asked("length_hint")(held)

    def method(self: Any) -> Any:
        hint = ask(self)
        return hint if type(hint) is int and hint <= _MAX_HINT else NotImplemented

    return method


def _plain_text(name: str, value: Any) -> Any:
    return plain(value) if name in ("str", "repr", "format", "bytes", "len", "hash") else value


def decayed(value: Any) -> Any:
    """What stands for a value where a library would ask it by its own methods: what its base holds."""
    return object() if is_mirror(value) and base_of(type(value)) is None else plain(value)


def _hash(held: Any) -> Any:
    if held is not None and held not in MUTABLE:
        return held.__hash__

    def method(self: Any) -> Any:
        require_open(self)
        return plain(reference(self).link.operate("hash", self))

    return method


def _contains(held: Any) -> Any:
    def method(self: Any, value: Any) -> Any:
        require_open(self)
        own, special = reference(self), info(type(self)).special
        # What the tests look for is told to a collection of their own making only.
        if is_named(self) and (is_mirror(value) or own.made_by_test):
            return own.link.operate("contains", self, value)
        if hasattr(held, "__contains__"):
            if "__contains__" in special:
                _require_rule(self, list(plain(self)), value)
            return held.__contains__(self, value)
        if "__contains__" in special and special & _GIVES_MEMBERS:
            return _holds(self, value)
        if special & _GIVES_MEMBERS:
            return any(member is value or member == value for member in iter(self))
        if own.descends:
            raise own.link.needs_shared("searches what an object of the tests' making gave")
        raise own.link.wrong("what tests look for is not told to what the program made")

    return method


def _holds(mirror: Any, value: Any) -> bool:
    """Whether a value is among the members of an object that has a rule for that, which they must stand for."""
    members = list(itertools.islice(iter(mirror), _MAX_MEMBERS))
    is_whole = len(members) < _MAX_MEMBERS
    _require_rule(mirror, members, value, is_whole=is_whole)
    if any(member is value or member == value for member in members):
        return True
    if not is_whole:
        raise unruled(reference(mirror).link, is_of_tests=_is_of_tests(mirror))
    return False


def _require_rule(mirror: Any, members: list[Any], value: Any, *, is_whole: bool = True) -> None:
    """As `require_rule`, before a value is looked for among the members of an object."""
    own, is_of_tests = reference(mirror), _is_of_tests(mirror)
    require_rule(own.link, mirror, members, is_of_tests=is_of_tests, is_whole=is_whole)
    if own.descends and not is_mirror(value) and any(map(is_mirror, members)):
        raise own.link.needs_shared("searches for a value among objects of the program")


def _is_of_tests(mirror: Any) -> bool:
    """Whether the tests decide of what kind an object is.

    They built it, by its class or what they had built, or caught it by its class.
    """
    own = reference(mirror)
    is_caught = isinstance(mirror, BaseException) and info(type(mirror)).is_built
    return own.descends or own.is_kin or is_caught


def _exit(name: str) -> Callable[[Any], Any]:
    def method_of(_: Any) -> Any:
        def method(self: Any, kind: Any, error: Any, _trace: Any) -> Any:
            link = reference(self).link
            if not link.is_finding(error):
                return link.operate(name, self, kind, error, None)
            # What the tests found is no affair of the program: neither its text nor its end.
            left = link.operate(name, self, AssertionError, AssertionError(), None)
            return _after(left) if name == "aexit" else None

        return method

    return method_of


async def _after(left: Any) -> None:
    await left


def _await(_: Any) -> Any:
    def method(self: Any) -> Any:
        own = reference(self)
        require_open(self)
        return awaiting(own.link, Handle(own.number))

    return method


def _call(_: Any) -> Any:
    def method(self: Any, /, *arguments: Any, **named: Any) -> Any:
        own = reference(self)
        require_open(self)
        return own.link.call(own.number, None, arguments, named)

    return method


def _descriptor(operation: str) -> Callable[[Any], Any]:
    def method_of(_: Any) -> Any:
        def method(self: Any, holder: Any, *arguments: Any) -> Any:
            kind = arguments[0] if holder is None else type(holder)
            if is_case(holder if operation == "descriptor_set_name" else kind):
                return self
            if is_own(kind if operation != "descriptor_set_name" else holder):
                return reference(self).link.operate(operation, self, holder, *arguments)
            return self

        return method

    return method_of


_METHODS: dict[str, Callable[[Any], Any]] = {
    **{f"__{name}__": _asked(name) for name in dunders.PLAIN},
    **{f"__{name}__": _conversion(name) for name in dunders.CONVERSIONS},
    **{f"__{name}__": _comparison(name) for name in dunders.COMPARISONS},
    **{f"__{name}__": _arithmetic(name, swapped=False) for name in dunders.ARITHMETIC},
    **{f"__r{name}__": _arithmetic(name, swapped=True) for name in dunders.ARITHMETIC},
    **{f"__{name}__": _arithmetic(name, swapped=False) for name in dunders.IN_PLACE},
    **{
        f"__{name.removeprefix('descriptor_')}__": _descriptor(name) for name in dunders.DESCRIPTORS
    },
    "__array__": _array,
    "__length_hint__": _hinted,
    "__ne__": _different,
    "__hash__": _hash,
    "__contains__": _contains,
    "__exit__": _exit("exit"),
    "__aexit__": _exit("aexit"),
    "__call__": _call,
    "__await__": _await,
}
