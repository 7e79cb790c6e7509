"""Holds the layout of the tree: the namespace, the direction of imports, the size of modules."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PORTIONS = ("services", "clients", "sandbox")
HAND_WRITTEN = (*PORTIONS, "tests", "benchmarks", "examples")
MAX_MODULE_LINES = 600
MAX_FUNCTION_LINES = 60
SKIPS = frozenset({"skip", "skipif", "xfail", "importorskip"})

LIBRARIES = frozenset({"api", "sandbox", "client", "serving"})
# Which packages of the namespace each package may import, beside itself.
LAYERS = {
    "sandbox": frozenset({"api"}),
    "client": frozenset({"api"}),
    "serving": frozenset({"api"}),
    **dict.fromkeys(("math", "code", "sampling", "reward", "suite"), LIBRARIES),
    # Claims are mathematics, and conclusions are held against golds as math answers are.
    "proof": LIBRARIES | {"math"},
    "integrations": frozenset({"api", "client"}),
    "evaluation": frozenset({"api", "client"}),
    "cli": frozenset({"api", "client", "integrations", "evaluation"}),
}
DOMAINS = frozenset({"math", "code", "proof", "sandbox"})
# Where a domain meets the wire; everything else in it works on plain dataclasses.
EDGES = frozenset({"service.py", "messages.py", "settings.py", "__main__.py"})
WIRE = ("veridical.api", "google.protobuf", "grpc", "grpc_health", "grpc_reflection", "grpc_status")
CLIENT_LIBRARIES = ("grpc", "google.protobuf", "veridical.api", "veridical.client")


@dataclass(frozen=True)
class Module:
    """One module of a portion: `package` is the part of its name after `veridical.`."""

    path: Path
    package: str
    name: str

    def imports(self) -> Iterator[str]:
        """The dotted names it imports, relative ones resolved, at any depth of its code."""
        for node in ast.walk(ast.parse(self.path.read_text())):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                base = self._base(node)
                yield from (f"{base}.{alias.name}" for alias in node.names)

    def _base(self, node: ast.ImportFrom) -> str:
        parts = self.name.split(".")
        above = len(parts) - node.level + (self.path.name == "__init__.py")
        prefix = parts[:above] if node.level else []
        return ".".join([*prefix, *([node.module] if node.module else [])])


def modules(root: Path) -> Iterator[Module]:
    for portion in PORTIONS:
        for path in sorted((root / portion / "veridical").rglob("*.py")):
            parts = path.relative_to(root / portion).with_suffix("").parts
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            yield Module(path, parts[1], name)


def within(name: str, roots: tuple[str, ...]) -> bool:
    return any(name == root or name.startswith(f"{root}.") for root in roots)


def stray_init_files(root: Path) -> Iterator[str]:
    for portion in (*PORTIONS, "protos/gen"):
        if (root / portion / "veridical" / "__init__.py").exists():
            yield f"{portion}/veridical/__init__.py hides the other portions of the namespace"
    for path in (root / "tests").rglob("__init__.py"):
        yield f"{path}: folders named math and code would shadow the standard library"


def packages_without_marker(root: Path) -> Iterator[str]:
    for portion in PORTIONS:
        for package in sorted((root / portion / "veridical").glob("*/")):
            folders = {path.parent for path in package.rglob("*.py")}
            yield from (
                f"{f} has no __init__.py" for f in folders if not (f / "__init__.py").exists()
            )
            if folders and not (package / "py.typed").exists():
                yield f"{package} has no py.typed"


def imports_against_the_layers(root: Path) -> Iterator[str]:
    for module in modules(root):
        if module.package not in LAYERS:
            yield f"{module.path}: {module.package} has no place in the layers"
            continue
        allowed = LAYERS[module.package] | {module.package}
        for name in module.imports():
            parts = name.split(".")
            if parts[0] == "veridical" and len(parts) > 1 and parts[1] not in allowed:
                yield f"{module.path} imports {name}"


def domains_that_touch_the_wire(root: Path) -> Iterator[str]:
    for module in modules(root):
        if module.package in DOMAINS and module.path.name not in EDGES:
            for name in module.imports():
                if within(name, WIRE):
                    yield f"{module.path} imports {name}"


def client_imports_beyond_grpc(root: Path) -> Iterator[str]:
    for module in modules(root):
        if module.package == "client":
            for name in module.imports():
                standard = name.split(".")[0] in sys.stdlib_module_names
                if not standard and not within(name, CLIENT_LIBRARIES):
                    yield f"{module.path} imports {name}"


def oversized(root: Path) -> Iterator[str]:
    for folder in HAND_WRITTEN:
        for path in sorted((root / folder).rglob("*.py")):
            text = path.read_text()
            if text.count("\n") > MAX_MODULE_LINES:
                yield f"{path} has more than {MAX_MODULE_LINES} lines"
            for function in _functions(ast.parse(text)):
                if (function.end_lineno or 0) - function.lineno >= MAX_FUNCTION_LINES:
                    where = f"{path}:{function.lineno} {function.name}"
                    yield f"{where} is over {MAX_FUNCTION_LINES} lines"


def _functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def skipping_tests(root: Path) -> Iterator[str]:
    for path in sorted((root / "tests").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Attribute) and node.attr in SKIPS:
                yield f"{path}:{node.lineno} uses {node.attr}: a test passes or fails"


Guard = Callable[[Path], Iterator[str]]
GUARDS: list[Guard] = [
    stray_init_files,
    packages_without_marker,
    imports_against_the_layers,
    domains_that_touch_the_wire,
    client_imports_beyond_grpc,
    oversized,
    skipping_tests,
]


@pytest.mark.parametrize("guard", GUARDS)
def test_the_tree_keeps_its_layout(guard: Guard) -> None:
    assert list(guard(ROOT)) == []


def test_the_guards_see_the_tree() -> None:
    packages = {module.package for module in modules(ROOT)}
    assert {"serving", "math", "reward", "suite", "client", "cli"} <= packages


VIOLATIONS: list[tuple[Guard, str, str]] = [
    (stray_init_files, "services/veridical/__init__.py", ""),
    (stray_init_files, "protos/gen/veridical/__init__.py", ""),
    (stray_init_files, "tests/unit/math/__init__.py", ""),
    (packages_without_marker, "services/veridical/math/rules/exact.py", ""),
    (packages_without_marker, "clients/veridical/client/__init__.py", ""),
    (imports_against_the_layers, "services/veridical/other/__init__.py", ""),
    (
        imports_against_the_layers,
        "services/veridical/serving/pool.py",
        "import veridical.math.worker",
    ),
    (
        imports_against_the_layers,
        "services/veridical/reward/route.py",
        "from veridical import math",
    ),
    (imports_against_the_layers, "services/veridical/math/decide.py", "from ..proof import claims"),
    (
        imports_against_the_layers,
        "clients/veridical/client/local.py",
        "from veridical import serving",
    ),
    (
        imports_against_the_layers,
        "clients/veridical/client/rpc.py",
        "def f():\n import veridical.cli",
    ),
    (imports_against_the_layers, "clients/veridical/cli/up.py", "from veridical.suite import run"),
    (domains_that_touch_the_wire, "services/veridical/math/decide.py", "import grpc.aio"),
    (domains_that_touch_the_wire, "services/veridical/proof/a.py", "from google import protobuf"),
    (domains_that_touch_the_wire, "services/veridical/code/a/b.py", "from ...api.v1 import x_pb2"),
    (
        client_imports_beyond_grpc,
        "clients/veridical/client/a.py",
        "from google.rpc import status_pb2",
    ),
    (client_imports_beyond_grpc, "clients/veridical/client/a.py", "import psutil"),
    (oversized, "services/veridical/math/long.py", "x = 1\n" * (MAX_MODULE_LINES + 1)),
    (oversized, "tests/unit/test_a.py", "def f():\n" + " x = 1\n" * MAX_FUNCTION_LINES),
    (
        skipping_tests,
        "tests/unit/test_a.py",
        "@pytest.mark.skipif(True)\ndef test_a(): pass",
    ),
    (skipping_tests, "tests/unit/test_a.py", "pytest.importorskip('torch')"),
]


@pytest.mark.parametrize(("guard", "path", "text"), VIOLATIONS)
def test_each_guard_bites(guard: Guard, path: str, text: str, tmp_path: Path) -> None:
    file = tmp_path / path
    file.parent.mkdir(parents=True)
    file.write_text(text)
    assert list(guard(tmp_path))


ALLOWED: list[tuple[str, str]] = [
    ("services/veridical/math/service.py", "import grpc\nfrom veridical.api.v1 import task_pb2"),
    (
        "services/veridical/math/rules/exact.py",
        "from ..policy import P\nfrom veridical.serving import x",
    ),
    (
        "clients/veridical/client/__init__.py",
        "from .sync import Client\nfrom google.protobuf import message",
    ),
    (
        "clients/veridical/cli/verify.py",
        "import rich, veridical\nfrom veridical.client import Client",
    ),
]


@pytest.mark.parametrize(("path", "text"), ALLOWED)
def test_the_import_guards_let_pass_what_is_allowed(path: str, text: str, tmp_path: Path) -> None:
    file = tmp_path / path
    file.parent.mkdir(parents=True)
    file.write_text(text)
    guards = (imports_against_the_layers, domains_that_touch_the_wire, client_imports_beyond_grpc)
    assert [problem for guard in guards for problem in guard(tmp_path)] == []
