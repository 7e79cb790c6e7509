"""The processes that a test has started, among those that other tests share."""

from __future__ import annotations

import psutil


def children_with(argument: str) -> list[psutil.Process]:
    """Children of this process that live and have `argument` on their command line."""
    return [child for child in psutil.Process().children() if argument in _arguments(child)]


def _arguments(process: psutil.Process) -> list[str]:
    try:
        arguments: list[str] = process.cmdline()
    except psutil.Error:  # it has ended
        return []
    return arguments
