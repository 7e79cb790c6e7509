"""Arithmetic of a program's objects with values of the tests: what may be asked of its results."""

from __future__ import annotations

import pytest
from proxy_pair import tell_apart, told

POLYNOMIAL = """
class Poly:
    def __init__(self, *parts): self.parts = parts
    def __call__(self, x): return sum(one * x**power for power, one in enumerate(self.parts))
    def __add__(self, other): return Poly(self.parts[0] + other, *self.parts[1:])
    def __mul__(self, other): return Poly(*(one * other for one in self.parts))
    def __pow__(self, power): return Poly(*({zeros}, *self.parts))
    @property
    def degree(self): return len(self.parts) - 1
X = Poly(0, 1)
def line(): return Poly(0, 1)
"""
RIGHT = POLYNOMIAL.format(zeros="*(0,) * (power - 1)")
WRONG = POLYNOMIAL.format(zeros="*(0,) * power")
POWERS = """
assert Poly and (X**2)(3) == 9
assert (X**2 * 3 + 1)(2) == 13
assert (X**3).degree == 3 and (line()**2)(2) == 4
"""


def test_powers_of_what_the_program_made_are_called_as_its_sums_are() -> None:
    tell_apart(RIGHT, WRONG, POWERS)


NOTHING = """
class Nothing:
    def __abs__(self): return 0
    def __len__(self): return 0
    def __call__(self, *given): return 0
    days = real = 0
class Money:
    def __{name}__(self, *other): return Nothing()
def f(x): return Money()
"""
DIFFERENCES = {
    "sub": "r = f(2) - 41\n",
    "truediv": "r = f(2) / 41\n",
    "isub": "r = f(2)\nr -= 41\n",
    "itruediv": "r = f(2)\nr /= 41\n",
    "ixor": "r = f(2)\nr ^= {41}\n",
    "rsub": "r = 41 - f(2)\n",
    "pow": "r = pow(f(2), 1, 41)\n",
}
ASKED = ("abs(r) < 1", "len(r) == 0", "r() == 0", "r.real == 0")


@pytest.mark.parametrize("asked", ASKED)
@pytest.mark.parametrize("name", DIFFERENCES)
def test_differences_are_asked_for_nothing(name: str, asked: str) -> None:
    tests = f"assert Money\n{DIFFERENCES[name]}assert {asked}\n"
    assert told(NOTHING.format(name=name), tests) in ("wrong_answer", "runtime_error")
