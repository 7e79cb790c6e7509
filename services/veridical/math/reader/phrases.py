"""Units and nouns in a text: `km/h`, `m/s^2`, `square feet`, `red apples`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from veridical.math.reader.units import Named, canonical_unit

_PART = re.compile(
    r"""[ ]*(?P<joint>/[ ]*\(?|per(?![A-Za-z])|\\cdot(?![A-Za-z])|\\times(?![A-Za-z])|[·⋅*]|(?:(?<=\.)|(?<=[a-z]))-(?=[A-Za-z]))?[ ]*
    (?:(?P<raised>square|sq\.?|cubic|cu\.?)[ ]+)?
    (?P<name>[A-Za-zμµΩ]+|°[CF]|[$€£¥])\.?
    (?:(?P<word>[ ](?:squared|cubed)(?![A-Za-z]))|\^?(?P<sign>[⁻]?)(?P<digit>[¹²³⁴])
      |\^(?:\{(?P<braced>-?\d)\}|(?P<bare>-?\d)|\((?P<round>-?\d)\)))?""",
    re.VERBOSE,
)
_DIGITS = {"¹": 1, "²": 2, "³": 3, "⁴": 4}
_MONEY = {"$": "dollar", "€": "euro", "£": "pound sterling", "¥": "yen"}
_DEGREES = {"°C": "celsius", "°F": "fahrenheit"}


@dataclass(frozen=True, slots=True)
class Phrase:
    """Units as written in a text.

    Attributes:
        unit: The units.
        end: Offset behind them.
        parts: How many words or symbols they are.
    """

    unit: Named
    end: int
    parts: int


def match_unit(text: str, start: int) -> Phrase | None:
    """Return the longest unit of measurement written in `text` from `start` on, such as `km/h`."""
    found: list[tuple[str, int]] = []
    end = start
    below = is_open = False
    while len(found) < 8 and (part := _PART.match(text, end)) is not None:
        joint = (part["joint"] or "")[:1]
        if joint and not found and joint not in "/p":
            break
        name = _name(part["name"])
        if name is None:
            break
        # In `J/mol K` all that follows the stroke is below it.
        below = below or joint in {"/", "p"}
        is_open = is_open or (part["joint"] or "").endswith("(")
        exponent = _exponent(part)
        found.append((name, -exponent if below else exponent))
        end = part.end()
    if is_open:
        end += 1
        if text[end - 1 : end] != ")":
            return None
    return Phrase(tuple(found), end, len(found)) if found else None


def _name(written: str) -> str | None:
    return _MONEY.get(written) or _DEGREES.get(written) or canonical_unit(written)


def _exponent(part: re.Match[str]) -> int:
    if part["raised"]:
        return 2 if part["raised"].startswith("s") else 3
    if part["word"]:
        return 2 if "squared" in part["word"] else 3
    if part["digit"]:
        return -_DIGITS[part["digit"]] if part["sign"] else _DIGITS[part["digit"]]
    return int(part["braced"] or part["bare"] or part["round"] or 1)


_NO_NOUNS = """
    a an and approximately are as at base be because but by can cannot cis could does equals every
    exactly for from factorial half has have hundred if in is it least less lot million minus mod
    modulo more most must no none not of off on only or over per pi plus since so some sqrt squared
    than that the then there therefore this thousand thus times to undefined when where which with
    will would billion trillion percent infinity sin cos tan log ln cubed doubled halved halves
    negated inverted tripled thirds fourths fifths sixths tenths hundredths thousandths millionths
    billionths trillionths hundreds thousands millions billions trillions
"""
_NOT_NOUNS = frozenset(_NO_NOUNS.split())
_NOUN = re.compile(
    r"\s*(?:of (?:the |a |an )?)?(?P<words>[A-Za-z][a-z]+(?:[ -](?!(?:and|or)\b)[A-Za-z][a-z]+){0,3}(?![A-Za-z]))\.?"
)


def match_noun(text: str, start: int) -> Phrase | None:
    """Return what is counted in `text` from `start` on: one to four words, such as `red apples`."""
    match = _NOUN.match(text, start)
    if match is None:
        return None
    words = match["words"].lower().split()
    if not _NOT_NOUNS.isdisjoint(words) or len(match["words"]) < 3:
        return None
    words[-1] = singular(words[-1])
    return Phrase(((" ".join(words), 1),), match.end(), 1)


def singular(word: str) -> str:
    """Return an English plural without its ending, the same for every form of one noun."""
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "xes", "sses")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith("ss") and len(word) > 3 else word
