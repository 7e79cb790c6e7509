"""Answers with rules of their own: choices, times, dates, ratios, congruences, families, integrals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction

from veridical.math.decision import MathRule
from veridical.math.equality.context import Context
from veridical.math.equality.finding import Finding, known
from veridical.math.equality.matching import all_of
from veridical.math.equality.rewrite import changed, minus, renamed
from veridical.math.equality.scalars import compare_scalars
from veridical.math.equality.survey import children, names_of
from veridical.math.equality.work import Work
from veridical.math.terms import (
    Apply,
    Constant,
    Number,
    Power,
    Product,
    Relation,
    Sum,
    Symbol,
    Term,
    Words,
)

Compare = Callable[[Term, Term], Finding]
_PARAMETERS = frozenset("klmnrst")
_CONSTANTS = frozenset({"C", "c", "K", "k", "C_1", "c_1", "const", "constant"})
_SAMPLES = (Fraction(37, 29), Fraction(11, 31), Fraction(-17, 13), Fraction(97, 7))
_NOON = 12


class SpecialKind(Enum):
    """What has rules of its own."""

    CHOICE = "choice"
    TIME = "time"
    DATE = "date"
    RATIO = "ratio"
    CONGRUENCE = "congruence"


@dataclass(frozen=True, slots=True)
class Special:
    """An answer with rules of its own.

    Attributes:
        kind: Which.
        parts: Its parts as read.
        value: The number it stands for, if it stands for one.
    """

    kind: SpecialKind
    parts: tuple[Term, ...]
    value: Term | None = None

    def compare(self, answer: Special, compare: Compare) -> Finding:
        """Compare a gold with an answer that has rules of its own, too."""
        if self.kind is not answer.kind:
            if self.value is None or answer.value is None:
                return known(MathRule.KIND, equal=False)
            return compare(self.value, answer.value)
        if self.kind is SpecialKind.RATIO:
            return self._proportional(answer, compare)
        if self.kind is SpecialKind.CONGRUENCE:
            return self._congruent(answer, compare)
        if self.kind is SpecialKind.TIME:
            return known(MathRule.WORDS, equal=_clock(self.parts, answer.parts))
        if self.kind is SpecialKind.CHOICE:
            return known(MathRule.WORDS, equal=self.parts[0] == answer.parts[0])
        shorter = min(len(self.parts), len(answer.parts))
        return known(MathRule.WORDS, equal=self.parts[:shorter] == answer.parts[:shorter])

    def _proportional(self, answer: Special, compare: Compare) -> Finding:
        if len(self.parts) != len(answer.parts):
            return known(MathRule.MEMBERS, equal=False, detail="the ratios differ in length")
        results = [
            compare(_quotient(left, self.parts[0]), _quotient(right, answer.parts[0])).equal
            for left, right in zip(self.parts[1:], answer.parts[1:], strict=True)
        ]
        return Finding(all_of(results), MathRule.RATIONAL)

    def _congruent(self, answer: Special, compare: Compare) -> Finding:
        (left, left_class), (right, right_class) = self.parts, answer.parts
        assert isinstance(left_class, Apply)
        assert isinstance(right_class, Apply)
        same = compare(left_class.arguments[1], right_class.arguments[1]).equal
        results = [left == right, same, compare(left_class, right_class).equal]
        return Finding(all_of(results), MathRule.RATIONAL)


def read_special(term: Term) -> Special | None:
    """Return a term as an answer with rules of its own; None for all others."""
    if isinstance(term, Apply):
        if term.function == "ratio" and len(term.arguments) > 1:
            parts = term.arguments
            value = _quotient(parts[0], parts[1]) if len(parts) == 2 else None
            return Special(SpecialKind.RATIO, parts, value)
        if term.function == "choice":
            first = term.arguments[:1]
            is_letter = bool(first) and isinstance(first[0], Symbol)
            return Special(SpecialKind.CHOICE, term.arguments) if is_letter else None
        if term.function in {"time", "date"}:
            return Special(SpecialKind(term.function), term.arguments)
    if isinstance(term, Relation) and term.operator == "equiv":
        right = term.right
        if isinstance(right, Apply) and right.function == "mod" and len(right.arguments) == 2:
            return Special(SpecialKind.CONGRUENCE, (term.left, right), right)
    return None


def _quotient(top: Term, bottom: Term) -> Term:
    return Product((top, Power(bottom, Number(Fraction(-1)))))


def _clock(gold: tuple[Term, ...], answer: tuple[Term, ...]) -> bool:
    """Say whether two times are the same; a time without am or pm is either, if it may be."""
    left, right = _numbers(gold), _numbers(answer)
    halves = [any(isinstance(part, Words) for part in side) for side in (gold, answer)]
    unmarked = right if halves[0] else left
    if halves[0] is not halves[1] and 1 <= unmarked[0] <= _NOON:
        left[0], right[0] = left[0] % _NOON, right[0] % _NOON
    size = max(len(left), len(right))
    pads = [[*side, *[Fraction(0)] * (size - len(side))] for side in (left, right)]
    return pads[0] == pads[1]


def _numbers(parts: tuple[Term, ...]) -> list[Fraction]:
    return [part.value for part in parts if isinstance(part, Number)]


def equal_choice(choice: Special, other: Term) -> bool:
    """Say whether a term is the letter of a choice, or the words that stand beside it."""
    letter = choice.parts[0]
    assert isinstance(letter, Symbol)
    if isinstance(other, Words):
        return other.text == letter.name.lower() or other in choice.parts[1:]
    if other is Constant.E:
        return letter.name == "E"
    return isinstance(other, Symbol) and other.name.upper() == letter.name


def family(gold: Term, answer: Term, work: Work) -> Term:
    r"""Return `answer` with its parameter named as the gold's, as in `k\pi` and `n\pi`.

    That is where both sides are multiples of π with one letter that usually stands for an integer.
    """
    ours, theirs = names_of(gold), names_of(answer)
    if len(ours) != 1 or len(theirs) != 1 or ours == theirs:
        return answer
    mine, other = next(iter(ours)), next(iter(theirs))
    if not {mine, other} <= _PARAMETERS or not (_has_pi(gold) and _has_pi(answer)):
        return answer
    return renamed(answer, {other: mine}, work)


def _has_pi(term: Term) -> bool:
    return term is Constant.PI or any(_has_pi(part) for part in children(term))


def compare_integrals(gold: Term, answer: Term, context: Context) -> Finding | None:
    """Compare antiderivatives, `+ C` on both sides: equal if they differ by a constant.

    Returns:
        None where that is not what the two are.
    """
    left, right = _without_constant(gold), _without_constant(answer)
    if left is None or right is None:
        return None
    distance = minus(left, right)
    for sample in _SAMPLES:

        def fixed(part: Term, sample: Fraction = sample) -> Term | None:
            return Number(sample) if isinstance(part, Symbol) else None

        found = compare_scalars(distance, changed(distance, fixed, context.work), context)
        if found.equal is not None:
            return found
    return None


def _without_constant(term: Term) -> Term | None:
    """Return a sum without its constant of integration; None where it has none."""
    if not isinstance(term, Sum):
        return None
    constants = [
        part for part in term.terms if isinstance(part, Symbol) and part.name in _CONSTANTS
    ]
    if len(constants) != 1:
        return None
    rest = tuple(part for part in term.terms if part is not constants[0])
    whole: Term = rest[0] if len(rest) == 1 else Sum(rest)
    names = names_of(whole)
    constant = constants[0]
    assert isinstance(constant, Symbol)
    return None if constant.name in names or not names else whole
