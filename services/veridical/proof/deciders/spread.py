"""Signs left open, written out: `x = ±2` is `x = 2 or x = -2`."""

from __future__ import annotations

from veridical.math.equality.rewrite import changed, negative
from veridical.math.equality.work import Work
from veridical.math.terms import Apply, Logic, Relation, Term
from veridical.proof.parts import parts_of

_SIGNS = {"plus_minus": (True, False), "minus_plus": (False, True)}


def spread(goal: Term) -> Term:
    """Return a goal with the signs left open on one side of it written out."""
    if isinstance(goal, Logic):
        return Logic(goal.operator, tuple(spread(part) for part in goal.parts))
    if not isinstance(goal, Relation) or not _is_open(goal):
        return goal
    if _is_open(goal.left) and _is_open(goal.right):
        return goal
    return Logic("or", (_chosen(goal, first=True), _chosen(goal, first=False)))


def _is_open(term: Term) -> bool:
    return any(isinstance(part, Apply) and part.function in _SIGNS for part in parts_of(term))


def _chosen(goal: Term, *, first: bool) -> Term:
    def change(part: Term) -> Term | None:
        if isinstance(part, Apply) and part.function in _SIGNS:
            inner = _chosen(part.arguments[0], first=first)
            return inner if _SIGNS[part.function][not first] else negative(inner)
        return None

    return changed(goal, change, Work())
