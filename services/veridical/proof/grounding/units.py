"""Sums of quantities that measure different things: `5 hours + $3`."""

from __future__ import annotations

import re

from veridical.math.reader.units import canonical_unit, measure

MAX_CLAIM = 400
"""Longest claim that is looked at, in Unicode code points."""

_ADDEND = re.compile(r"([$€]?)\s?\d[\d,]*(?:\.\d+)?\s?([A-Za-z]*)")
_CURRENCIES = {"$": "dollar", "€": "euro"}
_TIME, _MONTH = (("time", 1),), (("month", 1),)


def mixed_units(claim: str) -> tuple[str, str] | None:
    """Two addends of one side of a claim that measure different things, as written; None without.

    Only known units count: `5 apples + 3 oranges` may well be fruits.
    """
    if len(claim) > MAX_CLAIM:
        return None
    for side in claim.split("="):
        addends = [one.strip(" ()") for one in re.split(r"[+−-]", side)]
        measured = [(one, dimension) for one in addends if (dimension := _dimension(one))]
        for one, dimension in measured[1:]:
            if dimension != measured[0][1]:
                return measured[0][0], one
    return None


def _dimension(addend: str) -> str | None:
    """What a bare quantity measures, None where no known unit stands with it."""
    match = _ADDEND.fullmatch(addend)
    name = _CURRENCIES.get(match[1]) or canonical_unit(match[2]) if match else None
    if name is None:
        return None
    dimension = measure(((name, 1),)).dimension
    return str(_TIME if dimension == _MONTH else dimension)
