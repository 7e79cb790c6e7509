r"""Level of the grammar: relations, logic and lists; the top of it.

    contents  = statement { ("," | ";" | "and" | "or") statement }
    statement = "not" statement | "\forall" statement "," statement
              | side { relation side } [ "for" statement ]
    side      = ratio { ("\cup" | "\cap" | "\setminus") ratio }
    ratio     = expression { ":" expression }

Semicolons part first, then `or`, then `and`, then commas; but `1, 2 and 3` is one list. Statements
joined by `and` are `Logic`, other things so joined are a bare `Row`. What stands behind `for`, `where`
and the like, and memberships at the end of a list (`x = k\pi, k \in \mathbb{Z}`), are the second argument
of a `given` application.
"""

from __future__ import annotations

from veridical.math.reader.expressions import Expressions
from veridical.math.reader.functions import stacked
from veridical.math.reader.tokens import Kind
from veridical.math.reader.units import measure
from veridical.math.reader.vocabulary import is_denial
from veridical.math.terms import (
    Apply,
    Logic,
    Quantity,
    Relation,
    Row,
    SetOperation,
    Sum,
    Symbol,
    Term,
    Words,
)

_SEPARATORS = frozenset({Kind.COMMA, Kind.SEMICOLON, Kind.AND, Kind.OR})
_ENDS = frozenset({Kind.END, Kind.CLOSE, Kind.CELL, Kind.LINE, Kind.FINISH})
_MAX_LETTERS = 3
_NEGATED = {
    "=": "!=",
    "in": "notin",
    "subset": "not_subset",
    "<": ">=",
    ">": "<=",
    "equiv": "not_equiv",
}


class Statements(Expressions):
    """Reads everything."""

    def whole(self) -> Term:
        """Read the whole text."""
        if self.token.kind is Kind.RELATION and self.token.text in {"=", "approx"}:
            self.advance()
        term = self.contents()
        if self.token.kind is not Kind.END:
            raise self.error("something left over")
        return term

    def contents(self) -> Term:
        """Read all up to the end of a group."""
        items = [self.statement()]
        separators: list[Kind] = []
        while (kind := self.token.kind) in _SEPARATORS or kind is Kind.STACKED:
            if kind is Kind.STACKED:
                return self._stacked(_listed(items, separators))
            self.advance()
            if kind is Kind.COMMA and self.token.kind in {Kind.AND, Kind.OR}:
                kind = self.advance().kind
            if self.token.kind in _ENDS and kind in {Kind.COMMA, Kind.SEMICOLON}:
                break
            if self.token.kind is Kind.GIVEN:
                items[-1] = self._given(items[-1])
                continue
            separators.append(kind)
            items.append(self.statement())
        return _listed(items, separators)

    def statement(self) -> Term:
        """Read a relation, a chain of them, or an expression, with its condition."""
        if self.token.kind is Kind.QUANTIFIER:
            return self._quantified()
        if self.take(Kind.NOT):
            self.enter()
            negated = self.statement()
            self.leave()
            return Logic("not", (negated,))
        term = self._relation()
        return self._given(term) if self.token.kind is Kind.GIVEN else term

    def _quantified(self) -> Term:
        name = self.advance().text
        self.enter()
        condition = self.statement()
        if self.token.kind in {Kind.COMMA, Kind.COLON, Kind.GIVEN}:
            self.advance()
        body = self.statement()
        self.leave()
        return Apply(name, (condition, body))

    def _given(self, body: Term) -> Term:
        self.nest()
        kind = self.advance().text
        self.enter()
        parts = [self._relation()]
        while self._goes_on():
            self.advance()
            parts.append(self._relation())
        self.leave()
        return Apply("given", (body, _condition(parts, kind)))

    def _goes_on(self) -> bool:
        r"""Say whether another variable of the same condition follows, as in `a, b \in S`."""
        behind = self.peek(2)
        is_last = behind.kind in _ENDS or behind.kind is Kind.COMMA or behind.text == "in"
        return self.token.kind is Kind.COMMA and self.peek().kind is Kind.SYMBOL and is_last

    def _relation(self) -> Term:
        left = self._side()
        chain: list[Term] = []
        while self.token.kind in {Kind.RELATION, Kind.NOT}:
            operator = self._operator()
            right = self._side()
            chain.append(Relation(operator, left, right))
            left = right
        if self.token.kind is Kind.IS_A:
            chain.append(Relation("in", left, Symbol(self.advance().text)))
        if self.at in self.conditions and self.token.kind is Kind.OPEN:
            self.nest()
            body = left if not chain else _chained(chain)
            return Apply("given", (body, self.bracket()))
        if not chain:
            return left
        return _chained(chain)

    def _operator(self) -> str:
        token = self.advance()
        if token.kind is Kind.RELATION:
            return token.text
        if self.token.kind is not Kind.RELATION or self.token.text not in _NEGATED:
            raise self.error("a relation expected")
        return _NEGATED[self.advance().text]

    def _side(self) -> Term:
        term = self._ratio()
        while self.token.kind is Kind.SET_OPERATION:
            self.nest()
            operator = self.advance().text
            right = self._ratio()
            is_same = isinstance(term, SetOperation) and term.operator == operator != "difference"
            parts = term.parts if is_same and isinstance(term, SetOperation) else (term,)
            term = SetOperation(operator, (*parts, right))
        return term

    def _ratio(self) -> Term:
        parts = [self.expression()]
        while self.token.kind is Kind.COLON and not self.builder:
            is_apart = not self.advance().gap and self.token.gap
            is_mapping = self.peek().kind is Kind.MAPS_TO
            if len(parts) == 1 and not is_mapping and _is_label(parts[0], is_apart=is_apart):
                return self._labelled(parts[0])
            parts.append(self.expression())
            if self.take(Kind.MAPS_TO):
                return self._mapping(parts)
        return parts[0] if len(parts) == 1 else Apply("ratio", tuple(parts))

    def _labelled(self, label: Term) -> Term:
        self.enter()
        value = self.statement()
        self.leave()
        return value if isinstance(value, (Relation, Logic)) else Relation("=", label, value)

    def _mapping(self, parts: list[Term]) -> Term:
        function, variable = parts[-2:]
        if not isinstance(function, Symbol) or len(parts) != 2:
            raise self.error("a function's name expected")
        return Relation("=", Apply(function.name, (variable,)), self.expression())

    def _stacked(self, top: Term) -> Term:
        name = self.advance().text
        self.enter()
        bottom = self.contents()
        self.leave()
        return stacked(name, top, bottom)


def _chained(chain: list[Term]) -> Term:
    return chain[0] if len(chain) == 1 else Logic("and", tuple(chain))


def _condition(parts: list[Term], kind: str) -> Term:
    """Return the condition on some variables, members of the set `kind` unless that is empty."""
    last = parts[-1]
    if len(parts) > 1 and isinstance(last, Relation) and last.operator == "in":
        return Relation("in", Row("", "", (*parts[:-1], last.left)), last.right)
    condition = last if len(parts) == 1 else Row("", "", tuple(parts))
    is_bare = kind not in {"", "otherwise"} and not isinstance(condition, Relation)
    return Relation("in", condition, Symbol(kind)) if is_bare else condition


def _is_label(term: Term, *, is_apart: bool) -> bool:
    """Say whether `term` names what follows its colon, as in `Paolo: 18` and `l: y = 2x`."""
    if isinstance(term, Symbol):
        is_long = term.name.isalpha() and len(term.name) > _MAX_LETTERS
        return (is_apart or is_long) and (len(term.name) == 1 or not is_denial(term.name))
    return isinstance(term, Words) and not is_denial(term.text)


def _split(items: list[Term], separators: list[Kind], kind: Kind) -> list[Term]:
    """Return the lists between separators of `kind`."""
    lists: list[Term] = []
    start = 0
    for index, separator in enumerate(separators):
        if separator is kind:
            lists.append(_listed(items[start : index + 1], separators[start:index]))
            start = index + 1
    lists.append(_listed(items[start:], separators[start:]))
    return lists


def _listed(items: list[Term], separators: list[Kind]) -> Term:
    """Return `items` joined by `separators`, one less, as one term."""
    if not separators:
        return items[0]
    kinds = set(separators)
    if Kind.SEMICOLON in kinds:
        return Row("", "", tuple(_split(items, separators, Kind.SEMICOLON)))
    if kinds == {Kind.COMMA}:
        return _conditioned(items)
    is_list = separators[-1] is not Kind.COMMA and set(separators[:-1]) == {Kind.COMMA}
    if is_list or len(kinds) == 1:
        return _joined(items, separators[-1])
    lowest = Kind.OR if Kind.OR in kinds else Kind.AND
    return _joined(_split(items, separators, lowest), lowest)


def _distributed(items: list[Term]) -> list[Term]:
    """Return `x = 1, 2` as `x = 1, x = 2`, a modulus behind the last one being that of all."""
    first, *rest = items
    if not isinstance(first, Relation) or first.operator not in {"=", "!=", "equiv"}:
        return items
    if any(isinstance(item, (Relation, Logic, Words, Symbol)) for item in rest):
        return items
    if any(isinstance(item, Row) != isinstance(first.right, Row) for item in rest):
        return items
    last = rest[-1] if rest else first
    values: list[Term] = [first.right, *rest]
    if first.operator == "equiv" and isinstance(last, Apply) and last.function == "mod":
        values[:-1] = [Apply("mod", (value, last.arguments[1])) for value in values[:-1]]
    return [Relation(first.operator, first.left, value) for value in values]


def _joined(items: list[Term], kind: Kind) -> Term:
    items = _distributed(items)
    if kind is Kind.OR:
        return Logic("or", tuple(items))
    if all(_is_statement(item) for item in items):
        return Logic("and", tuple(items))
    if all(isinstance(item, Quantity) for item in items) and _is_one_amount(items):
        return Sum(tuple(items))
    return Row("", "", tuple(items))


def _is_one_amount(items: list[Term]) -> bool:
    """Say whether quantities are parts of one, as in `2 hours and 30 minutes`."""
    units = [item.unit for item in items if isinstance(item, Quantity)]
    dimensions = {measure(unit).dimension for unit in units}
    return len(dimensions) == 1 and dimensions != {()} and len(set(units)) == len(units)


def _is_statement(term: Term) -> bool:
    if isinstance(term, Row):
        return not term.opening and all(_is_statement(member) for member in term.members)
    if isinstance(term, Words):
        return term.text in {"true", "false"}
    return isinstance(term, (Relation, Logic)) or (
        isinstance(term, Apply) and term.function == "given" and _is_statement(term.arguments[0])
    )


def _conditioned(items: list[Term]) -> Term:
    """Return a bare list, memberships at its end taken as the condition of the rest."""
    items = _distributed(items)
    count = len(items)
    while count and _is_membership(items[count - 1]):
        count -= 1
    if not count or count == len(items):
        return Row("", "", tuple(items))
    body = items[0] if count == 1 else Row("", "", tuple(items[:count]))
    conditions = items[count:]
    condition = conditions[0] if len(conditions) == 1 else Logic("and", tuple(conditions))
    return Apply("given", (body, condition))


def _is_membership(term: Term) -> bool:
    return isinstance(term, Relation) and term.operator == "in" and isinstance(term.right, Symbol)
