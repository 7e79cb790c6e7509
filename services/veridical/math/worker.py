"""Comparing a gold and an answer: by our own reading of both, and by math-verify where that ends.

Pool workers run it: what is compared is bounded by counted work, and the process can be killed.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from veridical.math.decision import CompareRequest, CompareResult, MathReason, MathRule
from veridical.math.equality import Side, TooMuchWorkError, compare_terms
from veridical.math.equality.survey import children
from veridical.math.policy import MathPolicy
from veridical.math.reader import ReadError, TooComplexError, read_term
from veridical.math.symbolic import compare_symbolically
from veridical.math.terms import Apply, Term
from veridical.math.wording import only_formula, without_brackets

_TOO_COMPLEX = {Side.GOLD: MathReason.GOLD_UNPARSABLE, Side.ANSWER: MathReason.ANSWER_TOO_COMPLEX}
_CALCULUS = frozenset({"sum", "product", "integral", "limit", "derivative"})


def warm_up() -> None:
    """Load and build what the first comparison would otherwise pay for."""
    compare(CompareRequest(r"\frac{\pi x}{2}+1", r"(x\pi+2)/2", MathPolicy()))
    compare_symbolically(CompareRequest(r"\frac{x}{2}+1", "(x+2)/2", MathPolicy()))


def compare(request: CompareRequest) -> CompareResult:
    """Say whether `request.answer` equals `request.gold`, and its alternative does so, too."""
    result = _compare_one(request)
    if result.reason is not MathReason.EQUAL or not request.alternative:
        return result
    other = _compare_one(replace(request, answer=request.alternative))
    if other.reason is MathReason.EQUAL:
        return result
    detail = "another answer is given beside it, which does not equal the gold"
    return CompareResult(MathReason.HEDGED_ANSWER, other.rule, detail)


def _compare_one(request: CompareRequest) -> CompareResult:
    """Compare the answer with the gold.

    The result hangs on the request alone. A gold that is too much work by itself is the task's fault;
    all other excess is the answer's, and no way out of a comparison.

    math-verify is asked about golds that our reader does not know, and about sums, integrals, limits
    and derivatives that need working out. It is not asked about the rest: it drops what it does not
    understand, so that an answer in an unknown notation could be taken for the gold.
    """
    try:
        gold = _read(request.gold, trusted=True)
    except TooComplexError as error:
        return _too_complex(Side.GOLD, f"the gold has {error}")
    except ReadError:
        return compare_symbolically(request)
    try:
        answer = _read_answer(request.answer)
    except TooComplexError as error:
        return _too_complex(Side.ANSWER, f"the answer has {error}")
    except ReadError as error:
        return CompareResult(MathReason.ANSWER_UNPARSABLE, MathRule.PARSE, str(error))
    return _compare(gold, answer, request)


def _compare(gold: Term, answer: Term, request: CompareRequest) -> CompareResult:
    try:
        found = compare_terms(gold, answer, request.policy)
    except TooMuchWorkError as error:
        side = "the gold" if error.side is Side.GOLD else "comparing the answer with the gold"
        return _too_complex(error.side, f"{side} takes {error.problem}")
    if found.equal is None and (_has_calculus(gold) or _has_calculus(answer)):
        return compare_symbolically(request)
    reason = MathReason.EQUAL if found.equal else MathReason.NOT_EQUAL
    return CompareResult(reason, found.rule, found.detail, found.point)


@lru_cache(maxsize=4096)
def _read(text: str, *, trusted: bool = False) -> Term:
    try:
        return read_term(text, trusted=trusted)
    except (ReadError, TooComplexError):
        raise
    except Exception as error:  # a defect of the reader; no text may get out of a comparison by it
        raise ReadError(f"reading it failed with {error!r}", 0) from error


def _read_answer(text: str) -> Term:
    """Read an answer, or the one formula of one in words."""
    text = without_brackets(text)
    try:
        return _read(text)
    except ReadError:
        formula = only_formula(text)
        if formula is None:
            raise
        return _read(formula)


def _has_calculus(term: Term) -> bool:
    known = isinstance(term, Apply) and term.function in _CALCULUS
    return known or any(_has_calculus(part) for part in children(term))


def _too_complex(side: Side, detail: str) -> CompareResult:
    return CompareResult(_TOO_COMPLEX[side], MathRule.LIMITS, detail)
