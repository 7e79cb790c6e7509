"""What `AsyncClient.local` gives: a client whose services have yet to start."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator
from typing import Generic, Protocol, TypeVar


class _Closable(Protocol):
    async def close(self) -> None: ...


_C = TypeVar("_C", bound=_Closable)


class Opening(Generic[_C]):
    """To be awaited for the client, or entered by `async with`, whose end closes it.

    Args:
        start: Starts the services and makes the client.
    """

    def __init__(self, start: Callable[[], Awaitable[_C]]) -> None:
        self._start = start
        self._client: _C | None = None

    def __await__(self) -> Generator[object, None, _C]:
        return self._start().__await__()

    async def __aenter__(self) -> _C:
        self._client = await self._start()
        return self._client

    async def __aexit__(self, *_: object) -> None:
        if self._client is not None:
            await self._client.close()
