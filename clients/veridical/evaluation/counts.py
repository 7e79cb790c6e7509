"""How many samples of each problem a model got right: what every figure here is computed from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from veridical.evaluation.errors import AnalysisError

IntArray: TypeAlias = npt.NDArray[np.int64]
FloatArray: TypeAlias = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Counts:
    """The samples of one model, counted by problem.

    Attributes:
        model: Its name.
        groups: The problems, P of them, each once.
        n: Samples of each problem, shape (P,), 1 or more.
        c: Those judged CORRECT, shape (P,).
        u: Those judged UNDECIDED, shape (P,); c + u <= n.

    Raises:
        AnalysisError: The arrays do not fit together, or a count is impossible.
    """

    model: str
    groups: tuple[str, ...]
    n: IntArray
    c: IntArray
    u: IntArray

    def __post_init__(self) -> None:
        if not self.groups:
            raise AnalysisError(f"{self.model}: there is no problem")
        shape = (len(self.groups),)
        if not self.n.shape == self.c.shape == self.u.shape == shape:
            raise AnalysisError(f"{self.model}: n, c and u must have one number for each problem")
        bad = (self.n < 1) | (self.c < 0) | (self.u < 0) | (self.c + self.u > self.n)
        if bad.any():
            where = self.groups[int(bad.argmax())]
            raise AnalysisError(
                f"{self.model}, problem {where!r}: 0 <= c + u <= n, n >= 1 must hold"
            )

    @property
    def decided(self) -> IntArray:
        """Samples of each problem judged CORRECT or INCORRECT, shape (P,)."""
        return self.n - self.u

    @property
    def samples(self) -> int:
        """Number of all samples."""
        return int(self.n.sum())

    @property
    def undecided(self) -> int:
        """Number of all UNDECIDED samples."""
        return int(self.u.sum())

    def take(self, places: IntArray) -> Counts:
        """Return the counts of these problems alone, in this order."""
        groups = tuple(self.groups[place] for place in places)
        return Counts(self.model, groups, self.n[places], self.c[places], self.u[places])


def counts_of(
    model: str, rows: Mapping[str, tuple[int, int, int]] | Sequence[tuple[str, int, int]]
) -> Counts:
    """Return counts from rows: problem to (n, c, u), or (problem, n, c) where all were decided."""
    if isinstance(rows, Mapping):
        groups, figures = tuple(rows), list(rows.values())
    else:
        groups, figures = tuple(row[0] for row in rows), [(n, c, 0) for _, n, c in rows]
    table = np.array(figures, dtype=np.int64).reshape(-1, 3)
    return Counts(model, groups, table[:, 0].copy(), table[:, 1].copy(), table[:, 2].copy())


@dataclass(frozen=True, slots=True)
class Paired:
    """Models on the problems that all of them have.

    Attributes:
        models: Their counts; the groups are the same in each, sorted.
        left_out: Problems that some model has too few samples of, sorted.
    """

    models: tuple[Counts, ...]
    left_out: tuple[str, ...]


def paired(models: Sequence[Counts], min_samples: int = 1) -> Paired:
    """Bring models to the problems that each has at least `min_samples` samples of, sorted by name.

    Resamples are drawn by place, so that the order in which samples came in must not matter.

    Raises:
        AnalysisError: No such problem is there.
    """
    known = [dict(zip(each.groups, each.n.tolist(), strict=True)) for each in models]
    every = sorted({group for each in models for group in each.groups})
    shared = [group for group in every if all(each.get(group, 0) >= min_samples for each in known)]
    if not shared:
        raise AnalysisError(f"no problem has {min_samples} or more samples of every model")
    kept = set(shared)
    left_out = tuple(group for group in every if group not in kept)
    return Paired(tuple(_ordered(each, shared) for each in models), left_out)


def _ordered(counts: Counts, groups: Sequence[str]) -> Counts:
    place = {group: number for number, group in enumerate(counts.groups)}
    return counts.take(np.array([place[group] for group in groups], dtype=np.int64))
