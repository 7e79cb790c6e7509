"""Units of measurement: what they measure, and how they convert.

A unit has one canonical name, mostly its symbol: `metres` is `m` and `km/h` is `km` and `h^-1`. A noun
behind a number ("5 apples") is a unit of a dimension of its own. Degrees of temperature do not
convert, since their zeros differ; degrees of an angle are `degree`, with radians a dimension apart,
since π is no fraction.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType

Named = tuple[tuple[str, int], ...]
"""Names of units, each with its exponent, as in `terms.Quantity.unit`."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of measurement.

    Attributes:
        factor: How many base units it is.
        dimension: Base dimensions with their exponents, sorted by name, none of them 0.
    """

    factor: Fraction
    dimension: Named


def _unit(factor: str, **dimension: int) -> Unit:
    return Unit(Fraction(factor), tuple(sorted(dimension.items())))


_PREFIXED = {
    "m": ("meter metre", _unit("1", length=1)),
    "g": ("gram gramme", _unit("1/1000", mass=1)),
    "s": ("second", _unit("1", time=1)),
    "A": ("ampere amp", _unit("1", current=1)),
    "K": ("kelvin", _unit("1", temperature=1)),
    "mol": ("mole", _unit("1", amount=1)),
    "N": ("newton", _unit("1", mass=1, length=1, time=-2)),
    "J": ("joule", _unit("1", mass=1, length=2, time=-2)),
    "W": ("watt", _unit("1", mass=1, length=2, time=-3)),
    "Pa": ("pascal", _unit("1", mass=1, length=-1, time=-2)),
    "Hz": ("hertz", _unit("1", time=-1)),
    "V": ("volt", _unit("1", mass=1, length=2, time=-3, current=-1)),
    "C": ("coulomb", _unit("1", current=1, time=1)),
    "F": ("farad", _unit("1", mass=-1, length=-2, time=4, current=2)),
    "Ω": ("ohm", _unit("1", mass=1, length=2, time=-3, current=-2)),
    "T": ("tesla", _unit("1", mass=1, time=-2, current=-1)),
    "Wb": ("weber", _unit("1", mass=1, length=2, time=-2, current=-1)),
    "H": ("henry", _unit("1", mass=1, length=2, time=-2, current=-2)),
    "L": ("liter litre", _unit("1/1000", length=3)),
    "eV": ("electronvolt", _unit("1.602176634e-19", mass=1, length=2, time=-2)),
    "cal": ("calorie", _unit("4.184", mass=1, length=2, time=-2)),
    "bar": ("bar", _unit("100000", mass=1, length=-1, time=-2)),
}
_PREFIXES = {
    "T": ("tera", "1e12"),
    "G": ("giga", "1e9"),
    "M": ("mega", "1e6"),
    "k": ("kilo", "1000"),
    "d": ("deci", "1/10"),
    "c": ("centi", "1/100"),
    "m": ("milli", "1/1000"),
    "μ": ("micro", "1e-6"),
    "n": ("nano", "1e-9"),
    "p": ("pico", "1e-12"),
}
_SINGLE = {
    "min": ("minute", _unit("60", time=1)),
    "h": ("hour hr", _unit("3600", time=1)),
    "day": ("day", _unit("86400", time=1)),
    "week": ("week wk", _unit("604800", time=1)),
    "month": ("month", _unit("1", month=1)),
    "year": ("year yr", _unit("12", month=1)),
    "inch": ("inch inche", _unit("0.0254", length=1)),
    "ft": ("foot feet", _unit("0.3048", length=1)),
    "yd": ("yard", _unit("0.9144", length=1)),
    "mi": ("mile", _unit("1609.344", length=1)),
    "lb": ("pound lbs", _unit("0.45359237", mass=1)),
    "oz": ("ounce", _unit("0.028349523125", mass=1)),
    "ton": ("ton", _unit("1", ton=1)),
    "tonne": ("tonne", _unit("1000", mass=1)),
    "ha": ("hectare", _unit("10000", length=2)),
    "acre": ("acre", _unit("4046.8564224", length=2)),
    "gal": ("gallon", _unit("0.003785411784", length=3)),
    "qt": ("quart", _unit("0.000946352946", length=3)),
    "pint": ("pint", _unit("0.000473176473", length=3)),
    "cup": ("cup", _unit("0.0002365882365", length=3)),
    "mph": ("mph", _unit("0.44704", length=1, time=-1)),
    "kph": ("kph kmph", _unit("5/18", length=1, time=-1)),
    "lbf": ("lbf", _unit("4.4482216152605", mass=1, length=1, time=-2)),
    "atm": ("atmosphere", _unit("101325", mass=1, length=-1, time=-2)),
    "amu": ("amu", _unit("1", amu=1)),
    "dollar": ("dollar usd USD bucks", _unit("1", dollar=1)),
    "cent": ("cent", _unit("1/100", dollar=1)),
    "euro": ("euro eur EUR", _unit("1", euro=1)),
    "pound sterling": ("gbp GBP quid", _unit("1", sterling=1)),
    "penny": ("pence penny pennies", _unit("1/100", sterling=1)),
    "yen": ("yen JPY", _unit("1", yen=1)),
    "yuan": ("yuan RMB CNY", _unit("1", yuan=1)),
    "rupee": ("rupee Rs INR", _unit("1", rupee=1)),
    "degree": ("degree deg", _unit("1", angle=1)),
    "arcminute": ("arcminute", _unit("1/60", angle=1)),
    "arcsecond": ("arcsecond", _unit("1/3600", angle=1)),
    "revolution": ("revolution rev", _unit("360", angle=1)),
    "radian": ("radian rad", _unit("1", radian=1)),
    "steradian": ("steradian sr", _unit("1", steradian=1)),
    "celsius": ("celsius degC centigrade", _unit("1", celsius=1)),
    "fahrenheit": ("fahrenheit degF", _unit("1", fahrenheit=1)),
    "dozen": ("dozen", _unit("12")),
    "unit": ("unit", _unit("1")),
    "rpm": ("rpm", _unit("6", angle=1, time=-1)),
    "dB": ("decibel", _unit("1", decibel=1)),
    "bit": ("bit", _unit("1", bit=1)),
    "byte": ("byte", _unit("8", bit=1)),
    "kWh": ("kWh", _unit("3600000", mass=1, length=2, time=-2)),
    "mmHg": ("mmHg", _unit("133.322387415", mass=1, length=-1, time=-2)),
}


def _prefixed() -> Iterable[tuple[str, str, Unit]]:
    """Yield every way of writing a unit, its canonical name, and the unit."""
    for symbol, (words, unit) in _PREFIXED.items():
        yield symbol, symbol, unit
        for word in words.split():
            yield word, symbol, unit
        for prefix, (long_prefix, factor) in _PREFIXES.items():
            scaled = Unit(unit.factor * Fraction(factor), unit.dimension)
            yield prefix + symbol, prefix + symbol, scaled
            for word in words.split():
                yield long_prefix + word, prefix + symbol, scaled


def _tables() -> tuple[dict[str, Unit], dict[str, str]]:
    units: dict[str, Unit] = {}
    canonical: dict[str, str] = {}
    for written, name, unit in _prefixed():
        units[name] = unit
        canonical[written] = name
    for name, (words, unit) in _SINGLE.items():
        units[name] = unit
        canonical |= dict.fromkeys((name, *words.split()), name)
    # Symbols that would otherwise hide words or each other.
    canonical |= {"l": "L", "ml": "mL", "cl": "cL", "dl": "dL", "in": "inch", "cc": "mL"}
    canonical |= {"µm": "μm", "µg": "μg", "µs": "μs", "um": "μm", "sec": "s", "hrs": "h"}
    canonical |= {"mins": "min", "kgs": "kg", "ohms": "Ω", "kmh": "kph", "micron": "μm"}
    return units, canonical


_UNITS, _CANONICAL = _tables()
UNITS = MappingProxyType(_UNITS)
"""Units of measurement by canonical name."""


def canonical_unit(word: str) -> str | None:
    """Return the canonical name of the unit written as `word`, None if there is no such unit."""
    if (name := _CANONICAL.get(word)) is not None:
        return name
    if len(word) < 3:
        return None
    lower = word.lower()
    return _CANONICAL.get(lower) or _CANONICAL.get(lower.removesuffix("s"))


def measure(unit: Named) -> Unit:
    """Return the product of the units in `unit`; a noun is a dimension of its own."""
    factor = Fraction(1)
    dimension: dict[str, int] = {}
    for name, exponent in unit:
        known = _UNITS.get(name) or Unit(Fraction(1), ((f"noun {name}", 1),))
        factor *= known.factor**exponent
        for base, power in known.dimension:
            dimension[base] = dimension.get(base, 0) + power * exponent
    return Unit(factor, tuple(sorted(item for item in dimension.items() if item[1])))
