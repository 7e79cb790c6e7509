"""What operators and single characters mean."""

from __future__ import annotations

from types import MappingProxyType

from veridical.math.reader.meanings import RELATIONS, SET_OPERATIONS, SETS, Meaning, each
from veridical.math.reader.tokens import Kind


def _characters() -> dict[str, Meaning]:
    table: dict[str, Meaning] = {
        chr(code): (Kind.SYMBOL, name)
        for name, code in zip(_GREEK_LETTERS.split(), _greek_codes(), strict=True)
    }
    for meanings in (each(RELATIONS, Kind.RELATION), each(SET_OPERATIONS, Kind.SET_OPERATION)):
        table |= {name: meaning for name, meaning in meanings if not name.isalpha()}
    table |= {
        letter: (Kind.NAMED_SET, SETS[name]) for letter, name in zip("ℝℤℕℚℂ", "RZNQC", strict=True)
    }
    return table | _SINGLE_CHARACTERS


_GREEK_LETTERS = """
    alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma
    sigma tau upsilon phi chi psi omega
"""


def _greek_codes() -> range:
    return range(0x3B1, 0x3CA)


_SINGLE_CHARACTERS: dict[str, Meaning] = {
    "π": (Kind.CONSTANT, "pi"),
    "∞": (Kind.CONSTANT, "infinity"),
    "ℯ": (Kind.CONSTANT, "e"),
    "ⅇ": (Kind.CONSTANT, "e"),
    "ⅈ": (Kind.CONSTANT, "i"),
    "%pi": (Kind.CONSTANT, "pi"),
    "%e": (Kind.CONSTANT, "e"),
    "%i": (Kind.CONSTANT, "i"),
    "Δ": (Kind.SYMBOL, "Delta"),
    "Ω": (Kind.SYMBOL, "Omega"),
    "Γ": (Kind.SYMBOL, "Gamma"),
    "Θ": (Kind.SYMBOL, "Theta"),
    "Λ": (Kind.SYMBOL, "Lambda"),
    "Φ": (Kind.SYMBOL, "Phi"),
    "Ψ": (Kind.SYMBOL, "Psi"),
    "ϕ": (Kind.SYMBOL, "phi"),
    "ϵ": (Kind.SYMBOL, "epsilon"),
    "ϑ": (Kind.SYMBOL, "theta"),
    "ℓ": (Kind.SYMBOL, "ell"),
    "+": (Kind.PLUS, ""),
    "-": (Kind.MINUS, ""),
    "±": (Kind.PLUS_MINUS, "plus_minus"),
    "+-": (Kind.PLUS_MINUS, "plus_minus"),
    "+/-": (Kind.PLUS_MINUS, "plus_minus"),
    "#pm#": (Kind.PLUS_MINUS, "plus_minus"),
    "∓": (Kind.PLUS_MINUS, "minus_plus"),
    "*": (Kind.TIMES, ""),
    "×": (Kind.TIMES, ""),
    "·": (Kind.TIMES, ""),
    "⋅": (Kind.TIMES, ""),
    "•": (Kind.TIMES, ""),
    "∗": (Kind.TIMES, ""),
    "∙": (Kind.TIMES, ""),
    "/": (Kind.OVER, ""),
    "÷": (Kind.OVER, ""),
    "∕": (Kind.OVER, ""),
    "⁄": (Kind.OVER, ""),
    "^": (Kind.POWER, ""),
    "**": (Kind.POWER, ""),
    "_": (Kind.INDEX, ""),
    "!": (Kind.FACTORIAL, "factorial"),
    "!!": (Kind.FACTORIAL, "double_factorial"),
    "'": (Kind.PRIME, "'"),
    "′": (Kind.PRIME, "'"),
    "″": (Kind.PRIME, "''"),
    "%": (Kind.PERCENT, ""),
    "°": (Kind.DEGREE, ""),
    "º": (Kind.DEGREE, ""),
    "√": (Kind.ROOT, "2"),
    "∛": (Kind.ROOT, "3"),
    "∜": (Kind.ROOT, "4"),
    "∑": (Kind.BIG, "sum"),
    "∏": (Kind.BIG, "product"),
    "∫": (Kind.INTEGRAL, "integral"),
    "∧": (Kind.AND, ""),
    "&&": (Kind.AND, ""),
    "∨": (Kind.OR, ""),
    "||": (Kind.OR, ""),
    "¬": (Kind.NOT, ""),
    "∀": (Kind.QUANTIFIER, "forall"),
    "∃": (Kind.QUANTIFIER, "exists"),
    "∅": (Kind.NAMED_SET, ""),
    "∂": (Kind.SYMBOL, "partial"),
    "∠": (Kind.UNKNOWN_FUNCTION, "angle"),
    "△": (Kind.UNKNOWN_FUNCTION, "triangle"),
    ",": (Kind.COMMA, ""),
    "、": (Kind.COMMA, ""),
    ";": (Kind.SEMICOLON, ""),
    ":": (Kind.COLON, ""),
    "∶": (Kind.COLON, ""),
    "|": (Kind.BAR, ""),
    "∣": (Kind.BAR, ""),
    "(": (Kind.OPEN, "("),
    ")": (Kind.CLOSE, ")"),
    "[": (Kind.OPEN, "["),
    "]": (Kind.CLOSE, "]"),
    "{": (Kind.OPEN, "{"),
    "}": (Kind.CLOSE, "}"),
    "⟨": (Kind.OPEN, "<"),
    "⟩": (Kind.CLOSE, ">"),
    "〈": (Kind.OPEN, "<"),
    "〉": (Kind.CLOSE, ">"),
    "⌊": (Kind.OPEN, "floor"),
    "⌋": (Kind.CLOSE, "floor"),
    "⌈": (Kind.OPEN, "ceil"),
    "⌉": (Kind.CLOSE, "ceil"),
    "&": (Kind.CELL, ""),
    "$": (Kind.CURRENCY, "dollar"),
    "US$": (Kind.CURRENCY, "dollar"),
    "US\\$": (Kind.CURRENCY, "dollar"),
    "€": (Kind.CURRENCY, "euro"),
    "£": (Kind.CURRENCY, "pound sterling"),
    "¥": (Kind.CURRENCY, "yen"),
    "₹": (Kind.CURRENCY, "rupee"),
    "…": (Kind.DOTS, ""),
    "...": (Kind.DOTS, ""),
    "⋯": (Kind.DOTS, ""),
    "↦": (Kind.MAPS_TO, ""),
    "|->": (Kind.MAPS_TO, ""),
}
CHARACTERS = MappingProxyType(_characters())
"""Operators and single characters."""

VULGAR = MappingProxyType(
    {
        "½": (1, 2),
        "⅓": (1, 3),
        "⅔": (2, 3),
        "¼": (1, 4),
        "¾": (3, 4),
        "⅕": (1, 5),
        "⅖": (2, 5),
        "⅗": (3, 5),
        "⅘": (4, 5),
        "⅙": (1, 6),
        "⅚": (5, 6),
        "⅐": (1, 7),
        "⅛": (1, 8),
        "⅜": (3, 8),
        "⅝": (5, 8),
        "⅞": (7, 8),
        "⅑": (1, 9),
        "⅒": (1, 10),
    }
)
"""Fractions that are one character."""
