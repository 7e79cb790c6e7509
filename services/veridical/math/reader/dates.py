"""Times of day and dates, where they are the whole text."""

from __future__ import annotations

import re

from veridical.math.reader.numbers import number
from veridical.math.terms import Apply, Term, Words

_UPRIGHT = re.compile(r"\\(?:text|mathrm|mbox|textrm)\s*\{([^{}\\]{0,40})\}")
_TIME = re.compile(
    r"(?P<hour>\d{1,2})(?::(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d))?)?\s*"
    r"(?P<half>[ap]\.?\s?m\.?)?(?P<clock>\s*o'?clock)?",
    re.IGNORECASE,
)


def read_time(text: str) -> Term | None:
    """Read a time of day as `time` of hour, minute and second, on 24 hours where that is known."""
    match = _TIME.fullmatch(_UPRIGHT.sub(r"\1", text))
    if match is None or not (match["minute"] or match["half"] or match["clock"]):
        return None
    hour, minute = int(match["hour"]), int(match["minute"] or 0)
    half = (match["half"] or "").lower()
    if hour > (12 if half else 24) or not (half or match["clock"] or _is_time(match)):
        return None
    if half:
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    parts = [number(hour), number(minute)]
    if match["second"]:
        parts.append(number(int(match["second"])))
    return Apply("time", (*parts, Words(half[0] + "m")) if half else tuple(parts))


def _is_time(match: re.Match[str]) -> bool:
    """Say whether `12:00` is a time and no ratio: one would be written in lowest terms."""
    hour, minute = int(match["hour"]), match["minute"]
    if match["second"] or minute.startswith("0"):
        return True
    smallest = min(hour, int(minute))
    return any(hour % step == 0 == int(minute) % step for step in range(2, smallest + 1))


_NAMES = """
    january february march april may june july august september october november december
"""
_MONTHS = {name: index + 1 for index, name in enumerate(_NAMES.split())}
_MONTHS |= {name[:3]: index for name, index in tuple(_MONTHS.items())}
_MONTHS["sept"] = 9
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_WEEKDAY = re.compile(r"^(?:mon|tues|wednes|thurs|fri|satur|sun)day,\s*", re.IGNORECASE)
_DATES = (
    re.compile(rf"(?P<month>[A-Za-z]{{3,9}})\.?\s+{_DAY}(?:,?\s+(?P<year>\d{{4}}))?"),
    re.compile(rf"{_DAY}\s+(?:of\s+)?(?P<month>[A-Za-z]{{3,9}})\.?(?:,?\s+(?P<year>\d{{4}}))?"),
    re.compile(r"(?P<month>\d{1,2})/(?P<day>\d{1,2})/(?P<year>[12]\d{3})"),
    re.compile(r"(?P<year>[12]\d{3})-(?P<month>\d{2})-(?P<day>\d{2})"),
)


def read_date(text: str) -> Term | None:
    """Read a date as `date` of month, day and, where it is written, year."""
    text = _WEEKDAY.sub("", _UPRIGHT.sub(r"\1", text))
    for shape in _DATES:
        match = shape.fullmatch(text)
        if match is None:
            continue
        name = match["month"].lower()
        month = int(name) if name.isdecimal() else _MONTHS.get(name, 0)
        day = int(match["day"])
        if 1 <= month <= 12 and 1 <= day <= 31:
            parts = [month, day, *([int(match["year"])] if match["year"] else [])]
            return Apply("date", tuple(map(number, parts)))
    return None
