from __future__ import annotations

import dataclasses

import pytest

from veridical.client import ClientSettings, ConfigurationError, KeepaliveSettings, RetrySettings

KINDS = [ClientSettings, KeepaliveSettings, RetrySettings]
NUMBERS = [
    (kind, field.name)
    for kind in KINDS
    for field in dataclasses.fields(kind)
    if isinstance(field.default, int | float)
]


@pytest.mark.parametrize(("kind", "name"), NUMBERS)
@pytest.mark.parametrize("value", [0, -1, float("nan"), float("inf")])
def test_numbers_that_cannot_work_are_refused_by_name(kind, name, value):
    with pytest.raises(ConfigurationError, match=name):
        kind(**{name: value})


@pytest.mark.parametrize("attempts", [1, 6])
def test_attempts_are_within_the_bounds_of_grpc(attempts):
    with pytest.raises(ConfigurationError, match="max_attempts must be 2 to 5"):
        RetrySettings(max_attempts=attempts)


@pytest.mark.parametrize("kind", KINDS)
def test_settings_cannot_change(kind):
    settings = kind()
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(settings, dataclasses.fields(kind)[0].name, 1)
