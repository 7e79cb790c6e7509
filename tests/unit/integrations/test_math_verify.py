"""What the remote form of math-verify's two calls refuses before it calls anyone."""

from __future__ import annotations

import re
from typing import Any

import pytest

from veridical.client import Client
from veridical.integrations.math_verify import Parsed, RemoteMathVerify

GRADER = RemoteMathVerify(Client("127.0.0.1:1"))


@pytest.mark.parametrize(
    ("argument", "told"),
    [
        ("float_rounding", "does not take float_rounding: precision follows the gold"),
        ("timeout_seconds", "does not take timeout_seconds: set it for the client"),
        ("strict", "ignore_variable_names=True"),
        ("x", "does not take x"),
    ],
)
def test_arguments_without_a_meaning_are_refused(argument: str, told: str) -> None:
    with pytest.raises(TypeError, match=re.escape(told)):
        GRADER.verify("1", "1", **{argument: 6})
    with pytest.raises(TypeError, match=re.escape(told)):
        GRADER.parse("1", **{argument: 6})


def test_what_math_verify_takes_by_position_is_refused_by_its_name() -> None:
    with pytest.raises(TypeError, match=r"^parse\(\) does not take extraction_config: name the"):
        GRADER.parse("5", [])
    with pytest.raises(TypeError, match=r"^verify\(\) does not take float_rounding: precision"):
        GRADER.verify("5", "5", 6, 15)


@pytest.mark.parametrize("wrong", [5, None, [Parsed("5")]])
def test_other_types_are_refused_by_name(wrong: Any) -> None:
    kind = type(wrong).__name__
    with pytest.raises(TypeError, match=f"^text must be a str, not {kind}$"):
        GRADER.parse(wrong)
    with pytest.raises(TypeError, match=f"^gold must be a str or what .* no list, not {kind}$"):
        GRADER.verify(wrong, GRADER.parse("5"))
    with pytest.raises(TypeError, match=f"^target must be a str or what .* no list, not {kind}$"):
        GRADER.verify("5", wrong)


def test_an_address_is_no_client() -> None:
    with pytest.raises(
        TypeError, match=r"^client must be a Client, such as Client\('host:50051'\)"
    ):
        RemoteMathVerify("gateway:1")  # type: ignore[arg-type]  # that is what is refused
