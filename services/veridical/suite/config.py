"""What the settings file may say to the services of a suite."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from veridical.serving.settings_file import SettingsFileError, read_settings_file
from veridical.suite.settings import VARIABLES
from veridical.suite.table import SAMPLING

# The suite hands them over as flags, which win over the file.
_SET_BY_SUITE = ("listen", "metrics_port", "drain_seconds", "backends", "health_listen")
_SET_OF_SAMPLER = {"listen": "--sampler-listen", "model": "--sampler"}


def check_config(path: Path, known: Sequence[str]) -> None:
    """Refuses a file with settings that would be read by nobody.

    Args:
        path: The file.
        known: The services that are started.

    Raises:
        SettingsFileError: It cannot be read, has a table of no service, or sets what the suite sets.
    """
    for name, table in read_settings_file(path).items():
        if name not in known:
            raise SettingsFileError(f"config: {path}: [{name}] is no service; {_there_are(known)}")
        for key in (*_SET_BY_SUITE, *(_SET_OF_SAMPLER if name == SAMPLING.name else ())):
            if key in table:
                problem = _instead(name, key)
                raise SettingsFileError(f"config: {path}: [{name}] {key}: {problem}")


def _there_are(known: Sequence[str]) -> str:
    names = ", ".join(f"[{each}]" for each in known)
    more = "" if SAMPLING.name in known else f", and [{SAMPLING.name}] with --sampler"
    return f"there are {names}{more}"


def _instead(name: str, key: str) -> str:
    if name == SAMPLING.name and key in _SET_OF_SAMPLER:
        return f"veridical up sets it itself: give it {_SET_OF_SAMPLER[key]}"
    flag = f"--{key.replace('_', '-')}"
    if flag not in VARIABLES:
        return "veridical up sets it itself"
    return f"veridical up sets it itself: give it {flag} or {VARIABLES[flag]}"
