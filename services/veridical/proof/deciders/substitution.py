"""Putting known values and definitions into statements."""

from __future__ import annotations

import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from veridical.math.equality.exact import fold
from veridical.math.equality.rewrite import changed
from veridical.math.equality.survey import BINDING
from veridical.math.equality.work import Work
from veridical.math.terms import Apply, Number, Quantity, Relation, Symbol, Term
from veridical.proof.deciders.derivatives import derivative
from veridical.proof.model import Fact
from veridical.proof.parts import names_of, parts_of

_ROUNDS = 4
_LETTERS = frozenset(string.ascii_letters)


@dataclass(frozen=True, slots=True)
class Value:
    """What a symbol is known to be.

    Attributes:
        term: A constant.
        step: The step that says so.
    """

    term: Term
    step: int


@dataclass(frozen=True, slots=True)
class Known:
    """Values and functions that facts give.

    Attributes:
        values: Constants by the name of the symbol.
        terms: Definitions of a symbol by others.
        functions: The parameter and the body of functions of one argument.
        clashing: Symbols that are said to be two different things.
    """

    values: Mapping[str, Value]
    terms: Mapping[str, Value] = field(default_factory=dict)
    functions: Mapping[str, tuple[str, Value]] = field(default_factory=dict)
    clashing: frozenset[str] = frozenset()


def functions_in(term: Term) -> frozenset[str]:
    """Return the names of the functions in `term` that have no meaning of their own."""
    return frozenset(
        part.function
        for part in parts_of(term)
        if isinstance(part, Apply) and part.function.rstrip("'") in _LETTERS
    )


def known_from(facts: Sequence[Fact], work: Work) -> Known:
    """Return what `facts` say that symbols and functions are."""
    values: dict[str, Value] = {}
    terms: dict[str, Value] = {}
    functions: dict[str, tuple[str, Value]] = {}
    clashing: set[str] = set()
    for fact in facts:
        statement = fact.statement
        if not isinstance(statement, Relation) or statement.operator != "=":
            continue
        for left, right in (
            (statement.left, statement.right),
            (statement.right, statement.left),
        ):
            if isinstance(left, Symbol):
                _note(left.name, Value(right, fact.step), values, terms, clashing, work)
        _note_function(statement, fact.step, functions, clashing)
    return Known(
        {name: value for name, value in values.items() if name not in clashing},
        {name: value for name, value in terms.items() if name not in clashing},
        {name: value for name, value in functions.items() if name not in clashing},
        frozenset(clashing),
    )


def _note(
    name: str,
    value: Value,
    values: dict[str, Value],
    terms: dict[str, Value],
    clashing: set[str],
    work: Work,
) -> None:
    inside = names_of(value.term)
    if not inside:
        before = values.setdefault(name, value)
        if before.term != value.term and not _same(before.term, value.term, work):
            clashing.add(name)
    elif name not in inside and not isinstance(value.term, Symbol):
        defined = terms.setdefault(name, value)
        if defined.term != value.term:
            clashing.add(name)


def _same(left: Term, right: Term, work: Work) -> bool:
    one, other = fold(_bare(left), work), fold(_bare(right), work)
    return one is not None and one == other


def _bare(term: Term) -> Term:
    return term.value if isinstance(term, Quantity) else term


def _note_function(
    statement: Relation,
    step: int,
    functions: dict[str, tuple[str, Value]],
    clashing: set[str],
) -> None:
    match statement.left:
        case Apply(name, (Symbol(parameter),)):
            if any(
                isinstance(part, Apply) and part.function == name
                for part in parts_of(statement.right)
            ):
                return
            definition = (parameter, Value(statement.right, step))
            if functions.setdefault(name, definition) != definition:
                clashing.add(name)


@dataclass(frozen=True, slots=True)
class Substituted:
    """A term with known things put in.

    Attributes:
        term: It.
        used: Constants that were put in, by name.
        premises: Steps that said so.
    """

    term: Term
    used: Mapping[str, Term]
    premises: frozenset[int]


def substitute(
    term: Term, known: Known, work: Work, *, definitions: bool = True, values: bool = True
) -> Substituted:
    """Return `term` with known values, and definitions, put in.

    Raises:
        WorkExceededError: It is more work than is left.
    """
    if not (known.values or known.terms or known.functions):
        return Substituted(term, {}, frozenset())
    used: dict[str, Term] = {}
    premises: set[int] = set()

    def change(part: Term) -> Term | None:
        if isinstance(part, Symbol):
            value = known.values.get(part.name) if values else None
            if value is not None:
                used[part.name] = value.term
                premises.add(value.step)
                return value.term
            value = known.terms.get(part.name) if definitions else None
            if value is not None:
                premises.add(value.step)
                return value.term
        if isinstance(part, Apply):
            if part.function in BINDING or part.function == "derivative":
                return part
            return _applied(part, known, premises, work)
        return None

    for _ in range(_ROUNDS):
        new = changed(term, change, work)
        if new is term or new == term:
            break
        term = new
    return Substituted(term, used, frozenset(premises))


def _applied(part: Apply, known: Known, premises: set[int], work: Work) -> Term | None:
    """Return the body of a known function, or of its derivative, at an argument."""
    name = part.function.rstrip("'")
    definition = known.functions.get(part.function) or known.functions.get(name)
    if definition is None or len(part.arguments) != 1:
        return None
    parameter, body = definition
    term = body.term
    if part.function not in known.functions:
        for _ in range(len(part.function) - len(name)):
            term = derivative(term, parameter, work)
    premises.add(body.step)
    argument = part.arguments[0]
    return changed(term, lambda each: argument if each == Symbol(parameter) else None, work)


def constant(term: Term, work: Work) -> Fraction | None:
    """Return the exact rational that a constant term is; None where it is none."""
    return fold(_bare(term), work)


def at_point(relation: Relation, point: Mapping[str, Fraction], work: Work) -> Relation:
    """Return `relation` with numbers for its symbols."""

    def change(part: Term) -> Term | None:
        if isinstance(part, Symbol) and part.name in point:
            return Number(point[part.name])
        return None

    return Relation(
        relation.operator,
        changed(relation.left, change, work),
        changed(relation.right, change, work),
    )
