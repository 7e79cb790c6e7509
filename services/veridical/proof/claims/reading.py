"""The text of one side of a claim as a term, or nothing."""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache

from veridical.math.equality.rewrite import changed
from veridical.math.equality.work import Work, WorkExceededError
from veridical.math.reader import ReadError, TooComplexError, read_term
from veridical.math.terms import (
    Apply,
    Constant,
    Number,
    Power,
    Product,
    Quantity,
    Sum,
    Symbol,
    Term,
    Words,
)
from veridical.proof.parts import parts_of

MAX_SIDE = 1200
"""Characters of one side of a claim."""

_CACHED_SIDES = 4096
_WORK = 20_000
_LARGE_ANGLE = 4
_SCALES = frozenset(["celsius", "fahrenheit", "cent"])
_TRIGONOMETRIC = frozenset(["sin", "cos", "tan", "cot", "sec", "csc"])
_FORBIDDEN = frozenset(
    ["choice", "time", "date", "given", "plus_minus_or", "triangle", "overline", "vec"]
)
_CALLED_PI = re.compile(r"\\pi\s*\([^()]*\)")
_J = re.compile(r"(?<![A-Za-z\\])j(?![A-Za-z])")
_EULER = re.compile(r"(?<![A-Za-z])e\s*\^|\\ln\b|\bln\b|\bEuler|\\exp\b|\bnatural log")
_IMAGINARY = re.compile(
    r"\bcomplex\b|\bimaginary\b|(?<![A-Za-z])i\s*\^|[-+]\s*(?:\d+|[a-z]|\\sqrt\{?\d+\}?)?\s*i(?![A-Za-z_])|\\(?:mathrm|text)\{i\}|\bcis\b"
)
_BOX = re.compile(r"\\(?:boxed|fbox)\s*\{")


class _UnreadableError(Exception):
    """The term holds something that is no mathematics, or that is open to several readings."""


@lru_cache(maxsize=_CACHED_SIDES)
def read_side(text: str, letters: frozenset[str] = frozenset()) -> Term | None:
    """Return the term that `text` writes, None if it is not understood as a whole.

    Units are left out; degrees become radians within trigonometric functions.

    Args:
        text: One side of a claim.
        letters: Those of `e` and `i` that are variables in the trace.
    """
    text = _unboxed(text)
    if not text or len(text) > MAX_SIDE or "phantom" in text or _CALLED_PI.fullmatch(text):
        return None
    if _J.search(text):
        letters |= {"j"}
    try:
        return _checked(read_term(text), letters)
    except (ReadError, TooComplexError, _UnreadableError, WorkExceededError, RecursionError):
        return None


def variables(text: str) -> frozenset[str]:
    """Return those of `e` and `i` that nothing in a text says to be the constants."""
    found = set()
    if not _EULER.search(text):
        found.add("e")
    if not _IMAGINARY.search(text):
        found.add("i")
    return frozenset(found)


def _unboxed(text: str) -> str:
    match = _BOX.search(text)
    if match is None:
        return text
    depth = 0
    for index in range(match.end() - 1, len(text)):
        depth += (text[index] == "{") - (text[index] == "}")
        if depth == 0:
            return (
                f"{text[: match.start()]} {text[match.end() : index]} {text[index + 1 :]}".strip()
            )
    return ""


def _checked(term: Term, letters: frozenset[str]) -> Term:
    """Return the term without units.

    Raises:
        _UnreadableError: It holds words, or a percentage beside other summands.
    """

    def change(part: Term) -> Term | None:
        match part:
            case Words():
                raise _UnreadableError
            case Constant():
                return _constant(part, letters)
            case Quantity(value, unit):
                return _without_unit(value, unit, letters)
            case Sum(terms) if len({_is_percentage(summand) for summand in terms}) > 1:
                raise _UnreadableError
            case Apply(function, _) if function in _FORBIDDEN:
                raise _UnreadableError
            case Apply(function, (argument,)) if function in _TRIGONOMETRIC:
                return Apply(function, (_angle(argument, letters),))
        return None

    return changed(term, change, Work(_WORK))


def _without_unit(value: Term, unit: tuple[tuple[str, int], ...], letters: frozenset[str]) -> Term:
    if any(name in _SCALES for name, _ in unit):
        raise _UnreadableError
    return _checked(value, letters)


def _constant(term: Constant, letters: frozenset[str]) -> Term:
    if term is Constant.E and "e" in letters:
        return Symbol("e")
    if term is Constant.I and "j" in letters:
        return Symbol("j")
    return Symbol("i") if term is Constant.I and "i" in letters else term


def _angle(term: Term, letters: frozenset[str]) -> Term:
    """Return an angle in radians.

    Raises:
        _UnreadableError: It is a number that may be of degrees or of radians.
    """
    if isinstance(term, Number) and abs(term.value) >= _LARGE_ANGLE:
        raise _UnreadableError
    if not any(isinstance(part, Quantity) for part in parts_of(term)):
        return _checked(term, letters)
    half_turn = Power(Number(Fraction(180)), Number(Fraction(-1)))
    return Product((_checked(term, letters), Constant.PI, half_turn))


def _is_percentage(term: Term) -> bool:
    if isinstance(term, Product):
        return any(_is_percentage(factor) for factor in term.factors)
    if isinstance(term, Sum):
        return any(_is_percentage(part) for part in term.terms)
    return isinstance(term, Apply) and term.function == "percent"
