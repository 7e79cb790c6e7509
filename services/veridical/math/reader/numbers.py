"""Number literals: integers, decimals, thousands, scientific notation, bases."""

from __future__ import annotations

import re
from fractions import Fraction

from veridical.math.reader.errors import ReadError, TooComplexError
from veridical.math.reader.limits import MAX_DIGITS
from veridical.math.reader.tokens import Token
from veridical.math.terms import Number, Product, Quantity, Term

_SEPARATORS = re.compile(r"\{,\}|\\.|[\s,!]")
_DECIMAL_COMMA = re.compile(r"(?P<whole>\d+)(?:,(?P<tail>0\d+|\d{1,2})|\{,\}(?P<braced>\d+))")
_BASED = re.compile(
    r"(?P<digits>[0-9A-F]+)(?:\.(?P<decimals>[0-9A-F]+))?[ ]?_[ ]?(?:\{\s*(?:\\text\s*\{)?\s*)?"
    r"(?P<base>\d+|[a-z]+)"
)
_NUMERALS = """
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
    sixteen seventeen eighteen nineteen twenty
"""
NUMERALS = {word: value for value, word in enumerate(_NUMERALS.split())}
"""Small numbers in words."""
_MAX_BASE = 36


def read_number(text: str) -> Number:
    """Return the number written as `text`, separators and power of ten included.

    Raises:
        TooComplexError: It has too many digits, or too large a power of ten.
    """
    if text.isdecimal():
        _check_digits(len(text))
        return Number(Fraction(int(text)))
    if text.count(".") > 1:
        text = text.replace(".", "")
    mantissa, _, exponent = text.partition("e" if "e" in text else "E")
    places = int(exponent) if exponent and len(exponent) < 6 else 0
    if len(exponent) >= 6:
        raise TooComplexError("too large a power of ten")
    comma = _DECIMAL_COMMA.fullmatch(mantissa)
    if comma is not None and _is_decimal(comma):
        mantissa = f"{comma['whole']}.{comma['tail'] or comma['braced']}"
    whole, point, decimals = _SEPARATORS.sub("", mantissa).partition(".")
    return _scaled(whole + decimals, places - len(decimals), is_exact=not point)


def _is_decimal(comma: re.Match[str]) -> bool:
    """Say whether a comma stands before decimals and not between thousands."""
    digits = comma["tail"] or comma["braced"]
    return len(digits) != 3 or comma["whole"].startswith("0") or len(comma["whole"]) > 3


def _scaled(digits: str, places: int, *, is_exact: bool) -> Number:
    _check_digits(len(digits) + abs(places))
    unit = Fraction(10) ** places
    return Number(int(digits) * unit, None if is_exact and places >= 0 else unit)


def _check_digits(count: int) -> None:
    if count > MAX_DIGITS:
        raise TooComplexError(f"a number of more than {MAX_DIGITS} digits")


def times_power_of_ten(number: Number, exponent: Term) -> Term | None:
    """Return `number`, a decimal, times ten to a literal `exponent`; None if that is no literal."""
    if number.step is None or not isinstance(exponent, Number) or exponent.value.denominator > 1:
        return None
    places = int(exponent.value)
    if abs(places) > MAX_DIGITS:
        return None
    unit = Fraction(10) ** places
    return Number(number.value * unit, number.step * unit)


def read_based(token: Token) -> Number:
    """Return a numeral with its base, such as `1101_2` or `1A3_{16}`.

    Raises:
        ReadError: The base is none, or it has no such digits.
        TooComplexError: It has too many digits.
    """
    match = _BASED.match(token.text)
    assert match is not None
    named = match["base"]
    base = int(named) if named.isdecimal() and len(named) < 3 else NUMERALS.get(named, 0)
    decimals = match["decimals"] or ""
    return in_base(match["digits"], decimals, base, token.start)


def in_base(digits: str, decimals: str, base: int, offset: int) -> Number:
    """Return the numeral `digits.decimals` of `base`.

    Raises:
        ReadError: The base is none, or it has no such digits.
        TooComplexError: It has too many digits.
    """
    _check_digits(len(digits) + len(decimals))
    if not 2 <= base <= _MAX_BASE:
        raise ReadError("a base beyond 2 to 36", offset)
    written = digits + decimals
    if not written.isalnum() or any(int(digit, _MAX_BASE) >= base for digit in written):
        raise ReadError(f"no digits of base {base}", offset)
    return Number(Fraction(int(digits + decimals, base), base ** len(decimals)), base=base)


def negated(term: Term) -> Term:
    """Return `-term`: a negative literal where `term` begins with a number."""
    if isinstance(term, Number):
        return Number(-term.value, term.step, term.base)
    if isinstance(term, Quantity):
        return Quantity(negated(term.value), term.unit)
    if isinstance(term, Product):
        first, *rest = term.factors
        if isinstance(first, Number):
            return Product((Number(-first.value, first.step, first.base), *rest))
        return Product((MINUS_ONE, *term.factors))
    return Product((MINUS_ONE, term))


def number(value: int) -> Number:
    """Return the literal `value`."""
    return Number(Fraction(value))


MINUS_ONE = Number(Fraction(-1))
ONE = Number(Fraction(1))
"""The literals that the grammar itself puts in."""
