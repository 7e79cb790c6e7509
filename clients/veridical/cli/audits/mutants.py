"""Wrong variants of a right Python program, each with one small change."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

_COMPARE: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
_ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv,
}
_UNSEEN = {"flush"}  # keywords that change nothing a test can see
_Change: TypeAlias = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Mutant:
    """A changed program.

    Attributes:
        source: The whole program.
        line: Line of the change in the program it was made of, from 1.
        before: What stood there.
        after: What stands there now.
    """

    source: str
    line: int
    before: str
    after: str


def mutants(source: str, most: int) -> list[Mutant]:
    """Return up to `most` variants, spread over the program; none of what is no Python."""
    try:
        count = sum(1 for _ in _changes(ast.parse(source)))
    except (SyntaxError, ValueError, RecursionError):
        return []
    chosen = {place * count // most for place in range(most)} if count > most else range(count)
    found = (_mutant(source, place) for place in sorted(chosen))
    return [mutant for mutant in found if mutant.before != mutant.after]


def _mutant(source: str, place: int) -> Mutant:
    """Return the variant with the change of that number."""
    tree = ast.parse(source)
    for number, (node, change) in enumerate(_changes(tree)):
        if number == place:
            before = ast.unparse(node)
            change()
            after = ast.unparse(node)
            return Mutant(ast.unparse(tree), getattr(node, "lineno", 0), before, after)
    raise IndexError(place)


def _changes(tree: ast.AST) -> Iterator[tuple[ast.AST, _Change]]:
    """Yield each change that can be made and be seen, with the node that shows it."""
    nodes = list(ast.walk(tree))
    unseen = {
        id(node.value) for node in nodes if isinstance(node, ast.keyword) and node.arg in _UNSEEN
    }
    for node in nodes:
        match node:
            case ast.Constant() if id(node) in unseen:
                continue
            case ast.Compare(ops=[op]) if type(op) in _COMPARE:
                yield node, _setter(node, "ops", [_COMPARE[type(op)]()])
            case ast.BinOp(op=op) | ast.AugAssign(op=op) if type(op) in _ARITHMETIC:
                yield node, _setter(node, "op", _ARITHMETIC[type(op)]())
            case ast.BoolOp(op=op):
                other = ast.Or() if isinstance(op, ast.And) else ast.And()
                yield node, _setter(node, "op", other)
            case ast.If(test=test) | ast.While(test=test):
                yield node, _setter(node, "test", ast.UnaryOp(ast.Not(), test))
            case ast.Constant(value=bool() as value):
                yield node, _setter(node, "value", not value)
            case ast.Constant(value=int() as value):
                yield node, _setter(node, "value", value + 1)
            case ast.Return(value=ast.expr()):
                yield node, _setter(node, "value", ast.Constant(None))


def _setter(node: ast.AST, field: str, value: object) -> _Change:
    return lambda: setattr(node, field, value)
