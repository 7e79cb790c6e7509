r"""Level of the grammar: what stands in brackets.

    bracket = "(" contents ")" | "[" contents "]" | "{" contents "}" | "\langle" contents "\rangle"
            | half-open and French intervals, such as "[0,1)" and "]0,1["
            | "\lfloor" contents "\rfloor" | "|" contents "|"
    builder = "{" contents ("|" | ":") contents "}"

One member in round brackets is a group and no row; one in square brackets is a row until an operator
takes it for a group.
"""

from __future__ import annotations

from veridical.math.reader.cursor import Cursor, is_probability
from veridical.math.reader.tokens import Kind
from veridical.math.terms import (
    Apply,
    Logic,
    Matrix,
    Product,
    Relation,
    Row,
    SetBuilder,
    Term,
)

_CLOSINGS = {"(": ")]", "[": "])", "]": "])", "{": "}.", "<": ">", "": "", ".": ".)]}"}
_AROUND = frozenset({"floor", "ceil", "abs", "norm"})
_AFTER_INTERVAL = frozenset(
    {
        Kind.END,
        Kind.CLOSE,
        Kind.COMMA,
        Kind.SEMICOLON,
        Kind.SET_OPERATION,
        Kind.AND,
        Kind.OR,
        Kind.RELATION,
    }
)


class Brackets(Cursor):
    """Reads brackets."""

    def bracket(self) -> Term:
        """Read a bracket, from its opening to its closing."""
        is_event = is_probability(self.tokens, self.at)
        opening = self.advance().text
        if opening in _AROUND:
            return self._around(opening)
        saved = self.bars, self.builder, self.differential, self.interval
        self.bars, self.builder, self.differential = 0, opening == "{" or is_event, False
        self.interval = opening in {"(", "[", "]"}
        self.enter()
        inner = None if self.token.kind is Kind.CLOSE and opening != "]" else self.contents()
        condition = self._condition() if self.builder and inner is not None else None
        self.leave()
        closing = self._closing(opening)
        self.bars, self.builder, self.differential, self.interval = saved
        if condition is not None and inner is not None:
            return Apply("given", (inner, condition)) if is_event else _builder(inner, condition)
        return self._row(opening, closing, inner)

    def bar(self) -> Term:
        """Read an absolute value, `|x|`, or a norm."""
        kind = self.advance().text
        saved = self.builder, self.differential
        self.builder = self.differential = False
        self.bars += 1
        self.enter()
        inner = self.contents()
        self.leave()
        self.bars -= 1
        self.builder, self.differential = saved
        self.expect(Kind.BAR, kind)
        return _magnitude("norm" if kind else "abs", inner)

    def closes_interval(self) -> bool:
        """Say whether the next token, a bracket that opens elsewhere, closes a French interval."""
        return (
            self.interval
            and self.token.kind is Kind.OPEN
            and self.token.text == "["
            and self.peek().kind in _AFTER_INTERVAL
        )

    def _around(self, name: str) -> Term:
        saved = self.bars, self.builder, self.differential, self.interval
        self.bars, self.builder, self.differential, self.interval = 0, False, False, False
        self.enter()
        inner = self.contents()
        self.leave()
        self.expect(Kind.CLOSE, name)
        self.bars, self.builder, self.differential, self.interval = saved
        return _magnitude(name, inner)

    def _condition(self) -> Term | None:
        if self.token.kind not in {Kind.BAR, Kind.COLON}:
            return None
        self.advance()
        self.builder = False
        return self.contents()

    def _closing(self, opening: str) -> str:
        if opening in {"(", "[", "]"} and self.closes_interval():
            self.advance()
            return "["
        if self.token.kind is not Kind.CLOSE:
            raise self.error("a closing bracket expected")
        closing = self.token.text
        if closing not in _CLOSINGS[opening] or (not closing and opening):
            raise self.error("another closing bracket expected")
        self.advance()
        return closing

    def _row(self, opening: str, closing: str, inner: Term | None) -> Term:
        if inner is None:
            if opening == "{" or (opening and closing == {"(": ")", "[": "]"}.get(opening)):
                return Row(opening, closing, ())
            raise self.error("an empty group")
        if opening in {"", "."} or closing == ".":
            return inner
        if isinstance(inner, Row) and not inner.opening:
            matrix = _matlab(inner) if opening == "[" and closing == "]" else None
            return matrix or Row(opening, closing, inner.members)
        if opening == "(" and closing == ")":
            return inner
        if isinstance(inner, Matrix) and opening == "[":
            return inner
        if opening + closing in {"[]", "{}", "<>"}:
            return Row(opening, closing, (inner,))
        raise self.error("an interval without two ends")


def _magnitude(name: str, inner: Term) -> Term:
    if isinstance(inner, Matrix) and name == "abs":
        return Apply("det", (inner,))
    if isinstance(inner, Row) and not inner.opening:
        return Apply(name, inner.members)
    return Apply(name, (inner,))


def _matlab(inner: Row) -> Matrix | None:
    """Return `[1,2;3,4]` as a matrix."""
    rows = [row.members for row in inner.members if isinstance(row, Row) and not row.opening]
    if len(rows) != len(inner.members) or len({len(row) for row in rows}) != 1:
        return None
    return Matrix(tuple(rows))


def _builder(element: Term, condition: Term) -> SetBuilder:
    if isinstance(condition, Row) and not condition.opening:
        condition = Logic("and", condition.members)
    if isinstance(element, Relation) and element.operator == "in":
        condition = Logic("and", (element, condition))
        element = element.left
    return SetBuilder(element, condition)


def ungrouped(term: Term) -> Term:
    """Return what stands in square or curly brackets used as a group, as in `[x+1]^2`."""
    if isinstance(term, Row) and term.opening in {"[", "{"} and len(term.members) == 1:
        return term.members[0]
    return term


def multiplied(factors: list[Term]) -> Term:
    """Return the product of `factors`, one at least."""
    return factors[0] if len(factors) == 1 else Product(tuple(map(ungrouped, factors)))
