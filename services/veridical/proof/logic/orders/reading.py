"""Order puzzles: the objects, what the problem says of their order, and what a step says.

The family is "logical deduction" of BIG-Bench Hard (arXiv 2210.09261): some objects in a fixed order,
statements that compare two of them or give the place of one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from veridical.proof.logic.orders.constraints import MAX_OBJECTS, At, Before, Constraint, negated
from veridical.proof.logic.orders.scales import (
    COMPARATIVE,
    PLACE,
    RANK,
    End,
    Place,
    comparative,
    direction,
    place,
)
from veridical.proof.logic.text import ORDINAL, Span, cut, number, ordinal, sentences

MAX_CLAUSE = 400
"""Longest clause that is read, in Unicode code points."""

_HEADER = re.compile(
    r"(?:there (?:are|were)|sells?|has|have|holds?|with|of)\s+(\w+) (\w+):\s*([^.\n]+)",
    re.IGNORECASE,
)
_LIST = re.compile(r",?\s+and\s+|,\s*")
_ARTICLE = re.compile(r"(?:the|an?)\s+")
_OPTION = re.compile(r"\(([A-Z])\)\s*([^\n]+)")

_BE = (
    r"(?:is|are|was|were|finished|came|came in|placed|ranked|stands|sits|must be|has to be|have to be|"
    r"must have finished|will be|would be|should be)"
)
_NOT_BE = (
    r"(?:cannot be|can't be|can not be|could not be|is not|isn't|are not|aren't|did not finish)"
)
_TARGET_END = re.compile(rf", (?:and|but) (?!{ORDINAL}\b)|,? but ")


class Force(Enum):
    """How a claim is meant.

    IS says what must hold; MAY lists what is possible, and is wrong only if none of it is.
    """

    IS = "is"
    MAY = "may"


@dataclass(frozen=True, slots=True)
class Said:
    """One claim of a step.

    Attributes:
        span: Where it stands.
        constraint: What it says.
        force: How it is meant.
        partial: Whether it is part of a list that leaves some places open.
    """

    span: Span
    constraint: Constraint
    force: Force = Force.IS
    partial: bool = False


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
        kind = rf"(?: (?:{re.escape(self.kind)}(?:e?s)?|one|position|place|spot))?"
        self._name = rf"(?:the )?({names})"
        self._any = re.compile(rf"(?:the )?({names})\b")
        self._compared = re.compile(
            rf"{self._name} ({_BE}|{_NOT_BE})(?: also)? ({COMPARATIVE}) {self._name}"
        )
        self._placed = re.compile(
            rf"{self._name} ({_BE}|{_NOT_BE})(?: also)? (?:the only \w+ (?:that|who) can be )?"
            rf"(?:in )?(?:the )?({PLACE}){kind}"
        )
        self._holder = re.compile(
            rf"(?:the )?(?:\w+ (?:who|that) (?:finished|is|are|came) (?:the )?)?({PLACE}){kind} "
            rf"({_BE}|{_NOT_BE}) {self._name}"
        )
        self._only = re.compile(
            rf"the only (?:\w+ )?(?:that|who) (?:can|could) (?:be|have finished) (?:the )?({PLACE}){kind} "
            rf"(?:is|are) (.+)"
        )

    def clause(self, text: str) -> Constraint | None:
        """What one clause says; None where it is not understood as a whole."""
        if len(text) > MAX_CLAUSE:
            return None
        text = " ".join(text.lower().split()).rstrip(".")
        if match := self._compared.fullmatch(text):
            return self._comparison(match[1], match[2], match[3], match[4])
        if match := self._placed.fullmatch(text):
            return self._at(match[3], {match[1]}, match[2])
        if match := self._holder.fullmatch(text):
            return self._at(match[1], {match[3]}, match[2])
        if match := self._only.fullmatch(text):
            names = self.names(match[2])
            return self._at(match[1], names, "is") if names else None
        return None

    def _comparison(self, one: str, verb: str, words: str, other: str) -> Constraint | None:
        end = comparative(words)
        if end is None or end.scale != self.scale or one == other:
            return None
        found = Before(one, other) if end.sign < 0 else Before(other, one)
        return negated(found) if re.fullmatch(_NOT_BE, verb) else found

    def _at(self, words: str, names: set[str], verb: str) -> Constraint | None:
        spot = place(words)
        at = self.index(spot) if spot else None
        if at is None:
            return None
        return At(at, frozenset(names), not re.fullmatch(_NOT_BE, verb))

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


_LISTING = re.compile(
    r"\bfrom (?:the )?([\w ]{1,40}?) to (?:the )?([\w ]{1,40}?)(?:,|:)\s*", re.IGNORECASE
)
_ELEMENTS = re.compile(r",?\s{1,4}(?:and\s{1,4})?then\s|;\s|,?\s{1,4}but\s")
_PLACES = rf"{ORDINAL}(?:(?:,? and |, | through | to )(?:the )?{ORDINAL})*"
_ELEMENT = re.compile(
    rf"(?:the )?({_PLACES})(?: \w+)? (is|are|can be|can only be|could be|may be|must be|has to be) (.+)"
)
_RANGE = re.compile(rf"({ORDINAL})(?: (?:through|to) (?:the )?({ORDINAL}))?")


def listing(span: Span, reader: Reader) -> tuple[Span, list[Said]] | None:
    """The claims of a list `from first to last: ...`, with the text before it; None where there is none.

    It sets the end from which bare ordinals are counted from then on.
    """
    match = _LISTING.search(span.text)
    start = direction(match[1].lower(), match[2].lower()) if match else None
    if match is None or start is None or start.scale != reader.scale:
        return None
    reader.start = start
    body = Span(span.text[match.end() :], span.start + match.end())
    said = list(_bare_list(body, reader)) or [
        one for piece in cut(body, _ELEMENTS) for one in _element(piece, reader)
    ]
    open_ = re.search(r"\b(?:any|unknown)\b", body.text) is not None
    said = [Said(one.span, one.constraint, one.force, partial=open_) for one in said]
    return Span(span.text[: match.start()], span.start), said


def _bare_list(body: Span, reader: Reader) -> Iterator[Said]:
    """The claims of a list of all objects in their order."""
    pieces = list(cut(body, re.compile(r",?\s{1,4}and\s|,|->|→|<|>")))
    names = [reader.names(piece.text.lower()) for piece in pieces]
    if len(names) == len(reader.objects) and all(len(one) == 1 for one in names):
        for number_, (piece, one) in enumerate(zip(pieces, names, strict=True), 1):
            at = reader.index(Place(number_, reader.start))
            if at is not None:
                yield Said(piece, At(at, frozenset(one)))


def _element(piece: Span, reader: Reader) -> Iterator[Said]:
    match = _ELEMENT.match(" ".join(piece.text.lower().split()))
    if not match:
        found = reader.clause(piece.text)
        if found:
            yield Said(piece, found)
        return
    target, *clauses = _TARGET_END.split(match[3])
    places = _places(match[1])
    for at in (reader.index(Place(one, reader.start)) for one in places):
        if at is not None:
            yield from _filled(piece, at, match[2], target, reader, alone=len(places) == 1)
    for clause in clauses:
        found = reader.clause(clause)
        if found:
            yield Said(piece, found)


def _filled(
    piece: Span, at: int, verb: str, target: str, reader: Reader, *, alone: bool
) -> Iterator[Said]:
    """What `third can be the a or b`, `fourth to sixth can be any bird except b` says of one place."""
    if re.search(r"\bexcept\b", target):
        names = reader.names(target.partition("except")[2].removeprefix(" for").strip())
        if names and at <= len(reader.objects):
            yield Said(piece, At(at, frozenset(names), holds=False))
        return
    names = reader.names(target)
    if not names or not alone:
        return
    force = Force.MAY if verb in {"can be", "could be", "may be"} or len(names) > 1 else Force.IS
    yield Said(piece, At(at, frozenset(names)), force)


def _places(text: str) -> list[int]:
    found: list[int] = []
    for match in _RANGE.finditer(text):
        low = ordinal(match[1]) or 0
        high = (ordinal(match[2]) or low) if match[2] else low
        found += range(low, high + 1)
    return found


_CLAUSES = re.compile(
    r",\s{1,4}(?:so|and so|which means(?: that)?|meaning(?: that)?|and|but|then)\s|\s(?:so|therefore|thus|hence)\s|"
    r",\s|\sbecause\s",
    re.IGNORECASE,
)
_OPENING = re.compile(
    r"(?:(?:so|therefore|thus|hence|then|since|because|as|and|we know(?: that)?|also|"
    r"we (?:previously )?(?:concluded|know|found|said)(?: that)?|this means(?: that)?|by process of elimination|"
    r"according to this ordering|the statement says(?: that)?|finally)\b[\s,:.]*)+",
    re.IGNORECASE,
)
_PRONOUN = re.compile(r"(?:it|they|he|she)\b", re.IGNORECASE)
_SUBJECT = re.compile(r"\s+(?:is|are|finished|was|were|came)\s")


def claims(text: str, reader: Reader) -> tuple[list[Said], list[Span]]:
    """The claims of a step, in order, and the sentences that name an object and say nothing readable."""
    said: list[Said] = []
    unread: list[Span] = []
    for sentence in sentences(text):
        listed = listing(sentence, reader)
        found = list(_prose(listed[0] if listed else sentence, reader))
        found += listed[1] if listed else []
        if not found and reader.mentions(sentence.text):
            unread.append(sentence)
        said += found
    return said, unread


def _prose(span: Span, reader: Reader) -> Iterator[Said]:
    whole = _clause(span, "", reader)
    if whole:
        yield whole
        return
    subject = ""
    for piece in cut(span, _CLAUSES):
        bare = _opened(piece)
        found = _clause(piece, subject, reader)
        if found:
            yield found
        head = _SUBJECT.split(bare.text, maxsplit=1)[0].lower()
        subject = head if reader.names(head) else subject


def _opened(span: Span) -> Span:
    match = _OPENING.match(span.text)
    return Span(span.text[match.end() :], span.start + match.end()) if match else span


def _clause(span: Span, subject: str, reader: Reader) -> Said | None:
    bare = _opened(span)
    text = (
        _PRONOUN.sub(lambda _: subject, bare.text, count=1)
        if subject and _PRONOUN.match(bare.text)
        else bare.text
    )
    found = reader.clause(text)
    return Said(bare, found) if found else None
