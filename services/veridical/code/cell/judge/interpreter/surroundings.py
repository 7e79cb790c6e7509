"""What tests change beside values, and the solution hears of: files, environment, folder, streams, contexts."""

from __future__ import annotations

import binascii
import json
import os
import re
import sys
import time
import types
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

from veridical.code.cell import links
from veridical.code.cell.folder import NEVER_BESIDE, Change, Folder
from veridical.code.cell.judge import sources
from veridical.code.cell.judge.interpreter.making import exact
from veridical.code.cell.judge.library import is_library
from veridical.code.cell.states import decimal_context, is_finer, numpy_errors, set_decimal_context
from veridical.code.cell.values.plain import Tree, ViolationError
from veridical.code.cell.variables import variables
from veridical.code.cell.world import (
    changes_of,
    current_folder,
    enter,
    umask,
)

if TYPE_CHECKING:
    from veridical.code.cell.loggers import Loggers

_PERMISSIONS = 0o777
_MAX_GIVEN = 10_000
_MODULE = re.compile(r"""["']([a-z_][\w.]{1,60})["']""")
_VARIABLE = re.compile(r"[^=\0]{1,100}")
_WHOLE = re.compile(r"\benviron(?!\s*[\[,]|\.(get|pop|setdefault|update|__))")
"""The environment as a whole."""
_VARIABLES = re.compile(
    r"env|expandvars|expanduser|home\(|which\(|subprocess|Popen|os\.(system|popen|exec|spawn)"
)
"""What reads variables, or starts what does."""
_FOLDER = re.compile(r"cwdb?\(")
_LINKS = re.compile(r"symlink|islink|readlink|lstat")
_MODES = re.compile(r"umask|st_mode|S_I|os\.access")
_CALCULATES = re.compile(r"Decimal\([^()]*\)\s*[-+*/%]|[-+*/%]\s*(\w+\.)?Decimal\(|\.sqrt\(")
"""Arithmetic of decimals."""
_OWN_ROOT = "/tmp/work"  # noqa: S108 - in a file system of the cell's own
_BESIDE = re.compile(r"(?<![\w.])/tmp/(\w[\w.-]*)")
_ALL_BESIDE = re.compile(r"(?<![\w.])/tmp/?(?!/?\w)")
"""Where tests may put a name together, or list them."""
_OF_SYSTEM = re.compile("LD_|PYTHON|GLIBC|GCONV|MALLOC|BASH|(PATH|IFS|ENV)$")
"""Variables by which the interpreter, and what tests start, are told what to run."""
_OF_TOOLS = re.compile(
    "_?PYTEST|HYPOTHESIS|COV|PERL|RUBY|NODE_|GIT_|_?JAVA|JDK|MAKE|MFLAGS|LESS|LUA|OPENSSL|SSL|CURL|"
    "(TMPDIR|TEMP|TMP|SHELL|SHELLOPTS|PS4|PROMPT_COMMAND|EDITOR|VISUAL|PAGER|BROWSER)$"
)
"""Those by which what judges, or what tests start, is told how: they are the tests' only if these name them."""


class Surroundings:
    """The tests' side of what both share.

    Args:
        root: The work folder, as both sides have it now.
        texts: The tests' source.
        is_constant: Whether a value stands in the tests as it is.

    Attributes:
        has_taken: Whether the solution changed anything.
        states: Names of the interpreter's states that it has set otherwise than the tests.
        doubt: What the tests may have got otherwise by that; None if nothing.
    """

    def __init__(
        self,
        root: Path,
        texts: Sequence[str] = (),
        is_constant: Callable[[Any], bool] = lambda _: False,
    ) -> None:
        beside = _named_beside(root, texts)
        self._folder = Folder(root, beside=beside)
        self._first_words: dict[str, Any] = {"beside": sorted(beside)} if beside else {}
        if any(map(_LINKS.search, texts)):
            self._first_words["links"] = True
        self._umask = umask() if any(map(_MODES.search, texts)) else None
        if self._umask is not None:
            self._first_words["modes"] = self._umask
        self._texts = texts
        self._is_constant = is_constant
        self._reads_all = any(map(_WHOLE.search, texts))
        self._reads_variables = any(map(_VARIABLES.search, texts))
        self._calculates = any(map(_CALCULATES.search, texts))
        self._reads_folder = any(map(_FOLDER.search, texts))
        self._reads_clock = any("time" in text for text in texts)
        self._names: dict[str, str] = {}
        self._own: Container[str] = ()
        self._said: set[str] = set()
        self._folder.changes()
        self._environment = variables()
        self._cwd = self._left = current_folder()
        self._led_to: str | None = None
        self._stdin = sys.stdin
        self._streams = sys.stdout, sys.stderr
        self._arguments, self._first = sys.argv, list(sys.argv)
        self._known_arguments = self._first
        self._replaced = [False, False]
        self._recursion = sys.getrecursionlimit()
        self._digits = sys.get_int_max_str_digits()
        self._decimal = decimal_context()
        self._errors = numpy_errors()
        self._loggers = _loggers() if any(map(sources.reads_records, texts)) else None
        is_patched = any("sys.modules" in text for text in texts)
        words = {word for text in texts for word in _MODULE.findall(text)} if is_patched else ()
        self._modules = sorted(words)
        self._known_modules = {one: sys.modules[one] for one in words if one in sys.modules}
        self.states: frozenset[str] = frozenset()
        self.has_taken = False
        self.doubt: str | None = None
        self._given: set[str] = set()

    @property
    def given(self) -> list[str]:
        """Paths of the files here that the solution wrote."""
        return [path for path in self._given if os.path.lexists(self._folder.root / path)]

    def hide(self, paths: frozenset[str], own: Container[str], suite: frozenset[str]) -> None:
        """Keeps the suite's files with the judge, until a call names one that is none of its `own`.

        Those that are not hidden the solution may read, and not change.
        """
        self._folder.hidden, self._folder.kept = paths, suite
        self._own = own
        data = [PurePath(path) for path in paths if not path.endswith(".py")]
        names = {name for path in data for name in path.parts}
        self._names = {json.dumps(name)[1:-1]: name for name in names}
        self._names |= {json.dumps(list(map(ord, name)))[1:-1]: name for name in names}

    def is_hidden(self, path: str) -> bool:
        """Whether a file is not shared, or is the suite's own."""
        place = os.path.relpath(os.path.realpath(path), os.path.realpath(self._folder.root))
        hidden = self._folder.hidden
        if place.startswith(".."):
            return not self._folder.is_beside(place)
        return any(f"{one}/".startswith(f"{place}/") for one in hidden)

    def is_shared_link(self, link: str, target: str) -> bool:
        """Whether a link is one on both sides, and leads to the same there."""
        to = self._folder.leads_to(os.path.join(current_folder(), link), target)  # noqa: PTH118
        if to is None:
            return links.leads_nowhere(target)
        return to != "." and not self._folder.keeps(to)

    def hear(self, message: Any) -> None:
        """Notes which hidden files the solution names: to name them is no call's doing any more."""
        if self._names:
            self._hear(json.dumps(message))

    def _hear(self, text: str) -> None:
        text = text.casefold()
        self._said |= {name for shown, name in self._names.items() if shown.casefold() in text}

    def share(self, values: list[Any]) -> None:
        """Shares each hidden file that one of these arguments of a call names.

        A name that came from the solution counts only where it stands in the tests as it is.
        """
        shared = {path for path in self._folder.kept if path not in self._own}
        if not shared:
            return
        direct = set(map(id, values))
        # A word within what is given, such as the key of a dict, is no folder.
        places = {
            (text, id(value) in direct or isinstance(value, PurePath) or "/" in text)
            for value in _paths(values)
            if (text := exact(str(value) if isinstance(value, PurePath) else value))
            and type(text) is str
            and (PurePath(text).name not in self._said or self._is_constant(value))
        }
        for text, is_path in places:
            inside, address = self._inside(text), "" if text.startswith("/") else text
            above = (f"{inside}/", f"{address}/") if is_path else ()
            named = {
                path
                for path in shared
                if path in (inside, address)
                or address.endswith(f"/{path}")
                or path.startswith(above)
            }
            self._folder.hidden -= named
            self._folder.kept -= named

    def _inside(self, text: str) -> str:
        """A path as it is from the work folder; empty for one beyond it, or for it."""
        place = os.path.relpath(os.path.join(self._own_folder() or "/", text), self._folder.root)  # noqa: PTH118
        return "" if place == "." or place.startswith("..") else place

    def _own_folder(self) -> str:
        """Where the tests stand, or stood before the program led them elsewhere."""
        here = current_folder()
        return self._left if here == self._led_to else here

    def changes(self, encode: Callable[[Any], Tree]) -> dict[str, Any]:
        """What the tests changed since the last call.

        Raises:
            TooLargeError: Files are more, or larger, than can cross.
        """
        changes, self._first_words = self._first_words, {}
        mask = None if self._umask is None else umask()
        if mask not in (None, self._umask):
            changes["umask"] = self._umask = mask
        environment = variables()
        if environment != self._environment:
            changes["env"] = changes_of(self._environment, environment)
            self._environment = environment
            self.share(list(changes["env"].values()))
        files = self._folder.changes()
        if files:
            changes["files"] = files
        modules = {name: sys.modules[name] for name in self._modules if name in sys.modules}
        if modules != self._known_modules:
            told = [self._module(name, modules.get(name, ...), encode) for name in self._modules]
            changes["modules"] = [one for one in told if one is not None]
            self._known_modules = modules
        self._add_states(changes)
        cwd = current_folder()
        if cwd != self._cwd:
            changes["cwd"] = self._cwd = cwd
        if sys.stdin is not self._stdin:
            self._stdin = sys.stdin
            changes["stdin"] = encode(sys.stdin)
        changes.update(self._of_output())
        changes.update(self._of_arguments())
        return changes

    def _add_states(self, changes: dict[str, Any]) -> None:
        limit = sys.getrecursionlimit()
        if limit != self._recursion:
            changes["recursion"] = self._recursion = limit
        digits = sys.get_int_max_str_digits()
        if digits != self._digits:
            changes["digits"] = self._digits = digits
        errors = numpy_errors()
        if errors != self._errors:
            changes["errors"] = self._errors = errors
        decimals = decimal_context()
        if decimals != self._decimal:
            changes["decimal"] = self._decimal = decimals

    def _of_arguments(self) -> dict[str, Any]:
        """What the tests put into `sys.argv`; None where it is again what it was."""
        held = [one for one in self._arguments if type(one) is str]
        if held == self._known_arguments:
            return {}
        self._known_arguments = held
        self.share(list(held))
        return {"argv": None if held == self._first else held}

    def _of_output(self) -> dict[str, Any]:
        changes: dict[str, Any] = {}
        replaced = [sys.stdout is not self._streams[0], sys.stderr is not self._streams[1]]
        if replaced != self._replaced:
            changes["streams"] = self._replaced = replaced
        loggers = self._loggers.changes() if self._loggers is not None else None
        if loggers:
            changes["loggers"] = loggers
        return changes

    def _module(self, name: str, found: Any, encode: Callable[[Any], Tree]) -> list[Any] | None:
        """How the solution is told of what stands for a module that tests name; None if it has not changed."""
        is_imported = isinstance(found, types.ModuleType) and found.__spec__ is not None
        if found is self._known_modules.get(name, ...) or (is_imported and not is_library(name)):
            return None
        if is_imported:
            return [name, "back", None]
        return [name, "gone", None] if found is ... else [name, "put", encode(found)]

    def follow(self, changes: dict[str, Any]) -> str | None:
        """Makes the solution's surroundings those of the tests: variables that these name, and folders below theirs.

        Returns:
            What cannot be theirs, and they would see.

        Raises:
            ViolationError: These are none.
        """
        if type(changes) is not dict or type(changes.get("env", {})) is not dict:
            raise ViolationError("surroundings are named")
        unseen = None
        for name, value in changes.get("env", {}).items():
            if not self._is_seen(name):
                continue
            if _OF_SYSTEM.match(name) and value is not None:
                unseen = (
                    "the environment that the program leaves" if self._reads_variables else unseen
                )
            else:
                _set_variable(name, value)
        if self._umask is not None and type(changes.get("umask")) is int:
            self._umask = changes["umask"] & _PERMISSIONS
            os.umask(self._umask)
        self._environment = variables()
        self._follow_states(changes)
        if self._loggers is not None:
            self._loggers.take(changes.get("loggers", {}))
        cwd = changes.get("cwd")
        if type(cwd) is str and (not cwd or (os.path.isabs(cwd) and os.path.isdir(cwd))):  # noqa: PTH112, PTH117
            self._left = self._own_folder()
            enter(cwd)
            self._cwd = self._led_to = current_folder()
        elif cwd is not None and self._reads_folder:
            unseen = "the folder that the program leaves"
        return unseen

    def _follow_states(self, changes: dict[str, Any]) -> None:
        self.states = frozenset(changes.get("states", self.states))
        if "decimal" in changes and is_finer(changes["decimal"], decimal_context()):
            set_decimal_context(changes["decimal"])
            self._decimal = decimal_context()
        if "decimal" in self.states and self._calculates:
            self.doubt = "calculates decimals, whose context the program has set"
        if "digits" in changes:
            self._digits = changes["digits"]
            sys.set_int_max_str_digits(self._digits)

    def _is_seen(self, name: Any) -> bool:
        """Whether the tests name a variable, or may read any."""
        if type(name) is not str or not _VARIABLE.fullmatch(name):
            return False
        is_usual = not (_OF_SYSTEM.match(name) or _OF_TOOLS.match(name))
        return (
            self._reads_all
            or (self._reads_variables and is_usual)
            or (self._reads_clock and name == "TZ")
            or any(f"{quote}{name}{quote}" in one for one in self._texts for quote in "\"'")
        )

    def take(self, files: list[Change]) -> None:
        """Makes the solution's changes here, but for the suite's own files and folders that hold such.

        Raises:
            ViolationError: A path leads out of the work folder.
        """
        self.has_taken = True
        for _, content, *_about in files if self._names else ():
            if type(content) is str and content[:1] in ("@", "&", ">"):
                self._hear(json.dumps(content))
            elif type(content) is str and content not in ("/", "=", "|"):
                self._hear(json.dumps(binascii.a2b_base64(str(content)).decode(errors="replace")))
        made = [change for change in files if not self._folder.keeps(str(change[0]))]
        self._folder.take(made)
        for path, content, *_about in made:
            if content is None:
                self._given.discard(str(path))
            elif content not in ("/", "="):
                self._given.add(str(path))


def _named_beside(root: Path, texts: Sequence[str]) -> frozenset[str]:
    """The names beside the work folder that the tests say; none where that is not the cell's own."""
    if root != Path(_OWN_ROOT):
        return frozenset()
    named = {name for text in texts for name in _BESIDE.findall(text)}
    all_of_them = {"*"} if any(map(_ALL_BESIDE.search, texts)) else set()
    return frozenset(name for name in named if not NEVER_BESIDE.fullmatch(name)) | all_of_them


def _paths(values: Iterable[Any]) -> Iterator[str | PurePath]:
    """The texts and paths in what the tests give, as far as it is theirs."""
    namespaces = types.SimpleNamespace, getattr(sys.modules.get("argparse"), "Namespace", None)
    left, seen = list(values), 0
    while left and seen < _MAX_GIVEN:
        value, seen = left.pop(), seen + 1
        if isinstance(value, (str, PurePath)):
            yield value
        elif type(value) in (list, tuple, set, frozenset):
            left += value
        elif type(value) is dict:
            left += [*value, *value.values()]
        elif type(value) in namespaces:
            left += vars(value).values()


def _loggers() -> Loggers:
    from veridical.code.cell.loggers import Loggers  # loaded where tests look at it

    return Loggers()


def _set_variable(name: str, value: Any) -> None:
    if value is None:
        os.environ.pop(name, None)
    elif type(value) is str and "\0" not in value:
        os.environ[name] = value
    if name == "TZ":
        time.tzset()
