r"""Text to tokens.

`pattern` finds each token, the tables of `commands` and `characters` say what it is, and `letters` reads
runs of letters.
"""

from __future__ import annotations

import re

from veridical.math.reader.characters import CHARACTERS, VULGAR
from veridical.math.reader.commands import COMMANDS, SPACING
from veridical.math.reader.errors import ReadError, TooComplexError
from veridical.math.reader.letters import Letters
from veridical.math.reader.limits import MAX_TOKENS
from veridical.math.reader.meanings import SETS
from veridical.math.reader.pattern import TOKEN
from veridical.math.reader.phrases import match_unit
from veridical.math.reader.tokens import Kind, Token
from veridical.math.reader.units import UNITS

_SCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ₀₁₂₃₄₅₆₇₈₉", "0123456789+-n0123456789")
_TAGS = {
    "<sup>": ((Kind.POWER, ""), (Kind.OPEN, "")),
    "<sub>": ((Kind.INDEX, ""), (Kind.OPEN, "")),
    "</sup>": ((Kind.CLOSE, ""),),
    "</sub>": ((Kind.CLOSE, ""),),
}
_MICRO = re.compile(r"\\mu\s*\\(?:text|mathrm|rm)\s*\{\s*([A-Za-z]{1,3})\s*\}")
_SET = re.compile(r"\s*\\?\{")
_DELIMITERS = {".": ".", "|": "abs", "\\|": "norm"}


def _operand(name: str) -> tuple[Kind, str]:
    return (Kind.NUMBER if name.isdecimal() else Kind.SYMBOL), name


class _Lexer(Letters):
    """One pass over a text."""

    def run(self) -> list[Token]:
        text, end = self.text, len(self.text)
        while self.at < end:
            match = TOKEN.match(text, self.at)
            assert match is not None
            group = match.lastgroup
            if group == "space":
                self.at = match.end()
                self.gap = True
                continue
            if len(self.tokens) > MAX_TOKENS:
                raise TooComplexError(f"more than {MAX_TOKENS} tokens")
            assert group is not None
            # The group that closed last may lie within the alternative.
            _READERS[group](self, match)
            self.gap = False
        self.tokens.append(Token(Kind.END, "", end, self.gap))
        return self.tokens

    def number(self, match: re.Match[str]) -> None:
        end = match.end()
        if match["exponent"] and self.latex and "." not in match["number"]:
            end = match.end("number")
        self.add(Kind.NUMBER, self.text[self.at : end], end)

    def based(self, match: re.Match[str]) -> None:
        self.add(Kind.BASED, match[0], match.end())

    def unit_fraction(self, match: re.Match[str]) -> None:
        written = f"{match['above'].strip()}/{match['below'].strip()}{match['raised'] or ''}"
        phrase = match_unit(written, 0)
        if phrase is None or phrase.end < len(written):
            raise ReadError("words in a fraction", self.at)
        self.add_unit(phrase, match.end())

    def degree(self, match: re.Match[str]) -> None:
        if match["scale"]:
            scale = "celsius" if "C" in match["scale"] else "fahrenheit"
            self.add(Kind.UNIT, scale, match.end())
        else:
            self.add(Kind.DEGREE, "", match.end())

    def size(self, match: re.Match[str]) -> None:
        delimiter = match["delimiter"]
        if delimiter == "." and "right" in match[0] and self._closes_bar():
            self.at = match.end()
        elif delimiter and "middle" in match[0]:
            self.add(Kind.BAR, "", match.end())
        elif delimiter:
            is_open = match[0].startswith("\\left") or match[0][1:].rstrip(".|\\ ").endswith("l")
            self.add(Kind.OPEN if is_open else Kind.CLOSE, _DELIMITERS[delimiter], match.end())
        else:
            self.at = match.end()

    def _closes_bar(self) -> bool:
        r"""Say whether `\right.` ends a `\left|`, which then is a bar of its own: such that."""
        depth = 0
        for index in range(len(self.tokens) - 1, -1, -1):
            token = self.tokens[index]
            depth += (token.kind is Kind.CLOSE) - (token.kind is Kind.OPEN)
            if depth < 0:
                is_bar = token.text == "abs"
                if is_bar:
                    self.tokens[index] = token._replace(kind=Kind.BAR, text="")
                return is_bar
        return False

    def environment(self, match: re.Match[str]) -> None:
        kind = Kind.BEGIN if match[0].startswith("\\begin") else Kind.FINISH
        self.add(kind, match["label"].rstrip("*"), match.end())

    def blackboard(self, match: re.Match[str]) -> None:
        self.add(Kind.NAMED_SET, SETS[match["letter"]], match.end())

    def command(self, match: re.Match[str]) -> None:
        name = match[0][1:]
        if name == " " and self._is_difference(match.end()):
            self.tokens[-1] = self.tokens[-1]._replace(kind=Kind.NAMED_SET)
            self.add(Kind.SET_OPERATION, "difference", match.end())
            return
        if name in SPACING:
            self.at = match.end()
            self.gap = True
            return
        meaning = COMMANDS.get(name)
        if name == "Omega" and self.tokens and self.tokens[-1].kind is Kind.NUMBER:
            meaning = Kind.UNIT, "Ω"
        micro = _MICRO.match(self.text, self.at) if name == "mu" else None
        if micro is not None and f"μ{micro[1]}" in UNITS:
            self.add(Kind.UNIT, f"μ{micro[1]}", micro.end())
            return
        if meaning is None:
            raise ReadError(f"unknown command {match[0]}", self.at)
        if meaning[0] is not Kind.FONT:
            self.add(*meaning, match.end())
        self.at = match.end()

    def _is_difference(self, end: int) -> bool:
        r"""Say whether a lone backslash parts two sets, as in `R \ {0}`."""
        if not self.tokens or not _SET.match(self.text, end):
            return False
        before = self.tokens[-1]
        if before.kind is Kind.SYMBOL and before.text in SETS:
            self.tokens[-1] = before._replace(text=SETS[before.text])
            return True
        return before.kind is Kind.NAMED_SET

    def character(self, match: re.Match[str]) -> None:
        symbol = match[0]
        if symbol in "μΩ" and self.greek_unit():
            return
        if symbol in VULGAR:
            self.add(Kind.FRACTION, symbol, match.end())
        elif symbol in "{}" and self.latex:
            self.add(Kind.OPEN if symbol == "{" else Kind.CLOSE, "", match.end())
        elif symbol in CHARACTERS:
            self.add(*CHARACTERS[symbol], match.end())
        elif symbol.isalpha():
            raise ReadError("a letter of another script", self.at)
        else:
            raise ReadError(f"unexpected {symbol!r}", self.at)

    def script(self, match: re.Match[str]) -> None:
        kind = Kind.SUPERSCRIPT if match.lastgroup == "superscript" else Kind.SUBSCRIPT
        self.add(kind, match[0].translate(_SCRIPTS), match.end())

    def circled(self, match: re.Match[str]) -> None:
        """Read numbers in circles as a list."""
        for index, digit in enumerate(match[0]):
            if index:
                self.add(Kind.COMMA, "", self.at)
            self.add(Kind.NUMBER, str(ord(digit) - ord("①") + 1), self.at + 1)

    def combination(self, match: re.Match[str]) -> None:
        """Read `{}_5C_2` as a function of two arguments."""
        name = "binomial" if match["count"] == "C" else "permutation"
        tokens = [(Kind.FUNCTION, name), (Kind.OPEN, "("), _operand(match["from"])]
        tokens += [(Kind.COMMA, ""), _operand(match["taken"]), (Kind.CLOSE, ")")]
        self.link(tuple(tokens), match.end())

    def derivative(self, match: re.Match[str]) -> None:
        """Read `dy/dx` as a function of two arguments."""
        tokens = [(Kind.FUNCTION, "derivative"), (Kind.OPEN, "("), _operand(match["function"])]
        tokens += [(Kind.COMMA, ""), _operand(match["variable"]), (Kind.CLOSE, ")")]
        self.link(tuple(tokens), match.end())

    def quoted(self, match: re.Match[str]) -> None:
        self.add(Kind.TEXT, match["quoted"], match.end())

    def skip(self, match: re.Match[str]) -> None:
        self.at = match.end()

    def tag(self, match: re.Match[str]) -> None:
        for kind, text in _TAGS[match[0]]:
            self.add(kind, text, match.end())


_READERS = {
    "number": _Lexer.number,
    "exponent": _Lexer.number,
    "based": _Lexer.based,
    "ordinal": _Lexer.skip,
    "stray": _Lexer.skip,
    "derivative": _Lexer.derivative,
    "quoted": _Lexer.quoted,
    "combination": _Lexer.combination,
    "circled": _Lexer.circled,
    "unit_fraction": _Lexer.unit_fraction,
    "degree": _Lexer.degree,
    "scale": _Lexer.degree,
    "size": _Lexer.size,
    "delimiter": _Lexer.size,
    "environment": _Lexer.environment,
    "blackboard": _Lexer.blackboard,
    "upright": _Lexer.upright,
    "command": _Lexer.command,
    "name": _Lexer.name,
    "superscript": _Lexer.script,
    "subscript": _Lexer.script,
    "tag": _Lexer.tag,
    "operator": _Lexer.character,
    "american": _Lexer.character,
    "character": _Lexer.character,
}


def tokenise(text: str, *, trusted: bool = False) -> list[Token]:
    """Return the tokens of `text`, ended by one of kind END.

    A noun behind a number need not be a plural where the text is `trusted`.

    Raises:
        ReadError: A character or a command has no meaning in mathematics.
        TooComplexError: It has too many tokens.
    """
    return _Lexer(text, trusted=trusted).run()
