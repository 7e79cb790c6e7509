"""Tests that look for the program's file, read it or run it: it stands in no cell of theirs."""

from __future__ import annotations

import contextlib
import os
import re
import runpy
import shlex
import sys
import types
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from veridical.code.cell.judge.proxy.link import Link

_COMMANDS = frozenset({"subprocess.Popen", "os.system", "os.posix_spawn", "os.exec"})
_OF_FRAMES = frozenset({"linecache", "inspect", "traceback"})
_FLAGS = ("'-c'", '"-c"')
"""What runs a text, which may import it."""
_NEAR = 8
_asked, _run_module = os.stat, runpy.run_module


class ProgramFile:
    """The file that the program would be in one interpreter.

    Args:
        link: The conversation with the program.
        path: Where it would stand.
        texts: The tests' source.
    """

    def __init__(self, link: Link, path: Path, texts: Sequence[str]) -> None:
        self._link = link
        name = path.name
        self._module = path.stem
        naming = (name, f'"{self._module}"', f"'{self._module}'", *_FLAGS)
        self._is_named = any(one in text for text in texts for one in naming)
        self._path = os.path.realpath(path) if self._is_named else str(path)

    def install(self) -> None:
        """Stands before what would use it, where tests name it at all."""
        if self._is_named:
            sys.addaudithook(self._audited)
            vars(os).update(stat=self._looked_at)  # which `exists` and the like ask
            vars(runpy).update(run_module=self._run)

    def _run(self, name: str, *arguments: Any, **named: Any) -> Any:
        if name == self._module:
            raise self._link.needs_shared("the program is run as a script")
        return _run_module(name, *arguments, **named)

    def _audited(self, event: str, details: tuple[Any, ...]) -> None:
        if event == "open":
            self._check(details[:1])
        elif event in _COMMANDS:
            words = [one for part in details[:2] for one in _words(part)]
            self._check(words)
            code = [words[words.index(one) + 1] for one in ("-m", "-c") if one in words[:-1]]
            if any(re.search(rf"\b{re.escape(self._module)}\b", str(one)) for one in code):
                raise self._link.needs_shared("the program is run as a script")

    def _looked_at(self, path: Any, *arguments: Any, **named: Any) -> os.stat_result:
        self._check([path])
        return _asked(path, *arguments, **named)

    def _check(self, words: Iterable[Any]) -> None:
        """Refuses what names the file.

        Raises:
            NeedsShared: The tests do.
        """
        for word in words:
            text = os.fspath(word) if isinstance(word, Path) else word
            if type(text) is not str or os.path.basename(text) != os.path.basename(self._path):  # noqa: PTH119
                continue
            is_it = os.path.realpath(text) == self._path and not os.path.lexists(self._path)
            if is_it and not _is_for_frames():
                raise self._link.needs_shared("the program's file")


def _is_for_frames() -> bool:
    """Whether a library looks for lines to show beside frames, which can do without."""
    frame: types.FrameType | None = sys._getframe(2)  # noqa: SLF001 - who asks
    for _ in range(_NEAR):
        if frame is None or frame.f_globals.get("__name__") in _OF_FRAMES:
            return frame is not None
        frame = frame.f_back
    return False


def _words(part: Any) -> list[Any]:
    """A command, and the words of each text in it: one may be for a shell."""
    found: list[Any] = []
    for word in part if isinstance(part, (list, tuple)) else [part]:
        found.append(word)
        if isinstance(word, str) and " " in word:
            with contextlib.suppress(ValueError):
                found += shlex.split(word)
    return found
