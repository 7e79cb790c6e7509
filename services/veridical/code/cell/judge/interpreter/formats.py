"""Templates that a program gives its tests: they show what the tests format with them, and no more.

A field such as `{user.__class__.__init__.__globals__}` would lead from there to all that the judge holds.
"""

from __future__ import annotations

import ast
import builtins
import string
import types
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from veridical.code.cell.judge.interpreter.making import Own, exact, parsed
from veridical.code.cell.judge.proxy.answers import INTERNAL

if TYPE_CHECKING:
    from veridical.code.cell.judge.proxy.link import Link

_METHODS = frozenset({"format", "format_map"})
_NAME = "<format>"
"""What calls of these are watched by: no name that tests can have."""
_HIDDEN = ("_", *INTERNAL)
_split: Any = vars(string)["_string"].formatter_field_name_split
_NAMING = frozenset({"__class__", "__name__", "__qualname__", "__module__", "__doc__"})


class Formats:
    """Stands before what formats texts of the program.

    Args:
        link: The conversation with it.
        own: The tests' texts, which format what they like.
    """

    def __init__(self, link: Link, own: Own) -> None:
        self._link = link
        self._own = own
        vars(builtins)[_NAME] = self._method_of

    def install(self) -> None:
        """From now on the library's formatter reads fields of the program as this one does."""
        read: Any = string.Formatter.get_field
        strict = _Formatter(self._link)

        def get_field(formatter: Any, field: str, args: Any, kwargs: Any) -> Any:
            reader = read if self._own.says(field) else _Formatter.walk
            return reader(formatter if reader is read else strict, field, args, kwargs)

        vars_of: Any = string.Formatter
        vars_of.get_field = get_field

    def watched(self, source: Any, mode: str, flags: int) -> Any:
        """The tests' source with its calls of `format` watched."""
        text = exact(source)
        tree = source if text is None else parsed(text, mode, flags)  # type: ignore[arg-type]
        if tree is None:
            return source
        for node in ast.walk(tree):  # pytest gives its own no ends: those around would be taken
            place = vars(node)
            if "lineno" in place and place.get("end_lineno") is None:
                place.update(end_lineno=place["lineno"], end_col_offset=place["col_offset"])
        return ast.fix_missing_locations(_Watching().visit(tree))

    def _method_of(self, holder: Any, name: str, *default: Any) -> Any:
        if holder is str:
            return lambda text, *given, **named: self._method_of(text, name)(*given, **named)
        is_redefined = getattr(type(holder), name, None) is not getattr(str, name)
        if is_redefined or self._own.holds(holder):
            return getattr(holder, name, *default)
        text = str.__str__(holder)
        if self._own.has(text, holder):
            return getattr(holder, name)
        if name == "format":
            return lambda *given, **named: _Formatter(self._link).format(text, *given, **named)
        return lambda mapping: _Formatter(self._link).vformat(text, (), mapping)


class _Watching(ast.NodeTransformer):
    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        """A method that formats, by way of who watches it."""
        self.generic_visit(node)
        if node.attr not in _METHODS or not isinstance(node.ctx, ast.Load):
            return node
        name = ast.Name(_NAME, ast.Load())
        made = ast.Call(name, [node.value, ast.Constant(node.attr)], [])
        return ast.copy_location(made, node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """The same method, asked for by its name."""
        self.generic_visit(node)
        match node:
            case ast.Call(ast.Name("getattr"), [_, ast.Constant(name), *_]) if name in _METHODS:
                node.func = ast.copy_location(ast.Name(_NAME, ast.Load()), node.func)
        return node


class _Formatter(string.Formatter):
    def __init__(self, link: Link) -> None:
        self._link = link
        self._numbered = 0
        self._is_manual = False

    def parse(self, format_string: str) -> Iterator[Any]:
        """As of the class, with the numbers that fields such as `{.name}` have by their place."""
        for literal, field, *rest in super().parse(format_string):
            yield literal, None if field is None else self._with_number(field), *rest

    def _with_number(self, field: str) -> str:
        is_numbered = field[:1] in ("", ".", "[")
        self._is_manual = self._is_manual or field[:1].isdigit()
        if self._is_manual and (is_numbered or self._numbered):
            raise ValueError("a template that numbers some of its fields")
        self._numbered += is_numbered
        return f"{self._numbered - 1}{field}" if is_numbered else field

    def walk(self, field: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """What a field names, and the name that it starts from.

        Raises:
            SolutionGone: It goes where no template goes.
        """
        first, steps = _split(field)
        value = self.get_value(first, args, kwargs)
        for is_attribute, name in steps:
            is_hidden = is_attribute and name.startswith(_HIDDEN) and name not in _NAMING
            if is_hidden or isinstance(value, types.ModuleType):
                raise self._link.wrong("a template that looks behind what it is given")
            value = getattr(value, name) if is_attribute else value[name]
        return value, first

    def get_field(self, field_name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """As `walk`."""
        return self.walk(field_name, args, kwargs)
