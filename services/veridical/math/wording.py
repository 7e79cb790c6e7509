"""The one formula of an answer in words: "We find that $x<3$", "exactly 42", "42 (forty-two)"."""

from __future__ import annotations

import re

from veridical.math.reader.counting import match_counted
from veridical.math.reader.vocabulary import is_denial, spelt_out

# What may introduce a formula and changes nothing about it; "half of" and "less than" would.
_INTRODUCTION = (
    r"(?:we|i|find|get|have|see|obtain|conclude|that|so|thus|hence|therefore|then|the|an?|final|correct|answer"
    r"|result|solution|value|number|total|matrix|vector|set|interval|is|are|equals?|it|this|which|gives|must|be"
    r"|exactly|precisely|simply|just|indeed|clearly)\b[\s,:]*"
)
_LABEL = r"(?P<label>[A-Za-z][A-Za-z ,'-]{0,60}?)\s?:\s*"
_UPRIGHT = re.compile(r"\A\s*\\(?:text(?:bf|it|rm)?|mathrm|mbox)\s?\{(?P<words>[A-Za-z :,]+)\}\s*")
_SENTENCE = re.compile(
    rf"(?P<words>(?:{_LABEL})?(?:{_INTRODUCTION}){{0,16}})"
    r"(?:\$(?P<dollars>[^$]+)\$|\\\((?P<brackets>[^$]+?)\\\)|(?P<bare>(?!.*\b(?:is|are|was|were)\b)[-+(]?(?:\\?\$)?[-+]?\d[^$]*))[.\s]*",
    re.IGNORECASE | re.DOTALL,
)
_REMARK = re.compile(
    r"(?P<value>.*[\d$}])\s*(?:\\text\s?\{\s*)?\((?P<words>[A-Za-z][A-Za-z -]{0,80})\)\s*\}?[.\s]*",
    re.DOTALL,
)
_WHOLE = re.compile(r"\$?(?P<digits>\d[\d,]{0,12})\$?")


def without_brackets(text: str) -> str:
    """Return `text` less a bracket behind it whose words repeat its number, or less the bracket alone.

    "42 (forty-two)" is "42", and "42 (apples)" is "42 apples".
    """
    match = _REMARK.fullmatch(text) if text.endswith((")", "}", ").", "}.")) else None
    if match is None:
        return text
    words = match["words"].strip()
    counted = match_counted(words, 0)
    whole = _WHOLE.fullmatch(match["value"].strip())
    number = None if whole is None else int(whole["digits"].replace(",", "") or 0)
    is_repeated = number is not None and spelt_out(number) == _plain(words)
    is_counted = counted is not None and counted.end == len(words)
    if is_repeated:
        return match["value"]
    return f"{match['value']} {words}" if is_counted else text


def _plain(words: str) -> str:
    return " ".join(words.lower().replace("-", " ").replace(" and ", " ").split())


def only_formula(text: str) -> str | None:
    """Return the one formula of `text` if nothing but an introduction or a label stands before it."""
    upright = _UPRIGHT.match(text)
    if upright is not None:
        text = f"{upright['words']} {text[upright.end() :]}"
    sentence = _SENTENCE.fullmatch(text.strip())
    if sentence is None or not sentence["words"].strip():
        return None
    if sentence["label"] and is_denial(sentence["label"]):
        return None
    return sentence["dollars"] or sentence["brackets"] or sentence["bare"]
