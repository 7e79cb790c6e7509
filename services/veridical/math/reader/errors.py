"""Why a text was not read."""

from __future__ import annotations


class ReadError(Exception):
    """A text that the grammar does not describe as a whole.

    Attributes:
        problem: What is wrong, in a few words.
        offset: Where, in code points of the text that was read.
    """

    def __init__(self, problem: str, offset: int) -> None:
        super().__init__(f"{problem} at {offset}")
        self.problem = problem
        self.offset = offset


class TooComplexError(Exception):
    """A text beyond one of the counted limits of the reader; the message says which."""
