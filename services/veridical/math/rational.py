"""Plain numbers, read exactly: integers, decimals, fractions, mixed numbers, powers of ten."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from veridical.math.reader.counting import match_counted
from veridical.math.reader.phrases import match_unit
from veridical.math.reader.units import Unit, measure

_INTEGER = r"(?:\d{1,3}(?:,\d{3})+(?!\d)|\d{1,1000})"
_NUMBER = re.compile(
    rf"""(?:(?P<name>[A-Za-z]{{1,12}}(?:_\w)?)=)?
    (?P<currency>[$€£¥]?)(?P<sign>[+-]?)(?P<currency2>[$€£¥]?)
    (?:
      \\frac(?:\{{(?P<top>[+-]?\d{{1,1000}})\}}\{{(?P<bottom>[+-]?\d{{1,1000}})\}}|(?P<digits>\d\d))
      |(?P<whole>\d{{1,1000}})
       (?:\\frac\{{(?P<part>\d{{1,1000}})\}}\{{(?P<of>\d{{1,1000}})\}}
         |[ ](?P<part2>\d{{1,1000}})/(?P<of2>\d{{1,1000}}))
      |(?P<left>{_INTEGER})/(?P<right>\d{{1,1000}})
      |(?P<integer>{_INTEGER})?(?P<decimals>\.\d{{0,1000}})?
       (?:(?:[eE]|(?:\\cdot|\*)[ ]?10\^)(?:\{{(?P<braced>[+-]?\d{{1,3}})\}}|(?P<exponent>[+-]?\d{{1,3}})))?
    )
    (?:(?P<percent>[ ]?(?:%|per[ ]?cent|pct))|\^\{{(?:st|nd|rd|th)\}}|(?P<unit>°|[ ]?[A-Za-z][A-Za-z ]{{0,40}}(?:\^\{{?[23]\}}?)?))?
    """,
    re.VERBOSE,
)


_BASED = re.compile(r"(?P<digits>\d[0-9A-F]{0,999})_\{?(?P<base>[1-9]\d?)\}?")


@dataclass(frozen=True, slots=True)
class Plain:
    """A plain number.

    Attributes:
        value: Its exact value, a percent sign left out of account.
        decimals: Digits written behind the decimal point, None where there is no decimal point.
        percent: Whether a percent sign follows.
        unit: The unit behind it, or the currency before it.
        unit_certain: Whether that unit cannot be a variable.
        name: The variable in `x=5`, empty if there is none.
        base: The base written with it, as in `100_2`, None where it is decimal without saying so.
    """

    value: Fraction
    decimals: int | None = None
    percent: bool = False
    unit: Unit | None = None
    unit_certain: bool = True
    name: str = ""
    base: int | None = None


def read_plain(text: str) -> Plain | None:
    """Read `text`, a text in normal form, as one plain number; None if it is anything else."""
    if text.isdecimal() and text.isascii() and len(text) <= 1000:
        return Plain(Fraction(int(text)))
    if (based := _BASED.fullmatch(text)) is not None:
        return _read_based(based)
    match = _NUMBER.fullmatch(text)
    magnitude = None if match is None else _magnitude(match)
    if match is None or magnitude is None:
        return None
    written = (match["unit"] or match["currency"] or match["currency2"] or "").strip()
    unit = _read_unit(written, one=magnitude <= 1)
    if unit is None or (not unit.dimension and unit.factor != 1):
        return None
    return Plain(
        value=-magnitude if match["sign"] == "-" else magnitude,
        decimals=None if match["decimals"] is None else len(match["decimals"]) - 1,
        percent=match["percent"] is not None,
        unit=unit if unit.dimension else None,
        unit_certain=len(written) != 1 or not written.isalpha(),
        name=match["name"] or "",
    )


def _read_unit(written: str, *, one: bool) -> Unit | None:
    """Return the product of the units that `written` is; None if it is not certainly units."""
    if not written:
        return measure(())
    for phrase in (match_unit(written, 0), match_counted(written, 0, one=one)):
        if phrase is not None and phrase.end == len(written):
            return measure(phrase.unit)
    return None


def _read_based(match: re.Match[str]) -> Plain | None:
    base = int(match["base"])
    if not 2 <= base <= 36 or any(int(digit, 36) >= base for digit in match["digits"]):
        return None
    return Plain(Fraction(int(match["digits"], base)), base=base)


def _magnitude(match: re.Match[str]) -> Fraction | None:
    if match["digits"]:
        return _ratio(match["digits"][0], match["digits"][1])
    if match["top"]:
        return _ratio(match["top"], match["bottom"])
    if match["whole"]:
        part = _ratio(match["part"] or match["part2"], match["of"] or match["of2"])
        return None if part is None else int(match["whole"]) + part
    if match["left"]:
        return _ratio(match["left"].replace(",", ""), match["right"])
    return _decimal(match)


def _ratio(numerator: str, denominator: str) -> Fraction | None:
    divisor = int(denominator)
    return Fraction(int(numerator), divisor) if divisor else None


def _decimal(match: re.Match[str]) -> Fraction | None:
    digits = (match["integer"] or "").replace(",", "")
    decimals = match["decimals"] or ""
    if not digits and len(decimals) < 2:
        return None
    exponent = int(match["braced"] or match["exponent"] or 0)
    places = max(len(decimals) - 1, 0)
    return Fraction(int(digits + decimals[1:])) * Fraction(10) ** (exponent - places)
