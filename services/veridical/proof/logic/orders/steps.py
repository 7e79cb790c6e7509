"""What a step of an order puzzle says: its clauses, and lists of places `from first to last`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from veridical.proof.logic.orders.constraints import At, Constraint
from veridical.proof.logic.orders.reading import Reader
from veridical.proof.logic.orders.scales import Place, direction
from veridical.proof.logic.text import ORDINAL, Span, cut, ordinal, sentences


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


_TARGET_END = re.compile(rf", (?:and|but) (?!{ORDINAL}\b)|,? but ")
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
