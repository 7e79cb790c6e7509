"""Puts the interceptors round every method, once, in the order given."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import aclosing
from functools import partial
from typing import Any, NoReturn, Protocol, TypeAlias

import grpc
from google.protobuf.message import DecodeError, Message

from veridical.serving.bounds import has_too_many_fields, input_of
from veridical.serving.call import Call, Context, current_call
from veridical.serving.errors import CallError, InvalidArgument
from veridical.serving.fairness.turns import Turns

Handler: TypeAlias = "grpc.RpcMethodHandler[Any, Any]"
Refusal: TypeAlias = Callable[[grpc.HandlerCallDetails], CallError | None]
Proceed: TypeAlias = Callable[[Call], Awaitable[Message | None]]
"""Runs the rest of a call; gives the response of a unary one, None where responses were written."""


class Interceptor(Protocol):
    """One concern of serving, wrapped round each call, unary or streaming."""

    async def around(self, call: Call, proceed: Proceed) -> Message | None:
        """Runs the call by `proceed`, and gives its response."""


class InterceptorChain(grpc.aio.ServerInterceptor):
    """The one interceptor that gRPC sees; methods are wrapped when first called.

    Args:
        interceptors: Outermost first.
        refusal: Says why a call is refused by its headers alone, before its message is received.
        max_fields: Fields that a message may have.
    """

    def __init__(
        self,
        interceptors: Sequence[Interceptor],
        refusal: Refusal | None = None,
        max_fields: int = 1 << 20,
    ) -> None:
        self._interceptors = tuple(interceptors)
        self._refusal = refusal
        self._max_fields = max_fields
        self._turns = Turns()
        self._wrapped: dict[str, Handler] = {}

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[Handler | None]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> Handler | None:
        """Gives the wrapped handler of the method, or None where there is no such method."""
        self._turns.accepted()
        method = handler_call_details.method
        wrapped = self._wrapped.get(method)
        if wrapped is None:
            handler = await continuation(handler_call_details)
            if handler is None:  # an unknown method: gRPC answers UNIMPLEMENTED
                return handler
            wrapped = self._wrapped[method] = self._wrap(method, handler)
        error = self._refusal(handler_call_details) if self._refusal else None
        return wrapped if error is None else self._refusing(method, error)

    def _refusing(self, method: str, error: CallError) -> Handler:
        """A handler that reads nothing of what the caller sends, as only one of streams can."""

        def refuse(_requests: object, _context: Context) -> NoReturn:
            raise error

        return self._wrap(method, grpc.stream_stream_rpc_method_handler(refuse))

    def _wrap(self, method: str, handler: Handler) -> Handler:
        kinds: dict[tuple[bool, bool], tuple[str, Callable[..., Any]]] = {
            (False, False): ("unary_unary", self._unary),
            (False, True): ("unary_stream", self._stream),
            (True, False): ("stream_unary", self._unary),
            (True, True): ("stream_stream", self._stream),
        }
        kind, wrap = kinds[handler.request_streaming, handler.response_streaming]
        make = getattr(grpc, f"{kind}_rpc_method_handler")
        behaviour = wrap(method, getattr(handler, kind))
        parse = handler.request_deserializer
        if parse is not None:
            parse = _lenient(method, parse, self._max_fields)
        wrapped: Handler = make(behaviour, parse, handler.response_serializer)
        return wrapped

    def _unary(
        self, method: str, behaviour: Callable[[Any, Context], Awaitable[Message]]
    ) -> Callable[[Any, Context], Awaitable[Message | None]]:
        async def respond(call: Call) -> Message | None:
            return await behaviour(_readable(call.received), call.context)

        return self._handler(method, respond)

    def _stream(
        self, method: str, behaviour: Callable[[Any, Context], Any]
    ) -> Callable[[Any, Context], Awaitable[Message | None]]:
        async def respond(call: Call) -> Message | None:
            responses = behaviour(_readable(call.received), call.context)
            if isinstance(responses, Awaitable):  # it writes by itself, as Health.Watch
                await responses
                return None
            async with aclosing(responses):
                async for response in responses:
                    await call.context.write(response)
            return None

        return self._handler(method, respond)

    def _handler(
        self, method: str, respond: Proceed
    ) -> Callable[[Any, Context], Awaitable[Message | None]]:
        for interceptor in reversed(self._interceptors):
            respond = partial(interceptor.around, proceed=respond)

        async def handle(request: Any, context: Context) -> Message | None:
            message = request if isinstance(request, Message) else None
            call = Call(method, context, message, received=request, turns=self._turns)
            current_call.set(call)
            return await respond(call)

        return handle


def _lenient(method: str, parse: Callable[[bytes], Any], max_fields: int) -> Callable[[bytes], Any]:
    """A parser that gives the error for what it does not parse.

    Where a parser raises, gRPC ends the call past the interceptors, with the exception's text.
    """
    message = input_of(method)

    def parse_or_error(data: bytes) -> Any:
        if message is not None and has_too_many_fields(data, message, max_fields):
            return InvalidArgument("request", f"more than {max_fields} fields")
        try:
            return parse(data)
        except DecodeError:
            return InvalidArgument("request", "cannot be parsed as the method's message")

    return parse_or_error


def _readable(request: Any) -> Any:
    """Gives back a request, or a stream of requests that ends at the first unreadable one."""
    if isinstance(request, InvalidArgument):
        raise request
    if isinstance(request, AsyncIterator):
        return _each_readable(request)
    return request


async def _each_readable(requests: AsyncIterator[Any]) -> AsyncIterator[Any]:
    async for request in requests:
        yield _readable(request)
