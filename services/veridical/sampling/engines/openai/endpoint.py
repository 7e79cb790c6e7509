"""One address of an OpenAI-compatible server: its calls, and whether it answers."""

from __future__ import annotations

from typing import Any, TypeVar

import httpx
import msgspec

from veridical.sampling.engine import CannotDo, EngineLost
from veridical.sampling.engines.openai.wire import Body, Known, Models

_CONNECT_SECONDS = 5.0
_PROBE_SECONDS = 5.0
_SHOWN_CHARACTERS = 300
_MAX_BYTES = 64 * 1024 * 1024
"""Of one answer."""
_PASSING = frozenset({408, 425, 429})
A = TypeVar("A")


class Endpoint:
    """One address.

    Args:
        url: Such as `http://host:8000/v1`.
        model: The model's name there; empty for the only one.
        key: What is shown as bearer token; None shows none.
        concurrency: Calls at once.
    """

    def __init__(self, url: str, model: str, key: str | None, concurrency: int) -> None:
        self.url = url.rstrip("/")
        self.known: Known | None = None
        """What is served there; None while it does not answer."""
        self.busy = 0
        """Calls under way."""
        self._model = model
        self._client = httpx.AsyncClient(
            headers={"authorization": f"Bearer {key}"} if key else {},
            # How long a sample takes is for its caller's deadline to bound.
            timeout=httpx.Timeout(None, connect=_CONNECT_SECONDS),
            limits=httpx.Limits(max_connections=2 * concurrency + 4),
        )

    async def close(self) -> None:
        """Ends the connections."""
        await self._client.aclose()

    async def probe(self) -> None:
        """Asks what is served.

        Raises:
            EngineLost: It does not answer.
            CannotDo: It does not serve the model.
        """
        try:
            models = (await self._answer("GET", "/models", Models, timeout=_PROBE_SECONDS)).data
        except (httpx.HTTPError, EngineLost) as error:
            self.known = None
            raise EngineLost(f"{self.url}: {type(error).__name__}") from error
        served = [each for each in models if self._model in ("", each.id)]
        if len(served) != 1:
            names = ", ".join(each.id for each in models)[:_SHOWN_CHARACTERS]
            raise CannotDo(f"{self.url}: no model {self._model!r}; there are {_printable(names)}")
        self.known = served[0]

    async def post(self, path: str, body: Body, kind: type[A]) -> A:
        """Makes a call.

        Args:
            path: Behind the address; one that begins with `..` stands beside it.
            body: What is sent, as JSON.
            kind: What is answered.

        Raises:
            EngineLost: It does not answer, or is overloaded.
            CannotDo: It refuses the call.
        """
        self.busy += 1
        try:
            return await self._answer("POST", path, kind, json=body)
        except httpx.HTTPError as error:
            self.known = None
            raise EngineLost(f"{self.url}: {type(error).__name__}") from error
        finally:
            self.busy -= 1

    async def _answer(self, method: str, path: str, kind: type[A], **options: Any) -> A:
        content = bytearray()
        async with self._client.stream(method, _join(self.url, path), **options) as answer:
            async for part in answer.aiter_bytes():
                content += part
                if len(content) > _MAX_BYTES:
                    raise CannotDo(f"the endpoint answered more than {_MAX_BYTES:,} bytes")
        return _decoded(answer.status_code, bytes(content), kind)


def _join(url: str, path: str) -> str:
    return url.rpartition("/")[0] + path.removeprefix("..") if path.startswith("..") else url + path


def _printable(text: str) -> str:
    """A text of foreign origin with blanks for what does not print."""
    return "".join(each if each.isprintable() else " " for each in text)


def _decoded(status: int, content: bytes, kind: type[A]) -> A:
    if status in _PASSING or status >= 500:
        raise EngineLost(f"the endpoint answered {status}")
    if not httpx.codes.is_success(status):
        said = content[:_SHOWN_CHARACTERS].decode(errors="replace")
        raise CannotDo(f"the endpoint answered {status}: {_printable(said)}")
    try:
        return msgspec.json.decode(content, type=kind)
    except msgspec.DecodeError as error:
        raise CannotDo(f"the endpoint's answer is not of OpenAI's form: {error}") from error
