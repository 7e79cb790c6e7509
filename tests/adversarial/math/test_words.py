"""Words before and behind a number, in every place: none that makes another value or claim of it is dropped."""

from __future__ import annotations

import pytest

from veridical.math import Comparison, MathPolicy, Outcome, conclude, decide
from veridical.math.worker import compare

BEFORE = """
    half of; half; twice; double; triple; thrice; a third of; two thirds of; a quarter of; a
    dozen times; percent of; 10 percent of; ten percent of; minus; negative; the negative of;
    the opposite of; opposite of; the reciprocal of; reciprocal of; the inverse of; inverse of;
    the square of; the square root of; square root of; cube root of; the cube of; the factorial
    of; factorial; log of; the logarithm of; logarithm of; the sine of; one over; one minus; 100
    minus; modulo; mod; base; at least; at most; less than; more than; greater than; fewer than;
    over; under; up to; above; below; between 1 and; nearly; almost; about; roughly;
    approximately; around; some; circa; close to; near; just over; no more than; no less than;
    not; never; isn't; is not; no longer; except; except for; other than; anything but; instead
    of; unlike; rather than; without; far from; hardly; barely; would be; could be; might be;
    may be; maybe; perhaps; probably; possibly; presumably; either; if; unless; assuming;
    supposing; suppose; off by; plus or minus; within; increased by; decreased by; reduced by;
    divided by; divisible by; a multiple of; multiples of; a factor of; a divisor of; add;
    subtract; multiply by; times; plus; the sum of; the product of; the difference of; one more
    than; one less than; two fewer than; ten times; the digits of; the number of digits of; the
    successor of; the predecessor of; next after; after; before; the absolute value of; the
    conjugate of; the complement of; the floor of; minus minus; e to the; ten to the; two to the
    power of; the double of; thousand times; hundreds of; thousands of; dozens of; pairs of;
    pair of; not equal to; unequal to; different from; the wrong answer; wrong:; incorrect:;
    false:; non; un; anti; la moitié de; die Hälfte von; el doble de; doppelt; moins; menos;
    nicht; no es; pas; environ; etwa; à peu près; peut-être; vielleicht; quizás
"""
BEHIND = """
    doubled; tripled; quadrupled; halved; tenths; hundredths; thousandths; thirds; halves;
    fifths; sevenths; sixteenths; twentieths; thirtieths; third; tenth; hundredth; half; halfs;
    quarter; dozen; dozens; score; scores; gross; pair; pairs; couples; percent; percents; per
    cent; percent of x; percentage points; permille; per mille; per hundred; per thousand; basis
    points; bps; ppm; hundred; hundreds; thousand; thousands; million; millions; billion;
    trillion; k; M; B; mil; mio; mn; bn; grand; factorial; inverse; inverted; negated; negative;
    negatives; reversed; backwards; flipped; mirrored; minus; minus one; minus 1; plus one; plus
    1; plus; times; times two; times 2; times x; over two; over 2; divided by two; divided by 2;
    by two; mod 5; modulo five; mod five; base five; base 5; in base five; in base 8; octal; in
    octal; hexadecimal; binary; in binary; or less; or more; or fewer; or so; or thereabouts; at
    least; at most; at minimum; at maximum; maximum; minimum; max; and above; and below; and up;
    and a half; and a third; and one half; point five; and counting; plus or minus one; give or
    take; approximately; approx; roughly; nearly; almost; ish; -ish; more; less; fewer; more
    than x; less than x; more than that; less than that; fewer than that; off; short; too many;
    too few; too much; too large; too small; greater; larger; smaller; increased by 1; reduced
    by one; decreased; increased; rounded; rounded up; truncated; wrong; not; never; isn't it;
    isn't; is wrong; is not it; is incorrect; is false; is impossible; no longer; except;
    excluded; if true; if so; if not; unless; unless not; assuming; would be; could be; might
    be; maybe; perhaps; probably; possibly; hypothetically; supposedly; allegedly; or not; or
    otherwise; or 41; or another; to the fourth; to the power two; to the power of 2; raised to
    2; th power; -fold; fold; folds; pi radians; times ten; times pi; pi; root; square root;
    log; nd; 42nd; ths; apples minus one; apples too many; apples short; apples less; apples
    doubled; apples squared; apples halved; half apples; dozen apples; thousand apples; hundred
    apples; million apples; tenth apples; percent apples; negative apples; imaginary apples;
    minus apples; fewer apples; more apples; less apples; pair apples; pairs of apples; dozens
    of apples; sets of two; groups of three; tenths of an apple; thirds of an apple; of 100; of
    a hundred; out of 100; out of a hundred; in ten; in a hundred; no; zero; nil; mal; mille;
    tausend; Millionen; millones; docenas; douzaines; Dutzend; Prozent; por ciento; pour cent;
    fois; veces; moitié; nicht; pas; verdoppelt; quadrat; al cuadrado; au carré
"""
_LONG = (
    "We add the ducks of each lake one by one, the small ones first and the large ones next. " * 4
)
PLACES_BEFORE = [
    r"\boxed{@ 42}", r"\boxed{\text{@ }42}", r"\boxed{\text{@ 42}}", r"\boxed{@ 42 apples}", r"\boxed{@ 42 \text{ km}}",
    r"\boxed{x = @ 42}", r"\boxed{x = \text{@ } 42}", r"\boxed{@ $42$}", r"\boxed{@ (42)}", r"\boxed{\text{@}(42)}",
    "The answer is @ 42.", "The answer is @ $42$.", "Answer: @ 42", "#### @ 42", "<answer>@ 42</answer>",
    "Final answer: @ 42", "@ 42", "@ $42$", "It is @ 42.", "Therefore, x is @ 42.", "Therefore, x is @ $42$.",
]  # fmt: skip
PLACES_BEHIND = [
    r"\boxed{42 @}", r"\boxed{42\text{ @}}", r"\boxed{42\ \mathrm{@}}", r"\boxed{\text{42 @}}", r"\boxed{42 \text{ km @}}",
    r"\boxed{42 km @}", r"\boxed{x = 42 @}", r"\boxed{42, @}", r"\boxed{42 (@)}", r"\boxed{42 \text{ (@)}}",
    r"\boxed{$42$ @}", "The answer is 42 @.", "The answer is $42$ @.", "The answer is 42, @.", "The answer is 42 (@).",
    "Answer: 42 @", "#### 42 @", "<answer>42 @</answer>", "Final answer: 42 @", "42 @", "$42$ @", "It is 42 @.",
    "Therefore, x is 42 @.", "Therefore, x is $42$ @.",
]  # fmt: skip
# Where nothing marks an answer, a last sentence counts; what it says in other languages is not understood there.
_CONCLUDING = "less than; more than; at least; at most; half of; twice; minus; over; under; nearly; about; roughly; not"
_CONCLUDED = "doubled; squared; tenths; dozen; thirds; percent; thousand; million; or more; minus one; and a half"


def words(listed: str) -> list[str]:
    return [each.strip() for each in listed.replace("\n", " ").split(";")]


def outcome(response: str) -> Outcome:
    found = decide("42", response, MathPolicy(), truncated=False)
    if isinstance(found, Comparison):
        found = conclude(found, compare(found.request))
    return found.outcome


def wrong_rewards(place: str, listed: str) -> list[str]:
    return [
        each for each in words(listed) if outcome(place.replace("@", each)) is not Outcome.INCORRECT
    ]


@pytest.mark.parametrize("place", PLACES_BEFORE)
def test_words_before_a_number_count(place: str) -> None:
    assert not wrong_rewards(place, BEFORE)


@pytest.mark.parametrize("place", PLACES_BEHIND)
def test_words_behind_a_number_count(place: str) -> None:
    assert not wrong_rewards(place, BEHIND)


@pytest.mark.parametrize("place", ["So x is @ 42.", "Thus, the number of ducks is @ 42 ducks."])
def test_words_before_the_number_of_a_last_sentence_count(place: str) -> None:
    assert not wrong_rewards(_LONG + place, _CONCLUDING)


@pytest.mark.parametrize("place", ["So x is 42 @.", r"Thus the total is \(42\) @."])
def test_words_behind_the_number_of_a_last_sentence_count(place: str) -> None:
    assert not wrong_rewards(_LONG + place, _CONCLUDED)
