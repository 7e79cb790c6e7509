"""`veridical describe`: what a server says of itself."""

from __future__ import annotations

from typing import Annotated

import typer
from google.protobuf.json_format import MessageToJson
from rich.console import Console

from veridical.cli.connect import AddressOption, connect
from veridical.cli.exits import expected_errors, run_interruptible
from veridical.cli.render import description
from veridical.client import ClientSettings, DescribeResponse


def describe(
    address: AddressOption = None,
    timeout: Annotated[
        float, typer.Option(metavar="SECONDS", min=0.001, help="How long to wait for an answer.")
    ] = 30.0,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Say what a service verifies, within which limits and in which version."""
    with expected_errors():
        server = run_interruptible(_describe(address, timeout))
        if as_json:
            typer.echo(MessageToJson(server, preserving_proto_field_name=True))
        else:
            Console(highlight=False).print(description(server))


async def _describe(address: list[str] | None, timeout: float) -> DescribeResponse:
    async with await connect(address, ClientSettings()) as client:
        return await client.describe(timeout=timeout)
