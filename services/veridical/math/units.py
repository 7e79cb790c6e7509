"""The units that stand behind plain numbers, and how they convert."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import NamedTuple


class Unit(NamedTuple):
    """A unit: `factor` times the base unit of `dimension`.

    A noun that is no unit of measurement ("5 apples") is a dimension of its own.
    """

    dimension: str
    factor: Fraction = Fraction(1)


_LENGTH = {"m": "1", "km": "1000", "dm": "1/10", "cm": "1/100", "mm": "1/1000"}
_LENGTH |= {"meter": "1", "metre": "1", "kilometer": "1000", "kilometre": "1000"}
_LENGTH |= {"centimeter": "1/100", "centimetre": "1/100", "millimeter": "1/1000"}
_LENGTH |= {"millimetre": "1/1000", "inch": "127/5000", "inche": "127/5000", "in": "127/5000"}
_LENGTH |= {"foot": "381/1250", "feet": "381/1250", "ft": "381/1250", "yard": "1143/1250"}
_LENGTH |= {"yd": "1143/1250", "mile": "201168/125", "mi": "201168/125"}
_MASS = {"g": "1", "gram": "1", "kg": "1000", "kilogram": "1000", "mg": "1/1000"}
_MASS |= {"milligram": "1/1000", "pound": "45359237/100000", "lb": "45359237/100000"}
_TIME = {"s": "1", "sec": "1", "second": "1", "min": "60", "minute": "60", "h": "3600"}
_TIME |= {"hr": "3600", "hour": "3600", "day": "86400", "week": "604800"}
_VOLUME = {"l": "1", "liter": "1", "litre": "1", "ml": "1/1000", "milliliter": "1/1000"}
_MONEY = {"$": "1", "dollar": "1", "usd": "1", "cent": "1/100"}
_ANGLE = {"°": "1", "degree": "1", "deg": "1"}
_TABLE = {
    name: Unit(dimension, Fraction(factor))
    for dimension, table in (
        ("length", _LENGTH),
        ("mass", _MASS),
        ("time", _TIME),
        ("volume", _VOLUME),
        ("money", _MONEY),
        ("angle", _ANGLE),
    )
    for name, factor in table.items()
}
# Words that make a number something else than that number of things.
_NO_NOUNS = re.compile(
    r"\b(?:and|are|at|base|billion|but|dozen|factorial|for|half|hundred|if|is|least|less|lot|million"
    r"|minus|mod|modulo|more|most|no|none|not|of|or|over|per|percent|pi|plus|radians?|some|sqrt"
    r"|squared|than|thousand|times|to|where|with"
    r"|cubed|doubled|dozens|fifths|fourths|halved|halves|hundreds|hundredths|inverted|millions|negated"
    r"|(?:b|m|tr)illionths|billions|sixths|tenths|thirds|thousands|thousandths|tripled|trillions?)\b"
)
_POWER = re.compile(r"(?P<name>.+?)\^\{?(?P<power>[23])\}?")
_SQUARE = re.compile(r"(?:(?P<square>square|sq\.?)|(?:cubic|cu\.?)) (?P<name>.+)")


def read_unit(text: str) -> Unit | None:
    """Read `text`, what follows a number, as a unit; None if it is not certainly one."""
    text = text.strip().lower()
    if (power := _POWER.fullmatch(text)) is not None:
        return _raised(power["name"], int(power["power"]))
    if (square := _SQUARE.fullmatch(text)) is not None:
        return _raised(square["name"], 2 if square["square"] else 3)
    singular = text[:-1] if len(text) > 2 and text.endswith("s") else text
    known = _TABLE.get(text) or _TABLE.get(singular)
    if known is not None:
        return known
    if len(text) < 3 or not text.replace(" ", "").isalpha() or _NO_NOUNS.search(text):
        return None
    return Unit(singular)


def _raised(name: str, power: int) -> Unit | None:
    unit = read_unit(name)
    return None if unit is None else Unit(f"{unit.dimension}^{power}", unit.factor**power)
