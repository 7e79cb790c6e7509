"""The modules that are sent into a slot, and the few lines that receive them there."""

from __future__ import annotations

import functools
import importlib.util
import marshal
from collections.abc import Iterator
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType
from typing import TypeAlias

BOOTSTRAP = """
import importlib.machinery, importlib.util, marshal, os, sys
def take(size):
    data = b""
    while len(data) < size:
        more = os.read(0, size - len(data))
        if not more:
            os._exit(0)
        data += more
    return data
class Modules:
    def __init__(self, magic, places, content):
        self.compiled = magic == importlib.util.MAGIC_NUMBER
        self.places = places
        self.content = content
    def find_spec(self, name, path=None, target=None):
        if name in self.places:
            package = self.places[name][0]
            return importlib.machinery.ModuleSpec(name, self, origin=name, is_package=package)
    def create_module(self, spec):
        return None
    def get_source(self, name):
        _, start, middle, _ = self.places[name]
        return self.content[start:middle].decode()
    def exec_module(self, module):
        name = module.__name__
        _, _, middle, end = self.places[name]
        if self.compiled:
            code = marshal.loads(self.content[middle:end])
        else:
            code = compile(self.get_source(name), name, "exec")
        exec(code, module.__dict__)
sys.meta_path.insert(0, Modules(*marshal.loads(take(int.from_bytes(take(4), "little")))))
from veridical.sandbox.inner.start import main
main()
"""
"""What `python3 -I -S -c` runs inside: it reads the bundle from stdin and goes on with `inner`."""

INNER = "veridical.sandbox.inner"
# The oldest format that holds all types used here, so that any Python reads it.
_MARSHAL_VERSION = 2


@functools.cache
def pack(modules: tuple[str, ...]) -> bytes:
    """The named packages and modules, with everything below them, and `inner`, as one frame.

    Each module goes as text, and compiled for slots that run this very version of Python; all as one
    piece of bytes, which lies apart from what a cell writes to.

    Raises:
        ModuleNotFoundError: One of them does not exist.
    """
    packed: dict[str, _Packed] = {}
    for name in (INNER, *modules):
        for parent in _parents(name):
            packed.setdefault(parent, _compiled(parent, None, is_package=True))
        for module, path in _files(name):
            packed[module] = _compiled(module, path, is_package=path.name == "__init__.py")
    places = {}
    content = bytearray()
    for name, (is_package, text, code) in packed.items():
        start = len(content)
        content += text
        middle = len(content)
        content += code
        places[name] = is_package, start, middle, len(content)
    return marshal.dumps((importlib.util.MAGIC_NUMBER, places, bytes(content)), _MARSHAL_VERSION)


_Packed: TypeAlias = tuple[bool, bytes, bytes]
"""Whether it is a package, its text and its compiled code."""


@functools.cache
def _compiled(name: str, path: Path | None, *, is_package: bool) -> _Packed:
    """A module; a package of which nothing is sent has no file."""
    if path is None:
        return is_package, b"", marshal.dumps(compile("", name, "exec"))
    code = SourceFileLoader(name, str(path)).get_code(name)
    assert code is not None  # what is loaded from a text has code
    return is_package, path.read_bytes(), marshal.dumps(_renamed(code, name))


def _renamed(code: CodeType, name: str) -> CodeType:
    """The same code with a module's name for its file: paths of the host are nobody's affair inside."""
    consts = (_renamed(one, name) if isinstance(one, CodeType) else one for one in code.co_consts)
    return code.replace(co_filename=name, co_consts=tuple(consts))


def _parents(name: str) -> list[str]:
    parts = name.split(".")
    return [".".join(parts[:length]) for length in range(1, len(parts))]


def _files(name: str) -> Iterator[tuple[str, Path]]:
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"{name} cannot be sent into a slot")
    origin = Path(spec.origin)
    if spec.submodule_search_locations is None:
        yield name, origin
        return
    for path in sorted(origin.parent.rglob("*.py")):
        parts = path.relative_to(origin.parent).with_suffix("").parts
        parts = parts[:-1] if parts[-1] == "__init__" else parts
        yield ".".join((name, *parts)), path
