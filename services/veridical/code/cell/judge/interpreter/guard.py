"""What of the program would run as code beside the tests: texts, files, pickles, processes.

`eval(repr(x))` and `pickle.loads(f())` are honest tests; but what they run is the program's, and they run
it beside the expected values. So, once the program was asked for anything, what runs there as code either
is the interpreter's own, or stands in the tests, or does nothing but make values.
"""

from __future__ import annotations
import __future__ as future

import ast
import builtins
import copy
import ctypes
import dataclasses
import functools
import importlib.machinery
import io
import marshal
import os
import pickle
import re
import shlex
import sys
import types
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path, PosixPath, PurePosixPath
from typing import TYPE_CHECKING, Any

from veridical.code.cell.judge.faults import NeedsShared
from veridical.code.cell.judge.interpreter.formats import Formats
from veridical.code.cell.judge.interpreter.making import (
    HANDLERS,
    STREAMS,
    Names,
    Own,
    copied,
    exact,
    is_code,
    parsed,
    within,
)
from veridical.code.cell.judge.interpreter.pickles import RefusedError, Unpickler
from veridical.code.cell.judge.proxy.classes import is_identifier, is_mirror

if TYPE_CHECKING:
    from veridical.code.cell.judge.proxy.link import Link

_PR_SET_DUMPABLE = 4  # linux/prctl.h
_eval, _exec, _compile = builtins.eval, builtins.exec, builtins.compile
_marshalled = {name: getattr(marshal, name) for name in ("load", "loads")}
_unpickled = {name: getattr(pickle, name) for name in ("load", "loads")}
_loader: Any = importlib.machinery.SourceFileLoader.__mro__[1]
_get_data = _loader.get_data
_get_field: Any = vars(dataclasses)["_get_field"]
_FUTURE = sum({getattr(future, name).compiler_flag for name in future.all_feature_names})
_JUDGE = "veridical.code.cell.judge"
_LOADS_TESTS = frozenset(
    {f"{_JUDGE}.asserts", f"{_JUDGE}.suites.suite", "_pytest.assertion.rewrite"}
)
_GENERATORS: Mapping[str, frozenset[str] | None] = {
    **dict.fromkeys(
        (*_LOADS_TESTS, f"{_JUDGE}.sources", f"{_JUDGE}.proxy.callbacks", "ast", "dataclasses")
    ),
    **dict.fromkeys(("importlib._bootstrap", "importlib._bootstrap_external")),
    **dict.fromkeys(("_frozen_importlib", "_frozen_importlib_external")),
    **dict.fromkeys(("hypothesis.internal.reflection", "attr._make")),
    **dict.fromkeys(("_pytest.mark.expression", "numpy.core.overrides", "numpy._core.overrides")),
    "collections": frozenset({"namedtuple"}),
    "unittest.mock": frozenset({"_set_signature"}),
}
"""Modules, and perhaps functions of theirs, that run text of their own making, or of the tests' files."""
_IMPORTERS = frozenset(name for name in _GENERATORS if name.endswith(("_bootstrap", "_external")))
_TIMED = ("_stmt()", "_setup()")
_COMMUNICATING = frozenset({"multiprocessing", "concurrent"})
_NOBODY = 127
_WORD = re.compile(r"[\w./:=,+@%~-]*")
_SYSTEM = ("/usr", "/lib", "/lib64", "/bin", "/sbin", "/opt", "/etc")
_libc = ctypes.CDLL(None)


class Guard:
    """Knows what stands in the tests, and stands before what runs anything else.

    Args:
        link: The conversation with the program.
        trees: The tests' source.
        texts: The same as text.
    """

    def __init__(self, link: Link, trees: Sequence[ast.Module], texts: Sequence[str]) -> None:
        self._link = link
        self._own = Own(trees, texts)
        self._formats = Formats(link, self._own) if self._own.mentions(".format") else None
        self._checked: dict[int, tuple[types.CodeType, ast.AST, Any, Callable[..., Any]]] = {}
        self._folder = os.path.realpath(os.getcwd())  # noqa: PTH109
        self._process = os.getpid()
        known = {real for real in installed() if not _holds(real, self._folder)}
        self._installed = tuple(f"{one}/" for one in known)

    def install(self) -> None:
        """Replaces what runs code in this process, and keeps others from reading its memory."""
        vars(builtins).update(
            {real.__name__: self._runs(real) for real in (_eval, _exec)}, compile=self._compiles()
        )
        vars(marshal).update({name: self._marshals(real) for name, real in _marshalled.items()})
        loads = {name: self._unpickles(real) for name, real in _unpickled.items()}
        for name in ("pickle", "_pickle", "shelve"):
            if name in sys.modules:
                vars(sys.modules[name]).update(loads, Unpickler=Unpickler)
        vars(pickle).update({f"_{name}": one for name, one in loads.items()}, _Unpickler=Unpickler)
        _loader.get_data = self._reads()
        if self._own.mentions("dataclass"):
            vars(dataclasses).update(_get_field=self._makes_field())
        if self._own.mentions("Formatter"):
            Formats(self._link, self._own).install()
        if self._own.mentions("logging"):
            configurator = _logging_configurator()
            configurator.resolve = self._resolves(configurator.resolve)
        if not _guards:
            sys.addaudithook(_audited)
        _guards[:] = [self]
        _libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)

    def is_constant(self, value: Any) -> bool:
        """Whether a text stands in the tests as this very object."""
        return self._own.holds(value)

    def audited(self, event: str, details: tuple[Any, ...]) -> None:
        """Hears what the interpreter is about to do.

        Raises:
            ValueError: It would run code of the program.
        """
        if not self._is_asked():
            return
        if event in _REFUSED:
            raise self._refused()
        if event in _OF_FILES:
            self._check_reach(details)
        elif event == "import" and details[1] is not None:
            self._check_library(details[1])
        elif event == "ctypes.dlopen" and details[0] is not None:
            self._check_library(details[0])
        elif event == "os.system":
            self._check_command([details[0]], None)
        elif event in ("os.exec", "os.posix_spawn"):
            self._check_successor([details[0], *details[1]])
        elif event == "subprocess.Popen":
            program, words, folder, _ = details
            words = [words] if isinstance(words, (str, bytes, os.PathLike)) else list(words)
            self._check_command([program, *words], folder)

    def _check_successor(self, words: list[Any]) -> None:
        """As of a command, for what takes the place of this process, or of one that it made."""
        try:
            self._check_command(words, None)
        except ValueError:
            if os.getpid() != self._process:  # no second judge goes on from here
                os._exit(_NOBODY)
            raise

    def _is_asked(self) -> bool:
        return self._link.touched or (self._link.world is not None and self._link.world.has_taken)

    def _refused(self) -> BaseException:
        return self._link.wrong("code of the program is not run beside the tests")

    def _is_guarded(self, frame: types.FrameType) -> bool:
        return self._is_asked() and not _is_generator(frame)

    def _runs(self, real: Callable[..., Any]) -> Callable[..., Any]:
        """What stands for `eval` or `exec`."""

        def run(source: Any, /, *given: Any, **named: Any) -> Any:
            frame = sys._getframe(1)  # noqa: SLF001 - the names that the real one would see

            def run_as(code: Any) -> Any:
                return real(code, space, local, **named)

            spaces = (*given, None, None)[:2]
            held = named.pop("globals", spaces[0])
            local = named.pop("locals", spaces[1])
            space = frame.f_globals if held is None else held
            if local is None:
                local = frame.f_locals if held is None else held
            names = Names(space, local, frame)
            if type(source) is types.CodeType:
                if id(source) not in self._checked:
                    return real(source, space, local, **named)
                _, known, written, again = self._checked[id(source)]
                return self._made(copy.deepcopy(known), written, names, again, run_as)
            text = exact(source)
            if text is None:
                return real(source, space, local, **named)
            if real is _eval:
                text = text.lstrip(b" \t") if isinstance(text, bytes) else text.lstrip(" \t")
            flags = frame.f_code.co_flags & _FUTURE
            if self._is_guarded(frame):
                text = self._decoded(text)
                tree = parsed(text, real.__name__, flags)
                if not (self._stands(text, source, frame) or tree is None):
                    again = functools.partial(
                        _compile, filename="<string>", mode=real.__name__, flags=flags
                    )
                    return self._made(tree, text, names, again, run_as)
            code = _compile(text, "<string>", real.__name__, flags, True)
            return real(code, space, local, **named)

        return run

    def _made(
        self,
        tree: ast.AST,
        text: Any,
        names: Names,
        compiled: Callable[[ast.AST], types.CodeType],
        run: Callable[[types.CodeType], Any],
    ) -> Any:
        """Runs what does nothing but make values; anything else the program runs itself."""
        if not names.allow(tree):
            return self._elsewhere(tree, text, names)
        with names.settled(tree) as settled:
            return run(compiled(settled))

    def _elsewhere(self, tree: ast.AST, text: Any, names: Names) -> Any:
        """Has the program run its own statements, or define its own function, and takes the names that gives.

        Args:
            tree: What it would do here.
            text: The same as text; None where the tests made it of a tree.
            names: What it would see and bind.

        Raises:
            ValueError: It is an expression, which an honest program would have written with values.
        """
        is_function = isinstance(tree, ast.Expression) and isinstance(tree.body, ast.Lambda)
        is_served = isinstance(tree, ast.Module) or is_function
        if not (is_served and type(text) is str and text in self._link.said):
            raise self._refused()
        needs = self._link.needs
        try:
            value, bound = self._link.operate("run", text, is_function, names.given())
        except NeedsShared:
            self._link.needs = needs
            raise self._refused() from None
        names.bind(bound)
        return value

    def _compiles(self) -> Callable[..., Any]:
        def compiled(
            source: Any,
            filename: Any,
            mode: str,
            flags: int = 0,
            dont_inherit: bool = False,
            optimize: int = -1,
            **named: Any,
        ) -> Any:
            frame = sys._getframe(1)  # noqa: SLF001 - whose text it is
            if not dont_inherit:
                flags |= frame.f_code.co_flags & _FUTURE
            text, tree = exact(source), None
            if self._is_asked() and frame.f_globals.get("__name__") in _IMPORTERS:
                self._check_module(text, filename)
            if self._is_guarded(frame) and not flags & ast.PyCF_ONLY_AST:
                if text is not None:
                    text = self._decoded(text)
                if text is None or not self._stands(text, source, frame):
                    tree = self._copied(source) if text is None else parsed(text, mode, flags)
            is_of_tests = frame.f_globals.get("__name__") in _LOADS_TESTS
            if is_of_tests and self._formats and not flags & ast.PyCF_ONLY_AST:
                text, source = None, self._formats.watched(source, mode, flags)
            given: Any = (source if tree is None else tree) if text is None else text
            code = _compile(given, filename, mode, flags, True, optimize, **named)
            if tree is not None and type(code) is types.CodeType:
                # Nobody gets the code itself, who could run it by other ways: what stands for it has its names.
                again = functools.partial(
                    _compile,
                    filename=filename,
                    mode=mode,
                    flags=flags,
                    dont_inherit=True,
                    optimize=optimize,
                    **named,
                )
                code = _compile("None", filename, mode).replace(co_names=code.co_names)
                self._checked[id(code)] = code, tree, text, again
            elif is_of_tests:
                self._own.keep(code)
            return code

        return compiled

    def _copied(self, source: Any) -> ast.AST:
        try:
            return copied(source)
        except (ValueError, RecursionError):
            raise self._refused() from None

    def _check_module(self, text: str | bytes | None, filename: Any) -> None:
        """A loader of the tests may get its module's text from the program."""
        is_own = text is not None and self._is_own(
            text if isinstance(text, bytes) else text.encode()
        )
        if not (is_own or self._is_installed(self._path(filename))):
            raise self._refused()

    def _decoded(self, text: str | bytes) -> str:
        """Text as the check and the compiler will both read it, whatever encoding it declares."""
        try:
            return text if isinstance(text, str) else text.decode().removeprefix("\ufeff")
        except UnicodeDecodeError:
            raise self._refused() from None

    def _stands(self, text: str, source: Any, frame: types.FrameType) -> bool:
        """Whether a text that is to run is the tests' own."""
        if frame.f_globals.get("__name__") != "timeit":
            return self._own.has(text, source)
        # It runs a template of its own around what it was given.
        given = [frame.f_locals.get(name) for name in ("stmt", "setup")]
        names = Names(frame.f_globals, frame.f_locals.get("globals") or {}, frame)
        return all(
            type(one) is str
            and (one in _TIMED or self._own.has(one, one) or names.allow(parsed(one, "exec", 0)))
            for one in given
            if isinstance(one, str)
        )

    def _marshals(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def loaded(*arguments: Any) -> Any:
            value = real(*arguments)
            frame = sys._getframe(1)  # noqa: SLF001 - the importer reads what it compiled itself
            if self._is_guarded(frame) and any(map(is_code, within(value))):
                raise self._refused()
            return value

        return loaded

    def _unpickles(self, real: Callable[..., Any]) -> Callable[..., Any]:
        is_file = real.__name__ == "load"

        def loaded(data: Any, /, **named: Any) -> Any:
            frame = sys._getframe(1)  # noqa: SLF001 - what processes of the tests tell each other
            if str(frame.f_globals.get("__name__")).partition(".")[0] in _COMMUNICATING:
                return real(data, **named)
            try:
                return Unpickler(data if is_file else io.BytesIO(data), **named).load()
            except RefusedError as refused:
                raise self._refused() from refused

        return loaded

    def _resolves(self, real: Callable[..., Any]) -> Callable[..., Any]:
        """What finds the classes and functions that a configuration of logging names."""

        def resolve(configurator: Any, name: Any) -> Any:
            text = exact(name)
            is_own = isinstance(text, str) and (
                text in HANDLERS | STREAMS or self._own.has(text, name)
            )
            if self._is_asked() and not is_own:
                raise self._refused()
            return real(configurator, text)

        return resolve

    def _makes_field(self) -> Callable[..., Any]:
        """What dataclasses take fields with, of whose names they make code."""

        def get_field(kind: Any, name: Any, *details: Any) -> Any:
            given = getattr(kind, name, None) if is_identifier(name) else name
            if given is name or is_mirror(given):
                raise self._refused()
            made = _get_field(kind, name, *details)
            if type(made) is not dataclasses.Field or not is_identifier(made.name):
                raise self._refused()
            return made

        return get_field

    def _reads(self) -> Callable[..., bytes]:
        """What loaders of modules read files with."""

        def get_data(loader: Any, path: Any) -> bytes:
            path = self._path(path)
            data: bytes = _get_data(loader, path)
            if self._is_asked() and not self._is_installed(path) and not self._is_own(data):
                raise self._link.missing(
                    PermissionError(f"{path} is no module of the interpreter or of the tests")
                )
            return data

        return get_data

    def _is_own(self, data: bytes) -> bool:
        try:
            text = data.decode()
        except UnicodeDecodeError:
            return False
        return self._own.has(text, text)

    def _path(self, path: Any) -> str:
        """A path as the system would read it; an object of the program could say another each time."""
        if isinstance(path, (str, bytes)):
            return os.fsdecode(exact(path) or "")
        if type(path) not in (PosixPath, PurePosixPath):
            raise self._refused()
        return str(path)

    def _is_installed(self, path: str) -> bool:
        return os.path.realpath(path).startswith(self._installed)

    def _check_reach(self, details: tuple[Any, ...]) -> None:
        """An object of a library that answers the program reaches no file of the tests."""
        world = self._link.world
        if not self._link.reaching.count or world is None:
            return
        for path in details[:2]:
            if isinstance(path, (str, bytes, os.PathLike)):
                name = self._path(path)
                if "/" not in name and not os.path.lexists(name) and path is not details[0]:
                    continue  # a mode
                if not self._is_installed(name) and world.is_hidden(name):
                    raise PermissionError(f"{name} is not the program's")

    def _check_library(self, path: Any) -> None:
        name = self._path(path)
        if not self._is_installed(name) and ("/" in name or os.path.exists(name)):  # noqa: PTH110
            raise self._refused()

    def _check_command(self, words: list[Any], folder: Any) -> None:
        """A process that tests start is told and given nothing that the program could have written."""
        if any(is_mirror(word) for word in words):  # it may show another than the one checked
            raise self._refused()
        texts = [self._path(word) for word in words if word is not None]
        if self._link.world is not None and self._link.world.given:
            raise self._refused()
        if not (texts[0].startswith("/") and self._is_installed(texts[0])):
            texts = [part for word in texts[:1] for part in _split(word)][:1] + texts
            if not self._own.says(texts[0]):
                raise self._refused()
        for text in texts:
            if not (_WORD.fullmatch(text) or self._own.has(text, text)):
                raise self._refused()
            for path in {text, *_split(text)}:
                self._check_script(os.path.join(self._path(folder or ""), path))  # noqa: PTH118

    def _check_script(self, path: str) -> None:
        if not os.path.isfile(path) or self._is_installed(path):  # noqa: PTH113
            return
        if not self._is_own(Path(path).read_bytes()):
            raise self._refused()


_guards: list[Guard] = []
"""The guard of the judgement under way; hooks cannot be taken back."""
_OF_FILES = frozenset(
    {
        *("open", "os.listdir", "os.scandir", "os.remove", "os.rename", "os.link", "os.symlink"),
        *("os.rmdir", "os.truncate", "shutil.rmtree", "shutil.move", "sqlite3.connect"),
    }
)
_REFUSED = frozenset({"sqlite3.enable_load_extension", "sqlite3.load_extension"})
_AUDITED = (
    _OF_FILES
    | _REFUSED
    | frozenset(
        {
            *("import", "ctypes.dlopen", "subprocess.Popen"),
            *("os.system", "os.exec", "os.posix_spawn"),
        }
    )
)


def _audited(event: str, details: tuple[Any, ...]) -> None:
    if event in _AUDITED:
        for guard in _guards:
            guard.audited(event, details)


def _logging_configurator() -> Any:
    import logging.config  # large, and few tests configure it

    return logging.config.BaseConfigurator


def _is_generator(frame: types.FrameType) -> bool:
    module = frame.f_globals.get("__name__")
    if module not in _GENERATORS:
        return False
    functions = _GENERATORS[str(module)]
    return functions is None or frame.f_code.co_name in functions


def _split(command: str) -> list[str]:
    try:
        return shlex.split(command)
    except ValueError:
        return command.split()


def installed() -> set[str]:
    """The folders where libraries and programs stand; links are followed once for all judges."""
    prefixes = {sys.prefix, sys.base_prefix, sys.exec_prefix, *sys.path, *_SYSTEM}
    return {_real(path) for path in prefixes if path.startswith("/")}


@functools.lru_cache(maxsize=256)
def _real(path: str) -> str:
    return os.path.realpath(path)


def _holds(folder: str, path: str) -> bool:
    return f"{path}/".startswith(f"{folder.rstrip('/')}/")
