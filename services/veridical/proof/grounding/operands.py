"""The numbers that an arithmetic claim computes with, and those that it gives."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from veridical.math.equality.exact import fold
from veridical.math.equality.work import WorkExceededError
from veridical.math.terms import Apply, Logic, Number, Power, Product, Quantity, Relation, Sum, Term
from veridical.proof.budget import Budget

MAX_PARTS = 8
"""Parts of a sum or product whose runs are looked at."""
MAX_WORK = 5_000
"""Units of work that one side may take."""


@dataclass(frozen=True, slots=True)
class Operand:
    """A number that is computed with.

    Attributes:
        value: It as written, without its sign.
        ways: Other values that it may stand for, any of which grounds it: of `3` in `3/4` also 3/4, of
            `25` in `25 %` also 1/4.
    """

    value: Fraction
    ways: tuple[Fraction, ...] = ()


def relations(statement: Term) -> Iterator[Relation]:
    """The relations in a statement."""
    if isinstance(statement, Relation):
        yield statement
    elif isinstance(statement, Logic):
        for part in statement.parts:
            yield from relations(part)


def operands(side: Term) -> tuple[Operand, ...]:
    """What one side of a relation computes with; nothing for a bare number or where a name stands."""
    found = _leaves(side)
    return () if found is None or len(found) < 2 else tuple(found)


def value(side: Term, budget: Budget) -> Fraction | None:
    """The exact value of a side, units left aside; None where it has none."""
    try:
        return fold(_bare(side), budget.work(MAX_WORK))
    except WorkExceededError:
        return None


def results(side: Term, budget: Budget) -> frozenset[Fraction]:
    """What working out a side gives, without signs: its value, those of its parts and of runs of parts."""
    work = budget.work(MAX_WORK)
    found: set[Fraction] = set()
    pending = [_bare(side)]
    try:
        while pending:
            term = pending.pop()
            parts = _parts(term)
            pending += parts
            worked_out = (fold(one, work) for one in (term, *_runs(term, parts[:MAX_PARTS])))
            found.update(abs(value) for value in worked_out if value is not None)
    except WorkExceededError:
        pass  # What a side gives beyond that is not taken for grounded.
    return frozenset(found)


def _parts(term: Term) -> tuple[Term, ...]:
    match term:
        case Sum(terms=parts) | Product(factors=parts):
            return parts
        case _:
            return ()


def _runs(term: Term, parts: tuple[Term, ...]) -> Iterator[Term]:
    """Sums or products of neighbouring parts, the whole left out."""
    for start in range(len(parts)):
        for end in range(start + 2, len(parts) + (start > 0)):
            run = parts[start:end]
            yield Sum(run) if isinstance(term, Sum) else Product(run)


def terms_in_sums(side: Term) -> Iterator[int]:
    """How many numbers each sum adds up: what an average divides by."""
    bare = _bare(side)
    for part in bare.factors if isinstance(bare, Product) else (bare,):
        if isinstance(part, Sum):
            yield len(part.terms)


def _bare(term: Term) -> Term:
    """A term without its units."""
    match term:
        case Quantity(value=inner):
            return _bare(inner)
        case Sum(terms=terms):
            return Sum(tuple(map(_bare, terms)))
        case Product(factors=factors):
            return Product(tuple(map(_bare, factors)))
        case Power(base=base, exponent=exponent):
            return Power(_bare(base), _bare(exponent))
        case _:
            return term


def _leaves(term: Term) -> list[Operand] | None:
    """The numbers of a term; None where it holds anything but arithmetic."""
    match term:
        case Number(value=number):
            return [Operand(abs(number))]
        case Quantity(value=inner):
            return _leaves(inner)
        case Sum(terms=parts):
            return _joined([_leaves(part) for part in parts])
        case Product(factors=parts):
            return _product(parts)
        case Power(base=base):
            # An exponent counts how often, it is no quantity of the problem.
            return _leaves(base)
        case Apply(function="percent", arguments=(inner,)):
            found = _leaves(inner)
            return found and [Operand(one.value, (one.value / 100, *one.ways)) for one in found]
        case _:
            return None


def _product(factors: tuple[Term, ...]) -> list[Operand] | None:
    found: list[list[Operand] | None] = []
    for before, factor in zip((None, *factors), factors, strict=False):
        leaves = _leaves(factor)
        below = _divisor(factor)
        if below and isinstance(before, Number) and found and found[-1] and leaves:
            share = abs(before.value) / below
            found[-1] = [Operand(one.value, (*one.ways, share)) for one in found[-1]]
            leaves = [Operand(one.value, (*one.ways, share)) for one in leaves]
        found.append(leaves)
    return _joined(found)


def _divisor(factor: Term) -> Fraction | None:
    match factor:
        case Power(base=Number(value=below), exponent=Number(value=exponent)) if below:
            return abs(below) if exponent == -1 else None
        case _:
            return None


def _joined(parts: list[list[Operand] | None]) -> list[Operand] | None:
    whole: list[Operand] = []
    for part in parts:
        if part is None:
            return None
        whole += part
    return whole
