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

from veridical.math.reader.connectives import Connective, connective, match_connective
from veridical.math.reader.meanings import SETS
from veridical.math.reader.names import CALLED, NAMES, PREFIX, SPELT_OUT, is_fused
from veridical.math.reader.phrases import Phrase, match_noun, match_unit
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
        tokens: What was read so far.
        at: Offset of what comes next.
        gap: Whether white space precedes it.
    """

    def __init__(self, text: str) -> None:
        self.text = text
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
        if phrase is None:
            if is_fused(run) or run in SPELT_OUT:
                return False
            if len(run) < 3 or run in NAMES or (self.latex and len(run) < 4):
                return False
            phrase = match_noun(self.text, self.at)
        if phrase is None or not self._is_certain(run, phrase):
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

    def add_unit(self, phrase: Phrase, end: int) -> None:
        """Add one token for each unit of `phrase`."""
        for name, exponent in phrase.unit:
            self.add(Kind.UNIT, name if exponent == 1 else f"{name}^{exponent}", end)

    def upright(self, match: re.Match[str]) -> None:
        r"""Read what stands in upright type, as in `\text{or}` and `\mathrm{cm}`."""
        content = _CONTENT.match(self.text, match.end())
        if content is None:
            self.at = match.end()
            return
        words = content[1].strip()
        start = content.start(1) + len(content[1]) - len(content[1].lstrip())
        linked = SPELT_OUT.get(words) or connective(words)
        meaning = NAMES.get(words)
        if linked is not None:
            self.link(linked, content.end())
        elif self._upright_unit(start, content.end(1)):
            self.at = content.end()
        elif (tail := _TAIL.fullmatch(words)) and self._upright_unit(start, start + tail.end(1)):
            self.add(*NAMES[tail[2]], content.end())
        elif words.isalpha() and len(words) > 1 and self.text.startswith("(", content.end()):
            kind, name = meaning or (Kind.UNKNOWN_FUNCTION, words)
            self.add(kind, name, content.end())
        elif meaning is not None and len(words) > 1:
            self.add(*meaning, content.end())
        elif match[0].startswith("\\operatorname"):
            self.add(Kind.UNKNOWN_FUNCTION, words, content.end())
        elif len(words) == 1 and words.isalpha():
            kind, name = NAMES.get(words, (Kind.SYMBOL, words))
            self.add(kind, name, content.end())
        elif len(words) == 1 or _MATHS.search(words) or not words:
            self.at = match.end()
        else:
            self.add(Kind.TEXT, words, content.end())

    def _upright_unit(self, start: int, end: int) -> bool:
        before = self.tokens[-1].kind if self.tokens else Kind.END
        if before not in _ENDS_VALUE and not self._is_behind_unit():
            return False
        for read in (match_unit, match_noun):
            phrase = read(self.text, start)
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
