"""A suite of test files in memory, and what it imports."""

from __future__ import annotations

import ast
import importlib.abc
import importlib.machinery
import importlib.util
import linecache
import sys
import types
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from veridical.code.cell.judge.faults import SolutionGone
from veridical.code.cell.judge.proxy.module import SolutionModule
from veridical.code.cell.judge.result import InvalidTests

_LIBRARIES = sys.stdlib_module_names | {"numpy", "pytest"}


@dataclass(frozen=True, slots=True)
class File:
    """One file of a suite, its path relative to the work folder."""

    path: str
    content: str

    @property
    def is_python(self) -> bool:
        """Whether it is a module."""
        return self.path.endswith(".py")

    @property
    def is_test(self) -> bool:
        """Whether its name says that it holds tests."""
        return self.is_python and (self.stem.startswith("test_") or self.stem.endswith("_test"))

    @property
    def stem(self) -> str:
        """Its name without folder and ending."""
        return PurePosixPath(self.path).stem

    @property
    def module(self) -> str:
        """Its dotted name."""
        return module_name(self.path)

    def tree(self) -> ast.Module:
        """Its syntax tree.

        Raises:
            InvalidTests: It does not compile.
        """
        try:
            return ast.parse(self.content.removeprefix("\ufeff"), self.path)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as fault:
            raise InvalidTests(f"{self.path}: {fault}") from fault


def module_name(path: str) -> str:
    """The dotted name of the module at `path`."""
    parts = list(PurePosixPath(path).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)


class Importer(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports the suite's modules from memory, and the solution's as a `SolutionModule`.

    Args:
        files: The suite.
        solution_path: Where the solution stands.
        link: The conversation with it.
        root: The work folder, for `__file__`.

    Attributes:
        root: The work folder.
        place: The folder that the suite's files were written to, if they were; they are imported from there.
        on_solution: Called where the solution is imported first: it has it loaded.
        executed: Paths of the modules that were imported from memory.
    """

    place: Path | None = None
    on_solution: Callable[[], object] | None = None

    def __init__(
        self, files: Sequence[File], solution_path: str, solution: types.ModuleType, root: Path
    ) -> None:
        self.root = root
        self.executed: set[str] = set()
        self._solution = solution
        self._files: dict[str, File] = {}
        self._packages: set[str] = set()
        for file in files:
            for name in endings(file.module) if file.is_python else ():
                self._files.setdefault(name, file)
        for name in [*self._files, *endings(module_name(solution_path))]:
            self._packages.update(_parents(name))
        taken = {file.module for file in files if file.is_python}
        self.solution_names = frozenset(endings(module_name(solution_path))) - taken
        self._imported: set[str] = set()

    def install(self) -> None:
        """Puts the importer before all others."""
        sys.meta_path.insert(0, self)
        for name in [*self._files, *self._packages, *self.solution_names]:
            sys.modules.pop(name, None)

    def find_spec(
        self, name: str, path: Any = None, target: Any = None
    ) -> importlib.machinery.ModuleSpec | None:
        """The spec of a module of the suite."""
        file = self._files.get(name)
        if file is None and name not in self._packages and name not in self.solution_names:
            return None
        is_package = name in self._packages or (file is not None and "__init__" in file.path)
        if file is not None and self.place is not None:
            path = self.place / file.path
            within = [str(path.parent)] if is_package else None
            return importlib.util.spec_from_file_location(
                name, path, submodule_search_locations=within
            )
        origin = str(self.root / file.path) if file else None
        spec = importlib.machinery.ModuleSpec(name, self, origin=origin, is_package=is_package)
        if is_package and file is not None:
            spec.submodule_search_locations = [str((self.root / file.path).parent)]
        return spec

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType | None:
        """The solution's module, or None for a new one."""
        return self._solution if spec.name in self.solution_names else None

    def exec_module(self, module: types.ModuleType) -> None:
        """Runs a module of the suite."""
        file = self._files.get(module.__name__)
        if isinstance(module, SolutionModule):  # which the program's cell has loaded
            name = str(getattr(module.__spec__, "name", ""))
            if name in self._imported:
                raise module._link_.needs_shared("imports the program anew")
            self._imported.add(name)
            load, self.on_solution = self.on_solution, None
            if load is not None:
                self._load(module, load)
        if module is self._solution or file is None:
            return
        self.executed.add(file.path)
        path = str(self.root / file.path)
        module.__file__ = path
        lines = file.content.splitlines(keepends=True)
        linecache.cache[path] = (len(file.content), None, lines, path)
        code = compile(file.content.removeprefix("\ufeff"), path, "exec", dont_inherit=True)
        exec(code, module.__dict__)  # noqa: S102 - tests run in a cell of their own

    def _load(self, module: SolutionModule, load: Callable[[], object]) -> None:
        try:
            load()
        except SolutionGone:
            error = module._link_.error_of_loading() if self._is_tried() else None
            if error is None:
                raise
            self._imported.clear()
            self.on_solution = load
        else:
            return
        raise error

    def _is_tried(self) -> bool:
        """Whether the import under way stands where the suite could do something about its error."""
        places = {
            str(root / file.path): file for file in self._files.values() for root in self._roots()
        }
        frame: types.FrameType | None = sys._getframe(1)  # noqa: SLF001 - who imports
        while frame is not None:
            file = places.get(frame.f_code.co_filename)
            if file is not None and _is_tried(frame, file.tree()):
                return True
            frame = frame.f_back
        return False

    def _roots(self) -> list[Path]:
        return [self.root, *([self.place] if self.place is not None else [])]


def _is_tried(frame: types.FrameType, tree: ast.Module) -> bool:
    """Whether a frame of a module stands in a function, or within a statement that may hear of an error."""
    return frame.f_code.co_name != "<module>" or any(
        node.lineno <= frame.f_lineno <= (node.end_lineno or 0)
        for node in ast.walk(tree)
        if isinstance(node, (ast.Try, ast.TryStar, ast.With))
    )


def endings(name: str) -> Iterator[str]:
    """The names of a module: its full one, or what is left of it in its folder, if that is no library's."""
    parts = name.split(".")
    for start in range(len(parts)):
        if not (start and parts[start] in _LIBRARIES):
            yield ".".join(parts[start:])


def _parents(name: str) -> Iterator[str]:
    parts = name.split(".")
    for end in range(1, len(parts)):
        yield ".".join(parts[:end])


def test_files(files: Sequence[File], runner: str) -> list[File]:
    """The files that hold tests: those whose names a runner looks for, else every module."""
    named = [
        file
        for file in files
        if file.is_test
        or (runner == "unittest" and file.is_python and file.stem.startswith("test"))
    ]
    return named or [
        file for file in files if file.is_python and not file.path.endswith("conftest.py")
    ]
