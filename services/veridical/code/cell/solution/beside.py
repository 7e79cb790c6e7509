"""Modules of the suite that the program imports, and no test does: they are loaded in its cell."""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import linecache
import os
import sys
import types
from typing import Any


class Beside(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports them from memory; the packages above them are empty.

    Args:
        sources: Their texts by their names.
    """

    def __init__(self, sources: dict[str, str]) -> None:
        self._sources = sources
        self._packages = {
            name[:end] for name in sources for end, one in enumerate(name) if one == "."
        }

    def install(self) -> None:
        """Puts them before all others of the same names."""
        sys.meta_path.insert(0, self)

    def find_spec(
        self, name: str, path: Any = None, target: Any = None
    ) -> importlib.machinery.ModuleSpec | None:
        """The spec of one of them, or of a package above them."""
        if name not in self._sources and name not in self._packages:
            return None
        origin = f"{os.getcwd()}/{name.replace('.', '/')}.py"  # noqa: PTH109
        is_package = name in self._packages
        return importlib.machinery.ModuleSpec(name, self, origin=origin, is_package=is_package)

    def exec_module(self, module: types.ModuleType) -> None:
        """Runs one of them."""
        source = self._sources.get(module.__name__)
        if source is None or module.__spec__ is None:
            return
        path = str(module.__spec__.origin)
        module.__file__ = path
        linecache.cache[path] = (len(source), None, source.splitlines(keepends=True), path)
        code = compile(source.removeprefix("\ufeff"), path, "exec", dont_inherit=True)
        exec(code, module.__dict__)  # noqa: S102 - this is what a cell is for
