"""Comparing a gold and an answer with math-verify and SymPy.

Only pool workers import this module: SymPy can take any time and any memory, so it runs where it
can be killed, and never under a timer of its own.
"""

from __future__ import annotations

import logging
import re

from math_verify import ExprExtractionConfig, LatexExtractionConfig, parse, verify
from math_verify.parser import extract_latex, parse_expr_cached, parse_latex_cached
from sympy import Basic, Integral, Limit, Product, Sum
from sympy.core.cache import clear_cache

from veridical.math.budget import WorkExceeded, at_most
from veridical.math.decision import CompareRequest, CompareResult, MathReason, MathRule
from veridical.math.notation import in_radians, readable
from veridical.math.numeric import equal_numerically
from veridical.math.policy import MathPolicy
from veridical.math.reading import read

MAX_GOLD_CALLS = 1_000_000
"""Calls that reading a gold and working out its sums and integrals may take."""
MAX_CALLS = 1_000_000
"""Calls that reading an answer and comparing it with its gold may take."""

_LATEX = (LatexExtractionConfig(),)
_PLAIN = (ExprExtractionConfig(),)
_ARITHMETIC = re.compile(r"[-+*/^×÷().,%$\s\d]+")
_NUMBER = re.compile(r"\d[\d.,]*")
_UNEVALUATED = (Sum, Product, Integral, Limit)
# It warns that its own time limits are off, which is what is wanted here.
logging.getLogger("math_verify").setLevel(logging.ERROR)


def warm_up() -> None:
    """Load and build what the first comparison would otherwise pay for."""
    compare(CompareRequest(r"\frac{x}{2}+1", "(x+2)/2", MathPolicy()))
    compare(CompareRequest(r"\sqrt{2}", "1.41421356", MathPolicy()))


def compare(request: CompareRequest) -> CompareResult:
    """Say whether `request.answer` equals `request.gold`.

    The work is counted, from empty caches, so that the result does not hang on what came before. A
    gold that is too much work by itself is the task's fault; all other excess is the answer's, and
    no way out of a comparison.
    """
    _forget()
    gold_text, answer_text = in_radians(request.gold, request.answer)
    try:
        gold = _worked_out(gold_text)
    except WorkExceeded:
        return CompareResult(MathReason.GOLD_UNPARSABLE, MathRule.LIMITS)
    if not gold:
        return CompareResult(MathReason.GOLD_UNPARSABLE, MathRule.PARSE)
    try:
        with at_most(MAX_CALLS):
            return _compare(gold, _parsed(answer_text), request)
    except WorkExceeded:
        return CompareResult(MathReason.ANSWER_TOO_COMPLEX, MathRule.LIMITS)


def _forget() -> None:
    clear_cache()
    for cached in (extract_latex, parse_expr_cached, parse_latex_cached):
        cached.cache_clear()


def _worked_out(text: str) -> list[Basic | str]:
    """Read a gold, and check that its sums and integrals can be worked out."""
    with at_most(MAX_GOLD_CALLS):
        gold = _parsed(text)
        if gold and isinstance(gold[0], Basic) and gold[0].has(*_UNEVALUATED):
            _work_out(gold[0])
    return gold


def _work_out(parsed: Basic) -> None:
    try:
        parsed.doit()
    except MemoryError:
        raise
    except Exception:  # what SymPy cannot work out, it compares as it stands
        return


def _compare(
    gold: list[Basic | str], answer: list[Basic | str], request: CompareRequest
) -> CompareResult:
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
    parsed = list(parse(source, _LATEX, parsing_timeout=None))
    if all(isinstance(each, str) for each in parsed) and _is_one_value(text):
        # The reader of plain text would take any of several numbers in it.
        return [*parse(text, _PLAIN, parsing_timeout=None), *parsed]
    return parsed


def _is_one_value(text: str) -> bool:
    return _ARITHMETIC.fullmatch(text) is not None or len(_NUMBER.findall(text)) == 1


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
