"""A response cut into steps.

Empty lines part steps; where there are none, numbered steps do, then lines, then sentences. A cut never
falls within maths.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

from veridical.proof.model import Segment
from veridical.proof.steps.zones import Zone, ZoneKind, find_zones

MAX_STEPS = 20_000
"""Steps of one trace; in a response what lies behind the last cut belongs to the last step."""

_PARAGRAPH = re.compile(r"\n[ \t\r]*\n\s*")
_NUMBERED = re.compile(
    r"\n(?=[ \t]*(?:#{1,6} |\*\*)?(?:step\s+\d+\b|\d{1,3}[.)]\s|\(\d{1,3}\)\s))", re.IGNORECASE
)
_LINE = re.compile(r"\n\s*")
_SENTENCE = re.compile(r"[.!?][\"')\]]?\s+(?=[A-Z0-9$\\(*#])")
_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|vs|cf|Mr|Mrs|Ms|Dr|St|Prof|Fig|Eq|No|approx|resp|[A-Z])|(?:^|\n)[ \t]*\d{1,2})\.?\Z"
)


def segment(response: str) -> tuple[Segment, ...]:
    """Return the steps of a response, without the white space around them.

    Args:
        response: The text, thinking removed.

    Returns:
        The steps in order, with their offsets in `response`; none for a blank text.
    """
    zones = find_zones(response)
    for cuts in (_PARAGRAPH, _NUMBERED, _LINE):
        steps = _steps(response, _outside(cuts.finditer(response), zones))
        if len(steps) > 1:
            return tuple(_with_displays(response, steps, zones))
    ends = (
        match for match in _SENTENCE.finditer(response) if not _abbreviated(response, match.start())
    )
    return tuple(_steps(response, _outside(ends, zones)))


def _outside(matches: Iterable[re.Match[str]], zones: tuple[Zone, ...]) -> Iterator[int]:
    """Yield where the matches end that do not start within a zone."""
    remaining = iter(zones)
    zone = next(remaining, None)
    for match in matches:
        while zone is not None and zone.end <= match.start():
            zone = next(remaining, None)
        if zone is None or match.start() < zone.start:
            yield match.end()


def _abbreviated(text: str, stop: int) -> bool:
    return text[stop] == "." and _ABBREVIATION.search(text, max(0, stop - 8), stop) is not None


def _steps(text: str, cuts: Iterable[int]) -> list[Segment]:
    bounds = [0, *cuts][:MAX_STEPS]
    found = (_trimmed(text, start, end) for start, end in pairwise([*bounds, len(text)]))
    return [step for step in found if step.text]


def _trimmed(text: str, start: int, end: int) -> Segment:
    part = text[start:end]
    start += len(part) - len(part.lstrip())
    part = part.strip()
    return Segment(part, start, start + len(part))


def _with_displays(text: str, steps: list[Segment], zones: tuple[Zone, ...]) -> list[Segment]:
    """Join a step that ends with a colon with the displayed formula behind it."""
    displays = {zone.start for zone in zones if zone.kind is ZoneKind.DISPLAY}
    joined: list[Segment] = []
    for step in steps:
        assert step.start is not None
        if joined and joined[-1].text.endswith(":") and step.start in displays:
            first = joined.pop().start
            joined.append(Segment(text[first : step.end], first, step.end))
        else:
            joined.append(step)
    return joined
