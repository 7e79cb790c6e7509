"""What a comparison found."""

from __future__ import annotations

from dataclasses import dataclass

from veridical.math.decision import MathRule, RefutingPoint


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of a comparison.

    Attributes:
        equal: Whether the two are equal; None where this comparison cannot tell.
        rule: The step that decided, or that came last.
        point: Where the two differ, if the step was one that has such a point.
        detail: One sentence for a person; empty where the rule says it all.
    """

    equal: bool | None
    rule: MathRule
    point: RefutingPoint | None = None
    detail: str = ""


def known(rule: MathRule, *, equal: bool, detail: str = "") -> Finding:
    """Return a finding that decides."""
    return Finding(equal, rule, None, detail)


def unknown(rule: MathRule, detail: str) -> Finding:
    """Return a finding that leaves the decision to others."""
    return Finding(None, rule, None, detail)
