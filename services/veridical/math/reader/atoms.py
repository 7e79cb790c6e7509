r"""Level of the grammar: operands, and what stands behind them.

    operand = number | name [ "_" index ] { "'" } [ "(" arguments ")" ] | bracket | function | ...
    factor  = operand { "^" exponent | "!" | "%" | "°" | unit }

A letter in front of a bracket is a function where it is `f`, `g`, `F` or `G`, where the text defines it
(`x(t) = ...`), or where the bracket holds a list; otherwise the two are multiplied.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from veridical.math.reader.brackets import ungrouped
from veridical.math.reader.errors import TooComplexError
from veridical.math.reader.functions import apply, divided
from veridical.math.reader.limits import MAX_POSTFIXES
from veridical.math.reader.numbers import in_base, negated, number, read_based, read_number
from veridical.math.reader.symbols import Symbols
from veridical.math.reader.tokens import Kind, Token
from veridical.math.reader.words import normal_words
from veridical.math.terms import (
    Apply,
    Constant,
    Matrix,
    Number,
    Power,
    Quantity,
    Row,
    Sum,
    Symbol,
    Term,
    Words,
)

_JOINTS = frozenset({Kind.OVER, Kind.TIMES})
_PLAIN = frozenset({Kind.NUMBER, Kind.CONSTANT})
_MAX_UNIT_EXPONENT = 9
_POSTFIXES = frozenset(
    {
        Kind.POWER,
        Kind.SUPERSCRIPT,
        Kind.FACTORIAL,
        Kind.PERCENT,
        Kind.DEGREE,
        Kind.UNIT,
        Kind.CURRENCY,
    }
)


class Atoms(Symbols):
    """Reads operands and factors."""

    def operand(self) -> Term:
        """Read an operand without powers and postfixes."""
        read = _OPERANDS.get(self.token.kind)
        if read is None:
            if self.token.kind is Kind.CLOSE and self.token.text == "]":
                return self.bracket()
            raise self.error("an operand expected")
        return read(self)

    def factor(self) -> Term:
        """Read an operand with its powers and postfixes."""
        term = self.operand()
        if self.token.kind not in _POSTFIXES:
            return term
        count = 0
        while (kind := self.token.kind) in _POSTFIXES:
            count += 1
            if count > MAX_POSTFIXES:
                raise TooComplexError(f"more than {MAX_POSTFIXES} postfixes")
            if kind is Kind.CURRENCY and not self._is_behind():
                break
            term = self._postfix(kind, ungrouped(term))
        return term

    def _postfix(self, kind: Kind, term: Term) -> Term:
        if kind is Kind.POWER or kind is Kind.SUPERSCRIPT:
            exponent = self.script()
            if exponent == Symbol("T") and isinstance(term, (Matrix, Row)):
                return Apply("transpose", (term,))
            return Power(term, exponent)
        if kind is Kind.UNIT:
            return self._quantity(term)
        token = self.advance()
        if kind is Kind.FACTORIAL:
            return Apply(token.text, (term,))
        if kind is Kind.PERCENT:
            return Apply("percent", (term,))
        if kind is Kind.DEGREE:
            return Quantity(self._minutes(term), (("degree", 1),))
        return Quantity(term, ((token.text, 1),))

    def _is_behind(self) -> bool:
        """Say whether a currency stands behind its amount, and not before the next one."""
        return self.peek().kind not in {Kind.NUMBER, Kind.MINUS}

    def _minutes(self, degrees: Term) -> Term:
        """Read the minutes and seconds of an angle."""
        terms = [degrees]
        for mark, parts in (("'", 60), ("''", 3600)):
            if self.token.kind is not Kind.NUMBER or self.peek().kind is not Kind.PRIME:
                break
            amount = read_number(self.advance().text)
            written = self.primes()
            if written != mark:
                raise self.error("minutes or seconds of an angle expected")
            terms.append(divided(amount, number(parts)))
        return terms[0] if len(terms) == 1 else Sum(tuple(terms))

    def _quantity(self, value: Term) -> Term:
        unit: list[tuple[str, int]] = []
        if isinstance(value, Quantity):
            unit.extend(value.unit)
            value = value.value
        sign = 1
        while self.token.kind is Kind.UNIT:
            name, _, exponent = self.advance().text.partition("^")
            unit.append((name, sign * int(exponent or 1) * self._unit_exponent()))
            if self.token.kind in _JOINTS and self.peek().kind is Kind.UNIT:
                sign = -1 if self.advance().kind is Kind.OVER else sign
        return Quantity(value, tuple(unit))

    def _unit_exponent(self) -> int:
        """Read the exponent behind upright units, which is that of the last of them."""
        if self.token.kind not in {Kind.POWER, Kind.SUPERSCRIPT}:
            return 1
        raised = self.script()
        if not isinstance(raised, Number) or abs(raised.value) > _MAX_UNIT_EXPONENT:
            raise self.error("a unit's exponent expected")
        return int(raised.value)

    def _number(self) -> Term:
        token = self.advance()
        behind = self.token
        if behind.kind is Kind.ACCENT and "." in token.text and not behind.gap:
            return self._repeating(token)
        if behind.kind in {Kind.INDEX, Kind.SUBSCRIPT} and token.text.isdecimal():
            return self._in_written_base(token.text, token)
        return read_number(token.text)

    def _repeating(self, token: Token) -> Term:
        r"""Read a repeating decimal, such as `0.1\overline{6}`."""
        self.advance()
        written = re.sub(r"\s", "", "".join(self.spelt_index()))
        if not written.isdecimal():
            raise self.error("repeating digits expected")
        plain = read_number(token.text + "0")
        decimals = len(token.text.partition(".")[2])
        period = read_number(written).value / (10 ** len(written) - 1)
        return Number(plain.value + period / 10**decimals)

    def _in_written_base(self, digits: str, token: Token) -> Term:
        self.advance()
        base = "".join(self.spelt_index()) if self.tokens[self.at - 1].kind is Kind.INDEX else ""
        base = base or self.tokens[self.at - 1].text
        return in_base(
            digits, "", int(base) if base.isdecimal() and len(base) < 3 else 0, token.start
        )

    def _based(self) -> Term:
        return read_based(self.advance())

    def _group(self) -> Term:
        """Read a bracket, with the base of the numeral in it if one is written."""
        start = self.token
        inner = self._short_group() or self.bracket()
        literal = isinstance(inner, Number) and inner.step is None and inner.base is None
        if literal and start.text == "(" and self.token.kind in {Kind.INDEX, Kind.SUBSCRIPT}:
            assert isinstance(inner, Number)
            return self._in_written_base(str(inner.value), start)
        return inner

    def _short_group(self) -> Term | None:
        """Read a group of one number or constant, the commonest of all; None if it is another."""
        closing = {"": "", "(": ")"}.get(self.token.text)
        behind = self.peek(2)
        if (
            behind.kind is not Kind.CLOSE
            or behind.text != closing
            or self.peek().kind not in _PLAIN
        ):
            return None
        self.advance()
        inner = self.operand()
        self.advance()
        return inner

    def _constant(self) -> Term:
        return Constant(self.advance().text)

    def _word(self) -> Term:
        name = self.advance().text
        if self.token.kind is Kind.OPEN and self.token.text == "(" and not self.token.gap:
            return apply(name, self.arguments())
        return Words(name) if name in {"true", "false"} else Symbol(name)

    def _text(self) -> Term:
        return Words(normal_words(self.advance().text))

    def _unknown_function(self) -> Term:
        return apply(self.advance().text, self.arguments())

    def _currency(self) -> Term:
        name = self.advance().text
        is_negative = self.signs()
        self.enter()
        value = self.factor()
        self.leave()
        unit: tuple[tuple[str, int], ...] = ((name, 1),)
        if isinstance(value, Quantity):
            unit = (*unit, *value.unit)
            value = value.value
        return Quantity(negated(value) if is_negative else value, unit)

    def _dots(self) -> Term:
        beside = {self.tokens[self.at - 1].kind if self.at else Kind.END, self.peek().kind}
        if Kind.COMMA not in beside and beside != {Kind.PLUS}:
            raise self.error("dots outside a list or a sum")
        self.advance()
        return Symbol("…")


_OPERANDS: dict[Kind, Callable[[Atoms], Term]] = {
    Kind.NUMBER: Atoms._number,  # noqa: SLF001 - the table of this class's own methods
    Kind.BASED: Atoms._based,  # noqa: SLF001
    Kind.SYMBOL: Atoms.symbol,
    Kind.CONSTANT: Atoms._constant,  # noqa: SLF001
    Kind.NAMED_SET: Atoms.named_set,
    Kind.WORD: Atoms._word,  # noqa: SLF001
    Kind.TEXT: Atoms._text,  # noqa: SLF001
    Kind.CURRENCY: Atoms._currency,  # noqa: SLF001
    Kind.DOTS: Atoms._dots,  # noqa: SLF001
    Kind.UNKNOWN_FUNCTION: Atoms._unknown_function,  # noqa: SLF001
    Kind.OPEN: Atoms._group,  # noqa: SLF001
    Kind.FUNCTION: Atoms.function,
    Kind.FRACTION: Atoms.fraction,
    Kind.ROOT: Atoms.root,
    Kind.BINOMIAL: Atoms.binomial,
    Kind.BIG: Atoms.big,
    Kind.INTEGRAL: Atoms.integral,
    Kind.LIMIT: Atoms.limit,
    Kind.ACCENT: Atoms.accent,
    Kind.BAR: Atoms.bar,
    Kind.BEGIN: Atoms.environment,
}
