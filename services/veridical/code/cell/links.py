"""Links in the work folder that are links on the other side, too: those that lead nowhere beyond it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

NOWHERE = "/proc/nowhere"
"""Where a link leads that leads to nothing which both sides have."""
_MAX_TARGET = 4000


def place(root: Path, is_beside: Callable[[str], bool], link: str, target: str) -> str | None:
    """Where a link leads, from the work folder; None if that is beyond it.

    Only the names that a target begins with may be "..", since those before it may be links themselves.

    Args:
        root: The work folder.
        is_beside: Whether such a path is shared, too.
        link: The link; no folder on the way to it is one.
        target: What it says.
    """
    if "\0" in target or len(target) > _MAX_TARGET:
        return None
    names = [part for part in target.split("/") if part not in ("", ".")]
    ups = next((number for number, part in enumerate(names) if part != ".."), len(names))
    if ".." in names[ups:]:
        return None
    to = os.path.relpath(os.path.join(os.path.dirname(link), target), root)  # noqa: PTH118, PTH120
    return to if to.split("/")[0] != ".." or is_beside(to) else None


def leads_nowhere(target: str) -> bool:
    """Whether a target stands where neither side has anything, and never will."""
    top = target.split("/")[1:2]
    return target.startswith("/") and bool(top and top[0]) and not os.path.lexists(f"/{top[0]}")
