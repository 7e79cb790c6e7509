"""Typed settings of a server: flags win over the environment, that over the file, that over defaults.

Every field `max_batch_items` is the flag `--max-batch-items`, the variable
`VERIDICAL_MAX_BATCH_ITEMS`, and the key `max_batch_items` in the table of the server's name
(`[math]`, `[reward]`) of the TOML file that `--config` or `VERIDICAL_CONFIG` names.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import Field, ValidationError, ValidationInfo, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from veridical.serving.access.peers import is_local_address
from veridical.serving.addresses import check_listen
from veridical.serving.flags import flags_source, problem_of
from veridical.serving.settings_file import SettingsFileError, read_settings_file

PREFIX = "VERIDICAL_"
EXIT_BAD_SETTING = 2

Items = Annotated[int, Field(ge=1, le=10_000_000)]
Seconds = Annotated[float, Field(gt=0, le=86_400)]


class ServerSettings(BaseSettings):
    """What every server can be told."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        extra="forbid",
        frozen=True,
        use_attribute_docstrings=True,
        cli_kebab_case=True,
        cli_implicit_flags=True,
        cli_hide_none_type=True,
    )

    config: Path | None = None
    """TOML file of further settings, in a table of the server's name."""
    listen: str = "127.0.0.1:50051"
    """Address to serve on: host:port, or unix:/path/to.sock."""
    metrics_host: str = "127.0.0.1"
    """Address to export /metrics on."""
    metrics_port: int = Field(0, ge=0, le=65_535)
    """Port to export /metrics on; 0 exports none."""
    max_items_in_flight: Items = 65_536
    """Items admitted at once; further calls are refused and told when to retry."""
    max_contested_items: Items = 64
    """Items that one caller may have in work at once while others call, too."""
    max_batch_items: Items = 16_384
    """Items in one call."""
    max_stream_items: Items = 4_096
    """Undecided items of one stream; beyond it the stream is not read."""
    max_response_bytes: int = Field(1 << 20, ge=1, le=1 << 30)
    """Bytes of one response; a longer one is INCORRECT / RESPONSE_TOO_LARGE."""
    max_message_bytes: int = Field(64 << 20, ge=1024, le=(1 << 31) - 1)
    """Bytes of one message."""
    max_call_seconds: Seconds = 600.0
    """Longest time a call may take, whatever deadline its caller set."""
    keepalive_seconds: Seconds = 60.0
    """Time without a word from a caller after which its connection is probed."""
    keepalive_timeout_seconds: Seconds = 20.0
    """Time that a probe may stay unanswered before the connection and its calls are given up."""
    max_connection_age_seconds: Seconds = 300.0
    """Time after which a connection takes no new calls and a stream no new items; callers connect again,
    also to servers that are new."""
    drain_notice_seconds: float = Field(0.1, ge=0, le=3600)
    """Time between NOT_SERVING and the refusal of new calls on SIGTERM."""
    drain_seconds: Seconds = 30.0
    """Time that calls in flight have to finish on SIGTERM."""
    tls_certificate: Path | None = None
    """PEM file of the server's certificate chain; callers then need TLS. Read again on change."""
    tls_key: Path | None = None
    """PEM file of its private key."""
    tls_client_ca: Path | None = None
    """PEM file of the authorities of client certificates, which are then required."""
    tokens_file: Path | None = None
    """File of bearer tokens, a name and its tokens a line; callers then need one. Read again on change."""
    trusted_gateways: str = ""
    """Names of callers, separated by commas, who are believed when they say for whom they call."""
    health_listen: str = ""
    """A further address, in plaintext, that answers health checks and nothing else."""
    reflection: bool = False
    """Serve gRPC reflection."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """Least level that is logged. Calls are logged at info."""

    @field_validator("listen", "health_listen")
    @classmethod
    def _can_be_listened_on(cls, value: str, field: ValidationInfo) -> str:
        is_none = field.field_name == "health_listen" and not value
        return value if is_none else check_listen(value)

    @model_validator(mode="after")
    def _secrets_are_safe(self) -> Self:
        if (self.tls_certificate is None) != (self.tls_key is None):
            raise ValueError("tls_certificate and tls_key need each other")
        if self.tls_client_ca is not None and self.tls_certificate is None:
            raise ValueError("tls_client_ca needs tls_certificate")
        plaintext = self.tls_certificate is None
        if self.tokens_file is not None and plaintext and not is_local_address(self.listen):
            raise ValueError(
                f"tokens_file: tokens would cross the network in plaintext at {self.listen}: set "
                "tls_certificate and tls_key, or listen on loopback or a unix socket"
            )
        return self

    def gateway_names(self) -> frozenset[str]:
        """The names in `trusted_gateways`."""
        return frozenset(filter(None, map(str.strip, self.trusted_gateways.split(","))))

    @property
    def largest_batch(self) -> int:
        """Items in the largest call that can be admitted at all."""
        return min(self.max_batch_items, self.max_items_in_flight)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Puts the environment above the file, whose values come as init arguments; no other source."""
        return env_settings, init_settings


S = TypeVar("S", bound=ServerSettings)


def load_settings(kind: type[S], name: str, arguments: Sequence[str]) -> S:
    """Reads the settings of the server `name`, or exits with status 2 and the field's name.

    Args:
        kind: The settings class.
        name: The server's name, which is its table in the file.
        arguments: The command line without the program.
    """
    try:
        table = _file_table(name, arguments)
        return _build(kind, name, arguments, table)
    except ValidationError as error:
        _refuse(name, [f"{_path(e['loc'])}: {problem_of(e)}" for e in error.errors()])
    except SettingsError as error:
        _refuse(name, [str(error).removeprefix("error parsing CLI: ")])
    except SettingsFileError as error:
        _refuse(name, [str(error)])
    raise AssertionError("unreachable")


def _build(kind: type[S], name: str, arguments: Sequence[str], table: dict[str, Any]) -> S:
    flags: dict[str, Any] = {
        "_cli_settings_source": flags_source(kind, f"veridical serve {name}", arguments)
    }
    return kind(**flags, **table)


def _file_table(name: str, arguments: Sequence[str]) -> dict[str, Any]:
    path = _config_path(arguments)
    return {} if path is None else read_settings_file(path).get(name, {})


def _config_path(arguments: Sequence[str]) -> Path | None:
    """The file is needed before the flags are parsed as a whole."""
    for position, argument in enumerate(arguments):
        if argument == "--config" and position + 1 < len(arguments):
            return Path(arguments[position + 1])
        if argument.startswith("--config="):
            return Path(argument.removeprefix("--config="))
    named = os.environ.get(f"{PREFIX}CONFIG")
    return Path(named) if named else None


def _path(location: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in location) or "settings"


def _refuse(name: str, problems: list[str]) -> None:
    for problem in problems:
        print(f"veridical {name}: bad setting: {problem}", file=sys.stderr)  # noqa: T201
    raise SystemExit(EXIT_BAD_SETTING)
