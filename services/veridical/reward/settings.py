"""Settings of the reward gateway."""

from __future__ import annotations

from pathlib import Path
from typing import Self

from pydantic import Field, field_validator, model_validator

from veridical.client.credentials import channel_credentials, token_for
from veridical.client.errors import ConfigurationError
from veridical.client.settings import ClientSettings, TlsSettings
from veridical.serving.addresses import check_target
from veridical.serving.settings import Items, ServerSettings


class RewardSettings(ServerSettings):
    """What the reward gateway can be told."""

    backends: str
    """Addresses of the verifiers behind the gateway, separated by commas."""
    backend_batch_items: Items = 512
    """Items in one call to a verifier; larger batches are split."""

    backend_token_file: Path | None = None
    """File that holds the token to show to the verifiers. Read again on change."""
    backend_tls_ca: Path | None = None
    """PEM file of the authorities that certify the verifiers; they are then called with TLS."""
    backend_tls_certificate: Path | None = None
    """PEM file of the certificate to show to them."""
    backend_tls_key: Path | None = None
    """PEM file of its private key."""
    cache_entries: int = Field(65_536, ge=0, le=100_000_000)
    """Verdicts kept for equal items of later calls; 0 keeps none."""
    cache_mib: int = Field(128, ge=1, le=1 << 20)
    """Memory for them, in MiB of their serialized form."""

    @field_validator("backends")
    @classmethod
    def _are_addresses(cls, value: str) -> str:
        for address in value.split(","):
            check_target(address.strip())
        return value

    @model_validator(mode="after")
    def _backends_can_be_called(self) -> Self:
        access = self.backend_access()
        try:
            if access.tls is not None:
                channel_credentials(access.tls)
        except ConfigurationError as error:
            raise ValueError(f"backend_{str(error).replace('.', '_', 1)}") from error
        try:
            for address in self.backend_addresses():
                token_for(address, access)
        except ConfigurationError as error:
            raise ValueError(f"backend_token_file: {error}") from error
        return self

    def backend_access(self) -> ClientSettings:
        """What the gateway shows to the verifiers, and what it asks to see."""
        files = (self.backend_tls_ca, self.backend_tls_certificate, self.backend_tls_key)
        named = [str(path) if path else None for path in files]
        return ClientSettings(
            token_file=str(self.backend_token_file) if self.backend_token_file else None,
            tls=TlsSettings(*named) if any(named) else None,
        )

    def backend_addresses(self) -> list[str]:
        """The addresses, in the order given."""
        return [address.strip() for address in self.backends.split(",")]
