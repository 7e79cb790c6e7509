"""What the settings file may say to the services of a suite."""

from __future__ import annotations

from pathlib import Path

from veridical.serving.settings_file import SettingsFileError, read_settings_file
from veridical.suite.settings import VARIABLES
from veridical.suite.table import SERVICES

# The suite hands them over as flags, which win over the file.
_SET_BY_SUITE = ("listen", "metrics_port", "drain_seconds", "backends", "health_listen")


def check_config(path: Path) -> None:
    """Refuses a file with settings that would be read by nobody.

    Raises:
        SettingsFileError: It cannot be read, has a table of no service, or sets what the suite sets.
    """
    known = [spec.name for spec in SERVICES]
    for name, table in read_settings_file(path).items():
        if name not in known:
            there_are = ", ".join(f"[{each}]" for each in known)
            raise SettingsFileError(
                f"config: {path}: [{name}] is no service; there are {there_are}"
            )
        for key in _SET_BY_SUITE:
            if key in table:
                raise SettingsFileError(f"config: {path}: [{name}] {key}: {_instead(key)}")


def _instead(key: str) -> str:
    flag = f"--{key.replace('_', '-')}"
    if flag not in VARIABLES:
        return "veridical up sets it itself"
    return f"veridical up sets it itself: give it {flag} or {VARIABLES[flag]}"
