"""Whether two sides of a chain may be compared: equal signs in prose also convert, label and count."""

from __future__ import annotations

import re

from veridical.proof.claims.chains import Chain
from veridical.proof.claims.runs import Run
from veridical.proof.claims.tokens import Kind

_OPENING = frozenset(
    "so thus hence therefore then that get have has gives is since because we find obtain and which".split()  # noqa: SIM905
)

_BEFORE = re.compile(
    r"(?:\A|[.!]\s|\n|\b(?:so|thus|hence|therefore|then|gives|get|yields|obtain)\b,?)\s*\Z",
    re.IGNORECASE,
)
_BEHIND = re.compile(r"\s*(?:\Z|\n|[.!](?!\d))")
_BARE = re.compile(r"(?<![\w.,])-?\d[\d,.]*\s*=\s*-?\d")
_MAX_BEFORE = 40
_MAX_TEXT = 4_000
_PAIR = 2


def stands_alone(text: str, chain: Chain) -> bool:
    """Say whether two plain numbers and an equals sign are a sentence by themselves, as `So 17 = 18` is.

    A second one in the step would make a table of them.
    """
    if len(chain.sides) != _PAIR or chain.operators != ("=",) or chain.others:
        return False
    if any(side is None or not side.bare or side.counted for side in chain.sides):
        return False
    start, end = chain.spans[0][0], chain.spans[-1][1]
    before = _BEFORE.search(text, max(0, start - _MAX_BEFORE), start)
    return (
        before is not None
        and _BEHIND.match(text, end) is not None
        and len(_BARE.findall(text[:_MAX_TEXT])) == 1
    )


def may_be_linked(chain: Chain, index: int) -> bool:
    """Say whether the sides before and behind the relation `index` are values of the same thing."""
    left, right = chain.sides[index], chain.sides[index + 1]
    if left is None or right is None:
        return False
    counted = left.counted or right.counted or not (left.maths and right.maths)
    if left.bare and right.bare and counted and not right.modulus:
        return False
    if left.bare and left.counted and index == 0:
        return False
    if index == 0 and left.bare and not left.maths and not right.modulus and _is_phrase(chain):
        return False
    return not _units_differ(left, right)


def _is_phrase(chain: Chain) -> bool:
    """Say whether a noun stands before the number that a chain starts with."""
    if not chain.first:
        return False
    before = chain.clause[chain.first - 1]
    return before.kind is Kind.WORD and before.text.lower() not in _OPENING


def _units_differ(left: Run, right: Run) -> bool:
    """Say whether the sides measure one dimension in several units."""
    if left.mixed or right.mixed:
        return True
    for dimension in {name for name, _ in right.units}:
        before = {unit for name, unit in left.units if name == dimension}
        behind = {unit for name, unit in right.units if name == dimension}
        if before and not behind <= before:
            return True
    return False
