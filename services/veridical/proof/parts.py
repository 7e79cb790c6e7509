"""Terms as trees: their parts, and their free variables. Looking through terms is most of what a check does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from operator import attrgetter
from typing import Any

from veridical.math.equality import survey
from veridical.math.equality.work import Work
from veridical.math.terms import (
    Apply,
    Constant,
    Logic,
    Number,
    Power,
    Product,
    Quantity,
    Relation,
    Row,
    Sum,
    Symbol,
    Term,
    Words,
)


def _none(_: object) -> tuple[Term, ...]:
    return ()


_CHILDREN: dict[type, Callable[[Any], tuple[Term, ...]]] = {
    Number: _none,
    Symbol: _none,
    Constant: _none,
    Words: _none,
    Sum: attrgetter("terms"),
    Product: attrgetter("factors"),
    Power: attrgetter("base", "exponent"),
    Apply: attrgetter("arguments"),
    Relation: attrgetter("left", "right"),
    Logic: attrgetter("parts"),
    Row: attrgetter("members"),
    Quantity: lambda term: (term.value,),
}


def children(term: Term) -> tuple[Term, ...]:
    """Return the direct parts of `term`, in the order of writing."""
    direct = _CHILDREN.get(type(term))
    return survey.children(term) if direct is None else direct(term)


def parts_of(term: Term) -> Iterator[Term]:
    """Yield `term` and all its parts."""
    waiting = [term]
    while waiting:
        part = waiting.pop()
        yield part
        direct = children(part)
        if direct:
            waiting.extend(direct)


def names_of(term: Term) -> frozenset[str]:
    """Return the names of all symbols in `term`."""
    return frozenset([part.name for part in parts_of(term) if isinstance(part, Symbol)])


def has_functions(term: Term) -> bool:
    """Say whether anything in `term` is an application."""
    return any(isinstance(part, Apply) for part in parts_of(term))


def free_names(term: Term, work: Work) -> frozenset[str]:
    """Return the names of the free variables of `term`.

    Raises:
        WorkExceededError: It is more work than is left.
    """
    names, count = set[str](), 0
    for part in parts_of(term):
        count += 1
        if isinstance(part, Symbol):
            names.add(part.name)
        elif isinstance(part, Apply) and part.function in survey.BINDING:
            return survey.survey(term, work).names
    work.spend(count)
    return frozenset(names)
