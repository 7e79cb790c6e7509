"""What a problem asks for, where it says so in a form that can be checked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from veridical.math.equality.survey import children
from veridical.math.reader import ReadError, TooComplexError, read_term
from veridical.math.terms import Relation, Symbol, Term, Words
from veridical.proof.model import Claim, Role

_MATHS = (
    r"(?:\$(?P<dollar>[^$]{1,400})\$|\\\((?P<round>.{1,400}?)\\\)|\\\[(?P<square>.{1,400}?)\\\])"
)
_END = r"(?=\s{0,3}(?:[.?;,]|$|\n|(?:if|when|where|given|for|over|using)\b))"
_VALUE = re.compile(
    r"\b(?:compute|evaluate|calculate|simplify|what is|find|determine|give)"
    r"(?: the)?(?: exact| numerical)?(?: value of)?\s{0,3}:?\s{0,3}" + _MATHS + _END,
    re.IGNORECASE,
)
_SOLVE = re.compile(
    r"\bsolve\b(?: the (?:in)?equation)?\s{0,3}:?\s{0,3}" + _MATHS + _END, re.IGNORECASE
)
_DIFFERENTIATE = re.compile(r"\b(?:differentiate|find the derivative of)\b", re.IGNORECASE)
_SHOW = re.compile(r"\b(?:show|prove)\b", re.IGNORECASE)
_FURTHER = re.compile(
    r"\b(?:then|how (?:many|much)|round|nearest|approximat\w*|decimal|percent\w*|degrees|units"
    r"|base|modulo|remainder|digits?|(?:great|small|larg|lea)e?st)\b",
    re.IGNORECASE,
)
"""What asks for more than the value of an expression, or for another form of it."""
_MAX_PROBLEM = 4_000


class Demand(StrEnum):
    """What kind of conclusion is asked for."""

    VALUE = "value"
    SOLUTION = "solution"
    DERIVATIVE = "derivative"
    PROOF = "proof"


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for.

    Attributes:
        demand: The kind.
        term: The expression, or the relation to solve; None for a derivative or a proof.
    """

    demand: Demand
    term: Term | None = None


def asked_for(text: str) -> Asked | None:
    """Read what a problem asks for; None where it does not say so in a known form.

    Where it asks for several things, the last counts; "then double it" asks for more than is said.
    """
    text = text[:_MAX_PROBLEM]
    if _SHOW.search(text):
        return Asked(Demand.PROOF)
    if _DIFFERENTIATE.search(text):
        return Asked(Demand.DERIVATIVE)
    found = [(match.start(), Demand.VALUE, _term(match)) for match in _VALUE.finditer(text)]
    found += [(match.start(), Demand.SOLUTION, _term(match)) for match in _SOLVE.finditer(text)]
    if not found:
        return None
    start, demand, term = max(found, key=lambda each: each[0])
    rest = text[start:]
    if term is None or _FURTHER.search(rest):
        return None
    if demand is Demand.VALUE and isinstance(term, Relation):
        return None
    return Asked(demand, term)


def _term(match: re.Match[str]) -> Term | None:
    written = match["dollar"] or match["round"] or match["square"] or ""
    try:
        term = read_term(written.strip().rstrip(".,;?"))
    except (ReadError, TooComplexError):
        return None
    return None if any(isinstance(part, Words) for part in _parts(term)) else term


def _parts(term: Term) -> Iterator[Term]:
    yield term
    for part in children(term):
        yield from _parts(part)


def value_of(claim: Claim) -> Term:
    """What a conclusion gives: the right side of an equation, or all of it."""
    statement = claim.statement
    return statement.right if isinstance(statement, Relation) else statement


def is_bare(claim: Claim) -> bool:
    """Whether an answer is given without saying of what."""
    return claim.role is Role.ANSWER and not isinstance(claim.statement, Relation)


def unknowns(facts: Sequence[Term]) -> frozenset[str]:
    """The names in statements."""
    return frozenset(
        part.name for fact in facts for part in _parts(fact) if isinstance(part, Symbol)
    )
