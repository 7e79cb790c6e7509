from __future__ import annotations

import pytest

from veridical.integrations.conversation import Text, prompt_text, response_text


@pytest.mark.parametrize(
    ("prompt", "text"),
    [
        ("1 + 1?", "1 + 1?"),
        ([], ""),
        (
            [{"role": "system", "content": "Box it."}, {"role": "user", "content": "1 + 1?"}],
            "Box it.\n1 + 1?",
        ),
        (
            [
                {
                    "role": "user",
                    "content": [{"type": "image"}, {"type": "text", "text": "How many?"}],
                }
            ],
            "How many?",
        ),
    ],
)
def test_prompts(prompt: Text, text: str) -> None:
    assert prompt_text(prompt) == text


@pytest.mark.parametrize(
    ("completion", "text"),
    [
        ("So 2.", "So 2."),
        ([{"role": "assistant", "content": "So 2."}], "So 2."),
        ([{"content": "So 2."}], "So 2."),
        ([{"role": "assistant", "content": [{"type": "text", "text": "So 2."}]}], "So 2."),
        (
            [
                {"role": "assistant", "content": None, "tool_calls": [{}]},
                {"role": "tool", "content": "3"},
                {"role": "assistant", "content": "So 2."},
            ],
            "\nSo 2.",
        ),
        (
            [{"role": "assistant", "reasoning_content": "1 + 1", "content": "So 2."}],
            "<think>\n1 + 1\n</think>\n\nSo 2.",
        ),
        (
            [{"role": "assistant", "thinking": "1 + 1", "content": "So 2."}],
            "<think>\n1 + 1\n</think>\n\nSo 2.",
        ),
    ],
)
def test_responses(completion: Text, text: str) -> None:
    assert response_text(completion) == text
