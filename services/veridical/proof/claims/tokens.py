r"""A step as tokens of prose and maths.

Prose and maths share one list of tokens, so that a chain may run through both (`\(3 \times 4\) = 12`). What
a calculator note holds is a list of its own. Every pattern is linear in the length of the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum
from itertools import pairwise
from typing import NamedTuple

from veridical.proof.steps.zones import Zone, ZoneKind, find_zones

MAX_TOKENS = 8000
"""Tokens read of one step; what stands behind them is not read."""


class Kind(Enum):
    """What a token is."""

    NUMBER = "number"
    SYMBOL = "symbol"
    COMMAND = "command"
    OPERATOR = "operator"
    POSTFIX = "postfix"
    RELATION = "relation"
    OPEN = "open"
    CLOSE = "close"
    COMMA = "comma"
    WORD = "word"
    BREAK = "break"
    STOP = "stop"
    EDGE = "edge"
    COMMENT = "comment"


class Token(NamedTuple):
    """One token.

    Attributes:
        kind: What it is; STOP ends a sentence, BREAK a clause, EDGE is a maths delimiter.
        text: As written, or as the reader of terms wants it; of a RELATION its operator in `terms.Relation`.
        start: Where it starts in the step.
        end: Where it ends, exclusive.
        maths: Whether it stands in maths.
        gap: Whether white space precedes it.
    """

    kind: Kind
    text: str
    start: int
    end: int
    maths: bool
    gap: bool


RELATIONS = {
    "=": "=", "==": "=", ":=": ":=", "<": "<", ">": ">", "<=": "<=", ">=": ">=", "!=": "!=", "≤": "<=",
    "≥": ">=", "≠": "!=", "≈": "approx", "≡": "equiv", "≃": "approx", "≅": "approx", "=~": "approx",
    "\\le": "<=", "\\leq": "<=", "\\leqslant": "<=", "\\ge": ">=", "\\geq": ">=", "\\geqslant": ">=",
    "\\lt": "<", "\\gt": ">", "\\ne": "!=", "\\neq": "!=", "\\approx": "approx", "\\simeq": "approx",
    "\\equiv": "equiv", "\\doteq": "approx", "\\coloneqq": ":=",
}  # fmt: skip
_BREAKS = frozenset(
    [
        "\\implies",
        "\\Rightarrow",
        "\\Longrightarrow",
        "\\iff",
        "\\Leftrightarrow",
        "\\Longleftrightarrow",
        "\\\\",
        "\\therefore",
        "\\because",
        "\\rightarrow",
        "\\longrightarrow",
        "\\to",
        "\\mapsto",
        "\\hline",
        "\\newline",
        "\\par",
        "\\item",
        "\\leftarrow",
        "\\Leftarrow",
        "\\bullet",
        "\\land",
        "\\wedge",
        "\\lor",
        "\\vee",
        "\\impliedby",
        "\\xrightarrow",
        "\\leadsto",
    ]
)
_SPACES = frozenset(
    ["\\,", "\\;", "\\:", "\\!", "\\ ", "\\displaystyle", "\\limits", "\\nonumber", "\\textstyle"]
)
_OPERATORS = {
    "\\times": "\\times ", "\\cdot": "\\cdot ", "\\div": "\\div ", "\\pm": "\\pm ", "\\mp": "\\mp ", "\\ast": "* ",
    "\\bmod": "\\bmod ", "+": "+", "-": "-", "*": "*", "/": "/", "^": "^", "_": "_", "×": "\\times ", "·": "\\cdot ",
    "÷": "\\div ", "−": "-", "–": "-", "∙": "*", "⋅": "*", "•": "*", "∗": "*", "±": "\\pm ", "**": "^", "✕": "*",
    "✖": "*", "\\star": "* ",
}  # fmt: skip
_POSTFIXES = {
    "%": "%",
    "\\%": "\\%",
    "!": "!",
    "'": "'",
    "°": "°",
    "′": "'",
    "²": "^2",
    "³": "^3",
    "!!": "!!",
}
_ARROWS = frozenset(
    ["=>", "->", "→", "⇒", "⟹", "⟺", "⇔", "-->", "==>", "<=>", "∴", "∵", "<->", "↔"]
)
_NUMBER = r"\d{1,3}(?:(?:,|\{,\}|,\\!)\d{3})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+"
_COMMON = r"""
    (?P<space>[ \t\r\xa0\u2009\u202f]+)
  | (?P<newline>\n\s*(?:(?:[*+•-]|\d{1,3}[.)])[ \t]+)?)
  | (?P<arrow>(?:-->|==>|<=>|<->|=>|->|[→⇒⟹⟺⇔∴∵↔]))
  | (?P<dots>\.{2,}|…)
  | (?P<relation>[<>!:=]=|=~|[=<>≤≥≠≈≡≃≅])
  | (?P<close>[)\]}])
  | (?P<sign>\*\*|!!|[-+*/^_%!'×·÷−–∙⋅•∗±°′²³✕✖])
"""
_MATHS = re.compile(
    rf"""(?P<recurring>(?:{_NUMBER}|)\.?\d*\\(?:overline|bar)\s*\{{\d+\}})
  | (?P<number>{_NUMBER})
  | (?P<blank>\s+)
  | (?P<text>\\(?:text|textbf|textit|textrm|textsf|mbox|hbox|mathrm|operatorname)\*?\s*\{{(?P<inner>[^{{}}]*)\}})
  | (?P<tag>\\(?:tag|label)\*?\s*\{{[^{{}}]*\}})
  | (?P<environment>\\(?:begin|end)\{{(?P<name>[a-zA-Z]+)\*?\}}(?:\{{[^{{}}]*\}})?)
  | (?P<size>\\(?:left|right|[bB]igg?[lrm]?)\s*(?P<side>\\?[()\[\]{{}}|.<>]|\\[a-z]+)?)
  | (?P<command>\\(?:[A-Za-z]+|.))
  | (?P<letters>[A-Za-z]+|[α-ωΑ-Ω])
  | (?P<open>[(\[{{])
  | {_COMMON}
  | (?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
_PROSE = re.compile(
    rf"""(?P<bullet>\A[ \t]*(?:[*+•-]|\d{{1,3}}[.)])[ \t]+)
  | (?P<text>\\(?:text|textbf|textit|textrm|mbox|mathrm)\s*\{{(?P<inner>[^{{}}]*)\}})
  | (?P<ordinal>\d+(?:st|nd|rd|th)\b|\d+-[A-Za-z]{{2,}}(?:-[A-Za-z]+)*)
  | (?P<number>{_NUMBER})
  | (?P<bold>(?<![\w)\]])\*\*(?=\S)|(?<=\S)\*\*(?![\w(-])|`+|\#+)
  | (?P<function>(?:sqrt|sin|cos|tan|log|ln|gcd|lcm|floor|ceil|abs|max|min|exp|binom|choose|mod|pi|C|P)(?=\())
  | (?P<variable>[A-Za-z](?:_\{{\w+\}}|_\w{{1,8}}|\d{{1,2}})(?![A-Za-z]))
  | (?P<word>[A-Za-zÀ-ÖØ-öø-ÿ]+(?:['’-][A-Za-zÀ-ÖØ-öø-ÿ]+)*|[α-ωΑ-Ω])
  | (?P<command>\\(?:[A-Za-z]+|.))
  | (?P<open>[(\[{{])
  | {_COMMON}
  | (?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
_EQUATION_LINES = frozenset(
    [
        "align",
        "aligned",
        "gather",
        "gathered",
        "equation",
        "eqnarray",
        "split",
        "multline",
        "alignat",
        "cases",
        "displaymath",
    ]
)
_LETTER_PRODUCTS = frozenset(
    ["xy", "yz", "xz", "zx", "xyz", "mn", "pq", "ab", "bc", "ac", "ca", "abc"]
)
_FUNCTIONS = frozenset(
    [
        "sin",
        "cos",
        "tan",
        "log",
        "ln",
        "gcd",
        "lcm",
        "mod",
        "max",
        "min",
        "cot",
        "sec",
        "csc",
        "arcsin",
        "arccos",
        "arctan",
        "exp",
        "lg",
        "sqrt",
        "det",
    ]
)
_ALPHABET = "abcdefghijklmnopqrstuvwxyz"
_VOWELS = frozenset("aeiouy")
_MAX_RUN = 3
_MAX_SPAN = 5
_WORDS_ASCENDING = frozenset(["nor", "opt", "deg", "beg"])
_LETTER_WORDS = frozenset(["a", "A", "I"])


def is_product(letters: str) -> bool:
    """Say whether letters in maths are a product of variables, such as `abc` and `xy`, and not a name."""
    if len(letters) <= 2 or letters in _ALPHABET or not _VOWELS.intersection(letters.lower()):
        return True
    if letters[-1] == "i" and letters[:-1] in _LETTER_PRODUCTS:
        return True
    return _is_ascending(letters) and letters not in _WORDS_ASCENDING


def _is_ascending(letters: str) -> bool:
    """Say whether letters near each other in the alphabet stand in its order, as in `abd`."""
    near = letters.islower() and ord(letters[-1]) - ord(letters[0]) <= _MAX_SPAN
    return near and all(one < other for one, other in pairwise(letters))


class _Tokeniser:
    """One pass over a stretch of prose or maths."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens: list[Token] = []
        self.gap = False
        self.matrices = 0

    def add(self, kind: Kind, text: str, match: re.Match[str], *, maths: bool) -> None:
        self.tokens.append(Token(kind, text, match.start(), match.end(), maths, self.gap))
        self.gap = False

    def mark(self, kind: Kind, start: int, end: int) -> None:
        self.tokens.append(Token(kind, "", start, end, False, self.gap))
        self.gap = False

    def prose(self, start: int, end: int) -> None:
        for match in _PROSE.finditer(self.text, start, end):
            if len(self.tokens) > MAX_TOKENS:
                return
            self._prose(match, match.lastgroup or "")

    def _prose(self, match: re.Match[str], group: str) -> None:
        text = match[0]
        if group in ("space", "bold"):
            self.gap = True
        elif group == "word":
            is_symbol = (len(text) == 1 and text not in _LETTER_WORDS) or text in _LETTER_PRODUCTS
            self.add(Kind.SYMBOL if is_symbol else Kind.WORD, text, match, maths=False)
        elif group in ("ordinal", "variable"):
            self.add(Kind.WORD if group == "ordinal" else Kind.SYMBOL, text, match, maths=False)
        elif group == "function":
            self.add(Kind.COMMAND, text, match, maths=False)
        elif group in ("newline", "bullet"):
            self.add(Kind.BREAK, "\n", match, maths=False)
        elif match["text"]:
            self.prose(match.start("inner"), match.end("inner"))
        elif group == "other":
            self._other(match, maths=False)
        else:
            self._shared(match, group, maths=False)

    def _other(self, match: re.Match[str], *, maths: bool) -> None:
        text = match[0]
        if text == ",":
            self.add(Kind.COMMA, ",", match, maths=maths)
        elif text in ".?;:":
            is_stop = text in ".?" and not maths
            self.add(Kind.STOP if is_stop else Kind.BREAK, text, match, maths=maths)
        elif text == "|" and maths:
            self.add(Kind.COMMAND, "|", match, maths=maths)
        elif (text in "∞∑∏∫√∠△π…" and maths) or text in "√π":
            self.add(Kind.COMMAND, text, match, maths=maths)
        elif text == "&" and self.matrices > 0:
            self.add(Kind.COMMAND, " & ", match, maths=maths)
        elif text in "$€£&~":
            self.gap = True
        else:
            self.add(Kind.BREAK, text, match, maths=maths)

    def _shared(self, match: re.Match[str], group: str, *, maths: bool) -> None:
        text = match[0]
        if group == "number":
            self.add(Kind.NUMBER, text, match, maths=maths)
        elif group == "relation":
            self.add(Kind.RELATION, RELATIONS.get(text, "="), match, maths=maths)
        elif group == "arrow":
            self.add(Kind.BREAK, "=>", match, maths=maths)
        elif group == "dots":
            follows = bool(self.tokens) and self.tokens[-1].kind in (
                Kind.NUMBER,
                Kind.OPERATOR,
                Kind.COMMA,
            )
            self.add(
                Kind.COMMAND if maths or follows else Kind.STOP, "\\ldots ", match, maths=maths
            )
        elif group in ("open", "close"):
            self.add(Kind.OPEN if group == "open" else Kind.CLOSE, text, match, maths=maths)
        elif group == "sign":
            kind = Kind.POSTFIX if text in _POSTFIXES else Kind.OPERATOR
            self.add(kind, _POSTFIXES.get(text) or _OPERATORS[text], match, maths=maths)
        elif group == "command":
            self._command(match, maths=maths)

    def _command(self, match: re.Match[str], *, maths: bool) -> None:
        text = match[0]
        if text in _SPACES or text in ("\\$", "\\&", "\\#", "\\_"):
            self.gap = True
        elif text in RELATIONS:
            self.add(Kind.RELATION, RELATIONS[text], match, maths=maths)
        elif text in ("\\quad", "\\qquad"):
            self.add(Kind.COMMA, "\\quad", match, maths=maths)
        elif text in _BREAKS:
            self.add(Kind.BREAK, text, match, maths=maths)
        elif text in _OPERATORS:
            self.add(Kind.OPERATOR, _OPERATORS[text], match, maths=maths)
        elif text in _POSTFIXES:
            self.add(Kind.POSTFIX, _POSTFIXES[text], match, maths=maths)
        elif text in ("\\{", "\\lfloor", "\\lceil", "\\langle", "\\lvert", "\\lbrace"):
            self.add(Kind.OPEN, text + " ", match, maths=maths)
        elif text in ("\\}", "\\rfloor", "\\rceil", "\\rangle", "\\rvert", "\\rbrace"):
            self.add(Kind.CLOSE, text + " ", match, maths=maths)
        else:
            self.add(Kind.COMMAND, text + " ", match, maths=maths)

    def maths(self, start: int, end: int) -> None:
        for match in _MATHS.finditer(self.text, start, end):
            if len(self.tokens) > MAX_TOKENS:
                return
            group = "text" if match["text"] else match.lastgroup or ""
            self._maths(match, group)

    def _maths(self, match: re.Match[str], group: str) -> None:
        text = match[0]
        if group in ("blank", "tag"):
            self.gap = True
        elif match["recurring"]:
            self.add(Kind.NUMBER, "0" + text if text[0] == "." else text, match, maths=True)
        elif match["text"]:
            self._upright(match)
        elif match["environment"]:
            self._environment(match)
        elif match["size"]:
            self._size(match)
        elif group == "letters":
            self._letters(match, text)
        elif group == "other":
            self._other(match, maths=True)
        else:
            self._shared(match, group, maths=True)

    def _upright(self, match: re.Match[str]) -> None:
        inner = match["inner"].strip()
        if inner in _FUNCTIONS:
            self.add(
                Kind.COMMAND,
                f"\\{inner} " if inner not in ("lcm", "lg") else inner,
                match,
                maths=True,
            )
        elif len(inner) == 1 and inner.isalpha() and not match[0].startswith("\\text"):
            self.add(Kind.SYMBOL, inner, match, maths=True)
        else:
            known = len(self.tokens)
            self.prose(match.start("inner"), match.end("inner"))
            self.tokens[known:] = [token for token in self.tokens[known:] if token.text != "."]

    def _environment(self, match: re.Match[str]) -> None:
        if match["name"] in _EQUATION_LINES:
            self.add(Kind.BREAK, "\\\\", match, maths=True)
        else:
            opens = match[0].startswith("\\begin")
            self.matrices = max(0, self.matrices + (1 if opens else -1))
            self.add(Kind.OPEN if opens else Kind.CLOSE, match[0], match, maths=True)

    def _size(self, match: re.Match[str]) -> None:
        side = match["side"] or ""
        if not side or not match[0].startswith(("\\left", "\\right")):
            if side:
                closes = side in (")", "]", "\\}", "}")
                opens = side in ("(", "[", "\\{", "{")
                self.add(
                    Kind.OPEN if opens else Kind.CLOSE if closes else Kind.COMMAND,
                    side,
                    match,
                    maths=True,
                )
            return
        self.add(
            Kind.OPEN if match[0].startswith("\\left") else Kind.CLOSE, match[0], match, maths=True
        )

    def _letters(self, match: re.Match[str], text: str) -> None:
        if text in ("LCM", "GCD", "HCF"):
            self.add(Kind.COMMAND, {"LCM": "lcm"}.get(text, "gcd"), match, maths=True)
        elif len(text) > 1 and text.isupper():
            self.add(Kind.SYMBOL, f"{text[0]}_{{{text[1:]}}}", match, maths=True)
        elif text in _FUNCTIONS:
            self.add(Kind.COMMAND, text, match, maths=True)
        else:
            self._run(match, text)

    def _run(self, match: re.Match[str], text: str) -> None:
        if not is_product(text):
            self.add(Kind.WORD, text, match, maths=True)
        else:
            # The reader of terms takes four letters and more for a word.
            apart = " ".join(text) if len(text) > _MAX_RUN and text.islower() else text
            self.add(Kind.SYMBOL, apart, match, maths=True)


def tokenise(text: str) -> Iterator[list[Token]]:
    """Yield the tokens of the text without its notes, then those of each note."""
    zones = find_zones(text)
    outer, notes, at = _Tokeniser(text), [], 0
    for zone in zones:
        outer.prose(at, zone.start)
        at = zone.end
        if zone.kind is ZoneKind.NOTE:
            notes.append(_note(text, zone))
        elif zone.kind is ZoneKind.CODE:
            outer.mark(Kind.STOP, zone.start, zone.end)
        else:
            mark = Kind.EDGE if zone.kind is ZoneKind.INLINE else Kind.BREAK
            outer.mark(mark, zone.start, zone.inner_start)
            outer.maths(zone.inner_start, zone.inner_end)
            outer.mark(mark, zone.inner_end, zone.end)
    outer.prose(at, len(text))
    yield _with_letters(outer.tokens)
    yield from notes


def _note(text: str, zone: Zone) -> list[Token]:
    note = _Tokeniser(text)
    note.prose(zone.inner_start, zone.inner_end)
    return [token._replace(maths=True) for token in note.tokens]


def _with_letters(tokens: list[Token]) -> list[Token]:
    """Make `a`, `A` and `I` symbols where an operator or a relation stands beside them."""
    for index, token in enumerate(tokens):
        if token.kind is Kind.WORD and token.text in _LETTER_WORDS and _is_variable(tokens, index):
            tokens[index] = token._replace(kind=Kind.SYMBOL)
    return tokens


def _is_variable(tokens: list[Token], index: int) -> bool:
    before = tokens[index - 1].kind if index else Kind.STOP
    behind = tokens[index + 1].kind if index + 1 < len(tokens) else Kind.STOP
    if behind in (Kind.WORD, Kind.NUMBER, Kind.EDGE, Kind.SYMBOL):
        return False
    return before in (Kind.OPERATOR, Kind.RELATION) or behind in (Kind.OPERATOR, Kind.RELATION)
