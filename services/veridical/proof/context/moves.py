"""Which refutations count in a trace: what stands in words, not in formulas, may save a claim."""

from __future__ import annotations

import re
from collections.abc import Sequence

from veridical.math.equality.survey import names_of
from veridical.math.terms import Relation, Term
from veridical.proof.context.alternatives import value_claim
from veridical.proof.model import Claim, ClaimVerdict, Finding, Method, StepReading

_SIDE = re.compile(
    r"positive|negative|non-?zero|integer|natural|reject|discard|extraneous|since|because|valid"
    r"|greater|less|larger|smaller|must|cannot|impossible|length|width|distance|age|number of|prime"
    r"|digit|whole|acute|obtuse|angle|side|area|time|speed|smallest|largest|minim|maxim|first|second",
    re.IGNORECASE,
)
_CANCEL = re.compile(r"\b(?:cancel|divid)", re.IGNORECASE)
_INEQUALITIES = frozenset({"<", "<=", ">", ">="})


class Surroundings:
    """The words around the claims of a trace."""

    def __init__(self, problem: str, readings: Sequence[StepReading]) -> None:
        self._has_side_words = bool(_SIDE.search(problem))
        self.readings = readings
        self._values: dict[str, set[str]] = {}
        for reading in readings:
            for claim in reading.claims:
                value = value_claim(claim.statement)
                if value is not None:
                    self._values.setdefault(value.name, set()).add(str(value.value))

    def has_side_words(self, at: int) -> bool:
        """Say whether the problem or a step puts a condition in words."""
        return self._has_side_words or bool(_SIDE.search(self.readings[at].segment.text))

    def has_other_values(self, name: str) -> bool:
        """Say whether the trace gives a symbol several values."""
        return len(self._values.get(name, ())) > 1


def is_flag(claim: Claim, finding: Finding, at: int, around: Surroundings) -> bool:
    """Say whether a refutation counts."""
    if finding.verdict is ClaimVerdict.CONTRADICTED:
        return True
    value = value_claim(claim.statement)
    if value is not None and finding.method is Method.RANDOM_EVALUATION:
        return not around.has_side_words(at) and not around.has_other_values(value.name)
    if finding.method is Method.ENUMERATION:
        return False
    return _is_cancelling(claim, at, around) or _is_inequality(claim, at, around)


def _is_cancelling(claim: Claim, at: int, around: Surroundings) -> bool:
    text = around.readings[at].segment.text
    return _is(claim.statement, frozenset({"="})) and bool(_CANCEL.search(text))


def _is_inequality(claim: Claim, at: int, around: Surroundings) -> bool:
    """Say whether a claim is an inequality of one variable right behind another one of it."""
    before = _before(claim, at, around)
    return (
        before is not None
        and _is(claim.statement, _INEQUALITIES)
        and _is(before.statement, _INEQUALITIES)
        and names_of(claim.statement) == names_of(before.statement)
        and len(names_of(claim.statement)) == 1
        and not around.has_side_words(at)
    )


def _is(statement: Term, operators: frozenset[str]) -> bool:
    return isinstance(statement, Relation) and statement.operator in operators


def _before(claim: Claim, at: int, around: Surroundings) -> Claim | None:
    claims = around.readings[at].claims
    index = claims.index(claim)
    if index:
        return claims[index - 1]
    earlier = around.readings[at - 1].claims if at else ()
    return earlier[-1] if earlier else None
