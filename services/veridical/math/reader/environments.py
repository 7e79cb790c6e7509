r"""Level of the grammar: LaTeX environments.

    environment = "\begin{" name "}" line { "\\" line } "\end{" name "}"
    line        = cell { "&" cell }

Matrices become `Matrix`, `vmatrix` a determinant, `cases` a `Piecewise`, or a system of statements
where it has no values, and `aligned` and the like a system.
"""

from __future__ import annotations

from veridical.math.reader.functions import Functions
from veridical.math.reader.tokens import Kind
from veridical.math.terms import Apply, Logic, Matrix, Piecewise, Relation, Row, Term

_MATRICES = frozenset(["matrix", "pmatrix", "bmatrix", "Bmatrix", "smallmatrix", "array"])
_DETERMINANTS = {"vmatrix": "det", "Vmatrix": "norm"}
_CASES = frozenset(["cases", "dcases", "rcases"])
SYSTEMS = frozenset(
    ["aligned", "align", "gathered", "gather", "split", "alignedat", "eqnarray", "equation"]
)
"""Environments in which `&` only aligns."""
_SEPARATORS = frozenset({Kind.CELL, Kind.LINE, Kind.FINISH})


class Environments(Functions):
    """Reads environments."""

    def environment(self) -> Term:
        """Read an environment, from its beginning to its end."""
        before = self.tokens[self.at - 1] if self.at else None
        is_braced = before is not None and before.kind is Kind.OPEN and before.text == "{"
        name = self.advance().text
        self.enter()
        lines = self._lines(name)
        self.leave()
        self.expect(Kind.FINISH, name)
        if not lines:
            raise self.error("an empty environment")
        if name in _CASES or (name == "array" and is_braced):
            return self._cases(lines)
        if name in SYSTEMS:
            return _system([line[0] for line in lines if line[0] is not None])
        return self._matrix(name, lines)

    def _lines(self, name: str) -> list[list[Term | None]]:
        lines: list[list[Term | None]] = []
        while self.token.kind is not Kind.FINISH:
            if self.take(Kind.LINE):
                continue
            line = [self._cell()]
            while self.take(Kind.CELL):
                line.append(self._cell())
            lines.append(line)
            if self.token.kind not in _SEPARATORS:
                raise self.error(f"the end of {name} expected")
        return lines

    def _cell(self) -> Term | None:
        """Read one cell; None for an empty one and for `otherwise`."""
        if self.token.kind is Kind.GIVEN and self.advance().text == "otherwise":
            self.take(Kind.COMMA)
            return None
        return None if self.token.kind in _SEPARATORS else self.contents()

    def _matrix(self, name: str, lines: list[list[Term | None]]) -> Term:
        rows = [tuple(cell for cell in line if cell is not None) for line in lines]
        width = len(lines[0])
        if any(len(row) != width for row in rows):
            raise self.error("rows of different length")
        matrix = Matrix(tuple(rows))
        if name in _MATRICES:
            return matrix
        if name in _DETERMINANTS:
            return Apply(_DETERMINANTS[name], (matrix,))
        raise self.error(f"unknown environment {name}")

    def _cases(self, lines: list[list[Term | None]]) -> Term:
        pairs = [_case(line) for line in lines]
        cases = [pair for pair in pairs if pair is not None]
        if len(cases) == len(pairs):
            return Piecewise(tuple(cases))
        if any(len(line) > 1 or line[0] is None for line in lines):
            raise self.error("a case without value or condition")
        return _system([line[0] for line in lines if line[0] is not None])


def _case(line: list[Term | None]) -> tuple[Term, Term | None] | None:
    """Return value and condition of one line, None if it is a statement."""
    value = line[0]
    if value is None:
        return None
    if len(line) == 2:
        return value, line[1]
    if isinstance(value, Apply) and value.function == "given":
        return value.arguments[0], value.arguments[1]
    if isinstance(value, Row) and not value.opening and len(value.members) == 2:
        first, second = value.members
        if isinstance(second, (Relation, Logic)) and not isinstance(first, Relation):
            return first, second
    return None


def _system(statements: list[Term]) -> Term:
    return statements[0] if len(statements) == 1 else Logic("and", tuple(statements))
