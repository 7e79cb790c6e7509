"""The options that say which services to use, and the client they make."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from veridical.client import AsyncClient, ClientSettings

AddressOption = Annotated[
    list[str] | None,
    typer.Option(
        "--address",
        metavar="ADDRESS",
        help="A service that is running: host:port or unix:/path; may be repeated. Without it the "
        "one named by VERIDICAL_ADDRESS is used, and without that the services are started on this "
        "machine for as long as the command runs.",
    ),
]


async def connect(address: list[str] | None, settings: ClientSettings) -> AsyncClient:
    """Return a client of the services meant by `--address`, by VERIDICAL_ADDRESS, or of new ones.

    Raises:
        VeridicalError: They are missing or could not be started.
    """
    if address:
        return AsyncClient(",".join(address), settings=settings)
    return await AsyncClient.local(settings=settings)


def starts_services(address: list[str] | None) -> bool:
    """Return whether `connect` would start services."""
    return not address and not os.environ.get("VERIDICAL_ADDRESS")
