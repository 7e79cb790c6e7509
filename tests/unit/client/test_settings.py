from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from veridical.client import (
    ClientSettings,
    ConfigurationError,
    KeepaliveSettings,
    RetrySettings,
    TlsSettings,
)

KINDS = [ClientSettings, KeepaliveSettings, RetrySettings]
NUMBERS = [
    (kind, field.name)
    for kind in KINDS
    for field in dataclasses.fields(kind)
    if type(field.default) in (int, float)
]


@pytest.mark.parametrize(("kind", "name"), NUMBERS)
@pytest.mark.parametrize("value", [0, -1, float("nan"), float("inf")])
def test_numbers_that_cannot_work_are_refused_by_name(kind, name, value):
    with pytest.raises((ConfigurationError, TypeError), match=name):
        kind(**{name: value})


@pytest.mark.parametrize(
    ("kind", "wrong"),
    [
        (ClientSettings, {"batch_items": 2.5}),
        (ClientSettings, {"batch_bytes": "4"}),
        (ClientSettings, {"concurrency": True}),
        (ClientSettings, {"timeout_seconds": "600"}),
        (ClientSettings, {"timeout_seconds": None}),
        (ClientSettings, {"retry": False}),
        (ClientSettings, {"tls": "ca.pem"}),
        (ClientSettings, {"token": b"secret"}),
        (RetrySettings, {"items": 1}),
        (RetrySettings, {"outage_seconds": "60"}),
        (TlsSettings, {"ca": 3}),
    ],
)
def test_values_of_another_type_are_refused_by_name(kind, wrong):
    (name,) = wrong
    with pytest.raises(TypeError, match=f"^{name} must be of type .*, not "):
        kind(**wrong)


def test_whole_numbers_and_paths_will_do():
    assert ClientSettings(timeout_seconds=3, token_file=Path("token")).timeout_seconds == 3


def test_waits_do_not_shrink():
    with pytest.raises(ConfigurationError, match="multiplier must be 1 or more"):
        RetrySettings(multiplier=0.5)


@pytest.mark.parametrize("kind", KINDS)
def test_settings_cannot_change(kind):
    settings = kind()
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(settings, dataclasses.fields(kind)[0].name, 1)
