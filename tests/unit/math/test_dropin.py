"""math-verify's two calls, in this process and with the last resort in its worker."""

from __future__ import annotations

import subprocess
import sys
import threading
from typing import Any

import pytest

from veridical.math import Extraction, MathPolicy
from veridical.math.dropin import GoldUnparsableError, Parsed, parse, verify

# The first are decided at once, the others may need the last resort.
PAIRS = [
    ("1/2", r"So it is \boxed{0.5}.", True),
    (r"$\frac12$", "The answer is 1/3", False),
    ("18", "Three a day.\nA: 18", True),
    ("18", r"\boxed{41} or \boxed{18}", False),
    ("18", "", False),
    ("x^2-1", r"\boxed{(x-1)(x+1)}", True),
    ("x^2-1", r"\boxed{(x-1)(x+2)}", False),
    ("x+1", r"\boxed{y+1}", False),
]


@pytest.mark.parametrize("in_process", [True, False])
@pytest.mark.parametrize(("gold", "response", "equal"), PAIRS)
def test_a_pair(gold: str, response: str, equal: bool, in_process: bool) -> None:
    assert verify(parse(gold), parse(response), in_process=in_process) is equal
    assert verify(gold, response, in_process=in_process) is equal


def test_what_was_extracted_is_said() -> None:
    parsed = parse(r"Hence \boxed{0.5}.")
    assert parsed == Parsed(r"Hence \boxed{0.5}.", "0.5", Extraction.BOXED)
    assert parsed
    nothing = parse("")
    assert not nothing
    assert (nothing.extracted, nothing.extraction) == ("", None)


def test_places_of_a_parsed_response_hold_when_it_is_verified() -> None:
    response = "<answer>7</answer>\n#### 8"
    assert verify("8", parse(response))
    assert verify("7", parse(response, extraction=(Extraction.ANSWER_TAGS,)))


def test_policy_and_strictness() -> None:
    assert not verify("10", r"\boxed{10.5}")
    assert verify("10", r"\boxed{10.5}", policy=MathPolicy(rtol=0.1))
    assert verify("x+1", r"\boxed{y+1}", strict=False)


@pytest.mark.parametrize("gold", ["", "18 or 17", r"\frac{1}{0}"])
def test_a_bad_gold_is_an_error_and_not_false(gold: str) -> None:
    with pytest.raises(GoldUnparsableError, match="gold"):
        verify(parse(gold), parse("18"))


@pytest.mark.parametrize(
    ("argument", "told"),
    [("float_rounding", "follows the gold"), ("numeric_precision", "exactly"), ("x", "take x")],
)
def test_arguments_without_a_meaning_are_refused(argument: str, told: str) -> None:
    with pytest.raises(TypeError, match=rf"verify\(\) does not take {argument}.*|{told}") as caught:
        verify("1", "1", **{argument: 6})
    assert told in str(caught.value)
    with pytest.raises(TypeError, match="linear"):
        parse("1", parsing_timeout=None)


@pytest.mark.parametrize("wrong", [5, None, [parse("5")]])
def test_other_types_are_refused_by_name(wrong: Any) -> None:
    kind = type(wrong).__name__
    with pytest.raises(TypeError, match=f"^text must be a str, not {kind}$"):
        parse(wrong)
    with pytest.raises(TypeError, match=f"^gold must be a str or what .* no list, not {kind}$"):
        verify(wrong, parse("5"))
    with pytest.raises(TypeError, match=f"^target must be a str or what .* no list, not {kind}$"):
        verify("5", wrong)


def test_what_math_verify_takes_by_position_is_refused_by_its_name() -> None:
    with pytest.raises(TypeError, match=r"^parse\(\) does not take extraction_config: name the"):
        parse("5", [])
    with pytest.raises(TypeError, match=r"^verify\(\) does not take float_rounding: precision"):
        verify("5", "5", 6, 15)


def test_without_the_services_it_is_said_how_to_install_them() -> None:
    script = "import sys; sys.modules['msgspec'] = None; import veridical.math.dropin"
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert ended.returncode == 1
    assert "\nImportError: the verifier services are not installed (msgspec not" in ended.stderr
    assert "pip install 'veridical[services]'" in ended.stderr


def test_threads_share_the_worker() -> None:
    found: list[bool] = []

    def check(number: int) -> None:
        found.append(verify("x^2-1", rf"\boxed{{(x-1)(x+1)+{number}-{number}}}"))

    threads = [threading.Thread(target=check, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [True] * 4
