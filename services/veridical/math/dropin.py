r"""math-verify's two calls, `parse` and `verify`, on this engine.

Example:
    from veridical.math.dropin import parse, verify

    verify(parse(r"$\frac12$"), parse(r"So it is \boxed{0.5}."))  # True

What differs is said in docs/migrating-from-math-verify.md: the text is kept and compared by policy, no
timer runs in the caller's process, and what could not be decided is an error instead of False.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from functools import cache

try:
    from veridical.math import (
        CompareRequest,
        CompareResult,
        Comparison,
        Decision,
        Extraction,
        MathPolicy,
        MathReason,
        Outcome,
        conclude,
        decide,
    )
    from veridical.math.last_resort import LastResort, UndecidedError
except ModuleNotFoundError as error:
    raise ImportError(
        f"the verifier services are not installed ({error.name} not found). Install them with\n\n"
        "    pip install 'veridical[services]'    # in a checkout: pip install '.[services]'\n\n"
        "or use veridical.integrations.math_verify with services that run elsewhere."
    ) from error

__all__ = ["GoldUnparsableError", "Parsed", "UndecidedError", "parse", "verify"]

_REFUSED = {
    "float_rounding": "precision follows the gold; set rtol or atol of the policy",
    "numeric_precision": "values are compared exactly, or to as many digits as they need",
    "allow_set_relation_comp": "1 < x < 2 and (1, 2) are compared in both directions",
    "raise_on_error": "what cannot be decided is always an error",
    "parsing_timeout": "reading takes linear time",
    "extraction_config": "name the places in extraction",
    "fallback_mode": "name the places in extraction",
    "extraction_mode": "exactly one answer counts",
}
"""Arguments of math-verify that have no meaning here, and what takes their place."""

_NEXT = {"parse": "extraction_config", "verify": "float_rounding"}
"""What math-verify's calls take by position behind the texts."""


class GoldUnparsableError(ValueError):
    """The gold is empty, cannot be read, or is no single answer; nothing can be said of the response."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """A text that was looked at; true if it holds an answer.

    Attributes:
        text: All of it.
        extracted: The one answer in it, as it stands there; empty if there is none. Where the gold is a
            choice letter, `verify` finds answers in more kinds of prose.
        extraction: Where that was found; None if there is none.
        places: The places that were looked at; empty means all.
    """

    text: str
    extracted: str
    extraction: Extraction | None
    places: tuple[Extraction, ...] = ()

    def __bool__(self) -> bool:
        """Whether it holds an answer."""
        return self.extraction is not None


def parse(
    text: str, *positional: object, extraction: tuple[Extraction, ...] = (), **refused: object
) -> Parsed:
    """Find the answer in a text: a whole response, or a gold.

    Args:
        text: LaTeX, plain text or CAS text, thinking included.
        positional: Arguments of math-verify that have no meaning here.
        extraction: The places to look at; empty means all.
        refused: The same by name.

    Raises:
        TypeError: The text is no str, or an argument has no meaning here; the error says what takes its
            place.
    """
    _refuse("parse", positional, refused)
    if not isinstance(text, str):
        raise TypeError(f"text must be a str, not {type(text).__name__}")
    # Any gold but a choice letter finds the same.
    found = decide("0", text, MathPolicy(extraction=extraction), truncated=False).evidence
    return Parsed(text, found.extracted, found.extraction, extraction)


def verify(
    gold: Parsed | str,
    target: Parsed | str,
    *positional: object,
    strict: bool = True,
    timeout_seconds: float | None = None,
    policy: MathPolicy | None = None,
    in_process: bool = False,
    **refused: object,
) -> bool:
    """Say whether the answer in `target` equals `gold`.

    What is cheap is decided here, in counted work; the rest in one worker process, which starts with the
    first pair that needs it, ends with this process and can be killed.

    Args:
        gold: The reference answer.
        target: The response.
        positional: Arguments of math-verify that have no meaning here.
        strict: Whether names of variables count; False sets `ignore_variable_names`.
        timeout_seconds: Longest time for this pair in the worker, on the clock; None: as long as the
            worker's own limits let it, 15 s at most.
        policy: How the two are compared; None: the defaults of `MathPolicy`.
        in_process: Do without a worker. Nothing then kills a comparison that takes all memory.
        refused: Such arguments by name.

    Raises:
        GoldUnparsableError: The gold is at fault.
        UndecidedError: The pair was not decided within its limits.
        PoolError: The worker could not be started; see `veridical.serving.pool`.
        TypeError: A side is neither a str nor `Parsed`, or an argument has no meaning here; the error
            says what takes its place.
    """
    _refuse("verify", positional, refused)
    gold_text, target_text = _text("gold", gold), _text("target", target)
    used = _policy(target, policy or MathPolicy(), strict)
    found = decide(gold_text, target_text, used, truncated=False)
    if isinstance(found, Comparison):
        result = _compare(found.request, timeout_seconds, in_process=in_process)
        found = conclude(found, result)
    return _verdict(found)


def _policy(target: Parsed | str, policy: MathPolicy, strict: bool) -> MathPolicy:
    places = target.places if isinstance(target, Parsed) else ()
    return replace(
        policy,
        extraction=places or policy.extraction,
        ignore_variable_names=policy.ignore_variable_names or not strict,
    )


def _text(name: str, given: Parsed | str) -> str:
    if isinstance(given, Parsed):
        return given.text
    if isinstance(given, str):
        return given
    raise TypeError(
        f"{name} must be a str or what parse() returns, which is one Parsed and no list, not "
        f"{type(given).__name__}"
    )


def _verdict(decision: Decision) -> bool:
    if decision.outcome is Outcome.UNDECIDED:
        if decision.reason is MathReason.GOLD_UNPARSABLE:
            raise GoldUnparsableError(decision.detail)
        raise UndecidedError(decision.detail or decision.reason.value)
    return decision.outcome is Outcome.CORRECT


def _compare(
    request: CompareRequest, timeout_seconds: float | None, *, in_process: bool
) -> CompareResult:
    if in_process:
        # SymPy and math-verify take a second to import, and most pairs never need them.
        from veridical.math.worker import compare

        return compare(request)
    return _last_resort(os.getpid()).compare(request, timeout_seconds)


@cache
def _last_resort(_process: int) -> LastResort:
    """Return the worker of a process: a fork must not use that of its parent."""
    return LastResort()


def _refuse(function: str, positional: tuple[object, ...], named: dict[str, object]) -> None:
    for name in [_NEXT[function]] if positional else named:
        instead = _REFUSED.get(name)
        hint = f": {instead}" if instead else ""
        raise TypeError(f"{function}() does not take {name}{hint}")
