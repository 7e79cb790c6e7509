"""Comparing words: what is written, with few synonyms."""

from __future__ import annotations

from veridical.math.terms import Constant, Product, Row, Symbol, Term, Words

_GROUPS = (
    (
        "no solution",
        "no solutions",
        "no real solution",
        "no real solutions",
        "no such solution exists",
        "no solution exists",
        "no solutions exist",
        "there is no solution",
        "there are no solutions",
        "empty set",
        "null set",
        "none",
    ),
    ("undefined", "does not exist", "dne", "doesnt exist", "doesn't exist", "not defined"),
    ("true", "yes"),
    ("false", "no"),
    (
        "infinitely many",
        "infinitely many solutions",
        "infinite",
        "infinite solutions",
        "infinite number of solutions",
    ),
    ("all real numbers", "all reals", "reals", "any real number", "every real number"),
)
_NAMES = {text: group[0] for group in _GROUPS for text in group}
_LETTERS = (Constant.E, Constant.I)
NOTHING = _GROUPS[0][0]
EVERYTHING = _GROUPS[-1][0]


def meaning(text: str) -> str:
    """Return the first of the synonyms that `text` belongs to, or itself."""
    bare = text.strip(" .")
    return _NAMES.get(bare, bare)


def equal_words(gold: Words, answer: Words) -> bool:
    """Say whether two texts mean the same."""
    return meaning(gold.text) == meaning(answer.text)


def is_nothing(term: Term) -> bool:
    """Say whether a term says that there is nothing: the empty set, or words for it."""
    if isinstance(term, Words):
        return meaning(term.text) == NOTHING
    return isinstance(term, Row) and not term.members


def equal_spelling(words: Words, other: Term) -> bool:
    """Say whether letters that were read as mathematics spell `words`, as a choice `C` does."""
    spelt = _spelt(other)
    return spelt is not None and spelt.lower() == words.text.replace(" ", "").strip(".()")


def _spelt(term: Term) -> str | None:
    if isinstance(term, Symbol):
        return term.name
    if isinstance(term, Constant):
        return str(term.value) if term in _LETTERS else None
    if isinstance(term, Product):
        letters = [_spelt(factor) for factor in term.factors]
        known = [letter for letter in letters if letter is not None]
        return "".join(known) if len(known) == len(letters) else None
    return None
