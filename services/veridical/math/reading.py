"""One text, gold or answer, in the forms in which it is compared."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from veridical.math.answer.commitment import flaw_of, read_chain
from veridical.math.decision import MathReason
from veridical.math.normalise import clean_text, normal_text
from veridical.math.rational import Plain
from veridical.math.values import Form, Values, read_values

_CHOICE = re.compile(r"\(?(?P<letter>[A-J])(?:\)|[.:](?=\s)|$)(?!.{0,80}(?<![A-Za-z])[A-J]\))")


@dataclass(frozen=True, slots=True)
class Reading:
    """A gold or an answer.

    Attributes:
        source: The text without wrappers, as a worker parses it.
        normal: The text in normal form; equal normal forms are equal answers.
        values: Its plain numbers, None if it is anything else.
        links: The numbers of a chain `1/3 = 0.33`, any of which may be the one asked for.
        flaw: Why it is not one answer, None if it may be; no flaw where the gold has it too.
        choice: The letter of a multiple-choice option, such as `(C)` or `C. Paris`, else empty.
    """

    source: str
    normal: str
    values: Values | None
    links: tuple[Plain, ...]
    flaw: MathReason | None
    choice: str


@lru_cache(maxsize=4096)
def read(text: str) -> Reading:
    """Read `text`, of bounded length, once; the samples of one problem share most answers."""
    source = clean_text(text)
    normal = normal_text(source)
    chain = read_chain(normal)
    values = Values(chain[-1:], Form.SINGLE) if chain else read_values(normal)
    option = _CHOICE.match(source) or _CHOICE.match(normal)
    choice = "" if option is None else option["letter"]
    return Reading(source, normal, values, chain, flaw_of(normal, chain), choice)
