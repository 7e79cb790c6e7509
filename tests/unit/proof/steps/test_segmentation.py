"""Steps of a response."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from veridical.proof.steps import segment
from veridical.proof.steps.zones import find_zones


@pytest.mark.parametrize(
    ("response", "steps"),
    [
        ("", []),
        ("  \n ", []),
        ("One.\n\nTwo.\n \nThree.", ["One.", "Two.", "Three."]),
        (
            "Step 1: add.\nmore of it\nStep 2: halve.",
            ["Step 1: add.\nmore of it", "Step 2: halve."],
        ),
        ("1. add\n2. halve", ["1. add", "2. halve"]),
        ("Add.\nHalve.", ["Add.", "Halve."]),
        (
            "Add 3.5 and 4. Mr. X e.g. halves it. Done!",
            ["Add 3.5 and 4.", "Mr. X e.g. halves it.", "Done!"],
        ),
        (
            "We get \\[\na = b\n\n= c\n\\]\nand so on.",
            ["We get \\[\na = b\n\n= c\n\\]", "and so on."],
        ),
        ("We have:\n\n\\[ x = 1 \\]\n\nDone.", ["We have:\n\n\\[ x = 1 \\]", "Done."]),
        (
            "\\begin{align*}\na &= b \\\\\n\n&= c\n\\end{align*}\n\nDone.",
            ["\\begin{align*}\na &= b \\\\\n\n&= c\n\\end{align*}", "Done."],
        ),
    ],
)
def test_steps(response: str, steps: list[str]) -> None:
    assert [step.text for step in segment(response)] == steps


@given(st.text(alphabet="ab1 .\n$\\()[]{}=<>`", max_size=80))
def test_offsets_are_of_the_response_and_nothing_is_lost(response: str) -> None:
    steps = segment(response)
    assert all(response[step.start : step.end] == step.text for step in steps)
    assert "".join("".join(step.text for step in steps).split()) == "".join(response.split())


@pytest.mark.parametrize(
    ("text", "zones"),
    [
        ("Total = $3.5 * 4000 = $14,000.", []),
        ("costs $5 and $6, or $194/meter × 150 meters = $29,100", []),
        ("between $5-$10, ($5) * ($3) = $15", []),
        ("so $x=3$ and $y^2$ is $5$", ["$x=3$", "$y^2$", "$5$"]),
        (r"$\boxed{$8.00}$ \(a\) $$b$$ \[c\]", [r"$\boxed{$8.00}$", r"\(a\)", "$$b$$", r"\[c\]"]),
        (r"$\text{Area of it} = 5$ and \$3", [r"$\text{Area of it} = 5$"]),
        ("16-3 = <<16-3=13>>13", ["<<16-3=13>>"]),
    ],
)
def test_maths_is_told_from_currency(text: str, zones: list[str]) -> None:
    assert [text[zone.start : zone.end] for zone in find_zones(text)] == zones


@pytest.mark.parametrize(
    "piece", ["$", "\\[", "\\(", "<<", "`" * 3, "\\begin{align}", "$1 ", "\n", "a. ", "\n1. "]
)
def test_cost_is_linear(piece: str) -> None:
    def cost(count: int) -> float:
        start = time.process_time()
        segment(piece * count)
        return time.process_time() - start

    cost(100)
    # Now and then a run pays for a collection of all that the tests have made.
    assert min(cost(20_000) for _ in range(3)) < 30 * max(cost(2_000), 0.002)
