"""Static limits: what is too much work to compare, counted before anything is computed."""

from __future__ import annotations

import re
from functools import lru_cache

from veridical.math.size import TooLargeError, estimate

MAX_FUNCTIONS = 12
"""Functions and roots in a gold or an answer."""
MAX_OPERATORS = 2
"""Sums, products, integrals and limits in a gold; an answer may have as many as its gold."""

MAX_BOXES = 8
"""Boxes in a gold or an answer."""

_OPERATORS = re.compile(
    r"\\(?:sum|prod|i?i?int|oint|lim|limsup|liminf)(?![A-Za-z])|[∑∏∫]"
    # Commands that build matrices of a size given by a number, or decompose them.
    r"|\b(?:eye|ones|zeros|diag\w*|[hv]stack|svd|eigen\w+|nullspace|orthogonalize|rref)\b"
)
_FUNCTIONS = re.compile(
    r"sin|cos|tan|cot|sec|csc|log|ln|exp|sqrt|gcd|lcm|max|min|floor|ceil|operatorname|det"
)


@lru_cache(maxsize=4096)
def excess(text: str, *, gold: str | None = None) -> str:
    """Say what `text` has too much of, empty if nothing. It has at most `reader.limits.MAX_CHARACTERS`.

    Args:
        text: A gold or an answer.
        gold: The gold if `text` is an answer: its sums and integrals are the answer's measure.
    """
    operators = len(_OPERATORS.findall(text))
    if operators > (MAX_OPERATORS if gold is None else len(_OPERATORS.findall(gold))):
        return "unevaluated sums, products, integrals or limits"
    if len(_FUNCTIONS.findall(text)) > MAX_FUNCTIONS:
        return f"more than {MAX_FUNCTIONS} functions"
    if text.count(r"\boxed") > MAX_BOXES:
        return f"more than {MAX_BOXES} boxes"
    try:
        estimate(text)
    except TooLargeError as error:
        return str(error)
    return ""
