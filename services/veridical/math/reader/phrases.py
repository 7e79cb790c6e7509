"""Units of measurement in a text: `km/h`, `m/s^2`, `square feet`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from veridical.math.reader.units import Named, canonical_unit

_PART = re.compile(
    r"""[ ]*(?P<joint>/[ ]*\(?|per(?![A-Za-z])|\\cdot(?![A-Za-z])|\\times(?![A-Za-z])|[·⋅*]|(?:(?<=\.)|(?<=[a-z]))-(?=[A-Za-z]))?[ ]*
    (?:(?P<raised>square|sq\.?|cubic|cu\.?)[ ]+)?
    (?P<name>[A-Za-zμµΩ]+|°[CF]?|[$€£¥])\.?
    (?:(?P<word>[ ](?:squared|cubed)(?![A-Za-z]))|\^?(?P<sign>[⁻]?)(?P<digit>[¹²³⁴])
      |\^(?:\{(?P<braced>-?\d)\}|(?P<bare>-?\d)|\((?P<round>-?\d)\)))?""",
    re.VERBOSE,
)
_DIGITS = {"¹": 1, "²": 2, "³": 3, "⁴": 4}
_MONEY = {"$": "dollar", "€": "euro", "£": "pound sterling", "¥": "yen"}
_ALONE = frozenset({"dozen", "cent"})
"""Units that mean something else beside others: a percentage, another number of them."""
_DEGREES = {"°": "degree", "°C": "celsius", "°F": "fahrenheit"}


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
        is_preposition = part["name"] == "in" and found and not joint
        if name is None or is_preposition or (name in _ALONE and (found or joint)):
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
