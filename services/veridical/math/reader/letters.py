r"""Runs of letters to tokens: names, variables, words, units.

What a run of letters is depends on what stands around it, by these rules, in this order:

1. behind a value, a unit of measurement (`5 km/h`, `3\text{ m}^2`), or a noun (`5 apples`);
2. a known name (`sin`, `pi`, `or`);
3. one letter is a variable (`i` and `e` are constants);
4. functions with one letter each (`sinx`), and up to three letters that are no common word (`xy`), are
   a product; so are longer runs in LaTeX that are all capitals, in alphabetical order or without vowels;
5. anything else is one name (`Area`), which is never multiplied.

A one-letter unit counts only in upright type or where a space and the end of the text enclose it.
"""

from __future__ import annotations

import re

from veridical.math.reader.connectives import (
    Connective,
    connective,
    kind_of_number,
    match_connective,
)
from veridical.math.reader.counting import OPENING_WORDS, match_counted
from veridical.math.reader.meanings import SETS
from veridical.math.reader.names import CALLED, NAMES, PREFIX, SPELT_OUT, is_fused
from veridical.math.reader.phrases import Phrase, match_unit
from veridical.math.reader.tokens import Kind, Token

_ENDS_VALUE = frozenset(
    {
        Kind.NUMBER,
        Kind.SYMBOL,
        Kind.CONSTANT,
        Kind.CLOSE,
        Kind.SUPERSCRIPT,
        Kind.PERCENT,
        Kind.FACTORIAL,
    }
)
_MAX_EXPONENT_TOKENS = 7
_MEMBERSHIPS = frozenset({"in", "notin", "subset"})
_AFTER_UNIT = frozenset(
    {Kind.OVER, Kind.TIMES, Kind.POWER, Kind.OPEN, Kind.CLOSE, Kind.MINUS, Kind.NUMBER}
)
_INDEX = re.compile(r"\d+(?![\d.(])")
_COMMAND = re.compile(r"\\[A-Za-z{,;:!%$|]")
_CONTENT = re.compile(r"\{(?:[~\s]|\\[,;: ])*([^{}\\$]*)\}")
_MATHS = re.compile(r"[\d=<>^_+/|]|\(\w\)")
_TAIL = re.compile(r"(.*?\w)[,]? (and|or)")
_UNIT_ENDS = re.compile(r"\s*(?:$|[,;)\]}=+<>&$.]|\\(?!cdot|times|frac)|and\b|or\b|-)")
_NEXT_AMOUNT = re.compile(r"\s+\d+(?:\.\d+)?\s*[A-Za-z]")

_JOINING = frozenset(
    ["for", "where", "with", "when", "if", "whenever", "given", "such", "provided", "is", "are"]
)
_COMMON = """
    am an any are as at be but by can do for from had has he his how if is it its let may no nor not
    of on one our out so the to two up us was we who you yes all odd too
"""
_SHORT_WORDS = frozenset(_COMMON.split())


class Letters:
    """Reads runs of letters.

    Attributes:
        text: The whole text.
        latex: Whether a LaTeX command is in it.
        trusted: Whether any noun behind a number is what it counts.
        tokens: What was read so far.
        at: Offset of what comes next.
        gap: Whether white space precedes it.
    """

    def __init__(self, text: str, *, trusted: bool = False) -> None:
        self.text = text
        self.trusted = trusted
        self.latex = _COMMAND.search(text) is not None
        self.tokens: list[Token] = []
        self.at = 0
        self.gap = False

    def add(self, kind: Kind, text: str, end: int) -> None:
        """Add a token that ends at `end`."""
        self.tokens.append(Token(kind, text, self.at, self.gap))
        self.at = end

    def _is_behind_unit(self) -> bool:
        """Say whether a unit, its exponent, and perhaps a stroke or a dot, stand just before."""
        for token in reversed(self.tokens[-_MAX_EXPONENT_TOKENS:]):
            if token.kind is Kind.UNIT:
                return True
            if token.kind not in _AFTER_UNIT:
                return False
        return False

    def link(self, linked: Connective, end: int) -> None:
        """Add the tokens that words up to `end` stand for."""
        for kind, text in linked:
            self.add(kind, text, end)
        self.at = end

    def name(self, match: re.Match[str]) -> None:
        """Read a run of letters."""
        run, end = match[0], match.end()
        if self._unit(run) or self._phrase(run):
            return
        meaning = NAMES.get(run)
        if self.text.startswith("(", end) and run in CALLED:
            self.add(Kind.FUNCTION, CALLED[run], end)
        elif run in SPELT_OUT:
            self.link(SPELT_OUT[run], end)
        elif meaning is not None:
            self.add(*meaning, end)
        elif len(run) == 1:
            self._letter(run)
        elif _is_product(run, latex=self.latex):
            self._letters(run)
        else:
            self.add(Kind.WORD, run, end)

    def _letter(self, letter: str) -> None:
        """Read a variable; in plain text with the digits directly behind it, as in `x1`."""
        is_behind = bool(self.tokens) and self.tokens[-1].kind is Kind.NUMBER and not self.gap
        index = None if self.latex else _INDEX.match(self.text, self.at + 1)
        if letter in SETS and self.tokens and self.tokens[-1].text in _MEMBERSHIPS:
            self.add(Kind.NAMED_SET, SETS[letter], self.at + 1)
        elif index is None:
            self.add(Kind.SYMBOL, letter, self.at + 1)
        elif letter == "x" and is_behind:
            self.add(Kind.TIMES, "", self.at + 1)
        else:
            self.add(Kind.SYMBOL, f"{letter}_{index[0]}", index.end())

    def greek_unit(self) -> bool:
        """Read a unit that begins with a Greek letter, as in `5 μm`; False if there is none."""
        before = self.tokens[-1].kind if self.tokens else Kind.END
        phrase = match_unit(self.text, self.at) if before in _ENDS_VALUE else None
        if phrase is None or not _UNIT_ENDS.match(self.text, phrase.end):
            return False
        self.add_unit(phrase, phrase.end)
        return True

    def _letters(self, run: str) -> None:
        pieces = PREFIX.findall(run) if is_fused(run) else run
        for piece in pieces:
            kind, text = NAMES.get(piece, (Kind.SYMBOL, piece))
            self.add(kind, text, self.at + len(piece))

    def _phrase(self, run: str) -> bool:
        """Read words that join mathematics, such as `for some`; False if there are none."""
        found = match_connective(self.text, self.at) if run in _JOINING else None
        if found is None:
            return False
        self.link(*found)
        return True

    def _unit(self, run: str) -> bool:
        """Read a unit or a noun behind a value; False if it is none."""
        before = self.tokens[-1].kind if self.tokens else Kind.END
        if before not in _ENDS_VALUE or (before is not Kind.NUMBER and not self.gap):
            return False
        phrase = match_unit(self.text, self.at)
        if phrase is None or not self._is_certain(run, phrase):
            phrase = self._counted(run)
        if phrase is None:
            return False
        self.add_unit(phrase, phrase.end)
        return True

    def _is_certain(self, run: str, phrase: Phrase) -> bool:
        if not _UNIT_ENDS.match(self.text, phrase.end):
            is_amount = len(run) > 1 or (run in "hms" and not self.latex)
            return is_amount and _NEXT_AMOUNT.match(self.text, phrase.end) is not None
        if run == "m" and self.text[self.at + 1 : self.at + 2] in {"²", "³"}:
            return True
        return len(run) > 1 or (self.gap and (phrase.parts > 1 or not self.latex))

    def _counted(self, run: str) -> Phrase | None:
        """Return what is counted from here on, None if the run of letters may be anything else."""
        if run not in OPENING_WORDS or self.tokens[-1].kind is not Kind.NUMBER:
            if is_fused(run) or run in SPELT_OUT or run in NAMES:
                return None
            if len(run) < (4 if self.latex else 3):
                return None
        phrase = match_counted(self.text, self.at, one=self._is_one())
        if phrase is None or not _UNIT_ENDS.match(self.text, phrase.end):
            return None
        return phrase

    def _is_one(self) -> bool:
        """Say whether the number just read may count one thing, as far as its tokens show that."""
        if self.trusted or not self.tokens:
            return self.trusted
        token, *before = self.tokens[:-4:-1]
        if token.kind is not Kind.NUMBER:
            return token.kind is Kind.CLOSE and self.tokens[0].kind is Kind.FRACTION
        if len(before) > 1 and before[0].kind is Kind.OVER and before[1].text.isdecimal():
            return token.text.isdecimal() and int(before[1].text) <= int(token.text)
        is_first = not before or before[0].kind is not Kind.OVER
        return is_first and (token.text == "1" or token.text.startswith(("0.", ".")))

    def add_unit(self, phrase: Phrase, end: int) -> None:
        """Add one token for each unit of `phrase`; a mere remark, such as `in total`, has none."""
        for name, exponent in phrase.unit:
            self.add(Kind.UNIT, name if exponent == 1 else f"{name}^{exponent}", end)
        self.at = end

    def upright(self, match: re.Match[str]) -> None:
        r"""Read what stands in upright type, as in `\text{or}` and `\mathrm{cm}`."""
        content = _CONTENT.match(self.text, match.end())
        if content is None:
            self.at = match.end()
            return
        words = content[1].strip()
        start = content.start(1) + len(content[1]) - len(content[1].lstrip())
        linked = self._linked(words)
        if linked is not None:
            self.link(linked, content.end())
        elif self._upright_unit(start, content.end(1)):
            self.at = content.end()
        elif (tail := _TAIL.fullmatch(words)) and self._upright_unit(start, start + tail.end(1)):
            self.add(*NAMES[tail[2]], content.end())
        elif (name := self._upright_name(match[0], words, content.end())) is not None:
            self.add(*name, content.end())
        elif len(words) == 1 or _MATHS.search(words) or not words:
            self.at = match.end()
        else:
            self.add(Kind.TEXT, words, content.end())

    def _linked(self, words: str) -> Connective | None:
        """Return what upright words stand for where they join mathematics, as `for all` and `odd` do."""
        linked = SPELT_OUT.get(words) or connective(words)
        if linked is None and self.tokens and self.tokens[-1].kind is Kind.SYMBOL:
            kind = kind_of_number(words.lower())
            return None if kind is None else ((Kind.IS_A, kind),)
        return linked

    def _upright_name(self, command: str, words: str, end: int) -> tuple[Kind, str] | None:
        """Return what upright words name: a function, a constant, a variable; None if nothing."""
        meaning = NAMES.get(words)
        if words.isalpha() and len(words) > 1 and self.text.startswith("(", end):
            return meaning or (Kind.UNKNOWN_FUNCTION, words)
        if meaning is not None and len(words) > 1:
            return meaning
        if command.startswith("\\operatorname"):
            return Kind.UNKNOWN_FUNCTION, words
        return (meaning or (Kind.SYMBOL, words)) if len(words) == 1 and words.isalpha() else None

    def _upright_unit(self, start: int, end: int) -> bool:
        before = self.tokens[-1].kind if self.tokens else Kind.END
        if before not in _ENDS_VALUE and not self._is_behind_unit():
            return False
        counted = match_counted(self.text, start, one=self._is_one())
        for phrase in (match_unit(self.text, start), counted):
            if phrase is not None and not self.text[phrase.end : end].strip(" ."):
                self.add_unit(phrase, end)
                return True
        return False


def _is_product(run: str, *, latex: bool) -> bool:
    """Say whether a run of letters that is no name is a product of its letters."""
    if is_fused(run):
        return True
    lower = run.lower()
    if lower in _SHORT_WORDS:
        return False
    if len(run) <= 3 or not latex:
        return len(run) <= 3
    return run.isupper() or list(run) == sorted(run) or not set("aeiou") & set(lower)
