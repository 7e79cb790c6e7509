"""The table of languages: how a program of each is named, compiled and run."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

_MAX_LABEL = 64
_MINOR_VERSION = re.compile(r"(?:\.\d+)+$")


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
    processes: int = 1

    @property
    def toolchain(self) -> str:
        """The program without which nothing of the language runs."""
        return (self.compile or self.run)[0]


@cache
def languages() -> Mapping[str, Language]:
    """The languages by name."""
    text = files("veridical.code").joinpath("languages.toml").read_text(encoding="utf-8")
    return {name: _language(name, row) for name, row in tomllib.loads(text).items()}


def language_of(name: str) -> Language | None:
    """The language that is called so, by its name or one of its labels in any case."""
    return _by_label().get(plain_label(name))


def plain_label(label: str) -> str:
    """A label as the table has it: `Python 3.11` is `python3`. One that is too long for any stays as it is."""
    if len(label) > _MAX_LABEL:
        return label
    return _MINOR_VERSION.sub("", "".join(label.lower().split()))


@cache
def _by_label() -> Mapping[str, Language]:
    return {label: row for row in languages().values() for label in (row.name, *row.labels)}


def _language(name: str, row: dict[str, Any]) -> Language:
    fields: dict[str, Any] = {
        key: tuple(value) if type(value) is list else value for key, value in row.items()
    }
    return Language(name, **fields)
