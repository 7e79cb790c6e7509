"""The variables of the environment, asked for at every call: decoded only where they changed."""

from __future__ import annotations

import os

_known: tuple[dict[bytes, bytes], dict[str, str]] = {}, {}


def variables() -> dict[str, str]:
    """The variables as they are now; not to be changed."""
    global _known
    held = os.environ
    if type(held) is not os._Environ:  # noqa: SLF001 - not what tests put in its place
        return dict(held)
    raw: dict[bytes, bytes] = vars(held)["_data"]
    if raw != _known[0]:
        _known = dict(raw), dict(held)
    return _known[1]
