r"""Sums written with dots: `1+2+\cdots+n` is the sum of k from 1 to n.

The terms that are written show what a term is like at an index: the places where two of them differ are whole
numbers, letters, or indices of letters (`a_0`, `a_{k-1}`), each with a difference of its own from term to term.
Where they do not all fit, the sum stays as it is and equals only what is written like it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise

from veridical.math.equality.rewrite import with_children
from veridical.math.equality.survey import children, names_of
from veridical.math.terms import Apply, Number, Power, Product, Sum, Symbol, Term

_DOTS = Symbol("…")
_ONE = Number(Fraction(1))
_INDEXED = re.compile(
    r"(?P<name>[A-Za-z]+)_(?:(?P<letter>[a-z])(?P<offset>[+-]\d{1,6})?|(?P<number>\d{1,6}))"
)
_VARIABLES = ("i", "j", "m", "t", "s", "r")


@dataclass(frozen=True, slots=True)
class _Index:
    """A place where terms differ: a letter, none for a number, plus an offset.

    Attributes:
        letter: The letter.
        offset: The whole number.
        name: The letter that it is the index of; empty where it stands for itself.
    """

    letter: str
    offset: int
    name: str = ""

    def term(self) -> Term:
        """Return it as a term."""
        if not self.letter or not self.offset:
            return Symbol(self.letter) if self.letter else Number(Fraction(self.offset))
        return Sum((Symbol(self.letter), Number(Fraction(self.offset))))


_Ends = tuple[_Index, _Index]


def written_out(term: Term) -> Term:
    """Return `term` with sums in place of dots, as far as the terms around the dots show which."""
    parts = children(term)
    if not parts:
        return term
    changed = tuple(map(written_out, parts))
    if any(new is not old for new, old in zip(changed, parts, strict=True)):
        term = with_children(term, changed)
    if isinstance(term, Apply) and term.function == "elided_sum":
        return _summed(term.arguments) or term
    return term


def _summed(terms: tuple[Term, ...]) -> Term | None:
    at = terms.index(_DOTS)
    first, last = terms[0], terms[-1]
    ends = _differences(first, last)
    pairs = [*pairwise(terms[:at]), *pairwise(terms[at + 1 :])]
    steps = _steps(pairs) if pairs else _unit_steps(ends or [])
    if not ends or len(steps) != len(ends) or abs(steps[0]) != 1:
        return None
    if steps[0] < 0:
        first, last = last, first
        steps, ends = [-step for step in steps], [(high, low) for low, high in ends]
    start, end = ends[0]
    for (low, high), step in zip(ends, steps, strict=True):
        if _combined((1, high), (-1, low)) != _combined((step, end), (-step, start)):
            return None
    free = names_of(first) | names_of(last)
    variable = next((name for name in _VARIABLES if name not in free), None)
    if variable is None:
        return None
    holes = [_at(variable, start, low, step) for (low, _), step in zip(ends, steps, strict=True)]
    bounds = (replace(each, name="").term() for each in ends[0])
    return Apply("sum", (_filled(first, last, iter(holes)), Symbol(variable), *bounds))


def _steps(pairs: list[tuple[Term, Term]]) -> list[int]:
    """Return by how much each place grows from term to term; empty where that is not always the same."""
    found: list[list[int]] = []
    for before, behind in pairs:
        places = _differences(before, behind)
        if not places or any(low.letter != high.letter for low, high in places):
            return []
        found.append([high.offset - low.offset for low, high in places])
    return found[0] if all(each == found[0] for each in found) else []


def _unit_steps(ends: list[_Ends]) -> list[int]:
    """Return steps of one between a first and a last term, letters taken for large."""
    return [
        1 if (bool(low.letter), low.offset) < (bool(high.letter), high.offset) else -1
        for low, high in ends
    ]


def _combined(*parts: tuple[int, _Index]) -> tuple[dict[str, int], int]:
    """Return a sum of indices, each so many times: how often each letter is in it, and a number."""
    letters: dict[str, int] = {}
    for times, index in parts:
        letters[index.letter] = letters.get(index.letter, 0) + times
    letters.pop("", None)
    number = sum(times * index.offset for times, index in parts)
    return {letter: times for letter, times in letters.items() if times}, number


def _at(variable: str, low: _Index, start: _Index, step: int) -> Term:
    """Return a place that is `start` where the variable is `low`, and grows by `step`."""
    letters, number = _combined((step, _Index(variable, 0)), (1, start), (-step, low))
    parts: list[Term] = [
        Symbol(letter) if times == 1 else Product((Number(Fraction(times)), Symbol(letter)))
        for letter, times in letters.items()
    ]
    if number:
        parts.append(Number(Fraction(number)))
    index = parts[0] if len(parts) == 1 else Sum(tuple(parts))
    return Apply(f"{start.name}_", (index,)) if start.name else index


def _differences(before: Term, behind: Term) -> list[_Ends] | None:
    """Return the places where two terms of a sum differ; None where they differ in more than indices."""
    if before == behind:
        return []
    low, high = _read(before), _read(behind)
    if low is not None and high is not None:
        return [(low, high)] if low.name == high.name else None
    before, behind = _powers(before, behind)
    parts = children(behind)
    if type(before) is not type(behind) or not parts or len(parts) != len(children(before)):
        return None
    if with_children(before, parts) != behind:
        return None
    found = [_differences(*pair) for pair in zip(children(before), parts, strict=True)]
    if None in found:
        return None
    return [places for each in found if each is not None for places in each]


def _filled(first: Term, last: Term, holes: Iterator[Term]) -> Term:
    """Return `first` with the next of `holes` in each place where it differs from `last`."""
    if first == last:
        return first
    if _read(first) is not None and _read(last) is not None:
        return next(holes)
    first, last = _powers(first, last)
    pairs = zip(children(first), children(last), strict=True)
    return with_children(first, tuple(_filled(*pair, holes) for pair in pairs))


def _powers(first: Term, last: Term) -> tuple[Term, Term]:
    """Return `x` and `x^n` as powers both."""
    if isinstance(last, Power) and last.base == first:
        return Power(first, _ONE), last
    if isinstance(first, Power) and first.base == last:
        return first, Power(last, _ONE)
    return first, last


def _read(term: Term) -> _Index | None:
    """Read a whole number, a letter, one plus the other, or a letter with such an index."""
    if isinstance(term, Number):
        is_whole = term.step is None and term.base is None and term.value.denominator == 1
        return _Index("", int(term.value)) if is_whole else None
    if isinstance(term, Sum) and len(term.terms) == 2:
        letter, number = map(_read, term.terms)
        if letter is None or number is None or letter.name or not letter.letter or number.letter:
            return None
        return replace(letter, offset=letter.offset + number.offset)
    if not isinstance(term, Symbol):
        return None
    indexed = _INDEXED.fullmatch(term.name)
    if indexed is None:
        return _Index(term.name, 0) if len(term.name) == 1 and term.name.isalpha() else None
    return _Index(
        indexed["letter"] or "", int(indexed["offset"] or indexed["number"] or 0), indexed["name"]
    )
