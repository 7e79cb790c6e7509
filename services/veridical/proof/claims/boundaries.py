"""Whether an expression in prose goes on beyond where it was cut: half of an expression is no claim."""

from __future__ import annotations

from collections.abc import Sequence

from veridical.proof.claims.runs import Run
from veridical.proof.claims.tokens import Kind, Token
from veridical.proof.claims.words import CHANGING, LABELS, NEUTRAL_BEFORE_OF, TAKING

_TO = frozenset(
    [
        "equal",
        "equals",
        "up",
        "comes",
        "come",
        "simplifies",
        "simplify",
        "amounts",
        "reduces",
        "equivalent",
        "leads",
        "due",
        "corresponds",
        "evaluates",
        "adds",
        "according",
        "us",
        "sums",
        "totals",
        "rounds",
        "back",
    ]
)
_SUMMED = frozenset(
    ["sum", "product", "difference", "average", "mean", "between", "ratio", "gcd", "lcm", "both"]
)
_PARTS = frozenset(
    [
        "half",
        "third",
        "quarter",
        "fourth",
        "fifth",
        "percent",
        "twice",
        "thrice",
        "double",
        "triple",
        "times",
        "plus",
        "minus",
        "square",
        "cube",
        "root",
        "negative",
        "log",
        "sqrt",
    ]
)
_ALWAYS = frozenset(
    [
        "times",
        "squared",
        "cubed",
        "percent",
        "hundred",
        "thousand",
        "million",
        "billion",
        "trillion",
        "dozen",
        "dozens",
        "remainder",
        "mod",
        "modulo",
        "factorial",
        "choose",
        "r",
        "rem",
        "divided",
        "multiplied",
        "raised",
    ]
)
_LISTING = frozenset(["to", "by", "over", "through"])
_MULTIPLIED = frozenset(
    [
        "the",
        "as",
        "his",
        "her",
        "its",
        "that",
        "this",
        "what",
        "more",
        "a",
        "an",
        "their",
        "of",
        "than",
    ]
)
_FORMULA = frozenset([Kind.NUMBER, Kind.SYMBOL, Kind.COMMAND, Kind.OPEN])


def continues_before(tokens: Sequence[Token], run: Run, start: int) -> bool:
    """Say whether what stands before `run`, from `start` on, may belong to it."""
    alone = tokens[run.first].kind is Kind.EDGE and _relates_within(tokens, run.end)
    index = _back(tokens, run.first - 1, start)
    if index < start:
        return False
    token = tokens[index]
    if token.kind in (
        Kind.OPERATOR,
        Kind.POSTFIX,
        Kind.CLOSE,
        Kind.NUMBER,
        Kind.OPEN,
        Kind.SYMBOL,
        Kind.COMMAND,
    ):
        return True
    if token.kind is Kind.COMMA:
        return token.maths and _is_list(tokens, start, index)
    if token.kind is Kind.WORD and _is_taken_from(tokens, run.first):
        return True
    if alone:
        return token.kind is Kind.WORD and _takes_formula(tokens, index)
    return token.kind is Kind.WORD and _takes(tokens, run, index, start)


def _is_taken_from(tokens: Sequence[Token], first: int) -> bool:
    """Say whether a sign behind words joins them to what follows, as in `her age - 4`."""
    sign = tokens[first]
    following = tokens[first + 1] if first + 1 < len(tokens) else None
    if sign.kind is not Kind.OPERATOR or following is None:
        return False
    return sign.maths or (sign.gap and following.gap)


def _relates_within(tokens: Sequence[Token], index: int) -> bool:
    """Say whether a relation follows before the maths around an expression is closed."""
    return index < len(tokens) and tokens[index].kind is Kind.RELATION and tokens[index].maths


def _takes_formula(tokens: Sequence[Token], index: int) -> bool:
    """Say whether a word takes in a formula that is a statement by itself."""
    word = tokens[index].text.lower()
    if word == "of":
        before = tokens[index - 1] if index else None
        return before is not None and (
            before.kind is not Kind.WORD or before.text.lower() in _PARTS
        )
    return word in _PARTS


def _back(tokens: Sequence[Token], index: int, start: int) -> int:
    while index >= start and tokens[index].kind is Kind.EDGE:
        index -= 1
    return index


def _is_list(tokens: Sequence[Token], start: int, comma: int) -> bool:
    """Say whether only formulas without a relation stand before a comma, as in `a, b = 3, 4`."""
    if start or tokens[comma].text != ",":
        return False
    return all(token.kind is not Kind.WORD for token in tokens[:comma]) and comma > 0


def _takes(tokens: Sequence[Token], run: Run, index: int, start: int) -> bool:
    word = tokens[index].text.lower()
    before = tokens[index - 1] if index > start else None
    if word == "of":
        return before is None or before.text.lower() not in NEUTRAL_BEFORE_OF
    if word == "to":
        return before is None or before.text.lower() not in _TO
    if word == "and":
        return _is_joined(tokens, index, start)
    if word in LABELS and tokens[run.first].kind is Kind.NUMBER:
        return True
    return word in TAKING


def _is_joined(tokens: Sequence[Token], index: int, start: int) -> bool:
    """Say whether `and` may join what follows to a number before it."""
    window = tokens[max(start, index - 8) : index]
    summed = any(token.kind is Kind.WORD and token.text.lower() in _SUMMED for token in window)
    return summed or (not start and bool(window) and window[-1].kind in (Kind.NUMBER, Kind.CLOSE))


def continues_behind(tokens: Sequence[Token], run: Run) -> bool:
    """Say whether what stands behind `run` may belong to it."""
    index = run.end
    while index < len(tokens) and tokens[index].kind is Kind.EDGE:
        index += 1
    if index >= len(tokens):
        return False
    token, closed = tokens[index], index > run.end
    if closed and token.kind is Kind.WORD:
        return _changes_formula(tokens, index)
    if token.kind in (Kind.OPERATOR, Kind.NUMBER, Kind.SYMBOL, Kind.COMMAND, Kind.OPEN, Kind.CLOSE):
        return True
    if token.kind is Kind.POSTFIX:
        return token.maths
    if token.kind is Kind.COMMA:
        return token.text == "," and _lists_on(tokens, index)
    return token.kind is Kind.WORD and _changes(tokens, index)


def _changes(tokens: Sequence[Token], index: int) -> bool:
    word = tokens[index].text.lower()
    if word in ("more", "less", "fewer"):
        return any(token.text.lower() == "than" for token in tokens[index : index + 5])
    if word in ("and", "or"):
        return _lists_on(tokens, index)
    if word in _LISTING:
        return _formula_at(tokens, index + 1)
    if word == "times":
        return _formula_at(tokens, index + 1) or _word_at(tokens, index + 1) in _MULTIPLIED
    return word in CHANGING


def _word_at(tokens: Sequence[Token], index: int) -> str:
    return tokens[index].text.lower() if index < len(tokens) else ""


def _changes_formula(tokens: Sequence[Token], index: int) -> bool:
    """Say whether words behind maths say that it is not the whole value."""
    word = tokens[index].text.lower()
    if word in ("more", "less", "fewer", "and", "or", "to"):
        return _changes(tokens, index)
    if word in ("of", "times"):
        return _formula_at(tokens, index + 1)
    return word in _ALWAYS


def _formula_at(tokens: Sequence[Token], index: int) -> bool:
    while index < len(tokens) and (tokens[index].kind is Kind.EDGE or tokens[index].text in "+-"):
        index += 1
    return index < len(tokens) and tokens[index].kind in _FORMULA


def _lists_on(tokens: Sequence[Token], index: int) -> bool:
    """Say whether formulas without a relation follow a comma or `and`, as in `x = 1, 2`."""
    if index + 1 < len(tokens) and tokens[index + 1].text in ("and", "or"):
        index += 1
    if not _formula_at(tokens, index + 1):
        return False
    for token in tokens[index + 1 :]:
        if token.kind is Kind.RELATION:
            return False
        if token.kind in (Kind.COMMA, Kind.WORD):
            return (
                token.kind is Kind.COMMA
                or token.text.lower() in ("and", "or")
                or not _is_verbal(token)
            )
    return True


def _is_verbal(token: Token) -> bool:
    """Say whether a word shows that a new sentence was begun."""
    return not token.maths and token.text.lower() not in ("etc", "respectively")
