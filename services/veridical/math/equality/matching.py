"""Pairing the members of two lists, in order or in any order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from veridical.math.equality.work import Work, WorkExceededError
from veridical.math.terms import Term

Equal = Callable[[Term, Term], bool | None]
"""Says whether an answer's member equals a gold's; None where it cannot tell."""


MAX_MEMBERS = 256
"""Members of a list that are compared in any order."""


def all_of(results: Sequence[bool | None]) -> bool | None:
    """Join results of members: one difference makes a difference."""
    if any(result is False for result in results):
        return False
    return None if any(result is None for result in results) else True


def equal_in_order(gold: Sequence[Term], answer: Sequence[Term], equal: Equal) -> bool | None:
    """Say whether two lists are equal member by member."""
    if len(gold) != len(answer):
        return False
    unknown = False
    for left, right in zip(gold, answer, strict=True):
        result = equal(left, right)
        if result is False:
            return False
        unknown = unknown or result is None
    return None if unknown else True


def equal_in_any_order(
    gold: Sequence[Term],
    answer: Sequence[Term],
    equal: Equal,
    work: Work,
    *,
    shortcuts: bool = True,
) -> bool | None:
    """Say whether the members of two lists can be paired so that each pair is equal.

    Raises:
        WorkExceededError: There are too many of them.
    """
    if len(gold) != len(answer):
        return False
    left, right = _unmatched(gold, answer) if shortcuts else (gold, answer)
    if len(left) > MAX_MEMBERS:
        raise WorkExceededError(f"more than {MAX_MEMBERS} members to pair")
    work.spend(len(gold) + len(answer) + len(left) * len(right))
    if len(left) <= 1:
        return equal_in_order(left, right, equal)
    table = [[equal(one, other) for other in right] for one in left]
    if _is_perfect([[entry is True for entry in row] for row in table]):
        return True
    return None if _is_perfect([[entry is not False for entry in row] for row in table]) else False


def _unmatched(gold: Sequence[Term], answer: Sequence[Term]) -> tuple[list[Term], list[Term]]:
    """Leave out what stands on both sides as the same term."""
    ours, theirs = Counter(gold), Counter(answer)
    return list((ours - theirs).elements()), list((theirs - ours).elements())


def _is_perfect(edges: list[list[bool]]) -> bool:
    """Say whether every row can have a column of its own (augmenting paths)."""
    owner: dict[int, int] = {}

    def place(row: int, seen: set[int]) -> bool:
        for column, allowed in enumerate(edges[row]):
            if allowed and column not in seen:
                seen.add(column)
                if column not in owner or place(owner[column], seen):
                    owner[column] = row
                    return True
        return False

    return all(place(row, set()) for row in range(len(edges)))


def without_repeats(members: Sequence[Term], equal: Equal) -> list[Term]:
    """Return the members of a set, each once."""
    kept: list[Term] = []
    for member in dict.fromkeys(members):
        if not any(equal(other, member) is True for other in kept):
            kept.append(member)
    return kept
