"""How large a mathematical text becomes when it is evaluated or expanded, without doing either.

Any notation that math-verify reads (LaTeX, `**`, `^`, nested groups) is walked by a small tolerant
grammar of atoms, groups, powers and factorials:

    sum     = product { sign product }
    product = { power }
    power   = atom { "!" | "_" atom | "^" power }
    atom    = number | letter | group | command { group }

Nothing is evaluated: bounds are added and multiplied, and the walk stops at the first one that is
beyond its limit.
"""

from __future__ import annotations

import math
import re
from typing import NamedTuple

MAX_TOKENS = 800
"""Symbols in a text."""
MAX_DEPTH = 12
"""Nesting of groups and exponents."""
MAX_DIGITS = 1000
"""Digits of one number."""
MAX_EXPONENT_BITS = 24.0
"""Bits of an exponent, or of the argument of a factorial."""
MAX_DEGREE_BITS = 16.0
"""Bits of the number in an exponent that holds letters; a power of it may become a polynomial."""
MAX_BITS = 65536.0
"""Bits of the largest number that evaluating may give."""
MAX_MIXED_BITS = 512.0
"""The same where there are several letters or functions: such a text may be factored."""
MAX_TERMS = 400.0
"""Terms that expanding may give."""

_TOKEN = re.compile(
    r"(?P<number>(?:\d+(?:[ ,]\d{3}(?!\d))+|\d*\.\d+|\d+)(?:[eE][+-]?\d{1,1000})?)"
    r"|(?P<command>\\[A-Za-z]+)"
    r"|(?P<power>\*\*|\^)"
    r"|(?P<open>\\?[{(\[])"
    r"|(?P<close>\\?[})\]])"
    r"|(?P<factorial>!(?!=))"
    r"|(?P<sign>[-+=<>,;&|])"
    r"|(?P<index>_)"
    r"|(?P<letter>[^\W\d_])"
    r"|(?P<other>[^\s])"
)
_DROPPED = re.compile(
    r"(?:[\s'\"`´’$&@#|~]|\\[^A-Za-z]|\{\s*+\}"
    r"|\\(?!(?:[dt]?frac|cdot|times|div|pm|mp|d?binom|choose|over|sqrt|Gamma|pi|end|begin)(?![A-Za-z]))"
    r"[A-Za-z]++\s*+(?:\{[^{}]*+\})?)++"
)
"""What a parser may drop, so that what stands round it joins: `2'2` is 22, and `9'!` is 9!."""
_TRANSPARENT = frozenset({r"\frac", r"\dfrac", r"\tfrac", r"\cfrac", r"\cdot", r"\times", r"\div"})
_BINOMIALS = frozenset({r"\binom", r"\dbinom", r"\tbinom"})
_WORDS = frozenset({r"\text", r"\mathrm", r"\textbf", r"\mathbf", r"\mbox", r"\textit", r"\rm"})


class TooLargeError(Exception):
    """A text is beyond a limit; the message says what it has."""


class Size(NamedTuple):
    """Bounds on what evaluating and expanding give.

    Attributes:
        bits: Binary logarithm of the largest number in it; variables count as 1.
        terms: Terms after expansion.
        numeric: Whether it consists of numbers only, so that it is evaluated and not expanded.
        words: Whether it is text, which a parser may drop together with its braces.
    """

    bits: float = 0.0
    terms: float = 1.0
    numeric: bool = True
    words: bool = False


_NOTHING = Size()
_SYMBOL = Size(numeric=False)
_CONSTANT = Size(bits=math.log2(math.pi))
_MATRIX = Size(terms=4.0, numeric=False)


def estimate(text: str) -> Size:
    """Return the size of `text`, as it is written.

    Raises:
        TooLargeError: `text` is beyond one of the limits of this module, as written or with what a
            parser may drop left out.
    """
    joined = _DROPPED.sub(_joined, text)
    if joined != text:
        _estimate(joined)
    return _estimate(text)


def _estimate(text: str) -> Size:
    tokens = list(_TOKEN.finditer(text))
    if len(tokens) > MAX_TOKENS:
        raise TooLargeError(f"more than {MAX_TOKENS} symbols")
    size = _Walk(tokens).sum(0)
    if size.bits > MAX_MIXED_BITS and len(_generators(tokens)) > 1:
        raise TooLargeError("too high a power among several letters")
    return size


def _generators(tokens: list[re.Match[str]]) -> set[str]:
    """Return the letters and functions, of which a polynomial may be made."""
    neutral = _TRANSPARENT | _BINOMIALS | _WORDS | {"e", r"\pi", r"\left", r"\right", r"\sqrt"}
    return {
        token[0]
        for token in tokens
        if token.lastgroup in {"letter", "command"} and token[0] not in neutral
    }


def _joined(dropped: re.Match[str]) -> str:
    """Nothing between a number or a group and what continues it; elsewhere what was written."""
    before = dropped.string[dropped.start() - 1 : dropped.start()]
    after = dropped.string[dropped.end() : dropped.end() + 1]
    continues = after.isdecimal() or after in {"!", "^", "_"}
    return "" if continues and (before.isdecimal() or before in set(")}]")) else dropped[0]


class _Walk:
    """One walk over the tokens of a text; each method consumes what it sizes."""

    def __init__(self, tokens: list[re.Match[str]]) -> None:
        self._tokens = tokens
        self._at = 0

    def sum(self, depth: int) -> Size:
        """Size everything up to the end of the group, or of the text."""
        _check_depth(depth)
        whole, addend = Size(terms=0.0), _NOTHING
        count = 1
        while (kind := self._kind()) is not None:
            if kind == "close":
                if depth:
                    break
                self._at += 1
            elif kind == "sign":
                self._at += 1
                count += 1
                whole, addend = _added(whole, addend), _NOTHING
            elif self._skip(r"\choose"):
                addend = _choice(addend)
            else:
                addend = self._multiplied(addend, depth)
        whole = _added(whole, addend)
        terms = 1.0 if whole.numeric else whole.terms
        return _checked(Size(whole.bits + math.log2(count), terms, whole.numeric))

    def _multiplied(self, product: Size, depth: int) -> Size:
        factor = self._atom(depth)
        # A parser that drops words raises what stands before them.
        base = _product(product, factor) if factor.words else factor
        raised = self._postfix(base, depth)
        return raised if factor.words else _checked(_product(product, raised))

    def _postfix(self, base: Size, depth: int) -> Size:
        while (kind := self._kind()) in {"factorial", "index", "power"}:
            self._at += 1
            if kind == "factorial":
                base = _factorial(base)
            elif kind == "index":
                index = self._atom(depth)
                base = base._replace(bits=base.bits + index.bits)
            else:
                base = _raised(base, self._exponent(depth + 1))
        return base

    def _exponent(self, depth: int) -> Size:
        _check_depth(depth)
        while self._kind() == "sign":
            self._at += 1
        return self._postfix(self._atom(depth), depth)

    def _atom(self, depth: int) -> Size:
        kind = self._kind()
        if kind is None or kind in {"close", "sign", "factorial", "power", "index"}:
            return _NOTHING
        symbol = self._tokens[self._at][0]
        self._at += 1
        if kind == "number":
            return _number(symbol)
        if kind == "open":
            return self._group(depth)
        if kind == "command":
            return self._command(symbol, depth)
        if kind == "letter":
            return _CONSTANT if symbol == "e" else _SYMBOL
        return _NOTHING

    def _group(self, depth: int) -> Size:
        size = self.sum(depth + 1)
        if self._kind() == "close":
            self._at += 1
        return size

    def _command(self, command: str, depth: int) -> Size:
        numeric = command in _TRANSPARENT or command in _BINOMIALS
        size = Size(numeric=numeric)
        first = True
        while self._kind() == "open" and self._tokens[self._at][0] != "(":
            self._at += 1
            size = _product(size, self._group(depth))
            if first and command in _BINOMIALS:
                size = _choice(size)
            first = False
        if command == r"\Gamma":
            size = _factorial(self._atom(depth))
        if command == r"\pi":
            return _CONSTANT
        if command == r"\end":
            return _MATRIX
        return size._replace(words=command in _WORDS)

    def _kind(self) -> str | None:
        return self._tokens[self._at].lastgroup if self._at < len(self._tokens) else None

    def _skip(self, token: str) -> bool:
        found = self._tokens[self._at][0] == token
        self._at += found
        return found


def _check_depth(depth: int) -> None:
    if depth > MAX_DEPTH:
        raise TooLargeError(f"more than {MAX_DEPTH} nested groups")


def _number(token: str) -> Size:
    digits = sum(character.isdigit() for character in token)
    if digits > MAX_DIGITS:
        raise TooLargeError(f"a number of more than {MAX_DIGITS} digits")
    written, _, tens = token.lower().partition("e")
    if tens:  # one that is kept to its last digit
        shift = min(abs(int(tens)), MAX_BITS)
        return _checked(_product(_number(written), Size(bits=shift * math.log2(10))))
    if "." in token:
        # What stands behind the point counts, too: 1/0.000001 is as large as 1000000.
        return Size(bits=digits * math.log2(10))
    value = int("".join(character for character in token if character.isdigit()))
    return Size(bits=float(max(value, 2).bit_length()) if digits > 15 else math.log2(max(value, 2)))


def _added(left: Size, right: Size) -> Size:
    return Size(
        max(left.bits, right.bits), left.terms + right.terms, left.numeric and right.numeric
    )


def _product(left: Size, right: Size) -> Size:
    return Size(left.bits + right.bits, left.terms * right.terms, left.numeric and right.numeric)


def _raised(base: Size, exponent: Size) -> Size:
    if exponent.bits > MAX_EXPONENT_BITS:
        raise TooLargeError("too large a power")
    value = 2.0**exponent.bits
    is_kept = not exponent.numeric and base.terms == 1.0
    is_low = not base.numeric and exponent.bits <= MAX_DEGREE_BITS
    if is_kept and (base is _CONSTANT or is_low):
        return Size(base.bits + exponent.bits, 1.0, False)
    terms = _power_terms(base.terms, value)
    return _checked(Size(max(base.bits, 1.0) * value, terms, base.numeric and exponent.numeric))


def _power_terms(terms: float, exponent: float) -> float:
    """Return the number of terms of a sum of `terms` terms raised to `exponent`."""
    if terms <= 1.0:
        return 1.0
    logarithm = math.lgamma(exponent + terms) - math.lgamma(terms) - math.lgamma(exponent + 1)
    return math.exp(min(logarithm, 700.0))


def _factorial(argument: Size) -> Size:
    if argument.bits > MAX_EXPONENT_BITS:
        raise TooLargeError("too large a factorial")
    value = 2.0**argument.bits
    return _checked(argument._replace(bits=value * max(argument.bits, 1.0)))


def _choice(top: Size) -> Size:
    if top.bits > MAX_EXPONENT_BITS:
        raise TooLargeError("too large a binomial coefficient")
    return _checked(top._replace(bits=2.0**top.bits))


def _checked(size: Size) -> Size:
    if size.bits > MAX_BITS:
        raise TooLargeError("too large a number")
    if size.terms > MAX_TERMS:
        raise TooLargeError("too many terms to expand")
    return size
