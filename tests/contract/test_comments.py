"""Every field of the contract says its bounds or unit, and what it means where it is left out."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from google.protobuf.descriptor_pb2 import (
    FieldDescriptorProto,
    FileDescriptorProto,
    FileDescriptorSet,
)

ROOT = Path(__file__).parents[2]
NUMERIC = {
    FieldDescriptorProto.TYPE_DOUBLE,
    FieldDescriptorProto.TYPE_INT32,
    FieldDescriptorProto.TYPE_UINT32,
}
BOUND = re.compile(
    r"\d to |\d or (more|less)|at most|at least|above \d|from 0|all are \d|seconds|bytes|tokens|"
    r"code points|KiB|MiB|dimensionless|log-probability",
    re.IGNORECASE,
)
# What a field means to a server when the caller leaves it out.
LEFT_OUT = re.compile(r"Required\.|Default: |^\s*1 (to|or more)")


@dataclass(frozen=True)
class Field:
    """One field with its own comment and the comment of its message."""

    message: str
    proto: FieldDescriptorProto
    comment: str
    message_comment: str

    @property
    def name(self) -> str:
        return f"{self.message}.{self.proto.name}"

    @property
    def type_name(self) -> str:
        return self.proto.type_name.rpartition(".")[2]

    @property
    def in_choice(self) -> bool:
        """Whether it is a member of a written oneof, which says for all whether it is required."""
        return self.proto.HasField("oneof_index") and not self.proto.proto3_optional


@pytest.fixture(scope="module")
def fields() -> list[Field]:
    buf = Path(sys.executable).parent / "buf"
    command = [str(buf), "build", "--as-file-descriptor-set", "-o", "-"]
    image = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout
    files = FileDescriptorSet.FromString(image).file
    return [field for file in files for field in _fields(file)]


def _fields(file: FileDescriptorProto) -> Iterator[Field]:
    comments = {tuple(at.path): at.leading_comments for at in file.source_code_info.location}
    for number, message in enumerate(file.message_type):
        for index, field in enumerate(message.field):
            own, outer = comments[4, number, 2, index], comments[4, number]
            yield Field(message.name, field, own, outer)


def _requested(fields: list[Field]) -> set[str]:
    """The messages that a caller writes: what the requests reach."""
    seen: set[str] = set()
    new = {field.message for field in fields if field.message.endswith("Request")}
    while new:
        seen |= new
        new = {field.type_name for field in fields if field.message in new} - seen
    return seen


def test_every_number_says_its_unit_or_bounds(fields: list[Field]) -> None:
    numbers = [field for field in fields if field.proto.type in NUMERIC]
    silent = [
        field.name
        for field in numbers
        if not BOUND.search(field.comment) and not BOUND.search(field.message_comment)
    ]
    assert len(numbers) > 50
    assert silent == []


def test_every_field_of_a_request_says_its_default(fields: list[Field]) -> None:
    requested = _requested(fields)
    silent = [
        field.name
        for field in fields
        if field.message in requested and not field.in_choice and not LEFT_OUT.search(field.comment)
    ]
    assert {"Item", "MathTask", "Limits", "SamplingSettings"} <= requested
    assert silent == []


def test_every_optional_field_says_what_its_absence_means(fields: list[Field]) -> None:
    optional = [field for field in fields if field.proto.proto3_optional]
    told = re.compile(r"Required\.|Default: |[Aa]bsent|[Aa]lways set")
    assert [field.name for field in optional if not told.search(field.comment)] == []
