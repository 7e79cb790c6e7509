"""Order puzzles: the objects, and what one clause says of their order.

The family is "logical deduction" of BIG-Bench Hard (arXiv 2210.09261): some objects in a fixed order,
statements that compare two of them or give the place of one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from veridical.proof.logic.orders.constraints import MAX_OBJECTS, At, Before, Constraint, negated
from veridical.proof.logic.orders.scales import (
    COMPARATIVE,
    PLACE,
    RANK,
    End,
    Place,
    comparative,
    place,
)
from veridical.proof.logic.text import number, sentences

MAX_CLAUSE = 400
"""Longest clause that is read, in Unicode code points."""

_HEADER = re.compile(
    r"(?:there (?:are|were)|sells?|has|have|holds?|with|of)\s+(\w+) (\w+):\s*([^.\n]+)",
    re.IGNORECASE,
)
_LIST = re.compile(r",?\s+and\s+|,\s*")
_ARTICLE = re.compile(r"^(?:the|an?)\s+")
_OPTION = re.compile(r"\(([A-Z])\)\s*([^\n]+)")

_BE = (
    r"(?:is|are|was|were|finished|came|came in|placed|ranked|stands|sits|must be|has to be|have to be|"
    r"must have finished|will be|would be|should be)"
)
_NOT_BE = (
    r"(?:cannot be|can't be|can not be|could not be|is not|isn't|are not|aren't|did not finish)"
)
_MARK = "\x1f"
_MARKED = re.compile(rf"{_MARK}(\d+){_MARK}")
_NAME = rf"(?:the )?({_MARK}\d+{_MARK})"
_SORT = "(?: (?:one|position|place|spot))?"
_SPOT = rf"(?:the )?({PLACE}){_SORT}"
_COMPARED = re.compile(rf"{_NAME} ({_BE}|{_NOT_BE})(?: also)? ({COMPARATIVE}) {_NAME}")
_PLACED = re.compile(
    rf"{_NAME} ({_BE}|{_NOT_BE})(?: also)? (?:the only \w+ (?:that|who) can be )?(?:in )?{_SPOT}"
)
_HOLDER = re.compile(
    rf"(?:the )?(?:\w+ (?:who|that) (?:finished|is|are|came) (?:the )?)?({PLACE})"
    rf"{_SORT} ({_BE}|{_NOT_BE}) {_NAME}"
)
_ONLY = re.compile(
    rf"the only (?:\w+ )?(?:that|who) (?:can|could) (?:be|have finished) {_SPOT} (?:is|are) (.+)"
)
_NOT_BEING = re.compile(_NOT_BE)


@dataclass(frozen=True, slots=True)
class Puzzle:
    """An order puzzle.

    Attributes:
        objects: Their names, in lower case and without articles.
        kind: What they are, in lower case and in the singular: `vehicle`.
        scale: The name of the scale.
        statements: What the problem says of the order.
        options: Letters of the choices and what they say.
    """

    objects: tuple[str, ...]
    kind: str
    scale: str
    statements: tuple[Constraint, ...]
    options: tuple[tuple[str, Constraint], ...]


def read_puzzle(problem: str) -> Puzzle | None:
    """The puzzle of a problem; None where it is of another kind or not understood in full."""
    header = _HEADER.search(problem)
    if not header:
        return None
    objects = tuple(_ARTICLE.sub("", one.strip().lower(), 1) for one in _LIST.split(header[3]))
    count = number(header[1].lower())
    if count != len(objects) or len(set(objects)) != count or not 2 <= count <= MAX_OBJECTS:
        return None
    spoken, _, choices = problem[header.end() :].partition("Options:")
    kind = header[2].lower()
    scale = _scale(spoken)
    reader = Reader(objects, kind.removesuffix("s"), scale)
    statements: list[Constraint] = []
    for sentence in sentences(spoken):
        found = reader.clause(sentence.text)
        if found is None:
            if not _is_question(sentence.text):
                return None
            continue
        statements.append(found)
    if not statements:
        return None
    options = ((match[1], reader.clause(match[2])) for match in _OPTION.finditer(choices))
    read = tuple((letter, claim) for letter, claim in options if claim)
    return Puzzle(objects, kind.removesuffix("s"), scale, tuple(statements), read)


def _is_question(text: str) -> bool:
    return text.startswith("Q:") or "which of the following" in text or not text


def _scale(text: str) -> str:
    """The scale of the first comparison in a text; the order of finishing where there is none."""
    for match in re.finditer(rf"\b(?:{COMPARATIVE}|{PLACE})", text.lower()):
        end = comparative(match[0])
        found = end or ((spot := place(match[0])) and spot.end)
        if found:
            return found.scale
    return RANK


@dataclass
class Reader:
    """Reads clauses and lists on the objects of one puzzle.

    Attributes:
        objects: Their names.
        kind: What they are.
        scale: The scale; a comparison on another is not understood.
        start: The end from which the last list counted; bare ordinals mean it.
    """

    objects: tuple[str, ...]
    kind: str
    scale: str
    start: End | None = None

    def __post_init__(self) -> None:
        names = "|".join(sorted(map(re.escape, self.objects), key=len, reverse=True))
        self._any = re.compile(rf"(?:the )?({names})\b")
        self._marks = re.compile(rf"\b(?:({names})|{re.escape(self.kind)}(?:e?s)?)\b")
        self._numbers = {name: str(number) for number, name in enumerate(self.objects)}

    def _marked(self, text: str) -> str:
        """A text with marks for names, and `one` for what they are, so that one set of patterns reads all."""
        return self._marks.sub(
            lambda match: f"{_MARK}{self._numbers[match[1]]}{_MARK}" if match[1] else "one", text
        )

    def _object(self, mark: str) -> str:
        return self.objects[int(mark.strip(_MARK))]

    def clause(self, text: str) -> Constraint | None:
        """What one clause says; None where it is not understood as a whole."""
        if len(text) > MAX_CLAUSE:
            return None
        text = " ".join(text.lower().split()).rstrip(".")
        marked = self._marked(text)
        if match := _COMPARED.fullmatch(marked):
            one, other = self._object(match[1]), self._object(match[4])
            return self._comparison(one, match[2], match[3], other)
        if match := _PLACED.fullmatch(marked):
            return self._at(match[3], {self._object(match[1])}, match[2])
        if match := _HOLDER.fullmatch(marked):
            return self._at(match[1], {self._object(match[3])}, match[2])
        if match := _ONLY.fullmatch(marked):
            names = self.names(self._plain(match[2]))
            return self._at(match[1], names, "is") if names else None
        return None

    def _plain(self, marked: str) -> str:
        return _MARKED.sub(lambda match: self._object(match[1]), marked)

    def _comparison(self, one: str, verb: str, words: str, other: str) -> Constraint | None:
        end = comparative(words)
        if end is None or end.scale != self.scale or one == other:
            return None
        found = Before(one, other) if end.sign < 0 else Before(other, one)
        return negated(found) if _NOT_BEING.fullmatch(verb) else found

    def _at(self, words: str, names: set[str], verb: str) -> Constraint | None:
        spot = place(words)
        at = self.index(spot) if spot else None
        if at is None:
            return None
        return At(at, frozenset(names), not _NOT_BEING.fullmatch(verb))

    def index(self, spot: Place) -> int | None:
        """The place counted from the low end; none of the row's for a number that is too large."""
        end = spot.end or (End(RANK, -1) if self.scale == RANK else self.start)
        if end is None or end.scale != self.scale:
            return None
        return end.place(spot.number, len(self.objects))

    def mentions(self, text: str) -> bool:
        """Whether a text names an object."""
        return self._any.search(text.lower()) is not None

    def names(self, text: str) -> set[str]:
        """The objects of a list `the a, b, and c`; none where something else stands in it."""
        pieces = re.split(r",?\s+(?:and|or)\s+|,\s*", text.removeprefix("either ").strip())
        found = [self._any.fullmatch(piece.strip()) for piece in pieces]
        return {match[1] for match in found if match} if all(found) else set()
