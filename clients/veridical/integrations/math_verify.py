r"""math-verify's two calls, `parse` and `verify`, answered by a verifier.

Example:
    grader = RemoteMathVerify(client)
    grader.verify(grader.parse(r"$\frac12$"), grader.parse(r"So it is \boxed{0.5}."))  # True

`veridical.math.dropin` has the same in the caller's own process.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Unpack

from veridical.client import (
    Client,
    MathPolicy,
    Outcome,
    Reason,
    UndecidedError,
    Verdict,
    math_item,
)


class GoldUnparsableError(UndecidedError):
    """The gold is empty, cannot be read, or is no single answer; nothing can be said of the response."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """A text on its way to the verifier, which does the reading.

    Attributes:
        text: A whole response, or a gold.
    """

    text: str


class RemoteMathVerify:
    """The two calls, bound to a client.

    For many pairs `Client.verify_many` is far faster: here each is a call of its own.

    Args:
        client: A connection to a math verifier or to the gateway.
        policy: How answers are compared; see `MathPolicy`.
    """

    def __init__(self, client: Client, **policy: Unpack[MathPolicy]) -> None:
        self._client = client
        self._policy = policy

    def parse(self, text: str) -> Parsed:
        """Take a text as it is: the verifier reads it with the pair."""
        return Parsed(text)

    def verify(self, gold: Parsed | str, target: Parsed | str) -> bool:
        """Say whether the answer in `target` equals `gold`.

        Raises:
            GoldUnparsableError: The gold is at fault.
            UndecidedError: The pair was not decided.
            VeridicalError: Another fault of the call; see `veridical.client.errors`.
        """
        return _equal(
            self._client.verify(math_item("pair", _text(gold), _text(target), **self._policy))
        )


def _text(given: Parsed | str) -> str:
    return given.text if isinstance(given, Parsed) else given


def _equal(verdict: Verdict) -> bool:
    if verdict.outcome == Outcome.OUTCOME_UNDECIDED:
        at_fault = verdict.reason == Reason.REASON_GOLD_UNPARSABLE
        raise (GoldUnparsableError if at_fault else UndecidedError)([verdict])
    return verdict.outcome == Outcome.OUTCOME_CORRECT
