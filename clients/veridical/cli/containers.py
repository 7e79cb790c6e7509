"""`veridical broker` and `veridical build-image`: containers for the code verifier's cells."""

from __future__ import annotations

import importlib.util
from typing import Annotated

import typer

from veridical.cli.exits import CommandError, expected_errors
from veridical.cli.launch import become

CONTEXT = {
    "allow_interspersed_args": False,
    "ignore_unknown_options": True,
    "help_option_names": [],
}
"""Leaves every flag to the program behind the command, `--help` included."""

_Flags = Annotated[list[str] | None, typer.Argument(metavar="FLAGS", help="See `--help`.")]


def broker(flags: _Flags = None) -> None:
    """Hand containers to code verifiers; the one process that has the Docker socket.

    `veridical broker --help` lists its flags.
    """
    _become("veridical.sandbox.docker", flags)


def build_image(flags: _Flags = None) -> None:
    """Build the containers' image from Debian packages, where no registry can be reached.

    `veridical build-image --help` lists its flags.
    """
    _become("veridical.sandbox.docker.build_image", flags)


def _become(module: str, flags: list[str] | None) -> None:
    with expected_errors():
        if importlib.util.find_spec("docker") is None:
            raise CommandError("the Docker SDK is missing: pip install 'veridical[docker]'")
        become(module, flags or [])
