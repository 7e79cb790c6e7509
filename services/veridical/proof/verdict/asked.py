"""What a problem asks for, where it says so in a form that can be checked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from veridical.math.equality.survey import children
from veridical.math.reader import ReadError, TooComplexError, read_term
from veridical.math.terms import Apply, Number, Relation, Term, Words
from veridical.proof.claims.properties import asked_property
from veridical.proof.model import Claim

_MATHS = (
    r"(?:\$(?P<dollar>[^$]{1,400})\$|\\\((?P<round>.{1,400}?)\\\)|\\\[(?P<square>.{1,400}?)\\\])"
)
_END = r"(?=\s{0,3}(?:[.?;,]|$|\n|(?:if|when|where|given|for|over|using)\b))"
_VALUE = re.compile(
    r"\b(?:compute|evaluate|calculate|simplify|expand|factor(?:i[sz]e)?|what is|find|determine|give)"
    r"(?: the)?(?: exact| numerical)?(?: value of)?\s{0,3}:?\s{0,3}" + _MATHS + _END,
    re.IGNORECASE,
)
_SOLVE = re.compile(
    r"\bsolve\b(?: the (?:in)?equation)?\s{0,3}:?\s{0,3}" + _MATHS + _END, re.IGNORECASE
)
_REMAINDER = re.compile(
    rf"\bremainder (?:of|when) {_MATHS}(?: is divided by| modulo| mod| on division by)"
    r" \$?(?P<modulus>\d{1,9})\b",
    re.IGNORECASE,
)
_EQUATION = re.compile(r"\b(?:show|prove|verify)\b[^$\\.]{0,40}" + _MATHS, re.IGNORECASE)
_DIFFERENTIATE = re.compile(r"\b(?:differentiate|find the derivative of)\b", re.IGNORECASE)
_SHOW = re.compile(r"\b(?:show|prove|verify)\b", re.IGNORECASE)
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
        term: The expression, or the relation to solve or to show; None for a derivative, and for what is to
            be shown in words.
    """

    demand: Demand
    term: Term | None = None


def asked_for(text: str) -> Asked | None:
    """Read what a problem asks for; None where it does not say so in a known form.

    Where it asks for several things, the last counts; "then double it" asks for more than is said.
    """
    text = text[:_MAX_PROBLEM]
    if _SHOW.search(text):
        shown = _EQUATION.search(text)
        return Asked(Demand.PROOF, asked_property(text) or (_term(shown) if shown else None))
    if remainder := _REMAINDER.search(text):
        return _remainder(remainder)
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


def _remainder(match: re.Match[str]) -> Asked | None:
    dividend = _term(match)
    if dividend is None:
        return None
    modulus = Number(Fraction(int(match["modulus"])))
    return Asked(Demand.VALUE, Apply("mod", (dividend, modulus)))


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
    """What a conclusion gives: the right side of an equation or congruence, or all of it."""
    statement = claim.statement
    return right_side(statement) if isinstance(statement, Relation) else statement


def right_side(relation: Relation) -> Term:
    """The right side of a relation, of a congruence without its modulus."""
    side = relation.right
    if relation.operator == "equiv" and isinstance(side, Apply) and side.function == "mod":
        return side.arguments[0]
    return side
