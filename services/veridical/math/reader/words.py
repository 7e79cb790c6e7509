"""Whole texts that are no formula: words and choices."""

from __future__ import annotations

import re

from veridical.math.reader.functions import divided
from veridical.math.reader.names import NAMES, is_fused
from veridical.math.reader.numbers import NUMERALS, number
from veridical.math.terms import Constant, Row, Symbol, Term, Words

# A capital A within a text is a name, as in "player A".
_ARTICLES = re.compile(r"\b(?:a|an|the|An|The|AN|THE)\b|^\W*A\b(?=\s+[a-z])")
_PUNCTUATION = re.compile(r"[^\w\s]|_")
_SPACE = re.compile(r"\s+")


def normal_words(text: str) -> str:
    """Return `text` in lower case with single spaces, without articles and punctuation."""
    text = _PUNCTUATION.sub(" ", text.replace("'", "").replace("’", ""))
    bare = _SPACE.sub(" ", _ARTICLES.sub(" ", text)).strip()
    return (bare or _SPACE.sub(" ", text).strip()).lower()


OPTIONS = "ABCDEFGHIJ"
"""Letters that name an option."""
_CHOICE = re.compile(
    r"\(\s*(?P<round>[A-J])\s*\)[.:]?(?P<rest>.*)"
    r"|(?P<bare>[A-J])(?:\)\s*(?P<rest1>.*)|[.:](?P<rest2>\s.*)?|\s+(?P<rest3>[A-Z][a-z].*))",
    re.DOTALL,
)
_OPTION = re.compile(
    r"\\(?:text(?:bf|rm)?|math(?:rm|bf)|mbox)\s*\{\s*(\([A-J]\)|[A-J][.)])\s*\}(?:\\[ ,;:]|[\s~])*"
)
_OPERATOR = re.compile(
    r"[=<>+*/^∪∩_!%,;|)\]}&']|-\s|\\(?:cup|cap|in|le|ge|times|cdot|pm|to|and|or)\b|(?:and|or)\b"
)


def split_choice(text: str) -> tuple[str, str] | None:
    """Part an option such as `(C)`, `C.` or `(C) Paris` into letter and text; None if it is none."""
    if text.startswith("\\"):
        text = _OPTION.sub(r"\1 ", text, count=1).strip()
    match = _CHOICE.fullmatch(text)
    if match is None:
        return None
    written = match["rest"] or match["rest1"] or match["rest2"] or match["rest3"] or ""
    rest = written.strip()
    if rest and (_OPERATOR.match(rest) or (match["round"] and not written[0].isspace())):
        return None
    return match["round"] or match["bare"], rest


_PHRASES: dict[str, Term] = {
    **dict.fromkeys(
        (
            "all real numbers",
            "all reals",
            "all real x",
            "all real values",
            "any real number",
            "all real values of x",
            "all real number",
            "every real number",
            "real numbers",
            "set of all real numbers",
            "set of real numbers",
        ),
        Symbol("reals"),
    ),
    **dict.fromkeys(("all integers", "any integer", "set of integers"), Symbol("integers")),
    **dict.fromkeys(("all positive integers", "positive integers"), Symbol("positive integers")),
    **dict.fromkeys(("all positive real numbers", "positive reals"), Symbol("positive reals")),
    **dict.fromkeys(
        ("dne", "does not exist", "doesnt exist", "limit does not exist", "do not exist"),
        Words("does not exist"),
    ),
    **dict.fromkeys(
        (
            "no solution",
            "no solutions",
            "no solution exists",
            "no solutions exist",
            "there is no solution",
            "there are no solutions",
            "has no solution",
            "has no solutions",
            "no such solution",
        ),
        Words("no solution"),
    ),
    **dict.fromkeys(
        ("no real solution", "no real solutions", "no real roots", "there are no real solutions"),
        Words("no real solution"),
    ),
    **dict.fromkeys(
        (
            "infinitely many",
            "infinitely many solutions",
            "infinite solutions",
            "infinitely many values",
            "infinite number of solutions",
            "there are infinitely many solutions",
            "infinite many solutions",
        ),
        Words("infinitely many"),
    ),
    **dict.fromkeys(("half", "one half"), divided(number(1), number(2))),
    **dict.fromkeys(("empty set", "null set"), Row("{", "}", ())),
    **dict.fromkeys(("positive infinity", "plus infinity"), Constant.INFINITY),
    **{word: number(value) for word, value in NUMERALS.items()},
}
_LETTERS = re.compile(
    r"[A-Za-z]+(?:['’\-][A-Za-z]+)*\.?(?:[\s,]+[A-Za-z]+(?:['’\-][A-Za-z]+)*\.?)*"
)
_COMMON = """
    no yes odd all any both none one two six ten red blue tie win few new old cat dog cow man boy
    sun mon tue wed thu fri sat may jun jul day hot cold low mid big top left up on off out neither
"""
_SHORT = frozenset(_COMMON.split())
_LISTED = re.compile(r"\s*,\s*(?:and\s+|or\s+)?|\s+and\s+")
_BETWEEN = re.compile(r"[\s,.\-]+")
_MAX_LISTED = 2
_MAX_PHRASE = 60


def read_words(text: str) -> Term | None:
    """Read `text` if it consists of words alone, and they are not letters of a formula.

    One run of letters is a word if it has four letters or more, is capitalised as one, is a common
    short word or looks like one (`hat`); `ab` and `xyz` are left to the grammar. Short phrases between commas are a list.
    """
    if not _LETTERS.fullmatch(text):
        return None
    phrase = _PHRASES.get(normal_words(text)) if len(text) < _MAX_PHRASE else None
    if phrase is not None:
        return phrase
    runs = _BETWEEN.split(text)
    has_variable = any(len(run) == 1 and run.islower() and run != "a" for run in runs)
    if has_variable or not any(map(_is_word, runs)):
        return None
    parts = _LISTED.split(text)
    if len(parts) > 1 and all(0 < len(part.split()) <= _MAX_LISTED for part in parts):
        return Row("", "", tuple(Words(normal_words(part)) for part in parts))
    return Words(normal_words(text))


def _is_word(run: str) -> bool:
    if run in NAMES or is_fused(run):
        return False
    if len(run) > 3 or run.lower() in _SHORT:
        return True
    if len(run) == 3 and run[1] in "aeiou":
        return list(run) != sorted(run)
    is_capitalised = run[0].isupper() and run[1:].islower()
    return len(run) > 1 and (is_capitalised or (len(run) == 3 and run.isupper()))
