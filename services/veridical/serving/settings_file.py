"""The TOML file of settings: one table a server."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any


class SettingsFileError(Exception):
    """The settings file cannot be used; the message names file and key."""


def read_settings_file(path: Path) -> dict[str, dict[str, Any]]:
    """Reads the tables of a file, by the names of the servers.

    Raises:
        SettingsFileError: It cannot be read, is no TOML, or has settings outside a table.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsFileError(f"config: {path}: {error.strerror}") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsFileError(f"config: {path}: {error}") from error
    for key, value in content.items():
        if not isinstance(value, dict):
            raise SettingsFileError(
                f"config: {path}: {key}: settings belong in a table such as [math]"
            )
    return content
