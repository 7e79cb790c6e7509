"""Settings of the reward gateway."""

from __future__ import annotations

from pydantic import Field, field_validator

from veridical.serving.settings import Items, ServerSettings


class RewardSettings(ServerSettings):
    """What the reward gateway can be told."""

    backends: str = Field(min_length=1)
    """Addresses of the verifiers behind the gateway, separated by commas."""
    backend_batch_items: Items = 512
    """Items in one call to a verifier; larger batches are split."""

    cache_entries: int = Field(65_536, ge=0, le=100_000_000)
    """Verdicts kept for equal items of later calls; 0 keeps none."""
    cache_mib: int = Field(128, ge=1, le=1 << 20)
    """Memory for them, in MiB of their serialized form."""

    @field_validator("backends")
    @classmethod
    def _no_empty_address(cls, value: str) -> str:
        if not all(address.strip() for address in value.split(",")):
            raise ValueError("an address between the commas is empty")
        return value

    def backend_addresses(self) -> list[str]:
        """The addresses, in the order given."""
        return [address.strip() for address in self.backends.split(",")]
