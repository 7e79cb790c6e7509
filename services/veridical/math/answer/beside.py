r"""What stands beside an answer and belongs to it: another one (`or $x+2$`), the unit behind its box."""

from __future__ import annotations

import re

from veridical.math.answer.span import Span
from veridical.math.reader.phrases import match_unit

_REACH = 240
_NEAR = 24
_FORMULA = r"(?:\$(?P<dollars>[^$]{1,200})\$|\\\((?P<brackets>.{1,200}?)\\\))"
_BEHIND = re.compile(
    rf"(?:[}}\s$*_]|\\[)\]])*[.,;]?\s*\(?(?:or|alternatively,?|otherwise,?)\s+(?:{_FORMULA}|(?P<word>[A-Za-z]+)\s*(?:[.,;)]|\Z))",
)
# "48 minutes past $t$, or" says the same in other words, so that only a formula that stands for itself counts.
_BEFORE = re.compile(
    rf"(?:^|[.:]|\b(?:is|are|be|either|equals))\s*{_FORMULA}\s*,?\s*or\s*(?:[$\s*]|\\[(\[])*(?:\\boxed\s?\{{)?\Z",
    re.MULTILINE,
)
_CLOSING = re.compile(r"\}(?:[\s$~]|\\[ ,;:)\]])*(?:\\(?:text|mathrm|mbox|textrm)\s?\{\s*)?")
_RAISED = re.compile(r"\s?\}\s?\^\s?\{?(?P<power>[23])")
_LETTERS = frozenset({"m", "g", "s", "h", "L", "l"})
_NO_UNITS = frozenset({"in", "In"})


def find_alternative(response: str, span: Span, start: int, end: int) -> str:
    """Return what is given with "or" beside the answer `response[start:end]`, empty if nothing is.

    That is a formula, or a word where the answer is words.
    """
    found = None
    near = response[end : end + _NEAR]
    if " or " in near or "(or " in near or "ternative" in near or "therwise" in near:
        found = _BEHIND.match(response, end, min(span.end, end + _REACH))
        if found is not None and found["word"]:
            return found["word"] if _is_words(response[start:end]) else ""
    if found is None and " or " in response[max(start - _NEAR, 0) : start]:
        found = _BEFORE.search(response, max(span.start, start - _REACH), start)
    if found is None or match_unit(response, found.end()) is not None:
        return ""
    return str(found["dollars"] or found["brackets"])


def _is_words(answer: str) -> bool:
    bare = answer.removeprefix(r"\text{").removesuffix("}").strip()
    return len(bare) > 1 and bare.isalpha()


def unit_behind(response: str, end: int) -> str:
    """Return the unit of measurement directly behind a box whose content ends at `end`; empty if none."""
    closing = _CLOSING.match(response, end)
    phrase = None if closing is None else match_unit(response, closing.end())
    if closing is None or phrase is None or any(exponent < 0 for _, exponent in phrase.unit[:1]):
        return ""
    written = response[closing.end() : phrase.end]
    is_unit = written in _LETTERS if len(written) == 1 else written not in _NO_UNITS
    if not is_unit or response[phrase.end : phrase.end + 1].isalnum():
        return ""
    raised = _RAISED.match(response, phrase.end)
    return written if raised is None else f"{written}^{raised['power']}"
