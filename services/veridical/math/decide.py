"""Deciding a response in the server, cheapest step first, without SymPy and without a worker."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import NamedTuple

from veridical.math.answer.beside import unit_behind
from veridical.math.answer.choices import is_choice
from veridical.math.answer.commitment import choice_for_one, several_guesses
from veridical.math.answer.echo import restates
from veridical.math.answer.find import Answer, find_answer
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
from veridical.math.gold import committed_gold, gold_fault
from veridical.math.policy import Extraction, MathPolicy
from veridical.math.reader.limits import MAX_CHARACTERS
from veridical.math.reader.units import Unit
from veridical.math.reading import Reading, read
from veridical.math.values import Form, Values, equal_values

_SMALL_LETTER = re.compile(r"\(?(?P<letter>[a-dfghj])[).]?")
_FRACTION = re.compile(r"/|\\d?frac\b")
_POWER_OF_TEN = re.compile(r"10\^")
"""Numbers are written with it: what looks like an operation then is none."""
_EMPTY = "the gold is empty"
_TOO_LONG = f"more than {MAX_CHARACTERS} characters"
_OUTCOMES = {MathReason.EQUAL: Outcome.CORRECT, MathReason.GOLD_UNPARSABLE: Outcome.UNDECIDED}


def decide(
    gold: str, response: str, policy: MathPolicy, *, truncated: bool, prompt: str = ""
) -> Decision | Comparison:
    """Decide whether the final answer of `response` equals `gold`, as far as that is cheap.

    Args:
        gold: The reference answer, or a reference solution that ends in a box.
        response: The model's whole output, thinking included.
        policy: How to read and compare.
        truncated: Whether the response was cut off by its length limit.
        prompt: What the model was given, if known.

    Returns:
        The decision, or the comparison that a worker must make; see `conclude`.
    """
    gold = committed_gold(gold)
    if fault := _fault(gold):
        return _decision(MathReason.GOLD_UNPARSABLE, MathEvidence(rule=MathRule.PARSE), fault)
    answer = find_answer(
        response, policy.extraction, prompt=prompt, truncated=truncated, choices=is_choice(gold)
    )
    if answer is None:
        return _decision(MathReason.NO_ANSWER, MathEvidence(rule=MathRule.EXTRACTION))
    if answer.refusal is not None:
        return _decision(answer.refusal, _evidence(response, answer, MathRule.EXTRACTION))
    if len(gold) > MAX_CHARACTERS or len(answer.text) > MAX_CHARACTERS:
        return _compare_long(gold, response, answer)
    wanted, found = read(gold), read(answer.text)
    if prompt and _leaves_undone(wanted, found) and restates(found.source, prompt):
        return _decision(MathReason.PROMPT_ECHO, _evidence(response, answer, MathRule.EXTRACTION))
    return _compare(wanted, found, policy, response, answer)


def conclude(comparison: Comparison, result: CompareResult) -> Decision:
    """Turn a worker's result for `comparison` into a decision."""
    evidence = replace(comparison.evidence, rule=result.rule, point=result.point)
    unequal = result.reason is MathReason.NOT_EQUAL
    reason = comparison.unequal if unequal else result.reason
    return _decision(reason, evidence, result.detail)


def _fault(gold: str) -> str:
    if not gold or gold.isspace():
        return _EMPTY
    fault = gold_fault(gold) if len(gold) <= MAX_CHARACTERS else ""
    return fault and f"the gold is unsound: {fault}"


def _leaves_undone(gold: Reading, answer: Reading) -> bool:
    """Say whether a number is asked for, and the answer is an operation on numbers.

    A fraction is a number of its own, unless an integer is asked for.
    """
    if gold.values is None or gold.values.form is not Form.SINGLE:
        return False
    number = gold.values.members[0].value
    if answer.values is None:
        return _POWER_OF_TEN.search(answer.normal) is None
    is_fraction = _FRACTION.search(answer.normal) is not None
    return is_fraction and number.denominator == 1 and not _FRACTION.search(gold.normal)


def _compare_long(gold: str, response: str, answer: Answer) -> Decision:
    if gold.strip() == answer.text.strip():
        return _decision(MathReason.EQUAL, _evidence(response, answer, MathRule.TEXT))
    evidence = _evidence(response, answer, MathRule.LIMITS)
    if len(gold) > MAX_CHARACTERS:
        return _decision(MathReason.GOLD_UNPARSABLE, evidence, f"the gold has {_TOO_LONG}")
    return _decision(MathReason.ANSWER_TOO_COMPLEX, evidence, f"the answer has {_TOO_LONG}")


def _compare(
    gold: Reading, answer: Reading, policy: MathPolicy, response: str, found: Answer
) -> Decision | Comparison:
    unit = None if gold.values is None else gold.values.members[0].unit
    if unit is not None:
        answer = _with_unit(answer, unit, response, found)
    settled = _settled(gold, answer, policy)
    other = _alternative(gold, answer, policy, found.alternative) if found.alternative else ""
    evidence = _evidence(response, found, settled.rule, gold.normal, answer.normal)
    if settled.reason is MathReason.EQUAL and other:
        request = CompareRequest(gold.source, other, policy)
        return Comparison(request, evidence, MathReason.HEDGED_ANSWER)
    if settled.reason is not None:
        return _decision(settled.reason, evidence, settled.detail)
    unequal = MathReason.SEVERAL_ANSWERS if found.several else MathReason.NOT_EQUAL
    return Comparison(CompareRequest(gold.source, answer.source, policy, other), evidence, unequal)


def _with_unit(answer: Reading, gold: Unit, response: str, found: Answer) -> Reading:
    """Return a bare number with the unit behind its box, if that measures the same as the gold's."""
    if found.extraction is not Extraction.BOXED or found.several or answer.values is None:
        return answer
    member, *others = answer.values.members
    written = unit_behind(response, found.end)
    if not written or others or member.unit is not None or member.percent:
        return answer
    measured = read(f"{answer.source} {written}")
    unit = None if measured.values is None else measured.values.members[0].unit
    return measured if unit is not None and unit.dimension == gold.dimension else answer


def _alternative(gold: Reading, answer: Reading, policy: MathPolicy, text: str) -> str:
    """Return what is given beside an answer, empty where it is nothing else than the answer or the gold."""
    if len(text) > MAX_CHARACTERS:
        return ""
    other = read(text)
    if other.normal == answer.normal or _settled(gold, other, policy).reason is MathReason.EQUAL:
        return ""
    return other.source


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
    letter = answer.choice or _small_letter(answer)
    if gold.choice and letter:
        reason = MathReason.EQUAL if gold.choice == letter else MathReason.NOT_EQUAL
        return _Settled(reason, MathRule.TEXT)
    if (flaw := _flaw(gold, answer)) is not None:
        return _Settled(flaw, MathRule.EXTRACTION)
    settled = _settled_values(gold, answer, policy)
    return settled or _Settled(None, None)


def _small_letter(answer: Reading) -> str:
    """Return the option that a small letter names, empty if it is none, or a constant (e, i)."""
    option = _SMALL_LETTER.fullmatch(answer.normal)
    return "" if option is None else option["letter"].upper()


def _flaw(gold: Reading, answer: Reading) -> MathReason | None:
    """Return why `answer` is not one answer, None if it may be or if `gold` is written that way."""
    if answer.flaw is not None and gold.flaw is not answer.flaw:
        return answer.flaw
    return choice_for_one(gold.normal, answer.normal)


def _settled_values(gold: Reading, answer: Reading, policy: MathPolicy) -> _Settled | None:
    if gold.values is None or answer.values is None:
        return None
    links = [Values((link,), Form.SINGLE) for link in answer.links] or [answer.values]
    found = [equal_values(gold.values, link, policy) for link in links]
    if any(found):
        return _Settled(MathReason.EQUAL, MathRule.RATIONAL)
    if None not in found:
        return _Settled(MathReason.NOT_EQUAL, MathRule.RATIONAL)
    guesses = several_guesses(answer.values) if gold.values.form is Form.SINGLE else None
    return None if guesses is None else _Settled(guesses, MathRule.EXTRACTION)


def _decision(reason: MathReason, evidence: MathEvidence, detail: str = "") -> Decision:
    return Decision(_OUTCOMES.get(reason, Outcome.INCORRECT), reason, detail, evidence)


def _evidence(
    response: str, found: Answer, rule: MathRule | None, gold: str = "", answer: str = ""
) -> MathEvidence:
    text = response[found.start : found.end]
    return MathEvidence(text, found.start, found.end, found.extraction, gold, answer, rule)
