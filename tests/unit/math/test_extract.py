from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from veridical.math import Comparison, Decision, Extraction, MathPolicy, decide
from veridical.math.answer.extract import extract
from veridical.math.answer.find import find_answer
from veridical.math.answer.span import Span
from veridical.serving.thinking import answer_span


def extracted(response: str, *places: Extraction) -> tuple[str, Extraction] | None:
    found = extract(response, Span(*answer_span(response)), places)
    if found is None:
        return None
    return response[found.found.start : found.found.end], found.extraction


@pytest.mark.parametrize(
    ("response", "answer", "place"),
    [
        (r"So \boxed{42}.", "42", Extraction.BOXED),
        (r"First \boxed{1}. Then we go on. So \boxed{42}.", "42", Extraction.BOXED),
        (r"$\boxed{\frac{1}{2}}$", r"\frac{1}{2}", Extraction.BOXED),
        (r"\boxed{\{1, 2\}}", r"\{1, 2\}", Extraction.BOXED),
        (r"\fbox{7}", "7", Extraction.BOXED),
        ("Answer: The answer is 42.", "42", Extraction.FINAL_ANSWER),
        (r"\boxed{42} and nothing in \boxed{}", "42", Extraction.BOXED),
        (r"\boxed {42}", "42", Extraction.BOXED),
        ("Sum is 18.\n#### 18", "18", Extraction.HASHES),
        ("#### 42\n\nHope that helps!", "42", Extraction.HASHES),
        ("<answer> 42 </answer>", "42", Extraction.ANSWER_TAGS),
        ("The final answer is $7$. I hope it is correct.", "$7$", Extraction.FINAL_ANSWER),
        ("so the answer is 3.14.", "3.14", Extraction.FINAL_ANSWER),
        ("The answer is 42 because geometry proves it", "42", Extraction.FINAL_ANSWER),
        ("Final answer: the largest $n$ is 34.", "34", Extraction.FINAL_ANSWER),
        ("The final answer is:\n\\[ x+1 \\]\nDone.", r"\[ x+1 \]", Extraction.FINAL_ANSWER),
        ("She sells 9.\nA: 18", "18", Extraction.ANSWER_LINE),
        ("Some work.\n**Answer:** 18", "18", Extraction.ANSWER_LINE),
        ("  x+1 ", "x+1", Extraction.BARE),
        ("There are 18 eggs.", "18 eggs.", Extraction.BARE),
        ("#### Step 2: check\nThe answer is 5.", "5", Extraction.FINAL_ANSWER),
        ("#### 5\n#### Note: rounded\nto the nearest egg", "5", Extraction.HASHES),
        ("### Final Answer\n\n**5** eggs", "**5** eggs", Extraction.FINAL_ANSWER),
        ("| Answer | **5** |\n", "5", Extraction.FINAL_ANSWER),
        ("<answer>The answer is 5.</answer>", "5", Extraction.ANSWER_TAGS),
        ("The answer to part (b) is 5.", "5", Extraction.FINAL_ANSWER),
        ("Some work. " * 30 + "Therefore, she has **5** eggs.", "5", Extraction.CONCLUSION),
        ("Some work. " * 30 + "So $x$ and $y$ sum to 5 = $5$.", "$5$", Extraction.CONCLUSION),
    ],
)
def test_each_place_is_read(response: str, answer: str, place: Extraction) -> None:
    assert extracted(response) == (answer, place)


def test_places_are_tried_in_order() -> None:
    response = "A: 5\nThe answer is 4.\n<answer>3</answer>\n#### 2\n\\boxed{1}\n"
    read = [extracted(response, *list(Extraction)[index:]) for index in range(5)]
    assert [answer for answer, _ in filter(None, read)] == ["1", "2", "3", "4", "5"]


def test_only_the_places_asked_for_count() -> None:
    assert extracted(r"\boxed{1}", Extraction.HASHES) is None
    assert extracted("long text " * 100) is None


def test_adjacent_boxes_are_one_answer() -> None:
    for response in (
        r"\boxed{1} and \boxed{2}",
        r"\boxed{1}, \boxed{2}",
        r"\[ \boxed{1} \quad \text{and} \quad \boxed{2} \]",
        r"\boxed{1} for part (a) and \boxed{2}",
    ):
        found = extract(response, Span(0, len(response)))
        assert found is not None
        assert found.found.parts == ("1", "2")


@pytest.mark.parametrize(
    ("response", "parts"),
    [
        ("1. \\boxed{1}\n2. \\boxed{2}", ("1", "2")),
        (r"x = \boxed{1}, y = \boxed{2}", ("1", "2")),
        (r"The answer is \boxed{1}. The answer is \boxed{2}.", ("1", "2")),
        (r"\boxed{\frac{1}{2}} or \boxed{0.5}", (r"\frac{1}{2}",)),
        (r"Use \boxed{} for the answer: \boxed{5}", ()),
        (r"\boxed{1}. Wait, I forgot one egg, hence \boxed{2}", ()),
        (r"$x = \boxed{1}$. Adding one we get $\boxed{2}$", ()),
    ],
)
def test_boxes_with_nothing_that_reasons_between_them(
    response: str, parts: tuple[str, ...]
) -> None:
    found = extract(response, Span(0, len(response)))
    assert found is not None
    assert found.found.parts == parts


def test_a_final_answer_behind_a_box_replaces_it() -> None:
    response = r"The interest is \boxed{255}. Final Answer: The final answer is $10,455$."
    answer = find_answer(response)
    assert answer is not None
    assert (answer.text, answer.refusal) == ("$10,455$", None)
    assert response[answer.start : answer.end] == answer.text


@pytest.mark.parametrize(
    ("response", "letter"),
    [
        ("The answer is for sure D, it can't be A or B", "D"),
        ("It's not A because that is odd, therefore I think it's B", "B"),
        ("A Peter\nCelina", "A"),
        ("Some words.\nThe answer is\nC Cecile", "C"),
        ("word " * 99 + "Option C is correct.", "C"),
        ("(D) Alina", "D"),
        ("A bird in the hand is worth two", None),
    ],
)
def test_the_letter_of_an_option_is_read_from_prose(response: str, letter: str | None) -> None:
    answer = find_answer(response, choices=True)
    text = None if answer is None or answer.refusal else answer.text
    assert text == letter or (letter is None and text == response)


def test_distant_boxes_are_not_joined() -> None:
    response = r"We get \boxed{3}, so the answer is \boxed{5}"
    assert extracted(response) == ("5", Extraction.BOXED)


def test_an_unclosed_box_is_passed_over() -> None:
    assert extracted(r"\boxed{1} then \boxed{2") == ("1", Extraction.BOXED)
    assert extracted("words " * 60 + r"\boxed{\frac{1}{2}") is None


@pytest.mark.parametrize(
    "response",
    [
        r"<think>maybe \boxed{1}</think> So \boxed{42}",
        r"prompt's thinking \boxed{1}</think> So \boxed{42}",
        r"<think>a</think><think>\boxed{1}</think> \boxed{42} <think>\boxed{3}",
        r"[THINK]\boxed{1}[/THINK]\boxed{42}",
        r"◁think▷\boxed{1}◁/think▷ \boxed{42}",
        r"<|begin_of_thought|>\boxed{1}<|end_of_thought|> \boxed{42}",
        r"\boxed{42}<think>or \boxed{1}</think>",
        r"\boxed{42}<think>a</think> <think>\boxed{1}</think>",
        r"\boxed{42}<|im_end|> \boxed{1}",
        r"<|thinking|>\boxed{1}<|/thinking|>\boxed{42}",
        r"<Think time='3'>\boxed{1}</Think>\boxed{42}",
        r"<seed:think>\boxed{1}</seed:think>\boxed{42}",
        r"<|channel|>analysis<|message|>\boxed{1}<|end|><|channel|>final<|message|>\boxed{42}",
    ],
)
def test_thinking_is_not_answer_text(response: str) -> None:
    assert extracted(response) == ("42", Extraction.BOXED)


@pytest.mark.parametrize(
    "response",
    [
        r"<think>\boxed{42}",
        r"<think>\boxed{42}</think>",
        r"<think>a</think>\boxed{42}</think>",
        r"<think><think>\boxed{42}</think>",
        r"\boxed{42}</think>",
        r"<|channel|>analysis<|message|>\boxed{42}",
        "",
    ],
)
def test_thinking_alone_holds_no_answer(response: str) -> None:
    assert extracted(response) is None


MARKS = [
    r"\boxed{",
    "}",
    "{",
    "42",
    "#### ",
    "A: ",
    "the answer is ",
    " and ",
    "$",
    "\\",
    ". ",
    "x",
]
TAGS = ["<answer>", "</answer>", "<think>", "</think>"]
ODD = ["\n", " ", "😀", "\u202e", "\x00", "\ud800"]
WORDS = st.sampled_from([*MARKS, *TAGS, *ODD])


@settings(deadline=None)
@given(st.lists(WORDS, max_size=30).map("".join) | st.text(max_size=200))
def test_offsets_mark_the_extracted_text(response: str) -> None:
    found = decide("42", response, MathPolicy(), truncated=False)
    evidence = found.evidence
    assert isinstance(found, Decision | Comparison)
    if evidence.extraction is None:
        assert (evidence.start, evidence.end, evidence.extracted) == (-1, -1, "")
    else:
        assert response[evidence.start : evidence.end] == evidence.extracted != ""
