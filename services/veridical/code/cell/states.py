"""States of an interpreter beside its values: the context of decimals, numpy's errors, handlers of loggers."""

from __future__ import annotations

import sys
from typing import Any


def decimal_context() -> list[Any] | None:
    """Precision, rounding, limits and traps of decimals here; None for those that every thread begins with."""
    decimal = sys.modules.get("decimal")
    if decimal is None:
        return None
    held = decimal.getcontext()
    traps = sorted(kind.__name__ for kind, is_on in held.traps.items() if is_on)
    found = [held.prec, held.rounding, held.Emin, held.Emax, held.capitals, held.clamp, traps]
    return None if found == _CONTEXT else found


def is_finer(own: list[Any], other: list[Any] | None) -> bool:
    """Whether a context of decimals only rounds later than another: what holds in it holds the better."""
    precision, rounding, least, most, *rest = own
    before = other or _CONTEXT
    return (
        before[0] < precision <= _MAX_PRECISION
        and [rounding, *rest] == [before[1], *before[4:]]
        and least <= before[2] <= before[3] <= most
    )


def set_decimal_context(wanted: list[Any] | None) -> None:
    """Has decimals calculated so from now on, as `decimal_context` tells it."""
    import decimal  # who sets it has loaded it

    precision, rounding, least, most, capitals, clamp, traps = wanted or _CONTEXT
    signals = [getattr(decimal, name) for name in traps]
    decimal.setcontext(
        decimal.Context(precision, rounding, least, most, capitals, clamp, None, signals)
    )


def numpy_errors() -> dict[str, str] | None:
    """How numpy treats errors here; None for how it begins."""
    numpy = sys.modules.get("numpy")
    found: dict[str, str] | None = None if numpy is None else numpy.geterr()
    return None if found == ERRORS else found


def has_own_loggers() -> bool:
    """Whether any logger here has handlers or filters that the program put there."""
    logging = sys.modules.get("logging")
    if logging is None or not hasattr(logging, "root"):  # it may be being imported
        return False
    known = [one for one in logging.root.manager.loggerDict.values() if hasattr(one, "handlers")]
    own = [
        one for one in logging.root.handlers if not type(one).__module__.startswith("veridical.")
    ]
    return bool(own or logging.root.filters) or any(one.handlers or one.filters for one in known)


_CONTEXT: list[Any] = [
    *(28, "ROUND_HALF_EVEN", -999999, 999999, 1, 0),
    ["DivisionByZero", "InvalidOperation", "Overflow"],
]
_MAX_PRECISION = 10_000
ERRORS = {"divide": "warn", "over": "warn", "under": "ignore", "invalid": "warn"}
