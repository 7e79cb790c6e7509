"""Builtins that the module `site` adds: cells' interpreters start without it."""

from __future__ import annotations

import builtins
from _sitebuiltins import Quitter, _Helper


def add_site_names() -> None:
    """Adds `quit`, `exit` and `help`, as every interpreter of a user has them."""
    for name in ("quit", "exit"):
        setattr(builtins, name, Quitter(name, "Ctrl-D (i.e. EOF)"))
    builtins.help = _Helper()
