"""A bound on how many fields a message has, held before it is parsed.

Parsed, a message takes up to seventy times its bytes (64 MiB of empty items took 4.3 GB and 6 s):
so large messages are counted first, in their wire form (protobuf.dev/programming-guides/encoding).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import TypeAlias

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.descriptor_pool import Default

SMALL_BYTES = 5 << 20
"""Messages up to this size are not counted, which takes as long as parsing the worst of them.

Clients of this project send larger ones only where an item alone is larger."""


class _Leaf(Enum):
    """A length-delimited field that is no message."""

    VALUE = 0
    """Bytes that are kept as they are."""
    PACKED = 1
    """Numbers that take more room parsed than not."""


_Table: TypeAlias = "dict[int, Descriptor | _Leaf]"


def input_of(method: str) -> Descriptor | None:
    """The message that a method takes, by its full name `/service/Method`; None if unknown."""
    try:
        found = Default().FindMethodByName(method.lstrip("/").replace("/", "."))
    except KeyError:
        return None
    descriptor: Descriptor = found.input_type
    return descriptor


def has_too_many_fields(data: bytes, message: Descriptor, limit: int) -> bool:
    """Whether a message has more than `limit` fields, those of inner messages and packed numbers included.

    What is no message at all is left to the parser to refuse.
    """
    if len(data) <= SMALL_BYTES:
        return False
    try:
        return _Scan(data, message).count(limit) > limit
    except IndexError:
        return False


@dataclass(slots=True)
class _Scan:
    data: bytes
    message: Descriptor
    position: int = 0

    def count(self, limit: int) -> int:
        """Counts fields until there are more than `limit`.

        Raises:
            IndexError: The data end within a field.
        """
        outer: list[tuple[int, _Table]] = []
        end, table, count = len(self.data), _table(self.message), 0
        while count <= limit:
            if self.position >= end:
                if not outer:
                    break
                end, table = outer.pop()
                continue
            count += 1
            tag = self._varint()
            length = self._length(tag & 7)
            inner = table.get(tag >> 3) if tag & 7 == 2 else None
            if isinstance(inner, Descriptor) and length:
                outer.append((end, table))
                end, table = self.position + length, _table(inner)
                continue
            count += length if inner is _Leaf.PACKED else 0
            self.position += length
        return count

    def _length(self, wire_type: int) -> int:
        """The bytes that follow a tag, after the length where there is one."""
        if wire_type == 0:
            self._varint()
        if wire_type == 2:
            return self._varint()
        return {1: 8, 5: 4}.get(wire_type, 0)

    def _varint(self) -> int:
        value = shift = 0
        while True:
            byte = self.data[self.position]
            self.position += 1
            value |= (byte & 127) << shift
            if byte < 128:
                return value
            shift += 7
            if shift > 63:
                raise IndexError("a number of more than 64 bits")


@cache
def _table(message: Descriptor) -> _Table:
    return {field.number: _inner(field) for field in message.fields}


def _inner(field: FieldDescriptor) -> Descriptor | _Leaf:
    if field.message_type is not None:
        return field.message_type
    kept = field.type in (FieldDescriptor.TYPE_STRING, FieldDescriptor.TYPE_BYTES)
    return _Leaf.VALUE if kept else _Leaf.PACKED
