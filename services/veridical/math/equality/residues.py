"""Values of terms in a prime field, at points that nobody can aim at.

A rational function with rational coefficients has a residue modulo a prime at almost every point.
Two different residues at one point refute equality exactly. Equal residues at a random point mean
equal functions, but for a chance of degree / prime (Schwartz, Zippel); the degree is bounded by the
size of a term. What is no rational function (a sine, a root) counts as an unknown of its own, the
same for the same function of the same residues: that proves equality and refutes nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from fractions import Fraction

from veridical.math.equality.exact import fold
from veridical.math.equality.functions import KNOWN_FUNCTIONS
from veridical.math.equality.survey import BINDING
from veridical.math.equality.work import Work
from veridical.math.terms import Apply, Constant, Number, Power, Product, Sum, Symbol, Term

PRIME = 1811004864519283319
"""The first safe prime that is 3 modulo 4 above 2^59 π.

It has no short form such as 2^61 - 1, and (p - 1) / 2 is a prime, too, so that a multiple of it, as p
itself or by Fermat's theorem, needs literals of 61 bits in all. Terms with as many are also compared by
value.
"""


SOMEBODYS = "f"
"""The kind of the unknowns that stand for functions without a meaning of their own."""
_KNOWN = KNOWN_FUNCTIONS | {"power", "i"}


class NoResidueError(Exception):
    """A term has no residue at a point: a division by zero, or no function of numbers at all."""


class Residues:
    """Residues of terms at one point.

    Attributes:
        atoms: What was taken as an unknown of its own so far. Residues refute where that is one
            transcendental number at most, and functions that may be any.
    """

    __slots__ = ("_key", "_point", "_work", "atoms")

    def __init__(self, point: Mapping[str, int], key: bytes, work: Work) -> None:
        self._point = point
        self._key = key
        self._work = work
        self.atoms: set[str] = set()

    @property
    def refutes(self) -> bool:
        """Whether different residues mean different functions."""
        return self.atoms <= {"pi", SOMEBODYS} or self.atoms <= {"e", SOMEBODYS}

    def of(self, term: Term) -> int:
        """Return the residue of `term`.

        Raises:
            NoResidueError: It has none.
            WorkExceededError: The work is used up.
        """
        self._work.spend(1)
        if isinstance(term, Number):
            return residue(term.value)
        if isinstance(term, Symbol):
            return self._symbol(term.name)
        if isinstance(term, Sum):
            return sum(self.of(part) for part in term.terms) % PRIME
        if isinstance(term, Product):
            product = 1
            for factor in term.factors:
                product = product * self.of(factor) % PRIME
            return product
        if isinstance(term, Power):
            return self._power(term)
        if isinstance(term, Apply):
            return self._apply(term)
        if term is Constant.PI or term is Constant.E:
            return self._atom(term.value)
        if term is Constant.I:
            return self._atom("i", "number")
        raise NoResidueError

    def fraction(self, term: Term) -> tuple[int, int]:
        """Return residues of numerator and denominator, which need not have lowest terms.

        Raises:
            NoResidueError: It has none.
            WorkExceededError: The work is used up.
        """
        self._work.spend(1)
        top, bottom = 1, 1
        if isinstance(term, Sum):
            top = 0
            for part in term.terms:
                above, below = self.fraction(part)
                if below == bottom:
                    top = (top + above) % PRIME
                else:
                    top = (top * below + above * bottom) % PRIME
                    bottom = bottom * below % PRIME
            return top, bottom
        if isinstance(term, Product):
            for factor in term.factors:
                above, below = self.fraction(factor)
                top, bottom = top * above % PRIME, bottom * below % PRIME
            return top, bottom
        if isinstance(term, Power):
            exponent = fold(term.exponent, self._work)
            if exponent is not None and exponent.denominator == 1 and exponent < 0:
                top, bottom = self.fraction(Power(term.base, Number(-exponent)))
                return bottom, top
        return self.of(term), 1

    def _symbol(self, name: str) -> int:
        value = self._point.get(name)
        if value is None:
            raise NoResidueError
        return value

    def _power(self, term: Power) -> int:
        base = self.of(term.base)
        if isinstance(term.exponent, Number):
            exponent: Fraction | None = term.exponent.value
        else:
            exponent = fold(term.exponent, self._work)
        if exponent is None:
            return self._atom("power", str(base), str(self.of(term.exponent)))
        if exponent.denominator != 1:
            top, bottom = exponent.numerator, exponent.denominator
            return self._atom("power", str(base), f"{top:x}/{bottom:x}")
        if base == 0 and exponent <= 0:
            raise NoResidueError
        self._work.spend(1 + (exponent.numerator.bit_length() >> 4))
        return pow(base, exponent.numerator % (PRIME - 1), PRIME) if base else 0

    def _apply(self, term: Apply) -> int:
        if term.function == "percent" and len(term.arguments) == 1:
            return self.of(term.arguments[0]) * residue(Fraction(1, 100)) % PRIME
        if term.function == "plus_minus" or term.function in BINDING:
            raise NoResidueError
        value = fold(term, self._work)
        if value is not None:
            return residue(value)
        return self._atom(term.function, *(str(self.of(part)) for part in term.arguments))

    def _atom(self, kind: str, *arguments: str) -> int:
        self.atoms.add(kind if not arguments or kind in _KNOWN else SOMEBODYS)
        text = "\x1f".join((kind, *arguments)).encode()
        digest = hashlib.blake2b(text, digest_size=8, key=self._key).digest()
        return int.from_bytes(digest) % PRIME


def residue(value: Fraction) -> int:
    """Return the residue of a rational.

    Raises:
        NoResidueError: Its denominator is a multiple of the prime.
    """
    if value.denominator == 1:
        return value.numerator % PRIME
    if value.denominator % PRIME == 0:
        raise NoResidueError
    return value.numerator * pow(value.denominator, -1, PRIME) % PRIME
