"""From the table and the settings to command lines, addresses and ports."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from veridical.suite.settings import SuiteSettings
from veridical.suite.table import GATEWAY, SERVICES, ServiceSpec


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


def plan_launches(settings: SuiteSettings, folder: Path) -> tuple[Launch, ...]:
    """Lays out all services.

    Args:
        settings: What the suite was told.
        folder: Where the private sockets stand.
    """
    addresses = {spec.name: f"unix:{folder / spec.name}.sock" for spec in SERVICES}
    addresses[GATEWAY.name] = settings.listen
    ports = _metrics_ports(settings.metrics_port)
    return tuple(_launch(spec, settings, folder, addresses, ports[spec.name]) for spec in SERVICES)


def _metrics_ports(base: int) -> dict[str, int]:
    """The gateway has the base, the others what follows; 0 stands for none."""
    names = [GATEWAY.name, *(spec.name for spec in SERVICES if spec is not GATEWAY)]
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
    health = addresses[spec.name]
    if spec is GATEWAY:
        health = f"unix:{folder / spec.name}-health.sock"
        command += ["--health-listen", health, *_access(settings)]
    return Launch(
        name=spec.name,
        address=addresses[spec.name],
        health=health,
        private=spec is not GATEWAY,
        command=tuple(command),
        metrics=f"http://127.0.0.1:{metrics_port}/metrics" if metrics_port else None,
        backends=spec.backends,
    )


def _access(settings: SuiteSettings) -> list[str]:
    """The gateway's flags that say who may call it."""
    files = {
        "--tls-certificate": settings.tls_certificate,
        "--tls-key": settings.tls_key,
        "--tls-client-ca": settings.tls_client_ca,
        "--tokens-file": settings.tokens_file,
    }
    return [part for flag, path in files.items() if path for part in (flag, str(path))]
