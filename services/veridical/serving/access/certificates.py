"""The server's side of TLS, with certificates that are read again when they change."""

from __future__ import annotations

import ssl
import threading
from pathlib import Path

import grpc

from veridical.serving.access.files import Reloaded, Source


class Certificates:
    """A certificate chain with its key, and perhaps the authority that callers must be certified by.

    Args:
        certificate: PEM file of the chain, the server's own certificate first.
        key: PEM file of the private key, without a password.
        client_ca: PEM file of the authorities of client certificates, which are then required.

    Raises:
        BadFileError: A file cannot be used; names the setting.
    """

    def __init__(self, certificate: Path, key: Path, client_ca: Path | None) -> None:
        self._certificate = Source("tls_certificate", certificate)
        self._key = Source("tls_key", key)
        self._client_ca = Source("tls_client_ca", client_ca) if client_ca else None
        sources = [self._certificate, self._key]
        sources += [self._client_ca] if self._client_ca else []
        self._lock = threading.Lock()
        self._files = Reloaded(sources, self._load)

    def credentials(self) -> grpc.ServerCredentials:
        """What a port is opened with. gRPC asks with every handshake whether there is news."""
        return grpc.dynamic_ssl_server_credentials(
            self._files.value,
            self._news,  # type: ignore[arg-type] # the stubs forget the None
            require_client_authentication=self._client_ca is not None,
        )

    def _news(self) -> grpc.ServerCertificateConfiguration | None:
        """Called by gRPC's threads; None tells it to keep what it has."""
        with self._lock:
            return self._files.value if self._files.refresh() else None

    def _load(self) -> grpc.ServerCertificateConfiguration:
        certificate, key = self._certificate.read(), self._key.read()
        roots = self._client_ca.read() if self._client_ca else None
        _check_certificates(self._certificate, certificate)
        if self._client_ca and roots is not None:
            _check_certificates(self._client_ca, roots)
        self._check_key()
        return grpc.ssl_server_certificate_configuration([(key, certificate)], roots)

    def _check_key(self) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        try:
            context.load_cert_chain(self._certificate.path, self._key.path, password=_no_password)
        except ssl.SSLError as error:
            if error.reason == "KEY_VALUES_MISMATCH":
                raise self._key.bad("not the key of tls_certificate") from error
            raise self._key.bad("no private key in PEM form without a password") from error
        except OSError as error:  # gone since it was read
            raise self._key.bad(error.strerror or "cannot be read") from error


def _no_password() -> str:
    """Without it OpenSSL would ask for a password at the terminal."""
    return ""


def _check_certificates(source: Source, content: bytes) -> None:
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(
            cadata=content.decode("ascii")
        )
    except (ssl.SSLError, ValueError) as error:
        raise source.bad("no certificates in PEM form") from error
