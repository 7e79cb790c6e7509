"""Messages of any content, and bytes that are hardly messages."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from grpc_health.v1.health_pb2 import HealthCheckRequest
from hypothesis import strategies as st
from soaking.oracle import Oracle

from veridical.api.v1.item_pb2 import Item
from veridical.api.v1.verifier_pb2 import (
    DescribeRequest,
    VerifyBatchRequest,
    VerifyRequest,
    VerifyStreamRequest,
)

_VERIFIER, _HEALTH = "/veridical.api.v1.VerifierService/", "/grpc.health.v1.Health/"
STREAM, WATCH = _VERIFIER + "VerifyStream", _HEALTH + "Watch"
MESSAGES: dict[str, type[Message]] = {
    _VERIFIER + "Verify": VerifyRequest,
    _VERIFIER + "VerifyBatch": VerifyBatchRequest,
    STREAM: VerifyStreamRequest,
    _VERIFIER + "Describe": DescribeRequest,
    _HEALTH + "Check": HealthCheckRequest,
    WATCH: HealthCheckRequest,
}
"""The request of each method that a server has."""

_WHOLE = 3
"""Messages to each method that takes items, in a burst; to another, one."""
_TORN = 3
"""Requests that are made of each message by changing its bytes."""
_MOST = 3
_GOOD = 64
_PIECES = (
    r"\boxed{", "}", r"\frac{1}{2}", "0", "-", "x^{2}", "####", "\n", "<think>", "</think>", "=",
    "the answer is ", "A: ", "1,000", "%", r"\sqrt", "or", "not ", "(", "]", "\u200b", "∞", "½",
    "9^{9^{9}}", "100!", r"\int", "\0", "\U0010ffff", "(" * 50, "a", "+", r"\begin{pmatrix}", "&",
    "{\\" * 20, "1e999", "(a*)*", "[0-9]{1,900}", "json", ".", "def f(x):", "\u202e", "🙂",
)  # fmt: skip
_NAMES = ("", "a", "b", "t", "7", "x" * 300)

_STRINGS = st.one_of(
    st.lists(st.sampled_from(_PIECES), max_size=8).map("".join),
    st.sampled_from(_NAMES),
    st.text(st.characters(codec="utf-8"), max_size=20),
)
_SCALARS: dict[int, st.SearchStrategy[Any]] = {
    FieldDescriptor.TYPE_STRING: _STRINGS,
    FieldDescriptor.TYPE_DOUBLE: st.floats(),
    FieldDescriptor.TYPE_BOOL: st.booleans(),
    FieldDescriptor.TYPE_ENUM: st.integers(-1, 12),
    FieldDescriptor.TYPE_INT32: st.integers(-(2**31), 2**31 - 1),
    FieldDescriptor.TYPE_UINT32: st.integers(0, 2**32 - 1),
}


def bursts() -> st.SearchStrategy[list[tuple[str, bytes]]]:
    """Requests with their methods: messages, what comes of them by changing bytes, and noise."""
    bodies = {
        method: st.lists(_bodies(kind), min_size=number, max_size=number)
        for method, kind in MESSAGES.items()
        for number in [_WHOLE if _takes_items(kind) else 1]
    }

    @st.composite
    def burst(draw: st.DrawFn) -> list[tuple[str, bytes]]:
        rng = draw(st.randoms(use_true_random=True))
        drawn = {method: draw(some) for method, some in bodies.items()}
        return [
            (method, request) for method, some in drawn.items() for request in _requests(some, rng)
        ]

    return burst()


def _requests(bodies: Sequence[bytes], rng: random.Random) -> list[bytes]:
    torn = [_torn(body, rng) for body in bodies for _ in range(_TORN)]
    return [*bodies, *torn, rng.randbytes(rng.randrange(200))]


def _torn(body: bytes, rng: random.Random) -> bytes:
    """The bytes with some changed, and perhaps some more or fewer of them."""
    data = bytearray(body)
    for _ in range(rng.randrange(1, 4)):
        place, size = rng.randrange(len(data) + 1), rng.choice((1, 1, 8))
        cut = rng.choice((size, size, size, 0, size + 1))
        data[place : place + cut] = rng.randbytes(size)
    return bytes(data)


def _bodies(kind: type[Message]) -> st.SearchStrategy[bytes]:
    """Any message of the kind, or one of good items, as bytes."""
    found = Messages().of(kind)
    if _takes_items(kind):
        known = Oracle().items(_GOOD)
        places = st.lists(st.integers(0, _GOOD - 1), min_size=1, max_size=5)
        found |= places.map(lambda some: _good(kind, [known[place].item for place in some]))
    return found.map(lambda message: message.SerializeToString())


def _takes_items(kind: type[Message]) -> bool:
    return not {"item", "items"}.isdisjoint(kind.DESCRIPTOR.fields_by_name)


def _good(kind: type[Message], items: Sequence[Item]) -> Message:
    return kind(items=items) if "items" in kind.DESCRIPTOR.fields_by_name else kind(item=items[0])


class Messages:
    """Strategies for messages of any content, by what their descriptors say."""

    def __init__(self) -> None:
        self._made: dict[str, st.SearchStrategy[Message]] = {}

    def of(self, kind: type[Message]) -> st.SearchStrategy[Message]:
        """Messages of the kind, with any of their fields."""
        name = kind.DESCRIPTOR.full_name
        if name not in self._made:
            # Deferred, since a message may hold its own kind.
            self._made[name] = st.deferred(lambda: self._build(kind))
        return self._made[name]

    def _build(self, kind: type[Message]) -> st.SearchStrategy[Message]:
        fields = {field.name: self._field(field) for field in kind.DESCRIPTOR.fields}
        return st.fixed_dictionaries({}, optional=fields).map(lambda values: kind(**values))

    def _field(self, field: Any) -> st.SearchStrategy[Any]:
        nested = field.message_type
        if nested is not None and nested.GetOptions().map_entry:
            value = self._value(nested.fields_by_name["value"])
            return st.dictionaries(_STRINGS, value, max_size=_MOST)
        return (
            st.lists(self._value(field), max_size=_MOST)
            if field.is_repeated
            else self._value(field)
        )

    def _value(self, field: Any) -> st.SearchStrategy[Any]:
        if field.message_type is not None:
            return self.of(field.message_type._concrete_class)
        return _SCALARS[field.type]
