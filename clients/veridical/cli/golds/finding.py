"""What check-gold finds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What is wrong with a line or a gold."""

    BAD_LINE = "bad_line"
    """The line cannot be read, or holds no gold where one is expected."""
    UNPARSABLE = "unparsable"
    """The verifier calls it GOLD_UNPARSABLE: every response to it is undecided."""
    NOT_ITSELF = "not_itself"
    """Given as an answer, it is not CORRECT."""
    EQUALS_ANYTHING = "equals_anything"
    """An answer that has nothing to do with it is CORRECT."""
    COSTLY = "costly"
    """The verifier ran out of time or memory over it, or crashed."""
    AMBIGUOUS = "ambiguous"
    """People write it for different things, which the policy tells apart or does not."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend.

    Attributes:
        kind: What sort of thing.
        lines: Numbers of the lines it stands in, from 1, one at least.
        gold: The gold as it is written; empty for a bad line.
        problem: What is wrong, in words.
        mend: How to mend it, in words; empty where the problem says it.
    """

    kind: Kind
    lines: tuple[int, ...]
    gold: str
    problem: str
    mend: str = ""
