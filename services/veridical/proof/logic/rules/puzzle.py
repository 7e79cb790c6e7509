"""Problems that give rules on classes, facts on individuals, and ask whether something follows."""

from __future__ import annotations

import re
from dataclasses import dataclass

from veridical.proof.logic.rules.language import Reader, Rule, Statement
from veridical.proof.logic.text import sentences

_HEADING = re.compile(
    r"(?:facts(?: and rules)?|rules|context|premises|given|problem)\s*:\s*", re.IGNORECASE
)
_QUERY = re.compile(
    r"(?:query|question|prove(?: that)?|conclusion|hypothesis|true or false)\s*[:?]?\s+",
    re.IGNORECASE,
)
_LEAD = re.compile(
    r".{0,200}\btrue\b.{0,20}\bfalse\b.{0,60}|query|question|hypothesis", re.IGNORECASE
)
_OPTION = re.compile(r"\(?([A-E])[).:]\s*(true|false|unknown|uncertain)\b", re.IGNORECASE)
_OPTIONS = re.compile(
    r"(?:options?|choices)\b|\(?[A-E][).:]?\s*(?:true|false|unknown|uncertain)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Puzzle:
    """A problem of this kind.

    Attributes:
        statements: Its premises.
        query: What is asked, None where nothing readable is.
        whole: Whether every premise could be read.
        options: Letters of the choices, with `true`, `false` or `unknown`.
    """

    statements: tuple[Statement, ...]
    query: Statement | None
    whole: bool
    options: tuple[tuple[str, str], ...] = ()


def read_puzzle(problem: str, reader: Reader) -> Puzzle | None:
    """The premises and the query of a problem; None where it is of another kind."""
    statements: list[Statement] = []
    query: Statement | None = None
    missed = 0
    asking = False
    for sentence in sentences(problem):
        text = _HEADING.sub("", sentence.text, count=1)
        if _OPTIONS.match(text):
            continue
        asked = _QUERY.match(text)
        found = reader.clause(text[asked.end() :] if asked else text)
        if found and (asked or asking):
            query, asking = found[0], False
        elif asked or _LEAD.fullmatch(text):
            asking = True
        else:
            statements += found
            missed += not found
    rules = sum(isinstance(one, Rule) for one in statements)
    if rules < 2 or rules == len(statements) or missed * 4 > len(statements):
        return None
    options = tuple((letter, word.lower()) for letter, word in _OPTION.findall(problem))
    return Puzzle(tuple(statements), query, whole=missed == 0, options=options)
