"""Models in a row, such as training steps or algorithms, each beside the same base.

The sampling-efficiency gap of a model is ΔSE = base pass@k - its own pass@1, with k = 256 in arXiv
2504.13837, section 4.3: how far what it gives at the first try stays behind what the base can do. Lower is
better.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Point:
    """What a model is told by in a table.

    Attributes:
        name: The model, step or algorithm.
        pass_1: pass@1.
        pass_k: pass@k at the k of ΔSE, in the same unit.
    """

    name: str
    pass_1: float
    pass_k: float


@dataclass(frozen=True, slots=True)
class Gap:
    """A model beside its base.

    Attributes:
        point: The model.
        delta_se: ΔSE, in the unit of its figures.
        sharpened: Its pass@1 less the base's: what training gained at the first try.
        lost: The base's pass@k less its own: what training lost at many; below 0 where it gained.
    """

    point: Point
    delta_se: float
    sharpened: float
    lost: float


def delta_se(base_pass_k: float, pass_1: float) -> float:
    """Return the sampling-efficiency gap, in the unit of its arguments."""
    return base_pass_k - pass_1


def series(base: Point, others: Iterable[Point]) -> tuple[Gap, ...]:
    """Return the gaps of models to one base, in their order."""
    return tuple(
        Gap(
            each,
            delta_se(base.pass_k, each.pass_1),
            each.pass_1 - base.pass_1,
            base.pass_k - each.pass_k,
        )
        for each in others
    )
