"""Division with a remainder: `194 ÷ 11 = 17 remainder 7` says that 194 = 11 · 17 + 7."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from veridical.math.terms import Number, Power, Product, Relation, Sum, Term
from veridical.proof.claims.chains import Chain
from veridical.proof.claims.reading import read_side

_REMAINDER = re.compile(
    r"[\s$).,;:\\\]]*(?:with|and|leaving|having|has|gives|leaves)?\s*(?:an?\s+)?(?:\\text\{\s*)?"
    r"(?:remainder|R\.?|rem\.?)\s*(?:of|is|=|:)?\s*\}?\s*(?:\\\(|\$)?\s*(\d{1,12})\b(?!\s*[-+*/^.]\s*\d)",
    re.IGNORECASE,
)
_WHOLE = re.compile(
    r"\b(?:remain\w*|left\s?over|leftover|left|quotient|integer|floor|whole|complete|full|at most|at least)\b",
    re.IGNORECASE,
)
_INVERSE = Number(Fraction(-1))


@dataclass(frozen=True, slots=True)
class Division:
    """What a division says; `statement` is None where it is open what it says."""

    statement: Term | None


def read_division(text: str, chain: Chain, index: int) -> Division | None:
    """Return what a division of numbers says that may leave a remainder; None if the link is none."""
    left, right = chain.sides[index], chain.sides[index + 1]
    if left is None or right is None or not right.bare or chain.operators[index] != "=":
        return None
    term = read_side(left.text)
    parts = _parts(term)
    if parts is None:
        return None
    end = chain.spans[index + 1][1]
    match = _REMAINDER.match(text, end, end + 80)
    if match is not None:
        return Division(
            _with_remainder(*parts, read_side(right.text), Number(Fraction(int(match[1]))))
        )
    around = text[max(0, chain.spans[0][0] - 60) : end + 60]
    return (
        Division(None)
        if "." not in right.text and _WHOLE.search(around) and _leaves_rest(*parts)
        else None
    )


def _leaves_rest(above: Number, below: Number) -> bool:
    return below.value == 0 or (above.value / below.value).denominator != 1


def _parts(term: Term | None) -> tuple[Number, Number] | None:
    if not isinstance(term, Product) or len(term.factors) != 2:
        return None
    above, inverse = term.factors
    if not isinstance(inverse, Power) or inverse.exponent != _INVERSE:
        return None
    below = inverse.base
    return (above, below) if isinstance(above, Number) and isinstance(below, Number) else None


def _with_remainder(
    above: Number, below: Number, quotient: Term | None, rest: Number
) -> Term | None:
    if quotient is None or rest.value >= below.value:
        return None
    return Relation("=", above, Sum((Product((below, quotient)), rest)))
