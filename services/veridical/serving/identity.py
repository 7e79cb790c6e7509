"""Who a server is: name, version, instance, and the fingerprint of all that its verdicts rest on."""

from __future__ import annotations

import importlib
import os
import platform
import socket
from collections.abc import Iterable, Mapping
from functools import cache
from hashlib import blake2b
from importlib.metadata import version
from pathlib import Path

from veridical.api.v1.verdict_pb2 import VerifierInfo

DISTRIBUTION = "veridical"
_SERVING = "veridical.serving"
_CODE = (".py", ".toml")


def library_versions(names: Iterable[str]) -> dict[str, str]:
    """Versions of installed distributions by name, Python included."""
    return {"python": platform.python_version()} | {name: _version(name) for name in sorted(names)}


@cache
def _version(name: str) -> str:
    """Read once: what is loaded stays, and a later reading may find no descriptor left."""
    return version(name)


def identify(
    name: str, package: str, libraries: Mapping[str, str], settings: Mapping[str, object]
) -> VerifierInfo:
    """Makes the identity of a verifier.

    Args:
        name: The verifier's name.
        package: The Python package that holds its code, such as `veridical.math`; the code that
            all servers share counts as well.
        libraries: Versions of the libraries that take part in verdicts.
        settings: The limits, policy defaults and isolation that verdicts depend on, by name.
    """
    digest = blake2b(_code_digest(package) + _code_digest(_SERVING), digest_size=16)
    for key, value in sorted({**libraries, **settings}.items()):
        digest.update(f"{key}={value}\n".encode())
    return VerifierInfo(
        name=name,
        version=version(DISTRIBUTION),
        fingerprint=digest.hexdigest(),
        instance=f"{socket.gethostname()}:{os.getpid()}",
    )


def _code_digest(package: str) -> bytes:
    digest = blake2b(digest_size=32)
    for folder in importlib.import_module(package).__path__:
        for path in sorted(path for path in Path(folder).rglob("*") if path.suffix in _CODE):
            digest.update(str(path.relative_to(folder)).encode() + b"\0" + path.read_bytes())
    return digest.digest()
