"""Comparing a gold and an answer with math-verify and SymPy.

Only pool workers import this module: SymPy can take any time and any memory, so it runs where it
can be killed, and never under a timer of its own.
"""

from __future__ import annotations

import logging

from math_verify import parse, verify
from sympy import Basic

from veridical.math.decision import CompareRequest, CompareResult, MathReason, MathRule
from veridical.math.notation import in_radians, readable
from veridical.math.numeric import equal_numerically
from veridical.math.policy import MathPolicy
from veridical.math.reading import read

# It warns that its own time limits are off, which is what is wanted here.
logging.getLogger("math_verify").setLevel(logging.ERROR)


def warm_up() -> None:
    """Load and build what the first comparison would otherwise pay for."""
    compare(CompareRequest(r"\frac{x}{2}+1", "(x+2)/2", MathPolicy()))
    compare(CompareRequest(r"\sqrt{2}", "1.41421356", MathPolicy()))


def compare(request: CompareRequest) -> CompareResult:
    """Say whether `request.answer` equals `request.gold`."""
    gold_text, answer_text = in_radians(request.gold, request.answer)
    gold = _parsed(gold_text)
    if not gold:
        return CompareResult(MathReason.GOLD_UNPARSABLE, MathRule.PARSE)
    answer = _parsed(answer_text)
    if not answer:
        return CompareResult(MathReason.ANSWER_UNPARSABLE, MathRule.PARSE)
    equal = _numerically_equal(gold[0], answer[0], request)
    if equal is not None:
        return _result(MathRule.NUMERIC, equal=equal)
    strict = not request.policy.ignore_variable_names
    equal = verify(gold, answer, strict=strict, allow_set_relation_comp=True, timeout_seconds=None)
    return _result(MathRule.SYMBOLIC, equal=bool(equal))


def _parsed(text: str) -> list[Basic | str]:
    source = text if "$" in text or r"\boxed" in text else rf"\boxed{{{readable(text)}}}"
    return list(parse(source, parsing_timeout=None))


def _numerically_equal(
    gold: Basic | str, answer: Basic | str, request: CompareRequest
) -> bool | None:
    if isinstance(gold, str) or isinstance(answer, str):
        return None
    gold_values, answer_values = read(request.gold).values, read(request.answer).values
    try:
        return equal_numerically(gold, answer, gold_values, answer_values, request.policy)
    except MemoryError:
        raise
    except Exception:  # SymPy raises anything on odd input; math-verify then goes on
        return None


def _result(rule: MathRule, *, equal: bool) -> CompareResult:
    return CompareResult(MathReason.EQUAL if equal else MathReason.NOT_EQUAL, rule)
