"""Comparing a gold and an answer: by our own reading of both, and by math-verify where that ends.

Pool workers run it: what is compared is bounded by counted work, and the process can be killed.
"""

from __future__ import annotations

import re
from functools import lru_cache

from veridical.math.decision import CompareRequest, CompareResult, MathReason, MathRule
from veridical.math.equality import Side, compare_terms
from veridical.math.equality import TooComplexError as TooMuchWorkError
from veridical.math.equality.survey import children
from veridical.math.policy import MathPolicy
from veridical.math.reader import ReadError, TooComplexError, read_term
from veridical.math.symbolic import compare_symbolically
from veridical.math.terms import Apply, Term

_TOO_COMPLEX = {Side.GOLD: MathReason.GOLD_UNPARSABLE, Side.ANSWER: MathReason.ANSWER_TOO_COMPLEX}
_CALCULUS = frozenset({"sum", "product", "integral", "limit", "derivative"})
# What may introduce a formula and changes nothing about it; "half of" and "less than" would.
_INTRODUCTION = (
    r"(?:we|i|find|get|have|see|obtain|conclude|that|so|thus|hence|therefore|then|the|an?|final|answer"
    r"|result|solution|value|matrix|vector|set|interval|is|are|equals|it|this|which|gives|must|be)\b[\s,:]*"
)
_SENTENCE = re.compile(
    rf"(?:{_INTRODUCTION}){{0,16}}(?:\$(?P<dollars>[^$]+)\$|\\\((?P<brackets>[^$]+?)\\\))[.\s]*",
    re.IGNORECASE,
)


def warm_up() -> None:
    """Load and build what the first comparison would otherwise pay for."""
    compare(CompareRequest(r"\frac{\pi x}{2}+1", r"(x\pi+2)/2", MathPolicy()))
    compare_symbolically(CompareRequest(r"\frac{x}{2}+1", "(x+2)/2", MathPolicy()))


def compare(request: CompareRequest) -> CompareResult:
    """Say whether `request.answer` equals `request.gold`.

    The result hangs on the request alone. A gold that is too much work by itself is the task's fault;
    all other excess is the answer's, and no way out of a comparison.

    math-verify is asked about golds that our reader does not know, and about sums, integrals, limits
    and derivatives that need working out. It is not asked about the rest: it drops what it does not
    understand, so that an answer in an unknown notation could be taken for the gold.
    """
    try:
        gold = _read(request.gold)
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
def _read(text: str) -> Term:
    try:
        return read_term(text)
    except (ReadError, TooComplexError):
        raise
    except Exception as error:  # a defect of the reader; no text may get out of a comparison by it
        raise ReadError(f"reading it failed with {error!r}", 0) from error


def _read_answer(text: str) -> Term:
    """Read an answer, or the one formula of a sentence such as "We find that $x<3$"."""
    try:
        return _read(text)
    except ReadError:
        sentence = _SENTENCE.fullmatch(text)
        if sentence is None:
            raise
        return _read(sentence["dollars"] or sentence["brackets"])


def _has_calculus(term: Term) -> bool:
    known = isinstance(term, Apply) and term.function in _CALCULUS
    return known or any(_has_calculus(part) for part in children(term))


def _too_complex(side: Side, detail: str) -> CompareResult:
    return CompareResult(_TOO_COMPLEX[side], MathRule.LIMITS, detail)
