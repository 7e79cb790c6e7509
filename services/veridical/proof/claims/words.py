"""Words around formulas: units, words that change a number, and cues for what a claim is put forward as."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_DIMENSIONS = {
    "time": "second seconds sec secs minute minutes min mins hour hours hr hrs day days week weeks month months year "
    "years decade decades century centuries fortnight",
    "length": "inch inches foot feet ft yard yards mile miles meter meters metre metres cm km mm centimeter centimeters "
    "centimetres kilometer kilometers kilometre kilometres millimeter millimeters",
    "weight": "gram grams g kg kilogram kilograms kilos ounce ounces oz pound pounds lb lbs mg ton tons tonne tonnes",
    "volume": "cup cups pint pints quart quarts gallon gallons liter liters litre litres ml milliliter milliliters "
    "tablespoon tablespoons teaspoon teaspoons tbsp tsp",
    "money": "dollar dollars usd cent cents quarter quarters dime dimes nickel nickels penny pennies pence",
    "count": "dozen dozens pair pairs couple score gross half halves",
    "angle": "degree degrees radian radians",
    "speed": "mph kph",
}
_SAME = {
    "sec": "second", "secs": "second", "min": "minute", "mins": "minute", "hr": "hour", "hrs": "hour",
    "centuries": "century", "inches": "inch", "feet": "foot", "ft": "foot", "cm": "centimeter", "mm": "millimeter",
    "km": "kilometer", "metre": "meter", "metres": "meter", "centimetres": "centimeter", "kilometre": "kilometer",
    "kilometres": "kilometer", "g": "gram", "kg": "kilogram", "kilos": "kilogram", "oz": "ounce", "lb": "pound",
    "lbs": "pound", "tonne": "ton", "tonnes": "ton", "litre": "liter", "litres": "liter", "ml": "milliliter",
    "tbsp": "tablespoon", "tsp": "teaspoon", "usd": "dollar", "pennies": "penny", "pence": "penny", "halves": "half",
}  # fmt: skip


def _unit_table() -> Mapping[str, tuple[str, str]]:
    table = {}
    for dimension, words in _DIMENSIONS.items():
        for word in words.split():
            table[word] = (dimension, _SAME.get(word, word.removesuffix("s")))
    return MappingProxyType(table)


UNITS = _unit_table()
"""Units of measurement by their words: dimension and singular."""

MULTIPLES: Mapping[str, str] = MappingProxyType(
    {
        "hundred": "10^2",
        "thousand": "10^3",
        "million": "10^6",
        "billion": "10^9",
        "trillion": "10^12",
    }
)
"""Words that multiply the number before them, as the reader of terms writes what by."""

OPERATORS: Mapping[tuple[str, ...], str] = MappingProxyType(
    {
        ("times",): "\\times ",
        ("x",): "\\times ",
        ("plus",): "+",
        ("minus",): "-",
        ("divided", "by"): "\\div ",
        ("multiplied", "by"): "\\times ",
    }
)
"""Words that stand for an operator between two numbers."""

CHANGING = frozenset(
    "more less fewer times plus minus over of squared cubed percent percentage hundred thousand million billion "
    "trillion dozen dozens pairs remainder r mod modulo to by divided multiplied factorial choose th half halves "
    "quarter third thirds quarters fifths point twice thrice double triple than power raised and or base rem".split()  # noqa: SIM905
)
"""Words right behind a number that say that it is not the whole value."""

TAKING = frozenset(
    "of half twice thrice double triple times plus minus by than over percent and or between from square cube root "
    "squared negative ratio difference mod modulo divided multiplied quotient add adding subtract subtracting "
    "quarter third fourth fifth tenth exceeds log ln sin cos tan sqrt until through versus vs".split()  # noqa: SIM905
)
"""Words right before a formula that may take it into a larger expression."""

NEUTRAL_BEFORE_OF = frozenset(
    "total sum cost value result amount number area length volume average price maximum minimum answer profit "
    "distance rate speed time age weight height width perimeter sides product remainder probability form equation "
    "expression capacity salary earnings savings revenue bill change measure degree coefficient at discount score "
    "worth equivalent multiple multiples consisting out fee sale income budget quantity set list range balance gain loss charge pay".split()  # noqa: SIM905
)
"""Words after which `of` only introduces what a number is."""

LABELS = frozenset(
    "day step case week part option figure equation question number problem year month round stage chapter section "
    "page line row column eq item example game level grade class room table person group team store shop trip "
    "container box bag jar type solution method theorem lemma note scenario phase".split()  # noqa: SIM905
)
"""Words that a number behind them only labels."""
