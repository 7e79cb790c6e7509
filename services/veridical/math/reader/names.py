"""What names in plain text mean."""

from __future__ import annotations

import re
from types import MappingProxyType

from veridical.math.reader.meanings import GREEK, OTHER_NAMES, Meaning
from veridical.math.reader.tokens import Kind

_FUNCTIONS = """
    sin cos tan cot sec csc arcsin arccos arctan arccot arcsec arccsc sinh cosh tanh coth sech csch
    arcsinh arccosh arctanh arccoth log ln lg exp max min sup inf gcd lcm arg deg det dim ker
    sqrt cbrt abs floor ceil factorial binomial sign re im conj erf
"""

_LETTERS_IN_TEXT = "deg lb th ch sh dim ker tr rank"


def _names() -> dict[str, Meaning]:
    table: dict[str, Meaning] = {
        name: (Kind.SYMBOL, name) for name in GREEK.split() if name not in {"Pi", "ell", "hbar"}
    }
    table |= {name: (Kind.FUNCTION, name) for name in _FUNCTIONS.split()}
    table |= {name: (Kind.FUNCTION, function) for name, function in OTHER_NAMES.items()}
    for name in _LETTERS_IN_TEXT.split():
        table.pop(name, None)
    return table | _SINGLE_NAMES


_SINGLE_NAMES: dict[str, Meaning] = {
    "pi": (Kind.CONSTANT, "pi"),
    "Pi": (Kind.CONSTANT, "pi"),
    "oo": (Kind.CONSTANT, "infinity"),
    "inf": (Kind.CONSTANT, "infinity"),
    "Inf": (Kind.CONSTANT, "infinity"),
    "infty": (Kind.CONSTANT, "infinity"),
    "infinity": (Kind.CONSTANT, "infinity"),
    "Infinity": (Kind.CONSTANT, "infinity"),
    "zoo": (Kind.CONSTANT, "zoo"),
    "i": (Kind.CONSTANT, "i"),
    "e": (Kind.CONSTANT, "e"),
    "ceiling": (Kind.FUNCTION, "ceil"),
    "binom": (Kind.FUNCTION, "binomial"),
    "nCr": (Kind.FUNCTION, "binomial"),
    "union": (Kind.FUNCTION, "union"),
    "intersection": (Kind.FUNCTION, "intersection"),
    "setdifference": (Kind.FUNCTION, "difference"),
    "root": (Kind.FUNCTION, "root"),
    "diff": (Kind.FUNCTION, "derivative"),
    "integrate": (Kind.FUNCTION, "integral"),
    "int": (Kind.FUNCTION, "integral"),
    "limit": (Kind.FUNCTION, "limit"),
    "sum": (Kind.FUNCTION, "sum"),
    "product": (Kind.FUNCTION, "product"),
    "matrix": (Kind.FUNCTION, "matrix"),
    "Matrix": (Kind.FUNCTION, "matrix"),
    "Abs": (Kind.FUNCTION, "abs"),
    "Rational": (Kind.FUNCTION, "rational"),
    "FiniteSet": (Kind.FUNCTION, "{}"),
    "Interval": (Kind.FUNCTION, "[]"),
    "Union": (Kind.FUNCTION, "union"),
    "Intersection": (Kind.FUNCTION, "intersection"),
    "ntuple": (Kind.FUNCTION, "()"),
    "Eq": (Kind.FUNCTION, "equation"),
    "transpose": (Kind.FUNCTION, "transpose"),
    "mod": (Kind.MOD, ""),
    "and": (Kind.AND, ""),
    "or": (Kind.OR, ""),
    "not": (Kind.NOT, ""),
    "nounand": (Kind.AND, ""),
    "nounor": (Kind.OR, ""),
    "nounnot": (Kind.NOT, ""),
    "in": (Kind.RELATION, "in"),
    "to": (Kind.RELATION, "to"),
    "cup": (Kind.SET_OPERATION, "union"),
    "cap": (Kind.SET_OPERATION, "intersection"),
    "if": (Kind.GIVEN, ""),
    "when": (Kind.GIVEN, ""),
    "where": (Kind.GIVEN, ""),
    "for": (Kind.GIVEN, ""),
    "with": (Kind.GIVEN, ""),
    "otherwise": (Kind.GIVEN, "otherwise"),
    "USD": (Kind.CURRENCY, "dollar"),
    "EUR": (Kind.CURRENCY, "euro"),
    "GBP": (Kind.CURRENCY, "pound sterling"),
    "Rs": (Kind.CURRENCY, "rupee"),
    "percent": (Kind.PERCENT, ""),
    "per cent": (Kind.PERCENT, ""),
    "pct": (Kind.PERCENT, ""),
    "factorial": (Kind.FUNCTION, "factorial"),
    "emptyset": (Kind.NAMED_SET, ""),
    "reals": (Kind.NAMED_SET, "reals"),
    "Reals": (Kind.NAMED_SET, "reals"),
    "integers": (Kind.NAMED_SET, "integers"),
    "Integers": (Kind.NAMED_SET, "integers"),
    "true": (Kind.WORD, "true"),
    "True": (Kind.WORD, "true"),
    "TRUE": (Kind.WORD, "true"),
    "false": (Kind.WORD, "false"),
    "False": (Kind.WORD, "false"),
    "FALSE": (Kind.WORD, "false"),
}
NAMES = MappingProxyType(_names())
"""Names in plain text."""

CALLED = MappingProxyType(
    {"mod": "mod", "oo": "()", "oc": "(]", "co": "[)", "cc": "[]", "atan": "arctan"}
)
"""Names that are functions only directly before a bracket; some make an interval, as in Maxima."""

SPELT_OUT = MappingProxyType(
    {
        "minf": ((Kind.MINUS, ""), (Kind.CONSTANT, "infinity")),
        **{
            word: ((Kind.TIMES, ""), (Kind.NUMBER, "10"), (Kind.POWER, ""), (Kind.NUMBER, zeros))
            for word, zeros in (
                ("hundred", "2"),
                ("thousand", "3"),
                ("million", "6"),
                ("billion", "9"),
                ("trillion", "12"),
            )
        },
    }
)
"""Names that stand for several tokens."""

_FUSIBLE = "sqrt|sin|cos|tan|cot|sec|csc|ln|log|exp|pi"
_FUSED = re.compile(f"(?:(?:{_FUSIBLE})[A-Za-z]?)+")
PREFIX = re.compile(f"{_FUSIBLE}|[A-Za-z]")
"""One name or letter of a run such as `sinx`."""


def is_fused(run: str) -> bool:
    """Say whether a run of letters is functions with one letter each, as in `sinxcosx`."""
    return len(run) > 2 and _FUSED.fullmatch(run) is not None
