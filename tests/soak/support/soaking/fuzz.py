"""Messages of any content, and bytes that are hardly messages."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from typing import Any

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from soaking.oracle import Oracle

from veridical.api.v1.verifier_pb2 import (
    DescribeRequest,
    VerifyBatchRequest,
    VerifyRequest,
    VerifyStreamRequest,
)

MESSAGES: dict[str, type[Message]] = {
    "Verify": VerifyRequest,
    "VerifyBatch": VerifyBatchRequest,
    "VerifyStream": VerifyStreamRequest,
    "Describe": DescribeRequest,
}
"""The request of each method."""

_DEEPEST = 7
_MOST = 3
_NUMBERS = (0.0, -0.0, 1.0, -1.0, 0.5, math.inf, -math.inf, math.nan, 1e308, 5e-324)
_INTEGERS = (0, 1, 2, 7, -1, 255, 2**31 - 1, -(2**31))
_PIECES = (
    r"\boxed{", "}", r"\frac{1}{2}", "0", "-", "x^{2}", "####", "\n", "<think>", "</think>", "=",
    "the answer is ", "A: ", "1,000", "%", r"\sqrt", "or", "not ", "(", "]", "\u200b", "∞", "½",
    "9^{9^{9}}", "100!", r"\int", "\0", "\U0010ffff", "(" * 50, "a", "+", r"\begin{pmatrix}", "&",
    "{\\" * 20, "1e999", "(a*)*", "[0-9]{1,900}", "json", ".", "def f(x):", "\u202e", "🙂",
)  # fmt: skip
_NAMES = ("", "a", "b", "t", "7", "x" * 300)


class Fuzzer:
    """Makes requests; the same seed makes the same ones.

    Args:
        seed: Of the random numbers.
    """

    def __init__(self, seed: int) -> None:
        self._rng = random.Random(seed)
        self._oracle = Oracle()

    def request(self, method: str) -> bytes:
        """The bytes of a request: a good one, one of any fields, one with bytes changed, or noise."""
        ways: tuple[Callable[[str], bytes], ...] = (self._good, self._any, self._torn, self._noise)
        return self._rng.choices(ways, (2, 5, 3, 1))[0](method)

    def _good(self, method: str) -> bytes:
        message: Any = MESSAGES[method]()
        if method == "Verify":
            message.item.CopyFrom(self._oracle.items(1)[0].item)
        elif method != "Describe":
            message.items.extend(known.item for known in self._oracle.items(self._rng.randrange(6)))
        return bytes(message.SerializeToString())

    def _any(self, method: str) -> bytes:
        return self._message(MESSAGES[method], 0).SerializeToString()

    def _torn(self, method: str) -> bytes:
        data = bytearray(self._rng.choice((self._good, self._any))(method))
        for _ in range(self._rng.randrange(1, 6)):
            place = self._rng.randrange(len(data) + 1)
            cut = self._rng.choice((0, 0, 1, 8))
            data[place : place + cut] = self._rng.randbytes(self._rng.choice((0, 1, 1, 8)))
        return bytes(data)

    def _noise(self, _: str) -> bytes:
        return self._rng.randbytes(self._rng.randrange(200))

    def _message(self, kind: type[Message], depth: int) -> Message:
        message = kind()
        for field in kind.DESCRIPTOR.fields:
            if depth < _DEEPEST and self._rng.random() < 0.6:
                self._fill(message, field, depth)
        return message

    def _fill(self, message: Message, field: Any, depth: int) -> None:
        target: Any = getattr(message, field.name)
        nested = field.message_type
        if nested is not None and nested.GetOptions().map_entry:
            self._fill_map(target, nested, depth)
        elif field.is_repeated:
            for _ in range(self._rng.randrange(_MOST + 1)):
                if nested is None:
                    target.append(self._scalar(field.type))
                else:
                    target.add().CopyFrom(self._message(nested._concrete_class, depth + 1))
        elif nested is not None:
            target.CopyFrom(self._message(nested._concrete_class, depth + 1))
        else:
            setattr(message, field.name, self._scalar(field.type))

    def _fill_map(self, target: Any, entry: Any, depth: int) -> None:
        value = entry.fields_by_name["value"]
        for _ in range(self._rng.randrange(_MOST)):
            key = self._rng.choice(_NAMES)
            if value.message_type is None:
                target[key] = self._scalar(value.type)
            else:
                inner = self._message(value.message_type._concrete_class, depth + 1)
                target[key].CopyFrom(inner)

    def _scalar(self, kind: int) -> Any:
        rng = self._rng
        if kind == FieldDescriptor.TYPE_STRING:
            return rng.choice((self._text, lambda: rng.choice(_NAMES)))()
        if kind == FieldDescriptor.TYPE_DOUBLE:
            return rng.choice(_NUMBERS)
        if kind == FieldDescriptor.TYPE_BOOL:
            return rng.random() < 0.5
        if kind == FieldDescriptor.TYPE_BYTES:
            return rng.randbytes(8)
        if kind == FieldDescriptor.TYPE_ENUM:
            return rng.randrange(-1, 12)
        number = rng.choice(_INTEGERS)
        return abs(number) if kind == FieldDescriptor.TYPE_UINT32 else number

    def _text(self) -> str:
        return "".join(self._rng.choices(_PIECES, k=self._rng.randrange(9)))
