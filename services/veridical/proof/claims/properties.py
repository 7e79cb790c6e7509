r"""What is said of numbers in words: `\(57\) is prime`, `this is the square of an integer`, `7 divides 91`.

Read where one formula, or a word that stands for the one before it, is said to be something, and no word of
the sentence asks, supposes or chooses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from veridical.math.terms import Apply, Number, Relation, Term
from veridical.proof.claims.reading import read_side
from veridical.proof.deciders.properties import NOT_PRIME, NOT_SQUARE, PRIME, SQUARE
from veridical.proof.model import Claim

MAX_SAID = 40
"""Claims of this kind that are read of one step."""

_FORMULA = (
    r"(?:\$(?P<{0}a>[^$\n]{{1,160}})\$|\\\((?P<{0}b>[^\n]{{1,160}}?)\\\)"
    r"|(?<![\w.,/^$\\({{|+*=-])(?P<{0}c>\d{{1,3}}(?:,\d{{3}})+|\d{{1,15}})(?![\w/^!%*$|)(]|[.,]\d|\s*[-+*/=^×÷]))"
)
_WHAT = (
    r"(?:(?:also|always|thus|then|indeed|clearly|itself|in fact|now) )?"
    r"(?P<not>not |n['’]t )?(?:also |even |a |an |the )*"
    r"(?P<what>prime(?: number)?|perfect square|square of an integer|square number|even|odd"
    r"|divisible by|multiple of)"
)
_BY = rf"(?:\s*{_FORMULA.format('k')})?"
_SUBJECT = _FORMULA.format("s")
_SAID = re.compile(rf"{_SUBJECT}\s*,?\s*(?:which |and (?:it |this )?)?is\s?{_WHAT}{_BY}")
_ASKED = re.compile(rf"\b[Ii]s {_SUBJECT} {_WHAT}{_BY}")
_DIVIDES = re.compile(rf"{_SUBJECT} divides {_FORMULA.format('k')}")
_STANDS_FOR = re.compile(
    r"(?:\A|(?<=[.!\n])|(?<=[.!\n] ))(?:(?:so|thus|hence|therefore|and|clearly),? )?(?P<pronoun>it|this|that) is "
    rf"{_WHAT}{_BY}",
    re.IGNORECASE,
)
_LAST = re.compile(
    r"(?:\$(?P<sa>[^$\n]{1,200})\$|\\\((?P<sb>[^\n]{1,200}?)\\\)|\\\[(?P<sc>[^$]{1,200}?)\\\])[\s.,]*\Z",
    re.DOTALL,
)
_MAX_LAST = 260
_STARTS = re.compile(
    r"(?:\A|[.!;:,(\n]|\b(?:so|and|then|that|since|because|but|number|integer|value|thus|hence|therefore|here|now|note|also))"
    r"\s*\Z",
    re.IGNORECASE,
)
_MAX_LEAD = 40
_ENDS = re.compile(
    r"\s*(?:[.,;:!)]|\Z|\n|\\\]|(?:for|because|since|as|and|but|so|too|as well)\b(?! only| if))"
)
_UNCERTAIN = re.compile(
    r"\b(?:if|whether|when|whenever|where|suppose|supposing|assum\w+|let|unless|not|n['’]t|either|or|such that|must|should"
    r"|could|may|might|would|can|cannot|cases?|until|until|which|what|neither|nor|no|only|contradict\w*|claim\w*|say|while"
    r"|wrong\w*|incorrect\w*|false|check\w*|try\w*|need\w*|want\w*|find\w*|require\w*|choos\w*|once|provided|given|any|every|each)\b",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[.!?;\n](?=\s|\Z)|\n")
_QUESTION = re.compile(r"[^.!\n]*\?")
_RELATION = re.compile(r"=|\\equiv|≡")
_MORE = re.compile(
    r"[<>,:;≠≤≥]|\\(?:leq?|geq?|neq?|lt|gt|approx|in|to|mid|pmod|text|quad|ldots|dots|cdots|pm)\b"
)
_MIN_MODULUS = 2


@dataclass(frozen=True, slots=True)
class Said:
    """What is said of a number.

    Attributes:
        what: `prime`, `square`, `even`, `odd` or `divisible`.
        denied: Whether it is said not to be that.
        modulus: By what it is divisible.
    """

    what: str
    denied: bool
    modulus: Term | None = None

    def of(self, subject: Term) -> Term | None:
        """Return the statement on a subject; None where the modulus is not known."""
        if self.what in ("prime", "square"):
            names = {"prime": (PRIME, NOT_PRIME), "square": (SQUARE, NOT_SQUARE)}
            return Apply(names[self.what][self.denied], (subject,))
        modulus = Number(Fraction(2)) if self.what in ("even", "odd") else self.modulus
        if not isinstance(modulus, Number) or modulus.value < _MIN_MODULUS:
            return None
        rest = Number(Fraction(1 if self.what == "odd" else 0))
        operator = "not_equiv" if self.denied else "equiv"
        return Relation(operator, subject, Apply("mod", (rest, modulus)))


def read_said(text: str, before: Term | None = None, asked: Term | None = None) -> Iterator[Claim]:
    """Yield what a step says of numbers.

    Args:
        text: The step.
        before: The last formula of the step before, which `this` may stand for.
        asked: What the problem asks about, which `it` stands for.
    """
    if " is" not in text and " divides " not in text:
        return
    matches = [*_SAID.finditer(text), *_DIVIDES.finditer(text)][:MAX_SAID]
    for match in matches:
        yield from _claimed(text, match, _term(match, "s"))
    for match in [*_STANDS_FOR.finditer(text)][:MAX_SAID]:
        is_it = match["pronoun"].lower() == "it" and asked is not None
        formula = last_formula(text[: match.start()]) if match.start() else before
        yield from _claimed(text, match, asked if is_it else formula)


def asked_about(problem: str) -> Term | None:
    """Return what a problem asks about: what `Is ... prime for every n` or `Show that ... is even` names."""
    match = _ASKED.search(problem) or _SAID.search(problem)
    return None if match is None else _term(match, "s")


def asked_property(problem: str) -> Term | None:
    """Return what a problem asks to be shown of a number; None where it asks for nothing of the kind."""
    match = _SAID.search(problem)
    said, subject = (None, None) if match is None else (_said(match), _term(match, "s"))
    return None if said is None or subject is None else said.of(subject)


def last_formula(text: str) -> Term | None:
    """Return the right side of the formula that a text ends in, None where it ends in words."""
    match = _LAST.search(text[-_MAX_LAST:])
    return None if match is None else _term(match, "s")


def _claimed(text: str, match: re.Match[str], subject: Term | None) -> Iterator[Claim]:
    said = _said(match)
    if "what" not in match.re.groupindex:
        subject = _term(match, "k")
    statement = None if said is None or subject is None else said.of(subject)
    if match.groupdict().get("sc") and not _STARTS.search(text[: match.start()][-_MAX_LEAD:]):
        return
    if statement is not None and _is_plain(text, match):
        yield Claim(match[0], match.start(), match.end(), statement)


def _said(match: re.Match[str]) -> Said | None:
    if "what" not in match.re.groupindex:
        return Said("divisible", denied=False, modulus=_term(match, "s"))
    what, denied, modulus = match["what"].lower(), bool(match["not"]), _term(match, "k")
    if what.startswith(("divisible", "multiple")):
        return Said("divisible", denied, modulus)
    if modulus is not None:
        return None
    return Said("prime" if "prime" in what else "square" if "square" in what else what, denied)


def _term(match: re.Match[str], group: str) -> Term | None:
    groups = match.groupdict()
    written = next((found for end in "abc" if (found := groups.get(f"{group}{end}"))), None)
    return None if written is None else _side(written)


def _side(written: str) -> Term | None:
    """Return the last side of a formula as a term."""
    if _MORE.search(written.replace("{,}", "")) and not written.replace(",", "").isdigit():
        return None
    return read_side(_RELATION.split(written)[-1].strip(" .").replace("\\,", ""))


def _is_plain(text: str, match: re.Match[str]) -> bool:
    """Say whether a sentence asserts what it says, and the words behind take in nothing else."""
    sentence = _SENTENCE.split(text[: match.start()])[-1]
    behind = text[match.end() :]
    is_question = _QUESTION.match(behind) is not None
    return (
        _ENDS.match(behind) is not None and not is_question and _UNCERTAIN.search(sentence) is None
    )
