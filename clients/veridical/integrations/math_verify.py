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

_REFUSED = {
    "strict": "RemoteMathVerify(client, ignore_variable_names=True) is strict=False",
    "timeout_seconds": "set it for the client, ClientSettings(timeout_seconds=...)",
    "float_rounding": "precision follows the gold; RemoteMathVerify(client, rtol=...) sets a tolerance",
    "numeric_precision": "values are compared exactly, or to as many digits as they need",
    "allow_set_relation_comp": "1 < x < 2 and (1, 2) are compared in both directions",
    "raise_on_error": "what cannot be decided is always an error",
    "parsing_timeout": "the verifier reads the text, in linear time",
    "extraction_config": "name the places, RemoteMathVerify(client, extraction=[...])",
    "fallback_mode": "name the places, RemoteMathVerify(client, extraction=[...])",
    "extraction_mode": "exactly one answer counts",
}
"""Arguments of math-verify that have no meaning here, and what takes their place."""

_NEXT = {"parse": "extraction_config", "verify": "float_rounding"}
"""What math-verify's calls take by position behind the texts."""


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

    Raises:
        TypeError: The client is none.
    """

    def __init__(self, client: Client, **policy: Unpack[MathPolicy]) -> None:
        if not isinstance(client, Client):
            raise TypeError(
                f"client must be a Client, such as Client('host:50051'), not {type(client).__name__}"
            )
        self._client = client
        self._policy = policy

    def parse(self, text: str, *positional: object, **refused: object) -> Parsed:
        """Take a text as it is: the verifier reads it with the pair.

        Raises:
            TypeError: It is no str, or another argument was given; the error says what takes its place.
        """
        _refuse("parse", positional, refused)
        if not isinstance(text, str):
            raise TypeError(f"text must be a str, not {type(text).__name__}")
        return Parsed(text)

    def verify(
        self, gold: Parsed | str, target: Parsed | str, *positional: object, **refused: object
    ) -> bool:
        """Say whether the answer in `target` equals `gold`.

        Raises:
            TypeError: A side is neither a str nor `Parsed`, or another argument was given; the error
                says what takes its place.
            GoldUnparsableError: The gold is at fault.
            UndecidedError: The pair was not decided.
            VeridicalError: Another fault of the call; see `veridical.client.errors`.
        """
        _refuse("verify", positional, refused)
        texts = _text("gold", gold), _text("target", target)
        return _equal(self._client.verify(math_item("pair", *texts, **self._policy)))


def _text(name: str, given: Parsed | str) -> str:
    if isinstance(given, Parsed):
        return given.text
    if isinstance(given, str):
        return given
    raise TypeError(
        f"{name} must be a str or what parse() returns, which is one Parsed and no list, not "
        f"{type(given).__name__}"
    )


def _refuse(function: str, positional: tuple[object, ...], named: dict[str, object]) -> None:
    for name in [_NEXT[function]] if positional else named:
        instead = _REFUSED.get(name)
        hint = f": {instead}" if instead else ""
        raise TypeError(f"{function}() does not take {name}{hint}")


def _equal(verdict: Verdict) -> bool:
    if verdict.outcome == Outcome.OUTCOME_UNDECIDED:
        at_fault = verdict.reason == Reason.REASON_GOLD_UNPARSABLE
        raise (GoldUnparsableError if at_fault else UndecidedError)([verdict])
    return verdict.outcome == Outcome.OUTCOME_CORRECT
