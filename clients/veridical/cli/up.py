"""`veridical up`: all services of this machine."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from veridical.cli.exits import expected_errors
from veridical.cli.launch import become

DEFAULT_LISTEN = "127.0.0.1:50051"
"""Where the reward gateway listens unless told otherwise."""


def up(
    listen: Annotated[
        str, typer.Option(metavar="ADDRESS", help="Where to serve: host:port or unix:/path.")
    ] = DEFAULT_LISTEN,
    metrics_port: Annotated[
        int | None,
        typer.Option(
            metavar="PORT",
            min=1,
            max=65535,
            help="Serve Prometheus metrics: the gateway on this port, the others on the next ones.",
        ),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(metavar="N", min=1, help="Worker processes of each verifier."),
    ] = None,
    config: Annotated[
        Path | None,
        typer.Option(metavar="FILE", dir_okay=False, exists=True, help="Settings in TOML."),
    ] = None,
    tls_certificate: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The server's certificate chain: callers then need TLS."),
    ] = None,
    tls_key: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Its private key, in PEM form.")
    ] = None,
    tls_client_ca: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Authorities of client certificates, then required."),
    ] = None,
    tokens_file: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Bearer tokens, a name and its tokens a line."),
    ] = None,
    json_lines: Annotated[
        bool, typer.Option("--json", help="Print a line of JSON for each change of state.")
    ] = False,
) -> None:
    """Run all services on this machine until Ctrl-C.

    Prints a line for each service with its address and health, and restarts a service that died.
    Ctrl-C and SIGTERM let running calls end first.
    """
    arguments = ["--listen", listen]
    for flag, value in (
        ("--metrics-port", metrics_port),
        ("--workers", workers),
        ("--config", config),
        ("--tls-certificate", tls_certificate),
        ("--tls-key", tls_key),
        ("--tls-client-ca", tls_client_ca),
        ("--tokens-file", tokens_file),
    ):
        if value is not None:
            arguments += [flag, str(value)]
    if json_lines:
        arguments.append("--json")
    with expected_errors():
        become("veridical.suite", arguments)
