"""Comparing a gold and an answer with math-verify and SymPy.

Only pool workers import this module: SymPy can take any time and any memory, so it runs where it
can be killed, and never under a timer of its own.
"""

from __future__ import annotations

import logging

from math_verify import parse, verify

from veridical.math.decision import CompareRequest, CompareResult, MathReason, MathRule

logging.getLogger("math_verify").setLevel(logging.ERROR)


def warm_up() -> None:
    """Load and build what the first comparison would otherwise pay for."""
    _verify(_read(r"\frac{x}{2}+1"), _read("(x+2)/2"), strict=True)


def compare(request: CompareRequest) -> CompareResult:
    """Say whether `request.answer` equals `request.gold`."""
    gold = _read(request.gold)
    if not gold:
        return CompareResult(MathReason.GOLD_UNPARSABLE, MathRule.PARSE)
    answer = _read(request.answer)
    if not answer:
        return CompareResult(MathReason.ANSWER_UNPARSABLE, MathRule.PARSE)
    equal = _verify(gold, answer, strict=not request.policy.ignore_variable_names)
    return CompareResult(MathReason.EQUAL if equal else MathReason.NOT_EQUAL, MathRule.SYMBOLIC)


def _read(text: str) -> list[object]:
    source = text if "$" in text or r"\boxed" in text else rf"\boxed{{{text}}}"
    return list(parse(source, parsing_timeout=None))


def _verify(gold: list[object], answer: list[object], *, strict: bool) -> bool:
    return bool(verify(gold, answer, strict=strict, timeout_seconds=None))
