"""Attributes of libraries that the tests replace, replaced in the solution too: by `mock`, `monkeypatch`, or by hand."""

from __future__ import annotations

import ast
import sys
import types
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from veridical.code.cell.judge.local import LocalLink
from veridical.code.cell.judge.proxy.module import SolutionModule
from veridical.code.cell.judge.sources import nodes

if TYPE_CHECKING:
    from veridical.code.cell.judge.proxy.link import Link

_STREAMS = frozenset({"stdin", "stdout", "stderr"})
_NOTHING = object()


def mirror_patches(link: Link) -> None:
    """From now on what `mock.patch` puts into a library is put into the solution's too."""
    from unittest import mock  # large, and few tests use it

    patch: Any = mock._patch  # noqa: SLF001 - what every form of mock.patch makes
    enter, leave = patch.__enter__, patch.__exit__
    kept: dict[int, list[tuple[str, list[str], Any]]] = {}

    def entered(self: Any) -> Any:
        value = enter(self)
        place = place_of(self.target, self.attribute)
        if place is not None:
            undo = put(link, *place, getattr(self.target, self.attribute))
            if undo is not None:
                kept.setdefault(id(self), []).append(undo)
        return value

    def left(self: Any, *details: Any) -> Any:
        for module, path, original in kept.pop(id(self), ()):
            if link.fault is None:
                link.operate("patch", module, path, original)
        return leave(self, *details)

    patch.__enter__, patch.__exit__ = entered, left


def put_while(link: Link | LocalLink, target: Any, name: str, value: Any) -> Callable[[], Any]:
    """Puts an attribute that the tests replace into the solution's library too; returns what undoes it."""
    place = place_of(target, name)
    undo = (
        put(link, *place, value) if place is not None and not isinstance(link, LocalLink) else None
    )
    return (lambda: link.operate("patch", *undo)) if undo is not None else (lambda: None)


def check_deleted(link: Link | LocalLink, target: Any, name: str) -> None:
    """Refuses to delete an attribute of a library, which the solution would still have.

    Raises:
        NeedsShared: It is one.
    """
    if isinstance(link, LocalLink) or place_of(target, name) is None:
        return
    raise link.needs_shared(f"deletes {name} of a library")


def mirror_monkeypatch(link: Link | LocalLink, patch: Any) -> None:
    """From now on what pytest's own `monkeypatch` puts into a library is put into the solution's too.

    Args:
        link: The conversation with it.
        patch: The class of the fixture.
    """
    replace, delete, undo = patch.setattr, patch.delattr, patch.undo
    undoing: dict[int, list[Callable[[], Any]]] = {}

    def replaced(self: Any, target: Any, name: Any, *value: Any, **named: Any) -> None:
        replace(self, target, name, *value, **named)
        if isinstance(target, str) and not value:
            path, _, attribute = target.rpartition(".")
            step = put_while(link, resolve(path), attribute, name)
        else:
            step = put_while(link, target, name, named.get("value", *value))
        undoing.setdefault(id(self), []).append(step)

    def deleted(self: Any, target: Any, *name: Any, **named: Any) -> None:
        if name or isinstance(target, str):
            path, _, attribute = target.rpartition(".") if not name else ("", "", name[0])
            check_deleted(link, resolve(path) if path else target, attribute)
        delete(self, target, *name, **named)

    def undone(self: Any) -> None:
        for step in reversed(undoing.pop(id(self), [])):
            step()
        undo(self)

    patch.setattr, patch.delattr, patch.undo = replaced, deleted, undone


def resolve(path: str) -> Any:
    """What stands at a dotted path; modules on the way are imported."""
    parts = path.split(".")
    found: Any = __import__(parts[0])
    for end, part in enumerate(parts[1:], start=2):
        if not hasattr(found, part):
            __import__(".".join(parts[:end]))
        found = getattr(found, part)
    return found


def place_of(target: Any, attribute: str) -> tuple[str, list[str]] | None:
    """Module and path of an attribute of a library, or None for the tests' own and the solution's."""
    if isinstance(target, types.ModuleType):
        name, path = target.__name__, [attribute]
    elif isinstance(target, type):
        name, path = target.__module__, [*target.__qualname__.split("."), attribute]
    else:
        return None
    root = name.split(".")[0]
    if isinstance(target, SolutionModule) or (name == "sys" and attribute in _STREAMS):
        return None
    if root not in sys.stdlib_module_names and root != "numpy":
        return None
    return name, path


def put(link: Link, module: str, path: list[str], value: Any) -> tuple[str, list[str], Any] | None:
    """Patches the solution's library; what to patch it with to undo that, or None if it has none."""
    try:
        original = link.operate("fetch", module, path)
        link.operate("patch", module, path, value)
    except Exception:
        return None  # the solution has no such library: nothing of it can be called there
    return module, path, original


class Assigned:
    """What the tests assign to libraries themselves (`time.sleep = print`).

    Args:
        link: The conversation with the solution.
        trees: The tests' source.
    """

    def __init__(self, link: Link, trees: Sequence[ast.Module]) -> None:
        self._link = link
        self._is_busy = False
        self._known: dict[tuple[Any, str], Any] = {}
        self._undo: dict[tuple[Any, str], tuple[Any, ...]] = {}
        assigned = {one for tree in trees for one in _assigned(tree)}
        names = dict(name for tree in trees if assigned for name in _imported(tree))
        for path, attribute in assigned:
            root, _, rest = path.partition(".")
            if root not in names:
                continue
            try:
                holder = resolve(".".join(filter(None, (names[root], rest))))
            except (ImportError, AttributeError, ValueError):
                continue
            if place_of(holder, attribute) is not None:
                self._known[holder, attribute] = getattr(holder, attribute, _NOTHING)

    def put(self) -> None:
        """Puts there what has changed."""
        if self._is_busy or self._link.fault is not None:
            return
        self._is_busy = True
        try:
            for key, known in self._known.items():
                value = getattr(*key, known)
                if value is not known:
                    self._known[key] = value
                    self._put(key, value, known)
        finally:
            self._is_busy = False

    def _put(self, key: tuple[Any, str], value: Any, known: Any) -> None:
        original, undo = self._undo.get(key, (known, None))
        if undo is not None and value is original:
            del self._undo[key]
            self._link.operate("patch", *undo)
            return
        place = place_of(*key)
        made = put(self._link, *place, value) if place is not None else None
        if made is not None:
            self._undo.setdefault(key, (known, made))


def _imported(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Names that imports bind, and what they stand for."""
    for node in nodes(tree):
        if isinstance(node, ast.Import):
            for one in node.names:
                root = one.name.partition(".")[0]
                yield (one.asname, one.name) if one.asname else (root, root)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from ((one.asname or one.name, f"{node.module}.{one.name}") for one in node.names)


def _assigned(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Dotted names, and attributes of theirs, that are assigned to."""
    for node in nodes(tree):
        match node:
            case ast.Attribute(holder, attribute, ast.Store() | ast.Del()):
                yield ast.unparse(holder), attribute
            case ast.Call(ast.Name("setattr"), [holder, ast.Constant(str(attribute)), *_]):
                yield ast.unparse(holder), attribute
