from __future__ import annotations

import dataclasses

import pytest

from veridical.client import ClientSettings, ConfigurationError, KeepaliveSettings, RetrySettings

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
    with pytest.raises(ConfigurationError, match=name):
        kind(**{name: value})


def test_waits_do_not_shrink():
    with pytest.raises(ConfigurationError, match="multiplier must be 1 or more"):
        RetrySettings(multiplier=0.5)


@pytest.mark.parametrize("kind", KINDS)
def test_settings_cannot_change(kind):
    settings = kind()
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(settings, dataclasses.fields(kind)[0].name, 1)
