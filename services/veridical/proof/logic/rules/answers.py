"""What a trace answers to the query: true, false, or that it is not known."""

from __future__ import annotations

import re

from veridical.math.terms import Words
from veridical.proof.logic.rules.puzzle import Puzzle
from veridical.proof.logic.text import Span
from veridical.proof.model import (
    PROBLEM,
    CheckedClaim,
    Claim,
    ClaimVerdict,
    ErrorKind,
    Finding,
    Method,
    Role,
)

_SAID = re.compile(
    r"(?:.{0,40}\b(?:answer|query|statement|claim|conclusion|hypothesis)(?:\s+is)?\s*:?\s*)?"
    r"[(\[]?(true|false|unknown|uncertain|[A-E])[)\]]?(?:[).:]?\s*(?:true|false|unknown|uncertain))?",
    re.IGNORECASE,
)


def read_answer(span: Span, puzzle: Puzzle) -> str | None:
    """What a sentence answers: `true`, `false` or `unknown`; None where it is no answer."""
    match = _SAID.fullmatch(span.text)
    if not match:
        return None
    word = dict(puzzle.options).get(match[1].upper(), match[1].lower())
    return {"uncertain": "unknown"}.get(word, word) if len(word) > 1 else None


def judged_answer(span: Span, answer: str, truth: bool | None, *, whole: bool) -> CheckedClaim:
    """An answer to the query.

    Args:
        span: Where it stands.
        answer: `true`, `false` or `unknown`.
        truth: Whether the query follows, True, or its opposite, False; None where neither does.
        whole: Whether every premise was read, so that None means that neither does follow.
    """
    claim = Claim(span.text, span.start, span.end, Words(answer), Role.ANSWER)
    right = {True: "true", False: "false", None: "unknown"}[truth]
    if truth is None and not whole:
        return CheckedClaim(claim, answer, Finding(ClaimVerdict.UNVERIFIED))
    if answer == right:
        finding = Finding(ClaimVerdict.ENTAILED, Method.FORWARD_CHAINING, (PROBLEM,))
        return CheckedClaim(claim, answer, finding)
    refuted = truth is not None
    verdict = ClaimVerdict.CONTRADICTED if refuted else ClaimVerdict.NOT_ENTAILED
    finding = Finding(
        verdict, Method.FORWARD_CHAINING, (PROBLEM,), (("query", right),), ErrorKind.RULE
    )
    return CheckedClaim(claim, answer, finding)
