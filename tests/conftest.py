"""What the tests of several areas share."""

from __future__ import annotations

import datetime as dt
import ipaddress
import signal
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import settings

# The same examples in each run, without a clock: benchmarks/math_fuzz.py and the soak look for new ones.
settings.register_profile("steady", derandomize=True, deadline=None)
settings.load_profile("steady")

# A shell that starts a job behind its back has it ignore SIGINT, and children would inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)

EndOf = Callable[[Iterable[psutil.Process]], None]
END_SECONDS = 15.0


@pytest.fixture
def assert_ended() -> EndOf:
    """Waits until processes have ended; fails, and kills them, where they do not."""
    return _assert_ended


def _assert_ended(processes: Iterable[psutil.Process]) -> None:
    left = list(processes)
    assert left, "no process to wait for"
    deadline = time.monotonic() + END_SECONDS
    while left and time.monotonic() < deadline:
        left = [process for process in left if _runs(process)]
        time.sleep(0.02)
    names = [process.cmdline() for process in left]
    for process in left:
        process.kill()
    assert not names


def _runs(process: psutil.Process) -> bool:
    """A process that is dead and that its new parent has not reaped yet does not run."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    """Certifies servers and clients."""
    return Authority(tmp_path)


@pytest.fixture
def stranger(tmp_path: Path) -> Authority:
    """Certifies them, too, but nobody trusts it."""
    return Authority(tmp_path, "stranger")


_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Certified:
    """A certificate and its key, as PEM files."""

    certificate: Path
    key: Path


class Authority:
    """Certifies what tests need; writes into `folder`."""

    def __init__(self, folder: Path, name: str = "authority") -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _subject(name)
        certificate = self._sign(self._name, self._key, is_authority=True)
        self.ca = _write(folder / f"{name}.pem", _pem(certificate))

    def certify(self, name: str, *, expired: bool = False) -> Certified:
        """Makes a certificate for localhost with `name` as its common name."""
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = self._sign(_subject(name), key, expired=expired)
        private = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        return Certified(
            _write(self._folder / f"{name}.pem", _pem(certificate)),
            _write(self._folder / f"{name}.key", private),
        )

    def _sign(
        self,
        subject: x509.Name,
        key: ec.EllipticCurvePrivateKey,
        *,
        is_authority: bool = False,
        expired: bool = False,
    ) -> x509.Certificate:
        now = dt.datetime.now(dt.UTC)
        hosts = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - 3 * _DAY)
            .not_valid_after(now + (-_DAY if expired else _DAY))
            .add_extension(x509.BasicConstraints(is_authority, None), critical=True)
            .add_extension(x509.SubjectAlternativeName(hosts), critical=False)
        )
        return builder.sign(self._key, hashes.SHA256())


def _subject(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _write(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    path.chmod(0o600)
    return path
