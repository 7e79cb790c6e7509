"""What the lexer gives to the grammar."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple


class Kind(Enum):
    """What a token is to the grammar; its text then says which one."""

    NUMBER = "number"
    BASED = "number with a base"
    SYMBOL = "symbol"
    CONSTANT = "constant"
    NAMED_SET = "named set"
    WORD = "word"
    TEXT = "text"
    UNIT = "unit"
    CURRENCY = "currency"
    FUNCTION = "function"
    UNKNOWN_FUNCTION = "unknown function"
    FRACTION = "fraction"
    ROOT = "root"
    BINOMIAL = "binomial coefficient"
    BIG = "sum or product"
    INTEGRAL = "integral"
    LIMIT = "limit"
    ACCENT = "accent"
    FONT = "font"
    PLUS = "plus"
    MINUS = "minus"
    PLUS_MINUS = "plus or minus"
    TIMES = "times"
    OVER = "division"
    MOD = "mod"
    PMOD = "modulus"
    POWER = "power"
    INDEX = "index"
    SUPERSCRIPT = "superscript"
    SUBSCRIPT = "subscript"
    FACTORIAL = "factorial"
    PRIME = "prime"
    PERCENT = "percent"
    DEGREE = "degree"
    RELATION = "relation"
    MAPS_TO = "maps to"
    IS_A = "kind of number"
    SET_OPERATION = "set operation"
    AND = "and"
    OR = "or"
    NOT = "not"
    GIVEN = "condition"
    QUANTIFIER = "quantifier"
    COMMA = "comma"
    SEMICOLON = "semicolon"
    COLON = "colon"
    BAR = "bar"
    OPEN = "opening bracket"
    CLOSE = "closing bracket"
    BEGIN = "environment"
    FINISH = "end of an environment"
    CELL = "cell separator"
    LINE = "line separator"
    STACKED = "over or choose"
    DOTS = "dots"
    END = "end of the text"

    # Sets of kinds are asked at every token; the inherited hash of a member's name is slow.
    __hash__ = object.__hash__


class Token(NamedTuple):
    """One token.

    Attributes:
        kind: What it is.
        text: Which one: a number as written, a function's name, an operator's name in `terms`.
        start: Its offset in the text.
        gap: Whether white space precedes it.
    """

    kind: Kind
    text: str
    start: int
    gap: bool
