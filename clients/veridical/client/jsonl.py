"""Items and verdicts as JSON lines: protobuf's JSON form with snake_case names, one message a line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any, NoReturn

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.json_format import MessageToDict, ParseDict, ParseError
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from veridical.api.v1.item_pb2 import Item
from veridical.api.v1.verdict_pb2 import Verdict
from veridical.client.errors import BadValueError, MalformedLineError, UnknownFieldError
from veridical.client.items import scrub

_ESCAPED_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_SHOWN_VALUE_CHARACTERS = 60
_KINDS: Mapping[int, str] = {
    FieldDescriptor.CPPTYPE_STRING: "a string",
    FieldDescriptor.CPPTYPE_BOOL: "true or false",
    FieldDescriptor.CPPTYPE_INT32: "a whole number",
    FieldDescriptor.CPPTYPE_UINT32: "a whole number",
    FieldDescriptor.CPPTYPE_FLOAT: "a finite number",
    FieldDescriptor.CPPTYPE_DOUBLE: "a finite number",
    FieldDescriptor.CPPTYPE_MESSAGE: "an object",
}
_RANGES: Mapping[int, tuple[int, int]] = {
    FieldDescriptor.CPPTYPE_INT32: (-(2**31), 2**31 - 1),
    FieldDescriptor.CPPTYPE_UINT32: (0, 2**32 - 1),
}
# Deeper messages are refused by protobuf's JSON reader as well, but without a path.
_MAX_DEPTH = 90


def item_from_json(line: str | bytes) -> Item:
    """The item in a line; lone surrogates become U+FFFD. A missing id is left empty.

    Raises:
        MalformedLineError: The line is no JSON object, has a key twice in one object, or is nested
            too deeply.
        UnknownFieldError: A field that its message does not have; looked for before values are read.
            A note on it names fields with a name like it.
        BadValueError: A value that its field cannot hold.
    """
    value = _load(line)
    _refuse_unknown_fields(value, Item.DESCRIPTOR, "")
    return _parse(value)


def item_to_json(item: Item) -> str:
    """The item as one line, without its end."""
    return _dump(item)


def verdict_from_json(line: str | bytes) -> Verdict:
    """The verdict in a line; fields and enum names that are not known here are left out.

    Raises:
        MalformedLineError: The line is no verdict in JSON.
    """
    try:
        return ParseDict(_load(line), Verdict(), ignore_unknown_fields=True)
    except (ParseError, RecursionError) as error:
        raise MalformedLineError(f"the line is no verdict: {error}") from error


def verdict_to_json(verdict: Verdict) -> str:
    """The verdict as one line, without its end."""
    return _dump(verdict)


def _dump(message: Message) -> str:
    fields = MessageToDict(message, preserving_proto_field_name=True)
    return json.dumps(fields, ensure_ascii=False)


def _load(line: str | bytes) -> dict[str, Any]:
    try:
        # Without its end: what is cut off lacks something there, and not at the start of another line.
        text = (line.decode() if isinstance(line, bytes) else line).rstrip("\r\n")
        value = json.loads(
            text, object_pairs_hook=_object_without_repeats, parse_constant=_refuse_constant
        )
    except json.JSONDecodeError as error:
        problem = f"{error.msg.lower()} at column {error.pos + 1}"
        raise MalformedLineError(f"the line is no JSON: {problem}") from error
    except (ValueError, RecursionError) as error:
        raise MalformedLineError(f"the line is no JSON: {error}") from error
    if not isinstance(value, dict):
        raise MalformedLineError("the line is no JSON object")
    if _ESCAPED_SURROGATE.search(text) or not _is_encodable(text):
        return {scrub(key): _scrubbed(inner) for key, inner in value.items()}
    return value


def _object_without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) < len(pairs):
        keys = [key for key, _ in pairs]
        repeated = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"the key {repeated!r} comes twice in one object")
    return value


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


def _is_encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _scrubbed(value: Any) -> Any:
    match value:
        case str():
            return scrub(value)
        case list():
            return [_scrubbed(element) for element in value]
        case dict():
            return {scrub(key): _scrubbed(element) for key, element in value.items()}
        case _:
            return value


def _field_of(descriptor: Descriptor, name: str) -> FieldDescriptor | None:
    """The field by either of its JSON names, snake_case and camelCase."""
    found: FieldDescriptor | None = descriptor.fields_by_name.get(name)
    return found or descriptor.fields_by_camelcase_name.get(name)


def _is_map(field: FieldDescriptor) -> bool:
    return field.message_type is not None and field.message_type.GetOptions().map_entry


def _refuse_unknown_fields(value: Mapping[str, Any], descriptor: Descriptor, prefix: str) -> None:
    if prefix.count(".") > _MAX_DEPTH:
        raise MalformedLineError("the line is nested too deeply")
    for name, inner in value.items():
        field = _field_of(descriptor, name)
        if field is None:
            raise _unknown_field(name, descriptor, prefix)
        if field.message_type is None or _is_map(field):
            continue
        if isinstance(inner, dict):
            _refuse_unknown_fields(inner, field.message_type, f"{prefix}{name}.")
        elif isinstance(inner, list):
            for index, element in enumerate(inner):
                if isinstance(element, dict):
                    path = f"{prefix}{name}[{index}]."
                    _refuse_unknown_fields(element, field.message_type, path)


def _unknown_field(name: str, descriptor: Descriptor, prefix: str) -> UnknownFieldError:
    error = UnknownFieldError(prefix + name)
    if near := get_close_matches(name, descriptor.fields_by_name):
        error.add_note(f"did you mean {' or '.join(near)}?")
    return error


def _parse(value: dict[str, Any]) -> Item:
    try:
        item = ParseDict(value, Item())
    except ParseError as error:
        path, problem = _blame(value, Item.DESCRIPTOR, "")
        raise BadValueError(path, problem, _id_in(value)) from error
    # Protobuf takes an empty list or string for an empty message.
    if found := next(_misplaced(value, Item.DESCRIPTOR, ""), None):
        raise BadValueError(*found, _id_in(value))
    return item


def _id_in(value: dict[str, Any]) -> str:
    name = value.get("id")
    return name if isinstance(name, str) else ""


def _misplaced(
    value: dict[str, Any], descriptor: Descriptor, prefix: str
) -> Iterator[tuple[str, str]]:
    """Yields what stands in place of an object: its path, and what is wrong with it."""
    for name, inner in value.items():
        field = _field_of(descriptor, name)
        if field is None or field.message_type is None or _is_map(field) or inner is None:
            continue
        for path, element, _ in _parts(inner, field, prefix + name):
            if isinstance(element, dict):
                yield from _misplaced(element, field.message_type, f"{path}.")
            else:
                yield path, _expectation(element, field)


def _blame(value: dict[str, Any], descriptor: Descriptor, prefix: str) -> tuple[str, str]:
    """The path of what keeps an object from parsing, and what is wrong with it.

    Its fields are parsed one by one, since the text of a ParseError is not a stable interface.
    """
    chosen: dict[str, str] = {}
    for name, inner in value.items():
        field = _field_of(descriptor, name)
        assert field is not None
        if not _parses({name: inner}, descriptor):
            return _blame_field(inner, field, prefix + name)
        if field.containing_oneof is not None and inner is not None:
            other = chosen.setdefault(field.containing_oneof.name, name)
            if other != name:
                return prefix + name, f"stands beside {other}, but only one of them may be given"
    return prefix.removesuffix("."), f"cannot be {_shown(value)}"


def _blame_field(inner: Any, field: FieldDescriptor, path: str) -> tuple[str, str]:
    descriptor = field.containing_type
    assert descriptor is not None
    for place, element, alone in _parts(inner, field, path):
        if not _parses({field.name: alone}, descriptor):
            kind = _element_field(field)
            if kind.message_type is not None and isinstance(element, dict):
                return _blame(element, kind.message_type, f"{place}.")
            return place, _expectation(element, kind)
    wanted = "an object" if _is_map(field) else "a list"
    return path, f"must be {wanted}, not {_shown(inner)}"


def _parts(inner: Any, field: FieldDescriptor, path: str) -> Iterator[tuple[str, Any, Any]]:
    """Yields what a value consists of: its path, itself, and a value of the field with it alone."""
    if _is_map(field):
        for key, element in inner.items() if isinstance(inner, dict) else ():
            yield f"{path}.{key}", element, {key: element}
    elif field.is_repeated:
        for place, element in enumerate(inner if isinstance(inner, list) else ()):
            yield f"{path}[{place}]", element, [element]
    else:
        yield path, inner, inner


def _element_field(field: FieldDescriptor) -> FieldDescriptor:
    """What each value of a map must be, or the field itself."""
    if not _is_map(field):
        return field
    assert field.message_type is not None
    return field.message_type.fields_by_name["value"]


def _expectation(inner: Any, field: FieldDescriptor) -> str:
    """What a field, or each element of a list, must be that this value is not."""
    if field.enum_type is not None:
        names = ", ".join(value.name for value in field.enum_type.values)
        return f"cannot be {_shown(inner)}; it must be one of {names}"
    told = _KINDS[field.cpp_type]
    if field.cpp_type in _RANGES and isinstance(inner, int) and not isinstance(inner, bool):
        told += " from {} to {}".format(*_RANGES[field.cpp_type])
    return f"must be {told}, not {_shown(inner)}"


def _parses(value: dict[str, Any], descriptor: Descriptor) -> bool:
    try:
        ParseDict(value, GetMessageClass(descriptor)())
    except ParseError:
        return False
    return True


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _SHOWN_VALUE_CHARACTERS else text[:_SHOWN_VALUE_CHARACTERS] + "…"
