"""Units of measurement and how they convert."""

from __future__ import annotations

from fractions import Fraction

import pytest

from veridical.math.reader import read_term
from veridical.math.reader.units import Unit, measure
from veridical.math.terms import Number, Quantity


def _measured(text: str) -> tuple[Fraction, Unit]:
    term = read_term(text)
    assert isinstance(term, Quantity)
    assert isinstance(term.value, Number)
    unit = measure(term.unit)
    return term.value.value * unit.factor, Unit(Fraction(1), unit.dimension)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1 km", "1000 m"),
        ("36 km/h", "10 m/s"),
        (r"36 \text{ km}/\text{h}", r"10\text{ m s}^{-1}"),
        ("1 L", "1000 cm^3"),
        ("1 hour", "60 minutes"),
        ("2 inches", "5.08 centimeters"),
        ("1 mile", "5280 feet"),
        ("1 kWh", "3600 kJ"),
        ("1 N", "1 kg m/s^2"),
        ("3 square meters", "30000 cm²"),
        ("200 cents", r"\$2"),
        ("1 year", "12 months"),
        ("12 apples", r"12\text{ apples}"),
        ("1 Pa", "1 N/m^2"),
    ],
)
def test_equal_quantities_measure_the_same(one: str, other: str) -> None:
    assert _measured(one) == _measured(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("5 km", "5 m"),
        ("5 km", "5 kg"),
        ("5 m", "5 m^2"),
        ("5 apples", "5 pears"),
        ("20 °C", "20 °F"),
        ("20 °C", "20°"),
        ("5 dollars", "5 euros"),
        ("30 degrees", "30 radians"),
    ],
)
def test_different_quantities_do_not(one: str, other: str) -> None:
    assert _measured(one) != _measured(other)
