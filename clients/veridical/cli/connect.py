"""The options that say which services to use, and the client they make."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from veridical.client import AsyncClient, ClientSettings, TlsSettings

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
