r"""Level of the grammar: functions, roots, fractions, and operators with limits.

    function = name { "^" exponent | "_" index } argument
    argument = bracket | bar | factors without a sign or function between them, as in "\sin 2x"
    fraction = "\frac" part part        part = group | digit | operand
    root     = "\sqrt" [ "[" index "]" ] part
    big      = ("\sum" | "\prod") [ "_" group ] [ "^" group ] product
    integral = "\int" [ limits ] expression "d" variable

`exp(x)` is a power of e, `\lg x` a logarithm with base 10, `\sqrt{x}` a root with index 2.
"""

from __future__ import annotations

from collections.abc import Callable

from veridical.math.reader.brackets import Brackets, multiplied, ungrouped
from veridical.math.reader.characters import VULGAR
from veridical.math.reader.numbers import MINUS_ONE, ONE, negated, number, read_number
from veridical.math.reader.tokens import Kind
from veridical.math.terms import (
    Apply,
    Constant,
    Matrix,
    Power,
    Product,
    Relation,
    Row,
    SetOperation,
    Sum,
    Symbol,
    Term,
)

_INVERSES = {
    "sin": "arcsin",
    "cos": "arccos",
    "tan": "arctan",
    "cot": "arccot",
    "sec": "arcsec",
    "csc": "arccsc",
    "sinh": "arcsinh",
    "cosh": "arccosh",
    "tanh": "arctanh",
}
_SET_OPERATIONS = frozenset({"union", "intersection", "difference"})
_ROWS = frozenset({"()", "(]", "[)", "[]", "{}"})
_ROOTS = {"sqrt": 2, "cbrt": 3}
_BASES = {"lg": 10, "lb": 2}
_IN_ARGUMENT = frozenset({Kind.SYMBOL, Kind.CONSTANT, Kind.FRACTION, Kind.ROOT, Kind.SUPERSCRIPT})


class Functions(Brackets):
    """Reads what takes arguments."""

    def function(self) -> Term:
        r"""Read a named function with its argument, such as `\sin^2 x` and `\log_2 8`."""
        name = self.advance().text
        power: Term | None = None
        base: Term | None = None
        while self.token.kind in {Kind.POWER, Kind.INDEX, Kind.SUPERSCRIPT, Kind.SUBSCRIPT}:
            is_power = self.token.kind in {Kind.POWER, Kind.SUPERSCRIPT}
            script = self.script()
            power, base = (script, base) if is_power else (power, script)
        if base is None and name == "log":
            base = self._tight_base()
        if power == MINUS_ONE and name in _INVERSES:
            name, power = _INVERSES[name], None
        arguments = self.arguments()
        if not arguments and name not in _ROWS:
            raise self.error("an argument expected")
        if base is not None:
            arguments = (*arguments, base)
        applied = apply(name, arguments)
        return applied if power is None else Power(applied, power)

    def script(self) -> Term:
        """Read the exponent or the index at the next token, its sign included."""
        token = self.advance()
        if token.kind in {Kind.SUPERSCRIPT, Kind.SUBSCRIPT}:
            return script_term(token.text)
        self.enter()
        term = self._signed_script(token.kind)
        self.leave()
        return term

    def _signed_script(self, kind: Kind) -> Term:
        is_negative = self.signs()
        base = self.operand()
        if isinstance(base, Row) and base.opening == "{":
            if len(base.members) != 1:
                raise self.error("one exponent or index expected")
            base = base.members[0]
        if kind is Kind.POWER and self.token.kind is Kind.POWER:
            base = Power(base, self.script())
        return negated(base) if is_negative else base

    def _tight_base(self) -> Term | None:
        """Read the base in `log10(x)`."""
        is_base = self.token.kind is Kind.NUMBER and self.token.text in {"2", "10"}
        if is_base and not self.token.gap and self.peek().kind is Kind.OPEN:
            return number(int(self.advance().text))
        return None

    def arguments(self) -> tuple[Term, ...]:
        """Read what a function is applied to."""
        if self.token.kind is Kind.OPEN:
            inner = self.bracket()
            if isinstance(inner, Row) and (inner.opening in {"(", ""} or len(inner.members) > 1):
                return inner.members
            return (ungrouped(inner),)
        if not self.starts_operand():
            raise self.error("an argument expected")
        is_function = self.token.kind is Kind.FUNCTION
        self.enter()
        factors = [self.factor()]
        while not is_function and self.token.kind in _IN_ARGUMENT and self.starts_operand():
            factors.append(self.factor())
        self.leave()
        return (multiplied(factors),)

    def part(self) -> Term:
        """Read the group behind a fraction or a binomial coefficient: braces, or one character."""
        token = self.token
        if token.kind is Kind.NUMBER and len(token.text) > 1:
            if not token.text.isdecimal():
                raise self.error("braces expected")
            self.tokens[self.at] = token._replace(text=token.text[1:], start=token.start + 1)
            self.token = self.tokens[self.at]
            return number(int(token.text[0]))
        return self.operand()

    def fraction(self) -> Term:
        r"""Read `\frac{a}{b}`, or a derivative written as one."""
        token = self.advance()
        if token.text in VULGAR:
            top, bottom = VULGAR[token.text]
            return divided(number(top), number(bottom))
        self.enter()
        numerator = self.part()
        denominator = self.part()
        self.leave()
        variable = _differential(denominator)
        if variable is not None and numerator == Symbol("d"):
            self.enter()
            body = self.product()
            self.leave()
            return Apply("derivative", (body, variable))
        if variable is not None and (function := _differential(numerator)) is not None:
            return Apply("derivative", (function, variable))
        return divided(numerator, denominator)

    def root(self) -> Term:
        """Read a root, its index in square brackets if it has one."""
        token = self.advance()
        index: Term = number(int(token.text or 2))
        self.enter()
        if not token.text and self.token.kind is Kind.OPEN and self.token.text == "[":
            index = ungrouped(self.bracket())
        radicand = self._radicand()
        self.leave()
        return Apply("root", (radicand, index))

    def _radicand(self) -> Term:
        if self.token.kind is Kind.ROOT:
            return self.root()
        return self.operand()

    def binomial(self) -> Term:
        r"""Read `\binom{n}{k}`."""
        self.advance()
        self.enter()
        arguments = self.part(), self.part()
        self.leave()
        return Apply("binomial", arguments)

    def big(self) -> Term:
        """Read a sum or a product over an index."""
        name = self.advance().text
        low, high = self._limits()
        self.enter()
        body = self.product()
        self.leave()
        if not isinstance(low, Relation) or low.operator != "=" or high is None:
            return Apply(name, tuple(part for part in (body, low, high) if part is not None))
        return Apply(name, (body, low.left, low.right, high))

    def integral(self) -> Term:
        """Read an integral, with limits or without."""
        name = self.advance().text
        low, high = self._limits()
        saved, self.differential = self.differential, True
        self.enter()
        body = self.expression() if not self.at_differential() else ONE
        self.leave()
        self.differential = saved
        self.expect(Kind.SYMBOL, "d")
        variable = self.operand()
        if low is None or high is None:
            return Apply(name, (body, variable))
        return Apply(name, (body, variable, low, high))

    def at_differential(self) -> bool:
        """Say whether a differential, such as `dx`, stands here and ends an integral."""
        token = self.token
        is_d = self.differential and token.kind is Kind.SYMBOL and token.text == "d"
        return is_d and self.peek().kind is Kind.SYMBOL

    def limit(self) -> Term:
        r"""Read `\lim_{x \to 0} f(x)`."""
        self.advance()
        approach, _ = self._limits()
        if not isinstance(approach, Relation) or approach.operator != "to":
            raise self.error("a limit without its point")
        self.enter()
        body = self.product()
        self.leave()
        return Apply("limit", (body, approach.left, approach.right))

    def _limits(self) -> tuple[Term | None, Term | None]:
        low: Term | None = None
        high: Term | None = None
        while self.token.kind in {Kind.POWER, Kind.INDEX}:
            if self.token.kind is Kind.INDEX:
                low = self.script()
            else:
                high = self.script()
        return low, high

    def accent(self) -> Term:
        """Read a letter or a group with a mark above it."""
        mark = self.advance().text
        name = {"bar": "overline", "widehat": "hat", "overrightarrow": "vec"}.get(mark, mark)
        self.enter()
        inner = self.part()
        self.leave()
        return Apply(name, (inner,))


def apply(name: str, arguments: tuple[Term, ...]) -> Term:
    """Return the function `name` of `arguments`, in the one form that `terms` has for it."""
    first = arguments[0] if arguments else None
    if first is None:
        return Apply(name, ())
    if name == "exp" and len(arguments) == 1:
        return Power(Constant.E, first)
    if name == "Gamma" and len(arguments) == 1:
        return Apply("factorial", (Sum((first, MINUS_ONE)),))
    if name in _ROOTS and len(arguments) == 1:
        return Apply("root", (first, number(_ROOTS[name])))
    if name in _BASES:
        return Apply("log", arguments if len(arguments) > 1 else (first, number(_BASES[name])))
    if name in _ROWS:
        return Row(name[0], name[1], arguments)
    if len(arguments) == 2 and name in _INFIX:
        return _INFIX[name](*arguments)
    if name in _SET_OPERATIONS and len(arguments) > 1:
        return SetOperation(name, arguments)
    if name == "matrix" and (rows := _rows(arguments)) is not None:
        return Matrix(rows)
    return Apply(name, arguments)


def _rows(arguments: tuple[Term, ...]) -> tuple[tuple[Term, ...], ...] | None:
    if len(arguments) == 1 and isinstance(arguments[0], Row):
        inner = arguments[0].members
        arguments = inner if all(isinstance(row, Row) for row in inner) else arguments
    rows = [row.members for row in arguments if isinstance(row, Row)]
    if len(rows) != len(arguments) or len({len(row) for row in rows}) != 1:
        return None
    return tuple(rows)


def divided(numerator: Term, denominator: Term) -> Term:
    """Return `numerator / denominator`."""
    inverse = Power(ungrouped(denominator), MINUS_ONE)
    numerator = ungrouped(numerator)
    if isinstance(numerator, Product):
        return Product((*numerator.factors, inverse))
    return Product((numerator, inverse))


def stacked(name: str, top: Term, bottom: Term) -> Term:
    r"""Return `{top \over bottom}` or `{top \choose bottom}`."""
    return divided(top, bottom) if name == "over" else Apply("binomial", (top, bottom))


def _differential(term: Term) -> Term | None:
    r"""Return what is differentiated in `dx` or `\partial x`."""
    if not isinstance(term, Product) or len(term.factors) != 2:
        return None
    first, second = term.factors
    return second if first in {Symbol("d"), Symbol("partial")} else None


def script_term(text: str) -> Term:
    """Return an exponent or index of small raised or lowered characters."""
    if text == "n":
        return Symbol("n")
    if not text.lstrip("+-").isdecimal():
        return Symbol(text)
    value = read_number(text.lstrip("+-"))
    return negated(value) if text.startswith("-") else value


_INFIX: dict[str, Callable[[Term, Term], Term]] = {
    "rational": divided,
    "equation": lambda left, right: Relation("=", left, right),
}
