r"""Words and signs around an answer that make another value of it: `half of \boxed{42}`, `-\boxed{42}`.

A box commits to what stands in it, in the unit and under the bound that the problem asks for: `\boxed{42}` percent,
at least `\boxed{42}`. So only what computes something else of it counts here, and not where the sentence or the
formula goes on to say what comes out (`$2 \cdot \boxed{21} = 42$`).
"""

from __future__ import annotations

import re
from typing import NamedTuple

from veridical.math.reader.vocabulary import FRACTIONS

_REACH = 80
_MULTIPLYING = "half twice thrice double triple quadruple times minus negative modulo mod"
_MULTIPLIERS = frozenset(_MULTIPLYING.split())
_PART_NAMES = "half third thirds quarter quarters fourth fifth tenth hundredth percent"
_PARTS = frozenset(_PART_NAMES.split())
_FUNCTION_NAMES = """
    square cube negative opposite reciprocal inverse factorial log logarithm ln sine cosine tangent double
    triple digits successor predecessor negation complement conjugate
"""
_FUNCTIONS = frozenset(_FUNCTION_NAMES.split())
_ARTICLES = frozenset({"a", "an"})
_EQUAL = frozenset({"is", "equals", "=", ":"})
_NUMBERS = frozenset({"answer", "number", "value", "result", "answer:"})
_ANSWERS = frozenset({"answer", "answer:"})
_LAST_WORDS = _MULTIPLIERS | _EQUAL | _NUMBERS | {"of"}
_BEFORE_ANSWERS = frozenset({"the", "my", "our", "final", "correct"})
_CONDITIONS = frozenset({"if", "unless", "whether", "assume", "assuming", "suppose", "supposing"})
_LAST_SIGNS = "-/*+^{(0123456789"
_LAST_COMMANDS = (r"\cdot", r"\times", r"\sqrt", r"\log", r"\ln", r"\sin", r"\cos", r"\tan")
_SIGNS_BEFORE = re.compile(
    r"(?:(?:\A|[^-\s])-|[=(]\s?-\s?"
    r"|(?:\A|[$\n=]|\\[(\[]|[A-Za-z:]\s)\s{0,4}(?:[\d./]{0,12}\d(?:\s?(?:\\cdot|\\times|\*|/|\+|\^\{?)\s?)?"
    r"|\\[dt]?frac\{[\d.]{1,12}\}\{|\\sqrt\{?|\\(?:log|ln|sin|cos|tan)\s?\(?))\Z"
)
_WORDS_AFTER = re.compile(
    r"(?:squared|cubed)(?!\s[a-z])|doubled|tripled|quadrupled|halved|inverted|negated|factorial\b"
    r"|and (?:a|one) (?:half|third|quarter)\b|point \w+(?=[.\s])"
    r"|(?:minus|plus|times|over|divided by|multiplied by|modulo|mod|to the power(?: of)?|raised to(?: the)?)"
    r"\s\$?(?:\d|one\b|two\b|three\b|ten\b)"
)
_SIGNS_AFTER = re.compile(
    r"\}?\s?(?:(?:\^|\\cdot|\\times|[*/+-])\s?\{?\s?[\d.]{0,12}\d\}?\s?(?:\$|\\[)\]]|[.,]?\s*\Z)"
    r"|\^\{?\d|!\s?(?:\$|\\[)\]]))"
)
_SIGNS = frozenset("^\\*/+-!")
_FIRST_WORD = re.compile(r"[a-z]+s(?![a-z])")
_RESULT = re.compile(
    r"[^.!?\n]{0,40}(?:=|\b(?:is|are|equals?|gives?|makes?|yields?)\b)[\s$*]{0,4}[-+\d\\]"
)


class Lead(NamedTuple):
    """How the sentence of an answer begins.

    Attributes:
        words: The words before the answer in lower case, less "the answer is".
        is_answer: Whether "the answer is", or "the number" and the like, stood behind them.
    """

    words: tuple[str, ...]
    is_answer: bool

    @property
    def is_conditional(self) -> bool:
        """Whether the answer is only supposed: "if the answer is"."""
        return self.is_answer and not _CONDITIONS.isdisjoint(self.words[-1:])

    @property
    def is_operation(self) -> bool:
        """Whether what begins so computes something of the number behind it."""
        before, name, last = ("", "", "", *self.words)[-3:]
        if last != "of":
            return last in _MULTIPLIERS or (self.is_answer and last == "than")
        if name in _PARTS or name.endswith("%"):
            return True
        is_root = name == "root" and before in {"square", "cube"}
        return is_root or (name in _FUNCTIONS and before not in _ARTICLES)


_NO_LEAD = Lead((), is_answer=False)


def read_lead(before: str) -> Lead:
    """Read the words before an answer, in lower case and less the typesetting between."""
    if before[before.rfind(" ") + 1 :] not in _LAST_WORDS:
        return _NO_LEAD
    words = before[-_REACH:].split()
    is_stated = words[-1] in _EQUAL
    if is_stated:
        words.pop()
    is_answer = bool(words) and words[-1] in (_ANSWERS if is_stated else _NUMBERS)
    if is_stated and not is_answer:
        return _NO_LEAD  # "Twice the number is 42" may be what was asked; "twice the answer is 42" never is.
    if is_answer:
        words.pop()
        while words and words[-1] in _BEFORE_ANSWERS:
            words.pop()
    return Lead(tuple(words), is_answer)


def has_result(after: str) -> bool:
    """Say whether the sentence or the formula goes on to say what comes out."""
    return _RESULT.match(after) is not None


def is_signed(before: str) -> bool:
    """Say whether a sign or a function stands directly before an answer, in the same formula.

    Args:
        before: The text before the answer, up to the box that it may stand in.
    """
    last = before.rstrip()
    if last[-1:] not in _LAST_SIGNS and not last.endswith(_LAST_COMMANDS):
        return False
    return _SIGNS_BEFORE.search(before) is not None


def goes_on(words: str, text: str) -> bool:
    """Say whether something else is computed of an answer directly behind it.

    Args:
        words: What stands behind the answer, in lower case and less the typesetting between.
        text: What stands behind it, from the end of the box that it may stand in.
    """
    if words[:1].isalpha():
        first = _FIRST_WORD.match(words)
        if (first is not None and first[0] in FRACTIONS) or _WORDS_AFTER.match(words):
            return True
    is_sign = text[:3].lstrip("} ")[:1] in _SIGNS
    return is_sign and _SIGNS_AFTER.match(text) is not None
