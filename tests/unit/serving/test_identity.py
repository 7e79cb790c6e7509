"""The fingerprint: equal where verdicts are equal, different where they may not be."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import pytest

from veridical.math.service import math_info
from veridical.math.settings import MathSettings
from veridical.serving.identity import identify, library_versions


def fingerprint(**settings: object) -> str:
    return math_info(MathSettings.model_validate(settings)).fingerprint


def test_it_is_32_hexadecimal_digits_and_stable() -> None:
    assert re.fullmatch("[0-9a-f]{32}", fingerprint())
    assert fingerprint() == fingerprint()


@pytest.mark.parametrize(
    "settings",
    [
        {"workers": 7},
        {"listen": "unix:/a"},
        {"metrics_port": 1},
        {"queue_items": 9},
        {"max_batch_items": 5},
        {"log_level": "debug"},
    ],
)
def test_what_verdicts_do_not_depend_on_leaves_it_alone(settings: dict[str, object]) -> None:
    assert fingerprint(**settings) == fingerprint()


@pytest.mark.parametrize(
    "settings",
    [{"cpu_seconds": 1.0}, {"wall_seconds": 1.0}, {"memory_mib": 64}, {"max_response_bytes": 9}],
)
def test_limits_change_it(settings: dict[str, object]) -> None:
    assert fingerprint(**settings) != fingerprint()


def test_libraries_and_defaults_change_it() -> None:
    base = identify("math", "veridical.math", {"sympy": "1"}, {"units": "optional"})
    for other in (
        identify("math", "veridical.math", {"sympy": "2"}, {"units": "optional"}),
        identify("math", "veridical.math", {"sympy": "1"}, {"units": "required"}),
        identify("math", "veridical.math", {}, {"units": "optional"}),
    ):
        assert other.fingerprint != base.fingerprint


def test_code_changes_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "fingerprinted"
    package.mkdir()
    (package / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)

    def now() -> str:
        return identify("x", "fingerprinted", {}, {}).fingerprint

    first = now()
    (package / "rule.py").write_text("LIMIT = 1\n")
    second = now()
    (package / "rule.py").write_text("LIMIT = 2\n")
    assert len({first, second, now()}) == 3
    sys.modules.pop("fingerprinted")


def test_the_instance_names_the_process() -> None:
    assert math_info(MathSettings.model_validate({})).instance.endswith(f":{os.getpid()}")


def test_versions_name_python_too() -> None:
    versions = library_versions(["sympy"])
    assert set(versions) == {"python", "sympy"}
    assert versions["python"] == ".".join(map(str, sys.version_info[:3]))
