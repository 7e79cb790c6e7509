"""How a server's settings look to a person: its flags, and what is said of a bad one."""

from __future__ import annotations

import re
from argparse import ArgumentParser, HelpFormatter
from collections.abc import Sequence
from typing import Any, TypeVar

from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, CliSettingsSource

S = TypeVar("S", bound=BaseSettings)

_METAVARS = {"Path": "FILE", "int": "N", "float": "NUMBER", "str": "TEXT"}
_NO_DEFAULT = re.compile(r"\s*\(default: (null)?\)$")
_VOICE = re.compile(r"^(Input|Value|String) should ")
_SHOWN_CHARACTERS = 60


class _Formatter(HelpFormatter):
    """Leaves the list of all flags to the lines below the usage."""

    def add_usage(self, usage: str | None, actions: Any, groups: Any, prefix: Any = None) -> None:
        super().add_usage("%(prog)s [FLAGS]", actions, groups, prefix)


def flags_source(kind: type[S], program: str, arguments: Sequence[str]) -> CliSettingsSource[S]:
    """Reads flags as a source of settings; prints the help and exits where that is asked for.

    Args:
        kind: The settings class.
        program: What the help calls the program.
        arguments: The command line without the program.

    Raises:
        SettingsError: There are flags that are not known or that have no value.
    """
    return CliSettingsSource(
        kind,
        cli_prog_name=program,
        cli_parse_args=list(arguments),
        cli_exit_on_error=False,
        add_argument_method=_add_argument,
        formatter_class=_Formatter,
    )


def _add_argument(parser: ArgumentParser, *names: str, **options: Any) -> Any:
    if metavar := options.get("metavar"):
        options["metavar"] = _METAVARS.get(metavar, metavar)
    options["help"] = _NO_DEFAULT.sub("", options.get("help") or "")
    return parser.add_argument(*names, **options)


def problem_of(error: ErrorDetails) -> str:
    """What is wrong with one setting, in a few words."""
    match error["type"]:
        case "extra_forbidden":
            return "unknown setting"
        case "missing":
            return "missing"
        case "value_error":
            return error["msg"].removeprefix("Value error, ")
        case "literal_error":
            expected = error["ctx"]["expected"].replace("'", "").replace(" or ", ", ")
            return f"must be one of {expected}{_instead(error['input'])}"
        case _:
            text = _VOICE.sub("must ", error["msg"]).split(", unable to")[0]
            return text + _instead(error["input"])


def _instead(value: object) -> str:
    """Says what was found, where that is short: no setting is a secret, only files hold some."""
    text = repr(value)
    return f", not {text}" if len(text) <= _SHOWN_CHARACTERS else ""
