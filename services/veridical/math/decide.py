"""Deciding a response in the server, cheapest step first, without SymPy and without a worker."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import NamedTuple

from veridical.math.commitment import is_denied_after, is_negated, is_revised, several_guesses
from veridical.math.decision import (
    CompareRequest,
    CompareResult,
    Comparison,
    Decision,
    MathEvidence,
    MathReason,
    MathRule,
    Outcome,
)
from veridical.math.extract import Extracted, extract
from veridical.math.gold import gold_fault
from veridical.math.limits import MAX_CHARACTERS, excess
from veridical.math.markers import MAX_BARE
from veridical.math.policy import Extraction, MathPolicy
from veridical.math.reading import Reading, read
from veridical.math.span import Found, Span
from veridical.math.thinking import answer_span
from veridical.math.values import Form, Values, equal_values

_SOLUTION = tuple(place for place in Extraction if place is not Extraction.BARE)
_LETTERS = re.compile(r"[A-Za-z ]+")
_WORDS = re.compile(r"(?=.*(?:[A-Za-z]{5}|[A-Za-z]{2} [A-Za-z]{2}))[A-Za-z ]+")
_EMPTY = "the gold is empty"
_WORKER_DETAILS = {
    (MathReason.ANSWER_TOO_COMPLEX, MathRule.LIMITS): "comparing it takes too many steps",
    (MathReason.GOLD_UNPARSABLE, MathRule.LIMITS): "working out the gold takes too many steps",
    (MathReason.GOLD_UNPARSABLE, MathRule.PARSE): "the gold cannot be read as mathematics",
}
_TOO_LONG = f"more than {MAX_CHARACTERS} characters"
_OUTCOMES = {MathReason.EQUAL: Outcome.CORRECT, MathReason.GOLD_UNPARSABLE: Outcome.UNDECIDED}


def decide(
    gold: str, response: str, policy: MathPolicy, *, truncated: bool
) -> Decision | Comparison:
    """Decide whether the final answer of `response` equals `gold`, as far as that is cheap.

    Args:
        gold: The reference answer, or a reference solution that ends in a box.
        response: The model's whole output, thinking included.
        policy: How to read and compare.
        truncated: Whether the response was cut off by its length limit.

    Returns:
        The decision, or the comparison that a worker must make; see `conclude`.
    """
    gold = _committed(gold)
    if fault := _fault(gold):
        return _decision(MathReason.GOLD_UNPARSABLE, MathEvidence(rule=MathRule.PARSE), fault)
    span = answer_span(response)
    extracted = extract(response, span, policy.extraction)
    if extracted is None:
        return _decision(MathReason.NO_ANSWER, MathEvidence(rule=MathRule.EXTRACTION))
    found = extracted.found
    if truncated and not found.closed:
        return _rejected(MathReason.TRUNCATED, response, extracted)
    if is_negated(response, found.start):
        return _rejected(MathReason.NEGATED_ANSWER, response, extracted)
    if is_denied_after(response, found.end):
        return _rejected(MathReason.NEGATED_ANSWER, response, extracted)
    answer = _content(response, found)
    if is_revised(response, found.end, span.end, answer):
        return _rejected(MathReason.SEVERAL_ANSWERS, response, extracted)
    if len(gold) > MAX_CHARACTERS or len(answer) > MAX_CHARACTERS:
        return _compare_long(gold, answer, response, extracted)
    return _compare(read(gold), read(answer), policy, response, extracted)


def conclude(comparison: Comparison, result: CompareResult) -> Decision:
    """Turn a worker's result for `comparison` into a decision."""
    evidence = replace(comparison.evidence, rule=result.rule)
    unequal = result.reason is MathReason.NOT_EQUAL
    reason = comparison.unequal if unequal else result.reason
    return _decision(reason, evidence, _WORKER_DETAILS.get((reason, result.rule), ""))


def _committed(gold: str) -> str:
    """Return the gold itself, or the final answer in it if it is a whole solution."""
    if len(gold) <= MAX_BARE and "box" not in gold and "####" not in gold:
        return gold
    extracted = extract(gold, Span(0, len(gold)), _SOLUTION)
    return gold if extracted is None else _content(gold, extracted.found)


def _fault(gold: str) -> str:
    if not gold or gold.isspace():
        return _EMPTY
    fault = gold_fault(gold) if len(gold) <= MAX_CHARACTERS else ""
    return fault and f"the gold is unsound: {fault}"


def _content(text: str, found: Found) -> str:
    return ", ".join(found.parts) or text[found.start : found.end]


def _rejected(reason: MathReason, response: str, extracted: Extracted) -> Decision:
    return _decision(reason, _evidence(response, extracted, MathRule.EXTRACTION))


def _compare_long(gold: str, answer: str, response: str, extracted: Extracted) -> Decision:
    if gold.strip() == answer.strip():
        return _decision(MathReason.EQUAL, _evidence(response, extracted, MathRule.TEXT))
    evidence = _evidence(response, extracted, MathRule.LIMITS)
    if len(gold) > MAX_CHARACTERS:
        return _decision(MathReason.GOLD_UNPARSABLE, evidence, f"the gold has {_TOO_LONG}")
    return _decision(MathReason.ANSWER_TOO_COMPLEX, evidence, f"the answer has {_TOO_LONG}")


def _compare(
    gold: Reading, answer: Reading, policy: MathPolicy, response: str, extracted: Extracted
) -> Decision | Comparison:
    settled = _settled(gold, answer, policy)
    evidence = _evidence(response, extracted, settled.rule, gold.normal, answer.normal)
    if settled.reason is not None:
        return _decision(settled.reason, evidence, settled.detail)
    unequal = MathReason.SEVERAL_ANSWERS if extracted.found.parts else MathReason.NOT_EQUAL
    return Comparison(CompareRequest(gold.source, answer.source, policy), evidence, unequal)


class _Settled(NamedTuple):
    reason: MathReason | None
    rule: MathRule | None
    detail: str = ""


def _settled(gold: Reading, answer: Reading, policy: MathPolicy) -> _Settled:
    """Take the cheap steps in order; no reason means that a worker must compare."""
    if not gold.normal:
        return _Settled(MathReason.GOLD_UNPARSABLE, MathRule.PARSE, _EMPTY)
    if gold.normal == answer.normal:
        return _Settled(MathReason.EQUAL, MathRule.TEXT)
    if gold.choice and answer.choice:
        reason = MathReason.EQUAL if gold.choice == answer.choice else MathReason.NOT_EQUAL
        return _Settled(reason, MathRule.TEXT)
    if _WORDS.fullmatch(gold.normal) and _LETTERS.fullmatch(answer.normal):
        # A reader of mathematics would take words for products of letters, equal to anagrams.
        same = gold.normal.casefold() == answer.normal.casefold()
        return _Settled(MathReason.EQUAL if same else MathReason.NOT_EQUAL, MathRule.TEXT)
    if answer.flaw is not None and gold.flaw is not answer.flaw:
        return _Settled(answer.flaw, MathRule.EXTRACTION)
    if gold.values is not None and answer.values is not None:
        settled = _settled_values(gold.values, answer.values, policy)
        if settled is not None:
            return settled
    if detail := excess(gold.source):
        return _Settled(MathReason.GOLD_UNPARSABLE, MathRule.LIMITS, f"the gold has {detail}")
    if detail := excess(answer.source, gold=gold.source):
        return _Settled(MathReason.ANSWER_TOO_COMPLEX, MathRule.LIMITS, f"the answer has {detail}")
    return _Settled(None, None)


def _settled_values(gold: Values, answer: Values, policy: MathPolicy) -> _Settled | None:
    equal = equal_values(gold, answer, policy)
    if equal is not None:
        reason = MathReason.EQUAL if equal else MathReason.NOT_EQUAL
        return _Settled(reason, MathRule.RATIONAL)
    guesses = several_guesses(answer) if gold.form is Form.SINGLE else None
    return None if guesses is None else _Settled(guesses, MathRule.EXTRACTION)


def _decision(reason: MathReason, evidence: MathEvidence, detail: str = "") -> Decision:
    return Decision(_OUTCOMES.get(reason, Outcome.INCORRECT), reason, detail, evidence)


def _evidence(
    response: str, extracted: Extracted, rule: MathRule | None, gold: str = "", answer: str = ""
) -> MathEvidence:
    start, end = extracted.found.start, extracted.found.end
    text = response[start:end]
    return MathEvidence(text, start, end, extracted.extraction, gold, answer, rule)
