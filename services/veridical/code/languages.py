"""The table of languages: how a program of each is named, compiled and run."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class Language:
    """One row of `languages.toml`, which says what each field means."""

    name: str
    labels: tuple[str, ...]
    file: str
    run: tuple[str, ...]
    compile: tuple[str, ...] = ()
    memory: tuple[str, ...] = ()
    interpreter: bool = False
    address_mib: int = 4096

    @property
    def toolchain(self) -> str:
        """The program without which nothing of the language runs."""
        return (self.compile or self.run)[0]


@cache
def languages() -> Mapping[str, Language]:
    """The languages by name."""
    text = files("veridical.code").joinpath("languages.toml").read_text(encoding="utf-8")
    return {name: _language(name, row) for name, row in tomllib.loads(text).items()}


def _language(name: str, row: dict[str, Any]) -> Language:
    fields: dict[str, Any] = {
        key: tuple(value) if type(value) is list else value for key, value in row.items()
    }
    return Language(name, **fields)
