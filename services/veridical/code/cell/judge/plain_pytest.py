"""A light runner for plain pytest files: functions, classes, parameters, plain fixtures, marks."""

from __future__ import annotations

import asyncio
import inspect
import io
import itertools
import os
import re
import sys
import types
import unittest
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from veridical.code.cell.judge import patches, plain_api, unittests
from veridical.code.cell.judge.faults import NeedsShared, SolutionGone
from veridical.code.cell.judge.link import Link
from veridical.code.cell.judge.local import LocalLink
from veridical.code.cell.judge.suite import File, test_files
from veridical.code.cell.judge.unittests import Run

_WIDE = frozenset({"class", "module", "package", "session"})


@dataclass(frozen=True, slots=True)
class _Test:
    """One test: a function, perhaps of a class, with one choice of parameters."""

    name: str
    function: Callable[..., Any]
    owner: type | None
    values: dict[str, Any]
    markers: tuple[plain_api.Marker, ...]


class _Captured(NamedTuple):
    out: str
    err: str


class _Capsys:
    def __init__(self) -> None:
        self._before = sys.stdout, sys.stderr
        self._renew()

    def readouterr(self) -> _Captured:
        """What was printed since the last call."""
        taken = _Captured(self._out.getvalue(), self._err.getvalue())
        self._renew()
        return taken

    def _renew(self) -> None:
        self._out, self._err = io.StringIO(), io.StringIO()
        sys.stdout, sys.stderr = self._out, self._err

    def undo(self) -> None:
        """Gives the streams back."""
        sys.stdout, sys.stderr = self._before


class _MonkeyPatch:
    """The `monkeypatch` fixture; what it puts into a library is mirrored into the solution."""

    def __init__(self, link: Link | LocalLink) -> None:
        self._link = link
        self._stack = ExitStack()

    def setattr(self, target: Any, name: Any, value: Any = ..., raising: bool = True) -> None:
        """Sets an attribute until the test ends."""
        if isinstance(target, str):
            value = name
            path, _, name = target.rpartition(".")
            target = patches.resolve(path)
        had = hasattr(target, name)
        if raising and not had:
            raise AttributeError(name)
        old = getattr(target, name, None)
        setattr(target, name, value)
        self._stack.callback(
            setattr if had else delattr, *((target, name, old) if had else (target, name))
        )
        self._stack.callback(patches.put_while(self._link, target, name, value))

    def delattr(self, target: Any, name: str, raising: bool = True) -> None:
        """Deletes an attribute until the test ends."""
        if hasattr(target, name) or raising:
            patches.check_deleted(self._link, target, name)
            self._stack.callback(setattr, target, name, getattr(target, name))
            delattr(target, name)

    def setitem(self, mapping: Any, key: Any, value: Any) -> None:
        """Sets an item until the test ends."""
        if key in mapping:
            self._stack.callback(mapping.__setitem__, key, mapping[key])
        else:
            self._stack.callback(mapping.pop, key, None)
        mapping[key] = value

    def delitem(self, mapping: Any, key: Any, raising: bool = True) -> None:
        """Deletes an item until the test ends."""
        if key in mapping or raising:
            self._stack.callback(mapping.__setitem__, key, mapping[key])
            del mapping[key]

    def setenv(self, name: str, value: Any) -> None:
        """Sets an environment variable until the test ends."""
        self.setitem(os.environ, name, str(value))

    def delenv(self, name: str, raising: bool = True) -> None:
        """Deletes an environment variable until the test ends."""
        self.delitem(os.environ, name, raising)

    def chdir(self, path: Any) -> None:
        """Changes the folder until the test ends."""
        self._stack.callback(os.chdir, os.getcwd())  # noqa: PTH109
        os.chdir(path)

    def undo(self) -> None:
        """Undoes all."""
        self._stack.close()


@dataclass(slots=True)
class _Fixtures:
    """The fixtures of one module, and the values of wide ones."""

    link: Link | LocalLink
    known: dict[str, plain_api.Fixture]
    wide: dict[tuple[str, int], Any] = field(default_factory=dict)
    stack: ExitStack = field(default_factory=ExitStack)
    root: Path = field(default_factory=lambda: Path.cwd() / "pytest-of-tests")
    folders: Counter[str] = field(default_factory=Counter)

    def value(self, name: str, test: _Test, ready: dict[str, Any], stack: ExitStack) -> Any:
        """The value of fixture `name` for one test; what it needs is made first."""
        if name in ready:
            return ready[name]
        fixture = self.known.get(name)
        if fixture is None:
            ready[name] = self._own(name, test, stack)
            return ready[name]
        key = (name, id(test.owner) if fixture.scope == "class" else 0)
        choice = test.values.get(f"@{name}")
        is_wide = fixture.scope in _WIDE and choice is None
        if is_wide and key in self.wide:
            return self.wide[key]
        made = self._made(fixture, test, ready, self.stack if is_wide else stack)
        ready[name] = made
        if is_wide:
            self.wide[key] = made
        return made

    def _made(
        self, fixture: plain_api.Fixture, test: _Test, ready: dict[str, Any], stack: ExitStack
    ) -> Any:
        function = fixture.function
        arguments = {}
        for name in _wanted(function):
            if name == "request":
                choice = test.values.get(f"@{fixture.name or function.__name__}")
                arguments[name] = types.SimpleNamespace(param=choice, node=test)
            else:
                arguments[name] = self.value(name, test, ready, stack)
        made = _bound(function, ready.get("@self"))(**arguments)
        if inspect.isgeneratorfunction(function):
            value = next(made)
            stack.callback(next, made, None)
            return value
        return made

    def _folder(self, test: _Test) -> Path:
        """An empty folder of its own, which stays: tests may leave it late, or look into those before them."""
        word = re.sub(r"\W", "_", test.name.rpartition(".")[2])[:30]
        path = self.root / f"{word}{self.folders[word]}"
        self.folders[word] += 1
        path.mkdir(parents=True)
        return path

    def _own(self, name: str, test: _Test, stack: ExitStack) -> Any:
        if name == "tmp_path":
            return self._folder(test)
        if name == "capsys":
            capsys = _Capsys()
            stack.callback(capsys.undo)
            return capsys
        if name == "monkeypatch":
            patch = _MonkeyPatch(self.link)
            stack.callback(patch.undo)
            return patch
        return types.SimpleNamespace(param=None, node=test)


def run(files: Sequence[File], imported: Callable[[File], types.ModuleType], one: Run) -> None:
    """Runs the tests of plain pytest files."""
    sys.modules["pytest"] = plain_api.module()
    shared = [imported(file) for file in files if file.path.endswith("conftest.py")]
    tests = [(file, imported(file)) for file in test_files(files)]
    for _, module in tests:
        known = {}
        for holder in (*shared, module):
            known.update(_fixtures(vars(holder)))
        fixtures = _Fixtures(one.link, known)
        collected = list(_collected(module, fixtures))
        one.report.tests += len(collected)
        with fixtures.stack:
            for test in collected:
                _run_test(test, fixtures, one)
        unittests.run([module], one)


def _fixtures(names: dict[str, Any]) -> dict[str, plain_api.Fixture]:
    return {
        value.name or name: value
        for name, value in names.items()
        if isinstance(value, plain_api.Fixture)
    }


def _run_test(test: _Test, fixtures: _Fixtures, one: Run) -> None:
    one.started(test.name)
    marks = [mark for mark in test.markers if mark.name == "xfail" and _applies(mark)]
    module = test.function.__module__
    if any(marker.name in ("skip", "skipif") and _applies(marker) for marker in test.markers):
        one.skipped(module, test.name)
        return
    try:
        _call(test, fixtures)
    except plain_api.Skipped:
        one.skipped("", test.name)
    except (SolutionGone, NeedsShared):
        raise
    except BaseException as error:
        if marks and all(isinstance(error, mark.kwargs.get("raises") or object) for mark in marks):
            one.failed_as_marked(module, test.name, error)
        else:
            one.ended(test.name, error)
    else:
        if marks:
            one.ended(test.name, AssertionError("passed against its marker"))
        else:
            one.passed(test.name)


def _applies(marker: plain_api.Marker) -> bool:
    if marker.name == "skip":
        return True
    conditions = [*marker.args, marker.kwargs.get("condition", True)]
    # Texts are for pytest's own session: here one could be the solution's.
    return all(conditions) and str not in map(type, conditions)


def _call(test: _Test, fixtures: _Fixtures) -> None:
    ready = {name: value for name, value in test.values.items() if not name.startswith("@")}
    with ExitStack() as stack:
        holder = test.owner() if test.owner else None
        ready["@self"] = holder
        local = fixtures.known
        if test.owner:
            fixtures.known = {**local, **_fixtures(_members(test.owner))}
        try:
            for name, fixture in fixtures.known.items():
                if fixture.autouse:
                    fixtures.value(name, test, ready, stack)
            _set_up(holder, test, stack)
            wanted = _wanted(test.function)
            arguments = {name: fixtures.value(name, test, ready, stack) for name in wanted}
            result = _bound(test.function, holder)(**arguments)
            if inspect.iscoroutine(result):
                asyncio.run(result)
        finally:
            fixtures.known = local


def _set_up(holder: Any, test: _Test, stack: ExitStack) -> None:
    if holder is None:
        return
    for name, counterpart in (("setup_method", "teardown_method"), ("setup", "teardown")):
        if hasattr(holder, counterpart):
            stack.callback(_set, getattr(holder, counterpart), test)
        if hasattr(holder, name):
            _set(getattr(holder, name), test)


def _set(method: Callable[..., Any], test: _Test) -> None:
    method(*([test.function] if inspect.signature(method).parameters else []))


def _bound(function: Callable[..., Any], holder: Any) -> Callable[..., Any]:
    first = next(iter(inspect.signature(function).parameters), None)
    return (
        types.MethodType(function, holder) if holder is not None and first == "self" else function
    )


def _wanted(function: Callable[..., Any]) -> list[str]:
    return [
        name
        for name, one in inspect.signature(function).parameters.items()
        if name != "self" and one.default is one.empty and one.kind is not one.VAR_KEYWORD
    ]


def _members(owner: type) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for base in reversed(owner.__mro__):
        found.update(vars(base))
    return found


def _collected(module: types.ModuleType, fixtures: _Fixtures) -> Iterator[_Test]:
    for name, value in list(vars(module).items()):
        if name.startswith("test") and isinstance(value, types.FunctionType):
            yield from _rows(name, value, None, _markers(value), fixtures)
        elif (
            name.startswith("Test")
            and isinstance(value, type)
            and type(value) is type
            and not issubclass(value, unittest.TestCase)
            and "__init__" not in vars(value)
        ):
            yield from _of_class(value, fixtures)


def _of_class(owner: type, fixtures: _Fixtures) -> Iterator[_Test]:
    if owner.__dict__.get("__test__", True) is False:
        return
    own = _Fixtures(fixtures.link, {**fixtures.known, **_fixtures(_members(owner))})
    for name, value in _members(owner).items():
        function = value.__func__ if isinstance(value, (staticmethod, classmethod)) else value
        if name.startswith("test") and isinstance(function, types.FunctionType):
            marks = (*_markers(owner), *_markers(function))
            yield from _rows(f"{owner.__name__}.{name}", function, owner, marks, own)


def _markers(holder: Any) -> tuple[plain_api.Marker, ...]:
    return tuple(one.mark for one in getattr(holder, "pytestmark", ()))


def _rows(
    name: str,
    function: Callable[..., Any],
    owner: type | None,
    markers: tuple[plain_api.Marker, ...],
    fixtures: _Fixtures,
) -> Iterator[_Test]:
    axes = [_axis(one) for one in markers if one.name == "parametrize"]
    for wanted in _closure(function, fixtures.known):
        fixture = fixtures.known[wanted]
        if fixture.params is not None:
            axes.append([({f"@{wanted}": value}, ()) for value in fixture.params])
    if not all(axes):  # no row, as pytest has it: a test that is skipped
        yield _Test(f"{name}[]", function, owner, {}, (plain_api.Marker("skip", (), {}),))
    for number, row in enumerate(itertools.product(*axes)):
        values = {key: value for choice, _ in row for key, value in choice.items()}
        own = tuple(one.mark for _, marks in row for one in marks)
        label = f"{name}[{number}]" if axes else name
        yield _Test(label, function, owner, values, (*markers, *own))


def _closure(function: Callable[..., Any], known: dict[str, plain_api.Fixture]) -> list[str]:
    """Names of all fixtures that `function` needs, directly or not, autouse ones too."""
    found = [name for name, fixture in known.items() if fixture.autouse]
    found += [name for name in _wanted(function) if name in known and name not in found]
    for name in found:  # grows while it is walked
        for further in _wanted(known[name].function):
            if further in known and further not in found:
                found.append(further)
    return found


def _axis(marker: plain_api.Marker) -> list[tuple[dict[str, Any], tuple[Any, ...]]]:
    names, rows = marker.args[:2] if len(marker.args) > 1 else _named(marker)
    names = [one.strip() for one in names.split(",")] if isinstance(names, str) else list(names)
    names = [name for name in names if name]
    axis = []
    for row in rows:
        marks = row.marks if isinstance(row, plain_api.Param) else ()
        values = row.values if isinstance(row, plain_api.Param) else (row,)
        if len(names) > 1 and not isinstance(row, plain_api.Param):
            values = tuple(row)
        axis.append((dict(zip(names, values, strict=True)), marks))
    return axis


def _named(marker: plain_api.Marker) -> tuple[Any, Any]:
    names = marker.args[0] if marker.args else marker.kwargs["argnames"]
    return names, marker.kwargs["argvalues"]
