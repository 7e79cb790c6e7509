"""Points at which two sides are compared: hung on a digest of both, so that nobody aims at them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from enum import Enum
from fractions import Fraction
from typing import NamedTuple

from veridical.math.equality.residues import PRIME
from veridical.math.equality.survey import Survey


class Sign(Enum):
    """Signs of the values of variables."""

    POSITIVE = "positive"
    NEGATIVE = "negative"
    MIXED = "mixed"


class Place(NamedTuple):
    """Where values lie: their sizes between `low` and `high`."""

    low: int
    high: int
    sign: Sign = Sign.POSITIVE


class Points:
    """The points for one pair of terms, the same whichever is the gold.

    Attributes:
        key: Sixteen bytes that hang on both terms.
        names: The variables of both, sorted.
    """

    __slots__ = ("key", "names")

    def __init__(self, gold: Survey, answer: Survey) -> None:
        self.key = hashlib.blake2b(
            b"".join(sorted((gold.digest, answer.digest))), digest_size=16
        ).digest()
        self.names = sorted(gold.names | answer.names)

    def small(self, round_: int) -> dict[str, int]:
        """Return a point of different small integers, which a person can check by hand."""
        taken: set[int] = set()
        point: dict[str, int] = {}
        for name in self.names:
            value = 2 + self._draw("small", name, round_) % 997
            while value in taken:
                value += 1
            taken.add(value)
            point[name] = value
        return point

    def large(self, round_: int) -> dict[str, int]:
        """Return a point of residues."""
        return {name: self._draw("large", name, round_) % PRIME for name in self.names}

    def real(self, round_: int, place: Place, whole: Iterable[str]) -> dict[str, Fraction]:
        """Return a point of reals of 20 bits.

        Args:
            round_: Which of the points.
            place: Where the values lie.
            whole: Variables that take integers between 1 and 24 instead.
        """
        integers = frozenset(whole)
        point: dict[str, Fraction] = {}
        for name in self.names:
            drawn = self._draw("real", name, round_)
            if name in integers:
                point[name] = Fraction(1 + drawn % 24)
                continue
            value = place.low + (place.high - place.low) * Fraction(1 + drawn % 1048573, 1048576)
            negative = place.sign is Sign.NEGATIVE or (place.sign is Sign.MIXED and drawn >> 40 & 1)
            point[name] = -value if negative else value
        return point

    def _draw(self, kind: str, name: str, round_: int) -> int:
        text = f"{kind}\x1f{name}\x1f{round_}".encode()
        return int.from_bytes(hashlib.blake2b(text, digest_size=8, key=self.key).digest())
