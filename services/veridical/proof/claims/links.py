"""Whether two sides of a chain may be compared: equal signs in prose also convert, label and count."""

from __future__ import annotations

from veridical.proof.claims.chains import Chain
from veridical.proof.claims.runs import Run
from veridical.proof.claims.tokens import Kind

_OPENING = frozenset(
    "so thus hence therefore then that get have has gives is since because we find obtain and which".split()  # noqa: SIM905
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
