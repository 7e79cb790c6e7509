"""`veridical describe`: what a server says of itself."""

from __future__ import annotations

from typing import Annotated

import typer
from google.protobuf.json_format import MessageToJson
from rich.console import Console

from veridical.cli.connect import (
    AddressOption,
    TlsCaOption,
    TlsCertOption,
    TlsKeyOption,
    TokenFileOption,
    connect,
    tell_start,
    tls_settings,
    told_by_address,
)
from veridical.cli.exits import expected_errors, run_interruptible, stderr_console
from veridical.cli.render import description
from veridical.client import ClientSettings, DescribeResponse, RetrySettings


def describe(
    address: AddressOption = None,
    timeout: Annotated[
        float, typer.Option(metavar="SECONDS", min=0.001, help="How long to wait for an answer.")
    ] = 30.0,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
    token_file: TokenFileOption = None,
    tls_ca: TlsCaOption = None,
    tls_cert: TlsCertOption = None,
    tls_key: TlsKeyOption = None,
) -> None:
    """Say what a service verifies, within which limits and in which version."""
    with expected_errors():
        settings = ClientSettings(
            token_file=token_file,
            tls=tls_settings(tls_ca, tls_cert, tls_key),
            retry=RetrySettings(calls=False),
        )
        server = run_interruptible(_describe(address, settings, timeout))
        if as_json:
            typer.echo(MessageToJson(server, preserving_proto_field_name=True))
        else:
            Console(highlight=False).print(description(server))


async def _describe(
    address: list[str] | None, settings: ClientSettings, timeout: float
) -> DescribeResponse:
    tell_start(address, stderr_console())
    with told_by_address(address, asked_once=True):
        async with await connect(address, settings) as client:
            return await client.describe(timeout=timeout)
