"""`veridical up`: all services of this machine."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from veridical.cli.exits import expected_errors
from veridical.cli.launch import become

_Listen = Annotated[
    str | None,
    typer.Option(
        metavar="ADDRESS", help="Where to serve: host:port or unix:/path (127.0.0.1:50051)."
    ),
]
_Sampler = Annotated[
    str | None,
    typer.Option(
        metavar="MODEL",
        help="Start a sampler of this model, too: smollm2-135m, a folder or an endpoint's name.",
    ),
]
_SamplerListen = Annotated[
    str | None,
    typer.Option(metavar="ADDRESS", help="Where the sampler serves (127.0.0.1:50055)."),
]
_MetricsPort = Annotated[
    int | None,
    typer.Option(
        metavar="PORT",
        min=1,
        max=65535,
        help="Serve Prometheus metrics: the gateway on this port, the others on the next ones.",
    ),
]
_Workers = Annotated[
    int | None, typer.Option(metavar="N", min=1, help="Worker processes of each verifier.")
]
_Config = Annotated[
    Path | None,
    typer.Option(metavar="FILE", dir_okay=False, exists=True, help="Settings in TOML."),
]
_DrainSeconds = Annotated[
    float | None,
    typer.Option(metavar="SECONDS", help="Time that running calls have to end (30)."),
]
_Certificate = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="The server's certificate chain: callers then need TLS."),
]
_Key = Annotated[Path | None, typer.Option(metavar="FILE", help="Its private key, in PEM form.")]
_ClientCa = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Authorities of client certificates, then required."),
]
_TokensFile = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Bearer tokens, a name and its tokens a line."),
]
_Json = Annotated[
    bool, typer.Option("--json", help="Print a line of JSON for each change of state.")
]
_Verbose = Annotated[
    bool,
    typer.Option("--verbose", "-v", help="Show all that the services log, not only trouble."),
]


def up(
    listen: _Listen = None,
    sampler: _Sampler = None,
    sampler_listen: _SamplerListen = None,
    metrics_port: _MetricsPort = None,
    workers: _Workers = None,
    config: _Config = None,
    drain_seconds: _DrainSeconds = None,
    tls_certificate: _Certificate = None,
    tls_key: _Key = None,
    tls_client_ca: _ClientCa = None,
    tokens_file: _TokensFile = None,
    json_lines: _Json = False,
    verbose: _Verbose = False,
) -> None:
    """Run all services on this machine until Ctrl-C.

    Prints a line for each service with its address and health, and restarts a service that died.
    Ctrl-C and SIGTERM let running calls end first. Further settings of services, such as the sampler's
    engine, stand in the file of --config. VERIDICAL_LISTEN, VERIDICAL_METRICS_PORT,
    VERIDICAL_WORKERS, VERIDICAL_CONFIG and VERIDICAL_DRAIN_SECONDS stand for options not given.
    """
    options = {
        "--listen": listen,
        "--sampler": sampler,
        "--sampler-listen": sampler_listen,
        "--metrics-port": metrics_port,
        "--workers": workers,
        "--config": config,
        "--drain-seconds": drain_seconds,
        "--tls-certificate": tls_certificate,
        "--tls-key": tls_key,
        "--tls-client-ca": tls_client_ca,
        "--tokens-file": tokens_file,
    }
    arguments = [f"{flag}={value}" for flag, value in options.items() if value is not None]
    switches = {"--json": json_lines, "--verbose": verbose}
    arguments += [flag for flag, is_on in switches.items() if is_on]
    with expected_errors():
        become("veridical.suite", arguments)
