r"""What an expression is said to become, without an equals sign: `so the expression becomes \(2x + 3\)`.

The expression is the one that the problem asks to simplify or to work out, and nothing else is given there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from veridical.math.terms import Number, Relation, Symbol, Term
from veridical.proof.claims.reading import read_side
from veridical.proof.model import Claim
from veridical.proof.parts import names_of
from veridical.proof.steps.zones import Zone, ZoneKind, find_zones

_ASKED = re.compile(
    r"\b(?:simplify|expand|factor|evaluate|compute|calculate|(?:find|what is) the value of)\b"
    r"(?: (?:the|each|following|expression|product|quotient|sum|value|of|completely|fully|and|expand|simplify)|[:,])*\s*\Z",
    re.IGNORECASE,
)
_BECOMES = re.compile(
    r"\b(?:the|our|this|the (?:whole|entire|original|given|full)) expression (?:now |then |thus |further )?"
    r"(?:becomes|simplifies to|reduces to|is now|can be (?:re)?written as)\s*:?\s*\Z",
    re.IGNORECASE,
)
_RELATION = re.compile(r"=|<|>|\\(?:leq?|geq?|neq?|approx|equiv|quad|implies|to|Rightarrow|text)\b")
_BEFORE = 120
_CODE = frozenset({ZoneKind.NOTE, ZoneKind.CODE})


def asked_expression(problem: str) -> Term | None:
    """Return the one expression that a problem asks to rewrite; None where it gives anything else."""
    zones = [zone for zone in find_zones(problem) if zone.kind not in _CODE]
    if len(zones) != 1 or _RELATION.search(_inner(problem, zones[0])):
        return None
    before = problem[max(0, zones[0].start - _BEFORE) : zones[0].start]
    term = read_side(_inner(problem, zones[0])) if _ASKED.search(before) else None
    return None if isinstance(term, Symbol | Number) else term


def read_rewritten(text: str, asked: Term | None) -> Iterator[Claim]:
    """Yield what a step says that the expression becomes.

    Args:
        text: The step.
        asked: The expression.
    """
    if asked is None or "expression" not in text:
        return
    for zone in find_zones(text):
        before = text[max(0, zone.start - _BEFORE) : zone.start]
        if zone.kind in _CODE or not _BECOMES.search(before):
            continue
        first = _RELATION.split(_inner(text, zone), maxsplit=1)[0]
        term = read_side(first)
        if term is not None and names_of(term) == names_of(asked):
            start = zone.inner_start
            yield Claim(first.strip(), start, start + len(first), Relation("=", asked, term))


def _inner(text: str, zone: Zone) -> str:
    return text[zone.inner_start : zone.inner_end].strip().rstrip(".,;")
