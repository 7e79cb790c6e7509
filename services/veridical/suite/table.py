"""The services that a suite starts. A new service is one line here."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ServiceSpec:
    """What the suite has to know of a service."""

    name: str
    """Its name, which is also that of its socket and of its lines."""
    module: str
    """The module that `python -m` runs."""
    has_workers: bool = False
    """Whether it takes `--workers`."""
    backends: tuple[str, ...] = ()
    """Names of the services that it calls: they are stopped after it."""
    start_seconds: float | None = None
    """Time that it may be without serving, at its start or later, in seconds. None: as the suite has it."""


MATH = ServiceSpec("math", "veridical.math", has_workers=True)
CODE = ServiceSpec("code", "veridical.code", has_workers=True)
PROOF = ServiceSpec("proof", "veridical.proof", has_workers=True)
REWARD = ServiceSpec("reward", "veridical.reward", backends=("math", "code", "proof"))

SERVICES = (MATH, CODE, PROOF, REWARD)
"""Every service, backends before those that call them."""
GATEWAY = REWARD
"""The one that listens where callers are told to call; the others listen on private sockets."""
# It gives up by itself after the 600 s that an engine has by default to load a model.
SAMPLING = ServiceSpec("sampling", "veridical.sampling", start_seconds=660.0)
"""Runs only where it is asked for, and listens where callers are told to call, too."""
