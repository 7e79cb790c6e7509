"""What a test and a program share beside values: the work folder, the environment, stdin.

Files cross by value. Paths are relative to the work folder, which has the same name on both sides.
"""

from __future__ import annotations

import binascii
import contextlib
import importlib
import os
import sys
import time
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from veridical.code.cell.values.plain import TooLargeError, ViolationError

if TYPE_CHECKING:
    from veridical.code.cell.loggers import Loggers

MAX_FILES = 2048
MAX_FILE_BYTES = 4 << 20
MAX_FOLDER_BYTES = 16 << 20
# A file written again within the clock's grain would look unchanged: its content is read then.
_GRAIN_NS = 20_000_000
_getcwd, _scandir, _now = os.getcwd, os.scandir, time.time_ns
"""What tests may patch here, too."""

# Relative path, and the content in base 64, "=" where it is as it was, "/" for a folder, or None for what is
# gone; of a file also the time of its last change in nanoseconds, and its permissions.
Change = list[Any]
_PERMISSIONS = 0o777
_MAX_TIME_NS = 1 << 62


@dataclass(frozen=True, slots=True)
class _Seen:
    stamp: tuple[int, int, int, int]
    digest: int
    settled: bool


_FOLDER = _Seen((0, 0, 0, 0), 0, True)


@dataclass(slots=True)
class Folder:
    """A folder whose changes are told as values.

    Attributes:
        root: The folder.
        hidden: Relative paths that never leave it and are never written.
    """

    root: Path
    hidden: frozenset[str] = frozenset()
    _seen: dict[str, _Seen] = field(default_factory=dict)

    def changes(self) -> list[Change]:
        """What has changed since the last call or `take`.

        Raises:
            TooLargeError: There are more files, or larger ones, than can cross.
        """
        changes: list[Change] = []
        present: set[str] = set()
        total = 0
        for entry in _entries(self.root):
            path = os.path.relpath(entry.path, self.root)
            if path in self.hidden:
                continue
            present.add(path)
            if len(present) > MAX_FILES:
                raise TooLargeError("more files than can cross")
            change = self._changed(path, entry)
            if change is not None:
                total += len(change[0])
                changes.append([path, *change])
            if total > MAX_FOLDER_BYTES:
                raise TooLargeError("larger files than can cross")
        for path in [path for path in self._seen if path not in present]:
            del self._seen[path]
            changes.append([path, None])
        return changes

    def take(self, changes: list[Change]) -> None:
        """Makes the same changes here.

        Raises:
            ViolationError: A path leads out of the folder, is hidden, or is not in its plain form.
        """
        for path, content, *about in changes:
            place = self._place(path)
            if content is None:
                _remove(place)
                self._seen.pop(path, None)
            elif content == "/":
                place.mkdir(parents=True, exist_ok=True)
                self._seen[path] = _FOLDER
            elif content != "=":
                place.parent.mkdir(parents=True, exist_ok=True)
                data = binascii.a2b_base64(content)
                _write(place, data)
                self._seen[path] = _Seen(_describe(place, about), hash(data), False)
            elif path in self._seen:
                digest = self._seen[path].digest
                self._seen[path] = _Seen(_describe(place, about), digest, False)

    def _place(self, path: str | None) -> Path:
        if not isinstance(path, str) or "\0" in path or path != os.path.normpath(path):
            # A path has one form, so that none is another name of a hidden one.
            raise ViolationError("a file by another name than its own")
        parts = Path(path).parts
        if not parts or path in self.hidden or parts[0] == "/" or ".." in parts:
            raise ViolationError("a file that does not belong to the work folder")
        place = self.root
        for part in parts[:-1]:
            place = place / part
            if place.is_symlink():
                raise ViolationError("a folder that is a link")
        return self.root / Path(*parts)

    def _changed(self, path: str, entry: os.DirEntry[str]) -> list[Any] | None:
        seen = self._seen.get(path)
        if entry.is_dir(follow_symlinks=False):
            self._seen[path] = _FOLDER
            return None if seen else ["/"]
        stat = entry.stat(follow_symlinks=False)
        stamp = _stamp(stat)
        if seen and seen.settled and seen.stamp == stamp:
            return None
        if stat.st_size > MAX_FILE_BYTES:
            raise TooLargeError("a larger file than can cross")
        about = [stat.st_mtime_ns, stat.st_mode & _PERMISSIONS]
        try:
            data = Path(entry.path).read_bytes()
        except PermissionError:
            if seen is None:
                return None
            self._seen[path] = _Seen(stamp, seen.digest, True)
            return ["=", *about]
        digest = hash(data)
        settled = _now() - stat.st_mtime_ns > _GRAIN_NS
        self._seen[path] = _Seen(stamp, digest, settled)
        if seen and seen.digest == digest:
            return None if seen.stamp == stamp else ["=", *about]
        return [binascii.b2a_base64(data, newline=False).decode("ascii"), *about]


def _entries(root: Path) -> Iterator[os.DirEntry[str]]:
    with _scandir(root) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield entry
                yield from _entries(Path(entry.path))
            elif entry.is_file(follow_symlinks=False):
                yield entry


def _stamp(stat: os.stat_result) -> tuple[int, int, int, int]:
    return stat.st_mtime_ns, stat.st_size, stat.st_ino, stat.st_mode & _PERMISSIONS


def _describe(place: Path, about: list[Any]) -> tuple[int, int, int, int]:
    """Gives a file its time and permissions; its stamp."""
    if [type(one) for one in about] != [int, int] or abs(about[0]) > _MAX_TIME_NS:
        raise ViolationError("a file of no time")
    time_ns, mode = about
    try:
        descriptor = os.open(place, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return 0, 0, 0, 0  # what cannot be opened keeps both
    try:
        os.utime(descriptor, ns=(time_ns, time_ns))
        os.fchmod(descriptor, mode & _PERMISSIONS)
        return _stamp(os.fstat(descriptor))
    except OSError as fault:
        raise ViolationError("a file of no time") from fault
    finally:
        os.close(descriptor)


def _write(place: Path, data: bytes) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
    try:
        if not os.access(place, os.W_OK, follow_symlinks=False):
            place.unlink(missing_ok=True)
        descriptor = os.open(place, flags, 0o644)
    except OSError as fault:
        raise ViolationError("a file that cannot be written") from fault
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)


def _remove(place: Path) -> None:
    try:
        place.rmdir() if place.is_dir() and not place.is_symlink() else place.unlink()
    except OSError:
        return  # a folder that holds more, or what was gone already


def decimal_context() -> list[Any] | None:
    """Precision, rounding, limits and traps of decimals here; None for those that every thread begins with."""
    decimal = sys.modules.get("decimal")
    if decimal is None:
        return None
    held = decimal.getcontext()
    traps = sorted(kind.__name__ for kind, is_on in held.traps.items() if is_on)
    found = [held.prec, held.rounding, held.Emin, held.Emax, held.capitals, held.clamp, traps]
    return None if found == _CONTEXT else found


def _set_decimal_context(wanted: list[Any] | None) -> None:
    import decimal  # who sets it has loaded it

    precision, rounding, least, most, capitals, clamp, traps = wanted or _CONTEXT
    signals = [getattr(decimal, name) for name in traps]
    decimal.setcontext(
        decimal.Context(precision, rounding, least, most, capitals, clamp, None, signals)
    )


def numpy_errors() -> dict[str, str] | None:
    """How numpy treats errors here; None for how it begins."""
    numpy = sys.modules.get("numpy")
    found: dict[str, str] | None = None if numpy is None else numpy.geterr()
    return None if found == _ERRORS else found


def has_own_loggers() -> bool:
    """Whether any logger here has handlers or filters."""
    logging = sys.modules.get("logging")
    if logging is None:
        return False
    known = [one for one in logging.root.manager.loggerDict.values() if hasattr(one, "handlers")]
    return any(one.handlers or one.filters for one in (logging.root, *known))


_CONTEXT: list[Any] = [
    *(28, "ROUND_HALF_EVEN", -999999, 999999, 1, 0),
    ["DivisionByZero", "InvalidOperation", "Overflow"],
]
_ERRORS = {"divide": "warn", "over": "warn", "under": "ignore", "invalid": "warn"}
_RECURSION = sys.getrecursionlimit()


class Replica:
    """The solution's copy of the world that its tests live in.

    Args:
        root: The work folder, which was empty.
        environment: The variables before the program was loaded.

    Attributes:
        loggers: Those that its tests may set, or look at.
    """

    loggers: Loggers | None = None

    def __init__(self, root: str, environment: dict[str, str]) -> None:
        self._folder = Folder(Path(root))
        self._environment = environment
        self._cwd = root
        self._states: dict[str, Any] = {"recursion": _RECURSION, "decimal": None}
        self._own: list[str] = []
        self._replaced: dict[str, Any] = {}

    def take(self, changes: dict[str, Any], decode: Callable[[Any], Any]) -> None:
        """Makes the tests' world this one's."""
        self._folder.take(changes.get("files", []))
        self._take_variables(changes.get("env", {}))
        if "cwd" in changes:
            os.chdir(changes["cwd"])
            self._cwd = _getcwd()
        if "recursion" in changes:
            # The runtime's own frames stand below the program's.
            sys.setrecursionlimit(max(changes["recursion"], sys.getrecursionlimit()))
        if "errors" in changes:
            importlib.import_module("numpy").seterr(**(changes["errors"] or _ERRORS))
        for name, what, tree in changes.get("modules", ()):
            self._replace(name, what, decode(tree) if what == "put" else None)
        if "decimal" in changes:
            _set_decimal_context(changes["decimal"])
        self._states.update((name, changes[name]) for name in self._states if name in changes)
        if "stdin" in changes:
            sys.stdin = decode(changes["stdin"])
        if "loggers" in changes and self.loggers is not None:
            self.loggers.take(changes["loggers"])

    def _take_variables(self, variables: dict[str, str | None]) -> None:
        for name, value in variables.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        self._environment = dict(os.environ)
        if "TZ" in variables:
            time.tzset()

    def _replace(self, name: str, what: str, value: Any) -> None:
        """Puts something ("put") or nothing ("gone") in place of a module, or the module again ("back")."""
        held = sys.modules.get(name)
        if isinstance(held, types.ModuleType):
            self._replaced[name] = held
        sys.modules.pop(name, None)
        if what == "put":
            sys.modules[name] = value
        elif what == "back" and name in self._replaced:
            sys.modules[name] = self._replaced[name]

    def changes(self) -> list[Change]:
        """The files that the program changed."""
        try:
            return self._folder.changes()
        except (TooLargeError, OSError):
            return []

    def surroundings(self) -> dict[str, Any]:
        """What else it changed: variables of the environment, where it stands, names of states that are its own."""
        changed: dict[str, Any] = {}
        with contextlib.suppress(OSError):  # a folder that is gone
            cwd = _getcwd()
            if cwd != self._cwd:
                changed["cwd"] = self._cwd = cwd
        if os.environ != self._environment:
            environment = dict(os.environ)
            changed["env"] = changes_of(self._environment, environment)
            self._environment = environment
        states = {"recursion": sys.getrecursionlimit(), "decimal": decimal_context()}
        own = [name for name, value in states.items() if value != self._states[name]]
        if has_own_loggers():
            own.append("loggers")
        if own != self._own:
            changed["states"] = self._own = own
        loggers = self.loggers.changes() if self.loggers is not None else None
        if loggers:
            changed["loggers"] = loggers
        return changed


def changes_of(before: dict[str, str], after: dict[str, str]) -> dict[str, str | None]:
    """The variables that are others now; None for what is gone."""
    names = before.keys() | after.keys()
    return {name: after.get(name) for name in names if after.get(name) != before.get(name)}
