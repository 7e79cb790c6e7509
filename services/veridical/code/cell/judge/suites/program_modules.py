"""Programs of several modules: those of the suite that the program imports, and no test, are loaded with it."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from pathlib import PurePosixPath

from veridical.code.cell.judge.faults import SolutionGone
from veridical.code.cell.judge.proxy.link import Link
from veridical.code.cell.judge.suites.suite import File, endings

_LACKING = re.compile(r"No module named '([\w.]+)'|cannot import name '(\w+)' from '([\w.]+)'")
_DOTTED = re.compile(r"[A-Za-z_][\w.]*")


def load_program(link: Link, files: Sequence[File], path: str, reached: Collection[File]) -> None:
    """Has the program at `path` loaded, and with it the modules that it lacks.

    Args:
        link: The conversation with the program.
        files: The suite.
        path: Where the program stands.
        reached: Modules of the tests, which it is not given.

    Raises:
        NeedsShared: It lacks one of its own package that tests import, too.
        SolutionGone: It was not loaded.
    """
    try:
        link.names([])
    except SolutionGone as gone:
        known = {name: file for file in files if file.is_python for name in endings(file.module)}
        given = {name: file for name, file in known.items() if not _is_of_tests(file)}
        has_tests = any(file.is_test for file in files)  # others may hold tests by any name
        if not (has_tests and _lacks(str(gone), given)):
            raise
        link.fault = None
        link.beside = {name: one.content for name, one in given.items() if one not in reached}
    else:
        return
    try:
        link.names([])
    except SolutionGone as gone:
        package = path.rpartition("/")[0]
        ours = {
            name: one
            for name, one in given.items()
            if one in reached and one.path.startswith(f"{package}/")
        }
        if not (package and _lacks(str(gone), ours)):
            raise
        link.fault = None
        raise link.needs_shared(f"tests and program import a module of the suite: {gone}") from None


def _lacks(problem: str, given: Mapping[str, File]) -> bool:
    """Whether a program was not loaded for want of one of these modules, or of a package of theirs."""
    found = _LACKING.search(problem)
    if found is None:
        return False
    lacked, name, module = found.groups()
    if lacked is not None:
        return any(one == lacked or one.startswith(f"{lacked}.") for one in given)
    text = given[module].content if module in given else ""
    return f"{module}.{name}" in given or re.search(rf"\b{name}\b", text) is not None


def _is_of_tests(file: File) -> bool:
    folders = {"test", "tests", "testing"}
    return file.is_test or file.stem == "conftest" or not folders.isdisjoint(file.path.split("/"))


def imported_by_tests(files: Sequence[File], read: Container[str] = ()) -> set[File]:
    """The tests' modules, those at the paths `read`, and what all of them import, by whatever ways."""
    has_tests = any(file.is_test for file in files)
    return imported_by(
        [
            file
            for file in files
            if file.is_python and (_is_of_tests(file) or file.path in read or not has_tests)
        ],
        files,
    )


def imported_by(roots: Iterable[File], files: Sequence[File]) -> set[File]:
    """These modules of the suite, and what they import, by whatever ways."""
    known = {name: file for file in files if file.is_python for name in endings(file.module)}
    packages = {PurePosixPath(file.path).parent: file for file in files if file.stem == "__init__"}
    left = list(roots)
    reached: set[File] = set()
    while left:
        file = left.pop()
        if file in reached:
            continue
        reached.add(file)
        left += [packages[one] for one in PurePosixPath(file.path).parents if one in packages]
        for name in named_modules(file):
            parts = name.split(".")
            above = (".".join(parts[:end]) for end in range(1, len(parts) + 1))
            left += [known[one] for one in above if one in known]
    return reached


def named_modules(file: File) -> Iterator[str]:
    """Names that a module imports, or may; those of its own package in full."""
    package = file.module.split(".")
    if not file.path.endswith("__init__.py"):
        package = package[:-1]
    for node in ast.walk(file.tree()):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) + 1 - node.level] if node.level else []
            start = ".".join([*above, *([node.module] if node.module else [])])
            yield from (f"{start}.{one.name}".strip(".") for one in node.names)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            is_name = _DOTTED.fullmatch(node.value) and not node.value.endswith(".py")
            yield from [node.value] if is_name else ()
