"""The closed encoding: what crosses comes back the same, what does not is refused."""

from __future__ import annotations

import collections
import contextlib
import datetime as dt
import decimal
import fractions
import json
import math
import pathlib
import re
import types
import uuid
import zoneinfo
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from veridical.code.cell.values.content import rewrite
from veridical.code.cell.values.plain import Decoder, Encoder, TooLargeError, ViolationError
from veridical.code.cell.values.table import decode_entry, encode_entry


def foreign(value: Any, encoder: Encoder) -> Any:
    tree = encode_entry(value, encoder)
    if tree is None:
        raise TypeError(type(value).__name__)
    return tree


def local(tag: str, tree: Any, decoder: Decoder) -> Any:
    if tag != "v":
        raise ViolationError(tag)
    return decode_entry(tree, decoder)


def crossed(value: Any) -> Any:
    text = json.dumps(Encoder(foreign).fresh(value))
    return Decoder(local).fresh(json.loads(text))


def is_same(left: Any, right: Any) -> bool:
    """Equal in value and in type, at every depth; a NaN equals a NaN."""
    if type(left) is not type(right):
        return False
    if isinstance(left, (list, tuple, collections.deque)):
        return len(left) == len(right) and all(map(is_same, left, right))
    if isinstance(left, dict):
        return is_same(list(left.items()), list(right.items()))
    if isinstance(left, float):
        return (left == right and math.copysign(1, left) == math.copysign(1, right)) or left != left
    return bool(left == right)


ATOMS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(-(2**200), 2**200)
    | st.floats()
    | st.text(st.characters(exclude_categories=[]))
    | st.binary()
    | st.complex_numbers(allow_nan=False)
    | st.datetimes(timezones=st.none() | st.just(dt.UTC) | st.timezones())
    | st.timedeltas()
    | st.fractions()
    | st.decimals(allow_nan=False)
    | st.uuids()
)
HASHABLE = st.none() | st.booleans() | st.integers() | st.text() | st.binary()
VALUES = st.recursive(
    ATOMS,
    lambda inner: (
        st.lists(inner)
        | st.lists(inner).map(tuple)
        | st.dictionaries(HASHABLE, inner)
        | st.sets(HASHABLE)
        | st.frozensets(HASHABLE)
        | st.lists(inner).map(collections.deque)
    ),
    max_leaves=20,
)


@given(VALUES)
def test_value_crosses_unchanged(value: Any) -> None:
    assert is_same(crossed(value), value)


@pytest.mark.parametrize(
    "value",
    [
        2**63,
        -(2**63),
        [2**63, math.nan, 1],
        [1, 2**70],
        1 << 20000,
        -0.0,
        math.inf,
        "\ud800",
        bytearray(b"\xff"),
        range(1, 10, 3),
        slice(1, None),
        collections.Counter("aab"),
        collections.OrderedDict(b=1, a=2),
        collections.defaultdict(list, {1: [2]}),
        collections.deque([1], maxlen=3),
        dt.date(2024, 2, 29),
        dt.time(1, 2, tzinfo=dt.timezone(dt.timedelta(hours=2))),
        dt.datetime(2024, 1, 1, tzinfo=zoneinfo.ZoneInfo("Europe/Paris")),
        decimal.Decimal("1.10"),
        fractions.Fraction(1, 3),
        uuid.UUID(int=7),
        pathlib.Path("a/b"),
        re.compile("a+", re.IGNORECASE),
        ...,
        NotImplemented,
        types.SimpleNamespace(a=[1]),
        {"a": (1, [2, {3}])},
        {(1, 2): frozenset({3})},
    ],
    ids=lambda value: type(value).__name__,
)
def test_listed_value_crosses(value: Any) -> None:
    assert is_same(crossed(value), value)


def test_views_cross_as_what_they_show() -> None:
    content = {1: "a", 2: "b"}
    assert crossed(content.keys()) == {1, 2}
    assert list(crossed(content.values())) == ["a", "b"]
    assert crossed(content.items()) == content.items()


def test_list_is_not_shared_with_its_tree() -> None:
    tree = [1, 2]
    Decoder(local).fresh(tree).append(3)
    assert tree == [1, 2]


@pytest.mark.slow
def test_too_deep_and_too_large_are_refused() -> None:
    deep: list[Any] = []
    for _ in range(300):
        deep = [deep]
    wide: list[Any] = [(0,)]
    for _ in range(40):
        wide = [wide, wide]
    for value in (deep, wide):
        with pytest.raises(TooLargeError):
            Encoder(foreign).fresh(value)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from("tdsfiyYcvxHLKhkn"), inner, max_size=2)
        | st.tuples(
            st.sampled_from(["datetime", "fraction", "decimal", "range", "counter", "ndarray"]),
            st.lists(inner, max_size=4),
        ).map(lambda pair: {"v": list(pair)})
    ),
    max_leaves=12,
)


@given(JSON)
def test_any_tree_gives_a_value_or_a_violation(tree: Any) -> None:
    with contextlib.suppress(ViolationError):
        Decoder(local).fresh(tree)


@given(VALUES, VALUES)
def test_rewriting_gives_the_new_content(old: Any, new: Any) -> None:
    held = [old]
    rewrite(held, [new])
    assert is_same(held, [new]) or held == [new]
