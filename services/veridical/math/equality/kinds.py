"""What a term is, as far as comparisons differ."""

from __future__ import annotations

from enum import Enum

from veridical.math.decision import MathRule
from veridical.math.equality.conditions import is_region
from veridical.math.equality.finding import Finding, known
from veridical.math.equality.special import read_special
from veridical.math.equality.statements import NAMED_SETS, has_equation
from veridical.math.equality.survey import children
from veridical.math.terms import Logic, Matrix, Piecewise, Relation, Row, Symbol, Term, Words


class Kind(Enum):
    """What a term is, in words for a person."""

    SCALAR = "a number or an expression"
    WORDS = "words"
    COLLECTION = "a list"
    REGION = "a set of reals"
    EQUATION = "an equation"
    MATRIX = "a matrix"
    PIECEWISE = "a function by cases"
    SPECIAL = "a choice, a time, a ratio or a congruence"
    OTHER = "another statement"


_CLASSES = {Words: Kind.WORDS, Matrix: Kind.MATRIX, Piecewise: Kind.PIECEWISE}


def kind_of(term: Term) -> Kind:
    """Return what a term is."""
    simple = _CLASSES.get(type(term))
    if simple is not None:
        return simple
    if has_equation(term):
        return Kind.EQUATION
    if is_region(term):
        return Kind.REGION
    if isinstance(term, Symbol) and term.name in NAMED_SETS:
        return Kind.OTHER
    if read_special(term) is not None:
        return Kind.SPECIAL
    if isinstance(term, Row):
        return Kind.COLLECTION
    return Kind.OTHER if isinstance(term, Relation | Logic) else Kind.SCALAR


def holds_region(term: Term) -> bool:
    """Say whether a set of reals is in an expression."""
    return is_region(term) or any(holds_region(part) for part in children(term))


def different(gold: Term, answer: Term) -> Finding:
    """Return the finding for two terms of kinds that are never equal."""
    left, right = kind_of(gold), kind_of(answer)
    detail = "" if left is right else f"the gold is {left.value} and the answer {right.value}"
    return known(MathRule.KIND, equal=False, detail=detail)
