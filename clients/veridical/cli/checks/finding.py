"""One thing that was looked at, and running the checks that find it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import partial


class State(StrEnum):
    """How it stands with one thing."""

    OK = "ok"
    """As it should be."""
    NOTE = "note"
    """Worth knowing; nothing that is in use suffers from it."""
    WARNING = "warning"
    """It works, but worse than it could, or not for long."""
    PROBLEM = "problem"
    """It does not work."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found out about one thing."""

    topic: str
    """What it belongs to, such as "machine"."""
    name: str
    """The thing, such as "memory" or the address of a service."""
    state: State
    """How it stands."""
    text: str
    """What was found, in one line."""
    mend: str = ""
    """What to do about it, in one line; empty only where the state is OK."""


Check = Callable[[], Iterable[Finding]]
"""Looks at one thing, or at a few that belong together."""


def run_checks(topic: str, checks: Iterable[Check]) -> Iterator[Finding]:
    """Yield what the checks find, in their order; one that raises becomes a finding itself."""
    for check in checks:
        try:
            yield from check()
        except Exception as error:
            yield Finding(
                topic,
                _name(check),
                State.WARNING,
                f"this check itself failed: {type(error).__name__}: {first_line(error)}",
                "tell the maintainers, with this line and the operating system's name",
            )


def first_line(error: Exception) -> str:
    """Return the first line of an error's text, or its type's name where it has none."""
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__


def _name(check: Check) -> str:
    function = check.func if isinstance(check, partial) else check
    return str(getattr(function, "__name__", function)).replace("_", " ")
