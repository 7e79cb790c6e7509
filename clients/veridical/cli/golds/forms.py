r"""Ways to write a gold that people mean differently, such as `2,74` and `1/2x`.

Which meaning counts is not decided here: each is tried out on the verifier, and a way of writing is
ambiguous only if the verifier's answers say so.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto


class When(Enum):
    """Which verdicts on its meanings make a way of writing ambiguous."""

    ALWAYS = auto()
    """Any: whoever wrote it may have meant the other one."""
    ANY_REFUSED = auto()
    """One of the meanings is not taken."""
    ALL_TAKEN = auto()
    """All meanings are taken."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """One thing that a gold may mean.

    Attributes:
        answer: How an answer says it without doubt.
        words: What it is called in a finding.
    """

    answer: str
    words: str


@dataclass(frozen=True, slots=True)
class Doubt:
    """A gold that may mean several things.

    Attributes:
        meanings: One or two of them.
        when: When it is worth a finding.
        mend: How to write it without doubt.
    """

    meanings: tuple[Meaning, ...]
    when: When
    mend: str


_WRAPPERS = re.compile(r"^(?:\$\$?|\\\(|\\\[)\s*|\s*(?:\$\$?|\\\)|\\\])$")
_BOX = re.compile(r"\\f?box(?:ed)?\{([^{}]*)\}")
_SLASH = re.compile(
    r"(?<![\w}.)^])(?P<top>\d+|[a-zA-Z])/(?P<bottom>\d+)"
    r"(?P<factor>[a-zA-Z](?![a-zA-Z])|\\pi(?![a-zA-Z])|\\?sqrt(?:\{[^{}]*\}|\([^()]*\)))"
)
_LOG = re.compile(r"(?:\\log|\blog)\s*(?=[\d({\\]|[a-zA-Z](?![a-zA-Z]))")
_TRIGONOMETRIC = re.compile(
    r"(?P<function>(?:\\|\b)(?:sin|cos|tan))\s*[({]?\s*(?P<angle>\d{2,3})\s*[)}]?(?![\w.^°\\/*])"
)


def doubt_about(gold: str) -> Doubt | None:
    """Return what a gold may mean beside what it seems to; None where it is clear."""
    text = _final(gold)
    return next((doubt for form in _FORMS if (doubt := form(text)) is not None), None)


def _final(gold: str) -> str:
    """Return the final answer of a gold that is a whole solution, without the marks around it."""
    _, _, text = gold.rpartition("####")
    boxes = _BOX.findall(text)
    text = (boxes[-1] if boxes else text).strip()
    return _WRAPPERS.sub("", text)


def _percent(text: str) -> Doubt | None:
    found = re.fullmatch(r"(-?\d+(?:\.\d+)?)\s*\\?%", text)
    if found is None:
        return None
    meanings = (
        Meaning(rf"\frac{{{found[1]}}}{{100}}", f"{found[1]}/100"),
        Meaning(found[1], f"{found[1]} without the sign"),
    )
    mend = "where the problem asks for a percentage, set percent to sign_optional"
    return Doubt(meanings, When.ANY_REFUSED, mend)


def _decimal_comma(text: str) -> Doubt | None:
    # A single digit behind the comma is nearly always the second of two numbers.
    found = re.fullmatch(r"(-?\d+),(\d{2}|\d{4,})", text)
    if found is None:
        return None
    meanings = (
        Meaning(f"{found[1]}.{found[2]}", f"the number {found[1]}.{found[2]}"),
        Meaning(f"{found[1]}, {found[2]}", f"the two numbers {found[1]} and {found[2]}"),
    )
    return Doubt(meanings, When.ALWAYS, "write a decimal point, or a space behind the comma")


def _bracketed_comma(text: str) -> Doubt | None:
    found = re.fullmatch(r"([(\[])\s*(\d{1,3}),(\d{3})\s*([)\]])", text)
    if found is None:
        return None
    meanings = (
        Meaning(f"{found[1]}{found[2]}, {found[3]}{found[4]}", "two numbers in brackets"),
        Meaning(found[2] + found[3], f"the number {found[2]}{found[3]}"),
    )
    return Doubt(meanings, When.ALWAYS, "write a space behind the comma, or leave it out")


def _slash(text: str) -> Doubt | None:
    found = _SLASH.search(text)
    if found is None:
        return None
    before, behind = text[: found.start()], text[found.end() :]
    top, bottom, factor = found["top"], found["bottom"], found["factor"]
    times = rf"{before}\frac{{{top}}}{{{bottom}}} {factor}{behind}"
    below = rf"{before}\frac{{{top}}}{{{bottom} {factor}}}{behind}"
    meanings = (
        Meaning(times, f"({top}/{bottom}) times {factor}"),
        Meaning(below, f"{top}/({bottom}{factor})"),
    )
    return Doubt(meanings, When.ALWAYS, r"write \frac{...}{...}, or brackets")


def _logarithm(text: str) -> Doubt | None:
    if _LOG.search(text) is None:
        return None
    meanings = (
        Meaning(_LOG.sub(r"\\ln ", text), "the natural logarithm"),
        Meaning(_LOG.sub(r"\\log_{10} ", text), "the logarithm to base 10"),
    )
    return Doubt(meanings, When.ALWAYS, r"write \ln, or the base")


def _degrees(text: str) -> Doubt | None:
    if _TRIGONOMETRIC.search(text) is None:
        return None
    degrees = _TRIGONOMETRIC.sub(r"\g<function>(\g<angle>^\\circ)", text)
    return Doubt(
        (Meaning(degrees, "an angle in degrees"),), When.ALL_TAKEN, r"write ^\circ, or \text{ rad}"
    )


def _unit_or_variable(text: str) -> Doubt | None:
    found = re.fullmatch(r"(\d+(?:\.\d+)?)([mgshl])", text)
    if found is None:
        return None
    number, letter = found[1], found[2]
    meanings = (
        Meaning(number, f"{number} with the unit {letter}"),
        Meaning(rf"\frac{{2 \cdot {number} \cdot {letter}}}{{2}}", f"{number} times {letter}"),
    )
    mend = (
        rf"write {number} \text{{ {letter}}} for the unit, {number} \cdot {letter} for the product"
    )
    return Doubt(meanings, When.ALL_TAKEN, mend)


def _clock(text: str) -> Doubt | None:
    found = re.fullmatch(r"(\d{1,2}):(\d{2})", text)
    if found is None:
        return None
    ratio = Meaning(rf"\frac{{{found[1]}}}{{{found[2]}}}", "a ratio")
    mend = "write a.m. or p.m. behind a time; write a ratio as a fraction"
    return Doubt((ratio,), When.ALL_TAKEN, mend)


def _date(text: str) -> Doubt | None:
    found = re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", text)
    if found is None:
        return None
    quotient = Meaning(rf"\frac{{{found[1]}}}{{{found[2]} \cdot {found[3]}}}", "a quotient")
    return Doubt((quotient,), When.ALL_TAKEN, "write the month of a date in letters")


def _letter(text: str) -> Doubt | None:
    if text != "E":
        return None
    meanings = (Meaning(r"\exp(1)", "Euler's number"), Meaning("(E)", "the choice (E)"))
    return Doubt(meanings, When.ALL_TAKEN, "write (E) for the choice, e for the number")


_FORMS: tuple[Callable[[str], Doubt | None], ...] = (
    _percent,
    _decimal_comma,
    _bracketed_comma,
    _unit_or_variable,
    _clock,
    _date,
    _letter,
    _slash,
    _logarithm,
    _degrees,
)
