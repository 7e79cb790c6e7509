"""Where a client connects to, and with what."""

from __future__ import annotations

from collections.abc import Sequence

from veridical.client.channel import address_from_environment, target_for
from veridical.client.checking import require_type
from veridical.client.credentials import token_for, with_environment
from veridical.client.settings import ClientSettings


class Endpoint:
    """The servers at an address, and how they are called.

    Args:
        address: `host:port` or `unix:/path`, or several. None: the environment variable
            VERIDICAL_ADDRESS.
        settings: As the caller gave them.

    Attributes:
        address: The address, as it is handed to a copy in another process.
        given_settings: The settings, likewise: what stands in the environment may differ there.
        settings: The settings, completed from the environment.
        target: The gRPC target.
        token: What is shown with each call.

    Raises:
        ConfigurationError: There is no address, or one that cannot work, or a token that cannot be used.
    """

    def __init__(self, address: str | Sequence[str] | None, settings: ClientSettings) -> None:
        require_type("settings", settings, ClientSettings)
        self.address = address if address is not None else address_from_environment()
        self.given_settings = settings
        self.settings = with_environment(settings)
        self.target = target_for(address)
        self.token = token_for(self.target, self.settings)
