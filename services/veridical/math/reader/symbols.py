r"""Level of the grammar: names of variables, functions and sets of numbers.

    name = letter [ "_" index ] { "'" } [ "(" arguments ")" ]
    set  = "\mathbb{R}" [ ("^" | "_") sign ]

A letter in front of a bracket is a function where it is `f`, `g`, `F` or `G`, where the text defines it
(`x(t) = ...`), where the bracket holds a list, or where it is the `P` of a probability; otherwise the two are multiplied.
"""

from __future__ import annotations

from veridical.math.reader.environments import Environments
from veridical.math.reader.functions import apply
from veridical.math.reader.numbers import read_number
from veridical.math.reader.tokens import Kind, Token
from veridical.math.terms import Apply, Row, Symbol, Term

_CALLED = frozenset("fgFG")
_SPELLINGS = {
    Kind.PLUS: "+",
    Kind.MINUS: "-",
    Kind.TIMES: "*",
    Kind.COMMA: ",",
    Kind.PRIME: "'",
    Kind.OVER: "/",
}
_SIGNS = {Kind.PLUS: "positive", Kind.MINUS: "negative", Kind.TIMES: "nonzero"}
_COUNTS = {"C": "binomial", "A": "permutation"}
_BRACES = ("", "{")


class Symbols(Environments):
    """Reads names."""

    def symbol(self) -> Term:
        """Read a variable, or a function with its arguments."""
        name = self.advance().text
        if self.token.kind is Kind.SUBSCRIPT:
            name = f"{name}_{self.advance().text}"
        elif self.take(Kind.INDEX):
            index = "".join(self.spelt_index())
            if self.token.kind is Kind.POWER and name in _COUNTS and self._is_count(name, index):
                return Apply(_COUNTS[name], (_literal(index), self.script()))
            name = f"{name}_{index}"
        name += self.primes()
        if self.token.kind is Kind.POWER and name in self.functions | _CALLED:
            name += self._inverse()
        if self.token.kind is Kind.OPEN and self.token.text == "(" and self._is_called(name):
            self.functions.add(name)
            arguments = self.arguments()
            return apply("binomial" if name == "C" and len(arguments) == 2 else name, arguments)
        return Symbol(name)

    def _is_count(self, letter: str, index: str) -> bool:
        """Say whether `C_5^2` counts choices: the upper number is not the greater, or letters."""
        above = self.peek(2 if self.peek().kind is Kind.OPEN else 1)
        if index.isdecimal() and above.kind is Kind.NUMBER and above.text.isdecimal():
            return int(index) >= int(above.text)
        is_letter = above.kind is Kind.SYMBOL and len(index) == 1
        return letter == "C" and is_letter and index.isalpha()

    def primes(self) -> str:
        """Read the primes behind a name."""
        primes = ""
        if self.token.kind is Kind.POWER and self.peek().kind is Kind.PRIME:
            self.advance()
        while self.token.kind is Kind.PRIME:
            primes += self.advance().text
        if self.token.kind is Kind.POWER and self.peek(2).kind is Kind.PRIME:
            self.advance()
            return "".join(self.spelt_index())
        return primes

    def _inverse(self) -> str:
        """Read the exponent of an inverse function, as in `f^{-1}(x)`; empty if there is none."""
        shapes = ([Kind.OPEN, Kind.MINUS, Kind.NUMBER, Kind.CLOSE], [Kind.MINUS, Kind.NUMBER])
        for shape in shapes:
            ahead = [self.peek(index + 1) for index in range(len(shape) + 1)]
            if [token.kind for token in ahead[:-1]] == shape and ahead[-1].text == "(":
                for _ in range(len(shape) + 1):
                    self.advance()
                return "^-1"
        return ""

    def _is_called(self, name: str) -> bool:
        is_event = name == "P" and self.peek().text.isupper() and self.peek(2).kind is Kind.CLOSE
        is_known = name[0] in _CALLED or name in self.functions or is_event
        if is_known or name.endswith("'") or self.at in self.lists:
            return True
        return self._is_defined()

    def _is_defined(self) -> bool:
        """Say whether a function is defined here, as in `x(t) = ...`."""
        before = self.tokens[self.at - 2].kind if self.at > 1 else Kind.END
        if before not in {Kind.END, Kind.COMMA, Kind.SEMICOLON, Kind.AND, Kind.OR, Kind.LINE}:
            return False
        shape = [self.peek(index).kind for index in (1, 2, 3)]
        return shape[0] in {Kind.SYMBOL, Kind.NUMBER} and shape[1:] == [Kind.CLOSE, Kind.RELATION]

    def spelt_index(self) -> list[str]:
        """Read an index, one token or a group, as it is spelt."""
        if self.token.kind is not Kind.OPEN or self.token.text not in _BRACES:
            if self.token.kind in {Kind.END, Kind.CLOSE}:
                raise self.error("an index expected")
            return [_spelt(self.advance())]
        spelt: list[str] = []
        depth = 0
        while True:
            token = self.token
            if token.kind is Kind.END:
                raise self.error("a closing brace expected")
            depth += (token.kind is Kind.OPEN) - (token.kind is Kind.CLOSE)
            self.advance()
            if depth == 0:
                return spelt[1:]
            spelt.append(_spelt(token))

    def named_set(self) -> Term:
        """Read a set of numbers, with its sign."""
        name = self.advance().text
        if not name:
            return Row("{", "}", ())
        if self.token.kind not in {Kind.POWER, Kind.SUPERSCRIPT, Kind.INDEX}:
            return Symbol(name)
        sign = self._set_sign()
        return Symbol(f"{sign} {name}" if sign else name)

    def _set_sign(self) -> str:
        r"""Read the sign of a set of numbers, as in `\mathbb{R}^+` and `\mathbb{Z}_{>0}`."""
        if self.token.kind is Kind.SUPERSCRIPT and self.token.text in {"+", "-"}:
            return "positive" if self.advance().text == "+" else "negative"
        inner = self.peek(2 if self.peek().kind is Kind.OPEN else 1)
        if inner.kind in _SIGNS:
            self.advance()
            self.spelt_index()
            return _SIGNS[inner.kind]
        if self.token.kind is not Kind.INDEX:
            return ""
        self.advance()
        spelt = "".join(self.spelt_index())
        signs = {">0": "positive", "<0": "negative", ">=0": "nonnegative", "0": "nonnegative"}
        if spelt not in signs:
            raise self.error("a sign expected")
        return signs[spelt]


def _literal(written: str) -> Term:
    return read_number(written) if written.isdecimal() else Symbol(written)


def _spelt(token: Token) -> str:
    return token.text or _SPELLINGS.get(token.kind, "")
