"""Random values of which a program learns nothing, and what collections say of them."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from veridical.code.cell.judge.proxy.link import Link

_STRANGERS: dict[type, Callable[[], Any]] = {
    str: lambda: os.urandom(12).hex(),
    bytes: lambda: os.urandom(12),
    int: lambda: int.from_bytes(os.urandom(6), "big"),
    float: lambda: int.from_bytes(os.urandom(6), "big") / 7,
    tuple: lambda: (os.urandom(12).hex(),),
    list: lambda: [os.urandom(12).hex()],
    set: lambda: {os.urandom(12).hex()},
    dict: lambda: {os.urandom(12).hex(): None},
    type(None): lambda: None,
}
"""Of each type a value that nobody expects; None tells nothing."""


def stranger_like(value: Any) -> Any:
    """A random value of the same type, of which a program learns nothing."""
    return _STRANGERS.get(type(value), _STRANGERS[str])()


_MAX_ASKED = 50
"""Members that a collection is asked for."""


def require_rule(link: Link, holder: Any, members: list[Any], *, is_of_tests: bool) -> None:
    """Lets members stand for what a collection says to hold, if it says so.

    Args:
        link: The conversation.
        holder: The collection.
        members: What it gives when it is gone through.
        is_of_tests: Whether the tests decide of what kind it is, and no function of the program.

    Raises:
        NeedsShared: It has another rule.
        SolutionGone: The program returned something that has one.
    """
    asked = [*members[:_MAX_ASKED], stranger_like(members[0] if members else "")]
    holds = [_holds(link, holder, one) for one in asked]
    if all(holds[:-1]) and not holds[-1]:
        return
    if is_of_tests:
        raise link.needs_shared("searches what holds other than its members")
    raise link.wrong("what the program made says to hold other than its members")


def _holds(link: Link, holder: Any, value: Any) -> bool:
    try:
        return link.operate("contains", holder, value) is True
    except Exception:  # it takes other things than it gives
        return False
