"""`veridical describe`: what a server says of itself."""

from __future__ import annotations

from typing import Annotated

import typer
from google.protobuf.json_format import MessageToJson
from rich.console import Console

from veridical.cli.connect import AddressOption, connect
from veridical.cli.exits import expected_errors, interruptible
from veridical.cli.render import description
from veridical.client import ClientSettings


def describe(
    address: AddressOption = None,
    timeout: Annotated[
        float, typer.Option(metavar="SECONDS", min=0.001, help="How long to wait for an answer.")
    ] = 30.0,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Say what a service verifies, within which limits and in which version."""
    with expected_errors(), interruptible():
        with connect(address, ClientSettings()) as client:
            server = client.describe(timeout=timeout)
        if as_json:
            typer.echo(MessageToJson(server, preserving_proto_field_name=True))
        else:
            Console(highlight=False).print(description(server))
