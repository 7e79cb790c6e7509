"""Says who calls, and refuses who may not."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable
from typing import TypeAlias

import grpc
from google.protobuf.message import Message

from veridical.serving.access.peers import is_local_peer, peer_name
from veridical.serving.access.tokens import TokenFile
from veridical.serving.call import CALLER_KEY, Call, Context
from veridical.serving.errors import Unauthenticated
from veridical.serving.interceptors.chain import Proceed

Metadata: TypeAlias = Iterable[tuple[str, str | bytes]]

_HEALTH = "/grpc.health.v1.Health/"
_LOOK_SECONDS = 1.0
_MAX_NAME = 128
_CLAIM = re.compile(rf"[!-~]{{1,{_MAX_NAME}}}")
_UNPRINTABLE = re.compile(r"[^!-~]")


class Authentication:
    """Sets `call.caller` to the name of a token, of a client certificate, or of the peer's host.

    A gateway says in the header `veridical-caller` for whom it calls. It is believed of callers
    that the settings name, and of those that show nothing and are on this machine: they share one
    name otherwise, so that a lie gains them nothing that a second connection would not.

    Args:
        tokens: Who may call; None asks for no token. Health is exempt.
        certified: Whether callers show certificates.
        gateways: Names of callers that are believed.
    """

    def __init__(
        self, tokens: TokenFile | None, *, certified: bool, gateways: frozenset[str]
    ) -> None:
        self._tokens = tokens
        self._certified = certified
        self._gateways = gateways

    def refusal(self, details: grpc.HandlerCallDetails) -> Unauthenticated | None:
        """Why a call is refused before its message is received; None lets it go on."""
        try:
            self._token_name(details.method, details.invocation_metadata or ())
        except Unauthenticated as error:
            return error
        return None

    async def around(self, call: Call, proceed: Proceed) -> Message | None:
        """Runs the call under its caller's name.

        Raises:
            Unauthenticated: It has no token, or none that counts, or no longer while it is a stream.
        """
        metadata: Metadata = call.context.invocation_metadata() or ()
        shown = self._token_name(call.method, metadata) or self._certificate_name(call.context)
        name = shown or peer_name(call.context.peer())
        if name in self._gateways or (not shown and is_local_peer(name)):
            claim = _value(metadata, CALLER_KEY)
            name = claim if _CLAIM.fullmatch(claim) else name
        call.caller = name
        if self._tokens is None or call.request is not None or call.method.startswith(_HEALTH):
            return await proceed(call)
        return await self._while_it_counts(call, metadata, proceed)

    async def _while_it_counts(
        self, call: Call, metadata: Metadata, proceed: Proceed
    ) -> Message | None:
        """Runs a stream, which may last for days, until its token is taken away."""
        limit = asyncio.timeout(None)
        watch = asyncio.create_task(self._watch(call.method, metadata, limit))
        try:
            async with limit:
                return await proceed(call)
        except TimeoutError as error:
            if not limit.expired():
                raise  # the handler's own
            raise Unauthenticated("the token of this stream no longer counts") from error
        finally:
            watch.cancel()

    async def _watch(self, method: str, metadata: Metadata, limit: asyncio.Timeout) -> None:
        """Has the limit pass once the token counts no more, or as another caller's."""
        name = self._token_name(method, metadata)
        while self._counts_for(name, method, metadata):  # noqa: ASYNC110 - a file gives no notice
            await asyncio.sleep(_LOOK_SECONDS)
        limit.reschedule(asyncio.get_running_loop().time())

    def _token_name(self, method: str, metadata: Metadata) -> str:
        if self._tokens is None or method.startswith(_HEALTH):
            return ""
        scheme, _, token = _value(metadata, "authorization").partition(" ")
        name = self._tokens.caller(token) if scheme.lower() == "bearer" else None
        if name is None:
            raise Unauthenticated("a valid token is required")
        return name

    def _counts_for(self, name: str, method: str, metadata: Metadata) -> bool:
        try:
            return self._token_name(method, metadata) == name
        except Unauthenticated:
            return False

    def _certificate_name(self, context: Context) -> str:
        if not self._certified:
            return ""
        shown = context.auth_context()
        for key in ("x509_common_name", "x509_subject_alternative_name"):
            for value in shown.get(key, ()):
                if value:
                    return _UNPRINTABLE.sub("_", bytes(value).decode("latin-1"))[:_MAX_NAME]
        return ""


def _value(metadata: Metadata, wanted: str) -> str:
    """The first value of a key, or nothing."""
    for key, value in metadata:
        if key == wanted and isinstance(value, str):
            return value
    return ""
