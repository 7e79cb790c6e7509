"""Options of multiple choice: the letter that an answer in prose commits to.

Only used where the gold is one letter: in other tasks an `A` is an article or a variable.
"""

from __future__ import annotations

import re

from veridical.math.answer.markers import MAX_BARE
from veridical.math.answer.span import Found, Span
from veridical.math.decision import MathReason
from veridical.math.normalise import clean_text, normal_text

_GOLD = re.compile(r"\(?[A-J][).:]?")
_LETTER = r"(?P<letter>[A-J])(?![A-Za-z0-9'’_^=+])"
_LEAD = re.compile(
    rf"""(?:[\s$*_({{\[\\"'“:]|text(?:bf|rm)?\{{|mathr?m?b?f?\{{|(?:for\ sure|of\ course|definitely|certainly
      |clearly|surely|obviously|indeed|simply|just|it['’]s|it\ is|option|choice|answer|letter|the|is)\b){{0,12}}
    {_LETTER}""",
    re.VERBOSE | re.IGNORECASE,
)
_PRONOUN = re.compile(r"\s+[a-z]")
_BESIDE = re.compile(
    rf"""[\s$*_)}}\].]*(?:(?P<hedge>\bor\b|/|\|)|,|&|\band\b|(?=[A-J]\)))\s*(?:\b(?:maybe|perhaps|also)\b)?\s*
    (?:option\s|choice\s)?[\s$*_(]*{_LETTER}(?=[\s$*_)}}\].]*(?:\Z|[,.;/&]|\band\b|\bor\b))""",
    re.VERBOSE,
)
_NAMED = re.compile(
    rf"""(?i:\bit(?:['’]s|\ is)|\b(?:correct|right|best)\ (?:answer|option|choice|statement)(?:\ is|:)
      |\b(?:choose|pick|select|go\ with|answer\ is|answer:)|(?P<front>\b(?:option|choice)))\s+
    (?i:option\ |choice\ |definitely\ |clearly\ )?[\s$*_(]{{0,4}}{_LETTER}(?P<behind>[\s$*_)]{{0,4}}
    (?:is|must\ be)\ (?:(?:the|clearly|indeed)\ )?(?:correct|right|best|true|answer)\b)?""",
    re.VERBOSE,
)
_REACH = 2000


def is_choice(gold: str) -> bool:
    """Say whether `gold` is the letter of an option and nothing else."""
    if gold.isdecimal() or len(gold) > MAX_BARE:
        return False
    return _GOLD.fullmatch(normal_text(clean_text(gold))) is not None


def choice_within(response: str, found: Found) -> Found | MathReason | None:
    """Return the option that the found answer begins with, a reason if it names several, or None."""
    lead = _LEAD.match(response, found.start, found.end)
    if lead is None or not lead["letter"].isupper():
        return None
    start, end = lead.span("letter")
    if lead["letter"] in "AI" and _PRONOUN.match(response, end, found.end):
        return None
    beside = _BESIDE.match(response, end, found.end)
    if beside is not None and beside["letter"] != lead["letter"]:
        return MathReason.HEDGED_ANSWER if beside["hedge"] else MathReason.SEVERAL_ANSWERS
    return Found(start, end, found.closed)


def find_choice(response: str, span: Span) -> Found | MathReason | None:
    """Return the option that the text names last, else that which it begins with if it is short.

    A reason instead if several are named there.
    """
    tail = Span(max(span.start, span.end - _REACH), span.end)
    named = [
        each for each in _NAMED.finditer(response, *tail) if not each["front"] or each["behind"]
    ]
    if named:
        return choice_within(response, Found(named[-1].start("letter"), span.end, closed=True))
    if span.end - span.start > MAX_BARE:
        return None
    return choice_within(response, Found(span.start, span.end, closed=False))
