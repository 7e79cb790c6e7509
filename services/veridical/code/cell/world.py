"""What a test and a program share beside values: the work folder, the environment, stdin."""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
import time
import types
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from veridical.code.cell.folder import Change, Folder
from veridical.code.cell.states import (
    ERRORS,
    decimal_context,
    has_own_loggers,
    is_finer,
    set_decimal_context,
)
from veridical.code.cell.variables import variables

if TYPE_CHECKING:
    from veridical.code.cell.loggers import Loggers
    from veridical.code.cell.solution.output import Output

_getcwd, _mkdir, _rmdir, _open = os.getcwd, os.mkdir, os.rmdir, open
"""What tests may patch here, too."""


_RECURSION = sys.getrecursionlimit()
_OWN_FRAMES = 60
_DIGITS = sys.get_int_max_str_digits()


class Replica:
    """The solution's copy of the world that its tests live in.

    Args:
        root: The work folder, which was empty.
        environment: The variables before the program was loaded.
        output: What the program prints.

    Attributes:
        loggers: Those that its tests may set, or look at.
    """

    loggers: Loggers | None = None

    def __init__(self, root: str, environment: dict[str, str], output: Output) -> None:
        self._output = output
        self._folder = Folder(Path(root), follows=True)
        self._environment = environment
        self._cwd = root
        self._arguments, self._first = sys.argv, list(sys.argv)
        self._states: dict[str, Any] = {"recursion": _RECURSION, "decimal": None}
        self._digits = _DIGITS
        self._own: list[str] = []
        self._umask: int | None = None
        self._replaced: dict[str, Any] = {}

    def take(self, changes: dict[str, Any], decode: Callable[[Any], Any]) -> None:
        """Makes the tests' world this one's."""
        self._folder.beside |= frozenset(changes.get("beside", ()))
        self._folder.shows_links |= changes.get("links", False)
        self._folder.take(changes.get("files", []))
        self._take_variables(changes.get("env", {}))
        self._take_place(changes)
        self._take_limits(changes)
        if "errors" in changes:
            importlib.import_module("numpy").seterr(**(changes["errors"] or ERRORS))
        for name, what, tree in changes.get("modules", ()):
            self._replace(name, what, decode(tree) if what == "put" else None)
        if "decimal" in changes:
            set_decimal_context(changes["decimal"])
        self._states.update((name, changes[name]) for name in self._states if name in changes)
        if "stdin" in changes:
            sys.stdin = decode(changes["stdin"])
        if "argv" in changes:
            self._arguments[:] = self._first if changes["argv"] is None else changes["argv"]
        if "streams" in changes:
            self._output.follow(changes["streams"])
        if "loggers" in changes and self.loggers is not None:
            self.loggers.take(changes["loggers"])

    def _take_place(self, changes: dict[str, Any]) -> None:
        """Where the tests stand, and what files are made with there."""
        self._umask = changes.get("modes", self._umask)
        if "umask" in changes:
            self._umask = changes["umask"]
            os.umask(changes["umask"])
        if "cwd" in changes:
            enter(changes["cwd"])
            self._cwd = current_folder()

    def _take_limits(self, changes: dict[str, Any]) -> None:
        if "recursion" in changes:
            # The runtime's own frames stand below the program's, as a runner's do below the tests'.
            changes["recursion"] += 0 if changes["recursion"] > _RECURSION else _OWN_FRAMES
            with contextlib.suppress(RecursionError):  # in a callback from deeper than that
                sys.setrecursionlimit(changes["recursion"])
        if "digits" in changes:
            self._digits = changes["digits"]
            sys.set_int_max_str_digits(self._digits)

    def _take_variables(self, changes: dict[str, str | None]) -> None:
        for name, value in changes.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        self._environment = variables()
        if "TZ" in changes:
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
        """The files that the program changed.

        Raises:
            TooLargeError: They are more than can cross.
        """
        return self._folder.changes()

    def surroundings(self) -> dict[str, Any]:
        """What else it changed: variables of the environment, where it stands, names of states that are its own."""
        changed: dict[str, Any] = {}
        mask = None if self._umask is None else umask()
        if mask not in (None, self._umask):
            changed["umask"] = self._umask = mask
        cwd = current_folder()
        if cwd != self._cwd:
            changed["cwd"] = self._cwd = cwd
        environment = variables()
        if environment != self._environment:
            changed["env"] = changes_of(self._environment, environment)
            self._environment = environment
        digits = sys.get_int_max_str_digits()
        if digits != self._digits:
            changed["digits"] = self._digits = digits
        decimals = decimal_context()
        if decimals is not None and is_finer(decimals, self._states["decimal"]):
            changed["decimal"] = self._states["decimal"] = decimals
        states = {"recursion": sys.getrecursionlimit(), "decimal": decimals}
        own = [name for name, value in states.items() if value != self._states[name]]
        if has_own_loggers():
            own.append("loggers")
        if own != self._own:
            changed["states"] = self._own = own
        loggers = self.loggers.changes() if self.loggers is not None else None
        if loggers:
            changed["loggers"] = loggers
        return changed


def current_folder() -> str:
    """Where this process stands; empty where that is gone."""
    try:
        return _getcwd()
    except OSError:
        return ""


def umask() -> int | None:
    """What new files lack of permissions; None where the system does not say, without setting it."""
    try:
        with _open("/proc/self/status", encoding="ascii", errors="replace") as file:
            found = next((line for line in file if line.startswith("Umask:")), None)
    except OSError:
        return None
    return None if found is None else int(found.split()[1], 8)


def enter(folder: str) -> None:
    """Stands in a folder from now on, or in one that is gone."""
    if folder:
        os.chdir(folder)
        return
    gone = f"/tmp/{os.urandom(8).hex()}"  # noqa: S108 - in a file system of the cell's own
    _mkdir(gone)
    os.chdir(gone)
    _rmdir(gone)


def changes_of(before: dict[str, str], after: dict[str, str]) -> dict[str, str | None]:
    """The variables that are others now; None for what is gone."""
    names = before.keys() | after.keys()
    return {name: after.get(name) for name in names if after.get(name) != before.get(name)}
