"""What a suite can be told: flags, which win over variables, and the supervisor's times."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

from veridical.serving.addresses import AddressError, check_listen
from veridical.suite.table import SERVICES

VARIABLES = {
    f"--{name.replace('_', '-')}": f"VERIDICAL_{name.upper()}"
    for name in ("listen", "metrics_port", "workers", "config", "drain_seconds")
}
"""The environment variables that stand for flags which are not given."""

_LAST_PORT = 65_535


@dataclass(frozen=True, slots=True)
class RestartSettings:
    """How long a service that ended waits before it is started again."""

    first_seconds: float = 0.2
    """The first pause, in seconds. Default: 0.2."""
    multiplier: float = 2.0
    """What each further pause is longer than the one before, as a factor. Default: 2."""
    max_seconds: float = 10.0
    """The longest pause, in seconds. Default: 10."""
    calm_seconds: float = 60.0
    """A service that ran this long, in seconds, starts again with the first pause. Default: 60."""
    start_attempts: int = 3
    """Starts without once serving after which the suite gives up. Default: 3."""


@dataclass(frozen=True, slots=True)
class HealthSettings:
    """How the health of a service is followed."""

    starting_poll_seconds: float = 0.05
    """Time between two checks of a service that does not serve, in seconds. Default: 0.05."""
    serving_poll_seconds: float = 2.0
    """Time between two checks of a service that serves, in seconds. Default: 2."""
    check_seconds: float = 5.0
    """Time that one check may take, in seconds. Default: 5."""
    start_seconds: float = 120.0
    """Time from start to serving, in seconds, after which a service is killed. Default: 120."""
    lost_seconds: float = 30.0
    """Time without serving, in seconds, after which one that had served is killed. Default: 30."""


@dataclass(frozen=True, slots=True)
class SuiteSettings:
    """What the command line and the environment say."""

    listen: str = "127.0.0.1:50051"
    """gRPC target of the reward gateway, `host:port` or `unix:/path`."""
    metrics_port: int = 0
    """Port of the gateway's metrics; each further service has the next one. 0: no metrics."""
    sampler: str | None = None
    """The model that a sampler serves, as its own `--model` has it. None: no sampler is started."""
    sampler_listen: str = "127.0.0.1:50055"
    """gRPC target of the sampler, `host:port` or `unix:/path`."""
    workers: int | None = None
    """Worker processes of each verifier. None: the services' own default."""
    config: Path | None = None
    """Settings file handed to every service."""
    folder: Path | None = None
    """Folder of the private sockets. None: a new one."""
    tls_certificate: Path | None = None
    """PEM file of the certificate chain of the gateway and the sampler. None: no TLS."""
    tls_key: Path | None = None
    """PEM file of its private key."""
    tls_client_ca: Path | None = None
    """PEM file of the authorities of client certificates. None: callers need no certificate."""
    tokens_file: Path | None = None
    """File of the tokens that callers of either show. None: they need none."""
    owner_pid: int | None = None
    """Process whose end ends the suite. None: nobody's."""
    json: bool = False
    """Whether states are written as JSON lines."""
    verbose: bool = False
    """Whether everything that the services log is shown, and as it is; so it is with `json`."""
    drain_seconds: float = 30.0
    """Time that a service has to answer what it accepted once it is told to stop, in seconds.
    Default: 30."""
    kill_after_seconds: float = 5.0
    """Time that it has beyond that before it is killed, in seconds. Default: 5."""
    restart: RestartSettings = field(default_factory=RestartSettings)
    """The pauses between restarts."""
    health: HealthSettings = field(default_factory=HealthSettings)
    """The times of the health checks."""


def parse_settings(
    arguments: Sequence[str], environ: Mapping[str, str] = os.environ
) -> SuiteSettings:
    """Reads flags and variables; a bad one ends the program with status 2 and its name."""
    given = {argument.partition("=")[0] for argument in arguments}
    inherited = {flag: variable for flag, variable in VARIABLES.items() if flag not in given}
    values = [f"{flag}={environ[name]}" for flag, name in inherited.items() if environ.get(name)]
    return SuiteSettings(**vars(_parser(inherited).parse_args([*values, *arguments])))


class _Parser(argparse.ArgumentParser):
    """Complains in one line, and of a variable where the value is that of a variable."""

    inherited: Mapping[str, str]

    def error(self, message: str) -> NoReturn:
        for flag, variable in self.inherited.items():
            message = message.replace(f"argument {flag}:", f"{variable}:")
        self.exit(2, f"{self.prog}: {message.removeprefix('argument ')}\n")


def _parser(inherited: Mapping[str, str]) -> argparse.ArgumentParser:
    default = SuiteSettings()
    parser = _Parser(
        prog="veridical up",
        description="Runs all verifier services of this machine under a supervisor.",
        allow_abbrev=False,
    )
    parser.inherited = inherited
    _add_addresses(parser, default)
    add = parser.add_argument
    add(
        "--workers",
        type=_count,
        metavar="N",
        help="worker processes of each verifier (as it chooses)",
    )
    add("--config", type=Path, metavar="FILE", help="settings file handed to every service")
    add(
        "--folder",
        type=Path,
        metavar="DIR",
        help="folder for the private sockets, made if missing, removed at the end (a new one)",
    )
    for flag, text in (
        ("--tls-certificate", "certificate chain for callers, in PEM form (no TLS)"),
        ("--tls-key", "its private key"),
        ("--tls-client-ca", "authorities of client certificates, which are then required (none)"),
        ("--tokens-file", "bearer tokens of callers (none needed)"),
    ):
        add(flag, type=Path, metavar="FILE", help=text)
    add("--owner-pid", type=_count, metavar="PID", help="process whose end ends the suite (none)")
    add("--json", action="store_true", help="write states as JSON lines")
    add("--verbose", action="store_true", help="show all that the services log, as it is")
    add(
        "--drain-seconds",
        type=_seconds,
        metavar="SECONDS",
        default=default.drain_seconds,
        help="time a service has to answer what it accepted when it is stopped (%(default)g)",
    )
    return parser


def _add_addresses(parser: argparse.ArgumentParser, default: SuiteSettings) -> None:
    """Adds where callers and scrapers find what runs."""
    add = parser.add_argument
    add(
        "--listen",
        type=_listen,
        metavar="ADDRESS",
        default=default.listen,
        help="where the reward gateway listens, host:port or unix:/path (%(default)s)",
    )
    add(
        "--sampler",
        type=_model,
        metavar="MODEL",
        help="start a sampler of this model, too: smollm2-135m, a folder or a name (none)",
    )
    add(
        "--sampler-listen",
        type=_listen,
        metavar="ADDRESS",
        default=default.sampler_listen,
        help="where the sampler listens (%(default)s)",
    )
    add(
        "--metrics-port",
        type=_port,
        metavar="BASE",
        default=default.metrics_port,
        help="port of the gateway's metrics; the other services have the next ones (none)",
    )


def _listen(text: str) -> str:
    try:
        check_listen(text)
    except AddressError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
    if text.endswith(":0"):
        raise argparse.ArgumentTypeError(f"the port of {text!r} is 0: callers could not know it")
    return text


def _model(text: str) -> str:
    if not text:
        raise argparse.ArgumentTypeError("names no model")
    return text


def _port(text: str) -> int:
    port = _whole(text)
    # The services after the gateway have the ports that follow.
    last = _LAST_PORT - len(SERVICES)
    if not 0 <= port <= last:
        raise argparse.ArgumentTypeError(f"{port} is not within 0 to {last}")
    return port


def _count(text: str) -> int:
    count = _whole(text)
    if count < 1:
        raise argparse.ArgumentTypeError(f"{count} is less than 1")
    return count


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number") from None


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no number") from None
    if not 0 < seconds <= 86_400:
        raise argparse.ArgumentTypeError(f"{text} is not above 0 and up to 86400")
    return seconds
