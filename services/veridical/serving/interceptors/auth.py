"""Says who calls, and refuses who may not."""

from __future__ import annotations

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
            Unauthenticated: It has no token, or none that counts.
        """
        metadata: Metadata = call.context.invocation_metadata() or ()
        shown = self._token_name(call.method, metadata) or self._certificate_name(call.context)
        name = shown or peer_name(call.context.peer())
        if name in self._gateways or (not shown and is_local_peer(name)):
            claim = _value(metadata, CALLER_KEY)
            name = claim if _CLAIM.fullmatch(claim) else name
        call.caller = name
        return await proceed(call)

    def _token_name(self, method: str, metadata: Metadata) -> str:
        if self._tokens is None or method.startswith(_HEALTH):
            return ""
        scheme, _, token = _value(metadata, "authorization").partition(" ")
        name = self._tokens.caller(token) if scheme.lower() == "bearer" else None
        if name is None:
            raise Unauthenticated("a valid token is required")
        return name

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
