"""Z3: whether facts entail or exclude a goal, and a model where they do not.

Every question has a counted limit, and every trace a context of its own, so that the answers hang on the
trace alone. A model counts only if its values are rational and re-evaluate.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from typing import Any, TypeAlias

from veridical.math.equality.exact import fold
from veridical.math.equality.work import Work
from veridical.math.terms import (
    Apply,
    Logic,
    Number,
    Power,
    Product,
    Quantity,
    Relation,
    Sum,
    Symbol,
    Term,
)
from veridical.proof.model import Domain
from veridical.proof.parts import children, parts_of

Expression: TypeAlias = Any
"""An expression of z3, which has no types of its own."""
LIMIT = 15_000
"""What z3 may take for one check, in its own units."""
_MAX_EXPONENT = 4
_MAX_FACTS = 6
_MAX_SYMBOLS = 4
_MAX_ROOTS = 2
_MAX_PARTS = 120
"""Parts of all statements of one question."""
_MAX_DEGREES = {1: 12, 2: 6, 3: 3, 4: 3}
"""Highest degree by the number of symbols: beyond it z3 hardly ever tells, and its limit counts little of what it does."""
_OPERATORS = frozenset({"=", "!=", "<", "<=", ">", ">="})


class Answer(Enum):
    """What a question came to."""

    ENTAILED = "entailed"
    EXCLUDED = "excluded"
    NEITHER = "neither"
    INCONSISTENT = "inconsistent"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Solved:
    """The answer to a question.

    Attributes:
        answer: It.
        model: Values under which the facts hold and the goal does not; empty where none was found.
    """

    answer: Answer
    model: tuple[tuple[str, Fraction], ...] = ()


class NotForSolverError(Exception):
    """A statement is beyond what is put to the solver."""


class Solver:
    """What asks z3 on behalf of one trace."""

    __slots__ = ("_context", "_left")

    def __init__(self, most: int = 1) -> None:
        """Start with `most` questions that may be asked."""
        self._left = most
        self._context: Any = None

    @property
    def is_spent(self) -> bool:
        """Whether no more questions may be asked."""
        return self._left <= 0

    def ask(self, goal: Term, facts: Sequence[Term], domain: Domain, work: Work) -> Solved:
        """Ask whether `facts` entail or exclude `goal`, over the reals or the integers.

        Facts that are not of a kind that is translated are left out.

        Raises:
            WorkExceededError: The work is used up.
        """
        if domain is Domain.COMPLEX or not _is_small(goal, facts):
            return Solved(Answer.UNKNOWN)
        import z3

        self._context = self._context or z3.Context()
        translator = _Translator(z3, self._context, domain, work)
        try:
            wanted = translator.statement(goal)
        except NotForSolverError:
            return Solved(Answer.UNKNOWN)
        known, left_out = _translated(facts, translator)
        solver = z3.Solver(ctx=self._context)
        solver.set("rlimit", LIMIT)
        solver.add(*known, *translator.conditions)
        self._left -= 1
        return _asked(z3, solver, wanted, translator, left_out, work)


def _translated(facts: Sequence[Term], translator: _Translator) -> tuple[list[Expression], bool]:
    """Return the facts that can be translated, and whether some cannot."""
    known: list[Expression] = []
    for fact in facts:
        with suppress(NotForSolverError):
            known.append(translator.statement(fact))
    return known, len(known) < len(facts)


class _Translator:
    """Terms as expressions of one z3 context."""

    def __init__(self, z3: Any, context: Any, domain: Domain, work: Work) -> None:
        self._z3 = z3
        self.sat = z3.sat
        self.context = context
        self._domain = domain
        self._work = work
        self.symbols: dict[str, Expression] = {}
        self.conditions: list[Expression] = []
        self._fresh = 0

    def statement(self, term: Term) -> Expression:
        """Return a statement.

        Raises:
            NotForSolverError: A part of it is not of a kind that is translated.
        """
        z3 = self._z3
        match term:
            case Logic("and", parts):
                return z3.And([self.statement(part) for part in parts])
            case Logic("or", parts):
                return z3.Or([self.statement(part) for part in parts])
            case Logic("not", (part,)):
                return z3.Not(self.statement(part))
            case Relation(operator, left, right) if operator in _OPERATORS:
                return self._relation(operator, self.of(left), self.of(right))
            case _:
                raise NotForSolverError

    def _relation(self, operator: str, left: Expression, right: Expression) -> Expression:
        match operator:
            case "=":
                return left == right
            case "!=":
                return left != right
            case "<":
                return left < right
            case "<=":
                return left <= right
            case ">":
                return left > right
            case _:
                return left >= right

    def of(self, term: Term) -> Expression:
        """Return an expression.

        Raises:
            NotForSolverError: A part of it is not of a kind that is translated.
        """
        self._work.spend(4)
        match term:
            case Number(value, None, _):
                return self.number(value)
            case Symbol(name):
                return self.symbol(name)
            case Sum(parts):
                return self._z3.Sum([self.of(part) for part in parts])
            case Product(parts):
                return self._z3.Product([self.of(part) for part in parts])
            case Power(base, exponent):
                return self._power(base, exponent)
            case Quantity(value, _):
                return self.of(value)
            case Apply("abs", (inner,)):
                value = self.of(inner)
                return self._z3.If(value >= 0, value, -value)
            case Apply("root", (inner, *index)):
                return self._root(inner, index)
            case _:
                raise NotForSolverError

    def number(self, value: Fraction) -> Expression:
        """Return a rational."""
        return self._z3.RatVal(value.numerator, value.denominator, ctx=self.context)

    def symbol(self, name: str) -> Expression:
        """Return a variable, with the condition that its domain sets."""
        found = self.symbols.get(name)
        if found is None:
            if self._domain is Domain.INTEGER:
                whole = self._z3.Int(name, ctx=self.context)
                found = self._z3.ToReal(whole)
            else:
                found = self._z3.Real(name, ctx=self.context)
            self.symbols[name] = found
            if self._domain is Domain.POSITIVE:
                self.conditions.append(found > 0)
        return found

    def _power(self, base: Term, exponent: Term) -> Expression:
        power = fold(exponent, self._work)
        if power is None or abs(power) > _MAX_EXPONENT:
            raise NotForSolverError
        if power == Fraction(1, 2):
            return self._root(base, [])
        if power.denominator != 1:
            raise NotForSolverError
        inner = self.of(base)
        if power < 0:
            self.conditions.append(inner != 0)
        if not power:
            return self.number(Fraction(1))
        raised = self._z3.Product([inner] * abs(int(power)))
        return self.number(Fraction(1)) / raised if power < 0 else raised

    def _root(self, inner: Term, index: Sequence[Term]) -> Expression:
        if index and fold(index[0], self._work) != 2:
            raise NotForSolverError
        under = self.of(inner)
        self._fresh += 1
        root = self._z3.Real(f"root {self._fresh}", ctx=self.context)
        self.conditions += [root >= 0, root * root == under]
        return root


def _is_small(goal: Term, facts: Sequence[Term]) -> bool:
    """Say whether a question is small enough to be put to the solver."""
    parts = [part for term in (goal, *facts) for part in parts_of(term)]
    names = {part.name for part in parts if isinstance(part, Symbol)}
    roots = sum(isinstance(part, Apply) for part in parts)
    return (
        len(facts) <= _MAX_FACTS
        and len(parts) <= _MAX_PARTS
        and len(names) <= _MAX_SYMBOLS
        and roots <= _MAX_ROOTS
        and max(map(_degree, (goal, *facts))) <= _MAX_DEGREES.get(len(names), 0)
    )


def _degree(term: Term) -> int:
    """Return about the degree of a polynomial or a quotient of some."""
    match term:
        case Number():
            return 0
        case Symbol():
            return 1
        case Product(factors):
            return sum(map(_degree, factors))
        case Power(base, Number(power)):
            return _degree(base) * max(1, abs(int(power)))
        case _:
            return max(map(_degree, children(term)), default=0)


def _asked(
    z3: Any, solver: Any, wanted: Expression, translator: _Translator, left_out: bool, work: Work
) -> Solved:
    work.spend(1000)
    against, model = _checked(solver, z3.Not(wanted), translator)
    if against != z3.unsat and (left_out or not model):
        return Solved(Answer.UNKNOWN)
    beside, _ = _checked(solver, wanted)
    if against == z3.unsat:
        return Solved(Answer.INCONSISTENT if beside == z3.unsat else _sure(beside, z3))
    if beside == z3.unsat:
        return Solved(Answer.EXCLUDED, model)
    return Solved(Answer.NEITHER if beside == z3.sat else Answer.UNKNOWN, model)


def _checked(
    solver: Any, statement: Expression, translator: _Translator | None = None
) -> tuple[Any, tuple[tuple[str, Fraction], ...]]:
    """Return whether a statement can hold as well, and a model of it where one is wanted and rational."""
    solver.push()
    solver.add(statement)
    found = solver.check()
    model = _model(solver, translator) if translator and found == translator.sat else ()
    solver.pop()
    return found, model


def _sure(beside: Any, z3: Any) -> Answer:
    """Nothing is entailed by facts that may be inconsistent."""
    return Answer.ENTAILED if beside == z3.sat else Answer.UNKNOWN


def _model(solver: Any, translator: _Translator) -> tuple[tuple[str, Fraction], ...]:
    """Return the values of the symbols; nothing where one of them is irrational."""
    model = solver.model()
    values: list[tuple[str, Fraction]] = []
    for name, symbol in sorted(translator.symbols.items()):
        value = model.eval(symbol, model_completion=True)
        try:
            values.append((name, Fraction(value.numerator_as_long(), value.denominator_as_long())))
        except AttributeError:
            return ()
    return tuple(values)
