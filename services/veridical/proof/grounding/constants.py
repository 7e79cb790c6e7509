"""Numbers that everybody knows: how many of one unit make another."""

from __future__ import annotations

import re
from fractions import Fraction

ALWAYS = frozenset(map(Fraction, (0, 1, 2, 10, 100)))
"""Nothing, a whole, a pair or an average of two, shifting the decimal point, per cent."""

_KNOWN: tuple[tuple[frozenset[str], tuple[int, ...]], ...] = (
    (frozenset({"second", "minute", "hour", "sec", "min", "mph", "hr"}), (60, 3600)),
    (
        frozenset({"hour", "day", "daily", "clock", "am", "pm", "a.m", "p.m", "morning", "noon"}),
        (24, 12),
    ),
    (frozenset({"week", "weekly", "day", "daily", "everyday"}), (7, 14, 5)),
    (frozenset({"week", "weekly", "month", "monthly"}), (4,)),
    (frozenset({"week", "weekly", "year", "yearly", "annual", "annually"}), (52,)),
    (frozenset({"month", "monthly"}), (28, 29, 30, 31)),
    (
        frozenset({"month", "monthly", "year", "yearly", "annual", "annually", "season"}),
        (12, 4, 3, 6),
    ),
    (frozenset({"day", "daily", "year", "yearly", "annual", "annually", "leap"}), (365, 366, 360)),
    (frozenset({"decade", "century", "year"}), (100,)),
    (frozenset({"inch", "foot", "feet", "inche"}), (12, 144)),
    (frozenset({"foot", "feet", "yard"}), (3, 9)),
    (frozenset({"mile", "feet", "foot", "yard"}), (5280, 1760)),
    (frozenset({"ounce", "oz", "pound", "lb"}), (16,)),
    (frozenset({"pound", "lb", "ton"}), (2000,)),
    (frozenset({"cup", "pint", "quart", "gallon", "ounce"}), (4, 8, 16, 128)),
    (
        frozenset({"penny", "pennie", "nickel", "dime", "quarter", "coin", "cent", "dollar"}),
        (5, 10, 25, 4, 20),
    ),
    (
        frozenset({"kilo", "kilogram", "kg", "gram", "mg", "milligram", "g", "ton", "tonne"}),
        (1000,),
    ),
    (frozenset({"kilometer", "kilometre", "km", "meter", "metre", "m", "cm", "mm"}), (1000,)),
    (frozenset({"liter", "litre", "milliliter", "millilitre", "ml", "l"}), (1000,)),
    (frozenset({"degree", "angle", "triangle"}), (90, 180, 360)),
    (frozenset({"triangle", "triangular"}), (3,)),
    (
        frozenset({"square", "rectangle", "rectangular", "quadrilateral", "side", "card", "leg"}),
        (4,),
    ),
    (frozenset({"cube", "cubic", "box", "die", "dice"}), (3, 6)),
    (frozenset({"pentagon"}), (5,)),
    (frozenset({"hexagon", "insect"}), (6,)),
    (frozenset({"octagon", "octopus", "spider"}), (8,)),
    (frozenset({"dozen"}), (12,)),
    (frozenset({"card", "deck"}), (52, 13)),
    (
        frozenset({"dog", "cat", "cow", "horse", "animal", "sheep", "tire", "wheel", "car", "leg"}),
        (4,),
    ),
)
_WORD = re.compile(r"[a-z]+(?:\.[a-z])?")


def known(text: str) -> frozenset[Fraction]:
    """The constants that the units and things named in a text make common knowledge."""
    words = {word.removesuffix("s") for word in _WORD.findall(text.lower())}
    words |= {word.removesuffix("e") for word in words}
    found = {Fraction(value) for names, values in _KNOWN if names & words for value in values}
    return ALWAYS | found
