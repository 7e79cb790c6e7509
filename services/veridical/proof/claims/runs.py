"""Runs of formula tokens: where an expression within prose starts and ends.

A run is read from left to right as operands and operators. Words that only count or measure ("5 boxes", "3 hours",
"$2 per egg") and remarks in brackets are passed over; any other word ends the run.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from veridical.proof.claims.tokens import Kind, Token
from veridical.proof.claims.words import CHANGING, MULTIPLES, NOT_COUNTED, OPERATORS, UNITS

MAX_UNIT_WORDS = 4
"""Words that may stand between a number and an operator and still only say what is counted."""

MAX_DEPTH = 30
"""Levels of brackets."""

_SIGNS = frozenset(["+", "-", "\\pm ", "\\mp "])
_OPERANDS = frozenset([Kind.NUMBER, Kind.SYMBOL, Kind.COMMAND])
_ENDS = frozenset([Kind.RELATION, Kind.COMMA, Kind.BREAK, Kind.STOP, Kind.CLOSE])
_MODULI = frozenset(["\\pmod ", "\\mod ", "\\pod "])
_MOD_WORDS = frozenset(["mod", "modulo", "\\bmod "])


@dataclass(frozen=True, slots=True)
class Run:
    """An expression within tokens.

    Attributes:
        first: Index of its first token.
        end: Index behind its last token, units included.
        text: It as the reader of terms is to read it; empty if it is not understood as a whole.
        units: Units of measurement in it, with their dimensions.
        rates: Dimensions of units that stand behind a slash or `per`.
        counted: Whether words stand behind its numbers.
        bare: Whether it is a number alone.
        maths: Whether all of it stands in maths.
        modulus: What stands in `(mod ..)` behind it, empty for nothing.
        mixed: Whether summands in it have different units of one dimension.
        loose: Whether a sign in it may start a new expression, as in `4 -4`.
    """

    first: int
    end: int
    text: str
    units: frozenset[tuple[str, str]] = frozenset()
    rates: frozenset[str] = frozenset()
    counted: bool = False
    bare: bool = False
    maths: bool = False
    modulus: str = ""
    mixed: bool = False
    loose: bool = False


@dataclass(slots=True)
class _Draft:
    pieces: list[str] = field(default_factory=list)
    units: set[tuple[str, str]] = field(default_factory=set)
    rates: set[str] = field(default_factory=set)
    counted: bool = False
    understood: bool = True
    modulus: str = ""
    operands: int = 0
    operators: int = 0
    maths: bool = True
    mixed: bool = False
    loose: bool = False
    summand: set[tuple[str, str]] = field(default_factory=set)
    summands: dict[str, set[tuple[str, str]]] = field(default_factory=dict)

    def end_summand(self) -> None:
        """Compare the units of a summand that ends here with those of the summands before it."""
        for unit in self.summand:
            known = self.summands.setdefault(unit[0], set(self.summand))
            self.mixed |= unit not in known
        self.summand = set()


def matching(tokens: Sequence[Token]) -> dict[int, int]:
    """Return the index of the closing bracket of each bracket that is closed."""
    pairs: dict[int, int] = {}
    open_brackets: list[int] = []
    for index, token in enumerate(tokens):
        if token.kind is Kind.OPEN:
            open_brackets.append(index)
        elif token.kind is Kind.CLOSE and open_brackets:
            pairs[open_brackets.pop()] = index
        elif token.kind is Kind.STOP and not token.maths:
            open_brackets.clear()
    return pairs


class Scanner:
    """Reads runs of a list of tokens."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self.tokens = tokens
        self.pairs = matching(tokens)

    def run(self, start: int, end: int, depth: int = 0) -> Run | None:
        """Return the run that starts at `start` and ends before `end` at the latest; None if none does."""
        return _Reading(self, start, end, depth).run()

    def runs(self, start: int, end: int) -> list[Run]:
        """Return the runs between two indices, one after the other."""
        found, at = [], start
        while at < end:
            run = self.run(at, end)
            if run is None:
                at += 1
            else:
                found.append(run)
                at = max(run.end, at + 1)
        return found


class _Reading:
    """The reading of one run."""

    def __init__(self, scanner: Scanner, start: int, end: int, depth: int) -> None:
        self.tokens, self.pairs, self.scanner = scanner.tokens, scanner.pairs, scanner
        self.start, self.at, self.end, self.depth = start, start, end, depth
        self.draft = _Draft()
        self.last = start

    def run(self) -> Run | None:
        wants_operand = True
        while self.at < self.end:
            going = self._operand() if wants_operand else self._next()
            if going is None:
                break
            wants_operand = going
        else:
            self.last = max(self.last, self.at) if not wants_operand else self.last
        draft = self.draft
        if not draft.operands:
            return None
        understood = draft.understood and not wants_operand
        draft.end_summand()
        return Run(
            self.start,
            self.last,
            _joined(draft.pieces) if understood else "",
            frozenset(draft.units),
            frozenset(draft.rates),
            draft.counted,
            draft.operands == 1 and not draft.operators and draft.pieces[-1][-1:].isdigit(),
            draft.maths,
            draft.modulus,
            draft.mixed,
            draft.loose,
        )

    def _peek(self, index: int) -> Token | None:
        return self.tokens[index] if index < self.end else None

    def _operand(self) -> bool | None:
        """Read what an operand starts with; say whether an operand is still wanted, None at the end."""
        token = self.tokens[self.at]
        if token.kind is Kind.EDGE:
            self.at += 1
            return True
        if token.kind is Kind.OPERATOR and token.text in _SIGNS:
            self._take(token)
            return True
        if token.kind in _OPERANDS:
            self.draft.operands += 1
            self.draft.operators += token.kind is not Kind.NUMBER
            self._take(token)
            return False
        if token.kind is Kind.OPEN and self.at in self.pairs:
            return False if self._group() else None
        if self.draft.operators and self.draft.operands:
            self.last = self.at
        return None

    def _take(self, token: Token, text: str | None = None) -> None:
        written = token.text if text is None else text
        pieces = self.draft.pieces
        if pieces and _is_apart(token, pieces[-1], self._peek(self.at + 1)):
            written = " " + written
        pieces.append(written)
        self.draft.maths &= token.maths
        self.at += 1
        self.last = self.at

    def _group(self) -> bool:
        close = self.pairs[self.at]
        if close >= self.end or self.depth >= MAX_DEPTH:
            return False
        token = self.tokens[self.at]
        inner = self._inner(self.at + 1, close)
        self.draft.understood &= inner is not None
        self.draft.operands += 1
        self.draft.operators += 1
        gap = " " if token.gap and self.draft.pieces and not token.maths else ""
        self.draft.pieces.append(f"{gap}{token.text}{inner}{self.tokens[close].text}")
        self.draft.maths &= token.maths
        self.at = self.last = close + 1
        return True

    def _inner(self, start: int, end: int) -> str | None:
        """Return what a bracket holds as text for the reader, None if it is not understood."""
        tokens = self.tokens
        if tokens[start - 1].maths and all(
            tokens[i].kind is not Kind.WORD for i in range(start, end)
        ):
            return _raw(tokens[start:end])
        parts, at = [], start
        while at < end:
            run = self.scanner.run(at, end, self.depth + 1)
            if run is None or not run.text or run.modulus:
                return None
            parts.append(run.text)
            self.draft.units |= run.units
            self.draft.rates |= run.rates
            self.draft.counted |= run.counted
            self.draft.mixed |= run.mixed
            self.draft.summand |= run.units
            at = run.end
            if at < end:
                if tokens[at].kind is not Kind.COMMA:
                    return None
                parts.append(", ")
                at += 1
        return "".join(parts)

    def _next(self) -> bool | None:
        """Read on behind an operand; say whether an operand is wanted now, None at the end."""
        token = self.tokens[self.at]
        kind = token.kind
        if kind in _ENDS:
            return None
        if kind is Kind.EDGE:
            return self._edge()
        if kind is Kind.COMMENT:
            self.at += 1
            self.last = self.at
            return False
        if kind is Kind.OPERATOR:
            return self._operator(token)
        if kind is Kind.POSTFIX:
            return self._postfix(token)
        if kind is Kind.WORD:
            return self._words()
        if token.text in _MODULI:
            return self._modulus(self.at + 1, self.end)
        if kind is Kind.OPEN:
            return self._bracket(token)
        return self._juxtaposed(token)

    def _edge(self) -> bool | None:
        index = self.at
        while index < self.end and self.tokens[index].kind is Kind.EDGE:
            index += 1
        if index >= self.end:
            self.at = self.last = index
            return None
        token = self.tokens[index]
        follows = token.kind in (Kind.OPERATOR, Kind.WORD) or (
            token.kind is Kind.OPEN and not token.maths
        )
        if token.kind is Kind.POSTFIX and token.text == "!":
            follows = False
        if token.text in _SIGNS and token.maths:
            follows = False
        if not follows:
            return None
        self.at = index
        return False

    def _operator(self, token: Token) -> bool | None:
        following = self._peek(self.at + 1)
        if token.text == "/" and following is not None and following.kind is Kind.WORD:
            return self._measured(self.at + 1, rate=True)
        if (
            (
                token.text == "-"
                and not token.maths
                and following is not None
                and following.kind is Kind.WORD
            )
            and token.gap
            and not following.gap
        ):
            return None
        if token.text in _SIGNS:
            self.draft.end_summand()
            self.draft.loose |= token.gap and following is not None and not following.gap
        self.draft.operators += 1
        self._take(token)
        return True

    def _postfix(self, token: Token) -> bool | None:
        if token.text == "!" and not token.maths and self._is_exclamation():
            return None
        self.draft.operators += 1
        self._take(token)
        return False

    def _is_exclamation(self) -> bool:
        index = self.at + 1
        if index >= len(self.tokens):
            return True
        return self.tokens[index].kind not in (Kind.OPERATOR, Kind.CLOSE, Kind.RELATION)

    def _modulus(self, start: int, end: int) -> bool | None:
        run = self.scanner.run(start, end, self.depth + 1) if self.depth < MAX_DEPTH else None
        if run is None or not run.text:
            self.draft.understood = False
            return None
        self.draft.modulus = run.text.removeprefix("{").removesuffix("}")
        self.at = self.last = run.end
        return None

    def _bracket(self, token: Token) -> bool | None:
        close = self.pairs.get(self.at)
        first = self._peek(self.at + 1)
        if close is None or first is None:
            return None
        if first.text in _MOD_WORDS:
            self._modulus(self.at + 2, close)
            self.at = self.last = close + 1
            return None
        if token.maths or not token.gap:
            return False if self._group() else None
        if any(self.tokens[i].kind is Kind.WORD for i in range(self.at + 1, close)):
            self.at = self.last = close + 1
            return False
        return None

    def _juxtaposed(self, token: Token) -> bool | None:
        before = self.tokens[self.at - 1]
        if token.text in ("x", "X") and self._is_times(before):
            self.draft.operators += 1
            self._take(token, "\\times ")
            return True
        if token.kind is Kind.NUMBER:
            return self._number(token, before)
        if not (token.maths and before.maths) and token.gap and before.kind is not Kind.COMMAND:
            return None
        self.draft.operators += 1
        self._take(token)
        return False

    def _is_times(self, before: Token) -> bool:
        token, following = self.tokens[self.at], self._peek(self.at + 1)
        if following is None or following.kind not in (Kind.NUMBER, Kind.OPEN):
            return False
        spaced = token.gap and following.gap
        if following.kind is Kind.OPEN or before.kind is Kind.CLOSE:
            return spaced and not token.maths
        return before.kind in (Kind.NUMBER, Kind.WORD) and (spaced or not token.maths)

    def _number(self, token: Token, before: Token) -> bool | None:
        """Read a number right behind an operand: a mixed number or an argument."""
        if before.kind is Kind.COMMAND or self._is_argument():
            self._take(token)
            return False
        slash, below = self._peek(self.at + 1), self._peek(self.at + 2)
        mixed = (
            slash is not None
            and slash.text == "/"
            and below is not None
            and below.kind is Kind.NUMBER
        )
        if mixed and before.kind is Kind.NUMBER and token.gap and before.text.isdigit():
            self.draft.operators += 1
            self._take(token)
            return False
        self.draft.understood &= not token.maths
        return None

    def _is_argument(self) -> bool:
        r"""Say whether a function with an index or an exponent stands before, as in `\log_2 8`."""
        at = self.at
        return (
            at - 3 >= self.start
            and self.tokens[at - 2].text in "_^"
            and self.tokens[at - 3].kind is Kind.COMMAND
        )

    def _words(self) -> bool | None:
        token = self.tokens[self.at]
        word = token.text.lower()
        if token.maths or not (
            token.gap or word in UNITS or self.tokens[self.at - 1].kind is Kind.EDGE
        ):
            self.draft.understood = False
            return None
        for phrase, operator in OPERATORS.items():
            if self._says(phrase):
                self.draft.operators += 1
                self._take(token, operator)
                self.at += len(phrase) - 1
                return True
        if word == "of" and self._is_part() and self._operand_at(self.at + 1):
            self.draft.operators += 1
            self._take(token, "\\times ")
            return True
        if word == "percent":
            self._take(token, "%")
            return False
        if word in MULTIPLES and self.tokens[self.at - 1].kind is Kind.NUMBER:
            self.draft.pieces.append(f" \\times {MULTIPLES[word]}")
            self.draft.operators += 1
            self.at += 1
            self.last = self.at
            return False
        if word in CHANGING and word not in UNITS:
            return None
        return self._measured(self.at, rate=word in ("per", "a", "an", "each"))

    def _says(self, phrase: tuple[str, ...]) -> bool:
        words = self.tokens[self.at : self.at + len(phrase)]
        same = len(words) == len(phrase) and all(
            t.text.lower() == w for t, w in zip(words, phrase, strict=True)
        )
        return same and self._operand_at(self.at + len(phrase))

    def _operand_at(self, index: int) -> bool:
        while index < self.end and self.tokens[index].kind is Kind.EDGE:
            index += 1
        token = self._peek(index)
        return token is not None and (token.kind in _OPERANDS or token.kind is Kind.OPEN)

    def _is_part(self) -> bool:
        """Say whether a percentage or a fraction stands right before."""
        index = self.at - 1
        while index > self.start and self.tokens[index].kind in (Kind.EDGE, Kind.CLOSE):
            index -= 1
        token = self.tokens[index]
        if token.text in ("%", "\\%", "%") or token.text.lower() == "percent":
            return True
        texts = [t.text for t in self.tokens[max(self.start, index - 6) : index]]
        return token.kind is Kind.NUMBER and any(
            text in ("/", "\\frac ", "\\dfrac ", "\\tfrac ") for text in texts
        )

    def _measured(self, start: int, *, rate: bool) -> bool | None:
        """Pass over words that say what is counted, if an operator or the end of the expression follows."""
        index, count, units, rates = start, 0, set(), set()
        while index < self.end and count <= MAX_UNIT_WORDS:
            token = self.tokens[index]
            if token.kind is Kind.WORD and token.text.lower() not in NOT_COUNTED:
                unit = UNITS.get(token.text.lower())
                if unit is not None and rate:
                    rates.add(unit[0])
                if unit is not None:
                    units.add(unit)
                rate = rate or token.text.lower() in ("per", "each")
                count += 1
            elif (
                token.text == "/"
                and index + 1 < self.end
                and self.tokens[index + 1].kind is Kind.WORD
            ):
                rate = True
            else:
                break
            index += 1
        index = self._behind_exponent(index)
        following = self._peek(index)
        if following is not None and not self._ends_units(index, following):
            # The run ends before the words; what the first of them measures still counts.
            first = UNITS.get(self.tokens[start].text.lower())
            self.draft.units |= {first} if first else set()
            self.draft.counted = True
            return None
        self.draft.units |= units
        self.draft.summand |= units
        self.draft.rates |= rates
        self.draft.counted = True
        self.at = self.last = index
        return False

    def _behind_exponent(self, index: int) -> int:
        """Return the index behind the exponent of a unit, as in `cm^2`."""
        token, power = self._peek(index), self._peek(index + 1)
        if token is None:
            return index
        if token.kind is Kind.POSTFIX and token.text in ("^2", "^3"):
            return index + 1
        if token.text != "^" or power is None:
            return index
        if power.kind is Kind.NUMBER:
            return index + 2
        return self.pairs.get(index + 1, index - 1) + 1

    def _ends_units(self, index: int, token: Token) -> bool:
        if token.kind is Kind.OPERATOR:
            return self._operand_at(index + 1) or token.text in _SIGNS
        if token.kind is Kind.OPEN:
            return not token.maths
        if token.kind is Kind.EDGE:
            return not self._operand_at(index)
        return token.kind in _ENDS or token.kind is Kind.COMMENT


def _joined(pieces: list[str]) -> str:
    return "".join(pieces).strip()


def _raw(tokens: Sequence[Token]) -> str:
    parts: list[str] = []
    for index, token in enumerate(tokens):
        following = tokens[index + 1] if index + 1 < len(tokens) else None
        apart = bool(parts) and _is_apart(token, parts[-1], following)
        parts.append(" " + token.text if apart else token.text)
    return "".join(parts)


def _is_apart(token: Token, before: str, following: Token | None) -> bool:
    """Say whether white space goes before a token: `2 m` would be metres, and `9A_4` amperes."""
    if token.kind is Kind.SYMBOL and before[-1:].isdigit():
        return following is not None and following.text == "_"
    return token.gap
