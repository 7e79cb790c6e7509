"""From the table and the settings to command lines, addresses and ports."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from veridical.suite.settings import SuiteSettings
from veridical.suite.table import GATEWAY, SAMPLING, SERVICES, ServiceSpec


@dataclass(frozen=True, slots=True)
class Launch:
    """How one service is started and where it is found."""

    name: str
    """The service's name."""
    address: str
    """Its gRPC target."""
    health: str
    """The target that answers health checks without certificate or token."""
    private: bool
    """Whether only the other services call it, by a socket of their own."""
    command: tuple[str, ...]
    """Program and arguments."""
    metrics: str | None
    """URL of its metrics; None: it has none."""
    backends: tuple[str, ...]
    """Names of the services that it calls."""
    start_seconds: float | None = None
    """Time that it may be without serving, in seconds. None: as the suite has it."""


def plan_launches(settings: SuiteSettings, folder: Path) -> tuple[Launch, ...]:
    """Lays out all services.

    Args:
        settings: What the suite was told.
        folder: Where the private sockets stand.
    """
    specs = started(settings)
    addresses = {spec.name: f"unix:{folder / spec.name}.sock" for spec in specs}
    addresses |= public_addresses(settings)
    ports = _metrics_ports(settings.metrics_port, specs)
    return tuple(_launch(spec, settings, folder, addresses, ports[spec.name]) for spec in specs)


def started(settings: SuiteSettings) -> tuple[ServiceSpec, ...]:
    """The services that are started, backends before those that call them."""
    return (*SERVICES, SAMPLING) if settings.sampler else SERVICES


def public_addresses(settings: SuiteSettings) -> dict[str, str]:
    """The addresses of the services that callers are told of, by name."""
    found = {GATEWAY.name: settings.listen}
    return {**found, SAMPLING.name: settings.sampler_listen} if settings.sampler else found


def _metrics_ports(base: int, specs: Sequence[ServiceSpec]) -> dict[str, int]:
    """The gateway has the base, the others what follows; 0 stands for none."""
    names = [GATEWAY.name, *(spec.name for spec in specs if spec is not GATEWAY)]
    return {name: base and base + offset for offset, name in enumerate(names)}


def _launch(
    spec: ServiceSpec,
    settings: SuiteSettings,
    folder: Path,
    addresses: dict[str, str],
    metrics_port: int,
) -> Launch:
    # -P: the folder that the suite was started in must not shadow a module.
    command = [sys.executable, "-P", "-m", spec.module, "--listen", addresses[spec.name]]
    command += ["--metrics-port", str(metrics_port)]
    command += ["--drain-seconds", f"{settings.drain_seconds:g}"]
    if spec.backends:
        command += ["--backends", ",".join(addresses[name] for name in spec.backends)]
    if spec.has_workers and settings.workers is not None:
        command += ["--workers", str(settings.workers)]
    if settings.config is not None:
        command += ["--config", str(settings.config)]
    if spec is SAMPLING and settings.sampler:
        command += ["--model", settings.sampler]
    health = addresses[spec.name]
    is_public = spec.name in public_addresses(settings)
    if is_public:
        health = f"unix:{folder / spec.name}-health.sock"
        command += ["--health-listen", health, *_access(settings)]
    return Launch(
        name=spec.name,
        address=addresses[spec.name],
        health=health,
        private=not is_public,
        command=tuple(command),
        metrics=f"http://127.0.0.1:{metrics_port}/metrics" if metrics_port else None,
        backends=spec.backends,
        start_seconds=spec.start_seconds,
    )


def _access(settings: SuiteSettings) -> list[str]:
    """The flags that say who may call a service with an address of its own."""
    files = {
        "--tls-certificate": settings.tls_certificate,
        "--tls-key": settings.tls_key,
        "--tls-client-ca": settings.tls_client_ca,
        "--tokens-file": settings.tokens_file,
    }
    return [part for flag, path in files.items() if path for part in (flag, str(path))]
