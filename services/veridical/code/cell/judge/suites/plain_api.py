"""The part of pytest's interface that plain test files use, without its session and its start-up time."""

from __future__ import annotations

import math
import re
import types
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from veridical.code.cell.values.content import READERS, base_of, library_class


class OutcomeException(BaseException):
    """What ends a test, which no `except Exception` catches."""


class Skipped(OutcomeException):
    """A test skipped itself."""


class Failed(OutcomeException):
    """A test failed itself."""


@dataclass(frozen=True, slots=True)
class Marker:
    """One mark on a test."""

    name: str
    args: tuple[Any, ...]
    kwargs: dict[str, Any]


class Mark:
    """`pytest.mark`: any name gives a decorator."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return _Decorator(Marker(name, (), {}))


class _Decorator:
    def __init__(self, mark: Marker) -> None:
        self._mark = mark

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if len(args) == 1 and not kwargs and isinstance(args[0], (type, types.FunctionType)):
            args[0].pytestmark = [*marks_of(args[0]), self._mark]  # type: ignore[union-attr]
            return args[0]
        return _Decorator(Marker(self._mark.name, args, kwargs))


def marks_of(marked: Any) -> tuple[Marker, ...]:
    """The marks on a test or on a class of tests."""
    return tuple(vars(marked).get("pytestmark", ()))


@dataclass(frozen=True, slots=True)
class Param:
    """One row of `parametrize`."""

    values: tuple[Any, ...]


@dataclass(slots=True)
class ExceptionInfo:
    """What `raises` caught."""

    value: Any = None

    @property
    def type(self) -> Any:
        """The exception's class."""
        return self.value.__class__

    def match(self, pattern: Any) -> bool:
        """Fails unless `pattern` is found in the exception's text."""
        text = "\n".join([str(self.value), *getattr(self.value, "__notes__", ())])
        if not re.search(pattern, text):
            raise Failed(f"{pattern!r} is not found in {text!r}")
        return True


class _Raises:
    def __init__(self, expected: Any, match: Any) -> None:
        self._expected, self._match = expected, match
        self.info = ExceptionInfo()

    def __enter__(self) -> ExceptionInfo:
        return self.info

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: object) -> bool:
        if kind is None:
            raise Failed(f"did not raise {self._expected}")
        if not issubclass(kind, self._expected):
            return False
        self.info.value = error
        if self._match is not None:
            self.info.match(self._match)
        return True


def raises(expected: Any, match: Any = None) -> Any:
    """`pytest.raises`."""
    _check_classes(expected)
    return _Raises(expected, match)


def _check_classes(expected: Any) -> None:
    for one in expected if isinstance(expected, tuple) else (expected,):
        if not (isinstance(one, type) and issubclass(one, BaseException)):
            raise TypeError(f"{one!r} is no exception")


class Approx:
    """`pytest.approx` of numbers, sequences and mappings."""

    __hash__ = None  # type: ignore[assignment]
    __array_ufunc__ = None
    __array_priority__ = 100

    def __init__(self, expected: Any, rel: Any, abs_: Any, nan_ok: bool) -> None:
        self._expected, self._rel, self._abs, self._nan_ok = expected, rel, abs_, nan_ok

    def __eq__(self, actual: object) -> bool:
        return self._near(self._expected, actual)

    def __repr__(self) -> str:
        return f"approx({self._expected!r})"

    def _near(self, expected: Any, actual: Any) -> bool:
        if type(actual) is bool or type(expected) is bool:
            return type(expected) is type(actual) and expected == actual
        base = base_of(type(actual))
        if base is not None and base is not type(actual):
            actual = READERS[base](actual)  # what it holds, not what it says of itself
        array = library_class("numpy", "ndarray")
        is_array = type(actual) is array
        if type(expected) is array:
            if is_array and actual.shape != expected.shape:
                return False
            expected = expected.tolist()
        if is_array:
            actual = actual.tolist()
        if isinstance(actual, list) and not isinstance(expected, (list, tuple, dict)) and is_array:
            return all(self._near(expected, one) for one in actual)
        if isinstance(expected, dict):
            return (
                isinstance(actual, dict)
                and expected.keys() == actual.keys()
                and all(self._near(expected[key], actual[key]) for key in expected)
            )
        if isinstance(expected, (list, tuple)):
            return (
                isinstance(actual, (list, tuple))
                and len(expected) == len(actual)
                and all(map(self._near, expected, actual))
            )
        return self._near_number(expected, actual)

    def _near_number(self, expected: Any, actual: Any) -> bool:
        try:
            if expected == actual:
                return True
            if expected != expected or actual != actual:
                return bool(self._nan_ok and expected != expected and actual != actual)
            if math.isinf(abs(expected)) or math.isinf(abs(actual)):
                return False
            absolute = 1e-12 if self._abs is None else self._abs
            usual = 1e-6 if self._abs is None else 0.0
            relative = usual if self._rel is None else self._rel
            if isinstance(expected, Decimal):
                absolute, relative = Decimal(str(absolute)), Decimal(str(relative))
            return bool(abs(expected - actual) <= max(relative * abs(expected), absolute))
        except TypeError:
            return False


def approx(expected: Any, rel: Any = None, abs: Any = None, nan_ok: bool = False) -> Approx:  # noqa: A002
    """`pytest.approx`."""
    return Approx(expected, rel, abs, nan_ok)


def param(*values: Any, **_: Any) -> Param:
    """`pytest.param`."""
    return Param(values)


def skip(reason: str = "", **_: Any) -> None:
    """`pytest.skip`."""
    raise Skipped(reason)


def fail(reason: str = "", **_: Any) -> None:
    """`pytest.fail`."""
    raise Failed(reason)


def module() -> types.ModuleType:
    """A module that stands for pytest."""
    made = types.ModuleType("pytest")
    for function in (raises, approx, param, skip, fail):
        setattr(made, function.__name__, function)
    made.mark = Mark()  # type: ignore[attr-defined]
    return made
