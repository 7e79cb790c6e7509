"""The options that say which services to use, and the client they make."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from typing import Annotated

import typer
from rich.console import Console

from veridical.client import (
    AsyncClient,
    ClientSettings,
    RetrySettings,
    ServerLimits,
    TlsSettings,
    UnavailableError,
)
from veridical.client.local import require_services

PATIENCE = RetrySettings(connect_seconds=None, outage_seconds=60.0)
"""How long services that served may be out of reach before a command without such an option ends."""

_HANDSHAKE_SECONDS = 30.0

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


TokenFileOption = Annotated[
    str | None,
    typer.Option(
        metavar="FILE",
        help="A file that holds the bearer token to show. Without it VERIDICAL_TOKEN_FILE or "
        "VERIDICAL_TOKEN count.",
    ),
]
TlsCaOption = Annotated[
    str | None,
    typer.Option(
        metavar="FILE",
        envvar="VERIDICAL_TLS_CA",
        help="Connect with TLS, to servers certified by the authorities in this PEM file.",
    ),
]
TlsCertOption = Annotated[
    str | None,
    typer.Option(
        metavar="FILE",
        envvar="VERIDICAL_CLIENT_CERT",
        help="The certificate to show, in PEM form.",
    ),
]
TlsKeyOption = Annotated[
    str | None,
    typer.Option(
        metavar="FILE",
        envvar="VERIDICAL_CLIENT_KEY",
        help="Its private key, in PEM form.",
    ),
]


def tls_settings(ca: str | None, certificate: str | None, key: str | None) -> TlsSettings | None:
    """Return what the options ask for; None is plaintext."""
    return TlsSettings(ca, certificate, key) if ca or certificate or key else None


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


def tell_start(address: list[str] | None, console: Console) -> bool:
    """Say so where `connect` would start services, and return whether it would.

    Raises:
        ServicesMissingError: It would, and they are not installed.
    """
    if not starts_services(address):
        return False
    require_services()
    console.print("starting the services on this machine")
    return True


@asynccontextmanager
async def connected(
    address: list[str] | None, settings: ClientSettings, console: Console
) -> AsyncIterator[AsyncClient]:
    """Give a client, for as long as the body runs, whose batches the services take.

    Args:
        address: What `--address` says.
        settings: How to call; its batches are made smaller where the services take no larger ones.
        console: Told where services are started.

    Raises:
        VeridicalError: The services are missing, out of reach or could not be started.
    """
    if not tell_start(address, console):
        most = (await _limits(address, settings)).max_batch_items or settings.batch_items
        settings = replace(settings, batch_items=min(settings.batch_items, most))
    with told_by_address(address):
        async with await connect(address, settings) as client:
            yield client


@contextmanager
def told_by_address(address: list[str] | None, *, asked_once: bool = False) -> Iterator[None]:
    """Say in errors of the body which services are out of reach, unless they were started for it.

    Args:
        address: What `--address` says.
        asked_once: Whether the body's call is not repeated; where it is, its error says for how long.

    Raises:
        UnavailableError: As the body's, with the address.
    """
    try:
        yield
    except UnavailableError as error:
        if starts_services(address):
            raise
        name = ", ".join(address or (os.environ["VERIDICAL_ADDRESS"],))
        once = "no server was reached at the first try: " if asked_once else ""
        raise UnavailableError(f"{name}: {once}{error}") from error


async def _limits(address: list[str] | None, settings: ClientSettings) -> ServerLimits:
    """Ask once, so that an address where nobody answers is told at once."""
    once = replace(settings, retry=RetrySettings(calls=False))
    with told_by_address(address, asked_once=True):
        async with await connect(address, once) as client:
            timeout = min(_HANDSHAKE_SECONDS, once.timeout_seconds)
            return (await client.describe(timeout=timeout)).limits
