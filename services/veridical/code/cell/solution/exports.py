"""What a solution hands out: handles of its objects, and what its classes are made of."""

from __future__ import annotations

import builtins
import collections
import contextlib
import functools
import itertools
import sys
import types
import typing
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from veridical.code.cell.dunders import DUNDERS
from veridical.code.cell.solution.changes import Changes, texts_of
from veridical.code.cell.solution.functions import Absent
from veridical.code.cell.solution.stubs import Stubs
from veridical.code.cell.values.content import MUTABLE, READERS, base_of, rewrite
from veridical.code.cell.values.followed import Followed
from veridical.code.cell.values.hints import decode_alias, decode_hint, encode_alias, encode_hint
from veridical.code.cell.values.known import is_harmless, is_listed, name_of
from veridical.code.cell.values.plain import Decoder, Encoder, TooLargeError, Tree, ViolationError
from veridical.code.cell.values.table import (
    ALL_OF_DICTS,
    BY_TYPE,
    PARTS_OF_DICTS,
    NotOfTheTable,
    decode_entry,
    encode_entry,
    encode_live,
)

# Real on both sides; what else a class derives from is described.
REAL: dict[type, str] = {
    **{kind: kind.__name__ for kind in READERS},
    **{kind: kind.__name__ for kind in BY_TYPE},
    **{kind: kind.__name__ for kind in (object, type, bool, type(None))},
    **{
        kind: kind.__name__
        for kind in vars(builtins).values()
        if isinstance(kind, type) and issubclass(kind, BaseException)
    },
}
_FUNCTIONS = (
    types.FunctionType,
    types.BuiltinFunctionType,
    types.MethodType,
    types.MethodWrapperType,
    types.MethodDescriptorType,
    types.WrapperDescriptorType,
    types.ClassMethodDescriptorType,
    functools.partial,
    type(functools.lru_cache(lambda: None)),
)
_BINDING = (types.FunctionType, type(functools.lru_cache(lambda: None)))
_METHODS = (types.FunctionType, classmethod, staticmethod)
_ON_CLASSES = ("iter", "len", "getitem", "contains", "repr", "instancecheck", "subclasscheck")
_LIBRARIES = frozenset({*sys.stdlib_module_names, "numpy"})
_LIVE = ALL_OF_DICTS | PARTS_OF_DICTS
_MAX_CAUSES = 32
_OF_OTHERS = frozenset({"obj", "message", "exceptions", "print_file_and_line"})
"""Members of exceptions that lead to objects, or that no one sets."""
_MAX_SUBMODULES = 64


@dataclass(slots=True)
class Exports:
    """The table of everything handed out; an object keeps its number for good.

    Attributes:
        own: The program's namespace.
    """

    stubs: Stubs
    own: dict[str, Any] | None = None
    changes: Changes = field(default_factory=Changes)
    objects: list[Any] = field(default_factory=list)
    followed: Followed = field(init=False)
    _numbers: dict[int, int] = field(default_factory=dict)
    _named: dict[int, tuple[str, Any]] = field(default_factory=dict)
    """What of libraries the tests gave, and may have back."""
    _described: dict[int, Any] = field(default_factory=dict)
    """What else of libraries they gave: it is described each time, so that what holds it shows no change."""
    _errors: dict[int, list[Any]] = field(default_factory=dict)
    """What exceptions were made of when the judge was told of them last."""

    def __post_init__(self) -> None:
        self.followed = Followed(self._foreign, self._import, 0, 1, tells_roots=True)

    def __getitem__(self, number: int) -> Any:
        return self.objects[number]

    def drop(self, number: int) -> None:
        """Holds an object no longer, which the judge will not name again."""
        self._numbers.pop(id(self.objects[number]), None)
        self._errors.pop(number, None)
        self.changes.drop(number)
        self.objects[number] = None

    def changed(self) -> list[Tree]:
        """What the program has made of what was told, to be told before anything else."""
        return self.changes.found(self.objects, self._description, self._class)

    def failure(self, error: BaseException, causes: int = 0) -> Tree:
        """The tree of an exception."""
        stub = self.stubs.number(error)
        if stub is not None and self.stubs.is_changed(error) and causes < _MAX_CAUSES:
            notes = [one for one in vars(error).get("__notes__", ()) if type(one) is str]
            because = error.__cause__
            cause = None if because is None else self.failure(because, causes + 1)
            return {"R": [stub, cause, error.__suppress_context__, notes]}
        if stub is not None:
            return Encoder(self._foreign)(error)
        return self._error(error, Encoder(self._foreign, self.followed.told), causes)

    def _error(self, error: BaseException, encoder: Encoder, causes: int = 0) -> Tree:
        """The tree of an exception of the program: all of it, if it is another than was told of it last."""
        number, state = self._numbers.get(id(error)), _state(error)
        if number is not None and _is_same(self._errors.get(number, ()), state):
            return {"h": number}
        is_new = number is None
        number = self._number(error) if number is None else number
        self._errors[number] = state
        # The class first: it is described where the judge meets it first.
        kind = self._class(type(error)) if is_new else None
        arguments = [self._shown(argument, encoder) for argument in error.args]
        own, live = dict(_fields(error)), None
        if not (type(error) in REAL or _is_of_library(type(error))):
            own.update(one for one in vars(error).items() if one[0] == "__notes__")
        elif vars(error) and self.followed.is_telling(encoder):
            live = self.followed.told(vars(error), encoder)
        else:
            own.update(vars(error))
        told = {name: self._shown(value, encoder) for name, value in own.items()}
        chained: list[Tree] = [
            None if one is None or causes >= _MAX_CAUSES else self.failure(one, causes + 1)
            for one in (error.__cause__, error.__context__)
        ]
        content = [arguments, told, *chained, error.__suppress_context__, live]
        return {"H": [number, kind, content]} if is_new else {"E": [number, content]}

    def _shown(self, value: Any, encoder: Encoder) -> Tree:
        if self.followed.is_telling(encoder):
            return encoder(value)
        try:
            return encoder.fresh(value)
        except TooLargeError:
            return "..."

    def _number(self, value: Any) -> int:
        if id(value) in self._described and id(value) in self._numbers:
            return self._numbers[id(value)]
        self.objects.append(value)
        number = self._numbers[id(value)] = len(self.objects) - 1
        return number

    def _foreign(self, value: Any, encoder: Encoder) -> Tree:
        if type(value) is Absent:  # before it is asked for its class
            return {"A": list(value.place())}
        stub = self.stubs.number(value)
        if stub is not None:
            self.stubs.told(stub, value)
            return {"j": stub}
        if id(value) in self._named:
            return {"g": self._named[id(value)][0]}
        number = self._numbers.get(id(value))
        is_told = number is not None and id(value) not in self._described
        if is_told and not isinstance(value, type):
            is_error = isinstance(value, BaseException)
            return self._error(value, encoder) if is_error else {"h": number}
        if type(value) is types.FunctionType and value.__globals__ is self.own:
            return self._function(value)
        hint = encode_hint(value, encoder) or encode_alias(value, encoder)
        if hint is not None:
            return hint
        if isinstance(value, type):
            return self._class(value)
        if type(value) in _TUPLES:
            fields: Any = type(value)
            return {"N": [fields.__name__, list(fields._fields), encoder(tuple(value))]}
        entry = encode_live(value, encoder, _LIVE) or encode_entry(value, encoder)
        return self._handle(value, encoder) if entry is None else entry

    def _handle(self, value: Any, encoder: Encoder) -> Tree:
        if isinstance(value, types.TracebackType):
            return None
        known = name_of(value)
        if known is not None:
            return {"g": known}
        if isinstance(value, BaseException):
            return self._error(value, encoder)
        if isinstance(value, types.ModuleType):
            below = [name for name in sys.modules if name.startswith(f"{value.__name__}.")]
            return {"M": [self._number(value), value.__name__, below[:_MAX_SUBMODULES]]}
        if isinstance(value, _FUNCTIONS) and not _is_descriptor(value):
            return self._function(value)
        if isinstance(value, types.GeneratorType):
            return {"G": [self._number(value), value.gi_suspended]}
        if isinstance(value, types.CoroutineType):
            return {"C": self._number(value)}
        return self._instance(value, encoder)

    def _function(self, value: Any) -> Tree:
        texts = texts_of(value)
        number, is_partial = self._number(value), isinstance(value, functools.partial)
        self.changes.note_function(number, texts)
        return {"F": [number, texts, isinstance(value, _BINDING), is_partial]}

    def _instance(self, value: Any, encoder: Encoder) -> Tree:
        base = base_of(type(value))
        if base is None:
            # A moment in a zone of the program's own stays one.
            entry = next((BY_TYPE[kind] for kind in type(value).__mro__ if kind in BY_TYPE), None)
            with contextlib.suppress(NotOfTheTable):
                if entry is not None:
                    return {"v": [entry.name, encoder.parts(entry.parts(value))]}
        number = self._number(value)
        self.changes.note_object(number, type(value))
        kind = self._class(type(value))
        content = None
        if base in MUTABLE:
            content = self.followed.told(value, encoder)
        elif base is not None:
            content = encoder(READERS[base](value))
        if is_listed(type(value)):
            return {"H": [number, kind, content, value.name]}
        hiding = [] if base is None else [one for one in _attributes(value) if hasattr(base, one)]
        return {"H": [number, kind, content, *([hiding] if hiding else ())]}

    def _class(self, kind: type) -> Tree:
        name = REAL.get(kind)
        if name is not None:
            return {"n": name}
        if id(kind) in self._numbers:
            return {"k": self._numbers[id(kind)]}
        stub = self.stubs.number(kind)
        if stub is not None:
            return {"j": stub}
        number = self._number(kind)
        if not _is_of_library(kind):
            self.changes.note_class(number, kind)
        return {"K": [number, self._description(kind)]}

    def _description(self, kind: type) -> dict[str, Tree]:
        own: dict[str, Any] = {}
        for base in reversed(kind.__mro__):
            if base not in REAL:
                own.update(vars(base))
        special = [
            name for name in (*DUNDERS, "__await__") if name in own and own[name] is not None
        ]
        if own.get("__hash__", kind) is None:
            special.append("unhashable")
        held, assigned = base_of(kind), self.changes.assigned()
        abstract: Any = vars(kind).get("__abstractmethods__")
        is_told = type(abstract) in (set, frozenset)
        hidden = [name for name in own if not name.startswith("__") and hasattr(held, name)]
        return {
            "n": kind.__name__,
            "q": kind.__qualname__,
            "m": str(kind.__module__),
            "l": _is_of_library(kind),
            "d": str(kind.__doc__) if kind.__doc__ else None,
            "s": special,
            "o": hidden if held else [],
            "f": [
                name
                for name, member in own.items()
                if isinstance(member, _METHODS) and name not in assigned
            ],
            "p": _protocol(kind),
            "a": [name for name in abstract if type(name) is str] if is_told else None,
            "b": [self._class(base) for base in kind.__bases__ if base is not object],
            "i": [name for name in _ON_CLASSES if _of_meta(kind, name)],
            "t": self._class(type(kind)) if _has_own_type(kind) else None,
        }

    def _import(self, tag: str, tree: Tree, decoder: Decoder) -> Any:
        if tag == "v":
            return decode_entry(tree, decoder)
        if tag in ("h", "k"):
            return self.objects[tree]
        if tag == "j":
            return self.stubs[tree]
        if tag == "J":
            return self._stub(tree, decoder)
        if tag == "n":
            return _KINDS[tree]
        if tag == "N":
            name, fields, content = tree
            return _tuple_class(name, tuple(fields))._make(decoder(content))
        if tag == "g":
            return self._given(tree)
        if tag == "T":
            return decode_hint(tree, decoder)
        if tag == "U":
            return decode_alias(tree, decoder)
        raise ViolationError(tag)

    def _given(self, name: str) -> Any:
        """What a library has under a name; a function of it goes back by that name."""
        named = _named(name)
        if isinstance(named, type) or (isinstance(named, _FUNCTIONS) and is_harmless(name)):
            self._named[id(named)] = name, named
        else:
            self._described[id(named)] = named
        return named

    def _stub(self, tree: Tree, decoder: Decoder) -> Any:
        """What the judge tells of for the first time; in the order of the telling, for parts tell of others."""
        number, kind, name, special, parts = tree
        make = {
            "error": self._error_stub,
            "instance": self._instance_stub,
        }.get(kind)
        if make is not None:
            return make(number, name, parts, decoder)
        if kind in ("function", "method"):
            return self._function_stub(number, kind, name, parts, decoder)
        if kind == "object":
            has_vars, named, is_awaited = parts
            parts = has_vars is True, named and (lambda: _named(named)), is_awaited is True
        elif kind == "exception":
            bases, *parts = parts
            parts = decoder.members(bases), *parts
        elif kind == "class":
            parts = self._class_parts(parts, decoder)
        return self.stubs.make(number, kind, name, special, parts)

    def _error_stub(self, number: int, name: str, parts: Any, decoder: Decoder) -> Any:
        kind, arguments, fields, behind, suppresses, notes = parts
        described = decoder(kind), decoder.members(arguments)
        own = [(place, decoder(one)) for place, one in fields]
        made = self.stubs.make(number, "error", name, [], described)
        made.__cause__, made.__context__ = decoder.members(behind)
        made.__suppress_context__ = suppresses
        if notes is not None:
            own.append(("__notes__", decoder.members(notes)))
        for place, value in own:
            with contextlib.suppress(Exception):
                setattr(made, place, value)
        self.stubs.keep_error(made)
        return made

    def _function_stub(
        self, number: int, kind: str, name: str, parts: Any, decoder: Decoder
    ) -> Any:
        *described, attributes = parts
        self._decode_described(described, decoder)
        own = {field: decoder(one) for field, one in attributes}
        made = self.stubs.make(number, kind, name, [], described)
        self.stubs.mark(number, own)
        if kind == "function" and self.changes.watches_texts():
            self.stubs.watch_texts(number)
        return made

    def _class_parts(self, parts: Any, decoder: Decoder) -> Any:
        bases = decoder.members(parts[0])
        fields = [(place, decoder(one), given) for place, one, given in parts[1]]
        told = parts[2]
        told["notes"] = {place: decoder(one) for place, one in told["notes"]}
        told["base"] = decoder(told["base"])
        for above in ("library", "virtual", "above"):
            told[above] = [decoder(one) for one in told[above]]
        if "init" in told:
            *told["init"], _ = told["init"]
            self._decode_described(told["init"], decoder)
        return bases, fields, told

    def _decode_described(self, parts: list[Any], decoder: Decoder) -> None:
        """Decodes what `described.describe` tells: annotations, and classes that these name."""
        parts[3] = {name: decoder(one) for name, one in parts[3]}
        named = [decoder(one) for _, one in parts[6]]
        parts[6] = self.stubs.space if named else None

    def _instance_stub(self, number: int, name: str, parts: Any, decoder: Decoder) -> Any:
        """An instance of a class of the tests, which may derive from a plain one."""
        kind_tree, content, *factory = parts
        kind = decoder(kind_tree)
        if base_of(kind) not in MUTABLE:
            return self.stubs.make(number, "instance", name, [], (kind, decoder(content)))
        made = self.stubs.make(number, "instance", name, [], (kind, None))
        for one in factory:
            vars(collections.defaultdict)["default_factory"].__set__(made, decoder(one))
        if type(content) is dict and "L" in content:
            return self.followed.make(content["L"], decoder, made)
        rewrite(made, decoder(content))
        return made


@functools.cache
def _members_of(kind: type) -> list[tuple[str, Any]]:
    """Name and descriptor of what the interpreter keeps of such exceptions beside their arguments."""
    return [
        (name, one)
        for base in kind.__mro__
        for name, one in vars(base).items()
        if type(one) is types.MemberDescriptorType and not name.startswith("_")
        if name not in _OF_OTHERS
    ]


def _fields(error: BaseException) -> list[tuple[str, Any]]:
    base = next(one for one in type(error).__mro__ if one in REAL)
    return [(name, one.__get__(error)) for name, one in _members_of(base)]


def _state(error: BaseException) -> list[Any]:
    """What an exception is made of: its notes, too, and what else stands in its lists."""
    behind = error.__cause__, error.__context__, error.__suppress_context__
    own = itertools.chain(_fields(error), vars(error).items())
    state = [*error.args, *behind, *itertools.chain.from_iterable(own)]
    return [*state, *itertools.chain(*(one for one in state if type(one) is list))]


def _is_same(known: Sequence[Any], state: Sequence[Any]) -> bool:
    return len(known) == len(state) and all(
        one is other or (type(one) is type(other) is int and one == other)
        for one, other in zip(known, state, strict=True)
    )


def _attributes(value: Any) -> list[str]:
    """Names of what stands in an object itself, whatever its class says of that."""
    held = (vars(kind).get("__dict__") for kind in type(value).__mro__)
    own = next((one for one in held if type(one) is types.GetSetDescriptorType), None)
    found = {} if own is None else own.__get__(value)
    return [name for name in dict.keys(found) if type(name) is str]


def _is_descriptor(value: Any) -> bool:
    """Whether a class of the program derives from one of functions, and binds what stands in a class in its own way."""
    kind = type(value)
    own = [one for one in kind.__mro__ if one not in _FUNCTIONS]
    return kind not in _FUNCTIONS and any("__get__" in vars(one) for one in own)


def _of_meta(kind: type, name: str) -> bool:
    if name == "instancecheck" and issubclass(kind, type):
        return True  # its instances are classes, which the judge has under no metaclass
    above: tuple[type, ...] = type.__dict__["__mro__"].__get__(type(kind))
    return any(f"__{name}__" in vars(base) for base in above if base not in (type, object))


def _is_of_library(kind: type) -> bool:
    """Whether a library defines a class where it says to be defined."""
    module, path = str(kind.__module__), kind.__qualname__
    if module.partition(".")[0] not in _LIBRARIES:
        return False
    found: Any = sys.modules.get(module)
    for part in path.split("."):
        found = getattr(found, part, None)
    return found is kind


def _protocol(kind: type) -> list[str] | None:
    """The names that an object of a protocol has, if `isinstance` asks for that."""
    own = vars(kind)
    if own.get("_is_protocol") is not True or not getattr(kind, "_is_runtime_protocol", False):
        return None
    return sorted(vars(typing)["_get_protocol_attrs"](kind))


def _has_own_type(kind: type) -> bool:
    """Whether a class is made by a metaclass that no library has."""
    return str(type(kind).__module__).partition(".")[0] not in sys.stdlib_module_names


_TUPLES: set[type] = set()
"""The tests' named tuples, which go back as what they were."""


@functools.lru_cache(maxsize=64)
def _tuple_class(name: str, fields: tuple[str, ...]) -> Any:
    made: Any = collections.namedtuple(name, fields, rename=True)  # type: ignore[misc] # noqa: PYI024 - its fields come late
    _TUPLES.add(made)
    return made


def _named(name: str) -> Any:
    """A function, class or module of the standard library, imported here."""
    module, _, path = name.partition(":")
    __import__(module)
    found: Any = sys.modules[module]
    for part in path.split(".") if path else ():
        found = getattr(found, part)
    return found


_KINDS = {name: kind for kind, name in REAL.items()}
