"""What a statement says: names given to values, chains of equals, and lists of those."""

from __future__ import annotations

from dataclasses import dataclass

from veridical.math.equality.functions import KNOWN_FUNCTIONS
from veridical.math.equality.survey import children, names_of
from veridical.math.terms import Apply, Logic, Product, Relation, Row, Symbol, Term

NAMED_SETS = frozenset({"reals", "integers", "naturals", "rationals", "complexes"})
_MEASURES = frozenset({"abs", "angle", "norm", "triangle", "ratio", "det", "derivative"})
_MARKS = frozenset({"overline", "overarc", "wideparen", "widehat", "overrightarrow", "vec", "bar"})
_EQUALS = frozenset({"=", "approx"})


@dataclass(frozen=True, slots=True)
class Assignment:
    """A name and the value it is given, as in `x = 5` and `f(x) = x^2`."""

    name: Term
    value: Term

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of the parameters of a function or a sequence that is defined."""
        if isinstance(self.name, Symbol):
            _, _, index = self.name.name.partition("_")
            return (index,) if index in names_of(self.value) else ()
        if not isinstance(self.name, Apply) or self.name.function in KNOWN_FUNCTIONS:
            return ()
        symbols = self.name.arguments
        names = tuple(symbol.name for symbol in symbols if isinstance(symbol, Symbol))
        return names if len(names) == len(symbols) else ()

    @property
    def function(self) -> str:
        """Name of the function or the sequence that is defined, without its parameters."""
        if isinstance(self.name, Symbol):
            return self.name.name.partition("_")[0]
        return self.name.function if isinstance(self.name, Apply) else ""


def assignment(term: Term) -> Assignment | None:
    """Return an equation as an assignment; None where neither side is a name."""
    if not (isinstance(term, Relation) and term.operator in _EQUALS):
        return None
    if is_name(term.left):
        return Assignment(term.left, term.right)
    return Assignment(term.right, term.left) if is_name(term.right) else None


def is_name(term: Term) -> bool:
    """Say whether a term names something: a variable, `f(3)`, a segment `AB`, `|AB|`, `A:B`."""
    if isinstance(term, Symbol):
        return term.name not in NAMED_SETS
    if isinstance(term, Row):
        return len(term.members) > 1 and all(is_name(member) for member in term.members)
    if isinstance(term, Product):
        return all(isinstance(part, Symbol) and part.name.isupper() for part in term.factors)
    if not isinstance(term, Apply):
        return False
    if term.function in _MEASURES:
        return all(is_name(argument) for argument in term.arguments)
    return term.function not in KNOWN_FUNCTIONS


def is_marked_name(term: Apply) -> bool:
    """Say whether a term is a segment or an arc with its sign, such as AB with a bar."""
    inner = term.arguments[0] if len(term.arguments) == 1 else None
    return term.function in _MARKS and isinstance(inner, Product) and is_name(inner)


def chain(term: Term) -> tuple[Term, ...] | None:
    """Return the members of `a = b = c`; None for anything else."""
    if not (isinstance(term, Logic) and term.operator == "and" and len(term.parts) > 1):
        return None
    members: list[Term] = []
    for part in term.parts:
        if not (isinstance(part, Relation) and part.operator in _EQUALS):
            return None
        if members and members[-1] != part.left:
            return None
        if not members:
            members.append(part.left)
        members.append(part.right)
    return tuple(members)


def is_equation(term: Term) -> bool:
    """Say whether a term is an equation, or a list of nothing else."""
    if isinstance(term, Relation):
        return term.operator in _EQUALS
    if isinstance(term, Logic):
        return term.operator in {"and", "or"} and all(is_equation(part) for part in term.parts)
    if isinstance(term, Row):
        return bool(term.members) and all(is_equation(member) for member in term.members)
    return False


def is_statement(term: Term) -> bool:
    """Say whether a term is a statement, and not a value."""
    return isinstance(term, Relation | Logic) or (
        isinstance(term, Apply) and term.function in {"given", "forall", "exists"}
    )


def has_equation(term: Term) -> bool:
    """Say whether a term is an equation, or a list with one in it."""
    if isinstance(term, Relation):
        return term.operator in _EQUALS
    if isinstance(term, Logic):
        return any(has_equation(part) for part in term.parts)
    return isinstance(term, Row) and any(has_equation(member) for member in term.members)


def without_names(term: Term) -> Term | None:
    """Return what is left if the names in assignments are dropped; None for other equations."""
    given = assignment(term)
    if given is not None:
        return given.value
    if isinstance(term, Relation):
        return None if term.operator in _EQUALS else term
    if isinstance(term, Logic | Row):
        parts = term.parts if isinstance(term, Logic) else term.members
        values = [without_names(part) for part in parts]
        kept = tuple(value for value in values if value is not None)
        if len(kept) < len(values):
            return None
        return (
            Row("", "", kept) if isinstance(term, Logic) else Row(term.opening, term.closing, kept)
        )
    return term


def unknown_functions(term: Term) -> frozenset[str]:
    """Return the names of the functions in `term` that have no meaning of their own."""
    found = frozenset[str]().union(*map(unknown_functions, children(term)))
    if isinstance(term, Apply) and term.function not in KNOWN_FUNCTIONS | _MEASURES:
        return found | {term.function}
    return found
