"""What a claim is said to hold for: `for every positive integer n`, before or behind it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction

from veridical.proof.deciders.properties import property_of
from veridical.proof.deciders.universal import Scope
from veridical.proof.model import Claim, Role, StepReading
from veridical.proof.parts import names_of

_NEAR = 110
_QUANTIFIED = (
    r"\bfor (?:all|every|any|each) (?P<words>(?:[a-z-]+ ){0,4}?)(?:of )?[\\$(]*\s*(?P<name>[A-Za-z])"
    r"(?:\s*\\in\s*\\mathbb\{?\s*(?P<set>[NZR])\}?(?:\^\+|_\+)?)?"
    r"(?:\s*(?P<sign>\\geq?\b|\\geqslant\b|>=|≥|>)\s*(?P<least>-?\d{1,6}))?\s*[\\$)]*\s*"
)
_BEHIND = re.compile(rf"\A[\s$)\\\].,]*(?:holds )?{_QUANTIFIED}(?=[.,;!]|\Z|and\b)", re.IGNORECASE)
_BEFORE = re.compile(
    rf"{_QUANTIFIED},?\s*(?:we have |we get )?(?:that )?[\s$(\\\[]*\Z", re.IGNORECASE
)
_WORDS = frozenset(
    [
        "positive",
        "nonnegative",
        "non-negative",
        "natural",
        "real",
        "integer",
        "integers",
        "number",
        "numbers",
        "value",
        "values",
        "of",
        "whole",
        "possible",
    ]
)
_WHOLE = frozenset(["natural", "integer", "integers", "whole"])
_INTEGERS = re.compile(
    r"\binteger|\bnatural number|\bwhole number|\\mathbb\{?[NZ]|\\geq?\b", re.IGNORECASE
)
_INDICES = frozenset("nmk")
_ARGUED = re.compile(
    r"\binduct|\barbitrary|\bin general\b|\bmod(?:ulo)?\b|\bsince\b|\bbecause\b|\bany\b",
    re.IGNORECASE,
)
_UNSURE = re.compile(
    r"\b(?:not|n['’]t|false|wrong|if|whether|suppose|assum\w*|let|claim\w*|shows?|prove|want|need|must|would|could|should|find"
    r"|such that|require\w*|unless|fails?|when|conjecture\w*|check|verify)\b",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[.!?;\n](?=\s|\Z)|\n")
_MAX_SENTENCE = 200
_LEAST_EXAMPLES = 2


def scope_of(claim: Claim, text: str, problem: str) -> Scope | None:
    """Return the numbers that words beside a claim say it holds for; None where none do.

    Args:
        claim: It.
        text: Its step.
        problem: The problem text, for what an index runs over where the step does not say.
    """
    if _UNSURE.search(_SENTENCE.split(text[max(0, claim.start - _MAX_SENTENCE) : claim.start])[-1]):
        return None
    match = _BEHIND.search(text[claim.end : claim.end + _NEAR])
    match = match or _BEFORE.search(text[max(0, claim.start - _NEAR) : claim.start])
    if match is None:
        return None
    words = frozenset(match["words"].lower().split())
    named = match["set"] or ""
    is_index = match["name"] in _INDICES and _INTEGERS.search(problem) is not None
    is_whole = bool(words & _WHOLE) or named in ("N", "Z") or (is_index and "real" not in words)
    if not words <= _WORDS or not (is_whole or "real" in words or named == "R"):
        return None
    return _bounded(match, words, named, is_whole=is_whole)


def _bounded(match: re.Match[str], words: frozenset[str], named: str, *, is_whole: bool) -> Scope:
    name = match["name"]
    if match["least"]:
        return Scope(name, is_whole, Fraction(int(match["least"])), match["sign"] == ">")
    if "positive" in words:
        return Scope(name, is_whole, Fraction(0), is_strict=True)
    if words & {"nonnegative", "non-negative"}:
        return Scope(name, is_whole, Fraction(0))
    is_any = "real" in words or named in ("Z", "R") or words & {"integer", "integers"}
    return Scope(name, is_whole, None if is_any else Fraction(1))


def rests_on_examples(claim: Claim, readings: Sequence[StepReading]) -> bool:
    """Say whether nothing but checked instances stands before a claim on all numbers.

    Args:
        claim: It.
        readings: The steps before its own.
    """
    said = property_of(claim.statement)
    if said is None or not names_of(claim.statement):
        return False
    claims = [each for reading in readings for each in reading.claims]
    derived = [each.statement for each in claims if each.role is Role.DERIVED]
    if any(names_of(statement) for statement in derived):
        return False
    if any(_ARGUED.search(reading.segment.text) for reading in readings):
        return False
    alike = [each for each in map(property_of, derived) if each and each.function == said.function]
    return len(alike) >= _LEAST_EXAMPLES
