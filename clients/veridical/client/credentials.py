"""What a client shows and what it asks to see: tokens and certificates.

A token goes over TLS, or stays on this machine: over plaintext to anywhere else it is never sent.
"""

from __future__ import annotations

import ipaddress
import os
import re
from dataclasses import replace
from pathlib import Path

import grpc
from grpc import aio

from veridical.client.channel import ChannelOptions, channel_options
from veridical.client.errors import ConfigurationError
from veridical.client.settings import ClientSettings, TlsSettings

TOKEN_VARIABLE = "VERIDICAL_TOKEN"  # noqa: S105 - the name of a variable
"""The environment variable that holds the token."""
TOKEN_FILE_VARIABLE = "VERIDICAL_TOKEN_FILE"  # noqa: S105 - the name of a variable
"""The environment variable that names the file of the token."""
CA_VARIABLE = "VERIDICAL_TLS_CA"
"""The environment variable that names the file of the authorities; it asks for TLS."""
CERTIFICATE_VARIABLE = "VERIDICAL_CLIENT_CERT"
"""The environment variable that names the file of the client's certificate."""
KEY_VARIABLE = "VERIDICAL_CLIENT_KEY"
"""The environment variable that names the file of its key."""

Metadata = tuple[tuple[str, str], ...]

_TOKEN = re.compile(r"[A-Za-z0-9._~+/=-]{16,512}")


class Token:
    """A bearer token, followed where a file holds it.

    Args:
        value: The token; None takes that of the file.
        file: A file that holds the token and nothing else.

    Raises:
        ConfigurationError: It is no token, or the file cannot be read; neither is quoted.
    """

    def __init__(self, value: str | None, file: str | Path | None) -> None:
        self._file = None if value is not None or file is None else Path(file)
        self._stamp = self._stamped()
        self._value = _read_token(self._file) if self._file else value
        if self._value is not None and not _TOKEN.fullmatch(self._value):
            raise ConfigurationError("token must be 16 to 512 of A-Za-z0-9._~+/=-")

    def __bool__(self) -> bool:
        return self._value is not None

    def metadata(self) -> Metadata:
        """The header to send; where a changed file holds no token, the old one still counts."""
        if self._file is not None and (stamp := self._stamped()) != self._stamp:
            self._stamp = stamp
            try:
                value = _read_token(self._file)
            except ConfigurationError:
                value = ""
            self._value = value if _TOKEN.fullmatch(value) else self._value
        return () if self._value is None else (("authorization", f"Bearer {self._value}"),)

    def _stamped(self) -> tuple[int, int]:
        try:
            found = self._file.stat() if self._file else None
        except OSError:
            found = None
        return (found.st_mtime_ns, found.st_ino) if found else (0, 0)


def with_environment(settings: ClientSettings) -> ClientSettings:
    """The settings, with token and certificates of the environment where they name none."""
    get = os.environ.get
    if settings.token is None and settings.token_file is None:
        value, file = get(TOKEN_VARIABLE) or None, get(TOKEN_FILE_VARIABLE) or None
        settings = replace(settings, token=value, token_file=file)
    if settings.tls is None:
        files = [get(name) or None for name in (CA_VARIABLE, CERTIFICATE_VARIABLE, KEY_VARIABLE)]
        settings = replace(settings, tls=TlsSettings(*files) if any(files) else None)
    return settings


def open_channel(target: str, settings: ClientSettings) -> grpc.Channel:
    """A channel to `target`, with TLS where the settings say so.

    Raises:
        ConfigurationError: A file cannot be used.
    """
    options = channel_options(settings)
    if settings.tls is None:
        return grpc.insecure_channel(target, options)
    credentials = channel_credentials(settings.tls)
    return grpc.secure_channel(target, credentials, options + tls_options(settings.tls))


def open_aio_channel(target: str, settings: ClientSettings) -> aio.Channel:
    """The same for asyncio.

    Raises:
        ConfigurationError: A file cannot be used.
    """
    options = channel_options(settings)
    if settings.tls is None:
        return aio.insecure_channel(target, options)
    credentials = channel_credentials(settings.tls)
    return aio.secure_channel(target, credentials, options + tls_options(settings.tls))


def token_for(target: str, settings: ClientSettings) -> Token:
    """The token to show at `target`.

    Raises:
        ConfigurationError: It is none, or would cross the network in plaintext.
    """
    token = Token(settings.token, settings.token_file)
    if token and settings.tls is None and not is_local(target):
        raise ConfigurationError(
            f"the token is not sent in plaintext to {target}: ask for TLS (tls in the settings, or "
            f"{CA_VARIABLE}); only loopback and unix sockets do without"
        )
    return token


def channel_credentials(tls: TlsSettings) -> grpc.ChannelCredentials:
    """What TLS needs, read from the files.

    Raises:
        ConfigurationError: A file cannot be read, or a certificate has no key.
    """
    if (tls.certificate is None) != (tls.key is None):
        raise ConfigurationError("tls: certificate and key need each other")
    return grpc.ssl_channel_credentials(
        _read("ca", tls.ca), _read("key", tls.key), _read("certificate", tls.certificate)
    )


def tls_options(tls: TlsSettings) -> ChannelOptions:
    """The channel options that TLS needs."""
    return [("grpc.ssl_target_name_override", tls.server_name)] if tls.server_name else []


def is_local(target: str) -> bool:
    """Whether all addresses of a gRPC target are unix sockets or loopback."""
    if target.startswith("unix"):
        return True
    return all(_is_loopback(part) for part in target.split(","))


def _is_loopback(address: str) -> bool:
    host = address.rpartition(":")[0].rpartition("/")[2]
    host = re.sub(r"^(dns|ipv4|ipv6):", "", host).removeprefix("[").removesuffix("]")
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _read(name: str, path: str | Path | None) -> bytes | None:
    if path is None:
        return None
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise ConfigurationError(f"tls.{name}: {path}: {error.strerror}") from error


def _read_token(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"token_file: {path}: cannot be read") from error
