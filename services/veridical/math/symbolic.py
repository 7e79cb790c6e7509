"""The last resort: comparing a gold and an answer with math-verify and SymPy.

Only workers import this module: SymPy can take any time and any memory, so it runs where it
can be killed, and never under a timer of its own.
"""

from __future__ import annotations

import logging
import re

from antlr4.dfa.DFA import DFA
from antlr4.PredictionContext import PredictionContextCache
from latex2sympy2_extended.antlr_parser import PSLexer, PSParser
from math_verify import ExprExtractionConfig, LatexExtractionConfig, parse, verify
from math_verify.parser import extract_latex, parse_expr_cached, parse_latex_cached
from sympy import Basic, Integral, Limit, Product, Sum
from sympy.core.cache import clear_cache

from veridical.math.budget import WorkExceeded, at_most
from veridical.math.decision import CompareRequest, CompareResult, MathReason, MathRule
from veridical.math.limits import excess
from veridical.math.notation import readable
from veridical.math.policy import MathPolicy

MAX_PARSE_CALLS = 1_500_000
"""Calls that math-verify's parser may take, ten times what labelled answers need; what it keeps of former texts
makes it need fewer."""
MAX_PARSER_STATES = 3_000
"""States that the parser may have learnt, some 20 MiB, before it begins anew; each text adds some."""
MAX_CALLS = 600_000
"""Calls that working out a gold's sums and integrals may take, and that comparing may take."""

_LATEX = (LatexExtractionConfig(),)
_PLAIN = (ExprExtractionConfig(),)
_ARITHMETIC = re.compile(r"[-+*/^×÷().,%$\s\d]+")
_NUMBER = re.compile(r"\d[\d.,]*")
_UNEVALUATED = (Sum, Product, Integral, Limit)
# It warns that its own time limits are off, which is what is wanted here.
logging.getLogger("math_verify").setLevel(logging.ERROR)


def compare_symbolically(request: CompareRequest) -> CompareResult:
    """Say whether `request.answer` equals `request.gold`.

    The work is estimated, then counted, from empty caches, so that the result does not hang on what
    came before. A gold that is too much work by itself is the task's fault; all other excess is the
    answer's, and no way out of a comparison.
    """
    if found := excess(request.gold):
        return _gold_fault(MathRule.LIMITS, f"the gold has {found}")
    if found := excess(request.answer, gold=request.gold):
        return _too_complex(f"the answer has {found}")
    _forget()
    try:
        gold = _worked_out(request.gold)
    except WorkExceeded:
        return _gold_fault(MathRule.LIMITS, "working out the gold takes too many steps")
    if not gold:
        return _gold_fault(MathRule.PARSE, "the gold cannot be read as mathematics")
    try:
        answer = _parsed(request.answer)
        with at_most(MAX_CALLS):
            return _compare(gold, answer, request.policy)
    except WorkExceeded:
        return _too_complex("comparing it takes too many steps")


def _gold_fault(rule: MathRule, detail: str) -> CompareResult:
    return CompareResult(MathReason.GOLD_UNPARSABLE, rule, detail)


def _too_complex(detail: str) -> CompareResult:
    return CompareResult(MathReason.ANSWER_TOO_COMPLEX, MathRule.LIMITS, detail)


def _forget() -> None:
    """Empty the caches that the counted work hangs on, and what the parser has learnt if it is much."""
    clear_cache()
    for recognizer in (PSLexer, PSParser):
        if sum(len(known.states) for known in recognizer.decisionsToDFA) > MAX_PARSER_STATES:
            states = enumerate(recognizer.atn.decisionToState)
            recognizer.decisionsToDFA = [DFA(state, number) for number, state in states]
            PSParser.sharedContextCache = PredictionContextCache()
    for cached in (extract_latex, parse_expr_cached, parse_latex_cached):
        cached.cache_clear()


def _worked_out(text: str) -> list[Basic | str]:
    """Read a gold, and check that its sums and integrals can be worked out."""
    gold = _parsed(text)
    if gold and isinstance(gold[0], Basic) and gold[0].has(*_UNEVALUATED):
        with at_most(MAX_CALLS):
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
    gold: list[Basic | str], answer: list[Basic | str], policy: MathPolicy
) -> CompareResult:
    if not answer:
        return CompareResult(MathReason.ANSWER_UNPARSABLE, MathRule.PARSE)
    strict = not policy.ignore_variable_names
    equal = verify(gold, answer, strict=strict, allow_set_relation_comp=True, timeout_seconds=None)
    reason = MathReason.EQUAL if equal else MathReason.NOT_EQUAL
    return CompareResult(reason, MathRule.SYMBOLIC)


def _parsed(text: str) -> list[Basic | str]:
    with at_most(MAX_PARSE_CALLS):
        return _parse(text)


def _parse(text: str) -> list[Basic | str]:
    source = text if "$" in text or r"\boxed" in text else rf"\boxed{{{readable(text)}}}"
    parsed = list(parse(source, _LATEX, parsing_timeout=None))
    if all(isinstance(each, str) for each in parsed) and _is_one_value(text):
        # The reader of plain text would take any of several numbers in it.
        return [*parse(text, _PLAIN, parsing_timeout=None), *parsed]
    return parsed


def _is_one_value(text: str) -> bool:
    return _ARITHMETIC.fullmatch(text) is not None or len(_NUMBER.findall(text)) == 1
