"""`veridical serve NAME`: one service."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import veridical
from veridical.cli.exits import CommandError, expected_errors
from veridical.cli.launch import become

CONTEXT = {"allow_interspersed_args": False, "ignore_unknown_options": True}
"""Leaves everything behind the name to the service, `--help` included."""

_NOT_SERVICES = frozenset({"cli", "suite"})


def serve(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Which service, such as math.")],
    flags: Annotated[
        list[str] | None,
        typer.Argument(metavar="FLAGS", help="The service's own flags."),
    ] = None,
) -> None:
    """Run one service, such as math or reward, until Ctrl-C.

    All flags behind the name are the service's own: `veridical serve math --help` lists them.
    """
    with expected_errors():
        names = service_names()
        if names and name not in names:
            raise CommandError(f"no service is named {name!r}; there are {', '.join(names)}")
        become(f"veridical.{name}", flags or [])


def service_names() -> list[str]:
    """Return the names of the services in this installation.

    A service is a package of the namespace that can be run; a new one needs no entry anywhere.
    """
    packages = {
        path.parent.name
        for portion in veridical.__path__
        for path in Path(portion).glob("*/__main__.py")
    }
    return sorted(packages - _NOT_SERVICES)
