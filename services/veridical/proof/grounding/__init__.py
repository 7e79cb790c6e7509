"""Where the numbers of a trace come from, and what else is odd about its arithmetic."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction

from veridical.proof.budget import Budget
from veridical.proof.grounding.abuse import running_on
from veridical.proof.grounding.constants import known
from veridical.proof.grounding.operands import (
    Operand,
    operands,
    relations,
    results,
    terms_in_sums,
)
from veridical.proof.grounding.units import mixed_units
from veridical.proof.grounding.words import listed, numbers
from veridical.proof.model import StepReading, Warning

__all__ = ["warnings"]

UNGROUNDED = "ungrounded_operand"
ABUSE = "equals_abuse"
MISMATCH = "unit_mismatch"
MAX_WARNINGS = 100
_BUDGET = 400_000
"""Units of work for a whole trace; what is not worked out is not taken for known."""
MAX_PROBLEM = 20_000
"""Longest problem whose numbers are looked up, in Unicode code points."""

_FORMULA = re.compile(r"\\[a-zA-Z([]|\$[^$\d]*[a-z]\b|\^|_\{")


def warnings(problem: str, readings: Sequence[StepReading]) -> tuple[Warning, ...]:
    """Says which operands come from nowhere, which equals signs mean "and then" and which units do not fit.

    An operand is grounded if the problem gives it (as a number, a word, a share or what a percentage
    leaves), if an earlier claim does, if a step says it in words, or if everybody knows it (60
    minutes). Problems that hold formulas are left alone: what is worked out in the head is the rule there.

    Args:
        problem: The problem text.
        readings: The steps and their claims.

    Returns:
        Warnings, in the order of the steps.
    """
    budget = Budget(_BUDGET)
    budget.begin()
    found = [*_ungrounded(problem, readings, budget), *_abused(readings, budget), *_mixed(readings)]
    return tuple(sorted(found, key=lambda warning: warning.step or 0)[:MAX_WARNINGS])


def _abused(readings: Sequence[StepReading], budget: Budget) -> Iterator[Warning]:
    for number, reading in enumerate(readings):
        for claim in running_on(reading.claims, budget):
            yield Warning(ABUSE, f"{claim.text}: the equals sign means 'and then'", number)


def _mixed(readings: Sequence[StepReading]) -> Iterator[Warning]:
    for number, reading in enumerate(readings):
        for text in dict.fromkeys(claim.text for claim in reading.claims):
            if found := mixed_units(text):
                yield Warning(
                    MISMATCH, f"{found[0]} and {found[1]} measure different things", number
                )


def _ungrounded(problem: str, readings: Sequence[StepReading], budget: Budget) -> Iterator[Warning]:
    if len(problem) > MAX_PROBLEM or _FORMULA.search(problem):
        return
    given = numbers(problem) | listed(problem)
    if given:
        yield from _walk(problem, given, readings, budget)


def _walk(
    problem: str, given: frozenset[Fraction], readings: Sequence[StepReading], budget: Budget
) -> Iterator[Warning]:
    grounded = set(given | known(problem))
    for number, reading in enumerate(readings):
        grounded |= known(reading.segment.text) | _said(reading)
        seen: set[Fraction] = set()
        for relation in (one for claim in reading.claims for one in relations(claim.statement)):
            for side in (relation.left, relation.right):
                grounded.update(map(Fraction, terms_in_sums(side)))
                for operand in operands(side):
                    if not _is_grounded(operand, grounded) and operand.value not in seen:
                        seen.add(operand.value)
                        yield Warning(UNGROUNDED, _text(operand), number)
                grounded |= results(side, budget)


def _is_grounded(operand: Operand, grounded: set[Fraction]) -> bool:
    return operand.value in grounded or any(way in grounded for way in operand.ways)


def _said(reading: StepReading) -> frozenset[Fraction]:
    """The numbers that a step says outside its formulas."""
    text = reading.segment.text
    kept, at = [], 0
    for claim in sorted(reading.claims, key=lambda one: one.start):
        kept.append(text[at : max(at, claim.start)])
        at = max(at, claim.end)
    return numbers(" ; ".join([*kept, text[at:]]))


def _text(operand: Operand) -> str:
    return f"{operand.value} is neither given nor worked out"
