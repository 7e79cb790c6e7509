from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from veridical.math.answer.find import find_answer
from veridical.math.answer.visible import MAX_PIECES, visible

HIDDEN = [
    "\u200b",
    "\ufeff",
    "\U000e0034",
    "<!-- \\boxed{7} -->",
    r"\phantom{7{8}}",
    r"\textcolor{white}{7}",
    r"\color{red}",
    "\\iffalse 7 \\fi",
    '<span style="display: none">7</span>',
    "<b hidden>7</b>",
    "<del>7</del>",
]


@pytest.mark.parametrize(
    ("response", "shown"),
    [
        *((f"a{hidden}b", "a b" if "phantom" in hidden else "ab") for hidden in HIDDEN),
        (r"{\color{white} 42} 41", "{} 41"),
        ("\\boxed{41}\n% \\boxed{42}\n", "\\boxed{41}\n"),
        ("[//]: # (42)\nx", "x"),
        ("x <!-- never closed", "x "),
        (r"10\% of 20% is 2", r"10\% of 20% is 2"),
        ("<s> 42 </s>", "<s> 42 </s>"),
        ("a\u200b" * MAX_PIECES, ""),
    ],
    ids=ascii,
)
def test_only_what_a_reader_sees_is_left(response: str, shown: str) -> None:
    assert visible(response).text == shown


PIECES = st.lists(
    st.sampled_from([*HIDDEN, "So ", "🎉", " x ", "\n", "<think>a</think>"]), max_size=8
)


@settings(deadline=None)
@given(PIECES, st.lists(st.sampled_from(HIDDEN), max_size=8), st.integers(0, 10**6))
def test_offsets_lead_back_to_the_response(
    before: list[str], within: list[str], number: int
) -> None:
    digits = str(number)
    inside = digits[0] + "\u200b" * len(within) + digits[1:]
    response = "".join(before) + rf"\boxed{{{inside}}}" + "".join(within)
    answer = find_answer(response)
    assert answer is not None
    assert answer.text == digits
    assert answer.start == len("".join(before)) + len(r"\boxed{")
    shown = response[answer.start : answer.end]
    assert shown.replace("\u200b", "") == digits
    assert (shown[0], shown[-1]) == (digits[0], digits[-1])


@settings(deadline=None)
@given(st.text(max_size=80), PIECES)
def test_every_shown_character_stands_at_its_origin(text: str, pieces: list[str]) -> None:
    response = "".join(piece + text[:5] for piece in pieces) + text
    view = visible(response)
    for at, character in enumerate(view.text):
        start, end = view.in_response(at, at + 1)
        assert end == start + 1
        assert response[start] == character or (character == " " and response[start] == "\\")
