"""Swap puzzles: who holds what at first, who swaps with whom, and what a step says of it.

The family is "tracking shuffled objects" of BIG-Bench Hard (arXiv 2210.09261).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from veridical.proof.logic.text import Span, sentences

Pair = frozenset[str]
State = tuple[str, ...]
"""What each person holds, in the order of the people."""

MAX_PEOPLE = 40
MAX_SWAPS = 2000
MAX_VALUE = 60
"""Longest name of a thing, in Unicode code points."""

_NAME = r"[A-Z][\w'-]{0,30}"
_LIST = re.compile(rf"\b((?:{_NAME}, ){{0,{MAX_PEOPLE}}}{_NAME},? and {_NAME}) (?:are|were)\b")
_ITEM = re.compile(r",?\s+and\s+|,\s*")
_SWAP_VERB = r"(?:swap|switch|trade|exchange)(?:s|ed|d|ped|es)?\b"
_LINK = (
    r"(?:\s*[:=]\s*|\s*(?:->|→)\s*|\s+(?:now\s+|still\s+|currently\s+)?(?:has|had|holds|held|have|gets|got|is|was|"
    r"ends up with)(?:\s+(?:now|still))?\s+(?:the\s+)?"
    r"(?:(?:dancing|playing|holding|paired|partnered|reading|driving|wearing|assigned|left)\s+)?"
    r"(?:with\s+|to\s+|as\s+)?)"
)
_ARTICLE = re.compile(r"(?:an?|the)\s+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Puzzle:
    """A swap puzzle.

    Attributes:
        people: Their names, in the order of the problem.
        start: What each holds at first, in lower case and without an article.
        swaps: Who swaps, in order.
        asked: Whose possession at the end is asked for, None where it is not known.
        options: Letters and values of the choices, if there are any.
    """

    people: tuple[str, ...]
    start: State
    swaps: tuple[Pair, ...]
    asked: str | None
    options: tuple[tuple[str, str], ...]

    def states(self) -> tuple[State, ...]:
        """The state at first and after each swap."""
        states = [self.start]
        for pair in self.swaps:
            states.append(self.swapped(states[-1], pair))
        return tuple(states)

    def swapped(self, state: State, pair: Pair) -> State:
        """A state after one swap."""
        first, second = (self.people.index(name) for name in sorted(pair))
        held = list(state)
        held[first], held[second] = held[second], held[first]
        return tuple(held)


@dataclass(frozen=True, slots=True)
class Holding:
    """That somebody holds something, as a step says it.

    Attributes:
        span: Where it stands.
        person: The holder.
        value: What is held, one of the values of the puzzle.
    """

    span: Span
    person: str
    value: str


def read_puzzle(problem: str) -> Puzzle | None:
    """The puzzle of a problem; None where it is of another kind."""
    listed = _LIST.search(problem)
    people = tuple(_ITEM.split(listed[1])) if listed else ()
    if not 2 <= len(people) <= MAX_PEOPLE or len(set(people)) != len(people):
        return None
    held: dict[str, str] = {}
    swaps: list[Pair] = []
    spoken, _, choices = problem.partition("Options:")
    asked = None
    for sentence in sentences(spoken):
        pairs = swaps_in(sentence.text, people)
        swaps += pairs
        for _, person, value in _entries(sentence, people) if not pairs else ():
            held.setdefault(person, _bare(value))
        asked = _asked(sentence.text, people) or asked
    start = tuple(held.get(person, "") for person in people)
    if not all(start) or len(set(start)) != len(people) or not 0 < len(swaps) <= MAX_SWAPS:
        return None
    return Puzzle(people, start, tuple(swaps), asked, _options(choices, start))


def swaps_in(text: str, people: tuple[str, ...]) -> list[Pair]:
    """The swaps that a text tells of, in order."""
    names = _any_of({*people, *initials(people)})
    pattern = re.compile(
        rf"\b({names})\s+(?:and|&)\s+({names})\s+(?:then\s+|also\s+|now\s+)?{_SWAP_VERB}"
        rf"|\b({names})\s+{_SWAP_VERB}(?:\s+\w+){{0,3}}?\s+with\s+({names})\b"
    )
    found = []
    for match in pattern.finditer(text):
        one, other = (_person(name, people) for name in match.groups() if name)
        if one != other:
            found.append(frozenset({one, other}))
    return found


def initials(people: tuple[str, ...]) -> dict[str, str]:
    """The first letters of the people, where they tell them apart."""
    letters = {name[0]: name for name in people}
    return letters if len(letters) == len(people) else {}


def _person(name: str, people: tuple[str, ...]) -> str:
    return name if name in people else initials(people)[name]


def _entries(span: Span, people: tuple[str, ...]) -> Iterator[tuple[Span, str, str]]:
    """Pieces of the form `NAME has VALUE` or `NAME: VALUE`, with name and value as written."""
    names = {**initials(people), **{name: name for name in people}}
    any_name = _any_of(names)
    pattern = re.compile(
        rf"\b({any_name}){_LINK}([^,;:\n]{{1,{MAX_VALUE}}}?)"
        rf"(?=\s*(?:[,;.]|$)|\s+and\s+(?:{any_name})\b|\s+(?:[Ss]o|then|while|but|after|before)\b)"
    )
    for match in pattern.finditer(span.text):
        yield Span(match[0], span.start + match.start()), names[match[1]], match[2]


def _any_of(names: Iterable[str]) -> str:
    return "|".join(sorted(map(re.escape, names), key=len, reverse=True))


def _bare(value: str) -> str:
    return _ARTICLE.sub("", value.strip().lower(), count=1)


def _asked(text: str, people: tuple[str, ...]) -> str | None:
    match = re.search(r"\b[Aa]t the end\b.*?\b(" + _any_of(people) + r")\b", text)
    return match[1] if match else None


def _options(text: str, values: State) -> tuple[tuple[str, str], ...]:
    found = []
    for letter, value in re.findall(r"\(([A-Z])\)\s*([^\n(]+)", text):
        known = match_value(value, values)
        if known:
            found.append((letter, known))
    return tuple(found)


def match_value(text: str, values: State) -> str | None:
    """The value that a text names, in full or by words at its start; None where none or several do."""
    bare = _bare(text.rstrip(" .!"))
    if bare in values:
        return bare
    fitting = [value for value in values if bare and value.startswith(bare + " ")]
    return fitting[0] if len(fitting) == 1 else None


def holdings(span: Span, puzzle: Puzzle) -> tuple[list[Holding], list[Span]]:
    """What a sentence of a step says of who holds what, and what of it could not be read."""
    read: list[Holding] = []
    unread: list[Span] = []
    for piece, person, text in _entries(span, puzzle.people):
        value = match_value(text, puzzle.start)
        if value is None:
            unread.append(piece)
        else:
            read.append(Holding(piece, person, value))
    return read, unread
