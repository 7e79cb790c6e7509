"""Becoming a service process."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from veridical.client.local import require_services


def become(module: str, arguments: Sequence[str]) -> NoReturn:
    """Replace this process by `python -m MODULE ARGUMENTS`.

    Signals and the exit code are then the service's own.

    Raises:
        ServicesMissingError: The services are not installed.
    """
    require_services()
    # Without -P a file of the current folder, such as math.py, would stand in for a library's.
    command = [sys.executable, "-P", "-m", module, *arguments]
    os.execv(sys.executable, command)  # noqa: S606 - the point is to have no shell
