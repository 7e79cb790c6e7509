"""Swap puzzles: who holds what at first, who swaps with whom, and what a step says of it.

The family is "tracking shuffled objects" of BIG-Bench Hard (arXiv 2210.09261).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
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
_OPTION = re.compile(r"\(([A-Z])\)\s*([^\n(]+)")
_AT_END = re.compile(r"\b(?:at|in) the end\b", re.IGNORECASE)
_REPEATED = re.compile(r"\b(?:twice|thrice|times|again|back)\b", re.IGNORECASE)
_ARTICLE = re.compile(r"^(?:an?|the)\s+", re.IGNORECASE)


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


class People:
    """Reads sentences on the people of one puzzle.

    A person may be called by the first letter of the name where it tells the people apart.
    """

    def __init__(self, names: tuple[str, ...]) -> None:
        letters = {name[0]: name for name in names}
        self.names = names
        self._called = {
            **(letters if len(letters) == len(names) else {}),
            **{name: name for name in names},
        }
        one = "|".join(sorted(map(re.escape, self._called), key=len, reverse=True))
        self._swap = re.compile(
            rf"\b({one})\s+(?:and|&)\s+({one})\s+(?:then\s+|also\s+|now\s+)?{_SWAP_VERB}"
            rf"|\b({one})\s+{_SWAP_VERB}(?:\s+\w+){{0,3}}?\s+with\s+({one})\b"
        )
        self._entry = re.compile(
            rf"\b({one}){_LINK}([^,;:\n]{{1,{MAX_VALUE}}}?)"
            rf"(?=\s*(?:[,;.]|$)|\s+and\s+(?:{one})\b|\s+(?:[Ss]o|then|while|but|after|before)\b)"
        )
        self._full = re.compile(rf"\b({'|'.join(map(re.escape, names))})\b")

    def swaps(self, text: str) -> list[Pair]:
        """The swaps that a text tells of, in order."""
        found = []
        for match in self._swap.finditer(text):
            one, other = (self._called[name] for name in match.groups() if name)
            if one != other:
                found.append(frozenset({one, other}))
        return found

    def entries(self, span: Span) -> Iterator[tuple[Span, str, str]]:
        """Pieces of the form `NAME has VALUE` or `NAME: VALUE`, with the value as written."""
        for match in self._entry.finditer(span.text):
            at = Span(match[0], span.start + match.start())
            yield at, self._called[match[1]], match[2]

    def named(self, text: str) -> list[str]:
        """The people that a text names in full, in order."""
        return self._full.findall(text)


def read_puzzle(problem: str) -> Puzzle | None:
    """The puzzle of a problem; None where it is of another kind or not understood in full."""
    listed = _LIST.search(problem)
    names = tuple(_ITEM.split(listed[1])) if listed else ()
    if not 2 <= len(names) <= MAX_PEOPLE or len(set(names)) != len(names):
        return None
    people = People(names)
    held: dict[str, str] = {}
    swaps: list[Pair] = []
    spoken, _, choices = problem.partition("Options:")
    asked = None
    for sentence in sentences(spoken):
        pairs = people.swaps(sentence.text)
        named = people.named(sentence.text)
        entries = list(people.entries(sentence)) if not pairs else []
        if _AT_END.search(sentence.text) and not pairs:
            asked = named[-1] if named else None
            continue
        if not _is_whole(sentence.text, named, len(pairs), len(entries)):
            return None
        swaps += pairs
        for _, person, value in entries:
            held.setdefault(person, _bare(value))
    start = tuple(held.get(person, "") for person in names)
    if not all(start) or len(set(start)) != len(names) or not 0 < len(swaps) <= MAX_SWAPS:
        return None
    return Puzzle(names, start, tuple(swaps), asked, _options(choices, start))


def _is_whole(text: str, named: list[str], pairs: int, entries: int) -> bool:
    """Whether a sentence of a problem tells of its people nothing but swaps, holdings or their list."""
    if pairs:
        return len(named) == 2 * pairs and not _REPEATED.search(text)
    return not named or len(named) == entries or _LIST.search(text) is not None


def _bare(value: str) -> str:
    return _ARTICLE.sub("", value.strip().lower(), count=1)


def _options(text: str, values: State) -> tuple[tuple[str, str], ...]:
    found = []
    for letter, value in _OPTION.findall(text):
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


def holdings(span: Span, people: People, puzzle: Puzzle) -> tuple[list[Holding], list[Span]]:
    """What a sentence of a step says of who holds what, and what of it could not be read."""
    read: list[Holding] = []
    unread: list[Span] = []
    for piece, person, text in people.entries(span):
        value = match_value(text, puzzle.start)
        if value is None:
            unread.append(piece)
        else:
            read.append(Holding(piece, person, value))
    return read, unread
